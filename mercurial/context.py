"""Versions of all files as extensions see them: changesets, the working directory, memory.

Public: all classes below and their methods without a leading underscore.
"""

from __future__ import annotations

from mercurial.contexts.base import basectx
from mercurial.contexts.change import changectx
from mercurial.contexts.files import arbitraryfilectx, basefilectx, filectx
from mercurial.contexts.memory import (
    makecachingfilectxfn,
    memctx,
    memfilectx,
    memfilefromctx,
    metadataonlyctx,
    overlayworkingctx,
    overlayworkingfilectx,
    pendingcommitctx,
)
from mercurial.contexts.working import (
    committablectx,
    committablefilectx,
    workingcommitctx,
    workingctx,
    workingfilectx,
)

__all__ = [
    "arbitraryfilectx",
    "basectx",
    "basefilectx",
    "changectx",
    "committablectx",
    "committablefilectx",
    "filectx",
    "makecachingfilectxfn",
    "memctx",
    "memfilectx",
    "memfilefromctx",
    "metadataonlyctx",
    "overlayworkingctx",
    "overlayworkingfilectx",
    "pendingcommitctx",
    "workingcommitctx",
    "workingctx",
    "workingfilectx",
]
