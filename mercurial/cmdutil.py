"""Helpers of commands.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import os
from typing import Any, Callable, Iterable

from mercurial import error, pycompat
from mercurial.i18n import _

commitopts: Any
_OPTIONS = {
    "dryrunopts",
    "confirmopts",
    "remoteopts",
    "walkopts",
    "commitopts",
    "commitopts2",
    "commitopts3",
    "formatteropts",
    "templateopts",
    "logopts",
    "diffopts",
    "diffwsopts",
    "diffopts2",
    "mergetoolopts",
    "similarityopts",
    "subrepoopts",
    "debugrevlogopts",
}


def __getattr__(name: str) -> Any:
    """Return the options that several commands share; they live with the commands."""
    if name in _OPTIONS:
        from mercurial import commands  # late: it uses us

        return getattr(commands, name)
    if name == "changeset_printer":
        from mercurial import logcmdutil  # late: it uses us

        return logcmdutil.changesetprinter
    raise AttributeError(f"module 'mercurial.cmdutil' has no attribute {name!r}")


def parsealiases(cmd: bytes) -> list[bytes]:
    """Return the names in a key of a command table."""
    return cmd.lstrip(b"^").split(b"|")


def command(table: dict[bytes, Any]) -> Any:
    """Return the decorator that registers commands."""
    from mercurial import registrar  # late: rarely used so

    return registrar.command(table)


def findpossible(
    cmd: bytes, table: dict[bytes, Any], strict: bool = False
) -> tuple[dict[bytes, Any], list[bytes]]:
    """Return the commands that `cmd` may mean, with their entries, and all names."""
    choice: dict[bytes, Any] = {}
    debugchoice: dict[bytes, Any] = {}
    everything: list[bytes] = []
    keys = [e for e in table if cmd in parsealiases(e)] or list(table)
    for e in keys:
        aliases = parsealiases(e)
        everything.extend(aliases)
        found = None
        if cmd in aliases:
            found = cmd
        elif not strict:
            found = next((a for a in aliases if a.startswith(cmd)), None)
        if found is not None:
            target = debugchoice if aliases[0].startswith(b"debug") else choice
            target[found] = (aliases, table[e])
    if not choice and debugchoice:
        choice = debugchoice
    return choice, everything


def findcmd(
    cmd: bytes, table: dict[bytes, Any], strict: bool = True
) -> tuple[list[bytes], Any]:
    """Return names and entry of the command that `cmd` means.

    Raises:
        error.AmbiguousCommand: It may mean several.
        error.UnknownCommand: It means none.
    """
    choice, everything = findpossible(cmd, table, strict)
    if cmd in choice:
        return choice[cmd]
    if len(choice) > 1:
        raise error.AmbiguousCommand(cmd, sorted(choice))
    if choice:
        return next(iter(choice.values()))
    raise error.UnknownCommand(cmd, everything)


def check_at_most_one_arg(opts: dict[Any, Any], *args: Any) -> Any:
    """Return the name of the one option that is set.

    Raises:
        error.InputError: Several are.
    """

    def shown(name: Any) -> bytes:
        return pycompat.sysbytes(pycompat.sysstr(name)).replace(b"_", b"-")

    previous = None
    for name in args:
        if _opt(opts, name):
            if previous:
                raise error.InputError(
                    _(b"cannot specify both --%s and --%s")
                    % (shown(previous), shown(name))
                )
            previous = name
    return previous


def _opt(opts: dict[Any, Any], name: Any) -> Any:
    if name in opts:
        return opts[name]
    other = (
        name.decode("latin-1") if isinstance(name, bytes) else name.encode("latin-1")
    )
    return opts.get(other)


def check_incompatible_arguments(
    opts: dict[Any, Any], first: Any, others: Iterable[Any]
) -> None:
    """Refuse `first` together with any of the others.

    Raises:
        error.InputError: They are given together.
    """
    for other in others:
        check_at_most_one_arg(opts, first, other)


def resolve_commit_options(ui: Any, opts: dict[Any, Any]) -> bool:
    """Make `--currentdate` and `--currentuser` count; return whether one is given."""
    check_at_most_one_arg(opts, "date", "currentdate")
    check_at_most_one_arg(opts, "user", "currentuser")
    named = bool(opts.get("date") or opts.get("user"))
    if opts.get("currentdate"):
        opts["date"] = b"%d %d" % _now()
    if opts.get("currentuser"):
        opts["user"] = ui.username()
    return named


def _now() -> tuple[float, int]:
    from mercurial.utils import dateutil  # late: few commands need it

    return dateutil.makedate()


def check_note_size(opts: dict[Any, Any]) -> None:
    """Refuse a note that is too long."""
    note = opts.get("note")
    if not note:
        return
    if len(note) > 255:
        raise error.InputError(_(b"cannot store a note of more than 255 bytes"))
    if b"\n" in note:
        raise error.InputError(_(b"note cannot contain a newline"))


def bailifchanged(repo: Any, merge: bool = True, hint: bytes | None = None) -> None:
    """Refuse uncommitted changes.

    Raises:
        error.StateError: There are some.
    """
    if merge and len(repo[None].parents()) > 1:
        raise error.StateError(_(b"outstanding uncommitted merge"), hint=hint)
    st = repo.status()
    if st.modified or st.added or st.removed or st.deleted:
        raise error.StateError(_(b"uncommitted changes"), hint=hint)


def checkunfinished(repo: Any, commit: bool = False, skipmerge: bool = False) -> None:
    """Refuse unfinished operations.

    Raises:
        error.StateError: There is one.
    """
    for name, file, hint in (
        (
            b"rebase",
            b"rebasestate",
            b"use 'hg rebase --continue', 'hg rebase --abort', or 'hg rebase --stop'",
        ),
        (
            b"histedit",
            b"histedit-state",
            b"use 'hg histedit --continue' or 'hg histedit --abort'",
        ),
        (
            b"graft",
            b"graftstate",
            b"use 'hg graft --continue' or 'hg graft --stop' to stop",
        ),
        (
            b"unshelve",
            b"shelvedstate",
            b"use 'hg unshelve --continue' or 'hg unshelve --abort'",
        ),
    ):
        if repo.vfs.exists(file):
            raise error.StateError(_(b"%s in progress") % name, hint=hint)
    if repo.vfs.exists(b"updatestate"):
        raise error.StateError(
            _(b"last update was interrupted"),
            hint=_(b"use 'hg update' to get a consistent checkout"),
        )


def logmessage(ui: Any, opts: dict[Any, Any]) -> bytes | None:
    """Return the message that `-m` or `-l` gives."""
    opts = pycompat.byteskwargs(opts)
    check_at_most_one_arg(opts, b"message", b"logfile")
    message, logfile = opts.get(b"message"), opts.get(b"logfile")
    if message or not logfile:
        return message
    try:
        if logfile == b"-":
            return ui.fin.read()
        with open(logfile, "rb") as file:
            return b"\n".join(file.read().splitlines())
    except OSError as problem:
        text = pycompat.bytestr(problem.strerror)
        raise error.Abort(
            _(b"can't read commit message '%s': %s") % (logfile, text)
        ) from None


def mergeeditform(ctxorbool: Any, baseformname: bytes) -> bytes:
    """Return the name of an editor's form: merges have one of their own."""
    merge = ctxorbool if isinstance(ctxorbool, bool) else len(ctxorbool.parents()) > 1
    return baseformname + (b".merge" if merge else b".normal")


