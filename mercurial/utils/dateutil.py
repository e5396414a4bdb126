"""Dates: pairs of seconds since 1970 and the time zone's distance from Greenwich, westward.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import calendar
import datetime
import re
import time
from typing import Any, Callable, Iterable, Tuple

from mercurial import encoding, error, pycompat
from mercurial.i18n import _

hgdate = Tuple[float, int]

defaultdateformats = (
    b"%Y-%m-%dT%H:%M:%S", b"%Y-%m-%dT%H:%M", b"%Y-%m-%dT%H%M%S", b"%Y-%m-%dT%H%M",
    b"%Y-%m-%d %H:%M:%S", b"%Y-%m-%d %H:%M", b"%Y-%m-%d %H%M%S", b"%Y-%m-%d %H%M",
    b"%Y-%m-%d %I:%M:%S%p", b"%Y-%m-%d %I:%M%p", b"%Y-%m-%d", b"%m-%d", b"%m/%d",
    b"%m/%d/%y", b"%m/%d/%Y", b"%a %b %d %H:%M:%S %Y", b"%a %b %d %I:%M:%S%p %Y",
    b"%a, %d %b %Y %H:%M:%S", b"%b %d %H:%M:%S %Y", b"%b %d %I:%M:%S%p %Y", b"%b %d %H:%M:%S",
    b"%b %d %I:%M:%S%p", b"%b %d %H:%M", b"%b %d %I:%M%p", b"%b %d %Y", b"%b %d", b"%H:%M:%S",
    b"%I:%M:%S%p", b"%H:%M", b"%I:%M%p",
)  # fmt: skip
extendeddateformats = (*defaultdateformats, b"%Y", b"%Y-%m", b"%b", b"%b %Y")


def makedate(timestamp: float | None = None) -> tuple[float, int]:
    """Return a point in time, now by default, with the zone of this place."""
    if timestamp is None:
        timestamp = time.time()
    if timestamp < 0:
        hint = _(b"check your clock")
        raise error.InputError(_(b"negative timestamp: %d") % timestamp, hint=hint)
    delta = datetime.datetime.fromtimestamp(timestamp, datetime.timezone.utc).replace(
        tzinfo=None
    ) - datetime.datetime.fromtimestamp(timestamp)
    return timestamp, delta.days * 86400 + delta.seconds


def datestr(date: Any = None, format: bytes = b"%a %b %d %H:%M:%S %Y %1%2") -> bytes:
    """Return a date as text; `%1` and `%2` are hours and minutes of the zone."""
    when, zone = date or makedate()
    if b"%1" in format or b"%2" in format or b"%z" in format:
        sign = b"-" if zone > 0 else b"+"
        minutes = abs(zone) // 60
        hours, rest = divmod(minutes, 60)
        format = format.replace(b"%z", b"%1%2")
        format = format.replace(b"%1", b"%c%02d" % (sign, hours))
        format = format.replace(b"%2", b"%02d" % rest)
    number = max(min(when - zone, 0x7FFFFFFF), -0x80000000)
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=number)
    return encoding.strtolocal(moment.strftime(encoding.strfromlocal(format)))


def shortdate(date: Any = None) -> bytes:
    """Return a date as `2006-09-18`."""
    return datestr(date, format=b"%Y-%m-%d")


def rfcdate(date: Any) -> bytes:
    """Return a date as mails have it."""
    return datestr(date, b"%a, %d %b %Y %H:%M:%S %1%2")


def parsetimezone(s: bytes) -> tuple[int | None, bytes]:
    """Return the zone at the end of a text, and what stands before it."""
    if s.endswith((b"GMT", b"UTC")):
        return 0, s[:-3].rstrip()
    found = re.search(rb"(?:^|\s|(?<=[0-9]))([+-])(\d\d):?(\d\d)$", s)
    if found:
        sign = -1 if found.group(1) == b"+" else 1
        offset = sign * (int(found.group(2)) * 60 + int(found.group(3))) * 60
        return offset, s[: found.start(1)].rstrip()
    if s.endswith(b"Z") and s[-2:-1].isdigit():
        return 0, s[:-1]
    return None, s


def strdate(string: bytes, format: bytes, defaults: Any = None) -> tuple[int, int]:
    """Return the date that a text of a format means."""
    defaults = {} if defaults is None else defaults
    offset, date = parsetimezone(string)
    usenow = False
    for part in ("S", "M", "HI", "d", "mb", "yY"):
        if not any(("%" + letter).encode() in format for letter in part):
            default = defaults[part.encode() if part.encode() in defaults else part]
            date += b"@" + default[usenow]
            format += b"@%" + part[0].encode()
        else:
            usenow = True
    parsed = time.strptime(encoding.strfromlocal(date), encoding.strfromlocal(format))
    local = int(calendar.timegm(parsed))
    if offset is None:
        unix = int(time.mktime(parsed))
        offset = unix - local
    return local + offset, offset


def parsedate(
    date: Any,
    formats: Iterable[bytes] | None = None,
    bias: dict[Any, Any] | None = None,
) -> tuple[int, int]:
    """Return the date that a text means.

    Raises:
        error.InputError: It means none.
    """
    bias = bias or {}
    if not date:
        return 0, 0
    if isinstance(date, tuple):
        if len(date) == 2:
            return date
        raise error.ProgrammingError(b"invalid date format")
    formats = formats or defaultdateformats
    date = date.strip()
    if date in (b"now", _(b"now")):
        return makedate()  # type: ignore[return-value]
    if date in (b"today", _(b"today")):
        date = datetime.date.today().strftime("%b %d").encode()
    elif date in (b"yesterday", _(b"yesterday")):
        day = datetime.date.today() - datetime.timedelta(days=1)
        date = day.strftime("%b %d").encode()
    try:
        when, offset = map(int, date.split(b" "))
    except ValueError:
        when, offset = _parse_formats(date, formats, bias)
    if when < -0x80000000 or when > 0x7FFFFFFF:
        raise error.InputError(_(b"date exceeds 32 bits: %d") % when)
    if offset < -50400 or offset > 43200:
        raise error.InputError(_(b"impossible time zone offset: %d") % offset)
    return when, offset


def _parse_formats(date: bytes, formats: Iterable[bytes], bias: Any) -> tuple[int, int]:
    now = makedate()
    defaults = {}
    for part in ("d", "mb", "yY", "HI", "M", "S"):
        b = bias.get(part, bias.get(part.encode()))
        if b is None:
            b = b"00" if part[0] in "HMS" else b"0"
        n = datestr(now, b"%" + part[0].encode())
        defaults[part] = (b, n)
    for format in formats:
        try:
            return strdate(date, format, defaults)
        except (ValueError, OverflowError):
            continue
    raise error.InputError(_(b"invalid date: %s") % _shown(date))


def _shown(date: bytes) -> bytes:
    return pycompat.byterepr(pycompat.bytestr(date))


def matchdate(date: bytes) -> Callable[[float], bool]:
    """Return the test for a description of days.

    Raises:
        error.InputError: It makes no sense.
    """

    def lower(date: bytes) -> float:
        return parsedate(date, extendeddateformats, {"mb": b"1", "d": b"1"})[0]

    def upper(date: bytes) -> float:
        bias = {"mb": b"12", "HI": b"23", "M": b"59", "S": b"59"}
        for days in (b"31", b"30", b"29"):
            try:
                return parsedate(date, extendeddateformats, {**bias, "d": days})[0]
            except error.InputError:
                continue
        return parsedate(date, extendeddateformats, {**bias, "d": b"28"})[0]

    date = date.strip()
    if not date:
        raise error.InputError(_(b"dates cannot consist entirely of whitespace"))
    if date[:1] in (b"<", b">"):
        if not date[1:]:
            raise error.InputError(_(b"invalid day spec, use '%sDATE'") % date[:1])
        limit = upper(date[1:]) if date[:1] == b"<" else lower(date[1:])
        return (lambda x: x <= limit) if date[:1] == b"<" else (lambda x: x >= limit)
    if date[:1] == b"-":
        try:
            days = int(date[1:])
        except ValueError:
            raise error.InputError(_(b"invalid day spec: %s") % date[1:]) from None
        if days < 0:
            raise error.InputError(
                _(b"%s must be nonnegative (see 'hg help dates')") % date[1:]
            )
        since = makedate()[0] - days * 3600 * 24
        return lambda x: x >= since
    if b" to " in date:
        first, last = date.split(b" to ")
        start, stop = lower(first), upper(last)
        return lambda x: start <= x <= stop
    start, stop = lower(date), upper(date)
    return lambda x: start <= x <= stop
