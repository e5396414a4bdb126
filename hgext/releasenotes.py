"""generate release notes from commit messages (EXPERIMENTAL)

Notes are written as directives into commit messages; ``hg releasenotes`` gathers them into a file
that lists them by section, and merges them with what the file says already.

More sections, or other titles, come from a file ``.hgreleasenotes`` in the repository::

  [sections]
  mine=My Own Section
"""

from __future__ import annotations

import difflib
import re
from typing import Any, Iterable, NamedTuple

from mercurial import cmdutil, config, error, logcmdutil, registrar, util
from mercurial.i18n import _
from mercurial.utils import stringutil

testedwith = b"ships-with-hg-core"
cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
touchedcommands: list[bytes] = []

_SECTIONS = (
    (b"feature", _(b"New Features")),
    (b"bc", _(b"Backwards Compatibility Changes")),
    (b"fix", _(b"Bug Fixes")),
    (b"perf", _(b"Performance Improvements")),
    (b"api", _(b"API Changes")),
)
_DIRECTIVE = re.compile(rb"^\.\. ([a-zA-Z0-9_]+)::[ \t]*(.*)$")
_BULLET = re.compile(rb"^(?:[-*+]|\d+\.|\(\d+\))[ \t]+")
_UNDERLINE = re.compile(rb"^(=+|-+)$")
_ISSUE = re.compile(rb"\bissue[0-9]{4,6}\b", re.IGNORECASE)
_WIDTH = 78
_BULLETS_TITLE = _(b"Other Changes")
_SIMILAR = 75


class Note(NamedTuple):
    """One note: without a title it is shown as an item of a list."""

    title: bytes | None
    paragraphs: list[bytes]


class Notes:
    """Notes by the directive of their section."""

    def __init__(self) -> None:
        self.sections: dict[bytes, list[Note]] = {}

    def add(self, section: bytes, note: Note) -> None:
        """Append a note."""
        self.sections.setdefault(section, []).append(note)

    def titled(self, section: bytes) -> list[Note]:
        """Return the notes with titles."""
        return [
            note for note in self.sections.get(section, ()) if note.title is not None
        ]

    def untitled(self, section: bytes) -> list[Note]:
        """Return the notes without titles."""
        return [note for note in self.sections.get(section, ()) if note.title is None]


def sections(ui: Any, repo: Any) -> list[tuple[bytes, bytes]]:
    """Return directives and titles of all sections, in order."""
    found = dict(_SECTIONS)
    if repo is not None and b".hgreleasenotes" in repo[None]:
        own = config.config()
        own.parse(b".hgreleasenotes", repo[None][b".hgreleasenotes"].data())
        for name, title in own.items(b"sections"):
            found.pop(name, None)
            found[name] = title
    return list(found.items())


# -- commit messages


class _Block(NamedTuple):
    indent: int
    lines: list[bytes]


def _blocks(text: bytes) -> list[_Block]:
    """Return the paragraphs and items of a text."""
    found: list[_Block] = []
    fresh = True
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped:
            fresh = True
            continue
        indent = len(line) - len(line.lstrip())
        if fresh or _BULLET.match(stripped) or _DIRECTIVE.match(stripped):
            found.append(_Block(indent, [stripped]))
        else:
            found[-1].lines.append(stripped)
        fresh = bool(_DIRECTIVE.match(stripped))
    return found


def parse_message(ui: Any, ctx: Any, known: Iterable[bytes]) -> Notes:
    """Return the notes of a changeset's message."""
    names = set(known)
    notes = Notes()
    blocks = _blocks(ctx.description())
    at = 0
    while at < len(blocks):
        match = _DIRECTIVE.match(blocks[at].lines[0])
        at += 1
        if match is None or match.group(1) not in names:
            continue
        name, title = match.group(1), match.group(2).strip() or None
        start = at
        while at < len(blocks) and blocks[at].indent > 0:
            inner = _DIRECTIVE.match(blocks[at].lines[0])
            if inner is not None and inner.group(1) in names:
                break
            at += 1
        while at < len(blocks) and _continues(blocks, at, names):
            at += 1
        paragraphs = _paragraphs(ui, ctx, name, blocks[start:at])
        if not paragraphs:
            ui.warn(_(b"error parsing releasenotes for revision: '%s'\n") % ctx.hex())
        notes.add(name, Note(title, paragraphs))
    return notes


def _continues(blocks: list[_Block], at: int, names: set[bytes]) -> bool:
    """Return whether a note goes on after a comment or a directive that is none of ours."""
    match = _DIRECTIVE.match(blocks[at].lines[0])
    if blocks[at].indent > 0:
        return match is None or match.group(1) not in names
    return match is not None and match.group(1) not in names


