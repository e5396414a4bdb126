"""command to display statistics about repository history"""

from __future__ import annotations

import datetime
from typing import Any

from mercurial import cmdutil, encoding, patch, pycompat, registrar, scmutil
from mercurial.i18n import _
from mercurial.utils import dateutil

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
testedwith = b"ships-with-hg-core"
touchedcommands: list[bytes] = []


def _lines_of(ctx: Any, files: Any) -> tuple[int, int]:
    chunks = ctx.diff(match=files)
    stats = patch.diffstatdata(b"".join(chunks).splitlines(True))
    return sum(s[1] for s in stats), sum(s[2] for s in stats)


def _key_function(ui: Any, repo: Any, opts: dict[bytes, Any]) -> Any:
    if opts.get(b"dateformat"):

        def by_date(ctx: Any) -> bytes:
            when, zone = ctx.date()
            day = datetime.datetime(1970, 1, 1) + datetime.timedelta(
                seconds=when - zone
            )
            return encoding.strtolocal(
                day.strftime(encoding.strfromlocal(opts[b"dateformat"]))
            )

        return by_date
    template: bytes = opts.get(b"oldtemplate") or opts[b"template"]
    return lambda ctx: cmdutil.rendertemplate(ctx, template)


def _count(
    ui: Any, repo: Any, amap: dict[bytes, bytes], opts: dict[bytes, Any], pats: Any
) -> dict[bytes, list[int]]:
    key_of = _key_function(ui, repo, opts)
    files = scmutil.match(repo[None], pats, opts)
    revs = (
        scmutil.revrange(repo, opts[b"rev"])
        if opts.get(b"rev")
        else repo.revs(b"all()")
    )
    after = dateutil.matchdate(opts[b"date"]) if opts.get(b"date") else None
    rate: dict[bytes, list[int]] = {}
    progress = ui.makeprogress(_(b"analyzing"), unit=_(b"revisions"), total=len(repo))
    for rev in sorted(revs):
        ctx = repo[rev]
        if after is not None and not after(ctx.date()[0]):
            continue
        if not files.always() and not any(files(f) for f in ctx.files()):
            continue
        key = key_of(ctx).strip()
        key = amap.get(key, key)
        entry = rate.setdefault(key, [0, 0])
        if opts.get(b"changesets"):
            entry[0] += 1
        else:
            if len(ctx.parents()) > 1:
                ui.note(_(b"revision %d is a merge, ignoring...\n") % rev)
                continue
            added, removed = _lines_of(ctx, None if files.always() else files)
            entry[0] += added
            entry[1] += removed
        progress.increment()
    progress.complete()
    return rate


def _aliases(ui: Any, repo: Any, name: bytes) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    if not name and (repo.wvfs.exists(b".hgchurn")):
        name = repo.wjoin(b".hgchurn")
    if not name:
        return found
    with open(name, "rb") as file:
        for line in file:
            separator = b"=" if b"=" in line else None
            try:
                alias, actual = line.strip().split(separator)
                found[alias.strip()] = actual.strip()
            except ValueError:
                shown = line.strip()
                if shown:
                    ui.warn(_(b"skipping malformed alias: %s\n") % shown)
    return found


@command(
    b"churn",
    [
        (
            b"r",
            b"rev",
            [],
            _(b"count rate for the specified revision or revset"),
            _(b"REV"),
        ),
        (
            b"d",
            b"date",
            b"",
            _(b"count rate for revisions matching date spec"),
            _(b"DATE"),
        ),
        (
            b"t",
            b"oldtemplate",
            b"",
            _(b"template to group changesets (DEPRECATED)"),
            _(b"TEMPLATE"),
        ),
        (
            b"T",
            b"template",
            b"{author|email}",
            _(b"template to group changesets"),
            _(b"TEMPLATE"),
        ),
        (
            b"f",
            b"dateformat",
            b"",
            _(b"strftime-compatible format for grouping by date"),
            _(b"FORMAT"),
        ),
        (b"c", b"changesets", False, _(b"count rate by number of changesets")),
        (b"s", b"sort", False, _(b"sort by key (default: sort by count)")),
        (b"", b"diffstat", False, _(b"display added/removed lines separately")),
        (b"", b"aliases", b"", _(b"file with email aliases"), _(b"FILE")),
        *cmdutil.walkopts,
    ],
    _(b"hg churn [-d DATE] [-r REV] [--aliases FILE] [FILE]"),
    helpcategory=command.CATEGORY_MAINTENANCE,
    inferrepo=True,
)
def churn(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> None:
    """Histogram of changes to the repository

    Shows how many lines were changed, or with -c how many changesets were made, by each author.
    Other
    groups can be made with a template or, by date, with -f.

    Names can be joined with a file of lines ``<alias> = <actual>``, given with --aliases or called
    ``.hgchurn`` in the root of the working directory.
    """
    options = pycompat.byteskwargs(opts)

    def pad(text: bytes, width: int) -> bytes:
        return text + b" " * (width - encoding.colwidth(text))

    rate = list(
        _count(
            ui, repo, _aliases(ui, repo, options.get(b"aliases") or b""), options, pats
        ).items()
    )
    if not rate:
        return
    if options.get(b"sort"):
        rate.sort()
    else:
        rate.sort(key=lambda found: (-sum(found[1]), found))
    most = max(sum(value) for _key, value in rate)
    longest = max(encoding.colwidth(key) for key, _value in rate)
    width = ui.termwidth()
    ui.debug(b"assuming %i character terminal\n" % width)
    width -= longest + 2 + 2 + 2

    if options.get(b"diffstat"):
        width -= 15

        def shown(name: bytes, diffstat: list[int]) -> bytes:
            added, removed = diffstat
            return b"%s %15s %s%s\n" % (
                pad(name, longest),
                b"+%d/-%d" % (added, removed),
                ui.label(b"+" * _scale(added, most, width), b"diffstat.inserted"),
                ui.label(b"-" * _scale(removed, most, width), b"diffstat.deleted"),
            )

    else:
        width -= 6

        def shown(name: bytes, diffstat: list[int]) -> bytes:
            total = sum(diffstat)
            return b"%s %6d %s\n" % (
                pad(name, longest),
                total,
                b"*" * _scale(total, most, width),
            )

    for name, value in rate:
        ui.write(shown(name, value))


def _scale(number: int, most: int, width: int) -> int:
    return int(number * width // most) if most else 0
