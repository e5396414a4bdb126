"""The Python door: the Rust dispatcher with extensions in Python.

Public: `run`, `dispatch`, `request`, `runcommand`.
"""

from __future__ import annotations

import atexit
import os
import sys
import time
from typing import Any, Callable, Sequence

from mercurial import error, extensions, overrides, rustext, ui as uimod


class Host:
    """What the Rust dispatcher asks of Python (see `hg_commands::host`).

    Args:
        req: The request that is run.
    """

    def __init__(self, req: request):
        self._req = req
        self._ui: Any = None
        self._repos: list[Any] = []
        self._plugins: Any = None
        self._started: float | None = None

    # -- objects for handles

    def ui(self, handle: Any) -> Any:
        """Return the one `ui` of a handle."""
        if self._ui is not None and self._ui._handle.same(handle):
            return self._ui
        made = uimod.ui._wrap(handle)
        if self._ui is None:
            self._ui = made
            self._req._adopt(made)
        elif type(self._ui) is not uimod.ui:
            made.__class__ = type(self._ui)
        return made

    def repo(self, ui: Any, handle: Any) -> Any:
        """Return the one repository object of a handle, set up by extensions."""
        if handle is None:
            return None
        for known, repo in self._repos:
            if known.root() == handle.root():
                return repo.as_commands_see_it()
        from mercurial import localrepo  # late: many commands need no repository

        repo = localrepo.localrepository(ui, handle)
        self._repos.append((handle, repo))
        for prepare in self._req.prereposetups:
            prepare(ui, repo)
        if _any_has("uipopulate"):
            repo.baseui = ui.copy()
            extensions.populateui(repo.baseui)
        extensions.setup_repo(ui, repo)
        ui._sync()
        return repo.as_commands_see_it()

    def finished(self, code: int) -> None:
        """Tell whoever listens that the command is over."""
        if self._started is None:
            return
        duration = time.perf_counter() - self._started
        self._ui.log(
            b"commandfinish",
            b"%s exited %d after %0.2f seconds\n",
            formatargs(self._req.args),
            code,
            duration,
            return_code=code,
            duration=duration * 1000,
            canonical_command=self._ui.cmdname,
        )

    def close(self) -> None:
        """End the run."""
        repos, self._repos = self._repos, []
        for _handle, repo in repos:
            repo.close()

    # -- what the dispatcher calls

    def load(
        self, handle: Any, sources: Sequence[tuple[bytes, bytes]], native: Sequence[str]
    ) -> tuple[Any, ...]:
        """Load extensions and return what they add to the tables."""
        ui = self.ui(handle)
        extensions.loadall(ui, sources=sources)
        ui._sync()
        from mercurial import tables  # late: it needs the extensions

        added = tables.commands(ui), tables.global_options()
        self._plugins = tables.plugins(self)
        return (*added, self._plugins)

    def populate(self, handle: Any) -> None:
        """Let extensions add to the `ui` of the run."""
        ui = self.ui(handle)
        if _any_has("uipopulate"):
            # Upstream has one for the user's configuration, one with the repository's, and the one
            # that the command gets.
            extensions.populateui(ui.copy())
        extensions.populateui(ui)
        ui._sync()
        self._started = time.perf_counter()
        ui.log(b"command", b"%s\n", formatargs(self._req.args))

    def repository(self, ui_handle: Any, repo_handle: Any) -> None:
        """Set up the repository of the run."""
        if (
            self._req.prereposetups
            or overrides.wrapped_exchange()
            or _any_has("reposetup")
            or _any_has("uipopulate")
        ):
            self.repo(self.ui(ui_handle), repo_handle)

    def hook(self, ui_handle: Any, repo_handle: Any, what: tuple[Any, ...]) -> bool:
        """Run a hook that is a function; return whether it failed."""
        from mercurial import hook  # late: few runs have such hooks

        ui = self.ui(ui_handle)
        repo = self.repo(ui, repo_handle)
        return hook.run_configured(ui, repo, what)

    def run(
        self,
        function: Callable[..., int | None],
        ui_handle: Any,
        repo_handle: Any,
        args: tuple[bytes, ...],
        opts: dict[str, Any],
        name: bytes,
    ) -> int:
        """Run a command that an extension added or replaced."""
        from mercurial import (  # late: only commands of extensions need them
            encoding,
            util,
        )

        ui = self.ui(ui_handle)
        ui.cmdname = name
        encoding.encoding = ui._handle.encoding().encode()
        call = util.checksignature(function)
        try:
            return self._call(call, function, ui, repo_handle, args, opts)
        except error.CommandError as problem:
            raise error.SignatureError(problem.message) from None

    def _call(
        self, call: Any, function: Any, ui: Any, repo_handle: Any, args: Any, opts: Any
    ) -> int:
        if repo_handle is None or getattr(function, "norepo", False):
            if getattr(function, "optionalrepo", False):
                code = call(ui, None, *args, **opts)
            else:
                code = call(ui, *args, **opts)
        else:
            code = call(ui, self.repo(ui, repo_handle), *args, **opts)
        return _exit_code(code)

    def reroute(self, name: bytes) -> Any:
        """Return the table entry that does a command instead of native code, if one must."""
        if name != b"commit" or not self._repos:
            return None
        from mercurial import commands, rerouted, tables  # late: they come after us

        if not rerouted.overrides(self._repos[-1][1], "commit"):
            return None
        return tables.replaced(name, commands.table[b"commit|ci"])

    def report(self, problem: BaseException) -> int | None:
        """Tell the user about an exception that native code does not know; return the exit code."""
        from mercurial import failures  # late: only failures need it

        return failures.report(self._ui, problem)

    def loaded(self) -> list[list[bytes]]:
        """Return what listings show of the extensions."""
        return extensions.loaded_rows()


