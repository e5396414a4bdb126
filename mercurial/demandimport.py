"""Modules that are imported when they are used.

Once enabled, an imported module runs when something in it is touched.  Only Python sources are put
off;
what is in `IGNORES` (a module, or a package with all in it) is imported at once.

Public: `enable`, `disable`, `deactivated`, `isenabled`, `IGNORES`.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from typing import Any, Iterator, Sequence

# Modules that look at who imports them, or that must fail when they are imported.
IGNORES: set[str] = {
    "__future__",
    "_hashlib",
    "_ssl",
    "builtins",
    "importlib",
    "typing",
}
ignores = IGNORES
_state = {"deactivated": 0}


class _Finder(importlib.abc.MetaPathFinder):
    """Finds sources as ever, and has them run late."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> Any:
        if _state["deactivated"] or _ignored(fullname):
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if (
            spec is not None
            and type(spec.loader) is importlib.machinery.SourceFileLoader
        ):
            spec.loader = importlib.util.LazyLoader(spec.loader)
            return spec
        return None


_finder = _Finder()


def _ignored(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[:end]) in IGNORES for end in range(1, len(parts) + 1))


def isenabled() -> bool:
    """Return whether imports are put off."""
    return _finder in sys.meta_path and not _state["deactivated"]


def enable() -> None:
    """Put imports off from now on."""
    if _finder not in sys.meta_path:
        # `LazyLoader` imports it when it puts the first module off: it must be there by then.
        importlib.import_module("threading")
        # After finders for modules that are no files, before the one for those that are.
        at = len(sys.meta_path)
        if importlib.machinery.PathFinder in sys.meta_path:
            at = sys.meta_path.index(importlib.machinery.PathFinder)
        sys.meta_path.insert(at, _finder)


def disable() -> None:
    """Import at once."""
    if _finder in sys.meta_path:
        sys.meta_path.remove(_finder)


@contextlib.contextmanager
def deactivated() -> Iterator[None]:
    """Import at once for a while."""
    _state["deactivated"] += 1
    try:
        yield
    finally:
        _state["deactivated"] -= 1


def tracing(*_args: Any, **_kwargs: Any) -> Any:
    """Do nothing: nobody traces imports."""
    return contextlib.nullcontext()
