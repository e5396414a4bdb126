#!/usr/bin/env python3
"""Time questions about history side by side with git and upstream Mercurial.

    benches/history.py --repo HG_REPO --git GIT_REPO [--hg PATH] [--oracle PATH]
                       [--rounds N] [QUESTION ...]

HG_REPO is a conversion of GIT_REPO (`hg convert`), so that all peers look at the same
history; it should have 10,000 changesets or more.  The file asked about is the one that was
changed most often, the directory that of the first such file which is in one.  Peers take turns, round after round.  Shown are
medians of wall-clock and of processor time in milliseconds; a bound that is missed in
wall-clock time is marked, and makes the exit code 1.  A peer that takes longer than
`--patience` seconds is asked once.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from peers import ROOT, environment

# How much of a peer's time may be taken, where nothing else is said.
GIT_BOUND = 1.0
UPSTREAM_BOUND = 0.1


@dataclass
class Question:
    """What is asked of each program, and the bounds on the ratios."""

    hg: list[str]
    git: list[str] | None
    git_bound: float = GIT_BOUND
    upstream_bound: float = UPSTREAM_BOUND


def output(command: list[str], cwd: Path, env: dict[str, str]) -> str:
    """Return what `command` prints."""
    done = subprocess.run(command, cwd=cwd, env=env, check=True, capture_output=True)
    return done.stdout.decode(errors="replace")


def timed(command: list[str], cwd: Path, env: dict[str, str]) -> tuple[float, float]:
    """Run `command`; return the seconds it took and its processor seconds."""
    start = time.perf_counter()
    child = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(command)} failed: {child.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime


def questions(args: argparse.Namespace, env: dict[str, str]) -> dict[str, Question]:
    """Make the questions that suit the repository."""

    def ask(*command: str) -> str:
        return output([args.hg, *command], args.repo, env)

    def git_of(rev: str) -> str:
        # What "hg convert" adds itself, commits of tags, is not in git.
        known = f"last(ancestors({rev}) and extra('convert_revision'))"
        return ask("log", "-r", known, "-T", '{get(extras, "convert_revision")}')

    tracked = set(ask("files", "-r", "tip").splitlines())
    touched = Counter(ask("log", "-T", '{files % "{file}\n"}').splitlines())
    often = [name for name, _ in touched.most_common() if name in tracked]
    file = args.file or often[0]
    directory = os.path.dirname(next(name for name in often if "/" in name))
    tip = int(ask("log", "-r", "tip", "-T", "{rev}"))
    old, new = str(tip // 4), str(tip - tip // 20)
    git_old, git_new, git_tip = git_of(old), git_of(new), git_of("tip")
    rev = ["-T", "{rev}\n", "-r"]
    below = f'ancestors(tip) and file("path:{directory}")'
    print(f"file {file} ({touched[file]} changesets), directory {directory}")
    grep = ["log", "-p", "--all", "-G", args.word]
    return {
        "log": Question(["log"], ["log", "--all"], 0.5, 0.05),
        "log -G": Question(
            ["log", "-G", "-l", "1000"], ["log", "--all", "--graph", "-n1000"]
        ),
        "log FILE": Question(["log", file], ["log", "--all", "--", file]),
        "annotate": Question(
            ["annotate", "-r", "tip", file], ["blame", git_tip, "--", file]
        ),
        "diff": Question(
            ["diff", "--from", old, "--to", new], ["diff", git_old, git_new]
        ),
        "grep": Question(["grep", "--diff", args.word], grep),
        "heads": Question(["log", *rev, "heads(all())"], None),
        "branchpoint": Question(["log", *rev, "branchpoint()"], None),
        "only": Question(
            ["log", *rev, f"only({new},{old})"],
            ["rev-list", git_new, "^" + git_old],
        ),
        "file()": Question(
            ["log", *rev, below], ["log", "--format=%h", git_tip, "--", directory]
        ),
    }


def measure(
    question: Question, args: argparse.Namespace, env: dict[str, str]
) -> dict[str, tuple[float, float]]:
    """Return each peer's medians, wall-clock and processor."""
    peers = {"hg": ([args.hg, *question.hg], args.repo)}
    if question.git is not None and args.git:
        peers["git"] = (["git", *question.git], args.git)
    if args.oracle:
        peers["upstream"] = ([args.oracle, *question.hg], args.repo)
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in peers}
    for number in range(args.rounds + 1):
        for name, (command, cwd) in peers.items():
            slow = times[name] and times[name][0][0] > args.patience
            if not slow:
                times[name].append(timed(command, cwd, env))
            if number == 1 and not slow:
                # The first round warmed the caches of the system.
                del times[name][0]
    return {
        name: (
            statistics.median(wall for wall, _ in values),
            statistics.median(cpu for _, cpu in values),
        )
        for name, values in times.items()
    }


def main() -> int:
    """Ask the questions; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hg", default=str(ROOT / "target/release/hg"))
    parser.add_argument("--oracle", default=os.environ.get("HG_ORACLE"))
    parser.add_argument("--repo", type=Path, required=True)
    parser.add_argument("--git", type=Path)
    parser.add_argument("--file")
    parser.add_argument("--word", default="fixture")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--patience", type=float, default=10.0)
    parser.add_argument("names", metavar="QUESTION", nargs="*")
    args = parser.parse_args()
    # Peers run in the repository, not here.
    args.hg = str(Path(args.hg).absolute())
    missed = 0
    with tempfile.TemporaryDirectory(prefix="hg-bench-") as work:
        env = environment(Path(work))
        asked = questions(args, env)
        for name in args.names or asked:
            question = asked[name]
            found = measure(question, args, env)
            ours = found["hg"]
            line = f"{name:12}"
            for peer, (wall, cpu) in found.items():
                line += f"  {peer} {wall * 1000:.1f}/{cpu * 1000:.1f}"
            bounds = {"git": question.git_bound, "upstream": question.upstream_bound}
            for peer, bound in bounds.items():
                if peer in found:
                    ratio = ours[0] / found[peer][0]
                    missed += ratio > bound
                    mark = " MISSED" if ratio > bound else ""
                    line += f"  /{peer} {ratio:.3f} (asked {bound}){mark}"
            print(line, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
