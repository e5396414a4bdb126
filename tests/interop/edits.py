"""Random edits of a working directory, and what status should say about them.

Files are changed behind the programs' backs, as fast as the machine can, so that many
changes share a clock tick; what status should say is computed from contents alone.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("a", "A", "b", "c.tmp", "d")
TOP = ("f", "g", "x", "y", "z")
IGNORE = "syntax: glob\n*.tmp\nz/*\n"

Program = Callable[..., object]


@dataclass
class Edits:
    """A working directory under a storm of edits.

    Args:
        root: A fresh repository.
        seed: Decides everything.
        programs: What can run `hg` commands: called with its words.
    """

    root: Path
    seed: int
    programs: list[Program]
    #: Path to kind (`f`, `x` or `l`) and content, in the first parent.
    parent: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    tracked: set[str] = field(default_factory=set)
    log: list[str] = field(default_factory=list)
    #: The times that the files under a name have had.
    times: dict[Path, set[int]] = field(default_factory=dict)
    #: Seconds that were last added to a time.
    later: int = 0

    def __post_init__(self) -> None:
        """Seed the dice and make a first changeset."""
        self.dice = random.Random(self.seed)
        self.count = 0
        (self.root / ".hgignore").write_text(IGNORE)
        for _ in range(12):
            self.write()
        self.checkpoint()

    # Looking.

    def on_disk(self) -> dict[str, tuple[str, bytes]]:
        """Return all files and links with kind and content, none of other repositories."""
        found = {}
        for directory, names, files in os.walk(self.root):
            here = Path(directory)
            if here != self.root and (here / ".hg").is_dir():
                names.clear()
                continue
            if here == self.root:
                names.remove(".hg")
            links = [name for name in names if (here / name).is_symlink()]
            for name in files + links:
                path = here / name
                if path.is_symlink() or path.is_file():
                    found[str(path.relative_to(self.root))] = look(path)
        return found

    def expected(self, *, ignored_listed: bool) -> list[bytes]:
        """Return the lines of `hg status -A`, sorted.

        Without ignored files, what is in the place of a tracked file is not looked at
        in ignored directories: whatever it is, it counts as that file.
        """
        disk = self.on_disk()
        lines = []
        for path in self.tracked:
            if path not in disk and not ignored_listed and self.is_hidden(path):
                letter = "M" if path in self.parent else "A"
            elif path not in disk:
                letter = "!"
            elif path not in self.parent:
                letter = "A"
            else:
                letter = "C" if disk[path] == self.parent[path] else "M"
            lines.append(f"{letter} {path}")
        removed = set(self.parent) - self.tracked
        lines += [f"R {path}" for path in removed]
        for path in set(disk) - self.tracked - removed:
            ignored = path.endswith(".tmp") or path.startswith("z/") or ".tmp/" in path
            lines.append(f"{'I' if ignored else '?'} {path}")
        return sorted(line.encode() for line in lines)

    # Editing.

    def random_path(self) -> str:
        """Return the name of a file that may be there or not."""
        depth = self.dice.choice((1, 1, 2, 2, 3))
        parts = [self.dice.choice(TOP)]
        parts += [self.dice.choice(NAMES) for _ in range(depth - 1)]
        return "/".join(parts)

    def existing(self) -> Path | None:
        """Return a file or link that is there."""
        paths = [path for path in self.on_disk() if path != ".hgignore"]
        return self.root / self.dice.choice(sorted(paths)) if paths else None

    def is_unlisted(self, path: Path) -> bool:
        """Whether a path lies in an ignored directory."""
        parts = path.relative_to(self.root).parts[:-1]
        in_z = len(parts) > 1 and parts[0] == "z"
        return in_z or any(part.endswith(".tmp") for part in parts)

    def is_hidden(self, name: str) -> bool:
        """Whether something else than a file is there, and not looked at."""
        path = self.root / name
        above = list(path.parents)[: -len(self.root.parents) - 1]
        nested = self.is_nested(name)
        linked = any(directory.is_symlink() for directory in above)
        there = os.path.lexists(path)
        return self.is_unlisted(path) and there and not nested and not linked

    def content(self) -> bytes:
        """Return one of a few contents, most of one size."""
        self.count += 1
        text = f"{self.dice.randrange(4)}{self.count % 7}"
        return (text * self.dice.choice((1, 1, 1, 2))).encode()

    def make_room(self, path: Path) -> None:
        """Make the directories above a path, in the place of whatever is there."""
        for above in reversed(path.relative_to(self.root).parents):
            full = self.root / above
            if full.is_symlink() or not full.is_dir():
                full.unlink(missing_ok=True)
            full.mkdir(exist_ok=True)
        remove(path)

    def write(self) -> None:
        """Write a file, new or not, in place or anew."""
        path = self.root / self.random_path()
        if path.is_symlink() or not path.is_file() or self.dice.random() < 0.3:
            self.make_room(path)
        path.write_bytes(self.content())

    def write_again(self) -> None:
        """Change an existing file in place, its size kept."""
        path = self.existing()
        if path is not None and not path.is_symlink():
            old = path.read_bytes()
            path.write_bytes(bytes(self.dice.choice(b"0123456789") for _ in old))

    def reset_time(self) -> None:
        """Set a file back to the time it had, its size changed: or touch it only."""
        path = self.existing()
        if path is None or path.is_symlink():
            return
        stat = path.stat()
        if self.dice.random() < 0.5:
            path.write_bytes(path.read_bytes() + b"+")
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        else:
            path.write_bytes(path.read_bytes())

    def age(self) -> None:
        """Give some files a time long ago, so that they can be known by it."""
        for _ in range(5):
            path = self.existing()
            if path is not None:
                seconds = self.dice.randrange(10**9, 17 * 10**8)
                nanoseconds = self.dice.choice((0, self.dice.randrange(10**9)))
                when = seconds * 10**9 + nanoseconds
                os.utime(path, ns=(when, when), follow_symlinks=False)

    def delete(self) -> None:
        """Remove a file, or a whole directory."""
        path = self.existing()
        if path is not None:
            above = path.parent
            remove(above if above != self.root and self.dice.random() < 0.3 else path)

    def rename(self) -> None:
        """Move a file, with its time, over whatever is there."""
        path = self.existing()
        if path is not None:
            target = self.root / self.random_path()
            inside = path in target.parents or target in path.parents
            if target == path or inside:
                return
            new = path.lstat()
            self.make_room(target)
            if os.path.lexists(path):
                path.rename(target)
                # One file in the place of another of its size and time is beyond both formats.
                if int(new.st_mtime) in self.times.get(target, ()):
                    self.later += 7
                    when = new.st_mtime_ns + self.later * 10**9
                    os.utime(target, ns=(when, when), follow_symlinks=False)

    def note_times(self) -> None:
        """Remember when the files were changed that stand under each name."""
        for name in self.tracked:
            path = self.root / name
            if os.path.lexists(path):
                self.times.setdefault(path, set()).add(int(path.lstat().st_mtime))

    def change_mode(self) -> None:
        """Flip the executable bit."""
        path = self.existing()
        if path is not None and not path.is_symlink():
            path.chmod(path.stat().st_mode ^ 0o111)

    def link(self) -> None:
        """Put a symbolic link in the place of a file or directory."""
        path = self.existing()
        if path is not None:
            target = self.dice.choice(["f", "x", "../x", "nowhere", *map(str, range(3))])
            if self.dice.random() < 0.3 and path.parent != self.root:
                path = path.parent
            remove(path)
            path.symlink_to(target)

    def swap(self) -> None:
        """Put a directory in the place of a file, or a file in that of a directory."""
        path = self.existing()
        if path is None:
            return
        if path.parent != self.root and self.dice.random() < 0.5:
            path = path.parent
            remove(path)
            path.write_bytes(self.content())
        else:
            remove(path)
            path.mkdir()
            if self.dice.random() < 0.8:
                (path / self.dice.choice(NAMES)).write_bytes(self.content())

    def nest(self) -> None:
        """Make a directory a repository of its own, or no longer."""
        path = self.existing()
        if path is not None and path.parent != self.root:
            (path.parent / ".hg").mkdir()
        for found in sorted(self.root.glob("*/**/.hg")):
            if self.dice.random() < 0.6:
                remove(found)

    def pipe(self) -> None:
        """Put a named pipe in the place of a file, where nobody would read it."""
        path = self.existing()
        if path is not None and not self.is_unlisted(path):
            remove(path)
            os.mkfifo(path)

    # Commands.

    def question(self) -> list[str]:
        """Return a question about some of the files."""
        paths = sorted({*self.on_disk(), *self.tracked})
        path = self.dice.choice(paths)
        above = str(Path(path).parent)
        names = [path, above, self.random_path(), self.dice.choice(TOP)]
        forms = [
            *(f"path:{name}" for name in names if name != "."),
            f"glob:{self.dice.choice(TOP)}*",
            "glob:**/a",
            f"re:.*{self.dice.choice('abd')}$",
            f"rootfilesin:{above}",
        ]
        some = self.dice.sample(forms, 2) if self.dice.random() < 0.3 else []
        some = some or [self.dice.choice(forms)]
        kinds = self.dice.choice(
            ([], ["-A"], ["-mard"], ["-d"], ["-ud"], ["-c"], ["-i"], ["-id"], ["-C"], ["-umc"])
        )
        where = self.dice.choice(
            (
                some,
                ["-I", some[0]],
                ["-X", some[0]],
                ["-I", f"path:{self.dice.choice(TOP)}", "-X", some[0]],
                ["--rev", self.dice.choice((".^", "0", "null"))],
                ["--rev", self.dice.choice((".^", "0")), *some],
                ["--change", "."],
                [],
            )
        )
        if not {"-A", "-C", "-ud", "-umc"} & set(kinds) and self.any_behind():
            # What upstream reads behind links and what it refuses is known to differ.
            kinds = []
        return ["status", *kinds, *where]

    def any_behind(self) -> bool:
        """Whether a tracked file lies behind a link or in another repository."""
        above = {self.root / parent for path in self.tracked for parent in Path(path).parents}
        above.discard(self.root)
        return any(place.is_symlink() or (place / ".hg").is_dir() for place in above)

    def place(self) -> Path:
        """Return a directory to ask from."""
        places = [self.root / name for name in TOP]
        good = [p for p in places if p.is_dir() and not p.is_symlink()]
        good = [p for p in good if not (p / ".hg").is_dir()]
        return self.dice.choice([self.root, self.root, *good])

    def run(self, *words: str) -> None:
        """Have one of the programs do something."""
        self.dice.choice(self.programs)(*words)

    def add(self) -> None:
        """Track a file that is not tracked."""
        known = self.tracked
        free = [
            path
            for path in self.on_disk()
            if path not in known
            and not any(str(above) in known for above in Path(path).parents)
            and not any(other.startswith(path + "/") for other in known)
        ]
        if free:
            path = self.dice.choice(sorted(free))
            self.run("add", f"path:{path}")
            self.tracked.add(path)

    def forget(self) -> None:
        """Track a file no longer."""
        # What lies in another repository or behind a link is refused.
        free = [
            path for path in self.tracked if not (self.is_nested(path) or self.links_above(path))
        ]
        if free:
            path = self.dice.choice(sorted(free))
            self.run("forget", f"path:{path}")
            self.tracked.discard(path)

    def is_nested(self, name: str) -> bool:
        """Whether a path lies in another repository."""
        above = list((self.root / name).parents)[: -len(self.root.parents) - 1]
        return any((directory / ".hg").is_dir() for directory in above)

    def links_above(self, name: str) -> list[Path]:
        """The links that a path leads through."""
        above = list((self.root / name).parents)[: -len(self.root.parents) - 1]
        return [directory for directory in above if directory.is_symlink()]

    def checkpoint(self) -> None:
        """Record everything; no other repository or link stays in the way."""
        for found in sorted(self.root.glob("*/**/.hg")):
            remove(found)
        for path in sorted(self.tracked):
            for link in self.links_above(path):
                remove(link)
        disk = self.on_disk()
        for path in sorted(self.tracked - set(disk)):
            self.run("forget", f"path:{path}")
            self.tracked.discard(path)
        self.run("addremove", "-q")
        self.run("commit", "-qm", f"step {self.count}")
        lines = self.expected(ignored_listed=True)
        ignored = {line[2:].decode() for line in lines if line[:1] == b"I"}
        self.tracked = set(disk) - (ignored - self.tracked)
        self.parent = {path: disk[path] for path in self.tracked}

    def step(self) -> None:
        """Do something."""
        weights: dict[Callable[[], None], int] = {
            self.write: 6,
            self.write_again: 6,
            self.reset_time: 3,
            self.age: 3,
            self.delete: 2,
            self.rename: 3,
            self.change_mode: 2,
            self.link: 2,
            self.swap: 2,
            self.nest: 1,
            self.pipe: 1,
            self.add: 1,
            self.forget: 1,
            self.checkpoint: 1,
        }
        self.note_times()
        chosen = self.dice.choices(list(weights), list(weights.values()))[0]
        self.log.append(chosen.__name__)
        chosen()


def look(path: Path) -> tuple[str, bytes]:
    """Return the kind and content of a file or link."""
    if path.is_symlink():
        return "l", os.fsencode(path.readlink())
    return ("x" if path.stat().st_mode & 0o100 else "f"), path.read_bytes()


def remove(path: Path) -> None:
    """Remove whatever is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
