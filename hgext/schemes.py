"""extend schemes with shortcuts to repository swarms

Names a place where many repositories are by a short scheme::

  [schemes]
  py = http://hg.python.org/

Then ``hg clone py://trunk/`` means ``hg clone http://hg.python.org/trunk/``. ``{1}``, ``{2}``
and so
on in an address stand for the parts of what follows the scheme.
"""

from __future__ import annotations

import re
from typing import Any

from mercurial import error, registrar
from mercurial.i18n import _

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
testedwith = b"ships-with-hg-core"

_partre = re.compile(rb"{(\d+)\}")

schemes = {
    b"bb": b"https://bitbucket.org/",
    b"bb+ssh": b"ssh://hg@bitbucket.org/",
    b"gcode": b"https://{1}.googlecode.com/hg/",
    b"kiln": b"https://{1}.kilnhg.com/Repo/",
    b"py": b"http://hg.python.org/",
}


class ShortRepository:
    """A scheme.

    Args:
        url: The address with `{1}` and so on.
        scheme: The name.
    """

    def __init__(self, url: bytes, scheme: bytes):
        self.scheme = scheme
        self.url = url
        self.parts = max([int(number) for number in _partre.findall(url)], default=0)

    def expand(self, url: bytes) -> bytes:
        """Return the address that a short one stands for."""
        rest = url.split(b"://", 1)[1] if b"://" in url else url
        parts = rest.split(b"/", self.parts)
        tail = parts.pop() if len(parts) > self.parts else b""
        values = {b"%d" % (at + 1): part for at, part in enumerate(parts)}
        expanded = _partre.sub(lambda match: values.get(match.group(1), b""), self.url)
        return expanded + tail


def _known(ui: Any) -> dict[bytes, ShortRepository]:
    found = dict(schemes)
    found.update(ui.configitems(b"schemes"))
    return {name: ShortRepository(url, name) for name, url in found.items()}


def _expand(known: dict[bytes, ShortRepository], value: bytes) -> bytes:
    scheme, separator, _rest = value.partition(b"://")
    if separator and scheme in known:
        return known[scheme].expand(value)
    return value


def uisetup(ui: Any) -> None:
    """Replace short addresses wherever commands get them."""
    from mercurial import (  # late: the table is made when it is needed
        commands,
        extensions,
    )

    known = _known(ui)
    for scheme in known:
        if (
            len(scheme) == 1
            and scheme.isalpha()
            and ui.config(b"schemes", scheme) is None
        ):
            raise error.Abort(
                _(b"custom scheme %s:// conflicts with drive letter %s:\\\n")
                % (scheme, scheme.upper())
            )
    for name in (
        b"clone",
        b"pull",
        b"push",
        b"incoming",
        b"outgoing",
        b"identify",
        b"init",
        b"bundle",
    ):

        def wrapper(orig: Any, *args: Any, **opts: Any) -> Any:
            words = [
                _expand(known, arg) if isinstance(arg, bytes) else arg for arg in args
            ]
            return orig(*words, **opts)

        extensions.wrapcommand(commands.table, name, wrapper)


def uipopulate(ui: Any) -> None:
    """Replace short addresses in `[paths]`."""
    known = _known(ui)
    for name, value in ui.configitems(b"paths"):
        expanded = _expand(known, value)
        if expanded != value:
            ui.setconfig(b"paths", name, expanded, ui.configsource(b"paths", name))


@command(b"debugexpandscheme", norepo=True)
def expandscheme(ui: Any, url: bytes, **opts: Any) -> None:
    """Given a repo path, provide the scheme-expanded path"""
    ui.write(_expand(_known(ui), url) + b"\n")
