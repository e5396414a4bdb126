"""Paths in a repository.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import os
import posixpath
from typing import Any, Iterable

from mercurial import error, util
from mercurial.i18n import _
from mercurial.util import dirs, finddirs  # noqa: F401 -- part of the API

join = posixpath.join
dirname = posixpath.dirname
pathsep = b"/"


class pathauditor:  # noqa: N801 -- the name is Mercurial's
    """Refuses paths that lead out of a repository.

    Args:
        root: The directory of the repository.
    """

    def __init__(
        self,
        root: bytes,
        callback: Any = None,
        realfs: bool = True,
        cached: bool = False,
        **_options: Any,
    ):
        self.root = root
        self.callback = callback
        self._realfs = realfs

    def __call__(self, path: bytes, mode: Any = None) -> None:
        parts = path.split(b"/")
        lowered = [part.lower() for part in parts]
        if (
            not path
            or path.startswith(b"/")
            or parts[0] in (b".hg", b".hg.", b"")
            or b".." in parts
        ):
            raise error.InputError(_(b"path contains illegal component: %s") % path)
        if b".hg" in lowered:
            at = lowered.index(b".hg")
            base = b"/".join(parts[:at])
            raise error.InputError(
                _(b"path '%s' is inside nested repo %r") % (path, base)
            )
        if self._realfs:
            for prefix in reversed(list(finddirs(path))):
                self._check(prefix, path)

    def _check(self, prefix: bytes, path: bytes) -> None:
        current = os.path.join(self.root, prefix)
        if prefix and os.path.islink(current):
            raise error.Abort(_(b"path %r traverses symbolic link %r") % (path, prefix))
        nested = prefix and os.path.isdir(os.path.join(current, b".hg"))
        if nested and not (self.callback and self.callback(current)):
            raise error.Abort(_(b"path '%s' is inside nested repo %r") % (path, prefix))

    def check(self, path: bytes) -> bool:
        """Return whether a path may be used."""
        try:
            self(path)
            return True
        except (OSError, error.Abort):
            return False

    def clear_audit_cache(self) -> None:
        """Nothing is remembered."""


def canonpath(root: bytes, cwd: bytes, myname: bytes, auditor: Any = None) -> bytes:
    """Return the path in a repository that a name typed in `cwd` means.

    Raises:
        error.Abort: It lies outside.
    """
    base = root if root.endswith(b"/") else root + b"/"
    name = myname if os.path.isabs(myname) else os.path.join(root, cwd, myname)
    name = os.path.normpath(name)
    if name == root:
        return b""
    if name.startswith(base):
        found = name[len(base) :]
        (auditor or pathauditor(root))(found)
        return found
    head = name
    rest: list[bytes] = []
    while True:
        if os.path.exists(head) and os.path.samefile(head, root):
            return b"/".join(reversed(rest))
        parent, tail = os.path.split(head)
        rest.append(tail)
        if parent == head:
            break
        head = parent
    raise error.Abort(_(b"%s not under root '%s'") % (myname, root))


def normasprefix(path: bytes) -> bytes:
    """Return a path with a separator at its end."""
    return path if path.endswith(b"/") else path + b"/"


def join_all(parts: Iterable[bytes]) -> bytes:
    """Return parts joined."""
    return b"/".join(parts)


pconvert = util.pconvert
