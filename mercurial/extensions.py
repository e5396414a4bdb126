"""Extensions: finding, loading, and wrapping what is there.

Public: `extensions`, `find`, `load`, `loadall`, `populateui`, `afterloaded`, `wrapcommand`,
`wrapfunction`, `wrappedfunction`, `unwrapfunction`, `wrapfilecache`, `getwrapperchain`, `enabled`,
`disabled`, `moduleversion`, `notloaded`.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any, Callable, Iterable, Iterator

from mercurial import error, pycompat
from mercurial.i18n import _

_extensions: dict[bytes, ModuleType | None] = {}
_order: list[bytes] = []
_disabledextensions: dict[bytes, bytes] = {}
_aftercallbacks: dict[bytes, list[Callable[..., Any]]] = {}
_exthelpers: list[Any] = []
_warnedseams: set[str] = set()
_unreached: list[str] | None = None
_setup: list[bytes] = []


def extensions(ui: Any = None) -> Iterator[tuple[bytes, ModuleType]]:
    """Yield name and module of every loaded extension, in loading order."""

    def enabled(name: bytes) -> bool:
        if ui is None:
            return True
        for form in (b"%s", b"hgext.%s"):
            path = ui.config(b"extensions", form % name)
            if path is not None:
                return not path.startswith(b"!")
        return False

    for name in list(_order):
        module = _extensions.get(name)
        if module is not None and enabled(name):
            yield name, module


def find(name: bytes) -> ModuleType:
    """Return the module of a loaded extension.

    Raises:
        KeyError: It is not loaded.
    """
    for known in (name, b"hgext." + name):
        module = _extensions.get(known)
        if module is not None:
            return module
    raise KeyError(name)


def _load_file(path: str, module_name: str) -> ModuleType:
    if os.path.isdir(path):
        path = os.path.join(path, "__init__.py")
    os.stat(path)
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"not a Python file: {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(module_name, None)
        raise
    return module


def loadpath(path: bytes, module_name: str) -> ModuleType:
    """Import an extension from a file or directory."""
    module_name = module_name.replace(".", "_")
    expanded = os.path.expanduser(os.path.expandvars(os.fsdecode(path)))
    return _load_file(expanded, module_name)


def _import_named(name: bytes) -> ModuleType:
    plain = name.decode("latin-1")
    try:
        return _import_below("hgext", plain)
    except ModuleNotFoundError:
        # Each attempt shows in the traceback of the last.
        try:
            return _import_below("hgext3rd", plain)
        except ModuleNotFoundError:
            return importlib.import_module(plain)


class _OfTheExtension(ImportError):
    """A module that an extension needs is missing, not the extension."""


def _import_below(package: str, plain: str) -> ModuleType:
    name = f"{package}.{plain}"
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as problem:
        missing = problem.name or ""
        if name == missing or name.startswith(missing + "."):
            raise
        raise _OfTheExtension(str(problem), name=missing) from problem


def _forbytes(problem: BaseException) -> bytes:
    from mercurial.utils import stringutil  # late: only failures need it

    return stringutil.forcebytestr(problem)


def _reject_unicode(name: str, value: Any) -> None:
    """Refuse native strings where bytes belong."""
    if isinstance(value, (list, tuple, set)):
        for item in value:
            _reject_unicode(name, item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _reject_unicode(name, key)
            shown = pycompat.sysstr(key) if isinstance(key, bytes) else key
            _reject_unicode(f"{name}.{shown}", item)
    elif isinstance(value, str):
        raise error.ProgrammingError(
            b"unicode %s found in %s" % (repr(value).encode(), name.encode()),
            hint=b"use b'' to make it byte string",
        )


def _validate(ui: Any, module: ModuleType) -> None:
    for table in ("cmdtable", "colortable", "configtable"):
        _reject_unicode(table, getattr(module, table, {}))
    for table in (
        "filesetpredicate", "internalmerge", "revsetpredicate", "templatefilter", "templatefunc",
        "templatekeyword",
    ):  # fmt: skip
        registered = getattr(module, table, None)
        if registered is not None:
            _reject_unicode(table, set(getattr(registered, "_table", {})))
    for names, entry in getattr(module, "cmdtable", {}).items():
        missing = [
            attr
            for attr in ("norepo", "optionalrepo", "inferrepo")
            if not hasattr(entry[0], attr)
        ]
        if missing:
            hint = b"use @command decorator to register '%s'" % names
            raise error.ProgrammingError(
                b"missing attributes: %s" % b", ".join(m.encode() for m in missing),
                hint=hint,
            )


def _shortname(name: bytes) -> bytes:
    for prefix in (b"hgext.", b"hgext/"):
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name


def load(
    ui: Any, name: bytes, path: bytes | None, loadingtime: Any = None
) -> ModuleType | None:
    """Import one extension.

    Args:
        ui: The user, told when it is too old.
        name: The name in `[extensions]`.
        path: The file or directory, or empty to import by name.
        loadingtime: Not used.
    """
    short = _shortname(name)
    known = _extensions.get(short)
    if known is not None:
        return known
    if path:
        module = loadpath(path, "hgext.%s" % name.decode("latin-1"))
    elif short != name:
        module = importlib.import_module("hgext.%s" % short.decode("latin-1"))
    else:
        module = _import_named(short)
    minimum = getattr(module, "minimumhgversion", None)
    if minimum:
        from mercurial import util  # late: few extensions say it

        wanted = util.versiontuple(pycompat.bytestr(minimum), 2)
        if tuple(part or 0 for part in wanted) > util.versiontuple(n=2):
            ui.warn(
                _(
                    b"(third party extension %s requires version %s or newer "
                    b"of Mercurial (current: %s); disabling)\n"
                )
                % (short, pycompat.bytestr(minimum), util.version())
            )
            return None
    _validate(ui, module)
    _extensions[short] = module
    _order.append(short)
    for callback in _aftercallbacks.pop(short, []):
        _run_after(ui, short, callback, loaded=True)
    return module


def _report_import_error(
    ui: Any, name: bytes, path: bytes, problem: BaseException
) -> None:
    message = _forbytes(problem)
    required = ui.configbool(b"extensions", name + b":required", False)
    where = b' "%s"' % name + (b" from %s" % path if path else b"")
    if required:
        raise error.Abort(
            b"failed to import extension%s: %s" % (where, message),
            hint=b"loading of this extension was required, "
            b"see `hg help config.extensions` for details",
        )
    ui.warn(b"*** failed to import extension%s: %s\n" % (where, message))
    hint = getattr(problem, "hint", None)
    if hint:
        ui.warn(b"*** (%s)\n" % hint)
    if ui.tracebackflag:
        ui.traceback((type(problem), problem, problem.__traceback__))


def _run_setup(ui: Any, name: bytes, function: str) -> bool:
    hook = getattr(_extensions[name], function, None)
    if hook is None:
        return True
    try:
        hook(ui)
    except Exception as problem:
        ui.traceback((type(problem), problem, problem.__traceback__), force=True)
        ui.warn(b"*** failed to set up extension %s: %s\n" % (name, _forbytes(problem)))
        return False
    return True


def loadall(
    ui: Any, whitelist: Any = None, sources: Iterable[tuple[bytes, bytes]] | None = None
) -> None:
    """Import all enabled extensions and set them up, phase by phase."""
    if sources is None:
        sources = [
            (name, path)
            for name, path in ui.configitems(b"extensions")
            if b":" not in name and not (path or b"").startswith(b"!")
        ]
    before = set(_order)
    sources = list(sources)
    if sources:
        from mercurial import absent  # late: few runs have extensions

        absent.install()
    for name, path in sources:
        if whitelist is not None and name not in whitelist:
            continue
        try:
            load(ui, name, path)
        except Exception as problem:
            _extensions.setdefault(_shortname(name), None)
            _report_import_error(ui, name, path, problem)
    new = [name for name in _order if name not in before]
    for name in list(new):
        _load_tables(ui, name)
    _set_up(ui, new)
    for name in list(_aftercallbacks):
        for callback in _aftercallbacks.pop(name):
            _run_after(ui, name, callback, loaded=False)
    _setup.extend(new)


def _set_up(ui: Any, new: list[bytes]) -> None:
    """Let extensions set themselves up; those that cannot are taken off the list."""
    wrapped: dict[bytes, list[str]] = {name: [] for name in new}
    for phase in ("uisetup", "extsetup"):
        for name in list(new):
            with _collecting(wrapped[name]):
                good = _run_setup(ui, name, phase)
            if not good:
                _extensions[name] = None
                new.remove(name)
    for names in wrapped.values():
        if ui.debugflag:
            for where in names:
                _warn_unreached([where])
        else:
            _warn_unreached(names)


@contextlib.contextmanager
def _collecting(names: list[str]) -> Iterator[None]:
    """Gather what an extension wraps in vain while it sets itself up."""
    global _unreached
    before, _unreached = _unreached, names
    try:
        yield
    finally:
        _unreached = before


def _run_after(
    ui: Any, name: bytes, callback: Callable[..., Any], loaded: bool
) -> None:
    try:
        callback(loaded=loaded)
    except Exception as problem:
        ui.traceback(force=True)
        ui.warn(
            b"*** failed to run afterloaded callback for extension %s: %s\n"
            % (name, _forbytes(problem))
        )


def _load_tables(ui: Any, name: bytes) -> None:
    """Take over the tables that need no set-up to have run."""
    from mercurial import color, configitems  # late: they come after us

    module = _extensions[name]
    configtable = getattr(module, "configtable", None)
    if configtable:
        configitems.loadconfigtable(ui, name, configtable)
    colortable = getattr(module, "colortable", None)
    if colortable:
        color.loadcolortable(ui, name, colortable)


def populateui(ui: Any) -> None:
    """Let extensions add to a `ui`."""
    for name, module in extensions(ui):
        hook = getattr(module, "uipopulate", None)
        if hook is None:
            continue
        try:
            hook(ui)
        except Exception as problem:
            ui.traceback(force=True)
            ui.warn(
                b"*** failed to populate ui by extension %s: %s\n"
                % (name, _forbytes(problem))
            )


def setup_repo(ui: Any, repo: Any) -> Any:
    """Let extensions set up a repository."""
    for _name, module in extensions(ui):
        hook = getattr(module, "reposetup", None)
        if hook is not None:
            hook(ui, repo)
    sync = getattr(repo, "_sync", None)
    if sync is not None:
        sync()
    return repo


def afterloaded(extension: bytes, callback: Callable[..., Any]) -> None:
    """Call `callback(loaded=...)` once it is known whether an extension is loaded."""
    if _extensions.get(extension) is not None:
        callback(loaded=True)
    else:
        _aftercallbacks.setdefault(extension, []).append(callback)


# -- wrapping


def bind(func: Callable[..., Any], *args: Any) -> Callable[..., Any]:
    """Return `func` with its first arguments given."""
    assert callable(func)

    @functools.wraps(func)
    def closure(*more: Any, **kwargs: Any) -> Any:
        return func(*args, *more, **kwargs)

    return closure


def _update_wrapper(wrap: Any, orig: Any, unbound: Any) -> None:
    for attr in ("__module__", "__name__", "__doc__"):
        if hasattr(orig, attr):
            setattr(wrap, attr, getattr(orig, attr))
    wrap.__dict__.update(getattr(orig, "__dict__", {}))
    wrap._origfunc = orig
    wrap._unboundwrapper = unbound


def wrapcommand(
    table: Any,
    command: bytes,
    wrapper: Callable[..., Any],
    synopsis: bytes | None = None,
    docstring: Any = None,
) -> Any:
    """Put `wrapper(orig, ui, repo, *args, **opts)` in front of a command; return its entry."""
    from mercurial import cmdutil  # late: it comes after us

    aliases, entry = cmdutil.findcmd(command, table)
    for key, known in table.items():  # noqa: B007 -- it is used after the loop
        if known is entry or known == entry:
            break
    else:
        key = aliases[0]
    orig = entry[0]
    wrapped = functools.partial(wrapper, _checked(orig))
    _update_wrapper(wrapped, orig, wrapper)
    if docstring is not None:
        doc = docstring.decode("utf-8") if isinstance(docstring, bytes) else docstring
        wrapped.__doc__ = (wrapped.__doc__ or "") + doc
    new = list(entry)
    new[0] = wrapped
    if synopsis is not None:
        new[2:3] = [(entry[2] if len(entry) > 2 else b"") + synopsis]
    table[key] = tuple(new)
    return table[key]


def _checked(function: Callable[..., Any]) -> Callable[..., Any]:
    from mercurial import util  # late: it comes after us

    return util.checksignature(function)


class wrappedfunction:  # noqa: N801 -- the name is Mercurial's
    """Context manager that wraps a function for a while."""

    def __init__(self, container: Any, funcname: Any, wrapper: Callable[..., Any]):
        self._container = container
        self._funcname = pycompat.sysstr(funcname)
        self._wrapper = wrapper

    def __enter__(self) -> None:
        wrapfunction(self._container, self._funcname, self._wrapper)

    def __exit__(self, *_exc: Any) -> None:
        unwrapfunction(self._container, self._funcname, self._wrapper)


def wrapfunction(
    container: Any, funcname: Any, wrapper: Callable[..., Any]
) -> Callable[..., Any]:
    """Put `wrapper(orig, *args, **kwargs)` in front of a function; return the function."""
    assert callable(wrapper)
    name = pycompat.sysstr(funcname)
    orig = getattr(container, name)
    assert callable(orig)
    if isinstance(container, type):
        orig = container.__dict__.get(name, orig)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            return wrapper(orig, *args, **kwargs)

        wrap: Any = wrapped
    else:
        wrap = bind(wrapper, orig)
    _update_wrapper(wrap, orig, wrapper)
    setattr(container, name, wrap)
    _warn_no_seam(container, name)
    return orig


def unwrapfunction(
    container: Any, funcname: Any, wrapper: Callable[..., Any] | None = None
) -> Callable[..., Any]:
    """Take a wrapper away again, the last one or the given one."""
    name = pycompat.sysstr(funcname)
    chain = getwrapperchain(container, name)
    origfn = chain.pop()
    if wrapper is None:
        wrapper = chain[0]
    chain.remove(wrapper)
    setattr(container, name, origfn)
    for w in reversed(chain):
        wrapfunction(container, name, w)
    return wrapper


def getwrapperchain(container: Any, funcname: Any) -> list[Any]:
    """Return the wrappers of a function, the last one first, and then the function."""
    result = []
    fn = getattr(container, pycompat.sysstr(funcname))
    while fn:
        assert callable(fn)
        result.append(getattr(fn, "_unboundwrapper", fn))
        fn = getattr(fn, "_origfunc", None)
    return result


def wrapfilecache(cls: type, propname: Any, wrapper: Callable[..., Any]) -> None:
    """Wrap the function behind a cached attribute of a class."""
    name = pycompat.sysstr(propname)
    for current in cls.__mro__:
        if name in current.__dict__:
            descriptor = current.__dict__[name]
            orig = getattr(descriptor, "func", None) or descriptor.fget

            def wrap(*args: Any, _orig: Any = orig, **kwargs: Any) -> Any:
                return wrapper(_orig, *args, **kwargs)

            if hasattr(descriptor, "func"):
                descriptor.func = wrap
            else:
                setattr(current, name, property(wrap))
            return
    raise AttributeError("type '%s' has no property '%s'" % (cls, name))


def _warn_no_seam(container: Any, name: str) -> None:
    """Say that native code does not go through a patched function."""
    from mercurial import seams  # late: few extensions wrap functions

    where = seams.unreached(container, name)
    if where is None or where in _warnedseams:
        return
    _warnedseams.add(where)
    caller = sys._getframe(2).f_globals.get("__name__", "")
    if caller.startswith(("mercurial.", "hgext.")) and caller not in (
        "mercurial.extensions",
    ):
        return
    if _unreached is not None:
        _unreached.append(where)
        return
    _warn_unreached([where])


def warn_methods(names: list[str]) -> None:
    """Say once that methods of a repository are replaced in vain."""
    new = [name for name in names if name not in _warnedseams]
    _warnedseams.update(new)
    for name in new:
        _warn_unreached([name])


def _warn_unreached(names: list[str]) -> None:
    """Say what is wrapped in vain: one by its name, many by the first and their number."""
    if not names:
        return
    if len(names) == 1:
        text = (
            f"warning: {names[0]} is wrapped by an extension, "
            "but built-in commands do not call it\n"
        )
    else:
        others = "others" if len(names) > 2 else "other"
        text = (
            f"warning: {names[0]} and {len(names) - 1} {others} are wrapped by an extension, "
            "but built-in commands do not call them (--debug lists them)\n"
        )
    sys.stdout.flush()
    sys.stderr.write(text)
    sys.stderr.flush()


# -- what there is


def _doc_of(module: Any) -> str | None:
    import inspect  # late: it takes long to import

    return inspect.getdoc(module)


def _docs_of(path: str) -> bytes:
    import ast  # late: only listings need it

    try:
        with open(path, "rb") as file:
            doc = ast.get_docstring(ast.parse(file.read()))
    except (OSError, SyntaxError):
        doc = None
    return (doc or "").strip().split("\n")[0].encode(
        "utf-8"
    ) or b"(no help text available)"


def _bundled() -> dict[bytes, bytes]:
    import hgext  # late: only listings need it

    found = {}
    for base in hgext.__path__:
        for entry in sorted(os.listdir(base)):
            path = os.path.join(base, entry)
            if entry.endswith(".py") and not entry.startswith("_"):
                found[entry[:-3].encode()] = os.fsencode(path)
            elif os.path.exists(os.path.join(path, "__init__.py")):
                found[entry.encode()] = os.fsencode(os.path.join(path, "__init__.py"))
    return found


def enabled(shortname: bool = True) -> dict[bytes, bytes]:
    """Return names and first lines of help of the loaded extensions."""
    found = {}
    for name, module in extensions():
        doc = _doc_of(module) or "(no help text available)"
        short = name.split(b".")[-1] if shortname else name
        found[short] = doc.splitlines()[0].strip().encode("utf-8")
    return found


def disabled() -> dict[bytes, bytes]:
    """Return names and first lines of help of bundled extensions that are not loaded."""
    return {
        name: _docs_of(os.fsdecode(path))
        for name, path in _bundled().items()
        if _extensions.get(name) is None
    }


def disabled_help(name: bytes) -> bytes | None:
    """Return the help of a bundled extension that is not loaded."""
    path = _bundled().get(name)
    return None if path is None else _docs_of(os.fsdecode(path))


disabledext = disabled_help


def disabledcmd(
    ui: Any, cmd: bytes, strict: bool = False
) -> tuple[bytes, bytes, bytes]:
    """Return command, extension and help of a disabled extension that has a command.

    Raises:
        error.UnknownCommand: None has it.
    """
    from mercurial import rustext  # late: only failures need it

    for names, extension in rustext.command_names():
        if extension and cmd in names.split(b"|"):
            return names.split(b"|")[0], extension, disabled().get(extension, b"")
    raise error.UnknownCommand(cmd)


def notloaded() -> list[bytes]:
    """Return the names of extensions that could not be loaded."""
    return [name for name, module in _extensions.items() if module is None]


def moduleversion(module: Any) -> bytes:
    """Return the version that a module says."""
    if callable(getattr(module, "getversion", None)):
        try:
            version = module.getversion()
        except Exception:
            version = b"unknown"
    else:
        version = getattr(module, "__version__", b"")
    if isinstance(version, (list, tuple)):
        version = b".".join(pycompat.bytestr(part) for part in version)
    elif isinstance(version, str):
        version = version.encode()
    return version or b""


def ismoduleinternal(module: Any) -> bool:
    """Return whether a module is one of the bundled extensions."""
    name = getattr(module, "__name__", "")
    return (
        name.startswith("hgext.")
        or getattr(module, "testedwith", None) == b"ships-with-hg-core"
    )


def loaded_rows() -> list[list[bytes]]:
    """Return what native code lists about extensions."""

    def as_bytes(value: Any) -> bytes:
        return value.encode() if isinstance(value, str) else (value or b"")

    rows = []
    for name, module in extensions():
        doc = _doc_of(module) or ""
        if (module.__doc__ or "").startswith("\n"):
            # Pages show the first line apart, even an empty one.
            doc = "\n" + doc
        file = getattr(module, "__file__", "") or ""
        tested = as_bytes(getattr(module, "testedwith", b""))
        if ismoduleinternal(module):
            tested = b"ships-with-hg-core"
        link = as_bytes(getattr(module, "buglink", b""))
        rows.append(
            [
                name,
                doc.encode("utf-8"),
                moduleversion(module),
                tested,
                link,
                os.fsencode(file),
            ]
        )
    return rows


def format_traceback(problem: BaseException) -> bytes:
    """Return the traceback of an exception."""
    import traceback  # late: only failures need it

    lines = traceback.format_exception(type(problem), problem, problem.__traceback__)
    return "".join(lines).encode("utf-8", "surrogateescape")
