"""Helpers that extensions share: files, caches, texts, time.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import os
import re as _re
import shutil
import stat
import tempfile
import time
import urllib.parse
from typing import Any, Callable, Iterable, Iterator

from mercurial import encoding, error, pycompat
from mercurial.i18n import _
from mercurial.utils import hashutil, procutil, stringutil  # noqa: F401 -- part of the API

safehasattr = pycompat.safehasattr
bytesio = pycompat.bytesio
stringio = pycompat.stringio
empty: list[Any] = []
timer = getattr(time, "perf_counter", time.time)
digits = {}
DIGESTS = {
    b"md5": hashutil.hashlib.md5,
    b"sha1": hashutil.hashlib.sha1,
    b"sha512": hashutil.hashlib.sha512,
}

explainexit = procutil.explainexit
posixfile = open
unlink = os.unlink
umask = 0o022
rename = os.replace
copystat = shutil.copystat
oslink = os.link
statfiles = None
hidewindow = lambda: None  # noqa: E731 -- the shape is the API's
nulldev = b"/dev/null"
expandglobs = False
readlink = os.readlink
os_link = os.link
removedirs = os.removedirs
getuser = None
cachestat: Any = None
filestat: Any = None


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
            text if isinstance(text, bytes) else text.encode(), safe=pycompat.sysstr(safe)
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
        numbers, extra = match.group(1), None  # type: ignore[assignment]
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


class propertycache:  # noqa: N801 -- the name is Mercurial's
    """Attribute that is computed once for each object."""

    def __init__(self, func: Callable[[Any], Any]):
        self.func = func
        self.name = func.__name__
        self.__doc__ = func.__doc__

    def __get__(self, obj: Any, type: Any = None) -> Any:  # noqa: A002
        if obj is None:
            return self
        result = self.func(obj)
        self.cachevalue(obj, result)
        return result

    def cachevalue(self, obj: Any, value: Any) -> None:
        """Keep the value."""
        obj.__dict__[self.name] = value


class localcache(dict):  # type: ignore[type-arg] # noqa: N801 -- a dict for callers
    """Nothing more than a dict."""


def clearcachedproperty(obj: Any, prop: Any) -> None:
    """Forget a computed attribute."""
    obj.__dict__.pop(pycompat.sysstr(prop), None)


def cachefunc(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that remembers its results."""
    cache: dict[Any, Any] = {}

    def wrapper(*args: Any) -> Any:
        if args not in cache:
            cache[args] = func(*args)
        return cache[args]

    return wrapper


lrucachefunc = functools.lru_cache(maxsize=20)


