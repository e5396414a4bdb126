"""Native operations that go through methods of a repository which an extension has replaced.

The core asks these functions when `localrepository._sync` has told it that a class (or an instance)
replaces a method; without any replacement it asks nobody.

Public: `lock`, `transaction`, `notify`, `status`, `commitctx`, `METHODS`.
"""

from __future__ import annotations

from typing import Any

METHODS = (
    "lock",
    "wlock",
    "transaction",
    "commitctx",
    "status",
    "destroying",
    "destroyed",
)


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
    user, date, text, extra = pending.about(repo._handle)

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
    return shown.commitctx(ctx, True)
