"""Repositories over ssh: our client and server against the oracle's, each way."""

from __future__ import annotations

import itertools
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .history import Hg

#: Runs the command that it should run elsewhere here.
SSH = '#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n'

PAIRS = list(itertools.product(("ours", "oracle"), repeat=2))


class Place:
    """A directory with an ssh of its own."""

    def __init__(self, root: Path, programs: dict[str, str]) -> None:
        """Make the ssh."""
        self.root = root
        self.programs = programs
        self.ssh = root / "ssh"
        self.ssh.write_text(SSH)
        self.ssh.chmod(0o755)

    def url(self, name: str) -> str:
        """Where a repository is, for clients."""
        return f"ssh://user@dummy/{self.root}/{name}"

    def run(
        self, client: str, server: str, *args: str, cwd: str = ".", ok: bool = True
    ) -> str:
        """What a client prints that talks to a server."""
        environment = dict(os.environ, HGRCPATH="", HGUSER="test", HGPLAIN="1")
        program = [self.programs[client], "--config", f"ui.ssh={self.ssh}"]
        program += ["--config", f"ui.remotecmd={self.programs[server]}"]
        done = subprocess.run(
            [*program, *args],
            cwd=self.root / cwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            text=True,
            timeout=60,
        )
        if ok:
            assert done.returncode in (0, 1), done.stdout
        return done.stdout.replace(self.programs[server], "hg").replace(
            str(self.root), "ROOT"
        )


@pytest.fixture
def place(tmp_path: Path, ours: Hg, oracle: str) -> Place:
    """A directory to work in."""
    return Place(tmp_path, {"ours": ours.path, "oracle": oracle})


def session(place: Place, client: str, server: str) -> list[str]:
    """What is printed in some exchanges."""

    def run(*args: str, cwd: str = ".", ok: bool = True) -> None:
        out.append(place.run(client, server, *args, cwd=cwd, ok=ok))

    out: list[str] = []
    first = place.url("first")
    run("init", first)
    run("init", first, ok=False)
    place.run(client, server, "init", "work")
    for number in range(3):
        (place.root / "work" / f"f{number}").write_text(f"{number}\n")
        args = ("commit", "-A", "-q", "-m", f"c{number}", "-d", "0 0")
        place.run(client, server, *args, cwd="work")
    run("outgoing", first, cwd="work")
    run("push", first, cwd="work")
    run("clone", first, "clone")
    run("clone", "-r", "1", first, "part")
    run("incoming", cwd="part")
    run("pull", cwd="part")
    run("bookmark", "-r", "1", "mark", cwd="work")
    run("push", "-B", "mark", first, cwd="work")
    run("incoming", "-B", cwd="clone")
    run("pull", "-B", "mark", cwd="clone")
    run("identify", first)
    run("identify", "-r", "mark", first)
    run("identify", "-r", "none", first, ok=False)
    run("identify", place.url("none"), ok=False)
    run("debugpeer", first)
    run("debugwireargs", first, "a", "b", "--three", "c", "--four", "d", "--five", "e")
    (place.root / "work" / "f0").write_text("new head\n")
    place.run(client, server, "update", "-q", "0", cwd="work")
    run("commit", "-q", "-m", "head", "-d", "0 0", cwd="work")
    run("push", first, cwd="work", ok=False)
    (place.root / "first" / ".hg" / "hgrc").write_text(
        "[hooks]\npretxnchangegroup.x = echo $HG_SOURCE $HG_URL; exit 1\n"
    )
    run("push", "-f", first, cwd="work", ok=False)
    (place.root / "first" / ".hg" / "hgrc").unlink()
    run("push", "-f", first, cwd="work")
    run("verify", "-q", cwd="first")
    return out


@pytest.mark.parametrize(("client", "server"), PAIRS[:-1])
def test_exchanges_print_the_same(
    place: Place, tmp_path_factory: pytest.TempPathFactory, client: str, server: str
) -> None:
    """Whoever is at which end, the user sees what the oracle alone would show."""
    expected = Place(tmp_path_factory.mktemp("oracle"), place.programs)
    assert session(place, client, server) == session(expected, "oracle", "oracle")


@pytest.mark.parametrize(
    "location",
    ["ssh://-oProxyCommand=touch%20x/p", "ssh://u:p@h/x", "ssh:///p", "ssh://%2Dx/y"],
)
def test_bad_locations_are_refused(place: Place, location: str) -> None:
    """Nothing is run for them, and both say the same."""
    ours, theirs = (
        place.run(client, "ours", "identify", location, ok=False)
        for client in ("ours", "oracle")
    )
    assert ours == theirs
    assert not (place.root / "x").exists()


