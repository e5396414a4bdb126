"""Commands that go through methods of the repository when an extension has replaced these.

Native commands do their work without asking Python. Where an extension has replaced a method in a
subclass of the repository, the command that the method stands for is done here, with that method.

Public: `commit`, `overrides`.
"""

from __future__ import annotations

from typing import Any

from mercurial import cmdutil, error, scmutil
from mercurial.i18n import _
from mercurial.utils import dateutil

# What this form of the command leaves to the native one.
_NATIVE = (
    "amend",
    "interactive",
    "subrepos",
    "secret",
    "draft",
    "force_close_branch",
    "close_branch",
)


def overrides(repo: Any, method: str) -> bool:
    """Return whether an extension has replaced a method of a repository."""
    return repo._replaced(method)


def applies(name: bytes, repo: Any, opts: dict[str, Any]) -> bool:
    """Return whether a command is done here."""
    if name != b"commit" or repo is None or any(opts.get(option) for option in _NATIVE):
        return False
    return overrides(repo, "commit")


def commit(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> int | None:
    """Commit the specified files or all outstanding changes."""
    if repo.vfs.exists(b"updatestate"):
        raise error.StateError(
            _(b"last update was interrupted"),
            hint=_(b"use 'hg update' to get a consistent checkout"),
        )
    with repo.wlock(), repo.lock():
        if opts.get("addremove"):
            from mercurial import commands  # late: it uses us

            if commands.addremove(ui, repo, *pats):
                raise error.Abort(
                    _(b"failed to mark all new/missing files as added/removed")
                )
        matcher = scmutil.match(repo[None], pats, opts)
        message = cmdutil.logmessage(ui, opts)
        date = dateutil.parsedate(opts["date"]) if opts.get("date") else None
        branch = repo[None].branch()
        heads = _heads(repo, branch)
        editor = cmdutil.getcommiteditor(
            edit=bool(opts.get("edit")), editform=b"commit.normal.normal"
        )
        try:
            node = repo.commit(
                message or b"",
                opts.get("user") or None,
                date,
                matcher,
                editor=editor,
                extra={},
            )
        except error.InputError as problem:
            name, untracked, rest = problem.message.partition(b": file not tracked!")
            if untracked and not rest and not repo.wvfs.lexists(name):
                raise error.Abort(_(b"%s: No such file or directory") % name) from None
            raise
    if not node:
        _nothing_changed(ui, repo, matcher)
        return 1
    ctx = repo[node]
    grows = any(
        parent.node() in heads and parent.branch() == branch for parent in ctx.parents()
    )
    if heads and not grows:
        ui.status(_(b"created new head\n"))
    if ui.debugflag:
        ui.write(_(b"committed changeset %d:%s\n") % (ctx.rev(), ctx.hex()))
    elif ui.verbose:
        ui.write(_(b"committed changeset %d:%s\n") % (ctx.rev(), ctx.hex()[:12]))
    return None


def _heads(repo: Any, branch: bytes) -> set[bytes]:
    try:
        return set(repo.branchmap().branchheads(branch))
    except KeyError:
        return set()


def _nothing_changed(ui: Any, repo: Any, matcher: Any) -> None:
    missing = repo.status(match=matcher).deleted
    if missing:
        text = _(b"nothing changed (%d missing files, see 'hg status')\n")
        ui.status(text % len(missing))
    else:
        ui.status(_(b"nothing changed\n"))
