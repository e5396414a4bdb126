"""Patch queues: the two programs work on the same queue in turn, and print the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .test_subrepos import play

if TYPE_CHECKING:
    from pathlib import Path

    from .history import Hg

#: What is done, each line by whoever's turn it is; `#` lines write files.
SESSION = """
hg init repo
# repo/.hg/hgrc [extensions]{n}mq={n}[diff]{n}nodates=yes
# repo/a one
hg -R repo commit -qAm base -d 0:0
hg -R repo qinit -c
# repo/a two
hg -R repo qnew first -m first -d 1:0
# repo/b new
hg -R repo add repo/b
hg -R repo qrefresh
hg -R repo qnew second -d 2:0 -u joe
# repo/b changed
hg -R repo qrefresh -m described
hg -R repo qseries -v
hg -R repo qheader first
hg -R repo tags
hg -R repo qpop
hg -R repo qguard first -- +stable
hg -R repo qpop
hg -R repo qpush -a
hg -R repo qselect stable
hg -R repo qpush -a
hg -R repo qnew third -d 3:0
hg -R repo mv repo/b repo/c
hg -R repo qrefresh
hg -R repo qdiff
hg -R repo status --mq
hg -R repo qcommit -m queue -d 4:0
hg -R repo qrename third last
hg -R repo qgoto first
hg -R repo qfold second
hg -R repo qheader
hg -R repo qpush
hg -R repo commit -m refused
hg -R repo summary
hg -R repo qfinish first
hg -R repo qapplied -v
hg -R repo qpop
hg -R repo qdelete -k last
hg -R repo qimport -e last -n again
hg -R repo qpush
hg -R repo qfinish -a
hg -R repo qimport -r tip
hg -R repo qqueue -c other
hg -R repo qpop -a
hg -R repo qqueue other
hg -R repo qqueue
hg -R repo log -G -T {rev}:{node|short}:{desc}
hg -R repo verify -q
hg -R repo status --mq
""".strip().splitlines()


@pytest.mark.parametrize("first", [0, 1])
def test_programs_take_turns(tmp_path: Path, ours: Hg, upstream: Hg, first: int) -> None:
    """Whoever does what, the same is printed as when the oracle does it all."""
    alone = play(tmp_path / "alone", [upstream.path], SESSION)
    turns = [ours.path, upstream.path]
    mixed = play(tmp_path / "mixed", turns[first:] + turns[:first], SESSION)
    assert mixed == alone
    for name in ("series", "status", "first", "last"):
        files = [tmp_path / who / "repo/.hg/patches" / name for who in ("alone", "mixed")]
        contents = [path.read_bytes() if path.exists() else None for path in files]
        assert contents[0] == contents[1], name
