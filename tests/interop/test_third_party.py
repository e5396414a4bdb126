"""Extensions, hooks and programs of others, unmodified from PyPI, each doing what its README tells.

The oracle does the same beside us, and what is said and made must be equal; where a package no longer
works with the oracle, the oracle's own commands do its job.  `HG_THIRD_PARTY` names a directory that
has the packages already; without it they are installed, and without a network the tests are skipped.
"""

from __future__ import annotations

import base64
import http.server
import os
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Callable, Iterator

import pytest

from tests.conftest import hermetic_environment

PACKAGES = (
    "mercurial_all_paths",
    "mercurial_dynamic_username",
    "mercurial_path_pattern",
    "mercurial_extension_utils",
    "mercurial_keyring",
    "keyrings.alt",
    "hg-credentials",
    "hghooks",
    "setuptools_hg",
    "python-hglib",
    "hg-evolve",
    "hg-git",
)


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with the packages."""
    known = os.environ.get("HG_THIRD_PARTY")
    if known:
        return Path(known)
    place = tmp_path_factory.mktemp("packages")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "-q",
        "--target",
        str(place),
        *PACKAGES,
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        pytest.skip("the packages cannot be installed: " + result.stderr[-200:])
    return place


class World:
    """One program with the packages, in a directory of its own.

    Args:
        root: The directory; its name is left out of what is said.
        program: The program.
        env: Its environment.
    """

    def __init__(self, root: Path, program: Path, env: dict[str, str]):
        self.root = root
        root.mkdir()
        self.program = program
        self.rc = root / "hgrc"
        self.rc.write_text("")
        self.env = {**env, "HGRCPATH": str(self.rc), "HOME": str(root)}

    def configure(self, text: str) -> None:
        """Write the configuration; `{root}` stands for the directory."""
        self.rc.write_text(textwrap.dedent(text).replace("{root}", str(self.root)))

    def hg(self, *args: str, cwd: str = ".", stdin: str = "") -> tuple[int, str]:
        """Run the program; return its exit code and all that it says."""
        return self.run([str(self.program), *args], cwd=cwd, stdin=stdin)

    def run(
        self, command: list[str], cwd: str = ".", stdin: str = ""
    ) -> tuple[int, str]:
        """Run any program of the world."""
        result = subprocess.run(
            command,
            cwd=self.root / cwd,
            env=self.env,
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=120,
            check=False,
        )
        text = result.stdout.decode("utf-8", "replace")
        return result.returncode, text.replace(str(self.root), "ROOT")

    def python(self) -> str:
        """Return the interpreter that has the program's modules."""
        return str(self.program.parent / "python")

    def repository(self, name: str, *contents: str) -> Path:
        """Make a repository with a changeset for each content of a file `x`."""
        self.hg("init", name)
        for at, content in enumerate(contents):
            (self.root / name / "x").write_text(content)
            self.hg("commit", "-A", "-q", "-m", f"c{at}", "-d", f"{at} 0", cwd=name)
        return self.root / name


Both = Callable[[Callable[[World], object]], object]


@pytest.fixture
def worlds(
    packages: Path, tmp_path: Path, native_bin: Path, oracle: str
) -> tuple[World, World]:
    """Return ours and the oracle's world."""
    env = {**hermetic_environment(native_bin), "PYTHONWARNINGS": "ignore"}
    env["PYTHONPATH"] = str(packages)
    programs = (native_bin / "hg", Path(oracle).parent / "env/bin/hg")
    if not programs[1].exists():
        pytest.skip("the oracle's program takes no packages")
    return tuple(  # type: ignore[return-value]
        World(tmp_path / name, program, env)
        for name, program in zip(("ours", "oracle"), programs)
    )


@pytest.fixture
def both(worlds: tuple[World, World]) -> Both:
    """Return a function that does the same in both worlds, and compares what comes of it."""

    def do(session: Callable[[World], object]) -> object:
        ours, theirs = map(session, worlds)
        assert ours == theirs
        return ours

    return do


