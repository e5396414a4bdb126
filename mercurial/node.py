"""Node ids: conversions and the special ones."""

from __future__ import annotations

from binascii import hexlify, unhexlify

nullrev = -1
nullid = b"\0" * 20
nullhex = b"0" * 40
wdirrev = 0x7FFFFFFF
wdirid = b"\xff" * 20
wdirhex = b"f" * 40

hex = hexlify  # noqa: A001 -- the name is Mercurial's
bin = unhexlify  # noqa: A001 -- the name is Mercurial's


def short(node: bytes) -> bytes:
    """Return the first 12 hexadecimal digits of a binary node id."""
    return hexlify(node[:6])
