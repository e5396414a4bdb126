"""Showing changesets.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import (
    context,
    error,
    formatter,
    graphmod,
    rustext,
    scmutil,
    templatekw,
    templater,
)
from mercurial.utils import dateutil


def _stock_template(ui: Any) -> bytes | None:
    return ui.config(b"command-templates", b"log") or None


class changesetprinter:  # noqa: N801 -- the name is Mercurial's
    """Shows changesets as `hg log` does; extensions may override `_exthook`."""

    def __init__(
        self,
        ui: Any,
        repo: Any,
        differ: Any = None,
        diffopts: Any = None,
        buffered: bool = False,
    ):
        self.ui = ui
        self.repo = repo
        self.buffered = buffered
        self._differ = differ
        self._diffopts = diffopts or {}
        self.header: dict[int, bytes] = {}
        self.hunk: dict[int, bytes] = {}
        self.lastheader: bytes | None = None
        self.footer: bytes | None = None

    def flush(self, ctx: Any) -> bool:
        """Write what was held back about a changeset."""
        rev = ctx.rev()
        if rev in self.hunk:
            self.ui.write(self.hunk.pop(rev))
            return True
        return False

    def close(self) -> None:
        """Write what comes at the end."""
        if self.footer:
            self.ui.write(self.footer)

    def show(self, ctx: Any, copies: Any = None, **props: Any) -> None:
        """Show a changeset."""
        if self.buffered:
            self.ui.pushbuffer(labeled=True)
            self._show(ctx, copies, props)
            self.hunk[ctx.rev()] = self.ui.popbuffer()
        else:
            self._show(ctx, copies, props)

    def _show(self, ctx: Any, copies: Any, props: Any) -> None:
        ui = self.ui
        if ui.quiet:
            ui.write(b"%s\n" % scmutil.formatchangeid(ctx), label=b"log.node")
            return
        phase = b"changeset.%s" % ctx.phasestr()
        ui.write(
            b"changeset:   %s\n" % scmutil.formatchangeid(ctx),
            label=b"log.changeset " + phase,
        )
        if ctx.branch() != b"default":
            ui.write(b"branch:      %s\n" % ctx.branch(), label=b"log.branch")
        for name in ctx.bookmarks():
            ui.write(b"bookmark:    %s\n" % name, label=b"log.bookmark")
        for name in ctx.tags():
            ui.write(b"tag:         %s\n" % name, label=b"log.tag")
        if ui.debugflag:
            ui.write(b"phase:       %s\n" % ctx.phasestr(), label=b"log.phase")
        for parent in scmutil.meaningfulparents(self.repo, ctx):
            text = b"parent:      %s\n" % scmutil.formatchangeid(parent)
            ui.write(text, label=b"log.parent changeset.%s" % parent.phasestr())
        ui.write(b"user:        %s\n" % ctx.user(), label=b"log.user")
        ui.write(b"date:        %s\n" % dateutil.datestr(ctx.date()), label=b"log.date")
        self._exthook(ctx)
        if ui.verbose and ctx.files():
            ui.write(
                b"files:       %s\n" % b" ".join(ctx.files()),
                label=b"ui.note log.files",
            )
        description = ctx.description().strip()
        if description and ui.verbose:
            ui.write(b"description:\n", label=b"ui.note log.description")
            ui.write(description + b"\n\n", label=b"ui.note log.description")
        elif description:
            ui.write(
                b"summary:     %s\n" % description.splitlines()[0], label=b"log.summary"
            )
        ui.write(b"\n")
        self._showpatch(ctx)

    def _exthook(self, ctx: Any) -> None:
        """Add lines: empty, for subclasses."""

    def _showpatch(self, ctx: Any, graphwidth: int = 0) -> None:
        if self._diffopts.get(b"patch") or self._diffopts.get("patch"):
            for chunk in ctx.diff():
                self.ui.write(chunk)
            self.ui.write(b"\n")


changeset_printer = changesetprinter


class changesettemplater(changesetprinter):  # noqa: N801 -- the name is Mercurial's
    """Shows changesets with a template."""

    def __init__(
        self,
        ui: Any,
        repo: Any,
        tmplspec: Any,
        differ: Any = None,
        diffopts: Any = None,
        buffered: bool = False,
    ):
        super().__init__(ui, repo, differ, diffopts, buffered)
        self._template = (
            tmplspec if isinstance(tmplspec, bytes) else (tmplspec.tmpl or b"")
        )
        self._mapfile = getattr(tmplspec, "mapfile", None)

    def _show(self, ctx: Any, copies: Any, props: Any) -> None:
        if self._mapfile or b"{" not in self._template:
            from mercurial import commands  # late: only named templates need it

            how = (
                {"style": self._mapfile}
                if self._mapfile
                else {"template": self._template}
            )
            commands.log(self.ui, self.repo, rev=[b"%d" % ctx.rev()], **how)
            return
        named = {
            name.encode() if isinstance(name, str) else name: value
            for name, value in (props or {}).items()
        }
        handle, rev = self.repo._handle, ctx.rev()
        self.ui.write(
            rustext.render_template(self.ui._handle, handle, rev, self._template, named)
        )
        self._showpatch(ctx)


class _Spec:
    """What to render with."""

    def __init__(
        self, ref: bytes, tmpl: bytes | None, mapfile: Any = None, refargs: Any = None
    ):
        self.ref = ref
        self.tmpl = tmpl
        self.mapfile = mapfile
        self.refargs = refargs

    def __bool__(self) -> bool:
        return bool(self.tmpl or self.mapfile)


def templatespec(tmpl: bytes | None, mapfile: Any = None) -> _Spec:
    """Return what to render with."""
    return _Spec(b"changeset", tmpl, mapfile)


def changesetdisplayer(
    ui: Any, repo: Any, opts: Any, differ: Any = None, buffered: bool = False
) -> Any:
    """Return what shows changesets as the options of a command say."""
    template = opts.get(b"template") or opts.get("template") or _stock_template(ui)
    if template:
        return changesettemplater(ui, repo, template, differ, opts, buffered)
    return changesetprinter(ui, repo, differ, opts, buffered)


def maketemplater(
    ui: Any, repo: Any, tmpl: bytes, buffered: bool = False
) -> changesettemplater:
    """Return what shows changesets with a template."""
    return changesettemplater(ui, repo, tmpl, None, None, buffered)


def getlimit(opts: Any) -> int | None:
    """Return how many changesets to show at most.

    Raises:
        error.InputError: It is no positive number.
    """
    limit = opts.get(b"limit") or opts.get("limit")
    if not limit:
        return None
    try:
        number = int(limit)
    except ValueError:
        raise error.InputError(b"limit must be a positive integer") from None
    if number <= 0:
        raise error.InputError(b"limit must be positive")
    return number


def revsingle(*args: Any, **kwargs: Any) -> Any:
    """Return the changeset that a revset names."""
    return scmutil.revsingle(*args, **kwargs)


def revrange(*args: Any, **kwargs: Any) -> Any:
    """Return the revisions of revsets."""
    return scmutil.revrange(*args, **kwargs)


def diffordiffstat(
    ui: Any, repo: Any, diffopts: Any, ctx1: Any, ctx2: Any, match: Any, **_options: Any
) -> None:
    """Show a comparison."""
    for chunk in ctx2.diff(ctx1, match):
        ui.write(chunk)


def displaygraph(
    ui: Any,
    repo: Any,
    dag: Any,
    displayer: Any,
    edges: Any,
    getcopies: Any = None,
    props: Any = None,
) -> None:
    """Show changesets (or what looks like them) beside a drawing of their graph."""
    state = graphmod.asciistate()
    _style(ui, state)
    for rev, kind, ctx, parents in dag:
        symbol = _symbol(ui, repo, displayer, ctx)
        copies = getcopies(ctx) if getcopies else None
        rows = list(edges(kind, symbol, state, rev, parents))
        number, drawn = rows[0][2]
        width = state.drawing.width(number, drawn)
        displayer.show(ctx, copies=copies, graphwidth=width, **(props or {}))
        lines = displayer.hunk.pop(rev).split(b"\n")
        if not lines[-1]:
            del lines[-1]
        displayer.flush(ctx)
        for row_kind, char, place in rows:
            graphmod.ascii(ui, state, row_kind, char, lines, place)
            lines = []
    displayer.close()


def _symbol(ui: Any, repo: Any, displayer: Any, ctx: Any) -> bytes:
    spec = ui.config(b"command-templates", b"graphnode")
    if not spec or spec == b"{graphnode}" or not isinstance(ctx, context.basectx):
        return templatekw.getgraphnode(repo, ctx, {})
    shown: bytes = templater.unquotestring(spec)  # type: ignore[no-untyped-call] # a lambda
    return rustext.render_template(ui._handle, repo._handle, ctx.rev(), shown, {})


def _style(ui: Any, state: Any) -> None:
    if ui.plain(b"graph"):
        state.styles = dict.fromkeys(state.styles, b"|")
        return
    for kind, name in (
        (graphmod.PARENT, b"parent"),
        (graphmod.GRANDPARENT, b"grandparent"),
        (graphmod.MISSINGPARENT, b"missing"),
    ):
        style = ui.config(b"experimental", b"graphstyle." + name)
        if style is not None:
            state.styles[kind] = style
    state.graphshorten = ui.configbool(b"experimental", b"graphshorten")


def displayrevs(
    ui: Any, repo: Any, revs: Any, displayer: Any, getcopies: Any = None
) -> None:
    """Show changesets one after the other."""
    for rev in revs:
        ctx = repo[rev]
        displayer.show(ctx, copies=getcopies(ctx) if getcopies else None)
        displayer.flush(ctx)
    displayer.close()


def displaygraphrevs(
    ui: Any, repo: Any, revs: Any, displayer: Any, getcopies: Any = None
) -> None:
    """Show changesets beside a drawing of their graph."""
    dag = graphmod.dagwalker(repo, revs)
    displaygraph(ui, repo, dag, displayer, graphmod.asciiedges, getcopies)


formattertype = formatter.plainformatter
