"""Showing changesets.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, formatter, rustext, scmutil
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

    def _show(self, ctx: Any, copies: Any, props: Any) -> None:
        if b"{" not in self._template:
            from mercurial import commands  # late: only named templates need it

            commands.log(
                self.ui, self.repo, rev=[b"%d" % ctx.rev()], template=self._template
            )
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
        return bool(self.tmpl)


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
    edgefn: Any,
    *_args: Any,
    **_options: Any,
) -> None:
    """Show changesets, without lines between them."""
    for _rev, _kind, ctx, _parents in dag:
        displayer.show(ctx)
    displayer.close()


formattertype = formatter.plainformatter
