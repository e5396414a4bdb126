"""Patches: making, reading, applying.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import io
import re
from typing import Any, Iterable, Iterator

from mercurial import mdiff
from mercurial.error import PatchError, PatchParseError  # noqa: F401 -- part of the API
from mercurial.mdiff import diffopts

_DIFF = re.compile(rb"diff --git a/(.*) b/(.*)")


def difffeatureopts(
    ui: Any,
    opts: Any = None,
    untrusted: bool = False,
    section: bytes = b"diff",
    git: bool = False,
    whitespace: bool = False,
    formatchanging: bool = False,
    configprefix: bytes = b"",
) -> diffopts:
    """Return how differences are shown, as options and configuration say."""

    def get(key: bytes, name: bytes | None = None, getter: Any = ui.configbool) -> Any:
        if opts:
            given = opts.get(key)
            if given is None:
                given = opts.get(key.decode())
            if given:
                return given
        return getter(section, configprefix + (name or key), untrusted=untrusted)

    values: dict[str, Any] = {
        "nodates": get(b"nodates"),
        "showfunc": get(b"show_function", b"showfunc"),
    }
    values["context"] = get(b"unified", getter=ui.config) or 3
    if git:
        values["git"] = get(b"git")
    if whitespace:
        values["ignorews"] = get(b"ignore_all_space", b"ignorews")
        values["ignorewsamount"] = get(b"ignore_space_change", b"ignorewsamount")
        values["ignoreblanklines"] = get(b"ignore_blank_lines", b"ignoreblanklines")
        values["ignorewseol"] = get(b"ignore_space_at_eol", b"ignorewseol")
    if formatchanging:
        values["text"] = bool(opts and (opts.get(b"text") or opts.get("text")))
        values["nobinary"] = get(b"nobinary")
        values["noprefix"] = get(b"noprefix")
    return diffopts(**values)


def diffallopts(
    ui: Any,
    opts: Any = None,
    untrusted: bool = False,
    section: bytes = b"diff",
    configprefix: bytes = b"",
) -> diffopts:
    """Return how differences are shown, all features."""
    return difffeatureopts(ui, opts, untrusted, section, True, True, True, configprefix)


diffopts_ = diffallopts


def diff(
    repo: Any,
    node1: Any = None,
    node2: Any = None,
    match: Any = None,
    changes: Any = None,
    opts: Any = None,
    **_options: Any,
) -> Iterator[bytes]:
    """Yield the pieces of the difference between two changesets."""
    ctx2 = repo[node2]
    ctx1 = repo[node1] if node1 is not None else ctx2.p1()
    yield from ctx2.diff(ctx1, match, opts=opts)


def diffui(*args: Any, **kwargs: Any) -> Iterator[tuple[bytes, bytes]]:
    """Yield the pieces of a difference with labels."""
    return difflabel(diff, *args, **kwargs)


_LABELS = (
    (b"diff", b"diff.diffline"),
    (b"---", b"diff.file_a"),
    (b"+++", b"diff.file_b"),
    (b"copy", b"diff.extended"),
    (b"rename", b"diff.extended"),
    (b"old", b"diff.extended"),
    (b"new", b"diff.extended"),
    (b"deleted", b"diff.extended"),
    (b"index", b"diff.extended"),
    (b"similarity", b"diff.extended"),
    (b"@@", b"diff.hunk"),
    (b"-", b"diff.deleted"),
    (b"+", b"diff.inserted"),
)


def difflabel(func: Any, *args: Any, **kwargs: Any) -> Iterator[tuple[bytes, bytes]]:
    """Yield the pieces that a function gives, with labels."""
    for chunk in func(*args, **kwargs):
        for line in chunk.splitlines(True):
            label = next(
                (label for prefix, label in _LABELS if line.startswith(prefix)), b""
            )
            text = line.rstrip(b"\n")
            if text:
                yield text, label
            if line.endswith(b"\n"):
                yield b"\n", b""


def diffhunks(
    repo: Any, ctx1: Any, ctx2: Any, match: Any = None, *_args: Any, **_options: Any
) -> Iterator[Any]:
    """Yield for each file both versions, the header and the hunks."""
    status = ctx1.status(ctx2, match=match)
    for name in sorted(status.modified + status.added + status.removed):
        old = ctx1[name] if name in ctx1 else None  # noqa: SIM401 -- contexts have no `get`
        new = ctx2[name] if name in ctx2 else None  # noqa: SIM401 -- contexts have no `get`
        header, hunks = mdiff.unidiff(
            old.data() if old else b"", b"x" if old else b"", new.data() if new else b"",
            b"x" if new else b"", name, name,
        )  # fmt: skip
        yield old, new, header, hunks


def diffstatdata(lines: Iterable[bytes]) -> list[tuple[bytes, int, int, bool]]:
    """Return for each file its name, added and removed lines, and whether it is binary."""
    found: list[tuple[bytes, int, int, bool]] = []
    name: bytes | None = None
    adds = removes = 0
    binary = inheader = False

    def add() -> None:
        if name is not None:
            found.append((name, adds, removes, binary))

    for line in lines:
        if line.startswith(b"diff"):
            add()
            match = _DIFF.match(line)
            name = match.group(2) if match else line.split()[-1]
            adds = removes = 0
            binary, inheader = False, True
        elif line.startswith(b"@@"):
            inheader = False
        elif line.startswith(b"+") and not inheader:
            adds += 1
        elif line.startswith(b"-") and not inheader:
            removes += 1
        elif line.startswith((b"GIT binary patch", b"Binary file")):
            binary = True
        elif line.startswith((b"rename from", b"rename to")):
            pass
    add()
    return [(n.rstrip(b"\n"), a, r, b) for n, a, r, b in found]


def diffstatsum(stats: Any) -> tuple[int, int, int, int, bool]:
    """Return the longest name and change, all added and removed lines, and if one is binary."""
    from mercurial import encoding  # late: used only here

    longest = max((encoding.colwidth(name) for name, *_rest in stats), default=0)
    most = max((adds + removes for _name, adds, removes, _binary in stats), default=0)
    adds, removes = sum(s[1] for s in stats), sum(s[2] for s in stats)
    return longest, most, adds, removes, any(s[3] for s in stats)


def diffstat(lines: Iterable[bytes], width: int = 80) -> bytes:
    """Return how many lines changed in each file, as a graph."""
    from mercurial import encoding  # late: used only here

    stats = diffstatdata(lines)
    longest, most, adds, removes, binary = diffstatsum(stats)
    count_width = max(len(b"%d" % most), 3 if binary else 0)
    graph_width = max(width - count_width - longest - 6, 10)

    def scale(number: int) -> int:
        if most <= graph_width:
            return number
        return max(number * graph_width // most, int(bool(number)))

    out = []
    for name, added, removed, is_binary in stats:
        count = b"Bin" if is_binary else b"%d" % (added + removed)
        bars = b"+" * scale(added) + b"-" * scale(removed)
        pad = b" " * (longest - encoding.colwidth(name))
        out.append(b" %s%s |  %*s %s\n" % (name, pad, count_width, count, bars))
    if stats:
        text = b" %d files changed, %d insertions(+), %d deletions(-)\n"
        out.append(text % (len(stats), adds, removes))
    return b"".join(out)


def diffstatui(
    lines: Iterable[bytes], width: int = 80
) -> Iterator[tuple[bytes, bytes]]:
    """Yield the pieces of `diffstat` with labels."""
    for line in diffstat(lines, width).splitlines(True):
        yield line.rstrip(b"\n"), b"diffstat"
        yield b"\n", b""


class header:  # noqa: N801 -- the name is Mercurial's
    """The lines before the hunks of a file."""

    def __init__(self, lines: list[bytes]):
        self.header = lines
        self.hunks: list[Any] = []

    def files(self) -> list[bytes]:
        """Return the names."""
        match = _DIFF.match(self.header[0])
        if match:
            old, new = match.groups()
            return [old] if old == new else [old, new]
        return [self.header[0].split()[-1]]

    def filename(self) -> bytes:
        """Return the name."""
        return self.files()[-1]


class recordhunk:  # noqa: N801 -- the name is Mercurial's
    """Some changed lines with what is around them."""

    def __init__(self, owner: header, fromline: int, toline: int, lines: list[bytes]):
        self.header = owner
        self.fromline = fromline
        self.toline = toline
        self.hunk = [line for line in lines if line[:1] in (b"+", b"-")]
        self.lines = lines
        self.added = sum(line.startswith(b"+") for line in self.hunk)
        self.removed = sum(line.startswith(b"-") for line in self.hunk)

    def filename(self) -> bytes:
        """Return the name of the file."""
        return self.header.filename()


_HUNK = re.compile(rb"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def parsepatch(originalchunks: Any, maxcontext: Any = None) -> list[header]:
    """Return the files of a patch with their hunks."""
    data = (
        b"".join(originalchunks)
        if not isinstance(originalchunks, bytes)
        else originalchunks
    )
    files: list[header] = []
    lines: list[bytes] = []
    hunk: recordhunk | None = None
    for line in io.BytesIO(data):
        if line.startswith(b"diff "):
            files.append(header([line]))
            hunk = None
            continue
        if not files:
            continue
        match = _HUNK.match(line)
        if match:
            lines = []
            hunk = recordhunk(files[-1], int(match.group(1)), int(match.group(2)), [])
            hunk.lines = lines
            files[-1].hunks.append(hunk)
        elif hunk is None:
            files[-1].header.append(line)
        else:
            hunk.lines.append(line)
            if line[:1] in (b"+", b"-"):
                hunk.hunk.append(line)
                hunk.added += line.startswith(b"+")
                hunk.removed += line.startswith(b"-")
    return files


def changedfiles(
    ui: Any, repo: Any, patchpath: bytes, strip: int = 1, prefix: bytes = b""
) -> set[bytes]:
    """Return the files that a patch changes."""
    with open(patchpath, "rb") as file:
        return {name for found in parsepatch(file.read()) for name in found.files()}


def patch(
    ui: Any,
    repo: Any,
    patchname: bytes,
    strip: int = 1,
    prefix: bytes = b"",
    files: Any = None,
    eolmode: bytes = b"strict",
    similarity: int = 0,
) -> bool:
    """Apply a patch to the working directory."""
    from mercurial import commands  # late: it comes after us

    commands.import_(ui, repo, patchname, strip=strip, no_commit=True, force=True)
    if files is not None:
        files.update(changedfiles(ui, repo, patchname, strip))
    return False


internalpatch = patch


class filestore(dict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Files that a patch makes, in memory."""

    def setfile(self, fname: bytes, data: bytes, mode: Any, copied: Any = None) -> None:
        """Keep a file."""
        self[fname] = (data, mode, copied)

    def getfile(self, fname: bytes) -> Any:
        """Return a file."""
        return self.get(fname, (None, None, None))

    def close(self) -> None:
        """Forget all."""
        self.clear()


def split(stream: Iterable[bytes]) -> Iterator[io.BytesIO]:
    """Yield the patches of a file of patches."""
    current: list[bytes] = []
    for line in stream:
        if line.startswith(b"# HG changeset patch") and current:
            yield io.BytesIO(b"".join(current))
            current = []
        current.append(line)
    if current:
        yield io.BytesIO(b"".join(current))
