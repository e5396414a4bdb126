"""The repository as extensions see it: a Python class over a handle.

Public: `localrepository` and its methods without a leading underscore, `instance`,
`makelocalrepository`, `open_handle`.
"""

from __future__ import annotations

import functools
import os
import weakref
from types import MappingProxyType
from typing import Any, Callable, Iterable, Iterator, Mapping

from mercurial import (
    changelog as changelogmod,
    context,
    error,
    lock as lockmod,
    overrides,
    rustext,
    transaction as transactionmod,
)
from mercurial.changelog import changelog
from mercurial.lazy import propertycache, status
from mercurial.node import (
    hex,
    nullid,
    nullrev,
    sha1nodeconstants,
    wdirhex,
    wdirid,
    wdirrev,
)
from mercurial.repository_files import workingfiles


class localrepository(workingfiles):  # noqa: N801 -- the name is Mercurial's
    """An open repository; subclass it, or set `repo.__class__`, freely.

    This one shows all changesets; `filtered` gives views that show less.

    Args:
        ui: The user.
        handle: The Rust repository.
    """

    filtername: bytes | None = None
    nodeconstants = sha1nodeconstants
    nullid = sha1nodeconstants.nullid

    #: The arguments of the hook that runs, as they were given.
    hookobjects: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, ui: Any, handle: Any):
        self.ui = ui
        self.baseui = ui
        self._view = handle.view_name()
        self._handle = handle.filtered(None)
        self.root: bytes = handle.root()
        self.origroot: bytes = self.root
        self.path: bytes = handle.path()
        self.sharedpath: bytes = handle.shared_path()
        self.spath: bytes = handle.store_path()
        self.requirements: set[bytes] = set(handle.requirements())
        self.supported: set[bytes] = set(self.requirements)
        self._views: dict[bytes, Any] = {}
        self._lockref: Any = None
        self._wlockref: Any = None
        self._transref: Any = None
        self._evolution: dict[str, Any] = {}
        self._postdsstatus: list[Any] = []

    @property
    def names(self) -> Any:
        """The kinds of names of changesets."""
        found = self.__dict__.get("_names")
        if found is None:
            from mercurial import namespaces  # late: few extensions need it

            found = self.__dict__["_names"] = namespaces.namespaces()
        return found

    def close(self) -> None:
        """Let go of the repository; later use raises `error.ClosedError`."""
        self._handle.close()

    def __enter__(self) -> localrepository:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        view = self.filtername.decode() if self.filtername else "unfiltered"
        return f"<{type(self).__name__} {os.fsdecode(self.root)} {view}>"

    def local(self) -> localrepository:
        """Return the repository: it is on this machine."""
        return self

    def peer(self, path: Any = None, remotehidden: bool = False) -> Any:
        """Return the repository as others see it."""
        from mercurial import peer  # late: few commands need it

        return peer.localpeer(self, path=path, remotehidden=remotehidden)

    def url(self) -> bytes:
        """Return the location as a URL."""
        return b"file:" + self.root

    def cancopy(self) -> bool:
        """Return whether a clone may copy files: only when nothing is filtered."""
        return self.filtername is None

    def shared(self) -> bytes | None:
        """Return `b"store"` when the store is another repository's."""
        return b"store" if self._handle.is_shared() else None

    # -- views

    def unfiltered(self) -> Any:
        """Return the repository with all changesets."""
        return self

    def filtered(self, name: bytes | None, visibilityexceptions: Any = None) -> Any:
        """Return the repository without the changesets that a filter hides."""
        whole = self.unfiltered()
        if name is None:
            return whole
        view = whole._views.get(name)
        if view is None or not isinstance(view, type(whole)):
            view = whole._views[name] = _view_class(type(whole))(whole, name)
        return view

    def as_commands_see_it(self) -> Any:
        """Return the view that the handle was opened with."""
        return self.filtered(self.unfiltered()._view)

    # -- changesets

    @property
    def changelog(self) -> changelog:
        """The changelog as it is now."""
        log = self.__dict__.get("_changelog")
        if log is None or not self._handle.is_current(log):
            log = self.__dict__["_changelog"] = changelog(self._handle, "changelog")
        return log

    @propertycache
    def manifestlog(self) -> Any:
        """All manifests."""
        from mercurial import manifest  # late: many runs never read one

        return manifest.manifestlog(self._handle)

    def file(self, path: bytes, writable: bool = False) -> Any:
        """Return the history of a file."""
        from mercurial import filelog  # late: many runs never read one

        return filelog.filelog(self._handle, "file", path.lstrip(b"/"))

    def __len__(self) -> int:
        return len(self.changelog)

    def __bool__(self) -> bool:
        return True

    __nonzero__ = __bool__

    def __iter__(self) -> Iterator[int]:
        return iter(self.changelog)

    def __contains__(self, changeid: Any) -> bool:
        try:
            self[changeid]
        except error.RepoLookupError:
            return False
        return True

    def __getitem__(self, changeid: Any) -> Any:
        if type(changeid) is int:
            if changeid in self.changelog or changeid == nullrev:
                return context.changectx(self, changeid)
            if changeid == wdirrev:
                return context.workingctx(self)
            raise self._unknown(b"%d" % changeid, changeid)
        if changeid is None:
            return context.workingctx(self)
        if isinstance(changeid, context.basectx):
            return changeid
        if isinstance(changeid, slice):
            positions = range(*changeid.indices(len(self)))
            return [self[rev] for rev in positions if rev in self.changelog]
        return self._by_name(changeid)

    def _by_name(self, changeid: Any) -> Any:
        if not isinstance(changeid, bytes):
            if isinstance(changeid, int):
                return self[int(changeid)]
            raise TypeError(f"a changeset is not named by {type(changeid).__name__}")
        if changeid == b"null":
            return context.changectx(self, nullrev, nullid)
        if changeid == b"tip":
            return context.changectx(self, self.changelog.tiprev())
        if changeid == b".":
            changeid = self._handle.wdir_parents()[0]
        if len(changeid) == 40:
            if changeid == wdirhex:
                return context.workingctx(self)
            try:
                changeid = bytes.fromhex(changeid.decode("ascii"))
            except ValueError:
                raise self._unknown(changeid) from None
        if len(changeid) == 20:
            if changeid == wdirid:
                return context.workingctx(self)
            log = self.changelog
            if log.hasnode(changeid):
                return context.changectx(self, log.rev(changeid), changeid)
            raise self._unknown(hex(changeid), changeid)
        message = f"unsupported changeid '{changeid.decode('latin-1')}' of type {bytes}"
        raise error.ProgrammingError(message)

    def _unknown(self, shown: bytes, changeid: Any = None) -> error.RepoLookupError:
        whole = self.unfiltered()
        hidden = whole is not self and changeid is not None and changeid in whole
        if not hidden:
            return error.RepoLookupError(b"unknown revision '%s'" % shown)
        if self.filtername and self.filtername.startswith(b"visible"):
            return error.FilteredRepoLookupError(
                b"hidden revision '%s'" % shown,
                hint=b"use --hidden to access hidden revisions",
            )
        message = b"filtered revision '%s' (not in '%s' subset)"
        return error.FilteredRepoLookupError(message % (shown, self.filtername))

    def lookup(self, key: Any) -> bytes:
        """Return the binary node id that a name, number, id or prefix stands for."""
        if not isinstance(key, bytes) or len(key) == 20:
            return self[key].node()
        rev = self._handle.symbol(key)
        if rev == wdirrev:
            raise error.WdirUnsupported
        return self.changelog.node(rev)

    def known(self, nodes: Iterable[bytes]) -> list[bool]:
        """Return which node ids are here and shown."""
        hasnode = self.changelog.hasnode
        return [hasnode(node) for node in nodes]

    def heads(self, start: bytes | None = None) -> list[bytes]:
        """Return the node ids without children, newest first."""
        if start is None:
            node = self.changelog.node
            return [node(rev) for rev in reversed(self._handle.heads())] or [nullid]
        log = self.changelog
        return sorted(log.heads(start), key=log.rev, reverse=True)

    # -- queries

    def revs(self, expr: bytes, *args: Any) -> Any:
        """Return the revisions of a revset, `%d %s %n` and the like filled in."""
        from mercurial import smartset  # late: many runs never ask

        spec = rustext.format_spec(expr, list(args)) if args or b"%" in expr else expr
        return smartset.baseset(self._handle.revs(spec))

    def set(self, expr: bytes, *args: Any) -> Iterator[Any]:
        """Yield the changesets of a revset."""
        for rev in self.revs(expr, *args):
            yield self[rev]

    def anyrevs(
        self, specs: list[bytes], user: bool = False, localalias: Any = None
    ) -> Any:
        """Return the revisions of several revsets; of a user, with aliases."""
        from mercurial import smartset  # late: as above

        aliases = list(localalias.items()) if localalias else None
        return smartset.baseset(self._handle.any_revs(list(specs), aliases))

    # -- names

    @property
    def _bookmarks(self) -> Any:
        whole = self.unfiltered()
        kept = whole.__dict__.get("_kept_bookmarks")
        if kept is None:
            from mercurial import bookmarks  # late: many runs have none

            kept = whole.__dict__["_kept_bookmarks"] = bookmarks.bmstore(whole)
        return kept.refresh()

    @property
    def _activebookmark(self) -> bytes | None:
        return self._bookmarks.active

    def nodebookmarks(self, node: bytes) -> list[bytes]:
        """Return the bookmarks at a changeset."""
        return sorted(self._bookmarks.names(node))

    def tags(self) -> dict[bytes, bytes]:
        """Return tags: names to node ids."""
        return {name: node for name, node, _kind in rustext.tags(self._handle)}

    def tagtype(self, tagname: bytes) -> bytes | None:
        """Return `global` or `local`, `None` for what is no tag."""
        for name, _node, kind in rustext.tags(self._handle):
            if name == tagname:
                return kind
        return None

    def tagslist(self) -> list[tuple[bytes, bytes]]:
        """Return tags and node ids by revision."""
        rev = self.changelog.rev
        found = [(rev(node), tag, node) for tag, node in self.tags().items()]
        return [(tag, node) for _rev, tag, node in sorted(found)]

    def nodetags(self, node: bytes) -> list[bytes]:
        """Return the tags of a changeset."""
        return sorted(name for name, at in self.tags().items() if at == node)

    def branchmap(self) -> Any:
        """Return the branches."""
        from mercurial import branchmap  # late: many runs never ask

        return branchmap.branchcache(self)

    def revbranchcache(self) -> Any:
        """Return the branch of every changeset."""
        from mercurial import branchmap  # late: as above

        return branchmap.revbranchcache(self)

    def branchtip(self, branch: bytes, ignoremissing: bool = False) -> bytes | None:
        """Return the node id of the tip of a branch."""
        branches = self.branchmap()
        if branch in branches:
            return branches.branchtip(branch)
        if ignoremissing:
            return None
        raise error.RepoLookupError(b"unknown branch '%s'" % branch)

    def branchheads(
        self, branch: bytes | None = None, start: Any = None, closed: bool = False
    ) -> list[bytes]:
        """Return the heads of a branch (the working directory's), newest first."""
        if branch is None:
            branch = self[None].branch()
        branches = self.branchmap()
        if branch not in branches:
            return []
        heads = list(reversed(branches.branchheads(branch, closed=closed)))
        if start is not None:
            log = self.changelog
            heads = [node for node in heads if log.isancestor(start, node)]
        return heads

    def lookupbranch(self, key: bytes) -> bytes:
        """Return a branch by its name, or by a changeset on it."""
        if self.branchmap().hasbranch(key):
            return key
        return self[self.lookup(key)].branch()

    def branches(self, nodes: Iterable[bytes] | None) -> list[tuple[bytes, ...]]:
        """Return for each node id the oldest one on its straight line, and parents."""
        log = self.changelog
        found: list[tuple[bytes, ...]] = []
        for node in nodes or [log.tip()]:
            at = node
            while True:
                p1, p2 = log.parents(at)
                if p2 != nullid or p1 == nullid:
                    found.append((node, at, p1, p2))
                    break
                at = p1
        return found

    # -- phases and evolution

    @propertycache
    def _phasecache(self) -> Any:
        from mercurial import phases  # late: many runs never ask

        return phases.phasecache(weakref.ref(self.unfiltered()))

    def newcommitphase(self) -> int:
        """Return the phase of new changesets."""
        from mercurial import phases  # late: as above

        return phases.newcommitphase(self.ui)

    def publishing(self) -> bool:
        """Return whether what is pulled from here becomes public."""
        return self._handle.is_publishing()

    @propertycache
    def obsstore(self) -> Any:
        """The obsolescence markers."""
        from mercurial import obsolete  # late: many runs have none

        return obsolete.makestore(self.ui, self)

    def evolutionrevs(self, what: str) -> Any:
        """Return revisions that are `obsolete`, `orphan`, `hidden`, ... as a set."""
        known = self.unfiltered()._evolution
        if what not in known:
            known[what] = frozenset(rustext.evolution_revs(self._handle, what))
        return known[what]

    # -- what extensions replace

    def _replaced(self, method: str) -> bool:
        """Return whether an extension has replaced a method."""
        whole = self.unfiltered()
        if method in whole.__dict__:
            return True
        return getattr(type(whole), method, None) is not _ORIGINALS[method]

    def _sync(self) -> None:
        """Tell native code which methods were replaced."""
        whole = self.unfiltered()
        names = [name for name in overrides.METHODS if whole._replaced(name)]
        if changelogmod.add_is_wrapped() and "commitctx" not in names:
            names.append("commitctx")
        if whole._datafilters:
            names.append("adddatafilter")
        names += overrides.wrapped_exchange()
        overrides.warn_unrouted(type(whole), localrepository)
        whole._handle.set_overrides(names, weakref.ref(whole) if names else None)

    # -- locks and transactions

    def lock(self, wait: bool = True, steal_from: Any = None) -> Any:
        """Take the lock of the store; take the wlock first if both are needed."""
        return self._take("_lockref", False, wait)

    def wlock(self, wait: bool = True, steal_from: Any = None) -> Any:
        """Take the lock of the working directory."""
        if (
            wait
            and self.currentlock() is not None
            and self.currentwlock() is None
            and (
                self.ui.configbool(b"devel", b"all-warnings")
                or self.ui.configbool(b"devel", b"check-locks")
            )
        ):
            self.ui.develwarn(b'"wlock" acquired after "lock"')
        return self._take("_wlockref", True, wait)

    def _take(self, name: str, working: bool, wait: bool) -> Any:
        whole = self.unfiltered()
        held = self._current(name)
        if held is not None:
            return held.lock()
        taken = lockmod.lock(whole._handle, working, wait)
        setattr(whole, name, weakref.ref(taken))
        self.invalidatevolatilesets()
        return taken

    def _current(self, name: str) -> Any:
        ref = getattr(self.unfiltered(), name)
        held = ref() if ref else None
        return held if held is not None and held.held else None

    def currentlock(self) -> Any:
        """Return the lock of the store if it is held."""
        return self._current("_lockref")

    def currentwlock(self) -> Any:
        """Return the lock of the working directory if it is held."""
        return self._current("_wlockref")

    def _afterlock(self, callback: Callable[[bool], Any]) -> None:
        for held in (self.currentwlock(), self.currentlock()):
            if held is not None:
                held.postrelease.append(callback)
                return
        callback(True)

    def transaction(self, desc: bytes, report: Any = None) -> Any:
        """Begin a transaction, or join the running one. The lock must be held."""
        whole = self.unfiltered()
        running = self.currenttransaction()
        if running is not None:
            return running.nest(desc)
        held = self.currentlock() is not None or whole._handle.holds_lock(False)
        if not held and not whole._in_hook():
            raise error.ProgrammingError(b"transaction requires locking")
        made = transactionmod.transaction(
            whole, rustext.Transaction.begin(whole._handle, desc)
        )
        whole._transref = weakref.ref(made)
        return made

    def _in_hook(self) -> bool:
        return rustext.Transaction.current(self._handle) is not None

    def currenttransaction(self) -> Any:
        """Return the running transaction."""
        ref = self.unfiltered()._transref
        running = ref() if ref else None
        if running is not None and running.running():
            return running
        return transactionmod.current(self.unfiltered())

    def _transaction_ended(self) -> None:
        self._transref = None
        self.invalidatevolatilesets()

    def recover(self) -> bool:
        """Undo an interrupted transaction; return whether there was one."""
        with self.lock():
            return self._handle.recover()

    # -- caches

    def invalidate(self, clearfilecache: bool = False) -> None:
        """Look at the files of the store again when they are needed next."""
        self._handle.invalidate()
        self.invalidatevolatilesets()

    def invalidateall(self) -> None:
        """Forget everything that was read."""
        self._handle.invalidate_all()
        self.invalidatevolatilesets()
        self.invalidatedirstate()

    def invalidatevolatilesets(self) -> None:
        """Work out again what is hidden and obsolete."""
        self.unfiltered()._evolution.clear()
        self._handle.invalidate_hidden()

    def invalidatecaches(self) -> None:
        """Work out names again."""
        self.invalidatevolatilesets()

    def destroying(self) -> None:
        """Say that changesets are about to be removed."""

    def destroyed(self) -> None:
        """Say that changesets were removed."""
        self.invalidateall()

    def updatecaches(
        self, tr: Any = None, full: bool = False, caches: Any = None
    ) -> None:
        """Fill the caches on disk."""
        self._handle.update_caches()

    # -- hooks

    def hook(self, name: bytes, throw: bool = False, **args: Any) -> bool:
        """Run the hooks of a name; return whether one failed.

        Raises:
            error.HookAbort: One failed, and `throw` is set.
        """
        plain = [(key, _as_text(value)) for key, value in args.items()]
        # The core knows texts only; hooks in Python get the objects themselves.
        whole = self.unfiltered()
        before, whole.hookobjects = whole.hookobjects, args
        try:
            return self._handle.run_hook(name.decode(), throw, plain)
        finally:
            whole.hookobjects = before


