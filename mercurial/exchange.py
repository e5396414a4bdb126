"""Pushing and pulling.

Public: `pull`, `push`, `readbundle`, `pulloperation`, `pushoperation`.
"""

from __future__ import annotations

from typing import Any

from mercurial.node import hex


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
        self.bkresult = None


def pull(
    repo: Any,
    remote: Any,
    path: Any = None,
    heads: Any = None,
    force: bool = False,
    bookmarks: Any = (),
    opargs: Any = None,
    **options: Any,
) -> pulloperation:
    """Pull from a peer."""
    from mercurial import commands  # late: it comes after us

    operation = pulloperation(repo, remote, heads, force, bookmarks=bookmarks)
    names = [hex(node) for node in heads or []]
    code = commands.pull(
        repo.ui, repo, remote.url(), rev=names, force=force, bookmark=list(bookmarks)
    )
    operation.cgresult = 0 if code else 1
    return operation


def push(
    repo: Any,
    remote: Any,
    force: bool = False,
    revs: Any = None,
    newbranch: bool = False,
    bookmarks: Any = (),
    publish: bool = False,
    opargs: Any = None,
    **options: Any,
) -> pushoperation:
    """Push to a peer."""
    from mercurial import commands  # late: it comes after us

    operation = pushoperation(repo, remote, force, revs, newbranch, bookmarks)
    names = [hex(node) for node in revs or []]
    code = commands.push(
        repo.ui,
        repo,
        remote.url(),
        rev=names,
        force=force,
        new_branch=newbranch,
        bookmark=list(bookmarks),
        publish=publish,
    )
    operation.cgresult = 0 if code else 1
    return operation


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
    from mercurial import error  # late: used only here

    raise error.Abort(b"bundles are read by native code only; use 'hg unbundle'")
