"""Asks both programs the same questions and finds where the answers differ."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .filesets import Filesets
from .repository import Builder, Repository
from .revsets import Revsets
from .server import Answer, Server, run_once
from .templates import KEYWORDS, Templates

#: Cases that one repository serves.
PER_REPOSITORY = 500
DAMAGED = 0.12
#: Seeds of upstream's hashes with which a question is asked again.
HASH_SEEDS = 8
#: Stands for the answer of a program that fails with a traceback.
CRASH = Answer(1, b"", b"crashed")


@dataclass(frozen=True)
class Difference:
    """A question that the two programs answer differently."""

    repository: Path
    kind: str
    args: tuple[bytes, ...]
    ours: Answer
    upstream: Answer

    def group(self) -> str:
        """Return what this difference has in common with others like it."""
        if self.ours.code != self.upstream.code or self.ours.err != self.upstream.err:
            texts = (self.ours.err or b"no error", self.upstream.err or b"no error")
            lines = [re.sub(rb"\d+|'.*'|\".*\"", b"_", t.splitlines()[0])[:70] for t in texts]
            return f"{self.kind}: {lines[0]!r} instead of {lines[1]!r}"
        return f"{self.kind}: other output"

    def __str__(self) -> str:
        """Return a report."""
        words = " ".join(repr(word)[1:] for word in self.args)
        parts = [f"({self.repository}) hg {words}"]
        for name, answer in (("ours", self.ours), ("upstream", self.upstream)):
            out = answer.out if len(answer.out) < 1500 else answer.out[:1500] + b"..."
            parts.append(f"  {name}: [{answer.code}] {out!r} {answer.err!r}")
        return "\n".join(parts)


class Asker:
    """Makes up questions about a repository."""

    def __init__(self, dice: random.Random, repository: Repository):
        """Make up questions about `repository`."""
        self.dice = dice
        self.revsets = Revsets(dice, repository)
        self.filesets = Filesets(dice, repository)
        self.templates = Templates(dice, repository)

    def _text(self, text: bytes) -> bytes:
        if self.dice.random() < DAMAGED:
            text = self.revsets.damage(text)
        return text.replace(b"\0", b"")

    def question(self) -> tuple[str, tuple[bytes, ...]]:
        """Return the kind and the words of a command."""
        kind = self.dice.choices(["revset", "fileset", "template"], [5, 2, 5])[0]
        return kind, {"revset": self._revset, "fileset": self._fileset, "template": self._template}[kind]()

    def _revset(self) -> tuple[bytes, ...]:
        text = self._text(self.revsets.set(self.dice.randint(1, 3)))
        form = self.dice.randrange(10)
        hidden = [b"--hidden"] if self.dice.random() < 0.15 else []
        if form < 6:
            return (b"log", *hidden, b"-T", b"{rev} ", b"-r" + text)
        flags = [
            [b"-v"],
            [b"-p", b"all", b"-s"],
            [b"-p", b"all", b"--no-optimized"],
            [b"-p", b"analyzed", b"-p", b"optimized", b"--verify-optimized"],
            [b"-s", b"--no-show-revs"],
            [b"--optimize"],
        ]
        return (b"debugrevspec", *hidden, *self.dice.choice(flags), b"--", text)

    def _fileset(self) -> tuple[bytes, ...]:
        text = self._text(self.filesets.set(self.dice.randint(0, 3)))
        rev = self.dice.choice([b"0", b"tip", b".", b"wdir()"])
        forms = [
            (b"files", b"--", b"set:" + text),
            (b"files", b"-r", rev, b"--", b"set:" + text),
            (b"status", b"-A", b"--", b"set:" + text),
            (b"status", b"--rev", b"0", b"--", b"set:" + text),
            (b"debugfileset", b"-p", b"all", b"-s", b"--", text),
            (b"debugfileset", b"-r", rev, b"--", text),
            (b"debugfileset", b"--all-files", b"--", text),
            (b"--cwd", self.dice.choice([b"dir", b"nosuch"]), b"files", b"--", b"set:" + text),
            (b"--cwd", b"dir", b"debugfileset", b"-r", rev, b"--", text),
            (b"--cwd", b"dir", b"files", b"-T", b"{path} {size} {flags}\n", b"-r", rev, b"--", b"set:" + text),
        ]
        return self.dice.choice(forms)

    def _template(self) -> tuple[bytes, ...]:
        text = self._text(self.templates.template(self.dice.randint(1, 3)))
        rev = self.dice.choice([b"0", b"tip", b".", b"wdir()", b"last(all(), 4)", b"merge()", b"obsolete()", b"null"])
        level = self.dice.choice([(), (), (), (b"--debug",), (b"-v",), (b"-q",)])
        hidden = [b"--hidden"] if self.dice.random() < 0.15 else []
        forms = [
            (b"log", *hidden, b"-r", rev, *level, b"-T", text),
            (b"log", *hidden, b"-r", rev, *level, b"-T", text),
            (b"log", *hidden, b"-r", rev, *level, b"-T", text),
            (b"debugtemplate", *hidden, b"-r", rev, *level, b"--", text),
            (b"debugtemplate", b"-v", b"-D", b"rev=7", b"-D", b"x=caf\xc3\xa9", b"--", text),
            (b"log", b"-G", b"-r", rev, b"-T", text),
            (b"log", *hidden, b"-r", rev, *level, b"-T", self._formatted()),
            (self.dice.choice([b"tags", b"bookmarks", b"branches", b"files", b"status", b"paths"]), b"-T", text),
        ]
        return self.dice.choice(forms)


    def _formatted(self) -> bytes:
        """Return a form of output with the fields that are wanted."""
        form = self.dice.choice([b"json", b"xml", b"cbor", b"debug", b"pickle", b"default", b"compact", b"status", b"nosuch", b"./a"])
        fields = self.dice.choices(KEYWORDS, k=self.dice.randint(0, 3))
        return form + (b"(" + b", ".join(fields) + b")" if self.dice.random() < 0.7 else b"")


def differences(hg: str, oracle: str, root: Path, seed: int, cases: int) -> Iterator[Difference]:
    """Ask `cases` questions about one repository; yield where the answers differ."""
    repository = Builder(oracle, root, seed).build(40)
    asker = Asker(random.Random(seed ^ 0x5EED), repository)
    encoding = repository.encoding
    asked = 0
    with ThreadPoolExecutor(1) as pool:
        while asked < cases:
            with Server(oracle, root, encoding) as server:
                while asked < cases:
                    asked += 1
                    kind, args = asker.question()
                    mine = pool.submit(run_once, hg, root, encoding, *args)
                    try:
                        theirs = server.run(*args)
                    except EOFError:
                        # Upstream has failed with a traceback: nothing to agree with.
                        sys.stderr.write(f"upstream crashes: {root} {args!r}\n")
                        ours = mine.result()
                        if b"panicked" in ours.err:
                            yield Difference(root, kind, args, ours, CRASH)
                        break
                    ours = mine.result()
                    # What depends on the time of day is asked again, and what depends on the
                    # questions that a server has answered before is asked without one.
                    if ours != theirs:
                        ours, theirs = (run_once(path, root, encoding, *args) for path in (hg, oracle))
                    # Upstream shows some sets of objects in the order of their hashes, which are others in each run.
                    for hash_seed in range(HASH_SEEDS) if ours != theirs else ():
                        # The time of day may have gone on between the two.
                        ours = run_once(hg, root, encoding, *args)
                        again = run_once(oracle, root, encoding, *args, hash_seed=hash_seed)
                        if ours == again:
                            theirs = again
                            break
                    crashed = b"Traceback (most recent call last)" in theirs.err
                    if ours != theirs and (b"panicked" in ours.err or not crashed):
                        yield Difference(root, kind, args, ours, CRASH if crashed else theirs)
