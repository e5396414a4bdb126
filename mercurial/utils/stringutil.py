"""Texts: escaping, wrapping, matching, people.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import ast
import codecs
import re as remod
import textwrap
import types
from typing import Any, Callable, Iterable

from mercurial import encoding, error, pycompat

_BOOLEANS = {
    b"1": True, b"yes": True, b"true": True, b"on": True, b"always": True,
    b"0": False, b"no": False, b"false": False, b"off": False, b"never": False,
}  # fmt: skip
_SPECIAL = {ord(c): "\\" + c for c in "()[]{}?*+-|^$\\.&~# \t\n\r\v\f"}
regexbytesescapemap = {i: (b"\\" + bytes((i,))) for i in _SPECIAL}


def reescape(pat: Any) -> Any:
    """Return a pattern that matches just this text."""
    if isinstance(pat, str):
        return pat.translate(_SPECIAL)
    return pat.decode("latin-1").translate(_SPECIAL).encode("latin-1")


def parsebool(s: bytes) -> bool | None:
    """Return the truth value that a text names, or `None`."""
    return _BOOLEANS.get(s.lower())


def forcebytestr(obj: Any) -> bytes:
    """Return bytes that show an object, exceptions with their message."""
    if isinstance(obj, bytes):
        return obj
    if hasattr(obj, "__bytes__"):
        return bytes(obj)
    try:
        return encoding.strtolocal(str(obj))
    except UnicodeError:
        return str(obj).encode("utf-8", "replace")


def escapestr(s: bytes) -> bytes:
    """Return text with escapes for what cannot be printed."""
    return codecs.escape_encode(bytes(s))[0]


def unescapestr(s: bytes) -> bytes:
    """Undo `escapestr`."""
    return codecs.escape_decode(s)[0]


def binary(s: bytes | None) -> bool:
    """Return whether data is binary: it has a zero byte."""
    return bool(s and b"\0" in s)


def buffer_type() -> type:
    """Return the type of buffers."""
    return memoryview


def _rapply(f: Callable[[Any], Any], xs: Any) -> Any:
    if xs is None:
        return xs
    if isinstance(xs, (list, set, tuple)):
        return type(xs)(_rapply(f, x) for x in xs)
    if isinstance(xs, dict):
        return type(xs)((_rapply(f, k), _rapply(f, v)) for k, v in xs.items())
    return f(xs)


rapply = _rapply


def pprint(o: Any, bprefix: bool = False, indent: int = 0, level: int = 0) -> bytes:
    """Return a text that shows a structure of plain values."""
    return b"".join(pprintgen(o, bprefix=bprefix, indent=indent, level=level))


def pprintgen(
    o: Any, bprefix: bool = False, indent: int = 0, level: int = 0
) -> Iterable[bytes]:
    """Yield the pieces of `pprint`."""
    if isinstance(o, bytes):
        yield (b"b" if bprefix else b"") + b"'" + escapestr(o) + b"'"
    elif isinstance(o, bytearray):
        yield b"bytearray['%s']" % escapestr(bytes(o))
    elif isinstance(o, (list, tuple, set, frozenset)):
        opening, closing = {list: (b"[", b"]"), tuple: (b"(", b")")}.get(
            type(o), (b"set([", b"])")
        )
        items = sorted(o) if isinstance(o, (set, frozenset)) else o
        shown = [pprint(item, bprefix, indent, level + 1) for item in items]
        yield _listed(opening, shown, closing, indent, level)
    elif isinstance(o, dict):
        shown = [
            pprint(k, bprefix, indent, level + 1)
            + b": "
            + pprint(v, bprefix, indent, level + 1)
            for k, v in sorted(o.items())
        ]
        yield _listed(b"{", shown, b"}", indent, level)
    elif isinstance(o, types.GeneratorType):
        shown = [pprint(item, bprefix, indent, level + 1) for item in o]
        yield _listed(b"gen[", shown, b"]", indent, level)
    else:
        yield pycompat.byterepr(o)


def _listed(
    opening: bytes, shown: list[bytes], closing: bytes, indent: int, level: int
) -> bytes:
    if not shown:
        return opening + closing
    if not indent:
        return opening + b", ".join(shown) + closing
    inner, outer = b"\n" + b" " * indent * (level + 1), b"\n" + b" " * indent * level
    return opening + inner + (b"," + inner).join(shown) + outer + closing


def prettyrepr(o: Any) -> bytes:
    """Return a text that shows an object."""
    return pycompat.byterepr(o)


def buildrepr(r: Any) -> bytes:
    """Return a text from what describes an object: text, `(format, args...)`, function."""
    if r is None:
        return b""
    if isinstance(r, tuple):
        return r[0] % _rapply(pycompat.maybebytestr, r[1:]) if len(r) > 1 else r[0]
    if isinstance(r, bytes):
        return r
    if callable(r):
        return r()
    return pprint(r)


def stringmatcher(
    pattern: bytes, casesensitive: bool = True
) -> tuple[bytes, bytes, Any]:
    """Return kind, pattern and test of `re:...`, `literal:...` or plain text."""
    if pattern.startswith(b"re:"):
        pattern = pattern[3:]
        flags = 0 if casesensitive else remod.I
        try:
            regex = remod.compile(pattern, flags)
        except remod.error as problem:
            message = b"invalid regular expression: %s" % forcebytestr(problem)
            raise error.ParseError(message) from None
        return b"re", pattern, regex.search
    if pattern.startswith(b"literal:"):
        pattern = pattern[8:]
    if casesensitive:
        return b"literal", pattern, pattern.__eq__
    lowered = encoding.lower(pattern)
    return b"literal", pattern, lambda s: lowered == encoding.lower(s)


def substringregexp(pattern: bytes, flags: int = 0) -> Any:
    """Return a pattern of `re:...`, `literal:...` or plain text."""
    if pattern.startswith(b"re:"):
        try:
            return remod.compile(pattern[3:], flags)
        except remod.error as problem:
            message = b"invalid regular expression: %s" % forcebytestr(problem)
            raise error.ParseError(message) from None
    if pattern.startswith(b"literal:"):
        pattern = pattern[8:]
    return remod.compile(remod.escape(pattern), flags)


# -- people


def shortuser(user: bytes) -> bytes:
    """Return the first part of a user's name or address."""
    at = user.find(b"@")
    if at >= 0:
        user = user[:at]
    at = user.find(b"<")
    if at >= 0:
        user = user[at + 1 :]
    for separator in (b" ", b"."):
        at = user.find(separator)
        if at >= 0:
            user = user[:at]
    return user


