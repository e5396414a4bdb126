"""The working directory, and what may become a changeset."""

from __future__ import annotations

import os
import stat as statmod
import time
from typing import Any, Iterable, Iterator

from mercurial import lazy
from mercurial.contexts.base import basectx
from mercurial.contexts.files import basefilectx
from mercurial.lazy import propertycache
from mercurial.node import nullid, wdirhex, wdirrev


class committablectx(basectx):  # noqa: N801 -- the name is Mercurial's
    """Something that may become a changeset."""

    def __init__(
        self,
        repo: Any,
        text: bytes = b"",
        user: bytes | None = None,
        date: Any = None,
        extra: dict[bytes, bytes] | None = None,
        changes: lazy.status | None = None,
        branch: bytes | None = None,
    ):
        self._repo = repo
        self._rev = None
        self._node = None
        self._text = text
        if date:
            self._date = self._parsed_date(date)
        if user:
            self._user = user
        if changes is not None:
            self._status = changes
        self._extra = dict(extra) if extra else {}
        if branch is not None:
            self._extra[b"branch"] = branch
        if not self._extra.get(b"branch"):
            self._extra[b"branch"] = self._default_branch()

    def _default_branch(self) -> bytes:
        return b"default"

    @staticmethod
    def _parsed_date(date: Any) -> tuple[float, int]:
        if isinstance(date, bytes):
            from mercurial.utils import dateutil  # late: most dates are pairs

            return dateutil.parsedate(date)
        return (float(date[0]), int(date[1]))

    def __bytes__(self) -> bytes:
        return bytes(self._parents[0]) + b"+"

    def __bool__(self) -> bool:
        return True

    __nonzero__ = __bool__

    @propertycache
    def _status(self) -> lazy.status:
        return self._repo.status()

    @propertycache
    def _user(self) -> bytes:
        return self._repo.ui.username()

    @propertycache
    def _date(self) -> tuple[float, int]:
        configured = self._repo.ui.config(b"devel", b"default-date")
        if configured:
            return self._parsed_date(configured)
        now = time.time()
        offset = time.altzone if time.localtime(now).tm_isdst > 0 else time.timezone
        return (now, offset)

    def subrev(self, subpath: bytes) -> Any:
        """Return nothing: the revision is not decided yet."""
        return None

    def manifestnode(self) -> None:
        """Return nothing: there is no manifest yet."""
        return

    def hex(self) -> bytes:
        """Return the id that stands for the working directory."""
        return wdirhex

    def user(self) -> bytes:
        """Return who makes the changeset."""
        return self._user or self._repo.ui.username()

    def date(self) -> tuple[float, int]:
        """Return when the changeset is made."""
        return self._date

    def description(self) -> bytes:
        """Return the description so far."""
        return self._text

    def files(self) -> list[bytes]:
        """Return the files that differ, sorted."""
        status = self._status
        return sorted([*status.modified, *status.added, *status.removed])

    def modified(self) -> list[bytes]:
        """Return the changed files."""
        return self._status.modified

    def added(self) -> list[bytes]:
        """Return the new files."""
        return self._status.added

    def removed(self) -> list[bytes]:
        """Return the files that are no longer tracked."""
        return self._status.removed

    def deleted(self) -> list[bytes]:
        """Return the files that are tracked and gone."""
        return self._status.deleted

    filesmodified = modified
    filesadded = added
    filesremoved = removed

    def branch(self) -> bytes:
        """Return the branch of the changeset."""
        return self._extra[b"branch"]

    def closesbranch(self) -> bool:
        """Return whether the changeset closes its branch."""
        return b"close" in self._extra

    def extra(self) -> dict[bytes, bytes]:
        """Return the extras."""
        return self._extra

    def isempty(self) -> bool:
        """Return whether there is nothing that a changeset could record."""
        return not (
            len(self.parents()) > 1
            or self.branch() != self.p1().branch()
            or self.closesbranch()
            or self.files()
        )

    def tags(self) -> list[bytes]:
        """Return the tags: none."""
        return []

    def bookmarks(self) -> list[bytes]:
        """Return the bookmarks of the parents."""
        return [mark for parent in self.parents() for mark in parent.bookmarks()]

    def phase(self) -> int:
        """Return the phase that the changeset will have at least."""
        phase = self._repo.newcommitphase()
        return max([phase, *(parent.phase() for parent in self.parents())])

    def obsolete(self) -> bool:
        """Return `False`: what is no changeset cannot be replaced."""
        return False

    extinct = orphan = phasedivergent = contentdivergent = hidden = obsolete

    def children(self) -> list[Any]:
        """Return the children: none."""
        return []

    def ancestor(self, c2: Any, warn: bool = False) -> Any:
        """Return the best common ancestor of the first parent and `c2`."""
        return self.p1().ancestor(c2)

    def ancestors(self) -> Iterator[Any]:
        """Yield the parents and all their ancestors, newest first."""
        parents = [parent.rev() for parent in self.parents()]
        for rev in self._repo.changelog.ancestors(parents, inclusive=True):
            yield self._repo[rev]

    def markcommitted(self, node: bytes) -> None:
        """Do what is to be done when it has become a changeset: nothing here."""

    def dirty(
        self, missing: bool = False, merge: bool = True, branch: bool = True
    ) -> bool:
        """Return whether there is anything to commit."""
        return False


