#!/usr/bin/env python3
"""What crossing the border between Rust and Python costs.

    benches/border.py [--files N] [--revisions N] [--rounds N] [--oracle HG]

Run it with the interpreter that has the project installed.  The first part runs a loop over
revisions in ours and in the oracle's Python, and starts both.  The second has `--files` real
files: what handing over what is known about them costs, as a share of the time that asking the
file system takes in Rust (on all cores), beside what other ways of handing over cost.  The third
counts single calls.
CPU time of this thread, the best of `--rounds`; the parallel stat also by the clock.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import itertools
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, Iterator

HERE = Path(__file__).resolve().parent


def best(function: Callable[[], object], rounds: int, clock=time.thread_time) -> float:
    """Return the least time of several runs, in seconds."""
    times = []
    for _ in range(rounds):
        start = clock()
        kept = function()
        times.append(clock() - start)
        del kept
    return min(times)


def make_files(root: Path, files: int) -> None:
    """Write small files, 100 to a directory."""
    for number in range(files):
        directory = (
            root / f"d{number // 10000:03}" / f"some-directory-{number // 100 % 100:02}"
        )
        if number % 100 == 0:
            directory.mkdir(parents=True, exist_ok=True)
        (directory / f"file-{number:07}.txt").write_bytes(b"content of %d\n" % number)


def prepare(root: Path, files: int):
    """Return the handle of a repository that tracks all files; 1% of them are dirty."""
    from mercurial import rustext

    handle = rustext.RepoHandle.init(os.fsencode(root))
    make_files(root, files)
    dirstate = rustext.Dirstate(handle)
    for directory, _directories, names in os.walk(root):
        if ".hg" in directory:
            continue
        for name in names:
            full = os.path.join(directory, name)
            found = os.lstat(full)
            path = os.fsencode(os.path.relpath(full, root))
            mtime = divmod(found.st_mtime_ns, 1_000_000_000)
            size = found.st_size + (len(path) if name.endswith("00.txt") else 0)
            dirstate.mark_clean(path, found.st_mode, size, mtime)
    dirstate.store()
    return rustext.RepoHandle.open(os.fsencode(root))


class Report:
    """Prints lines and counts missed bounds."""

    def __init__(self):
        self.missed = 0

    def line(
        self, name: str, text: str, value: float, bound: float | None, unit: str
    ) -> None:
        """Print a figure beside its bound."""
        verdict = ""
        if bound is not None:
            self.missed += value > bound
            verdict = f"  asked {bound:g}{unit}" + (
                "" if value <= bound else "  MISSED"
            )
        print(f"  {name:46} {text} {value:9.3f}{unit}{verdict}")


def table_part(root: Path, files: int, rounds: int, report: Report) -> None:
    """Measure ways to hand over what is known about many files."""
    from mercurial import rustext

    handle = prepare(root, files)
    table = rustext.FileTable.of(handle)
    paths = list(table.paths())
    os.chdir(root)
    clock = best(lambda: rustext.FileTable.of(handle), rounds, time.perf_counter)
    whole = best(lambda: rustext.FileTable.of(handle), rounds, time.process_time)
    print(f"parallel stat in Rust: {clock * 1e3:.1f} ms, {whole * 1e3:.1f} ms of CPU")
    # A loaded machine stretches the clock: what idle cores would need is the scale.
    scale = 100 / min(clock, whole / (os.cpu_count() or 1))

    def show(
        name: str, function: Callable[[], object], bound: float | None = None
    ) -> None:
        gc.collect()
        seconds = best(function, rounds)
        report.line(name, f"{seconds * 1e3:9.3f} ms", seconds * scale, bound, "%")

    print("shares of it:")
    show("hand over a handle", lambda: table.column("size"), 0.1)
    show("hand over Arrow capsules", table.__arrow_c_array__, 0.1)
    show(
        "the dirty 1%, selected and consumed", lambda: [p for p, *_ in table.dirty()], 1
    )
    vector_consumers(table, show)
    show("Python loop over all paths", lambda: sum(len(p) for p in table.paths()), 12)
    show("Python loop over all rows", lambda: sum(row[1] for row in table))
    print("for comparison:")
    show("list of tuples", lambda: list(table))
    show("dict of tuples", lambda: {row[0]: row for row in table})
    lstat = os.lstat
    show("Python lstat loop", lambda: [lstat(path).st_size for path in paths])


def vector_consumers(table, show) -> None:
    """Everything consumed by those libraries that are installed."""
    try:
        import numpy

        def by_numpy():
            sizes = numpy.frombuffer(table.column("size"), "i8")
            offsets = numpy.frombuffer(table.column("path_offsets"), "i4")
            return sizes.sum() + numpy.diff(offsets).sum()

        show("everything consumed by numpy", by_numpy, 1)
    except ImportError:
        print("  (numpy is not installed)")
    try:
        import pyarrow
        import pyarrow.compute as compute

        def by_pyarrow():
            found = pyarrow.table(table)
            lengths = compute.sum(compute.binary_length(found["path"]))
            return compute.sum(found["size"]).as_py() + lengths.as_py()

        show("everything consumed by pyarrow", by_pyarrow, 1)
    except ImportError:
        print("  (pyarrow is not installed)")
    try:
        import polars

        def by_polars():
            frame = polars.DataFrame(table)
            return frame["size"].sum() + frame["path"].bin.size().sum()

        show("everything consumed by polars", by_polars, 1)
    except ImportError:
        print("  (polars is not installed)")


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Stay on one processor, where the system can be asked to, and collect no garbage."""
    pin = getattr(os, "sched_setaffinity", None)
    processors = os.sched_getaffinity(0) if pin else {0}
    if pin:
        pin(0, {min(processors)})
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        if pin:
            pin(0, processors)


