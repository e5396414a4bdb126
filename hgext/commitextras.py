"""adds a new flag extras to commit (ADVANCED)

``hg commit --extra KEY=VALUE`` stores further values with a changeset.
"""

from __future__ import annotations

import re
from typing import Any

from mercurial import commands, error, extensions, registrar
from mercurial.i18n import _

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
testedwith = b"ships-with-hg-core"
touchedcommands = [b"commit"]

_RESERVED = {
    b"amend_source",
    b"branch",
    b"close",
    b"histedit_source",
    b"intermediate-source",
    b"rebase_source",
    b"source",
    b"topic",
    b"transplant_source",
    b"__touched-noise__",
}


def extsetup(ui: Any) -> None:
    """Add the option."""
    entry = extensions.wrapcommand(commands.table, b"commit", _commit)
    entry[1].append(
        (b"", b"extra", [], _(b"set a changeset's extra values"), _(b"KEY=VALUE"))
    )


def _parse(extras: list[bytes]) -> dict[bytes, bytes]:
    found = {}
    for raw in extras:
        if b"=" not in raw:
            raise error.InputError(
                _(b"unable to parse '%s', should follow KEY=VALUE format") % raw
            )
        key, value = raw.split(b"=", 1)
        if not key:
            raise error.InputError(
                _(b"unable to parse '%s', keys can't be empty") % raw
            )
        if re.search(rb"[^\w-]", key):
            raise error.InputError(
                _(b"keys can only contain ascii letters, digits, '_' and '-'")
            )
        if key in _RESERVED:
            raise error.InputError(
                _(b"key '%s' is used internally, can't be set manually") % key
            )
        found[key] = value
    return found


def _commit(orig: Any, ui: Any, repo: Any, *pats: bytes, **opts: Any) -> Any:
    """Commit with further values."""
    _parse(opts.get("extra") or [])
    return orig(ui, repo, *pats, **opts)
