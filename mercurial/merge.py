"""Updating and merging.

Public: `update`, `clean_update`, `graft`, `updateresult`.
"""

from __future__ import annotations

from typing import Any

from mercurial.node import hex


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


def _quietly(repo: Any, function: Any, *args: Any, **options: Any) -> updateresult:
    repo.ui.pushbuffer()
    try:
        code = function(repo.ui, repo, *args, **options)
    finally:
        repo.ui.popbuffer()
    return updateresult(unresolvedcount=1 if code else 0)


def clean_update(wctx: Any) -> updateresult:
    """Update to a changeset and throw changes away."""
    from mercurial import commands  # late: it comes after us

    return _quietly(wctx.repo(), commands.update, wctx.hex(), clean=True)


def update(ctx: Any, updatecheck: Any = None, wc: Any = None) -> updateresult:
    """Update to a changeset."""
    from mercurial import commands  # late: it comes after us

    return _quietly(ctx.repo(), commands.update, ctx.hex())


def merge(
    ctx: Any, labels: Any = None, force: bool = False, wc: Any = None
) -> updateresult:
    """Merge a changeset into the working directory."""
    from mercurial import commands  # late: it comes after us

    return _quietly(ctx.repo(), commands.merge, ctx.hex(), force=force)


def graft(
    repo: Any, ctx: Any, base: Any = None, labels: Any = None, **_options: Any
) -> updateresult:
    """Copy the changes of a changeset into the working directory."""
    from mercurial import commands  # late: it comes after us

    options = {"no_commit": True}
    if base is not None and base.rev() != ctx.p1().rev():
        options["base"] = hex(base.node())  # type: ignore[assignment]
    return _quietly(repo, commands.graft, ctx.hex(), **options)


back_out = graft
