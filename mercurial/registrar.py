"""Decorators by which extensions register what they add.

Public: `command`, `configitem`, `revsetpredicate`, `filesetpredicate`, `templatekeyword`,
`templatefilter`, `templatefunc`, `internalmerge`.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

from mercurial import configitems, error

Option = Sequence[Any]
Function = Callable[..., Any]


def configitem(configtable: dict[bytes, Any]) -> Function:
    """Return the function that registers configuration items in `configtable`."""
    return configitems.getitemregister(configtable)


configitem.dynamicdefault = configitems.dynamicdefault  # type: ignore[attr-defined]


class _funcregistrarbase:  # noqa: N801 -- the name is Mercurial's
    """Decorator factory that puts functions into a table.

    Args:
        table: The table; maps names to functions.
    """

    _docformat = "%s: %s"

    def __init__(self, table: dict[bytes, Any] | None = None):
        self._table = {} if table is None else table

    def __call__(
        self, decl: bytes, *args: Any, **kwargs: Any
    ) -> Callable[[Function], Function]:
        """Return the decorator that registers a function under `decl`."""

        def register(func: Function) -> Function:
            return self._doregister(func, decl, *args, **kwargs)

        return register

    def _doregister(
        self, func: Function, decl: bytes, *args: Any, **kwargs: Any
    ) -> Function:
        name = self._getname(decl)
        if name in self._table:
            raise error.ProgrammingError(
                b'duplicate registration for name: "%s"' % name
            )
        if func.__doc__ and not hasattr(func, "_origdoc"):
            func._origdoc = func.__doc__.strip()  # type: ignore[attr-defined]
            func.__doc__ = self._formatdoc(decl.decode("latin-1"), func._origdoc)  # type: ignore[attr-defined]
        self._table[name] = func
        self._extrasetup(name, func, *args, **kwargs)
        return func

    def _merge(self, registrarbase: _funcregistrarbase) -> None:
        """Take over the entries of another registrar."""
        for name, func in registrarbase._table.items():
            if name in self._table:
                raise error.ProgrammingError(
                    b'duplicate registration for name: "%s"' % name
                )
            self._table[name] = func

    def _parsefuncdecl(self, decl: bytes) -> bytes:
        return decl.partition(b"(")[0]

    def _getname(self, decl: bytes) -> bytes:
        return decl

    def _formatdoc(self, decl: str, doc: str) -> str:
        return self._docformat % (decl, doc)

    def _extrasetup(self, name: bytes, func: Function, **kwargs: Any) -> None:
        """Keep further facts with the function."""


class command(_funcregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory that puts functions into a command table.

    Args:
        table: The extension's `cmdtable`; maps `b"name|alias"` to
            `(function, options, synopsis)`.
    """

    CATEGORY_REPO_CREATION = b"repo"
    CATEGORY_REMOTE_REPO_MANAGEMENT = b"remote"
    CATEGORY_COMMITTING = b"commit"
    CATEGORY_CHANGE_MANAGEMENT = b"management"
    CATEGORY_CHANGE_ORGANIZATION = b"organization"
    CATEGORY_FILE_CONTENTS = b"files"
    CATEGORY_CHANGE_NAVIGATION = b"navigation"
    CATEGORY_WORKING_DIRECTORY = b"wdir"
    CATEGORY_IMPORT_EXPORT = b"import"
    CATEGORY_MAINTENANCE = b"maintenance"
    CATEGORY_HELP = b"help"
    CATEGORY_MISC = b"misc"
    CATEGORY_NONE = b"none"

    def _doregister(
        self,
        func: Function,
        decl: bytes,
        options: Sequence[Option] = (),
        synopsis: bytes | None = None,
        norepo: bool = False,
        optionalrepo: bool = False,
        inferrepo: bool = False,
        intents: Any = None,
        helpcategory: bytes | None = None,
        helpbasic: bool = False,
        *_more: Any,
        **_options: Any,
    ) -> Function:
        func.norepo = norepo  # type: ignore[attr-defined]
        func.optionalrepo = optionalrepo  # type: ignore[attr-defined]
        func.inferrepo = inferrepo  # type: ignore[attr-defined]
        func.intents = intents or set()  # type: ignore[attr-defined]
        func.helpcategory = helpcategory  # type: ignore[attr-defined]
        func.helpbasic = helpbasic  # type: ignore[attr-defined]
        entry: tuple[Any, ...] = (func, list(options))
        self._table[decl] = entry if not synopsis else (*entry, synopsis)
        return func

    def rename(self, old: bytes, new: bytes) -> None:
        """Register a command under another decl."""
        self._table[new] = self._table.pop(old)


