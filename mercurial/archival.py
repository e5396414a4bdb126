"""Archives of changesets.

Public: `archive`.
"""

from __future__ import annotations

from typing import Any

from mercurial.node import hex


def archive(
    repo: Any,
    dest: bytes,
    node: bytes,
    kind: bytes,
    decode: bool = True,
    match: Any = None,
    prefix: bytes = b"",
    mtime: Any = None,
    subrepos: bool = False,
) -> int:
    """Write the files of a changeset to a directory or an archive."""
    from mercurial import commands  # late: it comes after us

    options = {
        "rev": hex(node),
        "type": kind,
        "prefix": prefix,
        "no_decode": not decode,
        "subrepos": subrepos,
    }
    commands.archive(repo.ui, repo, dest, **options)
    return len(repo[node].manifest())
