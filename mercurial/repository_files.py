"""The part of a repository that deals with files and makes changesets."""

from __future__ import annotations

import os
import stat as statmod
from typing import Any, Callable, Iterable

from mercurial import changelog, context, error, lazy, overrides, rustext
from mercurial.lazy import propertycache
from mercurial.node import nullid


class workingfiles:  # noqa: N801 -- base of `localrepository`
    """Directories, dirstate, status and commits of a repository."""

    ui: Any
    root: bytes
    path: bytes
    _handle: Any

    # -- directories

    @propertycache
    def vfs(self) -> Any:
        """`.hg`."""
        return self._vfs(self.path)

    @propertycache
    def wvfs(self) -> Any:
        """The working directory."""
        return self._vfs(self.root)

    @propertycache
    def svfs(self) -> Any:
        """The store."""
        from mercurial import vfs  # late: many runs never look there

        return vfs.storevfs(self._handle)

    @property
    def sjoin(self) -> Callable[..., bytes]:
        """The full name of a file of the store."""
        return self.svfs.join

    @propertycache
    def cachevfs(self) -> Any:
        """`.hg/cache`."""
        return self._vfs(os.path.join(self._handle.shared_path(), b"cache"))

    @propertycache
    def wcachevfs(self) -> Any:
        """`.hg/wcache`."""
        return self._vfs(os.path.join(self.path, b"wcache"))

    def _vfs(self, base: bytes) -> Any:
        from mercurial import vfs  # late: many runs never look there

        return vfs.vfs(base)

    def join(self, f: bytes, *insidef: bytes) -> bytes:
        """Return the full name of a file in `.hg`."""
        return os.path.join(self.path, f, *insidef)

    def wjoin(self, f: bytes, *insidef: bytes) -> bytes:
        """Return the full name of a file of the working directory."""
        return os.path.join(self.root, f, *insidef)

    def getcwd(self) -> bytes:
        """Return the current directory relative to the root; absolute when outside."""
        return self.dirstate.getcwd()

    def pathto(self, f: bytes, cwd: bytes | None = None) -> bytes:
        """Return a path as seen from the current directory."""
        return self.dirstate.pathto(f, cwd)

    def auditor(self, path: bytes, mode: Any = None) -> None:
        """Refuse a path that must not be written."""
        self.wvfs.audit(path)

    nofsauditor = auditor

    # -- dirstate

    @property
    def dirstate(self) -> Any:
        """What the working directory tracks."""
        kept = self.unfiltered().__dict__  # type: ignore[attr-defined] # the repository's
        found = kept.get("_dirstate")
        if found is None:
            from mercurial import dirstate  # late: many runs never look there

            whole = self.unfiltered()  # type: ignore[attr-defined] # the repository's
            found = dirstate.dirstate(whole._handle, self.root, self.ui)
            kept["_dirstate"] = found
        return found

    def invalidatedirstate(self) -> None:
        """Read the dirstate again when it is needed next."""
        self.unfiltered().__dict__.pop("_dirstate", None)  # type: ignore[attr-defined] # the repository's

    def setparents(self, p1: bytes, p2: bytes | None = None) -> None:
        """Set the parents of the working directory."""
        self[p1], self[nullid if p2 is None else p2]  # type: ignore[index] # both must be here
        with self.dirstate.changing_parents(self):
            self.dirstate.setparents(p1, p2)

    # -- files of the working directory

    @propertycache
    def _datafilters(self) -> dict[bytes, Callable[..., bytes]]:
        return {}

    def adddatafilter(self, name: bytes, filter: Callable[..., bytes]) -> None:
        """Name a function that `[encode]` and `[decode]` can use."""
        whole: Any = self.unfiltered()  # type: ignore[attr-defined] # the repository's
        whole._datafilters[name] = filter
        whole._sync()

    def wread(self, filename: bytes) -> bytes:
        """Return the content of a file, as it would be committed."""
        full = self.wjoin(filename)
        if os.path.islink(full):
            data = os.readlink(full)
        else:
            with open(full, "rb") as opened:
                data = opened.read()
        return rustext.filtered(self._handle, True, filename, data)

    def wwritedata(self, filename: bytes, data: bytes) -> bytes:
        """Return content as it would lie in the working directory."""
        return rustext.filtered(self._handle, False, filename, data)

    def wwrite(
        self,
        filename: bytes,
        data: bytes,
        flags: bytes,
        backgroundclose: bool = False,
        **_more: Any,
    ) -> int:
        """Write a file; return how many bytes it has."""
        data = rustext.filtered(self._handle, False, filename, data)
        if overrides.captures(data):
            return len(data)
        if b"l" in flags:
            self.wvfs.symlink(data, filename)
        else:
            full = self.wjoin(filename)
            if os.path.islink(full):
                os.unlink(full)
            self.wvfs.write(filename, data)
            mode = os.stat(full).st_mode
            if (b"x" in flags) != bool(mode & statmod.S_IXUSR):
                self.wvfs.setflags(filename, False, b"x" in flags)
        return len(data)

    # -- status

    def status(
        self,
        node1: Any = b".",
        node2: Any = None,
        match: Any = None,
        ignored: bool = False,
        clean: bool = False,
        unknown: bool = False,
        listsubrepos: bool = False,
        empty_dirs_keep_files: bool = False,
    ) -> lazy.status:
        """Return how `node2` (the working directory) differs from `node1`."""
        ctx1, ctx2 = self[node1], self[node2]  # type: ignore[index] # the repository's
        for ctx in (ctx1, ctx2):
            if ctx.rev() is None and not isinstance(ctx, context.workingctx):
                return _status_of_manifests(ctx1, ctx2, match, clean)
        revs = (ctx1.rev(), ctx2.rev())
        wants = (ignored, clean, unknown)
        handle = self.unfiltered()._handle  # type: ignore[attr-defined] # the repository's
        lists, bad = rustext.status(handle, revs, match, wants)
        if bad and match is not None and hasattr(match, "bad"):
            for path, why in bad:
                match.bad(path, why)
        found = lazy.status(*lists)
        if revs[1] is None:
            for callback in list(self._postdsstatus):  # type: ignore[attr-defined] # the repository's
                callback(ctx2, found)
        return found

    def addpostdsstatus(self, ps: Callable[[Any, Any], Any]) -> None:
        """Call a function after each status of the working directory."""
        self._postdsstatus.append(ps)  # type: ignore[attr-defined] # the repository's

    def clearpostdsstatus(self) -> None:
        """Call no functions any more."""
        self._postdsstatus.clear()  # type: ignore[attr-defined] # the repository's

    # -- changesets

    def _about(
        self, user: Any, date: Any, text: bytes, extra: Any, phase: Any = None
    ) -> tuple[Any, ...]:
        made = context.committablectx.__new__(context.committablectx)
        made._repo = self
        if date:
            made._date = made._parsed_date(date)
        seconds, offset = made._date
        who = user or self.ui.username()
        return (who, (float(seconds), int(offset)), text, dict(extra or {}), phase)

    def commit(
        self,
        text: bytes = b"",
        user: bytes | None = None,
        date: Any = None,
        match: Any = None,
        force: bool = False,
        editor: Any = None,
        extra: Any = None,
    ) -> bytes | None:
        """Commit the working directory; return the node id, `None` without changes."""
        with self.wlock(), self.lock():  # type: ignore[attr-defined] # the repository's
            about = self._about(user, date, text, extra)

            def edit(lists: Any, message: bytes) -> bytes:
                changes = lazy.status(*lists)
                ctx = context.workingcommitctx(
                    self, changes, message, user, date, extra
                )
                return editor(self, ctx, [])

            node = rustext.commit_wdir(
                self._handle, match, about, force, edit if editor else None
            )
        self.invalidatedirstate()
        self.invalidatevolatilesets()  # type: ignore[attr-defined] # the repository's
        return node

    def commitctx(self, ctx: Any, error: bool = False, origctx: Any = None) -> bytes:
        """Make a changeset of a context; return its node id."""
        removed = set(ctx.removed()) if ctx.rev() is None and ctx.removed else set()

        def read(path: bytes) -> Any:
            return _version(ctx, path, removed)

        parents = (ctx.p1().node(), ctx.p2().node())
        files = list(ctx.files())
        pending = getattr(ctx, "_pending", None)

        def store(user: bytes, date: Any, text: bytes, extra: Any) -> bytes:
            about = self._about(user, date, text, extra)
            return rustext.commit_memory(
                self._handle, parents, files, read, about, pending
            )

        about = (ctx.user(), ctx.date(), ctx.description(), ctx.extra())
        with self.lock():  # type: ignore[attr-defined] # the repository's
            if changelog.add_is_wrapped():
                node = self._add_through(store, parents, files, about)
            else:
                node = store(*about)
        self.invalidatevolatilesets()  # type: ignore[attr-defined] # the repository's
        return node

    def _add_through(
        self, store: Any, parents: tuple[bytes, bytes], files: Any, about: Any
    ) -> bytes:
        """Store a changeset by way of `changelog.add`, which an extension has wrapped."""
        user, date, text, extra = about
        log = self.changelog  # type: ignore[attr-defined] # the repository's
        tr = self.currenttransaction()  # type: ignore[attr-defined] # the repository's
        log._store = store
        try:
            return log.add(
                nullid, files, text, tr, *parents, user, date, dict(extra or {})
            )
        finally:
            del log._store

    def savecommitmessage(self, text: bytes) -> bytes:
        """Keep a message in case the commit fails; return where it is."""
        self.vfs.write(b"last-message.txt", text)
        return self.pathto(self.join(b"last-message.txt")[len(self.root) + 1 :])

    def filectx(
        self,
        path: bytes,
        changeid: Any = None,
        fileid: Any = None,
        changectx: Any = None,
    ) -> Any:
        """Return a version of a file."""
        return context.filectx(self, path, changeid, fileid, changectx=changectx)

    def memctx(
        self, parents: Any, text: bytes, files: Any, filectxfn: Any, **about: Any
    ) -> Any:
        """Return a changeset to be made of files in memory."""
        return context.memctx(self, parents, text, files, filectxfn, **about)

    def memfilectx(self, changectx: Any, path: bytes, data: bytes, **about: Any) -> Any:
        """Return a file in memory."""
        return context.memfilectx(self, changectx, path, data, **about)

    def narrowmatch(self, match: Any = None, includeexact: bool = False) -> Any:
        """Return the matcher of what is kept here: everything."""
        from mercurial import match as matchmod  # late: seldom asked

        return match or matchmod.always()

    def _dirstatevalidate(self, node: bytes) -> bytes:
        return node if node in self else nullid  # type: ignore[operator] # the repository's

    def mergestate(self) -> Any:
        """Return the state of the merge."""
        from mercurial import mergestate  # late: seldom asked

        return mergestate.mergestate.read(self)


def _version(ctx: Any, path: bytes, removed: Iterable[bytes]) -> Any:
    if path in removed:
        return None
    try:
        fctx = ctx[path]
    except error.LookupError:
        return None
    if fctx is None:
        return None
    return fctx.data(), fctx.flags(), fctx.copysource()


def _status_of_manifests(ctx1: Any, ctx2: Any, match: Any, clean: bool) -> lazy.status:
    """Compare what lies in memory: contents decide where ids are not known yet."""
    modified, added, removed, same = [], [], [], []
    before, after = ctx1.manifest(), ctx2.manifest()
    for path in sorted({*before, *after}):
        if match is not None and not match(path):
            continue
        if path not in before:
            added.append(path)
        elif path not in after:
            removed.append(path)
        elif before.find(path) == after.find(path) or (
            before.flags(path) == after.flags(path)
            and ctx1[path].data() == ctx2[path].data()
        ):
            same.append(path)
        else:
            modified.append(path)
    return lazy.status(modified, added, removed, clean=same if clean else [])
