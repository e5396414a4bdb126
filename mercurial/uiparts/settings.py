"""Configuration as a user interface gives it."""

from __future__ import annotations

import contextlib
import os
from typing import Any, Callable, Iterator

from mercurial import config as configmod, configitems, error
from mercurial.uiparts.base import Part, unset

_TRUE = (b"1", b"yes", b"true", b"on", b"always")
_FALSE = (b"0", b"no", b"false", b"off", b"never")


class Settings(Part):
    """The configuration of one run."""

    def _default(self, section: bytes, name: bytes) -> Any:
        if not isinstance(section, bytes) or not isinstance(name, bytes):
            return None
        item = configitems.find(section, name)
        if item is not None:
            if item.default is configitems.dynamicdefault:
                return None
            return item.default() if callable(item.default) else item.default
        return self._handle.config_default(section, name)[1]

    def _raw(self, section: bytes, name: bytes, untrusted: bool) -> Any:
        """Return what is set, or `None`."""
        if not isinstance(section, bytes) or not isinstance(name, bytes):
            return None
        value = self._handle.config(section, name, untrusted)
        if value is not None:
            return self._objects.find(value)
        item = configitems.find(section, name)
        for alias in item.alias if item is not None else ():
            value = self._handle.config(alias[0], alias[1], untrusted)
            if value is not None:
                return self._objects.find(value)
        return None

    def config(
        self,
        section: bytes,
        name: bytes,
        default: Any = unset,
        untrusted: bool = False,
    ) -> Any:
        """Return a configuration item, or `default`, or the registered default."""
        value = self._raw(section, name, untrusted)
        if value is not None:
            return value
        return self._default(section, name) if default is unset else default

    def hasconfig(self, section: bytes, name: bytes, untrusted: bool = False) -> bool:
        """Return whether an item is set."""
        return self._handle.has_config(section, name)

    def configsource(
        self, section: bytes, name: bytes, untrusted: bool = False
    ) -> bytes:
        """Return where an item was set."""
        return self._handle.config_source(section, name) or b"none"

    def configsuboptions(
        self,
        section: bytes,
        name: bytes,
        default: Any = unset,
        untrusted: bool = False,
    ) -> tuple[Any, dict[bytes, bytes]]:
        """Return an item and its sub-options (`name:option`)."""
        prefix = name + b":"
        sub = {
            key[len(prefix) :]: value
            for key, value in self.configitems(section, untrusted)
            if key.startswith(prefix)
        }
        return self.config(section, name, default, untrusted), sub

    def configpath(
        self, section: bytes, name: bytes, default: Any = unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a path; relative ones belong to the file that set it."""
        value = self.config(section, name, default, untrusted)
        if not value:
            return value
        expanded = self.expandpath(value)
        source = self.configsource(section, name, untrusted)
        if b":" in source and not os.path.isabs(expanded):
            expanded = os.path.join(
                os.path.dirname(source.rsplit(b":", 1)[0]), expanded
            )
        return expanded

    def configwith(
        self,
        convert: Callable[[Any], Any],
        section: bytes,
        name: bytes,
        default: Any = unset,
        desc: bytes | None = None,
        untrusted: bool = False,
    ) -> Any:
        """Return an item converted.

        Raises:
            error.ConfigError: It cannot be converted.
        """
        value = self.config(section, name, default, untrusted)
        if value is None:
            return value
        try:
            return convert(value)
        except (ValueError, error.ParseError):
            kind = desc or convert.__name__.encode()
            message = b"%s.%s is not a valid %s ('%s')" % (section, name, kind, value)
            raise error.ConfigError(message) from None

    def configbool(
        self, section: bytes, name: bytes, default: Any = unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a truth value.

        Raises:
            error.ConfigError: It is none.
        """
        value = self.config(section, name, default, untrusted)
        if value is None:
            return False if default is unset else default
        if isinstance(value, bool) or not isinstance(value, bytes):
            return value
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        message = b"%s.%s is not a boolean ('%s')" % (section, name, value)
        raise error.ConfigError(message)

    def configint(
        self, section: bytes, name: bytes, default: Any = unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a number.

        Raises:
            error.ConfigError: It is none.
        """
        return self.configwith(int, section, name, default, b"integer", untrusted)

    def configbytes(
        self, section: bytes, name: bytes, default: Any = unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a number of bytes (`10 MB`).

        Raises:
            error.ConfigError: It is none.
        """
        from mercurial import util  # late: util is large

        value = self.config(section, name, default, untrusted)
        if not isinstance(value, bytes):
            return 0 if value is None and default is unset else value
        try:
            return util.sizetoint(value)
        except error.ParseError:
            message = b"%s.%s is not a byte quantity ('%s')" % (section, name, value)
            raise error.ConfigError(message) from None

    def configlist(
        self, section: bytes, name: bytes, default: Any = unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a list: words between commas or blanks."""
        value = self.config(section, name, default, untrusted)
        if isinstance(value, bytes):
            return configmod.parselist(value)
        return [] if value is None else value

    def configdate(
        self, section: bytes, name: bytes, default: Any = unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a date.

        Raises:
            error.ConfigError: It is none.
        """
        from mercurial.utils import dateutil  # late: few items are dates

        if self.config(section, name, default, untrusted):
            return self.configwith(
                dateutil.parsedate, section, name, default, b"date", untrusted
            )
        return None if default is unset else default

    def configdefault(self, section: bytes, name: bytes) -> Any:
        """Return the registered default."""
        return self._default(section, name)

    def configitems(
        self, section: bytes, untrusted: bool = False, ignoresub: bool = False
    ) -> list[tuple[bytes, Any]]:
        """Return all items of a section in order."""
        if not isinstance(section, bytes):
            # Nothing has a native string as its name; upstream finds nothing either.
            return []
        items = self._handle.config_items(section, untrusted)
        return [
            (name, self._objects.find(value))
            for name, value in items
            if not (ignoresub and b":" in name)
        ]

    def has_section(self, section: bytes, untrusted: bool = False) -> bool:
        """Return whether anything of a section is set."""
        return bool(self._handle.config_items(section, untrusted))

    def walkconfig(
        self, untrusted: bool = False, all_known: bool = False
    ) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield section, name and value of all items that are set."""
        yield from self._handle.all_config(untrusted)

    def setconfig(
        self, section: bytes, name: bytes, value: Any, source: bytes = b""
    ) -> None:
        """Set an item for the rest of the run; `None` restores the default."""
        if value is None:
            self._handle.unset_config(section, name)
            return
        if not isinstance(value, bytes):
            if isinstance(value, (bool, int)):
                value = str(value).encode()
            elif isinstance(value, list) and all(
                isinstance(item, bytes) for item in value
            ):
                value = b" ".join(
                    b'"%s"' % item if b" " in item else item for item in value
                )
            else:
                value = self._objects.keep(value)
        self._handle.set_config(section, name, bytes(value), source)

    @contextlib.contextmanager
    def configoverride(
        self, overrides: dict[tuple[bytes, bytes], Any], source: bytes = b""
    ) -> Iterator[None]:
        """Set items for a while."""
        saved = self._handle.save_config()
        try:
            for (section, name), value in overrides.items():
                self.setconfig(section, name, value, source)
            yield
        finally:
            levels = (self.quiet, self.verbose, self.debugflag)
            self._handle.restore_config(saved)
            if not any(section == b"ui" for section, _name in overrides):
                self._handle.set_levels(*levels)

    def readconfig(
        self,
        filename: bytes,
        root: bytes | None = None,
        trust: bool = False,
        sections: Any = None,
        remap: Any = None,
    ) -> None:
        """Read a configuration file on top of what is set.

        A missing one is skipped, unless something is looked for in it.
        """
        if sections or remap:
            read = configmod.config()
            with contextlib.suppress(*(() if sections else (OSError,))):
                read.read(filename, sections=sections, remap=remap)
            for section in read:
                for name, value in read.items(section):
                    self.setconfig(section, name, value, read.source(section, name))
            return
        if os.path.exists(filename):
            self._handle.read_config(filename)

    def fixconfig(
        self, root: bytes | None = None, section: bytes | None = None
    ) -> None:
        """Nothing is left to do: levels follow the configuration by themselves."""

    def applyconfig(
        self, configitems: Any, source: bytes = b"", root: Any = None
    ) -> None:
        """Set several items."""
        for section, name, value in configitems:
            self.setconfig(section, name, value, source)

    def issetup(self) -> bool:
        """Return whether it can be used."""
        return True

    def plain(self, feature: bytes | None = None) -> bool:
        """Return whether output is for programs (`HGPLAIN`)."""
        environ = self.environ
        if b"HGPLAIN" not in environ and b"HGPLAINEXCEPT" not in environ:
            return False
        exceptions = environ.get(b"HGPLAINEXCEPT", b"").strip().split(b",")
        if b"+strictflags" not in environ.get(b"HGPLAIN", b"").split(b","):
            exceptions.append(b"strictflags")
        if feature and exceptions:
            return feature not in exceptions
        return True

    def expandpath(self, *args: Any, **_options: Any) -> bytes:
        """Return a path with `~` and variables expanded; names in `[paths]` count too."""
        loc = args[0]
        configured = self.config(b"paths", loc) if loc else None
        if configured is None and len(args) > 1 and args[1]:
            configured = self.config(b"paths", args[1])
        return self._handle.expand_path(configured if configured else loc)

    @property
    def paths(self) -> Any:
        """The locations of `[paths]`."""
        from mercurial.utils import urlutil  # late: only remote commands need it

        return urlutil.paths(self)
