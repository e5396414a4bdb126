"""Extensions that misbehave: upstream's words and exit codes, and a repository as it was."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment

COMMANDS = '''
import os
import sys

from mercurial import error, registrar

cmdtable = {}
command = registrar.command(cmdtable)


def storing(repo, after):
    """Make a changeset, and do something before its transaction ends."""
    with repo.wlock(), repo.lock(), repo.transaction(b"bad") as tr:
        repo.commit(b"never", b"me", b"0 0")
        after()


@command(b"raises", [], b"")
def raises(ui, repo):
    """raise while a transaction is open"""

    def fail():
        raise ValueError("a mistake")

    storing(repo, fail)


@command(b"aborts", [], b"")
def aborts(ui, repo):
    """abort while a transaction is open"""

    def fail():
        raise error.Abort(b"no", hint=b"never")

    storing(repo, fail)


@command(b"leaves", [], b"")
def leaves(ui, repo):
    """end the interpreter while a transaction is open"""
    storing(repo, lambda: sys.exit(7))


@command(b"exits", [], b"")
def exits(ui, repo):
    """end the process while a transaction is open, so that somebody has to recover"""
    storing(repo, lambda: os._exit(9))


@command(b"keeps", [], b"")
def keeps(ui, repo):
    """raise with locks that nobody gives back"""
    repo.wlock()
    repo.lock()
    raise KeyError("kept")


@command(b"closed", [], b"")
def closed(ui, repo):
    """write when the output is closed"""
    ui.fout.close()
    ui.write(b"to nobody\\n")


@command(b"forks", [], b"")
def forks(ui, repo):
    """work on in a child while a transaction is open"""

    def fork():
        ui.flush()
        child = os.fork()
        if child == 0:
            ui.write(b"child sees %d\\n" % len(repo))
            ui.flush()
            os._exit(3)
        _pid, status = os.waitpid(child, 0)
        ui.write(b"child gave %d\\n" % os.WEXITSTATUS(status))
        raise error.Abort(b"enough")

    storing(repo, fork)


@command(b"forkraises", [], b"")
def forkraises(ui, repo):
    """raise in a child"""
    child = os.fork()
    if child == 0:
        raise error.Abort(b"in the child")
    _pid, status = os.waitpid(child, 0)
    ui.write(b"child gave %d\\n" % os.WEXITSTATUS(status))


@command(b"recurses", [], b"")
def recurses(ui, repo):
    """never stop"""
    recurses(ui, repo)


@command(b"returns", [], b"")
def returns(ui, repo):
    """give no number"""
    return b"text"


@command(b"memory", [], b"")
def memory(ui, repo):
    """have none"""
    raise MemoryError()


@command(b"interrupted", [], b"")
def interrupted(ui, repo):
    """be interrupted while a transaction is open"""

    def fail():
        raise KeyboardInterrupt()

    storing(repo, fail)
'''

SETUPS = {
    "syntax": "def broken(:\n    pass\n",
    "imports": "import not_there_at_all\n",
    "raising": "raise RuntimeError('at import')\n",
    "uisetup": "def uisetup(ui):\n    raise RuntimeError('uisetup')\n",
    "extsetup": "def extsetup(ui):\n    1 / 0\n",
    "populate": "def uipopulate(ui):\n    raise RuntimeError('populate')\n",
    "reposetup": "def reposetup(ui, repo):\n    raise RuntimeError('reposetup')\n",
    "aborting": (
        "from mercurial import error\n"
        "def reposetup(ui, repo):\n    raise error.Abort(b'not here', hint=b'elsewhere')\n"
    ),
    "tables": "cmdtable = {b'x': (lambda ui: None, [], b'')}\n",
    "unicode": "cmdtable = {'x': (lambda ui: None, [], b'')}\n",
}

HOOK = '''
def fail(ui, repo, **kwargs):
    raise ValueError("in a hook")


def refuse(ui, repo, **kwargs):
    return True
'''


@pytest.fixture(params=["ours", "oracle"])
def program(request, native_bin: Path) -> str:
    """Return the program."""
    if request.param == "ours":
        return str(native_bin / "hg")
    return request.getfixturevalue("oracle")


class Told:
    """What a run gave, without what no two programs have in common.

    Args:
        result: The run.
        root: The directory, which is left out.
    """

    def __init__(self, result: subprocess.CompletedProcess, root: Path):
        self.code = result.returncode
        text = (result.stdout + result.stderr).decode("utf-8", "replace")
        text = text.replace(str(root), "ROOT")
        kept = [line for line in text.splitlines() if not line.startswith("  ")]
        kept = [line for line in kept if not re.match(r"\*\* (Python|Mercurial) ", line)]
        self.lines = kept

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Told) and self.__dict__ == other.__dict__

    def __repr__(self) -> str:
        return f"[{self.code}]\n" + "\n".join(self.lines)


class Place:
    """A repository with a changed file, and a program.

    Args:
        root: A new directory.
        program: The program.
        native_bin: The directory of ours.
    """

    def __init__(self, root: Path, program: str, native_bin: Path):
        self.root = root
        root.mkdir()
        self.program = program
        self.env = {**hermetic_environment(native_bin), "PYTHONWARNINGS": "ignore"}
        (root / "bad.py").write_text(COMMANDS)
        (root / "hooks.py").write_text(HOOK)
        for name, source in SETUPS.items():
            (root / f"{name}.py").write_text(source)
        self.plain("init", "r")
        (root / "r/a").write_text("a\n")
        self.plain("commit", "-R", "r", "-A", "-m", "first", "-d", "0 0")
        (root / "r/a").write_text("b\n")
        self.before = self.state()

    def plain(self, *args: str) -> Told:
        """Run the program."""
        result = subprocess.run(
            [self.program, *args],
            cwd=self.root,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Told(result, self.root)

    def hg(self, *args: str, config: tuple[str, ...] = ()) -> Told:
        """Run the program in the repository."""
        words = [word for item in config for word in ("--config", item)]
        return self.plain("-R", "r", *words, *args)

    def state(self) -> tuple[object, ...]:
        """Return what must stay as it is."""
        log = self.hg("log", "-T", "{node} {phase}\n")
        left = sorted(path.name for path in (self.root / "r/.hg").glob("*lock"))
        left += sorted(path.name for path in (self.root / "r/.hg/store").glob("*lock"))
        left += sorted(path.name for path in (self.root / "r/.hg/store").glob("journal*"))
        checked = self.hg("verify", "-q")
        return log.lines, self.hg("status").lines, checked.lines, checked.code, left


@pytest.fixture
def places(tmp_path: Path, native_bin: Path, oracle: str) -> tuple[Place, Place]:
    """Return ours and the oracle's."""
    return (
        Place(tmp_path / "ours", str(native_bin / "hg"), native_bin),
        Place(tmp_path / "oracle", oracle, native_bin),
    )


