"""Nothing grows: memory, descriptors, handles; threads, forks and closing do no harm."""

from __future__ import annotations

import gc
import os
import sys
import threading
from pathlib import Path

import pytest

from mercurial import api, error, rustext

CYCLES = int(os.environ.get("HG_LEAK_CYCLES", "1000"))
CALLBACKS = int(os.environ.get("HG_LEAK_CALLBACKS", "100000"))
# What the allocator may keep, in KiB.
SLACK = 6000


def resident() -> int:
    """Return the memory of this process in KiB."""
    with open("/proc/self/statm", encoding="ascii") as opened:
        pages = int(opened.read().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1024


def descriptors() -> int:
    """Return how many descriptors are open."""
    return len(os.listdir("/proc/self/fd"))


pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")


@pytest.fixture
def root(tmp_path: Path, monkeypatch) -> str:
    """Return a repository with some changesets and files."""
    monkeypatch.setenv("HGRCPATH", "")
    with api.init(tmp_path / "r") as repo:
        for number in range(20):
            files = {f"d/f{n}": f"{number} {n}\n" for n in range(10)}
            repo.commit(f"change {number}", files=files, user="me", date=(0, 0))
        for n in range(10):
            path = tmp_path / "r" / "d" / f"f{n}"
            path.parent.mkdir(exist_ok=True)
            path.write_text("x")
        return repo.root


def use(root: str) -> None:
    """Open a repository, use a bit of everything, close it."""
    repo = api.open(root)
    tip = repo["tip"]
    assert tip.files
    assert len(repo.query("all()").revs) == 20
    repo.read("d/f1", rev=tip)
    list(repo.status().unknown)
    repo.files().__arrow_c_array__()
    repo._log.__hg_index__()
    memoryview(repo.history("p1")).tobytes()
    repo.close()


def test_open_use_close(root) -> None:
    """Cycles of opening, using and closing leave nothing behind."""
    for _ in range(CYCLES // 10):
        use(root)
    gc.collect()
    memory, files = resident(), descriptors()
    for _ in range(CYCLES):
        use(root)
    gc.collect()
    assert descriptors() == files
    assert resident() - memory < SLACK


def test_callbacks(root) -> None:
    """Calls from Rust to Python and back leave nothing behind."""
    calls = 0

    def wanted(path: bytes) -> bool:
        nonlocal calls
        calls += 1
        return path.endswith(b"1")

    matcher = rustext.Matcher("predicate", None, wanted)
    refs = sys.getrefcount(wanted)
    for _ in range(CALLBACKS // 10):
        matcher.matchfn(b"d/f1")
    memory = resident()
    for _ in range(CALLBACKS):
        matcher.matchfn(b"d/f1")
    assert calls == CALLBACKS + CALLBACKS // 10
    assert resident() - memory < SLACK
    assert sys.getrefcount(wanted) == refs


def test_failing_callbacks(root) -> None:
    """Exceptions in callbacks reach the caller, and nothing is left locked."""
    repo = api.open(root)

    def fail(path: bytes) -> None:
        raise ZeroDivisionError(path)

    for _ in range(20):
        with pytest.raises((ZeroDivisionError, error.Abort)):
            rustext.commit_memory(
                repo._handle,
                (b"\0" * 20, b"\0" * 20),
                [b"a"],
                fail,
                (b"me", (0.0, 0), b"x", {}, None),
            )
    assert len(repo) == 20
    lock = rustext.Lock.take(repo._handle, False, False)
    lock.let_go()
    repo.close()


def test_threads_while_another_closes(root) -> None:
    """Whoever comes late gets an exception."""
    for _ in range(20):
        repo = api.open(root)
        problems: list[BaseException] = []

        def work(repo=repo, problems=problems) -> None:
            try:
                for _ in range(1000):
                    repo.query("all()")
                    repo.status()
                    repo._log.node(3)
            except error.ClosedError:
                return
            except BaseException as problem:  # noqa: BLE001 -- the test reports it
                problems.append(problem)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        repo.close()
        for thread in threads:
            thread.join(timeout=60)
            assert not thread.is_alive()
        assert problems == []


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_fork(root) -> None:
    """A forked child works on, in parallel too, although the parent's threads are gone."""
    repo = api.open(root)
    repo.status()
    repo.files()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            ok = len(repo.files()) == 0 and len(repo.status().unknown) == 10
            code = 0 if ok and len(repo.query("all()")) == 20 else 2
        finally:
            os._exit(code)
    for _ in range(600):
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        threading.Event().wait(0.05)
    else:
        os.kill(child, 9)
        pytest.fail("the child hangs")
    assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0
    assert len(repo) == 20
