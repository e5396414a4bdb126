"""Changesets."""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import rustext
from mercurial.contexts.base import basectx
from mercurial.contexts.files import filectx
from mercurial.lazy import propertycache
from mercurial.node import nullrev


class changectx(basectx):  # noqa: N801 -- the name is Mercurial's
    """One changeset of a repository."""

    def __init__(
        self,
        repo: Any,
        rev: int,
        node: bytes | None = None,
        maybe_filtered: bool = True,
    ):
        self._repo = repo
        self._rev = rev
        if node is not None:
            self._node = node

    @propertycache
    def _node(self) -> bytes:
        return self._repo.changelog.node(self._rev)

    @propertycache
    def _changeset(self) -> Any:
        return self._repo.changelog.changelogrevision_at(self._rev)

    @propertycache
    def _manifest(self) -> Any:
        return self._repo.manifestlog[self._changeset.manifest].read()

    @propertycache
    def _parents(self) -> list[changectx]:
        repo = self._repo
        p1, p2 = repo.changelog.parentrevs(self._rev)
        if p2 == nullrev:
            return [repo[p1]]
        return [repo[p1], repo[p2]]

    def __bool__(self) -> bool:
        return self._rev != nullrev

    __nonzero__ = __bool__

    def changeset(self) -> tuple[Any, ...]:
        """Return manifest node, user, date, files, description and extras."""
        c = self._changeset
        return (c.manifest, c.user, c.date, c.files, c.description, c.extra)

    def manifestnode(self) -> bytes:
        """Return the manifest's binary node id."""
        return self._changeset.manifest

    def user(self) -> bytes:
        """Return who made it."""
        return self._changeset.user

    def date(self) -> tuple[float, int]:
        """Return when: seconds, and seconds west of Greenwich."""
        return self._changeset.date

    def files(self) -> list[bytes]:
        """Return the files it touches."""
        return self._changeset.files

    def description(self) -> bytes:
        """Return the description."""
        return self._changeset.description

    def branch(self) -> bytes:
        """Return the named branch."""
        return self._changeset.branch

    def closesbranch(self) -> bool:
        """Return whether it closes its branch."""
        return self._changeset.closes

    def extra(self) -> dict[bytes, bytes]:
        """Return the extras."""
        return self._changeset.extra

    def tags(self) -> list[bytes]:
        """Return the tags."""
        return self._repo.nodetags(self._node)

    def bookmarks(self) -> list[bytes]:
        """Return the bookmarks."""
        return self._repo.nodebookmarks(self._node)

    def phase(self) -> int:
        """Return the phase's number."""
        return rustext.phase(self._repo._handle, self._rev)

    def hidden(self) -> bool:
        """Return whether local commands do not show it."""
        return self._rev in self._repo.evolutionrevs("hidden")

    def isempty(self) -> bool:
        """Return whether it changes nothing that a changeset can record."""
        return not (
            len(self.parents()) > 1
            or self.branch() != self.p1().branch()
            or self.closesbranch()
            or self.files()
        )

    def _filechanges(self) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """Return which of its files are modified, added and removed."""
        parents = [p.manifest() for p in self.parents()]
        mine = self.manifest()
        modified, added, removed = [], [], []
        for path in self.files():
            if path not in mine:
                removed.append(path)
            elif any(path in manifest for manifest in parents):
                modified.append(path)
            else:
                added.append(path)
        return modified, added, removed

    def filesmodified(self) -> list[bytes]:
        """Return its files that a parent has too."""
        return self._filechanges()[0]

    def filesadded(self) -> list[bytes]:
        """Return its files that no parent has."""
        return self._filechanges()[1]

    def filesremoved(self) -> list[bytes]:
        """Return its files that it does not have any more."""
        return self._filechanges()[2]

    @propertycache
    def _copies(self) -> tuple[dict[bytes, bytes], dict[bytes, bytes]]:
        first: dict[bytes, bytes] = {}
        second: dict[bytes, bytes] = {}
        p1, p2 = (self.p1().manifest(), self.p2().manifest())
        mine = self.manifest()
        for path in self.files():
            if path not in mine:
                continue
            renamed = self[path].renamed()
            if not renamed:
                continue
            source, node = renamed
            if p1.get(source) == node:
                first[path] = source
            elif p2.get(source) == node:
                second[path] = source
        return first, second

    def p1copies(self) -> dict[bytes, bytes]:
        """Return copies from the first parent: destination to source."""
        return self._copies[0]

    def p2copies(self) -> dict[bytes, bytes]:
        """Return copies from the second parent: destination to source."""
        return self._copies[1]

    def filectx(self, path: bytes, fileid: Any = None, filelog: Any = None) -> filectx:
        """Return one of the files."""
        if fileid is None:
            fileid = self.filenode(path)
        return filectx(self._repo, path, fileid=fileid, changectx=self, filelog=filelog)

    def children(self) -> list[changectx]:
        """Return the changesets that have it as a parent."""
        return [self._repo[rev] for rev in self._repo.changelog.children_of(self._rev)]

    def ancestors(self) -> Iterator[changectx]:
        """Yield all ancestors, newest first."""
        for rev in self._repo.changelog.ancestors([self._rev]):
            yield changectx(self._repo, rev)

    def descendants(self) -> Iterator[changectx]:
        """Yield all descendants, oldest first."""
        for rev in self._repo.changelog.descendants([self._rev]):
            yield changectx(self._repo, rev)

    def ancestor(self, c2: Any, warn: bool = False) -> changectx:
        """Return the best common ancestor."""
        other = c2.rev()
        if other is None:
            other = c2.p1().rev()
        return self._repo[self._repo.changelog.ancestor_rev(self._rev, other)]

    def isancestorof(self, other: Any) -> bool:
        """Return whether `other` is a descendant, or the same."""
        return self._repo.changelog.isancestorrev(self._rev, other.rev())
