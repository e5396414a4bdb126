"""command to allow external programs to compare revisions

An external program is called with two directories (or files) that hold snapshots of the files that
differ. Changes that the program makes to snapshots of the working directory are copied back.

Commands for programs that are used often::

  [extdiff]
  # "hg cdiff" runs GNU diff
  cdiff = gdiff -Nprc5
  # the same in two lines
  cmd.cdiff = gdiff
  opts.cdiff = -Nprc5
  # "hg meld" runs meld
  meld =

Arguments may hold ``$parent1``, ``$plabel1``, ``$child``, ``$clabel``, ``$parent2``, ``$plabel2``,
``$root`` and ``$parent``, the same as ``$parent1``. Without arguments, those of
``[diff-tools]`` and
``[merge-tools]`` are used (``TOOL.diffargs``). A program with ``TOOL.gui = true`` is not started
without display, and with --per-file not one by one.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import tempfile
from typing import Any

from mercurial import cmdutil, error, pycompat, registrar, scmutil, util
from mercurial.i18n import _
from mercurial.node import nullrev, short
from mercurial.utils import procutil

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"extdiff", rb"opts\..*", default=b"", generic=True)
configitem(b"extdiff", rb"gui\..*", generic=True)
configitem(b"diff-tools", rb".*\.diffargs$", default=None, generic=True)
configitem(b"diff-tools", rb".*\.gui$", generic=True)
testedwith = b"ships-with-hg-core"


def _snapshot(
    ui: Any, repo: Any, files: list[bytes], rev: Any, top: bytes, subrepos: bool
) -> tuple[bytes, list[Any]]:
    """Write files of a revision below `top`; return where, and the working copies."""
    directory = os.path.basename(repo.root) or b"root"
    node = None
    if rev is not None:
        node = repo[rev].node()
        directory = b"%s.%s" % (directory, short(node))
    base = os.path.join(top, directory)
    os.mkdir(base)
    known = []
    if node is not None:
        ui.note(
            _(b"making snapshot of %d files from rev %s\n") % (len(files), short(node))
        )
    else:
        ui.note(_(b"making snapshot of %d files from working directory\n") % len(files))
    ctx = repo[rev]
    for name in files:
        if name not in ctx:
            continue
        fctx = ctx[name]
        ui.note(b"  %s\n" % name)
        dest = os.path.join(base, util.pconvert(name))
        os.makedirs(os.path.dirname(dest), exist_ok=True)
        link = b"l" in fctx.flags()
        if node is not None:
            data = fctx.data() if link else repo.wwritedata(name, fctx.data())
        elif link and os.path.islink(repo.wjoin(name)):
            data = os.readlink(repo.wjoin(name))
        else:
            data = repo.wvfs.read(name)
        if link:
            os.symlink(data, dest)
            continue
        with open(dest, "wb") as file:
            file.write(data)
        if b"x" in fctx.flags():
            util.setflags(dest, False, True)
        if node is not None:
            when = ctx.date()[0]
            os.utime(dest, (when, when))
        else:
            known.append((dest, repo.wjoin(name), os.lstat(dest)))
    return directory, known


def _format(
    cmdline: bytes, root: bytes, values: dict[bytes, bytes], quote: Any
) -> bytes:
    """Return the command line with variables filled in."""

    def fill(match: Any) -> bytes:
        prefix = match.group(2)
        key = match.group(3)
        return prefix + quote(values[key])

    pattern = (
        rb"(['\"]?)([^\s'\"$]*)\$(parent2|parent1?|child|plabel1|plabel2|clabel|root)\1"
    )
    if not re.search(pattern, cmdline):
        cmdline += b" $parent1 $child"
    return re.sub(pattern, fill, cmdline)


def _run_per_file(
    cmdline: bytes,
    names: list[bytes],
    guitool: bool,
    confirm: bool,
    ui: Any,
    repo: Any,
    values: Any,
    top: bytes,
) -> None:
    waiting = []
    for at, name in enumerate(names):
        line = _format(cmdline, repo.root, values(name), procutil.shellquote)
        if confirm:
            choice = ui.promptchoice(
                _(
                    b"diff %s (%d of %d) [Yns?]$$ &Yes, show diff$$ &No, skip this diff"
                    b"$$ &Skip remaining diffs$$ &? (display help)"
                )
                % (name, at + 1, len(names))
            )
            if choice == 3:
                ui.write(
                    b"y - yes, show diff\nn - no, skip this diff\n"
                    b"s - skip remaining diffs\n? - ? (display help)\n"
                )
                continue
            if choice == 1:
                continue
            if choice == 2:
                break
        ui.debug(b"running %r in %s\n" % (pycompat.bytestr(line), top))
        ui.flush()
        if confirm or not guitool:
            ui.system(line, cwd=top, blockedtag=b"extdiff")
        else:
            waiting.append(
                subprocess.Popen(line, shell=True, cwd=top, env=procutil.shellenviron())
            )
    for process in waiting:
        process.wait()


def _diff_revisions(
    ui: Any,
    repo: Any,
    cmdline: bytes,
    top: bytes,
    ctxs: tuple[Any, Any, Any],
    matcher: Any,
    opts: Any,
) -> int:
    ctx1a, ctx1b, ctx2 = ctxs
    guitool, per_file, confirm = (
        opts["guitool"],
        opts.get("per_file"),
        opts.get("confirm"),
    )
    status = ctx1a.status(ctx2, matcher)
    modified, added, removed = (
        set(status.modified),
        set(status.added),
        set(status.removed),
    )
    if ctx1b is not None:
        other = ctx1b.status(ctx2, matcher)
        changed_in_both = (modified | added | removed) & {
            *other.modified,
            *other.added,
            *other.removed,
        }
        names = sorted(changed_in_both)
    else:
        names = sorted(modified | added | removed)
    if not names:
        return 0
    rev1a, rev2 = ctx1a.rev(), ctx2.rev()
    dir1a, _known = _snapshot(
        ui, repo, [f for f in names if f in ctx1a], rev1a, top, False
    )
    dir1b = None
    label1b = b""
    if ctx1b is not None:
        dir1b, _known = _snapshot(
            ui, repo, [f for f in names if f in ctx1b], ctx1b.rev(), top, False
        )
        label1b = b"@%d" % ctx1b.rev()
    fns: list[Any] = []
    dir2root = b""
    label2 = b""
    if rev2 is not None:
        dir2, _known = _snapshot(
            ui, repo, [f for f in names if f in ctx2], rev2, top, False
        )
        label2 = b"@%d" % rev2
    elif len(names) > 1 and not per_file:
        dir2, fns = _snapshot(
            ui, repo, [f for f in names if f in ctx2], None, top, False
        )
    else:
        dir2, dir2root = b"", repo.root
    label1a = b"@%d" % rev1a if rev1a is not None else b""

    def one(name: bytes) -> dict[bytes, bytes]:
        def path(directory: bytes | None, root: bytes, ctx: Any) -> bytes:
            if directory is None:
                return b""
            found = os.path.join(root or top, directory, util.localpath(name))
            return found if ctx is not None and name in ctx else os.devnull.encode()

        first = path(dir1a, b"", ctx1a)
        second = path(dir1b, b"", ctx1b)
        third = os.path.join(dir2root or top, dir2, util.localpath(name))
        if name not in ctx2:
            third = os.devnull.encode()
        elif rev2 is not None:
            third = os.path.join(dir2, util.localpath(name))
        return {
            b"parent": first,
            b"parent1": first,
            b"plabel1": name + label1a,
            b"parent2": second,
            b"plabel2": name + label1b if second else b"",
            b"child": third,
            b"clabel": name + label2,
            b"root": repo.root,
        }

    if per_file:
        _run_per_file(cmdline, names, guitool, bool(confirm), ui, repo, one, top)
    else:
        if len(names) == 1:
            values = one(names[0])
        else:
            values = {
                b"parent": dir1a,
                b"parent1": dir1a,
                b"plabel1": label1a,
                b"parent2": dir1b or b"",
                b"plabel2": label1b,
                b"child": dir2 or dir2root,
                b"clabel": label2,
                b"root": repo.root,
            }
        line = _format(cmdline, repo.root, values, procutil.shellquote)
        ui.debug(b"running %r in %s\n" % (pycompat.bytestr(line), top))
        ui.system(line, cwd=top, blockedtag=b"extdiff")
    _copy_back(ui, fns)
    return 1


def _copy_back(ui: Any, known: list[Any]) -> None:
    """Take over what the program changed in snapshots of the working directory."""
    for copy, original, before in known:
        now = os.lstat(copy)
        changed = (now.st_mtime_ns, now.st_size) != (before.st_mtime_ns, before.st_size)
        flags = (now.st_mode ^ before.st_mode) & stat.S_IXUSR
        if changed or flags:
            ui.debug(
                b"file changed while diffing. Overwriting: %s (src: %s)\n"
                % (original, copy)
            )
            shutil.copyfile(copy, original)
            shutil.copymode(copy, original)


def _diff_patches(
    ui: Any, repo: Any, cmdline: bytes, top: bytes, revs: tuple[Any, Any], matcher: Any
) -> int:
    template = b"hg-%h.patch"
    names = []
    for ctx in revs:
        name = os.path.join(top, cmdutil.makefilename(ctx, template))
        with open(name, "wb") as file:
            cmdutil.exportfile(repo, [ctx.rev()], file, match=matcher)
        names.append(os.path.basename(name))
    values = {
        b"parent": names[0],
        b"parent1": names[0],
        b"plabel1": names[0],
        b"parent2": b"",
        b"plabel2": b"",
        b"child": names[1],
        b"clabel": names[1],
        b"root": repo.root,
    }
    line = _format(cmdline, repo.root, values, procutil.shellquote)
    ui.debug(b"running %r in %s\n" % (pycompat.bytestr(line), top))
    ui.system(line, cwd=top, blockedtag=b"extdiff")
    return 1


def _dodiff(ui: Any, repo: Any, cmdline: bytes, pats: Any, opts: dict[str, Any]) -> int:
    cmdutil.check_at_most_one_arg(opts, "rev", "change")
    cmdutil.check_incompatible_arguments(opts, "change", ["from", "to"])
    cmdutil.check_incompatible_arguments(opts, "rev", ["from", "to"])
    revs, change = opts.get("rev") or [], opts.get("change")
    first, second = opts.get("from"), opts.get("to")
    patch_mode = opts.get("patch")
    if change:
        ctx2 = scmutil.revsingle(repo, change, None)
        ctx1a, ctx1b = ctx2.p1(), ctx2.p2()
    elif first or second:
        ctx1a = scmutil.revsingle(repo, first, None)
        ctx2 = scmutil.revsingle(repo, second, None)
        ctx1b = None
    else:
        ctx1a, ctx2 = scmutil.revpair(repo, revs)
        ctx1b = repo[nullrev] if revs else ctx2.p2()
    three = (
        re.search(rb"\$(parent2|plabel2)", cmdline)
        and ctx1b is not None
        and ctx1b.rev() != nullrev
    )
    ctx1b = ctx1b if three else None
    if patch_mode:
        if opts.get("subrepos"):
            raise error.Abort(_(b"--patch cannot be used with --subrepos"))
        if opts.get("per_file"):
            raise error.Abort(_(b"--patch cannot be used with --per-file"))
        if ctx2.rev() is None:
            raise error.Abort(_(b"--patch requires two revisions"))
    matcher = scmutil.match(ctx2, pats, {k.encode(): v for k, v in opts.items()})
    top = tempfile.mkdtemp(prefix=b"extdiff.")
    try:
        if patch_mode:
            return _diff_patches(ui, repo, cmdline, top, (ctx1a, ctx2), matcher)
        return _diff_revisions(
            ui, repo, cmdline, top, (ctx1a, ctx1b, ctx2), matcher, opts
        )
    finally:
        ui.note(_(b"cleaning up temp directory\n"))
        shutil.rmtree(top)


_OPTIONS = [
    (b"o", b"option", [], _(b"pass option to comparison program"), _(b"OPT")),
    (b"r", b"rev", [], _(b"revision (DEPRECATED)"), _(b"REV")),
    (b"", b"from", b"", _(b"revision to diff from"), _(b"REV1")),
    (b"", b"to", b"", _(b"revision to diff to"), _(b"REV2")),
    (b"c", b"change", b"", _(b"change made by revision"), _(b"REV")),
    (b"", b"per-file", False, _(b"compare each file instead of revision snapshots")),
    (b"", b"confirm", False, _(b"prompt user before each external program invocation")),
    (b"", b"patch", None, _(b"compare patches for two revisions")),
    *cmdutil.walkopts,
    *cmdutil.subrepoopts,
]


def _is_gui(ui: Any, tool: bytes | None) -> bool:
    if tool is None:
        return False
    found = ui.config(b"diff-tools", tool + b".gui")
    if found is None:
        found = ui.config(b"merge-tools", tool + b".gui")
    return found is not None and found.lower() in (
        b"1",
        b"yes",
        b"true",
        b"on",
        b"always",
    )


@command(
    b"extdiff",
    [(b"p", b"program", b"", _(b"comparison program to run"), _(b"CMD")), *_OPTIONS],
    _(b"hg extdiff [OPT]... [FILE]..."),
    helpcategory=command.CATEGORY_FILE_CONTENTS,
    inferrepo=True,
)
def extdiff(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> int:
    """Use external program to diff repository (or selected files)

    Runs a program, ``diff -Npru`` by default, with the directories (or with --per-file the
    files) to
    compare. Options for it are given with -o.

    --from, --to and --change select revisions as for :hg:`diff`; without them the working
    directory is
    compared with its first parent. --confirm asks before each run of the program with --per-file.
    """
    program, options = opts.get("program"), opts.get("option") or []
    if not program:
        program, options = b"diff", options or [b"-Npru"]
    cmdline = b" ".join(map(procutil.shellquote, [program, *options]))
    return _dodiff(ui, repo, cmdline, pats, {**opts, "guitool": False})


class savedcmd:  # noqa: N801 -- the name is part of what is tested
    """use external program to diff repository (or selected files)

    Shows what differs with a program of the configuration; see :hg:`help extdiff`.
    """

    def __init__(self, path: bytes, cmdline: bytes, isgui: bool, name: bytes):
        self._cmdline = cmdline
        self._name = name
        self._isgui = isgui
        self.__doc__ = (
            "use external program to diff repository (or selected files)\n\n"
            "Show what differs in the named files between revisions, using the\n"
            "following program::\n\n  %(path)s\n\n"
            "When two revision arguments are given, then changes are shown between\n"
            "those revisions. If only one revision is specified then that revision is\n"
            "compared to the working directory, and, when no revisions are specified,\n"
            "the working directory files are compared to its parent."
        ) % {"path": repr(os.fsdecode(path))}
        self.__name__ = "extdiff_command"

    def __call__(self, ui: Any, repo: Any, *pats: bytes, **opts: Any) -> int:
        if self._isgui and not procutil.gui():
            raise error.Abort(
                _(b"tool '%s' requires a GUI") % self._name,
                hint=_(b"to override, use: --config diff-tools.%s.gui=False")
                % self._name,
            )
        options = b" ".join(map(procutil.shellquote, opts.get("option") or []))
        cmdline = self._cmdline + (b" " + options if options else b"")
        return _dodiff(ui, repo, cmdline, pats, {**opts, "guitool": self._isgui})


def _tool_path(ui: Any, tool: bytes) -> bytes | None:
    named = ui.config(b"merge-tools", tool + b".executable", tool) or tool
    return procutil.findexe(ui.expandpath(named))


def _commands(ui: Any) -> Any:
    """Yield name, path, arguments and tool of the configured commands."""
    for cmd, path in ui.configitems(b"extdiff"):
        if cmd.startswith(b"cmd."):
            cmd = cmd[4:]
            tool = path or cmd
            path = path or cmd
            diffopts = ui.config(b"extdiff", b"opts." + cmd) or b""
            yield cmd, path, diffopts, tool
        elif cmd.startswith((b"opts.", b"gui.")):
            continue
        elif path:
            words = pycompat.shlexsplit(path)
            program = words[0]
            rest = (
                path.lstrip()[len(path.split()[0]) :].strip() if len(words) > 1 else b""
            )
            yield cmd, program, rest, words[0] if len(words) == 1 else None
        else:
            yield cmd, _tool_path(ui, cmd) or cmd, b"", cmd


def uisetup(ui: Any) -> None:
    """Register the configured commands."""
    for cmd, path, diffopts, tool in list(_commands(ui)):
        cmdline = procutil.shellquote(path)
        gui = ui.config(b"extdiff", b"gui." + cmd)
        isgui = gui is not None and gui.lower() in (
            b"1",
            b"yes",
            b"true",
            b"on",
            b"always",
        )
        if diffopts:
            cmdline += b" " + diffopts
        else:
            for name in (cmd, tool):
                args = name and (
                    ui.config(b"diff-tools", name + b".diffargs")
                    or ui.config(b"merge-tools", name + b".diffargs")
                )
                if args:
                    cmdline += b" " + args
                    break
        isgui = isgui or _is_gui(ui, cmd) or _is_gui(ui, tool)
        function = savedcmd(path, cmdline, isgui, cmd)
        command(
            cmd,
            list(_OPTIONS),
            _(b"hg %s [OPTION]... [FILE]...") % cmd,
            helpcategory=command.CATEGORY_FILE_CONTENTS,
            inferrepo=True,
        )(function)
