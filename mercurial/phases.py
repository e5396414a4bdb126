"""Phases as extensions see them.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Iterable

from mercurial import rustext

public = 0
draft = 1
secret = 2
archived = 32
internal = 96

allphases = [public, draft, secret, archived, internal]
trackedphases = (draft, secret, archived, internal)
phasenames = {
    public: b"public",
    draft: b"draft",
    secret: b"secret",
    archived: b"archived",
    internal: b"internal",
}
phasenumber = {name: number for number, name in phasenames.items()}
phasenumber2 = {**phasenumber, **{b"%d" % number: number for number in phasenames}}
cmdphasenames = [b"public", b"draft", b"secret"]
mutablephases = (draft, secret, archived, internal)
relevant_mutable_phases = mutablephases
localhiddenphases = (archived, internal)
remotehiddenphases = (secret, archived, internal)
no_bundle_phases = (archived, internal)
all_internal_phases = (archived, internal)
not_public_phases = mutablephases


class phasecache:  # noqa: N801 -- the name is Mercurial's
    """The phases of a repository's changesets.

    Args:
        repo: A weak reference to the repository.
    """

    def __init__(self, repo: Any = None):
        self._repo = repo

    def phase(self, repo: Any, rev: int) -> int:
        """Return the phase of a revision."""
        return rustext.phase(repo._handle, rev)

    def getrevset(self, repo: Any, phases: Iterable[int], subset: Any = None) -> Any:
        """Return the revisions in some phases, as a set that has an order."""
        from mercurial import smartset  # late: few callers want sets

        revs = smartset.baseset(rustext.phase_revs(repo._handle, list(phases)))
        return revs if subset is None else subset & revs

    def hasnonpublicphases(self, repo: Any) -> bool:
        """Return whether a changeset is not public."""
        return bool(rustext.phase_revs(repo._handle, list(mutablephases)))

    def nonpublicphaseroots(self, repo: Any) -> set[int]:
        """Return the revisions that are not public and whose parents are."""
        revs = rustext.phase_revs(repo._handle, list(mutablephases))
        parents = repo.unfiltered().changelog.parentrevs
        return {rev for rev in revs if not any(p in revs for p in parents(rev))}

    def loadphaserevs(self, repo: Any) -> None:
        """Do nothing: the core looks phases up when it is asked."""

    @property
    def _phasesets(self) -> dict[int, set[int]]:
        """The revisions of each phase that is not public."""
        repo = self._repo() if self._repo else None
        if repo is None:
            return {phase: set() for phase in mutablephases}
        return {
            phase: set(rustext.phase_revs(repo._handle, [phase]))
            for phase in mutablephases
        }

    def invalidate(self) -> None:
        """Do nothing: the core looks after it."""


def _revs(repo: Any, nodes: Any, revs: Any) -> list[int]:
    rev = repo.unfiltered().changelog.rev
    found = [] if revs is None else list(revs)
    return found + [rev(node) for node in nodes or ()]


def advanceboundary(
    repo: Any,
    tr: Any,
    targetphase: int,
    nodes: Iterable[bytes] | None = None,
    revs: Iterable[int] | None = None,
    dryrun: bool | None = None,
) -> set[int]:
    """Move changesets and their ancestors down to a phase; return those that moved."""
    wanted = _revs(repo, nodes, revs)
    if dryrun:
        ancestors = repo.unfiltered().changelog.ancestors(wanted, 0, True)
        return {r for r in ancestors if rustext.phase(repo._handle, r) > targetphase}
    return set(rustext.move_phases(tr._handle, targetphase, wanted, True))


def retractboundary(
    repo: Any,
    tr: Any,
    targetphase: int,
    nodes: Iterable[bytes] | None = None,
    revs: Iterable[int] | None = None,
) -> None:
    """Move changesets and their descendants up to a phase."""
    rustext.move_phases(tr._handle, targetphase, _revs(repo, nodes, revs), False)


def newcommitphase(ui: Any) -> int:
    """Return the phase of new changesets."""
    value = ui.config(b"phases", b"new-commit") or b"draft"
    try:
        return phasenumber2[value]
    except KeyError:
        from mercurial import error  # late: only for this message

        message = b"phases.new-commit: not a valid phase name ('%s')" % value
        raise error.ConfigError(message) from None


def hassecret(repo: Any) -> bool:
    """Return whether a changeset is secret."""
    return bool(rustext.phase_revs(repo._handle, [secret]))


def supportinternal(repo: Any) -> bool:
    """Return whether changesets may be internal."""
    return b"internal-phase-2" in repo.requirements


supportarchived = supportinternal


def listphases(repo: Any) -> dict[bytes, bytes]:
    """Return the roots of drafts as others are told them."""
    cl = repo.changelog
    revs = rustext.phase_revs(repo._handle, list(mutablephases))
    roots = [r for r in revs if not any(p in revs for p in cl.parentrevs(r))]
    keys = {cl.node(root).hex().encode(): b"1" for root in roots}
    if repo.publishing():
        keys[b"publishing"] = b"True"
    return keys
