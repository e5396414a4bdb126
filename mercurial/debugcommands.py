"""The commands that look inside: `debugindex` is the function of `hg debugindex`.

Public: the functions, by the names of the commands.
"""

from __future__ import annotations

from typing import Any

from mercurial import commands, nativeonly

_missing = nativeonly.getter(__name__)


def __getattr__(name: str) -> Any:
    """Return the function of a command."""
    if name.startswith("debug"):
        found = getattr(commands, name, None)
        if found is not None:
            return found
    return _missing(name)
