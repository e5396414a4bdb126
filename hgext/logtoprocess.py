"""send ui.log() data to a subprocess (EXPERIMENTAL)

Runs a shell command for each event that ``[logtoprocess]`` names::

  [logtoprocess]
  commandexception = echo "$MSG1" > /var/log/mercurial_exceptions.log

The command finds the message in ``MSG1``, the event in ``EVENT``, the process in ``HGPID`` and each
further value in ``OPT_NAME``. Nobody waits for it.
"""

from __future__ import annotations

import os
from typing import Any

from mercurial import pycompat
from mercurial.utils import procutil

testedwith = b"ships-with-hg-core"


class processlogger:  # noqa: N801 -- the name is Mercurial's
    """Runs the commands.

    Args:
        ui: The user.
    """

    def __init__(self, ui: Any):
        self._scripts = dict(ui.configitems(b"logtoprocess"))

    def tracked(self, event: bytes) -> bool:
        """Return whether there is a command for an event."""
        return bool(self._scripts.get(event))

    def log(self, ui: Any, event: bytes, msg: bytes, opts: dict[str, Any]) -> None:
        """Run the command of an event."""
        env = {b"EVENT": event, b"HGPID": b"%d" % os.getpid(), b"MSG1": msg}
        for name, value in opts.items():
            key = name if isinstance(name, bytes) else name.encode()
            env[b"OPT_%s" % key.upper()] = pycompat.bytestr(value)
        full = procutil.shellenviron(env)
        procutil.runbgcommand(
            self._scripts[event], full, shell=True, stdout=1, stderr=2
        )


def uipopulate(ui: Any) -> None:
    """Listen."""
    ui.setlogger(b"logtoprocess", processlogger(ui))
