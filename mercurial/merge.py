"""Updating and merging.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import copies, rustext
from mercurial.node import nullid


class updateresult:  # noqa: N801 -- the name is Mercurial's
    """How many files an update touched."""

    def __init__(
        self,
        updatedcount: int = 0,
        mergedcount: int = 0,
        removedcount: int = 0,
        unresolvedcount: int = 0,
    ):
        self.updatedcount = updatedcount
        self.mergedcount = mergedcount
        self.removedcount = removedcount
        self.unresolvedcount = unresolvedcount

    def isempty(self) -> bool:
        """Return whether it touched none."""
        return not (
            self.updatedcount
            or self.mergedcount
            or self.removedcount
            or self.unresolvedcount
        )


_LABELS = (b"working copy", b"destination", b"working copy parent")


def _update(
    repo: Any,
    node: bytes,
    branchmerge: bool,
    force: bool | None,
    ancestor: bytes | None = None,
    mergeancestor: bool = False,
    labels: Any = None,
    matcher: Any = None,
    mergeforce: bool = False,
    updatedirstate: bool = True,
    updatecheck: bytes | None = None,
    wc: Any = None,
) -> updateresult:
    """Update to a changeset, or merge it into the working directory."""
    if wc is not None and wc.isinmemory():
        from mercurial import memorymerge  # late: few extensions need it

        target = repo[node]
        if not branchmerge:
            return updateresult(memorymerge.update(wc, target))
        base = target.ancestor(wc.p1()) if ancestor is None else repo[ancestor]
        return updateresult(*memorymerge.merge(wc, target, base))
    flags = (
        bool(branchmerge),
        bool(force or mergeforce),
        bool(mergeancestor),
        not updatedirstate,
    )
    base = None if ancestor is None else repo[ancestor].rev()
    with repo.wlock():
        counts = rustext.update_wdir(
            (repo._handle, repo.ui._handle),
            repo[node].node(),
            flags,
            updatecheck or b"linear",
            base,
            [label for label in labels or () if label is not None],
            matcher,
        )
        repo.invalidatedirstate()
    return updateresult(*counts)


def clean_update(ctx: Any, wc: Any = None) -> updateresult:
    """Update to a changeset and throw changes away."""
    return _update(ctx.repo(), ctx.node(), False, True, wc=wc)


def update(ctx: Any, updatecheck: Any = None, wc: Any = None) -> updateresult:
    """Update to a changeset; `updatecheck` says what becomes of local changes."""
    return _update(
        ctx.repo(),
        ctx.node(),
        False,
        False,
        labels=_LABELS,
        updatecheck=updatecheck,
        wc=wc,
    )


def merge(
    ctx: Any, labels: Any = None, force: bool = False, wc: Any = None
) -> updateresult:
    """Merge a changeset into the working directory."""
    repo, node = ctx.repo(), ctx.node()
    return _update(repo, node, True, force, labels=labels, mergeforce=force, wc=wc)


def revert_to(ctx: Any, matcher: Any = None, wc: Any = None) -> updateresult:
    """Make files what they are in a changeset; the parents stay."""
    return _update(ctx.repo(), ctx.node(), False, True, matcher=matcher, wc=wc)


def back_out(ctx: Any, parent: Any = None, wc: Any = None) -> updateresult:
    """Take the changes of a changeset back in the working directory."""
    base = parent if parent is not None else ctx.p1()
    return _update(ctx.repo(), base.node(), True, True, ancestor=ctx.node(), wc=wc)


def graft(
    repo: Any,
    ctx: Any,
    base: Any = None,
    labels: Any = None,
    keepparent: bool = False,
    keepconflictparent: bool = False,
    wctx: Any = None,
) -> updateresult:
    """Bring the changes of a changeset into the working directory."""
    if base is None:
        base = ctx.p1()
    here = repo[b"."]
    stats = _update(
        repo, ctx.node(), True, True, base.node(), True, labels=labels, wc=wctx
    )
    if keepconflictparent and stats.unresolvedcount:
        second = ctx.node()
    else:
        second = nullid
        if keepparent and len(ctx.parents()) == 2:
            others = [p for p in ctx.parents() if p.rev() != base.rev()]
            second = others[0].node() if len(others) == 1 else nullid
    repo.setparents(here.node(), second)
    copies.graftcopies(repo[None], ctx, base)
    repo.dirstate.write(repo.currenttransaction())
    return stats
