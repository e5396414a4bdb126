"""The user's character set: texts are stored in UTF-8 and shown in it.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import locale
import os
import re
import unicodedata
from typing import Any

from mercurial import error

environ = os.environb if hasattr(os, "environb") else {}


def _user_encoding() -> bytes:
    named = environ.get(b"HGENCODING")
    if named:
        return named
    found = locale.getpreferredencoding(False) or "ascii"
    if found.upper() in ("ANSI_X3.4-1968", "646"):
        found = "ascii"
    return found.encode("ascii")


encoding = _user_encoding()
encodingmode = environ.get(b"HGENCODINGMODE", b"strict")
fallbackencoding = b"ISO-8859-1"
_wide = (environ.get(b"HGENCODINGAMBIGUOUS", b"narrow") == b"wide" and "WFA") or "WF"


def unitolocal(u: str) -> bytes:
    """Return text in the user's character set."""
    return tolocal(u.encode("utf-8"))


def unifromlocal(s: bytes) -> str:
    """Return text that is in the user's character set."""
    return fromlocal(s).decode("utf-8")


strtolocal = unitolocal
strfromlocal = unifromlocal


def unimethod(bytesfunc: Any) -> Any:
    """Make a method that returns text from one that returns bytes."""

    def unifunc(obj: Any) -> str:
        return unifromlocal(bytesfunc(obj))

    return unifunc


strmethod = unimethod


class localstr(bytes):  # noqa: N801 -- the name is Mercurial's
    """Text in the user's character set that remembers what was stored."""

    _utf8: bytes

    def __new__(cls, u: bytes, l: bytes) -> localstr:  # noqa: E741 -- the name is Mercurial's
        """Return `l`, which stands for `u`."""
        made = bytes.__new__(cls, l)
        made._utf8 = u
        return made

    def __hash__(self) -> int:
        return hash(self._utf8)


class safelocalstr(bytes):  # noqa: N801 -- the name is Mercurial's
    """Text that is known to convert without loss."""

    __hash__ = bytes.__hash__


def isasciistr(s: bytes) -> bool:
    """Return whether all bytes are ASCII."""
    return s.isascii()


def asciilower(s: bytes) -> bytes:
    """Return ASCII text in lower case.

    Raises:
        UnicodeDecodeError: It is not ASCII.
    """
    s.decode("ascii")
    return s.lower()


def asciiupper(s: bytes) -> bytes:
    """Return ASCII text in upper case.

    Raises:
        UnicodeDecodeError: It is not ASCII.
    """
    s.decode("ascii")
    return s.upper()


def tolocal(s: bytes) -> bytes:
    """Return stored text in the user's character set; what it lacks becomes question marks."""
    if s.isascii():
        return s
    name = encoding.decode("ascii")
    for source in ("utf-8", fallbackencoding.decode("ascii")):
        try:
            u = s.decode(source)
        except UnicodeDecodeError:
            continue
        try:
            shown = u.encode(name)
        except UnicodeEncodeError:
            return localstr(u.encode("utf-8"), u.encode(name, "replace"))
        if source == "utf-8" and encoding.upper() in (b"UTF-8", b"UTF8"):
            return s
        return localstr(s, shown) if source == "utf-8" else shown
    return s.decode("utf-8", "replace").encode(name, "replace")


def fromlocal(s: bytes) -> bytes:
    """Return text in the user's character set as it is stored.

    Raises:
        error.Abort: It is not in the user's character set.
    """
    if isinstance(s, localstr):
        return s._utf8
    if s.isascii():
        return s
    try:
        return s.decode(encoding.decode("ascii"), encodingmode.decode("ascii")).encode(
            "utf-8"
        )
    except UnicodeDecodeError as problem:
        sub = s[max(0, problem.start - 10) : problem.start + 10]
        text = str(problem).encode("latin-1", "replace")
        message = b"decoding near '%s': %s" % (sub, text)
        raise error.Abort(message, hint=b"perhaps you need to set HGENCODING") from None
    except LookupError as problem:
        raise error.Abort(
            str(problem).encode(), hint=b"please check your locale settings"
        ) from None


