"""Where commands go when they are not told.

Public: `destupdate`, `destmerge`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error

destupdatesteps: list[bytes] = [b"evolution", b"bookmark", b"branch", b"branchfallback"]
destupdatestepmap: dict[bytes, Any] = {}


def destupdate(repo: Any, clean: bool = False) -> tuple[int, Any, Any]:
    """Return where an update goes: revision, bookmark that moves, bookmark to activate."""
    found = repo.revs(b"_destupdate()")
    return found.first(), None, None


def destmerge(
    repo: Any,
    action: bytes = b"merge",
    sourceset: Any = None,
    onheadcheck: bool = True,
    destspace: Any = None,
) -> int:
    """Return what a merge takes.

    Raises:
        error.NoMergeDestAbort: There is nothing.
        error.ManyMergeDestAbort: There is more than one.
    """
    try:
        found = repo.revs(b"_destmerge()")
    except error.MergeDestAbort:
        raise
    except error.Abort as problem:
        many = (
            b"other heads" in problem.message or b"heads diverging" in problem.message
        )
        kind = error.ManyMergeDestAbort if many else error.NoMergeDestAbort
        raise kind(problem.message, hint=problem.hint) from None
    if not found:
        raise error.NoMergeDestAbort(b"nothing to merge")
    return found.first()


def orphanpossibledestination(repo: Any, rev: int) -> list[int]:
    """Return where an orphan could go."""
    return []


def stackbase(ui: Any, repo: Any) -> Any:
    """Return the first changeset of the current stack."""
    return repo.revs(b"first(stack())").first()
