"""Status is right whatever happened to the files, and both programs agree on it.

`HG_EDITS` is the number of repositories for each format (2 without it); each goes through
`SEQUENCES` sequences of edits, after each of which status is asked of both programs.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .edits import Edits
from .history import Hg, new_repository
from .queries.server import Server

REPOSITORIES = int(os.environ.get("HG_EDITS", "2"))
FIRST_SEED = int(os.environ.get("HG_EDITS_SEED", "1"))
SEQUENCES = 30
#: Questions about some of the files after each sequence.
QUESTIONS = 3


@pytest.mark.parametrize("version", [1, 2])
def test_status_after_edits(
    ours: Hg, upstream: Hg, tmp_path: Path, version: int
) -> None:
    """Every status is that of a comparison of all contents."""
    for seed in range(FIRST_SEED, FIRST_SEED + REPOSITORIES):
        run_repository(ours, upstream, tmp_path / str(seed), seed, version)


def run_repository(ours: Hg, upstream: Hg, root: Path, seed: int, version: int) -> None:
    """Edit and ask, edit and ask."""
    formats = ["--config", f"format.use-dirstate-v2={int(version == 2)}"]
    new_repository(ours, root, *formats)
    hgrc = "[storage]\ndirstate-v2.slow-path = allow\n[ui]\nsimilarity = 0\n"
    (root / ".hg/hgrc").write_text(hgrc)
    # A server in a repository names files from where it was started.
    path = upstream.path
    with Server(path, root, "utf-8") as server, Server(path, None, "utf-8") as elsewhere:

        def theirs(*words: str) -> bytes:
            answer = server.run(*(word.encode() for word in words))
            assert answer.code in (0, 1), (words, answer)
            return answer.out

        def mine(*words: str) -> bytes:
            return ours.output(*words, cwd=root)

        def theirs_from(place: Path, *words: str) -> tuple[int, bytes]:
            asked, where = (server, []) if place == root else (elsewhere, ["--cwd", str(place)])
            answer = asked.run(*(word.encode() for word in [*where, *words]))
            return answer.code % 256, answer.out

        def mine_from(place: Path, *words: str) -> tuple[int, bytes]:
            return run_from(ours, place, *words)

        edits = Edits(root, seed, [theirs, mine])
        for sequence in range(SEQUENCES):
            for _ in range(edits.dice.randrange(1, 8)):
                edits.step()
            expected = edits.expected(ignored_listed=True)
            unlisted = edits.expected(ignored_listed=False)
            askers = [mine, theirs]
            edits.dice.shuffle(askers)
            for asker in [*askers, mine]:
                where = f"{asker.__name__}, version {version}, seed {seed}, {sequence}"
                said = sorted(asker("status", "-A").splitlines())
                compare(said, expected, f"status -A: {where}: {edits.log}")
                # Unknown files alone: what may be answered without listing directories.
                said = sorted(asker("status").splitlines())
                changes = [line for line in unlisted if line[:1] not in b"CI"]
                compare(said, changes, f"status: {where}: {edits.log}")
            for _ in range(QUESTIONS):
                words, place = edits.question(), edits.place()
                answers = [ask(place, *words) for ask in (mine_from, theirs_from)]
                where = f"{words} in {place}, version {version}, seed {seed}, {sequence}"
                assert answers[0] == answers[1], f"{where}: {edits.log}"


def run_from(hg: Hg, place: Path, *words: str) -> tuple[int, bytes]:
    """Run a command somewhere, whatever comes of it."""
    result = hg.run(*words, cwd=place, check=False)
    return result.returncode, result.stdout


def compare(said: list[bytes], expected: list[bytes], where: str) -> None:
    """Fail with what is wrong and what is missing."""
    wrong, missing = set(said) - set(expected), set(expected) - set(said)
    assert said == expected, f"{sorted(wrong)} instead of {sorted(missing)}: {where}"
