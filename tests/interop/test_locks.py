"""Locks: the two programs wait for each other, tell so, and break what the dead left."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from .history import ENVIRONMENT, Hg, new_repository

WAITING = rb"waiting for lock on working directory of (.*) held by process '(\d+)' on host '(.*)'\n"


@pytest.fixture
def repository(ours: Hg, tmp_path: Path) -> Path:
    """Return a repository with one changeset and something to commit."""
    root = new_repository(ours, tmp_path / "repo")
    (root / "file").write_text("one\n")
    ours.run("commit", "-A", "-q", "-m", "one", cwd=root)
    (root / "file").write_text("two\n")
    return root


def start(hg: Hg, root: Path, *args: str) -> subprocess.Popen:
    """Start a command."""
    env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(root)}
    return subprocess.Popen(
        [hg.path, *args], cwd=root, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def hold(hg: Hg, root: Path, flag: Path) -> subprocess.Popen:
    """Start a commit whose hook keeps the locks until `flag` is removed."""
    flag.write_text("")
    wait = f"touch {flag}.held; while test -e {flag}; do sleep 0.02; done"
    process = start(hg, root, "--config", f"hooks.pretxncommit={wait}", "commit", "-m", "held")
    while not Path(f"{flag}.held").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.01)
    return process


def each_pair(ours: Hg, upstream: Hg) -> list[tuple[Hg, Hg]]:
    """Return holder and waiter in the orders that matter."""
    return [(ours, upstream), (upstream, ours), (ours, ours)]


@pytest.mark.parametrize("pair", range(3))
def test_the_other_one_waits(
    ours: Hg, upstream: Hg, repository: Path, tmp_path: Path, pair: int
) -> None:
    """A second writer waits, says for whom, and goes on when the lock is free."""
    holder, waiter = each_pair(ours, upstream)[pair]
    flag = tmp_path / "flag"
    first = hold(holder, repository, flag)
    second = start(waiter, repository, "--config", "ui.timeout.warn=0", "tag", "mine")
    assert re.fullmatch(WAITING, second.stderr.readline())
    assert second.poll() is None
    flag.unlink()
    assert first.wait(60) == 0
    _, errors = second.communicate(timeout=60)
    assert second.returncode == 0, errors
    assert re.fullmatch(rb"got lock after \d+ seconds\n", errors), errors
    assert ours.run("verify", cwd=repository).returncode == 0
    assert len(ours.output("log", "-T", "{rev}\\n", cwd=repository).splitlines()) == 3


@pytest.mark.parametrize("pair", range(3))
def test_time_runs_out(
    ours: Hg, upstream: Hg, repository: Path, tmp_path: Path, pair: int
) -> None:
    """A second writer gives up after `ui.timeout` with the same message and exit code."""
    holder, waiter = each_pair(ours, upstream)[pair]
    flag = tmp_path / "flag"
    first = hold(holder, repository, flag)
    result = waiter.run(
        *("--config", "ui.timeout=1", "--config", "ui.timeout.warn=0", "tag", "mine"),
        cwd=repository,
        check=False,
    )
    flag.unlink()
    first.wait(60)
    assert result.returncode == 255
    words = rb"abort: working directory of (.*): timed out waiting for lock held by '(.*)'\n"
    assert re.fullmatch(WAITING + words, result.stderr), result.stderr


def test_what_the_dead_left_is_broken(ours: Hg, upstream: Hg, repository: Path) -> None:
    """A lock whose holder was killed is broken by either program; another machine's is not."""
    for number, (dead, heir) in enumerate([(upstream, ours), (ours, upstream), (ours, ours)]):
        (repository / "file").write_text(f"again {number}\n")
        flag = repository.parent / f"flag{number}"
        process = hold(dead, repository, flag)
        # The whole family: a hook's shell goes on and holds nothing.
        process.kill()
        process.wait()
        flag.unlink()
        assert (repository / ".hg/wlock").is_symlink()
        assert heir.run("recover", cwd=repository, check=False).returncode == 0
        heir.run("commit", "-m", f"heir {number}", cwd=repository)
        assert ours.run("verify", cwd=repository).returncode == 0
    (repository / ".hg/wlock").symlink_to("elsewhere/1234:99999999")
    for hg in (ours, upstream):
        result = hg.run("--config", "ui.timeout=0", "tag", "x", cwd=repository, check=False)
        held = b"timed out waiting for lock held by 'elsewhere/1234:99999999'"
        assert result.returncode == 255 and held in result.stderr


@pytest.mark.parametrize("pair", range(3))
def test_hooks_see_the_pending_transaction(
    ours: Hg, upstream: Hg, repository: Path, tmp_path: Path, pair: int
) -> None:
    """A hook's own commands, by either program, see what is pending; others do not."""
    writer, reader = each_pair(ours, upstream)[pair]
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    log = f"{reader.path} log -r tip -T '{{rev}} {{desc}}'"
    hook = f"{log} > {inside}; env -u HG_PENDING {log} > {outside}; exit 1"
    result = writer.run(
        *("--config", f"hooks.pretxncommit={hook}", "commit", "-m", "pending"),
        cwd=repository,
        check=False,
    )
    assert result.returncode == 255, result.stderr
    assert (inside.read_text(), outside.read_text()) == ("1 pending", "0 one")
    assert ours.output("log", "-r", "tip", "-T", "{rev}", cwd=repository) == b"0"
    assert ours.run("verify", cwd=repository).returncode == 0


def test_rollback_of_the_other_ones_transaction(
    ours: Hg, upstream: Hg, repository: Path
) -> None:
    """Each program undoes what the other one did last, with the same words."""
    told = []
    for number, (writer, undoer) in enumerate(each_pair(ours, upstream)):
        (repository / "file").write_text(f"{number}\n")
        writer.run("commit", "-m", "to be undone", cwd=repository)
        config = ("--config", "ui.rollback=yes")
        told.append(undoer.run(*config, "rollback", cwd=repository).stdout)
        assert undoer.output("log", "-r", "tip", "-T", "{rev}", cwd=repository) == b"0"
        assert undoer.output("status", cwd=repository) == b"M file\n"
    assert told[0] == told[1] == told[2]
