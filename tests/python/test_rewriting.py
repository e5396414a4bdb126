"""What extensions that rewrite history and filter files call, compared with the oracle's answers."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment

EXTENSION = '''
"""a test extension"""

import atexit

from mercurial import cmdutil, context, copies, graphmod, logcmdutil, merge, obsolete
from mercurial import obsutil, registrar, scmutil, state
from mercurial.utils import cborutil

cmdtable = {}
command = registrar.command(cmdtable)


def shout(content, params, ui=None, **about):
    assert sorted(about) == ["filename", "repo"] and ui
    return content.upper() if params == b"up" else content.lower()


def reposetup(ui, repo):
    class filtering(repo.__class__):
        def wwrite(self, filename, data, flags, *args, **opts):
            if filename.endswith(b".k"):
                data = data.replace(b"KEY", b"<key>")
            return super().wwrite(filename, data, flags, *args, **opts)

        def wread(self, filename):
            data = super().wread(filename)
            return data.replace(b"<key>", b"KEY") if filename.endswith(b".k") else data

        def commitctx(self, ctx, *args, **kwargs):
            working = isinstance(ctx, context.workingcommitctx)
            if working:
                ctx.extra()[b"seen"] = b"yes"
            return super().commitctx(ctx, *args, **kwargs)

    repo.__class__ = filtering
    repo.adddatafilter(b"shout:", shout)


@command(b"tree", [], b"")
def tree(ui, repo):
    """draw"""
    displayer = logcmdutil.changesetdisplayer(
        ui, repo, {b"template": b"{rev} {desc}\\n"}, buffered=True
    )
    revs = list(repo.revs(b"sort(all(), -rev)"))
    walker = graphmod.dagwalker(repo, revs)
    logcmdutil.displaygraph(ui, repo, walker, displayer, graphmod.asciiedges)


@command(b"reword", [(b"", b"fixphase", None, b"the phase follows")], b"TEXT")
def reword(ui, repo, text, fixphase=False):
    """another description in memory"""
    with repo.wlock(), repo.lock(), repo.transaction(b"reword"):
        old = repo[b"."]
        over = context.overlayworkingctx(repo)
        over.setbase(old.p1())
        merge._update(repo, old.node(), False, True, wc=over)
        parents = (old.p1().node(), old.p2().node())
        new = over.tomemctx(text, parents=parents, user=old.user(), date=old.date(),
                            extra=old.extra()).commit()
        with repo.dirstate.changing_parents(repo):
            scmutil.movedirstate(repo, repo[new])
        cmdutil.cleanup_nodes(repo, {old.node(): [new]}, b"reword", fixphase=bool(fixphase))


@command(b"join", [], b"")
def join(ui, repo):
    """fold parent and grandparent, by markers only"""
    with repo.wlock(), repo.lock(), repo.transaction(b"join"):
        one, two, result = repo[0], repo[1], repo[2]
        obsolete.createmarkers(repo, [((one, two), (result,))], operation=b"join")
    for marker in sorted(repo.obsstore):
        ui.write(b"%s %r\\n" % (marker[0].hex().encode()[:12], sorted(marker[3])))


@command(b"keep", [], b"")
def keep(ui, repo):
    """state files"""
    kept = state.cmdstate(repo, b"kept")
    kept.save(1, {b"list": [1, -7, 70000], b"set": {b"b", b"a"}, b"none": None, b"yes": True})
    ui.write(b"%r\\n" % repo.vfs.read(b"kept"))
    ui.write(b"%s\\n" % repr(sorted(kept.read().items())).encode())


@command(b"markers", [], b"")
def markers(ui, repo):
    """encodings"""
    data = list(repo.obsstore)
    for version in (0, 1):
        text = b"".join(obsolete.encodemarkers(data, True, version))
        found, again = obsolete._readmarkers(text)
        ui.write(b"%d %d %s\\n" % (found, len(list(again)), text.hex().encode()))


@command(b"bye", [], b"", norepo=True)
def bye(ui):
    """at exit"""
    atexit.register(print, "gone", flush=True)
'''


@pytest.fixture(params=["ours", "oracle"])
def session(request, tmp_path: Path, door_bin):
    """Return a function that runs `hg` with the extension; ours or the oracle's."""
    (tmp_path / "ext.py").write_text(EXTENSION)
    hgrc = tmp_path / "hgrc"
    hgrc.write_text(
        f"[extensions]\next = {tmp_path}/ext.py\n[experimental]\nevolution = all\n"
        "[devel]\ndefault-date = 0 0\n[encode]\n*.s = shout: up\n[decode]\n*.s = shout: down\n"
    )
    root = tmp_path / "repo"
    root.mkdir()
    env = {**hermetic_environment(door_bin("native")), "HGRCPATH": str(hgrc)}
    hg = "hg" if request.param == "ours" else request.getfixturevalue("oracle")

    def run(*args: str) -> str:
        done = subprocess.run(
            [hg, *args], cwd=root, env=env, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done.stdout

    run.root = root
    run("init")
    for name in ("one", "two", "three"):
        (root / name).write_text(f"{name}\n")
        run("commit", "-Am", name, "-d", "0 0")
    return run


def test_filters_reach_native_commands(session) -> None:
    """What is stored and what lies there differ as functions and methods of extensions say."""
    (session.root / "a.s").write_text("Mixed\n")
    (session.root / "b.k").write_text("a <key> here\n")
    session("commit", "-Am", "filtered")
    assert session("debugdata", "a.s", "0") == "MIXED\n"
    assert session("debugdata", "b.k", "0") == "a KEY here\n"
    session("update", "-q", "null")
    session("update", "-q", "tip")
    assert (session.root / "a.s").read_text() == "mixed\n"
    assert (session.root / "b.k").read_text() == "a <key> here\n"
    assert session("status") == ""
    (session.root / "b.k").write_text("a <key> there\n")
    assert "+a KEY there" in session("diff", "b.k")
    session("revert", "--no-backup", "b.k")
    assert (session.root / "b.k").read_text() == "a <key> here\n"


def test_working_commits_are_told_from_others(session) -> None:
    """Only a commit of the working directory is shown to `commitctx` as one."""
    assert session("log", "-r", ".", "-T", "{extras}") == "branch=defaultseen=yes"
    session("commit", "--amend", "-m", "again")
    shown = session("log", "-r", ".", "-T", "{join(extras, ' ')}")
    assert shown.startswith("amend_source=")


def test_rewriting_in_memory(session) -> None:
    """A changeset gets another description: marker, bookmark and working directory follow."""
    session("bookmark", "mark")
    session("reword", "new text")
    assert session("log", "-r", ".", "-T", "{desc} {bookmarks} {files}") == "new text mark three"
    assert session("status") == ""
    session("update", "-q", "0")
    assert session("tree") == "o  3 new text\n|\no  1 two\n|\n@  0 one\n\n"
    data = session("markers").split("\n")
    assert [line[:3] for line in data[:2]] == ["0 1", "1 1"]


def test_what_replaces_a_secret_changeset_is_secret(session) -> None:
    """`fixphase` gives the phase of what was replaced; bookmarks follow."""
    session("phase", "--secret", "--force", ".")
    session("bookmark", "mark")
    session("reword", "--fixphase", "new text")
    shown = session("log", "-r", ".", "-T", "{desc} {phase} {bookmarks}")
    assert shown == "new text secret mark"


def test_same_bytes_as_upstream(session) -> None:
    """Formats of files and markers are facts that others read."""
    kept = session("keep").split("\n")
    assert kept[0] == (
        "b'1\\n\\xa4Dlist\\x83\\x01&\\x1a\\x00\\x01\\x11pDnone\\xf6Cset\\xd9\\x01\\x02\\x82AaAbCyes\\xf5'"
    )
    joined = session("join")
    assert joined.count("(b'fold-size', b'2')") == 2
    assert "(b'fold-id', b'" in joined


def test_handlers_run_at_exit(session) -> None:
    """What an extension registers with `atexit` runs."""
    assert session("bye") == "gone\n"


def test_damaged_state_is_refused() -> None:
    """Values that are cut short or too deep are errors, never crashes."""
    from mercurial.utils import cborutil

    for text in (b"\x9a\xff\xff\xff\xff", b"\x81" * 1000, b"\xff", b"\x5f\x01\xff", b"\xa1\x80\x01"):
        with pytest.raises(cborutil.CBORDecodeError):
            cborutil.decodeall(text)
    assert cborutil.decodeall(b"") == []
