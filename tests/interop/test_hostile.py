"""Damaged repositories, bundles and patches: a clear message, never a panic or a hang.

`HG_MUTATIONS` sets how many damaged inputs are tried (2,000 and more for a release), and
`HG_COMPARED` how many of those that end in an error are given to upstream too.
"""

from __future__ import annotations

import os
import random
import shutil
import struct
from pathlib import Path

import pytest

from .damage import assert_controlled, damage, fresh_copy, run
from .history import Hg, History, new_repository

MUTATIONS = int(os.environ.get("HG_MUTATIONS", "300"))
COMPARED = int(os.environ.get("HG_COMPARED", "20"))

# What is damaged, and the commands that must survive it.
TARGETS = [
    ".hg/store/00changelog.i",
    ".hg/store/00changelog.d",
    ".hg/store/00changelog.n",
    ".hg/store/00changelog-*.nd",
    ".hg/store/00manifest.[id]",
    ".hg/store/meta/**/*.i",
    ".hg/store/data/**/*.[id]",
    ".hg/store/fncache",
    ".hg/store/phaseroots",
    ".hg/store/obsstore",
    ".hg/store/requires",
    ".hg/store/undo*",
    ".hg/store/bookmarks",
    ".hg/requires",
    ".hg/dirstate",
    ".hg/dirstate.*",
    ".hg/bookmarks",
    ".hg/bookmarks.current",
    ".hg/localtags",
    ".hg/branch",
    ".hg/undo*",
    ".hg/hgrc",
    ".hg/merge/state*",
    ".hg/cache/branch*",
    ".hg/cache/tags2-visible",
    ".hg/cache/rbc-*",
    ".hg/cache/hgtagsfnodes1",
    ".hgtags",
    ".hgignore",
]

COMMANDS = [
    ["log", "-v", "-p"],
    ["log", "-G", "-T", "{rev} {node} {branch} {tags} {bookmarks} {phase} {obsolete}\n"],
    ["log", "-r", "all() - ancestors(heads(branch(default))) + obsolete()", "--hidden"],
    ["status", "-A"],
    ["status", "--rev", "0", "-C"],
    ["diff", "-r", "0"],
    ["verify"],
    ["tags"],
    ["branches", "-c"],
    ["bookmarks"],
    ["heads"],
    ["summary"],
    ["identify"],
    ["resolve", "-l"],
    ["commit", "-m", "x"],
    ["commit", "--amend", "-m", "x"],
    ["update", "-C", "null"],
    ["update", "-C", "1"],
    ["manifest", "--all"],
    ["rollback"],
    ["recover"],
    ["phase", "-r", "all()"],
    ["tag", "-f", "new"],
    ["bundle", "-a", "../out.hg"],
    ["clone", "-q", ".", "../clone"],
    ["debugobsolete"],
    ["debugdirstate"],
    ["debugindex", "-m"],
    ["debugrevlog", "-c"],
    ["config"],
    ["annotate", ".hgtags"],
]

BUNDLE_TYPES = ["none-v1", "gzip-v1", "bzip2-v1", "none-v2", "gzip-v2", "bzip2-v2", "zstd-v2"]

BUNDLE_COMMANDS = [
    ["unbundle", "../in.hg"],
    ["incoming", "../in.hg", "-p"],
    ["log", "-R", "../in.hg", "-p"],
    ["debugbundle", "../in.hg", "--all"],
    ["pull", "-u", "../in.hg"],
    ["clone", "-q", "../in.hg", "../clone"],
]

REPOSITORIES = {
    "plain": (),
    "evolving": ("experimental.evolution=all", "format.use-share-safe=no"),
    "dirstate-v2": ("format.use-dirstate-v2=yes", "format.revlog-compression=zlib"),
    "nodemap": ("format.use-persistent-nodemap=yes", "experimental.evolution=all"),
    "tree": ("experimental.treemanifest=yes",),
    "old": ("format.usegeneraldelta=no", "format.sparse-revlog=no", "format.usestore=no"),
}


