"""The Python door: the Rust dispatcher with extensions in Python.

Public: `run`, `dispatch`, `request`.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Sequence

from mercurial import extensions, localrepo, rustext
from mercurial import ui as uimod


class Host:
    """What the Rust dispatcher asks of Python (see `hg_commands::host`)."""

    def load(
        self, handle: Any, sources: Sequence[tuple[bytes, bytes]]
    ) -> list[tuple[Any, ...]]:
        """Load extensions and return the commands they add."""
        ui = uimod.ui(handle)
        for name, path in sources:
            extensions.load(ui, name, path)
        return extensions.command_entries()

    def run(
        self,
        function: Callable[..., int | None],
        ui_handle: Any,
        repo_handle: Any,
        args: tuple[bytes, ...],
        opts: dict[str, Any],
    ) -> int | None:
        """Run a command that an extension added."""
        ui = uimod.ui(ui_handle)
        if repo_handle is None:
            return function(ui, *args, **opts)
        repo = extensions.setup_repo(ui, localrepo.localrepository(ui, repo_handle))
        try:
            if getattr(function, "norepo", False):
                return function(ui, *args, **opts)
            return function(ui, repo, *args, **opts)
        finally:
            repo.close()


class request:  # noqa: N801 -- the name is Mercurial's
    """A command line to run.

    Args:
        args: The arguments after the program's name.
    """

    def __init__(self, args: Sequence[bytes]):
        self.args = list(args)


def dispatch(req: request) -> int:
    """Run a request and return its exit code."""
    return rustext.run(req.args, Host())


def run() -> None:
    """Run the process's command line and exit."""
    args = [os.fsencode(arg) for arg in sys.argv[1:]]
    code = dispatch(request(args))
    sys.stdout.flush()
    # Nothing is left to clean up; interpreters are slow to go.
    os._exit(code & 255)
