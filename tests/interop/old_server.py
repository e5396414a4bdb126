"""A server of the ssh protocol that knows no parts, and answers pushes as it is told.

The environment variable `ANSWERS` holds an object: the node of the only head, public keys by
namespace, and the answers to `unbundle` and `pushkey`.
"""

from __future__ import annotations

import json
import os
import sys

ANSWERS = json.loads(os.environ["ANSWERS"])
CAPABILITIES = "lookup branchmap pushkey known getbundle unbundle=HG10UN unbundlehash"

#: How many arguments commands have.
COUNTS = {
    "batch": 2,
    "between": 1,
    "known": 2,
    "listkeys": 1,
    "lookup": 1,
    "pushkey": 4,
    "unbundle": 1,
}


def read_arguments(count: int) -> dict[str, str]:
    """Read arguments by name; those of a list have names of their own."""
    found: dict[str, str] = {}
    for _ in range(count):
        name, size = sys.stdin.buffer.readline().decode().split()
        if name == "*":
            found.update(read_arguments(int(size)))
        else:
            found[name] = sys.stdin.buffer.read(int(size)).decode()
    return found


def write(text: str) -> None:
    """Send an answer."""
    data = text.encode()
    sys.stdout.buffer.write(b"%d\n" % len(data) + data)
    sys.stdout.buffer.flush()


def answer(command: str, arguments: dict[str, str]) -> str:
    """Say what a simple command gives."""
    head = ANSWERS["head"]
    if command == "batch":
        calls = [call.partition(" ") for call in arguments["cmds"].split(";")]
        return ";".join(
            answer(name, dict(pair.split("=", 1) for pair in rest.split(",") if pair))
            for name, _, rest in calls
        )
    if command == "known":
        nodes = arguments["nodes"].split()
        return "".join(str(int(node in ANSWERS["known"])) for node in nodes)
    return {
        "hello": f"capabilities: {CAPABILITIES}\n",
        "between": "\n",
        "heads": f"{head}\n",
        "branchmap": f"default {head}",
        "listkeys": ANSWERS["keys"].get(arguments.get("namespace"), ""),
        "pushkey": ANSWERS.get("pushkey", ""),
    }.get(command, "")


def receive() -> None:
    """Take a payload, unless it is refused before or afterwards."""
    write(ANSWERS.get("before", ""))
    if ANSWERS.get("before"):
        return
    while size := int(sys.stdin.buffer.readline()):
        sys.stdin.buffer.read(size)
    write(ANSWERS.get("afterwards", ""))
    if not ANSWERS.get("afterwards"):
        write(ANSWERS["unbundle"])


def main() -> None:
    """Serve until there are no more requests."""
    while line := sys.stdin.buffer.readline():
        command = line.decode().strip()
        arguments = read_arguments(COUNTS.get(command, 0))
        if command == "unbundle":
            receive()
        else:
            write(answer(command, arguments))


main()