class workingctx(committablectx):  # noqa: N801 -- the name is Mercurial's
    """The working directory."""

    def __init__(
        self,
        repo: Any,
        text: bytes = b"",
        user: bytes | None = None,
        date: Any = None,
        extra: dict[bytes, bytes] | None = None,
        changes: lazy.status | None = None,
    ):
        super().__init__(repo, text, user, date, extra, changes)

    def _default_branch(self) -> bytes:
        return self._repo.dirstate.branch()

    def __iter__(self) -> Iterator[bytes]:
        return iter(sorted(f for f, e in self._repo.dirstate.items() if e.tracked))

    def __contains__(self, key: bytes) -> bool:
        return self._repo.dirstate.get_entry(key).tracked

    @propertycache
    def _parents(self) -> list[Any]:
        p1, p2 = self._repo.dirstate.parents()
        if p2 == nullid:
            return [self._repo[p1]]
        return [self._repo[p1], self._repo[p2]]

    @propertycache
    def _manifest(self) -> Any:
        manifest = self._parents[0].manifest().copy()
        second = self.p2().manifest()
        for path in self._status.removed:
            if path in manifest:
                del manifest[path]
        for path in self._status.deleted:
            if path in manifest:
                del manifest[path]
        for path in self._status.added:
            manifest.set(path, b"0" * 15 + b"added", self.flags(path))
        for path in self._status.modified:
            base = b"0" * 12 + b"modified"
            if path not in manifest and path in second:
                base = second[path]
            manifest.set(path, base, self.flags(path))
        return manifest

    def setparents(self, p1node: bytes, p2node: bytes | None = None) -> None:
        """Set the parents of the working directory."""
        self._repo.setparents(p1node, p2node)
        self.__dict__.pop("_parents", None)

    def flags(self, path: bytes) -> bytes:
        """Return the flags of a file as it lies there."""
        try:
            found = os.lstat(self._repo.wjoin(path))
        except OSError:
            return b""
        if statmod.S_ISLNK(found.st_mode):
            return b"l"
        return b"x" if found.st_mode & 0o100 else b""

    def filectx(self, path: bytes, filelog: Any = None) -> workingfilectx:
        """Return one of the files."""
        return workingfilectx(self._repo, path, workingctx=self, filelog=filelog)

    def hasdir(self, dir: bytes) -> bool:
        """Return whether a directory holds tracked files."""
        return self._repo.dirstate.hasdir(dir)

    def dirty(
        self, missing: bool = False, merge: bool = True, branch: bool = True
    ) -> bool:
        """Return whether there is anything to commit."""
        return bool(
            (merge and self.p2())
            or (branch and self.branch() != self.p1().branch())
            or self.modified()
            or self.added()
            or self.removed()
            or (missing and self.deleted())
        )

    def walk(self, match: Any) -> Iterator[bytes]:
        """Yield the tracked and unknown files that a matcher is about, sorted."""
        status = self._repo.status(match=match, clean=True, unknown=True)
        files = [*status.clean, *status.modified, *status.added, *status.unknown]
        return iter(sorted([*files, *status.deleted]))

    def matches(self, match: Any) -> Iterator[bytes]:
        """Return the tracked files that a matcher is about."""
        return iter(self._repo.dirstate.matches(match))

    def add(self, list: Iterable[bytes], prefix: bytes = b"") -> list[bytes]:
        """Start tracking files; return those that could not be."""
        rejected = []
        repo = self._repo
        with repo.wlock():
            dirstate = repo.dirstate
            for path in list:
                if not os.path.lexists(repo.wjoin(path)):
                    repo.ui.warn(b"%s does not exist!\n" % (prefix + path))
                    rejected.append(path)
                elif not dirstate.set_tracked(path):
                    repo.ui.warn(b"%s already tracked!\n" % (prefix + path))
            dirstate.write(repo.currenttransaction())
        self.__dict__.pop("_status", None)
        return rejected

    def forget(self, files: Iterable[bytes], prefix: bytes = b"") -> list[bytes]:
        """Stop tracking files; return those that were not tracked."""
        rejected = []
        repo = self._repo
        with repo.wlock():
            dirstate = repo.dirstate
            for path in files:
                if not dirstate.set_untracked(path):
                    repo.ui.warn(b"%s not tracked!\n" % (prefix + path))
                    rejected.append(path)
            dirstate.write(repo.currenttransaction())
        self.__dict__.pop("_status", None)
        return rejected

    def copy(self, source: bytes, dest: bytes) -> None:
        """Note that a file is a copy of another."""
        repo = self._repo
        if not os.path.lexists(repo.wjoin(dest)):
            repo.ui.warn(b"%s does not exist!\n" % dest)
            return
        with repo.wlock():
            repo.dirstate.set_tracked(dest)
            repo.dirstate.copy(source, dest)
            repo.dirstate.write(repo.currenttransaction())

    def p1copies(self) -> dict[bytes, bytes]:
        """Return copies from the first parent: destination to source."""
        first = self._parents[0].manifest()
        copies = self._repo.dirstate.copies().items()
        return {dest: source for dest, source in copies if source in first}

    def p2copies(self) -> dict[bytes, bytes]:
        """Return copies from the second parent only: destination to source."""
        first, second = self._parents[0].manifest(), self.p2().manifest()
        copies = self._repo.dirstate.copies().items()
        return {d: s for d, s in copies if s not in first and s in second}

    def rev(self) -> None:
        """Return nothing: it has no number."""
        return

    def node(self) -> None:
        """Return nothing: it has no id."""
        return

    def __hash__(self) -> int:
        return hash((type(self), wdirrev))


