"""Differences between texts.

Public: `diffopts`, `unidiff`, `splitnewlines`, `get_matching_blocks`, `allblocks`, `wsclean`.
"""

from __future__ import annotations

import difflib
import re
from types import MappingProxyType
from typing import Any, Iterator, Mapping


class diffopts:  # noqa: N801 -- the name is Mercurial's
    """How differences are shown."""

    context: int
    text: bool
    showfunc: bool
    git: bool
    nodates: bool
    nobinary: bool
    noprefix: bool
    index: int
    ignorews: bool
    ignorewsamount: bool
    ignorewseol: bool
    ignoreblanklines: bool
    upgrade: bool
    showsimilarity: bool
    worddiff: bool
    xdiff: bool

    defaults: Mapping[str, Any] = MappingProxyType(
        {
            "context": 3,
            "text": False,
            "showfunc": False,
            "git": False,
            "nodates": False,
            "nobinary": False,
            "noprefix": False,
            "index": 0,
            "ignorews": False,
            "ignorewsamount": False,
            "ignorewseol": False,
            "ignoreblanklines": False,
            "upgrade": False,
            "showsimilarity": False,
            "worddiff": False,
            "xdiff": False,
        }
    )

    def __init__(self, **opts: Any):
        options: dict[Any, Any] = opts
        for name, default in self.defaults.items():
            value = options.get(name, options.get(name.encode()))
            setattr(self, name, default if value is None else value)
        self.context = int(self.context)

    def copy(self, **kwargs: Any) -> diffopts:
        """Return a copy with some of them changed."""
        values = {name: getattr(self, name) for name in self.defaults}
        values.update(
            {k.decode() if isinstance(k, bytes) else k: v for k, v in kwargs.items()}
        )
        return diffopts(**values)


defaultopts = diffopts()


def splitnewlines(text: bytes) -> list[bytes]:
    """Return the lines with their ends."""
    lines = [line + b"\n" for line in text.split(b"\n")]
    if lines:
        if lines[-1] == b"\n":
            lines.pop()
        else:
            lines[-1] = lines[-1][:-1]
    return lines


def wsclean(opts: diffopts, text: bytes, blank: bool = True) -> bytes:
    """Return text without the white space that does not count."""
    if opts.ignorews:
        text = re.sub(rb"[ \t\r]+", b"", text)
    elif opts.ignorewsamount:
        text = re.sub(rb"[ \t\r]+", b" ", text)
        text = re.sub(rb" \n", b"\n", text)
    if blank and opts.ignoreblanklines:
        text = re.sub(rb"\n+", b"\n", text).strip(b"\n")
    if opts.ignorewseol:
        text = re.sub(rb"[ \t\r\f]+\n", b"\n", text)
    return text


def _blocks(a: list[bytes], b: list[bytes]) -> list[tuple[int, int, int]]:
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    return [(block.a, block.b, block.size) for block in matcher.get_matching_blocks()]


def get_matching_blocks(a: bytes, b: bytes) -> list[tuple[int, int, int]]:
    """Return the lines that are the same: where, where, how many."""
    return _blocks(splitnewlines(a), splitnewlines(b))


def allblocks(
    text1: bytes, text2: bytes, opts: Any = None, lines1: Any = None, lines2: Any = None
) -> Iterator[tuple[list[int], bytes]]:
    """Yield ranges of lines, each the same (`=`), different (`!`) or nearly the same (`~`)."""
    opts = opts or defaultopts
    if opts.ignorews or opts.ignorewsamount or opts.ignorewseol:
        text1, text2 = wsclean(opts, text1, False), wsclean(opts, text2, False)
    at1 = at2 = 0
    for start1, start2, size in _blocks(splitnewlines(text1), splitnewlines(text2)):
        if at1 < start1 or at2 < start2:
            yield [at1, start1, at2, start2], b"!"
        if size:
            yield [start1, start1 + size, start2, start2 + size], b"="
        at1, at2 = start1 + size, start2 + size


blocksinrange = None


def unidiff(
    a: bytes,
    ad: bytes,
    b: bytes,
    bd: bytes,
    fn1: bytes,
    fn2: bytes,
    binary: bool = False,
    opts: Any = defaultopts,
) -> tuple[list[bytes], Iterator[tuple[Any, list[bytes]]]]:
    """Return the header lines and the hunks of a comparison."""
    if a == b:
        return [], iter(())
    old, new = (splitnewlines(a) if a else []), (splitnewlines(b) if b else [])
    name1 = b"/dev/null" if a is None or (not a and not ad) else b"a/" + fn1
    name2 = b"/dev/null" if b is None or (not b and not bd) else b"b/" + fn2
    tail1, tail2 = (b"\t%s" % ad if ad else b""), (b"\t%s" % bd if bd else b"")
    header = [b"--- %s%s" % (name1, tail1), b"+++ %s%s" % (name2, tail2)]
    return header, _hunks(old, new, opts.context)


def _hunks(
    old: list[bytes], new: list[bytes], context: int
) -> Iterator[tuple[Any, list[bytes]]]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for group in matcher.get_grouped_opcodes(context):
        start1, end1, start2, end2 = (
            group[0][1],
            group[-1][2],
            group[0][3],
            group[-1][4],
        )
        size1, size2 = end1 - start1, end2 - start2
        lines = [
            b"@@ -%d,%d +%d,%d @@\n"
            % (start1 + (1 if size1 else 0), size1, start2 + (1 if size2 else 0), size2)
        ]
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [_line(b" ", line) for line in old[i1:i2]]
            else:
                lines += [_line(b"-", line) for line in old[i1:i2]]
                lines += [_line(b"+", line) for line in new[j1:j2]]
        yield (start1 + 1, size1, start2 + 1, size2), lines


def _line(sign: bytes, line: bytes) -> bytes:
    if line.endswith(b"\n"):
        return sign + line
    return sign + line + b"\n\\ No newline at end of file\n"


def textdiff(a: bytes, b: bytes) -> bytes:
    """Return the binary difference of two texts."""
    import struct  # late: used only here

    at1 = at2 = 0
    lines1, lines2 = splitnewlines(a), splitnewlines(b)
    pos1 = [0]
    for line in lines1:
        pos1.append(pos1[-1] + len(line))
    out = []
    for start1, start2, size in _blocks(lines1, lines2):
        if at1 < start1 or at2 < start2:
            data = b"".join(lines2[at2:start2])
            out.append(struct.pack(">lll", pos1[at1], pos1[start1], len(data)) + data)
        at1, at2 = start1 + size, start2 + size
    return b"".join(out)
