"""rewrite file content in changesets or working copy (EXPERIMENTAL)

Gives the content of changed files to configured tools, and takes what they give back: into the
working directory, or into changesets that replace the old ones.

A tool is described by sub-options in ``[fix]``::

  [fix]
  wrap:command = wrap-lines --name {rootpath}
  wrap:pattern = set:**.txt
  wrap:linerange = --lines {first}:{last}

``:command`` runs in a shell in the repository's root. It reads the content of the file and writes
the new content; what it says on standard error is shown, and with an exit status other than zero
the file stays as it is. ``{rootpath}`` and ``{basename}`` name the file.

``:pattern`` selects the files, relative to the root. ``:linerange`` is appended to the command for
every range of changed lines (``{first}`` and ``{last}``, counted from 1); such a tool runs only
where lines have changed, unless ``:skipclean`` is off. Tools run in the order of falling
``:priority``; ``:enabled`` switches one off. With ``:metadata``, a tool writes a JSON value and a
zero byte in front of the content.

``fix.maxfilesize`` (2MB) limits the size of files. ``fix.failure = abort`` gives up when a tool
fails, before anything is written. ``fix.extra-bin-paths`` lists directories where tools are
looked for.

Hooks: ``postfixfile`` runs for each file of each revision that tools have changed (``$HG_REV``,
``$HG_PATH``, ``$HG_METADATA``), ``postfix`` at the end (``$HG_REPLACEMENTS``,
``$HG_WDIRWRITTEN``, ``$HG_METADATA``).
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import subprocess
from typing import Any, Iterator, NamedTuple

from mercurial import (
    cmdutil,
    context,
    copies,
    error,
    logcmdutil,
    match as matchmod,
    mdiff,
    obsolete,
    pycompat,
    registrar,
    rewriteutil,
    scmutil,
    util,
)
from mercurial.i18n import _
from mercurial.node import wdirrev
from mercurial.utils import procutil

testedwith = b"ships-with-hg-core"
cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
touchedcommands: list[bytes] = []

configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"fix", b"maxfilesize", default=b"2MB")
configitem(b"fix", b"failure", default=b"continue")
configitem(b"fix", b"extra-bin-paths", default=list)
for _pattern, _value in (
    (b".*:command$", None),
    (b".*:linerange$", None),
    (b".*:pattern$", None),
    (b".*:priority$", 0),
    (b".*:metadata$", False),
    (b".*:skipclean$", True),
    (b".*:enabled$", True),
):
    configitem(b"fix", _pattern, default=_value, generic=True)

_BEYOND = b"use --config fix.failure=continue to apply any successful fixes anyway"


class Fixer(NamedTuple):
    """A configured tool."""

    name: bytes
    command: bytes
    pattern: bytes
    linerange: bytes | None
    priority: int
    metadata: bool
    skipclean: bool

    def line(self, path: bytes, ranges: list[tuple[int, int]]) -> bytes | None:
        """Return the command line for a file, nothing if the tool has nothing to do."""
        if self.linerange is None:
            return _filled(self.command, path)
        if not ranges and self.skipclean:
            return None
        words = [_filled(self.command, path)]
        for first, last in ranges:
            word = _filled(self.linerange, path)
            word = word.replace(b"{first}", b"%d" % first)
            words.append(word.replace(b"{last}", b"%d" % last))
        return b" ".join(words)


def _filled(text: bytes, path: bytes) -> bytes:
    named = text.replace(b"{rootpath}", path)
    return named.replace(b"{basename}", os.path.basename(path))


class _Job(NamedTuple):
    """A file of a revision, and what its lines are compared with."""

    rev: int | None
    shown: bytes
    path: bytes
    data: bytes
    bases: list[bytes] | None
    fixers: list[Fixer]


class _Result:
    """What the tools made of a file."""

    def __init__(self, data: bytes):
        self.data = data
        self.metadata: dict[bytes, Any] = {}
        self.log: list[tuple[str, bytes]] = []
        self.failed = False


_OPTIONS: list[Any] = [
    (b"", b"all", False, _(b"fix all non-public non-obsolete revisions")),
    (
        b"",
        b"base",
        [],
        _(
            b"revisions to diff against (overrides automatic selection, "
            b"and applies to every revision being fixed)"
        ),
        _(b"REV"),
    ),
    (b"r", b"rev", [], _(b"revisions to fix (ADVANCED)"), _(b"REV")),
    (
        b"s",
        b"source",
        [],
        _(b"fix the specified revisions and their descendants"),
        _(b"REV"),
    ),
    (b"w", b"working-dir", False, _(b"fix the working directory")),
    (b"", b"whole", False, _(b"always fix every line of a file")),
]


@command(
    b"fix",
    _OPTIONS,
    _(b"[OPTION]... [FILE]..."),
    helpcategory=command.CATEGORY_FILE_CONTENTS,
)
def fix(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> int | None:
    """Rewrite file content in changesets or working directory

    Runs the configured tools on files that have changed, or on the named ones. Tools that take
    ranges of lines see the changed lines only, unless --whole is given.

    With --working-dir, files in the working directory are rewritten; there is no backup. With
    --source, the revisions and their descendants are replaced by new ones; the working directory
    is fixed too if it is one of these descendants.

    What has changed is told by comparing with the nearest ancestors that are not being fixed;
    --base names other revisions.
    """
    cmdutil.check_at_most_one_arg(opts, "all", "source", "rev")
    cmdutil.check_incompatible_arguments(opts, "working_dir", ["all", "source"])
    with repo.wlock(), repo.lock(), repo.transaction(b"fix"):
        revs = _revs_to_fix(ui, repo, opts)
        bases = _bases_of(repo, revs, opts)
        fixers = _fixers(ui)
        jobs = _jobs(ui, repo, revs, bases, fixers, pats, bool(opts.get("whole")))
        written, aggregated = _run(ui, repo, jobs)
        replacements = _commit_all(
            ui, repo, [rev for rev in revs if rev is not None], written
        )
        wdirwritten = bool(written.get(None))
        if None in revs:
            _write_wdir(repo, written.get(None, {}), replacements)
        cmdutil.cleanup_nodes(repo, replacements, b"fix", fixphase=True)
        repo.hook(
            b"postfix",
            throw=True,
            replacements=replacements,
            wdirwritten=wdirwritten,
            metadata=aggregated,
        )
    return None


# -- what is to be fixed


def _fixers(ui: Any) -> list[Fixer]:
    names: list[bytes] = []
    for key, _text in ui.configitems(b"fix"):
        name, colon, _sub = key.partition(b":")
        if colon and name not in names:
            names.append(name)
    found = []
    for name in names:
        fixer = Fixer(
            name,
            ui.config(b"fix", name + b":command"),
            ui.config(b"fix", name + b":pattern"),
            ui.config(b"fix", name + b":linerange"),
            ui.configint(b"fix", name + b":priority", 0),
            ui.configbool(b"fix", name + b":metadata", False),
            ui.configbool(b"fix", name + b":skipclean", True),
        )
        if fixer.command is None:
            ui.warn(_(b"fixer tool has no command configuration: %s\n") % name)
        elif fixer.pattern is None:
            ui.warn(_(b"fixer tool has no pattern configuration: %s\n") % name)
        elif not ui.configbool(b"fix", name + b":enabled", True):
            ui.debug(b"ignoring disabled fixer tool: %s\n" % name)
        else:
            found.append(fixer)
    found.sort(key=lambda fixer: -fixer.priority)
    return found


def _revs_to_fix(ui: Any, repo: Any, opts: dict[str, Any]) -> list[int | None]:
    """Return the revisions in order; the working directory, `None`, comes last."""
    wanted: set[int | None] = set()
    if opts.get("all"):
        wanted = set(repo.revs(b"(not public() and not obsolete()) or wdir()"))
    elif opts.get("source"):
        sources = set(logcmdutil.revrange(repo, opts["source"]))
        wanted = set(
            repo.revs(b"(%ld::) - obsolete()", [r for r in sources if _committed(r)])
        )
        own = {parent.rev() for parent in repo[None].parents()}
        if wanted & own or any(not _committed(rev) for rev in sources):
            wanted.add(None)
    else:
        wanted = set(logcmdutil.revrange(repo, opts.get("rev") or []))
    if opts.get("working_dir"):
        wanted.add(None)
    revs = {rev if _committed(rev) else None for rev in wanted}
    if None in revs:
        _check_wdir(repo)
    committed = sorted(rev for rev in revs if rev is not None)
    if not revs:
        raise error.Abort(
            _(b"no changesets specified"), hint=_(b"use --source or --working-dir")
        )
    if committed:
        rewriteutil.precheck(repo, committed, b"fix")
        _check_obsolete(ui, repo, committed)
    return [*committed, None] if None in revs else list(committed)


def _committed(rev: Any) -> bool:
    return rev is not None and rev != 0x7FFFFFFF


def _check_wdir(repo: Any) -> None:
    cmdutil.checkunfinished(repo)
    if any(repo.mergestate().unresolved()):
        raise error.Abort(b"unresolved conflicts", hint=b"use 'hg resolve'")


def _check_obsolete(ui: Any, repo: Any, revs: list[int]) -> None:
    if not obsolete.isenabled(repo, obsolete.allowdivergenceopt):
        found = repo.revs(b"%ld and obsolete()", revs)
        if found:
            raise error.Abort(_(b"fixing obsolete revision could cause divergence"))


def _bases_of(
    repo: Any, revs: list[int | None], opts: dict[str, Any]
) -> dict[int | None, list[Any]]:
    """Return for each revision the changesets that it is compared with."""
    given = opts.get("base")
    if given:
        bases = [repo[rev] for rev in logcmdutil.revrange(repo, given)]
        return dict.fromkeys(revs, bases)
    found: dict[int | None, set[int]] = {}
    for rev in revs:
        mine: set[int] = set()
        for parent in repo[rev].parents():
            mine |= found.get(parent.rev(), {parent.rev()})
        found[rev] = mine
    return {rev: [repo[base] for base in sorted(mine)] for rev, mine in found.items()}


def _jobs(
    ui: Any,
    repo: Any,
    revs: list[int | None],
    bases: dict[int | None, list[Any]],
    fixers: list[Fixer],
    pats: Any,
    whole: bool,
) -> Iterator[_Job]:
    limit = util.sizetoint(ui.config(b"fix", b"maxfilesize"))
    told: set[tuple[int | None, bytes]] = set()
    for rev in sorted(revs, key=lambda rev: (rev is None, rev)):
        ctx = repo[rev]
        select = scmutil.match(ctx, pats, {})
        for path in _paths(repo, ctx, bases[rev], select, pats):
            if path not in ctx:
                continue
            fctx = ctx[path]
            if fctx.islink():
                continue
            if fctx.size() > limit:
                if (rev, path) not in told:
                    told.add((rev, path))
                    size = util.bytecount(limit)
                    ui.warn(_(b"ignoring file larger than %s: %s\n") % (size, path))
                continue
            mine = [fixer for fixer in fixers if _affects(repo, ctx, fixer, path)]
            if mine:
                ranged = any(fixer.linerange is not None for fixer in mine)
                olds = None if whole or not ranged else _old_data(bases[rev], ctx, path)
                yield _Job(rev, bytes(ctx), path, fctx.data(), olds, mine)


def _paths(
    repo: Any, ctx: Any, bases: list[Any], select: Any, pats: Any
) -> list[bytes]:
    if pats:
        return sorted(set(ctx.walk(select)))
    found: set[bytes] = set()
    for base in bases:
        status = repo.status(base, ctx, match=select)
        found.update(status.modified, status.added)
    return sorted(found)


def _affects(repo: Any, ctx: Any, fixer: Fixer, path: bytes) -> bool:
    select = matchmod.match(repo.root, b"", [fixer.pattern], ctx=ctx)
    return bool(select(path))


def _old_data(bases: list[Any], ctx: Any, path: bytes) -> list[bytes]:
    found = []
    for base in bases:
        old: bytes | None = path
        if path not in base:
            old = _copied_from(base, ctx, path)
        found.append(base[old].data() if old and old in base else b"")
    return found


def _copied_from(base: Any, ctx: Any, path: bytes) -> bytes | None:
    if ctx.rev() is not None:
        return copies.pathcopies(base, ctx).get(path)
    source = ctx[path].copysource() or path
    if source in base:
        return source
    return copies.pathcopies(base, ctx.p1()).get(source)


# -- running the tools


def _changed_ranges(job: _Job, data: bytes) -> list[tuple[int, int]]:
    """Return the ranges of lines that are in none of the old versions."""
    count = len(mdiff.splitnewlines(data))
    if job.bases is None:
        return [(1, count)] if count else []
    changed = set(range(1, count + 1))
    for old in job.bases:
        mine: set[int] = set()
        for (_a1, _a2, b1, b2), kind in mdiff.allblocks(old, data):
            if kind == b"!":
                mine.update(range(b1 + 1, b2 + 1))
        changed &= mine
    ranges: list[tuple[int, int]] = []
    for line in sorted(changed):
        if ranges and ranges[-1][1] == line - 1:
            ranges[-1] = (ranges[-1][0], line)
        else:
            ranges.append((line, line))
    return ranges


def _fix_file(job: _Job, root: bytes, env: dict[Any, Any]) -> _Result:
    """Run the tools of one file; called in threads, so all talk is kept for later."""
    result = _Result(job.data)
    for fixer in job.fixers:
        line = fixer.line(
            job.path, _changed_ranges(job, result.data) if fixer.linerange else []
        )
        if line is None:
            continue
        result.log.append(
            ("debug", b"fixing: %s - %s - %s\n" % (job.shown, fixer.name, job.path))
        )
        result.log.append(("debug", b"subprocess: %s\n" % line))
        ran = subprocess.run(
            procutil.tonativestr(line),
            shell=True,
            cwd=procutil.tonativestr(root),
            input=result.data,
            capture_output=True,
            env=env,
            check=False,
        )
        _take(job, fixer, ran.returncode, ran.stdout, ran.stderr, result)
    return result


def _take(
    job: _Job, fixer: Fixer, code: int, out: bytes, complaints: bytes, result: _Result
) -> None:
    where = b"[wdir]" if job.rev is None else b"[%d]" % job.rev
    for text in complaints.splitlines():
        result.log.append(("warn", b"%s %s: %s\n" % (where, fixer.name, text)))
    result.metadata[fixer.name] = None
    data, found = out, None
    if fixer.metadata:
        try:
            head, data = out.split(b"\0", 1)
            found = json.loads(head.decode("utf-8"))
        except ValueError:
            result.log.append(
                (
                    "warn",
                    _(b"ignored invalid output from fixer tool: %s\n") % fixer.name,
                )
            )
            return
    if code:
        if not complaints:
            shown = b"%s %s: exited with status %d\n" % (where, fixer.name, code)
            result.log.append(("warn", shown))
        result.failed = True
        return
    if data != result.data:
        result.metadata[fixer.name] = found
        result.data = data


def _environment(ui: Any, repo: Any) -> dict[Any, Any]:
    env: dict[Any, Any] = dict(procutil.shellenviron())
    extra = ui.configlist(b"fix", b"extra-bin-paths")
    if extra:
        usual = env.get(b"PATH", os.fsencode(os.defpath))
        env[b"PATH"] = os.fsencode(os.pathsep).join([*extra, usual])
    return env


def _run(
    ui: Any, repo: Any, jobs: Iterator[_Job]
) -> tuple[dict[int | None, dict[bytes, bytes]], dict[bytes, list[Any]]]:
    """Run all tools; return the new contents by revision, and what the tools told."""
    env = _environment(ui, repo)
    written: dict[int | None, dict[bytes, bytes]] = {}
    aggregated: dict[bytes, list[Any]] = {}
    work = list(jobs)
    with concurrent.futures.ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for job, result in zip(
            work, pool.map(lambda job: _fix_file(job, repo.root, env), work)
        ):
            for method, text in result.log:
                getattr(ui, method)(text)
            if result.failed:
                _check_failure(ui, pool)
            if result.data == job.data:
                continue
            for name, value in result.metadata.items():
                if value is not None:
                    aggregated.setdefault(name, []).append(value)
            written.setdefault(job.rev, {})[job.path] = result.data
            repo.hook(
                b"postfixfile",
                throw=False,
                rev=wdirrev if job.rev is None else job.rev,
                path=job.path,
                metadata=result.metadata,
            )
    return written, aggregated


def _check_failure(ui: Any, pool: concurrent.futures.Executor) -> None:
    action = ui.config(b"fix", b"failure")
    if action == b"continue":
        return
    pool.shutdown(wait=True)
    if action == b"abort":
        raise error.Abort(_(b"no fixes will be applied"), hint=_(_BEYOND))
    raise error.Abort(
        _(b"unknown fix.failure action: %s") % pycompat.bytestr(action),
        hint=_(b'use "continue" or "abort"'),
    )


# -- writing what they made


def _commit_all(
    ui: Any, repo: Any, revs: list[int], written: dict[int | None, dict[bytes, bytes]]
) -> dict[bytes, list[bytes]]:
    replacements: dict[bytes, list[bytes]] = {}
    for rev in revs:
        ctx = repo[rev]
        parents = [
            replacements.get(parent.node(), [parent.node()])[0]
            for parent in ctx.parents()
        ]
        changed = written.get(rev, {})
        if not changed and parents == [parent.node() for parent in ctx.parents()]:
            continue
        replacements[ctx.node()] = [_commit(ui, repo, ctx, parents, changed)]
    return replacements


def _commit(
    ui: Any, repo: Any, ctx: Any, parents: list[bytes], changed: dict[bytes, bytes]
) -> bytes:
    before, after = ctx.p1(), repo[parents[0]]
    # A file that this changeset leaves alone may have been fixed in its parent: it follows it.
    differing = set(ctx.files()) | set(changed)
    if before.node() != after.node() and len(parents) > 1:
        differing |= set(repo.status(after, ctx).modified)

    def version(_repo: Any, memctx: Any, path: bytes) -> Any:
        if path not in ctx:
            return None
        fctx = ctx[path]
        return context.memfilectx(
            repo,
            memctx,
            path,
            changed.get(path, fctx.data()),
            islink=fctx.islink(),
            isexec=fctx.isexec(),
            copysource=fctx.copysource(),
        )

    extra = dict(ctx.extra())
    extra[b"fix_source"] = ctx.hex()
    new = context.memctx(
        repo,
        parents=[*parents, None][:2],
        text=ctx.description(),
        files=sorted(differing),
        filectxfn=version,
        user=ctx.user(),
        date=ctx.date(),
        extra=extra,
        branch=ctx.branch(),
    )
    with ui.configoverride({(b"phases", b"new-commit"): ctx.phase()}, b"fix"):
        return repo.commitctx(new)


def _write_wdir(
    repo: Any, changed: dict[bytes, bytes], replacements: dict[bytes, list[bytes]]
) -> None:
    for path, data in changed.items():
        flags = repo[None][path].flags()
        repo.wwrite(path, data, flags)
        repo.dirstate.set_possibly_dirty(path)
    old = [parent.node() for parent in repo[None].parents()]
    new = [replacements.get(node, [node])[0] for node in old]
    if old == new:
        return
    differing: set[bytes] = set()
    for was, now in zip(old, new):
        if was != now:
            status = repo.status(repo[was], repo[now])
            differing.update(status.modified, status.added, status.removed)
    with repo.dirstate.changing_parents(repo):
        repo.setparents(*new)
        for path in sorted(differing):
            if path in repo.dirstate:
                repo.dirstate.set_possibly_dirty(path)