def _paragraphs(ui: Any, ctx: Any, name: bytes, blocks: list[_Block]) -> list[bytes]:
    paragraphs = []
    skipped = False
    for block in blocks:
        match = _DIRECTIVE.match(block.lines[0])
        if match is not None:
            skipped = match.group(1) == b"container"
            continue
        if skipped:
            continue
        if _BULLET.match(block.lines[0]):
            ui.warn(
                _(b"changeset %s: unexpected block in release notes directive %s\n")
                % (ctx.hex()[:12], name)
            )
        paragraphs.append(b" ".join(block.lines))
    return paragraphs


def check_message(ui: Any, ctx: Any, known: list[bytes]) -> None:
    """Say which directives of a message are none of ours but look like it."""
    for line in ctx.description().splitlines():
        match = _DIRECTIVE.match(line.strip())
        if match is None or match.group(1) in known:
            continue
        name = match.group(1)
        ui.write(
            _(b"Invalid admonition '%s' present in changeset %s\n")
            % (name, ctx.hex()[:12])
        )
        near = difflib.get_close_matches(
            name.decode("latin-1"), [k.decode("latin-1") for k in known], 1, 0.6
        )
        if near:
            ui.write(_(b"(did you mean %s?)\n") % near[0].encode("latin-1"))


# -- files of notes


def parse_file(text: bytes, titles: list[tuple[bytes, bytes]]) -> Notes:
    """Return the notes of a file.

    Raises:
        error.Abort: A section is not known.
    """
    by_title = {title: name for name, title in titles}
    notes = Notes()
    section: bytes | None = None
    title: bytes | None = None
    note: Note | None = None
    lines = text.splitlines()
    blocks = _file_blocks(lines)
    for kind, content, indent in blocks:
        if kind == b"=":
            section, title, note = by_title.get(content), None, None
            if section is None:
                raise error.Abort(_(b"unknown release notes section: %s") % content)
        elif section is None:
            raise error.Abort(_(b"unexpected release notes block outside of a section"))
        elif kind == b"-":
            title, note = (None if content == _BULLETS_TITLE else content), None
            if title is not None:
                note = Note(title, [])
                notes.add(section, note)
        elif kind == b"*" and title is None:
            note = Note(None, [content])
            notes.add(section, note)
        elif note is not None and (title is not None or indent > 0):
            note.paragraphs.append(content)
        else:
            note = Note(None, [content])
            notes.add(section, note)
    return notes


def _file_blocks(lines: list[bytes]) -> list[tuple[bytes, bytes, int]]:
    found: list[tuple[bytes, bytes, int]] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
            continue
        following = lines[at + 1] if at + 1 < len(lines) else b""
        if _UNDERLINE.match(following) and len(following) == len(line):
            found.append((following[:1], line, 0))
            at += 2
            continue
        indent = len(line) - len(line.lstrip())
        kind = b"*" if _BULLET.match(line.strip()) else b""
        words = [_BULLET.sub(b"", line.strip()) if kind else line.strip()]
        at += 1
        while (
            at < len(lines)
            and lines[at].strip()
            and not _BULLET.match(lines[at].strip())
        ):
            words.append(lines[at].strip())
            at += 1
        found.append((kind, b" ".join(words), indent))
    return found


def serialize(titles: list[tuple[bytes, bytes]], notes: Notes) -> bytes:
    """Return the text of a file of notes."""
    lines: list[bytes] = []
    for name, section_title in titles:
        titled, untitled = notes.titled(name), notes.untitled(name)
        if not titled and not untitled:
            continue
        lines += [section_title, b"=" * len(section_title), b""]
        for note in titled:
            assert note.title is not None
            lines += [note.title, b"-" * len(note.title), b""]
            for number, paragraph in enumerate(note.paragraphs):
                if number:
                    lines.append(b"")
                lines += stringutil.wrap(paragraph, _WIDTH).splitlines()
            lines.append(b"")
        if titled and untitled:
            lines += [_BULLETS_TITLE, b"-" * len(_BULLETS_TITLE), b""]
        for note in untitled:
            for number, paragraph in enumerate(note.paragraphs):
                first = b"  " if number else b"* "
                if number:
                    lines.append(b"")
                wrapped = stringutil.wrap(
                    paragraph, _WIDTH, initindent=first, hangindent=b"  "
                )
                lines += wrapped.splitlines()
            lines.append(b"")
    if lines and lines[-1]:
        lines.append(b"")
    return b"\n".join(lines)


