"""Upstream's command server: many commands in one process."""

from __future__ import annotations

import os
import select
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

ENVIRONMENT = {
    "HGRCPATH": "",
    "HGUSER": "test",
    "HGMERGE": ":fail",
    "HGEDITOR": "false",
    "TZ": "GMT",
    "LC_ALL": "C",
    "COLUMNS": "80",
}


#: Seconds after which upstream is taken to hang.
PATIENCE = 60


@dataclass(frozen=True)
class Answer:
    """What a command did."""

    code: int
    out: bytes
    err: bytes


def environment(encoding: str) -> dict[str, str]:
    """Return what both programs see."""
    return {**ENVIRONMENT, "HGENCODING": encoding, "PATH": os.environ["PATH"]}


class Server:
    """A running `hg serve --cmdserver pipe`."""

    def __init__(self, hg: str, root: Path | None, encoding: str):
        """Start the server in the repository at `root`, or in none."""
        where = ["-R", str(root)] if root else []
        self.process = subprocess.Popen(
            [hg, "serve", "--cmdserver", "pipe", *where],
            cwd=root or "/",
            env=environment(encoding),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            stderr=subprocess.DEVNULL,
        )
        self._frame()

    def __enter__(self) -> Self:
        """Return the server."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the server."""
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(timeout=60)

    def _frame(self) -> tuple[bytes, bytes | int]:
        if not select.select([self.process.stdout], [], [], PATIENCE)[0]:
            self.process.kill()
        header = self._read(5)
        if len(header) < 5:
            message = "the server has ended"
            raise EOFError(message)
        channel, size = struct.unpack(">cI", header)
        if channel in b"IL":
            return channel, size
        return channel, self._read(size)

    def _read(self, size: int) -> bytes:
        parts = []
        while size and (part := self.process.stdout.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def run(self, *args: bytes) -> Answer:
        """Run a command."""
        words = b"\0".join(args)
        self.process.stdin.write(b"runcommand\n" + struct.pack(">I", len(words)) + words)
        self.process.stdin.flush()
        texts = {b"o": [], b"e": []}
        while True:
            channel, data = self._frame()
            if channel in b"IL":
                self.process.stdin.write(struct.pack(">I", 0))
                self.process.stdin.flush()
            elif channel == b"r":
                code = struct.unpack(">i", data)[0]
                return Answer(code, b"".join(texts[b"o"]), b"".join(texts[b"e"]))
            elif channel in texts:
                texts[channel].append(data)


def run_once(
    hg: str, root: Path, encoding: str, *args: bytes, hash_seed: int | None = None
) -> Answer:
    """Run a command in a process of its own."""
    env = environment(encoding)
    if hash_seed is not None:
        env["PYTHONHASHSEED"] = str(hash_seed)
    result = subprocess.run(
        [os.fsencode(hg), *args],
        cwd=root,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Answer(result.returncode, result.stdout, result.stderr)
