"""Fixtures of the interop suite: the two programs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .history import Hg


@pytest.fixture(scope="session")
def upstream(oracle: str) -> Hg:
    """Return upstream's program."""
    return Hg(oracle)


@pytest.fixture(scope="session")
def ours(native_bin: Path) -> Hg:
    """Return our native program (`HG_NATIVE` names another build)."""
    return Hg(os.environ.get("HG_NATIVE") or str(native_bin / "hg"))
