"""Repositories over ssh.

Public: `sshv1peer`, `make_peer`, `instance`.
"""

from __future__ import annotations

from typing import Any

from mercurial import peer
from mercurial.wireprotov1peer import wirepeer


class sshv1peer(wirepeer):  # noqa: N801 -- the name is Mercurial's
    """A repository at the other end of ssh."""


sshpeer = sshv1peer


def make_peer(
    ui: Any,
    path: Any,
    create: bool = False,
    intents: Any = None,
    createopts: Any = None,
    remotehidden: bool = False,
) -> sshv1peer:
    """Return the peer of an `ssh://` address."""
    address = path if isinstance(path, bytes) else path.loc
    if create:
        from mercurial import commands  # late: it comes after us

        commands.init(ui, address)
    given = None if isinstance(path, bytes) else path
    return sshv1peer(ui, peer.connection(ui, address), given, remotehidden)


instance = make_peer
