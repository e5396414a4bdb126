"""Repositories as files of a web server: both programs read them alike."""

from __future__ import annotations

import functools
import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .test_http import make, programs, run

__all__ = ["programs"]

SESSION = [
    "clone {url}/served all",
    "clone -r 1 {url}/served some",
    "-R some incoming",
    "-R some pull -u",
    "-R all push",
    "-R all bookmarks",
    "log -R all -T '{{rev}}{{phase}}'",
    "identify {url}/served -r bm",
    "identify {url}/served -r nonsense",
    "clone {url}/empty none",
    "clone {url}/nowhere none",
    "init {url}/new",
    "clone all {url}/new",
    "verify -R all",
]


@contextmanager
def files(root: Path) -> Iterator[str]:
    """The address at which the files below `root` are given out."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(root))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"static-http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def session(client: str, oracle: str, base: Path) -> list[str]:
    """What a client says about repositories that are only files."""
    base.mkdir()
    make(oracle, base)
    (base / "served" / "Ünd so weiter.txt").write_text("x" * 200_000)
    run(oracle, "commit -A -m d -d 2001-01-01", base / "served")
    run(oracle, "bookmark -r 0 bm", base / "served")
    run(oracle, "init empty", base)
    said = []
    with files(base) as url:
        for line in SESSION:
            text = run(client, line.format(url=url), base)
            said.append(f"{line}\n{text.replace(url, 'URL').replace(url[7:], 'PLAIN')}")
    return said


def test_repositories_that_are_only_files(programs: dict[str, str], tmp_path: Path) -> None:
    theirs = programs["theirs"]
    expected = session(theirs, theirs, tmp_path / "expected")
    assert session(programs["ours"], theirs, tmp_path / "got") == expected
