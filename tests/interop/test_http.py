"""Repositories over HTTP: either program serves, either asks, and both see and say the same."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

HGRC = """
[web]
allow-push = *
push_ssl = no
[hooks]
pretxnchangegroup.a = echo "hook says: $HG_URL"; echo to errors >&2
"""

SESSION = [
    "clone {url} all",
    "clone --stream {url} stream",
    "clone -r 1 {url} some",
    "-R some incoming",
    "-R some pull -u",
    "-R some identify {url}",
    "-R some identify -r nonsense {url}",
    "-R all outgoing",
    "-R all push",
    "-R all push -f",
    "-R all push -B new",
    "-R all phase -r .",
    "-R stream pull",
    "-R unrelated push {url}",
    "-R unrelated pull {url}",
    "-R all push {url}/nowhere",
    "verify -R stream",
    "verify -R served",
]


@pytest.fixture
def programs(native_bin: Path, oracle: str) -> dict[str, str]:
    """Return both programs (`HG_NATIVE` names another build of ours)."""
    return {"ours": os.environ.get("HG_NATIVE") or str(native_bin / "hg"), "theirs": oracle}


def run(hg: str, line: str, cwd: Path) -> str:
    """What a command prints, and its exit code."""
    words = [hg, "--config", "ui.username=t", *line.split()]
    environment = dict(os.environ, HGRCPATH="", HGPLAIN="1", TZ="GMT")
    done = subprocess.run(
        words, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    return f"{done.stdout}--\n{done.stderr}[{done.returncode}]\n"


@contextmanager
def serving(hg: str, root: Path, *options: str) -> Iterator[str]:
    """The address at which `hg` serves `root`."""
    environment = dict(os.environ, HGRCPATH="", HGPLAIN="1", HGUSER="t")
    words = [hg, "serve", "-R", str(root), "-p", "0", "-a", "127.0.0.1", "-A", str(root / "access")]
    server = subprocess.Popen(
        [*words, *options], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"bound to 127\.0\.0\.1:(\d+)", line)
        assert found, line
        yield f"http://127.0.0.1:{found[1]}"
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 255


def make(oracle: str, base: Path) -> None:
    """A repository to serve, and one that has nothing to do with it."""
    served = base / "served"
    run(oracle, "init served", base)
    for at, name in enumerate(["a", "b", "c"]):
        (served / name).write_text(name * 3)
        run(oracle, f"commit -A -m {name} -d 2000-01-0{at + 1}", served)
    run(oracle, "init unrelated", base)
    (base / "unrelated" / "u").write_text("u")
    run(oracle, "commit -A -m u -d 2001-01-01", base / "unrelated")
    (served / ".hg" / "hgrc").write_text(HGRC)


def session(server: str, client: str, oracle: str, base: Path) -> list[str]:
    """What a client says while it works with a server."""
    base.mkdir()
    make(oracle, base)
    said = []
    with serving(server, base / "served") as url:
        for at, line in enumerate(SESSION):
            if line.endswith("all outgoing"):
                (base / "all" / "d").write_text("d")
                run(oracle, "commit -A -m d -d 2002-02-02", base / "all")
                run(oracle, "bookmark new", base / "all")
            text = run(client, line.format(url=url), base)
            text = text.replace(url, "URL").replace(str(base), "BASE")
            text = re.sub(r"in \d+\.\d+ seconds \(.*\)", "in TIME", text)
            said.append(f"{at} {line}\n{text}")
    return said


@pytest.mark.parametrize(
    ("server", "client"), [("theirs", "ours"), ("ours", "theirs"), ("ours", "ours")]
)
def test_sessions_are_the_same_whoever_serves(
    programs: dict[str, str], server: str, client: str, tmp_path: Path
) -> None:
    oracle = programs["theirs"]
    expected = session(oracle, oracle, oracle, tmp_path / "expected")
    assert session(programs[server], programs[client], oracle, tmp_path / "got") == expected


@pytest.mark.parametrize(
    "settings",
    [
        ["web.allow-push="],
        ["web.push_ssl=yes"],
        ["web.deny_push=*"],
        ["web.deny_read=*"],
        ["web.allow_read=somebody"],
        ["web.allow-pull=no"],
    ],
    ids=lambda settings: settings[0],
)
def test_what_is_forbidden_is_refused_alike(
    programs: dict[str, str], settings: list[str], tmp_path: Path
) -> None:
    oracle = programs["theirs"]
    make(oracle, tmp_path)
    run(oracle, "clone -U served mine", tmp_path)
    run(oracle, "update 0", tmp_path / "mine")
    (tmp_path / "mine" / "e").write_text("e")
    run(oracle, "commit -A -m e -d 2003-03-03", tmp_path / "mine")
    options = [word for setting in settings for word in ("--config", setting)]
    said = {}
    for name, server in programs.items():
        with serving(server, tmp_path / "served", *options) as url:
            said[name] = [
                run(client, f"-R mine {line} {url}", tmp_path).replace(url, "URL")
                for client in programs.values()
                for line in ("push -f", "incoming", "identify")
            ]
    assert said["ours"] == said["theirs"]


def test_servers_that_know_no_parts_take_pushes(
    programs: dict[str, str], tmp_path: Path
) -> None:
    oracle = programs["theirs"]
    said = {}
    for name, client in programs.items():
        base = tmp_path / name
        base.mkdir()
        make(oracle, base)
        run(oracle, "clone served mine", base)
        run(oracle, "bookmark bm", base / "mine")
        for file in ("d", "e"):
            (base / "mine" / file).write_text(file)
            run(oracle, f"commit -A -m {file} -d 2003-03-03", base / "mine")
        old = ("--config", "experimental.bundle2-advertise=false")
        with serving(oracle, base / "served", *old) as url:
            said[name] = [
                run(client, f"-R mine {line} {url}", base).replace(url, "URL")
                for line in ("push -r 3", "push -r 3", "push -B bm", "pull", "push -f")
            ]
            said[name].append(run(client, f"clone {url} copy", base).replace(url, "URL"))
        said[name].append(run(oracle, "-R copy log -T {rev}{phase}", base))
        said[name].append(run(oracle, "-R served log -T {rev}{phase}{bookmarks}", base))
    assert said["ours"] == said["theirs"]
