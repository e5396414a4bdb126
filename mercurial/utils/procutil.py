"""Other programs: quoting, starting, finding.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from typing import Any, Callable, Iterator, Sequence

from mercurial import error, pycompat

stdin = pycompat.stdin
stdout = pycompat.stdout
stderr = pycompat.stderr
closefds = True
findstdin = stdin


def isatty(fp: Any) -> bool:
    """Return whether a file is a terminal."""
    try:
        return fp.isatty()
    except AttributeError:
        return False


def shellquote(s: bytes) -> bytes:
    """Return a word quoted for the shell where it needs to be."""
    if s and re.fullmatch(rb"[a-zA-Z0-9._/+-]+", s):
        return s
    return b"'%s'" % s.replace(b"'", b"'\\''")


def quotecommand(cmd: bytes) -> bytes:
    """Return a command line as the shell takes it."""
    return cmd


def shellsplit(s: bytes) -> list[bytes]:
    """Split a command line into words."""
    return pycompat.shlexsplit(s, posix=True)


def shelltocmdexe(path: bytes, env: Any) -> bytes:
    """Return the path: the shell is the same everywhere here."""
    return path


def tonativestr(s: bytes) -> str:
    """Return a native string."""
    return os.fsdecode(s)


def tonativeenv(env: dict[bytes, bytes]) -> dict[str, str]:
    """Return an environment of native strings."""
    return {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}


def explainexit(code: int) -> bytes:
    """Return what an exit code means."""
    if code < 0:
        return b"killed by signal %d" % -code
    return b"exited with status %d" % code


def findexe(command: bytes) -> bytes | None:
    """Return the path of a program."""
    found = shutil.which(os.fsdecode(command))
    return None if found is None else os.fsencode(found)


def hgexecutable() -> bytes:
    """Return the path of this program."""
    named = os.environb.get(b"HG")
    if named:
        return named
    beside = os.path.join(os.path.dirname(os.fsencode(sys.executable)), b"hg")
    if os.path.exists(beside):
        return beside
    return findexe(b"hg") or b"hg"


def _py2shell(value: Any) -> bytes:
    if value is None or value is False:
        return b"0"
    if value is True:
        return b"1"
    return pycompat.bytestr(value)


def shellenviron(environ: Any = None) -> dict[bytes, bytes]:
    """Return the environment for programs that we start."""
    env = dict(os.environb)
    for name, value in (environ or {}).items():
        env[name] = _py2shell(value)
    env[b"HG"] = hgexecutable()
    return env


def popen(cmd: bytes, mode: bytes = b"rb", bufsize: int = -1) -> Any:
    """Start a program and return the file to read from or write to."""
    if mode.startswith(b"r"):
        process = subprocess.Popen(
            cmd, shell=True, stdout=subprocess.PIPE, bufsize=bufsize
        )
        return _Piped(process, process.stdout)
    process = subprocess.Popen(cmd, shell=True, stdin=subprocess.PIPE, bufsize=bufsize)
    return _Piped(process, process.stdin)


class _Piped:
    """A file that waits for its program when it is closed."""

    def __init__(self, process: Any, file: Any):
        self._process = process
        self._file = file

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._file)

    def close(self) -> int | None:
        self._file.close()
        return self._process.wait() or None

    def __enter__(self) -> _Piped:
        return self

    def __exit__(self, *_exc: Any) -> None:
        self.close()


def popen2(cmd: bytes, env: Any = None) -> tuple[Any, Any]:
    """Start a program; return its input and output."""
    process = subprocess.Popen(
        cmd,
        shell=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        close_fds=True,
        env=env,
    )
    return process.stdin, process.stdout


def popen4(cmd: bytes, env: Any = None, bufsize: int = -1) -> tuple[Any, Any, Any, Any]:
    """Start a program; return its input, output, errors and itself."""
    process = subprocess.Popen(
        cmd,
        shell=True,
        bufsize=bufsize,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        close_fds=True,
        env=env,
    )
    return process.stdin, process.stdout, process.stderr, process


def popen3(cmd: bytes, env: Any = None, bufsize: int = -1) -> Any:
    """Return the three streams of a program."""
    return popen4(cmd, env, bufsize)[:3]


def pipefilter(s: bytes, cmd: bytes) -> bytes:
    """Return what a program makes of text."""
    process = subprocess.Popen(
        cmd, shell=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    return process.communicate(s)[0]


def tempfilter(s: bytes, cmd: bytes) -> bytes:
    """Return what a program makes of text in files called `INFILE` and `OUTFILE`."""
    inname = outname = None
    try:
        number, inname = tempfile.mkstemp(prefix=b"hg-filter-in-")
        with os.fdopen(number, "wb") as file:
            file.write(s)
        number, outname = tempfile.mkstemp(prefix=b"hg-filter-out-")
        os.close(number)
        cmd = cmd.replace(b"INFILE", inname).replace(b"OUTFILE", outname)
        code = system(cmd)
        if code:
            raise error.Abort(b"command '%s' failed: %s" % (cmd, explainexit(code)))
        with open(outname, "rb") as file:
            return file.read()
    finally:
        for name in (inname, outname):
            if name:
                with contextlib.suppress(OSError):
                    os.unlink(name)


_filters: dict[bytes, Callable[[bytes, bytes], bytes]] = {
    b"tempfile:": tempfilter,
    b"pipe:": pipefilter,
}


def filter(s: bytes, cmd: bytes) -> bytes:
    """Return what a program makes of text."""
    for name, function in _filters.items():
        if cmd.startswith(name):
            return function(s, cmd[len(name) :].lstrip())
    return pipefilter(s, cmd)


def system(
    cmd: bytes,
    environ: Any = None,
    cwd: bytes | None = None,
    out: Any = None,
    **_options: Any,
) -> int:
    """Run a shell command and return its exit code."""
    sys.stdout.flush()
    env = shellenviron(environ)
    if out is None or getattr(out, "fileno", None) is None or _is_stdout(out):
        return subprocess.run(cmd, shell=True, env=env, cwd=cwd, check=False).returncode
    process = subprocess.Popen(
        cmd,
        shell=True,
        env=env,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    for line in process.stdout:  # type: ignore[union-attr]
        out.write(line)
    return process.wait()


def _is_stdout(out: Any) -> bool:
    try:
        return out.fileno() == 1
    except (OSError, ValueError):
        return False


def mainfrozen() -> bool:
    """Return whether this program is one frozen file."""
    return False


def gui() -> bool:
    """Return whether there is a graphical display."""
    return bool(os.environb.get(b"DISPLAY"))


def checksignature(func: Any) -> Any:
    """Moved to `mercurial.util`."""
    from mercurial import util  # late: it uses us

    return util.checksignature(func)


def rundetached(args: Sequence[bytes], condfn: Callable[[], bool]) -> int:
    """Start a program that lives on; wait until `condfn` or its end."""
    import time  # late: used only here

    process = subprocess.Popen(list(args), start_new_session=True)
    while not condfn():
        if process.poll() is not None:
            return -1
        time.sleep(0.1)
    return process.pid


def runbgcommand(
    cmd: Any,
    env: Any,
    shell: bool = False,
    stdout: Any = None,
    stderr: Any = None,
    ensurestart: bool = True,
    record_wait: Any = None,
    stdin_bytes: bytes | None = None,
) -> None:
    """Start a program in the background."""
    process = subprocess.Popen(
        cmd,
        shell=shell,
        env=env,
        close_fds=True,
        stdin=subprocess.PIPE if stdin_bytes is not None else subprocess.DEVNULL,
        stdout=stdout if stdout is not None else subprocess.DEVNULL,
        stderr=stderr if stderr is not None else subprocess.DEVNULL,
        start_new_session=True,
    )
    if stdin_bytes is not None:
        process.stdin.write(stdin_bytes)  # type: ignore[union-attr]
        process.stdin.close()  # type: ignore[union-attr]
    if record_wait is not None:
        record_wait(process.wait)
    # A process that nobody waits for is not our child any more in spirit: no warning about it.
    process.returncode = 0


@contextlib.contextmanager
def uninterruptible(warn: Callable[[], None]) -> Iterator[None]:
    """Warn instead of stopping when the user interrupts."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, lambda *_args: warn())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def unblocksignal() -> None:
    """Do nothing."""


def getpid() -> int:
    """Return the process's number."""
    return os.getpid()


def testpid(pid: int) -> bool:
    """Return whether a process lives."""
    try:
        os.kill(pid, 0)
        return True
    except ProcessLookupError:
        return False
    except PermissionError:
        return True


def setbinary(fd: Any) -> None:
    """Do nothing: files are binary."""


def protectstdio(uin: Any, uout: Any) -> tuple[Any, Any]:
    """Return input and output."""
    return uin, uout


def restorestdio(uin: Any, uout: Any, fin: Any, fout: Any) -> None:
    """Do nothing."""


def avoidstdio(*args: Any) -> Any:
    """Do nothing."""
    return None


def getuser() -> bytes:
    """Return the name of the user of the system."""
    import getpass  # late: used only here

    return os.fsencode(getpass.getuser())


def username(uid: int | None = None) -> bytes | None:
    """Return the name of a user of the system."""
    from mercurial import util  # late: it uses us

    return util.username(uid)
