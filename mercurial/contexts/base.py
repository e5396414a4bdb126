"""What all contexts share: a version of all files of a repository."""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import error, lazy, match as matchmod, rustext
from mercurial.lazy import propertycache
from mercurial.node import hex, nullrev, short

_PHASES = {0: b"public", 1: b"draft", 2: b"secret", 32: b"archived", 96: b"internal"}


class basectx:  # noqa: N801 -- the name is Mercurial's
    """A changeset, the working directory, or something that may become a changeset."""

    _repo: Any
    _rev: Any
    _node: Any
    _manifest: Any
    _parents: Any
    in_memory = False

    def __bytes__(self) -> bytes:
        return short(self.node() or b"")

    def __str__(self) -> str:
        return bytes(self).decode()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._rev == other._rev

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((type(self), self._rev))

    def __contains__(self, key: bytes) -> bool:
        return key in self.manifest()

    def __getitem__(self, key: bytes) -> Any:
        return self.filectx(key)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.manifest())

    # -- identity

    def repo(self) -> Any:
        """Return the repository."""
        return self._repo

    def rev(self) -> Any:
        """Return the revision number; `None` for what is no changeset yet."""
        return self._rev

    def node(self) -> Any:
        """Return the binary node id; `None` for what is no changeset yet."""
        return self._node

    def hex(self) -> bytes:
        """Return the hexadecimal node id."""
        return hex(self.node())

    def manifest(self) -> Any:
        """Return the files with their node ids."""
        return self._manifest

    def manifestctx(self) -> Any:
        """Return the manifest as an object that reads it."""
        return self._repo.manifestlog[self.manifestnode()]

    def manifestnode(self) -> Any:
        """Return the manifest's binary node id."""
        raise NotImplementedError

    # -- family

    def parents(self) -> list[Any]:
        """Return the parents; a merge has two."""
        return self._parents

    def p1(self) -> Any:
        """Return the first parent."""
        return self._parents[0]

    def p2(self) -> Any:
        """Return the second parent; null when there is none."""
        parents = self._parents
        return parents[1] if len(parents) == 2 else self._repo[nullrev]

    # -- state

    def phase(self) -> int:
        """Return the phase's number."""
        raise NotImplementedError

    def phasestr(self) -> bytes:
        """Return the phase's name."""
        return _PHASES[self.phase()]

    def mutable(self) -> bool:
        """Return whether it is not public."""
        return self.phase() > 0

    def obsolete(self) -> bool:
        """Return whether it was replaced."""
        return self._rev in self._repo.evolutionrevs("obsolete")

    def extinct(self) -> bool:
        """Return whether it is obsolete with obsolete descendants only."""
        return self.obsolete() and bool(self._repo.revs(b"extinct() and %d", self._rev))

    def orphan(self) -> bool:
        """Return whether an ancestor is obsolete, but not itself."""
        return self._rev in self._repo.evolutionrevs("orphan")

    def phasedivergent(self) -> bool:
        """Return whether it tries to replace what is public."""
        return self._rev in self._repo.evolutionrevs("phasedivergent")

    def contentdivergent(self) -> bool:
        """Return whether something else replaces the same changeset."""
        return self._rev in self._repo.evolutionrevs("contentdivergent")

    def isunstable(self) -> bool:
        """Return whether it is an orphan or divergent."""
        return self.orphan() or self.phasedivergent() or self.contentdivergent()

    def instabilities(self) -> list[bytes]:
        """Return the kinds of instability: `orphan`, `phase-divergent`, `content-divergent`."""
        found = []
        if self.orphan():
            found.append(b"orphan")
        if self.phasedivergent():
            found.append(b"phase-divergent")
        if self.contentdivergent():
            found.append(b"content-divergent")
        return found

    # -- files

    def _entry(self, path: bytes) -> tuple[bytes, bytes]:
        """Return node id and flags of a file.

        Raises:
            error.ManifestLookupError: It is not there.
        """
        try:
            return self.manifest().find(path)
        except KeyError:
            raise error.ManifestLookupError(
                self.node() or b"", path, b"not found in manifest"
            ) from None

    def _fileinfo(self, path: bytes) -> tuple[bytes, bytes]:
        return self._entry(path)

    def filenode(self, path: bytes) -> bytes:
        """Return the node id of a file."""
        return self._entry(path)[0]

    def flags(self, path: bytes) -> bytes:
        """Return the flags of a file: `l`, `x` or nothing."""
        try:
            return self._entry(path)[1]
        except error.LookupError:
            return b""

    def filectx(self, path: bytes, *ids: Any, **more: Any) -> Any:
        """Return one of the files."""
        raise NotImplementedError

    def dirs(self) -> Any:
        """Return the directories that hold files."""
        return self.manifest().dirs()

    def hasdir(self, dir: bytes) -> bool:
        """Return whether a directory holds files."""
        return self.manifest().hasdir(dir)

    def match(
        self,
        pats: list[bytes] | None = None,
        include: list[bytes] | None = None,
        exclude: list[bytes] | None = None,
        default: bytes = b"glob",
        listsubrepos: bool = False,
        badfn: Any = None,
        cwd: bytes | None = None,
    ) -> Any:
        """Return a matcher of patterns; filesets in them are about this version."""
        repo = self._repo
        return matchmod.match(
            repo.root,
            repo.getcwd() if cwd is None else cwd,
            pats,
            include,
            exclude,
            default,
            ctx=self,
            badfn=badfn,
        )

    def matches(self, match: Any) -> Iterator[bytes]:
        """Return the files that a matcher is about."""
        return self.walk(match)

    def walk(self, match: Any) -> Iterator[bytes]:
        """Yield the files that a matcher is about, sorted."""
        return iter(self.manifest().walk(match))

    def diff(
        self,
        ctx2: Any = None,
        match: Any = None,
        changes: Any = None,
        opts: Any = None,
        **_more: Any,
    ) -> Iterator[bytes]:
        """Yield the diff from `ctx2` (the first parent) to this version, file by file."""
        old = self.p1() if ctx2 is None else self._repo[ctx2]
        flags = opts if isinstance(opts, dict) else dict(vars(opts)) if opts else {}
        flags = {k.decode() if isinstance(k, bytes) else k: v for k, v in flags.items()}
        revs = (old.rev(), self.rev())
        yield from rustext.diff(self._repo._handle, revs, match, flags)

    def status(
        self,
        other: Any = None,
        match: Any = None,
        listignored: bool = False,
        listclean: bool = False,
        listunknown: bool = False,
        listsubrepos: bool = False,
        empty_dirs_keep_files: bool = False,
    ) -> lazy.status:
        """Return how this version differs from `other` (the first parent)."""
        other = self.p1() if other is None else self._repo[other]
        return self._repo.status(
            other, self, match, listignored, listclean, listunknown, listsubrepos
        )

    # -- subrepositories

    @propertycache
    def substate(self) -> dict[bytes, tuple[bytes, bytes, bytes]]:
        """Subrepositories: path to source, revision and kind."""
        if b".hgsub" not in self:
            return {}
        revisions = {}
        if b".hgsubstate" in self:
            for line in self[b".hgsubstate"].data().splitlines():
                revision, _, path = line.partition(b" ")
                revisions[path] = revision
        state = {}
        for line in self[b".hgsub"].data().splitlines():
            path, equals, source = (part.strip() for part in line.partition(b"="))
            if not equals or path.startswith((b"#", b"[")):
                continue
            kind = b"hg"
            if source.startswith(b"["):
                kind, _, source = source[1:].partition(b"]")
            state[path] = (source.strip(), revisions.get(path, b""), kind)
        return state

    def subrev(self, subpath: bytes) -> bytes:
        """Return the revision of a subrepository."""
        return self.substate[subpath][1]

    def sub(self, path: bytes, allowcreate: bool = True) -> Any:
        """Refuse: subrepositories are not there yet."""
        raise error.Abort(b"subrepositories are not supported yet: '%s'" % path)

    nullsub = workingsub = sub

    def mergestate(self, clean: bool = False) -> Any:
        """Return the state of the merge."""
        return self._repo.mergestate()

    def isinmemory(self) -> bool:
        """Return whether it lies in memory only."""
        return self.in_memory
