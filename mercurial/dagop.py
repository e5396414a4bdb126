"""Questions about graphs.

Public: `toposort`, `revancestors`, `revdescendants`.
"""

from __future__ import annotations

from typing import Any


def revancestors(
    repo: Any,
    revs: Any,
    followfirst: bool = False,
    startdepth: Any = None,
    stopdepth: Any = None,
    cutfunc: Any = None,
) -> Any:
    """Return ancestors."""
    return repo.revs(b"reverse(::%ld)", list(revs))


def revdescendants(
    repo: Any,
    revs: Any,
    followfirst: bool = False,
    startdepth: Any = None,
    stopdepth: Any = None,
) -> Any:
    """Return descendants."""
    return repo.revs(b"%ld::", list(revs))


def toposort(revs: Any, parentsfunc: Any, firstbranch: Any = ()) -> Any:
    """Return revisions, children before parents."""
    return iter(sorted(revs, reverse=True))
