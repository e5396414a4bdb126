"""How views of a repository build upon each other.

Public: `subsettable`.
"""

from __future__ import annotations

subsettable = {
    None: b"visible",
    b"visible-hidden": b"visible",
    b"visible": b"served",
    b"served.hidden": b"served",
    b"served": b"immutable",
    b"immutable": b"base",
}


def get_ordered_subset() -> list[bytes | None]:
    """Return the views, the smallest first."""
    order = []
    current: bytes | None = None
    seen = set()
    while current not in seen:
        seen.add(current)
        order.append(current)
        found = subsettable.get(current)
        if found is None:
            break
        current = found
    return order[::-1]
