"""Which functions native code goes through: the places that a wrapper reaches.

Public: `unreached`.
"""

from __future__ import annotations

import inspect
from typing import Any

# Modules whose functions are reached whenever Python code calls them, and that native commands
# do not
# need: wrapping them works as far as callers are Python.
_REACHED = {
    "mercurial.bundle2",
    "mercurial.changelog:add",
    "mercurial.cmdutil:findcmd",
    "mercurial.dispatch",
    "mercurial.exchange:pull",
    "mercurial.exchange:push",
    "mercurial.exchange:readbundle",
    "mercurial.extensions",
    "mercurial.help",
    "mercurial.hg",
    "mercurial.hook",
    "mercurial.localrepo",
    "mercurial.registrar",
    "mercurial.ui",
    "mercurial.url",
    "mercurial.wireprotov1server",
    "mercurial.obsolete",
    "mercurial.revset",
    "mercurial.templatekw",
    "mercurial.hgweb",
}


def unreached(container: Any, name: str) -> str | None:
    """Return what is patched in vain, or `None` when wrapping it has an effect.

    Args:
        container: The module, class or object.
        name: The function in it.
    """
    if inspect.ismodule(container):
        module, where = container.__name__, f"{container.__name__}.{name}"
    elif inspect.isclass(container):
        module, where = (
            container.__module__,
            f"{container.__module__}.{container.__name__}.{name}",
        )
    else:
        return None
    if not module.startswith("mercurial.") or module in _REACHED:
        return None
    if f"{module}:{name}" in _REACHED:
        return None
    return where
