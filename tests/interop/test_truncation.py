"""A file that another process cuts does not end the readers that have it mapped."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .history import ENVIRONMENT, Hg, new_repository

MESSAGE = b"was truncated while it was read"


@pytest.fixture
def repository(ours: Hg, tmp_path: Path) -> Path:
    """Return a repository whose changelog is big enough to be mapped, and slow to print."""
    root = new_repository(ours, tmp_path / "repo")
    (root / "file").write_text("one\n")
    ours.run("add", "file", cwd=root)
    for number in range(12):
        (root / "file").write_text(f"{number}\n")
        message = f"{number} " + os.urandom(30_000).hex()
        ours.run("commit", "-m", message, cwd=root)
    assert (root / ".hg/store/00changelog.d").stat().st_size > 300_000
    return root


@pytest.mark.parametrize("name", ["00changelog.d", "00changelog.i"])
def test_readers_survive_truncation(ours: Hg, repository: Path, name: str) -> None:
    """A reader that waits for its output to be taken sees its file cut: a message, no SIGBUS."""
    path = repository / ".hg/store" / name
    if name.endswith(".i"):
        # As big an index as it takes to be mapped: entries nobody asks for.
        entries = path.read_bytes()
        path.write_bytes(entries + entries[-64:] * 3000)
    env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(repository)}
    process = subprocess.Popen(
        [ours.path, "log", "-r", "0:11", "-T", "{rev} {desc}\n"],
        cwd=repository,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # The first lines fill the pipe: the process waits with the files mapped.
    first = process.stdout.read(1000)
    os.truncate(path, 0)
    rest, errors = process.communicate(timeout=60)
    assert first.startswith(b"0 ")
    assert process.returncode == 255, (process.returncode, errors)
    assert MESSAGE in errors and name.encode() in errors
    assert rest
