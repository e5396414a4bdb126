"""Repositories over ssh.

Public: `sshv1peer`, `make_peer`, `instance`.
"""

from __future__ import annotations

from typing import Any

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
    if create:
        from mercurial import commands  # late: it comes after us

        commands.init(ui, path if isinstance(path, bytes) else path.loc)
    return sshv1peer.of(ui, path, remotehidden)


instance = make_peer