def make_template(hg: Hg, root: Path, config: tuple[str, ...]) -> Path:
    """Return a small repository with everything in it, a merge under way."""
    maker = Hg(hg.path, config)
    new_repository(maker, root)
    # Trees are read, not amended, for now.
    History(maker, root, 11, amend="experimental.treemanifest=yes" not in config).work(25)
    settings = "".join(f"[{k.split('.')[0]}]\n{k.split('.')[1]}\n" for k in config)
    text = f"[ui]\nverbose = no\n[paths]\ndefault = /nowhere\n{settings}"
    (root / ".hg/hgrc").write_text(text)
    (root / ".hgignore").write_text("syntax: glob\n*.o\nsyntax: regexp\n^x(y|z)*$\n")
    (root / "clash").write_bytes(os.urandom(90_000))
    maker.run("commit", "-A", "-q", "-m", "clash", cwd=root)
    maker.run("tag", "--local", "mine", cwd=root)
    maker.run("phase", "--public", "-r", "3", cwd=root)
    maker.run("bookmark", "active", cwd=root)
    for text in ("one\n", "two\n"):
        maker.run("update", "-q", "-C", "active", cwd=root)
        (root / "clash").write_text(text)
        maker.run("commit", "-q", "-m", f"clash {text}", cwd=root)
        maker.run("bookmark", "-f", "-r", ".", f"side-{text.strip()}", cwd=root)
        maker.run("bookmark", "-f", "-r", ".^", "active", cwd=root)
    maker.run("merge", "-q", "-t", ":fail", "-r", "side-one", cwd=root, check=False)
    maker.output("tags", cwd=root)
    return root


@pytest.fixture(scope="module")
def templates(
    ours: Hg, upstream: Hg, tmp_path_factory: pytest.TempPathFactory
) -> list[Path]:
    """Return the repositories that are damaged."""
    place = tmp_path_factory.mktemp("hostile")
    # Upstream is slow to start, but is the one that can write trees.
    makers = {"tree": upstream, "plain": upstream}
    return [
        make_template(makers.get(name, ours), place / name, config)
        for name, config in REPOSITORIES.items()
    ]


def pick(template: Path, dice: random.Random) -> Path:
    """Return the file to damage, relative to the repository."""
    while True:
        found = sorted(p for p in template.glob(dice.choice(TARGETS)) if p.is_file())
        if found:
            return dice.choice(found).relative_to(template)


def assert_same_end(ours, theirs, case: str) -> None:
    """Assert that an error has upstream's exit code, where upstream ends in an orderly way."""
    if b"Traceback" in theirs.stderr or theirs.returncode < 0:
        return
    assert ours.returncode == theirs.returncode, (
        f"{case}: {ours.returncode} {ours.stderr[-500:]} "
        f"instead of {theirs.returncode} {theirs.stderr[-500:]}"
    )


def assert_inside(place: Path, allowed: set[str], case: str) -> None:
    """Assert that nothing appeared beside the repository."""
    assert {p.name for p in place.iterdir()} <= allowed, case
    assert not (place.parent / "outside").exists(), case


def test_damaged_repositories_end_in_a_message(
    ours: Hg, upstream: Hg, templates: list[Path], tmp_path: Path
) -> None:
    """No mutated input makes the program panic, hang, die by a signal or write outside."""
    dice = random.Random(int(os.environ.get("HG_SEED", "77")))
    place = tmp_path / "inside"
    compared = 0
    for number in range(MUTATIONS):
        template = dice.choice(templates)
        root = fresh_copy(template, place)
        targets = {pick(template, dice) for _ in range(dice.choice((1, 1, 1, 2, 3)))}
        for target in targets:
            (root / target).write_bytes(damage((root / target).read_bytes(), dice))
        command = dice.choice(COMMANDS)
        names = sorted(map(str, targets))
        case = f"mutation {number} of {names} in {template.name}, {command}"
        if compared < COMPARED and template.name != "tree":
            twin = fresh_copy(root, tmp_path / "twin")
        else:
            twin = None
        result = run(ours, command, root)
        assert_controlled(result, case)
        assert_inside(place, {"repo", "out.hg", "clone"}, case)
        if twin and result.returncode:
            compared += 1
            assert_same_end(result, run(upstream, command, twin), case)


