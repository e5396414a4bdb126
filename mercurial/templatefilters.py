"""Filters of templates; extensions may add to `filters`, and call the ones that are there.

Public: `filters`, `templatefilter`, and the functions.
"""

from __future__ import annotations

import html
import re
import time
from typing import Any

from mercurial import encoding, node, registrar
from mercurial.utils import dateutil, stringutil

filters: dict[bytes, Any] = {}
templatefilter = registrar.templatefilter(filters)

person = stringutil.person
email = stringutil.email
emailuser = stringutil.emailuser
userfilter = stringutil.shortuser
firstline = stringutil.firstline
stringify = lambda thing: b"" if thing is None else bytes(thing)  # noqa: E731 -- the shape is the API's
short = lambda text: text[:12]  # noqa: E731 -- the shape is the API's
hex = node.hex
rfc822date = dateutil.rfcdate
shortdate = dateutil.shortdate
rfc3339date = lambda text: dateutil.datestr(text, b"%Y-%m-%dT%H:%M:%S%1:%2")  # noqa: E731 -- the shape is the API's
isodate = lambda text: dateutil.datestr(text, b"%Y-%m-%d %H:%M %1%2")  # noqa: E731 -- the shape is the API's
isodatesec = lambda text: dateutil.datestr(text, b"%Y-%m-%d %H:%M:%S %1%2")  # noqa: E731 -- the shape is the API's
hgdate = lambda text: b"%d %d" % text  # noqa: E731 -- the shape is the API's

_SCALES = (
    (b"year", 3600 * 24 * 365, b"Y"),
    (b"month", 3600 * 24 * 30, b"M"),
    (b"week", 3600 * 24 * 7, b"W"),
    (b"day", 3600 * 24, b"d"),
    (b"hour", 3600, b"h"),
    (b"minute", 60, b"m"),
    (b"second", 1, b"s"),
)


def age(date: Any, abbrev: bool = False) -> bytes:
    """Return how long ago a date is."""
    now, then = time.time(), date[0]
    future = then > now
    delta = max(1, int(then - now)) if future else max(1, int(now - then))
    if future and delta > 31536000 * 30:
        return b"in the distant future"
    if not future and delta > 31536000 * 2:
        return dateutil.shortdate(date)
    for unit, seconds, letter in _SCALES:
        count = delta // seconds
        if count >= 2 or seconds == 1:
            if abbrev:
                text = b"%d%s" % (count, letter)
            else:
                text = b"%d %s" % (count, unit if count == 1 else unit + b"s")
            return b"%s from now" % text if future else b"%s ago" % text
    return b""


def escape(text: bytes) -> bytes:
    """Return text for HTML."""
    return (
        html.escape(text.replace(b"\0", b"").decode("latin-1"))
        .replace("&#x27;", "&#39;")
        .encode("latin-1")
    )


def obfuscate(text: bytes) -> bytes:
    """Return text as HTML entities."""
    return b"".join(b"&#%d;" % ord(c) for c in encoding.strfromlocal(text))


def fill(
    text: bytes, width: int, initindent: bytes = b"", hangindent: bytes = b""
) -> bytes:
    """Return paragraphs broken into lines."""
    paragraphs = re.split(rb"(\n\n|\n\s*[-*]\s*)", text)
    return b"".join(
        part
        if at % 2
        else stringutil.wrap(re.sub(rb"\s+", b" ", part), width, initindent, hangindent)
        for at, part in enumerate(paragraphs)
    )


def indent(text: bytes, prefix: bytes, firstline: Any = None) -> bytes:
    """Return text with a prefix before each line."""
    lines = text.splitlines(True)
    first = prefix if firstline is None else firstline
    return b"".join(
        (first if at == 0 else prefix) + line if line.strip() else line
        for at, line in enumerate(lines)
    )


def json(obj: Any, paranoid: bool = True) -> bytes:
    """Return a value as JSON."""
    if obj is None:
        return b"null"
    if obj is True or obj is False:
        return b"true" if obj else b"false"
    if isinstance(obj, (int, float)):
        return str(obj).encode()
    if isinstance(obj, bytes):
        return b'"%s"' % encoding.jsonescape(obj, paranoid=paranoid)
    if isinstance(obj, dict):
        items = [
            b'"%s": %s'
            % (encoding.jsonescape(key, paranoid=paranoid), json(value, paranoid))
            for key, value in sorted(obj.items())
        ]
        return b"{" + b", ".join(items) + b"}"
    if hasattr(obj, "_template_value"):
        return json(obj._template_value(), paranoid)
    return b"[" + b", ".join(json(item, paranoid) for item in obj) + b"]"


def stripdir(text: bytes) -> bytes:
    """Return the directory of a path, else the path."""
    head = text.rpartition(b"/")[0]
    return (head or text).rpartition(b"/")[2]


def urlescape(text: bytes) -> bytes:
    """Return text for an address."""
    from mercurial import util  # late: it is large

    return util.urlreq.quote(text)


def websub(text: bytes, websubtable: Any) -> bytes:
    """Return text with the replacements of `[websub]`."""
    for pattern, replacement in websubtable or ():
        text = pattern.sub(replacement, text)
    return text


def loadfilter(ui: Any, extname: bytes, registrarobj: Any) -> None:
    """Take over the filters of an extension."""
    filters.update(registrarobj._table)
