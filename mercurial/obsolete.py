"""Obsolescence markers as extensions see them.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import hashlib
import time
from typing import Any, Iterable, Iterator

from mercurial import error, obsutil, rustext
from mercurial.node import hex

createmarkersopt = b"createmarkers"
allowunstableopt = b"allowunstable"
allowdivergenceopt = b"allowdivergence"
exchangeopt = b"exchange"
bumpedfix = 1
usingsha256 = 2


class obsstore:  # noqa: N801 -- the name is Mercurial's
    """All markers of a repository: what became obsolete and what replaced it.

    A marker is predecessor, successors, flags, metadata, date and parents.

    Args:
        repo: The repository.
    """

    def __init__(self, repo: Any):
        self._repo = repo.unfiltered()

    def _markers(self) -> list[Any]:
        return [_sequences_as(tuple, m) for m in rustext.markers(self._repo._handle)]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._markers())

    def __len__(self) -> int:
        return len(self._markers())

    def __bool__(self) -> bool:
        return bool(self._markers())

    @property
    def _all(self) -> list[Any]:
        return self._markers()

    @property
    def successors(self) -> dict[bytes, set[Any]]:
        """Markers by what became obsolete."""
        found: dict[bytes, set[Any]] = {}
        for marker in self:
            found.setdefault(marker[0], set()).add(marker)
        return found

    @property
    def predecessors(self) -> dict[bytes, set[Any]]:
        """Markers by what replaced something."""
        found: dict[bytes, set[Any]] = {}
        for marker in self:
            for successor in marker[1]:
                found.setdefault(successor, set()).add(marker)
        return found

    @property
    def children(self) -> dict[bytes, set[Any]]:
        """Markers by parents of what became obsolete."""
        found: dict[bytes, set[Any]] = {}
        for marker in self:
            for parent in marker[5] or ():
                found.setdefault(parent, set()).add(marker)
        return found

    def create(
        self,
        transaction: Any,
        prec: bytes,
        succs: Iterable[bytes] = (),
        flag: int = 0,
        parents: Iterable[bytes] | None = None,
        date: Any = None,
        metadata: dict[bytes, bytes] | None = None,
        ui: Any = None,
    ) -> bool:
        """Add a marker; return whether it is new."""
        meta = dict(metadata or {})
        if date is None:
            date = _now(meta)
        marker = (
            prec,
            tuple(succs),
            flag,
            tuple(sorted(meta.items())),
            (float(date[0]), int(date[1])),
            None if parents is None else tuple(parents),
        )
        return bool(self.add(transaction, [marker]))

    def add(self, transaction: Any, markers: Iterable[Any]) -> int:
        """Add markers; return how many are new."""
        plain = [
            (
                m[0],
                list(m[1]),
                m[2],
                list(m[3]),
                m[4],
                None if m[5] is None else list(m[5]),
            )
            for m in markers
        ]
        return rustext.add_markers(transaction._handle, plain)

    def relevantmarkers(self, nodes: Iterable[bytes]) -> set[Any]:
        """Return the markers that lead to these changesets."""
        found: set[Any] = set()
        by_successor, by_parent = self.predecessors, self.children
        waiting, seen = list(nodes), set()
        while waiting:
            node = waiting.pop()
            if node in seen:
                continue
            seen.add(node)
            prunes = {m for m in by_parent.get(node, ()) if not m[1]}
            for marker in by_successor.get(node, set()) | prunes:
                found.add(marker)
                waiting.append(marker[0])
        return found


def _sequences_as(kind: type, marker: Any) -> Any:
    """Return a marker whose sequences are of one kind."""
    predecessor, successors, flags, metadata, date, parents = marker
    return (
        predecessor,
        kind(successors),
        flags,
        kind(metadata),
        date,
        None if parents is None else kind(parents),
    )


def _now(meta: dict[bytes, bytes]) -> tuple[float, int]:
    if b"date" in meta:
        from mercurial.utils import dateutil  # late: seldom given as text

        return dateutil.parsedate(meta.pop(b"date"))
    now = time.time()
    return (now, time.altzone if time.localtime(now).tm_isdst > 0 else time.timezone)


def encodemarkers(
    markers: Iterable[Any], addheader: bool = False, version: int = 0
) -> Iterator[bytes]:
    """Yield markers as files and exchanges have them."""
    if addheader:
        yield bytes([version])
    for marker in markers:
        yield rustext.encode_markers([_sequences_as(list, marker)], version)


def _fm0encodeonemarker(marker: Any) -> bytes:
    return rustext.encode_markers([_sequences_as(list, marker)], 0)


def _fm1encodeonemarker(marker: Any) -> bytes:
    return rustext.encode_markers([_sequences_as(list, marker)], 1)


def _readmarkers(
    data: bytes, off: int | None = None, stop: int | None = None
) -> tuple[int, Iterator[Any]]:
    """Return version and markers of a file's content, or of a part of it."""
    version = data[0]
    part = data[1 if off is None else off : stop]
    try:
        found = rustext.decode_markers(bytes([version]) + part)[1]
    except ValueError as problem:
        raise error.Abort(str(problem).encode()) from None
    return version, (_sequences_as(tuple, marker) for marker in found)