def test_damaged_bundles_end_in_a_message(
    ours: Hg, upstream: Hg, templates: list[Path], tmp_path: Path
) -> None:
    """No mutated bundle makes the program panic, hang, die by a signal or damage anything."""
    dice = random.Random(int(os.environ.get("HG_SEED", "78")))
    plain = templates[0]
    bundles = []
    for number, kind in enumerate(BUNDLE_TYPES):
        path = tmp_path / f"{number}.hg"
        upstream.run("bundle", "-a", "-t", kind, str(path), cwd=plain)
        bundles.append(path.read_bytes())
    clone = tmp_path / "half"
    upstream.run("clone", "-q", "-r", "10", str(plain), str(clone), cwd=tmp_path)
    place = tmp_path / "inside"
    for number in range(MUTATIONS // 2):
        root = fresh_copy(clone, place)
        kind = dice.randrange(len(BUNDLE_TYPES))
        (place / "in.hg").write_bytes(damage(bundles[kind], dice))
        command = dice.choice(BUNDLE_COMMANDS)
        case = f"mutation {number} of a {BUNDLE_TYPES[kind]} bundle, {command}"
        result = run(ours, command, root)
        assert_controlled(result, case)
        assert_inside(place, {"repo", "in.hg", "clone"}, case)
        if result.returncode and command[0] in ("unbundle", "pull"):
            verified = run(ours, ["verify"], root)
            assert verified.returncode == 0, f"{case}: {verified.stdout}"


def test_damaged_patches_end_in_a_message(
    ours: Hg, upstream: Hg, templates: list[Path], tmp_path: Path
) -> None:
    """No mutated patch makes the program panic, hang, die by a signal or write outside."""
    dice = random.Random(int(os.environ.get("HG_SEED", "79")))
    clone = tmp_path / "half"
    upstream.run("clone", "-q", "-r", "10", str(templates[0]), str(clone), cwd=tmp_path)
    patches = [
        upstream.output("export", *style, "-r", str(rev), cwd=templates[0])
        for rev in range(8, 26)
        for style in ((), ("--git",))
    ]
    place = tmp_path / "inside"
    for number in range(MUTATIONS // 2):
        root = fresh_copy(clone, place)
        (place / "in.patch").write_bytes(damage(dice.choice(patches), dice))
        command = ["import", *dice.choice(([], ["--bypass"], ["--partial"])), "../in.patch"]
        case = f"mutation {number} of a patch, {command}"
        assert_controlled(run(ours, command, root), case)
        assert_inside(place, {"repo", "in.patch"}, case)


@pytest.mark.parametrize("length", [0x7FFFFFFF, 0xFFFFFFFF, 0x80000000, 5])
@pytest.mark.parametrize("at", [8, 12])
def test_huge_lengths_in_indexes(
    ours: Hg, templates: list[Path], tmp_path: Path, length: int, at: int
) -> None:
    """A length of two gigabytes in an index is refused before anything is allocated."""
    for name in ("00changelog.i", "00manifest.i"):
        root = fresh_copy(templates[0], tmp_path / "inside")
        path = root / ".hg/store" / name
        data = bytearray(path.read_bytes())
        data[at : at + 4] = struct.pack(">L", length)
        path.write_bytes(data)
        for command in (["log", "-r", "0", "--debug"], ["verify"], ["files", "-r", "0"]):
            assert_controlled(run(ours, command, root), f"{name} {at} {length} {command}")


@pytest.mark.parametrize("kind", ["HG10UN", "HG20"])
def test_huge_lengths_in_bundles(
    ours: Hg, upstream: Hg, templates: list[Path], tmp_path: Path, kind: str
) -> None:
    """A length of two gigabytes in a bundle is refused before anything is allocated."""
    plain = templates[0]
    version = "none-v1" if kind == "HG10UN" else "none-v2"
    upstream.run("bundle", "-a", "-t", version, str(tmp_path / "b.hg"), cwd=plain)
    good = (tmp_path / "b.hg").read_bytes()
    for at in range(len(kind), min(len(good) - 4, 400), 3):
        root = new_repository(ours, tmp_path / "inside" / "repo")
        broken = good[:at] + b"\x7f\xff\xff\xf0" + good[at + 4 :]
        (root.parent / "in.hg").write_bytes(broken)
        result = run(ours, ["unbundle", "../in.hg"], root, timeout=20)
        assert_controlled(result, f"{kind} length at {at}")
        shutil.rmtree(root.parent)
