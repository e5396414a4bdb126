"""CBOR (RFC 8949), as far as files and protocols here use it.

Public: `streamencode`, `decodeall`, `CBORDecodeError`.
"""

from __future__ import annotations

import struct
from typing import Any, Iterator

_SET_TAG = 258
_DEPTH_LIMIT = 100
_BREAK = object()


class CBORDecodeError(Exception):
    """What should be CBOR is not."""


def _head(major: int, number: int) -> bytes:
    kind = major << 5
    if number < 24:
        return bytes([kind | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([kind | code]) + number.to_bytes(size, "big")
    raise ValueError("number is too large for CBOR")


def streamencode(v: Any) -> Iterator[bytes]:
    """Yield the encoding of a value: bytes, numbers, lists, sets, dicts, booleans, `None`."""
    if v is None or isinstance(v, bool):
        yield {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[v]
    elif isinstance(v, int):
        yield _head(0, v) if v >= 0 else _head(1, -1 - v)
    elif isinstance(v, (bytes, bytearray)):
        yield _head(2, len(v)) + bytes(v)
    elif isinstance(v, (list, tuple)):
        yield _head(4, len(v))
        for item in v:
            yield from streamencode(item)
    elif isinstance(v, (set, frozenset)):
        yield _head(6, _SET_TAG) + _head(4, len(v))
        for item in sorted(v):
            yield from streamencode(item)
    elif isinstance(v, dict):
        yield _head(5, len(v))
        for key in sorted(v):
            yield from streamencode(key)
            yield from streamencode(v[key])
    else:
        raise ValueError(f"do not know how to encode {type(v)!r}")


class _Reader:
    """Reads values from bytes.

    Args:
        data: The bytes.
    """

    def __init__(self, data: bytes):
        self._data = data
        self._at = 0

    def more(self) -> bool:
        """Return whether bytes are left."""
        return self._at < len(self._data)

    def _take(self, count: int) -> bytes:
        end = self._at + count
        if end > len(self._data):
            raise CBORDecodeError("input data not complete")
        taken = self._data[self._at : end]
        self._at = end
        return taken

    def value(self, depth: int = 0) -> Any:
        """Return the next value."""
        if depth > _DEPTH_LIMIT:
            raise CBORDecodeError("values are nested too deeply")
        first = self._take(1)[0]
        major, minor = first >> 5, first & 31
        if major == 7:
            return self._special(minor)
        if minor == 31:
            return self._indefinite(major, depth)
        if minor > 27:
            raise CBORDecodeError(f"unknown length {minor}")
        size = 0 if minor < 24 else 1 << (minor - 24)
        number = int.from_bytes(self._take(size), "big") if size else minor
        return self._counted(major, number, depth)

    def _special(self, minor: int) -> Any:
        simple = {20: False, 21: True, 22: None, 31: _BREAK}
        if minor in simple:
            return simple[minor]
        if minor == 27:
            return struct.unpack(">d", self._take(8))[0]
        raise CBORDecodeError(f"unknown special value {minor}")

    def _counted(self, major: int, number: int, depth: int) -> Any:
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major == 2:
            return self._take(number)
        if major == 4:
            return [self.value(depth + 1) for _ in range(self._bounded(number))]
        if major == 5:
            pairs = [
                (self.value(depth + 1), self.value(depth + 1))
                for _ in range(self._bounded(number))
            ]
            return _as_dict(pairs)
        if major == 6 and number == _SET_TAG:
            found = self.value(depth + 1)
            if isinstance(found, list):
                return _as_set(found)
        raise CBORDecodeError(f"values of type {major} are not supported")

    def _bounded(self, number: int) -> int:
        if number > len(self._data) - self._at:
            raise CBORDecodeError("input data not complete")
        return number

    def _indefinite(self, major: int, depth: int) -> Any:
        items = []
        while (item := self.value(depth + 1)) is not _BREAK:
            items.append(item)
        if major == 2 and all(isinstance(item, bytes) for item in items):
            return b"".join(items)
        if major == 4:
            return items
        if major == 5 and len(items) % 2 == 0:
            return _as_dict(list(zip(items[::2], items[1::2])))
        raise CBORDecodeError(f"values of type {major} cannot be of unknown length")


def _as_dict(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    try:
        return dict(pairs)
    except TypeError as problem:
        raise CBORDecodeError("a list cannot be a key") from problem


def _as_set(items: list[Any]) -> set[Any]:
    try:
        return set(items)
    except TypeError as problem:
        raise CBORDecodeError("a list cannot be in a set") from problem


def decodeall(b: bytes) -> list[Any]:
    """Return all values that are encoded one after the other.

    Raises:
        CBORDecodeError: They are damaged.
    """
    reader = _Reader(bytes(b))
    values = []
    while reader.more():
        value = reader.value()
        if value is _BREAK:
            raise CBORDecodeError("a break without anything to end")
        values.append(value)
    return values
