"""The repository as extensions see it: a Python class over a handle.

Public: `localrepository` and its methods without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import context, error
from mercurial.node import hex


class localrepository:  # noqa: N801 -- the name is Mercurial's
    """An open repository; subclass it, or set `repo.__class__`, freely.

    Args:
        ui: The user.
        handle: The Rust repository.
    """

    def __init__(self, ui: Any, handle: Any):
        self.ui = ui
        self._handle = handle
        self.root: bytes = handle.root()
        self.path: bytes = handle.path()
        self.spath: bytes = handle.store_path()

    def close(self) -> None:
        """Let go of the repository; later use raises `error.ClosedError`."""
        self._handle.close()

    def __len__(self) -> int:
        return self._handle.len()

    def __bool__(self) -> bool:
        return True

    __nonzero__ = __bool__

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self)))

    def __contains__(self, changeid: Any) -> bool:
        try:
            self[changeid]
        except error.RepoLookupError:
            return False
        return True

    def __getitem__(self, changeid: Any) -> context.changectx:
        if isinstance(changeid, context.changectx):
            return changeid
        return context.changectx(self, self._lookup(changeid))

    def _lookup(self, changeid: Any) -> int:
        if isinstance(changeid, int):
            if -1 <= changeid < len(self):
                return changeid
            message = b"unknown revision '%d'" % changeid
            raise error.RepoLookupError(message)
        if isinstance(changeid, bytes) and len(changeid) == 20:
            rev = self._handle.rev(changeid)
            if rev is not None:
                return rev
        return self._handle.lookup(changeid)

    def lookup(self, key: bytes) -> bytes:
        """Return the binary node id that `key` names."""
        return self[key].node()

    def revs(self, expr: bytes, *args: Any) -> list[int]:
        """Return the revision numbers of a revset, `%d %s %n` filled in."""
        return self._handle.revs(_format(expr, args))

    def set(self, expr: bytes, *args: Any) -> Iterator[context.changectx]:
        """Yield the changesets of a revset."""
        for rev in self.revs(expr, *args):
            yield self[rev]

    def status(self, *_args: Any, **_opts: Any) -> Status:
        """Return how the working directory differs from its first parent."""
        return Status(*self._handle.status())

    def tags(self) -> list[bytes]:
        """Return the names of tags of the tip; see `changectx.tags` for others."""
        return self[b"tip"].tags()

    def unfiltered(self) -> localrepository:
        """Return the repository without filters (the same object here)."""
        return self

    @property
    def _bookmarks(self) -> dict[bytes, bytes]:
        return dict(self._handle.bookmarks())


class Status:
    """Lists of files by how they differ."""

    def __init__(
        self,
        modified: list[bytes],
        added: list[bytes],
        removed: list[bytes],
        deleted: list[bytes],
        unknown: list[bytes],
    ):
        self.modified = modified
        self.added = added
        self.removed = removed
        self.deleted = deleted
        self.unknown = unknown
        self.ignored: list[bytes] = []
        self.clean: list[bytes] = []


def _quote(value: Any) -> bytes:
    text = value if isinstance(value, bytes) else str(value).encode()
    return b"'" + text.replace(b"\\", b"\\\\").replace(b"'", b"\\'") + b"'"


def _format(expr: bytes, args: tuple[Any, ...]) -> bytes:
    """Fill `%d`, `%s`, `%n`, `%r`, `%ld`, `%ls`, `%ln` into a revset."""
    values = iter(args)
    out = []
    rest = expr
    while b"%" in rest:
        before, _, rest = rest.partition(b"%")
        out.append(before)
        many = rest[:1] == b"l"
        kind = rest[1:2] if many else rest[:1]
        rest = rest[2:] if many else rest[1:]
        if kind == b"%":
            out.append(b"%")
            continue
        value = next(values)
        items = list(value) if many else [value]
        out.append(b"(" + b" + ".join(_item(kind, v) for v in items) + b")")
        if many and not items:
            out[-1] = b"none()"
    return b"".join(out) + rest


def _item(kind: bytes, value: Any) -> bytes:
    if kind == b"d":
        return b"%d" % int(value)
    if kind == b"n":
        return hex(value)
    if kind == b"r":
        return b"(" + value + b")"
    return _quote(value)
