"""The history of one file as extensions see it.

Public: `filelog`.
"""

from __future__ import annotations

from typing import Any

from mercurial.revlog import revlog


class filelog(revlog):  # noqa: N801 -- the name is Mercurial's
    """All versions of a file: content with copy metadata."""

    def read(self, node: Any) -> bytes:
        """Return the content of a version."""
        return self.content(self._rev_of(node))

    def renamed(self, node: Any) -> tuple[bytes, bytes] | bool:
        """Return path and node id of what a version was copied from, else `False`."""
        return self.renamed_from(self._rev_of(node)) or False

    def size(self, rev: int) -> int:
        """Return the length of a version's content."""
        return self.content_size(rev)

    def cmp(self, node: Any, text: bytes) -> bool:
        """Return whether a content differs from a version's."""
        return self.differs(self._rev_of(node), text)
