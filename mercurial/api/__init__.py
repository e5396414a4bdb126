r"""A typed interface for programs: text and paths instead of bytes, no user in between.

    >>> import tempfile
    >>> from mercurial import api
    >>> directory = tempfile.TemporaryDirectory()
    >>> with api.init(directory.name) as repo:
    ...     first = repo.commit(
    ...         "first", files={"readme": "hello\n"}, user="me", date=(0, 0)
    ...     )
    ...     repo.read("readme", rev=first)
    b'hello\n'

A `Repository` is a context manager: what it gave out raises `ClosedError` once it is closed.
"""

from __future__ import annotations

from mercurial.api.model import Changeset, FileChange, FileStatus, Signature, Status
from mercurial.api.repository import Repository, clone, init, open_repository
from mercurial.error import Abort, ClosedError, RepoError, RepoLookupError

open = open_repository

__all__ = [
    "Abort",
    "Changeset",
    "ClosedError",
    "FileChange",
    "FileStatus",
    "RepoError",
    "RepoLookupError",
    "Repository",
    "Signature",
    "Status",
    "clone",
    "init",
    "open",
    "open_repository",
]
