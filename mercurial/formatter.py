"""Results of commands: for people, as JSON, through a template.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import contextlib
from typing import Any, Iterable, Iterator

from mercurial import pycompat, rustext, scmutil, templatefilters, templateutil
from mercurial.utils import dateutil, stringutil


class baseformatter:  # noqa: N801 -- the name is Mercurial's
    """Collects items with named values."""

    strict_format = False

    def __init__(self, ui: Any, topic: bytes, opts: Any):
        self._ui = ui
        self._topic = topic
        self._opts = opts
        self._item: dict[bytes, Any] | None = None
        self._items: list[dict[bytes, Any]] = []

    def __enter__(self) -> baseformatter:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        if kind is None:
            self.end()

    def startitem(self) -> None:
        """Start the next item."""
        if self._item is not None:
            self._items.append(self._item)
        self._item = {}

    def formatdate(self, date: Any, fmt: bytes = b"%a %b %d %H:%M:%S %Y %1%2") -> Any:
        """Return a date as a value."""
        return date

    def formatdict(
        self,
        data: Any,
        key: bytes = b"key",
        value: bytes = b"value",
        fmt: Any = None,
        sep: bytes = b" ",
    ) -> Any:
        """Return a dict as a value."""
        return dict(data)

    def formatlist(
        self, data: Iterable[Any], name: bytes, fmt: Any = None, sep: bytes = b" "
    ) -> Any:
        """Return a list as a value."""
        return list(data)

    def contexthint(self, datafields: bytes) -> set[bytes]:
        """Return which objects values are about."""
        return set()

    def context(self, **ctxs: Any) -> None:
        """Say which changeset the item is about."""
        self._context = ctxs

    def data(self, **data: Any) -> None:
        """Add values that people do not see."""
        self._set(pycompat.byteskwargs(data))

    def write(
        self, fields: bytes, deftext: bytes, *fielddata: Any, **opts: Any
    ) -> None:
        """Add values."""
        self._set(dict(zip(fields.split(), fielddata)))

    def condwrite(
        self, cond: Any, fields: bytes, deftext: bytes, *fielddata: Any, **opts: Any
    ) -> None:
        """Add values that people see under a condition."""
        self._set(dict(zip(fields.split(), fielddata)))

    def plain(self, text: bytes, **opts: Any) -> None:
        """Show text to people."""

    def isplain(self) -> bool:
        """Return whether it is for people."""
        return False

    def nested(self, field: bytes, tmpl: Any = None, sep: bytes = b"") -> Any:
        """Return a formatter of items inside this one."""
        inner: list[dict[bytes, Any]] = []
        self._set({field: inner})
        return _nestedformatter(self, field, inner)

    def end(self) -> None:
        """Show what was collected."""
        if self._item is not None:
            self._items.append(self._item)
            self._item = None

    def _set(self, values: dict[bytes, Any]) -> None:
        if self._item is None:
            self._item = {}
        self._item.update(values)


class nullformatter(baseformatter):  # noqa: N801 -- the name is Mercurial's
    """Shows nothing."""


class _nestedformatter(baseformatter):
    def __init__(self, outer: Any, topic: bytes, items: list[dict[bytes, Any]]):
        super().__init__(outer._ui, topic, {})
        self._items = items
        # Values become what the formatter around it makes of them.
        self.formatdate = outer.formatdate  # type: ignore[method-assign] # as above
        self.formatdict = outer.formatdict  # type: ignore[method-assign] # as above
        self.formatlist = outer.formatlist  # type: ignore[method-assign] # as above


class plainformatter(baseformatter):  # noqa: N801 -- the name is Mercurial's
    """Shows items to people."""

    def __init__(self, ui: Any, out: Any, topic: bytes, opts: Any):
        super().__init__(ui, topic, opts)
        self._write = ui.write if ui is out else lambda text, **opts: out.write(text)
        self.hexfunc = (
            (lambda node: node.hex().encode())
            if ui.debugflag
            else (lambda node: node.hex()[:12].encode())
        )

    def startitem(self) -> None:
        """Nothing is collected."""

    def formatdate(self, date: Any, fmt: bytes = b"%a %b %d %H:%M:%S %Y %1%2") -> Any:
        """Return a date as text."""
        return dateutil.datestr(date, fmt)

    def formatdict(
        self,
        data: Any,
        key: bytes = b"key",
        value: bytes = b"value",
        fmt: Any = None,
        sep: bytes = b" ",
    ) -> Any:
        """Return a dict as text."""
        shown = fmt or b"%s=%s"
        return sep.join(
            shown % (pycompat.bytestr(k), pycompat.bytestr(v)) for k, v in data.items()
        )

    def formatlist(
        self, data: Iterable[Any], name: bytes, fmt: Any = None, sep: bytes = b" "
    ) -> Any:
        """Return a list as text."""
        return sep.join((fmt or b"%s") % pycompat.bytestr(item) for item in data)

    def data(self, **data: Any) -> None:
        """People do not see it."""

    def write(
        self, fields: bytes, deftext: bytes, *fielddata: Any, **opts: Any
    ) -> None:
        """Show values."""
        self._write(deftext % fielddata, **opts)

    def condwrite(
        self, cond: Any, fields: bytes, deftext: bytes, *fielddata: Any, **opts: Any
    ) -> None:
        """Show values under a condition."""
        if cond:
            self._write(deftext % fielddata, **opts)

    def plain(self, text: bytes, **opts: Any) -> None:
        """Show text."""
        self._write(text, **opts)

    def isplain(self) -> bool:
        """Return true."""
        return True

    def nested(self, field: bytes, tmpl: Any = None, sep: bytes = b"") -> Any:
        """Return itself: items inside are shown like others."""
        return self

    def end(self) -> None:
        """Everything was shown."""


class jsonformatter(baseformatter):  # noqa: N801 -- the name is Mercurial's
    """Shows items as JSON."""

    strict_format = True

    def __init__(self, ui: Any, out: Any, topic: bytes, opts: Any):
        super().__init__(ui, topic, opts)
        self._out = out

    def end(self) -> None:
        """Show what was collected."""
        super().end()
        parts = []
        for item in self._items:
            lines = [
                b'  "%s": %s' % (name, templatefilters.json(value, paranoid=False))
                for name, value in sorted(item.items())
            ]
            parts.append(b"\n {\n" + b",\n".join(lines) + b"\n }")
        self._out.write(b"[" + b",".join(parts) + b"\n]\n")


class debugformatter(baseformatter):  # noqa: N801 -- the name is Mercurial's
    """Shows items as Python values."""

    def __init__(self, ui: Any, out: Any, topic: bytes, opts: Any):
        super().__init__(ui, topic, opts)
        self._out = out
        out.write(b"%s = [\n" % topic)

    def end(self) -> None:
        """Show what was collected."""
        super().end()
        for item in self._items:
            self._out.write(b"    %s,\n" % stringutil.pprint(item, indent=4, level=1))
        self._out.write(b"]\n")


class templateformatter(baseformatter):  # noqa: N801 -- the name is Mercurial's
    """Shows items through a template."""

    def __init__(self, ui: Any, out: Any, topic: bytes, opts: Any, spec: bytes):
        super().__init__(ui, topic, opts)
        self._out = out
        self._template = spec

    def formatlist(
        self, data: Iterable[Any], name: bytes, fmt: Any = None, sep: bytes = b" "
    ) -> Any:
        """Return a list as a value whose items templates call by a name."""
        return templateutil.hybridlist(data, name, fmt)

    def context(self, **ctxs: Any) -> None:
        """Say which changeset the item is about; the template can use its keywords."""
        super().context(**ctxs)
        if ctxs.get("ctx") is not None:
            self._set({_CONTEXT: ctxs["ctx"]})

    def end(self) -> None:
        """Show what was collected."""
        super().end()
        for item in self._items:
            ctx = item.pop(_CONTEXT, None)
            handle, rev = None, None
            if ctx is not None:
                handle, rev = ctx.repo()._handle, scmutil.intrev(ctx)
            self._out.write(
                rustext.render_template(
                    self._ui._handle, handle, rev, self._template, item
                )
            )


# Where an item keeps the changeset that it is about: no name that a template could have.
_CONTEXT = b" ctx"


def formatter(ui: Any, out: Any, topic: bytes, opts: Any) -> Any:
    """Return the formatter that the options of a command ask for."""
    template = opts.get(b"template", b"")
    if template == b"json":
        return jsonformatter(ui, out, topic, opts)
    if template == b"debug":
        return debugformatter(ui, out, topic, opts)
    if template:
        named = ui.config(b"templates", template)
        return templateformatter(ui, out, topic, opts, named or template)
    return plainformatter(ui, out, topic, opts)


@contextlib.contextmanager
def openformatter(ui: Any, filename: bytes, topic: bytes, opts: Any) -> Iterator[Any]:
    """Write through a formatter to a file."""
    with open(filename, "wb") as file:
        made = formatter(ui, file, topic, opts)
        yield made
        made.end()


@contextlib.contextmanager
def maybereopen(fm: Any, filename: bytes | None) -> Iterator[Any]:
    """Write through a formatter, to a file if one is named."""
    if filename:
        with openformatter(fm._ui, filename, fm._topic, fm._opts) as made:
            yield made
    else:
        yield fm