class workingcommitctx(workingctx):  # noqa: N801 -- the name is Mercurial's
    """What of the working directory is about to be committed."""

    def __init__(
        self,
        repo: Any,
        changes: lazy.status,
        text: bytes = b"",
        user: bytes | None = None,
        date: Any = None,
        extra: dict[bytes, bytes] | None = None,
    ):
        super().__init__(repo, text, user, date, extra, changes)


class committablefilectx(basefilectx):  # noqa: N801 -- the name is Mercurial's
    """A file of something that may become a changeset."""

    def __init__(self, repo: Any, path: bytes, filelog: Any = None, ctx: Any = None):
        self._repo = repo
        self._path = path
        self._filerev = None
        self._filenode = None
        if filelog is not None:
            self._filelog = filelog
        if ctx is not None:
            self._changectx = ctx

    def __bool__(self) -> bool:
        return True

    __nonzero__ = __bool__

    def __hash__(self) -> int:
        return hash((self._path, id(self._changectx)))

    def linkrev(self) -> Any:
        """Return the number of the changeset: none yet."""
        return self._changectx.rev()

    def renamed(self) -> Any:
        """Return path and node id of what it was copied from, if it was."""
        source = self.copysource()
        if not source:
            return None
        for parent in self._changectx.parents():
            node = parent.manifest().get(source)
            if node is not None:
                return source, node
        return source, nullid

    def parents(self) -> list[Any]:
        """Return the versions of the parents, over copies."""
        source = self.copysource() or self._path
        found = []
        for at, parent in enumerate(self._changectx.parents()):
            path = source if at == 0 else self._path
            if path in parent:
                found.append(parent[path])
        return found

    def children(self) -> list[Any]:
        """Return the versions made from this one: none."""
        return []

    def p1(self) -> Any:
        """Return the version of the first parent."""
        return self.parents()[0]


