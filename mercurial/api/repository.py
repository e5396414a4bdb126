"""The repository for programs."""

from __future__ import annotations

import os
import time
from typing import Any, Iterable, Iterator, Mapping, Sequence

from mercurial import rustext
from mercurial.api.model import Changeset, Status, path_bytes, stored, text
from mercurial.error import ManifestLookupError, RepoError

_PHASES = {0: "public", 1: "draft", 2: "secret", 32: "archived", 96: "internal"}
_NULL = b"\0" * 20


def open_repository(path: str | os.PathLike[str] = ".") -> Repository:
    """Open the repository whose working directory is `path`.

    Raises:
        RepoError: There is none.
    """
    root = os.path.realpath(os.fspath(path))
    if not os.path.isdir(os.path.join(root, ".hg")):
        raise RepoError(b"repository %s not found" % os.fsencode(path))
    return Repository(rustext.RepoHandle.open(os.fsencode(root)))


def init(path: str | os.PathLike[str]) -> Repository:
    """Make a new repository and open it.

    Raises:
        Abort: There is one already.
    """
    return Repository(rustext.RepoHandle.init(os.fsencode(os.path.abspath(path))))


def clone(source: str | os.PathLike[str], dest: str | os.PathLike[str]) -> Repository:
    """Make a new repository with all changesets of another one; files are not checked out."""
    made = init(dest)
    try:
        made.pull(source)
    except BaseException:
        made.close()
        raise
    return made


