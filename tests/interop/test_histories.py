"""The same work by both programs; each goes on in the other's repository."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from .history import Hg, History, new_repository

# Everything that identifies a history, as upstream tells it.
IDENTITY = (
    "{rev} {node} {p1node} {p2node} {manifest} {branch} {phase} {tags} {bookmarks}"
    " {user} {date|hgdate} {extras} {desc|json} {files} {file_copies}\\n"
)


def identity(reader: Hg, root: Path) -> bytes:
    """Return the history in `root` as `reader` sees it."""
    return reader.output("log", "-T", IDENTITY, cwd=root)


def index(reader: Hg, root: Path, *which: str) -> list[tuple[str, str, str]]:
    """Return the node id and parents of every revision of one revlog."""
    printed = reader.output("debugindex", "--debug", *which, "-T", "json", cwd=root)
    return [(r["nodeid"], r["p1-nodeid"], r["p2-nodeid"]) for r in json.loads(printed)]


def file_nodes(reader: Hg, root: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Return the node ids and parents of all changesets, manifests and file revisions."""
    names = reader.output("manifest", "--all", cwd=root).decode().splitlines()
    nodes = {name: index(reader, root, name) for name in names}
    return {**nodes, "": index(reader, root, "-c"), "/": index(reader, root, "-m")}


def assert_verifies(hg: Hg, root: Path) -> None:
    """Assert that `hg verify` finds nothing."""
    result = hg.run("verify", cwd=root, check=False)
    assert result.returncode == 0, (result.stdout + result.stderr).decode()
    assert b"warning" not in result.stdout + result.stderr


@pytest.mark.parametrize("seed", range(4))
def test_two_programs_make_identical_histories(
    ours: Hg, upstream: Hg, tmp_path: Path, seed: int
) -> None:
    """Identical scripts give identical node ids of changesets, manifests and files."""
    roots = {}
    for name, hg in (("ours", ours), ("upstream", upstream)):
        roots[name] = new_repository(hg, tmp_path / name)
        History(hg, roots[name], seed).work(40)
    assert identity(upstream, roots["ours"]) == identity(upstream, roots["upstream"])
    assert identity(ours, roots["ours"]) == identity(upstream, roots["ours"])
    assert file_nodes(upstream, roots["ours"]) == file_nodes(
        upstream, roots["upstream"]
    )
    for root in roots.values():
        assert_verifies(upstream, root)
        assert_verifies(ours, root)
        assert ours.output("status", "-A", cwd=root) == upstream.output(
            "status", "-A", cwd=root
        )


@pytest.mark.parametrize(
    "config",
    [
        (),
        ("format.use-dirstate-v2=yes",),
        ("format.revlog-compression=zlib",),
        ("format.revlog-compression=none",),
        ("format.sparse-revlog=no",),
        ("format.usegeneraldelta=no", "format.sparse-revlog=no"),
        ("format.dotencode=no",),
        ("format.usefncache=no",),
        ("format.usestore=no",),
        ("format.use-share-safe=no",),
        ("format.use-persistent-nodemap=yes",),
    ],
    ids=lambda config: ",".join(config) or "default",
)
def test_work_goes_on_in_the_other_programs_repository(
    ours: Hg, upstream: Hg, tmp_path: Path, config: tuple[str, ...]
) -> None:
    """One program starts, the other goes on, and back; all stays sound."""
    maker = Hg(upstream.path, config)
    root = new_repository(maker, tmp_path / "repo")
    History(upstream, root, 7).work(15)
    files = [p for p in upstream.output("files", cwd=root).decode().splitlines()]
    second = History(ours, root, 8, files=files, step=1000)
    second.work(30)
    assert_verifies(upstream, root)
    third = History(upstream, root, 9, files=second.files, step=3000)
    third.work(10)
    assert_verifies(upstream, root)
    assert_verifies(ours, root)
    assert identity(ours, root) == identity(upstream, root)
    assert ours.output("status", "-A", cwd=root) == upstream.output(
        "status", "-A", cwd=root
    )


def text_files(hg: Hg, root: Path) -> list[str]:
    """Return the tracked files that a script can edit."""
    out = []
    for name in hg.output("files", cwd=root).decode().splitlines():
        try:
            if not (root / name).is_symlink():
                (root / name).read_text()
                out.append(name)
        except UnicodeDecodeError:
            pass
    return out


@pytest.mark.parametrize("worker", ["ours", "upstream"])
def test_hundred_steps_then_the_other_one_verifies(
    ours: Hg, upstream: Hg, tmp_path: Path, worker: str
) -> None:
    """100 commits, branches, tags, renames and amends leave a repository both accept.

    `HG_REAL_PROJECT` names the project that is cloned; else a generated one stands in.
    """
    hg, other = (ours, upstream) if worker == "ours" else (upstream, ours)
    base = Path(os.environ.get("HG_REAL_PROJECT") or tmp_path / "base")
    if not base.exists():
        History(upstream, new_repository(upstream, base), 1).work(30)
    clone = tmp_path / "clone"
    hg.run("clone", "-q", str(base), str(clone), cwd=tmp_path)
    History(hg, clone, 2, files=text_files(hg, clone), step=5000).work(100)
    assert_verifies(other, clone)
    assert identity(ours, clone) == identity(upstream, clone)
    assert ours.output("status", "-A", cwd=clone) == upstream.output(
        "status", "-A", cwd=clone
    )
