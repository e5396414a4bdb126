"""Every built-in command as a function: `commands.commit(ui, repo, b"file", message=b"x")`.

Public: `table`, `globalopts`, and a function for each command. A function is made when it is asked
for; it runs native code in this process.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator

from mercurial import registrar, rustext

_CATEGORIES = {
    b"Repository creation": b"repo",
    b"Remote repository management": b"remote",
    b"Change creation": b"commit",
    b"Change manipulation": b"management",
    b"Change organization": b"organization",
    b"File content management": b"files",
    b"Change navigation": b"navigation",
    b"Working directory management": b"wdir",
    b"Change import/export": b"import",
    b"Repository maintenance": b"maintenance",
    b"Help": b"help",
    b"Miscellaneous commands": b"misc",
}


# Arguments that callers may name, in order; whatever is an option too is one.
_NAMED: dict[bytes, tuple[str, ...]] = {
    b"archive": ("dest",),
    b"backout": ("node",),
    b"branch": ("label",),
    b"bundle": ("fname", "dest"),
    b"cat": ("file1",),
    b"clone": ("source", "dest"),
    b"grep": ("pattern",),
    b"help": ("name",),
    b"identify": ("source",),
    b"import": ("patch1",),
    b"incoming": ("source",),
    b"init": ("dest",),
    b"manifest": ("node",),
    b"merge": ("node",),
    b"outgoing": ("dest",),
    b"parents": ("file_",),
    b"paths": ("search",),
    b"pull": ("source",),
    b"push": ("dest",),
    b"tag": ("name1",),
    b"unbundle": ("fname1",),
    b"update": ("node",),
}


def _take_named(name: bytes, words: list[Any], opts: dict[str, Any]) -> None:
    """Put arguments that were given by name into their places."""
    for place, key in enumerate(_NAMED.get(name, ())):
        if key in opts:
            words.insert(place, opts.pop(key))


def _handle_of(repo: Any) -> Any:
    return None if repo is None else repo._handle


def _as_word(argument: Any) -> Any:
    """Return an argument as a command line has it: repositories by their places."""
    if isinstance(argument, bytes) or not hasattr(argument, "url"):
        return argument
    return getattr(argument, "root", None) or argument.url()


def _nothing() -> None:
    pass


def _defaults(options: Any) -> dict[str, Any]:
    return {
        option[1].decode("latin-1").replace("-", "_"): option[2]
        for option in options
        if option[2] not in (None, b"", [], False)
    }


def make_function(name: bytes, described: tuple[Any, ...]) -> Callable[..., Any]:
    """Return the function that runs a built-in command."""
    _names, options, _synopsis, doc, needs, category, _extension = described
    norepo, optionalrepo, inferrepo = needs
    defaults = _defaults(options)

    def run(ui: Any, *pats: Any, **opts: Any) -> Any:
        pats_list = list(pats)
        repo = None
        if not norepo and pats_list and not isinstance(pats_list[0], bytes):
            repo = pats_list.pop(0)
        elif not norepo and "repo" in opts:
            repo = opts.pop("repo")
        ui._sync()
        _take_named(name, pats_list, opts)
        given = {**defaults, **opts}
        if name == b"commit":
            from mercurial import rerouted  # late: it uses us

            if rerouted.applies(name, repo, given):
                return rerouted.commit(ui, repo, *pats_list, **given)
        if repo is not None:
            getattr(repo, "_sync", _nothing)()
        words = [_as_word(word) for word in pats_list if word is not None]
        return (
            rustext.run_command(ui._handle, _handle_of(repo), name, words, given)
            or None
        )

    run.__name__ = run.__qualname__ = name.decode("latin-1").replace("-", "_")
    run.__doc__ = doc.decode("utf-8")
    run.__module__ = "mercurial.commands"
    run.norepo = norepo  # type: ignore[attr-defined]
    run.optionalrepo = optionalrepo  # type: ignore[attr-defined]
    run.inferrepo = inferrepo  # type: ignore[attr-defined]
    run.intents = set()  # type: ignore[attr-defined]
    run.helpcategory = _CATEGORIES.get(category)  # type: ignore[attr-defined]
    run.helpbasic = False  # type: ignore[attr-defined]
    run._native = True  # type: ignore[attr-defined]
    return run


class _Table(dict):  # type: ignore[type-arg]
    """The command table; entries of built-in commands are made when they are asked for.

    Args:
        extension: The bundled extension whose commands it has; empty for the ones always there.
    """

    def __init__(self, extension: bytes = b""):
        super().__init__()
        self._builtin = {
            names: names
            for names, owner in rustext.command_names()
            if owner == extension
        }
        self._original: dict[bytes, Any] = {}
        self.origins: dict[bytes, bytes] = {}
        for names in self._builtin:
            super().__setitem__(names, None)

    def __missing__(self, key: bytes) -> Any:
        raise KeyError(key)

    def _made(self, key: bytes) -> Any:
        entry = super().__getitem__(key)
        if entry is None:
            described = rustext.describe_command(key.split(b"|")[0])
            function = make_function(key.split(b"|")[0], described)
            entry = (function, list(described[1]), described[2])
            self._original[key] = (entry, len(entry[1]))
            super().__setitem__(key, entry)
        return entry

    def __getitem__(self, key: bytes) -> Any:
        return self._made(key)

    def get(self, key: bytes, default: Any = None) -> Any:
        return self._made(key) if key in self else default

    def items(self) -> Any:
        return [(key, self._made(key)) for key in list(self)]

    def values(self) -> Any:
        return [self._made(key) for key in list(self)]

    def pop(self, key: bytes, *default: Any) -> Any:
        if key in self:
            self._made(key)
        return super().pop(key, *default)

    def is_builtin(self, key: bytes) -> bool:
        """Return whether a key is one of ours."""
        return key in self._builtin

    def builtin_name(self, key: bytes) -> bytes | None:
        """Return the name of the built-in command of a key."""
        name = key.lstrip(b"^").split(b"|")[0]
        for names in self._builtin:
            if names.split(b"|")[0] == name:
                return name
        return None

    def changed(self) -> Iterator[tuple[bytes, Any]]:
        """Yield the entries that are not as they were made."""
        for key in list(self):
            entry = super().__getitem__(key)
            if entry is None:
                continue
            original = self._original.get(key)
            if original is None or original[0] != entry or original[1] != len(entry[1]):
                yield key, entry


class _GlobalOptions(list):  # type: ignore[type-arg]
    """The global options; extensions may add to them."""

    def __init__(self) -> None:
        super().__init__(rustext.global_options())
        self._known = len(self)

    def added(self) -> list[Any]:
        """Return what was added."""
        return self[self._known :]


table = _Table()
globalopts = _GlobalOptions()
command = registrar.command(table)

dryrunopts = [(b"n", b"dry-run", None, b"do not perform actions, just print output")]
confirmopts = [(b"", b"confirm", None, b"ask before applying actions")]
remoteopts = [
    (b"e", b"ssh", b"", b"specify ssh command to use", b"CMD"),
    (b"", b"remotecmd", b"", b"specify hg command to run on the remote side", b"CMD"),
    (
        b"",
        b"insecure",
        None,
        b"do not verify server certificate (ignoring web.cacerts config)",
    ),
]
walkopts: list[Any] = [
    (b"I", b"include", [], b"include names matching the given patterns", b"PATTERN"),
    (b"X", b"exclude", [], b"exclude names matching the given patterns", b"PATTERN"),
]
commitopts = [
    (b"m", b"message", b"", b"use text as commit message", b"TEXT"),
    (b"l", b"logfile", b"", b"read commit message from file", b"FILE"),
]
commitopts2 = [
    (b"d", b"date", b"", b"record the specified date as commit date", b"DATE"),
    (b"u", b"user", b"", b"record the specified user as committer", b"USER"),
]
commitopts3 = [
    (b"D", b"currentdate", None, b"record the current date as commit date"),
    (b"U", b"currentuser", None, b"record the current user as committer"),
]
formatteropts = [(b"T", b"template", b"", b"display with template", b"TEMPLATE")]
templateopts = [
    (b"", b"style", b"", b"display using template map file (DEPRECATED)", b"STYLE"),
    (b"T", b"template", b"", b"display with template", b"TEMPLATE"),
]
logopts = [
    (b"p", b"patch", None, b"show patch"),
    (b"g", b"git", None, b"use git extended diff format"),
    (b"l", b"limit", b"", b"limit number of changes displayed", b"NUM"),
    (b"M", b"no-merges", None, b"do not show merges"),
    (b"", b"stat", None, b"output diffstat-style summary of changes"),
    (b"G", b"graph", None, b"show the revision DAG"),
    *templateopts,
]
diffopts = [
    (b"a", b"text", None, b"treat all files as text"),
    (b"g", b"git", None, b"use git extended diff format"),
    (b"", b"binary", None, b"generate binary diffs in git mode (default)"),
    (b"", b"nodates", None, b"omit dates from diff headers"),
]
diffwsopts = [
    (b"w", b"ignore-all-space", None, b"ignore white space when comparing lines"),
    (
        b"b",
        b"ignore-space-change",
        None,
        b"ignore changes in the amount of white space",
    ),
    (b"B", b"ignore-blank-lines", None, b"ignore changes whose lines are all blank"),
    (b"Z", b"ignore-space-at-eol", None, b"ignore changes in whitespace at EOL"),
]
diffopts2 = [
    (b"", b"noprefix", None, b"omit a/ and b/ prefixes from filenames"),
    (b"p", b"show-function", None, b"show which function each change is in"),
    (b"", b"reverse", None, b"produce a diff that undoes the changes"),
    *diffwsopts,
    (b"U", b"unified", b"", b"number of lines of context to show", b"NUM"),
    (b"", b"stat", None, b"output diffstat-style summary of changes"),
    (b"", b"root", b"", b"produce diffs relative to subdirectory", b"DIR"),
]
mergetoolopts = [(b"t", b"tool", b"", b"specify merge tool", b"TOOL")]
similarityopts = [
    (
        b"s",
        b"similarity",
        b"",
        b"guess renamed files by similarity (0<=s<=100)",
        b"SIMILARITY",
    )
]
subrepoopts = [(b"S", b"subrepos", None, b"recurse into subrepositories")]
debugrevlogopts = [
    (b"c", b"changelog", False, b"open changelog"),
    (b"m", b"manifest", False, b"open manifest"),
    (b"", b"dir", b"", b"open directory manifest"),
]


def __getattr__(name: str) -> Any:
    """Return the function of a command."""
    if name.startswith("__"):
        raise AttributeError(name)
    wanted = name.encode("latin-1")
    if wanted in (b"import_", b"debugrevlogindex"):
        wanted = wanted.rstrip(b"_")
    for names in table:
        own = names.lstrip(b"^").split(b"|")[0]
        if own == wanted or own.replace(b"-", b"_") == wanted:
            function = table[names][0]
            while hasattr(function, "_origfunc"):
                function = function._origfunc
            globals()[name] = function
            return globals()[name]
    raise AttributeError(f"module 'mercurial.commands' has no attribute {name!r}")
