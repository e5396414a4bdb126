"""Helpers about revisions and files.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import contextlib
import os
from typing import Any, Callable, Iterable, Iterator

from mercurial import copies, error, pycompat
from mercurial.i18n import _
from mercurial.node import hex, nullid, nullrev, short, wdirrev

termsize = lambda ui: (24, ui.termwidth())  # noqa: E731 -- the shape is the API's


def __getattr__(name: str) -> Any:
    """Return what lives elsewhere now."""
    if name == "status":
        from mercurial import localrepo  # late: it uses us

        return localrepo.status
    if name in ("vfs", "filtervfs", "proxyvfs", "readonlyvfs", "abstractvfs"):
        from mercurial import vfs  # late: few extensions need it

        return getattr(vfs, name)
    if name in ("casecollisionauditor", "pathauditor"):
        from mercurial import pathutil  # late: few extensions need it

        return getattr(pathutil, name, pathutil.pathauditor)
    raise AttributeError(f"module 'mercurial.scmutil' has no attribute {name!r}")


# -- revisions


def isrevsymbol(repo: Any, symbol: bytes) -> bool:
    """Return whether a text names a revision."""
    try:
        revsymbol(repo, symbol)
        return True
    except error.RepoLookupError:
        return False


def revsymbol(repo: Any, symbol: bytes) -> Any:
    """Return the changeset that a name, number or id names; no revsets.

    Raises:
        error.RepoLookupError: It names none.
    """
    if not isinstance(symbol, bytes):
        message = b"symbol (%s of type %s) was not a string, did you mean repo[symbol]?" % (
            pycompat.bytestr(symbol), type(symbol).__name__.encode(),
        )  # fmt: skip
        raise error.ProgrammingError(message)
    return repo[symbol]


def resolvehexnodeidprefix(repo: Any, prefix: bytes) -> bytes | None:
    """Return the node that a prefix of its id names."""
    try:
        return repo[prefix].node()
    except error.RepoLookupError:
        return None


def shortesthexnodeidprefix(
    repo: Any, node: bytes, minlength: int = 1, cache: Any = None
) -> bytes:
    """Return the shortest prefix of an id that names no other changeset."""
    from mercurial import rustext  # late: few commands need it

    template = b"{shortest(node, %d)}" % minlength
    rev = repo.changelog.rev(node)
    return rustext.render_template(repo.ui._handle, repo._handle, rev, template, {})


def _range(repo: Any, specs: Iterable[Any], localalias: Any = None) -> Any:
    allspecs = [
        b"%d" % spec if isinstance(spec, int) else spec
        for spec in specs
        if spec not in (None, b"")
    ]
    return repo.anyrevs(allspecs, user=True, localalias=localalias)


def revsingle(
    repo: Any, revspec: Any, default: Any = b".", localalias: Any = None
) -> Any:
    """Return the changeset that a revset of the user names, its last.

    Raises:
        error.InputError: It names none.
    """
    if not revspec and revspec != 0:
        return repo[default]
    found = revrange(repo, [revspec], localalias=localalias)
    if not found:
        raise error.InputError(_(b"empty revision set"))
    return repo[found.last()]


def revpair(repo: Any, revs: Any) -> tuple[Any, Any]:
    """Return the two changesets that a comparison is about."""
    if not revs:
        return repo[b"."], repo[None]
    found = revrange(repo, revs)
    if not found:
        raise error.InputError(_(b"empty revision range"))
    first, second = found.first(), found.last()
    if (
        first == second
        and len(revs) > 1
        and not all(revrange(repo, [rev]) for rev in revs)
    ):
        raise error.InputError(_(b"empty revision on one side of range"))
    if (
        first == second
        and len(revs) == 1
        and b":" not in revs[0]
        and b".." not in revs[0]
    ):
        return repo[first], repo[None]
    return repo[first], repo[second]


def revrange(repo: Any, specs: Any, localalias: Any = None) -> Any:
    """Return the revisions of revsets of the user, in order."""
    if not specs:
        from mercurial import smartset  # late: few callers give nothing

        return smartset.baseset()
    return _range(repo, specs, localalias)


def increasingwindows(windowsize: int = 8, sizelimit: int = 512) -> Iterator[int]:
    """Yield larger and larger numbers."""
    while True:
        yield windowsize
        if windowsize < sizelimit:
            windowsize *= 2


def intrev(ctx: Any) -> int:
    """Return a changeset's number, that of the working directory too."""
    rev = ctx.rev()
    return wdirrev if rev is None else rev


