"""Checking a repository.

Public: `verify`.
"""

from __future__ import annotations

from typing import Any

from mercurial import hg


def verify(repo: Any, level: Any = None) -> Any:
    """Check a repository; return nothing when it is whole."""
    return hg.verify(repo, level)
