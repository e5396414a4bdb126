"""The programs that are compared, their repositories, and the stop-watch."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


def built(name: str) -> Path:
    """Return where cargo leaves what it builds with the release profile."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / name


def lstat_program() -> str | None:
    """Build the bare loop over `lstat` and return its path, if cargo is at hand."""
    cargo = shutil.which("cargo")
    if cargo is None:
        return None
    command = [cargo, "build", "-q", "--release", "-p", "hg-vfs", "--example", "lstat"]
    subprocess.run(command, cwd=ROOT, check=True)
    return str(built("examples/lstat"))


def environment(work: Path) -> dict[str, str]:
    """Return the environment of all programs: nobody's own configuration counts."""
    config = work / "gitconfig"
    config.write_text(
        "[user]\n\tname = t\n\temail = t@example.org\n"
        "[core]\n\tuntrackedCache = false\n[init]\n\tdefaultBranch = master\n"
        "[gc]\n\tauto = 0\n[advice]\n\tdetachedHead = false\n"
    )
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(work),
        "HGRCPATH": "",
        "HGUSER": "test <test@example.org>",
        "HGMODULEPOLICY": "c",
        "GIT_CONFIG_GLOBAL": str(config),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        "LC_ALL": "C.UTF-8",
        "TZ": "GMT",
    }


@dataclass
class Peer:
    """Somebody to be asked: a command for each round, and what happens before it."""

    name: str
    command: Callable[[int], list[str]]
    tree: Path
    before: Callable[[Path, int], None] | None = None
    #: Whether it prints the seconds itself.
    prints: bool = False


