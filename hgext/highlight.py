"""syntax highlighting for hgweb (requires Pygments)

Colours files and annotations in the web interface. ``web.pygments_style`` names the style
(``colorful``), ``web.highlightfiles`` the files, a fileset (``size('<5M')``);
with ``web.highlightonlymatchfilename`` only names of files tell their language, not their content.
"""

from __future__ import annotations

import importlib
from typing import Any, Iterator

from mercurial import encoding, error, fileset, registrar
from mercurial.i18n import _

testedwith = b"ships-with-hg-core"
touchedcommands: list[bytes] = [b"serve"]
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"web", b"pygments_style", default=b"colorful")
configitem(b"web", b"highlightfiles", default=b"size('<5M')")
configitem(b"web", b"highlightonlymatchfilename", default=False)


def _pygments() -> Any:
    """Return the library.

    Raises:
        error.Abort: It is not installed.
    """
    try:
        for module in ("formatters", "lexers", "util"):
            importlib.import_module("pygments." + module)
        return importlib.import_module("pygments")
    except ImportError:
        raise error.Abort(
            _(b"highlight needs Pygments, which is not installed")
        ) from None


def checkfctx(fctx: Any, expr: bytes) -> bool:
    """Return whether a fileset selects a file."""
    ctx = fctx.changectx()
    return bool(fileset.match(ctx, b"", expr)(fctx.path()))


def _lexer(pygments: Any, path: str, text: str, by_name_only: bool) -> Any:
    unknown = pygments.util.ClassNotFound
    try:
        return pygments.lexers.guess_lexer_for_filename(
            path, text[:1024], stripnl=False
        )
    except unknown:
        pass
    if not by_name_only:
        try:
            return pygments.lexers.guess_lexer(text[:1024], stripnl=False)
        except unknown:
            pass
    return pygments.lexers.TextLexer(stripnl=False)


def lines(fctx: Any, style: bytes, by_name_only: bool = False) -> Iterator[bytes]:
    """Yield the lines of a file as HTML."""
    pygments = _pygments()
    text = encoding.fromlocal(fctx.data()).decode("utf-8", "replace")
    path = encoding.strfromlocal(fctx.path())
    formatter = pygments.formatters.HtmlFormatter(
        nowrap=True, style=encoding.strfromlocal(style)
    )
    lexer = _lexer(pygments, path, text, by_name_only)
    for line in pygments.highlight(text, lexer, formatter).splitlines():
        yield encoding.tolocal(line.encode("utf-8"))


def css(ui: Any) -> bytes:
    """Return the style sheet for the configured style."""
    pygments = _pygments()
    style = encoding.strfromlocal(ui.config(b"web", b"pygments_style"))
    made = pygments.formatters.HtmlFormatter(style=style)
    text = "/* pygments_style = %s */\n\n%s" % (style, made.get_style_defs(""))
    return encoding.tolocal(text.encode("utf-8"))
