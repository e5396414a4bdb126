"""Repositories over HTTP.

Public: `httppeer`, `make_peer`, `instance`.
"""

from __future__ import annotations

from typing import Any

from mercurial import peer
from mercurial.wireprotov1peer import wirepeer


class httppeer(wirepeer):  # noqa: N801 -- the name is Mercurial's
    """A repository at the other end of HTTP."""


def make_peer(
    ui: Any,
    path: Any,
    create: bool = False,
    intents: Any = None,
    createopts: Any = None,
    remotehidden: bool = False,
) -> httppeer:
    """Return the peer of an `http://` or `https://` address, as far as native code speaks HTTP."""
    address = path if isinstance(path, bytes) else path.loc
    given = None if isinstance(path, bytes) else path
    return httppeer(ui, peer.connection(ui, address), given, remotehidden)


instance = make_peer