def test_dynamic_username(both: Both) -> None:
    """The user of a changeset follows from where the repository is."""

    def session(world: World) -> list[object]:
        world.configure(
            """
            [extensions]
            mercurial_dynamic_username =
            [ui]
            username = Jake <jake@loose.net>
            [dynamic_username]
            work.location = {root}/office
            work.username = John Smith <john.smith@serious.com>
            open.location = {root}/office/open-source
            """
        )
        world.env.pop("HGUSER")
        said: list[object] = []
        for place in ("office/acme", "hobby", "office/open-source/lib"):
            (world.root / place).parent.mkdir(parents=True, exist_ok=True)
            world.repository(place, "a\n")
            said.append(world.hg("log", "-T", "{author}\n", cwd=place))
            said.append(world.hg("showconfig", "ui.username", cwd=place))
        return said

    said = both(session)
    assert [text for _code, text in said[::2]] == [
        "John Smith <john.smith@serious.com>\n",
        "Jake <jake@loose.net>\n",
        "Jake <jake@loose.net>\n",
    ]


def test_path_pattern(both: Both) -> None:
    """Paths follow from patterns; `cloneto` makes the repository there."""

    def session(world: World) -> list[object]:
        world.configure(
            """
            [extensions]
            mercurial_path_pattern =
            [path_pattern]
            lag.local = {root}/devel/{repo}
            lag.remote = {root}/remote/{repo:/=-}
            """
        )
        (world.root / "devel/libs").mkdir(parents=True)
        (world.root / "remote").mkdir()
        root = world.repository("devel/libs/xyz", "a\n")
        said: list[object] = []
        for args in (
            ["paths"],
            ["path", "lag"],
            ["list_path_patterns"],
            ["help", "cloneto"],
            ["cloneto", "lag"],
            ["cloneto"],
            ["outgoing", "lag"],
        ):
            said.append((args, world.hg(*args, cwd="devel/libs/xyz")))
        (root / "x").write_text("b\n")
        world.hg("commit", "-m", "more", "-d", "1 0", cwd="devel/libs/xyz")
        for args in (["push", "lag"], ["pull", "lag"], ["incoming", "lag"]):
            said.append((args, world.hg(*args, cwd="devel/libs/xyz")))
        said.append(world.hg("log", "-T", "{node}\n", cwd="remote/libs-xyz"))
        return said

    said = both(session)
    assert "Cloning current repository to ROOT/remote/libs-xyz" in str(said[4])


def test_all_paths(worlds: tuple[World, World]) -> None:
    """All paths, or those of a group, at once; the oracle cannot load it and goes one by one."""
    ours, theirs = worlds
    for world in worlds:
        world.repository("a", "a\n", "b\n")
        world.hg("init", "b")
        world.hg("init", "c")
        (world.root / "a/.hg/hgrc").write_text(
            "[paths]\nb = ../b\nc = ../c\n[all_paths]\ngroup.g = c\nprioritize = c\n"
        )
    ours.configure("[extensions]\nmercurial_all_paths =\n")

    def same(args: list[str], one_by_one: list[list[str]], blank: str = "") -> None:
        code, said = ours.hg(*args, cwd="a")
        parts = [theirs.hg(*command, cwd="a") for command in one_by_one]
        assert said == blank.join(text for _code, text in parts)

    same(["pushall", "-g", "g", "-r", "0"], [["push", "-r", "0", "../c"]])
    same(["outgoingall"], [["outgoing", "../c"], ["outgoing", "../b"]])
    same(["pushall"], [["push", "../c"], ["push", "../b"]], "\n")
    same(["pullall"], [["pull", "../c"], ["pull", "../b"]], "\n")
    same(["incomingall"], [["incoming", "../c"], ["incoming", "../b"]])
    listed = ours.hg("help", "mercurial_all_paths")[1]
    assert " pushall       execute push on multiple paths\n" in listed


def test_hghooks(both: Both) -> None:
    """Its modules are for Python 2; that is told in the oracle's words, and nothing is committed."""

    def session(world: World) -> list[object]:
        world.configure(
            "[hooks]\npretxncommit.pyflakes = python:hghooks.code.pyflakeshook\n"
        )
        world.repository("a")
        (world.root / "a/m.py").write_text("import os\n")
        said: list[object] = [world.hg("commit", "-A", "-m", "bad", cwd="a")]
        said.append(world.hg("log", cwd="a"))
        said.append(world.hg("status", cwd="a"))
        world.configure("")
        world.hg("commit", "-A", "-m", "bad", "-d", "0 0", cwd="a")
        world.configure(
            "[hooks]\npretxnchangegroup.trac = python:hghooks.trachooks.ticket_checker\n"
        )
        world.hg("init", "b")
        said.append(world.hg("push", "../b", cwd="a"))
        said.append(world.hg("log", cwd="b"))
        return said

    said = both(session)
    assert 'import of "hghooks.code" failed' in said[0][1]


