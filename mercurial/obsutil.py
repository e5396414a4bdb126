"""Questions about obsolescence.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import re
from typing import Any, Iterable, Iterator

from mercurial import rustext

bumpedfix = 1
usingsha256 = 2


def successorssets(
    repo: Any, initialnode: bytes, closest: bool = False, cache: Any = None
) -> list[list[bytes]]:
    """Return the sets of changesets that replace one."""
    return [list(found) for found in rustext.successors_sets(repo._handle, initialnode)]


def allsuccessors(
    obsstore: Any, nodes: Iterable[bytes], ignoreflags: int = 0
) -> Iterator[bytes]:
    """Yield nodes and all that replace them."""
    pending, seen = list(nodes), set(nodes)
    while pending:
        current = pending.pop()
        yield current
        for marker in obsstore.successors.get(current, ()):
            for found in marker[1]:
                if found not in seen and not marker[2] & ignoreflags:
                    seen.add(found)
                    pending.append(found)


def allpredecessors(
    obsstore: Any, nodes: Iterable[bytes], ignoreflags: int = 0
) -> Iterator[bytes]:
    """Yield nodes and all that they replace."""
    pending, seen = list(nodes), set(nodes)
    while pending:
        current = pending.pop()
        yield current
        for marker in obsstore.predecessors.get(current, ()):
            if marker[0] not in seen and not marker[2] & ignoreflags:
                seen.add(marker[0])
                pending.append(marker[0])


def closestpredecessors(repo: Any, nodeid: bytes) -> Iterator[bytes]:
    """Yield the visible changesets that a node replaces."""
    pending, seen = [nodeid], {nodeid}
    while pending:
        for marker in repo.obsstore.predecessors.get(pending.pop(), ()):
            found = marker[0]
            if found in seen:
                continue
            seen.add(found)
            if found in repo:
                yield found
            else:
                pending.append(found)


predecessorsclosest = closestpredecessors


def foreground(repo: Any, nodes: Iterable[bytes]) -> set[bytes]:
    """Return descendants of changesets and of what replaces them."""
    plain = repo.unfiltered()
    found = {ctx.node() for ctx in plain.set(b"%ln::", list(nodes))}
    for node in allsuccessors(plain.obsstore, set(found)):
        if plain.changelog.hasnode(node):
            found.add(node)
    return {ctx.node() for ctx in plain.set(b"%ln::", sorted(found))}


class marker:  # noqa: N801 -- the name is Mercurial's
    """A marker of obsolescence."""

    def __init__(self, repo: Any, data: Any):
        self._repo = repo
        self._data = data

    def prednode(self) -> bytes:
        """Return what is replaced."""
        return self._data[0]

    def succnodes(self) -> tuple[bytes, ...]:
        """Return what replaces it."""
        return self._data[1]

    def flags(self) -> int:
        """Return the flags."""
        return self._data[2]

    def metadata(self) -> dict[bytes, bytes]:
        """Return what else is known."""
        return dict(self._data[3])

    def date(self) -> Any:
        """Return when it was made."""
        return self._data[4]

    def parentnodes(self) -> Any:
        """Return the parents of what is replaced."""
        return self._data[5]


def getmarkers(
    repo: Any, nodes: Any = None, exclusive: bool = False
) -> Iterator[marker]:
    """Yield markers."""
    wanted = None if nodes is None else set(nodes)
    for data in repo.obsstore:
        if wanted is None or data[0] in wanted or wanted.intersection(data[1]):
            yield marker(repo, data)


# What of a changeset a successor changed, as markers say it (`hg debugobsolete` shows `ef1`).
EFFECTFLAGFIELD = b"ef1"
DESCCHANGED = 1 << 0
METACHANGED = 1 << 1
PARENTCHANGED = 1 << 2
DIFFCHANGED = 1 << 3
USERCHANGED = 1 << 4
DATECHANGED = 1 << 5
BRANCHCHANGED = 1 << 6

# Extras that say where a changeset comes from: they are no difference.
METABLACKLIST = [
    re.compile(pattern)
    for pattern in (b"^branch$", b"^.*-source$", b"^.*_source$", b"^source$")
]


def getobsoleted(repo: Any, tr: Any = None, changes: Any = None) -> Any:
    """Return the revisions that the markers of a transaction have made obsolete."""
    if changes is None:
        changes = tr.changes
    whole = repo.unfiltered()
    index = whole.changelog.index
    known = (index.get_rev(found[0]) for found in changes[b"obsmarkers"])
    obsolete = whole.evolutionrevs("obsolete")
    first = changes.get(b"origrepolen", len(whole))
    revs = {rev for rev in known if rev is not None and rev in obsolete and rev < first}
    return sorted(revs)


def _said(markers: Iterable[Any], key: bytes) -> list[bytes]:
    found = (dict(marker[3]).get(key) for marker in markers)
    return sorted({text for text in found if text})


def markersoperations(markers: Iterable[Any]) -> list[bytes]:
    """Return what made markers, each once."""
    return _said(markers, b"operation")


def markersusers(markers: Iterable[Any]) -> list[bytes]:
    """Return who made markers, each once."""
    return _said(markers, b"user")


def markersdates(markers: Iterable[Any]) -> list[Any]:
    """Return when markers were made."""
    return [marker[4] for marker in markers]


def _extras(ctx: Any) -> dict[bytes, bytes]:
    ignored = METABLACKLIST
    return {
        key: value
        for key, value in ctx.extra().items()
        if not any(pattern.match(key) for pattern in ignored)
    }


def _contents(ctx: Any) -> list[Any]:
    manifest = ctx.manifest()
    return [
        (path, ctx[path].data() if path in manifest else None, ctx.flags(path))
        for path in ctx.files()
    ]


def geteffectflag(source: Any, successors: Iterable[Any]) -> int:
    """Return what successors changed, as markers say it."""
    effects = 0
    for ctx in successors:
        moved = ctx.parents() != source.parents()
        if moved:
            content = _contents(ctx) != _contents(source)
        else:
            content = ctx.manifestnode() != source.manifestnode()
        for differs, flag in (
            (ctx.description() != source.description(), DESCCHANGED),
            (_extras(ctx) != _extras(source), METACHANGED),
            (moved, PARENTCHANGED),
            (content, DIFFCHANGED),
            (ctx.user() != source.user(), USERCHANGED),
            (ctx.date() != source.date(), DATECHANGED),
            (ctx.branch() != source.branch(), BRANCHCHANGED),
        ):
            effects |= flag if differs else 0
    return effects


def successorsandmarkers(repo: Any, ctx: Any) -> list[dict[str, Any]] | None:
    """Return the sets of successors of an obsolete changeset with the markers to them."""
    if not ctx.obsolete():
        return None
    store = repo.obsstore
    sets = successorssets(repo, ctx.node(), closest=True) or [[]]
    found = []
    for successors in sets:
        wanted, markers, seen = list(successors), set(), set()
        while wanted:
            node = wanted.pop()
            if node in seen or node == ctx.node():
                continue
            seen.add(node)
            for data in store.predecessors.get(node, ()):
                markers.add(data)
                wanted.append(data[0])
        if not successors:
            markers = {m for m in store.successors.get(ctx.node(), ()) if not m[1]}
        found.append({"successors": successors, "markers": sorted(markers)})
    return found


def obsfateverb(successorset: Any, markers: Any) -> bytes:
    """Return one word for what became of a changeset."""
    if not successorset:
        return b"pruned"
    return b"rewritten" if len(successorset) == 1 else b"split"