class Repository:
    r"""An open repository; closed at the end of a `with` block.

    >>> import tempfile
    >>> directory = tempfile.TemporaryDirectory()
    >>> repo = init(directory.name)
    >>> base = repo.commit("base", files={"a": "1\n"}, user="me", date=(0, 0))
    >>> tip = repo.commit("tip", files={"a": "2\n", "b": b"x"}, user="me", date=(0, 0))
    >>> [change.description for change in repo.query("all()")]
    ['base', 'tip']
    >>> tip.files, [str(parent) == str(base) for parent in tip.parents]
    (['a', 'b'], [True])
    >>> print(repo.diff(base, tip, paths=["a"]).decode())  # doctest: +ELLIPSIS
    diff -r ... -r ... a
    --- a/a...
    +++ b/a...
    @@ -1,1 +1,1 @@
    -1
    +2
    <BLANKLINE>
    >>> list(repo.paths(rev=tip))
    ['a', 'b']
    >>> repo.status(base, tip)
    <Status modified=1, added=1>
    >>> repo.close()
    >>> repo.read("a", rev=tip)
    Traceback (most recent call last):
    ...
    mercurial.error.ClosedError: repository handle is closed
    """

    def __init__(self, handle: rustext.RepoHandle):
        self._handle = handle
        self._kept: rustext.Revlog | None = None

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._log)

    def __repr__(self) -> str:
        return (
            f"<Repository {self.root}>"
            if self._handle.is_open()
            else "<Repository closed>"
        )

    def close(self) -> None:
        """Let go of it. Work that goes on in other threads ends first, then memory is freed."""
        self._handle.close()

    def refresh(self) -> None:
        """Look at the files again when they are needed next: others may have written.

        Without it, a repository shows what it held when it was first asked, until it is locked.
        """
        self._handle.invalidate()

    @property
    def root(self) -> str:
        """The working directory."""
        return os.fsdecode(self._handle.root())

    # -- changesets

    @property
    def _log(self) -> rustext.Revlog:
        if self._kept is None or not self._handle.is_current(self._kept):
            self._kept = rustext.Revlog(self._handle, "changelog")
        return self._kept

    def _changeset(self, rev: int) -> Changeset:
        return Changeset(rev, self._log.node(rev).hex(), self)

    def _phase(self, rev: int) -> str:
        return _PHASES[rustext.phase(self._handle, rev)]

    def _rev(self, rev: int | str | Changeset | None) -> int:
        if isinstance(rev, Changeset):
            return rev.rev
        if rev is None:
            return self._handle.lookup(b".")
        if isinstance(rev, int):
            self._log.node(rev)
            return rev
        return self._handle.lookup(stored(rev))

    def __getitem__(self, rev: int | str | Changeset) -> Changeset:
        """Return a changeset by number, id, name, or any expression for one.

        Raises:
            RepoLookupError: There is none.
        """
        return self._changeset(self._rev(rev))

    def query(self, expression: str, *args: object) -> ChangesetList:
        """Return the changesets of a revset; `%s`, `%d`, `%ld` take arguments safely.

        The result is a sequence that lies in Rust; changesets are made when they are touched.
        """
        # A changeset among the arguments of `%s` stands for its id.
        named = [arg.id if isinstance(arg, Changeset) else arg for arg in args]
        plain = [stored(arg) if isinstance(arg, str) else arg for arg in named]
        spec = rustext.format_spec(stored(expression), plain)
        return ChangesetList(self, self._handle.revs(spec, True))

    def heads(self) -> list[Changeset]:
        """Return the changesets without children."""
        return [self._changeset(rev) for rev in self._handle.heads()]

    def bookmarks(self) -> dict[str, Changeset]:
        """Return bookmarks and where they are."""
        marks, _active = rustext.bookmarks(self._handle)
        return {
            text(name): self._changeset(self._log.rev(node)) for name, node in marks
        }

    def tags(self) -> dict[str, Changeset]:
        """Return tags and where they are."""
        found = rustext.tags(self._handle)
        log = self._log
        return {
            text(name): self._changeset(log.rev(node)) for name, node, _kind in found
        }

    def branches(self) -> dict[str, list[Changeset]]:
        """Return named branches and their heads."""
        branches, _closed = rustext.branches(self._handle)
        return {
            text(name): [self._changeset(rev) for rev in heads]
            for name, heads, _tip, _is_closed in branches
        }

    # -- files

    def _manifest(self, rev: int | str | Changeset | None) -> rustext.Manifest:
        entry = self._log.changelogrevision_at(self._rev(rev))
        return rustext.Manifest(self._handle, entry.manifest)

    def read(
        self, path: str | os.PathLike[str], rev: int | str | Changeset | None = None
    ) -> bytes:
        """Return the content of a file in a changeset (the working directory's parent).

        Raises:
            ManifestLookupError: The changeset does not have it.
        """
        name = path_bytes(path)
        found = self._manifest(rev).stored_find(name)
        if found is None:
            node = self._log.node(self._rev(rev))
            raise ManifestLookupError(node, name, b"not found in manifest")
        history = rustext.Revlog(self._handle, "file", name)
        return history.content(history.rev(found[0]))

    def paths(self, rev: int | str | Changeset | None = None) -> Iterator[str]:
        """Yield the files of a changeset (the working directory's parent), sorted."""
        return (text(path) for path in self._manifest(rev).stored_paths())

    def _matcher(self, paths: Iterable[str | os.PathLike[str]] | None) -> Any:
        if paths is None:
            return None
        root = self._handle.root()
        patterns = [path_bytes(path) for path in paths]
        return rustext.Matcher.compile(
            rustext.Matcher, (root, root), (patterns, [], []), b"path", self._handle
        )

    def status(
        self,
        old: int | str | Changeset | None = None,
        new: int | str | Changeset | None = None,
        *,
        paths: Iterable[str | os.PathLike[str]] | None = None,
        unknown: bool = True,
        ignored: bool = False,
        clean: bool = False,
    ) -> Status:
        """Return how files differ: from `old` (the parent) to `new` (the working directory).

        Args:
            old: Before.
            new: After; the working directory when it is not given.
            paths: Only these files and directories.
            unknown: List files that are not tracked.
            ignored: List files that are ignored.
            clean: List unchanged files.
        """
        revs = (self._rev(old), None if new is None else self._rev(new))
        lists, _bad = rustext.status(
            self._handle, revs, self._matcher(paths), (ignored, clean, unknown)
        )
        return Status(lists)

    def files(self) -> rustext.FileTable:
        """Return what the file system says about all tracked files, as a table.

        The columns `path`, `size`, `mtime_ns`, `mode` and `state` lie in Rust. Hand the table to
        `pyarrow.table`, `polars.DataFrame` or `pandas` (over pyarrow), or one column to
        `numpy.frombuffer`: nothing is copied. `dirty()` gives the rows that may have changed.
        """
        return rustext.FileTable.of(self._handle)

    def history(self, column: str) -> rustext.Column:
        """Return one number for each changeset, hidden ones too: `p1`, `p2` or `linkrev`."""
        return self._log.column(column)

    def diff(
        self,
        old: int | str | Changeset | None = None,
        new: int | str | Changeset | None = None,
        *,
        paths: Iterable[str | os.PathLike[str]] | None = None,
        git: bool = False,
        context: int | None = None,
    ) -> bytes:
        """Return the difference from `old` (the parent) to `new` (the working directory)."""
        revs = (self._rev(old), None if new is None else self._rev(new))
        flags: dict[str, object] = {"git": git or None, "context": context}
        return b"".join(rustext.diff(self._handle, revs, self._matcher(paths), flags))

    # -- changes

    def commit(
        self,
        message: str,
        *,
        files: Mapping[str, str | bytes | None],
        parents: Sequence[int | str | Changeset] | None = None,
        user: str,
        date: tuple[float, int] | None = None,
        branch: str | None = None,
        extra: Mapping[str, bytes] | None = None,
        executable: Iterable[str] = (),
        copies: Mapping[str, str] | None = None,
    ) -> Changeset:
        """Make a changeset of files in memory; the working directory is not touched.

        Args:
            message: What to say about it.
            files: Paths to contents; `None` removes a file. Others stay as in the parent.
            parents: One or two changesets; the newest one when not given.
            user: Who makes it.
            date: Seconds since 1970 and seconds west of Greenwich; now when not given.
            branch: The named branch; the parent's when not given.
            extra: Further values to store.
            executable: Those of the files that are programs.
            copies: Paths of `files` to what they were copied from.
        """
        programs, sources = set(executable), dict(copies or {})
        given = {path_bytes(path): content for path, content in files.items()}
        flags = {path_bytes(path): b"x" for path in programs}
        origins = {path_bytes(to): path_bytes(source) for to, source in sources.items()}

        def version(path: bytes) -> tuple[bytes, bytes, bytes | None] | None:
            content = given.get(path)
            if content is None:
                return None
            data = stored(content) if isinstance(content, str) else content
            return data, flags.get(path, b""), origins.get(path)

        log = self._log
        tip = log.tiprev()
        revs = [tip] if parents is None else [self._rev(parent) for parent in parents]
        nodes = [*(log.node(rev) for rev in revs), _NULL, _NULL]
        values = {stored(key): value for key, value in (extra or {}).items()}
        if branch is not None:
            values[b"branch"] = stored(branch)
        elif revs and revs[0] >= 0:
            values[b"branch"] = log.changelogrevision_at(revs[0]).branch
        else:
            values[b"branch"] = b"default"
        about = (stored(user), date or _now(), stored(message), values, None)
        node = rustext.commit_memory(
            self._handle, (nodes[0], nodes[1]), list(given), version, about
        )
        return self._changeset(self._log.rev(node))

    def pull(self, source: str | os.PathLike[str] = "default") -> int:
        """Get the changesets of another repository; return how many came."""
        _heads, changesets = rustext.pull(
            self._handle, os.fsencode(source), None, [], False
        )
        return changesets

    def push(
        self, dest: str | os.PathLike[str] = "default", *, new_branch: bool = False
    ) -> bool:
        """Send changesets to another repository; return whether there were any."""
        answer = rustext.push(
            self._handle, os.fsencode(dest), None, [], (False, new_branch)
        )
        return answer is not None


class ChangesetList(Sequence[Changeset]):
    """Changesets that a query selected; they lie in Rust as numbers.

    `revs` is a buffer of 32-bit numbers: `numpy.frombuffer(list.revs, "i4")` looks at it, and
    `pyarrow.array(list.revs)` takes it, without copying.
    """

    def __init__(self, repository: Repository, revs: rustext.Revs):
        self._repository = repository
        self.revs = revs

    def __len__(self) -> int:
        return len(self.revs)

    def __getitem__(self, at: Any) -> Any:
        if isinstance(at, slice):
            return ChangesetList(self._repository, self.revs[at])
        return self._repository._changeset(self.revs[at])

    def __iter__(self) -> Iterator[Changeset]:
        return (self._repository._changeset(rev) for rev in self.revs)

    def __contains__(self, changeset: object) -> bool:
        return isinstance(changeset, Changeset) and changeset.rev in self.revs

    def __repr__(self) -> str:
        return f"<ChangesetList of {len(self)}>"


def _now() -> tuple[float, int]:
    now = time.time()
    offset = time.altzone if time.localtime(now).tm_isdst > 0 else time.timezone
    return (float(int(now)), offset)
