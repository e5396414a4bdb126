"""Damaged and crafted inputs, and how a program must take them."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import struct
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from .history import ENVIRONMENT, SLOW_PATHS, Hg

NULL = bytes(20)

# Exit codes of a program that is in control of what it does.
CONTROLLED = (0, 1, 10, 20, 30, 40, 50, 100, 150, 240, 250, 255)


def damage(data: bytes, dice: random.Random) -> bytes:
    """Return `data` truncated, with flipped bits, huge lengths or strange text."""
    if not data:
        return dice.choice((b"\xff" * 16, b"\0", b"../../outside\n", dice.randbytes(200)))
    at = dice.randrange(len(data))
    early = dice.randrange(min(len(data), 96))
    flipped = bytes([data[at] ^ 1 << dice.randrange(8)])
    other = dice.randrange(len(data))
    return dice.choice(
        (
            lambda: data[:at],
            lambda: data[:early],
            lambda: data[:at] + flipped + data[at + 1 :],
            lambda: data[:at] + b"\x7f\xff\xff\xff" + data[at + 4 :],
            lambda: data[:early] + b"\x7f\xff\xff\xff" + data[early + 4 :],
            lambda: data[:early] + b"\xff\xff\xff\xff" + data[early + 4 :],
            lambda: data[:at] + b"../../../../outside\n" + data[at:],
            lambda: data[:at] + dice.randbytes(1) + data[at:],
            lambda: data[: min(at, other)] + data[max(at, other) :],
            lambda: data[:at] + data[other:],
            lambda: data + dice.randbytes(70),
            lambda: data + data,
            lambda: dice.randbytes(len(data) % 5000),
            lambda: b"",
        )
    )()


def run(
    hg: Hg, command: list[str], root: Path, timeout: float = 60
) -> subprocess.CompletedProcess:
    """Run with a time limit and two gigabytes of memory; a hang raises."""
    home = root.parent
    env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home)}
    items = ("ui.timeout=1", "ui.interactive=no", *SLOW_PATHS)
    config = [word for item in items for word in ("--config", item)]
    return subprocess.run(
        ["prlimit", "--as=4294967296", hg.path, *config, *command],
        cwd=root,
        env=env,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=timeout,
        check=False,
    )


def assert_controlled(result: subprocess.CompletedProcess, case: str) -> None:
    """Assert that a program ended by its own decision and said why."""
    errors = result.stderr.decode("utf-8", "replace")
    case = f"{case}: exit {result.returncode}\n{errors[-3000:]}"
    assert "panicked" not in errors, case
    assert "memory allocation" not in errors, case
    assert result.returncode in CONTROLLED, case
    assert result.returncode != 255 or errors, case


def fresh_copy(template: Path, place: Path) -> Path:
    """Return a copy of `template` at `place`/repo, with nothing else in `place`."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(template, place / "repo", symlinks=True)
    return place / "repo"


def _hash(text: bytes, p1: bytes, p2: bytes) -> bytes:
    low, high = sorted((p1, p2))
    return hashlib.sha1(low + high + text).digest()


def _chunk(payload: bytes) -> bytes:
    return struct.pack(">l", len(payload) + 4) + payload


def _revision(text: bytes, link: bytes, p1: bytes = NULL, base_len: int = 0) -> tuple[bytes, bytes]:
    """Return the node and the version 1 changegroup chunk of a text over what came before."""
    node = _hash(text, p1, NULL)
    delta = struct.pack(">lll", 0, base_len, len(text)) + text
    return node, _chunk(node + p1 + NULL + link + delta)


@dataclass
class Crafted:
    """A bundle of two changesets (an innocent one, then the given one) with any names in them.

    Args:
        entries: Path, flags (`b""`, `b"x"`, `b"l"`) and content of the second changeset.
        first: The same of the first changeset.
        message: The description of both.
    """

    entries: list[tuple[bytes, bytes, bytes]]
    first: list[tuple[bytes, bytes, bytes]] = field(default_factory=list)
    message: bytes = b"crafted"

    def _changegroup(self) -> bytes:
        changesets, manifests, files = [], [], {}
        p_change, p_manifest, change_len, manifest_len = NULL, NULL, 0, 0
        for number, entries in enumerate((self.first, self.entries)):
            nodes = {}
            for name, flags, content in entries:
                text = content if not content.startswith(b"\1\n") else b"\1\n\1\n" + content
                nodes[name] = (_hash(text, NULL, NULL), flags, text)
            manifest = b"".join(
                name + b"\0" + node.hex().encode() + flags + b"\n"
                for name, (node, flags, _) in sorted(nodes.items())
            )
            m_node = _hash(manifest, p_manifest, NULL)
            names = b"\n".join(sorted(nodes))
            change = (
                m_node.hex().encode() + b"\ntest\n" + b"%d 0\n" % number + names
                + b"\n\n" + self.message
            )
            c_node, c_chunk = _revision(change, _hash(change, p_change, NULL), p_change, change_len)
            _, m_chunk = _revision(manifest, c_node, p_manifest, manifest_len)
            changesets.append(c_chunk)
            manifests.append(m_chunk)
            for name, (_, _, text) in nodes.items():
                files.setdefault(name, {})[text] = c_node
            p_change, p_manifest = c_node, m_node
            change_len, manifest_len = len(change), len(manifest)
        parts = [*changesets, bytes(4), *manifests, bytes(4)]
        for name, texts in sorted(files.items()):
            parts.append(_chunk(name))
            length = 0
            for text, link in texts.items():
                parts.append(_revision(text, link, NULL, length)[1])
                length = len(text)
            parts.append(bytes(4))
        return b"".join([*parts, bytes(4)])

    def write(self, path: Path) -> Path:
        """Write it as an uncompressed bundle of the first format."""
        path.write_bytes(b"HG10UN" + self._changegroup())
        return path
