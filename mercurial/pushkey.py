"""Keys that repositories exchange: bookmarks, phases, markers.

Public: `register`, `list`, `push`, `encode`, `decode`, `encodekeys`, `decodekeys`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable

from mercurial import encoding

encode = encoding.fromlocal
decode = encoding.tolocal

#: What extensions have added; native servers do not ask them.
_added: dict[bytes, tuple[Callable[..., bool], Callable[..., Any]]] = {}


def register(
    namespace: bytes, pushkey: Callable[..., bool], listkeys: Callable[..., Any]
) -> None:
    """Add a namespace, for callers in Python."""
    _added[namespace] = (pushkey, listkeys)


def push(repo: Any, namespace: bytes, key: bytes, old: bytes, new: bytes) -> bool:
    """Change a key; return whether it was."""
    if namespace in _added:
        return _added[namespace][0](repo, key, old, new)
    from mercurial import peer  # late: it comes after us

    return peer.localpeer(repo).pushkey(namespace, key, old, new)


def list(repo: Any, namespace: bytes) -> dict[bytes, bytes]:
    """Return the keys of a namespace."""
    if namespace in _added:
        return dict(_added[namespace][1](repo))
    from mercurial import peer  # late: it comes after us

    return peer.localpeer(repo).listkeys(namespace)


def encodekeys(keys: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return keys as they are sent."""
    return b"\n".join(b"%s\t%s" % (encode(key), encode(value)) for key, value in keys)


def decodekeys(data: bytes) -> dict[bytes, bytes]:
    """Return keys that were sent."""
    pairs = (line.split(b"\t") for line in data.splitlines())
    return {decode(key): decode(value) for key, value in pairs}
