"""Keywords of templates; extensions may add to `keywords`.

Public: `keywords`, `templatekeyword`.
"""

from __future__ import annotations

from typing import Any

from mercurial import registrar
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
