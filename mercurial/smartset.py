"""Sets of revisions that have an order.

Public: `abstractsmartset`, `baseset`, `fullreposet`, `spanset`, `generatorset`, `filteredset`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable

from mercurial import rustext


class abstractsmartset(rustext.Revs):  # noqa: N801 -- the name is Mercurial's
    """An immutable sequence of revisions without doubles, searched as a set."""

    def __new__(cls, data: Any = (), *_more: Any, **_opts: Any) -> abstractsmartset:
        return rustext.Revs.__new__(cls, data if isinstance(data, list) else list(data))

    def __init__(self, data: Any = (), datarepr: Any = None, istopo: bool = False):
        self._istopo = istopo

    def __repr__(self) -> str:
        order = "+" if self.ascends() else "-" if self.descends() else ""
        return f"<{type(self).__name__}{order} {self.to_list()!r}>"

    def __bool__(self) -> bool:
        return len(self) > 0

    def __eq__(self, other: object) -> bool:
        if isinstance(other, rustext.Revs):
            return self.to_list() == other.to_list()
        return NotImplemented

    def __hash__(self) -> int:
        return id(self)

    def _made(self, revs: Iterable[int]) -> baseset:
        return baseset(revs)

    def __and__(self, other: Any) -> baseset:
        return self._made(self.intersect(_as_revs(other), True))

    def __sub__(self, other: Any) -> baseset:
        return self._made(self.intersect(_as_revs(other), False))

    def __add__(self, other: Any) -> baseset:
        more = _as_revs(other)
        if not isinstance(more, baseset):
            more = baseset(more)
        return self._made([*self, *more.intersect(self, False)])

    __or__ = __add__

    def __rand__(self, other: Any) -> baseset:
        return baseset(other) & self

    @property
    def _list(self) -> list[int]:
        return self.to_list()

    @property
    def _set(self) -> frozenset[int]:
        return frozenset(self)

    def set(self) -> frozenset[int]:
        """Return a plain set."""
        return frozenset(self)

    def isascending(self) -> bool:
        """Return whether the order is ascending."""
        return self.ascends()

    def isdescending(self) -> bool:
        """Return whether the order is descending."""
        return self.descends()

    def istopo(self) -> bool:
        """Return whether the order is that of a graph."""
        return self._istopo

    def first(self) -> int | None:
        """Return the first revision."""
        return self[0] if len(self) else None

    def last(self) -> int | None:
        """Return the last revision."""
        return self[-1] if len(self) else None

    def min(self) -> int | None:
        """Return the lowest revision."""
        return min(self, default=None)

    def max(self) -> int | None:
        """Return the highest revision."""
        return max(self, default=None)

    def slice(self, start: int, stop: int) -> baseset:
        """Return the revisions between two positions."""
        return self._made(self[start:stop])

    def filter(
        self, condition: Callable[[int], Any], condrepr: Any = None, cache: bool = True
    ) -> baseset:
        """Return the revisions that fulfil a condition."""
        return self._made([rev for rev in self if condition(rev)])

    def fastasc(self) -> Any:
        """Return a function that iterates upwards."""
        return lambda: iter(sorted(self))

    def fastdesc(self) -> Any:
        """Return a function that iterates downwards."""
        return lambda: iter(sorted(self, reverse=True))


def _as_revs(other: Any) -> rustext.Revs:
    return other if isinstance(other, rustext.Revs) else rustext.Revs(list(other))


class baseset(abstractsmartset):  # noqa: N801 -- the name is Mercurial's
    """Revisions that are known one by one; `sort` and `reverse` change their order."""

    def sort(self, reverse: bool = False) -> None:
        """Put into ascending order (descending with `reverse`)."""
        self.replace(sorted(self, reverse=reverse))

    def reverse(self) -> None:
        """Turn round."""
        self.replace(self.to_list()[::-1])


filteredset = baseset
generatorset = baseset
addset = baseset


def spanset(repo: Any, start: int = 0, end: int | None = None) -> baseset:
    """Return all shown revisions from `start` to before `end`."""
    stop = len(repo) if end is None else end
    if start <= stop:
        return baseset(repo.changelog.all_revs(start, stop - 1))
    return baseset(repo.changelog.all_revs(start, stop + 1))


def fullreposet(repo: Any) -> baseset:
    """Return all shown revisions."""
    return baseset(repo.changelog.all_revs())
