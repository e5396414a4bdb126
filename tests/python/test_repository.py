"""The repository, contexts and histories as extensions and programs see them."""

from __future__ import annotations

import os
import weakref
from pathlib import Path

import pytest

from mercurial import bookmarks, context, error, localrepo, phases


class User:
    """A user as small as the repository needs one."""

    _handle = None

    def __init__(self):
        self.said = []

    def config(self, section, name, default=None, untrusted=False):
        return default

    def configitems(self, section, untrusted=False):
        return []

    def username(self, acceptempty=False):
        return b"test"

    def warn(self, *text, **opts):
        self.said.append(b"".join(text))


@pytest.fixture
def repo(tmp_path: Path, monkeypatch):
    """Return a repository with three changesets: a, then b, then c renamed from b."""
    monkeypatch.setenv("HGRCPATH", "")
    monkeypatch.setenv("HGENCODING", "utf-8")
    made = localrepo.instance(User(), os.fsencode(tmp_path / "r"), create=True)
    repo = made.filtered(b"visible")

    def commit(name, content, text, parent, copy=None, removed=()):
        files = {name: content}
        ctx = context.memctx(
            repo,
            (parent, None),
            text,
            [name, *removed],
            lambda r, c, p: context.memfilectx(r, c, p, files[p], copysource=copy)
            if p in files
            else None,
            b"me",
            (0, 0),
        )
        return repo.commitctx(ctx)

    first = commit(b"a", b"one\n", b"first", None)
    second = commit(b"b", b"two\n", b"second", first)
    commit(b"c", b"two\n", b"third", second, b"b", (b"b",))
    return repo


def test_changesets(repo) -> None:
    """What a changeset says, by number, node id, digits and special names."""
    assert len(repo) == 3
    assert list(repo) == [0, 1, 2]
    ctx = repo[1]
    assert (ctx.rev(), ctx.description(), ctx.user(), ctx.branch()) == (
        1,
        b"second",
        b"me",
        b"default",
    )
    assert ctx.files() == ctx.filesadded() == [b"b"]
    assert repo[ctx.node()] == repo[ctx.hex()] == ctx
    assert repo[b"tip"].rev() == repo[2].rev() == 2
    assert [c.rev() for c in repo[2].parents()] == [1]
    assert ctx.p1().children()[0] == ctx
    assert repo[b"null"].rev() == -1
    assert not repo[b"null"]
    assert (ctx.phase(), ctx.phasestr(), ctx.mutable()) == (1, b"draft", True)
    assert 1 in repo
    assert 7 not in repo


@pytest.mark.parametrize("wrong", [7, -7, b"\1" * 20, b"ab" * 20])
def test_unknown_changesets(repo, wrong) -> None:
    """What is not there is a look-up error."""
    with pytest.raises(error.RepoLookupError, match="unknown revision"):
        repo[wrong]


def test_names_are_looked_up_not_indexed(repo) -> None:
    """`repo[x]` takes no names; `lookup` and revsets do."""
    with pytest.raises(error.ProgrammingError):
        repo[b"default"]
    assert repo.lookup(b"default") == repo[2].node()
    assert list(repo.revs(b"%d:%d and not %ld", 0, 2, [1])) == [0, 2]
    assert [c.rev() for c in repo.set(b"user(%s)", b"me")] == [0, 1, 2]


def test_files_and_copies(repo) -> None:
    """Files, their histories, and where they were copied from."""
    assert repo[2][b"c"].data() == b"two\n"
    assert repo[2][b"c"].renamed() == (b"b", repo[1][b"b"].filenode())
    assert repo[2].p1copies() == {b"c": b"b"}
    assert repo[2].filesremoved() == [b"b"]
    assert [f.path() for f in repo[2][b"c"].ancestors()] == [b"b"]
    assert repo[2][b"a"].introrev() == 0
    assert b"b" not in repo[2]
    assert b"b" in repo[1]
    assert list(repo[2]) == [b"a", b"c"]
    with pytest.raises(error.ManifestLookupError, match="not found in manifest"):
        repo[2][b"b"]
    diff = b"".join(repo[2].diff(opts={"git": True}))
    assert b"rename from b\nrename to c\n" in diff


def test_manifest_can_be_changed(repo) -> None:
    """Changes lie over what is stored and leave it alone."""
    manifest = repo[2].manifest().copy()
    manifest.set(b"b", b"1" * 20, b"x")
    del manifest[b"a"]
    assert list(manifest) == manifest.keys() == [b"b", b"c"]
    assert manifest.flags(b"b") == b"x"
    assert set(repo[2].manifest().diff(manifest)) == {b"a", b"b"}
    assert list(repo[2].manifest()) == [b"a", b"c"]


