"""Helpers that extensions share: files, caches, texts, time.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re as _re
import shutil
import time
import urllib.parse
from typing import Any, Callable, Iterable, Iterator

from mercurial import error, pycompat
from mercurial.i18n import _
from mercurial.utils import hashutil as hashutil, procutil, stringutil
from mercurial.utils.containers import (
    acceptintervention as acceptintervention,
    cachefunc as cachefunc,
    clearcachedproperty as clearcachedproperty,
    cow as cow,
    cowdict as cowdict,
    cowsortdict as cowsortdict,
    dirs as dirs,
    finddirs as finddirs,
    localcache as localcache,
    lrucachedict as lrucachedict,
    lrucachefunc as lrucachefunc,
    nullcontextmanager as nullcontextmanager,
    propertycache as propertycache,
    sortdict as sortdict,
    transactional as transactional,
)
from mercurial.utils.fileutil import (
    appendfile as appendfile,
    atomictempfile as atomictempfile,
    cachestat as cachestat,
    checkexec as checkexec,
    checklink as checklink,
    checkosfilename as checkosfilename,
    checkwinfilename as checkwinfilename,
    copyfile as copyfile,
    copyfiles as copyfiles,
    endswithsep as endswithsep,
    expandpath as expandpath,
    filestat as filestat,
    fscasesensitive as fscasesensitive,
    isexec as isexec,
    localpath as localpath,
    makedir as makedir,
    makedirs as makedirs,
    mktempcopy as mktempcopy,
    normcase as normcase,
    normcasefallback as normcasefallback,
    normcasespec as normcasespec,
    normpath as normpath,
    pathto as pathto,
    pconvert as pconvert,
    readfile as readfile,
    setflags as setflags,
    shortuser as shortuser,
    split as split,
    splitpath as splitpath,
    tryunlink as tryunlink,
    umask as umask,
    unlinkpath as unlinkpath,
    writefile as writefile,
)

safehasattr = pycompat.safehasattr
bytesio = pycompat.bytesio
stringio = pycompat.stringio
empty: list[Any] = []
timer = getattr(time, "perf_counter", time.time)
digits: dict[bytes, Any] = {}
DIGESTS = {
    b"md5": hashlib.md5,
    b"sha1": hashlib.sha1,
    b"sha512": hashlib.sha512,
}

explainexit = procutil.explainexit
posixfile = open
unlink = os.unlink
rename = os.replace
copystat = shutil.copystat
oslink = os.link
statfiles = None
nulldev = b"/dev/null"
expandglobs = False
readlink = os.readlink
os_link = os.link
removedirs = os.removedirs
getuser = None


def __getattr__(name: str) -> Any:
    """Return a module of the standard library under its name in the API."""
    if name in ("httplib", "pickle", "socketserver", "xmlrpclib", "cookielib"):
        import importlib  # late: used only here

        return importlib.import_module(pycompat._MODULES[name])
    raise AttributeError(f"module 'mercurial.util' has no attribute {name!r}")


class _Quoting:
    """`urllib`'s functions under one name, taking and giving bytes where callers use bytes."""

    def quote(self, text: Any, safe: Any = b"/") -> bytes:
        return urllib.parse.quote_from_bytes(
            text if isinstance(text, bytes) else text.encode(),
            safe=pycompat.sysstr(safe),
        ).encode("ascii")

    def unquote(self, text: Any) -> bytes:
        return urllib.parse.unquote_to_bytes(text)

    def urlencode(self, query: Any, doseq: bool = False) -> bytes:
        return urllib.parse.urlencode(query, doseq).encode("ascii")

    def pathname2url(self, path: bytes) -> bytes:
        import urllib.request  # late: it takes long to import

        return urllib.request.pathname2url(os.fsdecode(path)).encode()

    def __getattr__(self, name: str) -> Any:
        import urllib.error  # late: they take long to import
        import urllib.request

        for module in (urllib.request, urllib.parse, urllib.error):
            if hasattr(module, name):
                return getattr(module, name)
        lowered = {key.lower(): key for key in dir(urllib.request)}
        if name.lower() in lowered:
            return getattr(urllib.request, lowered[name.lower()])
        raise AttributeError(name)


class _Errors:
    """`urllib.error` with names in lower case."""

    def __getattr__(self, name: str) -> Any:
        import urllib.error  # late: it takes long to import

        names = {"httperror": "HTTPError", "urlerror": "URLError"}
        return getattr(urllib.error, names.get(name, name))


