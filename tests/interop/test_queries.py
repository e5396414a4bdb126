"""Revsets, filesets and templates mean the same to both programs.

`HG_QUERIES` sets how many questions are asked (20000 for the whole), `HG_QUERY_SEED` which
ones.  What may differ, and why, is listed in `queries/known.py`.
"""

from __future__ import annotations

import os
from pathlib import Path

from .history import Hg
from .queries.fuzz import PER_REPOSITORY, differences
from .queries.known import explanation

QUESTIONS = int(os.environ.get("HG_QUERIES", "200"))
SEED = int(os.environ.get("HG_QUERY_SEED", "1"))


def test_generated_questions(ours: Hg, upstream: Hg, tmp_path: Path) -> None:
    """Value, message and exit code agree, but for what is explained."""
    unexplained = []
    for at in range(0, QUESTIONS, PER_REPOSITORY):
        number = at // PER_REPOSITORY
        cases = min(PER_REPOSITORY, QUESTIONS - at)
        root = tmp_path / f"repo-{number}"
        for found in differences(ours.path, upstream.path, root, SEED + number, cases):
            if explanation(found) is None:
                unexplained.append(str(found))
    assert not unexplained, "\n".join(unexplained)
