"""log repository events to a blackbox for debugging

Writes what happens to ``.hg/blackbox.log``::

  [blackbox]
  # the events to write, and not to write
  track = *
  ignore = pythonhook
  # mark entries with `+` when the working directory has changes (slow)
  dirty = True
  # say where an entry comes from
  logsource = True
  # how large the file may become, and how many old ones are kept
  maxsize = 1.5 MB
  maxfiles = 3
  # the form of the time
  date-format = %Y-%m-%d @ %H:%M:%S.%f
"""

from __future__ import annotations

import datetime
import os
import re
from typing import Any

from mercurial import encoding, registrar
from mercurial.i18n import _
from mercurial.node import hex
from mercurial.utils import procutil

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"blackbox", b"dirty", default=False)
configitem(b"blackbox", b"maxsize", default=b"1 MB")
configitem(b"blackbox", b"logsource", default=False)
configitem(b"blackbox", b"maxfiles", default=7)
configitem(b"blackbox", b"track", default=lambda: [b"*"])
configitem(
    b"blackbox", b"ignore", default=lambda: [b"chgserver", b"cmdserver", b"extension"]
)
configitem(b"blackbox", b"date-format", default=b"")
testedwith = b"ships-with-hg-core"


class _Logger:
    """Writes events; those that come before there is a repository are lost."""

    def __init__(self, ui: Any):
        self._repo: Any = None
        self._tracked = set(ui.configlist(b"blackbox", b"track"))
        self._ignored = set(ui.configlist(b"blackbox", b"ignore"))
        self._held: list[Any] = []

    def setrepo(self, ui: Any, repo: Any) -> None:
        """Say where to write."""
        self._repo = repo
        held, self._held = self._held, []
        for event, message, when in held:
            self._write(ui, event, message, when)

    def tracked(self, event: bytes) -> bool:
        """Return whether an event is written."""
        if event in self._ignored:
            return False
        return b"*" in self._tracked or event in self._tracked

    def log(self, ui: Any, event: bytes, msg: bytes, opts: Any) -> None:
        """Write an event."""
        now = datetime.datetime.now()
        if self._repo is None:
            self._held.append((event, msg, now))
        else:
            self._write(ui, event, msg, now)

    def _write(self, ui: Any, event: bytes, msg: bytes, now: Any) -> None:
        default = ui.config(b"devel", b"default-date")
        form = ui.config(b"blackbox", b"date-format")
        if default:
            from mercurial.utils import dateutil  # late: tests only

            shown = dateutil.datestr(
                dateutil.parsedate(default), form or b"%Y-%m-%d %H:%M:%S"
            )
            if not form:
                shown = shown + b".000"
        elif form:
            shown = now.strftime(form.decode("latin-1")).encode("latin-1")
        else:
            shown = now.strftime("%Y-%m-%d %H:%M:%S.%f").encode()[:-3]
        repo = self._repo
        parents = b"+".join(
            hex(node) for node in repo.dirstate.parents() if node != b"\0" * 20
        )
        parents = parents or b"0" * 40
        changed = (
            b"+" if ui.configbool(b"blackbox", b"dirty") and repo[None].dirty() else b""
        )
        source = b" [%s]" % event if ui.configbool(b"blackbox", b"logsource") else b""
        user = procutil.getuser()
        line = b"%s %s @%s%s (%d)%s> %s" % (
            shown,
            user,
            parents,
            changed,
            procutil.getpid(),
            source,
            msg,
        )
        try:
            self._append(ui, repo, line)
        except OSError as problem:
            text = encoding.strtolocal(str(problem.strerror))
            ui.setlogger(b"blackbox", None)
            ui.debug(b"warning: cannot write to blackbox.log: %s\n" % text)

    def _append(self, ui: Any, repo: Any, line: bytes) -> None:
        path = repo.vfs.join(b"blackbox.log")
        maxsize = ui.configbytes(b"blackbox", b"maxsize")
        maxfiles = ui.configint(b"blackbox", b"maxfiles")
        try:
            size = os.stat(path).st_size
        except FileNotFoundError:
            size = 0
        if maxsize > 0 and size >= maxsize:
            for number in range(maxfiles - 1, 1, -1):
                self._rotate(b"%s.%d" % (path, number - 1), b"%s.%d" % (path, number))
            self._rotate(path, path + b".1" if maxfiles > 1 else None)
        with open(path, "ab") as file:
            file.write(line)

    @staticmethod
    def _rotate(old: bytes, new: bytes | None) -> None:
        try:
            if new is None:
                os.unlink(old)
            else:
                os.replace(old, new)
        except FileNotFoundError:
            return


def uipopulate(ui: Any) -> None:
    """Listen."""
    if ui.getlogger(b"blackbox") is None:
        ui.setlogger(b"blackbox", _Logger(ui))


def reposetup(ui: Any, repo: Any) -> None:
    """Say where to write."""
    if not repo.local():
        return
    logger = ui.getlogger(b"blackbox")
    if logger is not None:
        logger.setrepo(ui, repo)


@command(
    b"blackbox",
    [(b"l", b"limit", 10, _(b"the number of events to show"))],
    _(b"hg blackbox [OPTION]..."),
    helpcategory=command.CATEGORY_MAINTENANCE,
    helpbasic=True,
)
def blackbox(ui: Any, repo: Any, *revs: bytes, **opts: Any) -> None:
    """View the recent repository events"""
    if not repo.vfs.exists(b"blackbox.log"):
        return
    limit = opts.get("limit")
    lines = repo.vfs.read(b"blackbox.log").split(b"\n")
    count = 0
    output: list[bytes] = []
    for line in reversed(lines):
        if count >= (10 if limit is None else limit):
            break
        if re.match(rb"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d*)? .*> .*", line):
            count += 1
        output.append(line)
    ui.status(b"\n".join(reversed(output)))
