"""The names that extensions use most, in the order of how many do: all must be there."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Callable

import pytest

from mercurial import context

NAMES = (Path(__file__).parent / "extension_names.txt").read_text().split()
# What has not been made yet; a name that is made must leave this list.
MISSING = {"bundler.newpart", "hgext.largefiles.lfutil"}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Callable[[], Any]]:
    """Return what makes an instance for each first word."""
    from mercurial import bookmarks, bundle2, hg, smartset
    from mercurial import lock as lockmod
    from mercurial import ui as uimod

    root = tmp_path_factory.mktemp("names") / "repo"
    ui = uimod.ui.load()
    ui.setconfig(b"ui", b"username", b"test")
    repo = hg.repository(ui, bytes(root), create=True)
    (root / "a").write_text("a\n")
    repo[None].add([b"a"])
    repo.commit(b"first")
    transaction = importlib.import_module("mercurial.transaction")
    return {
        "repo": lambda: repo,
        "ui": lambda: repo.ui,
        "ctx": lambda: repo[b"tip"],
        "fctx": lambda: repo[b"tip"][b"a"],
        "changelog": lambda: repo.changelog,
        "vfs": lambda: repo.vfs,
        "lock": lambda: lockmod.lock,
        "manifest": lambda: repo[b"tip"].manifest(),
        "peer": lambda: hg.peer(ui, {}, bytes(root)),
        "bmstore": lambda: bookmarks.bmstore,
        "smartset": lambda: smartset.baseset,
        "dirstate": lambda: repo.dirstate,
        "branchmap": lambda: repo.branchmap(),
        "tr": lambda: transaction.transaction,
        "fm": lambda: ui.formatter(b"x", {}),
        "obsstore": lambda: repo.obsstore,
        "bundleop": lambda: bundle2.bundleoperation(repo, None),
        "bundler": lambda: bundle2.bundle20,
        "hgext": lambda: importlib.import_module("hgext"),
    }


def find(name: str, objects: dict[str, Callable[[], Any]]) -> Any:
    """Return what a name stands for.

    Raises:
        AttributeError: There is nothing.
    """
    words = name.split(".")
    if words[0] not in ("mercurial", "hgext"):
        found = objects[words[0]]()
        words = words[1:]
        if name.startswith("ctx.") and not hasattr(found, words[0]):
            found = found.repo()[None]
            found = found if hasattr(found, words[0]) else context.memctx
    else:
        found = importlib.import_module(words[0])
        path = words[0]
        for at, word in enumerate(words[1:], 1):
            path += "." + word
            try:
                found = importlib.import_module(path)
            except ImportError:
                words = words[at:]
                break
        else:
            return found
    for word in words:
        found = getattr(found, word)
    return found


def missing(names: list[str], objects: dict[str, Callable[[], Any]]) -> list[str]:
    """Return the names that stand for nothing."""
    lacking = []
    for name in names:
        try:
            find(name, objects)
        except (AttributeError, KeyError, ImportError):
            lacking.append(name)
    return lacking


def test_the_first_150(objects: dict[str, Callable[[], Any]]) -> None:
    """The scope: nothing is missing."""
    assert missing(NAMES[:150], objects) == []


def test_the_rest(objects: dict[str, Callable[[], Any]]) -> None:
    """What is missing is known, and nothing is said to be missing that is there."""
    assert set(missing(NAMES[150:], objects)) == MISSING
