"""Other repositories as extensions speak to them.

Public: `Peer`, `connection`, `fetchedpeer`, `localpeer`.
"""

from __future__ import annotations

from concurrent import futures
from typing import Any, Iterable

from mercurial import error, pycompat, rustext
from mercurial.i18n import _
from mercurial.node import hex, short


class _Executor:
    """Calls commands of a peer, each at once.

    Args:
        peer: The peer.
    """

    def __init__(self, peer: Any):
        self._peer = peer

    def __enter__(self) -> _Executor:
        return self

    def __exit__(self, *_exc: Any) -> None:
        """Nothing is open."""

    def callcommand(
        self, command: bytes, args: dict[bytes, Any]
    ) -> futures.Future[Any]:
        """Call a command by name; return its result to come."""
        function = getattr(self._peer, pycompat.sysstr(command), None)
        if function is None:
            raise error.ProgrammingError(
                b"cannot call command '%s': method of same name not available on peer"
                % command
            )
        future: futures.Future[Any] = futures.Future()
        try:
            future.set_result(function(**pycompat.strkwargs(args)))
        except Exception as problem:  # noqa: BLE001 -- whoever asks for the result gets it
            future.set_exception(problem)
        return future

    def sendcommands(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        """Nothing is open."""


class Peer:
    """What all peers have in common.

    Args:
        ui: The user.
        path: The configured path, if it is one.
        remotehidden: Hidden changesets are asked for.
    """

    limitedarguments = False

    def __init__(self, ui: Any, path: Any = None, remotehidden: bool = False):
        self.ui = ui
        self.path = path
        self._remotehidden = remotehidden

    def capabilities(self) -> set[bytes]:
        """Return what it can do."""
        raise NotImplementedError

    def cap_value(self, name: bytes) -> Any:
        """Return the value of a capability, true for one without, nothing for none."""
        found = self.capabilities()
        if name in found:
            return True
        for cap in found:
            if cap.startswith(name + b"="):
                return cap[len(name) + 1 :]
        return None

    def is_capable(self, name: bytes) -> bool:
        """Return whether it can do something."""
        return self.cap_value(name) is not None

    def capable(self, name: bytes) -> Any:
        """Return the value of a capability, true for one without, false for none."""
        value = self.cap_value(name)
        return False if value is None else value

    def requirecap(self, name: bytes, purpose: bytes) -> None:
        """Refuse what it cannot do."""
        if not self.is_capable(name):
            raise error.CapabilityError(
                _(b"cannot %s; remote repository does not support the '%s' capability")
                % (purpose, name)
            )

    def local(self) -> Any:
        """Return the repository if it is on this machine."""
        return None

    def peer(self, *_args: Any, **_options: Any) -> Any:
        """Return itself."""
        return self

    def canpush(self) -> bool:
        """Return whether one can push to it."""
        return True

    def close(self) -> None:
        """Let go of it."""

    def commandexecutor(self) -> Any:
        """Return what calls commands."""
        return _Executor(self)

    def _unavailable(self, name: str) -> Any:
        raise error.Abort(
            _(b"'%s' of another repository is not available to extensions")
            % name.encode()
        )

    def getbundle(self, source: bytes, **options: Any) -> Any:
        """Refuse: native code fetches bundles."""
        return self._unavailable("getbundle")

    def unbundle(self, bundle: Any, heads: Any, url: bytes) -> Any:
        """Refuse: native code sends bundles."""
        return self._unavailable("unbundle")

    def changegroup(self, nodes: Any, source: bytes) -> Any:
        """Refuse: native code fetches changegroups."""
        return self._unavailable("changegroup")

    def changegroupsubset(self, bases: Any, heads: Any, source: bytes) -> Any:
        """Refuse: native code fetches changegroups."""
        return self._unavailable("changegroupsubset")

    def stream_out(self) -> Any:
        """Refuse: native code copies stores."""
        return self._unavailable("stream_out")

    def clonebundles(self) -> Any:
        """Refuse: native code fetches bundles."""
        return self._unavailable("clonebundles")


class fetchedpeer(Peer):  # noqa: N801 -- like its neighbours
    """A repository that native code is connected with.

    Args:
        ui: The user.
        handle: The connection.
        path: The configured path, if it is one.
    """

    def __init__(
        self, ui: Any, handle: Any, path: Any = None, remotehidden: bool = False
    ):
        super().__init__(ui, path, remotehidden)
        self._handle = handle

    def url(self) -> bytes:
        """Return its address."""
        return self._handle.url()

    def canpush(self) -> bool:
        """Return whether one can push to it."""
        return self._handle.can_push()

    def close(self) -> None:
        """End the connection."""
        self._handle.close()

    def capabilities(self) -> set[bytes]:
        """Return what it can do."""
        return set(self._handle.capabilities())

    def heads(self) -> list[bytes]:
        """Return its heads."""
        return self._handle.heads()

    def known(self, nodes: Iterable[bytes]) -> list[bool]:
        """Return which nodes it has."""
        return self._handle.known(list(nodes))

    def lookup(self, key: bytes) -> bytes:
        """Return the node of a name."""
        return self._handle.lookup(key)

    def branchmap(self) -> dict[bytes, list[bytes]]:
        """Return the heads of its branches."""
        return dict(self._handle.branchmap())

    def listkeys(self, namespace: bytes) -> dict[bytes, bytes]:
        """Return the keys of a namespace."""
        return dict(self._handle.list_keys(namespace))

    def pushkey(self, namespace: bytes, key: bytes, old: bytes, new: bytes) -> bool:
        """Change a key; return whether it was."""
        return self._handle.push_key(namespace, key, old, new)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {pycompat.sysstr(self.url())}>"


class localpeer(Peer):  # noqa: N801 -- the name is Mercurial's
    """A repository on this machine as a peer.

    Args:
        repo: The repository.
        path: The configured path, if it is one.
    """

    def __init__(
        self, repo: Any, caps: Any = None, path: Any = None, remotehidden: bool = False
    ):
        super().__init__(repo.ui, path, remotehidden)
        self._repo = repo.filtered(b"served")
        self._caps = caps

    def capabilities(self) -> set[bytes]:
        """Return what it can do."""
        if self._caps is not None:
            return set(self._caps)
        return {
            b"branchmap",
            b"bundle2",
            b"getbundle",
            b"known",
            b"lookup",
            b"pushkey",
            b"unbundle",
        }

    def local(self) -> Any:
        """Return the repository."""
        return self._repo

    def url(self) -> bytes:
        """Return its address."""
        return self._repo.url()

    def heads(self) -> list[bytes]:
        """Return its heads."""
        return self._repo.heads()

    def known(self, nodes: Iterable[bytes]) -> list[bool]:
        """Return which nodes it has."""
        return self._repo.known(nodes)

    def lookup(self, key: bytes) -> bytes:
        """Return the node of a name."""
        return self._repo.lookup(key)

    def branchmap(self) -> dict[bytes, list[bytes]]:
        """Return the heads of its branches."""
        return dict(self._repo.branchmap().items())

    def listkeys(self, namespace: bytes) -> dict[bytes, bytes]:
        """Return the keys of a namespace."""
        if namespace == b"bookmarks":
            return {name: hex(node) for name, node in self._repo._bookmarks.items()}
        if namespace == b"phases":
            return self._phases()
        if namespace == b"namespaces":
            return {b"bookmarks": b"", b"phases": b"", b"namespaces": b""}
        return {}

    def _phases(self) -> dict[bytes, bytes]:
        found = {
            ctx.hex(): b"1"
            for ctx in self._repo.set(b"roots(draft())")
            if ctx.phase() == 1
        }
        if self._repo.publishing():
            found[b"publishing"] = b"True"
        return found

    def pushkey(self, namespace: bytes, key: bytes, old: bytes, new: bytes) -> bool:
        """Change a key."""
        from mercurial import commands  # late: they come after us

        change: Any = commands.debugpushkey
        return not change(self.ui, self._repo.root, namespace, key, old, new)

    def __repr__(self) -> str:
        return f"<localpeer {short(self._repo.changelog.tip()).decode()}>"


def connection(ui: Any, address: bytes) -> Any:
    """Return native code's connection with an address."""
    ui._sync()
    return rustext.PeerHandle.connect(ui._handle, address)
