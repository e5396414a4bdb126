"""The dirstate as extensions see it: what the working directory tracks.

Public: `dirstate`, `DirstateItem`.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Iterable, Iterator, NamedTuple

from mercurial import rustext
from mercurial.node import nullid


class DirstateItem(NamedTuple):
    """What is known about a file; mode, size and mtime only while it is clean."""

    tracked: bool = False
    p1_tracked: bool = False
    p2_info: bool = False
    mode: int = 0
    size: int = -1
    mtime: int = -1

    @property
    def state(self) -> bytes:
        """The letter: `n`, `a`, `r`, `m`, or `?` for a file that is not known."""
        if not self.any_tracked:
            return b"?"
        if not self.tracked:
            return b"r"
        if self.p1_tracked and self.p2_info:
            return b"m"
        return b"n" if self.p1_tracked or self.p2_info else b"a"

    @property
    def any_tracked(self) -> bool:
        """Whether the file has any business in the dirstate."""
        return self.tracked or self.p1_tracked or self.p2_info

    @property
    def added(self) -> bool:
        """Whether it is newly tracked."""
        return self.state == b"a"

    @property
    def removed(self) -> bool:
        """Whether it is no longer tracked."""
        return self.state == b"r"

    @property
    def merged(self) -> bool:
        """Whether both parents have a say in it."""
        return self.state == b"m"

    @property
    def maybe_clean(self) -> bool:
        """Whether it may be as in the first parent."""
        return self.tracked and self.p1_tracked and not self.p2_info

    @property
    def from_p2(self) -> bool:
        """Whether it came with the second parent."""
        return self.tracked and not self.p1_tracked and self.p2_info


class dirstate(rustext.Dirstate):  # noqa: N801 -- the name is Mercurial's
    """What the working directory tracks; hold the wlock to change it, then `write`.

    `copied`, `hasdir` are the core's.
    """

    def __init__(self, handle: Any, root: bytes, ui: Any = None):
        self._handle = handle
        self._root = root
        self._ui = ui
        self._changing = 0

    def __new__(cls, handle: Any, *_more: Any) -> dirstate:
        return rustext.Dirstate.__new__(cls, handle)

    # -- parents and branch

    def parents(self) -> list[bytes]:
        """Return the node ids of both parents."""
        return list(self.node_pair())

    def p1(self) -> bytes:
        """Return the node id of the first parent."""
        return self.node_pair()[0]

    def p2(self) -> bytes:
        """Return the node id of the second parent."""
        return self.node_pair()[1]

    @property
    def in_merge(self) -> bool:
        """Whether there are two parents."""
        return self.p2() != nullid

    def setparents(self, p1: bytes, p2: bytes | None = None) -> dict[bytes, bytes]:
        """Set the parents; return copies that leaving a merge dropped."""
        return dict(self.move_parents(p1, nullid if p2 is None else p2))

    def branch(self) -> bytes:
        """Return the branch of the next changeset."""
        return self._handle.wdir_branch()

    def setbranch(self, branch: bytes, transaction: Any = None) -> None:
        """Set the branch of the next changeset."""
        self._handle.set_wdir_branch(branch)

    # -- files

    def get_entry(self, path: bytes) -> DirstateItem:
        """Return what is known about a file."""
        known = self.known(path)
        return DirstateItem() if known is None else DirstateItem(*known)

    def __contains__(self, key: bytes) -> bool:
        return self.known(key) is not None

    def __iter__(self) -> Iterator[bytes]:
        return iter(sorted(path for path, _known in self.all_known()))

    def items(self) -> Iterator[tuple[bytes, DirstateItem]]:
        """Yield each file with what is known about it."""
        return ((path, DirstateItem(*known)) for path, known in self.all_known())

    iteritems = items

    def all_file_names(self) -> list[bytes]:
        """Return all files, sorted."""
        return list(self)

    def copies(self) -> dict[bytes, bytes]:
        """Return copies: destination to source."""
        return dict(self.copy_list())

    def copy(self, source: bytes | None, dest: bytes) -> None:
        """Note that a file is a copy of another; of none with `None`."""
        self.mark_copy(dest, source)

    def set_tracked(self, filename: bytes, reset_copy: bool = False) -> bool:
        """Start tracking a file; return whether that is new."""
        return self.mark_tracked(filename)

    def set_untracked(self, filename: bytes) -> bool:
        """Stop tracking a file; return whether it was tracked."""
        return self.mark_untracked(filename)

    def set_clean(self, filename: bytes, parentfiledata: Any = None) -> None:
        """Note that a file is as in the first parent."""
        if parentfiledata is None:
            found = os.lstat(os.path.join(self._root, filename))
            seconds, nanoseconds = divmod(found.st_mtime_ns, 1_000_000_000)
            parentfiledata = (found.st_mode, found.st_size, (seconds, nanoseconds))
        mode, size, mtime = parentfiledata
        self.mark_clean(filename, mode, size, (int(mtime[0]), int(mtime[1])))

    def set_possibly_dirty(self, filename: bytes) -> None:
        """Note that a file must be compared by the next status."""
        self.mark_possibly_dirty(filename)

    def update_file(
        self,
        filename: bytes,
        wc_tracked: bool,
        p1_tracked: bool,
        p2_info: bool = False,
        possibly_dirty: bool = False,
        parentfiledata: Any = None,
    ) -> None:
        """Set what is known about a file while parents change."""
        data = None
        if parentfiledata is not None:
            mode, size, mtime = parentfiledata
            data = (mode, size, (int(mtime[0]), int(mtime[1])))
        self.update_entry(
            filename, wc_tracked, p1_tracked, p2_info, possibly_dirty, data
        )

    def update_file_p1(self, filename: bytes, p1_tracked: bool) -> None:
        """Set whether the first parent has a file."""
        entry = self.get_entry(filename)
        self.update_file(filename, entry.tracked, p1_tracked, possibly_dirty=True)

    def rebuild(
        self, parent: bytes, allfiles: Iterable[bytes], changedfiles: Any = None
    ) -> None:
        """Start over with these files, all of which must be compared."""
        self.start_over(list(allfiles))
        self.setparents(parent)

    def matches(self, match: Any) -> list[bytes]:
        """Return the files that a matcher is about, sorted."""
        return [path for path in self if match(path)]

    def walk(
        self, match: Any, subrepos: Any, unknown: bool, ignored: bool, full: bool = True
    ) -> dict[bytes, Any]:
        """Return the files that a matcher is about, with what the file system says."""
        lists, _bad = rustext.status(
            self._handle, (self._p1_rev(), None), match, (ignored, True, unknown)
        )
        modified, added, _removed, deleted, unknowns, ignores, clean = lists
        found: dict[bytes, Any] = dict.fromkeys(deleted)
        for path in [*modified, *added, *unknowns, *ignores, *clean]:
            found[path] = os.lstat(os.path.join(self._root, path))
        return found

    def _p1_rev(self) -> int:
        return rustext.Revlog(self._handle.filtered(None), "changelog").rev(self.p1())

    def _ignore(self, path: bytes) -> bool:
        return self.ignores(path)

    # -- writing

    def write(self, tr: Any = None) -> None:
        """Write what has changed, at once or with the running transaction."""
        self.store()

    def invalidate(self) -> None:
        """Forget changes and read again."""
        self.reload()

    refresh = invalidate

    @contextlib.contextmanager
    def _changes(self) -> Iterator[dirstate]:
        self._changing += 1
        try:
            yield self
        except BaseException:
            self._changing -= 1
            if not self._changing:
                self.reload()
            raise
        self._changing -= 1
        if not self._changing:
            self.store()

    def changing_parents(self, repo: Any) -> Any:
        """Return a context in which parents may change; written at its end."""
        return self._changes()

    def changing_files(self, repo: Any) -> Any:
        """Return a context in which files may change; written at its end."""
        return self._changes()

    parentchange = changing_parents

    @property
    def is_changing_any(self) -> bool:
        """Whether a change is going on."""
        return self._changing > 0

    is_changing_parents = is_changing_files = is_changing_any

    # -- paths

    def getcwd(self) -> bytes:
        """Return the current directory relative to the root; absolute when outside."""
        cwd = os.getcwdb()
        if cwd == self._root:
            return b""
        prefix = self._root.rstrip(b"/") + b"/"
        return cwd[len(prefix) :] if cwd.startswith(prefix) else cwd

    def pathto(self, f: bytes, cwd: bytes | None = None) -> bytes:
        """Return a path as seen from the current directory."""
        base = self.getcwd() if cwd is None else cwd
        full = os.path.join(self._root, base)
        return os.path.relpath(os.path.join(self._root, f), full)

    def normalize(
        self, path: bytes, isknown: bool = False, ignoremissing: bool = False
    ) -> bytes:
        """Return the path: case matters."""
        return path
