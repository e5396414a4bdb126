"""Part of native code: extensions import the module; what they look for is missing.

Public: nothing yet.
"""

from __future__ import annotations

from typing import Any

from mercurial.utils import fileutil


def _calcmode(vfs: Any) -> int | None:
    """Return the mode of new files: that of the directory, `None` when it is the usual one."""
    try:
        mode = vfs.stat().st_mode
    except OSError:
        return None
    usual = 0o777 & ~fileutil._umask()
    return None if usual == mode & 0o777 else mode & 0o7777