@pytest.mark.parametrize(
    "name",
    [
        "raises",
        "aborts",
        "leaves",
        "keeps",
        "forks",
        "forkraises",
        "recurses",
        "returns",
        "memory",
        "interrupted",
    ],
)
def test_commands(places: tuple[Place, Place], name: str) -> None:
    """Whatever a command does to itself, nothing is stored and nothing stays locked."""
    said = []
    for place in places:
        said.append(place.hg(name, config=(f"extensions.bad={place.root}/bad.py",)))
        assert place.state() == place.before, said[-1]
    assert said[0] == said[1]


def test_a_closed_output(places: tuple[Place, Place]) -> None:
    """There is nobody to tell: a traceback, and a repository as it was."""
    for place in places:
        told = place.hg("closed", config=(f"extensions.bad={place.root}/bad.py",))
        assert told.code == 1
        first = ["Traceback (most recent call last):", "ValueError: I/O operation on closed file"]
        assert told.lines[:2] == first
        assert place.state() == place.before


def test_a_process_that_ends(places: tuple[Place, Place]) -> None:
    """Somebody has to recover; then all is as it was."""
    said: list[object] = []
    for place in places:
        ended = place.hg("exits", config=(f"extensions.bad={place.root}/bad.py",))
        refused = place.hg("commit", "-m", "x")
        recovered = place.hg("recover")
        assert place.state() == place.before
        said.append((ended, refused, recovered))
    assert said[0] == said[1]


@pytest.mark.parametrize("name", sorted(SETUPS))
def test_setups(places: tuple[Place, Place], name: str) -> None:
    """What cannot be set up is told and left out; the rest goes on."""
    said = []
    for place in places:
        item = f"extensions.{name}={place.root}/{name}.py"
        said.append([place.hg("status", config=(item,)), place.hg("root", config=(item,))])
        assert place.state() == place.before, said[-1]
    assert said[0] == said[1]


@pytest.mark.parametrize("function", ["fail", "refuse", "missing"])
@pytest.mark.parametrize("hook", ["pretxncommit", "precommit", "commit", "pre-status", "txnclose"])
def test_hooks(places: tuple[Place, Place], hook: str, function: str) -> None:
    """Hooks before the end undo what was done; later ones are told only."""
    said: list[object] = []
    for place in places:
        item = f"hooks.{hook}.x=python:{place.root}/hooks.py:{function}"
        told = [place.hg("commit", "-m", "x", "-d", "0 0", config=(item,))]
        told.append(place.hg("status", config=(item,)))
        said.append((told, place.state()))
    assert said[0] == said[1]
