"""Files of changesets."""

from __future__ import annotations

import os
from typing import Any, Iterator

from mercurial import error
from mercurial.lazy import propertycache
from mercurial.node import nullid, nullrev


def _looks_binary(data: bytes) -> bool:
    return b"\0" in data


class basefilectx:  # noqa: N801 -- the name is Mercurial's
    """A version of a file."""

    _repo: Any
    _path: bytes
    _changectx: Any
    in_memory = False
    _customcmp = False

    def __bool__(self) -> bool:
        try:
            return self._filenode is not None
        except error.LookupError:
            return False

    __nonzero__ = __bool__

    def __bytes__(self) -> bytes:
        try:
            return b"%s@%s" % (self.path(), bytes(self._changectx))
        except error.LookupError:
            return b"%s@???" % self.path()

    def __str__(self) -> str:
        return bytes(self).decode("utf-8", "replace")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __hash__(self) -> int:
        return hash((self._path, self._filenode))

    def __eq__(self, other: object) -> bool:
        return (
            type(self) is type(other)
            and self._path == other._path
            and self._filenode == other._filenode
        )

    def __ne__(self, other: object) -> bool:
        return not self == other

    @propertycache
    def _filelog(self) -> Any:
        return self._repo.file(self._path)

    @propertycache
    def _filerev(self) -> Any:
        return self._filelog.rev(self._filenode)

    @propertycache
    def _filenode(self) -> Any:
        return self._changectx.filenode(self._path)

    @property
    def _repopath(self) -> bytes:
        return self._path

    @property
    def _changeid(self) -> Any:
        return self._changectx.rev()

    # -- what the changeset says

    def changectx(self) -> Any:
        """Return the changeset."""
        return self._changectx

    def repo(self) -> Any:
        """Return the repository."""
        return self._repo

    def path(self) -> bytes:
        """Return the path."""
        return self._path

    def rev(self) -> Any:
        """Return the changeset's revision number."""
        return self._changectx.rev()

    def node(self) -> Any:
        """Return the changeset's binary node id."""
        return self._changectx.node()

    def hex(self) -> bytes:
        """Return the changeset's hexadecimal node id."""
        return self._changectx.hex()

    def user(self) -> bytes:
        """Return who made the changeset."""
        return self._changectx.user()

    def date(self) -> Any:
        """Return when the changeset was made."""
        return self._changectx.date()

    def files(self) -> list[bytes]:
        """Return the files of the changeset."""
        return self._changectx.files()

    def description(self) -> bytes:
        """Return the changeset's description."""
        return self._changectx.description()

    def branch(self) -> bytes:
        """Return the changeset's branch."""
        return self._changectx.branch()

    def extra(self) -> dict[bytes, bytes]:
        """Return the changeset's extras."""
        return self._changectx.extra()

    def phase(self) -> int:
        """Return the changeset's phase."""
        return self._changectx.phase()

    def phasestr(self) -> bytes:
        """Return the name of the changeset's phase."""
        return self._changectx.phasestr()

    def obsolete(self) -> bool:
        """Return whether the changeset is obsolete."""
        return self._changectx.obsolete()

    def instabilities(self) -> list[bytes]:
        """Return the changeset's instabilities."""
        return self._changectx.instabilities()

    def manifest(self) -> Any:
        """Return the changeset's manifest."""
        return self._changectx.manifest()

    # -- the file

    def filerev(self) -> Any:
        """Return the number of this version in the file's history."""
        return self._filerev

    def filenode(self) -> Any:
        """Return the node id of this version of the file."""
        return self._filenode

    def filelog(self) -> Any:
        """Return the file's history."""
        return self._filelog

    @propertycache
    def _flags(self) -> bytes:
        return self._changectx.flags(self._path)

    def flags(self) -> bytes:
        """Return `l` for a link, `x` for an executable file, or nothing."""
        return self._flags

    def islink(self) -> bool:
        """Return whether it is a symbolic link."""
        return b"l" in self.flags()

    def isexec(self) -> bool:
        """Return whether it is executable."""
        return b"x" in self.flags()

    def isabsent(self) -> bool:
        """Return whether it stands for a file that is not there."""
        return False

    def data(self) -> bytes:
        """Return the content."""
        raise NotImplementedError

    def decodeddata(self) -> bytes:
        """Return the content as it lies in the working directory."""
        return self._repo.wwritedata(self.path(), self.data())

    def size(self) -> int:
        """Return the length of the content in bytes."""
        return len(self.data())

    def isbinary(self) -> bool:
        """Return whether the content is not text."""
        return _looks_binary(self.data())

    def renamed(self) -> Any:
        """Return path and node id of what it was copied from, if it was."""
        return None

    def copysource(self) -> bytes | None:
        """Return the path it was copied from, if it was."""
        renamed = self.renamed()
        return renamed[0] if renamed else None

    def cmp(self, fctx: Any) -> bool:
        """Return whether the content differs from another file's."""
        if fctx._customcmp and not self._customcmp:
            return fctx.cmp(self)
        if self.flags() != fctx.flags() and (self.islink() or fctx.islink()):
            return True
        return self.data() != fctx.data()


