"""A process killed at any call that changes the file system, or whose disk is full, loses nothing.

`test_kill` kills by the clock; here a preloaded library counts the calls and strikes at one of
them. `HG_FAULTS` sets how many are tried (0: every call of every command).
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from .history import ENVIRONMENT, Hg, History, copy_repository, new_repository
from .test_kill import COMMANDS, Before, recover_and_check

FAULTS = int(os.environ.get("HG_FAULTS", "60"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Compile the library that strikes."""
    compiler = shutil.which("cc")
    if not compiler:
        pytest.skip("no C compiler")
    target = tmp_path_factory.mktemp("faults") / "faults.so"
    source = Path(__file__).with_name("faults.c")
    command = [compiler, "-O1", "-shared", "-fPIC", "-o", str(target), str(source), "-ldl"]
    subprocess.run(command, check=True)
    return target


@pytest.fixture(scope="module")
def template(upstream: Hg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small repository with something to commit."""
    root = new_repository(upstream, tmp_path_factory.mktemp("faults") / "template")
    History(upstream, root, 5).work(20)
    (root / "pending").write_text("not committed yet\n")
    upstream.run("add", "pending", cwd=root)
    return root


def strike(
    hg: Hg, command: list[str], root: Path, library: Path, **fault: str
) -> subprocess.CompletedProcess:
    """Run `command` with a fault."""
    env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(root), "LD_PRELOAD": str(library)}
    return subprocess.run(
        [hg.path, *command],
        cwd=root,
        env={**env, **fault},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
        check=False,
    )


def count_calls(hg: Hg, command: list[str], template: Path, work: Path, library: Path) -> int:
    """Return how many calls of `command` change the file system."""
    root = copy_repository(template, work)
    told = work.with_suffix(".count")
    result = strike(hg, command, root, library, FAULT_COUNT=str(told))
    assert result.returncode == 0, result.stderr
    return int(told.read_text())


def moments(
    hg: Hg, template: Path, tmp_path: Path, library: Path
) -> list[tuple[list[str], int]]:
    """Return the chosen commands and calls."""
    every = [
        (command, call)
        for number, command in enumerate(COMMANDS)
        for call in range(
            1, 1 + count_calls(hg, command, template, tmp_path / f"count{number}", library)
        )
    ]
    chosen = random.Random(3).sample(every, min(FAULTS, len(every))) if FAULTS else every
    assert len(every) > 50, "the library sees the calls"
    return chosen


@pytest.mark.parametrize("fault", ["kill", "torn"])
def test_death_at_any_call_loses_nothing(
    ours: Hg, upstream: Hg, template: Path, tmp_path: Path, library: Path, fault: str
) -> None:
    """After a death at any call either program recovers and verifies clean."""
    before = Before.of(upstream, template)
    for number, (command, call) in enumerate(moments(ours, template, tmp_path, library)):
        root = copy_repository(template, tmp_path / "struck")
        strike(ours, command, root, library, FAULT=fault, FAULT_AT=str(call))
        case = f"{fault} at call {call} of {command}"
        # Upstream does not read a journal whose last line is torn.
        ours_first = fault == "torn" or number % 2
        first, second = (ours, upstream) if ours_first else (upstream, ours)
        recover_and_check(first, root, before, command, case)
        recover_and_check(second, root, before, command, case)
        shutil.rmtree(root)


def test_a_full_disk_loses_nothing(
    ours: Hg, upstream: Hg, template: Path, tmp_path: Path, library: Path
) -> None:
    """A disk that fills up ends in a message, exit code 255 and an unchanged history."""
    before = Before.of(upstream, template)
    for number, (command, call) in enumerate(moments(ours, template, tmp_path, library)):
        root = copy_repository(template, tmp_path / "struck")
        result = strike(ours, command, root, library, FAULT="full", FAULT_AT=str(call))
        case = f"full at call {call} of {command}: exit {result.returncode}\n{result.stderr}"
        assert result.returncode in (0, 255), case
        assert b"panicked" not in result.stderr, case
        assert result.returncode == 0 or b"No space left on device" in result.stderr, case
        recover_and_check(upstream if number % 2 else ours, root, before, command, case)
        shutil.rmtree(root)
