"""Configuration files and lists of words.

Public: `config`, `parselist`.
"""

from __future__ import annotations

import os
import re
from typing import Any, Callable, Iterable, Iterator

from mercurial import error

_SEPARATORS = b" ,\n\t\r"
_LINE = re.compile(rb"\[([^\[]+)\]|(\S.*?)\s*=\s*(.*)$", re.DOTALL)


def _quoted(text: bytes) -> tuple[bytes, bytes] | None:
    word = bytearray()
    at = 1
    while at < len(text):
        if text[at : at + 2] == b'\\"':
            word += b'"'
            at += 2
        elif text[at : at + 1] == b'"':
            return bytes(word), text[at + 1 :]
        else:
            word += text[at : at + 1]
            at += 1
    return None


def parselist(value: Any) -> list[bytes]:
    """Return the words of a text; quotation marks keep blanks and commas together."""
    if not isinstance(value, bytes):
        return list(value or [])
    out = []
    rest = value.lstrip(_SEPARATORS)
    while rest:
        found = _quoted(rest) if rest.startswith(b'"') else None
        if found is not None:
            word, rest = found
        else:
            word = re.match(rb"[^ ,\n\t\r]*", rest).group()  # type: ignore[union-attr]
            rest = rest[len(word) :]
        out.append(word)
        rest = rest.lstrip(_SEPARATORS)
    return out


class config:  # noqa: N801 -- the name is Mercurial's
    """Sections of items, read from files."""

    def __init__(self, data: config | None = None, includepaths: Iterable[bytes] = ()):
        self._data: dict[bytes, dict[bytes, bytes]] = {}
        self._source: dict[tuple[bytes, bytes], bytes] = {}
        self._unset: list[tuple[bytes, bytes]] = []
        if data is not None:
            self._data = {name: dict(items) for name, items in data._data.items()}
            self._source = dict(data._source)

    def copy(self) -> config:
        """Return a copy."""
        return config(self)

    def __contains__(self, section: bytes) -> bool:
        return section in self._data

    def hasitem(self, section: bytes, item: bytes) -> bool:
        """Return whether an item is set."""
        return item in self._data.get(section, {})

    def __getitem__(self, section: bytes) -> dict[bytes, bytes]:
        return self._data.get(section, {})

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.sections())

    def update(self, src: config) -> None:
        """Take over all items of another configuration."""
        for section, items in src._data.items():
            self._data.setdefault(section, {}).update(items)
        self._source.update(src._source)

    def get(self, section: bytes, item: bytes, default: Any = None) -> Any:
        """Return an item."""
        return self._data.get(section, {}).get(item, default)

    def source(self, section: bytes, item: bytes) -> bytes:
        """Return where an item was set."""
        return self._source.get((section, item), b"")

    def sections(self) -> list[bytes]:
        """Return the names of the sections, sorted."""
        return sorted(self._data)

    def items(self, section: bytes) -> list[tuple[bytes, bytes]]:
        """Return the items of a section in order."""
        return list(self._data.get(section, {}).items())

    def set(
        self, section: bytes, item: bytes, value: bytes, source: bytes = b""
    ) -> None:
        """Set an item."""
        self._data.setdefault(section, {})[item] = value
        self._source[(section, item)] = source

    def remove(self, section: bytes, item: bytes) -> None:
        """Forget an item."""
        self._data.get(section, {}).pop(item, None)
        if not self._data.get(section, True):
            del self._data[section]

    def parse(
        self,
        src: bytes,
        data: bytes,
        sections: Iterable[bytes] | None = None,
        remap: dict[bytes, bytes] | None = None,
        include: Callable[..., Any] | None = None,
    ) -> None:
        """Read the text of a file.

        Raises:
            error.ConfigError: A line makes no sense.
        """
        section = b""
        item: bytes | None = None
        for number, line in enumerate(data.splitlines(), 1):
            if item is not None and line[:1] in (b" ", b"\t") and line.strip():
                if line.lstrip()[:1] not in (b"#", b";"):
                    joined = self.get(section, item) + b"\n" + line.strip()
                    self.set(section, item, joined, self.source(section, item))
                continue
            item = None
            if not line.strip() or line[:1] in (b"#", b";"):
                continue
            if line.startswith(b"%include "):
                if include is not None:
                    include(line[9:].strip(), remap=remap, sections=sections)
                continue
            if line.startswith(b"%unset "):
                self.remove(section, line[7:].strip())
                continue
            match = _LINE.match(line)
            if match is None or line[:1].isspace():
                where = b"%s:%d" % (src, number)
                message = line.rstrip()
                if line[:1].isspace():
                    message = b"unexpected leading whitespace: %s" % message
                raise error.ConfigError(b"config error at %s: %s" % (where, message))
            if match.group(1) is not None:
                section = (remap or {}).get(match.group(1), match.group(1))
                continue
            if sections is not None and section not in sections:
                continue
            item = match.group(2)
            self.set(section, item, match.group(3), b"%s:%d" % (src, number))

    def read(
        self,
        path: bytes,
        fp: Any = None,
        sections: Iterable[bytes] | None = None,
        remap: dict[bytes, bytes] | None = None,
        **_options: Any,
    ) -> None:
        """Read a file."""

        def include(rel: bytes, **options: Any) -> None:
            self.read(
                os.path.join(os.path.dirname(path), os.path.expanduser(rel)), **options
            )

        if fp is not None:
            data = fp.read()
        else:
            with open(path, "rb") as file:
                data = file.read()
        self.parse(path, data, sections, remap, include)
