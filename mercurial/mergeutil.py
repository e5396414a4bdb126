"""Checks about merges.

Public: `checkunresolved`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error
from mercurial.i18n import _


def checkunresolved(ms: Any) -> None:
    """Refuse files that are not resolved.

    Raises:
        error.StateError: There are some.
    """
    if ms.unresolvedcount():
        raise error.StateError(_(b"unresolved merge conflicts (see 'hg help resolve')"))
