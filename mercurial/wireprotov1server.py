"""Commands that a server answers: native code serves them.

Public: `commands`, `wireprotocommand`.
"""

from __future__ import annotations

from typing import Any, Callable

commands: dict[bytes, Any] = {}


def wireprotocommand(
    name: bytes, args: bytes = b"", permission: bytes = b"push"
) -> Any:
    """Return the decorator of a command of the wire protocol; native servers do not call it."""

    def register(func: Callable[..., Any]) -> Callable[..., Any]:
        commands[name] = (func, args)
        return func

    return register
