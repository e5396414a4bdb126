"""The changelog as extensions see it.

Public: `changelog`, `changelogrevision`, `add_is_wrapped`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, rustext
from mercurial.revlog import revlog

changelogrevision = rustext.Changeset


def add_is_wrapped() -> bool:
    """Return whether an extension wants to see what is added to changelogs."""
    return changelog.add is not _ADD


class changelog(revlog):  # noqa: N801 -- the name is Mercurial's
    """All changesets, as one view of the repository shows them."""

    def changelogrevision(self, nodeorrev: Any) -> rustext.Changeset:
        """Return what a changeset says about itself."""
        return self.changelogrevision_at(self._rev_of(nodeorrev))

    def read(self, nodeorrev: Any) -> tuple[Any, ...]:
        """Return manifest node, user, date, files, description and extras."""
        c = self.changelogrevision_at(self._rev_of(nodeorrev))
        return (c.manifest, c.user, c.date, c.files, c.description, c.extra)

    def add(
        self,
        manifest: bytes,
        files: Any,
        desc: bytes,
        transaction: Any,
        p1: bytes,
        p2: bytes,
        user: bytes,
        date: Any = None,
        extra: Any = None,
    ) -> bytes:
        """Store the changeset that is being made, as wrappers of this method want it."""
        store = self.__dict__.get("_store")
        if store is None:
            raise error.Abort(
                b"changesets are added by native code; use repo.commitctx"
            )
        return store(user, date, desc, extra)

    def readfiles(self, nodeorrev: Any) -> list[bytes]:
        """Return the files that a changeset touches."""
        return self.changelogrevision_at(self._rev_of(nodeorrev)).files

    def branchinfo(self, rev: int) -> tuple[bytes, bool]:
        """Return the branch of a changeset, and whether it closes it."""
        return self.changelogrevision_at(rev).branchinfo


_ADD = changelog.add
