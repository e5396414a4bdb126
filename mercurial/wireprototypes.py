"""Other repositories over a wire: native code speaks to them.

Public: the classes that extensions look for; using one says that it is not available.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable

from mercurial import error


class _Unavailable:
    def __init__(self, *_args: Any, **_options: Any):
        raise error.Abort(b"'wireprototypes' is not available to extensions yet")


class wirepeer:  # noqa: N801 -- the name is Mercurial's
    """Base class that extensions add methods to."""


class httppeer(wirepeer):  # noqa: N801 -- the name is Mercurial's
    """Stands for peers of native code."""


class sshpeer(wirepeer):  # noqa: N801 -- the name is Mercurial's
    """Stands for peers of native code."""


sshv1peer = sshpeer
bundlerepository = _Unavailable
peerexecutor = _Unavailable
commands: dict[bytes, Any] = {}


def batchable(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function."""
    return function


def wireprotocommand(
    name: bytes, args: bytes = b"", permission: bytes = b"push"
) -> Any:
    """Return the decorator of a command of the wire protocol; it is not served yet."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        commands[name] = (function, args)
        return function

    return register


def instance(ui: Any, path: bytes, create: bool = False, **_options: Any) -> Any:
    """Return the repository of a path."""
    from mercurial import hg  # late: it uses us

    return hg.repository(ui, path, create)


def make_peer(ui: Any, path: Any, create: bool = False, **_options: Any) -> Any:
    """Return the peer of a path."""
    from mercurial import hg  # late: it uses us

    return hg.peer(ui, {}, path, create)


def encodelist(nodes: Iterable[bytes], sep: bytes = b" ") -> bytes:
    """Return node ids in hexadecimal, one after the other."""
    return sep.join(node.hex().encode() for node in nodes)


def decodelist(text: bytes, sep: bytes = b" ") -> list[bytes]:
    """Return the node ids of `encodelist`."""
    return (
        [bytes.fromhex(part.decode("ascii")) for part in text.split(sep)]
        if text
        else []
    )
