"""Repositories over HTTP.

Public: `httppeer`, `make_peer`, `instance`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error
from mercurial.i18n import _
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
    if create:
        raise error.Abort(_(b"cannot create new http repository"))
    return httppeer.of(ui, path, remotehidden)


instance = make_peer
