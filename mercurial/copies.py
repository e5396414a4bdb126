"""Where files come from.

Public: `pathcopies`.
"""

from __future__ import annotations

from typing import Any

from mercurial import rustext


def pathcopies(x: Any, y: Any, match: Any = None) -> dict[bytes, bytes]:
    """Return for each file of `y` that is a copy what it was in `x`."""
    return dict(rustext.copies(y.repo()._handle, (x.rev(), y.rev()), match))
