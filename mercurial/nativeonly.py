"""Modules whose work native code does: what extensions look for there is told to be missing.

Public: `getter`.
"""

from __future__ import annotations

from typing import Any, Callable


def getter(module: str) -> Callable[[str], Any]:
    """Return the `__getattr__` of a module that says what cannot be had from it."""

    def __getattr__(name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        raise AttributeError(
            f"{module}.{name} is not available to extensions: native code does its work"
        )

    return __getattr__
