"""Locks as extensions see them.

Public: `lock`, `release`.
"""

from __future__ import annotations

from typing import Any, Callable

from mercurial import rustext


class lock:  # noqa: N801 -- the name is Mercurial's
    """A lock of a repository; taken once more by whoever asks, gone when all let go.

    Args:
        handle: The Rust repository.
        working: The lock of the working directory, not of the store.
        wait: Wait for somebody else to let go.
    """

    def __init__(self, handle: Any, working: bool, wait: bool = True):
        self._handle = rustext.Lock.take(handle, working, wait)
        self._count = 1
        self.postrelease: list[Callable[[bool], Any]] = []
        self.acquirefn: Any = None

    @property
    def held(self) -> int:
        """How often it is held."""
        return self._count

    def lock(self) -> Any:
        """Take it once more."""
        self._count += 1
        return self

    def release(self, success: bool = True) -> None:
        """Let go; the last to do so sets the lock free."""
        if self._count > 1:
            self._count -= 1
            return
        if self._count == 1:
            self._count = 0
            self._handle.let_go()
            callbacks, self.postrelease = self.postrelease, []
            for callback in callbacks:
                callback(success)

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        self.release(success=kind is None)

    def __del__(self) -> None:
        if self._count:
            self._count = 1
            self.release()


def release(*locks: Any) -> None:
    """Let go of locks (and transactions), `None` not counted."""
    for held in locks:
        if held is not None:
            held.release()
