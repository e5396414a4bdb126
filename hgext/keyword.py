"""expand keywords in tracked files

Keywords such as ``$Id$`` show in files of the working directory what the last changeset that
touched them says; what is stored has none of that. Files are named by patterns::

  [keyword]
  # all Python files, but none whose name starts with x
  **.py =
  x* = ignore

Keywords and what they become are templates; without any, those of CVS are used, or with
``svn = True`` in ``[keywordset]`` those of Subversion::

  [keywordmaps]
  Author = {author|user}

``hg kwdemo`` shows what a configuration does. Run ``hg kwshrink`` before a configuration
changes, and ``hg kwexpand`` afterwards. The template filters ``utcdate``, ``svnisodate`` and
``svnutcdate`` show dates as the two systems do.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from typing import Any, Iterable

from mercurial import (
    cmdutil,
    error,
    extensions,
    hg,
    match as matchmod,
    overrides,
    registrar,
    scmutil,
)
from mercurial.i18n import _
from mercurial.utils import dateutil, stringutil

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
templatefilter = registrar.templatefilter()
testedwith = b"ships-with-hg-core"

configitem(b"keywordset", b"svn", default=False)

_CVS = {
    b"Author": b"{author|user}",
    b"Date": b"{date|utcdate}",
    b"Header": b"{root}/{file},v {node|short} {date|utcdate} {author|user}",
    b"Id": b"{file|basename},v {node|short} {date|utcdate} {author|user}",
    b"RCSFile": b"{file|basename},v",
    b"RCSfile": b"{file|basename},v",
    b"Revision": b"{node|short}",
    b"Source": b"{root}/{file},v",
}

_SVN = {
    b"Author": b"{author|user}",
    b"Date": b"{date|svnisodate}",
    b"Id": b"{file|basename},v {node|short} {date|svnutcdate} {author|user}",
    b"LastChangedBy": b"{author|user}",
    b"LastChangedDate": b"{date|svnisodate}",
    b"LastChangedRevision": b"{node|short}",
    b"Revision": b"{node|short}",
}


@templatefilter(b"utcdate")
def utcdate(date: Any) -> bytes:
    """Date. Returns a UTC-date in this format: "2009/08/18 11:00:13"."""
    return dateutil.datestr((date[0], 0), b"%Y/%m/%d %H:%M:%S")


@templatefilter(b"svnisodate")
def svnisodate(date: Any) -> bytes:
    """Date. Returns a date as Subversion's keywords have it, with the zone."""
    return dateutil.datestr(date, b"%Y-%m-%d %H:%M:%S %1%2 (%a, %d %b %Y)")


@templatefilter(b"svnutcdate")
def svnutcdate(date: Any) -> bytes:
    """Date. Returns a UTC-date as Subversion's keywords have it."""
    return dateutil.datestr((date[0], 0), b"%Y-%m-%d %H:%M:%SZ")


def _defaults(ui: Any) -> dict[bytes, bytes]:
    return _SVN if ui.configbool(b"keywordset", b"svn") else _CVS


