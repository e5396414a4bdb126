"""What follows when changesets are replaced: bookmarks, phases, and markers or removal.

Public: `Cleanup`.
"""

from __future__ import annotations

from typing import Any, Iterator

from mercurial import bookmarks, obsolete, phases, repair


def _grouped(replacements: Any) -> dict[tuple[bytes, ...], tuple[bytes, ...]]:
    """Return what replaces what; what nothing replaces may be given as a list."""
    if not hasattr(replacements, "items"):
        return {(node,): () for node in replacements}
    return {
        key if isinstance(key, tuple) else (key,): tuple(value)
        for key, value in replacements.items()
    }


class Cleanup:
    """Changesets that are replaced.

    Args:
        repo: The repository.
        replacements: New nodes by old ones (or by several, for a fold).
        moves: Where bookmarks of old nodes go, if not to what replaces these.
    """

    def __init__(self, repo: Any, replacements: Any, moves: dict[bytes, bytes]):
        self._repo = repo
        self._whole = repo.unfiltered()
        self._replaced = _grouped(replacements)
        self._old = {node for group in self._replaced for node in group}
        self._moves = dict(moves)
        for group, news in self._replaced.items():
            for node in group:
                self._moves.setdefault(node, self._place_after(node, news))

    def _place_after(self, old: bytes, news: tuple[bytes, ...]) -> bytes:
        if len(news) == 1:
            return news[0]
        if news:
            return self._whole[self._whole.revs(b"heads(%ln)", news).last()].node()
        # Nothing replaces it: what is below it that stays.
        kept = self._whole.revs(b"max((::%n) - %ln)", old, list(self._old))
        return self._whole[kept.first() if kept else -1].node()

    def run(
        self,
        operation: bytes,
        metadata: Any,
        phase: int | None,
        fixphase: bool,
        backup: bool,
    ) -> None:
        """Do all that is to be done, in one transaction where possible."""
        markers = obsolete.isenabled(self._repo, obsolete.createmarkersopt)
        with self._repo.transaction(b"cleanup") as tr:
            self._move_bookmarks(tr)
            if fixphase:
                self._move_phases(tr, phase)
            if markers:
                self._mark(operation, metadata)
        if not markers and self._old:
            repair.delayedstrip(
                self._repo.ui, self._repo, self._gone(), operation, backup=backup
            )

    def _move_bookmarks(self, tr: Any) -> None:
        store = self._repo._bookmarks
        changes: list[tuple[bytes, bytes | None]] = []
        for old, new in sorted(self._moves.items()):
            if old == new:
                continue
            for name in store.names(old):
                changes.append((name, new))
                changes.extend((gone, None) for gone in self._passed(name, old, new))
        if changes:
            store.applychanges(self._repo, tr, changes)

    def _passed(self, name: bytes, old: bytes, new: bytes) -> list[bytes]:
        below = [parent.node() for parent in self._whole[new].parents()]
        before = {parent.node() for parent in self._whole[old].parents()}
        passed = [node for node in below if node not in before]
        return bookmarks.divergent2delete(self._repo, passed, name)

    def _move_phases(self, tr: Any, phase: int | None) -> None:
        """Give what is new the phase of what it replaces, or of its parents if that is more."""
        asked: dict[bytes, int] = {}
        for group, news in self._replaced.items():
            old = max(self._whole[node].phase() for node in group)
            for node in news:
                asked[node] = max(old, asked.get(node, phases.public))
        for node in sorted(asked, key=self._whole.changelog.rev):
            ctx = self._whole[node]
            wanted = asked[node] if phase is None else phase
            wanted = max([wanted, *(parent.phase() for parent in ctx.parents())])
            if wanted > ctx.phase():
                phases.retractboundary(self._repo, tr, wanted, [node])
            elif wanted < ctx.phase():
                phases.advanceboundary(self._repo, tr, wanted, [node])

    def _relations(self) -> Iterator[tuple[Any, Any]]:
        groups = sorted(
            self._replaced.items(),
            key=lambda item: [self._whole.changelog.rev(node) for node in item[0]],
        )
        for group, news in groups:
            if group == news:
                continue
            olds = tuple(self._whole[node] for node in group)
            yield olds, tuple(self._whole[node] for node in news)

    def _mark(self, operation: bytes, metadata: Any) -> None:
        relations = list(self._relations())
        if relations:
            obsolete.createmarkers(
                self._repo, relations, operation=operation, metadata=metadata
            )

    def _gone(self) -> list[bytes]:
        """Return what can be removed: nothing that other changesets stand on."""
        staying = self._whole.revs(b"(%ln::) - %ln", list(self._old), list(self._old))
        keep = {self._whole[rev].node() for rev in self._whole.revs(b"::%ld", staying)}
        return [node for node in self._old if node not in keep]