_ORIGINALS = {
    name: getattr(localrepository, name) for name in (*overrides.METHODS, "commit")
}


def _as_text(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if callable(value):
        return _as_text(value())
    if value is None:
        return b""
    if isinstance(value, bool):
        return b"1" if value else b"0"
    if isinstance(value, (dict, list, tuple, set)):
        from mercurial.utils import stringutil  # late: few hooks have such arguments

        return stringutil.pprint(value)
    return str(value).encode()


def unfilteredmethod(orig: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate a method that works on the repository with all changesets."""

    @functools.wraps(orig)
    def wrapper(repo: Any, *args: Any, **kwargs: Any) -> Any:
        return orig(repo.unfiltered(), *args, **kwargs)

    return wrapper


class unfilteredpropertycache(propertycache):  # noqa: N801 -- the name is Mercurial's
    """A property that all views of a repository share."""

    def __get__(self, obj: Any, type: Any = None) -> Any:
        if obj is None:
            return self
        whole = obj.unfiltered()
        if whole is obj:
            return super().__get__(whole)
        return getattr(whole, self.name)


class filteredpropertycache(propertycache):  # noqa: N801 -- the name is Mercurial's
    """A property that each view of a repository has for itself."""

    def cachevalue(self, obj: Any, value: Any) -> None:
        """Set the value without working it out."""
        object.__setattr__(obj, self.name, value)


class repoview:  # noqa: N801 -- the name is Mercurial's
    """A repository without the changesets that a filter hides.

    Everything but the changesets is the whole repository's, attributes too.
    """

    def __init__(self, whole: Any, name: bytes):
        own = self.__dict__
        own["_unfilteredrepo"] = whole
        own["filtername"] = name
        own["_handle"] = whole._handle.filtered(name)

    def unfiltered(self) -> Any:
        """Return the repository with all changesets."""
        return self.__dict__["_unfilteredrepo"]

    def __getattr__(self, attr: str) -> Any:
        return getattr(self.__dict__["_unfilteredrepo"], attr)

    def __setattr__(self, attr: str, value: Any) -> None:
        setattr(self.__dict__["_unfilteredrepo"], attr, value)

    def __delattr__(self, attr: str) -> None:
        delattr(self.__dict__["_unfilteredrepo"], attr)

    def __reduce__(self) -> Any:
        raise TypeError("a repository cannot be pickled")


_classes: dict[type, type] = {}


def _view_class(whole: type) -> type:
    made = _classes.get(whole)
    if made is None:
        made = _classes[whole] = type("filteredrepo", (repoview, whole), {})
    return made


def open_handle(ui: Any, path: bytes) -> Any:
    """Open the Rust repository at a path for a user."""
    root = os.path.realpath(os.path.expandvars(os.path.expanduser(path)))
    if not os.path.isdir(os.path.join(root, b".hg")):
        raise error.RepoError(b"repository %s not found" % path)
    return rustext.RepoHandle.open(root, getattr(ui, "_handle", None))


def makelocalrepository(
    baseui: Any, path: bytes, intents: Any = None
) -> localrepository:
    """Open a repository."""
    return localrepository(baseui, open_handle(baseui, path))


def instance(
    ui: Any,
    path: bytes,
    create: bool = False,
    intents: Any = None,
    createopts: Any = None,
) -> localrepository:
    """Open a repository, made first if asked for."""
    if create:
        rustext.RepoHandle.init(os.path.abspath(path), getattr(ui, "_handle", None))
    return makelocalrepository(ui, path, intents)


__all__ = [
    "instance",
    "localrepository",
    "makelocalrepository",
    "open_handle",
    "repoview",
    "status",
]
