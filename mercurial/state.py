"""Operations that can be left unfinished.

Public: `cmdstate`, `addunfinished`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error
from mercurial.utils import cborutil

_unfinishedstates: list[Any] = []


class cmdstate:  # noqa: N801 -- the name is Mercurial's
    """What an operation keeps in a file until it goes on."""

    def __init__(self, repo: Any, fname: bytes):
        self._repo = repo
        self.fname = fname

    def read(self) -> dict[bytes, Any]:
        """Return what was kept."""
        with self._repo.vfs(self.fname, b"rb") as file:
            try:
                int(file.readline())
            except ValueError:
                raise error.StorageError(
                    b"unknown version of state file found"
                ) from None
            try:
                return cborutil.decodeall(file.read())[0]
            except (cborutil.CBORDecodeError, IndexError):
                raise error.StorageError(b"'%s' is damaged" % self.fname) from None

    def save(self, version: int, data: dict[bytes, Any]) -> None:
        """Keep something."""
        if not isinstance(version, int):
            raise error.ProgrammingError(b"version of state file should be an integer")
        with self._repo.vfs(self.fname, b"wb", atomictemp=True) as file:
            file.write(b"%d\n" % version)
            file.writelines(cborutil.streamencode(data))

    def delete(self) -> None:
        """Forget it."""
        self._repo.vfs.tryunlink(self.fname)

    def exists(self) -> bool:
        """Return whether something is kept."""
        return self._repo.vfs.exists(self.fname)


def addunfinished(opname: bytes, **kwargs: Any) -> None:
    """Register an operation that can be left unfinished."""
    _unfinishedstates.append((opname, kwargs))
