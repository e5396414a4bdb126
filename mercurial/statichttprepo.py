"""Repositories that are plain files of a web server: native code does not read them yet.

Public: `instance`.
"""

from __future__ import annotations

from typing import Any, NoReturn

from mercurial import error


def instance(ui: Any, path: bytes, *_args: Any, **_options: Any) -> NoReturn:
    """Refuse: they cannot be read."""
    raise error.Abort(b"repositories behind static-http are not available")