def _any_has(function: str) -> bool:
    """Return whether an extension has a function that is called by its name."""
    return any(hasattr(module, function) for _name, module in extensions.extensions())


def _exit_code(code: Any) -> int:
    if code is None:
        return 0
    if isinstance(code, (bool, int)):
        return int(code)
    problem = TypeError(
        f"unsupported operand type(s) for &: {type(code).__name__!r} and 'int'"
    )
    problem.after_the_command = True  # type: ignore[attr-defined] # asked for by `failures`
    raise problem


class request:  # noqa: N801 -- the name is Mercurial's
    """A command line to run.

    Args:
        args: The arguments after the program's name.
        ui: A `ui` whose configuration and streams are taken over.
        repo: A repository to run in.
        fin: Standard input; the process's own without.
        fout: Standard output.
        ferr: Standard error.
        fmsg: Where messages go.
        prereposetups: Functions `(ui, repo)` called before extensions set a repository up.
    """

    def __init__(
        self,
        args: Sequence[bytes],
        ui: Any = None,
        repo: Any = None,
        fin: Any = None,
        fout: Any = None,
        ferr: Any = None,
        fmsg: Any = None,
        prereposetups: Any = None,
    ):
        self.args = list(args)
        self.ui = ui
        self.repo = repo
        self.fin = fin
        self.fout = fout
        self.ferr = ferr
        self.fmsg = fmsg
        self.repos = None
        self.earlyoptions: dict[bytes, Any] = {}
        self.prereposetups = list(prereposetups or [])
        self.canonical_command = None

    def _adopt(self, ui: Any) -> None:
        """Give the `ui` of the run what the caller's has."""
        given = self.ui
        if given is None:
            self.ui = ui
            return
        ui._objects = given._objects
        ui._loggers = given._loggers
        ui.environ = given.environ
        if type(given) is not type(ui):
            ui.__class__ = type(given)

    def _runexithandlers(self) -> bool:
        handlers = self.ui._exithandlers if self.ui is not None else []
        failed = False
        while handlers:
            func, args, kwargs = handlers.pop()
            try:
                func(*args, **kwargs)
            except Exception as problem:
                if not failed:
                    self.ui.warn(b"error in exit handlers:\n")
                    failed = True
                self.ui.traceback(
                    (type(problem), problem, problem.__traceback__), force=True
                )
        return failed


def _arguments(req: request) -> list[bytes]:
    """Return the arguments, with what the caller's `ui` and repository add."""
    extra = []
    if req.ui is not None:
        for section, name, value in req.ui.walkconfig():
            if req.ui.configsource(section, name) in (b"", b"--config"):
                extra += [b"--config", b"%s.%s=%s" % (section, name, value)]
    if (
        req.repo is not None
        and b"-R" not in req.args
        and b"--repository" not in req.args
    ):
        extra += [b"-R", req.repo.root]
    return extra + req.args


def dispatch(req: request) -> int:
    """Run a request and return its exit code."""
    host = Host(req)
    streams = (req.fin, req.fout, req.ferr)
    code = 255
    try:
        code = rustext.run(_arguments(req), host, streams)
        host.finished(code)
    finally:
        host.close()
        if req._runexithandlers():
            code = 255
    return code


def runcommand(
    lui: Any,
    repo: Any,
    cmd: bytes,
    fullargs: Sequence[bytes],
    ui: Any,
    options: dict[Any, Any],
    d: Callable[[], Any],
    cmdpats: Sequence[bytes],
    cmdoptions: dict[Any, Any],
) -> Any:
    """Run a command that is ready to be called."""
    return d()


def _runcommand(ui: Any, options: Any, cmd: bytes, cmdfunc: Callable[[], Any]) -> Any:
    return cmdfunc()


def initstdio() -> None:
    """Nothing is left to do: streams are binary already."""


def formatargs(args: Sequence[bytes]) -> bytes:
    """Return arguments as one would type them."""
    from mercurial.utils import procutil  # late: rarely needed

    return b" ".join(procutil.shellquote(arg) for arg in args)


def _earlyparseopts(ui: Any, args: Sequence[bytes]) -> dict[bytes, Any]:
    return {}


def run() -> None:
    """Run the process's command line and exit."""
    from mercurial import failures  # late: keeps imports small

    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    args = [os.fsencode(arg) for arg in sys.argv[1:]]
    try:
        code = dispatch(request(args))
    except error.Abort as problem:
        failures.write(problem.format())
        code = 255
    except BrokenPipeError:
        code = 255
    sys.stdout.flush()
    sys.stderr.flush()
    # Extensions may have left work for the end; interpreters themselves are slow to go.
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code & 255)