def test_setuptools_hg(worlds: tuple[World, World]) -> None:
    """The files of a package are those that are tracked, asked from the library or the command."""
    script = "import setuptools_hg; print(sorted(setuptools_hg.hg_file_finder('.')))"
    answers = []
    for world in worlds:
        root = world.repository("p")
        (root / "h").mkdir()
        for name in ("h/__init__.py", "h/data.txt", "other.txt"):
            (root / name).write_text("")
        world.hg("add", "h", cwd="p")
        world.hg("commit", "-m", "x", cwd="p")
        world.env["PATH"] = f"{world.program.parent}{os.pathsep}{world.env['PATH']}"
        forced = ["env", "HG_SETUPTOOLS_FORCE_CMD=1", world.python(), "-c", script]
        answers.append(world.run(forced, cwd="p"))
    assert answers[0] == answers[1] == (0, "['h/__init__.py', 'h/data.txt']\n")
    ours = worlds[0]
    assert ours.run([ours.python(), "-c", script], cwd="p") == answers[0]


class _Guarded(http.server.BaseHTTPRequestHandler):
    """Answers those who know the password."""

    def do_GET(self) -> None:
        wanted = "Basic " + base64.b64encode(b"me:secret").decode()
        if self.headers.get("Authorization") == wanted:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"content\n")
        else:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="here"')
            self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


FETCH = '''
from mercurial import registrar, url

cmdtable = {}


@registrar.command(cmdtable)(b"fetchurl", [], b"URL", norepo=True)
def fetchurl(ui, address):
    """show what is at an address"""
    ui.write(url.open(ui, address).read())
'''


@pytest.fixture
def guarded() -> Iterator[str]:
    """Return the address of a server that wants to know who asks."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Guarded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()


def fetching(world: World, address: str, extensions: str) -> None:
    """Enable what gets the content of an address, as the user `me`."""
    (world.root / "fetch.py").write_text(FETCH)
    world.configure(
        f"[extensions]\nfetch = {{root}}/fetch.py\n{extensions}"
        "[ui]\ninteractive = yes\n"
        f"[auth]\na.prefix = {address}\na.username = me\na.schemes = http\n"
    )


def test_keyring(both: Both, guarded: str) -> None:
    """A password is asked for once, kept in a file, told of, and dropped."""

    def session(world: World) -> list[object]:
        world.env["PYTHON_KEYRING_BACKEND"] = "keyrings.alt.file.PlaintextKeyring"
        fetching(world, guarded, "mercurial_keyring =\n")
        address = f"http://{guarded}/x"
        world.hg("init", "r")
        (world.root / "r/.hg/hgrc").write_text(f"[paths]\ndefault = {address}\n")
        said: list[object] = []
        for args, answers in (
            (["fetchurl", address], "secret\n"),
            (["fetchurl", address], ""),
            (["keyring_check"], ""),
            (["keyring_clear"], ""),
            (["keyring_clear", "default"], ""),
            (["keyring_check"], ""),
            (["fetchurl", address], "wrong\n"),
            (["help", "mercurial_keyring"], ""),
        ):
            said.append((args, world.hg(*args, cwd="r", stdin=answers)))
        return said

    said = both(session)
    assert "password: " in said[0][1][1]
    assert said[1][1] == (0, "content\n")


def test_credentials(both: Both, guarded: str) -> None:
    """Without a service that keeps secrets it says so, and asks as ever."""

    def session(world: World) -> list[object]:
        fetching(world, guarded, "credentials =\n")
        address = f"http://{guarded}/x"
        return [
            world.hg("fetchurl", address, stdin="secret\n"),
            world.hg("debugcredentialbackends"),
            world.hg("help", "debugcredentialbackends"),
        ]

    said = both(session)
    assert "would you like to save this password? (Y/n)" in said[0][1]


HGLIB = """
import sys
import hglib
from hglib.util import b

