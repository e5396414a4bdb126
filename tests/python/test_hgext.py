"""Bundled extensions, each doing its job."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment


@pytest.fixture
def hg(tmp_path: Path, native_bin: Path):
    """Return a function that runs `hg` in a repository with two changesets."""
    root = tmp_path / "repo"
    root.mkdir()

    def run(*args: str, cwd: Path = root) -> subprocess.CompletedProcess:
        env = hermetic_environment(native_bin)
        return subprocess.run(
            ["hg", *args], cwd=cwd, env=env, capture_output=True, text=True, check=False
        )

    assert run("init").returncode == 0
    for number in range(2):
        (root / "a").write_text("x\n" * (number + 1))
        assert run("commit", "-Am", f"c{number}", "-d", "0 0").returncode == 0
    run.root = root  # type: ignore[attr-defined]
    return run


def enable(name: str) -> tuple[str, str]:
    """Return the arguments that enable an extension."""
    return "--config", f"extensions.{name}="


def test_children(hg) -> None:
    """The changeset after the first."""
    assert hg("children", "-r", "0", "-T", "{rev} {desc}\n", *enable("children")).stdout == "1 c1\n"


def test_churn(hg) -> None:
    """Two lines were added."""
    words = hg("churn", *enable("churn")).stdout.split()
    assert words[:2] == ["test", "2"]


def test_commitextras(hg) -> None:
    """A value is stored with the changeset; keys of the program's own are refused."""
    more = (*enable("commitextras"), "--config", "ui.allowemptycommit=1")
    assert hg("commit", "-m", "x", "--extra", "key=value", *more).returncode == 0
    assert "key=value" in hg("log", "-l1", "-T", "{extras}").stdout
    assert hg("commit", "-m", "x", "--extra", "branch=x", *more).returncode == 255


def test_extdiff(hg) -> None:
    """The program gets the two versions."""
    result = hg("extdiff", "-p", "cat", "-c", "1", *enable("extdiff"))
    assert (result.stdout, result.returncode) == ("x\nx\nx\n", 1)


def test_schemes(hg) -> None:
    """A short address stands for a long one."""
    more = ("--config", "schemes.z=file:///tmp/{1}/y/", *enable("schemes"))
    assert hg("debugexpandscheme", "z://a/b", *more).stdout == "file:///tmp/a/y/b\n"


def test_blackbox(hg, tmp_path: Path) -> None:
    """Commands are written down."""
    hg("status", *enable("blackbox"))
    text = (tmp_path / "repo/.hg/blackbox.log").read_text()
    assert "> status --config" in text
    assert " exited 0 after " in text


def test_notify(hg, tmp_path: Path) -> None:
    """A mail about each changeset that comes in."""
    assert hg("clone", "-q", "-r", "0", ".", str(tmp_path / "other")).returncode == 0
    (tmp_path / "other/.hg/hgrc").write_text(
        "[hooks]\nincoming.notify = python:hgext.notify.hook\n"
        "[notify]\nsources = pull\ndomain = example.com\n[reposubs]\n* = someone\n"
    )
    result = hg("pull", str(tmp_path / "repo"), cwd=tmp_path / "other")
    assert "To: someone@example.com\n" in result.stdout, result.stderr
    assert "+x\n" in result.stdout


def test_acl(hg, tmp_path: Path) -> None:
    """A denied path stops a commit."""
    (tmp_path / "repo/.hg/hgrc").write_text(
        "[hooks]\npretxncommit.acl = python:hgext.acl.hook\n[acl.deny]\n** = *\n"
    )
    result = hg("tag", "t")
    assert result.returncode == 255
    assert "denied on" in result.stderr


def test_closehead(hg) -> None:
    """The head is closed where it is."""
    assert hg("close-head", "-m", "done", "tip", *enable("closehead")).returncode == 0
    assert hg("log", "-r", "closed()", "-T", "{desc}\n").stdout == "done\n"


def test_fix(hg) -> None:
    """Changed lines of revisions and of the working directory go through the tool."""
    tool = (
        *enable("fix"),
        "--config",
        "fix.up:command=tr x y",
        "--config",
        "fix.up:pattern=a",
    )
    result = hg("fix", "--source", "0", *tool)
    assert result.returncode == 0, result.stderr
    assert hg("cat", "-r", "0", "a").stdout == "y\n"
    assert hg("cat", "-r", "tip", "a").stdout == "y\ny\n"
    assert "fix_source=" in hg("log", "-r", "tip", "-T", "{extras}").stdout
    assert hg("status").stdout == ""
    assert hg("parents", "-T", "{rev}").stdout == "1"


