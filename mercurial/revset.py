"""Predicates of revsets; extensions may add to `symbols`.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, registrar
from mercurial.revsetlang import (
    formatspec,  # noqa: F401 -- part of the API
    getargs,  # noqa: F401 -- part of the API
    getargsdict,  # noqa: F401 -- part of the API
    getboolean,  # noqa: F401 -- part of the API
    getinteger,  # noqa: F401 -- part of the API
    getlist,  # noqa: F401 -- part of the API
    getrange,  # noqa: F401 -- part of the API
    getstring,  # noqa: F401 -- part of the API
    getsymbol,  # noqa: F401 -- part of the API
    totext,
)  # fmt: skip

symbols: dict[bytes, Any] = {}
safesymbols: set[bytes] = set()
predicate = registrar.revsetpredicate(symbols)

# Whose order a result has.
defineorder = b"define"
followorder = b"follow"
anyorder = b"any"


def __getattr__(name: str) -> Any:
    """Return the sets, which live in `smartset`."""
    from mercurial import smartset  # late: few extensions need it

    if name in (
        "baseset",
        "abstractsmartset",
        "spanset",
        "fullreposet",
        "generatorset",
        "addset",
        "filteredset",
    ):
        return getattr(smartset, name)
    raise AttributeError(f"module 'mercurial.revset' has no attribute {name!r}")


def getset(repo: Any, subset: Any, x: Any, order: bytes = defineorder) -> Any:
    """Return the revisions of a tree that are in `subset`."""
    if not x:
        raise error.ParseError(b"missing argument")
    found = repo.revs(totext(x).replace(b"%", b"%%"))
    if order == followorder:
        return subset & found
    return found & subset


def stringset(repo: Any, subset: Any, x: bytes, order: bytes = defineorder) -> Any:
    """Return the revision of a name."""
    from mercurial import smartset  # late: few extensions need it

    rev = repo[x].rev()
    return smartset.baseset([rev] if rev in subset else [])


def match(ui: Any, spec: bytes, lookup: Any = None) -> Any:
    """Return a function from a repository to the revisions of a revset."""
    return matchany(ui, [spec], lookup)


def matchany(
    ui: Any, specs: list[bytes], lookup: Any = None, localalias: Any = None
) -> Any:
    """Return a function from a repository to the revisions of revsets."""

    def find(repo: Any, subset: Any = None) -> Any:
        found = repo.anyrevs(specs, user=lookup is not None, localalias=localalias)
        return found if subset is None else subset & found

    return find


def loadpredicate(ui: Any, extname: bytes, registrarobj: Any) -> None:
    """Take over the predicates of an extension."""
    symbols.update(registrarobj._table)


i18nfunctions = symbols.values()
