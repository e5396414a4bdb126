"""Transactions as extensions see them.

Public: `transaction`.
"""

from __future__ import annotations

from typing import Any, Callable, Dict

from mercurial import error, rustext
from mercurial.utils import containers


class _hookargs(Dict[Any, Any]):  # noqa: N801 -- private
    """Arguments of hooks: what is put in reaches the core."""

    def __init__(self, handle: Any):
        super().__init__(handle.hook_args())
        self._handle = handle

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        name = key.decode() if isinstance(key, bytes) else key
        text = value if isinstance(value, bytes) else str(value).encode()
        self._handle.set_hook_arg(name, text)

    def setdefault(self, key: Any, default: Any = None) -> Any:
        """Set an argument unless it is there."""
        if key not in self:
            self[key] = default
        return self[key]


def _phase_ranges(moves: list[tuple[int, Any, int]]) -> list[tuple[Any, Any]]:
    """Return moves of phases by ranges of neighbours that move alike."""
    out: list[tuple[Any, Any]] = []
    for rev, old, new in moves:
        if out and out[-1][1] == (old, new) and out[-1][0].stop == rev:
            out[-1] = (range(out[-1][0].start, rev + 1), (old, new))
        else:
            out.append((range(rev, rev + 1), (old, new)))
    return out


class transaction(containers.transactional):  # noqa: N801 -- the name is Mercurial's
    """A running transaction; undone unless it is closed.

    Args:
        repo: The repository.
        handle: The Rust transaction.
    """

    def __init__(self, repo: Any, handle: Any):
        self._repo = repo
        self._handle = handle
        self._depth = 1
        self._users = 1
        self._names = [handle.description()]
        self._callbacks: list[str] = []
        self._validators: dict[bytes, Callable[[Any], Any]] = {}
        self._aborted = False
        self._changes: Any = None

    # -- life

    def nest(self, name: bytes = b"<unnamed>") -> transaction:
        """Join it: it is closed when all who joined have closed it."""
        self._depth += 1
        self._users += 1
        self._names.append(name)
        return self

    def running(self) -> bool:
        """Return whether it is open."""
        return self._depth > 0

    @property
    def names(self) -> list[bytes]:
        """What it is for."""
        return list(self._names)

    @property
    def name(self) -> bytes:
        """What it is for."""
        return self._handle.description()

    @property
    def changes(self) -> dict[bytes, Any]:
        """What has changed so far; when it is over, what has changed in all."""
        known = self._changes if self._changes is not None else self._handle.changes()
        before, revs, phases, bookmarks = known
        return {
            b"revs": revs,
            b"origrepolen": before,
            b"obsmarkers": set(),
            b"phases": _phase_ranges(phases),
            b"bookmarks": {name: (old, new) for name, old, new in bookmarks},
        }

    @property
    def hookargs(self) -> dict[Any, Any]:
        """Arguments that its hooks get."""
        return _hookargs(self._handle)

    def close(self) -> None:
        """End it well; the outermost makes it last."""
        if self._depth == 0:
            raise error.ProgrammingError(
                b"cannot use transaction when it is already committed/aborted"
            )
        self._depth -= 1
        if self._depth:
            return
        try:
            for _name, validate in sorted(self._validators.items()):
                validate(self)
        except BaseException:
            self._handle.undo()
            self._repo._transaction_ended()
            raise
        try:
            self._handle.finish()
        finally:
            self._repo._transaction_ended()

    def abort(self) -> None:
        """Undo everything."""
        self._depth = 0
        self._aborted = True
        if self._handle.undo():
            self._repo._transaction_ended()

    def release(self) -> None:
        """Let go; when all who joined have, undo everything unless all have closed it."""
        self._users = max(self._users - 1, 0)
        if self._depth > 0 and not self._users:
            self.abort()

    # -- callbacks

    def _add(
        self, moment: str, category: bytes, callback: Callable[[Any], Any]
    ) -> None:
        name = category.decode("utf-8", "replace")
        self._handle.add_callback(moment, f"python-{name}", lambda: callback(self))

    def addpending(self, category: bytes, callback: Callable[[Any], Any]) -> None:
        """Call `callback` when changes have to be visible to hooks."""
        self._add("pending", category, callback)

    def addfinalize(self, category: bytes, callback: Callable[[Any], Any]) -> None:
        """Call `callback` when it closes."""
        self._add("finalize", category, callback)

    def addpostclose(self, category: bytes, callback: Callable[[Any], Any]) -> None:
        """Call `callback` when it has closed."""

        def call(changes: Any) -> Any:
            self._changes = changes
            return callback(self)

        name = category.decode("utf-8", "replace")
        self._handle.add_callback("postclose", f"python-{name}", call)

    def addabort(self, category: bytes, callback: Callable[[Any], Any]) -> None:
        """Call `callback` when it is undone."""
        self._add("abort", category, callback)

    def addvalidator(self, category: bytes, callback: Callable[[Any], Any]) -> None:
        """Call `callback` before it closes; it may refuse."""
        self._validators[category] = callback

    def addfilegenerator(
        self,
        genid: bytes,
        filenames: tuple[bytes, ...],
        genfunc: Callable[..., Any],
        order: int = 0,
        location: bytes = b"",
        post_finalize: bool = False,
    ) -> None:
        """Have files written when it closes; `genfunc` writes to what it is given."""
        import io  # late: few extensions write files

        def text(at: int) -> bytes:
            files = [io.BytesIO() for _ in filenames]
            genfunc(*files)
            return files[at].getvalue()

        where = "hg" if location == b"plain" else "store"
        for at, name in enumerate(filenames):
            self._handle.add_file(
                where, name.decode(), post_finalize, lambda at=at: text(at)
            )

    def addbackup(
        self, file: bytes, hardlink: bool = True, location: bytes = b""
    ) -> None:
        """Keep a copy of a file that is about to be replaced."""
        self._handle.back_up("hg" if location == b"plain" else "store", file)

    def writepending(self) -> bool:
        """Make changes visible to hooks; return whether there are any."""
        return self._handle.write_pending()


def current(repo: Any) -> transaction | None:
    """Return the running transaction, lent."""
    handle = rustext.Transaction.current(repo._handle)
    return None if handle is None else transaction(repo, handle)