def test_fix_failure(hg) -> None:
    """With `fix.failure=abort`, a tool that fails stops everything."""
    tool = ("--config", "fix.no:command=exit 3", "--config", "fix.no:pattern=a")
    result = hg("fix", "-r", ".", *enable("fix"), *tool, "--config", "fix.failure=abort")
    assert result.returncode == 255
    assert result.stderr.splitlines() == [
        "[1] no: exited with status 3",
        "abort: no fixes will be applied",
        "(use --config fix.failure=continue to apply any successful fixes anyway)",
    ]


def test_patchbomb(hg) -> None:
    """Two changesets: an introduction and two mails that refer to it."""
    more = ("-n", "-f", "me", "-t", "you", "-c", "them", "-s", "both", "--date", "1 0")
    (hg.root / "intro").write_text("hello\n")
    result = hg("email", *more, "--desc", "intro", "-r", "0:1", *enable("patchbomb"))
    assert result.returncode == 0, result.stderr
    subjects = [line for line in result.stdout.splitlines() if line.startswith("Subject: ")]
    assert subjects == [
        "Subject: [PATCH 0 of 2] both",
        "Subject: [PATCH 1 of 2] c0",
        "Subject: [PATCH 2 of 2] c1",
    ]
    assert result.stdout.count("In-Reply-To: <patchbomb.1@") == 2
    assert result.stdout.count("+x\n") == 2


def test_patchbomb_needs_changesets(hg) -> None:
    """Nothing is chosen without being asked for."""
    result = hg("email", "-n", *enable("patchbomb"))
    assert (result.returncode, result.stderr) == (
        255,
        "abort: specify at least one changeset with -B, -r or -o\n",
    )


def test_releasenotes(hg) -> None:
    """A note of a message becomes an item of a section, once."""
    (hg.root / "a").write_text("z\n")
    message = "title\n\n.. fix::\n\n   It works\n   again.\n"
    assert hg("commit", "-m", message).returncode == 0
    for _round in range(2):
        result = hg("releasenotes", "-r", ".", "notes", *enable("releasenotes"))
        assert result.returncode == 0, result.stderr
        notes = (hg.root / "notes").read_text()
        assert notes == "Bug Fixes\n=========\n\n* It works again.\n"
    shown = hg("debugparsereleasenotes", "notes", *enable("releasenotes")).stdout
    assert shown == "section: fix\n  bullet point:\n    paragraph: It works again.\n"


def test_highlight(hg) -> None:
    """A file becomes HTML, a line each; enabling it changes no command."""
    pytest.importorskip("pygments")
    from hgext import highlight
    from mercurial import hg as hgmod
    from mercurial import ui as uimod

    (hg.root / "b.py").write_text('import os\nprint("<a>")\n')
    assert hg("commit", "-Am", "python", *enable("highlight")).returncode == 0
    repo = hgmod.repository(uimod.ui.load(), bytes(hg.root))
    fctx = repo[b"tip"][b"b.py"]
    assert highlight.checkfctx(fctx, b"size('<5M')")
    found = list(highlight.lines(fctx, b"colorful"))
    assert len(found) == 2
    assert b"<span" in found[0]
    assert b"&lt;a&gt;" in found[1]


def test_keyword(hg) -> None:
    """Keywords show in the working directory and nowhere else."""
    more = (
        *enable("keyword"),
        *("--config", "keyword.*.k="),
        *("--config", "keywordmaps.Id={file} {rev} {desc}"),
    )
    file = hg.root / "f.k"
    file.write_text("$Id$\nbody\n")
    assert hg("commit", "-Am", "kw", *more).returncode == 0
    expanded = "$Id: f.k 2 kw $\nbody\n"
    assert file.read_text() == expanded
    assert hg("debugdata", "f.k", "0").stdout == "$Id$\nbody\n"
    assert hg("status", *more).stdout == ""
    assert hg("cat", "f.k", *more).stdout == expanded
    hg("update", "-q", "0", *more)
    hg("update", "-q", "tip", *more)
    assert file.read_text() == expanded
    hg("clone", "-q", ".", "../other", *more)
    assert (hg.root.parent / "other/f.k").read_text() == expanded
    file.write_text(expanded + "more\n")
    assert "\n $Id$\n body\n+more\n" in hg("diff", *more).stdout
    refused = hg("kwshrink", *more)
    assert (refused.stderr, refused.returncode) == (
        "abort: outstanding uncommitted changes\n",
        255,
    )
    hg("revert", "--no-backup", "f.k", *more)
    hg("kwshrink", *more)
    assert file.read_text() == "$Id$\nbody\n"
    assert hg("kwfiles", "-A", *more).stdout == "K f.k\nI a\n"
    hg("kwexpand", *more)
    assert file.read_text() == expanded
    hg("copy", "f.k", "g.k", *more)
    assert (hg.root / "g.k").read_text() == "$Id$\nbody\n"


def test_keyword_demo(hg) -> None:
    """The configuration, and what it does to a file."""
    shown = hg("kwdemo", "-q", "Where={branch}", *enable("keyword")).stdout
    assert shown == (
        "[extensions]\nkeyword =\n[keyword]\ndemo.txt = \n[keywordset]\nsvn = False\n"
        "[keywordmaps]\nWhere = {branch}\n$Where: demobranch $\n"
    )


