"""The command server, as a program that drives it sees it, through both doors."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import time
from pathlib import Path

import pytest

from tests.conftest import DOORS, hermetic_environment


class Talk:
    """A conversation with a server.

    Args:
        reader: Where frames come from.
        writer: Where commands go.
    """

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.hello = self.frame()[1]

    def frame(self) -> tuple[str, bytes | int]:
        """Read one frame: channel and data, or how much input is wanted."""
        channel, length = struct.unpack(">cI", self.reader.read(5))
        if channel in b"IL":
            return channel.decode(), length
        return channel.decode(), self.reader.read(length)

    def run(self, *args: str, lines: tuple[bytes, ...] = ()) -> tuple[dict[str, bytes], int]:
        """Run a command; return what came on each channel, and its exit code."""
        data = b"\0".join(arg.encode() for arg in args)
        self.writer.write(b"runcommand\n" + struct.pack(">I", len(data)) + data)
        self.writer.flush()
        said: dict[str, bytes] = {}
        given = iter(lines)
        while True:
            channel, data = self.frame()
            if channel == "r":
                return said, struct.unpack(">i", data)[0]
            if channel in "IL":
                line = next(given, b"")
                self.writer.write(struct.pack(">I", len(line)) + line)
                self.writer.flush()
                continue
            said[channel] = said.get(channel, b"") + data

    def out(self, *args: str, lines: tuple[bytes, ...] = ()) -> str:
        """Return the output of a command that succeeds."""
        said, code = self.run(*args, lines=lines)
        assert code == 0, said
        return said.get("o", b"").decode()


@pytest.fixture(params=DOORS)
def start(request, tmp_path: Path, door_bin):
    """Return a function that starts a server in a repository with one file."""
    env = hermetic_environment(door_bin(request.param))
    root = tmp_path / "repo"
    subprocess.run(["hg", "init", str(root)], cwd=tmp_path, env=env, check=True)
    (root / "a").write_text("1\n")
    children = []

    def run(*args: str, cwd: Path = root) -> Talk:
        child = subprocess.Popen(
            ["hg", "serve", "--cmdserver", "pipe", *args],
            cwd=cwd,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        children.append(child)
        talk = Talk(child.stdout, child.stdin)
        talk.child = child
        return talk

    run.root, run.env = root, env
    yield run
    for child in children:
        child.stdin.close()
        child.wait(timeout=20)


def test_greeting_and_end(start) -> None:
    """The greeting tells what the server can do; hanging up ends it."""
    talk = start()
    lines = talk.hello.decode().splitlines()
    assert lines[:2] == ["capabilities: getencoding runcommand", "encoding: ascii"]
    assert [line.split(": ")[0] for line in lines[2:]] == ["pid", "pgid"]
    talk.writer.write(b"getencoding\n")
    talk.writer.flush()
    assert talk.frame() == ("r", b"ascii")
    talk.writer.write(b"nonsense\n")
    talk.writer.flush()
    assert talk.child.wait(timeout=20) == 255
    assert talk.child.stderr.read() == b"abort: unknown command nonsense\n"


def test_runs_see_what_happened_since(start) -> None:
    """Each run sees what earlier ones and other programs have done."""
    talk = start()
    assert talk.out("commit", "-Am", "one", "-d", "0 0") == "adding a\n"
    (start.root / "a").write_text("2\n")
    subprocess.run(
        ["hg", "commit", "-m", "two"], cwd=start.root, env=start.env, check=True
    )
    assert talk.out("log", "-T", "{rev} {desc}\n") == "1 two\n0 one\n"
    subprocess.run(["hg", "bookmark", "x"], cwd=start.root, env=start.env, check=True)
    assert talk.out("bookmarks", "-T", "{bookmark}") == "x"
    subprocess.run(["hg", "strip", "1", "--config", "extensions.strip="],
                   cwd=start.root, env=start.env, check=True, capture_output=True)
    assert talk.out("tip", "-T", "{desc}") == "one"


def test_options_hold_for_one_run_or_for_all(start) -> None:
    """Options of a run end with it, those of the server hold in all."""
    talk = start("-R", str(start.root), "--config", "alias.where=root", cwd=Path("/"))
    assert talk.out("where") == f"{start.root}\n"
    assert talk.run("where", "--cwd", "/")[1] == 255
    assert talk.out("where") == f"{start.root}\n"
    assert talk.out("status", "-q", "--config", "ui.quiet=1") == ""
    assert talk.out("config", "ui.quiet", "--config", "ui.quiet=1") == "1\n"
    assert talk.run("config", "ui.quiet")[1] == 1


def test_failures(start) -> None:
    """Complaints come on the channel of errors, with the exit code of the command line."""
    talk = start()
    said, code = talk.run("no-such-command")
    assert said["e"].startswith(b"hg: unknown command 'no-such-command'\n")
    assert code == 255
    assert talk.run("log", "-r", "7", "--config", "ui.detailed-exit-code=1")[1] == 10


def test_questions_and_input(start) -> None:
    """Questions ask for a line; a patch comes line by line; a message in blocks."""
    talk = start("--config", "ui.interactive=1")
    said, code = talk.run("commit", "-Ai", "-m", "x", lines=(b"y\n", b"y\n"))
    assert (code, said["o"].count(b"[Ynesfdaq?]")) == (0, 2)
    (start.root / "a").write_text("3\n")
    said, code = talk.run("commit", "-i", "-m", "y")
    assert (code, said["e"]) == (255, b"abort: response expected\n")
    assert talk.out("commit", "-l", "-", lines=(b"from ", b"input")) == ""
    assert talk.out("tip", "-T", "{desc}") == "from input"
    patch = b"diff --git a/n b/n\nnew file mode 100644\n--- /dev/null\n+++ b/n\n@@ -0,0 +1,1 @@\n+n\n"
    lines = tuple(patch.splitlines(keepends=True))
    assert "applying patch from stdin" in talk.out("import", "-m", "p", "-", lines=lines)
    assert talk.out("files") == "a\nn\n"


def test_programs_that_a_run_starts(start) -> None:
    """What hooks and aliases print is output; they have no input."""
    talk = start()
    hook = "hooks.pre-root=echo from hook; echo and errors >&2; cat"
    said, code = talk.run("root", "--config", hook)
    assert (code, said) == (0, {"o": f"from hook\nand errors\n{start.root}\n".encode()})
    assert talk.out("x", "--config", "alias.x=!echo alias") == "alias\n"


def test_messages_in_parts(start) -> None:
    """Messages come as maps in CBOR where the other side asks for them."""
    talk = start("--config", "ui.message-output=channel",
                 "--config", "cmdserver.message-encodings=other cbor")
    assert b"\nmessage-encoding: cbor\n" in talk.hello
    said, _code = talk.run("commit", "-Am", "one")
    assert said["m"] == b"\xa3DdataIadding a\nElabelRui.addremove.addedDtypeFstatus"
    said, _code = talk.run("update", "nowhere")
    assert said["m"].startswith(b"\xa2DdataX\x22abort: unknown revision 'nowhere'\n")
    said, _code = talk.run("verify")
    assert b"DtypeHprogress" in said["m"]


def test_extension_for_one_run(start, tmp_path: Path) -> None:
    """A run that enables an extension in Python has it, through either door."""
    extension = tmp_path / "greet.py"
    extension.write_text(
        "from mercurial import registrar\n"
        "cmdtable = {}\n"
        "command = registrar.command(cmdtable)\n"
        "@command(b'greet', [], b'', norepo=True)\n"
        "def greet(ui):\n"
        "    name = ui.prompt(b'who?', b'nobody')\n"
        "    ui.write(b'hello %s\\n' % name)\n"
    )
    talk = start()
    more = ("--config", f"extensions.greet={extension}", "--config", "ui.interactive=1")
    said, code = talk.run("greet", *more, lines=(b"you\n",))
    assert (code, said["o"]) == (0, b"who? hello you\n")
    assert talk.out("root") == f"{start.root}\n"
    said, code = talk.run("greet", *more, lines=(b"me\n",))
    assert (code, said["o"]) == (0, b"who? hello me\n")


def test_over_a_socket(start, tmp_path: Path) -> None:
    """Everyone who connects has a server; a signal ends them and removes the socket."""
    path, pid_file = tmp_path / "socket", tmp_path / "pid"
    subprocess.run(
        ["hg", "serve", "--cmdserver", "unix", "-a", str(path), "-d", "--pid-file", str(pid_file)],
        cwd=start.root, env=start.env, check=True, capture_output=True,
    )
    for _ in range(2):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            talk = Talk(connection.makefile("rb"), connection.makefile("wb"))
            assert talk.out("root") == f"{start.root}\n"
    os.kill(int(pid_file.read_text()), 15)
    for _ in range(200):
        if not path.exists():
            break
        time.sleep(0.05)
    assert not path.exists()
