"""Damaged repositories: a clear message and an exit code, never a panic or a hang.

`HG_MUTATIONS` sets how many damaged repositories are tried (2,000 and more for a release).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from .history import ENVIRONMENT, Hg, History, new_repository

MUTATIONS = int(os.environ.get("HG_MUTATIONS", "300"))

# What is damaged, and the commands that must survive it.
TARGETS = [
    ".hg/store/00changelog.i",
    ".hg/store/00manifest.i",
    ".hg/store/data/**/*.i",
    ".hg/store/fncache",
    ".hg/store/phaseroots",
    ".hg/store/requires",
    ".hg/requires",
    ".hg/dirstate",
    ".hg/bookmarks",
    ".hg/branch",
    ".hg/hgrc",
    ".hg/cache/branch*",
    ".hg/cache/tags2-visible",
    ".hg/cache/rbc-*",
    ".hg/cache/hgtagsfnodes1",
]

COMMANDS = [
    ["log", "-v", "-p"],
    ["status", "-A"],
    ["verify"],
    ["tags"],
    ["branches"],
    ["commit", "-m", "x"],
    ["update", "-C", "null"],
    ["manifest", "--all"],
]


def damage(data: bytes, dice: random.Random) -> bytes:
    """Return `data` truncated, with flipped bits, huge lengths or strange text."""
    if not data:
        return b"\xff" * 16
    kind = dice.randrange(5)
    at = dice.randrange(len(data))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + b"\x7f\xff\xff\xff" + data[at + 4 :]
    if kind == 3:
        return data[:at] + b"../../../../outside\n" + data[at:]
    return data + dice.randbytes(70)


def pick(template: Path, dice: random.Random) -> Path:
    """Return the file to damage, relative to the repository."""
    while True:
        found = sorted(template.glob(dice.choice(TARGETS)))
        if found:
            return dice.choice(found).relative_to(template)


def run(hg: Hg, command: list[str], root: Path) -> subprocess.CompletedProcess:
    """Run with a time limit; a hang raises."""
    env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(root.parent)}
    return subprocess.run(
        [hg.path, "--config", "ui.timeout=1", *command],
        cwd=root,
        env=env,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
        check=False,
    )


@pytest.fixture(scope="module")
def template(upstream: Hg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small repository with everything in it."""
    root = new_repository(upstream, tmp_path_factory.mktemp("hostile") / "template")
    History(upstream, root, 11).work(25)
    (root / ".hg/hgrc").write_text("[ui]\nverbose = no\n[paths]\ndefault = /nowhere\n")
    upstream.output("tags", cwd=root)
    return root


def test_damaged_repositories_end_in_a_message(
    ours: Hg, template: Path, tmp_path: Path
) -> None:
    """No mutated input makes the program panic, hang, die by a signal or write outside."""
    dice = random.Random(77)
    root = tmp_path / "inside" / "repo"
    for number in range(MUTATIONS):
        shutil.rmtree(root.parent, ignore_errors=True)
        shutil.copytree(template, root, symlinks=True)
        target = pick(template, dice)
        broken = damage((root / target).read_bytes(), dice)
        (root / target).write_bytes(broken)
        command = dice.choice(COMMANDS)
        result = run(ours, command, root)
        case = f"mutation {number} of {target}, {command}: exit {result.returncode}"
        errors = result.stderr.decode("utf-8", "replace")
        assert "panicked" not in errors, f"{case}\n{errors}"
        assert result.returncode in (0, 1, 10, 20, 30, 50, 255), f"{case}\n{errors}"
        assert result.returncode != 255 or errors, case
        assert sorted(p.name for p in tmp_path.iterdir()) == ["inside"], case
        assert sorted(p.name for p in root.parent.iterdir()) == ["repo"], case
