"""Commands print the same bytes as upstream's, on a real project or a generated one.

`HG_REAL_PROJECT` names a repository (a converted project of 10,000 changesets or so); without
it a generated history of a few hundred steps stands in.
"""

from __future__ import annotations

import collections
import hashlib
import os
import tarfile
from pathlib import Path

import pytest

from .history import Hg, History, new_repository


@pytest.fixture(scope="module")
def project(upstream: Hg, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the repository to ask."""
    real = os.environ.get("HG_REAL_PROJECT")
    if real:
        return Path(real)
    root = new_repository(upstream, tmp_path_factory.mktemp("project") / "repo")
    History(upstream, root, 42).work(150)
    return root


@pytest.fixture(scope="module")
def numbers(upstream: Hg, project: Path) -> dict[str, str]:
    """Return revision numbers spread over the history."""
    tip = int(upstream.output("log", "-r", "tip", "-T", "{rev}", cwd=project))
    return {"first": str(tip // 4), "second": str(tip // 2), "tip": str(tip)}


def most_changed(upstream: Hg, project: Path, count: int) -> list[str]:
    """Return the files of tip that most changesets touched."""
    touched = collections.Counter(
        upstream.output("log", "-T", "{files % '{file}\\n'}", cwd=project).splitlines()
    )
    present = set(upstream.output("files", "-r", "tip", cwd=project).splitlines())
    ranked = [name.decode() for name, _ in touched.most_common() if name in present]
    return ranked[:count]


def assert_same(ours: Hg, upstream: Hg, project: Path, *args: str) -> None:
    """Assert that both programs print the same and end the same."""
    mine = ours.run(*args, cwd=project, check=False)
    theirs = upstream.run(*args, cwd=project, check=False)
    assert mine.returncode == theirs.returncode, (args, mine.stderr[-2000:])
    if mine.stdout != theirs.stdout:
        a, b = mine.stdout.splitlines(), theirs.stdout.splitlines()
        at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        pytest.fail(f"{args}: line {at + 1}: {a[at:at + 3]} instead of {b[at:at + 3]}")
    assert mine.stderr == theirs.stderr


@pytest.mark.parametrize(
    "command",
    [
        "log --debug",
        "log",
        "log -v",
        "log -p -r 0:500",
        "log -p --git -r 0:200",
        "log --stat -r 0:200",
        "log -G",
        "log -G -l 300 --debug",
        "log -T json",
        "log -T xml",
        "log -T cbor",
        "log --style default",
        "log --style compact",
        "log --style changelog",
        "log --style phases",
        "log --style show",
        "log --style status",
        "log --style bisect",
        "log --style xml",
        "manifest --all",
        "manifest -v -r {second}",
        "files -r {first}",
        "files -r {second} -v",
        "diff -r {first} -r {second}",
        "diff --git -r {first} -r {second}",
        "diff --stat -r {second} -r {first}",
        "export -r {first}:{first}",
        "export --git -r {second}",
        "export {tip}",
        "heads",
        "heads -c",
        "branches",
        "branches -c",
        "tags",
        "tags -v",
        "bookmarks",
        "parents",
        "identify",
        "summary",
        "status --rev {first} --rev {second} -C",
        "log -r branchpoint()",
        "log -r ancestors({second})-ancestors({first}) -T {{node}}\\n",
    ],
)
def test_same_bytes(
    ours: Hg, upstream: Hg, project: Path, numbers: dict[str, str], command: str
) -> None:
    """Each command's output, errors and exit code are upstream's."""
    words = [word.format(**numbers) for word in command.split()]
    assert_same(ours, upstream, project, *words)


def test_annotate_and_cat_of_the_most_changed_files(
    ours: Hg, upstream: Hg, project: Path, numbers: dict[str, str]
) -> None:
    """`annotate` with all columns and `cat` agree on the fifty most changed files."""
    for name in most_changed(upstream, project, 50):
        assert_same(ours, upstream, project, "annotate", "-r", "tip", name)
        assert_same(
            ours, upstream, project, "annotate", "-udnlcf", "-r", "tip", name
        )
        assert_same(
            ours, upstream, project, "annotate", "-Tjson", "-udnlcf", "-r", "tip", name
        )
        assert_same(ours, upstream, project, "cat", "-r", numbers["tip"], name)


def test_archives_hold_the_same(
    ours: Hg, upstream: Hg, project: Path, numbers: dict[str, str], tmp_path: Path
) -> None:
    """An archive by either program has the same members and contents."""
    members = []
    for name, hg in (("a", ours), ("b", upstream)):
        target = tmp_path / f"{name}.tar"
        hg.run(
            "archive", "-r", numbers["second"], "-p", "x", str(target), cwd=project
        )
        with tarfile.open(target) as tar:
            members.append(
                [
                    (
                        m.name,
                        m.mode,
                        m.mtime,
                        m.linkname,
                        hashlib.sha1(
                            tar.extractfile(m).read() if m.isreg() else b""
                        ).hexdigest(),
                    )
                    for m in tar
                ]
            )
    assert members[0] == members[1]