def binnode(ctx: Any) -> bytes:
    """Return a changeset's node, that of the working directory too."""
    node = ctx.node()
    return b"\xff" * 20 if node is None else node


def formatchangeid(ctx: Any) -> bytes:
    """Return number and id of a changeset."""
    return formatrevnode(ctx.repo().ui, intrev(ctx), binnode(ctx))


def formatrevnode(ui: Any, rev: int, node: bytes) -> bytes:
    """Return number and id."""
    return b"%d:%s" % (rev, hex(node) if ui.debugflag else short(node))


def meaningfulparents(repo: Any, ctx: Any) -> list[Any]:
    """Return the parents, none when there is just the one before."""
    parents = ctx.parents()
    if len(parents) > 1:
        return parents
    if repo.ui.debugflag:
        return [parents[0], repo[nullrev]]
    if parents[0].rev() >= intrev(ctx) - 1:
        return []
    return parents


def unhidehashlikerevs(repo: Any, specs: Any, hiddentype: Any) -> Any:
    """Return the repository."""
    return repo


def nodesummaries(repo: Any, nodes: Any, maxnumnodes: int = 4) -> bytes:
    """Return short ids, with a count of those left out."""
    nodes = list(nodes)
    if len(nodes) <= maxnumnodes or repo.ui.verbose:
        return b" ".join(short(node) for node in nodes)
    first = b" ".join(short(node) for node in nodes[:maxnumnodes])
    return _(b"%s and %d others") % (first, len(nodes) - maxnumnodes)


def checknewlabel(repo: Any, lbl: bytes, kind: bytes) -> None:
    """Refuse names that cannot be used for branches, bookmarks and tags.

    Raises:
        error.InputError: It cannot be used.
    """
    if lbl in (b"tip", b".", b"null"):
        raise error.InputError(_(b"the name '%s' is reserved") % lbl)
    for char in (b":", b"\0", b"\n", b"\r"):
        if char in lbl:
            shown = pycompat.bytestr(repr(pycompat.bytestr(char)))
            raise error.InputError(_(b"%s cannot be used in a name") % shown)
    try:
        int(lbl)
    except ValueError:
        pass
    else:
        raise error.InputError(_(b"cannot use an integer as a name"))
    if lbl.strip() != lbl:
        raise error.InputError(_(b"leading or trailing whitespace in name %r") % lbl)


# -- files


def expandpats(pats: Iterable[bytes]) -> list[bytes]:
    """Return the patterns."""
    return list(pats)


def matchandpats(
    ctx: Any,
    pats: Any = (),
    opts: Any = None,
    globbed: bool = False,
    default: bytes = b"relpath",
    badfn: Any = None,
) -> tuple[Any, Any]:
    """Return the matcher of a command's patterns, and the patterns."""
    opts = pycompat.byteskwargs(opts or {})
    if badfn is None:
        repo = ctx.repo()
        show = getuipathfn(repo, legacyrelativevalue=True)

        def badfn(path: bytes, problem: bytes) -> None:
            repo.ui.warn(b"%s: %s\n" % (show(path), problem))

    matcher = ctx.match(
        list(pats),
        opts.get(b"include") or [],
        opts.get(b"exclude") or [],
        default,
        badfn=badfn,
    )
    return matcher, ([] if matcher.always() else pats)


def match(
    ctx: Any,
    pats: Any = (),
    opts: Any = None,
    globbed: bool = False,
    default: bytes = b"relpath",
    badfn: Any = None,
) -> Any:
    """Return the matcher of a command's patterns."""
    return matchandpats(ctx, pats, opts, globbed, default, badfn=badfn)[0]


def matchall(repo: Any) -> Any:
    """Return the matcher of all files."""
    from mercurial import match as matchmod  # late: few extensions need it

    return matchmod.always()