def getcommiteditor(
    edit: bool = False,
    finishdesc: Any = None,
    extramsg: bytes | None = None,
    editform: bytes = b"",
    **opts: Any,
) -> Callable[..., bytes]:
    """Return the function that lets the user edit a message, or leaves it."""

    def forced(repo: Any, ctx: Any, subs: Any) -> bytes:
        return commitforceeditor(repo, ctx, subs, finishdesc, extramsg, editform)

    if edit or finishdesc or extramsg:
        return forced
    return lambda repo, ctx, subs: commiteditor(repo, ctx, subs, editform)


def commiteditor(repo: Any, ctx: Any, subs: Any, editform: bytes = b"") -> bytes:
    """Return the message, which the user edits if there is none."""
    if ctx.description():
        return ctx.description()
    return commitforceeditor(
        repo, ctx, subs, editform=editform, unchangedmessagedetection=True
    )


def commitforceeditor(
    repo: Any,
    ctx: Any,
    subs: Any,
    finishdesc: Any = None,
    extramsg: bytes | None = None,
    editform: bytes = b"",
    unchangedmessagedetection: bool = False,
) -> bytes:
    """Let the user edit the message."""
    text = buildcommittext(
        repo, ctx, subs, extramsg or _(b"Leave message empty to abort commit.")
    )
    edited = repo.ui.edit(
        text,
        ctx.user(),
        ctx.extra(),
        editform=editform,
        repopath=repo.path,
        action=b"commit",
    )
    edited = (
        b"".join(
            line for line in edited.splitlines(True) if not line.startswith(b"HG:")
        ).rstrip(b"\n")
        + b"\n"
    )
    if finishdesc:
        edited = finishdesc(edited)
    if not edited.strip():
        raise error.InputError(_(b"empty commit message"))
    if unchangedmessagedetection and edited == text:
        raise error.InputError(_(b"commit message unchanged"))
    return edited