class filectx(basefilectx):  # noqa: N801 -- the name is Mercurial's
    """A file in a changeset."""

    def __init__(
        self,
        repo: Any,
        path: bytes,
        changeid: Any = None,
        fileid: Any = None,
        filelog: Any = None,
        changectx: Any = None,
    ):
        if changeid is None and fileid is None and changectx is None:
            raise AssertionError("a file needs a changeset or an id")
        self._repo = repo
        self._path = path
        if filelog is not None:
            self._filelog = filelog
        if changectx is not None:
            self._changectx = changectx
        elif changeid is not None:
            self._changectx = repo[changeid]
        if isinstance(fileid, int):
            self._filerev = fileid
            self._filenode = self._filelog.node(fileid)
        elif fileid is not None:
            self._filenode = fileid

    @propertycache
    def _changectx(self) -> Any:
        return self._repo[self.linkrev()]

    def filectx(self, fileid: Any, changeid: Any = None) -> Any:
        """Return another version of the file."""
        return filectx(self._repo, self._path, changeid, fileid, filelog=self._filelog)

    def data(self) -> bytes:
        """Return the content."""
        return self._filelog.content(self._filerev)

    def rawdata(self) -> bytes:
        """Return the content as stored."""
        return self._filelog.rawdata(self._filenode)

    def rawflags(self) -> int:
        """Return the flags of the stored version."""
        return self._filelog.flags(self._filerev)

    def size(self) -> int:
        """Return the length of the content in bytes."""
        return self._filelog.content_size(self._filerev)

    def linkrev(self) -> int:
        """Return the changeset that first had this version."""
        return self._filelog.linkrev(self._filerev)

    @propertycache
    def _copied(self) -> Any:
        return self._filelog.renamed_from(self._filerev)

    def renamed(self) -> Any:
        """Return path and node id of what it was copied from, if it was."""
        copied = self._copied
        if not copied or self._path in self._changectx.files():
            return copied
        # The copy was made by another changeset, unless a parent lacks this version.
        for parent in self._changectx.parents():
            manifest = parent.manifest()
            if manifest.get(self._path) == self._filenode:
                return None
        return copied

    def cmp(self, fctx: Any) -> bool:
        """Return whether the content differs from another file's."""
        if isinstance(fctx, filectx) and fctx._path == self._path:
            return self._filenode != fctx._filenode and self.data() != fctx.data()
        return super().cmp(fctx)

    def _parentfilectx(self, path: bytes, fileid: bytes, filelog: Any) -> Any:
        parent = filectx(self._repo, path, fileid=fileid, filelog=filelog)
        parent.__dict__["_descendantrev"] = self.rev()
        return parent

    def parents(self) -> list[Any]:
        """Return the versions this one was made from, over copies."""
        filelog = self._filelog
        found = [
            (self._path, node, filelog)
            for node in filelog.parents(self._filenode)
            if node != nullid
        ]
        renamed = self._filelog.renamed_from(self._filerev)
        if renamed:
            # The copied version takes the place of the first parent, which is null.
            found.insert(0, (renamed[0], renamed[1], None))
        return [
            self._parentfilectx(path, node, log or self._repo.file(path))
            for path, node, log in found
        ]

    def p1(self) -> Any:
        """Return the version of the first parent."""
        parents = self.parents()
        return parents[0] if parents else self._null()

    def p2(self) -> Any:
        """Return the version of the second parent."""
        parents = self.parents()
        return parents[1] if len(parents) == 2 else self._null()

    def _null(self) -> Any:
        return filectx(self._repo, self._path, fileid=nullrev, filelog=self._filelog)

    def introrev(self) -> int:
        """Return the changeset that introduced this version on the way to ours."""
        linkrev = self.linkrev()
        target = getattr(self, "_descendantrev", None)
        if target is None:
            target = (
                self.__dict__["_changectx"].rev()
                if "_changectx" in self.__dict__
                else linkrev
            )
        changelog = self._repo.unfiltered().changelog
        if target is None or changelog.isancestorrev(linkrev, target):
            return linkrev
        # The version was introduced twice; look for ours among the ancestors.
        for rev in changelog.ancestors([target], linkrev, True):
            entry = changelog.changelogrevision_at(rev)
            if self._path in entry.files:
                found = self._repo.unfiltered()[rev].manifest().get(self._path)
                if found == self._filenode:
                    return rev
        return linkrev

    def introfilectx(self) -> Any:
        """Return this version at the changeset that introduced it."""
        rev = self.introrev()
        if rev == self.rev():
            return self
        return self.filectx(self._filenode, changeid=rev)

    def isintroducedafter(self, changelogrev: int) -> bool:
        """Return whether this version came after a changeset."""
        return self.introrev() >= changelogrev

    def children(self) -> list[Any]:
        """Return the versions made from this one."""
        filelog = self._filelog
        return [
            filectx(self._repo, self._path, fileid=node, filelog=filelog)
            for node in filelog.children(self._filenode)
        ]

    def ancestors(self, followfirst: bool = False) -> Iterator[Any]:
        """Yield the versions this one was made from, newest first."""
        waiting: dict[tuple[int, bytes], Any] = {}
        current: Any = self
        while True:
            for parent in current.parents()[: 1 if followfirst else None]:
                waiting[(parent.introrev(), parent._filenode)] = parent
            if not waiting:
                return
            current = waiting.pop(max(waiting))
            yield current


