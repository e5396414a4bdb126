"""Ancestors of revisions, from a function that gives parents.

Public: `lazyancestors`, `missingancestors`, `commonancestorsheads`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable, Iterator

from mercurial.node import nullrev


class lazyancestors:  # noqa: N801 -- the name is Mercurial's
    """The ancestors of revisions, highest first, found as they are asked for."""

    def __init__(
        self,
        pfunc: Callable[[int], Any],
        revs: Iterable[int],
        stoprev: int = 0,
        inclusive: bool = False,
    ):
        self._parents = pfunc
        self._initrevs = [rev for rev in revs if rev >= stoprev]
        self._stop = stoprev
        self._inclusive = inclusive

    def __iter__(self) -> Iterator[int]:
        import heapq  # late: used only here

        start = (
            self._initrevs
            if self._inclusive
            else [p for r in self._initrevs for p in self._parents(r)]
        )
        heap = [-rev for rev in set(start) if rev >= self._stop and rev != nullrev]
        heapq.heapify(heap)
        last = None
        while heap:
            rev = -heapq.heappop(heap)
            if rev == last:
                continue
            last = rev
            yield rev
            for parent in self._parents(rev):
                if parent >= self._stop and parent != nullrev:
                    heapq.heappush(heap, -parent)

    def __contains__(self, target: int) -> bool:
        return any(rev == target for rev in self)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None


def commonancestorsheads(pfunc: Callable[[int], Any], *nodes: int) -> set[int]:
    """Return the heads of the common ancestors."""
    sets = [set(lazyancestors(pfunc, [node], inclusive=True)) for node in nodes]
    common = set.intersection(*sets) if sets else set()
    inner = {parent for rev in common for parent in pfunc(rev)}
    return common - inner


def missingancestors(
    revs: Iterable[int], bases: Iterable[int], pfunc: Callable[[int], Any]
) -> list[int]:
    """Return the ancestors of `revs` that are not those of `bases`."""
    known = set(lazyancestors(pfunc, bases, inclusive=True))
    return sorted(
        rev for rev in lazyancestors(pfunc, revs, inclusive=True) if rev not in known
    )
