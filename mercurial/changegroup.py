"""Changegroups: native code makes and takes them.

Public: `supportedoutgoingversions`, `supportedincomingversions`.
"""

from __future__ import annotations

from typing import Any

from mercurial import error


def supportedincomingversions(repo: Any) -> set[bytes]:
    """Return the versions that can be taken."""
    return {b"01", b"02", b"03"}


def supportedoutgoingversions(repo: Any) -> set[bytes]:
    """Return the versions that can be made."""
    return {b"01", b"02"}


def safeversion(repo: Any) -> bytes:
    """Return the version that everybody can take."""
    return b"02"


def makechangegroup(*_args: Any, **_options: Any) -> Any:
    """Refuse: changegroups are made by native code only."""
    raise error.Abort(b"changegroups are made by native code only; use 'hg bundle'")


makestream = writechunks = getunbundler = makechangegroup


class cg1unpacker:  # noqa: N801 -- patched by extensions
    """Stands for what native code takes."""


class cg1packer:  # noqa: N801 -- patched by extensions
    """Stands for what native code makes."""
