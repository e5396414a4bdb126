"""Bytes and text at the border between extensions and the interpreter."""

from __future__ import annotations

import os
import sys

ispy3 = True
iswindows = os.name == "nt"
isposix = os.name == "posix"
isdarwin = sys.platform == "darwin"
sysplatform = sys.platform.encode()
sysexecutable = os.fsencode(sys.executable or "")
ossep = os.fsencode(os.sep)
osname = os.name.encode()

fsencode = os.fsencode
fsdecode = os.fsdecode
getcwd = os.getcwdb


def sysstr(text: bytes | str) -> str:
    """Return a native string for an identifier given as bytes."""
    return text if isinstance(text, str) else text.decode("latin-1")


def sysbytes(text: str) -> bytes:
    """Return bytes for an identifier given as a native string."""
    return text.encode("utf-8")


def bytestr(value: object) -> bytes:
    """Return bytes that show `value`."""
    if isinstance(value, bytes):
        return value
    return str(value).encode("utf-8", "surrogateescape")


def strkwargs(options: dict[bytes, object]) -> dict[str, object]:
    """Return `options` with native strings as keys, fit for `**`."""
    return {sysstr(name): value for name, value in options.items()}


def byteskwargs(options: dict[str, object]) -> dict[bytes, object]:
    """Return `options` with bytes as keys."""
    return {sysbytes(name): value for name, value in options.items()}