class Bench:
    """Repositories in all formats, and questions asked of them."""

    def __init__(
        self, work: Path, hg: str, oracle: str | None, files: int, rounds: int
    ) -> None:
        self.work = work
        self.hg_program = hg
        self.oracle = oracle or os.environ.get("HG_ORACLE")
        self.files = files
        self.rounds = rounds
        self.lstat: str | None = None
        self.missed = 0
        self.peak_bytes: dict[str, int] = {}
        self.first_peak_bytes: dict[str, int] = {}
        self.size: int | None = None
        self.with_git = True
        self.env = environment(work)

    # Repositories.

    @staticmethod
    def name(number: int) -> str:
        """Return the path of a file of the tree."""
        return f"d{number // 10000:03}/e{number // 100 % 100:02}/file{number:07}.txt"

    def trees(self) -> list[Path]:
        """Return the working directories."""
        names = ("v1", "v2", "git") if self.with_git else ("v1", "v2")
        return [self.work / str(self.size) / name for name in names]

    def tree(self, name: str) -> Path:
        """Return the working directory of a format."""
        return self.work / str(self.size) / name

    def make_repositories(self, files: int, *, git: bool = True) -> None:
        """Make the same tree a repository of each kind, if that was not done."""
        self.size, self.with_git = files, git
        first = self.tree("v1")
        if first.exists():
            return
        for number in range(files):
            path = first / self.name(number)
            if number % 100 == 0:
                path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"content of {number}\n")
        for tree in self.trees()[1:]:
            subprocess.run(["cp", "-a", str(first), str(tree)], check=True)
        self.run([self.hg_program, "init"], self.tree("v1"))
        v2 = ["--config", "format.use-dirstate-v2=1"]
        self.run([self.hg_program, "init", *v2], self.tree("v2"))
        if git:
            self.run(["git", "init", "-q"], self.tree("git"))
        self.commit_all("all")
        self.pack()
        # Files younger than a second are ambiguous to all: let the clock move on.
        time.sleep(1.5)

    def commit_all(self, message: str) -> None:
        """Record everything, in all formats."""
        for name in ("v1", "v2"):
            self.run([self.hg_program, "commit", "-qAm", message], self.tree(name))
        if self.with_git:
            self.run(["git", "add", "-A"], self.tree("git"))
            self.run(["git", "commit", "-qm", message], self.tree("git"))

    def pack(self) -> None:
        """Pack git's objects, as it would have done by and by."""
        if self.with_git:
            self.run(["git", "gc", "-q"], self.tree("git"))

    def restore_repositories(self) -> None:
        """Undo all changes and remove what is unknown."""
        for name in ("v1", "v2"):
            tree = self.tree(name)
            self.run([self.hg_program, "revert", "-qaC"], tree)
            for path in tree.glob("d*/e*/*.new"):
                path.unlink()
        self.run(["git", "reset", "-q", "--hard"], self.tree("git"))
        self.run(["git", "clean", "-fdq"], self.tree("git"))
        time.sleep(1.5)

    def forget_repositories(self) -> None:
        """Remove all repositories, so that the next group starts afresh."""
        if self.size is not None:
            shutil.rmtree(self.work / str(self.size), ignore_errors=True)

    def run(self, command: list[str], cwd: Path) -> None:
        """Run a command that is not measured."""
        subprocess.run(
            command, cwd=cwd, env=self.env, check=True, stdout=subprocess.DEVNULL
        )

    # Peers.

    def hg(
        self,
        tree: str,
        *command: str | Callable[[int], list[str]],
        before: Callable[[Path, int], None] | None = None,
    ) -> Peer:
        """Return our program in the tree of a format."""
        return self._peer(f"hg {tree}", self.hg_program, tree, command, before)

    def git(
        self,
        *command: str | Callable[[int], list[str]],
        before: Callable[[Path, int], None] | None = None,
    ) -> Peer:
        """Return git."""
        return self._peer("git", "git", "git", command, before)

    def upstream(self, *command: str) -> Peer | None:
        """Return upstream's program with its C modules, if at hand."""
        if self.oracle is None:
            return None
        return self._peer("upstream", self.oracle, "v1", command, None)

    def floor(self) -> Peer | None:
        """Return the bare loop over all files."""
        if self.lstat is None or self.size is None:
            return None
        names = self.work / f"{self.size}.names"
        # Line by line: a child's peak memory is never less than ours was when it was started.
        with names.open("w") as file:
            file.writelines(f"{self.name(number)}\n" for number in range(self.size))
        command = [self.lstat, str(names)]
        # The files that are asked about where it counts: in the tree of version 2.
        return Peer("lstat", lambda _: command, self.tree("v2"), prints=True)

    def _peer(
        self,
        name: str,
        program: str,
        tree: str,
        command: tuple[str | Callable[[int], list[str]], ...],
        before: Callable[[Path, int], None] | None,
    ) -> Peer:
        def arguments(number: int) -> list[str]:
            out = [program]
            for part in command:
                out += [part] if isinstance(part, str) else part(number)
            return out

        return Peer(name, arguments, self.tree(tree), before)

    # Questions.

    def once(self, peer: Peer, number: int) -> float:
        """Ask one peer and return the seconds it took; fail when it fails."""
        if peer.before is not None:
            peer.before(peer.tree, number)
        command = peer.command(number)
        out = subprocess.PIPE if peer.prints else subprocess.DEVNULL
        start = time.perf_counter()
        with subprocess.Popen(
            command, cwd=peer.tree, env=self.env, stdout=out
        ) as process:
            printed = process.stdout.read() if process.stdout else b""
            _, status, usage = os.wait4(process.pid, 0)
            seconds = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        peak = max(self.peak_bytes.get(peer.name, 0), usage.ru_maxrss * 1024)
        self.peak_bytes[peer.name] = peak
        return float(printed) if peer.prints else seconds

    def ask(
        self,
        title: str,
        peers: list[Peer | None],
        bounds: dict[str, float] | None = None,
        *,
        twice: bool = False,
    ) -> dict[str, float]:
        """Print and return each peer's median in seconds, after two rounds to warm up.

        `twice` asks everybody right after a first time that does not count.  The big trees
        push each other out of the processors' caches: otherwise a peer gained or lost by
        who was asked before it, and in whose tree.
        """
        present = [peer for peer in peers if peer is not None]
        times: dict[str, list[float]] = {peer.name: [] for peer in present}
        self.peak_bytes.clear()
        for number in range(-2, self.rounds):
            if number == 0:
                # The first round may have more to do: contents to compare, caches to write.
                self.first_peak_bytes = dict(self.peak_bytes)
                self.peak_bytes.clear()
            for peer in present:
                if twice:
                    self.once(peer, number)
                seconds = self.once(peer, number)
                if number >= 0:
                    times[peer.name].append(seconds)
        medians = {name: statistics.median(values) for name, values in times.items()}
        columns = "  ".join(f"{n} {s * 1000:.1f} ms" for n, s in medians.items())
        print(f"{title}: {columns}", flush=True)
        for other, bound in (bounds or {}).items():
            self.judge(medians, present[0].name, other, bound)
        return medians

    def judge(
        self, medians: dict[str, float], ours: str, other: str, bound: float
    ) -> None:
        """Print the ratio of two medians and whether it is as asked."""
        if ours in medians and other in medians:
            ratio = medians[ours] / medians[other]
            self.verdict(f"{ours} / {other}", ratio, bound, "")

    def verdict(self, what: str, value: float, bound: float, unit: str) -> None:
        """Print a figure and whether it is as asked."""
        missed = value > bound
        self.missed += missed
        word = "MISSED" if missed else "ok"
        print(f"    {what} {value:.2f} {unit}(asked: {bound}) {word}", flush=True)

    def say_machine(self) -> None:
        """Print what the figures depend on."""
        git = subprocess.run(["git", "version"], capture_output=True, check=True)
        print(
            f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, "
            f"{git.stdout.decode().strip()}, medians of {self.rounds} rounds, warm cache"
        )