def matchfiles(repo: Any, files: Any, badfn: Any = None) -> Any:
    """Return the matcher of these files."""
    from mercurial import match as matchmod  # late: few extensions need it

    return matchmod.exact(files, badfn=badfn)


def getuipathfn(
    repo: Any, legacyrelativevalue: bool = False, forcerelativevalue: Any = None
) -> Callable[[bytes], bytes]:
    """Return the function that shows paths."""
    relative = forcerelativevalue
    if relative is None:
        configured = repo.ui.config(b"ui", b"relative-paths")
        relative = legacyrelativevalue
        if configured not in (None, b"legacy"):
            relative = repo.ui.configbool(b"ui", b"relative-paths")
    if not relative:
        return lambda f: f
    cwd = repo.getcwd()
    from mercurial import util  # late: few commands need it

    return lambda f: util.pathto(repo.root, cwd, f)


def subdiruipathfn(
    subpath: bytes, uipathfn: Callable[[bytes], bytes]
) -> Callable[[bytes], bytes]:
    """Return the function that shows paths of a directory."""
    return lambda f: uipathfn(os.path.join(subpath, f))


def anypats(pats: Any, opts: Any) -> bool:
    """Return whether there are patterns."""
    opts = pycompat.byteskwargs(opts or {})
    return bool(pats or opts.get(b"include") or opts.get(b"exclude"))


def addremove(
    repo: Any,
    matcher: Any,
    prefix: bytes,
    uipathfn: Any,
    opts: Any = None,
    open_tr: Any = None,
) -> int:
    """Add unknown files and forget missing ones."""
    from mercurial import commands  # late: it uses us

    run: Any = commands.addremove
    return (
        run(
            repo.ui,
            repo,
            *[b"path:" + f for f in matcher.files()],
            **pycompat.strkwargs(opts or {}),
        )
        or 0
    )


def marktouched(repo: Any, files: Any, similarity: float = 0.0) -> bool:
    """Record that files may have come or gone."""
    for f in files:
        if repo.wvfs.lexists(f):
            repo[None].add([f])
        else:
            repo[None].forget([f])
    return False


def dirstatecopy(
    ui: Any,
    repo: Any,
    wctx: Any,
    src: bytes,
    dst: bytes,
    dryrun: bool = False,
    cwd: Any = None,
) -> None:
    """Record that a file is a copy."""
    if not dryrun:
        wctx.copy(src, dst)


def filteredhash(repo: Any, maxrev: int, *_args: Any) -> bytes | None:
    """Return a digest of what is hidden, nothing where nothing is."""
    return None


def backuppath(ui: Any, repo: Any, filepath: bytes) -> bytes:
    """Return where the old version of a file is kept."""
    origvfs = getorigvfs(ui, repo)
    return (
        repo.wjoin(filepath + b".orig") if origvfs is None else origvfs.join(filepath)
    )


def getorigvfs(ui: Any, repo: Any) -> Any:
    """Return the directory of old versions, if one is configured."""
    from mercurial import vfs  # late: few commands need it

    path = ui.config(b"ui", b"origbackuppath")
    return vfs.vfs(repo.wvfs.join(path)) if path else None


def checkportable(ui: Any, f: bytes) -> None:
    """Warn of names that not every system can have."""
    from mercurial import util  # late: few commands need it

    problem = util.checkwinfilename(f)
    if problem:
        ui.warn(_(b"warning: %s: %s\n") % (problem, f))


def checkfilename(f: bytes) -> None:
    """Refuse names that cannot be stored.

    Raises:
        error.InputError: It cannot be stored.
    """
    if b"\r" in f or b"\n" in f:
        raise error.InputError(
            _(b"'\\n' and '\\r' disallowed in filenames: %r") % pycompat.bytestr(f)
        )


def rcpath() -> list[bytes]:
    """Return the configuration files of system and user."""
    named = os.environb.get(b"HGRCPATH")
    return named.split(b":") if named else [os.path.expanduser(b"~/.hgrc")]


# -- errors, hooks, progress


