#!/usr/bin/env python3
"""Time `hg` side by side with git and, when at hand, upstream Mercurial.

    benches/run.py [--hg PATH] [--oracle PATH] [--files N] [--rounds N] [GROUP ...]

Groups: start (small repository), status, changed (1 % modified, 1 % unknown), update,
commit, and, only when named, million (1,000,000 files: time and peak memory).

Every question is asked of all peers in turn, round after round, so that a slow moment
of the machine hits all of them; what counts is the ratio of the medians.  For status of
big trees everybody is asked twice in a row, and the second time counts.  Needs git and,
for the floor under status, cargo.  Trees have 100 files to a directory; all programs
hold the same content, git's packed and without untracked cache.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

from peers import Bench, Peer, built, lstat_program

if TYPE_CHECKING:
    from collections.abc import Callable

START = {
    "version": (["version"], ["version"]),
    "root": (["root"], ["rev-parse", "--show-toplevel"]),
    "tip": (["log", "-r", "tip"], ["log", "-1"]),
    "status": (["status"], ["status"]),
}


def start(bench: Bench) -> None:
    """Ask small questions of a small repository: start-up is all there is to them."""
    bench.make_repositories(2000)
    for name, (ours, theirs) in START.items():
        peers = [bench.hg("v1", *ours), bench.git(*theirs), bench.upstream(*ours)]
        bench.ask(f"start {name}", peers, {"git": 2.0})


def status_peers(bench: Bench) -> list[Peer | None]:
    """Return everybody who can tell what has changed."""
    return [
        bench.hg("v2", "status"),
        bench.hg("v1", "status"),
        bench.git("status"),
        bench.upstream("status"),
        bench.floor(),
    ]


def judge_status(bench: Bench, title: str) -> None:
    """Compare `status` in both formats with all others."""
    medians = bench.ask(title, status_peers(bench), twice=True)
    bench.judge(medians, "hg v2", "git", 0.6)
    bench.judge(medians, "hg v2", "upstream", 0.1)
    bench.judge(medians, "hg v2", "lstat", 1.3)
    bench.judge(medians, "hg v1", "git", 0.8)


def status(bench: Bench) -> None:
    """Ask for the status of a clean tree."""
    bench.make_repositories(bench.files)
    judge_status(bench, f"status clean {bench.files}")


def changed(bench: Bench) -> None:
    """Ask for the status with one percent of files changed, and as many unknown."""
    bench.make_repositories(bench.files)
    for tree in bench.trees():
        for number in range(0, bench.files, 100):
            path = tree / bench.name(number)
            with path.open("a") as file:
                file.write("changed\n")
            path.with_suffix(".new").write_text("unknown\n")
    time.sleep(1.5)
    judge_status(bench, f"status 1% changed {bench.files}")
    bench.restore_repositories()


def alternating(first: list[str], second: list[str]) -> Callable[[int], list[str]]:
    """Return a function from the number of a round to the command of that round."""
    return lambda number: first if number % 2 else second


def update(bench: Bench) -> None:
    """Go back and forth between revisions that differ in a fifth of the files."""
    bench.make_repositories(bench.files)
    for tree in bench.trees():
        for number in range(0, bench.files, 5):
            (tree / bench.name(number)).write_text(f"second content of {number}\n")
    bench.commit_all("second")
    bench.pack()
    there = alternating(["update", "-q", "0"], ["update", "-q", "tip"])
    back = alternating(
        ["checkout", "-q", "master~1"], ["checkout", "-q", "master"]
    )
    title = f"update {bench.files // 5} of {bench.files}"
    peers = [bench.hg("v2", there), bench.hg("v1", there), bench.git(back)]
    medians = bench.ask(title, peers)
    bench.judge(medians, "hg v2", "git", 0.7)
    bench.judge(medians, "hg v1", "git", 0.7)
    bench.forget_repositories()


def commit(bench: Bench) -> None:
    """Record a change of one file in the big tree."""
    bench.make_repositories(bench.files)

    def edit(tree: Path, number: int) -> None:
        with (tree / bench.name(bench.files // 2)).open("a") as file:
            file.write(f"change {number}\n")

    ours, theirs = ["commit", "-qm", "one"], ["commit", "-aqm", "one"]
    peers = [
        bench.hg("v2", *ours, before=edit),
        bench.hg("v1", *ours, before=edit),
        bench.git(*theirs, before=edit),
    ]
    medians = bench.ask(f"commit 1 of {bench.files}", peers)
    bench.judge(medians, "hg v2", "git", 1.0)
    bench.judge(medians, "hg v1", "git", 1.0)
    bench.forget_repositories()


def million(bench: Bench) -> None:
    """Ask for the status of a million files; look at memory, too."""
    files = 1_000_000
    bench.forget_repositories()
    bench.make_repositories(files, git=False)
    bench.rounds = min(bench.rounds, 5)
    peers = [bench.hg("v2", "status"), bench.hg("v1", "status"), bench.floor()]
    medians = bench.ask(f"status clean {files}", peers, twice=True)
    bench.judge(medians, "hg v2", "lstat", 1.3)
    for name, bound in (("hg v2", 100), ("hg v1", 400)):
        each = bench.peak_bytes[name] / files
        bench.verdict(f"memory {name}", each, bound, "bytes a file ")
        first = bench.first_peak_bytes[name] / files
        print(f"    memory {name}, first status after the commit: {first:.0f} bytes a file")
    bench.forget_repositories()


GROUPS = {f.__name__: f for f in (start, status, changed, update, commit, million)}


def main() -> int:
    """Ask the questions; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hg", default=str(built("hg")))
    parser.add_argument("--oracle", default=None)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("groups", nargs="*", choices=[[], *GROUPS], metavar="GROUP")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="hg-bench-"))
    try:
        bench = Bench(work, args.hg, args.oracle, args.files, args.rounds)
        bench.lstat = lstat_program()
        bench.say_machine()
        for group in args.groups or [name for name in GROUPS if name != "million"]:
            GROUPS[group](bench)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
