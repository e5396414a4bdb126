"""The state of a bisection; native code searches.

Public: `load_state`, `save_state`, `resetstate`, `get`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, nativeonly
from mercurial.i18n import _
from mercurial.node import hex

_STATE = b"bisect.state"
_KINDS = (b"current", b"good", b"bad", b"skip")

__getattr__ = nativeonly.getter(__name__)


def load_state(repo: Any) -> dict[bytes, list[bytes]]:
    """Return the nodes that are known to be `good` and `bad`, those to `skip`, and `current`."""
    state: dict[bytes, list[bytes]] = {kind: [] for kind in _KINDS}
    for line in repo.vfs.tryread(_STATE).splitlines():
        kind, _space, name = line.partition(b" ")
        if kind not in state:
            raise error.Abort(_(b"unknown bisect kind %s") % kind)
        state[kind].append(repo.unfiltered().lookup(name))
    return state


def save_state(repo: Any, state: dict[bytes, list[bytes]]) -> None:
    """Store the state."""
    lines = [
        b"%s %s\n" % (kind, hex(node)) for kind in sorted(state) for node in state[kind]
    ]
    with repo.wlock(), repo.vfs(_STATE, b"w", atomictemp=True) as file:
        file.writelines(lines)


def resetstate(repo: Any) -> None:
    """Forget the state."""
    repo.vfs.tryunlink(_STATE)


def get(repo: Any, status: bytes) -> Any:
    """Return the revisions that the bisection says something of (`good`, `untested`, ...)."""
    return list(repo.revs(b"bisect(%s)", status))
