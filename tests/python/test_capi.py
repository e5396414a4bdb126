"""Native code of third parties reaches the core through the C API."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sysconfig
import threading
from pathlib import Path

import pytest

import mercurial
from mercurial import api, rustext

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def walker(tmp_path_factory):
    """Compile the extension and import it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    include = Path(sysconfig.get_paths()["include"])
    if compiler is None or not (include / "Python.h").exists():
        pytest.skip("no C compiler, or no header files of Python")
    out = tmp_path_factory.mktemp("capi") / "walker.so"
    headers = Path(mercurial.__file__).parent / "include"
    command = [compiler, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-Wno-unused-parameter"]
    command += [f"-I{include}", f"-I{headers}", "-o", str(out), str(HERE / "capi/walker.c")]
    subprocess.run(command, check=True)
    spec = importlib.util.spec_from_file_location("walker", out)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def repo(tmp_path: Path, monkeypatch):
    """Return a repository with a line of 50 changesets."""
    monkeypatch.setenv("HGRCPATH", "")
    repo = api.init(tmp_path / "r")
    for number in range(50):
        repo.commit(str(number), files={"a": str(number)}, user="me", date=(0, 0))
    return repo


def test_walk_the_index(walker, repo) -> None:
    """Numbers, ids and parents, with no Python object between."""
    capsule = repo._log.__hg_index__()
    assert walker.walk(capsule) == (50, sum(range(-1, 49)) - 50, 50)
    assert walker.ask(capsule, 7) == repo._log.node(7)
    assert walker.ask(capsule, -1) == b"\0" * 20
    for wrong in (50, -2, 2**31 - 2):
        with pytest.raises(ValueError, match="status 3"):
            walker.ask(capsule, wrong)


def test_capsules_are_checked(walker, repo) -> None:
    """A wrong capsule, or none, is an error and no crash."""
    for wrong in (None, 1, repo._handle.__hg_repo__()):
        with pytest.raises((ValueError, TypeError)):
            walker.walk(wrong)


def test_dirstate(walker, repo) -> None:
    """The dirstate is reached from the repository's capsule."""
    capsule = repo._handle.__hg_repo__()
    assert walker.tracked(capsule) == 0
    dirstate = rustext.Dirstate(repo._handle)
    dirstate.mark_tracked(b"a")
    dirstate.store()
    assert walker.tracked(capsule) == 1


def test_after_close(walker, repo) -> None:
    """A capsule outlives its repository, but tells that it was closed."""
    index, handle = repo._log.__hg_index__(), repo._handle.__hg_repo__()
    repo.close()
    for use in (lambda: walker.walk(index), lambda: walker.tracked(handle)):
        with pytest.raises(RuntimeError, match="closed"):
            use()
    del repo
    with pytest.raises(RuntimeError, match="closed"):
        walker.ask(index, 0)


def test_threads_and_close(walker, tmp_path: Path, repo) -> None:
    """Threads walk while another closes: answers or errors, never a crash."""
    root = repo.root
    for _ in range(10):
        opened = api.open(root)
        index = opened._log.__hg_index__()
        failures: list[BaseException] = []

        def work(index=index, failures=failures) -> None:
            for _ in range(100):
                try:
                    walker.walk(index)
                except RuntimeError as problem:
                    failures.append(problem)
                    return

        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        opened.close()
        for thread in threads:
            thread.join()
    assert os.path.isdir(root)
