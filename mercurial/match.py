"""Matchers as extensions see them: which files something is about.

Public: `match`, `exact`, `always`, `never`, the classes.
"""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable

from mercurial import rustext

_WORDS: dict[int, bool | bytes] = {0: False, 1: True, 2: b"all"}


class basematcher(rustext.Matcher):  # noqa: N801 -- the name is Mercurial's
    """Says which files it is about; called with a path.

    `matchfn`, `always`, `isexact`, `prefix`, `anypats`, `exact` are the core's.
    """

    bad: Callable[[bytes, Any], Any] = staticmethod(lambda _path, _why: None)
    traversedir: Any = None

    def __call__(self, fn: bytes) -> bool:
        return self.matchfn(fn)

    def __repr__(self) -> str:
        return self.description().decode("utf-8", "replace")

    def files(self) -> list[bytes]:
        """Return the files and directories that are named."""
        return self.named_files()

    @property
    def _files(self) -> list[bytes]:
        return self.named_files()

    @property
    def _fileset(self) -> set[bytes]:
        return set(self.named_files())

    def visitdir(self, dir: bytes) -> bool | bytes:
        """Return whether to look into a directory; `b"all"` for all of it."""
        return _WORDS[self.visit(dir)]

    def visitchildrenset(self, dir: bytes) -> Any:
        """Return the names to look at in a directory, or `b"this"`, `b"all"`."""
        word, names = self.visit_children(dir)
        return word or set(names)

    def was_tampered_with(self) -> bool:
        """Return whether something replaced its test."""
        return False


class alwaysmatcher(basematcher):  # noqa: N801 -- the name is Mercurial's
    """Matches every file."""

    def __new__(cls, badfn: Any = None) -> alwaysmatcher:
        return rustext.Matcher.__new__(cls, "always")


class nevermatcher(basematcher):  # noqa: N801 -- the name is Mercurial's
    """Matches no file."""

    def __new__(cls, badfn: Any = None) -> nevermatcher:
        return rustext.Matcher.__new__(cls, "never")


class exactmatcher(basematcher):  # noqa: N801 -- the name is Mercurial's
    """Matches just the files that are named."""

    def __new__(cls, files: Iterable[bytes], badfn: Any = None) -> exactmatcher:
        return rustext.Matcher.__new__(cls, "exact", list(files))


class predicatematcher(basematcher):  # noqa: N801 -- the name is Mercurial's
    """Matches the files for which a function says so."""

    def __new__(
        cls, predfn: Callable[[bytes], Any], predrepr: Any = None, badfn: Any = None
    ) -> predicatematcher:
        return rustext.Matcher.__new__(cls, "predicate", None, predfn)


class patternmatcher(basematcher):  # noqa: N801 -- the name is Mercurial's
    """Matches patterns."""


def always(badfn: Any = None) -> basematcher:
    """Return a matcher of every file."""
    return _with_bad(alwaysmatcher(), badfn)


def never(badfn: Any = None) -> basematcher:
    """Return a matcher of no file."""
    return _with_bad(nevermatcher(), badfn)


def exact(files: Iterable[bytes], badfn: Any = None) -> basematcher:
    """Return a matcher of just these files."""
    return _with_bad(exactmatcher(files), badfn)


def _with_bad(matcher: basematcher, badfn: Any) -> basematcher:
    if badfn is not None:
        matcher.bad = badfn
    return matcher


def match(
    root: bytes,
    cwd: bytes,
    patterns: Iterable[bytes] | None = None,
    include: Iterable[bytes] | None = None,
    exclude: Iterable[bytes] | None = None,
    default: bytes = b"glob",
    auditor: Any = None,
    ctx: Any = None,
    listsubrepos: bool = False,
    warn: Any = None,
    badfn: Any = None,
    icasefs: bool = False,
) -> basematcher:
    """Return a matcher of patterns.

    Args:
        root: The root of the working directory.
        cwd: The current directory.
        patterns: What is matched; everything without.
        include: What of it is kept; everything without.
        exclude: What of it is left out.
        default: The kind of patterns that do not say theirs.
        auditor: Not used: names are always checked.
        ctx: What filesets are about.
        listsubrepos: Not used.
        warn: Not used.
        badfn: Called with a path and a reason for what cannot be found.
        icasefs: Not used.
    """
    lists = (list(patterns or ()), list(include or ()), list(exclude or ()))
    handle = None if ctx is None else ctx.repo()._handle
    rev = None if ctx is None else ctx.rev()
    here = os.path.join(root, cwd)
    made = rustext.Matcher.compile(
        patternmatcher, (root, here), lists, default, handle, rev
    )
    return _with_bad(made, badfn)


def intersectmatchers(m1: Any, m2: Any) -> Any:
    """Return a matcher of what both are about."""
    if m1 is None or m2 is None:
        return m1 or m2
    return rustext.Matcher.combine(patternmatcher, "intersection", _core(m1), _core(m2))


def unionmatcher(matchers: list[Any]) -> basematcher:
    """Return a matcher of what one of them is about."""
    made = _core(matchers[0])
    for other in matchers[1:]:
        made = rustext.Matcher.combine(patternmatcher, "union", made, _core(other))
    return made


def differencematcher(m1: Any, m2: Any) -> basematcher:
    """Return a matcher of what only the first is about."""
    return rustext.Matcher.combine(patternmatcher, "difference", _core(m1), _core(m2))


def badmatch(match: Any, badfn: Any) -> Any:
    """Return the same matcher, that tells `badfn` what cannot be found."""
    return _with_bad(intersectmatchers(match, always()), badfn)


def _core(matcher: Any) -> basematcher:
    return matcher if isinstance(matcher, basematcher) else predicatematcher(matcher)


def patkind(pattern: bytes, default: bytes | None = None) -> bytes | None:
    """Return the kind that a pattern says it is, else `default`."""
    kind, colon, _rest = pattern.partition(b":")
    return kind if colon and kind in allpatternkinds else default


allpatternkinds = (
    b"re",
    b"relre",
    b"glob",
    b"relglob",
    b"rootglob",
    b"path",
    b"filepath",
    b"relpath",
    b"rootfilesin",
    b"listfile",
    b"listfile0",
    b"set",
    b"include",
    b"subinclude",
)
