"""Manifests as extensions see them: paths with node ids and flags.

Public: `manifestdict`, `manifestctx`, `manifestlog`, `manifestrevlog`.
"""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import rustext
from mercurial.node import nullid
from mercurial.revlog import revlog


class manifestdict(rustext.Manifest):  # noqa: N801 -- the name is Mercurial's
    """The files of a changeset; changes lie over what is stored.

    Items are node ids by path; `find`, `flags` and `iterentries` know the flags too.
    """

    def __init__(self, repo: Any, node: bytes):
        self._repo = repo
        self._source = node
        # Path to node id and flags; `None` for what was taken out.
        self._changes: dict[bytes, tuple[bytes, bytes] | None] = {}

    def copy(self) -> manifestdict:
        """Return one that can be changed without changing this one."""
        made = type(self)(self._repo, self._source)
        made._changes = dict(self._changes)
        return made

    def _find(self, key: bytes) -> tuple[bytes, bytes] | None:
        if self._changes and key in self._changes:
            return self._changes[key]
        return self.stored_find(key)

    def find(self, key: bytes) -> tuple[bytes, bytes]:
        """Return node id and flags of a file.

        Raises:
            KeyError: It is not there.
        """
        found = self._find(key)
        if found is None:
            raise KeyError(key)
        return found

    def __getitem__(self, key: bytes) -> bytes:
        return self.find(key)[0]

    def get(self, key: bytes, default: Any = None) -> Any:
        """Return the node id of a file, or `default`."""
        found = self._find(key)
        return default if found is None else found[0]

    def flags(self, key: bytes) -> bytes:
        """Return the flags of a file; none when it is not there."""
        found = self._find(key)
        return b"" if found is None else found[1]

    def __contains__(self, key: bytes) -> bool:
        if not self._changes:
            return self.stored_has(key)
        return self._find(key) is not None

    def __setitem__(self, key: bytes, node: bytes) -> None:
        self._changes[key] = (node, self.flags(key))

    def __delitem__(self, key: bytes) -> None:
        if key not in self:
            raise KeyError(key)
        self._changes[key] = None

    def set(self, key: bytes, node: bytes, flags: bytes) -> None:
        """Put a file in, with flags."""
        self._changes[key] = (node, flags)

    def setflag(self, key: bytes, flag: bytes) -> None:
        """Set the flags of a file."""
        self._changes[key] = (self[key], flag)

    def __len__(self) -> int:
        if not self._changes:
            return self.stored_len()
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return next(iter(self), None) is not None

    def __iter__(self) -> Iterator[bytes]:
        if not self._changes:
            return self.stored_paths()
        return (path for path, _node, _flags in self._merged())

    iterkeys = __iter__

    def keys(self) -> list[bytes]:
        """Return the paths, sorted."""
        return list(self)

    def _merged(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        changes = sorted(self._changes.items(), reverse=True)
        for entry in self.stored_entries():
            while changes and changes[-1][0] < entry[0]:
                path, change = changes.pop()
                if change is not None:
                    yield (path, *change)
            if changes and changes[-1][0] == entry[0]:
                path, change = changes.pop()
                if change is not None:
                    yield (path, *change)
            else:
                yield entry
        for path, change in reversed(changes):
            if change is not None:
                yield (path, *change)

    def iterentries(self) -> Iterator[tuple[bytes, bytes, bytes]]:
        """Yield path, node id and flags of each file."""
        return self._merged() if self._changes else self.stored_entries()

    def items(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield path and node id of each file."""
        return ((path, node) for path, node, _flags in self.iterentries())

    iteritems = items

    def walk(self, match: Any) -> Iterator[bytes]:
        """Yield the files that a matcher is about."""
        if match.always():
            return iter(self)
        matches = match.matchfn if hasattr(match, "matchfn") else match
        return (path for path in self if matches(path))

    def _matches(self, match: Any) -> manifestdict:
        made = self.copy()
        for path in list(self):
            if not match(path):
                del made[path]
        return made

    def hasdir(self, dir: bytes) -> bool:
        """Return whether there are files below a directory."""
        if not self._changes:
            return self.stored_has_dir(dir)
        return dir in self.dirs()

    def dirs(self) -> dict[bytes, int]:
        """Return the directories that hold files, with how many."""
        found: dict[bytes, int] = {}
        for path in self:
            while b"/" in path:
                path = path.rpartition(b"/")[0]  # noqa: PLW2901 -- up to the root
                found[path] = found.get(path, 0) + 1
            found[b""] = found.get(b"", 0) + 1
        return found

    def diff(
        self, m2: manifestdict, match: Any = None, clean: bool = False
    ) -> dict[bytes, Any]:
        """Return what differs: path to (node id, flags) here and in `m2`."""
        absent = (None, b"")
        found: dict[bytes, Any] = {}
        if self._changes or m2._changes:
            mine = {path: (node, flags) for path, node, flags in self.iterentries()}
            theirs = {path: (node, flags) for path, node, flags in m2.iterentries()}
            for path in mine.keys() | theirs.keys():
                pair = (mine.get(path, absent), theirs.get(path, absent))
                if pair[0] != pair[1]:
                    found[path] = pair
        else:
            for path, here, there in self.stored_diff(m2):
                found[path] = (here or absent, there or absent)
        if match is not None:
            found = {path: pair for path, pair in found.items() if match(path)}
        if clean:
            for path in self:
                if path not in found and path in m2 and (match is None or match(path)):
                    found[path] = None
        return found

    def filesnotin(self, m2: manifestdict, match: Any = None) -> Any:
        """Return the files that `m2` does not have."""
        return {
            path for path in self if path not in m2 and (match is None or match(path))
        }

    def text(self) -> bytes:
        """Return the text that is stored for it."""
        if not self._changes:
            return self.stored_text()
        lines = (
            b"%s\0%s%s\n" % (path, node.hex().encode(), flags)
            for path, node, flags in self.iterentries()
        )
        return b"".join(lines)


class manifestrevlog(revlog):  # noqa: N801 -- the name is Mercurial's
    """The revlog of manifests."""


class manifestctx:  # noqa: N801 -- the name is Mercurial's
    """One stored manifest.

    Args:
        log: The manifests.
        node: Its node id.
    """

    def __init__(self, log: manifestlog, node: bytes):
        self._log = log
        self._node = node

    def node(self) -> bytes:
        """Return the node id."""
        return self._node

    def read(self) -> manifestdict:
        """Return the files."""
        return manifestdict(self._log._handle, self._node)

    def find(self, key: bytes) -> tuple[bytes, bytes]:
        """Return node id and flags of a file."""
        return self.read().find(key)

    @property
    def parents(self) -> tuple[bytes, bytes]:
        """The node ids of the parents."""
        return self._log.getstorage(b"").parents(self._node)

    def copy(self) -> manifestctx:
        """Return another one of the same manifest."""
        return manifestctx(self._log, self._node)

    def readdelta(self, shallow: bool = False) -> manifestdict:
        """Return the files that the first parent does not have like this."""
        mine = self.read()
        first = manifestctx(self._log, self.parents[0]).read()
        changed = first.diff(mine)
        made = manifestdict(self._log._handle, nullid)
        for path, (_before, now) in changed.items():
            if now[0] is not None:
                made.set(path, *now)
        return made

    readfast = readdelta


class manifestlog:  # noqa: N801 -- the name is Mercurial's
    """All manifests of a repository.

    Args:
        handle: The Rust repository.
    """

    def __init__(self, handle: Any):
        self._handle = handle

    def __getitem__(self, node: bytes) -> manifestctx:
        return manifestctx(self, node)

    def get(self, tree: bytes, node: bytes, verify: bool = True) -> manifestctx:
        """Return the manifest with a node id."""
        return manifestctx(self, node)

    def getstorage(self, tree: bytes) -> manifestrevlog:
        """Return the revlog of a directory's manifests; the root is empty."""
        return manifestrevlog(self._handle, "manifest", tree.strip(b"/"))

    def rev(self, node: bytes) -> int:
        """Return the number of a manifest."""
        return self.getstorage(b"").rev(node)

    def clearcaches(self, clear_persisted_data: bool = False) -> None:
        """Do nothing: what is kept is small and true."""
