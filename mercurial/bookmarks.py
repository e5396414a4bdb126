"""Bookmarks as extensions see them.

Public: `bmstore`, `activate`, `deactivate`, `update`, `delete`, `addbookmarks`.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from mercurial import error, rustext


class bmstore:  # noqa: N801 -- the name is Mercurial's
    """The bookmarks of a repository: names to node ids.

    Args:
        repo: The repository.
    """

    def __init__(self, repo: Any):
        self._repo = repo.unfiltered()
        self._loaded: Any = None
        self.refresh()

    def refresh(self) -> bmstore:
        """Take over what the repository has now."""
        now = rustext.bookmarks(self._repo._handle)
        if now != self._loaded:
            self._loaded = now
            marks, self._active = now
            self._refmap: dict[bytes, bytes] = dict(marks)
            self._nodemap: dict[bytes, list[bytes]] = {}
            for name, node in marks:
                self._nodemap.setdefault(node, []).append(name)
        return self

    @property
    def active(self) -> bytes | None:
        """The active bookmark."""
        return self._active

    @active.setter
    def active(self, mark: bytes | None) -> None:
        if mark is not None and mark not in self._refmap:
            raise AssertionError(b"bookmark %s does not exist!" % mark)
        rustext.activate_bookmark(self._repo._handle, mark)
        self.refresh()

    def __len__(self) -> int:
        return len(self._refmap)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._refmap)

    def __contains__(self, mark: bytes) -> bool:
        return mark in self._refmap

    def __getitem__(self, mark: bytes) -> bytes:
        return self._refmap[mark]

    def get(self, mark: bytes, default: Any = None) -> Any:
        """Return where a bookmark is, or `default`."""
        return self._refmap.get(mark, default)

    def keys(self) -> Any:
        """Return the names."""
        return self._refmap.keys()

    def items(self) -> Any:
        """Return names and node ids."""
        return self._refmap.items()

    iteritems = items

    def values(self) -> Any:
        """Return the node ids."""
        return self._refmap.values()

    def names(self, node: bytes) -> list[bytes]:
        """Return the bookmarks at a changeset."""
        return list(self._nodemap.get(node, []))

    def applychanges(
        self, repo: Any, tr: Any, changes: Iterable[tuple[bytes, bytes | None]]
    ) -> None:
        """Move bookmarks, or delete those whose new place is `None`."""
        changes = list(changes)
        rustext.change_bookmarks(self._repo._handle, tr._handle, changes)
        deleted = {name for name, node in changes if node is None}
        if self._active in deleted:
            self.active = None
        self.refresh()

    def recordchange(self, tr: Any) -> None:
        """Do nothing: changes are recorded when they are made."""

    def expandname(self, bname: bytes) -> bytes:
        """Return the active bookmark for `.`, anything else as it is."""
        if bname != b".":
            return bname
        if self._active is None:
            raise error.RepoLookupError(b"no active bookmark")
        return self._active

    def checkconflict(
        self, mark: bytes, force: bool = False, target: bytes | None = None
    ) -> list[bytes]:
        """Refuse to make a bookmark that is there; return what moving it removes."""
        if mark not in self._refmap or force:
            return []
        if target is not None:
            repo = self._repo
            here = self._refmap[mark]
            if here == target:
                return []
            if repo.changelog.isancestor(here, target):
                return []
        raise error.Abort(b"bookmark '%s' already exists (use -f to force)" % mark)


def activate(repo: Any, mark: bytes) -> None:
    """Make a bookmark the active one."""
    repo._bookmarks.active = mark


def deactivate(repo: Any) -> None:
    """Leave no bookmark active."""
    with repo.wlock():
        repo._bookmarks.active = None


def isactivewdirparent(repo: Any) -> bool:
    """Return whether the active bookmark is at a parent of the working directory."""
    mark = repo._activebookmark
    return mark is not None and repo._bookmarks[mark] in repo.dirstate.parents()


def update(repo: Any, parents: list[bytes], node: bytes) -> bool:
    """Move the active bookmark from one of `parents` to `node`; return whether it did."""
    marks = repo._bookmarks
    active = marks.active
    if active is None or marks[active] not in parents:
        return False
    with repo.lock(), repo.transaction(b"bookmark") as tr:
        marks.applychanges(repo, tr, [(active, repo[node].node())])
    return True


def delete(repo: Any, tr: Any, names: Iterable[bytes]) -> None:
    """Delete bookmarks."""
    marks = repo._bookmarks
    changes: list[tuple[bytes, bytes | None]] = []
    for name in names:
        if name not in marks:
            raise error.InputError(b"bookmark '%s' does not exist" % name)
        changes.append((name, None))
    marks.applychanges(repo, tr, changes)


def addbookmarks(
    repo: Any,
    tr: Any,
    names: Iterable[bytes],
    rev: Any = None,
    force: bool = False,
    inactive: bool = False,
) -> None:
    """Make bookmarks; the first becomes active when it is at the working directory."""
    marks = repo._bookmarks
    target = repo[b"."].node() if rev is None else repo[repo.lookup(rev)].node()
    changes = []
    for name in names:
        marks.checkconflict(name, force, target)
        changes.append((name, target))
    marks.applychanges(repo, tr, changes)
    if not inactive and rev is None and changes:
        activate(repo, changes[0][0])


def divergent2delete(repo: Any, deletefrom: Iterable[bytes], bm: bytes) -> list[bytes]:
    """Return the diverged forms (`NAME@WHERE`) of a bookmark at these nodes."""
    marks = repo._bookmarks
    base = bm.split(b"@", 1)[0]
    places = set(deletefrom)
    return [
        name
        for name in marks
        if name != bm and name.split(b"@", 1)[0] == base and marks[name] in places
    ]


def deletedivergent(repo: Any, deletefrom: Iterable[bytes], bm: bytes) -> bool:
    """Delete the diverged forms of a bookmark at these nodes; return whether any."""
    gone = divergent2delete(repo, deletefrom, bm)
    if gone:
        with repo.lock(), repo.transaction(b"bookmarks") as tr:
            repo._bookmarks.applychanges(repo, tr, [(name, None) for name in gone])
    return bool(gone)


def listbookmarks(repo: Any) -> dict[bytes, bytes]:
    """Return the bookmarks with hexadecimal node ids."""
    return {name: node.hex().encode() for name, node in repo._bookmarks.items()}