def makestore(ui: Any, repo: Any) -> obsstore:
    """Return the markers of a repository."""
    return obsstore(repo)


def isenabled(repo: Any, option: bytes) -> bool:
    """Return whether a feature of evolution is on."""
    return rustext.evolution_enabled(repo._handle, option.decode())


def getoptions(repo: Any) -> dict[bytes, bool]:
    """Return the features of evolution, by name."""
    names = (createmarkersopt, allowunstableopt, exchangeopt)
    return {name: isenabled(repo, name) for name in names}


def getrevs(repo: Any, name: bytes) -> frozenset[int]:
    """Return the revisions that are `obsolete`, `orphan` and so on."""
    return repo.evolutionrevs(name.decode())


def _fold_id(predecessors: Any, successors: Any, user: bytes) -> bytes:
    """Return what the markers of changesets that became one have in common."""
    digest = hashlib.sha1(user)
    for ctx in (*predecessors, *successors):
        digest.update(b"%d" % ctx.rev() + ctx.node())
    return digest.hexdigest()[:8].encode()


def createmarkers(
    repo: Any,
    relations: Iterable[Any],
    flag: int = 0,
    date: Any = None,
    metadata: dict[bytes, bytes] | None = None,
    operation: bytes | None = None,
) -> None:
    """Note that changesets were replaced: pairs of what was, and what is instead."""
    meta = dict(metadata or {})
    meta.setdefault(
        b"user", repo.ui.config(b"devel", b"user.obsmarker") or repo.ui.username()
    )
    if operation:
        meta.setdefault(b"operation", operation)
    if date is None:
        date = repo.ui.configdate(b"devel", b"default-date")
    effects = repo.ui.configbool(b"experimental", b"evolution.effect-flags")
    with repo.lock(), repo.transaction(b"add-obsolescence-marker") as tr:
        for relation in relations:
            predecessors = relation[0]
            if not isinstance(predecessors, (tuple, list)):
                predecessors = (predecessors,)
            successors = tuple(ctx.node() for ctx in relation[1])
            shared = {**meta, **(relation[2] if len(relation) > 2 else {})}
            folds = len(predecessors) > 1 and len(relation[1]) == 1
            for place, ctx in enumerate(predecessors, 1):
                own = shared.copy()
                if folds:
                    own[b"fold-id"] = _fold_id(predecessors, relation[1], own[b"user"])
                    own[b"fold-idx"] = b"%d" % place
                    own[b"fold-size"] = b"%d" % len(predecessors)
                if ctx.node() in successors:
                    raise error.ProgrammingError(
                        b"changeset %s cannot obsolete itself" % hex(ctx.node())
                    )
                parents = None
                if not successors:
                    parents = tuple(parent.node() for parent in ctx.parents())
                if effects:
                    flags = obsutil.geteffectflag(ctx, relation[1])
                    own[obsutil.EFFECTFLAGFIELD] = b"%d" % flags
                repo.obsstore.create(
                    tr, ctx.node(), successors, flag, parents, date, own
                )
    repo.invalidatevolatilesets()
