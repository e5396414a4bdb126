"""What extensions that wrap exchanges see: arguments, the other side, the operation."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment

EXTENSION = '''
from mercurial import exchange, extensions, hg, registrar

cmdtable = {}
command = registrar.command(cmdtable)


def show(repo, name, remote, options):
    kind = type(remote).__name__
    repo.ui.write(b"%s %s %s\\n" % (name, kind.encode(), b" ".join(sorted(
        key.encode() for key in options))))
    repo.ui.write(b"%r\\n" % [bool(remote.local()), remote.canpush(),
        remote.capable(b"branchmap"), remote.capable(b"nothing"), len(remote.heads()),
        sorted(remote.branchmap()), sorted(remote.listkeys(b"bookmarks")),
        remote.known([b"x" * 20])])


def pull(orig, repo, remote, *args, **options):
    show(repo, b"pull", remote, options)
    done = orig(repo, remote, *args, **options)
    repo.ui.write(b"%r %r\\n" % (done.cgresult, done.remote_path is not None))
    return done


def push(orig, repo, remote, *args, **options):
    show(repo, b"push", remote, options)
    return orig(repo, remote, *args, **options)


def extsetup(ui):
    extensions.wrapfunction(exchange, "pull", pull)
    extensions.wrapfunction(exchange, "push", push)


@command(b"ask", [], b"WHERE", norepo=True)
def ask(ui, where):
    """ask another repository"""
    other = hg.peer(ui, {}, where)
    with other.commandexecutor() as executor:
        heads = executor.callcommand(b"heads", {}).result()
    with other.commandexecutor() as executor:
        tip = executor.callcommand(b"lookup", {b"key": b"tip"}).result()
    ui.write(b"%d %d\\n" % (len(heads), tip in heads))
    other.close()
'''


@pytest.fixture(params=["ours", "oracle"])
def session(request, tmp_path: Path, native_bin: Path):
    """Return a function that runs `hg` in a clone of `a`, which has more."""
    (tmp_path / "ext.py").write_text(EXTENSION)
    hg = str(native_bin / "hg") if request.param == "ours" else request.getfixturevalue("oracle")
    ssh = tmp_path / "ssh"
    ssh.write_text(f'#!{sys.executable}\nimport os, sys\nos.execvp("sh", ["sh", "-c", sys.argv[2]])\n')
    ssh.chmod(0o755)
    hgrc = tmp_path / "hgrc"
    hgrc.write_text(f"[ui]\nssh = {ssh}\nremotecmd = {hg}\n")
    env = {**hermetic_environment(native_bin), "HGRCPATH": str(hgrc)}

    def run(*args: str, cwd: Path) -> str:
        done = subprocess.run(
            [hg, *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    first = tmp_path / "a"
    first.mkdir()
    run("init", cwd=first)
    for name in "xyz":
        (first / name).write_text(name)
        run("commit", "-Am", name, "-d", "0 0", cwd=first)
    run("bookmark", "mark", cwd=first)
    run("clone", "-q", "-r", "0", "a", "b", cwd=tmp_path)
    hgrc.write_text(hgrc.read_text() + f"[extensions]\next = {tmp_path}/ext.py\n")
    return lambda *args: run(*args, cwd=tmp_path / "b")


@pytest.mark.parametrize("ssh", [False, True])
def test_wrapped_exchanges(session, tmp_path: Path, ssh: bool) -> None:
    """A wrapper sees upstream's arguments and can ask the other side."""
    where = f"ssh://user@dummy/{tmp_path}/a" if ssh else str(tmp_path / "a")
    kind = "sshv1peer" if ssh else "localpeer"
    caps = "True, True, False" if ssh else "True, True, False"
    told = f"[{not ssh}, {caps}, 1, [b'default'], [b'mark'], [False]]"
    pulled = session("pull", where).splitlines()
    assert f"pull {kind} bookmarks confirm force heads opargs path" in pulled
    assert told in pulled
    assert "1 True" in pulled
    pushed = session("push", where).splitlines()
    assert f"push {kind} bookmarks newbranch opargs publish revs" in pushed
    assert told in pushed


@pytest.mark.parametrize("ssh", [False, True])
def test_peers_answer(session, tmp_path: Path, ssh: bool) -> None:
    """Programs ask other repositories through a peer."""
    where = f"ssh://user@dummy/{tmp_path}/a" if ssh else str(tmp_path / "a")
    assert session("ask", where) == "1 1\n"
