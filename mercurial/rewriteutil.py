"""Checks before changesets are replaced.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, obsolete
from mercurial.node import nullrev


def disallowednewunstable(repo: Any, revs: Any) -> Any:
    """Return the changesets that would become orphans where that is not allowed."""
    if obsolete.isenabled(repo, obsolete.allowunstableopt):
        return []
    return repo.revs(b"(%ld::) - %ld", revs, revs)


retained_extras_on_rebase = {b"source", b"intermediate-source"}


def preserve_extras_on_rebase(old_ctx: Any, new_extra: dict[bytes, bytes]) -> None:
    """Take over the extras that say where a changeset came from."""
    for key, value in old_ctx.extra().items():
        if key in retained_extras_on_rebase:
            new_extra.setdefault(key, value)


def skip_empty_successor(ui: Any, command: bytes) -> bool:
    """Return whether a command leaves out changesets that have become empty."""
    how = ui.config(b"rewrite", b"empty-successor")
    if how not in (b"skip", b"keep"):
        raise error.ConfigError(
            b"%s factory function called with invalid rewrite.empty-successor config: '%s'"
            % (command, how)
        )
    return how == b"skip"


def precheck(
    repo: Any, revs: Any, action: bytes = b"rewrite", check_divergence: bool = True
) -> None:
    """Refuse changesets that cannot be replaced.

    Raises:
        error.InputError: One cannot.
    """
    if nullrev in revs:
        raise error.InputError(
            b"cannot %s the null revision" % action, hint=b"no changeset checked out"
        )
    if any(isinstance(rev, int) and rev < 0 for rev in revs):
        raise error.InputError(b"cannot %s while merging" % action)
    public = repo.revs(b"%ld and public()", revs)
    if public:
        ctx = repo[public.first()]
        raise error.InputError(
            b"cannot %s public changesets: %s" % (action, ctx.hex()[:12]),
            hint=b"see 'hg help phases' for details",
        )
    if disallowednewunstable(repo, revs):
        raise error.InputError(
            b"cannot %s changeset, as that will orphan %d descendants"
            % (action, len(repo.revs(b"(%ld::) - %ld", revs, revs))),
            hint=b"see 'hg help evolution.instability'",
        )