def buildcommittext(repo: Any, ctx: Any, subs: Any, extramsg: bytes) -> bytes:
    """Return the text that an editor starts with."""
    edittext = []
    if ctx.description():
        edittext.append(ctx.description())
    edittext += [
        b"",
        b"",
        b"HG: Enter commit message.  Lines beginning with 'HG:' are removed.",
    ]
    edittext.append(b"HG: %s" % extramsg)
    edittext += [b"HG: --", b"HG: user: %s" % ctx.user()]
    if ctx.p2():
        edittext.append(b"HG: branch merge")
    if ctx.branch():
        edittext.append(b"HG: branch '%s'" % ctx.branch())
    edittext += [b"HG: subrepo %s" % s for s in subs or []]
    added, modified, removed = ctx.added(), ctx.modified(), ctx.removed()
    edittext += [b"HG: added %s" % f for f in added]
    edittext += [b"HG: changed %s" % f for f in modified]
    edittext += [b"HG: removed %s" % f for f in removed]
    if not added and not modified and not removed:
        edittext.append(b"HG: no files changed")
    edittext.append(b"")
    return b"\n".join(edittext)


def rendertemplate(
    ctx: Any, tmpl: bytes, props: dict[bytes, Any] | None = None
) -> bytes:
    """Return a template rendered about a changeset."""
    from mercurial import rustext  # late: few commands need it

    repo = ctx.repo()
    rev = ctx.rev()
    return rustext.render_template(
        repo.ui._handle, repo._handle, rev, tmpl, dict(props or {})
    )


def rendercommandtemplate(ui: Any, tmpl: bytes, props: dict[bytes, Any]) -> bytes:
    """Return a template rendered with variables only."""
    from mercurial import rustext  # late: few commands need it

    return rustext.render_template(ui._handle, None, None, tmpl, dict(props))


def format_changeset_summary(
    ui: Any, ctx: Any, command: Any = None, default_spec: Any = None
) -> bytes:
    """Return one line about a changeset."""
    spec = None
    if command:
        spec = ui.config(b"command-templates", b"oneline-summary.%s" % command)
    spec = spec or ui.config(b"command-templates", b"oneline-summary") or default_spec
    if not spec:
        spec = (
            b'{separate(" ", label("oneline-summary.changeset", "{rev}:{node|short}"), '
            b'join(filter(namespaces % "{ifeq(namespace, "branches", "", '
            b'join(names % \'{label("oneline-summary.{namespace}", name)}\', " "))}"), '
            b'" "))} "{label("oneline-summary.desc", desc|firstline)}"'
        )
    return rendertemplate(ctx, spec).split(b"\n", 1)[0]


def showmarker(fm: Any, marker: Any, index: Any = None) -> None:
    """Show a marker of obsolescence."""
    fm.write(b"prednode", b"%s ", marker.prednode().hex().encode())
    fm.plain(b"\n")


def makefilename(ctx: Any, pat: bytes, **props: Any) -> bytes:
    """Return the file name that a pattern with `%` means for a changeset."""
    if not pat:
        return pat
    values: dict[bytes, Callable[[], Any]] = {
        b"H": lambda: ctx.hex(),
        b"R": lambda: b"%d" % ctx.rev(),
        b"h": lambda: ctx.hex()[:12],
        b"m": lambda: _first_words(ctx.description()),
        b"r": lambda: (b"%d" % ctx.rev()).zfill(props.get("revwidth") or 0),
        b"b": lambda: os.path.basename(ctx.repo().root),
        b"%": lambda: b"%",
        b"N": lambda: b"%d" % props["total"],
        b"n": lambda: (b"%d" % props["seqno"]).zfill(
            len(b"%d" % (props.get("total") or 0))
        ),
        b"s": lambda: os.path.basename(props["pathname"]),
        b"d": lambda: os.path.dirname(props["pathname"]) or b".",
        b"p": lambda: props["pathname"],
    }
    out, at = [], 0
    while at < len(pat):
        char = pat[at : at + 1]
        if char == b"%":
            at += 1
            key = pat[at : at + 1]
            try:
                out.append(values[key]())
            except KeyError:
                raise error.Abort(
                    _(b"invalid format spec '%%%s' in output filename") % key
                ) from None
        else:
            out.append(char)
        at += 1
    return b"".join(out)


