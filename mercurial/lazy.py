"""Lists that stay in Rust until they are touched.

Public: `pathlist`, `status`.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from mercurial import rustext


class pathlist(rustext.PathList):  # noqa: N801 -- the names of this API are lower case
    """A list of paths that are made when they are touched; it can do all that a list can.

    The first change makes a list of its own, which counts from then on.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(list(self))

    def __eq__(self, other: object) -> bool:
        if isinstance(other, (list, pathlist)):
            return len(self) == len(other) and list(self) == list(other)
        return NotImplemented

    __hash__ = None  # type: ignore[assignment] # as for any list

    def __lt__(self, other: Iterable[bytes]) -> bool:
        return list(self) < list(other)

    def __add__(self, other: Iterable[bytes]) -> list[bytes]:
        return [*self, *other]

    def __radd__(self, other: Iterable[bytes]) -> list[bytes]:
        return [*other, *self]

    def __iadd__(self, other: Iterable[bytes]) -> pathlist:
        self.own().extend(other)
        return self

    def __mul__(self, times: int) -> list[bytes]:
        return list(self) * times

    def __reversed__(self) -> Iterator[bytes]:
        return reversed(list(self))

    def __setitem__(self, at: Any, value: Any) -> None:
        self.own()[at] = value

    def __delitem__(self, at: Any) -> None:
        del self.own()[at]

    def __reduce__(self) -> tuple[Any, ...]:
        return (list, (list(self),))

    def append(self, path: bytes) -> None:
        """Add a path at the end."""
        self.own().append(path)

    def extend(self, paths: Iterable[bytes]) -> None:
        """Add paths at the end."""
        self.own().extend(paths)

    def insert(self, at: int, path: bytes) -> None:
        """Add a path before a position."""
        self.own().insert(at, path)

    def remove(self, path: bytes) -> None:
        """Remove the first path that is equal to this one."""
        self.own().remove(path)

    def pop(self, at: int = -1) -> bytes:
        """Remove the path at a position and return it."""
        return self.own().pop(at)

    def clear(self) -> None:
        """Remove all paths."""
        self.own().clear()

    def sort(self, **options: Any) -> None:
        """Sort in place."""
        self.own().sort(**options)

    def reverse(self) -> None:
        """Turn round in place."""
        self.own().reverse()

    def index(self, path: bytes, *limits: int) -> int:
        """Return the position of a path."""
        return list(self).index(path, *limits)

    def count(self, path: bytes) -> int:
        """Return how often a path occurs."""
        return list(self).count(path)

    def copy(self) -> list[bytes]:
        """Return a list of its own."""
        return list(self)


class status:  # noqa: N801 -- the name is Mercurial's
    """Files by how they differ; seven lists, also in this order when iterated.

    Args:
        modified: Changed.
        added: Newly tracked.
        removed: No longer tracked.
        deleted: Tracked and gone.
        unknown: Not tracked.
        ignored: Not tracked and ignored.
        clean: Unchanged.
    """

    def __init__(
        self,
        modified: list[bytes] | None = None,
        added: list[bytes] | None = None,
        removed: list[bytes] | None = None,
        deleted: list[bytes] | None = None,
        unknown: list[bytes] | None = None,
        ignored: list[bytes] | None = None,
        clean: list[bytes] | None = None,
        empty_dirs: list[bytes] | None = None,
    ):
        def given(files: list[bytes] | None) -> list[bytes]:
            return [] if files is None else files

        self.modified = given(modified)
        self.added = given(added)
        self.removed = given(removed)
        self.deleted = given(deleted)
        self.unknown = given(unknown)
        self.ignored = given(ignored)
        self.clean = given(clean)
        self.empty_dirs = given(empty_dirs)

    def __iter__(self) -> Iterator[list[bytes]]:
        yield from (
            self.modified,
            self.added,
            self.removed,
            self.deleted,
            self.unknown,
            self.ignored,
            self.clean,
        )

    def __getitem__(self, at: int) -> list[bytes]:
        return list(self)[at]

    def __len__(self) -> int:
        return 7

    def __repr__(self) -> str:
        names = ("modified", "added", "removed", "deleted", "unknown", "ignored")
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"<status {shown}, clean={self.clean!r}>"


class propertycache:  # noqa: N801 -- the name is Mercurial's
    """A property that is worked out once and then is an attribute of the instance."""

    def __init__(self, func: Any):
        self.func = func
        self.name = func.__name__
        self.__doc__ = func.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, obj: Any, type: Any = None) -> Any:
        if obj is None:
            return self
        value = self.func(obj)
        obj.__dict__[self.name] = value
        return value

    def cachevalue(self, obj: Any, value: Any) -> None:
        """Set the value without working it out."""
        obj.__dict__[self.name] = value
