"""Native operations that go through methods of a repository which an extension has replaced.

The core asks these functions when `localrepository._sync` has told it that a class (or an instance)
replaces a method; without any replacement it asks nobody.

Public: `lock`, `transaction`, `notify`, `status`, `commitctx`, `wread`, `wwrite`, `wwritedata`,
`datafilter`, `version_written`, `push`, `pull`, `wrapped_exchange`, `warn_unrouted`, `METHODS`.
"""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import Any, Iterator

METHODS = (
    "lock",
    "wlock",
    "transaction",
    "commitctx",
    "status",
    "destroying",
    "destroyed",
    "wread",
    "wwrite",
    "wwritedata",
)

_writing = threading.local()


def lock(repo: Any, args: tuple[bool, bool]) -> Any:
    """Take a lock, and return what lets go of it."""
    working, wait = args
    shown = repo.as_commands_see_it()
    return shown.wlock(wait) if working else shown.lock(wait)


def transaction(repo: Any, args: tuple[bytes]) -> Any:
    """Begin or join a transaction."""
    return repo.as_commands_see_it().transaction(*args)


def notify(repo: Any, args: tuple[str]) -> None:
    """Say that changesets are removed."""
    getattr(repo.as_commands_see_it(), args[0])()


def status(repo: Any, args: tuple[Any, tuple[bool, bool, bool]]) -> list[list[bytes]]:
    """Return the seven lists of a status of the working directory."""
    matcher, (ignored, clean, unknown) = args
    found = repo.as_commands_see_it().status(
        match=matcher, ignored=ignored, clean=clean, unknown=unknown
    )
    return [list(files) for files in found]


def commitctx(repo: Any, args: tuple[Any]) -> bytes:
    """Make a changeset that a native operation has prepared; return its node id."""
    from mercurial import context  # late: it comes after us

    (pending,) = args
    shown = repo.as_commands_see_it()
    if pending.is_working():
        return shown.commitctx(context.pendingcommitctx(shown, pending), True)
    return shown.commitctx(pending_memory(shown, pending))


def pending_memory(shown: Any, pending: Any) -> Any:
    """Return what a native operation has prepared, as a changeset in memory."""
    from mercurial import context  # late: it comes after us

    user, date, text, extra = pending.about(shown._handle)

    def version(_repo: Any, ctx: Any, path: bytes) -> Any:
        found = pending.version(path)
        if found is None:
            return None
        data, flags, source = found
        return context.memfilectx(
            shown, ctx, path, data, b"l" in flags, b"x" in flags, source
        )

    ctx: Any = context.memctx(
        shown, pending.parents(), text, pending.paths(), version, user, date, extra
    )
    ctx._pending = pending
    return ctx


def wread(repo: Any, args: tuple[bytes, bytes, bytes | None]) -> bytes:
    """Return what is stored of a file of the working directory."""
    return repo.as_commands_see_it().wread(args[0])


@contextlib.contextmanager
def _about(args: tuple[bytes, bytes, bytes | None]) -> Iterator[None]:
    """Let `version_written` know what is asked."""
    outer = getattr(_writing, "version", None)
    _writing.version = (args[0], args[2])
    try:
        yield
    finally:
        _writing.version = outer


def wwritedata(repo: Any, args: tuple[bytes, bytes, bytes | None]) -> bytes:
    """Return what a file of the working directory has of stored content."""
    with _about(args):
        return repo.as_commands_see_it().wwritedata(*args[:2])


def wwrite(repo: Any, args: tuple[bytes, bytes, bytes | None]) -> bytes:
    """Return what `wwrite` would write; the native operation writes it."""
    made: list[bytes] = []
    _writing.captured = made
    try:
        with _about(args):
            repo.as_commands_see_it().wwrite(*args[:2], b"")
    finally:
        _writing.captured = None
    return made[-1] if made else args[1]


def captures(content: bytes) -> bool:
    """Take content that a native operation writes itself; return whether one asks for it."""
    captured = getattr(_writing, "captured", None)
    if captured is None:
        return False
    captured.append(content)
    return True


def version_written(path: bytes) -> bytes | None:
    """Return which version of a file `wwritedata` is asked for, where it is one."""
    written, version = getattr(_writing, "version", None) or (None, None)
    return version if written == path else None


