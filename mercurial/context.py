"""Changesets and files as extensions see them.

Public: `changectx`, `filectx`.
"""

from __future__ import annotations

from typing import Any, Iterator

from mercurial.node import hex, nullrev

_PHASES = {0: b"public", 1: b"draft", 2: b"secret", 32: b"archived", 96: b"internal"}


class changectx:  # noqa: N801 -- the name is Mercurial's
    """One changeset of a repository."""

    def __init__(self, repo: Any, rev: int):
        self._repo = repo
        self._rev = rev

    def __repr__(self) -> str:
        return f"<changectx {self.hex()[:12].decode()}>"

    def __bytes__(self) -> bytes:
        return self.hex()[:12]

    def __int__(self) -> int:
        return self._rev

    def __eq__(self, other: object) -> bool:
        return isinstance(other, changectx) and other._rev == self._rev

    def __hash__(self) -> int:
        return hash(self._rev)

    def __contains__(self, path: bytes) -> bool:
        return self._repo._handle.file(self._rev, path) is not None

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._repo._handle.manifest(self._rev))

    def __getitem__(self, path: bytes) -> filectx:
        return filectx(self._repo, path, self)

    def repo(self) -> Any:
        """Return the repository."""
        return self._repo

    def rev(self) -> int:
        """Return the revision number."""
        return self._rev

    def node(self) -> bytes:
        """Return the binary node id."""
        return self._repo._handle.node(self._rev)

    def hex(self) -> bytes:
        """Return the hexadecimal node id."""
        return hex(self.node())

    def _changeset(self) -> tuple[bytes, bytes, tuple[int, int], bytes, bytes]:
        return self._repo._handle.changeset(self._rev)

    def user(self) -> bytes:
        """Return who made it."""
        return self._changeset()[0]

    def description(self) -> bytes:
        """Return the description."""
        return self._changeset()[1]

    def date(self) -> tuple[float, int]:
        """Return when: seconds, and seconds west of Greenwich."""
        seconds, offset = self._changeset()[2]
        return (float(seconds), offset)

    def branch(self) -> bytes:
        """Return the named branch."""
        return self._changeset()[3]

    def manifestnode(self) -> bytes:
        """Return the manifest's binary node id."""
        return self._changeset()[4]

    def files(self) -> list[bytes]:
        """Return the files it touches."""
        return self._repo._handle.files(self._rev)

    def extra(self) -> dict[bytes, bytes]:
        """Return the extras."""
        return dict(self._repo._handle.extra(self._rev))

    def closesbranch(self) -> bool:
        """Return whether it closes its branch."""
        return b"close" in self.extra()

    def phase(self) -> int:
        """Return the phase's number."""
        return self._repo._handle.phase(self._rev)

    def phasestr(self) -> bytes:
        """Return the phase's name."""
        return _PHASES[self.phase()]

    def tags(self) -> list[bytes]:
        """Return the tags."""
        return self._repo._handle.tags(self.node())

    def bookmarks(self) -> list[bytes]:
        """Return the bookmarks."""
        node = self.node()
        return [name for name, at in self._repo._bookmarks.items() if at == node]

    def parents(self) -> list[changectx]:
        """Return the parents; a merge has two."""
        p1, p2 = self._repo._handle.parents(self._rev)
        revs = [p1] if p2 == nullrev else [p1, p2]
        return [changectx(self._repo, rev) for rev in revs]

    def p1(self) -> changectx:
        """Return the first parent."""
        return self.parents()[0]

    def p2(self) -> changectx:
        """Return the second parent, null when there is none."""
        parents = self.parents()
        return parents[1] if len(parents) > 1 else changectx(self._repo, nullrev)

    def filectx(self, path: bytes) -> filectx:
        """Return one of its files."""
        return filectx(self._repo, path, self)


class filectx:  # noqa: N801 -- the name is Mercurial's
    """A file in a changeset."""

    def __init__(self, repo: Any, path: bytes, ctx: changectx):
        self._repo = repo
        self._path = path
        self._ctx = ctx

    def path(self) -> bytes:
        """Return the path."""
        return self._path

    def changectx(self) -> changectx:
        """Return the changeset."""
        return self._ctx

    def data(self) -> bytes:
        """Return the content.

        Raises:
            error.LookupError: The changeset does not have the file.
        """
        content = self._repo._handle.file(self._ctx.rev(), self._path)
        if content is None:
            from mercurial import error  # late: error is needed only here

            raise error.LookupError(b"%s: not found in manifest" % self._path)
        return content

    def size(self) -> int:
        """Return the length of the content in bytes."""
        return len(self.data())
