"""Commands of the web interface that extensions add; they are not served yet.

Public: `commands`, `webcommand`.
"""

from __future__ import annotations

from typing import Any

commands: dict[bytes, Any] = {}


def webcommand(name: bytes) -> Any:
    """Return the decorator of a command."""

    def register(func: Any) -> Any:
        commands[name] = func
        return func

    return register
