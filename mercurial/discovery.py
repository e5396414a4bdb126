"""What two repositories have in common.

Public: `findcommonincoming`, `findcommonoutgoing`, `outgoing`.
"""

from __future__ import annotations

from typing import Any

from mercurial.node import nullid


class outgoing:  # noqa: N801 -- the name is Mercurial's
    """The changesets that another repository lacks."""

    def __init__(
        self,
        repo: Any,
        commonheads: Any = None,
        ancestorsof: Any = None,
        missingroots: Any = None,
    ):
        self._repo = repo
        self.commonheads = list(commonheads or [nullid])
        self.ancestorsof = list(
            ancestorsof if ancestorsof is not None else repo.heads()
        )
        self.excluded: list[bytes] = []

    @property
    def missing(self) -> list[bytes]:
        """The nodes, in order."""
        node = self._repo.changelog.node
        common = [n for n in self.commonheads if n != nullid]
        revs = self._repo.revs(b"only(%ln, %ln)", self.ancestorsof, common)
        return [node(rev) for rev in revs]

    @property
    def common(self) -> Any:
        """The nodes that both have."""
        node = self._repo.changelog.node
        common = [n for n in self.commonheads if n != nullid]
        return [node(rev) for rev in self._repo.revs(b"::%ln", common)]


def findcommonincoming(
    repo: Any,
    remote: Any,
    heads: Any = None,
    force: bool = False,
    ancestorsof: Any = None,
) -> tuple[Any, Any, Any]:
    """Return what both have, what is missing here, and the other's heads."""
    other = remote.local()
    theirs = remote.heads()
    if other is None:
        return [], theirs, theirs
    known = repo.unfiltered().changelog
    nodes = [other.changelog.node(rev) for rev in other.revs(b"all()")]
    common = [node for node in nodes if known.hasnode(node)]
    missing = [node for node in nodes if not known.hasnode(node)]
    heads = (
        [other.changelog.node(rev) for rev in other.revs(b"heads(%ln)", common)]
        if common
        else []
    )
    return heads or [nullid], missing, theirs


def findcommonoutgoing(
    repo: Any,
    other: Any,
    onlyheads: Any = None,
    force: bool = False,
    commoninc: Any = None,
    portable: bool = False,
) -> outgoing:
    """Return what the other repository lacks."""
    common, _missing, _heads = commoninc or findcommonincoming(repo, other, force=force)
    return outgoing(repo, common, onlyheads)


def checkheads(pushop: Any) -> None:
    """Do nothing: native code checks."""