client = hglib.open(".", "UTF-8", ["ui.username=me"])
print(client.root() == b(sys.argv[1]), len(client.log()), client.log("tip")[0][5])
open("new", "w").close()
client.add([b"new"])
rev, node = client.commit(b"from a program", user=b"you", date="1 0")
print(rev, node)
print(client.status(), client.tip()[4:6], client.branches(), client.tags(), client.heads())
client.bookmark(b"mark", rev=0)
print(client.bookmarks())
print(client.cat([b"x"], rev=0), client.diff(change=1), list(client.manifest()))
client.update(0)
print(client.parents(), client.identify())
try:
    client.update(b"nowhere")
except hglib.error.CommandError as problem:
    print(problem)
client.close()
"""


def test_hglib(both: Both) -> None:
    """A program that works through the command server."""

    def session(world: World) -> object:
        world.repository("a", "a\n", "b\n")
        (world.root / "program.py").write_text(HGLIB)
        world.env["PATH"] = f"{world.program.parent}{os.pathsep}{world.env['PATH']}"
        return world.run(
            [sys.executable, str(world.root / "program.py"), str(world.root / "a")],
            cwd="a",
        )

    said = both(session)
    assert said[0] == 0, said[1]


EVOLVE = """
[extensions]
evolve =
topic =
[ui]
interactive = no
merge = internal:merge
[experimental]
evolution = all
[devel]
default-date = 0 0
"""

SESSION = """
up -q 1
!g
add g
amend -m new -d 9\u00a00
evolve --list
evolve --all
LOG
prev
next
metaedit -m edited -d 8\u00a00
evolve --all
LOG
fold --from .^ -m folded -d 7\u00a00
prune -r max(desc(c3))
LOG
topics t1
!y
add y
commit -m y -d 6\u00a00
topics
obslog -r .
uncommit --all
status
debugobsolete
"""


def test_evolve_and_topic(both: Both) -> None:
    """Amending, evolving, folding, pruning and topics; what is wrapped in vain is told by name."""

    def session(world: World) -> list[object]:
        world.configure(EVOLVE)
        root = world.repository("r", "a\n")
        for name in "bcd":
            (root / name).write_text(name)
            world.hg("commit", "-A", "-q", "-m", f"c{name}", "-d", "1 0", cwd="r")
        said: list[object] = []
        for line in SESSION.split("\n"):
            if line.startswith("!"):
                (root / line[1:]).write_text("content\n")
                continue
            template = "{rev} {node|short} {desc} {topic} {phase} {instabilities}\n"
            words = [word.replace("\u00a0", " ") for word in line.split(" ") if word]
            if line == "LOG":
                words = ["log", "-G", "-T", template]
            if words:
                code, text = world.hg(*words, cwd="r")
                told = text.splitlines()
                kept = [
                    one for one in told if not one.startswith("warning: mercurial.")
                ]
                said.append((line, code, kept))
        return said

    both(session)


# What each of them imports or wraps that native code does, so that it has no effect or refuses.
IN_VAIN = """
from mercurial import absent, extensions, registrar
import sys

cmdtable = {}


@registrar.command(cmdtable)(b"invain", [], b"", norepo=True)
def invain(ui):
    \"\"\"list what has no effect\"\"\"
    names = set(extensions._warnedseams)
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("hgext3rd", "hggit"):
            found = [one for one in vars(module).values() if absent.is_absent(one)]
            names.update(one.__qualname__ for one in found)
    ui.write(b"".join(b"%s\\n" % name.encode() for name in sorted(names)))
"""
MOST = {"evolve": 12, "topic": 30, "hggit": 10}


@pytest.mark.parametrize("name", sorted(MOST))
def test_loading_of_the_hard_ones(worlds: tuple[World, World], name: str) -> None:
    """They load; what they miss is known by name and does not become more."""
    ours = worlds[0]
    (ours.root / "invain.py").write_text(IN_VAIN)
    ours.configure(f"[extensions]\n{name} =\ninvain = {{root}}/invain.py\n")
    code, said = ours.hg("invain")
    lines = [line for line in said.splitlines() if not line.startswith("warning: ")]
    assert code == 0, said
    assert "Traceback" not in said
    assert len(lines) <= MOST[name], lines
