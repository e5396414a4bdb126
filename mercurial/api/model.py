"""What the interface for programs hands out."""

from __future__ import annotations

import datetime
import os
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Iterator, Sequence

if TYPE_CHECKING:
    from mercurial.api.repository import Repository


def text(stored: bytes) -> str:
    """Return bytes of the repository as text; what is no UTF-8 survives the way back."""
    return stored.decode("utf-8", "surrogateescape")


def stored(given: str) -> bytes:
    """Return text as bytes of the repository."""
    return given.encode("utf-8", "surrogateescape")


def path_bytes(path: str | os.PathLike[str]) -> bytes:
    """Return a path below the root, `/` between its parts."""
    return os.fspath(path).replace(os.sep, "/").encode("utf-8", "surrogateescape")


@dataclass(frozen=True)
class Signature:
    """Who did something, and when.

    Attributes:
        user: Name and mail address.
        seconds: Seconds since 1970.
        offset: Seconds west of Greenwich.
    """

    user: str
    seconds: float
    offset: int

    @property
    def datetime(self) -> datetime.datetime:
        """The moment, in the zone where it happened."""
        zone = datetime.timezone(datetime.timedelta(seconds=-self.offset))
        return datetime.datetime.fromtimestamp(self.seconds, zone)


class FileStatus(Enum):
    """How a file differs."""

    MODIFIED = "M"
    ADDED = "A"
    REMOVED = "R"
    MISSING = "!"
    UNKNOWN = "?"
    IGNORED = "I"
    CLEAN = "C"


@dataclass(frozen=True)
class FileChange:
    """A file and how it differs."""

    path: str
    status: FileStatus


class Status:
    """How files differ; lists are made when they are touched.

    The lists are sequences of `bytes` paths that lie in Rust: iterate over the status to get
    text, hand a list to numpy, pyarrow or polars to get all of it without a loop.

    Attributes:
        modified: Changed files.
        added: New files.
        removed: Files that are no longer tracked.
        missing: Files that are tracked and gone.
        unknown: Files that are not tracked.
        ignored: Files that are not tracked and ignored.
        clean: Unchanged files.
    """

    def __init__(self, lists: Sequence[Sequence[bytes]]):
        (
            self.modified,
            self.added,
            self.removed,
            self.missing,
            self.unknown,
            self.ignored,
            self.clean,
        ) = lists

    def __bool__(self) -> bool:
        return any(files for files, _kind in self._lists())

    def __iter__(self) -> Iterator[FileChange]:
        for files, kind in self._lists():
            for path in files:
                yield FileChange(text(path), kind)

    def __repr__(self) -> str:
        shown = (
            f"{kind.name.lower()}={len(files)}"
            for files, kind in self._lists()
            if files
        )
        return f"<Status {', '.join(shown) or 'clean'}>"

    def _lists(self) -> list[tuple[Sequence[bytes], FileStatus]]:
        return [
            (self.modified, FileStatus.MODIFIED),
            (self.added, FileStatus.ADDED),
            (self.removed, FileStatus.REMOVED),
            (self.missing, FileStatus.MISSING),
            (self.unknown, FileStatus.UNKNOWN),
            (self.ignored, FileStatus.IGNORED),
            (self.clean, FileStatus.CLEAN),
        ]


@dataclass(frozen=True)
class Changeset:
    """One changeset.

    Attributes:
        rev: Its number in this clone.
        id: Its id, 40 hexadecimal digits: the same in every clone.
    """

    rev: int
    id: str
    _repository: Repository = field(repr=False, compare=False)

    @property
    def _entry(self) -> Any:
        return self._repository._log.changelogrevision_at(self.rev)

    @property
    def short_id(self) -> str:
        """The first 12 digits of the id."""
        return self.id[:12]

    @property
    def description(self) -> str:
        """What was said about it."""
        return text(self._entry.description)

    @property
    def author(self) -> Signature:
        """Who made it, and when."""
        entry = self._entry
        seconds, offset = entry.date
        return Signature(text(entry.user), seconds, offset)

    @property
    def branch(self) -> str:
        """The named branch it is on."""
        return text(self._entry.branch)

    @property
    def files(self) -> list[str]:
        """The files it touches."""
        return [text(path) for path in self._entry.files]

    @property
    def extra(self) -> dict[str, bytes]:
        """Further values that were stored with it."""
        return {text(key): value for key, value in self._entry.extra.items()}

    @property
    def phase(self) -> str:
        """`public`, `draft` or `secret`."""
        return self._repository._phase(self.rev)

    @property
    def parents(self) -> list[Changeset]:
        """Its parents: none, one, or two for a merge."""
        log = self._repository._log
        revs = [rev for rev in log.parentrevs(self.rev) if rev >= 0]
        return [self._repository._changeset(rev) for rev in revs]

    def read(self, path: str | os.PathLike[str]) -> bytes:
        """Return the content of one of its files."""
        return self._repository.read(path, rev=self)

    def paths(self) -> Iterator[str]:
        """Yield all files that it has, sorted."""
        return self._repository.paths(rev=self)

    def __str__(self) -> str:
        return self.short_id
