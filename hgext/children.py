"""command to show the children of a changeset

Shows the changesets that have a given one as a parent. The revset ``children(REV)`` selects the
same
changesets in any command.
"""

from __future__ import annotations

from typing import Any

from mercurial import cmdutil, logcmdutil, registrar, scmutil

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
testedwith = b"ships-with-hg-core"
touchedcommands: list[bytes] = []


@command(
    b"children",
    [
        (b"r", b"rev", b".", b"show children of the specified revision", b"REV"),
        *cmdutil.templateopts,
    ],
    b"hg children [-r REV] [FILE]",
    helpcategory=command.CATEGORY_CHANGE_NAVIGATION,
    inferrepo=True,
)
def children(ui: Any, repo: Any, file_: bytes | None = None, **opts: Any) -> None:
    """Show the children of the given or working directory revision

    Without revision, the children of the working directory's first parent are shown. With a
    file, the
    changesets are shown in which the revision of the file that the given changeset has was changed
    next.
    """
    rev = opts.get("rev")
    ctx = scmutil.revsingle(repo, rev)
    if file_:
        fctx = repo.filectx(file_, changeid=ctx.rev())
        found = [child.changectx() for child in fctx.children()]
    else:
        found = ctx.children()
    displayer = logcmdutil.changesetdisplayer(
        ui, repo, {k.encode(): v for k, v in opts.items()}
    )
    for child in found:
        displayer.show(child)
    displayer.close()
