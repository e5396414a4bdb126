"""Named branches as extensions see them.

Public: `branchcache`.
"""

from __future__ import annotations

from typing import Any, Iterable, Iterator

from mercurial import error, rustext


class branchcache:  # noqa: N801 -- the name is Mercurial's
    """The branches of one view of a repository: names to heads.

    Args:
        repo: The repository.
    """

    def __init__(self, repo: Any):
        branches, closed = rustext.branches(repo._handle)
        self._node = repo.changelog.node
        self._heads: dict[bytes, list[int]] = {}
        self._tips: dict[bytes, tuple[int, bool]] = {}
        for name, heads, tip, is_closed in branches:
            self._heads[name] = heads
            self._tips[name] = (tip, is_closed)
        self._closed = set(closed)
        self.tiprev: int = repo.changelog.tiprev()
        self.tipnode: bytes = self._node(self.tiprev)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._heads)

    def __len__(self) -> int:
        return len(self._heads)

    def __contains__(self, key: bytes) -> bool:
        return key in self._heads

    def __getitem__(self, key: bytes) -> list[bytes]:
        return self.branchheads(key, closed=True)

    def keys(self) -> Any:
        """Return the names."""
        return self._heads.keys()

    def items(self) -> Iterator[tuple[bytes, list[bytes]]]:
        """Yield names and the node ids of all heads."""
        return ((name, self[name]) for name in self._heads)

    iteritems = items

    def hasbranch(self, label: bytes, open_only: bool = False) -> bool:
        """Return whether a branch exists (and is open)."""
        if label not in self._heads:
            return False
        return not open_only or not self._tips[label][1]

    def branchtip(self, branch: bytes) -> bytes:
        """Return the node id of the newest open head, else of the newest head."""
        return self._node(self._tips[branch][0])

    def branch_head_revs(self, branch: bytes, closed: bool = False) -> list[int]:
        """Return the heads of a branch as numbers, ascending."""
        heads = self._heads[branch]
        return list(heads) if closed else [h for h in heads if h not in self._closed]

    def branchheads(self, branch: bytes, closed: bool = False) -> list[bytes]:
        """Return the heads of a branch as node ids, ascending."""
        return [self._node(rev) for rev in self.branch_head_revs(branch, closed)]

    def head_count(self, branch: bytes, closed: bool = False) -> int:
        """Return how many heads a branch has."""
        return len(self.branch_head_revs(branch, closed))

    def iterbranches(self) -> Iterator[tuple[bytes, list[bytes], bytes, bool]]:
        """Yield name, heads, tip and whether it is closed for each branch."""
        for name, (tip, is_closed) in self._tips.items():
            yield name, self[name], self._node(tip), is_closed

    def branches_info(
        self, repo: Any, branches: set[bytes] | None = None
    ) -> list[tuple[bytes, int, bool, bool]]:
        """Return name, tip, whether a head of the repository, and whether open."""
        heads = set(repo.changelog.headrevs())
        found = []
        for name, (tip, is_closed) in self._tips.items():
            if branches is None or name in branches:
                is_head = any(head in heads for head in self._heads[name])
                found.append((name, tip, is_head, not is_closed))
        return found

    def iteropen(self, nodes: Iterable[bytes]) -> Iterator[bytes]:
        """Yield those node ids that do not close their branch."""
        closed = {self._node(rev) for rev in self._closed}
        return (node for node in nodes if node not in closed)


class revbranchcache:  # noqa: N801 -- the name is Mercurial's
    """The branch of every changeset.

    Args:
        repo: The repository.
    """

    def __init__(self, repo: Any):
        self._handle = repo.unfiltered()._handle

    def branchinfo(self, rev: int, changelog: Any = None) -> tuple[bytes, bool]:
        """Return the branch of a changeset, and whether it closes it."""
        if rev < 0:
            raise error.ProgrammingError(b"revision %d has no branch" % rev)
        return rustext.rev_branch(self._handle, rev)


class remotebranchcache(dict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """The heads of the branches of another repository."""

    def branchheads(self, branch: bytes, closed: bool = False) -> list[bytes]:
        """Return the heads of a branch."""
        return list(self[branch])
