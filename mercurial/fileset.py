"""Predicates of filesets; extensions may add to `symbols`.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Callable

from mercurial import match as matchmod, registrar
from mercurial.filesetlang import (
    getargs as getargs,
    getlist as getlist,
    getstring as getstring,
    getsymbol as getsymbol,
)

symbols: dict[bytes, Any] = {}
predicate = registrar.filesetpredicate(symbols)


class matchctx:  # noqa: N801 -- the name is Mercurial's
    """Whose files a predicate is about.

    Args:
        repo: The repository.
        rev: The revision, `None` for the working directory.
        function: The predicate.
    """

    def __init__(self, repo: Any, rev: int | None, function: Any = None):
        self.ctx = repo[rev]
        self._repo = repo
        self.cwd = b""
        self._status: Any = None

    @property
    def repo(self) -> Any:
        """The repository."""
        return self._repo

    def status(self) -> Any:
        """Return the status of the files."""
        if self._status is None:
            self._status = self.ctx.p1().status(
                self.ctx, listignored=True, listclean=True, listunknown=True
            )
        return self._status

    def predicate(
        self, predfn: Callable[[bytes], bool], predrepr: Any = None, cache: bool = False
    ) -> Callable[[bytes], bool]:
        """Return the test of paths."""
        return predfn

    def fpredicate(
        self, predfn: Callable[[Any], bool], predrepr: Any = None, cache: bool = False
    ) -> Callable[[bytes], bool]:
        """Return the test of paths that asks about the file."""

        def test(path: bytes) -> bool:
            if path not in self.ctx:
                return False
            return bool(predfn(self.ctx[path]))

        return test

    def matcher(self, patterns: list[bytes]) -> Any:
        """Return the matcher of patterns."""
        return self.ctx.match(patterns)

    def never(self) -> Callable[[bytes], bool]:
        """Return the test that no path passes."""
        return lambda path: False

    def switch(self, basectx: Any, ctx: Any) -> matchctx:
        """Return the same for another comparison."""
        return matchctx(self._repo, ctx.rev())


def match(ctx: Any, cwd: bytes, expr: bytes, badfn: Any = None) -> Any:
    """Return a matcher of the files of a changeset that an expression selects."""
    return matchmod.match(ctx.repo().root, cwd, [b"set:" + expr], ctx=ctx, badfn=badfn)


def loadpredicate(ui: Any, extname: bytes, registrarobj: Any) -> None:
    """Take over the predicates of an extension."""
    symbols.update(registrarobj._table)
