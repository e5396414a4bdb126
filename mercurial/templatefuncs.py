"""Functions of templates; extensions may add to `funcs`.

Public: `funcs`, `templatefunc`.
"""

from __future__ import annotations

from typing import Any

from mercurial import registrar

funcs: dict[bytes, Any] = {}
templatefunc = registrar.templatefunc(funcs)


def loadfunction(ui: Any, extname: bytes, registrarobj: Any) -> None:
    """Take over the functions of an extension."""
    funcs.update(registrarobj._table)
