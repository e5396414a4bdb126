"""Functions of the extension API that native code has taken the place of.

Extensions import, wrap and subclass names whose work is done natively here.  These names exist,
so that an extension loads; wrapping one is told to the user (`mercurial.seams`), and calling one
ends in an `abort:` that names it.  The tables hold names and nothing of what the functions do.

Public: `install`, `is_absent`.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any, Sequence

# Predicates of revsets without arguments, and what is asked natively for them.
_PREDICATES = {
    "_notpublic": b"not public()",
    "contentdivergent": b"contentdivergent()",
    "draft": b"draft()",
    "extinct": b"extinct()",
    "head": b"head()",
    "hidden": b"hidden()",
    "obsolete": b"obsolete()",
    "orphan": b"orphan()",
    "phasedivergent": b"phasedivergent()",
    "public": b"public()",
    "secret": b"secret()",
    "unstable": b"orphan() or phasedivergent() or contentdivergent()",
}

# By module: functions; a method is `Class.method`.
_FUNCTIONS = {
    "ancestor": "ancestors",
    "branchmap": "revbranchcache._branchinfo BranchMapCache.updatecache",
    "bundle2": "_addpartsfromopts addpartrevbranchcache buildobsmarkerspart",
    "bundle2_part_handlers": "handlebookmark handlechangegroup handlecheckbookmarks "
    "handlecheckheads handlecheckphases handlecheckupdatedheads handlelistkeys handleobsmarker "
    "handlephases handlepushkey handlerbc handlereplycaps handlereplychangegroup",
    "bundlerepo": "getremotechanges makebundlerepository",
    "changegroup": "cg1unpacker.apply",
    "cmdutil": "dorecord future_head_change recordfilter tryimportone",
    "destutil": "_destmergebranch desthistedit",
    "discovery": "_headssummary _postprocessobsolete pushingmarkerfor",
    "exchange": "_checkpublish _computeoutgoing _pullbundle2extraprepare _pushb2ctxcheckheads "
    "_pushb2phases _pushdiscoveryobsmarkers listkeys",
    "logcmdutil": "displayrevs",
    "obsolete": "_checkinvalidmarkers _mutablerevs obsstore._addmarkers",
    "obsutil": "_getobsfate",
    "patch": "extract patchrepo",
    "repair": "deleteobsmarkers",
    "revset": "generationssubrel getintrange",
    "revset_predicates": "ancestor ancestors author bookmark branch children descendants extra "
    "heads named parents phase roots successors tag user",
    "simplemerge": "render_merge3 simplemerge",
    "tags": "findglobaltags",
    "templatekw": "showpredecessors showsuccessorssets",
    "utils.procutil": "sshargs",
    "utils.urlutil": "path._isvalidlocalpath",
    "wireprotov1server": "_capabilities branchmap heads",
}

# Decorators of what is not called here.
_DECORATORS = {"utils.urlutil": "pathsuboption"}

_CLASSES = {
    "branchmap": "BranchCacheV2 BranchMapCache",
    "changelog": "_changelogrevision",
    "exchange": "transactionmanager",
    "localrepo": "localcommandexecutor",
    "logcmdutil": "changesetdiffer",
    "simplemerge": "Merge3Text",
    "statichttprepo": "statichttprepository",
    "wireprototypes": "bytesresponse",
    "wireprotov1peer": "RemoteBranchMap",
}

# Tables that extensions fill; nothing native reads them.
_TABLES: dict[str, dict[str, Any]] = {
    "cmdutil": {"extrapreimport": [], "extrapreimportmap": {}},
    "dirstate": {"rustmod": None},
    "patch": {
        "patchheadermap": [
            (b"Date", b"date"),
            (b"Branch", b"branch"),
            (b"Node ID", b"nodeid"),
        ]
    },
    "wireprototypes": {
        "GETBUNDLE_ARGUMENTS": {
            b"heads": b"nodes",
            b"bookmarks": b"boolean",
            b"common": b"nodes",
            b"obsmarkers": b"boolean",
            b"phases": b"boolean",
            b"bundlecaps": b"scsv",
            b"listkeys": b"csv",
            b"cg": b"boolean",
            b"cbattempted": b"boolean",
            b"stream": b"boolean",
            b"includepats": b"csv",
            b"excludepats": b"csv",
        }
    },
}

# Tables of functions, by their keys: how many functions an entry has (0: the function itself).
_STEPS: dict[str, dict[str, tuple[int, list[Any]]]] = {
    "exchange": {
        "getbundle2partsmapping": (
            0,
            [
                b"stream",
                b"changegroup",
                b"bookmarks",
                b"listkeys",
                b"obsmarkers",
                b"phases",
            ],
        ),
        "pushdiscoverymapping": (
            0,
            [b"changeset", b"phase", b"obsmarker", b"bookmarks"],
        ),
    },
    "obsolete": {
        "cachefuncs": (
            0,
            [
                b"obsolete",
                b"orphan",
                b"suspended",
                b"extinct",
                b"phasedivergent",
                b"contentdivergent",
            ],
        ),
        "formats": (2, [0, 1]),
    },
    "pushkey": {
        "_namespaces": (2, [b"namespaces", b"bookmarks", b"phases", b"obsolete"])
    },
    "revset": {
        "relations": (0, [b"g", b"generations"]),
        "subscriptrelations": (0, [b"g", b"generations"]),
    },
}

# What can be asked of a server.
_REMOTE = (
    b"batch",
    b"between",
    b"branchmap",
    b"branches",
    b"capabilities",
    b"changegroup",
    b"clonebundles",
    b"getbundle",
    b"heads",
    b"hello",
    b"known",
    b"listkeys",
    b"lookup",
    b"protocaps",
    b"pushkey",
    b"stream_out",
    b"unbundle",
)

# Names that stand for ours, elsewhere.
_ALIASES = {
    "cmd_impls.update": {
        "show_stats": "hg:_showstats",
        "update": "hg:update",
        "update_totally": "hg:updatetotally",
    },
    "branching.rev_cache": {"revbranchcache": "branchmap:revbranchcache"},
    "bundle2_part_handlers": {"parthandlermapping": "bundle2:parthandlermapping"},
    "copies": {"stringutil": "utils.stringutil:"},
    "dirstate": {"rootcache": "scmutil:filecache"},
    "help": {"gettext": "i18n:gettext"},
    "localrepo": {"localpeer": "peer:localpeer"},
    "main_script.cmd_finder": {"find_cmd": "cmdutil:findcmd"},
    "repo.factory": {"_remoteui": "hg:remoteui"},
    "scmutil": {"bail_if_changed": "cmdutil:bailifchanged"},
    "utils.stringutil": {"parselist": "config:parselist"},
}

# Packages and modules that are nothing but names here.
_MODULES = {
    "branching",
    "branching.rev_cache",
    "bundle2_part_handlers",
    "cmd_impls",
    "cmd_impls.update",
    "main_script",
    "main_script.cmd_finder",
    "repo",
    "repo.factory",
    "revset_predicates",
    "simplemerge",
}


def is_absent(function: Any) -> bool:
    """Return whether calling a function would end in an abort."""
    return getattr(function, "_absent", False)


def _refuse(where: str) -> None:
    from mercurial import error  # late: it comes after us

    raise error.Abort(
        b"%s is not available to extensions: native code does its work" % where.encode()
    )


def _function(where: str) -> Any:
    def absent(*_args: Any, **_kwargs: Any) -> None:
        _refuse(where)

    absent.__name__ = absent.__qualname__ = where.rsplit(".", 1)[-1]
    absent.__doc__ = "Not available to extensions: native code does its work."
    absent._absent = True  # type: ignore[attr-defined] # asked for by `is_absent`
    # What a remote call that can be sent with others has.
    absent.batchable = absent  # type: ignore[attr-defined] # as upstream's
    return absent


def _predicate(spec: bytes) -> Any:
    def predicate(repo: Any, subset: Any, _tree: Any, *_order: Any) -> Any:
        return subset & repo.revs(spec)

    return predicate


def _class(where: str) -> type:
    def __init__(self: Any, *_args: Any, **_kwargs: Any) -> None:
        _refuse(where)

    return type(where.rsplit(".", 1)[-1], (), {"__init__": __init__, "_absent": True})


def _find(short: str, name: str) -> Any:
    """Return what a module is asked for, or raise `AttributeError`."""
    where = f"mercurial.{short}.{name}"
    alias = _ALIASES.get(short, {}).get(name)
    if alias is not None:
        module, _, attribute = alias.partition(":")
        found = importlib.import_module(f"mercurial.{module}")
        return getattr(found, attribute) if attribute else found
    if name in _TABLES.get(short, {}):
        return _TABLES[short][name]
    if short == "revset_predicates" and name in _PREDICATES:
        return _predicate(_PREDICATES[name])
    if name in _STEPS.get(short, {}):
        count, keys = _STEPS[short][name]
        missing = _function(where)
        return dict.fromkeys(keys, (missing,) * count if count else missing)
    if name in _DECORATORS.get(short, "").split():
        return lambda *_args, **_kwargs: lambda function: function
    if name in _CLASSES.get(short, "").split():
        return _class(where)
    if name in _FUNCTIONS.get(short, "").split():
        return _function(where)
    raise AttributeError(f"module 'mercurial.{short}' has no attribute '{name}'")


def _complete(module: ModuleType, short: str) -> None:
    """Give a module the names that it lacks."""
    own = getattr(module, "__getattr__", None)

    def __getattr__(name: str) -> Any:
        try:
            found = _find(short, name)
        except AttributeError:
            if own is not None:
                return own(name)
            raise
        setattr(module, name, found)
        return found

    module.__getattr__ = __getattr__  # type: ignore[method-assign] # as PEP 562 says
    if short == "wireprotov1server":
        for command in _REMOTE:
            where = f"mercurial.{short}.{command.decode()}"
            module.commands.setdefault(command, (_function(where), b""))
    for name in _FUNCTIONS.get(short, "").split():
        owner, _, method = name.partition(".")
        if method:
            cls = getattr(module, owner, None)
            if isinstance(cls, type) and not hasattr(cls, method):
                setattr(cls, method, _function(f"mercurial.{short}.{name}"))


class _Loader(importlib.abc.Loader):
    """Runs a module, if there is one, and completes it.

    Args:
        short: The name below `mercurial`.
        inner: Whoever loads the module itself.
    """

    def __init__(self, short: str, inner: Any = None):
        self._short = short
        self._inner = inner

    def create_module(self, spec: Any) -> Any:
        return self._inner.create_module(spec) if self._inner else None

    def exec_module(self, module: ModuleType) -> None:
        if self._inner:
            self._inner.exec_module(module)
        _complete(module, self._short)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the modules that lack something."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: Any = None
    ) -> Any:
        package, _, short = fullname.partition(".")
        if package != "mercurial" or short not in _lacking():
            return None
        if short in _MODULES:
            return importlib.machinery.ModuleSpec(
                fullname, _Loader(short), is_package=short.partition(".")[0] == short
            )
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(short, spec.loader)
        return spec


def _lacking() -> set[str]:
    return {*_FUNCTIONS, *_CLASSES, *_TABLES, *_STEPS, *_ALIASES, *_MODULES}


def install() -> None:
    """Complete our modules, now and when they are imported; done once extensions are loaded."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Finder())
    for short in _lacking():
        module = sys.modules.get(f"mercurial.{short}")
        if module is not None:
            _complete(module, short)