class Calls:
    """Counts single calls: the CPU time of this thread that each takes beyond an empty loop.

    All take turns in slices of some tens of microseconds, on one processor, and the shortest slice
    of each counts: whatever else the machine does lengthens some slices, hardly all. It is
    measured at several moments, because a machine that is shared may run at half its speed for
    seconds. What is left depends on the processor and on how the interpreter was built: a method
    of its own that makes 20 bytes is the scale.
    """

    TIMES = 2000
    SHOWN = (
        ("the interpreter's own: node.lower()", "node.lower()", None),
        ("20 bytes in, 20 bytes out: echo", "border.echo(node)", 20),
        ("20 bytes in, a truth out: hasnode", "log.hasnode(node)", None),
        ("20 bytes in, a number out: rev", "log.rev(node)", None),
        ("a number in, 20 bytes out: node", "log.node(0)", None),
        ("a number in, a pair out: parentrevs", "log.parentrevs(0)", None),
        ("echo, by the binding alone", "border.bare(node)", None),
        ("echo, guarded", "border.guarded(node)", None),
        ("echo, by the binding alone, lock free", "border.bare_unlocked(node)", None),
        ("echo, guarded, lock free", "border.guarded_unlocked(node)", None),
    )

    def __init__(self, repo: Path):
        from mercurial import rustext

        handle = rustext.RepoHandle.open(os.fsencode(repo))
        log = rustext.Revlog(handle, "changelog")
        border = rustext.Border.of(handle)
        self.names = {"log": log, "border": border, "node": log.node(0)}
        self.loops = {
            statement: self.loop(statement)
            for statement in ("none", *(statement for _, statement, _ in self.SHOWN))
        }
        self.least = dict.fromkeys(self.loops, float("inf"))

    def loop(self, statement: str) -> Callable[..., None]:
        """Return a function that runs a statement again and again, without a call around it."""
        found: dict[str, Any] = {}
        taken = ", ".join(self.names)
        source = f"def run(times, none, {taken}):\n for _ in times:\n  {statement}\n"
        exec(source, found)  # noqa: S102 -- see above
        return found["run"]

    def measure(self, rounds: int) -> None:
        """Run slices of all."""
        with undisturbed():
            for _ in range(rounds * 100):
                for statement, loop in self.loops.items():
                    turns = itertools.repeat(None, self.TIMES)
                    start = time.thread_time_ns()
                    loop(turns, None, **self.names)
                    taken = time.thread_time_ns() - start
                    self.least[statement] = min(self.least[statement], taken)

    def cost(self, statement: str) -> float:
        """Return what a statement costs, in ns."""
        return (self.least[statement] - self.least["none"]) / self.TIMES

    def show(self, report: Report) -> None:
        """Print what was measured."""
        print("calls, in ns of CPU, the empty loop taken off:")
        for name, statement, bound in self.SHOWN:
            report.line(name, "", self.cost(statement), bound, " ns")
        print("our methods, as multiples of the bare binding:")
        for kind, name in (("", "guarded"), ("_unlocked", "guarded, lock free")):
            bare = self.cost(f"border.bare{kind}(node)")
            share = self.cost(f"border.guarded{kind}(node)") / bare
            report.line(name, "", share, 1.3, "")