INTENT_READONLY = b"readonly"


class revsetpredicate(_funcregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory for predicates of revsets.

    Functions get `(repo, subset, x)`, with `takeorder` also `order`.
    """

    _docformat = "``%s``\n    %s"

    def _getname(self, decl: bytes) -> bytes:
        return self._parsefuncdecl(decl)

    def _extrasetup(
        self,
        name: bytes,
        func: Function,
        safe: bool = False,
        takeorder: bool = False,
        weight: int = 1,
        **_options: Any,
    ) -> None:
        func._safe = safe  # type: ignore[attr-defined]
        func._takeorder = takeorder  # type: ignore[attr-defined]
        func._weight = weight  # type: ignore[attr-defined]


class filesetpredicate(_funcregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory for predicates of filesets; functions get `(mctx, x)`."""

    _docformat = "``%s``\n    %s"

    def _getname(self, decl: bytes) -> bytes:
        return self._parsefuncdecl(decl)

    def _extrasetup(
        self,
        name: bytes,
        func: Function,
        callstatus: bool = False,
        weight: int = 1,
        **_options: Any,
    ) -> None:
        func._callstatus = callstatus  # type: ignore[attr-defined]
        func._weight = weight  # type: ignore[attr-defined]


class _templateregistrarbase(_funcregistrarbase):  # noqa: N801 -- the name is Mercurial's
    _docformat = ":%s: %s"


class templatekeyword(_templateregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory for template keywords; functions get `(context, mapping)`."""

    def _extrasetup(
        self, name: bytes, func: Function, requires: Any = (), **_options: Any
    ) -> None:
        func._requires = requires  # type: ignore[attr-defined]


class templatefilter(_templateregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory for template filters; functions get the value."""

    def _extrasetup(
        self, name: bytes, func: Function, intype: Any = None, **_options: Any
    ) -> None:
        func._intype = intype  # type: ignore[attr-defined]


class templatefunc(_templateregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory for template functions; functions get `(context, mapping, args)`."""

    def _getname(self, decl: bytes) -> bytes:
        return self._parsefuncdecl(decl)

    def _extrasetup(
        self,
        name: bytes,
        func: Function,
        argspec: Any = None,
        requires: Any = (),
        **_o: Any,
    ) -> None:
        func._argspec = argspec  # type: ignore[attr-defined]
        func._requires = requires  # type: ignore[attr-defined]


class internalmerge(_funcregistrarbase):  # noqa: N801 -- the name is Mercurial's
    """Decorator factory for internal merge tools."""

    _docformat = "``:%s``\n    %s"
    nomerge = b"nomerge"
    mergeonly = b"mergeonly"
    fullmerge = b"fullmerge"

    def _extrasetup(
        self,
        name: bytes,
        func: Function,
        mergetype: bytes = b"",
        onfailure: Any = None,
        precheck: Any = None,
        binary: bool = False,
        symlink: bool = False,
        **_options: Any,
    ) -> None:
        func.mergetype = mergetype  # type: ignore[attr-defined]
        func.onfailure = onfailure  # type: ignore[attr-defined]
        func.precheck = precheck  # type: ignore[attr-defined]
