"""Files that come with the program.

Public: `open_resource`, `is_resource`.
"""

from __future__ import annotations

import importlib.resources
from typing import Any


def open_resource(package: bytes, name: bytes) -> Any:
    """Open a file of a package."""
    return (importlib.resources.files(package.decode()) / name.decode()).open("rb")


def is_resource(package: bytes, name: bytes) -> bool:
    """Return whether a package has a file."""
    return (importlib.resources.files(package.decode()) / name.decode()).is_file()


def mainfrozen() -> bool:
    """Return whether the program is one frozen file."""
    return False
