"""Subrepositories: what `.hgsub` and `.hgsubstate` say.

Public: `state`, `subrelpath`, `nullstate`.
"""

from __future__ import annotations

from typing import Any

nullstate = (b"", b"", b"empty")


def state(ctx: Any, ui: Any) -> dict[bytes, tuple[bytes, bytes, bytes]]:
    """Return for each path source, revision and kind."""
    if b".hgsub" not in ctx:
        return {}
    revisions = {}
    if b".hgsubstate" in ctx:
        for line in ctx[b".hgsubstate"].data().splitlines():
            if line.strip():
                revision, path = line.split(b" ", 1)
                revisions[path] = revision
    found = {}
    for line in ctx[b".hgsub"].data().splitlines():
        if b"=" not in line or line.startswith((b"#", b"[")):
            continue
        path, source = (part.strip() for part in line.split(b"=", 1))
        kind = b"hg"
        if source.startswith(b"["):
            kind, source = source[1:].split(b"]", 1)
        found[path] = (source.strip(), revisions.get(path, b""), kind)
    return found


def subrelpath(sub: Any) -> bytes:
    """Return the path of a subrepository."""
    return getattr(sub, "_relpath", b"")


def reporelpath(repo: Any) -> bytes:
    """Return the path of a repository in the one around it."""
    return b""
