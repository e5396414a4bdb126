"""Repositories that queries have something to say about, made by upstream's program."""

from __future__ import annotations

import random
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .server import Server, environment

HGRC = b"""[ui]
username = test
logtemplate =
[phases]
publish = no
[experimental]
evolution = all
exportableenviron = HGUSER, COLUMNS
[extensions]
rebase =
[diff]
git = yes
[revsetalias]
sym = tip
plus(a, b) = a + b
loop(x) = loop(x)
issue(n) = grep(r'\\bissue ' ## n)
[templatealias]
rn = "{rev}:{node|short}"
twice(x) = "{x}{x}"
[templates]
short = "{rev} {node|short}\\n"
self = "{self}"
listed = "{rev}"
listed:separator = ", "
listed:docheader = "<"
listed:docfooter = ">"
[extdata]
notes = shell:cat .hg/notes
bad = shell:echo 0 zero; echo ffff x; exit 3
[paths]
default = .hg/peer
other = https://example.org/x
other:pushurl = ssh://example.org/y
"""

REVISIONS = b"""[experimental]
revisions.prefixhexnode = yes
revisions.disambiguatewithin = draft()
"""

BROKEN = b"""[revsetalias]
bad( = 1
unused = $1
[templatealias]
broken( = 1
"""

USERS = [
    b"test",
    b"A. N. Other <other@place.example.org>",
    b"User Name <user@hostname>",
    b"M\xc3\xbcller, J. <jm@example.com>",
    b"latin \xe9t\xe9 <l@example.com>",
    b'"Quoted \\" Name" <q@x>',
    b"no-mail@",
    b"<only@mail>",
    b"person",
]
MESSAGES = [
    b"first line\n\nsecond paragraph\n  indented\n",
    b"fix issue 12",
    b"fix issue 123\nissue 12 again",
    b"caf\xc3\xa9 \xe2\x82\xac",
    b"latin \xe9\xe8",
    b"tab\tand \\ backslash \"quote\" 'single' {brace} <b>&amp;",
    b"* item one\n* item two\n\n  code::\n\n    x = 1",
    b"wide \xe4\xb8\x96\xe7\x95\x8c text that is long enough to be wrapped more than once when filled",
    b"  leading blank",
    b"MiXed Case",
    b"a",
    b"bug(3): close #5",
]
DATES = [b"0 0", b"1000000 -7200", b"1234567890 3600", b"1577872860 0", b"86400 18000", b"-86401 0", b"2000000000 -34200"]
BRANCHES = [b"default", b"stable", b"a-b-c", b"b/slash", b"name with space", b"br\xc3\xa4nch"]
NAMES = [b"v1.0", b"v1.0-rc", b"mark", b"foo-bar", b"+plus", b"1.2", b"deadbeef", b"M\xc3\xa4rk", b"mark2", b"x@y"]
FILES = [
    b"a",
    b"b",
    b"dir/c",
    b"dir/sub/d.txt",
    b"dir2/e.py",
    b"with space",
    b"caf\xc3\xa9",
    b"latin\xe9",
    b"star*x",
    b"aux",
    b"-dash",
    b"b[1]",
]


@dataclass
class Repository:
    """A repository and the names in it."""

    root: Path
    encoding: str
    nodes: list[bytes] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    count: int = 0


