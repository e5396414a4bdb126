"""The state of a merge as extensions see it.

Public: `mergestate`, the states.
"""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import rustext

MERGE_RECORD_UNRESOLVED = b"u"
MERGE_RECORD_RESOLVED = b"r"
MERGE_RECORD_UNRESOLVED_PATH = b"pu"
MERGE_RECORD_RESOLVED_PATH = b"pr"


class mergestate:  # noqa: N801 -- the name is Mercurial's
    """Which files of a merge are to be settled; files to their states.

    Args:
        repo: The repository.
    """

    def __init__(self, repo: Any):
        self._repo = repo
        self._local: bytes | None = None
        self._other: bytes | None = None
        self._states: dict[bytes, bytes] = {}
        self._marked: dict[bytes, bytes] = {}
        found = rustext.merge_state(repo._handle)
        if found is not None:
            self._local, self._other, files = found
            self._states = dict(files)

    @classmethod
    def read(cls, repo: Any) -> mergestate:
        """Read the state of a repository."""
        return cls(repo)

    @classmethod
    def clean(cls, repo: Any) -> mergestate:
        """Forget the merge that goes on."""
        rustext.clear_merge(repo._handle)
        return cls(repo)

    def active(self) -> bool:
        """Return whether a merge goes on."""
        return self._local is not None

    @property
    def local(self) -> bytes:
        """The node id of the local side."""
        if self._local is None:
            raise RuntimeError("no merge goes on")
        return self._local

    @property
    def other(self) -> bytes:
        """The node id of the other side."""
        if self._other is None:
            raise RuntimeError("no merge goes on")
        return self._other

    @property
    def localctx(self) -> Any:
        """The local side."""
        return self._repo[self.local]

    @property
    def otherctx(self) -> Any:
        """The other side."""
        return self._repo[self.other]

    def __contains__(self, dfile: bytes) -> bool:
        return dfile in self._states

    def __getitem__(self, dfile: bytes) -> bytes:
        return self._states[dfile]

    def __iter__(self) -> Iterator[bytes]:
        return iter(sorted(self._states))

    def files(self) -> Any:
        """Return the files."""
        return self._states.keys()

    def unresolved(self) -> Iterator[bytes]:
        """Yield the files that are not settled, sorted."""
        open_states = (MERGE_RECORD_UNRESOLVED, MERGE_RECORD_UNRESOLVED_PATH)
        return (path for path in self if self._states[path] in open_states)

    def unresolvedcount(self) -> int:
        """Return how many files are not settled."""
        return sum(1 for _ in self.unresolved())

    def mark(self, dfile: bytes, state: bytes) -> None:
        """Set the state of a file; written by `commit`."""
        self._states[dfile] = self._marked[dfile] = state

    def commit(self) -> None:
        """Write what was marked."""
        if self._marked:
            rustext.mark_merged(self._repo._handle, list(self._marked.items()))
            self._marked = {}

    def reset(self) -> None:
        """Forget the merge."""
        rustext.clear_merge(self._repo._handle)
        self._local = self._other = None
        self._states = {}
        self._marked = {}
