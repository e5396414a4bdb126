"""Files that come with the program.

Public: `open_resource`, `is_resource`.
"""

from __future__ import annotations

import importlib.resources
import sys
from typing import Any


def open_resource(package: bytes, name: bytes) -> Any:
    """Open a file of a package."""
    if sys.version_info < (3, 9):
        return importlib.resources.open_binary(package.decode(), name.decode())
    return (importlib.resources.files(package.decode()) / name.decode()).open("rb")


def is_resource(package: bytes, name: bytes) -> bool:
    """Return whether a package has a file."""
    if sys.version_info < (3, 9):
        return importlib.resources.is_resource(package.decode(), name.decode())
    return (importlib.resources.files(package.decode()) / name.decode()).is_file()


def mainfrozen() -> bool:
    """Return whether the program is one frozen file."""
    return False
