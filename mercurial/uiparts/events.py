"""Logs, warnings for developers, and progress."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable

from mercurial.uiparts.base import Part


class Events(Part):
    """What is logged, traced and counted."""

    def log(self, event: bytes, *msgfmt: Any, **opts: Any) -> None:
        """Tell whoever listens that something happened."""
        if not self._loggers:
            return
        active = [logger for logger in self._loggers.values() if logger.tracked(event)]
        if not active:
            return
        message = msgfmt[0] % msgfmt[1:] if len(msgfmt) > 1 else b"".join(msgfmt[:1])
        saved, self._loggers = self._loggers, {}
        try:
            for logger in active:
                logger.log(self, event, message, dict(opts))
        finally:
            self._loggers = saved

    def getlogger(self, name: bytes) -> Any:
        """Return a listener."""
        return self._loggers.get(name)

    def setlogger(self, name: bytes, logger: Any) -> None:
        """Add a listener, or remove it with `None`."""
        if logger is None:
            self._loggers.pop(name, None)
        else:
            self._loggers[name] = logger

    def develwarn(
        self, msg: bytes, stacklevel: int = 1, config: bytes | None = None
    ) -> None:
        """Warn developers, if they want it."""
        wanted = self.configbool(b"devel", b"all-warnings")
        if not wanted and (config is None or not self.configbool(b"devel", config)):
            return
        from mercurial import util  # late: only developers need it

        text = b"devel-warn: " + msg
        if self.tracebackflag:
            lines = b"".join(util.stacklines(stacklevel + 1))
            self.write_err(b"%s at:\n%s" % (text, lines))
            self.log(b"develwarn", b"%s at:\n%s", text, lines)
            return
        frame: Any = sys._getframe()
        for _level in range(stacklevel + 1):
            frame = frame.f_back or frame
        code = frame.f_code
        place = b"%s:%d (%s)" % (
            os.fsencode(code.co_filename),
            frame.f_lineno,
            code.co_name.encode(),
        )
        self.write_err(b"%s at: %s\n" % (text, place))
        self.log(b"develwarn", b"%s at: %s\n", text, place)

    def deprecwarn(self, msg: bytes, version: bytes, stacklevel: int = 2) -> None:
        """Warn developers of something that goes away."""
        if self.configbool(b"devel", b"all-warnings") or self.configbool(
            b"devel", b"deprec-warn"
        ):
            text = (
                b"(compatibility will be dropped after Mercurial-%s, update your code.)"
                % version
            )
            self.develwarn(b"%s\n%s" % (msg, text), stacklevel, b"deprec-warn")

    def traceback(self, exc: Any = None, force: bool = False) -> bool:
        """Show where an exception comes from, with `--traceback` or `force`."""
        if self.tracebackflag or force:
            if exc is None:
                exc = sys.exc_info()
            import traceback  # late: only failures need it

            text = "".join(traceback.format_exception(*exc))
            self.write_err(text.encode("utf-8", "surrogateescape"))
        return self.tracebackflag

    def makeprogress(
        self, topic: bytes, unit: bytes = b"", total: int | None = None
    ) -> Any:
        """Return a progress bar."""
        from mercurial import scmutil  # late: the class lives there

        def update(
            topic: bytes, pos: Any, item: bytes, unit: bytes, total: Any
        ) -> None:
            self._handle.progress(
                topic.decode("latin-1"), pos, item or b"", unit.decode("latin-1"), total
            )

        return scmutil.progress(self, update, topic, unit, total)

    def progress(
        self,
        topic: bytes,
        pos: Any,
        item: bytes = b"",
        unit: bytes = b"",
        total: Any = None,
    ) -> None:
        """Show how far something is."""
        self._handle.progress(
            topic.decode("latin-1"), pos, item or b"", unit.decode("latin-1"), total
        )

    def atexit(
        self, func: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Callable[..., Any]:
        """Call a function when the run is over."""
        self._exithandlers.append((func, args, kwargs))
        return func

    def formatter(self, topic: bytes, opts: dict[Any, Any]) -> Any:
        """Return a formatter for a command's results."""
        from mercurial import formatter  # late: few commands need it
        from mercurial.pycompat import byteskwargs

        return formatter.formatter(self, self, topic, byteskwargs(opts))

    def resetstate(self) -> None:
        """Forget what belongs to one request."""
