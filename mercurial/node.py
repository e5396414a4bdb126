"""Node ids: conversions and the special ones.

Public: everything.
"""

from __future__ import annotations

import binascii

nullrev = -1
wdirrev = 0x7FFFFFFF

hex = binascii.hexlify
bin = binascii.unhexlify

nullid = b"\0" * 20
nullhex = b"0" * 40
wdirid = b"\xff" * 20
wdirhex = b"f" * 40
newnodeid = b"!" * 20
addednodeid = b"0" * 15 + b"added"
modifiednodeid = b"0" * 12 + b"modified"
wdirfilenodeids = {newnodeid, addednodeid, modifiednodeid}


class sha1nodeconstants:  # noqa: N801 -- the name is Mercurial's
    """The special ids of repositories with SHA-1."""

    nodelen = 20
    nullid = nullid
    nullhex = nullhex
    newnodeid = newnodeid
    addednodeid = addednodeid
    modifiednodeid = modifiednodeid
    wdirfilenodeids = wdirfilenodeids
    wdirid = wdirid
    wdirhex = wdirhex


sha1dirnodeconstants = sha1nodeconstants


def short(node: bytes) -> bytes:
    """Return the first 12 hexadecimal digits of a binary node id."""
    return hex(node[:6])
