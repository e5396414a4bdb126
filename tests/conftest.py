"""Shared by all Python-driven tests: a hermetic environment, `.t` files through prysk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

DOORS = ("native", "python")

HERMETIC = {
    "HGRCPATH": "",
    "HGUSER": "test",
    "HGENCODING": "ascii",
    "HGMERGE": ":merge",
    "HGEDITOR": "false",
    "TZ": "GMT",
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "COLUMNS": "80",
    "EMAIL": "",
    "CDPATH": "",
}


def hermetic_environment(bin_dir: Path) -> dict[str, str]:
    """Return the environment of every test: ours first in PATH, nothing of the user's."""
    kept = {"HOME": os.environ.get("HOME", "/"), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
    path = os.pathsep.join([str(bin_dir), os.environ.get("PATH", "")])
    return {**kept, **HERMETIC, "PATH": path}


@pytest.fixture(scope="session")
def native_bin() -> Path:
    """Return the directory of the native `hg`: `HG_NATIVE`'s, or the running interpreter's."""
    directory = Path(os.environ.get("HG_NATIVE") or sys.executable).parent
    assert (directory / "hg").exists(), "install the project first: make test"
    return directory


@pytest.fixture(scope="session")
def door_bin(tmp_path_factory: pytest.TempPathFactory, native_bin: Path):
    """Return a function from a door's name to a directory with its `hg`."""
    python_bin = tmp_path_factory.mktemp("python-door")
    script = python_bin / "hg"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m mercurial "$@"\n')
    script.chmod(0o755)
    return {"native": native_bin, "python": python_bin}.__getitem__


@pytest.fixture(scope="session")
def oracle() -> str:
    """Return the path of upstream's hg, or skip."""
    path = os.environ.get("HG_ORACLE") or str(ROOT / ".oracle/hg")
    if not Path(path).exists():
        pytest.skip("the oracle is not at hand (make oracle)")
    return path


def pytest_collect_file(parent: pytest.Collector, file_path: Path):
    """Collect `.t` files: shell sessions with their expected output."""
    if file_path.suffix == ".t":
        return SessionFile.from_parent(parent, path=file_path)
    return None


class SessionFile(pytest.File):
    """A `.t` file, run once through each door."""

    def collect(self):
        """Yield one item per door."""
        for door in DOORS:
            yield SessionItem.from_parent(self, name=door, door=door)


class SessionFailed(Exception):
    """Raised with prysk's difference when a session did not go as written."""


class SessionItem(pytest.Function):
    """One `.t` file through one door."""

    def __init__(self, *, door: str, **kwargs):
        """Remember the door; the body is `run_session`."""
        super().__init__(callobj=run_session(self, door), **kwargs)

    def repr_failure(self, excinfo, style=None):
        """Show the difference, not a traceback."""
        if isinstance(excinfo.value, SessionFailed):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)


def run_session(item: pytest.Item, door: str):
    """Return the test function that runs the item's file through `door`."""

    def run(door_bin) -> None:
        command = [sys.executable, "-m", "prysk", "--shell=/bin/bash", str(item.path)]
        result = subprocess.run(
            command,
            env=hermetic_environment(door_bin(door)),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if result.returncode:
            raise SessionFailed(result.stdout + result.stderr)

    return run