urlreq = _Quoting()
urlerr = _Errors()


def version() -> bytes:
    """Return the version of Mercurial that this program stands for."""
    return b"7.2.4"


def versiontuple(v: bytes | None = None, n: int = 4) -> tuple[Any, ...]:
    """Return the parts of a version: numbers, and what follows them."""
    if not v:
        v = version()
    match = _re.match(rb"(\d+(?:\.\d+){,2})[+\-]?(.*)", v)
    if match is None:
        numbers, extra = b"", v
    elif match.group(2):
        numbers, extra = match.groups()
    else:
        numbers, extra = match.group(1), None
    parts: list[Any] = [int(part) for part in numbers.split(b".") if part]
    while len(parts) < 3:
        parts.append(None)
    rc = None
    if extra:
        found = _re.match(rb"(rc\d+|a\d+|b\d+)", extra)
        rc = found.group(1) if found else None
    if n == 2:
        return tuple(parts[:2])
    if n == 3:
        return tuple(parts[:3])
    return (*parts[:3], extra if extra is not None or rc is None else rc)


def checksignature(func: Callable[..., Any], depth: int = 1) -> Callable[..., Any]:
    """Return `func` so that wrong arguments raise `error.SignatureError`."""

    def check(*args: Any, **kwargs: Any) -> Any:
        try:
            return func(*args, **kwargs)
        except TypeError as problem:
            trace = problem.__traceback__
            count = 0
            while trace is not None:
                count += 1
                trace = trace.tb_next
            if count == depth:
                raise error.SignatureError(b"invalid arguments") from None
            raise

    return check


class chunkbuffer:  # noqa: N801 -- the name is Mercurial's
    """Reads from an iterator of pieces as from a file."""

    def __init__(self, in_iter: Iterable[bytes]):
        self._pieces = iter(in_iter)
        self._held = b""

    def read(self, l: int | None = None) -> bytes:  # noqa: E741 -- the name is the API's
        """Return so many bytes, or all."""
        if l is None:
            out, self._held = self._held + b"".join(self._pieces), b""
            return out
        parts, size = [self._held], len(self._held)
        while size < l:
            piece = next(self._pieces, None)
            if piece is None:
                break
            parts.append(piece)
            size += len(piece)
        data = b"".join(parts)
        self._held = data[l:]
        return data[:l]


def filechunkiter(
    f: Any, size: int = 131072, limit: int | None = None
) -> Iterator[bytes]:
    """Yield the pieces of a file."""
    while True:
        count = size if limit is None else min(size, limit)
        data = f.read(count) if count else b""
        if not data:
            return
        if limit is not None:
            limit -= len(data)
        yield data


def increasingchunks(
    source: Iterable[bytes], min: int = 1024, max: int = 65536
) -> Iterator[bytes]:
    """Yield larger and larger pieces."""
    held: list[bytes] = []
    size = 0
    for chunk in source:
        held.append(chunk)
        size += len(chunk)
        if size >= min:
            min = builtins_min(min * 2, max)
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


builtins_min = min


class digester:  # noqa: N801 -- the name is Mercurial's
    """Several digests of the same data."""

    def __init__(self, digests: Iterable[bytes], s: bytes = b""):
        self._hashes = {name: DIGESTS[name]() for name in digests}
        if s:
            self.update(s)

    def update(self, data: bytes) -> None:
        """Take more data."""
        for found in self._hashes.values():
            found.update(data)

    def __getitem__(self, key: bytes) -> bytes:
        return self._hashes[key].hexdigest().encode()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._hashes)


# -- numbers and texts

_UNITS = (
    (b"kb", 1 << 10), (b"mb", 1 << 20), (b"gb", 1 << 30), (b"k", 1 << 10), (b"m", 1 << 20),
    (b"g", 1 << 30), (b"b", 1),
)  # fmt: skip


def sizetoint(s: bytes) -> int:
    """Return a number of bytes (`10 MB`).

    Raises:
        error.ParseError: It is none.
    """
    text = s.strip().lower()
    try:
        for unit, factor in _UNITS:
            if text.endswith(unit):
                return int(float(text[: -len(unit)]) * factor)
        return int(text)
    except ValueError:
        raise error.ParseError(_(b"couldn't parse size: %s") % s) from None


