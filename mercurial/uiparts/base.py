"""What the parts of a user interface share."""

from __future__ import annotations

import os
from typing import Any, Iterator

from mercurial import error

_OBJECT = b"python-object:"


class Unset:
    """Marks a default that was not given."""

    def __bool__(self) -> bool:
        return False


unset = Unset()


class Objects:
    """Values of configuration items that are no bytes; shared by copies of a `ui`."""

    def __init__(self) -> None:
        self._values: dict[bytes, Any] = {}

    def keep(self, value: Any) -> bytes:
        key = _OBJECT + b"%d" % len(self._values)
        self._values[key] = value
        return key

    def find(self, text: Any) -> Any:
        if isinstance(text, bytes) and text.startswith(_OBJECT):
            return self._values.get(text, text)
        return text


class Stream:
    """One of the streams of a `ui`, written through it so that the order is kept."""

    def __init__(self, owner: Any, errors: bool):
        self._owner = owner
        self._errors = errors

    @property
    def name(self) -> str:
        return "<stderr>" if self._errors else "<stdout>"

    def write(self, data: bytes) -> int:
        method = "write_err" if self._errors else "write"
        self._owner._handle.show(method, bytes(data), "")
        return len(data)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        self._owner._handle.flush()

    def isatty(self) -> bool:
        return os.isatty(2 if self._errors else 1)

    def fileno(self) -> int:
        return 2 if self._errors else 1

    closed = False

    def close(self) -> None:
        """Close it for this `ui`; what writes to it later fails."""
        self.flush()
        name = "_ferr" if self._errors else "_fout"
        self._owner.__dict__[name] = ClosedStream(self._owner, self._errors)


class ClosedStream(Stream):
    """A stream that was closed."""

    closed = True

    def write(self, data: bytes) -> int:
        raise ValueError("I/O operation on closed file")

    def flush(self) -> None:
        """Do nothing: everything went out before it was closed."""

    def close(self) -> None:
        """Do nothing."""


class Input:
    """The input of a `ui`."""

    name = "<stdin>"

    def __init__(self, owner: Any):
        self._owner = owner

    def read(self, size: int = -1) -> bytes:
        return self._owner._handle.read_all()

    def readline(self) -> bytes:
        try:
            return self._owner._handle.read_line() + b"\n"
        except error.CanceledError:
            return b""

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def isatty(self) -> bool:
        return os.isatty(0)

    def fileno(self) -> int:
        return 0

    def close(self) -> None:
        """Keep it open: others may read on."""


class Part:
    """What every part may use; `mercurial.ui.ui` gives it.

    What other parts hold is `Any`: extensions replace it.
    """

    _handle: Any
    _objects: Objects
    _loggers: dict[bytes, Any]
    environ: Any
    config: Any
    configbool: Any
    configint: Any
    configitems: Any
    configsource: Any
    setconfig: Any
    _exithandlers: list[Any]
    write: Any
    write_err: Any
    warn: Any
    status: Any
    flush: Any
    log: Any
    verbose: Any
    quiet: Any
    debugflag: Any
    tracebackflag: Any
    fin: Any
    fout: Any
    ferr: Any
