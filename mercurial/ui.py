"""The user interface as extensions see it: a Python class over a handle.

Public: `ui` and its methods without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import error

_TRUE = (b"1", b"yes", b"true", b"on", b"always")
_FALSE = (b"0", b"no", b"false", b"off", b"never")


class _Unset:
    """Marks a default that was not given."""


_unset = _Unset()


class ui:  # noqa: N801 -- the name is Mercurial's
    """Output, questions and configuration of one run."""

    def __init__(self, handle: Any):
        self._handle = handle

    @property
    def quiet(self) -> bool:
        """Whether only the essential is shown."""
        return self._handle.quiet()

    @property
    def verbose(self) -> bool:
        """Whether details are shown."""
        return self._handle.verbose()

    @property
    def debugflag(self) -> bool:
        """Whether inner workings are shown."""
        return self._handle.debugging()

    def write(self, *texts: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write to standard output."""
        for text in texts:
            self._handle.write(text, label.decode("latin-1"))

    def status(self, *texts: bytes, **_opts: Any) -> None:
        """Write unless `--quiet`."""
        for text in texts:
            self._handle.status(text)

    def note(self, *texts: bytes, **_opts: Any) -> None:
        """Write with `--verbose`."""
        for text in texts:
            self._handle.note(text)

    def debug(self, *texts: bytes, **_opts: Any) -> None:
        """Write with `--debug`."""
        for text in texts:
            self._handle.debug(text)

    def warn(self, *texts: bytes, **_opts: Any) -> None:
        """Write to standard error."""
        for text in texts:
            self._handle.warn(text)

    def error(self, *texts: bytes, **_opts: Any) -> None:
        """Write an error to standard error."""
        for text in texts:
            self._handle.error(text)

    def flush(self) -> None:
        """Send what is held back."""
        self._handle.flush()

    def config(
        self,
        section: bytes,
        name: bytes,
        default: Any = _unset,
        untrusted: bool = False,
    ) -> Any:
        """Return a configuration item, or `default`, or the registered default."""
        if default is not _unset and not self._handle.has_config(section, name):
            return default
        return self._handle.config(section, name)

    def hasconfig(self, section: bytes, name: bytes, untrusted: bool = False) -> bool:
        """Return whether an item is set."""
        return self._handle.has_config(section, name)

    def configbool(
        self,
        section: bytes,
        name: bytes,
        default: Any = _unset,
        untrusted: bool = False,
    ) -> Any:
        """Return an item as a truth value.

        Raises:
            error.ConfigError: It is none.
        """
        value = self.config(section, name, default)
        if value is None or isinstance(value, bool):
            return bool(value) if value is not None else False
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        message = b"%s.%s is not a boolean ('%s')" % (section, name, value)
        raise error.ConfigError(message)

    def configint(
        self,
        section: bytes,
        name: bytes,
        default: Any = _unset,
        untrusted: bool = False,
    ) -> Any:
        """Return an item as a number.

        Raises:
            error.ConfigError: It is none.
        """
        value = self.config(section, name, default)
        if value is None or isinstance(value, int):
            return value
        try:
            return int(value)
        except ValueError:
            message = b"%s.%s is not a valid integer ('%s')" % (section, name, value)
            raise error.ConfigError(message) from None

    def configlist(
        self,
        section: bytes,
        name: bytes,
        default: Any = _unset,
        untrusted: bool = False,
    ) -> list[bytes]:
        """Return an item as a list: words between commas or blanks."""
        value = self.config(section, name, default)
        if isinstance(value, list):
            return value
        return (value or b"").replace(b",", b" ").split()

    def configitems(
        self, section: bytes, untrusted: bool = False
    ) -> list[tuple[bytes, bytes]]:
        """Return all items of a section in order."""
        return self._handle.config_items(section)

    def setconfig(
        self, section: bytes, name: bytes, value: Any, source: bytes = b""
    ) -> None:
        """Set an item for the rest of the run."""
        text = value if isinstance(value, bytes) else str(value).encode()
        self._handle.set_config(
            section.decode("latin-1"), name.decode("latin-1"), text, source.decode()
        )

    def username(self, acceptempty: bool = False) -> bytes:
        """Return who makes changesets."""
        return self._handle.username()

    def prompt(self, msg: bytes, default: bytes = b"y") -> bytes:
        """Ask for a line."""
        return self._handle.prompt(msg, default)

    def promptchoice(self, prompt: bytes, default: int = 0) -> int:
        """Ask a question with `$$ &Answer` parts; return the answer's number."""
        return self._handle.prompt_choice(prompt, default)

    def pushbuffer(self, error: bool = False, **_opts: Any) -> None:
        """Collect output from now on."""
        self._handle.push_buffer(error)

    def popbuffer(self) -> bytes:
        """Return what was collected."""
        return self._handle.pop_buffer()

    def walkconfig(
        self, untrusted: bool = False
    ) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Not there yet."""
        raise error.Abort(b"ui.walkconfig is not implemented yet")