class Keywords:
    """The keywords of a repository.

    Args:
        ui: The user.
        repo: The repository.
        include: Patterns of files that have keywords.
        exclude: Patterns of files that have none.
    """

    def __init__(self, ui: Any, repo: Any, include: list[bytes], exclude: list[bytes]):
        self._ui = ui
        self._repo = repo
        self._matches = matchmod.match(repo.root, b"", [], include, exclude)
        self.maps = dict(ui.configitems(b"keywordmaps")) or _defaults(ui)
        names = b"|".join(re.escape(name) for name in sorted(self.maps, reverse=True))
        self._plain = re.compile(rb"\$(%s)\$" % names)
        self._expanded = re.compile(rb"\$(%s): [^$\n\r]*? \$" % names)
        #: While `hg cat` runs: what it shows is expanded and not decoded otherwise.
        self.shows = False
        #: While `hg grep` runs: it finds what is there.
        self.searched = False

    def concerns(self, path: bytes, flags: bytes = b"") -> bool:
        """Return whether a file can have keywords."""
        return b"l" not in flags and bool(self._matches(path))

    def shrink(self, path: bytes, data: bytes) -> bytes:
        """Return content without expansions."""
        if not self.concerns(path) or stringutil.binary(data):
            return data
        return self._expanded.sub(rb"$\1$", data)

    def expand(self, path: bytes, data: bytes, ctx: Any) -> bytes:
        """Return content with keywords expanded for a changeset."""

        def value(found: re.Match[bytes]) -> bytes:
            name = found.group(1)
            props = {b"root": self._repo.root, b"file": path}
            text = cmdutil.rendertemplate(ctx, self.maps[name], props)
            lines = text.splitlines()
            return b"$%s: %s $" % (name, lines[0] if lines else b"")

        if stringutil.binary(data):
            return data
        return self._plain.sub(value, self._expanded.sub(rb"$\1$", data))

    def version(self, path: bytes, data: bytes, node: bytes | None) -> bytes:
        """Return content expanded for the changeset that a version of a file came with."""
        if node is None or not self.concerns(path) or not self._plain.search(data):
            return data
        fctx = self._repo.filectx(path, fileid=node)
        return self.expand(path, data, self._repo.unfiltered()[fctx.linkrev()])

    def overwrite(
        self, paths: Iterable[bytes], ctx: Any, expand: bool, clean: bool
    ) -> None:
        """Write files of the working directory again, expanded or shrunk; links stay.

        Args:
            paths: The files.
            ctx: The changeset that all of them changed in; `None` for that of each.
            expand: Expand, or else shrink.
            clean: The files are what the parent has.
        """
        repo = self._repo
        parent = repo[b"."]
        note = _(b"overwriting %s %s keywords\n")
        written = []
        for path in paths:
            if not repo.wvfs.isfile(path) or repo.wvfs.islink(path):
                continue
            before = repo.wvfs.read(path)
            found = self._plain.search(before) or self._expanded.search(before)
            if stringutil.binary(before) or not found:
                continue
            after = self._expanded.sub(rb"$\1$", before)
            if expand:
                own = ctx
                if own is None:
                    own = parent
                    if path in parent:
                        own = repo.unfiltered()[parent[path].introrev()]
                after = self.expand(path, after, own)
            repo.ui.note(note % (path, b"expanding" if expand else b"shrinking"))
            if after != before:
                _rewrite(repo, path, after)
                written.append(path)
        if clean and written:
            for path in written:
                repo.dirstate.set_possibly_dirty(path)
            repo.dirstate.write(repo.currenttransaction())
            repo.status()


def _rewrite(repo: Any, path: bytes, data: bytes) -> None:
    """Replace the content of a file and leave its mode."""
    flags = repo[None].flags(path)
    repo.wvfs.write(path, data, atomictemp=True)
    repo.wvfs.setflags(path, b"l" in flags, b"x" in flags)


def _keywords(repo: Any) -> Keywords:
    found = getattr(repo, "_keywords", None)
    if found is not None:
        return found
    if repo.ui.configitems(b"keyword"):
        raise error.Abort(_(b"[keyword] patterns cannot match"))
    raise error.Abort(_(b"no [keyword] patterns configured"))


def reposetup(ui: Any, repo: Any) -> None:
    """Let the repository expand and shrink."""
    if not repo.local():
        return
    include: list[bytes] = []
    exclude: list[bytes] = []
    for pattern, option in ui.configitems(b"keyword"):
        (exclude if option == b"ignore" else include).append(pattern)
    if not include:
        return
    keywords = Keywords(ui, repo, include, exclude)

    class keywordrepo(repo.__class__):  # type: ignore[misc] # known at run time
        def wread(self, filename: bytes) -> bytes:
            data = super().wread(filename)
            return data if keywords.searched else keywords.shrink(filename, data)

        def wwrite(
            self, filename: bytes, data: bytes, flags: bytes, *args: Any, **opts: Any
        ) -> int:
            node = overrides.version_written(filename)
            data = keywords.version(filename, data, node)
            return super().wwrite(filename, data, flags, *args, **opts)

        def wwritedata(self, filename: bytes, data: bytes) -> bytes:
            node = overrides.version_written(filename)
            if not keywords.shows:
                data = super().wwritedata(filename, data)
            return keywords.version(filename, data, node)

        def commitctx(self, ctx: Any, *args: Any, **opts: Any) -> bytes:
            made = super().commitctx(ctx, *args, **opts)
            here = hasattr(ctx, "markcommitted") and hasattr(ctx, "hasdir")
            if here or b"amend_source" in ctx.extra():
                new = self.unfiltered()[made]
                concerned = [path for path in ctx.files() if keywords.concerns(path)]
                if not here:
                    concerned = [p for p in concerned if _is_as_stored(self, p, new)]
                keywords.overwrite(concerned, new, True, False)
            return made

    repo._keywords = keywords
    repo.__class__ = keywordrepo


