"""Subrepositories: the two programs work on the same tree of repositories in turn, and print the same."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from .history import Hg

#: What is done, each line by whoever's turn it is; `#` lines write files.
SESSION = """
hg init main
hg init main/lib
hg init main/lib/deep
# main/lib/deep/file one
hg -R main/lib/deep commit -qAm deep -d 0:0
# main/lib/.hgsub deep = deep
# main/lib/file one
# main/.hgsub lib = lib
hg -R main/lib commit -qAm lib -d 0:0
hg -R main commit -qAm first -d 0:0
# main/lib/deep/file two
hg -R main status -S
hg -R main diff -S --nodates
hg -R main commit -m refused -d 0:0
hg -R main commit -S -m second -d 0:0
hg clone main copy
hg -R copy status -S -A
# copy/lib/file changed
hg -R copy commit -S -m third -d 0:0
hg -R copy push
hg -R copy push
# main/lib/new new
hg -R main addremove -S
hg -R main commit -S -m fourth -d 1:0
hg -R main update -C 2
hg -R main merge 3
hg -R main commit -S -m merged -d 2:0
hg -R copy pull -u
hg -R copy files -S
hg -R copy update 0
hg -R copy update 4
hg -R copy debugsub
hg -R copy incoming -S
hg -R copy outgoing -S
hg -R copy verify -q
hg -R copy/lib verify -q
hg -R copy archive -S out
""".strip().splitlines()


def play(root: Path, turns: list[str], session: list[str] = SESSION) -> list[str]:
    """Run a session in `root` and return what was printed, without the place."""
    root.mkdir()
    environment = dict(os.environ, HGRCPATH="", HGUSER="test", TZ="GMT", LC_ALL="C")
    said = []
    commands = 0
    for line in session:
        words = line.split()
        if words[0] == "#":
            path = root / words[1]
            text = " ".join(words[2:]).replace("{n}", "\n")
            path.write_text(text + "\n")
            continue
        program = turns[commands % len(turns)]
        commands += 1
        args = [word.replace("0:0", "0 0").replace(":0", " 0") for word in words[1:]]
        done = subprocess.run(
            [program, *args],
            cwd=root,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        text = done.stdout.decode().replace(str(root), "ROOT")
        said.append(f"{line}\n{text}[{done.returncode}]")
    return said


@pytest.mark.parametrize("first", [0, 1])
def test_programs_take_turns(
    tmp_path: Path, ours: Hg, upstream: Hg, first: int
) -> None:
    """Whoever does what, the same is printed as when the oracle does it all."""
    alone = play(tmp_path / "alone", [upstream.path])
    turns = [ours.path, upstream.path]
    mixed = play(tmp_path / "mixed", turns[first:] + turns[:first])
    assert mixed == alone


def test_ours_alone(tmp_path: Path, ours: Hg, upstream: Hg) -> None:
    """Our program does it all; the oracle finds it in order."""
    alone = play(tmp_path / "alone", [upstream.path])
    assert play(tmp_path / "ours", [ours.path]) == alone
