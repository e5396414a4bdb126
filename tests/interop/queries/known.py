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

    return re.sub(rb"(frozenset\(\{|set\(\[)([-\d, ]+)(\}\)|\]\))", ordered, text)


def without_matcher_dumps(text: bytes) -> bytes:
    """Remove how matchers look inside."""
    return re.sub(rb"(?m)^\* matcher:\n<.*\n(?:  .*\n|.*>\n)*", b"", text)


def without_alias_warnings(text: bytes) -> bytes:
    """Remove warnings about wrong aliases."""
    return re.sub(rb"warning: bad de\w+ of \w+ alias [^\n]*\n", b"", text)


def without_markup(text: bytes) -> bytes:
    """Remove tags of HTML, and what text has in their place."""
    return re.sub(rb"<[^>]*>|[-+*|:@o~/\\\s]+", b"", text)


def asks(*parts: bytes) -> Callable[[Difference], bool]:
    """Explain differences of questions with one of `parts`."""

    def explains(found: Difference) -> bool:
        return any(part in word for part in parts for word in found.args)

    return explains


def both(*reasons: Callable[[Difference], bool]) -> Callable[[Difference], bool]:
    """Explain differences that all `reasons` explain."""
    return lambda found: all(reason(found) for reason in reasons)


def late_failure(found: Difference) -> bool:
    """Both fail with the same words, one after having written more."""
    ours, theirs = found.ours, found.upstream
    return (
        ours.code == theirs.code != 0
        and without_alias_warnings(ours.err) == without_alias_warnings(theirs.err)
        and (theirs.out.startswith(ours.out) or ours.out.startswith(theirs.out))
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
        "inside of matchers",
        "debugfileset -s 'hgignore()'",
        "-s shows objects of the implementation, and ignore rules are no list of patterns here",
        both(asks(b"hgignore"), same_after(without_matcher_dumps)),
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
        both(lambda found: found.kind == "template", late_failure),
    ),
    Known(
        "rstdoc as HTML",
        "log -T \"{rstdoc(desc, 'html')}\"",
        "only paragraphs are marked up; lists, definitions and literal blocks stay text: the words "
        "are the same",
        both(asks(b"'html'", b'"html"'), same_after(without_markup)),
    ),
    Known(
        "integers beyond 64 bits",
        "log -T '{99999999999 * 99999999999}'",
        "integers have 64 bits here",
        lambda found: b"integer is too large" in found.ours.err,
    ),
)


def explanation(found: Difference) -> Known | None:
    """Return what explains a difference."""
    return next((known for known in KNOWN if known.explains(found)), None)
