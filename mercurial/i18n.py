"""Messages in the user's language; there is one language so far.

Public: `_`, `gettext`, `ngettext`.
"""

from __future__ import annotations

from typing import Any


def gettext(message: Any) -> Any:
    """Return the message in the user's language."""
    return message.encode("utf-8") if isinstance(message, str) else message


_ = gettext


def ngettext(singular: bytes, plural: bytes, number: int) -> bytes:
    """Return the message that fits a number."""
    return singular if number == 1 else plural


def _plain() -> bool:
    return True
