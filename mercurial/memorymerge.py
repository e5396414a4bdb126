"""Updates and merges in memory, over an `overlayworkingctx`.

Public: `update`, `merge`.
"""

from __future__ import annotations

from typing import Any, Iterable

from mercurial import copies, error


def _changes(one: Any, other: Any) -> Iterable[bytes]:
    return sorted(one.manifest().diff(other.manifest()))


def _take(wc: Any, path: bytes, source: Any) -> None:
    """Make a file what it is in a changeset."""
    if path in source:
        fctx = source[path]
        wc.write(path, fctx.data(), fctx.flags())
    elif wc.exists(path):
        wc.remove(path)


def _take_copies(wc: Any, before: Any, after: Any) -> None:
    parent = wc.p1()
    for dest, source in copies.pathcopies(before, after).items():
        if wc.isdirty(dest) and wc.exists(dest) and source in parent:
            wc.markcopied(dest, source)


def update(wc: Any, target: Any) -> int:
    """Make all files what they are in a changeset; return how many differ."""
    changed = list(_changes(wc.p1(), target))
    for path in changed:
        _take(wc, path, target)
    _take_copies(wc, wc.p1(), target)
    return len(changed)


def _version(ctx: Any, path: bytes) -> Any:
    if path not in ctx:
        return None
    fctx = ctx[path]
    return fctx.data(), fctx.flags()


def merge(wc: Any, other: Any, base: Any) -> tuple[int, int, int, int]:
    """Bring what `other` changed since `base`; return counts as updates have them.

    Raises:
        error.InMemoryMergeConflictsError: A file was changed on both sides, or moved on one: that
            is for a merge on disk.
    """
    local = wc.p1()
    ours = set(_changes(base, local))
    moved = {*copies.pathcopies(base, local).values()}
    updated = removed = 0
    for path in _changes(base, other):
        theirs = _version(other, path)
        clash = path in ours and _version(local, path) != theirs
        if clash or (path in moved and path not in local):
            raise error.InMemoryMergeConflictsError(
                b"in-memory merge does not support merge conflicts"
            )
        if theirs is None:
            removed += 1
        else:
            updated += 1
        _take(wc, path, other)
    _take_copies(wc, base, other)
    return updated, 0, removed, 0