class workingfilectx(committablefilectx):  # noqa: N801 -- the name is Mercurial's
    """A file in the working directory."""

    def __init__(
        self, repo: Any, path: bytes, filelog: Any = None, workingctx: Any = None
    ):
        super().__init__(repo, path, filelog, workingctx)

    @propertycache
    def _changectx(self) -> Any:
        return workingctx(self._repo)

    def data(self) -> bytes:
        """Return the content, encode filters applied."""
        return self._repo.wread(self._path)

    def decodeddata(self) -> bytes:
        """Return the content as it lies there."""
        return self._repo.wvfs.read(self._path)

    def copysource(self) -> bytes | None:
        """Return the path it was copied from, if it was."""
        return self._repo.dirstate.copied(self._path)

    def size(self) -> int:
        """Return the length of the file in bytes."""
        return self.lstat().st_size

    def lstat(self) -> os.stat_result:
        """Return what the file system says."""
        return self._repo.wvfs.lstat(self._path)

    def date(self) -> tuple[float, int]:
        """Return when the file was last written; the changeset's date without one."""
        seconds, offset = self._changectx.date()
        try:
            return (self.lstat().st_mtime, offset)
        except FileNotFoundError:
            return (seconds, offset)

    def exists(self) -> bool:
        """Return whether the file, or what it links to, is there."""
        return self._repo.wvfs.exists(self._path)

    def lexists(self) -> bool:
        """Return whether the file is there."""
        return self._repo.wvfs.lexists(self._path)

    def audit(self) -> None:
        """Refuse a path that must not be written."""
        self._repo.wvfs.audit(self._path)

    def cmp(self, fctx: Any) -> bool:
        """Return whether the content differs from another file's."""
        return (
            fctx.data() != self.data() if fctx._customcmp is False else fctx.cmp(self)
        )

    def remove(self, ignoremissing: bool = False) -> None:
        """Remove the file, and directories that become empty."""
        self._repo.wvfs.unlinkpath(self._path, ignoremissing=ignoremissing)

    def write(
        self, data: bytes, flags: bytes, backgroundclose: bool = False, **_opts: Any
    ) -> int:
        """Write the file; return how many bytes it has."""
        return self._repo.wwrite(self._path, data, flags)

    def markcopied(self, src: bytes) -> None:
        """Note that the file is a copy of another."""
        self._repo.dirstate.copy(src, self._path)

    def clearunknown(self) -> None:
        """Remove what is in the way of writing the file."""
        full = self._repo.wjoin(self._path)
        if os.path.isdir(full) and not os.path.islink(full):
            os.rmdir(full)
        elif os.path.lexists(full):
            os.unlink(full)

    def setflags(self, l: bool, x: bool) -> None:  # noqa: E741 -- the name is Mercurial's
        """Make the file a link or executable, or neither."""
        self._repo.wvfs.setflags(self._path, l, x)

    def filenode(self) -> Any:
        """Return nothing: it has no id yet."""
        return self._filenode
