"""Reading what a running transaction is about to make final, inside of hooks.

Public: `mayhavepending`, `trypending`.
"""

from __future__ import annotations

from typing import Any

from mercurial import encoding


def mayhavepending(root: bytes) -> bool:
    """Return whether the transaction that a hook runs in is one of this repository."""
    return encoding.environ.get(b"HG_PENDING") == root


def trypending(
    root: bytes, vfs: Any, filename: bytes, **kwargs: Any
) -> tuple[Any, bool]:
    """Open a file as the transaction is about to leave it; say whether it does."""
    if mayhavepending(root):
        try:
            return vfs(filename + b".pending", **kwargs), True
        except FileNotFoundError:
            pass
    return vfs(filename, **kwargs), False
