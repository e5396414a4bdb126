"""Paths and files as extensions handle them.

Public: everything without a leading underscore; `mercurial.util` gives all of it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from typing import Any

from mercurial import encoding, pycompat
from mercurial.i18n import _
from mercurial.utils import stringutil

umask = 0o022


def pconvert(path: bytes) -> bytes:
    """Return a path with slashes."""
    return path


def localpath(path: bytes) -> bytes:
    """Return a path as the system writes it."""
    return path


def normpath(path: bytes) -> bytes:
    """Return a path without `.`, `..` and double slashes."""
    return os.path.normpath(path)


def normcase(path: bytes) -> bytes:
    """Return a path as it compares."""
    return path


normcasespec = encoding.normcasespecs.other
normcasefallback = normcase


def expandpath(path: bytes) -> bytes:
    """Return a path with `~` and variables expanded."""
    return os.path.expanduser(os.path.expandvars(path))


def shortuser(user: bytes) -> bytes:
    """Return a short name of a user: without address, host, and all after the first word."""
    return stringutil.shortuser(user)


def endswithsep(path: bytes) -> bool:
    """Return whether a path ends with a separator."""
    return path.endswith(pycompat.ossep)


def splitpath(path: bytes) -> list[bytes]:
    """Return the parts of a path."""
    return path.split(pycompat.ossep)


def pathto(root: bytes, n1: bytes, n2: bytes) -> bytes:
    """Return the path from directory `n1` to `n2` below the root."""
    if not n1:
        return localpath(n2)
    if os.path.isabs(n1):
        n2 = os.path.join(root, n2)
    a, b = n1.split(b"/"), n2.split(b"/")
    common = 0
    while common < min(len(a), len(b)) and a[common] == b[common]:
        common += 1
    return b"/".join([b".."] * (len(a) - common) + b[common:]) or b"."


def split(path: bytes) -> tuple[bytes, bytes]:
    """Return directory and name."""
    head, _slash, tail = path.rpartition(b"/")
    return head, tail


def checkosfilename(path: bytes) -> bytes | None:
    """Return what is wrong with a path here."""
    return None


def checkwinfilename(path: bytes) -> bytes | None:
    """Return what is wrong with a path on Windows."""
    if path.endswith(b"\\"):
        return _(b"filename ends with '\\', which is invalid on Windows")
    if b"\\/" in path:
        return _(b"directory name ends with '\\', which is invalid on Windows")
    reserved = set(b"con prn aux nul".split()) | {b"com%d" % n for n in range(1, 10)}
    reserved |= {b"lpt%d" % n for n in range(1, 10)}
    for name in path.replace(b"\\", b"/").split(b"/"):
        if not name:
            continue
        for char in pycompat.iterbytestr(name):
            if char in b':*?"<>|':
                return _(b"filename contains '%s', which is reserved on Windows") % char
            if ord(char) <= 31:
                shown = stringutil.escapestr(char)
                return _(b"filename contains '%s', which is invalid on Windows") % shown
        if name.split(b".")[0].lower() in reserved:
            return (
                _(b"filename contains '%s', which is reserved on Windows")
                % name.split(b".")[0]
            )
        if name[-1:] in b". " and name not in b"..":
            return (
                _(b"filename ends with '%s', which is not allowed on Windows")
                % name[-1:]
            )
    return None


def fscasesensitive(path: bytes) -> bool:
    """Return whether the file system tells upper from lower case."""
    folded = path.upper() if path.upper() != path else path.lower()
    if folded == path:
        return True
    try:
        return os.lstat(folded) != os.lstat(path)
    except OSError:
        return True


def checkexec(path: bytes) -> bool:
    """Return whether the file system keeps the executable bit."""
    return True


def checklink(path: bytes) -> bool:
    """Return whether the file system has symbolic links."""
    return True


def isexec(f: bytes) -> bool:
    """Return whether a file is executable."""
    return bool(os.lstat(f).st_mode & 0o100)


def setflags(f: bytes, link: bool, executable: bool) -> None:
    """Make a file a link, executable, or neither."""
    mode = os.lstat(f).st_mode
    if link:
        if not stat.S_ISLNK(mode):
            target = readfile(f)
            os.unlink(f)
            os.symlink(target, f)
        return
    if stat.S_ISLNK(mode):
        target = os.readlink(f)
        os.unlink(f)
        writefile(f, target)
        mode = 0o666 & ~umask
    if executable:
        os.chmod(f, mode | (mode & 0o444) >> 2)
    else:
        os.chmod(f, mode & 0o666)


def copyfiles(
    src: bytes, dst: bytes, hardlink: Any = None, progress: Any = None
) -> tuple[bool, int]:
    """Copy a file or a tree; return whether files are shared, and how many there are."""
    if os.path.isdir(src):
        os.mkdir(dst)
        count = 0
        for name in sorted(os.listdir(src)):
            hardlink, more = copyfiles(
                os.path.join(src, name), os.path.join(dst, name), hardlink
            )
            count += more
        return bool(hardlink), count
    if hardlink:
        try:
            os.link(src, dst)
            return True, 1
        except OSError:
            hardlink = False
    shutil.copy(src, dst)
    return bool(hardlink), 1


def copyfile(
    src: bytes,
    dest: bytes,
    hardlink: bool = False,
    copystat: bool = False,
    checkambig: bool = False,
    nb_bytes: Any = None,
    **_options: Any,
) -> None:
    """Copy a file with its mode."""
    if os.path.lexists(dest):
        os.unlink(dest)
    if os.path.islink(src):
        os.symlink(os.readlink(src), dest)
        return
    if hardlink:
        with contextlib.suppress(OSError):
            os.link(src, dest)
            return
    shutil.copyfile(src, dest)
    if copystat:
        shutil.copystat(src, dest)
    else:
        shutil.copymode(src, dest)


def tryunlink(f: bytes, missing_ok: bool = True) -> bool:
    """Remove a file; return whether it was there."""
    try:
        os.unlink(f)
        return True
    except FileNotFoundError:
        if not missing_ok:
            raise
        return False


def unlinkpath(f: bytes, ignoremissing: bool = False, rmdir: bool = True) -> None:
    """Remove a file and the directories that it leaves empty."""
    if ignoremissing:
        tryunlink(f)
    else:
        os.unlink(f)
    if rmdir:
        with contextlib.suppress(OSError):
            os.removedirs(os.path.dirname(f))


def makedir(path: bytes, notindexed: bool = False) -> None:
    """Make a directory."""
    os.mkdir(path)


def makedirs(name: bytes, mode: int | None = None, notindexed: bool = False) -> None:
    """Make a directory and those above it."""
    os.makedirs(name, exist_ok=True)
    if mode is not None:
        os.chmod(name, mode)


def readfile(path: bytes) -> bytes:
    """Return the content of a file."""
    with open(path, "rb") as file:
        return file.read()


def writefile(path: bytes, text: bytes) -> None:
    """Write a file."""
    with open(path, "wb") as file:
        file.write(text)


def appendfile(path: bytes, text: bytes) -> None:
    """Append to a file."""
    with open(path, "ab") as file:
        file.write(text)


def mktempcopy(
    name: bytes, emptyok: bool = False, createmode: Any = None, **_options: Any
) -> bytes:
    """Return a temporary copy of a file beside it."""
    directory, base = os.path.split(name)
    number, temp = tempfile.mkstemp(
        prefix=b".%s-" % base, suffix=b"~", dir=directory or b"."
    )
    os.close(number)
    if os.path.exists(name):
        shutil.copymode(name, temp)
        if not emptyok:
            shutil.copyfile(name, temp)
    else:
        os.chmod(temp, (createmode if createmode is not None else 0o666) & ~_umask())
    return temp


def _umask() -> int:
    mask = os.umask(0o22)
    os.umask(mask)
    return mask


class atomictempfile:  # noqa: N801 -- the name is Mercurial's
    """File that takes the place of another one as a whole when it is closed."""

    def __init__(
        self,
        name: bytes,
        mode: Any = b"w+b",
        createmode: Any = None,
        checkambig: bool = False,
    ):
        self.__name = name
        self._tempname = mktempcopy(
            name,
            emptyok=b"w" in (mode if isinstance(mode, bytes) else mode.encode()),
            createmode=createmode,
        )
        self._fp = pycompat.open(self._tempname, mode)
        self.read = self._fp.read
        self.write = self._fp.write
        self.seek = self._fp.seek
        self.tell = self._fp.tell
        self.fileno = self._fp.fileno

    def close(self) -> None:
        """Put it in its place."""
        if not self._fp.closed:
            self._fp.close()
            os.replace(self._tempname, self.__name)

    def discard(self) -> None:
        """Throw it away."""
        if not self._fp.closed:
            with contextlib.suppress(OSError):
                os.unlink(self._tempname)
            self._fp.close()

    def __enter__(self) -> atomictempfile:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is not None:
            self.discard()
        else:
            self.close()

    def __del__(self) -> None:
        if hasattr(self, "_fp"):
            self.discard()


class filestat:  # noqa: N801 -- the name is Mercurial's
    """The identity of a file at one moment."""

    def __init__(self, stat: Any):
        self.stat = stat

    @classmethod
    def frompath(cls, path: bytes) -> Any:
        """Look at a path."""
        try:
            return cls(os.stat(path))
        except FileNotFoundError:
            return cls(None)

    @classmethod
    def fromfp(cls, fp: Any) -> Any:
        """Look at an open file."""
        return cls(os.fstat(fp.fileno()))

    def __eq__(self, other: object) -> bool:
        theirs: Any = getattr(other, "stat", 1)
        try:
            return (self.stat.st_size, self.stat.st_mtime) == (
                theirs.st_size,
                theirs.st_mtime,
            )
        except AttributeError:
            return self.stat is None and theirs is None

    __hash__ = object.__hash__


cachestat = filestat