class arbitraryfilectx:  # noqa: N801 -- the name is Mercurial's
    """Any file on disk, for comparing it with versions of files.

    Args:
        path: The file.
        repo: The repository whose configuration counts.
    """

    def __init__(self, path: bytes, repo: Any = None):
        self._repo = repo
        self._path = path

    def cmp(self, fctx: Any) -> bool:
        """Return whether the content differs from another file's."""
        symlinks = b"l" in self.flags() or b"l" in fctx.flags()
        if not symlinks and isinstance(fctx, arbitraryfilectx):
            import filecmp  # late: used only here

            return not filecmp.cmp(self.path(), fctx.path(), shallow=False)
        return self.data() != fctx.data()

    def path(self) -> bytes:
        """Return where it is."""
        return self._path

    def flags(self) -> bytes:
        """Return nothing: links are followed."""
        return b""

    def data(self) -> bytes:
        """Return the content."""
        with open(self._path, "rb") as file:
            return file.read()

    def decodeddata(self) -> bytes:
        """Return the content."""
        return self.data()

    def remove(self) -> None:
        """Remove it."""
        os.unlink(self._path)

    def write(self, data: bytes, flags: bytes, **_options: Any) -> None:
        """Replace the content."""
        with open(self._path, "wb") as file:
            file.write(data)
