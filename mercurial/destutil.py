"""Where commands go when they are not told.

Public: `destupdate`, `destmerge`.
"""

from __future__ import annotations

from typing import Any

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
    """Return what a merge takes."""
    return repo.revs(b"_destmerge()").first()


def orphanpossibledestination(repo: Any, rev: int) -> list[int]:
    """Return where an orphan could go."""
    return []


def stackbase(ui: Any, repo: Any) -> Any:
    """Return the first changeset of the current stack."""
    return repo.revs(b"first(stack())").first()
