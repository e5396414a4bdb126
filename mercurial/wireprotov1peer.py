"""Repositories behind the first wire protocol: native code speaks it.

Public: `wirepeer`, `peerexecutor`, `batchable`.
"""

from __future__ import annotations

from typing import Any, Callable

from mercurial import peer


class wirepeer(peer.fetchedpeer):  # noqa: N801 -- the name is Mercurial's
    """A repository at the other end of a connection; extensions add methods to it."""


peerexecutor = peer._Executor


def batchable(f: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function: every command is sent at once."""
    return f
