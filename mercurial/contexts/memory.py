"""Changesets and files that lie in memory until they are committed."""

from __future__ import annotations

import time
from typing import Any, Callable, Iterator

from mercurial import error, lazy
from mercurial.contexts.working import (
    committablectx,
    committablefilectx,
    workingcommitctx,
)
from mercurial.lazy import propertycache
from mercurial.node import nullid, nullrev


def _as_ctx(repo: Any, parent: Any) -> Any:
    if parent is None:
        return repo[nullrev]
    return parent if hasattr(parent, "manifest") else repo[parent]


class memctx(committablectx):  # noqa: N801 -- the name is Mercurial's
    """A changeset to be made of files in memory.

    Args:
        repo: The repository.
        parents: Node ids (or contexts) of the two parents; `None` for null.
        text: The description.
        files: The files that may differ from the first parent.
        filectxfn: Called with repository, this and a path; gives a `memfilectx`, or
            `None` for a removed file. Another context, or a dict of files, will do.
        user: Who makes it.
        date: When.
        extra: The extras.
        branch: The branch.
        editor: Called with repository, this and nothing to get the description.
    """

    _returnnoneformissingfiles = True

    def __init__(
        self,
        repo: Any,
        parents: Any,
        text: bytes,
        files: Any,
        filectxfn: Any,
        user: bytes | None = None,
        date: Any = None,
        extra: dict[bytes, bytes] | None = None,
        branch: bytes | None = None,
        editor: Any = None,
    ):
        super().__init__(repo, text, user, date, extra, branch=branch)
        p1, p2 = [*parents, None][:2]
        self._parents = [_as_ctx(repo, p1), _as_ctx(repo, p2)]
        self._files = sorted(set(files))
        if isinstance(filectxfn, dict):
            self._filectxfn: Callable[..., Any] = lambda _r, _c, path: filectxfn.get(
                path
            )
        elif callable(filectxfn):
            self._filectxfn = makecachingfilectxfn(filectxfn)
        else:
            self._filectxfn = memfilefromctx(filectxfn)
        if editor:
            self._text = editor(repo, self, [])
            repo.savecommitmessage(self._text)

    def parents(self) -> list[Any]:
        """Return the parents; a merge has two."""
        return self._parents if self._parents[1] else self._parents[:1]

    def p2(self) -> Any:
        """Return the second parent; null when there is none."""
        return self._parents[1]

    def __bytes__(self) -> bytes:
        return bytes(self._parents[0]) + b"+"

    def __contains__(self, key: bytes) -> bool:
        if key in self._files:
            return self._filectxfn(self._repo, self, key) is not None
        return key in self.p1()

    def filectx(self, path: bytes, filelog: Any = None) -> Any:
        """Return a file, `None` for one that is removed."""
        return self._filectxfn(self._repo, self, path)

    def files(self) -> list[bytes]:
        """Return the files that may differ."""
        return list(self._files)

    def commit(self) -> bytes:
        """Make the changeset and return its node id."""
        return self._repo.commitctx(self)

    def flags(self, path: bytes) -> bytes:
        """Return the flags of a file."""
        found = self.filectx(path) if path in self._files else None
        return found.flags() if found else self.p1().flags(path)

    @propertycache
    def _status(self) -> lazy.status:
        first, second = self.p1().manifest(), self.p2().manifest()
        modified, added, removed = [], [], []
        for path in self._files:
            here = self._filectxfn(self._repo, self, path) is not None
            if path not in first and path not in second:
                if here:
                    added.append(path)
            elif here:
                modified.append(path)
            else:
                removed.append(path)
        return lazy.status(modified, added, removed)

    @propertycache
    def _manifest(self) -> Any:
        manifest = self.p1().manifest().copy()
        for path in self._status.removed:
            if path in manifest:
                del manifest[path]
        for path in [*self._status.modified, *self._status.added]:
            manifest.set(path, b"0" * 12 + b"modified", self.flags(path))
        return manifest

    @propertycache
    def _copies(self) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
        first: dict[bytes, bytes] = {}
        second: dict[bytes, bytes] = {}
        for path in self._files:
            found = self._filectxfn(self._repo, self, path)
            source = found.copysource() if found else None
            if source:
                side = first if source in self.p1() else second
                side[path] = source
        return first, second

    def p1copies(self) -> dict[bytes, bytes]:
        """Return copies from the first parent: destination to source."""
        return self._copies[0]

    def p2copies(self) -> dict[bytes, bytes]:
        """Return copies from the second parent: destination to source."""
        return self._copies[1]


