"""Serving repositories: native code does it.

Public: `sshserver`, which says so when it is used.
"""

from __future__ import annotations

from typing import Any

from mercurial import error


class sshserver:  # noqa: N801 -- the name is Mercurial's
    """Stands for the native server."""

    def __init__(self, *_args: Any, **_options: Any):
        raise error.Abort(b"servers are native; use 'hg serve --stdio'")
