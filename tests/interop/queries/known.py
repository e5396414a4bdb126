"""What is meant to differ from upstream, or cannot agree: each with its cause.

The test of generated questions asserts that every difference it finds is one of these.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from .fuzz import Difference

Texts = tuple[bytes, bytes]


@dataclass(frozen=True)
class Known:
    """A cause of differences."""

    cause: str
    #: A question on which it shows.
    example: str
    why: str
    explains: Callable[[Difference], bool]


def same_after(*changes: Callable[[bytes], bytes]) -> Callable[[Difference], bool]:
    """Explain differences that `changes` to output and errors make vanish."""

    def explains(found: Difference) -> bool:
        def clean(text: bytes) -> bytes:
            for change in changes:
                text = change(text)
            return text

        ours, theirs = found.ours, found.upstream
        return (ours.code, clean(ours.out), clean(ours.err)) == (
            theirs.code,
            clean(theirs.out),
            clean(theirs.err),
        )

    return explains


def sorted_sets(text: bytes) -> bytes:
    """Sort the members of printed sets."""

    def ordered(match: re.Match[bytes]) -> bytes:
        return match[1] + b", ".join(sorted(match[2].split(b", "))) + match[3]

    return re.sub(rb"(\{|set\(\[)([-\d, ]+)(\}|\]\))", ordered, text)


def without_set_dumps(text: bytes) -> bytes:
    """Remove how sets and matchers look inside."""
    return re.sub(rb"(?m)^\* (?:set|matcher):\n<.*\n(?:  .*\n|.*>\n)*", b"", text)


def without_alias_warnings(text: bytes) -> bytes:
    """Remove warnings about wrong aliases."""
    return re.sub(rb"warning: bad de\w+ of \w+ alias [^\n]*\n", b"", text)


def asks(*parts: bytes) -> Callable[[Difference], bool]:
    """Explain differences of questions with one of `parts`."""

    def explains(found: Difference) -> bool:
        return any(part in word for part in parts for word in found.args)

    return explains


def says(*parts: bytes) -> Callable[[Difference], bool]:
    """Explain differences where either program's complaint has one of `parts`."""

    def explains(found: Difference) -> bool:
        texts = (found.ours.err, found.upstream.err)
        return any(part in text for part in parts for text in texts)

    return explains


def late_failure(found: Difference) -> bool:
    """Both fail with the same words, one after having written more."""
    ours, theirs = found.ours, found.upstream
    return (
        ours.code == theirs.code != 0
        and without_alias_warnings(ours.err) == without_alias_warnings(theirs.err)
        and (theirs.out.startswith(ours.out) or ours.out.startswith(theirs.out))
    )


def other_failure(found: Difference) -> bool:
    """Both fail, for another one of several reasons."""
    reasons = (found.ours.err, found.upstream.err)
    return (
        found.ours.code == found.upstream.code == 255
        and found.ours.out == found.upstream.out
        and all(re.search(rb"(?m)^(hg: parse error|abort:)", text) for text in reasons)
    )


KNOWN = (
    Known(
        "order of printed sets",
        "debugrevspec -s 'head()'",
        "upstream prints Python sets in the order of their hash tables, which depends on how "
        "they came to be",
        same_after(sorted_sets),
    ),
    Known(
        "inside of sets and matchers",
        "debugfileset -s 'hgignore()'",
        "-s shows objects of the implementation; ignore rules are no list of patterns here, and "
        "a set known to be empty may be told so sooner or later",
        same_after(sorted_sets, without_set_dumps),
    ),
    Known(
        "number of alias warnings",
        "log --hidden -r . -T '{revset(\"tip\")}' with a wrong alias",
        "upstream repeats the warning each time its parser is made anew",
        same_after(without_alias_warnings),
    ),
    Known(
        "output before a failure",
        "log -G -r 'last(all(), 4)' -T '{file_copies|age}'",
        "a template that fails for a later changeset: what was written before is the same, how "
        "much of it is out by then depends on buffers",
        late_failure,
    ),
    Known(
        "which of several complaints",
        "log -r 'followlines(\"set:x(\", 0:2)'",
        "where several things are wrong, parts are not evaluated in the same order",
        other_failure,
    ),
    Known(
        "texts outside of the character set",
        "log -T '{files|cbor|fill68}'; log -r 3 with HGENCODING=ascii and a local tag that is not",
        "upstream stops at bytes that are no text, even where binary forms are pushed through "
        "filters for text, and reads all local tags before any question; here only a name that "
        "is looked up stops",
        says(b"decoding near"),
    ),
    Known(
        "filters on values they are not for",
        "log -T '{dict(a=1)|commondir}', '{search(\"x\", desc)|isodate}'",
        "upstream's filters take what Python's coercions make of dictionaries, missing values "
        "and internal iterators (an empty one counts as the date 0); here these are complaints, or "
        "the other way round",
        says(
            b"not compatible with keyword",
            b"incompatible use of template filter",
            b"not a date tuple nor a string",
            b"argument is not a list of text",
            b"not countable",
            b"not reversible",
            b"not filterable",
            b"is not iterable",
        ),
    ),
    Known(
        "member of a value that has none",
        "log -T '{date.tag.name}'",
        "the complaint quotes the value as Python shows it",
        says(b"is not a dictionary", b"invalid argument for revspec"),
    ),
    Known(
        "Python's view of internal objects",
        "log -T '{dict(whyunstable)}'",
        "upstream prints Python's representation of objects that are not meant to be shown",
        lambda found: b"[{b'" in found.upstream.out or b"=None" in found.upstream.out,
    ),
    Known(
        "rstdoc as HTML",
        "log -T \"{rstdoc(desc, 'html')}\"",
        "only paragraphs are marked up; lists, definitions and literal blocks stay text",
        asks(b"'html'", b'"html"'),
    ),
    Known(
        "integers beyond 64 bits",
        "log -T '{99999999999 * 99999999999}'",
        "integers have 64 bits here",
        says(b"integer is too large"),
    ),
)


def explanation(found: Difference) -> Known | None:
    """Return what explains a difference."""
    return next((known for known in KNOWN if known.explains(found)), None)
