"""Nothing that a repository, a bundle or a patch names is written outside the working directory."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .damage import Crafted, assert_controlled, run
from .history import Hg, new_repository

SAFE = [(b"safe", b"", b"safe\n")]

# What the second changeset holds besides `safe`: names and links that lead elsewhere.
ATTACKS = {
    "parent": [(b"../outside", b"", b"evil\n")],
    "parent-inside": [(b"a/../../outside", b"", b"evil\n")],
    "absolute": [(b"/tmp/outside-of-hg", b"", b"evil\n")],
    "config": [(b".hg/hgrc", b"", b"[hooks]\nupdate=touch ../outside\n")],
    "config-upper": [(b".HG/hgrc", b"", b"[hooks]\nupdate=touch ../outside\n")],
    "config-ignorable": [(b".h\xe2\x80\x8cg/hgrc", b"", b"evil\n")],
    "config-short": [(b"HG~1/hgrc", b"", b"evil\n")],
    "nested": [(b"sub/.hg/hgrc", b"", b"evil\n")],
    "hg-is-a-file": [(b".hg", b"", b"evil\n")],
    "hg-is-a-link": [(b".hg", b"l", b"..")],
    "link-then-file": [(b"link", b"l", b".."), (b"link/outside", b"", b"evil\n")],
    "link-to-hg": [(b"link", b"l", b".hg"), (b"link/hgrc", b"", b"evil\n")],
    "trailing-slash": [(b"dir/", b"", b"evil\n")],
    "empty-component": [(b"a//../../outside", b"", b"evil\n")],
    "dot": [(b"./../outside", b"", b"evil\n")],
    "long": [(b"x" * 300, b"", b"evil\n"), (b"d/" * 600 + b"f", b"", b"evil\n")],
}

COMMANDS = [
    ["update", "-C", "1"],
    ["revert", "-a", "-r", "1"],
    ["archive", "../archive", "-r", "1"],
    ["merge", "1"],
    ["backout", "-r", "1"],
    ["graft", "1"],
    ["cat", "-r", "1", "set:**", "-o", "../cat/%p"],
    ["export", "-r", "1", "-o", "../export"],
    ["clone", ".", "../clone"],
    ["log", "-p", "-r", "1"],
    ["verify"],
]

# Where commands are asked to write.
WANTED = {"repo", "in.hg", "archive", "clone", "cat", "export", "in.patch", "secret"}


def snapshot(directory: Path) -> dict[str, bytes]:
    """Return every file below a directory with its content."""
    return {
        str(p.relative_to(directory)): p.read_bytes()
        for p in sorted(directory.rglob("*"))
        if p.is_file() and not p.is_symlink()
    }


def assert_inside(place: Path, case: str) -> None:
    """Assert that nothing was written where nobody asked for it."""
    assert {p.name for p in place.iterdir()} <= WANTED, case
    hgrc = place / "repo/.hg/hgrc"
    assert not hgrc.exists() and (place / "repo/.hg").is_dir(), case
    assert not (place / "repo/.hg").is_symlink(), case
    assert not Path("/tmp/outside-of-hg").exists(), case
    for made in ("archive", "clone"):
        for name, content in snapshot(place / made).items():
            inside = ".hg/" in name and not name.startswith(".hg/store/")
            assert not (inside and b"evil" in content), f"{case}: {name}"


@pytest.mark.parametrize("attack", ATTACKS)
def test_manifests_do_not_lead_outside(ours: Hg, tmp_path: Path, attack: str) -> None:
    """Every command that writes files refuses what leads elsewhere, or writes inside."""
    place = tmp_path / "place"
    for number, command in enumerate(COMMANDS):
        place = tmp_path / f"place{number}"
        root = new_repository(ours, place / "repo")
        Crafted([*SAFE, *ATTACKS[attack]], SAFE).write(place / "in.hg")
        (place / "secret").write_text("untouched\n")
        (place / "cat").mkdir()
        assert_controlled(run(ours, ["unbundle", "../in.hg"], root), f"{attack} unbundle")
        assert_controlled(run(ours, ["update", "-C", "0"], root), f"{attack} update 0")
        case = f"{attack} {command}"
        assert_controlled(run(ours, command, root), case)
        assert (place / "secret").read_text() == "untouched\n", case
        assert_inside(place, case)


PATCHES = {
    "parent": b"--- a/../outside\n+++ b/../outside\n@@ -0,0 +1,1 @@\n+evil\n",
    "git-parent": b"diff --git a/../outside b/../outside\nnew file mode 100644\n"
    b"--- /dev/null\n+++ b/../outside\n@@ -0,0 +1,1 @@\n+evil\n",
    "git-rename": b"diff --git a/safe b/../outside\nrename from safe\nrename to ../outside\n",
    "git-copy-from": b"diff --git a/../secret b/stolen\ncopy from ../secret\ncopy to stolen\n",
    "config": b"diff --git a/.hg/hgrc b/.hg/hgrc\nnew file mode 100644\n"
    b"--- /dev/null\n+++ b/.hg/hgrc\n@@ -0,0 +1,1 @@\n+evil\n",
    "link-then-file": b"diff --git a/link b/link\nnew file mode 120000\n--- /dev/null\n"
    b"+++ b/link\n@@ -0,0 +1,1 @@\n+..\n\\ No newline at end of file\n"
    b"diff --git a/link/outside b/link/outside\nnew file mode 100644\n--- /dev/null\n"
    b"+++ b/link/outside\n@@ -0,0 +1,1 @@\n+evil\n",
    "absolute": b"--- /tmp/outside-of-hg\n+++ /tmp/outside-of-hg\n@@ -0,0 +1,1 @@\n+evil\n",
    "through-link": b"--- a/away/outside\n+++ b/away/outside\n@@ -0,0 +1,1 @@\n+evil\n",
}


@pytest.mark.parametrize("strip", ["0", "1"])
@pytest.mark.parametrize("attack", PATCHES)
def test_patches_do_not_lead_outside(
    ours: Hg, upstream: Hg, tmp_path: Path, attack: str, strip: str
) -> None:
    """`import` refuses names that lead elsewhere, as upstream does."""
    ends = []
    for hg, name in ((ours, "ours"), (upstream, "upstream")):
        place = tmp_path / name
        root = new_repository(hg, place / "repo")
        (root / "safe").write_text("safe\n")
        hg.run("commit", "-A", "-q", "-m", "safe", "-d", "0 0", cwd=root)
        (root / "away").symlink_to("..")
        (place / "secret").write_text("untouched\n")
        (place / "in.patch").write_bytes(PATCHES[attack])
        result = run(hg, ["import", "--no-commit", "-p", strip, "../in.patch"], root)
        assert_controlled(result, f"{attack} {name}")
        if hg is ours:
            assert_inside(place, attack)
        ends.append((result.returncode, result.stderr.replace(b"/upstream/", b"/ours/")))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    "command",
    [
        ["update", "-C", "tip"],
        ["revert", "-a", "-r", "tip"],
        ["add", "dir/new"],
        ["remove", "dir/file"],
        ["copy", "top", "dir/file"],
        ["rename", "top", "dir/file"],
        ["forget", "dir/file"],
        ["cat", "dir/file"],
        ["purge", "--all"],
        ["commit", "-m", "x", "dir/file"],
        ["addremove"],
        ["status", "-A"],
        ["diff"],
    ],
    ids=" ".join,
)
def test_links_in_place_of_directories(
    ours: Hg, upstream: Hg, tmp_path: Path, command: list[str]
) -> None:
    """A directory that became a link to elsewhere is not written through, as upstream says it."""
    ends = []
    for hg, name in ((ours, "ours"), (upstream, "upstream")):
        place = tmp_path / name
        root = new_repository(hg, place / "repo")
        (root / "dir").mkdir()
        (root / "dir/file").write_text("one\n")
        (root / "top").write_text("top\n")
        hg.run("commit", "-A", "-q", "-m", "one", "-d", "0 0", cwd=root)
        (root / "dir/file").write_text("two\n")
        hg.run("commit", "-q", "-m", "two", "-d", "0 0", cwd=root)
        hg.run("update", "-q", "0", cwd=root)
        (place / "elsewhere").mkdir()
        (place / "elsewhere/file").write_text("precious\n")
        (place / "elsewhere/new").write_text("precious\n")
        (root / "dir/file").unlink()
        (root / "dir").rmdir()
        (root / "dir").symlink_to("../elsewhere")
        result = run(hg, ["--config", "extensions.purge=", *command], root)
        assert_controlled(result, f"{command} {name}")
        if hg is ours:
            kept = snapshot(place / "elsewhere")
            assert kept == {"file": b"precious\n", "new": b"precious\n"}, result.stderr
        ends.append((result.returncode, result.stdout, result.stderr))
    assert ends[0] == ends[1]


@pytest.mark.parametrize(
    "location",
    [
        "ssh://-oProxyCommand=touch%20outside/repo",
        "ssh://user@-oProxyCommand=touch%20outside/repo",
        "ssh://host:-oX/repo",
        "ssh://%2DoProxyCommand=touch%20outside/repo",
        "ssh://host'`touch outside`/repo",
    ],
)
def test_locations_are_no_options(ours: Hg, tmp_path: Path, location: str) -> None:
    """A location that would become an option of `ssh` or of a shell is refused."""
    for command in (["clone", location, "x"], ["identify", location]):
        result = run(ours, command, tmp_path, timeout=20)
        assert_controlled(result, location)
        assert result.returncode == 255
    assert not (tmp_path / "outside").exists()


def test_untrusted_configuration_runs_nothing(ours: Hg, upstream: Hg, tmp_path: Path) -> None:
    """Hooks, aliases and extensions of somebody else's hgrc are ignored, and that is told."""
    if os.getuid() != 0:
        pytest.skip("only root can give files away")
    told = []
    for hg, name in ((ours, "ours"), (upstream, "upstream")):
        root = new_repository(hg, tmp_path / name / "repo")
        (root / "file").write_text("one\n")
        hgrc = root / ".hg/hgrc"
        hgrc.write_text(
            "[hooks]\ncommit=touch ../outside\npre-commit=touch ../outside\n"
            "[alias]\nstatus=!touch ../outside\nmine=status\n"
            "[extensions]\nevil=../evil.py\n[ui]\neditor=touch ../outside\n"
            "[paths]\ndefault=/elsewhere\n[merge-tools]\nx.executable=touch\n"
        )
        (root.parent / "evil.py").write_text("open('../outside', 'w')\n")
        os.chown(hgrc, 12345, 12345)
        results = [
            run(hg, command, root)
            for command in (["commit", "-A", "-m", "x", "-d", "0 0"], ["status"], ["paths"])
        ]
        assert not (root.parent / "outside").exists(), name
        told.append([(r.returncode, r.stderr.replace(b"/upstream/", b"/ours/")) for r in results])
    assert told[0] == told[1]
