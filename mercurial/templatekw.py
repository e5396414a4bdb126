"""Keywords of templates; extensions may add to `keywords`.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import registrar, rustext
from mercurial.templateutil import compatdict, compatlist  # noqa: F401 -- part of the API

keywords: dict[bytes, Any] = {}
templatekeyword = registrar.templatekeyword(keywords)
defaulttempl: dict[bytes, bytes] = {}


def loadkeyword(ui: Any, extname: bytes, registrarobj: Any) -> None:
    """Take over the keywords of an extension."""
    keywords.update(registrarobj._table)


def showlist(
    name: bytes, values: Any, mapping: Any, *_args: Any, **_options: Any
) -> Any:
    """Return a list."""
    return compatlist(None, mapping, name, values)


def getlogcolumns() -> dict[bytes, bytes]:
    """Return the headings of `hg log`."""
    columns = (
        b"bookmark branch changeset copies date extra files files+ files- instability manifest "
        b"obsolete parent phase summary tag user"
    ).split()
    return {name: (name + b":").ljust(13) + b"%s\n" for name in columns}


def getgraphnodecurrent(repo: Any, ctx: Any, cache: Any) -> bytes:
    """Return what a graph shows for parents of the working directory, nothing for others."""
    if ctx.node() in repo.dirstate.parents():
        return b"@"
    merge = rustext.merge_state(repo._handle)
    unresolved = merge is not None and any(
        state in (b"u", b"pu") for _, state in merge[2]
    )
    return b"%" if merge is not None and unresolved and ctx.node() == merge[1] else b""


def getgraphnodesymbol(ctx: Any) -> bytes:
    """Return what a graph shows for a changeset by what it is."""
    if ctx.obsolete():
        return b"x"
    if ctx.isunstable():
        return b"*"
    return b"_" if ctx.closesbranch() else b"o"


def getgraphnode(repo: Any, ctx: Any, cache: Any) -> bytes:
    """Return what a graph shows for a changeset."""
    return getgraphnodecurrent(repo, ctx, cache) or getgraphnodesymbol(ctx)
