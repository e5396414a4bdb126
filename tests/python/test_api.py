"""The typed interface for programs."""

from __future__ import annotations

import doctest
import os
import struct
from pathlib import Path

import pytest

from mercurial import api
from mercurial.api import model, repository


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """Keep the user's configuration out."""
    monkeypatch.setenv("HGRCPATH", "")
    monkeypatch.setenv("HGENCODING", "utf-8")
    monkeypatch.setenv("TZ", "GMT")


@pytest.mark.parametrize("module", [api, model, repository])
def test_examples(module) -> None:
    """The examples of the documentation are true."""
    found = doctest.testmod(module)
    assert found.failed == 0


def test_readme() -> None:
    """The examples of the README are true."""
    readme = Path(__file__).parents[2] / "README.md"
    found = doctest.testfile(str(readme), module_relative=False)
    assert found.attempted > 5
    assert found.failed == 0


@pytest.fixture
def repo(tmp_path: Path):
    """Return a repository with two changesets, the second checked out by hand."""
    with api.init(tmp_path / "r") as repo:
        repo.commit("first", files={"a": "1\n", "dir/b": "x\n"}, user="me <me@x>", date=(5, -3600))
        repo.commit("second \u00e4", files={"a": "2\n"}, user="you", date=(6, 0), branch="other")
        yield repo


def test_changesets(repo) -> None:
    """Text instead of bytes, values instead of handles."""
    tip = repo["tip"]
    assert (tip.description, tip.branch, tip.phase, tip.files) == (
        "second \u00e4",
        "other",
        "draft",
        ["a"],
    )
    first = tip.parents[0]
    assert first.author.user == "me <me@x>"
    assert first.author.datetime.isoformat() == "1970-01-01T01:00:05+01:00"
    assert repo[first.id] == first
    assert repo.branches() == {"default": [first], "other": [tip]}
    assert repo.tags() == {"tip": tip}
    assert [c.rev for c in repo.query("branch(%s)", "other")] == [1]
    assert len(repo.query("all()")[1:]) == 1
    with pytest.raises(api.RepoLookupError):
        repo["nothing"]


def test_files(repo) -> None:
    """Files are read in any changeset."""
    assert repo.read("a", rev=0) == b"1\n"
    assert repo.read(Path("dir") / "b", rev="tip") == b"x\n"
    assert list(repo["tip"].paths()) == ["a", "dir/b"]
    with pytest.raises(KeyError):
        repo.read("nothing", rev=0)
    assert b"+2\n" in repo.diff(0, 1)
    assert repo.diff(0, 1, paths=["dir"]) == b""


def test_exchange(repo, tmp_path: Path) -> None:
    """Pull, push and clone."""
    with api.clone(repo.root, tmp_path / "clone") as other:
        assert len(other) == 2
        other.commit("third", files={"c": b"3"}, user="me", date=(0, 0))
        assert other.push(repo.root) is True
        assert other.pull(repo.root) == 0
    assert len(repo) == 2
    repo.refresh()
    assert len(repo) == 3


def test_tables_share_memory(repo) -> None:
    """Buffers and Arrow capsules look at the memory of the core."""
    revs = repo.query("all()").revs
    assert list(memoryview(revs).cast("i")) == [0, 1]
    assert struct.unpack("2i", repo.history("p1")) == (-1, 0)
    schema, array = revs.__arrow_c_array__()
    assert "arrow_schema" in repr(schema)
    assert "arrow_array" in repr(array)
    (Path(repo.root) / "new").write_text("x")
    unknown = repo.status().unknown
    assert bytes(memoryview(unknown.joined())) == b"new"


def test_file_table(repo, tmp_path: Path) -> None:
    """The table of files knows what the file system says."""
    from mercurial import rustext

    root = Path(repo.root)
    (root / "a").write_text("22\n")
    dirstate = rustext.Dirstate(repo._handle)
    dirstate.mark_tracked(b"a")
    dirstate.mark_tracked(b"gone")
    dirstate.store()
    table = repo.files()
    assert [row[0] for row in table] == list(table.paths()) == [b"a", b"gone"]
    path, size, mtime_ns, mode, state = table[0]
    assert (size, mtime_ns, mode) == (3, os.lstat(root / "a").st_mtime_ns, 0o100644)
    assert (state, table[1][4]) == (3, 2)
    assert len(table.dirty()) == 2
    assert list(memoryview(table.column("size")).cast("q")) == [3, -1]


def test_arrow_consumers(repo) -> None:
    """What pyarrow and numpy make of it, when they are at hand."""
    pyarrow = pytest.importorskip("pyarrow")
    revs = repo.query("all()").revs
    array = pyarrow.array(revs)
    assert array.to_pylist() == [0, 1]
    table = pyarrow.table(repo.files())
    assert table.column_names == ["path", "size", "mtime_ns", "mode", "state"]


def test_refusals(tmp_path: Path, repo) -> None:
    """Errors are exceptions of `mercurial.error`."""
    with pytest.raises(api.RepoError):
        api.open(tmp_path / "nowhere")
    with pytest.raises(api.Abort, match="already exists"):
        api.init(repo.root)
    repo.close()
    for use in (lambda: repo["tip"], lambda: len(repo), repo.status, lambda: repo.query("all()")):
        with pytest.raises(api.ClosedError):
            use()


def test_dataframes(repo) -> None:
    """Tables as polars and pandas see them, when they are at hand."""
    names = ["path", "size", "mtime_ns", "mode", "state"]
    polars = pytest.importorskip("polars")
    assert polars.DataFrame(repo.files()).columns == names
    pyarrow = pytest.importorskip("pyarrow")
    pytest.importorskip("pandas")
    assert list(pyarrow.table(repo.files()).to_pandas().columns) == names
