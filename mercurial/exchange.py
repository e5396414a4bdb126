"""Pushing and pulling.

Native commands go through `push` and `pull` when an extension has replaced them (`overrides`).

Public: `pull`, `push`, `readbundle`, `pulloperation`, `pushoperation`, `connectedpeer`, `replaced`,
`called_directly`.
"""

from __future__ import annotations

from binascii import hexlify
from typing import Any

from mercurial.i18n import _

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


class connectedpeer:  # noqa: N801 -- named as Mercurial names such classes
    """The other side of a native push or pull, which talks to it: wrappers see its address.

    Args:
        ui: The user.
        address: Where it is.
    """

    def __init__(self, ui: Any, address: bytes):
        self.ui = ui
        self.path = None
        self._address = address

    def url(self) -> bytes:
        """Return its address."""
        return self._address

    def local(self) -> Any:
        """Return nothing: it is not on this machine."""
        return None

    def canpush(self) -> bool:
        """Return whether one can push to it."""
        return True

    def peer(self, *_args: Any, **_options: Any) -> Any:
        """Return itself."""
        return self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        from mercurial import error  # late: it comes after us

        raise error.Abort(
            _(b"'%s' of a connected repository is not available to extensions")
            % name.encode()
        )


class pulloperation:  # noqa: N801 -- the name is Mercurial's
    """What a pull did."""

    def __init__(
        self,
        repo: Any,
        remote: Any,
        heads: Any = None,
        force: bool = False,
        **options: Any,
    ):
        self.repo = repo
        self.remote = remote
        self.heads = heads
        self.force = force
        self.cgresult = 1
        self.bkresult = None
        self.trmanager = None
        self.explicitbookmarks = list(options.get("bookmarks") or [])


class pushoperation:  # noqa: N801 -- the name is Mercurial's
    """What a push did."""

    def __init__(
        self,
        repo: Any,
        remote: Any,
        force: bool = False,
        revs: Any = None,
        newbranch: bool = False,
        bookmarks: Any = (),
        **_options: Any,
    ):
        self.repo = repo
        self.remote = remote
        self.ui = repo.ui
        self.force = force
        self.revs = revs
        self.newbranch = newbranch
        self.bookmarks = bookmarks
        self.cgresult: int | None = None
        self.bkresult: int | None = None


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
    **options: Any,
) -> pulloperation:
    """Pull from a peer."""
    operation = pulloperation(repo, remote, heads, bool(force), bookmarks=bookmarks)
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
    **options: Any,
) -> pushoperation:
    """Push to a peer."""
    operation = pushoperation(repo, remote, bool(force), revs, newbranch, bookmarks)
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
