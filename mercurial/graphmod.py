"""Graphs of changesets.

Public: `dagwalker`, `nodes`, `CHANGESET`.
"""

from __future__ import annotations

from typing import Any, Iterator

CHANGESET = b"C"
PARENT = b"P"
GRANDPARENT = b"G"
MISSINGPARENT = b"M"
EDGES = {PARENT: b"|", GRANDPARENT: b":", MISSINGPARENT: None}


def dagwalker(repo: Any, revs: Any) -> Iterator[tuple[int, bytes, Any, list[Any]]]:
    """Yield revision, kind, changeset and edges to parents."""
    known = set(revs)
    for rev in revs:
        ctx = repo[rev]
        parents = [
            (PARENT if parent.rev() in known else MISSINGPARENT, parent.rev())
            for parent in ctx.parents()
            if parent.rev() != -1
        ]
        yield ctx.rev(), CHANGESET, ctx, parents


def nodes(repo: Any, nodelist: Any) -> Iterator[tuple[int, bytes, Any, list[Any]]]:
    """Yield the same for nodes."""
    found = set(nodelist)
    for node in nodelist:
        ctx = repo[node]
        parents = [(PARENT, p.rev()) for p in ctx.parents() if p.node() in found]
        yield ctx.rev(), CHANGESET, ctx, parents
