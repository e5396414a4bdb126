"""Files below a directory, by name.

Public: `vfs`, `storevfs`.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat as statmod
import tempfile
from typing import Any, BinaryIO, Callable, Iterable, Iterator


class _AtomicFile:
    """A file that takes its place when it is closed."""

    def __init__(self, path: bytes, mode: int | None):
        self._path = path
        self._mode = mode
        handle, self._temporary = tempfile.mkstemp(
            prefix=b".%s-" % os.path.basename(path), dir=os.path.dirname(path) or b"."
        )
        self._file = os.fdopen(handle, "wb")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def close(self) -> None:
        """Put it in place."""
        if self._file.closed:
            return
        self._file.close()
        mode = self._mode
        if mode is None:
            try:
                mode = os.lstat(self._path).st_mode & 0o777
            except FileNotFoundError:
                umask = os.umask(0)
                os.umask(umask)
                mode = 0o666 & ~umask
        os.chmod(self._temporary, mode & 0o777)
        os.replace(self._temporary, self._path)

    def discard(self) -> None:
        """Forget what was written."""
        if not self._file.closed:
            self._file.close()
            os.unlink(self._temporary)

    def __enter__(self) -> _AtomicFile:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()


class vfs:  # noqa: N801 -- the name is Mercurial's
    """A directory whose files are opened, read, written and asked about by name.

    Args:
        base: The directory.
        audit: Refuse names that lead out of it.
        expandpath: Expand `~` and variables in `base`.
        realpath: Resolve links in `base`.
    """

    options: dict[bytes, Any]
    createmode: int | None = None

    def __init__(
        self,
        base: bytes,
        audit: bool = True,
        cacheaudited: bool = False,
        expandpath: bool = False,
        realpath: bool = False,
    ):
        if expandpath:
            base = os.path.expandvars(os.path.expanduser(base))
        if realpath:
            base = os.path.realpath(base)
        self.base = base
        self._audit = audit
        self.options = {}

    # -- names

    def __call__(self, path: bytes, mode: bytes = b"rb", **options: Any) -> Any:
        return self.open(path, mode, **options)

    def join(self, path: bytes | None, *insidef: bytes) -> bytes:
        """Return the full name of a file."""
        if path:
            return os.path.join(self.base, path, *insidef)
        return self.base

    def reljoin(self, *paths: bytes) -> bytes:
        """Return a name put together of others."""
        return os.path.join(*paths)

    def split(self, path: bytes) -> tuple[bytes, bytes]:
        """Return directory and name."""
        return os.path.split(path)

    def basename(self, path: bytes) -> bytes:
        """Return the name without directory."""
        return os.path.basename(path)

    def dirname(self, path: bytes) -> bytes:
        """Return the directory."""
        return os.path.dirname(path)

    def audit(self, path: bytes, mode: Any = None) -> None:
        """Refuse a name that leads out of the directory."""
        from mercurial import error  # late: only for what is refused

        parts = path.split(b"/")
        if path.startswith(b"/") or b".." in parts:
            raise error.InputError(b"path contains illegal component: %s" % path)

    # -- content

    def open(
        self,
        path: bytes,
        mode: bytes = b"rb",
        atomictemp: bool = False,
        notindexed: bool = False,
        backgroundclose: bool = False,
        checkambig: bool = False,
        auditpath: bool = True,
        makeparentdirs: bool = True,
        **_more: Any,
    ) -> Any:
        """Open a file; always as bytes."""
        text = mode.decode() if isinstance(mode, bytes) else mode
        if "b" not in text:
            text += "b"
        full = self.join(path)
        writes = text[0] in "wax+" or "+" in text
        if writes and self._audit and auditpath:
            self.audit(path)
        if writes and makeparentdirs and text[0] != "r":
            os.makedirs(os.path.dirname(full), exist_ok=True)
        if atomictemp and text[0] == "w":
            return _AtomicFile(full, self.createmode and self.createmode & 0o666)
        is_new = text[0] in "wax" and not os.path.lexists(full)
        if text[0] == "w" and not is_new and os.stat(full).st_nlink > 1:
            os.unlink(full)
        opened = open(full, text)  # noqa: SIM115 -- the caller closes it
        if is_new:
            self._fixfilemode(full)
        return opened

    def _fixfilemode(self, full: bytes) -> None:
        if self.createmode is not None:
            os.chmod(full, self.createmode & 0o666)

    def read(self, path: bytes) -> bytes:
        """Return the content of a file."""
        with self.open(path, b"rb") as opened:
            return opened.read()

    def tryread(self, path: bytes) -> bytes:
        """Return the content of a file, nothing when it is not there."""
        try:
            return self.read(path)
        except FileNotFoundError:
            return b""

    def readlines(self, path: bytes, mode: bytes = b"rb") -> list[bytes]:
        """Return the lines of a file."""
        with self.open(path, mode) as opened:
            return opened.readlines()

    def tryreadlines(self, path: bytes, mode: bytes = b"rb") -> list[bytes]:
        """Return the lines of a file, none when it is not there."""
        try:
            return self.readlines(path, mode)
        except FileNotFoundError:
            return []

    def write(
        self, path: bytes, data: bytes, backgroundclose: bool = False, **options: Any
    ) -> int:
        """Write a file."""
        with self.open(path, b"wb", **options) as opened:
            return opened.write(data)

    def writelines(
        self,
        path: bytes,
        data: Iterable[bytes],
        mode: bytes = b"wb",
        notindexed: bool = False,
    ) -> None:
        """Write the lines of a file."""
        with self.open(path, mode) as opened:
            opened.writelines(data)

    def append(self, path: bytes, data: bytes) -> int:
        """Write to the end of a file."""
        with self.open(path, b"ab") as opened:
            return opened.write(data)

    # -- what is there

    def exists(self, path: bytes | None = None) -> bool:
        """Return whether a file is there, links followed."""
        return os.path.exists(self.join(path))

    def lexists(self, path: bytes | None = None) -> bool:
        """Return whether a file is there, links not followed."""
        return os.path.lexists(self.join(path))

    def isdir(self, path: bytes | None = None) -> bool:
        """Return whether it is a directory."""
        return os.path.isdir(self.join(path))

    def isfile(self, path: bytes | None = None) -> bool:
        """Return whether it is a file, links followed."""
        return os.path.isfile(self.join(path))

    def islink(self, path: bytes | None = None) -> bool:
        """Return whether it is a symbolic link."""
        return os.path.islink(self.join(path))

    def isfileorlink(self, path: bytes | None = None) -> bool:
        """Return whether it is a file or a symbolic link."""
        try:
            mode = self.lstat(path).st_mode
        except OSError:
            return False
        return statmod.S_ISREG(mode) or statmod.S_ISLNK(mode)

    def stat(self, path: bytes | None = None) -> os.stat_result:
        """Return what the file system says, links followed."""
        return os.stat(self.join(path))

    def lstat(self, path: bytes | None = None) -> os.stat_result:
        """Return what the file system says, links not followed."""
        return os.lstat(self.join(path))

    def fstat(self, fp: BinaryIO) -> os.stat_result:
        """Return what the file system says about an open file."""
        return os.fstat(fp.fileno())

    def listdir(self, path: bytes | None = None) -> list[bytes]:
        """Return the names in a directory."""
        return os.listdir(self.join(path))

    def readdir(
        self, path: bytes | None = None, stat: Any = None, skip: bytes | None = None
    ) -> list[Any]:
        """Return names and types in a directory, with stats if wanted."""
        found = []
        for entry in sorted(os.scandir(self.join(path)), key=lambda e: e.name):
            status = entry.stat(follow_symlinks=False)
            kind = statmod.S_IFMT(status.st_mode)
            if skip == entry.name and kind == statmod.S_IFDIR:
                return []
            found.append((entry.name, kind, status) if stat else (entry.name, kind))
        return found

    def walk(
        self, path: bytes | None = None, onerror: Callable[[OSError], Any] | None = None
    ) -> Iterator[tuple[bytes, list[bytes], list[bytes]]]:
        """Yield directory, directories and files below a directory, relative."""
        root = self.join(path)
        prefix = len(os.path.join(self.base, b"").rstrip(b"/")) + 1
        for directory, directories, files in os.walk(root, onerror=onerror):
            yield directory[prefix:], directories, files

    # -- changes

    def makedirs(self, path: bytes | None = None, mode: int | None = None) -> None:
        """Make a directory and those above it."""
        os.makedirs(self.join(path), exist_ok=True)

    def makedir(self, path: bytes | None = None, notindexed: bool = True) -> None:
        """Make a directory."""
        os.mkdir(self.join(path))

    mkdir = makedir

    def mkstemp(
        self,
        suffix: bytes = b"",
        prefix: bytes = b"tmp",
        dir: bytes | None = None,
    ) -> tuple[int, bytes]:
        """Make a temporary file; return descriptor and name."""
        handle, name = tempfile.mkstemp(suffix, prefix, self.join(dir))
        base = os.path.basename(name)
        return handle, os.path.join(dir, base) if dir else base

    def rename(self, src: bytes, dst: bytes, checkambig: bool = False) -> None:
        """Rename a file, over another one if it is there."""
        os.rename(self.join(src), self.join(dst))

    def unlink(self, path: bytes | None = None) -> None:
        """Remove a file."""
        os.unlink(self.join(path))

    def tryunlink(self, path: bytes | None = None) -> bool:
        """Remove a file; return whether it was there."""
        try:
            self.unlink(path)
        except FileNotFoundError:
            return False
        return True

    def unlinkpath(
        self, path: bytes | None = None, ignoremissing: bool = False, rmdir: bool = True
    ) -> None:
        """Remove a file, and directories that become empty."""
        try:
            self.unlink(path)
        except FileNotFoundError:
            if not ignoremissing:
                raise
        if rmdir and path and b"/" in path:
            self.removedirs(os.path.dirname(path))

    def rmdir(self, path: bytes | None = None) -> None:
        """Remove an empty directory."""
        os.rmdir(self.join(path))

    def removedirs(self, path: bytes | None = None) -> None:
        """Remove a directory and those above it, as long as they are empty."""
        while path:
            try:
                os.rmdir(self.join(path))
            except OSError:
                return
            path = os.path.dirname(path)

    def rmtree(
        self,
        path: bytes | None = None,
        ignore_errors: bool = False,
        forcibly: bool = False,
    ) -> None:
        """Remove a directory with everything in it."""
        shutil.rmtree(self.join(path), ignore_errors)

    def chmod(self, path: bytes, mode: int) -> None:
        """Set permissions."""
        os.chmod(self.join(path), mode)

    def utime(self, path: bytes | None = None, t: Any = None) -> None:
        """Set times."""
        os.utime(self.join(path), t)

    def symlink(self, src: bytes, dst: bytes) -> None:
        """Make a symbolic link, in place of what is there."""
        self.audit(dst)
        full = self.join(dst)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(full)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        os.symlink(src, full)

    def readlink(self, path: bytes) -> bytes:
        """Return where a symbolic link leads."""
        return os.readlink(self.join(path))

    def setflags(self, path: bytes, l: bool, x: bool) -> None:  # noqa: E741 -- the name is Mercurial's
        """Make a file a link or executable, or neither."""
        full = self.join(path)
        is_link = os.path.islink(full)
        if l and not is_link:
            with open(full, "rb") as opened:
                target = opened.read()
            os.unlink(full)
            os.symlink(target, full)
            return
        if is_link and not l:
            target = os.readlink(full)
            os.unlink(full)
            with open(full, "wb") as opened:
                opened.write(target)
        if not l:
            mode = os.stat(full).st_mode
            readable = (mode & 0o444) >> 2
            os.chmod(full, mode | readable if x else mode & ~0o111)


class storevfs(vfs):  # noqa: N801 -- the names of this module are lower case
    """The store: names are encoded on their way to the disk.

    Args:
        handle: The Rust repository.
    """

    def __init__(self, handle: Any):
        super().__init__(handle.store_path())
        self._handle = handle

    def encode(self, path: bytes) -> bytes:
        """Return the name on disk."""
        return self._handle.store_encode(path)

    def join(self, path: bytes | None, *insidef: bytes) -> bytes:
        """Return the full name of a file."""
        if not path:
            return self.base
        return os.path.join(self.base, self.encode(path), *insidef)