def callcatch(ui: Any, func: Callable[[], Any]) -> Any:
    """Call a function; tell the user about errors and return the exit code for them."""
    try:
        return func()
    except error.Error as problem:
        ui.error(problem.format())
        if ui.configbool(b"ui", b"detailed-exit-code") and problem.detailed_exit_code:
            return problem.detailed_exit_code
        return problem.coarse_exit_code or 255
    except OSError as problem:
        ui.error(_(b"abort: %s\n") % pycompat.bytestr(problem.strerror or problem))
        return 255


def wlocksub(repo: Any, cmd: bytes, *args: Any, **kwargs: Any) -> Any:
    """Run a command while the working directory is locked."""
    with repo.wlock():
        return repo.ui.system(cmd, *args, **kwargs)


def gddeltaconfig(ui: Any) -> bool:
    """Return whether deltas may be against any revision."""
    return True


def registersummarycallback(
    repo: Any, otr: Any, txnname: bytes = b"", as_validator: bool = False
) -> None:
    """Do nothing: native code sums up."""


def writereporequirements(repo: Any, requirements: Any = None) -> None:
    """Write the requirements of a repository."""
    if requirements is not None:
        repo.requirements = requirements
    repo.vfs.write(
        b"requires", b"".join(b"%s\n" % r for r in sorted(repo.requirements))
    )


@contextlib.contextmanager
def _nothing() -> Iterator[None]:
    yield


class progress:  # noqa: N801 -- the name is Mercurial's
    """A progress bar.

    Args:
        ui: The user.
        updatebar: Draws it.
        topic: What goes on.
        unit: What is counted.
        total: How many there are.
    """

    def __init__(
        self,
        ui: Any,
        updatebar: Callable[..., Any],
        topic: bytes,
        unit: bytes = b"",
        total: Any = None,
    ):
        self.ui = ui
        self.pos: int = 0
        self.topic = topic
        self.unit = unit
        self.total = total
        self.debug = ui.configbool(b"progress", b"debug")
        self._updatebar = updatebar

    def __enter__(self) -> progress:
        return self

    def __exit__(self, *_exc: Any) -> None:
        self.complete()

    def update(self, pos: int, item: bytes = b"", total: Any = None) -> None:
        """Show how far it is."""
        if total:
            self.total = total
        self.pos = pos
        self._updatebar(self.topic, self.pos, item, self.unit, self.total)
        if self.debug:
            self._printdebug(item)

    def increment(self, step: int = 1, item: bytes = b"", total: Any = None) -> None:
        """Go on by a step."""
        self.update(self.pos + step, item, total)

    def complete(self) -> None:
        """End it."""
        self.pos = 0
        self.unit = b""
        self.total = None
        self._updatebar(self.topic, None, b"", b"", None)

    def _printdebug(self, item: bytes) -> None:
        unit = b" " + self.unit if self.unit else b""
        item = b" " + item if item else b""
        if self.total:
            pct = 100.0 * self.pos / self.total
            self.ui.debug(
                b"%s:%s %d/%d%s (%4.2f%%)\n"
                % (self.topic, item, self.pos, self.total, unit, pct)
            )
        else:
            self.ui.debug(b"%s:%s %d%s\n" % (self.topic, item, self.pos, unit))


class simplekeyvaluefile:  # noqa: N801 -- the name is Mercurial's
    """A file of lines `key=value`.

    Args:
        vfs: Where it lies.
        path: Its name.
        keys: The keys that it must have.
    """

    firstlinekey = b"__firstline"

    def __init__(self, vfs: Any, path: bytes, keys: Any = None):
        self.vfs = vfs
        self.path = path

    def read(self, firstlinenonkeyval: bool = False) -> dict[bytes, bytes]:
        """Return the items.

        Raises:
            error.CorruptedState: The file makes no sense.
        """
        lines = self.vfs.readlines(self.path)
        found = {}
        if firstlinenonkeyval:
            if not lines:
                raise error.StorageError(_(b"empty simplekeyvalue file"))
            found[self.firstlinekey] = lines.pop(0)[:-1]
        for line in lines:
            if line.strip():
                key, value = line[:-1].split(b"=", 1)
                found[key] = value
        return found

    def write(self, data: dict[bytes, bytes], firstline: bytes | None = None) -> None:
        """Write items."""
        lines = [] if firstline is None else [b"%s\n" % firstline]
        for key, value in data.items():
            if not key[:1].isalpha():
                raise error.ProgrammingError(
                    b"keys must start with a letter in a key-value file"
                )
            if b"\n" in value:
                raise error.ProgrammingError(
                    b"invalid value in a simple key-value file"
                )
            lines.append(b"%s=%s\n" % (key, value))
        with self.vfs(self.path, mode=b"wb", atomictemp=True) as file:
            file.write(b"".join(lines))


