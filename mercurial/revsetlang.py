"""Revsets as trees: arguments of predicates, and back to text.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, rustext
from mercurial.utils import stringutil


def getsymbol(x: Any) -> bytes:
    """Return a symbol."""
    if x and x[0] == b"symbol":
        return x[1]
    raise error.ParseError(b"not a symbol")


def getstring(x: Any, err: bytes) -> bytes:
    """Return a text, from a string or symbol."""
    if x and x[0] in (b"string", b"symbol"):
        return x[1]
    raise error.ParseError(err)


def getinteger(x: Any, err: bytes, default: Any = None) -> int:
    """Return a number."""
    if not x and default is not None:
        return default
    try:
        return int(getstring(x, err))
    except ValueError:
        raise error.ParseError(err) from None


def getboolean(x: Any, err: bytes) -> bool:
    """Return a truth value."""
    value = stringutil.parsebool(getsymbol(x))
    if value is None:
        raise error.ParseError(err)
    return value


def getlist(x: Any) -> list[Any]:
    """Return the arguments."""
    if not x:
        return []
    return list(x[1:]) if x[0] == b"list" else [x]


def getrange(x: Any, err: bytes) -> tuple[Any, Any]:
    """Return both ends of a range."""
    if not x:
        raise error.ParseError(err)
    if x[0] == b"range":
        return x[1], x[2]
    if x[0] == b"rangepre":
        return None, x[1]
    if x[0] == b"rangepost":
        return x[1], None
    if x[0] == b"rangeall":
        return None, None
    raise error.ParseError(err)


def getargs(x: Any, min: int, max: int, err: bytes) -> list[Any]:
    """Return the arguments, if there are as many as there should be."""
    found = getlist(x)
    if len(found) < min or (max >= 0 and len(found) > max):
        raise error.ParseError(err)
    return found


def getargsdict(x: Any, funcname: bytes, keys: bytes) -> dict[bytes, Any]:
    """Return the arguments by name."""
    names = keys.split()
    variable = next((name for name in names if name.startswith(b"*")), None)
    plain = [name for name in names if not name.startswith(b"*")]
    found: dict[bytes, Any] = {}
    at = 0
    rest: list[Any] = []
    for arg in getlist(x):
        if arg[0] == b"keyvalue":
            key = getsymbol(arg[1])
            if key not in plain:
                raise error.ParseError(
                    b"%s got an unexpected keyword argument '%s'" % (funcname, key)
                )
            if key in found:
                raise error.ParseError(
                    b"%s got multiple values for keyword argument '%s'"
                    % (funcname, key)
                )
            found[key] = arg[2]
        elif at < len(plain):
            found[plain[at]] = arg
            at += 1
        elif variable:
            rest.append(arg)
        else:
            raise error.ParseError(
                b"%s takes at most %d positional arguments" % (funcname, len(plain))
            )
    if variable:
        found[variable[1:]] = rest
    return found


_INFIX = {
    b"and": b"and", b"andsmally": b"and", b"minus": b"-", b"difference": b"-", b"range": b":",
    b"dagrange": b"::", b"only": b"%", b"keyvalue": b"=", b"ancestor": b"~", b"parent": b"^",
}  # fmt: skip
_PREFIX = {b"not": b"not ", b"negate": b"-", b"rangepre": b":", b"dagrangepre": b"::"}
_SUFFIX = {
    b"rangepost": b":",
    b"dagrangepost": b"::",
    b"parentpost": b"^",
    b"onlypost": b"%",
}


def totext(tree: Any) -> bytes:
    """Return the text of a tree."""
    if tree is None:
        return b""
    kind = tree[0]
    if kind == b"string":
        return b"'%s'" % stringutil.escapestr(tree[1])
    if kind == b"symbol":
        return b"'%s'" % stringutil.escapestr(tree[1])
    if kind == b"func":
        return b"%s(%s)" % (tree[1][1], totext(tree[2]))
    if kind == b"list":
        return b", ".join(totext(item) for item in tree[1:])
    if kind == b"or":
        items = tree[1][1:] if len(tree) == 2 and tree[1][0] == b"list" else tree[1:]
        return b"(" + b" or ".join(totext(item) for item in items) + b")"
    if kind in _INFIX:
        return b"(%s %s %s)" % (totext(tree[1]), _INFIX[kind], totext(tree[2]))
    if kind in _PREFIX:
        return b"(%s%s)" % (_PREFIX[kind], totext(tree[1]))
    if kind in _SUFFIX:
        return b"(%s%s)" % (totext(tree[1]), _SUFFIX[kind])
    if kind in (b"rangeall", b"dagrangeall"):
        return b"all()"
    if kind == b"group":
        return b"(%s)" % totext(tree[1])
    raise error.ParseError(b"revset operation '%s' cannot be shown" % kind)


def formatspec(expr: bytes, *args: Any) -> bytes:
    """Return a revset with `%d %s %r %n %b %ld ...` filled in."""
    return rustext.format_spec(expr, list(args))


def quote(s: bytes) -> bytes:
    """Return text quoted for a revset."""
    return b"'%s'" % stringutil.escapestr(s)


_quote = quote


def parse(spec: bytes, lookup: Any = None) -> Any:
    """Return the tree of a revset that is one name or call.

    Raises:
        error.ParseError: It is more than that; native code parses those.
    """
    spec = spec.strip()
    if spec.replace(b"-", b"").replace(b".", b"").isalnum():
        return (b"symbol", spec)
    raise error.ParseError(b"revsets are parsed by native code only: %s" % spec)


def hashable(x: Any) -> Any:
    """Return the tree."""
    return x
