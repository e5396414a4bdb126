"""What `hg` answers, line by line, in scripts of many short commands: output, errors and exit codes are upstream's.

A script (`answers/*.txt`) is run from an empty directory by either program. Each line holds commands, separated by `; `
unless it has a pipe or a loop; a line with `# differs: WHY` above it is run, but not compared.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from .history import ENVIRONMENT, Hg

SCRIPTS = sorted((Path(__file__).parent / "answers").glob("*.txt"))
# Local changes have the time of the test in their headers.
NOW = re.compile(rb"^(\+\+\+ \S+\t)\w{3} \w{3} \d\d \d\d:\d\d:\d\d 20[2-9]\d \+0000$", re.MULTILINE)
TIME = re.compile(rb"^time: real .*$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    command: str
    code: int
    out: str
    err: str


def commands(script: Path) -> Iterator[tuple[str, bool]]:
    """Yield every command of a script, and whether its answer is compared."""
    compared = True
    for line in script.read_text().splitlines():
        if line.startswith("#") or not line:
            compared = compared and not line.startswith("# differs: ")
            continue
        whole = " | " in line or line.startswith("for ")
        for command in [line] if whole else line.split("; "):
            yield command, compared
        compared = True


def answers(hg: Hg, script: Path, place: Path) -> Iterator[Answer]:
    """Run a script in a new directory below `place`, with `hg` as the only program of that name."""
    programs = place / "bin"
    programs.mkdir(parents=True)
    (programs / "hg").symlink_to(shutil.which(hg.path) or hg.path)
    home = place / "home"
    home.mkdir()
    env = {**ENVIRONMENT, "HGEDITOR": "cat", "HOME": str(home), "PATH": f"{programs}:{os.environ['PATH']}"}
    cwd = home
    for command, compared in commands(script):
        if command.startswith("cd "):
            cwd = Path(os.path.normpath(cwd / command[3:]))
            continue
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=120,
        )
        if compared:
            yield Answer(command, done.returncode, *(neutral(text, home) for text in (done.stdout, done.stderr)))


def neutral(text: bytes, home: Path) -> str:
    """Return a text without what depends on place and time."""
    text = text.replace(os.fsencode(home), b"$HOME")
    return TIME.sub(b"time: ...", NOW.sub(rb"\1now", text)).decode("utf-8", "backslashreplace")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_answers(ours: Hg, upstream: Hg, tmp_path: Path, script: Path) -> None:
    """Both programs answer the same to every command of a script."""
    pairs = zip(
        answers(ours, script, tmp_path / "ours"),
        answers(upstream, script, tmp_path / "theirs"),
        strict=True,
    )
    different = [(one, other) for one, other in pairs if one != other]
    assert not different