def test_patchbomb_public_url(hg, tmp_path: Path) -> None:
    """Mails that name a place to pull from are not sent before it has the changesets."""
    assert hg("clone", "-q", "-r", "0", ".", str(tmp_path / "public")).returncode == 0
    place = f"patchbomb.publicurl={tmp_path}/public"
    mail = ("email", "-n", "-f", "me", "-t", "you", "-s", "s", "-r", "1", *enable("patchbomb"))
    result = hg(*mail, "--config", place)
    short = hg("log", "-r", "1", "-T", "{node|short}").stdout
    assert (result.returncode, result.stderr) == (
        255,
        f"abort: public url {tmp_path}/public is missing {short}\n"
        f"(use 'hg push {tmp_path}/public -r {short}')\n",
    )
    hg("push", str(tmp_path / "public"))
    assert hg(*mail, "--config", place).returncode == 0


def test_patchbomb_outgoing_of_a_bookmark(hg, tmp_path: Path) -> None:
    """Of what only the bookmark reaches, the other side has some."""
    assert hg("clone", "-q", "-r", "0", ".", str(tmp_path / "other")).returncode == 0
    hg("bookmark", "-r", "1", "mark")
    more = ("-n", "-f", "me", "-t", "you", "-s", "s", "--date", "1 0", *enable("patchbomb"))
    result = hg("email", *more, "-B", "mark", "-o", "../other")
    assert result.stdout.startswith("comparing with ../other\n"), result.stderr
    assert "this patch series consists of 1 patches.\n" in result.stdout


def test_patches_that_answer(hg) -> None:
    """Without an introduction all patches answer the mail that was named."""
    more = ("-n", "-f", "me", "-t", "you", "-s", "", "--date", "1 0", *enable("patchbomb"))
    quiet = ("--config", "patchbomb.intro=never", "--in-reply-to", "baz")
    result = hg("email", *more, *quiet, "-r", "0:1")
    assert result.stdout.count("In-Reply-To: <baz>\n") == 2, result.stderr


def test_notify_needs_its_file(hg, tmp_path: Path) -> None:
    """A file of subscriptions that is not there is told."""
    assert hg("clone", "-q", "-r", "0", ".", str(tmp_path / "other")).returncode == 0
    (tmp_path / "other/.hg/hgrc").write_text(
        "[hooks]\nincoming.notify = python:hgext.notify.hook\n"
        "[notify]\nsources = pull\nconfig = /nowhere/subscriptions\n"
    )
    result = hg("pull", str(tmp_path / "repo"), cwd=tmp_path / "other")
    assert "No such file or directory: b'/nowhere/subscriptions'\n" in result.stderr


def test_notify_shortens_statistics(hg, tmp_path: Path) -> None:
    """What is left out is told; the sum stays."""
    assert hg("clone", "-q", "-r", "0", ".", str(tmp_path / "other")).returncode == 0
    (hg.root / "b").write_text("b\n")
    (hg.root / "a").write_text("a\n")
    hg("commit", "-A", "-m", "more")
    (tmp_path / "other/.hg/hgrc").write_text(
        "[hooks]\nincoming.notify = python:hgext.notify.hook\n"
        "[notify]\nsources = pull\nmaxdiffstat = 1\n[reposubs]\n* = someone\n"
    )
    told = hg("pull", str(tmp_path / "repo"), cwd=tmp_path / "other").stdout
    assert "diffstat (truncated from 2 to 1 lines):\n\n a |  3 +--\n 2 files changed" in told


def test_extdiff_to(hg) -> None:
    """Without --from, the working directory is compared."""
    (hg.root / "a").write_text("z\n")
    result = hg("extdiff", "-p", "cat", "--to", "0", *enable("extdiff"))
    assert (result.stdout, result.returncode) == ("z\nx\n", 1)


def test_hooks_of_fix_get_objects(hg, tmp_path: Path) -> None:
    """Not texts of them."""
    (tmp_path / "told.py").write_text(
        "def hook(ui, repo, rev=None, replacements=None, metadata=None, **kwargs):\n"
        "    ui.write(b'%s\\n' % repr((rev, replacements, metadata)).encode())\n"
    )
    tool = ("--config", "fix.up:command=tr x y", "--config", "fix.up:pattern=a")
    hooks = [
        word
        for name in ("postfixfile", "postfix")
        for word in ("--config", f"hooks.{name}=python:{tmp_path}/told.py:hook")
    ]
    (hg.root / "a").write_text("x\nx\nx\n")
    told = hg("fix", "-w", *tool, *hooks, *enable("fix")).stdout
    assert told == "(2147483647, None, {b'up': None})\n(None, {}, {})\n"