class filecacheentry:  # noqa: N801 -- the name is Mercurial's
    """Tells whether a file has changed."""

    def __init__(self, path: bytes, stat: bool = True):
        self.path = path
        self._stat = self._look() if stat else None

    def _look(self) -> Any:
        try:
            found = os.stat(self.path)
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino

    def refresh(self) -> None:
        """Take note of the file as it is."""
        self._stat = self._look()

    def changed(self) -> bool:
        """Return whether it differs, and take note."""
        now = self._look()
        if now == self._stat:
            return False
        self._stat = now
        return True


class filecache:  # noqa: N801 -- the name is Mercurial's
    """Attribute that is computed again when files change."""

    def __init__(self, *paths: bytes):
        self.paths = paths

    def tracked_paths(self, obj: Any) -> list[bytes]:
        """Return the files."""
        return [self.join(obj, path) for path in self.paths]

    def join(self, obj: Any, fname: bytes) -> bytes:
        """Return the path of a file."""
        return obj.vfs.join(fname)

    def __call__(self, func: Callable[[Any], Any]) -> filecache:
        self.func = func
        self.sname = func.__name__
        self.name = self.sname.encode()
        return self

    def __get__(self, obj: Any, type: Any = None) -> Any:
        if obj is None:
            return self
        cache = obj.__dict__.setdefault("_filecache_entries", {})
        entries, value = cache.get(self.sname, (None, None))
        if entries is None or any(entry.changed() for entry in entries):
            entries = [filecacheentry(path) for path in self.tracked_paths(obj)]
            value = self.func(obj)
            cache[self.sname] = (entries, value)
        return value

    def set(self, obj: Any, value: Any) -> None:
        """Give the attribute a value."""
        entries = [filecacheentry(path) for path in self.tracked_paths(obj)]
        obj.__dict__.setdefault("_filecache_entries", {})[self.sname] = (entries, value)


def movedirstate(repo: Any, newctx: Any, match: Any = None) -> None:
    """Put the working directory's parent to a changeset; files stay as they are."""
    with repo.wlock():
        before, dirstate = repo[b"."], repo.dirstate
        status = newctx.status(before, match=match)
        tracked = dict(dirstate.copies())
        with dirstate.changing_parents(repo):
            dirstate.setparents(newctx.node(), nullid)
            _move_entries(dirstate, newctx, status)
            there = newctx.manifest()
            for dest, source in tracked.items():
                if source not in there and source in before:
                    origin = copies.pathcopies(newctx, before).get(source)
                    dirstate.copy(origin, dest)
        dirstate.write(repo.currenttransaction())


def _move_entries(dirstate: Any, newctx: Any, status: Any) -> None:
    """Make the entries of files that differ fit the new parent."""
    for path in status.modified:
        if dirstate.get_entry(path).tracked:
            dirstate.update_file(
                path, p1_tracked=True, wc_tracked=True, possibly_dirty=True
            )
    for path in status.added:
        # The new parent has it: what was not tracked is removed now, what was is changed.
        tracked = dirstate.get_entry(path).tracked
        dirstate.update_file(
            path, p1_tracked=True, wc_tracked=tracked, possibly_dirty=True
        )
    for path in status.removed:
        tracked = dirstate.get_entry(path).tracked
        dirstate.update_file(path, p1_tracked=False, wc_tracked=tracked)


def bookmarkrevs(repo: Any, mark: bytes) -> Any:
    """Return what only a bookmark reaches: no other bookmark and no head does."""
    return repo.revs(
        b"ancestors(bookmark(%s)) - ancestors(head() and not bookmark(%s))"
        b" - ancestors(bookmark() and not bookmark(%s))",
        mark,
        mark,
        mark,
    )