def _first_words(text: bytes) -> bytes:
    import re  # late: used only here

    lines = text.splitlines()
    return re.sub(rb"[^\w]", b"_", (lines[0] if lines else b"").strip())


def makefileobj(ctx: Any, pat: bytes, mode: bytes = b"wb", **props: Any) -> Any:
    """Return the file that a pattern means, standard output for `-`."""
    writable = mode not in (b"r", b"rb")
    if not pat or pat == b"-":
        ui = ctx.repo().ui
        return ui.fout if writable else ui.fin
    return open(makefilename(ctx, pat, **props), pycompat.sysstr(mode))


def changebranch(ui: Any, repo: Any, revs: Any, label: bytes, opts: Any) -> None:
    """Change the branch of changesets."""
    raise error.Abort(
        b"changing the branch of changesets from an extension is not implemented yet"
    )


def amend(ui: Any, repo: Any, old: Any, extra: Any, pats: Any, opts: Any) -> Any:
    """Replace a changeset by one with the working directory's changes; return its node."""
    from mercurial import commands  # late: it uses us

    options = {pycompat.sysstr(name): value for name, value in opts.items()}
    commands.commit(ui, repo, *pats, **{**options, "amend": True})
    return repo[b"."].node()


def commit(
    ui: Any, repo: Any, commitfunc: Callable[..., Any], pats: Any, opts: dict[Any, Any]
) -> Any:
    """Commit what the options of a command say, with `commitfunc`."""
    from mercurial import scmutil  # late: it uses us
    from mercurial.utils import dateutil

    opts = pycompat.byteskwargs(opts)
    date = opts.get(b"date")
    if date:
        opts[b"date"] = dateutil.parsedate(date)
    message = logmessage(ui, opts)
    matcher = scmutil.match(repo[None], pats, opts)
    return commitfunc(ui, repo, message, matcher, opts)


def add(
    ui: Any,
    repo: Any,
    match: Any,
    prefix: bytes,
    uipathfn: Any,
    explicitonly: bool,
    **opts: Any,
) -> list[bytes]:
    """Add files; return those that could not be."""
    wctx = repo[None]
    names = [f for f in wctx.walk(match) if f not in repo.dirstate]
    for f in names:
        if ui.verbose or not match.exact(f):
            ui.status(_(b"adding %s\n") % uipathfn(f), label=b"ui.addremove.added")
    return wctx.add(names, prefix) if not opts.get("dry_run") else []


def forget(
    ui: Any,
    repo: Any,
    match: Any,
    prefix: bytes,
    uipathfn: Any,
    explicitonly: bool,
    dryrun: bool,
    interactive: bool,
) -> Any:
    """Forget files."""
    status = repo.status(match=match, clean=True)
    forgot = sorted(status.modified + status.added + status.deleted + status.clean)
    for f in forgot:
        if ui.verbose or not match.exact(f):
            ui.status(_(b"removing %s\n") % uipathfn(f), label=b"ui.addremove.removed")
    if not dryrun:
        repo[None].forget(forgot, prefix)
    return [], forgot


def revert(ui: Any, repo: Any, ctx: Any, *pats: bytes, **opts: Any) -> Any:
    """Restore files."""
    from mercurial import commands  # late: it uses us

    return commands.revert(ui, repo, *pats, **{**opts, "rev": ctx.hex()})


def openstorage(
    repo: Any, cmd: bytes, file_: Any, opts: Any, returnrevlog: bool = False
) -> Any:
    """Return the storage that a debug command names."""
    if opts.get(b"changelog"):
        return repo.unfiltered().changelog
    return repo.file(file_)


openrevlog = openstorage