def makecachingfilectxfn(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that asks `func` once for each path."""
    seen: dict[bytes, Any] = {}

    def getfilectx(repo: Any, ctx: Any, path: bytes) -> Any:
        if path not in seen:
            seen[path] = func(repo, ctx, path)
        return seen[path]

    return getfilectx


def memfilefromctx(ctx: Any) -> Callable[..., Any]:
    """Return a function that takes files of another context into memory."""

    def getfilectx(repo: Any, memctx: Any, path: bytes) -> Any:
        if path not in ctx:
            return None
        fctx = ctx[path]
        return memfilectx(
            repo,
            memctx,
            path,
            fctx.data(),
            islink=fctx.islink(),
            isexec=fctx.isexec(),
            copysource=fctx.copysource(),
        )

    return getfilectx


class memfilectx(committablefilectx):  # noqa: N801 -- the name is Mercurial's
    """A file in memory.

    Args:
        repo: The repository.
        changectx: The changeset it belongs to.
        path: The path.
        data: The content; a link's target.
        islink: It is a symbolic link.
        isexec: It is executable.
        copysource: The path it was copied from.
    """

    def __init__(
        self,
        repo: Any,
        changectx: Any,
        path: bytes,
        data: bytes,
        islink: bool = False,
        isexec: bool = False,
        copysource: bytes | None = None,
    ):
        super().__init__(repo, path, None, changectx)
        self._data = data
        self._flags = b"l" if islink else b"x" if isexec else b""
        self._copysource = copysource

    def copysource(self) -> bytes | None:
        """Return the path it was copied from, if it was."""
        return self._copysource

    def cmp(self, fctx: Any) -> bool:
        """Return whether the content differs from another file's."""
        return self.data() != fctx.data()

    def data(self) -> bytes:
        """Return the content."""
        return self._data

    def remove(self, ignoremissing: bool = False) -> None:
        """Remove it from its changeset."""
        del self._changectx[self._path]

    def write(self, data: bytes, flags: bytes, **_opts: Any) -> None:
        """Replace content and flags."""
        self._data = data
        self._flags = flags


class metadataonlyctx(committablectx):  # noqa: N801 -- the name is Mercurial's
    """A changeset to be made like another one, with other metadata."""

    def __init__(
        self,
        repo: Any,
        originalctx: Any,
        parents: Any = None,
        text: bytes | None = None,
        user: bytes | None = None,
        date: Any = None,
        extra: dict[bytes, bytes] | None = None,
        editor: Any = None,
    ):
        if text is None:
            text = originalctx.description()
        super().__init__(repo, text, user, date, extra)
        self._originalctx = originalctx
        if parents is None:
            self._parents = list(originalctx.parents())
        else:
            self._parents = [_as_ctx(repo, p) for p in parents if p is not None]
        while len(self._parents) < 2:
            self._parents.append(repo[nullrev])
        self._check_parents()
        if editor:
            self._text = editor(repo, self, [])

    def _check_parents(self) -> None:
        """Refuse parents that the manifest does not have."""
        log = self._repo.manifestlog.getstorage(b"")
        known = log.parents(self._originalctx.manifestnode())
        for name, parent, node in zip(("p1", "p2"), self._parents, known):
            if parent.rev() != nullrev and parent.manifestnode() != node:
                raise RuntimeError(
                    f"can't reuse the manifest: its {name} "
                    f"doesn't match the new ctx {name}"
                )

    def parents(self) -> list[Any]:
        """Return the parents; a merge has two."""
        return self._parents if self._parents[1] else self._parents[:1]

    @property
    def _manifest(self) -> Any:
        return self._originalctx.manifest()

    def manifestnode(self) -> Any:
        """Return the node id of the manifest that is taken over."""
        return self._originalctx.manifestnode()

    def files(self) -> list[bytes]:
        """Return the files of the other changeset."""
        return self._originalctx.files()

    def filectx(self, path: bytes, filelog: Any = None) -> Any:
        """Return a file of the other changeset."""
        return self._originalctx.filectx(path, filelog=filelog)

    def commit(self) -> bytes:
        """Make the changeset and return its node id."""
        return self._repo.commitctx(self)


class overlayworkingctx(committablectx):  # noqa: N801 -- the name is Mercurial's
    """A working directory in memory, over a changeset."""

    in_memory = True

    def __init__(self, repo: Any):
        super().__init__(repo)
        self._cache: dict[bytes, dict[bytes, Any]] = {}
        self._wrappedctx: Any = None
        self._parents: list[Any] = []

    def setbase(self, wrappedctx: Any) -> None:
        """Set the changeset below, which becomes the first parent."""
        self._wrappedctx = wrappedctx
        self._parents = [wrappedctx]

    def setparents(self, p1node: bytes, p2node: bytes | None = None) -> None:
        """Set the parents; the first must be the changeset below."""
        if p1node != self._wrappedctx.node():
            raise error.ProgrammingError(b"the first parent is the base")
        self._parents = [self._wrappedctx]
        if p2node is not None and p2node != nullid:
            self._parents.append(self._repo.unfiltered()[p2node])

    def data(self, path: bytes) -> bytes:
        """Return the content of a file."""
        entry = self._cache.get(path)
        if entry is None:
            return self._wrappedctx[path].data()
        if not entry[b"exists"]:
            raise error.ProgrammingError(b"no such file: %s" % path)
        if entry[b"data"] is None:
            return self._wrappedctx[path].data()
        return entry[b"data"]

    @propertycache
    def _manifest(self) -> Any:
        manifest = self.p1().manifest().copy()
        for path, entry in self._cache.items():
            if entry[b"exists"]:
                manifest.set(path, b"0" * 12 + b"modified", entry[b"flags"])
            elif path in manifest:
                del manifest[path]
        return manifest

    def _changed(self, path: bytes, **values: Any) -> None:
        entry = self._cache.setdefault(
            path,
            {
                b"exists": True,
                b"data": None,
                b"date": None,
                b"flags": b"",
                b"copied": None,
            },
        )
        if (
            "flags" not in values
            and entry[b"data"] is None
            and path in self._wrappedctx
        ):
            entry[b"flags"] = self._wrappedctx.flags(path)
        if values.get("data") is not None:
            entry[b"date"] = (time.time(), 0)
        entry.update((key.encode(), value) for key, value in values.items())
        self.__dict__.pop("_manifest", None)

    def write(self, path: bytes, data: bytes, flags: bytes = b"", **_opts: Any) -> None:
        """Write a file."""
        self._changed(path, exists=True, data=data, flags=flags)

    def remove(self, path: bytes) -> None:
        """Remove a file."""
        self._changed(path, exists=False, data=None, flags=b"")

    def setflags(self, path: bytes, l: bool, x: bool) -> None:  # noqa: E741 -- the name is Mercurial's
        """Make a file a link or executable, or neither."""
        self._changed(path, flags=b"l" if l else b"x" if x else b"")

    def markcopied(self, path: bytes, origin: bytes) -> None:
        """Note that a file is a copy of another."""
        self._changed(path, copied=origin)

    def copydata(self, path: bytes) -> bytes | None:
        """Return what a file was copied from."""
        entry = self._cache.get(path)
        return entry[b"copied"] if entry else None

    def exists(self, path: bytes) -> bool:
        """Return whether a file is there."""
        entry = self._cache.get(path)
        return entry[b"exists"] if entry else path in self._wrappedctx

    lexists = exists

    def __contains__(self, key: bytes) -> bool:
        return self.exists(key)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._manifest)

    def flags(self, path: bytes) -> bytes:
        """Return the flags of a file."""
        entry = self._cache.get(path)
        return entry[b"flags"] if entry else self._wrappedctx.flags(path)

    def size(self, path: bytes) -> int:
        """Return the length of a file in bytes."""
        return len(self.data(path))

    def isdirty(self, path: bytes) -> bool:
        """Return whether a file was written or removed."""
        return path in self._cache

    def clean(self) -> None:
        """Forget all changes."""
        self._cache = {}
        self.__dict__.pop("_manifest", None)

    def files(self) -> list[bytes]:
        """Return the files that were written or removed."""
        return sorted(self._cache)

    def added(self) -> list[bytes]:
        """Return the files that the first parent does not have."""
        first = self.p1().manifest()
        return [f for f in self.files() if self.exists(f) and f not in first]

    def modified(self) -> list[bytes]:
        """Return the files that the first parent has too."""
        first = self.p1().manifest()
        return [f for f in self.files() if self.exists(f) and f in first]

    def removed(self) -> list[bytes]:
        """Return the files that are gone."""
        first = self.p1().manifest()
        return [f for f in self.files() if not self.exists(f) and f in first]

    def p1copies(self) -> dict[bytes, bytes]:
        """Return copies from the first parent: destination to source."""
        first = self.p1().manifest()
        copies = {f: e[b"copied"] for f, e in self._cache.items() if e[b"copied"]}
        return {dest: source for dest, source in copies.items() if source in first}

    def p2copies(self) -> dict[bytes, bytes]:
        """Return copies from the second parent only: destination to source."""
        first, second = self.p1().manifest(), self.p2().manifest()
        copies = {f: e[b"copied"] for f, e in self._cache.items() if e[b"copied"]}
        return {d: s for d, s in copies.items() if s not in first and s in second}

    def filectx(self, path: bytes, filelog: Any = None) -> overlayworkingfilectx:
        """Return one of the files."""
        return overlayworkingfilectx(self._repo, path, filelog, self)

    def tomemctx(
        self,
        text: bytes,
        branch: bytes | None = None,
        extra: dict[bytes, bytes] | None = None,
        date: Any = None,
        parents: Any = None,
        user: bytes | None = None,
        editor: Any = None,
    ) -> memctx:
        """Return a changeset to be made of what lies here."""

        def getfile(repo: Any, ctx: Any, path: bytes) -> memfilectx | None:
            if not self.exists(path):
                return None
            flags = self.flags(path)
            return memfilectx(
                repo,
                ctx,
                path,
                self.data(path),
                b"l" in flags,
                b"x" in flags,
                self.copydata(path),
            )

        return memctx(
            self._repo,
            parents or (self.p1().node(), self.p2().node()),
            text,
            self.files(),
            getfile,
            user=user,
            date=date,
            extra=extra,
            branch=branch,
            editor=editor,
        )


