"""Revlogs as extensions see them: numbers, node ids, texts, graph.

Public: `revlog`, the flags.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from mercurial import error, rustext
from mercurial.node import hex, nullid, nullrev, wdirhex

REVIDX_ISCENSORED = 1 << 15
REVIDX_ELLIPSIS = 1 << 14
REVIDX_EXTSTORED = 1 << 13
REVIDX_HASCOPIESINFO = 1 << 12
REVIDX_DEFAULT_FLAGS = 0
REVLOGV0 = 0
REVLOGV1 = 1


class index:  # noqa: N801 -- the name is Mercurial's
    """The index of a revlog: numbers to node ids and back.

    Args:
        log: The revlog.
    """

    def __init__(self, log: revlog):
        self._log = log

    def __len__(self) -> int:
        return len(self._log)

    def get_rev(self, node: bytes) -> int | None:
        """Return the number of a node id, `None` when it is not here."""
        return self._log.rev(node) if self._log.hasnode(node) else None

    def rev(self, node: bytes) -> int:
        """Return the number of a node id."""
        return self._log.rev(node)

    def has_node(self, node: bytes) -> bool:
        """Return whether a node id is here."""
        return self._log.hasnode(node)

    def __contains__(self, node: bytes) -> bool:
        return self._log.hasnode(node)

    def __getitem__(self, rev: int) -> tuple[Any, ...]:
        log = self._log
        start, end = log.chunk_range(rev)
        p1, p2 = log.parentrevs(rev)
        return (
            start << 16 | log.flags(rev),
            end - start,
            log.rawsize(rev),
            log.deltaparent(rev),
            log.linkrev(rev),
            p1,
            p2,
            log.node(rev),
        )

    def partialmatch(self, digits: bytes) -> bytes | None:
        """Return the node id that starts with these digits."""
        return self._log._partialmatch(digits)


class revlog(rustext.Revlog):  # noqa: N801 -- the name is Mercurial's
    """Revisions of one text.

    `rev`, `node`, `hasnode`, `parentrevs`, `linkrev`, `flags`, `tiprev`, `isancestorrev`,
    `iscensored`, `issnapshot`, `rawsize` and `deltaparent` are the core's.
    """

    nullid = nullid

    def __iter__(self) -> Iterator[int]:
        return iter(self.all_revs())

    @property
    def index(self) -> index:
        """The index."""
        return index(self)

    @property
    def display_id(self) -> bytes:
        """The name, as messages show it."""
        return self.name()

    @property
    def filteredrevs(self) -> frozenset[int]:
        """The revisions that are not shown."""
        return frozenset(self.hidden_revs())

    def revs(self, start: int = 0, stop: int | None = None) -> Iterator[int]:
        """Yield the revisions from `start` to `stop`, with it."""
        return iter(self.all_revs(start, stop))

    def tip(self) -> bytes:
        """Return the newest node id."""
        return self.node(self.tiprev())

    def parents(self, node: bytes) -> tuple[bytes, bytes]:
        """Return the node ids of both parents."""
        p1, p2 = self.parentrevs(self.rev(node))
        return self.node(p1), self.node(p2)

    def children(self, node: bytes) -> list[bytes]:
        """Return the node ids of the children."""
        return [self.node(rev) for rev in self.children_of(self.rev(node))]

    def headrevs(self, revs: Iterable[int] | None = None) -> list[int]:
        """Return the revisions without children, of all or of some."""
        return self.head_revs(None if revs is None else list(revs))

    def heads(
        self, start: bytes | None = None, stop: Iterable[bytes] | None = None
    ) -> list[bytes]:
        """Return the node ids without children that descend from `start`."""
        if start is None:
            return [self.node(rev) for rev in self.head_revs()] or [nullid]
        first = self.rev(start)
        below = {first, *rustext.Revlog.descendants(self, [first])}
        stops = {self.rev(node) for node in stop or ()}
        heads = self.head_revs(sorted(below - stops))
        return [self.node(rev) for rev in heads]

    def ancestors(
        self, revs: Iterable[int], stoprev: int = 0, inclusive: bool = False
    ) -> Any:
        """Return the ancestors from `stoprev` on, newest first."""
        return rustext.Revlog.ancestors(self, list(revs), stoprev, inclusive)

    def descendants(self, revs: Iterable[int]) -> Any:
        """Return the descendants, oldest first."""
        return rustext.Revlog.descendants(self, list(revs))

    def isancestor(self, a: bytes, b: bytes) -> bool:
        """Return whether the node id `a` is an ancestor of `b`, or the same."""
        return self.isancestorrev(self.rev(a), self.rev(b))

    def ancestor(self, a: bytes, b: bytes) -> bytes:
        """Return the best common ancestor of two node ids."""
        return self.node(self.ancestor_rev(self.rev(a), self.rev(b)))

    def commonancestorsheads(self, a: bytes, b: bytes) -> list[bytes]:
        """Return the heads of the common ancestors of two node ids."""
        heads = self.common_heads([self.rev(a), self.rev(b)])
        return [self.node(rev) for rev in heads]

    def _commonancestorsheads(self, *revs: int) -> list[int]:
        return self.common_heads(list(revs))

    def findmissingrevs(
        self, common: Iterable[int] | None = None, heads: Iterable[int] | None = None
    ) -> list[int]:
        """Return the ancestors of `heads` that are none of `common`, oldest first."""
        tops = self.head_revs() if heads is None else list(heads)
        known = [nullrev] if common is None else list(common)
        return list(self.missing_revs(known, tops))

    def findmissing(
        self,
        common: Iterable[bytes] | None = None,
        heads: Iterable[bytes] | None = None,
    ) -> list[bytes]:
        """Return the same as `findmissingrevs`, with node ids."""
        known = None if common is None else [self.rev(node) for node in common]
        tops = None if heads is None else [self.rev(node) for node in heads]
        return [self.node(rev) for rev in self.findmissingrevs(known, tops)]

    def nodesbetween(
        self, roots: Iterable[bytes] | None = None, heads: Iterable[bytes] | None = None
    ) -> tuple[list[bytes], list[bytes], list[bytes]]:
        """Return the node ids between roots and heads, and those of both that count."""
        all_roots = [nullid] if roots is None else list(roots)
        all_heads = self.heads() if heads is None else list(heads)
        root_revs = [self.rev(node) for node in all_roots]
        head_revs = [self.rev(node) for node in all_heads]
        if nullrev in root_revs:
            between = sorted(self.ancestors(head_revs, inclusive=True))
            if roots is None:
                all_roots = [nullid]
        else:
            between = list(self.reachable(root_revs, head_revs, True))
        inside = set(between)
        nodes = [self.node(rev) for rev in between]
        kept_roots = [node for node in all_roots if self.rev(node) in inside]
        kept_heads = [node for node in all_heads if self.rev(node) in inside]
        return nodes, kept_roots or [nullid][: roots is None], kept_heads

    def reachableroots(
        self,
        minroot: int,
        heads: list[int],
        roots: list[int],
        includepath: bool = False,
    ) -> Any:
        """Return the roots from which heads can be reached, with the ways if wanted."""
        return self.reachable(list(roots), list(heads), includepath)

    def lookup(self, id: Any) -> bytes:
        """Return the node id that a number, a node id or digits stand for.

        Raises:
            error.LookupError: There is none.
        """
        if isinstance(id, int):
            return self.node(id)
        if len(id) == 20 and self.hasnode(id):
            return id
        if id.isdigit() and int(id) < len(self):
            return self.node(int(id))
        node = self._partialmatch(id)
        if node is None:
            raise error.LookupError(id, self.name(), b"no match found")
        return node

    def _partialmatch(self, id: bytes) -> bytes | None:
        if wdirhex.startswith(id):
            raise error.WdirUnsupported
        try:
            rev = self.prefix(id)
        except ValueError:
            raise error.AmbiguousPrefixLookupError(
                id, self.name(), b"ambiguous identifier"
            ) from None
        return None if rev is None else self.node(rev)

    def shortest(self, node: bytes, minlength: int = 1) -> bytes:
        """Return the shortest digits that stand for a node id and nothing else."""
        self.rev(node)
        return hex(node)[: max(self.shortest_len(node), minlength)]

    def _rev_of(self, nodeorrev: Any) -> int:
        return nodeorrev if isinstance(nodeorrev, int) else self.rev(nodeorrev)

    def revision(self, nodeorrev: Any) -> bytes:
        """Return the text of a revision."""
        return self.text(self._rev_of(nodeorrev))

    def rawdata(self, nodeorrev: Any, validate: bool = True) -> bytes:
        """Return the text of a revision as stored."""
        return self.text(self._rev_of(nodeorrev), True)

    def size(self, rev: int) -> int:
        """Return the length of a revision's text."""
        return self.rawsize(rev)

    def start(self, rev: int) -> int:
        """Return where a revision's chunk starts."""
        return self.chunk_range(rev)[0]

    def end(self, rev: int) -> int:
        """Return where a revision's chunk ends."""
        return self.chunk_range(rev)[1]

    def length(self, rev: int) -> int:
        """Return how long a revision's chunk is."""
        start, end = self.chunk_range(rev)
        return end - start

    def chainbase(self, rev: int) -> int:
        """Return the revision that a delta chain starts from."""
        return self.delta_chain(rev)[0]

    def chainlen(self, rev: int) -> int:
        """Return how many deltas a revision is made of."""
        return len(self.delta_chain(rev)) - 1

    def cmp(self, node: bytes, text: bytes) -> bool:
        """Return whether a text differs from a revision's."""
        return self.revision(node) != text

    def clearcaches(self, clear_persisted_data: bool = False) -> None:
        """Do nothing: what is kept is small and true."""
