"""Views of a repository that show less.

Public: `filtertable`, `filterrevs`, `pinnedrevs`.
"""

from __future__ import annotations

from typing import Any


def filterrevs(
    repo: Any, filtername: bytes, visibilityexceptions: Any = None
) -> frozenset[int]:
    """Return what a view hides."""
    whole = repo.unfiltered()
    shown = set(whole.filtered(filtername).changelog)
    return frozenset(rev for rev in whole.changelog if rev not in shown)


def pinnedrevs(repo: Any) -> set[int]:
    """Return what is never hidden: what bookmarks, tags and the working directory need."""
    found = {repo[node].rev() for node in repo._bookmarks.values() if node in repo}
    found.update(ctx.rev() for ctx in repo[None].parents())
    return found


def _view(name: bytes) -> Any:
    return lambda repo, visibilityexceptions=None: filterrevs(repo, name)


filtertable: dict[bytes, Any] = {
    name: _view(name)
    for name in (
        b"visible",
        b"visible-hidden",
        b"served.hidden",
        b"served",
        b"immutable",
        b"base",
    )
}