def test_subclass_attribute_weakref_patch(repo) -> None:
    """A repository is a Python object like any other."""
    whole = repo.unfiltered()

    class Mine(whole.__class__):
        def url(self):
            return b"mine:" + super().url()

    whole.__class__ = Mine
    whole.note = "kept"
    view = whole.filtered(b"visible")
    assert view.url().startswith(b"mine:file:")
    assert view.note == "kept"
    view.other = 1
    assert whole.other == 1
    assert weakref.ref(whole)() is whole
    assert view.unfiltered() is whole


def test_working_directory(repo) -> None:
    """Status lists act as lists; the dirstate follows."""
    (Path(os.fsdecode(repo.root)) / "new").write_bytes(b"x\n")
    found = repo.status(unknown=True)
    assert found.unknown == [b"new"]
    assert found.unknown + [b"z"] == [b"new", b"z"]
    found.unknown.append(b"y")
    assert list(found.unknown) == [b"new", b"y"]
    repo.setparents(repo[2].node())
    repo[None].add([b"new"])
    assert repo[None].added() == [b"new"]
    assert repo.dirstate.get_entry(b"new").state == b"a"
    with repo.wlock():
        repo.dirstate.set_untracked(b"new")
        repo.dirstate.invalidate()
    assert b"new" in repo[None]


def test_commit_and_editor(repo) -> None:
    """The working directory becomes a changeset, with the text of an editor."""
    repo.setparents(repo[2].node())
    root = Path(os.fsdecode(repo.root))
    for name in ("a", "c", "d"):
        (root / name).write_bytes(b"now\n")
    for name in (b"a", b"c"):
        with repo.dirstate.changing_parents(repo):
            repo.dirstate.update_file(name, True, True, possibly_dirty=True)
    repo[None].add([b"d"])
    seen = []

    def editor(repo, ctx, subs):
        seen.append((sorted(ctx.files()), ctx.description()))
        return b"edited"

    node = repo.commit(b"draft", date=(1, 0), editor=editor)
    assert seen == [([b"a", b"c", b"d"], b"draft")]
    assert repo[node].description() == b"edited"
    assert repo[b"."].node() == node
    assert not repo[None].dirty()
    assert repo.commit(b"nothing") is None


def test_transactions(repo) -> None:
    """What is not closed is undone; callbacks run where they should."""
    called = []
    node = repo[2].node()
    with repo.lock(), repo.transaction(b"test") as tr:
        bookmarks.addbookmarks(repo, tr, [b"mark"], rev=b"2")
        phases.advanceboundary(repo, tr, phases.public, [node])
        tr.addpostclose(b"x", lambda _tr: called.append("closed"))
    assert called == ["closed"]
    assert dict(repo._bookmarks.items()) == {b"mark": node}
    assert repo[0].phase() == phases.public
    with repo.lock():
        tr = repo.transaction(b"test")
        tr.addabort(b"x", lambda _tr: called.append("undone"))
        repo._bookmarks.applychanges(repo, tr, [(b"mark", None)])
        tr.release()
    assert called == ["closed", "undone"]
    assert b"mark" in repo._bookmarks
    with pytest.raises(error.ProgrammingError, match="requires locking"):
        repo.transaction(b"test")


def test_use_after_close(repo) -> None:
    """Everything that holds the repository says that it is closed."""
    log, ctx = repo.changelog, repo[1]
    repo.close()
    for use in (lambda: repo[0], lambda: log.node(0), ctx.parents, repo.status):
        with pytest.raises(error.ClosedError):
            use()


def test_overlay(repo) -> None:
    """A working directory in memory becomes a changeset."""
    overlay = context.overlayworkingctx(repo)
    overlay.setbase(repo[2])
    overlay.write(b"a", b"other\n")
    overlay.write(b"n", b"new\n", b"x")
    overlay.remove(b"c")
    assert overlay.files() == [b"a", b"c", b"n"]
    assert (overlay.modified(), overlay.added(), overlay.removed()) == (
        [b"a"],
        [b"n"],
        [b"c"],
    )
    node = overlay.tomemctx(b"from memory", user=b"me", date=(0, 0)).commit()
    made = repo[node]
    assert list(made) == [b"a", b"n"]
    assert made[b"n"].flags() == b"x"
    assert made[b"a"].data() == b"other\n"