class overlayworkingfilectx(committablefilectx):  # noqa: N801 -- the name is Mercurial's
    """A file of a working directory in memory."""

    def __init__(self, repo: Any, path: bytes, filelog: Any = None, parent: Any = None):
        super().__init__(repo, path, filelog, parent)
        self._parent = parent

    def data(self) -> bytes:
        """Return the content."""
        return self._parent.data(self._path)

    def flags(self) -> bytes:
        """Return the flags."""
        return self._parent.flags(self._path)

    def exists(self) -> bool:
        """Return whether it is there."""
        return self._parent.exists(self._path)

    lexists = exists

    def copysource(self) -> bytes | None:
        """Return what it was copied from."""
        return self._parent.copydata(self._path)

    def size(self) -> int:
        """Return the length in bytes."""
        return self._parent.size(self._path)

    def markcopied(self, origin: bytes) -> None:
        """Note that it is a copy of another file."""
        self._parent.markcopied(self._path, origin)

    def audit(self) -> None:
        """Do nothing: nothing is written to disk."""

    def setflags(self, l: bool, x: bool) -> None:  # noqa: E741 -- the name is Mercurial's
        """Make it a link or executable, or neither."""
        self._parent.setflags(self._path, l, x)

    def write(self, data: bytes, flags: bytes, **_opts: Any) -> None:
        """Write it."""
        self._parent.write(self._path, data, flags)

    def remove(self, ignoremissing: bool = False) -> None:
        """Remove it."""
        self._parent.remove(self._path)

    def clearunknown(self) -> None:
        """Do nothing: nothing can be in the way."""


