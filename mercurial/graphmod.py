"""Graphs of changesets, and drawing them.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator, List, Tuple

from mercurial import rustext

CHANGESET = b"C"
PARENT = b"P"
GRANDPARENT = b"G"
MISSINGPARENT = b"M"
EDGES: dict[bytes, bytes | None] = {
    PARENT: b"|",
    GRANDPARENT: b":",
    MISSINGPARENT: None,
}

# Evaluated when the module is imported: Python 3.8 cannot subscript `tuple`.
Node = Tuple[Any, bytes, Any, List[Any]]


def dagwalker(repo: Any, revs: Any) -> Iterator[Node]:
    """Yield revision, kind, changeset and edges to what is below it."""
    for rev, parents in rustext.graph_nodes(repo._handle, list(revs)):
        yield rev, CHANGESET, repo[rev], parents


def nodes(repo: Any, nodes: Iterable[bytes]) -> Iterator[Node]:
    """Yield the same for nodes, with edges among themselves only."""
    wanted = list(nodes)
    found = set(wanted)
    for node in wanted:
        ctx = repo[node]
        parents = [(PARENT, p.rev()) for p in ctx.parents() if p.node() in found]
        yield ctx.rev(), CHANGESET, ctx, parents


class asciistate:  # noqa: N801 -- the name is Mercurial's
    """A drawing that goes on: what is below the lines that were drawn."""

    def __init__(self) -> None:
        self.styles: dict[bytes, bytes | None] = EDGES.copy()
        self.graphshorten = False
        self._drawing: Any = None
        self._ids: dict[Any, int] = {}

    @property
    def drawing(self) -> Any:
        """What draws."""
        if self._drawing is None:
            self._drawing = rustext.AsciiGraph.styled(
                (
                    self.styles.get(PARENT) or b"",
                    self.styles.get(GRANDPARENT) or b"",
                    self.styles.get(MISSINGPARENT) or b"",
                ),
                self.graphshorten,
            )
        return self._drawing

    def number(self, key: Any) -> int:
        """Return the number of whatever names a node."""
        return self._ids.setdefault(key, len(self._ids))


def asciiedges(
    type: bytes, char: bytes, state: asciistate, rev: Any, parents: Iterable[Any]
) -> Iterator[tuple[Any, ...]]:
    """Yield what `ascii` draws of one node: kind, symbol and place."""
    edges = []
    for edge in parents:
        kind, key = edge if isinstance(edge, (tuple, list)) else (PARENT, edge)
        known = kind if kind in EDGES else GRANDPARENT
        edges.append((known, state.number(key)))
    yield type, char, (state.number(rev), edges)


def ascii(
    ui: Any,
    state: asciistate,
    type: bytes,
    char: bytes,
    text: list[bytes],
    coldata: tuple[int, list[tuple[bytes, int]]],
) -> None:
    """Write one node with lines of text beside it."""
    number, edges = coldata
    lines = b"".join(line + b"\n" for line in text)
    ui.write(state.drawing.draw(number, edges, char, lines))
