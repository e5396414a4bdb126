#!/usr/bin/env python3
"""Time `hg` side by side with git and, when at hand, upstream Mercurial.

    benches/run.py [--hg PATH] [--oracle PATH] [--files N] [--rounds N] [QUESTION ...]

Every question is asked of all peers in turn, round after round, so that a slow moment
of the machine hits all of them; what counts is the ratio of the medians.  Needs git.
The tree has `--files` files in directories of 100; both programs hold the same content.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# question -> (hg's arguments, git's arguments, bound on hg/git or None)
QUESTIONS: dict[str, tuple[list[str], list[str], float | None]] = {
    "version": (["version"], ["version"], 2.0),
    "root": (["root"], ["rev-parse", "--show-toplevel"], 2.0),
    "tip": (["log", "-r", "tip"], ["log", "-1"], 2.0),
    "status": (["status"], ["status"], 2.0),
}


def environment(home: Path) -> dict[str, str]:
    """Return a hermetic environment for both programs."""
    (home / "gitconfig").write_text("[user]\n\tname = t\n\temail = t@example.org\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "HGRCPATH": "",
        "HGUSER": "test <test@example.org>",
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        "LC_ALL": "C.UTF-8",
        "TZ": "GMT",
    }


def make_tree(tree: Path, files: int) -> None:
    """Write `files` small files, 100 to a directory."""
    for number in range(files):
        directory = tree / f"d{number // 10000:03}" / f"e{number // 100 % 100:02}"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / f"file{number:07}.txt").write_text(f"content of {number}\n")


def once(command: list[str], cwd: Path, env: dict[str, str]) -> float:
    """Run `command` and return the seconds it took; fail when it fails."""
    start = time.perf_counter()
    subprocess.run(
        command, cwd=cwd, env=env, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - start


def ask(
    peers: dict[str, tuple[list[str], Path]], rounds: int, env: dict[str, str]
) -> dict[str, float]:
    """Return each peer's median in seconds, over `rounds` rounds after a warm-up."""
    times: dict[str, list[float]] = {name: [] for name in peers}
    for number in range(rounds + 1):
        for name, (command, cwd) in peers.items():
            seconds = once(command, cwd, env)
            if number:
                times[name].append(seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def prepare(work: Path, args: argparse.Namespace, env: dict[str, str]) -> None:
    """Make the same tree as a Mercurial and as a git repository."""
    for name in ("hg", "git"):
        make_tree(work / name, args.files)
    for command in (["init"], ["commit", "-qAm", "all"]):
        once([args.hg, *command], work / "hg", env)
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        once(["git", *command], work / "git", env)
    # Files younger than a second are ambiguous to both programs: let the clock move on.
    time.sleep(1.5)


def main() -> int:
    """Ask the questions; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hg", default=str(ROOT / "target/release/hg"))
    parser.add_argument("--oracle", default=os.environ.get("HG_ORACLE"))
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("questions", nargs="*")
    args = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="hg-bench-"))
    missed = 0
    try:
        env = environment(work)
        prepare(work, args, env)
        print(f"{os.cpu_count()} cores, {args.files} files, {args.rounds} rounds, ms")
        for question in args.questions or QUESTIONS:
            ours, theirs, bound = QUESTIONS[question]
            peers = {
                "hg": ([args.hg, *ours], work / "hg"),
                "git": (["git", *theirs], work / "git"),
            }
            if args.oracle:
                peers["upstream"] = ([args.oracle, *ours], work / "hg")
            medians = ask(peers, args.rounds, env)
            columns = "  ".join(f"{n} {s * 1000:8.2f}" for n, s in medians.items())
            ratio = medians["hg"] / medians["git"]
            verdict = "" if bound is None else f" (asked: {bound})"
            missed += bound is not None and ratio > bound
            print(f"{question:10} {columns}  hg/git {ratio:5.2f}{verdict}")
    finally:
        shutil.rmtree(work)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
