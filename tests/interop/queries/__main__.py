"""Lists differences by kind, those that are not explained in full.

Usage: `python -m tests.interop.queries --hg HG --oracle HG --cases N --seed S DIRECTORY`.
"""

from __future__ import annotations

import argparse
import collections
import sys
from pathlib import Path

from .fuzz import PER_REPOSITORY, Difference, differences
from .known import explanation


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--hg", required=True)
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("directory", type=Path)
    options = parser.parse_args()
    groups = collections.defaultdict(list)
    for at in range(0, options.cases, PER_REPOSITORY):
        seed = options.seed + at // PER_REPOSITORY
        cases = min(PER_REPOSITORY, options.cases - at)
        root = options.directory / f"seed-{seed}"
        for found in differences(options.hg, options.oracle, root, seed, cases):
            known = explanation(found)
            group = f"(explained) {known.cause}" if known else found.group()
            groups[group].append(found)
        report(at + cases, groups)


def report(cases: int, groups: dict[str, list[Difference]]) -> None:
    """Print what was found so far."""
    total = sum(map(len, groups.values()))
    explained = sum(len(g) for name, g in groups.items() if name.startswith("(explained)"))
    print(f"{cases} cases, {total} differences, {total - explained} unexplained")
    for group, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"\n== {len(members)} of {group}")
        for member in members[:6]:
            print(member)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