def unitcountfn(*unittable: tuple[int, int, bytes]) -> Callable[[float], bytes]:
    """Return the function that shows a number in the unit that fits."""

    def go(count: float) -> bytes:
        for multiplier, divisor, shown in unittable:
            if abs(count) >= divisor * multiplier:
                return shown % (count / float(divisor))
        return unittable[-1][2] % count

    return go


bytecount = unitcountfn(
    (100, 1 << 30, b"%.0f GB"),
    (10, 1 << 30, b"%.1f GB"),
    (1, 1 << 30, b"%.2f GB"),
    (100, 1 << 20, b"%.0f MB"),
    (10, 1 << 20, b"%.1f MB"),
    (1, 1 << 20, b"%.2f MB"),
    (100, 1 << 10, b"%.0f KB"),
    (10, 1 << 10, b"%.1f KB"),
    (1, 1 << 10, b"%.2f KB"),
    (1, 1, b"%.0f bytes"),
)
timecount = unitcountfn(
    (1, 10**3, b"%.0f s"),
    (100, 1, b"%.1f s"),
    (10, 1, b"%.2f s"),
    (1, 1, b"%.3f s"),
)


def processlinerange(fromline: int, toline: int) -> tuple[int, int]:
    """Check a range of lines, counted from 1; return it counted from 0."""
    if toline - fromline < 0:
        raise error.ParseError(_(b"line range must be positive"))
    if fromline < 1:
        raise error.ParseError(_(b"fromline must be strictly positive"))
    return fromline - 1, toline


def interpolate(
    prefix: bytes,
    mapping: dict[Any, Any],
    s: bytes,
    fn: Any = None,
    escape_prefix: bool = False,
) -> bytes:
    """Replace `prefix` and a key by the key's value."""
    fn = fn or (lambda text: text)
    patterns = b"|".join(mapping)
    mapping = dict(mapping)
    if escape_prefix:
        patterns += b"|" + prefix
        char = prefix[1:] if len(prefix) > 1 else prefix
        mapping[char] = char
    found = _re.compile(rb"%s(%s)" % (prefix, patterns))
    return found.sub(lambda match: fn(mapping[match.group()[1:]]), s)


class _Patterns:
    """`re` under Mercurial's name; other engines are not needed."""

    def compile(self, pat: bytes, flags: int = 0) -> Any:
        return _re.compile(pat, flags)

    escape = staticmethod(stringutil.reescape)


re = _Patterns()
remod = _re

_eol = _re.compile(b"\r*\n")


def hidewindow() -> None:
    """Do nothing: there is no window."""


def tolf(s: bytes) -> bytes:
    """Return text with line feeds at the ends of lines."""
    return _eol.sub(b"\n", s)


def tocrlf(s: bytes) -> bytes:
    """Return text with returns and line feeds at the ends of lines."""
    return _eol.sub(b"\r\n", s)


tonativeeol = fromnativeeol = pycompat.identity
nativeeolwriter = pycompat.identity


