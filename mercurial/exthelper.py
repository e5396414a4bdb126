"""One object that collects what an extension registers in several modules.

Public: `exthelper`.
"""

from __future__ import annotations

from typing import Any, Callable

from mercurial import error, extensions, registrar


class exthelper:  # noqa: N801 -- the name is Mercurial's
    """Collects commands, predicates, set-up functions and wrappers of an extension."""

    def __init__(self) -> None:
        self._uipopulatecallables: list[Any] = []
        self._uicallables: list[Any] = []
        self._extcallables: list[Any] = []
        self._repocallables: list[Any] = []
        self._commandwrappers: list[Any] = []
        self._extcommandwrappers: list[Any] = []
        self._functionwrappers: list[Any] = []
        self.cmdtable: dict[bytes, Any] = {}
        self.command = registrar.command(self.cmdtable)
        self.configtable: dict[bytes, Any] = {}
        self.configitem = registrar.configitem(self.configtable)
        self.filesetpredicate = registrar.filesetpredicate()
        self.revsetpredicate = registrar.revsetpredicate()
        self.templatekeyword = registrar.templatekeyword()
        self.templatefilter = registrar.templatefilter()
        self.templatefunc = registrar.templatefunc()

    def merge(self, other: exthelper) -> None:
        """Take over what another one has collected."""
        for name in (
            "_uipopulatecallables",
            "_uicallables",
            "_extcallables",
            "_repocallables",
            "_commandwrappers",
            "_extcommandwrappers",
            "_functionwrappers",
        ):
            getattr(self, name).extend(getattr(other, name))
        self.cmdtable.update(other.cmdtable)
        for section, items in other.configtable.items():
            self.configtable.setdefault(section, type(items)()).update(items)
        for name in (
            "filesetpredicate",
            "revsetpredicate",
            "templatekeyword",
            "templatefilter",
            "templatefunc",
        ):
            getattr(self, name)._merge(getattr(other, name))

    def finaluisetup(self, ui: Any) -> None:
        """The extension's `uisetup`."""
        for container, name, wrapper in self._functionwrappers:
            extensions.wrapfunction(container, name, wrapper)
        for function in self._uicallables:
            function(ui)

    def finaluipopulate(self, ui: Any) -> None:
        """The extension's `uipopulate`."""
        for function in self._uipopulatecallables:
            function(ui)

    def finalextsetup(self, ui: Any) -> None:
        """The extension's `extsetup`."""
        from mercurial import commands  # late: it comes after us

        known = {name for name, _module in extensions.extensions(ui)}
        for extension, command, wrapper, opts in self._commandwrappers:
            if extension is None:
                entry = extensions.wrapcommand(commands.table, command, wrapper)
                self._add_options(entry, command, opts)
        for extension, command, wrapper, opts in self._extcommandwrappers:
            if extension not in known:
                continue
            table = extensions.find(extension).cmdtable
            self._add_options(
                extensions.wrapcommand(table, command, wrapper), command, opts
            )
        for function in self._extcallables:
            function(ui)

    @staticmethod
    def _add_options(entry: Any, command: bytes, opts: Any) -> None:
        for opt in opts or ():
            if not isinstance(opt, tuple):
                raise error.ProgrammingError(b"opts must be list of tuples")
            if len(opt) not in (4, 5):
                raise error.ProgrammingError(
                    b"each opt tuple must contain 4 or 5 values"
                )
            entry[1].append(opt)

    def finalreposetup(self, ui: Any, repo: Any) -> None:
        """The extension's `reposetup`."""
        for function in self._repocallables:
            function(ui, repo)

    def uisetup(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called in `uisetup`."""
        self._uicallables.append(call)
        return call

    def uipopulate(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called in `uipopulate`."""
        self._uipopulatecallables.append(call)
        return call

    def extsetup(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called in `extsetup`."""
        self._extcallables.append(call)
        return call

    def reposetup(self, call: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate a function to be called in `reposetup`."""
        self._repocallables.append(call)
        return call

    def wrapcommand(
        self, command: bytes, extension: bytes | None = None, opts: Any = None
    ) -> Any:
        """Return the decorator of a wrapper of a command."""

        def dec(wrapper: Callable[..., Any]) -> Callable[..., Any]:
            target = (
                self._commandwrappers if extension is None else self._extcommandwrappers
            )
            target.append((extension, command, wrapper, opts))
            return wrapper

        return dec

    def wrapfunction(self, container: Any, funcname: Any) -> Any:
        """Return the decorator of a wrapper of a function."""

        def dec(wrapper: Callable[..., Any]) -> Callable[..., Any]:
            self._functionwrappers.append((container, funcname, wrapper))
            return wrapper

        return dec

    def addattr(self, container: Any, funcname: Any) -> Any:
        """Return the decorator that adds a function to an object."""

        def dec(func: Callable[..., Any]) -> Callable[..., Any]:
            setattr(container, funcname, func)
            return func

        return dec
