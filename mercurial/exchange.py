"""Pushing and pulling.

Native commands go through `push` and `pull` when an extension has replaced them (`overrides`).

Public: `pull`, `push`, `readbundle`, `pulloperation`, `pushoperation`, `connectedpeer`, `replaced`,
`called_directly`.
"""

from __future__ import annotations

from binascii import hexlify
from typing import Any

from mercurial import pycompat

_direct = 0


def called_directly() -> bool:
    """Return whether the native command runs for a caller of `push` or `pull`."""
    return _direct > 0


class _Directly:
    """While a native command runs whose exchange is not to come back to us."""

    def __enter__(self) -> None:
        global _direct
        _direct += 1

    def __exit__(self, *_exc: object) -> None:
        global _direct
        _direct -= 1


def connectedpeer(ui: Any, pending: Any, path: Any = None) -> Any:
    """Return the other side of a native push or pull, which native code talks to."""
    from mercurial import hg, httppeer, peer, sshpeer  # late: few wrap exchanges

    handle = pending.peer()
    root = handle.local_root()
    if root is not None:
        return peer.localpeer(hg.repository(hg.remoteui(ui, {}), root), path=path)
    kind = sshpeer.sshv1peer if handle.url().startswith(b"ssh:") else httppeer.httppeer
    return kind(ui, handle, path)


class pulloperation:  # noqa: N801 -- the name is Mercurial's
    """A pull and what it did."""

    def __init__(
        self,
        repo: Any,
        remote: Any,
        heads: Any = None,
        force: bool | None = False,
        bookmarks: Any = (),
        remotebookmarks: Any = None,
        streamclonerequested: Any = None,
        includepats: Any = None,
        excludepats: Any = None,
        depth: Any = None,
        path: Any = None,
    ):
        self.repo = repo
        self.remote = remote
        self.remote_path = path
        self.heads = heads
        self.force = force
        self.explicitbookmarks = [repo._bookmarks.expandname(b) for b in bookmarks]
        self.remotebookmarks = remotebookmarks
        self.streamclonerequested = streamclonerequested
        self.includepats = includepats
        self.excludepats = excludepats
        self.depth = depth
        self.trmanager: Any = None
        self.common: Any = None
        self.rheads: Any = None
        self.fetch: Any = None
        self.cgresult: int | None = None
        self.clonebundleattempted = False
        self.stepsdone: set[bytes] = set()

    @property
    def canusebundle2(self) -> bool:
        """Whether the other side speaks the second form of bundles."""
        return bool(self.remote.is_capable(b"bundle2"))


class pushoperation:  # noqa: N801 -- the name is Mercurial's
    """A push and what it did."""

    def __init__(
        self,
        repo: Any,
        remote: Any,
        force: bool | None = False,
        revs: Any = None,
        newbranch: bool = False,
        bookmarks: Any = (),
        publish: bool = False,
        pushvars: Any = None,
    ):
        self.repo = repo
        self.remote = remote
        self.ui = repo.ui
        self.force = force
        self.revs = revs
        self.newbranch = newbranch
        self.bookmarks = bookmarks
        self.publish = publish
        self.pushvars = pushvars
        self.cgresult: int | None = None
        self.bkresult: int | None = None
        self.trmanager: Any = None
        self.outgoing: Any = None
        self.remoteheads: Any = None
        self.incoming: Any = None
        self.outobsmarkers: set[Any] = set()
        self.outbookmarks: list[Any] = []
        self.pkfailcb: dict[Any, Any] = {}
        self.stepsdone: set[bytes] = set()


def _run_native(operation: Any, name: str, nodes: Any, **opts: Any) -> None:
    """Run the native command, which does not come back to the function called."""
    from mercurial import commands  # late: it comes after us

    command: Any = getattr(commands, name)
    names = [hexlify(node) for node in nodes or []]
    with _Directly():
        code = command(
            operation.repo.ui,
            operation.repo,
            operation.remote.url(),
            rev=names,
            force=operation.force,
            **opts,
        )
    operation.cgresult = 0 if code else 1


def pull(
    repo: Any,
    remote: Any,
    path: Any = None,
    heads: Any = None,
    force: bool | None = False,
    bookmarks: Any = (),
    opargs: Any = None,
    streamclonerequested: Any = None,
    includepats: Any = None,
    excludepats: Any = None,
    depth: Any = None,
    confirm: Any = None,
) -> pulloperation:
    """Pull from a peer."""
    operation = pulloperation(
        repo,
        remote,
        heads,
        force,
        bookmarks=bookmarks,
        streamclonerequested=streamclonerequested,
        path=path,
        **pycompat.strkwargs(opargs or {}),
    )
    pending = getattr(remote, "_pending", None)
    if pending is not None:
        operation.cgresult = pending.run(
            repo._handle, heads, list(bookmarks), bool(force)
        )
        return operation
    _run_native(operation, "pull", heads, bookmark=list(bookmarks))
    return operation


def push(
    repo: Any,
    remote: Any,
    force: bool | None = False,
    revs: Any = None,
    newbranch: bool = False,
    bookmarks: Any = (),
    publish: bool = False,
    opargs: Any = None,
) -> pushoperation:
    """Push to a peer."""
    operation = pushoperation(
        repo,
        remote,
        force,
        revs,
        newbranch,
        bookmarks,
        publish,
        **pycompat.strkwargs(opargs or {}),
    )
    pending = getattr(remote, "_pending", None)
    if pending is not None:
        operation.cgresult, failed = pending.run(
            repo._handle,
            revs,
            list(bookmarks),
            (bool(force), bool(newbranch), bool(publish)),
        )
        operation.bkresult = 2 if failed else None
        return operation
    _run_native(
        operation,
        "push",
        revs,
        new_branch=newbranch,
        bookmark=list(bookmarks),
        publish=publish,
    )
    return operation


_ORIGINALS = {"push": push, "pull": pull}


def replaced() -> list[str]:
    """Return which functions extensions have replaced, as `hg_store::RepoMethod` names them."""
    return [
        f"exchange.{name}"
        for name, original in _ORIGINALS.items()
        if globals()[name] is not original
    ]


b2partsgenmapping: dict[bytes, Any] = {}
b2partsgenorder: list[bytes] = []


def b2partsgenerator(stepname: bytes, idx: int | None = None) -> Any:
    """Return the decorator of a function that adds parts to what is pushed: not sent yet."""

    def dec(func: Any) -> Any:
        b2partsgenmapping[stepname] = func
        b2partsgenorder.append(stepname)
        return func

    return dec


def pushdiscovery(stepname: bytes) -> Any:
    """Return the decorator of a step of discovery; it is not called yet."""
    return lambda func: func


def getbundle2partsgenerator(stepname: bytes, idx: int | None = None) -> Any:
    """Return the decorator of a function that adds parts to what is pulled: not sent yet."""
    return lambda func: func


def readbundle(ui: Any, fh: Any, fname: bytes, vfs: Any = None) -> Any:
    """Refuse: bundles are read by native code only."""
    from mercurial import error  # late: it comes after us

    raise error.Abort(b"bundles are read by native code only; use 'hg unbundle'")
