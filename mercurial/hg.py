"""Repositories and peers: opening, cloning, updating.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from mercurial import error, pycompat, util
from mercurial.i18n import _
from mercurial.node import hex
from mercurial.utils import urlutil

sharedbookmarks = b"bookmarks"


class _Late:
    """A module that is imported when something of it is needed.

    Args:
        name: Its name.
    """

    def __init__(self, name: str):
        self.__name__ = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self.__name__), name)


#: Who makes peers of addresses, and who opens repositories; extensions add schemes.
peer_schemes: dict[bytes, Any] = {
    b"http": _Late("mercurial.httppeer"),
    b"https": _Late("mercurial.httppeer"),
    b"ssh": _Late("mercurial.sshpeer"),
    b"static-http": _Late("mercurial.statichttprepo"),
}
repo_schemes: dict[bytes, Any] = {
    b"bundle": _Late("mercurial.bundlerepo"),
    b"file": _Late("mercurial.localrepo"),
}
wirepeersetupfuncs: list[Any] = []


def repository(
    ui: Any,
    path: bytes = b"",
    create: bool = False,
    presetupfuncs: Any = None,
    intents: Any = None,
    createopts: Any = None,
) -> Any:
    """Open (or make) a repository, and let extensions set it up.

    Raises:
        error.RepoError: There is none.
    """
    from mercurial import (  # late: they come after us
        commands,
        extensions,
        localrepo,
        rustext,
    )

    path = urlutil.urllocalpath(path or b".")
    if create:
        commands.init(ui, path)
    root = os.path.realpath(path)
    if not os.path.isdir(os.path.join(root, b".hg")):
        raise error.RepoError(_(b"repository %s not found") % path)
    own = ui.copy()
    for name in (b"hgrc", b"hgrc-not-shared"):
        own.readconfig(os.path.join(root, b".hg", name))
    repo = localrepo.localrepository(own, rustext.RepoHandle.open(root, own._handle))
    for prepare in presetupfuncs or ():
        prepare(own, repo)
    return extensions.setup_repo(own, repo).as_commands_see_it()


def islocal(repo: Any) -> Any:
    """Return whether something is a repository on this machine."""
    if isinstance(repo, bytes):
        return urlutil.url(repo).islocal()
    return repo.local()


def peer(
    uiorrepo: Any,
    opts: Any,
    path: Any,
    create: bool = False,
    intents: Any = None,
    createopts: Any = None,
    remotehidden: bool = False,
) -> Any:
    """Return the peer of an address: a path, a URL, or a configured path."""
    from mercurial import peer as peermod  # late: few commands need it

    address = path if isinstance(path, bytes) else path.loc
    parsed = urlutil.url(address)
    given = None if isinstance(path, bytes) else path
    ui = remoteui(uiorrepo, opts)
    if parsed.islocal():
        repo = repository(ui, util.expandpath(parsed.localpath()), create)
        return peermod.localpeer(repo, path=given, remotehidden=remotehidden)
    known = peer_schemes.get(parsed.scheme or b"")
    if known is not None:
        make = getattr(known, "make_peer", None) or known.instance
        return make(ui, path, create)
    known = repo_schemes.get(parsed.scheme or b"")
    if known is not None:
        return known.instance(ui, address, create).peer(path=given)
    raise error.RepoError(_(b"repository %s not found") % address)


def remoteui(src: Any, opts: Any) -> Any:
    """Return the `ui` for a remote repository."""
    base = getattr(src, "baseui", None) or getattr(src, "ui", src)
    made = base.copy()
    opts = pycompat.byteskwargs(opts or {})
    for name in (b"ssh", b"remotecmd"):
        value = opts.get(name) or getattr(src, "ui", src).config(b"ui", name)
        if value:
            made.setconfig(b"ui", name, value, b"copied")
    return made


def defaultdest(source: bytes) -> bytes:
    """Return where a clone goes."""
    path = urlutil.url(source).path
    return os.path.basename(os.path.normpath(path)) if path else b""


def addbranchrevs(
    lrepo: Any, other: Any, branches: Any, revs: Any, remotehidden: bool = False
) -> tuple[Any, Any]:
    """Return the revisions with those that branches name."""
    hashbranch, more = branches
    if not hashbranch and not more:
        return revs or None, (revs or [None])[0]
    found = list(revs or [])
    branchmap = other.branchmap()
    for branch in [*more, *([hashbranch] if hashbranch else [])]:
        if branch in branchmap:
            found.extend(hex(node) for node in reversed(branchmap[branch]))
        elif branch == hashbranch:
            found.append(branch)
        else:
            raise error.RepoLookupError(_(b"unknown branch '%s'") % branch)
    return found, found[0]


def clone(
    ui: Any,
    peeropts: Any,
    source: Any,
    dest: bytes | None = None,
    pull: bool = False,
    revs: Any = None,
    update: Any = True,
    stream: bool = False,
    branch: Any = None,
    shareopts: Any = None,
    **_options: Any,
) -> tuple[Any, Any]:
    """Clone; return the peers of source and destination."""
    from mercurial import commands  # late: they come after us

    address = source if isinstance(source, bytes) else source.url()
    words = [address] + ([dest] if dest is not None else [])
    names = [rev if len(rev) != 20 else hex(rev) for rev in revs or []]
    options = {
        "pull": pull,
        "rev": names,
        "stream": stream,
        "branch": list(branch or []),
    }
    if update is False or update is None:
        options["noupdate"] = True
    elif update is not True:
        options["updaterev"] = update
    commands.clone(ui, *words, **options)
    target = dest if dest is not None else defaultdest(address)
    made = peer(ui, peeropts, target) if urlutil.url(target).islocal() else None
    origin = peer(ui, peeropts, address) if urlutil.url(address).islocal() else None
    return origin, made


def share(
    ui: Any,
    source: Any,
    dest: bytes | None = None,
    update: Any = True,
    bookmarks: bool = True,
    **options: Any,
) -> Any:
    """Make a repository that shares the store of another one."""
    from mercurial import commands  # late: they come after us

    address = source if isinstance(source, bytes) else source.root
    words = [address] + ([dest] if dest else [])
    commands.share(ui, *words, noupdate=not update, bookmarks=bookmarks, **options)
    return repository(ui, dest or defaultdest(address))


def sharedreposource(repo: Any) -> Any:
    """Return the repository whose store is shared."""
    if not repo.shared():
        return None
    return repository(repo.ui, os.path.dirname(repo.sharedpath))


def _showstats(repo: Any, stats: Any, quietempty: bool = False) -> None:
    if quietempty and stats.isempty():
        return
    repo.ui.status(
        _(b"%d files updated, %d files merged, %d files removed, %d files unresolved\n")
        % (
            stats.updatedcount,
            stats.mergedcount,
            stats.removedcount,
            stats.unresolvedcount,
        )
    )


def updaterepo(repo: Any, node: Any, overwrite: bool, updatecheck: Any = None) -> Any:
    """Update the working directory without a word; return how many files that touched."""
    from mercurial import merge as mergemod  # late: few commands need it

    return mergemod._update(
        repo,
        repo[node].node(),
        branchmerge=False,
        force=overwrite,
        labels=[b"working copy", b"destination", b"working copy parent"],
        updatecheck=updatecheck,
    )


def update(
    repo: Any, node: Any, quietempty: bool = False, updatecheck: Any = None
) -> bool:
    """Update the working directory; return whether files are unresolved."""
    stats = updaterepo(repo, node, False, updatecheck=updatecheck)
    _showstats(repo, stats, quietempty)
    if stats.unresolvedcount:
        repo.ui.status(_(b"use 'hg resolve' to retry unresolved file merges\n"))
    return stats.unresolvedcount > 0


def clean(
    repo: Any, node: Any, show_stats: bool = True, quietempty: bool = False
) -> bool:
    """Update the working directory and throw changes away."""
    stats = updaterepo(repo, node, True)
    repo.vfs.unlinkpath(b"graftstate", ignoremissing=True)
    if show_stats:
        _showstats(repo, stats, quietempty)
    return stats.unresolvedcount > 0


def updatetotally(
    ui: Any,
    repo: Any,
    checkout: Any,
    brev: Any,
    clean: bool = False,
    updatecheck: Any = None,
) -> bool:
    """Update as the command does."""
    from mercurial import commands  # late: they come after us

    words = [] if checkout is None else [hex(repo[checkout].node())]
    how: dict[str, Any] = {
        "clean": clean,
        "check": updatecheck == b"abort",
        "merge": updatecheck == b"none",
    }
    return bool(commands.update(ui, repo, *words, **how))


def merge(
    ctx: Any, force: bool = False, remind: bool = True, labels: Any = None
) -> bool:
    """Merge a changeset into the working directory."""
    from mercurial import commands  # late: they come after us

    repo = ctx.repo()
    return bool(commands.merge(repo.ui, repo, ctx.hex(), force=force))


def abortmerge(ui: Any, repo: Any) -> None:
    """Give a merge up."""
    from mercurial import commands  # late: they come after us

    commands.merge(ui, repo, abort=True)


def verify(repo: Any, level: Any = None) -> Any:
    """Check a repository."""
    from mercurial import commands  # late: they come after us

    return commands.verify(repo.ui, repo)


def incoming(ui: Any, repo: Any, source: bytes, opts: Any, subpath: Any = None) -> Any:
    """Show what a pull would bring."""
    from mercurial import commands  # late: they come after us

    return commands.incoming(ui, repo, source, **pycompat.strkwargs(opts))


def outgoing(ui: Any, repo: Any, dests: Any, opts: Any, subpath: Any = None) -> Any:
    """Show what a push would send."""
    from mercurial import commands  # late: they come after us

    return commands.outgoing(ui, repo, *dests, **pycompat.strkwargs(opts))


class cachedlocalrepo:  # noqa: N801 -- the name is Mercurial's
    """A repository that is opened again when it has changed."""

    def __init__(self, repo: Any):
        self._repo = repo

    def fetch(self) -> tuple[Any, bool]:
        """Return the repository, and whether it is new."""
        self._repo.invalidate()
        return self._repo, False

    def copy(self) -> cachedlocalrepo:
        """Return another one."""
        return cachedlocalrepo(repository(self._repo.baseui, self._repo.root))