def merge(ui: Any, old: Notes, new: Notes, similar: Any) -> None:
    """Add notes to others, but for those that are there already."""
    for name, notes in new.sections.items():
        for note in notes:
            known = old.sections.get(name, [])
            if note.title is not None:
                if any(note.title == other.title for other in known):
                    ui.write(
                        _(b"%s already exists in %s section; ignoring\n")
                        % (note.title, name)
                    )
                    continue
            else:
                issue = _same_issue(note, old)
                if issue:
                    ui.write(_(b'"%s" already exists in notes; ignoring\n') % issue)
                    continue
                if note in known or (
                    similar is not None and _resembles(similar, note, known)
                ):
                    shown = b" ".join(note.paragraphs)
                    ui.write(
                        _(b'"%s" already exists in notes file; ignoring\n') % shown
                    )
                    continue
            old.add(name, note)


def _same_issue(note: Note, old: Notes) -> bytes | None:
    """Return the number of an issue that both a note and other ones name."""
    named = _ISSUE.search(b" ".join(note.paragraphs))
    if named is None:
        return None
    for notes in old.sections.values():
        for other in notes:
            if named.group() in _ISSUE.findall(
                b" ".join([other.title or b"", *other.paragraphs])
            ):
                return named.group()
    return None


def _resembles(similar: Any, note: Note, known: list[Note]) -> bool:
    text = b" ".join(note.paragraphs).decode("utf-8", "replace")
    if len(text) <= 10:
        return False
    return any(
        similar(text, b" ".join(other.paragraphs).decode("utf-8", "replace")) > _SIMILAR
        for other in known
        if other.title is None and note.title is None
    )


def _similarity(ui: Any) -> Any:
    try:
        from fuzzywuzzy import fuzz  # type: ignore[import-not-found]  # late: optional
    except ImportError:
        ui.warn(
            _(
                b"module 'fuzzywuzzy' not found, merging of similar releasenotes is disabled\n"
            )
        )
        return None
    return fuzz.token_set_ratio


@command(
    b"releasenotes",
    [
        (b"r", b"rev", b"", _(b"revisions to process for release notes"), _(b"REV")),
        (b"c", b"check", False, _(b"checks for validity of admonitions (if any)")),
        (b"l", b"list", False, _(b"list the available admonitions with their title")),
    ],
    _(b"hg releasenotes [-r REV] [-c] FILE"),
    helpcategory=command.CATEGORY_CHANGE_NAVIGATION,
)
def releasenotes(
    ui: Any, repo: Any, file_: bytes | None = None, **opts: Any
) -> int | None:
    """parse release notes from commit messages into an output file

    Notes are directives in commit messages::

      .. fix:: optional title

         What there is to say.

    Each directive has its section: ``feature``, ``bc``, ``fix``, ``perf``, ``api``, and those of
    ``.hgreleasenotes``. Notes without title become items of a list.

    Notes that the file has already stay as they are, so that it can be edited. Without a file the
    notes are shown. The revisions are those that are not public, unless -r names others.

    With -c, directives that do not exist are shown; with -l, those that do.
    """
    cmdutil.check_at_most_one_arg(opts, "list", "check")
    cmdutil.check_incompatible_arguments(opts, "list", ["rev"])
    titles = sections(ui, repo)
    if opts.get("list"):
        for name, title in titles:
            ui.write(b"%s: %s\n" % (name, title))
        return None
    names = [name for name, _title in titles]
    revs = logcmdutil.revrange(repo, [opts.get("rev") or b"not public()"])
    if opts.get("check"):
        for rev in revs:
            check_message(ui, repo[rev], names)
        return None
    new = Notes()
    for rev in revs:
        for name, found in parse_message(ui, repo[rev], names).sections.items():
            for note in found:
                new.add(name, note)
    if file_ is None:
        ui.pager(b"releasenotes")
        ui.write(serialize(titles, new))
        return None
    similar = _similarity(ui)
    try:
        notes = parse_file(util.readfile(file_), titles)
    except FileNotFoundError:
        notes = Notes()
    merge(ui, notes, new, similar)
    with util.atomictempfile(file_) as file:
        file.write(serialize(titles, notes))
    return None


@command(b"debugparsereleasenotes", [], b"FILE", norepo=False, optionalrepo=True)
def debugparsereleasenotes(ui: Any, repo: Any, path: bytes) -> None:
    """parse release notes and print resulting data structure"""
    text = ui.fin.read() if path == b"-" else util.readfile(path)
    titles = sections(ui, repo)
    notes = parse_file(text, titles)
    for name, _title in titles:
        if name not in notes.sections:
            continue
        ui.write(_(b"section: %s\n") % name)
        for note in [*notes.titled(name), *notes.untitled(name)]:
            if note.title is not None:
                ui.write(_(b"  subsection: %s\n") % note.title)
            else:
                ui.write(_(b"  bullet point:\n"))
            for paragraph in note.paragraphs:
                ui.write(_(b"    paragraph: %s\n") % paragraph)
