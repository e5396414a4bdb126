"""Modules that are imported when they are used.

Public: `enable`, `disable`, `deactivated`, `isenabled`, `IGNORES`.
"""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

IGNORES: set[str] = set()
ignores = IGNORES
_state = {"enabled": False}


def isenabled() -> bool:
    """Return whether imports are put off."""
    return _state["enabled"]


def enable() -> None:
    """Put imports off: our own modules import late where it counts, so nothing more is done."""
    _state["enabled"] = True


def disable() -> None:
    """Import at once."""
    _state["enabled"] = False


@contextlib.contextmanager
def deactivated() -> Iterator[None]:
    """Import at once for a while."""
    before = _state["enabled"]
    disable()
    try:
        yield
    finally:
        _state["enabled"] = before


def tracing(*_args: Any, **_kwargs: Any) -> Any:
    """Do nothing: nobody traces imports."""
    return contextlib.nullcontext()
