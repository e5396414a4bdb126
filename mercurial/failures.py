"""What the user is told about exceptions that are no errors of ours.

Public: `report`, `write`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

from mercurial import error, extensions, pycompat, util
from mercurial.utils import stringutil


def write(text: bytes) -> None:
    """Write to standard error, whatever became of the `ui`."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.write(2, text)


def report(ui: Any, problem: BaseException) -> int | None:
    """Tell the user; return the exit code, or `None` when native code can tell."""
    if _is_bare(ui, problem):
        write(extensions.format_traceback(problem))
        return 1
    say = ui.error if ui is not None else write
    if ui is not None:
        ui.flush()
    if isinstance(problem, SystemExit):
        code = problem.code
        if code is None or isinstance(code, int):
            return (code or 0) & 255
        say(b"%s\n" % str(code).encode())
        return 1
    if ui is not None and ui.tracebackflag:
        ui.write_err(extensions.format_traceback(problem))
    if isinstance(problem, KeyboardInterrupt):
        say(b"interrupted!\n")
        return 255
    if isinstance(problem, BrokenPipeError):
        return 255
    text = _known(problem)
    if text is None:
        return _unknown(ui, problem)
    say(text)
    return 255


def _is_bare(ui: Any, problem: BaseException) -> bool:
    """Return whether there is only the traceback: nobody can be told more, or all is over."""
    if getattr(problem, "after_the_command", False):
        return True
    closed = ui is not None and (ui.fout.closed or ui.ferr.closed)
    return closed and isinstance(problem, ValueError)


def _known(problem: BaseException) -> bytes | None:
    """Return the lines about an exception that may come from what users do."""
    if isinstance(problem, (error.LockHeld, error.LockUnavailable)):
        return b"abort: %s\n" % getattr(problem, "message", str(problem).encode())
    if isinstance(problem, (error.CommandError, error.SignatureError)):
        return b"abort: %s\n" % bytes(problem)
    if isinstance(problem, error.UnknownCommand):
        return b"hg: unknown command '%s'\n" % problem.command
    if isinstance(
        problem, (error.PatchError, error.BundleValueError, error.ResponseError)
    ):
        return b"abort: %s\n" % bytes(problem)
    if isinstance(problem, ImportError) and not isinstance(
        problem, ModuleNotFoundError
    ):
        return b"abort: %s\n" % str(problem).encode("utf-8", "surrogateescape")
    if isinstance(problem, ModuleNotFoundError):
        return b"abort: %s!\n" % str(problem).encode("utf-8", "surrogateescape")
    if type(problem).__module__ == "urllib.error":
        reason = getattr(problem, "reason", None)
        if hasattr(problem, "code"):
            return b"abort: %s\n" % stringutil.forcebytestr(problem)
        told = getattr(reason, "strerror", None) or str(reason)
        return b"abort: error: %s\n" % pycompat.bytestr(told)
    if isinstance(problem, OSError) and problem.strerror:
        name = problem.filename
        text = pycompat.bytestr(problem.strerror)
        if name is None:
            return b"abort: %s\n" % text
        shown = name if isinstance(name, bytes) else os.fsencode(str(name))
        return b"abort: %s: '%s'\n" % (text, shown)
    if isinstance(problem, MemoryError):
        return b"abort: out of memory\n"
    return None


def _worst() -> tuple[bytes, Any, bytes] | None:
    """Return the extension most likely at fault, with the nearest version it was tested with.

    One that says nothing is as likely as can be; one that was tested with this version is not at
    fault.
    """
    ours = _numbers(util.version())
    worst: tuple[bytes, Any, bytes] | None = None
    worst_nearest: tuple[int, ...] = ()
    for name, module in extensions.extensions():
        if extensions.ismoduleinternal(module):
            continue
        tested = getattr(module, "testedwith", None) or b""
        if not isinstance(tested, bytes) or not tested.strip():
            return name, module, b"unknown"
        if tested == b"internal":
            continue
        versions = [_numbers(word) for word in tested.split()]
        if ours in versions:
            continue
        nearest = max([one for one in versions if one < ours] or versions)
        if worst is None or nearest < worst_nearest:
            shown = b".".join(b"%d" % number for number in nearest)
            worst, worst_nearest = (name, module, shown), nearest
    return worst


def _numbers(version: bytes) -> tuple[int, ...]:
    """Return the first two numbers of a version: the others do not matter here."""
    parts = version.split(b"+")[0].split(b".")
    return tuple(int(part) for part in parts[:2] if part.isdigit())


def _unknown(ui: Any, problem: BaseException) -> int:
    lines = []
    found = _worst()
    if found is not None and (ui is None or not ui.config(b"ui", b"supportcontact")):
        name, module, tested = found
        version = extensions.moduleversion(module) or b"(version N/A)"
        link = getattr(module, "buglink", None)
        link = link.encode() if isinstance(link, str) else link
        lines.append(
            b"** Unknown exception encountered with possibly-broken third-party extension "
            b'"%s" %s\n' % (name, version)
        )
        lines.append(b"** which supports versions %s of Mercurial.\n" % tested)
        lines.append(b'** Please disable "%s" and try your action again.\n' % name)
        author = link.strip() if isinstance(link, bytes) else b"the extension author."
        lines.append(b"** If that fixes the bug please report it to %s\n" % author)
    else:
        contact = ui.config(b"ui", b"supportcontact") if ui is not None else None
        contact = (
            contact or b"https://foss.heptapod.net/mercurial/mercurial-devel/-/issues"
        )
        lines.append(
            b"** unknown exception encountered, please report by visiting\n** %s\n"
            % contact
        )
    lines.append(b"** Python %s\n" % sys.version.replace("\n", "").encode())
    lines.append(b"** Mercurial Distributed SCM (version %s)\n" % util.version())
    names = sorted(
        b" ".join(filter(None, (name, extensions.moduleversion(module))))
        for name, module in extensions.extensions()
    )
    lines.append(b"** Extensions loaded: %s\n" % b", ".join(names))
    if isinstance(problem, error.ProgrammingError):
        lines.append(b"** ProgrammingError: %s\n" % bytes(problem))
        if problem.hint:
            lines.append(b"** (%s)\n" % problem.hint)
    text = b"".join(lines)
    if ui is not None:
        ui.warn(text)
        ui.flush()
    else:
        write(text)
    write(extensions.format_traceback(problem))
    return 1