def _is_as_stored(repo: Any, path: bytes, ctx: Any) -> bool:
    if path not in ctx or not repo.wvfs.isfile(path) or repo.wvfs.islink(path):
        return False
    return bool(repo.wread(path) == ctx[path].data())


def uisetup(ui: Any) -> None:
    """Wrap what has to do with keywords."""
    from mercurial import commands  # late: most runs need few of them

    extensions.wrapcommand(commands.table, b"cat", _cat)
    for name in (b"copy", b"rename"):
        extensions.wrapcommand(commands.table, name, _copy)
    extensions.wrapcommand(commands.table, b"rollback", _rollback)
    extensions.wrapcommand(commands.table, b"grep", _grep)
    extensions.wrapcommand(commands.table, b"import", _import)


def _cat(orig: Any, ui: Any, repo: Any, *pats: bytes, **opts: Any) -> Any:
    """Show files with keywords expanded."""
    keywords = getattr(repo, "_keywords", None)
    if keywords is None:
        return orig(ui, repo, *pats, **opts)
    keywords.shows = not opts.get("decode")
    try:
        return orig(ui, repo, *pats, **{**opts, "decode": True})
    finally:
        keywords.shows = False


def _import(orig: Any, ui: Any, repo: Any, *patches: bytes, **opts: Any) -> Any:
    """Apply patches, which are about what is stored, to files without expansions."""
    keywords = getattr(repo, "_keywords", None)
    if keywords is None or opts.get("bypass"):
        return orig(ui, repo, *patches, **opts)
    with repo.wlock():
        clean = repo.status(clean=True).clean
        concerned = [path for path in clean if keywords.concerns(path)]
        with ui.silent():
            keywords.overwrite(concerned, None, False, True)
        try:
            return orig(ui, repo, *patches, **opts)
        finally:
            repo.invalidateall()
            still = set(repo.status(clean=True).clean)
            with ui.silent():
                left = [path for path in concerned if path in still]
                keywords.overwrite(left, None, True, True)


def _grep(orig: Any, ui: Any, repo: Any, *pats: bytes, **opts: Any) -> Any:
    """Search files as they are."""
    keywords = getattr(repo, "_keywords", None)
    if keywords is None:
        return orig(ui, repo, *pats, **opts)
    keywords.searched = True
    try:
        return orig(ui, repo, *pats, **opts)
    finally:
        keywords.searched = False


def _copy(orig: Any, ui: Any, repo: Any, *pats: bytes, **opts: Any) -> Any:
    """Leave no expansion in what was copied."""
    keywords = getattr(repo, "_keywords", None)
    if keywords is None or opts.get("dry_run"):
        return orig(ui, repo, *pats, **opts)
    with repo.wlock():
        before = set(repo.dirstate.copies())
        result = orig(ui, repo, *pats, **opts)
        repo.invalidatedirstate()
        copies = repo.dirstate.copies()
        # What was copied through a link is the file that this names.
        made = [
            path
            for path in sorted(set(copies) - before)
            if keywords.concerns(_behind_links(repo, copies[path]))
        ]
        keywords.overwrite(made, None, False, False)
        return result


def _behind_links(repo: Any, path: bytes) -> bytes:
    full = os.path.realpath(repo.wjoin(path))
    return os.path.relpath(full, os.path.realpath(repo.root))


