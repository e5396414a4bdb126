"""Readers and writers of both programs on one repository at the same time.

`HG_SECONDS` sets for how long (two minutes for a release).
"""

from __future__ import annotations

import os
import random
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from .history import ENVIRONMENT, SLOW_PATHS, Hg, new_repository

SECONDS = float(os.environ.get("HG_SECONDS", "10"))
READERS = 8


@dataclass
class Work:
    """What the threads share."""

    root: Path
    stop: threading.Event = field(default_factory=threading.Event)
    failures: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def run(self, who: str, hg: Hg, *args: str) -> subprocess.CompletedProcess:
        """Run a command; anything but success is a failure of the test."""
        env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(self.root)}
        config = [word for item in SLOW_PATHS for word in ("--config", item)]
        result = subprocess.run(
            [hg.path, *config, "--config", "ui.timeout=600", *args],
            cwd=self.root,
            env=env,
            capture_output=True,
            check=False,
            timeout=900,
        )
        if result.returncode:
            self.fail(f"{who}: {args} exit {result.returncode}: {result.stdout} {result.stderr}")
        self.counts[who] = self.counts.get(who, 0) + 1
        return result

    def fail(self, text: str) -> None:
        """Note a failure and let everybody stop."""
        self.failures.append(text)
        self.stop.set()


def write(work: Work, who: str, hg: Hg) -> None:
    """Commit to files of one's own; what is on disk counts the commits."""
    dice = random.Random(who)
    number = 0
    while not work.stop.is_set():
        number += 1
        name = f"{who}/file{dice.randrange(20)}"
        (work.root / name).write_text(f"{number}\n" + "x" * dice.randrange(3))
        work.run(who, hg, "commit", "-q", "-m", f"{who} {number}", name)
        if number % 4 == 0:
            fresh = f"{who}/new{number}"
            (work.root / fresh).write_text("new\n")
            work.run(who, hg, "add", fresh)
            work.run(who, hg, "commit", "-q", "-m", f"{who} {number} adds", fresh)
        if number % 5 == 0:
            work.run(who, hg, "bookmark", "-f", "-r", ".", f"mark-{who}")
    work.counts[f"{who} commits"] = number + number // 4


def read(work: Work, who: str, hg: Hg) -> None:
    """Ask for the state of files that nobody touches: the answer never changes."""
    expected = b"M still/modified\nA still/added\nR still/removed\n! still/missing\n? still/unknown\n"
    everything = expected + b"C still/clean\n"
    while not work.stop.is_set():
        result = work.run(who, hg, "status", "-mardu", "still")
        if result.stdout != expected or result.stderr:
            work.fail(f"{who}: {result.stdout} {result.stderr}")
        result = work.run(who, hg, "status", "-A", "still")
        if result.stdout != everything or result.stderr:
            work.fail(f"{who}: {result.stdout} {result.stderr}")
        work.run(who, hg, "log", "-l", "3", "-T", "{rev} {node} {files} {bookmarks} {tags}\n")


def prepare(root: Path) -> None:
    """Lay out files in every state for the readers, and those of the writers."""
    for name in ("modified", "removed", "missing", "clean"):
        (root / "still" / name).write_text("as committed\n")
    for who in ("ours", "upstream"):
        (root / who).mkdir()
        for number in range(20):
            (root / who / f"file{number}").write_text("first\n")


@pytest.mark.parametrize("dirstate", ["v1", "v2"])
def test_readers_and_writers(ours: Hg, upstream: Hg, tmp_path: Path, dirstate: str) -> None:
    """No wrong answer, no lost update, no torn dirstate."""
    config = ("format.use-dirstate-v2=yes",) if dirstate == "v2" else ()
    root = new_repository(Hg(ours.path, config), tmp_path / "repo")
    (root / "still").mkdir()
    prepare(root)
    ours.run("commit", "-A", "-q", "-m", "first", cwd=root)
    (root / "still/modified").write_text("changed afterwards\n")
    (root / "still/added").write_text("added\n")
    (root / "still/unknown").write_text("unknown\n")
    ours.run("add", "still/added", cwd=root)
    ours.run("remove", "still/removed", cwd=root)
    (root / "still/missing").unlink()
    work = Work(root)
    jobs = [(write, "ours", ours), (write, "upstream", upstream)]
    jobs += [
        (read, f"reader {number}", upstream if number % 4 == 3 else ours)
        for number in range(READERS)
    ]
    threads = [threading.Thread(target=job, args=(work, who, hg)) for job, who, hg in jobs]
    for thread in threads:
        thread.start()
    work.stop.wait(SECONDS) or time.sleep(0)
    work.stop.set()
    for thread in threads:
        thread.join()
    print(work.counts)
    assert not work.failures, work.failures
    for who in ("ours", "upstream"):
        made = ours.output("log", "-T", "{rev}\\n", "-k", f"{who} ", "-r", "1:", cwd=root)
        assert len(made.splitlines()) == work.counts[f"{who} commits"], "no update was lost"
    for hg in (ours, upstream):
        verified = hg.run("verify", cwd=root)
        assert verified.returncode == 0 and b"warning" not in verified.stdout + verified.stderr
        assert hg.output("status", "-mardu", cwd=root).count(b"\n") == 5
    assert ours.output("debugdirstate", cwd=root) == upstream.output("debugdirstate", cwd=root)
    assert len(ours.output("heads", "-T", "{rev}\\n", cwd=root).splitlines()) == 1