LOOP = """
import sys, time
from mercurial import ui as uimod, hg
from mercurial import revset
u = uimod.ui.load()
try:
    # Upstream fills this table when it runs commands.
    from mercurial import dispatch, registrar
    revset.loadpredicate(u, None, revset.predicate)
except AttributeError:
    pass
repo = hg.repository(u, sys.argv[1].encode())
def run():
    total = 0
    for rev in repo.revs(b'all()'):
        ctx = repo[rev]
        total += len(ctx.branch()) + len(ctx.files()) + len(ctx.description())
    return total
print('total', run())
times = []
for _ in range(int(sys.argv[2])):
    repo.invalidateall()
    start = time.process_time()
    run()
    times.append(time.process_time() - start)
print('seconds', min(times))
"""


def make_history(repo: Path, revisions: int) -> None:
    """Make a line of changesets that touch a few files each."""
    from mercurial import api

    with api.init(repo) as made:
        for number in range(revisions):
            files = {f"dir{n}/file{number * n % 97}": f"{number}\n" for n in range(4)}
            made.commit(
                f"change number {number}\n\n" + "what it does and why\n" * (number % 5),
                files=files,
                user="somebody <somebody@example.org>",
                date=(number, 0),
                branch="default" if number % 3 else "stable",
            )


def python_of(oracle: str) -> str:
    """Return the interpreter that the oracle's script names."""
    found = subprocess.run(
        [oracle, "debuginstall", "-T", "{pythonexe}"],
        capture_output=True,
        text=True,
        check=True,
    )
    return found.stdout.strip()


def history_part(repo: Path, oracle: str | None, rounds: int, report: Report) -> None:
    """Loop over revisions, and start: ours and the oracle's."""
    env = {**os.environ, "HGRCPATH": "", "HGENCODING": "utf-8"}
    env.pop("PYTHONPATH", None)
    pythons = {"ours": sys.executable}
    if oracle:
        pythons["oracle"] = python_of(oracle)
    seconds: dict[str, float] = {}
    totals = set()
    for name, python in pythons.items():
        command = [python, "-c", LOOP, str(repo), str(rounds)]
        run = subprocess.run(
            command, env=env, cwd="/", capture_output=True, text=True, check=True
        )
        words = run.stdout.split()
        totals.add(words[1])
        seconds[name] = float(words[3])
    if len(totals) != 1:
        sys.exit(f"the loops differ: {totals}")
    starts = {}
    for name, python in pythons.items():
        command = [python, "-m", "mercurial", "version", "-q"]
        starts[name] = start_time(command, env, rounds * 3)
    print("loops and starts, in CPU time:")
    for name, bound, found in (
        ("for rev in revs: branch, files, description", 0.2, seconds),
        ("python -m mercurial version", 0.5, starts),
    ):
        shown = ", ".join(
            f"{peer} {value * 1e3:.1f} ms" for peer, value in found.items()
        )
        if "oracle" in found:
            report.line(name, shown, found["ours"] / found["oracle"], bound, "")
        else:
            print(f"  {name:46} {shown}")
    native_part(repo, env, rounds, report)


def native_part(repo: Path, env: dict[str, str], rounds: int, report: Report) -> None:
    """Start the native program beside an extension in Python that is not for the command."""
    extension = repo.parent / "forpush.py"
    extension.write_text('touchedcommands = [b"push"]\n')
    status = [str(Path(sys.executable).parent / "hg"), "-R", str(repo), "status", "-q"]
    enabled = ["--config", f"extensions.forpush={extension}"]
    plain, beside = (
        start_time(status + more, env, rounds * 5) for more in ([], enabled)
    )
    shown = f"alone {plain * 1e3:.1f} ms, beside it {beside * 1e3:.1f} ms"
    report.line("native status, extension for push", shown, beside / plain, 1.5, "")


def start_time(command: list[str], env: dict[str, str], rounds: int) -> float:
    """Return the least CPU time of a program, in seconds."""
    times = []
    for _ in range(rounds):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, env=env, cwd="/", check=True, stdout=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime
        times.append(spent - before.ru_utime - before.ru_stime)
    return min(times)


def main() -> int:
    """Measure; exit 1 when a bound is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--revisions", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--oracle", default=os.environ.get("HG_ORACLE"))
    args = parser.parse_args()
    os.environ["HGRCPATH"] = ""
    work = Path(tempfile.mkdtemp(prefix="hg-border-"))
    report = Report()
    try:
        make_history(work / "history", args.revisions)
        calls = Calls(work / "history")
        calls.measure(args.rounds)
        history_part(work / "history", args.oracle, args.rounds, report)
        calls.measure(args.rounds)
        table_part(work / "files", args.files, args.rounds, report)
        calls.measure(args.rounds)
        calls.show(report)
    finally:
        os.chdir("/")
        shutil.rmtree(work, ignore_errors=True)
    return 1 if report.missed else 0


if __name__ == "__main__":
    sys.exit(main())
