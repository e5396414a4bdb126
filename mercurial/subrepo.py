"""Subrepositories as extensions see them.

Public: `subrepo`, `types`, `state`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error
from mercurial.subrepoutil import nullstate, reporelpath, state, subrelpath  # noqa: F401 -- part of the API


class abstractsubrepo:  # noqa: N801 -- the name is Mercurial's
    """A subrepository."""

    def __init__(self, ctx: Any, path: bytes):
        self.ui = ctx.repo().ui
        self._ctx = ctx
        self._path = path


class hgsubrepo(abstractsubrepo):  # noqa: N801 -- the name is Mercurial's
    """A subrepository of this program's kind."""


class gitsubrepo(abstractsubrepo):  # noqa: N801 -- the name is Mercurial's
    """A subrepository of git."""


class svnsubrepo(abstractsubrepo):  # noqa: N801 -- the name is Mercurial's
    """A subrepository of Subversion."""


types = {b"hg": hgsubrepo, b"svn": svnsubrepo, b"git": gitsubrepo}


def subrepo(
    ctx: Any, path: bytes, allowwdir: bool = False, allowcreate: bool = True
) -> Any:
    """Return a subrepository.

    Raises:
        error.Abort: Its kind is unknown.
    """
    kind = ctx.substate[path][2]
    if kind not in types:
        raise error.Abort(b"unknown subrepo type %s" % kind)
    return types[kind](ctx, path)
