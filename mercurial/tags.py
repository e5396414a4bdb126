"""Tags.

Public: `tag`, `localrepo_tags`.
"""

from __future__ import annotations

from typing import Any

from mercurial.node import hex


def tag(
    repo: Any,
    names: Any,
    node: bytes,
    message: bytes,
    local: bool,
    user: Any,
    date: Any,
    editor: Any = False,
) -> None:
    """Give a changeset names; unless they are local, in a new changeset."""
    from mercurial import commands  # late: it comes after us

    if isinstance(names, bytes):
        names = [names]
    when = (
        b"%d %d" % tuple(date)
        if date is not None and not isinstance(date, bytes)
        else date
    )
    commands.tag(
        repo.ui, repo, *names, rev=hex(node), local=local, message=message, user=user or b"",
        date=when or b"", force=True,
    )  # fmt: skip
    repo.invalidateall()
