"""close arbitrary heads without checking them out first

Closes branch heads with changesets that have no files, wherever the working directory is.
"""

from __future__ import annotations

from typing import Any

from mercurial import (
    bookmarks as _bookmarks,  # noqa: F401 -- part of the API
    cmdutil,
    context,
    error,
    pycompat,
    registrar,
    scmutil,
)
from mercurial.i18n import _

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
testedwith = b"ships-with-hg-core"
touchedcommands: list[bytes] = []


@command(
    b"close-head|close-heads",
    [
        *cmdutil.commitopts,
        *cmdutil.commitopts2,
        (b"r", b"rev", [], _(b"revision to check"), _(b"REV")),
    ],
    _(b"[OPTION]... [REV]..."),
    helpcategory=command.CATEGORY_CHANGE_MANAGEMENT,
    inferrepo=True,
)
def close_branch(ui: Any, repo: Any, *revs: bytes, **opts: Any) -> int:
    """Close the given head revisions

    Each revision must be a head of its branch. The message is asked for unless it is given with
    -m or -l.

    Returns 0 when all were closed.
    """
    options = pycompat.byteskwargs(opts)
    names = [*options.get(b"rev", []), *revs]
    if not names:
        raise error.InputError(_(b"no revisions specified"))
    found = scmutil.revrange(repo, names)
    ctxs = [repo[rev] for rev in found]
    heads = {}
    for ctx in ctxs:
        branch = ctx.branch()
        if branch not in heads:
            heads[branch] = set(repo.branchmap().branchheads(branch))
        if ctx.node() not in heads[branch]:
            raise error.Abort(_(b"revision is not an open head: %d") % ctx.rev())
    message = cmdutil.logmessage(ui, options)
    if not message:
        raise error.Abort(_(b"no commit message specified with -l or -m"))
    extra = {b"close": b"1"}
    with repo.wlock(), repo.lock(), repo.transaction(b"commit"):
        for ctx in ctxs:
            own = {**extra, b"branch": ctx.branch()}
            cctx = context.memctx(
                repo,
                parents=[ctx.node(), None],
                text=message,
                files=[],
                filectxfn=None,
                user=options.get(b"user") or None,
                date=options.get(b"date") or None,
                extra=own,
            )
            repo.commitctx(cctx)
    return 0
