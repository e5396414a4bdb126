"""Extensions in Python add commands; the native program hands over to run them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment

EXTENSION = '''
"""a test extension"""

from mercurial import error, registrar

cmdtable = {}
command = registrar.command(cmdtable)


@command(b"greet|gr", [(b"n", b"times", 1, b"how often"), (b"", b"loud", None, b"shout")], b"[-n N] NAME")
def greet(ui, repo, name, **opts):
    """greet somebody

    A longer text.
    """
    for _ in range(opts["times"]):
        ui.write(b"%s from %d changesets%s\\n" % (name, len(repo), b"!" if opts["loud"] else b""))
    ctx = repo[b"tip"]
    ui.status(b"%s %s %s\\n" % (ctx.user(), ctx.description(), b" ".join(ctx.files())))
    ui.write(b"%s" % repo[ctx.rev()][b"a"].data())


@command(b"refuse", [], b"")
def refuse(ui, repo):
    """refuse"""
    raise error.StateError(b"not now", hint=b"later")


@command(b"crash", [], b"", norepo=True)
def crash(ui):
    """crash"""
    raise ValueError("a mistake")
'''


@pytest.fixture
def repository(tmp_path: Path, door_bin):
    """Return a function that runs `hg` in a repository with the extension enabled."""
    (tmp_path / "greet.py").write_text(EXTENSION)
    hgrc = tmp_path / "hgrc"
    hgrc.write_text(f"[extensions]\ngreet = {tmp_path}/greet.py\n")
    root = tmp_path / "repo"
    root.mkdir()

    def run(*args: str, door: str = "native") -> subprocess.CompletedProcess:
        env = {**hermetic_environment(door_bin(door)), "HGRCPATH": str(hgrc)}
        return subprocess.run(
            ["hg", *args], cwd=root, env=env, capture_output=True, text=True, check=False
        )

    assert run("init").returncode == 0
    (root / "a").write_text("content\n")
    assert run("commit", "-Am", "first", "-d", "0 0").returncode == 0
    return run


def run_with(native_bin: Path, extension: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run a command with an extension, in the extension's directory."""
    return subprocess.run(
        ["hg", "--config", f"extensions.{extension.stem}={extension}", *args],
        env=hermetic_environment(native_bin),
        cwd=extension.parent,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("door", ["native", "python"])
def test_added_command_runs(repository, door: str) -> None:
    """Arguments, options, repository and output cross the border."""
    result = repository("greet", "-n", "2", "--loud", "you", door=door)
    assert result.stdout == (
        "you from 1 changesets!\nyou from 1 changesets!\ntest first a\ncontent\n"
    )
    assert result.returncode == 0, result.stderr


def test_abbreviation_and_help(repository) -> None:
    """The command is in the table like any other."""
    assert "you from" in repository("gr", "you").stdout
    shown = repository("help", "greet").stdout
    assert "greet somebody" in shown
    assert "--times" in shown


def test_errors_become_messages_and_exit_codes(repository) -> None:
    """Errors of the extension API are told as the program's own are."""
    result = repository("refuse")
    assert result.returncode == 255
    assert result.stderr == "abort: not now\n(later)\n"
    result = repository("refuse", "--config", "ui.detailed-exit-code=yes")
    assert result.returncode == 20


def test_other_exceptions_show_where(repository) -> None:
    """A mistake in an extension shows its traceback and fails."""
    result = repository("crash")
    assert result.returncode == 1
    assert "ValueError: a mistake" in result.stderr


def test_extension_that_cannot_be_loaded_is_told(repository) -> None:
    """The rest goes on."""
    result = repository("root", "--config", "extensions.gone=/nowhere/gone.py")
    assert result.returncode == 0
    assert '*** failed to import extension "gone"' in result.stderr



def test_docstrings_show_as_they_are_laid_out(tmp_path: Path, native_bin: Path) -> None:
    """The first line is the summary, even an empty one; a paragraph that goes on is one."""
    (tmp_path / "laid.py").write_text(
        '"""\nSays nothing in its first line."""\n'
        "from mercurial import registrar\n"
        "cmdtable = {}\n"
        "command = registrar.command(cmdtable)\n"
        "@command(b'empty', [], b'')\n"
        "def empty(ui, repo):\n"
        '    """\n    Begins late.\n    """\n'
        "@command(b'goeson', [], b'', norepo=True)\n"
        "def goeson(ui):\n"
        '    """Begins here and\n    goes on.\n\n    More.\n    """\n'
    )

    def said(*args: str) -> str:
        result = run_with(native_bin, tmp_path / "laid.py", *args)
        return result.stdout + result.stderr

    assert "\n\nBegins here and goes on.\n\nMore.\n\n" in said("help", "goeson")
    assert "hg empty\n\nBegins late.\n\n" in said("help", "empty")
    page = said("help", "laid")
    assert page.startswith("laid extension -\n\nSays nothing in its first line.\n\n")
    assert "\n empty\n goeson        Begins here and\n" in page
    assert "(use 'hg help -v laid' to show" in page
    assert said("goeson", "x").startswith("hg goeson\n\nBegins here and\n\n(use 'hg goeson -h'")


def test_commands_of_disabled_extensions_are_told(repository) -> None:
    """By the names that abbreviations stand for."""
    told = "'email' is provided by the following extension:\n"
    assert told in repository("emai").stdout
    result = repository("help", "emai")
    assert (result.returncode, result.stdout.startswith(told)) == (0, True)


def test_extensions_hear_how_much_to_tell(tmp_path: Path, native_bin: Path) -> None:
    """While they are set up, before the command line is parsed."""
    (tmp_path / "told.py").write_text(
        "def uisetup(ui):\n    ui.status(b'status\\n')\n    ui.note(b'note\\n')\n"
    )

    def said(*args: str) -> str:
        return run_with(native_bin, tmp_path / "told.py", *args).stdout

    assert said("version", "-q").splitlines()[0].startswith("Mercurial")
    assert said("version").splitlines()[0] == "status"
    assert said("version", "-v").splitlines()[:2] == ["status", "note"]
