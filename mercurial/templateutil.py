"""Values of templates, and evaluating arguments.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Callable, Iterable

from mercurial import error, pycompat
from mercurial.utils import dateutil


class TemplateNotFound(error.Abort):
    """A template does not exist."""


class wrapped:  # noqa: N801 -- the name is Mercurial's
    """A value that says itself what becomes of it."""

    def _template_value(self) -> Any:
        """Return the plain value for native code."""
        raise NotImplementedError

    def show(self, context: Any, mapping: Any) -> bytes:
        """Return its text."""
        return stringify(context, mapping, self._template_value())

    def tovalue(self, context: Any, mapping: Any) -> Any:
        """Return its plain value."""
        return self._template_value()


class wrappedbytes(wrapped):  # noqa: N801 -- the name is Mercurial's
    """Text."""

    def __init__(self, value: bytes):
        self._value = value

    def _template_value(self) -> Any:
        return self._value


class wrappedvalue(wrappedbytes):  # noqa: N801 -- the name is Mercurial's
    """Any plain value."""


class date(wrapped):  # noqa: N801 -- the name is Mercurial's
    """A point in time."""

    def __init__(self, value: tuple[float, int], showfmt: bytes = b"%d %d"):
        self._value = value

    def _template_value(self) -> Any:
        return self._value


class hybrid(wrapped):  # noqa: N801 -- the name is Mercurial's
    """A list or dict whose items can be named."""

    def __init__(
        self,
        gen: Any,
        values: Any,
        makemap: Any = None,
        joinfmt: Any = None,
        keytype: Any = None,
        name: bytes = b"",
    ):
        self._gen = gen
        self._values = values
        #: What templates call one of the items.
        self._item_name = name

    def _template_value(self) -> Any:
        return self._values

    def __iter__(self) -> Any:
        return iter(self._values)


class mappingitem(wrapped):  # noqa: N801 -- the name is Mercurial's
    """A value made of variables."""

    def __init__(self, mapping: dict[bytes, Any]):
        self._mapping = mapping

    def _template_value(self) -> Any:
        return dict(self._mapping)


class mappinggenerator(wrapped):  # noqa: N801 -- the name is Mercurial's
    """Several values made of variables."""

    def __init__(
        self,
        make: Callable[..., Any],
        args: Any = (),
        name: Any = None,
        sep: bytes = b"",
    ):
        self._make = make
        self._args = args

    def _template_value(self) -> Any:
        return [dict(item) for item in self._make(None, *self._args)]


class mappinglist(wrapped):  # noqa: N801 -- the name is Mercurial's
    """Several values made of variables."""

    def __init__(
        self, mappings: Iterable[dict[bytes, Any]], name: Any = None, sep: bytes = b""
    ):
        self._mappings = list(mappings)

    def _template_value(self) -> Any:
        return self._mappings


def hybriddict(
    data: dict[bytes, Any],
    key: bytes = b"key",
    value: bytes = b"value",
    fmt: Any = None,
    gen: Any = None,
) -> hybrid:
    """Return a dict."""
    return hybrid(gen, data)


def hybridlist(
    data: Iterable[Any], name: bytes, fmt: Any = None, gen: Any = None
) -> hybrid:
    """Return a list."""
    return hybrid(gen, list(data), name=name)


def compatdict(
    context: Any,
    mapping: Any,
    name: bytes,
    data: dict[bytes, Any],
    *_args: Any,
    **_options: Any,
) -> hybrid:
    """Return a dict."""
    return hybrid(None, data)


def compatlist(
    context: Any, mapping: Any, name: bytes, data: Iterable[Any], *_a: Any, **_o: Any
) -> hybrid:
    """Return a list."""
    return hybrid(None, list(data), name=name)


def compatfileslist(context: Any, mapping: Any, name: bytes, files: Any) -> hybrid:
    """Return a list of files."""
    return compatlist(context, mapping, name, files)


def stringify(context: Any, mapping: Any, thing: Any) -> bytes:
    """Return a value as text."""
    if isinstance(thing, wrapped):
        return thing.show(context, mapping)
    if thing is None:
        return b""
    if isinstance(thing, bytes):
        return thing
    if isinstance(thing, str):
        raise error.ProgrammingError(
            b"Mercurial only uses bytes with Python 3, not str"
        )
    if isinstance(thing, (list, tuple)):
        return b" ".join(stringify(context, mapping, item) for item in thing)
    return pycompat.bytestr(thing)


def unwrapvalue(context: Any, mapping: Any, thing: Any) -> Any:
    """Return the plain value."""
    return thing.tovalue(context, mapping) if isinstance(thing, wrapped) else thing


def evalrawexp(context: Any, mapping: Any, arg: Any) -> Any:
    """Return the value of an argument as it is."""
    return arg.value if isinstance(arg, _Argument) else arg


def evalfuncarg(context: Any, mapping: Any, arg: Any) -> Any:
    """Return the value of an argument."""
    return unwrapvalue(context, mapping, evalrawexp(context, mapping, arg))


def evalstring(context: Any, mapping: Any, arg: Any) -> bytes:
    """Return the text of an argument."""
    return stringify(context, mapping, evalrawexp(context, mapping, arg))


evalstringliteral = evalstring


def evalboolean(context: Any, mapping: Any, arg: Any) -> bool:
    """Return the truth of an argument."""
    return bool(evalfuncarg(context, mapping, arg))


def evalinteger(context: Any, mapping: Any, arg: Any, err: bytes | None = None) -> int:
    """Return an argument as a number."""
    return unwrapinteger(context, mapping, evalrawexp(context, mapping, arg), err)


def unwrapinteger(
    context: Any, mapping: Any, thing: Any, err: bytes | None = None
) -> int:
    """Return a value as a number."""
    try:
        return int(unwrapvalue(context, mapping, thing))
    except (TypeError, ValueError):
        raise error.ParseError(err or b"not an integer") from None


def evaldate(context: Any, mapping: Any, arg: Any, err: bytes | None = None) -> Any:
    """Return an argument as a date."""
    return unwrapdate(context, mapping, evalrawexp(context, mapping, arg), err)


def unwrapdate(context: Any, mapping: Any, thing: Any, err: bytes | None = None) -> Any:
    """Return a value as a date."""
    thing = unwrapvalue(context, mapping, thing)
    try:
        return dateutil.parsedate(thing)
    except (AttributeError, error.InputError):
        raise error.ParseError(err or b"not a date tuple nor a string") from None


def findsymbolicname(arg: Any) -> bytes | None:
    """Return the keyword that an argument is."""
    return None


class _Argument:
    """An argument that native code has evaluated."""

    def __init__(self, value: Any):
        self.value = value


def arguments(values: Iterable[Any]) -> list[_Argument]:
    """Return evaluated values as arguments."""
    return [_Argument(value) for value in values]
