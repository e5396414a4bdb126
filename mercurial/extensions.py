"""Extensions: finding, loading and asking what they add.

Public: `extensions`, `find`, `load`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import sys
from types import ModuleType
from typing import Any, Iterator

_loaded: dict[bytes, ModuleType] = {}
_new: list[bytes] = []


def extensions() -> Iterator[tuple[bytes, ModuleType]]:
    """Yield name and module of every loaded extension, in loading order."""
    yield from _loaded.items()


def find(name: bytes) -> ModuleType:
    """Return the module of a loaded extension.

    Raises:
        KeyError: It is not loaded.
    """
    return _loaded[name]


def _import_file(name: bytes, path: str) -> ModuleType:
    if os.path.isdir(path):
        path = os.path.join(path, "__init__.py")
    module_name = "hgext_" + name.decode("latin-1").replace(".", "_")
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    return module


def _import_named(name: bytes) -> ModuleType:
    plain = name.decode("latin-1")
    problems = []
    for candidate in (f"hgext.{plain}", f"hgext3rd.{plain}", plain):
        try:
            return importlib.import_module(candidate)
        except ModuleNotFoundError as problem:
            problems.append(problem)
    raise problems[-1]


def load(ui: Any, name: bytes, path: bytes) -> ModuleType | None:
    """Load one extension and run its set-up; say so when it cannot be loaded.

    Args:
        ui: The user, told about failures.
        name: The name in `[extensions]`.
        path: The file or directory, or empty to import by name.
    """
    if name in _loaded:
        return _loaded[name]
    try:
        if path:
            expanded = os.path.expandvars(os.path.expanduser(os.fsdecode(path)))
            module = _import_file(name, expanded)
        else:
            module = _import_named(name)
        _loaded[name] = module
        for hook in ("uisetup", "extsetup"):
            function = getattr(module, hook, None)
            if function is not None:
                function(ui)
    except Exception as problem:
        _loaded.pop(name, None)
        where = b" from " + path if path else b""
        reason = str(problem).encode("utf-8", "replace")
        ui.warn(
            b'*** failed to import extension "%s"%s: %s\n' % (name, where, reason)
        )
        return None
    _new.append(name)
    return module


def command_entries() -> list[tuple[Any, ...]]:
    """Return what the newly loaded extensions' command tables hold, for Rust."""
    entries = []
    for name in _new:
        for names, entry in getattr(_loaded[name], "cmdtable", {}).items():
            function, options = entry[0], entry[1]
            synopsis = entry[2] if len(entry) > 2 and entry[2] else b""
            own = names.lstrip(b"^").split(b"|")[0]
            prefix = b"hg " + own
            if synopsis.startswith(prefix):
                synopsis = synopsis[len(prefix) :].strip()
            doc = inspect.getdoc(function) or "(no help text available)"
            needs = tuple(
                bool(getattr(function, need, False))
                for need in ("norepo", "optionalrepo", "inferrepo")
            )
            entries.append(
                (
                    names,
                    function,
                    [tuple(option) for option in options],
                    synopsis,
                    doc.encode("utf-8"),
                    name,
                    needs,
                )
            )
    _new.clear()
    return entries


def setup_repo(ui: Any, repo: Any) -> Any:
    """Let every extension's `reposetup` at a repository; return the repository."""
    for module in _loaded.values():
        function = getattr(module, "reposetup", None)
        if function is not None:
            function(ui, repo)
    return repo