def iterlines(iterator: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines of pieces."""
    for chunk in iterator:
        yield from chunk.splitlines()


def iterfile(fp: Any) -> Any:
    """Return the file: its lines can be iterated over."""
    return fp


def gethgcmd() -> list[bytes]:
    """Return the words that run this program."""
    return [procutil.hgexecutable()]


def rangelist(*args: int) -> list[int]:
    """Return numbers."""
    return list(range(*args))


def always(fn: Any) -> bool:
    """Return true."""
    return True


def never(fn: Any) -> bool:
    """Return false."""
    return False


def nogc(func: Any = None) -> Any:
    """Return the function: the collector is no burden here."""
    return func if func is not None else contextlib.nullcontext()


def timed(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function: its time is not shown."""
    return func


@contextlib.contextmanager
def timedcm(whence: Any, *_args: Any) -> Iterator[Any]:
    """Measure a section."""

    class stats:  # noqa: N801 -- attributes only
        elapsed = 0.0
        level = 1

    start = timer()
    found = stats()
    try:
        yield found
    finally:
        found.elapsed = timer() - start


@contextlib.contextmanager
def rust_tracing_span(*_args: Any) -> Iterator[None]:
    """Do nothing."""
    yield


class hooks:  # noqa: N801 -- the name is Mercurial's
    """Functions that extensions add to be called in order of their source's name."""

    def __init__(self) -> None:
        self._hooks: list[tuple[Any, Any]] = []

    def add(self, source: Any, hook: Callable[..., Any]) -> None:
        """Add a function."""
        self._hooks.append((source, hook))

    def __call__(self, *args: Any) -> list[Any]:
        self._hooks.sort(key=lambda found: found[0])
        return [hook(*args) for _source, hook in self._hooks]


def shallowcopy(obj: Any) -> Any:
    """Return a copy."""
    import copy  # late: used only here

    return copy.copy(obj)


def safename(f: bytes, tag: bytes, ctx: Any, others: Any = None) -> bytes:
    """Return a name beside `f` that is free in a changeset."""
    name = b"%s~%s" % (f, tag)
    number = 1
    while name in ctx or name in (others or ()):
        name = b"%s~%s~%d" % (f, tag, number)
        number += 1
    return name


def findexe(command: bytes) -> bytes | None:
    """Return the path of a program."""
    return procutil.findexe(command)


def hgexecutable() -> bytes:
    """Return the path of this program."""
    return procutil.hgexecutable()


def hgcmd() -> list[bytes]:
    """Return the words that run this program."""
    return [procutil.hgexecutable()]


def drop_privileges(*_args: Any) -> None:
    """Do nothing."""


def readexactly(stream: Any, n: int) -> bytes:
    """Return `n` bytes.

    Raises:
        error.Abort: There are fewer.
    """
    data = stream.read(n)
    if len(data) < n:
        message = _(b"stream ended unexpectedly (got %d bytes, expected %d)") % (
            len(data),
            n,
        )
        raise error.Abort(message)
    return data


def debugstacktrace(
    msg: bytes = b"stacktrace",
    skip: int = 0,
    f: Any = None,
    otherf: Any = None,
    **_o: Any,
) -> None:
    """Show where we are."""
    import sys  # late: used only here

    out = f or sys.stderr.buffer
    out.write(b"%s at:\n" % msg.rstrip())
    out.writelines(stacklines(skip + 1))
    out.flush()


def stacklines(skip: int = 0) -> list[bytes]:
    """Return a line for each caller, the outermost first, without the last ones."""
    import traceback  # late: only developers need it

    frames = traceback.extract_stack()[: -1 - skip]
    places = [f"{frame.filename}:{frame.lineno}" for frame in frames]
    width = max(map(len, places), default=0)
    return [
        f" {place:{width}} in {frame.name}\n".encode("utf-8", "surrogateescape")
        for place, frame in zip(places, frames)
    ]


def expandenv(path: bytes) -> bytes:
    """Return a path with variables expanded."""
    return os.path.expandvars(path)


def username(uid: int | None = None) -> bytes | None:
    """Return the name of a user of the system."""
    import pwd  # late: not everywhere

    try:
        return os.fsencode(pwd.getpwuid(os.getuid() if uid is None else uid).pw_name)
    except KeyError:
        return b"%d" % (uid or 0)


def groupname(gid: int | None = None) -> bytes | None:
    """Return the name of a group of the system."""
    import grp  # late: not everywhere

    try:
        return os.fsencode(grp.getgrgid(os.getgid() if gid is None else gid).gr_name)
    except KeyError:
        return b"%d" % (gid or 0)


def groupmembers(name: bytes) -> list[bytes]:
    """Return the names of the users in a group of the system."""
    import grp  # late: not everywhere

    return [os.fsencode(member) for member in grp.getgrnam(os.fsdecode(name)).gr_mem]


def load_path(path: bytes, module_name: str) -> Any:
    """Import a module from a file or directory."""
    from mercurial import extensions  # late: it uses us

    return extensions.loadpath(path, module_name)


def re2_not_available(*_args: Any) -> bool:
    """Return false: there is no other engine to ask for."""
    return False


class url:  # noqa: N801 -- moved to utils.urlutil
    """Moved to `mercurial.utils.urlutil`."""

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Return an address."""
        from mercurial.utils import urlutil  # late: it uses us

        return urlutil.url(*args, **kwargs)


def hidepassword(u: bytes) -> bytes:
    """Return an address without its password."""
    from mercurial.utils import urlutil  # late: it uses us

    return urlutil.hidepassword(u)


def removeauth(u: bytes) -> bytes:
    """Return an address without user and password."""
    from mercurial.utils import urlutil  # late: it uses us

    return urlutil.removeauth(u)
