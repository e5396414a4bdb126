"""Scripted histories: the same steps for any `hg`, decided by a seed and nothing else.

A `History` looks only at the files it wrote itself, never at what an `hg` printed, so
that two programs given the same seed see the same commands and the same contents.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ENVIRONMENT = {
    "HGRCPATH": "",
    "HGUSER": "test",
    "HGENCODING": "utf-8",
    "HGMERGE": ":merge",
    "HGEDITOR": "false",
    "TZ": "GMT",
    "LC_ALL": "C.UTF-8",
    "COLUMNS": "80",
}

# Formats that upstream's plain C build reads slowly, and therefore refuses unless it is told to.
SLOW_PATHS = (
    "storage.dirstate-v2.slow-path=allow",
    "storage.revlog.persistent-nodemap.slow-path=allow",
)


@dataclass
class Hg:
    """One program: runs commands in a repository."""

    path: str
    config: tuple[str, ...] = ()

    def run(
        self, *args: str, cwd: Path, check: bool = True, binary: bool = False
    ) -> subprocess.CompletedProcess:
        """Run a command and return what it did; raise when it fails and `check`."""
        options = [word for item in (*SLOW_PATHS, *self.config) for word in ("--config", item)]
        env = {**ENVIRONMENT, "PATH": os.environ["PATH"], "HOME": str(cwd)}
        result = subprocess.run(
            [self.path, *options, *args],
            cwd=cwd,
            env=env,
            capture_output=True,
            check=False,
            timeout=600,
        )
        if check and result.returncode not in (0, 1):
            command = " ".join(args)
            message = (result.stdout + result.stderr).decode("utf-8", "replace")
            raise AssertionError(f"hg {command}: exit {result.returncode}\n{message}")
        return result

    def output(self, *args: str, cwd: Path) -> bytes:
        """Return standard output of a command that must succeed."""
        return self.run(*args, cwd=cwd).stdout


@dataclass
class History:
    """A sequence of daily work: commits, branches, merges, tags, renames, amends.

    Args:
        hg: The program that works.
        root: The repository, which exists.
        seed: Decides everything.
        amend: Whether changesets are amended (needs obsolescence or stripping).
    """

    hg: Hg
    root: Path
    seed: int
    amend: bool = True
    files: list[str] = field(default_factory=list)
    step: int = 0

    def __post_init__(self) -> None:
        """Seed the dice."""
        self.dice = random.Random(self.seed)

    def work(self, steps: int) -> None:
        """Do `steps` steps."""
        actions = [
            (10, self.edit),
            (4, self.add),
            (3, self.rename),
            (2, self.copy),
            (2, self.remove),
            (2, self.branch),
            (2, self.tag),
            (2, self.bookmark),
            (3, self.merge_side_line),
            (2 if self.amend else 0, self.amend_last),
            (1, self.executable),
            (1, self.symlink),
        ]
        weights = [weight for weight, _ in actions]
        for _ in range(steps):
            (action,) = self.dice.choices([action for _, action in actions], weights)
            action()

    def _hg(self, *args: str) -> None:
        self.hg.run(*args, cwd=self.root)

    def _commit(self, message: str, *args: str) -> None:
        self.step += 1
        self._hg("commit", "-m", message, "-d", f"{self.step * 60} 0", *args)

    def _path(self) -> str:
        depth = self.dice.randrange(3)
        parts = [self.dice.choice(("src", "lib", "Doc", "tests")) for _ in range(depth)]
        return "/".join([*parts, f"file_{len(self.files)}_{self.dice.randrange(1000)}"])

    def _write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_symlink():
            path.unlink()
        path.write_text(text)

    def _present(self) -> list[str]:
        return [n for n in self.files if os.path.lexists(self.root / n)]

    def _any(self) -> str:
        present = self._present()
        if not present:
            self.add()
            present = self._present()
        return self.dice.choice(present)

    def add(self) -> None:
        """Add a file and commit."""
        name = self._path()
        lines = "".join(f"line {i} of {name}\n" for i in range(self.dice.randrange(40)))
        self._write(name, lines)
        self.files.append(name)
        self._hg("add", name)
        self._commit(f"add {name}")

    def edit(self) -> None:
        """Change some lines of some files and commit."""
        for _ in range(self.dice.randrange(1, 4)):
            name = self._any()
            path = self.root / name
            if path.is_symlink():
                continue
            lines = path.read_text().splitlines(keepends=True)
            at = self.dice.randrange(len(lines) + 1)
            lines[at : at + self.dice.randrange(2)] = [f"edit {self.step} {name}\n"]
            path.write_text("".join(lines))
        self._commit(f"edit at step {self.step}\n\nwith a second paragraph")

    def rename(self) -> None:
        """Rename a file and commit."""
        old, new = self._any(), self._path()
        self._hg("rename", old, new)
        self.files.append(new)
        self._commit(f"rename {old} to {new}")

    def copy(self) -> None:
        """Copy a file and commit."""
        old, new = self._any(), self._path()
        self._hg("copy", old, new)
        self.files.append(new)
        self._commit(f"copy {old} to {new}")

    def remove(self) -> None:
        """Remove a file and commit."""
        name = self._any()
        self._hg("remove", name)
        self._commit(f"remove {name}")

    def branch(self) -> None:
        """Open a named branch."""
        self._hg("branch", f"branch-{self.step}")
        self.edit()

    def tag(self) -> None:
        """Tag the parent."""
        self.step += 1
        self._hg("tag", f"tag-{self.step}", "-d", f"{self.step * 60} 0")

    def bookmark(self) -> None:
        """Put a bookmark on the parent, without activating it."""
        self._hg("bookmark", "-r", ".", f"mark-{self.step}")

    def merge_side_line(self) -> None:
        """Grow a second line from the grandparent and merge it; sides do not conflict."""
        name = self._path()
        self.edit()
        self._hg("bookmark", "-f", "-r", ".", "main-line")
        self._hg("update", "-q", "-r", "p1(.)")
        self._write(name, f"made on the side at {self.step}\n")
        self.files.append(name)
        self._hg("add", name)
        self._commit(f"side line {self.step}")
        self._hg("merge", "-q", "-r", "main-line")
        self._commit(f"merge {self.step}")
        self._hg("bookmark", "-d", "main-line")

    def amend_last(self) -> None:
        """Amend a fresh changeset."""
        self.add()
        name = self._any()
        if not (self.root / name).is_symlink():
            with (self.root / name).open("a") as file:
                file.write(f"amended {self.step}\n")
        self.step += 1
        message = f"amended at {self.step}"
        self._hg("commit", "--amend", "-m", message, "-d", f"{self.step * 60} 0")

    def executable(self) -> None:
        """Flip the executable bit of a file."""
        path = self.root / self._any()
        if not path.is_symlink():
            path.chmod(path.stat().st_mode ^ 0o111)
            self._commit(f"flip mode at {self.step}")

    def symlink(self) -> None:
        """Add a symbolic link."""
        name = self._path()
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(f"target-{self.step}")
        self.files.append(name)
        self._hg("add", name)
        self._commit(f"link {name}")


def new_repository(hg: Hg, root: Path, *options: str) -> Path:
    """Make an empty repository at `root`."""
    root.mkdir(parents=True)
    hg.run("init", *options, cwd=root)
    return root


def copy_repository(source: Path, target: Path) -> Path:
    """Copy a repository with its working directory, times included."""
    shutil.copytree(source, target, symlinks=True)
    return target
