"""What a merge left to do.

Public: `mergestate`.
"""

from __future__ import annotations

from typing import Any, Iterator

MERGE_RECORD_UNRESOLVED = b"u"
MERGE_RECORD_RESOLVED = b"r"


class mergestate:  # noqa: N801 -- the name is Mercurial's
    """The files of a merge, with whether they are resolved.

    Args:
        repo: The repository.
    """

    def __init__(self, repo: Any):
        self._repo = repo

    @staticmethod
    def read(repo: Any) -> mergestate:
        """Return the state of a repository."""
        return mergestate(repo)

    def _files(self) -> dict[bytes, bytes]:
        from mercurial import commands  # late: few extensions need it

        ui = self._repo.ui
        ui.pushbuffer()
        try:
            commands.resolve(ui, self._repo, list=True)
        finally:
            text = ui.popbuffer()
        return {line[2:]: line[:1].lower() for line in text.splitlines()}

    def active(self) -> bool:
        """Return whether there is a merge."""
        return self._repo.vfs.exists(b"merge/state2") or self._repo.vfs.exists(b"merge/state")

    def unresolved(self) -> Iterator[bytes]:
        """Yield the files that are not resolved."""
        return (name for name, state in self._files().items() if state == b"u")

    def unresolvedcount(self) -> int:
        """Return how many there are."""
        return len(list(self.unresolved()))

    def files(self) -> list[bytes]:
        """Return all files."""
        return list(self._files())

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._files())

    def __contains__(self, name: bytes) -> bool:
        return name in self._files()

    def __getitem__(self, name: bytes) -> bytes:
        return self._files()[name]

    def mark(self, name: bytes, state: bytes) -> None:
        """Say that a file is resolved, or not."""
        from mercurial import commands  # late: few extensions need it

        options = {"mark": True} if state == b"r" else {"unmark": True}
        commands.resolve(self._repo.ui, self._repo, b"path:" + name, **options)

    def commit(self) -> None:
        """Nothing is left to do: each change is written at once."""

    def reset(self) -> None:
        """Forget the merge."""
        import shutil  # late: used only here

        shutil.rmtree(self._repo.vfs.join(b"merge"), ignore_errors=True)
