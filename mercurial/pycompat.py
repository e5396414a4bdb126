"""Bytes and text at the border between extensions and the interpreter.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import builtins
import functools
import importlib
import io
import os
import sys
import time as _time
from typing import Any, Callable, Iterable, Iterator

# Modules of the standard library under names of the API; imported when they are asked for,
# since most
# runs need none of them.
_MODULES = {
    "codecs": "codecs",
    "cookielib": "http.cookiejar",
    "futures": "concurrent.futures",
    "httplib": "http.client",
    "inspect": "inspect",
    "json": "json",
    "pickle": "pickle",
    "queue": "queue",
    "shlex": "shlex",
    "socketserver": "socketserver",
    "struct": "struct",
    "tempfile": "tempfile",
    "xmlrpclib": "xmlrpc.client",
}


def __getattr__(name: str) -> Any:
    """Return a module of the standard library, or a function of one."""
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name == "namedtempfile":
        return importlib.import_module("tempfile").NamedTemporaryFile
    if name == "json_loads":
        return importlib.import_module("json").loads
    raise AttributeError(f"module 'mercurial.pycompat' has no attribute {name!r}")


def _module(name: str) -> Any:
    return importlib.import_module(_MODULES[name])


ispy3 = True
ispypy = "__pypy__" in sys.builtin_module_names
TYPE_CHECKING = False
iswindows = os.name == "nt"
isposix = os.name == "posix"
isdarwin = sys.platform == "darwin"
sysplatform = sys.platform.encode()
sysexecutable = os.fsencode(sys.executable or "")
sysargv = [os.fsencode(arg) for arg in getattr(sys, "argv", [])]
ossep = os.fsencode(os.sep)
osaltsep = os.fsencode(os.altsep) if os.altsep else None
osdevnull = os.fsencode(os.devnull)
ospardir = os.fsencode(os.pardir)
oslinesep = os.linesep.encode("ascii")
osname = os.name.encode()
ospathsep = os.fsencode(os.pathsep)
osenviron = os.environb if hasattr(os, "environb") else {}

fsencode = os.fsencode
fsdecode = os.fsdecode
getcwd = os.getcwdb
maplist = lambda *args: list(map(*args))  # noqa: E731 -- the shape is the API's
rangelist = lambda *args: list(range(*args))  # noqa: E731 -- the shape is the API's
ziplist = lambda *args: list(zip(*args))  # noqa: E731 -- the shape is the API's
rawinput = input
long = int
unicode = str
basestring = str
bytesio = io.BytesIO
stringio = io.BytesIO
iterbytestr_type = bytes

stdin = getattr(sys.stdin, "buffer", sys.stdin)
stdout = getattr(sys.stdout, "buffer", sys.stdout)
stderr = getattr(sys.stderr, "buffer", sys.stderr)


def identity(a: Any) -> Any:
    """Return the argument."""
    return a


class bytestr(bytes):  # noqa: N801 -- the name is Mercurial's
    """Bytes whose items are bytes, not numbers, and that show any object."""

    def __new__(cls, s: Any = b"") -> bytestr:
        """Return `s`, or the text that shows it, as bytes."""
        if isinstance(s, bytestr):
            return s
        if not isinstance(s, (bytes, bytearray)) and not hasattr(s, "__bytes__"):
            s = str(s).encode("utf-8", "surrogateescape")
        return bytes.__new__(cls, bytes(s))

    def __getitem__(self, key: Any) -> Any:
        found = bytes.__getitem__(self, key)
        if not isinstance(found, bytes):
            return bytechr(found)
        return found

    def __iter__(self) -> Iterator[Any]:
        return iterbytestr(bytes(self))

    def __repr__(self) -> str:
        return bytes.__repr__(self)[1:]


def bytechr(number: int) -> bytes:
    """Return the byte of a number."""
    return bytes((number,))


def byterepr(value: Any) -> bytes:
    """Return how an object is shown, as bytes."""
    return repr(value).encode("utf-8")


def iterbytestr(text: bytes) -> Iterator[bytes]:
    """Yield each byte as bytes."""
    return (bytes((number,)) for number in text)


def maybebytestr(value: Any) -> Any:
    """Return bytes as `bytestr`, all else as it is."""
    return bytestr(value) if isinstance(value, bytes) else value


def sysbytes(text: str) -> bytes:
    """Return bytes for an identifier given as a native string."""
    return text.encode("utf-8")


def sysstr(text: bytes | str) -> str:
    """Return a native string for an identifier given as bytes."""
    return text if isinstance(text, str) else text.decode("latin-1")


def strurl(url: bytes | str) -> str:
    """Return an address as a native string."""
    return url.decode("ascii") if isinstance(url, bytes) else url


def bytesurl(url: bytes | str) -> bytes:
    """Return an address as bytes."""
    return url.encode("ascii") if isinstance(url, str) else url


def raisewithtb(exc: BaseException, tb: Any) -> None:
    """Raise an exception with a traceback."""
    raise exc.with_traceback(tb)


def getdoc(obj: Any) -> bytes | None:
    """Return the documentation of an object as bytes."""
    doc = builtins.getattr(obj, "__doc__", None)
    return None if doc is None else _module("inspect").cleandoc(doc).encode("utf-8")


def _named(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(obj: Any, name: bytes | str, *args: Any) -> Any:
        return function(obj, sysstr(name), *args)

    return wrapper


delattr = _named(builtins.delattr)
getattr = _named(builtins.getattr)
hasattr = _named(builtins.hasattr)
setattr = _named(builtins.setattr)
safehasattr = hasattr
xrange = builtins.range


def open(name: Any, mode: Any = b"r", buffering: int = -1, encoding: Any = None) -> Any:
    """Open a file; the mode may be bytes."""
    return builtins.open(name, sysstr(mode), buffering, encoding)


def _getoptbwrapper(
    orig: Callable[..., Any],
    args: Iterable[bytes],
    shortlist: bytes,
    namelist: Iterable[bytes],
) -> Any:
    words = [arg.decode("latin-1") for arg in args]
    names = [name.decode("latin-1") for name in namelist]
    opts, rest = orig(words, shortlist.decode("latin-1"), names)
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in opts]
    return pairs, [arg.encode("latin-1") for arg in rest]


def gnugetoptb(
    args: Iterable[bytes], shortoptions: bytes, longoptions: Iterable[bytes]
) -> Any:
    """Parse options anywhere among the arguments."""
    return _getoptbwrapper(
        importlib.import_module("getopt").gnu_getopt, args, shortoptions, longoptions
    )


def getoptb(
    args: Iterable[bytes], shortoptions: bytes, longoptions: Iterable[bytes]
) -> Any:
    """Parse options before the arguments."""
    return _getoptbwrapper(
        importlib.import_module("getopt").getopt, args, shortoptions, longoptions
    )


def strkwargs(dic: dict[Any, Any]) -> dict[str, Any]:
    """Return `dic` with native strings as keys, fit for `**`."""
    return {sysstr(name): value for name, value in dic.items()}


def byteskwargs(dic: dict[Any, Any]) -> dict[bytes, Any]:
    """Return `dic` with bytes as keys."""
    return {
        name.encode("latin-1") if isinstance(name, str) else name: value
        for name, value in dic.items()
    }


def shlexsplit(s: bytes, comments: bool = False, posix: bool = True) -> list[bytes]:
    """Split a command line into words."""
    return [
        word.encode("latin-1")
        for word in _module("shlex").split(s.decode("latin-1"), comments, posix)
    ]


def itervalues(mapping: dict[Any, Any]) -> Any:
    """Iterate over values."""
    return mapping.values()


def iteritems(mapping: dict[Any, Any]) -> Any:
    """Iterate over items."""
    return mapping.items()


def emailparser(*args: Any, **kwargs: Any) -> Any:
    """Return a parser of mail messages."""
    import email.parser  # late: it takes long to import

    return email.parser.BytesParser(*args, **kwargs)


def mkstemp(
    suffix: bytes = b"",
    prefix: bytes = b"tmp",
    dir: bytes | None = None,
    text: bool = False,
) -> tuple[int, bytes]:
    """Create a temporary file."""
    return _module("tempfile").mkstemp(suffix, prefix, dir, text)


def mkdtemp(
    suffix: bytes = b"", prefix: bytes = b"tmp", dir: bytes | None = None
) -> bytes:
    """Create a temporary directory."""
    return _module("tempfile").mkdtemp(suffix, prefix, dir)


def unnamedtempfile(mode: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Create a temporary file without name."""
    return _module("tempfile").TemporaryFile(
        "w+b" if mode is None else sysstr(mode), *args, **kwargs
    )


def time() -> float:
    """Return the time."""
    return _time.time()
