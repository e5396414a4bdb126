"""Levels, streams and what is written to them."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator

from mercurial import error
from mercurial.uiparts.base import Input, Part, Stream


class Output(Part):
    """Levels, streams and what is written to them."""

    @property
    def quiet(self) -> bool:
        """Whether only the essential is shown."""
        return self._handle.quiet()

    @quiet.setter
    def quiet(self, on: bool) -> None:
        self._handle.set_levels(bool(on), self.verbose, self.debugflag)

    @property
    def verbose(self) -> bool:
        """Whether details are shown."""
        return self._handle.verbose()

    @verbose.setter
    def verbose(self, on: bool) -> None:
        self._handle.set_levels(self.quiet, bool(on), self.debugflag)

    @property
    def debugflag(self) -> bool:
        """Whether inner workings are shown."""
        return self._handle.debugging()

    @debugflag.setter
    def debugflag(self, on: bool) -> None:
        self._handle.set_levels(self.quiet, self.verbose, bool(on))

    @property
    def tracebackflag(self) -> bool:
        """Whether tracebacks are shown."""
        return self.configbool(b"ui", b"traceback")

    @tracebackflag.setter
    def tracebackflag(self, on: bool) -> None:
        self.setconfig(b"ui", b"traceback", b"on" if on else b"off")

    @property
    def fout(self) -> Any:
        """Standard output."""
        return self.__dict__.get("_fout") or Stream(self, errors=False)

    @fout.setter
    def fout(self, stream: Any) -> None:
        self.__dict__["_fout"] = stream

    @property
    def ferr(self) -> Any:
        """Standard error."""
        return self.__dict__.get("_ferr") or Stream(self, errors=True)

    @ferr.setter
    def ferr(self, stream: Any) -> None:
        self.__dict__["_ferr"] = stream

    @property
    def fin(self) -> Any:
        """Standard input."""
        return self.__dict__.get("_fin") or Input(self)

    @fin.setter
    def fin(self, stream: Any) -> None:
        self.__dict__["_fin"] = stream

    def setupstreams(self) -> None:
        """Nothing is left to do: streams are set up when they are used."""

    def _show(self, method: str, texts: tuple[Any, ...], label: bytes) -> None:
        shown = {
            "note": self.verbose,
            "debug": self.debugflag,
            "status": not self.quiet,
        }
        if not shown.get(method, True):
            return
        stream = self.__dict__.get(
            "_ferr" if method in ("warn", "error", "write_err") else "_fout"
        )
        for text in texts:
            if not isinstance(text, bytes):
                raise error.ProgrammingError(
                    b"cannot write %s: only bytes can be written"
                    % type(text).__name__.encode()
                )
            if stream is not None:
                stream.write(bytes(text))
            else:
                self._handle.show(method, bytes(text), label.decode("latin-1"))

    def write(self, *args: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write to standard output."""
        self._show("write", args, label)

    def write_err(self, *args: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write to standard error."""
        self._show("write_err", args, label)

    def status(self, *msg: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write unless `--quiet`."""
        self._show("status", msg, label + b" ui.status")

    def note(self, *msg: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write with `--verbose`."""
        self._show("note", msg, label + b" ui.note")

    def debug(self, *msg: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write with `--debug`."""
        self._show("debug", msg, label + b" ui.debug")
        if self.debugflag:
            self.log(b"debug", b"%s", b"".join(msg))

    def warn(self, *msg: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write to standard error."""
        self._show("warn", msg, label + b" ui.warning")

    # Texts that are never translated: nothing here is.
    writenoi18n = write
    statusnoi18n = status
    notenoi18n = note
    debugnoi18n = debug
    warnnoi18n = warn

    def error(self, *msg: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write an error to standard error."""
        self._show("error", msg, label + b" ui.error")

    def label(self, msg: bytes, label: bytes) -> bytes:
        """Return text in the colours of a label."""
        return self._handle.label(msg, label.decode("latin-1"))

    def flush(self) -> None:
        """Send what is held back."""
        self._handle.flush()

    def pushbuffer(
        self, error: bool = False, subproc: bool = False, labeled: bool = False
    ) -> None:
        """Collect output from now on."""
        self._handle.push_buffer(error)

    def popbuffer(self) -> bytes:
        """Return what was collected."""
        return self._handle.pop_buffer()

    def canwritewithoutlabels(self) -> bool:
        """Return whether labels change nothing."""
        return self._handle.label(b"x", "status.modified") == b"x"

    def canbatchlabeledwrites(self) -> bool:
        """Return whether texts may be labelled and then written together."""
        return True

    @contextlib.contextmanager
    def silent(
        self, error: bool = False, subproc: bool = False, labeled: bool = False
    ) -> Iterator[None]:
        """Throw output away for a while."""
        self.pushbuffer(error, subproc, labeled)
        try:
            yield
        finally:
            self.popbuffer()

    @contextlib.contextmanager
    def timeblockedsection(self, key: bytes) -> Iterator[None]:
        """Measure a section; nobody reads the measure."""
        yield

    @contextlib.contextmanager
    def uninterruptible(self) -> Iterator[None]:
        """Keep interruptions away for a while."""
        yield

    @contextlib.contextmanager
    def protectedfinout(self) -> Iterator[tuple[Any, Any]]:
        """Give input and output to a protocol."""
        yield self.fin, self.fout