@pytest.mark.parametrize(
    "answer",
    ["", "banner\\n", "9999999\\n", "2\\nab", "\\n\\n\\n", "0\\n1\\nx\\n"],
)
def test_servers_that_are_none_end_it(place: Place, answer: str) -> None:
    """No hang and no crash."""
    place.ssh.write_text(f"#!/bin/sh\nprintf '{answer}'\n")
    out = place.run("ours", "ours", "identify", place.url("x"), ok=False)
    assert out == "abort: no suitable response from remote hg\n"


@pytest.mark.parametrize(
    "args",
    [
        ("-R", "r", "serve", "--stdio", "--debug"),
        ("serve", "--stdio"),
        ("-R", "--x", "serve", "--stdio"),
        ("--config", "a.b=c", "-R", "r", "serve", "--stdio"),
    ],
)
def test_servers_take_no_other_arguments(place: Place, args: tuple[str, ...]) -> None:
    """What may be run through ssh can not be made to do anything else."""
    place.run("oracle", "oracle", "init", "r")
    outputs = []
    for program in ("ours", "oracle"):
        done = subprocess.run(
            [place.programs[program], *args],
            cwd=place.root,
            env=dict(os.environ, HGRCPATH=""),
            input=b"heads\n",
            capture_output=True,
            check=False,
            timeout=60,
        )
        outputs.append((done.returncode, done.stdout, done.stderr))
    assert outputs[0] == outputs[1]


#: What old servers answer to changesets, by the name under which it is sent.
OLD_UNBUNDLE = [
    {"unbundle": text}
    for text in (
        "0",
        "1",
        "2",
        "-2",
        "",
        "abc",
        " 1 ",
        "1\nmore",
        "9" * 24,
        "+1",
        "1_0",
        "1.5",
    )
] + [{"before": "no\nway"}, {"afterwards": "it's\nlate"}]

#: What they answer to keys.
OLD_PUSHKEY = [
    "1\n",
    "0\n",
    "\n",
    "abc\n",
    "2\n",
    "-1\n",
    "0\nsaid\nmore\n",
    "x\nsaid\n",
]


def push_to_old_server(
    place: Place, answers: dict[str, object], *args: str, published: bool
) -> list[list[str]]:
    """Say what both clients print, and which phases they have afterwards."""
    server = Path(__file__).with_name("old_server.py")
    program = shlex.join([sys.executable, str(server)])
    out = []
    for client in ("ours", "oracle"):
        name = f"from-{client}"
        place.run("oracle", "oracle", "init", name)
        nodes = []
        for file in ("a", "b"):
            (place.root / name / file).write_text(file)
            place.run("oracle", "oracle", "commit", "-Am", file, "-d", "0 0", cwd=name)
            line = ("log", "-r", "tip", "-T", "{node}")
            nodes.append(place.run("oracle", "oracle", *line, cwd=name))
        place.run("oracle", "oracle", "bookmark", "-r", "1", "bm", cwd=name)
        place.run("oracle", "oracle", "phase", "-p", str(int(published)), cwd=name)
        keys = {
            "phases": f"{nodes[0]}\t1" if published else "publishing\tTrue",
            "bookmarks": f"old\t{nodes[0]}",
        }
        known = nodes if published else nodes[:1]
        told = {"head": known[-1], "known": known, "keys": keys, **answers}
        text = shlex.quote(json.dumps(told))
        place.ssh.write_text(f"#!/bin/sh\nANSWERS={text} exec {program}\n")
        line = ("push", *args, place.url("x"))
        said = [place.run(client, client, *line, cwd=name, ok=False)]
        line = ("log", "-T", "{rev} {phase}\n")
        said.append(place.run("oracle", "oracle", *line, cwd=name))
        out.append(said)
    return out


@pytest.mark.parametrize("answers", OLD_UNBUNDLE, ids=repr)
def test_what_old_servers_say_about_changesets(
    place: Place, answers: dict[str, object]
) -> None:
    """They sum up with a number, or refuse."""
    ours, theirs = push_to_old_server(place, answers, published=False)
    assert ours == theirs


@pytest.mark.parametrize("answer", OLD_PUSHKEY)
def test_what_old_servers_say_about_keys(place: Place, answer: str) -> None:
    """Phases and bookmarks are taken or refused one at a time."""
    answers: dict[str, object] = {"pushkey": answer}
    args = ("-B", "bm", "-B", "old")
    ours, theirs = push_to_old_server(place, answers, *args, published=True)
    assert ours == theirs
