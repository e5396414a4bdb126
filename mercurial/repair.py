"""Removing changesets.

Public: `strip`, `delayedstrip`, `backupbundle`.
"""

from __future__ import annotations

from typing import Any, Iterable

from mercurial.node import hex


def strip(
    ui: Any,
    repo: Any,
    nodelist: Iterable[bytes],
    backup: Any = True,
    topic: bytes = b"backup",
) -> None:
    """Remove changesets and their descendants; they are kept in a bundle."""
    from mercurial import commands  # late: it comes after us

    names = [hex(node) for node in nodelist]
    if names:
        run: Any = commands.debugstrip
        run(ui, repo, *names, no_backup=not backup)
        repo.invalidate()


def delayedstrip(
    ui: Any,
    repo: Any,
    nodelist: Iterable[bytes],
    topic: Any = None,
    backup: bool = True,
) -> None:
    """Remove changesets once the transaction is over."""
    nodes = list(nodelist)
    transaction = repo.currenttransaction()
    if transaction is None:
        strip(ui, repo, nodes, backup=backup)
    else:
        transaction.addpostclose(
            b"strip", lambda _tr: strip(ui, repo, nodes, backup=backup)
        )


stripgeneric = strip


def safestriproots(ui: Any, repo: Any, nodes: Any) -> list[bytes]:
    """Return the roots of changesets that can be removed."""
    return list(nodes)
