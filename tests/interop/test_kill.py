"""A process killed at any moment loses nothing that was committed.

`HG_KILLS` sets how many kills are made (the pipeline makes few, a release 300 and more).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .history import ENVIRONMENT, Hg, History, copy_repository, new_repository

KILLS = int(os.environ.get("HG_KILLS", "40"))

COMMANDS = [
    ["commit", "-m", "killed", "-d", "0 0"],
    ["update", "-q", "-C", "-r", "0"],
    ["tag", "-f", "killed-tag", "-d", "0 0"],
    ["bookmark", "-f", "killed-mark"],
    ["commit", "--amend", "-m", "killed amend", "-d", "0 0"],
]


def nodes(hg: Hg, root: Path) -> set[bytes]:
    """Return all changesets, hidden ones too."""
    return set(
        hg.output("log", "--hidden", "-T", "{node}\\n", cwd=root).splitlines()
    )


@dataclass(frozen=True)
class Before:
    """What a repository held before a command was killed."""

    nodes: frozenset[bytes]
    parent: bytes

    @classmethod
    def of(cls, hg: Hg, root: Path) -> Before:
        """Ask `hg`."""
        parent = hg.output("log", "-r", ".", "-T", "{node}", cwd=root)
        return cls(frozenset(nodes(hg, root)), parent)


def duration(hg: Hg, command: list[str], template: Path, work: Path) -> float:
    """Return how long `command` takes when nobody kills it."""
    root = copy_repository(template, work)
    start = time.perf_counter()
    hg.run(*command, cwd=root, check=False)
    return time.perf_counter() - start


def kill_once(hg: Hg, command: list[str], root: Path, delay: float) -> None:
    """Start `command` and kill it after `delay` seconds."""
    env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(root)}
    process = subprocess.Popen(
        [hg.path, *command],
        cwd=root,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()


def recover_and_check(
    hg: Hg, root: Path, before: Before, command: list[str], case: str
) -> None:
    """Recover with `hg`; nothing that was there before is lost, and all verifies."""
    hg.run("recover", cwd=root, check=False)
    verified = hg.run("verify", cwd=root, check=False)
    told = (verified.stdout + verified.stderr).decode()
    assert verified.returncode == 0 and "warning" not in told, f"{case}\n{told}"
    after = nodes(hg, root)
    # An amended changeset may have given way to its successor.
    kept = before.nodes - {before.parent} if "--amend" in command else before.nodes
    assert kept <= after and len(after) >= len(before.nodes), case
    status = hg.run("status", cwd=root, check=False)
    assert (status.returncode, status.stderr) == (0, b""), f"{case}\n{status.stderr}"
    if "update" not in command:
        # What was to be committed is still to be committed, or it was.
        pending = hg.output("status", "-A", "pending", cwd=root)
        assert pending in (b"A pending\n", b"C pending\n"), f"{case}\n{pending}"


def test_killed_commands_lose_nothing(ours: Hg, upstream: Hg, tmp_path: Path) -> None:
    """After a kill at a random moment either program recovers and verifies clean."""
    dice = random.Random(2026)
    template = new_repository(upstream, tmp_path / "template")
    History(upstream, template, 5).work(20)
    (template / "pending").write_text("not committed yet\n")
    upstream.run("add", "pending", cwd=template)
    before = Before.of(upstream, template)
    spans = {
        tuple(command): duration(ours, command, template, tmp_path / f"time{at}")
        for at, command in enumerate(COMMANDS)
    }
    for number in range(KILLS):
        command = COMMANDS[number % len(COMMANDS)]
        root = copy_repository(template, tmp_path / "killed")
        kill_once(ours, command, root, dice.random() * spans[tuple(command)])
        case = f"kill {number} of {command}"
        for hg in (upstream, ours) if number % 2 else (ours, upstream):
            recover_and_check(hg, root, before, command, case)
        shutil.rmtree(root)
