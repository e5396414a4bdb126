"""What extensions have put into the tables, in the form that native code takes.

Public: `commands`, `global_options`, `plugins`.
"""

from __future__ import annotations

from typing import Any

from mercurial import extensions, pycompat


def _doc(function: Any) -> str | None:
    import inspect  # late: it takes long to import

    doc = inspect.getdoc(function)
    # The first line is the summary, even an empty one.
    return "\n" + doc if doc and (function.__doc__ or "").startswith("\n") else doc


def _entry(
    names: bytes, entry: Any, extension: bytes, replaces: bytes | None
) -> tuple[Any, ...]:
    function, options = entry[0], entry[1]
    synopsis = entry[2] if len(entry) > 2 and entry[2] else b""
    own = names.lstrip(b"^").split(b"|")[0]
    prefix = b"hg " + own
    if synopsis.startswith(prefix):
        synopsis = synopsis[len(prefix) :].strip()
    doc = _doc(function) or "(no help text available)"
    needs = tuple(
        bool(getattr(function, need, False))
        for need in ("norepo", "optionalrepo", "inferrepo")
    )
    return (
        names,
        function,
        [tuple(option) for option in options],
        synopsis,
        doc.encode("utf-8"),
        extension,
        needs,
        getattr(function, "helpcategory", None) or b"",
        replaces,
    )


def commands(ui: Any) -> list[tuple[Any, ...]]:
    """Return the commands that extensions added or replaced."""
    from mercurial import commands as commandsmod  # late: it comes after us

    table = commandsmod.table
    entries = []
    for name, module in extensions.extensions():
        cmdtable = getattr(module, "cmdtable", None) or {}
        overrides = [cmd for cmd in cmdtable if cmd in table and table.is_builtin(cmd)]
        if overrides:
            ui.warn(
                b"extension '%s' overrides commands: %s\n"
                % (name, b" ".join(sorted(overrides)))
            )
        table.update(cmdtable)
        table.origins.update(dict.fromkeys(cmdtable, name))
    for names, entry in table.changed():
        replaces = table.builtin_name(names)
        if replaces is not None and names in table.origins:
            replaces = None
        extension = table.origins.get(names, b"")
        entries.append(_entry(names, entry, extension, replaces))
    return entries


def replaced(name: bytes, entry: Any) -> tuple[Any, ...]:
    """Return the entry of a built-in command that Python does."""
    return _entry(name, entry, b"", name)


def global_options() -> list[Any]:
    """Return the options that extensions added to every command."""
    from mercurial import commands as commandsmod  # late: it comes after us

    return [tuple(option) for option in commandsmod.globalopts.added()]


class _Plugins:
    """What extensions add to the query languages."""

    def __init__(self, host: Any, found: dict[str, dict[bytes, Any]]):
        self._host = host
        self._found = found

    def names(self, kind: str) -> list[bytes]:
        """Return the names of a kind."""
        return list(self._found[kind])

    def _repo(self, handle: Any) -> Any:
        return self._host.repo(self._host._ui, handle)

    def revset(
        self,
        repo_handle: Any,
        name: bytes,
        subset: tuple[Any, int],
        tree: Any,
        order: str,
    ) -> list[int]:
        """Evaluate a predicate."""
        from mercurial import smartset  # late: few runs need them

        repo = self._repo(repo_handle)
        function = self._found["revset"][name]
        revs, _length = subset
        known = (
            smartset.baseset(revs) if revs is not None else smartset.fullreposet(repo)
        )
        args: tuple[Any, ...] = (repo, known, tree)
        if getattr(function, "_takeorder", False):
            args += (order.encode(),)
        found = function(*args)
        return [int(rev) for rev in found]

    def fileset(self, repo_handle: Any, rev: int | None, name: bytes, tree: Any) -> Any:
        """Return the test that a predicate makes."""
        from mercurial import fileset  # late: few runs need it

        repo = self._repo(repo_handle)
        function = self._found["fileset"][name]
        return function(fileset.matchctx(repo, rev, function), tree)

    def template(
        self, kind: str, name: bytes, place: tuple[Any, Any, Any], args: list[Any]
    ) -> Any:
        """Evaluate a keyword, function or filter."""
        from mercurial import templater  # late: few runs need it

        handle, rev, path = place
        repo = self._repo(handle) if handle is not None else None
        function = self._found[kind][name]
        return templater.call_plugin(
            kind, function, (self._host._ui, repo, rev, path), args
        )


def plugins(host: Any) -> Any:
    """Return the object that native code asks, or `None` when nothing is added to the languages."""
    found: dict[str, dict[bytes, Any]] = {
        "revset": {},
        "fileset": {},
        "keyword": {},
        "function": {},
        "filter": {},
    }
    attributes = {
        "revsetpredicate": "revset",
        "filesetpredicate": "fileset",
        "templatekeyword": "keyword",
        "templatefunc": "function",
        "templatefilter": "filter",
    }
    for _name, module in extensions.extensions():
        for attribute, kind in attributes.items():
            registrar = getattr(module, attribute, None)
            table = getattr(registrar, "_table", None)
            if table:
                found[kind].update(table)
    found["revset"].update(_patched("mercurial.revset", "symbols"))
    found["fileset"].update(_patched("mercurial.fileset", "symbols"))
    found["keyword"].update(_patched("mercurial.templatekw", "keywords"))
    found["filter"].update(_patched("mercurial.templatefilters", "filters"))
    found["function"].update(_patched("mercurial.templatefuncs", "funcs"))
    return _Plugins(host, found) if any(found.values()) else None


def _patched(module: str, attribute: str) -> dict[bytes, Any]:
    """Return what extensions put into a table by hand."""
    import sys  # late: used only here

    loaded = sys.modules.get(module)
    table = getattr(loaded, attribute, None)
    return {pycompat.bytestr(name): value for name, value in (table or {}).items()}
