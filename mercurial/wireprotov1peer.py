"""Repositories behind the first wire protocol: native code speaks it.

Public: `wirepeer`, `peerexecutor`, `batchable`.
"""

from __future__ import annotations

import functools
from typing import Any, Callable

from mercurial import peer


def batchable(f: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a command as one that could be sent with others; each is sent at once."""

    @functools.wraps(f)
    def plain(*args: Any, **opts: Any) -> Any:
        return f(*args, **opts)

    plain.batchable = f  # type: ignore[attr-defined] # what extensions wrap
    return plain


class wirepeer(peer.fetchedpeer):  # noqa: N801 -- the name is Mercurial's
    """A repository at the other end of a connection; extensions add methods to it."""

    branchmap = batchable(peer.fetchedpeer.branchmap)
    heads = batchable(peer.fetchedpeer.heads)
    known = batchable(peer.fetchedpeer.known)
    listkeys = batchable(peer.fetchedpeer.listkeys)
    lookup = batchable(peer.fetchedpeer.lookup)
    pushkey = batchable(peer.fetchedpeer.pushkey)

    @classmethod
    def of(cls, ui: Any, path: Any, remotehidden: bool = False) -> Any:
        """Return the peer of an address, or of a configured path."""
        address, given = (path, None) if isinstance(path, bytes) else (path.loc, path)
        return cls(ui, peer.connection(ui, address), given, remotehidden)


peerexecutor = peer._Executor