def _rollback(orig: Any, ui: Any, repo: Any, *args: Any, **opts: Any) -> Any:
    """Let files say again what is true of the parent."""
    keywords = getattr(repo, "_keywords", None)
    if keywords is None:
        return orig(ui, repo, *args, **opts)
    with repo.wlock():
        result = orig(ui, repo, *args, **opts)
        if not result:
            repo.invalidateall()
            status = repo.status()
            modified = [path for path in status.modified if keywords.concerns(path)]
            keywords.overwrite(modified, None, True, False)
            added = [path for path in status.added if keywords.concerns(path)]
            keywords.overwrite(added, None, False, False)
        return result


def _all_files(ui: Any, repo: Any, expand: bool, pats: Any, opts: Any) -> None:
    if len(repo[None].parents()) > 1:
        raise error.Abort(_(b"outstanding uncommitted merge"))
    keywords = _keywords(repo)
    with repo.wlock():
        matcher = scmutil.match(repo[None], pats, opts)
        status = repo.status(match=matcher, clean=True)
        if status.modified or status.added or status.removed or status.deleted:
            raise error.Abort(_(b"outstanding uncommitted changes"))
        concerned = [path for path in status.clean if keywords.concerns(path)]
        keywords.overwrite(concerned, None, expand, True)


@command(
    b"kwexpand",
    cmdutil.walkopts,
    _(b"hg kwexpand [OPTION]... [FILE]..."),
    inferrepo=True,
)
def expand(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> None:
    """expand keywords in the working directory

    Files that have changes are refused. Run it when the configuration has changed.
    """
    _all_files(ui, repo, True, pats, opts)


@command(
    b"kwshrink",
    cmdutil.walkopts,
    _(b"hg kwshrink [OPTION]... [FILE]..."),
    inferrepo=True,
)
def shrink(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> None:
    """revert expanded keywords in the working directory

    Files that have changes are refused. Run it before the configuration changes.
    """
    _all_files(ui, repo, False, pats, opts)


@command(
    b"kwfiles",
    [
        (b"A", b"all", None, _(b"show keyword status flags of all files")),
        (b"i", b"ignore", None, _(b"show files excluded from expansion")),
        (b"u", b"unknown", None, _(b"only show unknown (not tracked) files")),
        *cmdutil.walkopts,
    ],
    _(b"hg kwfiles [OPTION]... [FILE]..."),
    inferrepo=True,
)
def files(ui: Any, repo: Any, *pats: bytes, **opts: Any) -> None:
    """show files configured for keyword expansion

    With -A and -v a letter says what becomes of a file::

      K = keywords are expanded
      k = they would be, but the file is not tracked
      I = keywords are left alone
      i = the same for a file that is not tracked
    """
    keywords = _keywords(repo)
    wctx = repo[None]
    cwd = repo.getcwd() if pats else b""
    status = repo.status(
        match=scmutil.match(wctx, pats, opts), clean=True, unknown=True
    )
    tracked = sorted([*status.modified, *status.added, *status.clean])
    lists: dict[bytes, list[bytes]] = {b"K": [], b"k": [], b"I": [], b"i": []}
    for names, paths in ((b"KI", tracked), (b"ki", list(status.unknown))):
        for path in paths:
            concerned = keywords.concerns(path, wctx.flags(path))
            lists[names[:1] if concerned else names[1:]].append(path)
    everything = opts.get("all")
    wanted = b"KkIi" if everything else _letters(opts)
    with ui.formatter(b"kwfiles", {}) as shown:
        for letter in (wanted[at : at + 1] for at in range(len(wanted))):
            for path in lists[letter]:
                shown.startitem()
                shown.data(kwstatus=letter, path=path)
                mark = b"%s " % letter if everything or ui.verbose else b""
                place = repo.pathto(path, cwd)
                shown.plain(mark + place + b"\n", label=b"kwfiles." + _LABELS[letter])


_LABELS = {
    b"K": b"enabled",
    b"k": b"enabledunknown",
    b"I": b"ignored",
    b"i": b"ignoredunknown",
}


def _letters(opts: dict[str, Any]) -> bytes:
    if opts.get("ignore"):
        return b"i" if opts.get("unknown") else b"I"
    return b"k" if opts.get("unknown") else b"K"


@command(
    b"kwdemo",
    [
        (b"d", b"default", None, _(b"show default keyword template maps")),
        (b"f", b"rcfile", b"", _(b"read maps from rcfile"), _(b"FILE")),
    ],
    _(b"hg kwdemo [-d] [-f RCFILE] [TEMPLATEMAP]..."),
    optionalrepo=True,
)
def demo(ui: Any, repo: Any, *args: bytes, **opts: Any) -> None:
    """print [keywordmaps] configuration and an expansion example

    The configuration can be extended by maps (``NAME=TEMPLATE``) and by those of a file; -d
    shows what is used without any.
    """
    directory = tempfile.mkdtemp(prefix="kwdemo.").encode()
    ui.note(_(b"creating temporary repository at %s\n") % directory)
    try:
        _show_demo(ui, directory, args, opts)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _demo_maps(ui: Any, args: Any, opts: Any) -> dict[bytes, bytes]:
    """Say which configuration is shown, and return its maps."""
    configured = dict(ui.configitems(b"keywordmaps"))
    kind = b"svn" if ui.configbool(b"keywordset", b"svn") else b"cvs"
    custom = bool(args or opts.get("rcfile"))
    if custom:
        ui.status(_(b"\n\tconfiguration using custom keyword template maps\n"))
        if configured:
            ui.status(_(b"\textending current template maps\n"))
        if opts.get("default") or not configured:
            ui.status(_(b"\toverriding default %s keywordset\n") % kind)
        maps = dict(configured)
        if opts.get("rcfile"):
            ui.readconfig(opts["rcfile"])
            maps.update(ui.configitems(b"keywordmaps"))
        for arg in args:
            name, found, template = arg.partition(b"=")
            if not found:
                raise error.ConfigError(arg.strip())
            maps[name.strip()] = template.strip()
        return maps
    if opts.get("default"):
        ui.status(_(b"\n\tconfiguration using default %s keywordset\n") % kind)
        if configured:
            ui.status(_(b"\tdisabling current template maps\n"))
        return dict(_defaults(ui))
    ui.status(_(b"\n\tconfiguration using current keyword template maps\n"))
    return configured or dict(_defaults(ui))


def _show_demo(ui: Any, directory: bytes, args: Any, opts: Any) -> None:
    name = b"demo.txt"
    maps = _demo_maps(ui, args, opts)
    own = ui.copy()
    for known, _template in own.configitems(b"keywordmaps"):
        own.setconfig(b"keywordmaps", known, None, b"keyword")
    for keyword, template in maps.items():
        own.setconfig(b"keywordmaps", keyword, template, b"keyword")
    own.setconfig(b"keyword", name, b"", b"keyword")
    svn = ui.configbool(b"keywordset", b"svn")

    def section(title: bytes, items: Iterable[tuple[bytes, bytes]]) -> None:
        ui.write(b"[%s]\n" % title)
        for key, value in sorted(items):
            ui.write(b"%s = %s\n" % (key, value))

    ui.write(b"[extensions]\nkeyword =\n")
    section(b"keyword", own.configitems(b"keyword"))
    ui.write(b"[keywordset]\nsvn = %s\n" % (b"True" if svn else b"False"))
    section(b"keywordmaps", maps.items())
    repo = hg.repository(own, directory, True)
    text = b"".join(b"$%s$\n" % keyword for keyword in sorted(maps))
    repo.wvfs.write(name, text)
    ui.note(_(b"\nkeywords written to %s:\n%s") % (name, text))
    message = _(b"hg keyword configuration and expansion example")
    ui.note(_(b"hg ci -m '%s'\n") % message)
    with repo.wlock():
        repo[None].add([name])
        repo.dirstate.setbranch(b"demobranch", repo.currenttransaction())
        repo.commit(text=message)
    ui.status(_(b"\n\tkeywords expanded\n"))
    ui.write(repo.wvfs.read(name))
