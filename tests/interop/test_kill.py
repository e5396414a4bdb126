"""A process killed at any moment loses nothing that was committed.

`HG_KILLS` sets how many kills are made (the pipeline makes few, a release 300 and more).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
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


def recover_and_check(hg: Hg, root: Path, before: set[bytes]) -> None:
    """Recover with `hg`; nothing that was there before is lost, and all verifies."""
    hg.run("recover", cwd=root, check=False)
    verified = hg.run("verify", cwd=root, check=False)
    assert verified.returncode == 0, (verified.stdout + verified.stderr).decode()
    assert before <= nodes(hg, root)
    assert hg.run("status", cwd=root, check=False).returncode == 0


def test_killed_commands_lose_nothing(ours: Hg, upstream: Hg, tmp_path: Path) -> None:
    """After a kill at a random moment either program recovers and verifies clean."""
    dice = random.Random(2026)
    evolving = Hg(ours.path)
    template = new_repository(upstream, tmp_path / "template")
    History(upstream, template, 5).work(20)
    (template / "pending").write_text("not committed yet\n")
    upstream.run("add", "pending", cwd=template)
    before = nodes(upstream, template)
    spans = {
        tuple(command): duration(evolving, command, template, tmp_path / f"time{at}")
        for at, command in enumerate(COMMANDS)
    }
    for number in range(KILLS):
        command = COMMANDS[number % len(COMMANDS)]
        root = copy_repository(template, tmp_path / f"kill{number}")
        kept = before
        if "--amend" in command:
            # An amended changeset is replaced; what came before it must survive.
            tip = upstream.output("log", "-r", ".", "-T", "{node}", cwd=root)
            kept = before - {tip}
        kill_once(evolving, command, root, dice.random() * spans[tuple(command)])
        recover_and_check(upstream if number % 2 else ours, root, kept)
        recover_and_check(ours if number % 2 else upstream, root, kept)
