"""Translation: messages are English, so every function returns what it was given."""

from __future__ import annotations


def gettext(message: bytes) -> bytes:
    """Return the message to show for `message`."""
    return message


def ngettext(singular: bytes, plural: bytes, count: int) -> bytes:
    """Return `singular` for one, `plural` for any other count."""
    return singular if count == 1 else plural


_ = gettext