def _takes_more(function: Any) -> bool:
    """Return whether a filter takes keyword arguments; old ones do not."""
    import inspect  # late: it takes long to import

    return inspect.getfullargspec(function).varkw is not None


def datafilter(repo: Any, args: tuple[bytes, bytes, bytes]) -> bytes | None:
    """Apply the function that a command of `[encode]` or `[decode]` names, if it names one."""
    command, path, content = args
    for name, function in repo.unfiltered()._datafilters.items():
        if command.startswith(name):
            params = command[len(name) :].lstrip()
            if not _takes_more(function):
                return function(content, params)
            shown = repo.as_commands_see_it()
            return function(content, params, ui=shown.ui, repo=shown, filename=path)
    return None


def wrapped_exchange() -> list[str]:
    """Return which of `exchange.push` and `exchange.pull` an extension has replaced."""
    module = sys.modules.get("mercurial.exchange")
    return [] if module is None else module.replaced()


def _peer(shown: Any, pending: Any, name: bytes | None = None) -> Any:
    from mercurial import exchange  # late: few extensions wrap exchanges
    from mercurial.utils import urlutil

    path = urlutil.path(shown.ui, name, rawloc=pending.place()[0], validate_path=False)
    remote = exchange.connectedpeer(shown.ui, pending, path)
    remote._pending = pending
    return remote


def push(repo: Any, args: tuple[Any]) -> tuple[int | None, bool]:
    """Push as `exchange.push` does; return the result, and whether a bookmark failed."""
    from mercurial import exchange  # late: as above

    (pending,) = args
    shown = repo.as_commands_see_it()
    revs, bookmarks, variables = pending.what()
    force, newbranch, publish = pending.flags()
    if exchange.called_directly():
        return pending.run(shown._handle, revs, bookmarks, pending.flags())
    done = exchange.push(
        shown,
        _peer(shown, pending),
        force or None,
        revs=revs,
        newbranch=newbranch,
        bookmarks=bookmarks,
        publish=publish,
        opargs={b"pushvars": variables},
    )
    return done.cgresult, done.bkresult == 2


def pull(repo: Any, args: tuple[Any]) -> int:
    """Pull as `exchange.pull` does; return how heads changed."""
    from mercurial import exchange  # late: as above

    (pending,) = args
    shown = repo.as_commands_see_it()
    heads, bookmarks, force = pending.what()
    if exchange.called_directly():
        return pending.run(shown._handle, heads, bookmarks, force)
    name, marks, asks = pending.more()
    remote = _peer(shown, pending, name)
    if marks is None and heads is not None:
        # Upstream has asked for them when revisions are named.
        named = remote.listkeys(b"bookmarks")
        marks = [(mark, bytes.fromhex(node.decode())) for mark, node in named.items()]
    done = exchange.pull(
        shown,
        remote,
        path=remote.path,
        heads=heads,
        force=force or None,
        bookmarks=bookmarks,
        opargs={} if marks is None else {b"remotebookmarks": dict(marks)},
        confirm=True if asks else None,
    )
    return done.cgresult or 0


# Methods of Mercurial's class that ours has not and that native code does not call either.
_ABSENT = (
    "checkpush",
    "listkeys",
    "peer",
    "prepushoutgoinghooks",
    "pushkey",
    "rollback",
)

_checked: set[type] = set()


def _is_unrouted(name: str, original: type) -> bool:
    if name.startswith("_") or name in METHODS or name == "commit":
        return False
    return name in _ABSENT or hasattr(original, name)


def warn_unrouted(cls: type, original: type) -> None:
    """Say once which methods of a class that an extension derived native code does not call."""
    if cls is original or cls in _checked:
        return
    _checked.add(cls)
    from mercurial import extensions  # late: few extensions derive a class

    for part in cls.__mro__[: cls.__mro__.index(original)]:
        if part in _checked and part is not cls:
            continue
        _checked.add(part)
        if part.__module__.startswith(("mercurial.", "hgext.")):
            continue
        names = [name for name in part.__dict__ if _is_unrouted(name, original)]
        extensions.warn_methods(
            [f"mercurial.localrepo.localrepository.{name}" for name in names]
        )