def lower(s: bytes) -> bytes:
    """Return text in lower case."""
    if s.isascii():
        return s.lower()
    name = encoding.decode("ascii")
    try:
        return s.decode(name).lower().encode(name)
    except UnicodeError:
        return s.lower()


def upper(s: bytes) -> bytes:
    """Return text in upper case."""
    if s.isascii():
        return s.upper()
    name = encoding.decode("ascii")
    try:
        return s.decode(name).upper().encode(name)
    except UnicodeError:
        return s.upper()


upperfallback = upper


class normcasespecs:  # noqa: N801 -- the name is Mercurial's
    """How file systems fold case."""

    lower = -1
    upper = 1
    other = 0


def ucolwidth(d: str) -> int:
    """Return how many columns text takes."""
    return sum((unicodedata.east_asian_width(c) in _wide and 2) or 1 for c in d)


def colwidth(s: bytes) -> int:
    """Return how many columns text in the user's character set takes."""
    return ucolwidth(s.decode(encoding.decode("ascii"), "replace"))


def getcols(s: bytes, start: int, c: int) -> bytes:
    """Return the part of `s` from `start` that takes `c` columns."""
    for end in range(start + c, len(s) + 1):
        part = s[start:end]
        if colwidth(part) == c:
            return part
    raise ValueError("substring not found")


def trim(s: bytes, width: int, ellipsis: bytes = b"", leftside: bool = False) -> bytes:
    """Shorten text to at most `width` columns, with `ellipsis` where something was cut."""
    name = encoding.decode("ascii")
    try:
        u = s.decode(name)
    except UnicodeDecodeError:
        if len(s) <= width:
            return s
        room = width - len(ellipsis)
        if room <= 0:
            return ellipsis[:width]
        return ellipsis + s[-room:] if leftside else s[:room] + ellipsis
    if ucolwidth(u) <= width:
        return s
    room = width - len(ellipsis)
    if room <= 0:
        return ellipsis[:width]
    kept = ""
    for c in reversed(u) if leftside else u:
        grown = c + kept if leftside else kept + c
        if ucolwidth(grown) > room:
            break
        kept = grown
    text = kept.encode(name)
    return ellipsis + text if leftside else text + ellipsis


_escapes = {
    '"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
}  # fmt: skip


def jsonescape(s: bytes, paranoid: bool = False) -> bytes:
    """Return the inside of a JSON string for text in the user's character set."""
    u = toutf8b(s).decode("utf-8", "surrogatepass")
    out = []
    for c in u:
        number = ord(c)
        if c in _escapes:
            out.append(_escapes[c])
        elif number < 32 or number == 127 or (paranoid and (number > 127 or c in "<>")):
            if number > 0xFFFF:
                number -= 0x10000
                out.append(
                    "\\u%04x\\u%04x" % (0xD800 | number >> 10, 0xDC00 | number & 0x3FF)
                )
            else:
                out.append("\\u%04x" % number)
        else:
            out.append(c)
    return "".join(out).encode("utf-8", "surrogatepass")


def toutf8b(s: bytes) -> bytes:
    """Return UTF-8 in which bytes that are none are lone surrogates, to come back unchanged."""
    if isinstance(s, localstr):
        return s._utf8
    if s.isascii():
        return s
    return s.decode("utf-8", "surrogateescape").encode("utf-8", "surrogatepass")


def fromutf8b(s: bytes) -> bytes:
    """Undo `toutf8b`."""
    if s.isascii():
        return s
    return s.decode("utf-8", "surrogatepass").encode("utf-8", "surrogateescape")


def hfsignoreclean(s: bytes) -> bytes:
    """Remove the characters that HFS+ ignores in names."""
    return re.sub(
        "[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]",
        "",
        s.decode("utf-8", "replace"),
    ).encode("utf-8")