def finddate(ui: Any, repo: Any, date: bytes) -> bytes:
    """Return the newest revision of a day.

    Raises:
        error.InputError: There is none.
    """
    revs = repo.revs(b"last(date(%s), 1)" % (b"'" + date + b"'"))
    for rev in revs:
        return b"%d" % rev
    raise error.InputError(_(b"revision matching date not found"))


def wrongtooltocontinue(repo: Any, task: bytes) -> None:
    """Say that nothing can be continued that way."""
    raise error.Abort(_(b"no %s in progress") % task)


def commitstatus(
    repo: Any, node: bytes, head_change: Any = None, tip: Any = None, **opts: Any
) -> None:
    """Say what a commit did to heads, where that is worth knowing."""
    ctx = repo[node]
    heads = set(repo.branchheads(ctx.branch(), closed=False)) - {node}
    if heads and not any(
        parent.branch() == ctx.branch() and parent.node() not in heads
        for parent in ctx.parents()
        if not repo.revs(b"children(%d) - %d", parent.rev(), ctx.rev())
    ):
        repo.ui.status(_(b"created new head\n"))
    if repo.ui.debugflag:
        repo.ui.write(_(b"committed changeset %d:%s\n") % (ctx.rev(), ctx.hex()))
    elif repo.ui.verbose:
        repo.ui.write(_(b"committed changeset %d:%s\n") % (ctx.rev(), ctx.hex()[:12]))


def cleanup_nodes(
    repo: Any,
    replacements: Any,
    operation: bytes,
    moves: Any = None,
    metadata: Any = None,
    fixphase: bool = False,
    targetphase: Any = None,
    backup: bool = True,
) -> None:
    """Let bookmarks and phases follow replaced changesets, and note (or remove) these."""
    from mercurial import replacing  # late: few commands need it

    if replacements or moves:
        replacing.Cleanup(repo, replacements, moves or {}).run(
            operation, metadata, targetphase if fixphase else None, fixphase, backup
        )


def extramatcher(*_args: Any) -> None:
    """Return nothing."""


class unfinishedstates(list):  # type: ignore[type-arg] # noqa: N801 -- extensions append to it
    """Operations that extensions can leave unfinished."""


summaryhooks: Any = None


def _make_hooks() -> Any:
    from mercurial import util  # late: it uses us

    return util.hooks()


summaryhooks = _make_hooks()
summaryremotehooks = _make_hooks()
outgoinghooks = _make_hooks()
extraexport: list[bytes] = []
extraexportmap: dict[bytes, Any] = {}


def exportfile(
    repo: Any,
    revs: Any,
    fp: Any,
    fntemplate: bytes = b"",
    switch_parent: bool = False,
    opts: Any = None,
    match: Any = None,
) -> None:
    """Write changesets as patches."""
    for rev in revs:
        _export_one(repo, repo[rev], fp.write, opts, match)


def export(
    repo: Any,
    revs: Any,
    basefm: Any = None,
    fntemplate: bytes = b"hg-%h.patch",
    switch_parent: bool = False,
    opts: Any = None,
    match: Any = None,
) -> None:
    """Write changesets as patches through a formatter or to files."""
    for rev in revs:
        ctx = repo[rev]
        if fntemplate:
            with open(makefilename(ctx, fntemplate), "wb") as file:
                _export_one(repo, ctx, file.write, opts, match)
        else:
            _export_one(repo, ctx, repo.ui.write, opts, match)


def _export_one(
    repo: Any, ctx: Any, write: Callable[[bytes], Any], opts: Any, match: Any
) -> None:
    from mercurial.utils import dateutil  # late: few commands need it

    parents = [p for p in ctx.parents() if p.rev() != -1]
    write(b"# HG changeset patch\n")
    write(b"# User %s\n" % ctx.user())
    write(b"# Date %d %d\n" % ctx.date())
    write(b"#      %s\n" % dateutil.datestr(ctx.date()))
    if ctx.branch() != b"default":
        write(b"# Branch %s\n" % ctx.branch())
    write(b"# Node ID %s\n" % ctx.hex())
    write(b"# Parent  %s\n" % (parents[0].hex() if parents else b"0" * 40))
    if len(parents) > 1:
        write(b"# Parent  %s\n" % parents[1].hex())
    write(ctx.description().rstrip())
    write(b"\n\n")
    for chunk in ctx.diff(opts=opts, match=match):
        write(chunk)
