"""Where files come from.

Public: `pathcopies`, `graftcopies`.
"""

from __future__ import annotations

from typing import Any

from mercurial import rustext


def pathcopies(x: Any, y: Any, match: Any = None) -> dict[bytes, bytes]:
    """Return for each file of `y` that is a copy what it was in `x`."""
    return dict(rustext.copies(y.repo()._handle, (x.rev(), y.rev()), match))


def graftcopies(wctx: Any, ctx: Any, base: Any) -> None:
    """Record the copies that `ctx` made, of files that its changes brought here."""
    made = pathcopies(base, ctx)
    if not made:
        return
    repo = wctx.repo()
    parent = wctx.p1()
    known = pathcopies(base, parent)
    for path, source in made.items():
        news = path not in known and path not in parent and source in parent
        if news and path in wctx:
            repo.dirstate.copy(source, path)
