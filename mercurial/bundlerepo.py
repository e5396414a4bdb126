"""Bundle files as repositories: native commands read them (`-R FILE`), extensions cannot yet.

Public: `bundlerepository`, `instance`.
"""

from __future__ import annotations

from typing import Any, NoReturn

from mercurial import error


class bundlerepository:  # noqa: N801 -- the name is Mercurial's
    """Stands for repositories that lie on top of a bundle."""

    def __init__(self, *_args: Any, **_options: Any):
        raise error.Abort(b"bundles cannot be opened as repositories by extensions yet")


def instance(ui: Any, path: bytes, *_args: Any, **_options: Any) -> NoReturn:
    """Refuse: they cannot be opened."""
    raise error.Abort(b"bundles cannot be opened as repositories by extensions yet")