class Builder:
    """Makes one repository out of a seed."""

    def __init__(self, hg: str, root: Path, seed: int):
        """Prepare an empty repository."""
        self.dice = random.Random(seed)
        encoding = self.dice.choice(["utf-8", "ascii", "latin-1", "utf-8"])
        self.made = Repository(root, encoding)
        self.hg = hg

    def build(self, steps: int) -> Repository:
        """Do `steps` steps and leave the working directory untidy."""
        root = self.made.root
        env = environment(self.made.encoding)
        subprocess.run([self.hg, "init", str(root)], env=env, check=True)
        (root / ".hg/hgrc").write_bytes(HGRC + self.dice.choice([b"", b"", b"", BROKEN, REVISIONS]))
        with Server(self.hg, root, "utf-8") as self.server:
            self.edit()
            self.commit()
            for at in range(steps):
                self.step()
                if at == steps // 2:
                    self.run(b"clone", b"-qU", b".", b".hg/peer")
                    (root / ".hg/peer/.hg/hgrc").write_bytes(b"[experimental]\nevolution = all\n")
            self.finish()
            log = self.run(b"log", b"--hidden", b"-T", b"{node}\n")
            self.made.nodes = log.splitlines()[::-1] or [b"0" * 40]
            self.made.count = len(self.made.nodes)
            self.notes()
        return self.made

    def notes(self) -> None:
        """Write what `nodefromfile()` and `extdata()` read."""
        nodes = self.dice.choices(self.made.nodes, k=3)
        lines = [b"%s note %d" % (node[: self.dice.choice([12, 40])], at) for at, node in enumerate(nodes)]
        self.path(b".hg/notes").write_bytes(b"\n".join([*lines, b"tip caf\xc3\xa9", b""]) + b"\n")
        self.path(b".hg/nodes").write_bytes(b"\n".join(node for node in nodes) + b"\nbad\n")

    def run(self, *args: bytes) -> bytes:
        """Run a command that may fail."""
        return self.server.run(*args).out

    def path(self, name: bytes) -> Path:
        """Return where a file is."""
        return Path(str(self.made.root)) / name.decode("utf-8", "surrogateescape")

    def edit(self) -> None:
        """Write some files."""
        for name in self.dice.sample(FILES, self.dice.randint(1, 3)):
            path = self.path(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            lines = path.read_bytes().splitlines(keepends=True) if path.exists() else []
            at = self.dice.randint(0, len(lines))
            ends = self.dice.choice([b"\n", b"\n", b"\r\n", b"\n", b""])
            text = self.dice.choice([b"line %d", b"issue %d", b"caf\xc3\xa9 %d", b"\0bin %d"])
            lines.insert(at, text % self.dice.randint(0, 99) + ends)
            path.write_bytes(b"".join(lines))
            if self.dice.random() < 0.1:
                path.chmod(0o755)
        self.run(b"addremove", b"-q")

    def commit(self, *args: bytes) -> None:
        """Commit with a strange message, user and date."""
        words = [
            b"commit",
            b"-m",
            self.dice.choice(MESSAGES),
            b"-u",
            self.dice.choice(USERS),
            b"-d",
            self.dice.choice(DATES),
            *args,
        ]
        if self.dice.random() < 0.1:
            words.append(b"--secret")
        self.run(*words)

    def step(self) -> None:
        """Do one thing."""
        kinds = {
            self.plain: 6,
            self.jump: 4,
            self.branch: 2,
            self.merge: 3,
            self.move: 2,
            self.copy: 2,
            self.remove: 1,
            self.close: 1,
            self.tag: 2,
            self.bookmark: 2,
            self.amend: 2,
            self.rebase: 1,
            self.prune: 1,
            self.graft: 1,
            self.publish: 1,
        }
        self.dice.choices(list(kinds), list(kinds.values()))[0]()

    def plain(self) -> None:
        """Edit and commit."""
        self.edit()
        self.commit()

    def jump(self) -> None:
        """Go on from another changeset."""
        count = int(self.run(b"log", b"-r", b"tip", b"-T", b"{rev}") or b"0")
        self.run(b"update", b"-qC", b"-r", b"%d" % self.dice.randint(0, max(count, 0)))
        self.plain()

    def branch(self) -> None:
        """Name a branch."""
        self.run(b"branch", b"-qf", self.dice.choice(BRANCHES))
        self.plain()

    def merge(self) -> None:
        """Merge any other head."""
        self.run(b"merge", b"-q", b"-t", b":local", b"-r", b"last(head() - ::.)")
        self.commit()

    def some(self) -> bytes | None:
        """Return a tracked file."""
        files = self.run(b"files", b"-0").split(b"\0")[:-1]
        return self.dice.choice(files) if files else None

    def move(self) -> None:
        """Rename a file."""
        if name := self.some():
            self.run(b"mv", b"-qf", b"--", name, self.dice.choice(FILES))
            self.commit()

    def copy(self) -> None:
        """Copy a file."""
        if name := self.some():
            self.run(b"cp", b"-qf", b"--", name, self.dice.choice(FILES))
            self.commit()

    def remove(self) -> None:
        """Remove a file."""
        if name := self.some():
            self.run(b"rm", b"-qf", b"--", name)
            self.commit()

    def close(self) -> None:
        """Close the branch head."""
        self.run(b"commit", b"--close-branch", b"-m", b"close", b"-d", b"5000 0")

    def tag(self) -> None:
        """Tag."""
        name = self.dice.choice(NAMES)
        local = [b"-l"] if self.dice.random() < 0.3 else []
        self.run(b"tag", b"-f", *local, b"-d", b"7000 0", b"--", name)
        self.made.names.append(name)

    def bookmark(self) -> None:
        """Set a bookmark."""
        name = self.dice.choice(NAMES)
        self.run(b"bookmark", b"-f", b"--", name)
        self.made.names.append(name)

    def amend(self) -> None:
        """Replace the parent."""
        self.edit()
        self.commit(b"--amend")

    def rebase(self) -> None:
        """Move a head elsewhere."""
        self.run(b"rebase", b"-q", b"-t", b":local", b"-r", b"last(heads(draft()))", b"-d", b"first(all())")

    def graft(self) -> None:
        """Copy a changeset here."""
        self.run(b"graft", b"-q", b"-t", b":local", b"-r", b"first(all() - ::. - merge())")

    def prune(self) -> None:
        """Make a changeset obsolete, with descendants left behind at times."""
        node = self.run(b"log", b"-r", b"last(draft() - ::., 3)", b"-T", b"{node}\n").splitlines()
        if node:
            self.run(b"debugobsolete", b"--record-parents", node[0])

    def publish(self) -> None:
        """Move the border of the public phase."""
        self.run(b"phase", b"-p", b"-r", b"last(all(), 6) and first(heads(draft()))^")

    def finish(self) -> None:
        """Leave files in every state."""
        self.path(b".hgignore").write_bytes(b"syntax: glob\n*.ign\n")
        self.path(b"x.ign").write_bytes(b"ignored\n")
        self.path(b"unknown").write_bytes(b"unknown\n")
        files = self.run(b"files", b"-0").split(b"\0")[:-1]
        self.dice.shuffle(files)
        for name in files[:1]:
            self.run(b"rm", b"-qf", b"--", name)
        for name in files[1:2]:
            if self.path(name).exists():
                self.path(name).unlink()
        for name in files[2:3]:
            self.path(name).write_bytes(b"changed in the working directory\n")
        for name in files[3:4]:
            self.run(b"cp", b"-q", b"--", name, b"copied.txt")
        self.path(b"new").write_bytes(b"new\n")
        self.run(b"add", b"-q", b"new")
        if self.dice.random() < 0.3:
            self.run(b"bisect", b"-g", b"0")
            self.run(b"bisect", b"-b", b"tip", b"--noupdate")