def emailuser(user: bytes) -> bytes:
    """Return the part of an address before the host."""
    at = user.find(b"@")
    if at >= 0:
        user = user[:at]
    at = user.find(b"<")
    return user[at + 1 :] if at >= 0 else user


def email(author: bytes) -> bytes:
    """Return the address in `Name <address>`."""
    end = author.find(b">")
    if end == -1:
        end = len(author)
    return author[author.find(b"<") + 1 : end]


def person(author: bytes) -> bytes:
    """Return the name in `Name <address>`, else the address before the host."""
    if b"@" not in author:
        return author
    at = author.find(b"<")
    if at != -1:
        return author[:at].strip(b' "').replace(b'\\"', b'"')
    return author[: author.find(b"@")].replace(b".", b" ")


class mailmapping:  # noqa: N801 -- the name is Mercurial's
    """Name and address to use instead."""

    def __init__(self, email: bytes, name: bytes | None = None):
        self.email = email
        self.name = name


def isauthorwellformed(author: bytes) -> bool:
    """Return whether an author is `Name <address>`."""
    return remod.match(rb"^[^<]+ <[^<>]+@[^<>]+>$", author) is not None


def firstline(text: bytes) -> bytes:
    """Return the first line of a text."""
    lines = text.splitlines()
    return lines[0] if lines else b""


def ellipsis(text: bytes, maxlength: int = 400) -> bytes:
    """Return text of at most so many columns, with dots where something was cut."""
    return encoding.trim(text, maxlength, ellipsis=b"...")


def wrap(
    line: bytes, width: int, initindent: bytes = b"", hangindent: bytes = b""
) -> bytes:
    """Return text broken into lines."""
    longest = max(len(hangindent), len(initindent))
    if width <= longest:
        width = max(78, longest + 1)
    name = pycompat.sysstr(encoding.encoding)
    wrapper = textwrap.TextWrapper(
        width=width,
        initial_indent=initindent.decode(name, "replace"),
        subsequent_indent=hangindent.decode(name, "replace"),
        break_on_hyphens=False,
    )
    return wrapper.fill(line.decode(name, "replace")).encode(name, "replace")


def evalpythonliteral(s: bytes) -> Any:
    """Return the value of a Python literal."""
    return ast.literal_eval(s.decode("latin-1"))


def isidentifier(s: bytes) -> bool:
    """Return whether a text is an identifier."""
    return s.decode("latin-1").isidentifier()


def uirepr(s: bytes) -> bytes:
    """Return text quoted for the user."""
    return pycompat.byterepr(pycompat.bytestr(s)).replace(b"\\\\", b"\\")


def capitalize(text: bytes) -> bytes:
    """Return text with its first letter in upper case."""
    return text[:1].upper() + text[1:]
