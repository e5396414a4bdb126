"""The user interface as extensions see it: a Python class over a handle.

Public: `ui`, and its methods without a leading underscore.
"""

from __future__ import annotations

import contextlib
import os
import sys
import weakref
from typing import Any, Callable, Iterator

from mercurial import config as configmod
from mercurial import configitems, error, rustext

_TRUE = (b"1", b"yes", b"true", b"on", b"always")
_FALSE = (b"0", b"no", b"false", b"off", b"never")
_OBJECT = b"python-object:"


class _Unset:
    """Marks a default that was not given."""

    def __bool__(self) -> bool:
        return False


_unset = _Unset()


class _Objects:
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


class _Stream:
    """One of the streams of a `ui`, written through it so that the order is kept."""

    def __init__(self, owner: ui, errors: bool):
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

    def close(self) -> None:
        self.flush()


class _Input:
    """The input of a `ui`."""

    name = "<stdin>"

    def __init__(self, owner: ui):
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


class ui:  # noqa: N801 -- the name is Mercurial's
    """Output, questions and configuration of one run.

    Args:
        src: The `ui` to copy; without it, one without configuration files.
    """

    def __init__(self, src: ui | None = None):
        self._objects = _Objects() if src is None else src._objects
        self._loggers: dict[bytes, Any] = {} if src is None else src._loggers
        self._handle = rustext.UiHandle.bare() if src is None else src._handle.copy()
        self.environ = os.environb if src is None else src.environ
        self.callhooks = True if src is None else src.callhooks
        self.insecureconnections = False if src is None else src.insecureconnections
        self.pageractive = False if src is None else src.pageractive
        self.cmdname = None if src is None else src.cmdname
        self._passwords = None if src is None else src._passwords
        self._exithandlers: list[Any] = []
        self._blockedtimes: dict[str, float] = {}
        self.logblockedtimes = False

    @classmethod
    def load(cls) -> ui:
        """Return a `ui` with the configuration of system and user."""
        return cls._wrap(rustext.UiHandle.load())

    @classmethod
    def _wrap(cls, handle: Any) -> ui:
        """Return the `ui` of a handle."""
        made = cls()
        made._handle = handle
        return made

    def copy(self) -> ui:
        """Return a copy: configuration, levels and buffers of its own, the same streams."""
        return self.__class__(self)

    def copywithoutconfig(self) -> ui:
        """Return a copy without anything configured."""
        return ui()

    @property
    def httppasswordmgrdb(self) -> Any:
        """The passwords that the user gave."""
        if self._passwords is None:
            from mercurial import url  # late: urllib takes long to import

            self._passwords = url.httppasswordmgrdbproxy()
        return self._passwords

    # -- levels and streams

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
        return self.__dict__.get("_fout") or _Stream(self, errors=False)

    @fout.setter
    def fout(self, stream: Any) -> None:
        self.__dict__["_fout"] = stream

    @property
    def ferr(self) -> Any:
        """Standard error."""
        return self.__dict__.get("_ferr") or _Stream(self, errors=True)

    @ferr.setter
    def ferr(self, stream: Any) -> None:
        self.__dict__["_ferr"] = stream

    @property
    def fin(self) -> Any:
        """Standard input."""
        return self.__dict__.get("_fin") or _Input(self)

    @fin.setter
    def fin(self, stream: Any) -> None:
        self.__dict__["_fin"] = stream

    def setupstreams(self) -> None:
        """Nothing is left to do: streams are set up when they are used."""

    def _show(self, method: str, texts: tuple[Any, ...], label: bytes) -> None:
        shown = {"note": self.verbose, "debug": self.debugflag, "status": not self.quiet}
        if not shown.get(method, True):
            return
        stream = self.__dict__.get(
            "_ferr" if method in ("warn", "error", "write_err") else "_fout"
        )
        for text in texts:
            if not isinstance(text, bytes):
                raise error.ProgrammingError(
                    b"cannot write %s: only bytes can be written" % type(text).__name__.encode()
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

    def error(self, *msg: bytes, label: bytes = b"", **_opts: Any) -> None:
        """Write an error to standard error."""
        self._show("error", msg, label + b" ui.error")

    def label(self, msg: bytes, label: bytes) -> bytes:
        """Return text in the colours of a label."""
        return self._handle.label(msg, label.decode("latin-1"))

    def flush(self) -> None:
        """Send what is held back."""
        self._handle.flush()

    def pushbuffer(self, error: bool = False, subproc: bool = False, labeled: bool = False) -> None:
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

    # -- configuration

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
        default: Any = _unset,
        untrusted: bool = False,
    ) -> Any:
        """Return a configuration item, or `default`, or the registered default."""
        value = self._raw(section, name, untrusted)
        if value is not None:
            return value
        return self._default(section, name) if default is _unset else default

    def hasconfig(self, section: bytes, name: bytes, untrusted: bool = False) -> bool:
        """Return whether an item is set."""
        return self._handle.has_config(section, name)

    def configsource(self, section: bytes, name: bytes, untrusted: bool = False) -> bytes:
        """Return where an item was set."""
        return self._handle.config_source(section, name) or b"none"

    def configsuboptions(
        self,
        section: bytes,
        name: bytes,
        default: Any = _unset,
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
        self, section: bytes, name: bytes, default: Any = _unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a path; relative ones belong to the file that set it."""
        value = self.config(section, name, default, untrusted)
        if not value:
            return value
        expanded = self.expandpath(value)
        source = self.configsource(section, name, untrusted)
        if b":" in source and not os.path.isabs(expanded):
            expanded = os.path.join(os.path.dirname(source.rsplit(b":", 1)[0]), expanded)
        return expanded

    def configwith(
        self,
        convert: Callable[[Any], Any],
        section: bytes,
        name: bytes,
        default: Any = _unset,
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
        self, section: bytes, name: bytes, default: Any = _unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a truth value.

        Raises:
            error.ConfigError: It is none.
        """
        value = self.config(section, name, default, untrusted)
        if value is None:
            return False if default is _unset else default
        if isinstance(value, bool) or not isinstance(value, bytes):
            return value
        if value.lower() in _TRUE:
            return True
        if value.lower() in _FALSE:
            return False
        message = b"%s.%s is not a boolean ('%s')" % (section, name, value)
        raise error.ConfigError(message)

    def configint(
        self, section: bytes, name: bytes, default: Any = _unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a number.

        Raises:
            error.ConfigError: It is none.
        """
        return self.configwith(int, section, name, default, b"integer", untrusted)

    def configbytes(
        self, section: bytes, name: bytes, default: Any = _unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a number of bytes (`10 MB`).

        Raises:
            error.ConfigError: It is none.
        """
        from mercurial import util  # late: util is large

        value = self.config(section, name, default, untrusted)
        if not isinstance(value, bytes):
            return 0 if value is None and default is _unset else value
        try:
            return util.sizetoint(value)
        except error.ParseError:
            message = b"%s.%s is not a byte quantity ('%s')" % (section, name, value)
            raise error.ConfigError(message) from None

    def configlist(
        self, section: bytes, name: bytes, default: Any = _unset, untrusted: bool = False
    ) -> Any:
        """Return an item as a list: words between commas or blanks."""
        value = self.config(section, name, default, untrusted)
        if isinstance(value, bytes):
            return configmod.parselist(value)
        return [] if value is None else value

    def configdate(
        self, section: bytes, name: bytes, default: Any = _unset, untrusted: bool = False
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
        return None if default is _unset else default

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

    def setconfig(self, section: bytes, name: bytes, value: Any, source: bytes = b"") -> None:
        """Set an item for the rest of the run; `None` restores the default."""
        if value is None:
            self._handle.unset_config(section, name)
            return
        if not isinstance(value, bytes):
            if isinstance(value, (bool, int)):
                value = str(value).encode()
            elif isinstance(value, list) and all(isinstance(item, bytes) for item in value):
                value = b" ".join(b'"%s"' % item if b" " in item else item for item in value)
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
        """Read a configuration file on top of what is set; a missing one is skipped."""
        if sections or remap:
            read = configmod.config()
            with contextlib.suppress(OSError):
                read.read(filename, sections=sections, remap=remap)
            for section in read:
                for name, value in read.items(section):
                    self.setconfig(section, name, value, read.source(section, name))
            return
        if os.path.exists(filename):
            self._handle.read_config(filename)

    def fixconfig(self, root: bytes | None = None, section: bytes | None = None) -> None:
        """Nothing is left to do: levels follow the configuration by themselves."""

    def applyconfig(self, configitems: Any, source: bytes = b"", root: Any = None) -> None:
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

    # -- the user

    def username(self, acceptempty: bool = False) -> bytes:
        """Return who makes changesets."""
        try:
            return self._handle.username()
        except error.Abort:
            if acceptempty:
                return b""
            raise

    def shortuser(self, user: bytes) -> bytes:
        """Return a short name of a user, unless `--verbose`."""
        return user if self.verbose else self._handle.short_user(user)

    def interactive(self) -> bool:
        """Return whether somebody can answer."""
        return self._handle.interactive()

    def interface(self, feature: bytes) -> bytes:
        """Return the kind of interface for a feature."""
        return b"text"

    def formatted(self) -> bool:
        """Return whether output goes to a person."""
        return self._handle.formatted()

    def termwidth(self) -> int:
        """Return the columns of the terminal."""
        return self._handle.width()

    def prompt(self, msg: bytes, default: Any = b"y") -> Any:
        """Ask for a line."""
        return self._handle.prompt(msg, default)

    @staticmethod
    def extractchoices(prompt: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """Take a question with `$$ &Answer` parts apart."""
        parts = prompt.split(b"$$")
        answers = []
        for part in parts[1:]:
            part = part.strip(b" ")
            at = part.index(b"&")
            letter = part[at + 1 : at + 2].lower()
            answers.append((letter, part.replace(b"&", b"", 1)))
        return parts[0].rstrip(b" "), answers

    def promptchoice(self, prompt: bytes, default: int = 0) -> int:
        """Ask a question with `$$ &Answer` parts; return the answer's number."""
        return self._handle.prompt_choice(prompt, default)

    def getpass(self, prompt: bytes | None = None, default: Any = None) -> Any:
        """Ask for a password."""
        answer = self._handle.password(prompt)
        return default if answer is None else answer

    def geteditor(self) -> bytes:
        """Return the command line of the user's editor."""
        return self._handle.editor()

    def edit(
        self,
        text: bytes,
        user: bytes,
        extra: dict[bytes, bytes] | None = None,
        editform: bytes | None = None,
        pending: Any = None,
        repopath: bytes | None = None,
        action: bytes | None = None,
    ) -> bytes:
        """Let the user edit a text."""
        extra = extra or {}
        suffix = extra.get(b"suffix")
        variables = [("HGEDITFORM", editform)] if editform else []
        for label in (b"transplant_source", b"source", b"intermediate-source", b"rebase_source"):
            if label in extra:
                variables.append(("HGREVISION", extra[label]))
                break
        if pending:
            variables.append(("HG_PENDING", pending))
        return self._handle.edit(
            text,
            user,
            action.decode("latin-1") if action else None,
            suffix.decode("latin-1") if suffix else None,
            repopath,
            variables,
        )

    def pager(self, command: bytes) -> None:
        """Send further output through the pager, if that is wanted."""
        self._handle.pager(command.decode("latin-1"))
        self.pageractive = True

    def disablepager(self) -> None:
        """Never page."""
        self._handle.disable_pager()

    def system(
        self,
        cmd: bytes,
        environ: dict[bytes, Any] | None = None,
        cwd: bytes | None = None,
        onerr: Any = None,
        errprefix: bytes | None = None,
        blockedtag: Any = None,
    ) -> int:
        """Run a shell command and return its exit code."""
        self.flush()
        code = self._runsystem(cmd, environ=environ, cwd=cwd)
        if code and onerr:
            from mercurial.utils import procutil  # late: only failures need it

            message = b"%s %s" % (os.path.basename(cmd.split(None, 1)[0]), procutil.explainexit(code))
            if errprefix:
                message = b"%s: %s" % (errprefix, message)
            raise onerr(message)
        return code

    def _runsystem(
        self, cmd: bytes, environ: dict[bytes, Any] | None = None, cwd: bytes | None = None, **_o: Any
    ) -> int:
        from mercurial.utils import procutil  # late: few commands start programs

        env = procutil.shellenviron(environ)
        import subprocess  # late: few commands start programs

        done = subprocess.run(cmd, shell=True, close_fds=True, env=env, cwd=cwd, check=False)
        return done.returncode

    # -- events

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
                logger.log(self, event, message, {k: v for k, v in opts.items()})
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

    def develwarn(self, msg: bytes, stacklevel: int = 1, config: bytes | None = None) -> None:
        """Warn developers, if they want it."""
        if not self.configbool(b"devel", b"all-warnings"):
            if config is None or not self.configbool(b"devel", config):
                return
        self.write_err(b"devel-warn: %s\n" % msg)
        if self.tracebackflag:
            import traceback  # late: only developers need it

            self.write_err("".join(traceback.format_stack()[: -1 - stacklevel]).encode())

    def deprecwarn(self, msg: bytes, version: bytes, stacklevel: int = 2) -> None:
        """Warn developers of something that goes away."""
        if self.configbool(b"devel", b"all-warnings") or self.configbool(b"devel", b"deprec-warn"):
            text = b"(compatibility will be dropped after Mercurial-%s, update your code.)" % version
            self.develwarn(b"%s\n%s" % (msg, text), stacklevel + 1, b"deprec-warn")

    def traceback(self, exc: Any = None, force: bool = False) -> bool:
        """Show where an exception comes from, with `--traceback` or `force`."""
        if self.tracebackflag or force:
            if exc is None:
                exc = sys.exc_info()
            import traceback  # late: only failures need it

            text = "".join(traceback.format_exception(*exc))
            self.write_err(text.encode("utf-8", "surrogateescape"))
        return self.tracebackflag

    def makeprogress(self, topic: bytes, unit: bytes = b"", total: int | None = None) -> Any:
        """Return a progress bar."""
        from mercurial import scmutil  # late: the class lives there

        def update(topic: bytes, pos: Any, item: bytes, unit: bytes, total: Any) -> None:
            self._handle.progress(
                topic.decode("latin-1"), pos, item or b"", unit.decode("latin-1"), total
            )

        return scmutil.progress(self, update, topic, unit, total)

    def progress(
        self, topic: bytes, pos: Any, item: bytes = b"", unit: bytes = b"", total: Any = None
    ) -> None:
        """Show how far something is."""
        self._handle.progress(
            topic.decode("latin-1"), pos, item or b"", unit.decode("latin-1"), total
        )

    def atexit(self, func: Callable[..., Any], *args: Any, **kwargs: Any) -> Callable[..., Any]:
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

    # -- overridden methods reach native code through these

    def _overrides(self) -> list[str]:
        names = []
        for cls in type(self).__mro__:
            if cls is ui:
                break
            names.extend(name for name in _SEAMS if name in cls.__dict__)
        names.extend(name for name in _SEAMS if name in self.__dict__)
        return sorted(set(names))

    def _sync(self) -> None:
        """Tell native code which methods were replaced."""
        names = self._overrides() if type(self) is not ui or _SEAMS & self.__dict__.keys() else []
        self._handle.set_overrides(names, weakref.ref(self) if names else None)


_SEAMS = {
    "write", "write_err", "status", "note", "debug", "warn", "error", "prompt", "promptchoice",
    "edit", "system",
}  # fmt: skip


class path:  # noqa: N801 -- the name is Mercurial's
    """Stands for `mercurial.utils.urlutil.path`, which lives there now."""


def getprogbar(ui: Any) -> None:
    """Return nothing: bars are drawn by the core."""
    return None