class sortdict(collections.OrderedDict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Dict whose items are in the order of their last assignment."""

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self:
            del self[key]
        super().__setitem__(key, value)

    def update(self, src: Any = (), **more: Any) -> None:  # type: ignore[override]
        """Assign all items."""
        pairs = src.items() if isinstance(src, dict) else src
        for key, value in pairs:
            self[key] = value
        for key, value in more.items():
            self[key] = value

    def insert(self, position: int, key: Any, value: Any) -> None:
        """Put an item at a position."""
        items = [(k, v) for k, v in self.items() if k != key]
        items.insert(position, (key, value))
        self.clear()
        for k, v in items:
            super().__setitem__(k, v)

    def __repr__(self) -> str:
        return f"sortdict({list(self.items())!r})"


class cow:  # noqa: N801 -- the name is Mercurial's
    """Mix-in of containers that are copied when they change."""

    def preparewrite(self) -> Any:
        """Return an object that may be changed."""
        return self.copy()  # type: ignore[attr-defined]

    def copy(self) -> Any:
        """Return a copy."""
        return self.__class__(self)  # type: ignore[call-arg]


class cowdict(cow, dict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Dict that is copied when it changes."""


class cowsortdict(cow, sortdict):  # noqa: N801 -- the name is Mercurial's
    """Sorted dict that is copied when it changes."""


class lrucachedict(collections.OrderedDict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Dict that keeps the items used last."""

    def __init__(self, max: int = 100, maxcost: int = 0):  # noqa: A002
        super().__init__()
        self.capacity = max
        self.maxcost = maxcost

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self.capacity:
            self.popitem(last=False)

    def insert(self, key: Any, value: Any, cost: int = 0) -> None:
        """Assign an item."""
        self[key] = value

    def peek(self, key: Any, default: Any = None) -> Any:
        """Return an item without counting it as used."""
        return super().get(key, default)


class transactional:  # noqa: N801 -- the name is Mercurial's
    """Mix-in of what is closed or thrown away as a whole."""

    def close(self) -> None:
        """Keep the changes."""
        raise NotImplementedError

    def release(self) -> None:
        """Throw the changes away, unless they are kept."""
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.release()


@contextlib.contextmanager
def acceptintervention(tr: Any = None) -> Iterator[None]:
    """Keep a transaction's changes also when the user must act."""
    if tr is None:
        yield
        return
    try:
        yield
        tr.close()
    except error.InterventionRequired:
        tr.close()
        raise
    finally:
        tr.release()


@contextlib.contextmanager
def nullcontextmanager(enter_result: Any = None) -> Iterator[Any]:
    """Do nothing."""
    yield enter_result


class dirs:  # noqa: N801 -- the name is Mercurial's
    """The directories of a set of paths, counted."""

    def __init__(self, map: Any, only_tracked: bool = False):  # noqa: A002
        self._dirs: dict[bytes, int] = {}
        for path in map:
            self.addpath(path)

    def addpath(self, path: bytes) -> None:
        """Count a path's directories."""
        for base in finddirs(path):
            self._dirs[base] = self._dirs.get(base, 0) + 1

    def delpath(self, path: bytes) -> None:
        """Stop counting a path's directories."""
        for base in finddirs(path):
            if self._dirs[base] > 1:
                self._dirs[base] -= 1
            else:
                del self._dirs[base]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._dirs)

    def __contains__(self, d: bytes) -> bool:
        return d in self._dirs


def finddirs(path: bytes) -> Iterator[bytes]:
    """Yield the directories above a path, nearest first, down to the empty one."""
    at = path.rfind(b"/")
    while at != -1:
        yield path[:at]
        at = path.rfind(b"/", 0, at)
    yield b""


# -- paths


def pconvert(path: bytes) -> bytes:
    """Return a path with slashes."""
    return path


def localpath(path: bytes) -> bytes:
    """Return a path as the system writes it."""
    return path


def normpath(path: bytes) -> bytes:
    """Return a path without `.`, `..` and double slashes."""
    return os.path.normpath(path)


def normcase(path: bytes) -> bytes:
    """Return a path as it compares."""
    return path


normcasespec = encoding.normcasespecs.other
normcasefallback = normcase


def expandpath(path: bytes) -> bytes:
    """Return a path with `~` and variables expanded."""
    return os.path.expanduser(os.path.expandvars(path))


def shortuser(user: bytes) -> bytes:
    """Return a short name of a user: without address, host, and all after the first word."""
    return stringutil.shortuser(user)


def endswithsep(path: bytes) -> bool:
    """Return whether a path ends with a separator."""
    return path.endswith(pycompat.ossep)


def splitpath(path: bytes) -> list[bytes]:
    """Return the parts of a path."""
    return path.split(pycompat.ossep)


def pathto(root: bytes, n1: bytes, n2: bytes) -> bytes:
    """Return the path from directory `n1` to `n2` below the root."""
    if not n1:
        return localpath(n2)
    if os.path.isabs(n1):
        n2 = os.path.join(root, n2)
    a, b = n1.split(b"/"), n2.split(b"/")
    common = 0
    while common < min(len(a), len(b)) and a[common] == b[common]:
        common += 1
    return b"/".join([b".."] * (len(a) - common) + b[common:]) or b"."


def split(path: bytes) -> tuple[bytes, bytes]:
    """Return directory and name."""
    head, _slash, tail = path.rpartition(b"/")
    return head, tail


def checkosfilename(path: bytes) -> bytes | None:
    """Return what is wrong with a path here."""
    return None


def checkwinfilename(path: bytes) -> bytes | None:
    """Return what is wrong with a path on Windows."""
    if path.endswith(b"\\"):
        return _(b"filename ends with '\\', which is invalid on Windows")
    if b"\\/" in path:
        return _(b"directory name ends with '\\', which is invalid on Windows")
    reserved = set(b"con prn aux nul".split()) | {b"com%d" % n for n in range(1, 10)}
    reserved |= {b"lpt%d" % n for n in range(1, 10)}
    for name in path.replace(b"\\", b"/").split(b"/"):
        if not name:
            continue
        for char in pycompat.iterbytestr(name):
            if char in b':*?"<>|':
                return _(b"filename contains '%s', which is reserved on Windows") % char
            if ord(char) <= 31:
                shown = stringutil.escapestr(char)
                return _(b"filename contains '%s', which is invalid on Windows") % shown
        if name.split(b".")[0].lower() in reserved:
            return _(b"filename contains '%s', which is reserved on Windows") % name.split(b".")[0]
        if name[-1:] in b". " and name not in b"..":
            return _(b"filename ends with '%s', which is not allowed on Windows") % name[-1:]
    return None


def fscasesensitive(path: bytes) -> bool:
    """Return whether the file system tells upper from lower case."""
    folded = path.upper() if path.upper() != path else path.lower()
    if folded == path:
        return True
    try:
        return os.lstat(folded) != os.lstat(path)
    except OSError:
        return True


def checkexec(path: bytes) -> bool:
    """Return whether the file system keeps the executable bit."""
    return True


def checklink(path: bytes) -> bool:
    """Return whether the file system has symbolic links."""
    return True


def isexec(f: bytes) -> bool:
    """Return whether a file is executable."""
    return bool(os.lstat(f).st_mode & 0o100)


def setflags(f: bytes, link: bool, executable: bool) -> None:
    """Make a file a link, executable, or neither."""
    mode = os.lstat(f).st_mode
    if link:
        if not stat.S_ISLNK(mode):
            target = readfile(f)
            os.unlink(f)
            os.symlink(target, f)
        return
    if stat.S_ISLNK(mode):
        target = os.readlink(f)
        os.unlink(f)
        writefile(f, target)
        mode = 0o666 & ~umask
    if executable:
        os.chmod(f, mode | (mode & 0o444) >> 2)
    else:
        os.chmod(f, mode & 0o666)


def copyfiles(src: bytes, dst: bytes, hardlink: Any = None, progress: Any = None) -> tuple[bool, int]:
    """Copy a file or a tree; return whether files are shared, and how many there are."""
    if os.path.isdir(src):
        os.mkdir(dst)
        count = 0
        for name in sorted(os.listdir(src)):
            hardlink, more = copyfiles(os.path.join(src, name), os.path.join(dst, name), hardlink)
            count += more
        return bool(hardlink), count
    if hardlink:
        try:
            os.link(src, dst)
            return True, 1
        except OSError:
            hardlink = False
    shutil.copy(src, dst)
    return bool(hardlink), 1


def copyfile(
    src: bytes,
    dest: bytes,
    hardlink: bool = False,
    copystat: bool = False,
    checkambig: bool = False,
    nb_bytes: Any = None,
    **_options: Any,
) -> None:
    """Copy a file with its mode."""
    if os.path.lexists(dest):
        os.unlink(dest)
    if os.path.islink(src):
        os.symlink(os.readlink(src), dest)
        return
    if hardlink:
        with contextlib.suppress(OSError):
            os.link(src, dest)
            return
    shutil.copyfile(src, dest)
    if copystat:
        shutil.copystat(src, dest)
    else:
        shutil.copymode(src, dest)


def tryunlink(f: bytes, missing_ok: bool = True) -> bool:
    """Remove a file; return whether it was there."""
    try:
        os.unlink(f)
        return True
    except FileNotFoundError:
        if not missing_ok:
            raise
        return False


def unlinkpath(f: bytes, ignoremissing: bool = False, rmdir: bool = True) -> None:
    """Remove a file and the directories that it leaves empty."""
    if ignoremissing:
        tryunlink(f)
    else:
        os.unlink(f)
    if rmdir:
        with contextlib.suppress(OSError):
            os.removedirs(os.path.dirname(f))


def makedir(path: bytes, notindexed: bool = False) -> None:
    """Make a directory."""
    os.mkdir(path)


def makedirs(name: bytes, mode: int | None = None, notindexed: bool = False) -> None:
    """Make a directory and those above it."""
    os.makedirs(name, exist_ok=True)
    if mode is not None:
        os.chmod(name, mode)


def readfile(path: bytes) -> bytes:
    """Return the content of a file."""
    with open(path, "rb") as file:
        return file.read()


def writefile(path: bytes, text: bytes) -> None:
    """Write a file."""
    with open(path, "wb") as file:
        file.write(text)


def appendfile(path: bytes, text: bytes) -> None:
    """Append to a file."""
    with open(path, "ab") as file:
        file.write(text)


def mktempcopy(name: bytes, emptyok: bool = False, createmode: Any = None, **_options: Any) -> bytes:
    """Return a temporary copy of a file beside it."""
    directory, base = os.path.split(name)
    number, temp = tempfile.mkstemp(prefix=b".%s-" % base, suffix=b"~", dir=directory or b".")
    os.close(number)
    if os.path.exists(name):
        shutil.copymode(name, temp)
        if not emptyok:
            shutil.copyfile(name, temp)
    else:
        os.chmod(temp, (createmode if createmode is not None else 0o666) & ~_umask())
    return temp


def _umask() -> int:
    mask = os.umask(0o22)
    os.umask(mask)
    return mask


class atomictempfile:  # noqa: N801 -- the name is Mercurial's
    """File that takes the place of another one as a whole when it is closed."""

    def __init__(
        self, name: bytes, mode: Any = b"w+b", createmode: Any = None, checkambig: bool = False
    ):
        self.__name = name
        self._tempname = mktempcopy(
            name, emptyok=b"w" in (mode if isinstance(mode, bytes) else mode.encode()),
            createmode=createmode,
        )
        self._fp = pycompat.open(self._tempname, mode)
        self.read = self._fp.read
        self.write = self._fp.write
        self.seek = self._fp.seek
        self.tell = self._fp.tell
        self.fileno = self._fp.fileno

    def close(self) -> None:
        """Put it in its place."""
        if not self._fp.closed:
            self._fp.close()
            os.replace(self._tempname, self.__name)

    def discard(self) -> None:
        """Throw it away."""
        if not self._fp.closed:
            with contextlib.suppress(OSError):
                os.unlink(self._tempname)
            self._fp.close()

    def __enter__(self) -> atomictempfile:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is not None:
            self.discard()
        else:
            self.close()

    def __del__(self) -> None:
        if hasattr(self, "_fp"):
            self.discard()


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


def filechunkiter(f: Any, size: int = 131072, limit: int | None = None) -> Iterator[bytes]:
    """Yield the pieces of a file."""
    while True:
        count = size if limit is None else min(size, limit)
        data = f.read(count) if count else b""
        if not data:
            return
        if limit is not None:
            limit -= len(data)
        yield data


def increasingchunks(source: Iterable[bytes], min: int = 1024, max: int = 65536) -> Iterator[bytes]:  # noqa: A002
    """Yield larger and larger pieces."""
    held: list[bytes] = []
    size = 0
    for chunk in source:
        held.append(chunk)
        size += len(chunk)
        if size >= min:
            min = builtins_min(min * 2, max)  # noqa: A001
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
    prefix: bytes, mapping: dict[Any, Any], s: bytes, fn: Any = None, escape_prefix: bool = False
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


def tolf(s: bytes) -> bytes:
    """Return text with `\\n` at the ends of lines."""
    return _eol.sub(b"\n", s)


def tocrlf(s: bytes) -> bytes:
    """Return text with `\\r\\n` at the ends of lines."""
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
        message = _(b"stream ended unexpectedly (got %d bytes, expected %d)") % (len(data), n)
        raise error.Abort(message)
    return data


def debugstacktrace(msg: bytes = b"stacktrace", skip: int = 0, f: Any = None, otherf: Any = None, **_o: Any) -> None:
    """Show where we are."""
    import sys  # late: used only here
    import traceback

    out = f or sys.stderr.buffer
    out.write(b"%s at:\n" % msg.rstrip())
    out.write("".join(traceback.format_stack()[: -1 - skip]).encode())
    out.flush()


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


class filestat:  # type: ignore[no-redef] # noqa: N801 -- the name is Mercurial's
    """The identity of a file at one moment."""

    def __init__(self, stat: Any):  # noqa: A002
        self.stat = stat

    @classmethod
    def frompath(cls, path: bytes) -> Any:
        """Look at a path."""
        try:
            return cls(os.stat(path))
        except FileNotFoundError:
            return cls(None)

    @classmethod
    def fromfp(cls, fp: Any) -> Any:
        """Look at an open file."""
        return cls(os.fstat(fp.fileno()))

    def __eq__(self, other: Any) -> bool:
        try:
            return (self.stat.st_size, self.stat.st_mtime) == (
                other.stat.st_size, other.stat.st_mtime,
            )
        except AttributeError:
            return self.stat is None and getattr(other, "stat", 1) is None

    __hash__ = object.__hash__


cachestat = filestat