class pendingcommitctx(workingcommitctx):  # noqa: N801 -- like its neighbours
    """What a native operation commits of the working directory.

    Args:
        repo: The repository.
        pending: What the operation has prepared.
    """

    def __init__(self, repo: Any, pending: Any):
        from mercurial import overrides  # late: it comes before the repository

        self._memory = memory = overrides.pending_memory(repo, pending)
        status = memory._status
        super().__init__(
            repo, status, memory._text, memory._user, memory._date, memory._extra
        )
        self._parents = memory.parents()
        self._pending = pending

    def files(self) -> list[bytes]:
        """Return the files that may differ."""
        return self._memory.files()

    def filectx(self, path: bytes, filelog: Any = None) -> Any:
        """Return a file as it is committed, `None` for one that is removed."""
        if path in self._memory._files:
            return self._memory.filectx(path)
        return super().filectx(path, filelog)

    def __contains__(self, key: bytes) -> bool:
        return key in self._memory

    def flags(self, path: bytes) -> bytes:
        """Return the flags of a file."""
        return self._memory.flags(path)

    def p1copies(self) -> dict[bytes, bytes]:
        """Return copies from the first parent: destination to source."""
        return self._memory.p1copies()

    def p2copies(self) -> dict[bytes, bytes]:
        """Return copies from the second parent: destination to source."""
        return self._memory.p2copies()
