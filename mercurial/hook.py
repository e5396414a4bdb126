"""Hooks that are Python functions.

Public: `hook`, `hashook`, `runhooks`.
"""

from __future__ import annotations

import ast
import importlib
import os
import sys
from typing import Any

from mercurial import error, extensions, pycompat
from mercurial.utils import stringutil

_MARK = b"python:"


def _function(ui: Any, name: bytes, action: Any) -> tuple[Any, bytes]:
    """Return the function that an action names, and what it is called."""
    if callable(action):
        where = getattr(action, "__module__", ""), getattr(action, "__name__", "")
        return action, ".".join(where).encode()
    spec = action[len(_MARK) :]
    if b":" in spec:
        path, function = spec.rsplit(b":", 1)
        path = ui.expandpath(path)
        module_name = "hghook_" + name.decode("latin-1").replace(".", "_")
        try:
            module = extensions.loadpath(path, module_name)
        except Exception:
            ui.write(b"loading %s hook failed:\n" % name)
            raise
        found = getattr(module, function.decode("latin-1"))
        return found, b"%s.%s" % (module_name.encode(), function)
    return _named_function(ui, name, spec), spec


def _named_function(ui: Any, name: bytes, spec: bytes) -> Any:
    path = spec.decode("latin-1")
    if "." not in path:
        raise error.HookLoadError(
            b'%s hook is invalid: "%s" not in a module' % (name, spec)
        )
    module_name, _dot, attribute = path.rpartition(".")
    try:
        try:
            module: Any = importlib.import_module(module_name)
        except ImportError:
            module = importlib.import_module("hgext_%s" % module_name)
    except (ImportError, SyntaxError):
        if ui.tracebackflag:
            ui.traceback(sys.exc_info())
        hint = b"run with --traceback for stack trace"
        message = b'%s hook is invalid: import of "%s" failed' % (
            name,
            module_name.encode(),
        )
        raise error.HookLoadError(
            message, hint=None if ui.tracebackflag else hint
        ) from None
    found = getattr(module, attribute, None)
    if found is None:
        raise error.HookLoadError(
            b'%s hook is invalid: "%s" is not defined' % (name, spec)
        )
    if not callable(found):
        raise error.HookLoadError(
            b'%s hook is invalid: "%s" is not callable' % (name, spec)
        )
    return found


def pythonhook(
    ui: Any,
    repo: Any,
    htype: bytes,
    hname: bytes,
    funcname: Any,
    args: dict[str, Any],
    throw: bool,
) -> tuple[bool, bool]:
    """Call a hook; return whether it failed and whether it raised."""
    function, called = _function(ui, hname, funcname)
    ui.note(b"calling hook %s: %s\n" % (hname, called))
    ui.flush()
    try:
        result = function(ui=ui, repo=repo, hooktype=htype, **args)
    except Exception as problem:
        if isinstance(problem, error.Abort):
            ui.warn(b"error: %s hook failed: %s\n" % (hname, problem.message))
        else:
            ui.warn(
                b"error: %s hook raised an exception: %s\n"
                % (hname, stringutil.forcebytestr(problem))
            )
        if throw:
            raise
        if not ui.tracebackflag:
            ui.warn(b"(run with --traceback for stack trace)\n")
        ui.traceback()
        return True, True
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    if result:
        if throw:
            raise error.HookAbort(b"%s hook failed" % hname)
        ui.warn(b"warning: %s hook failed\n" % hname)
    return bool(result), False


def _to_bytes(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("latin-1")
    if isinstance(value, list):
        return [_to_bytes(item) for item in value]
    if isinstance(value, dict):
        return {_to_bytes(key): _to_bytes(item) for key, item in value.items()}
    return value


def _argument(name: str, value: bytes) -> Any:
    """Return the value of an argument as functions get it."""
    if name in ("pats", "opts", "values"):
        try:
            return _to_bytes(ast.literal_eval(value.decode("latin-1")))
        except (SyntaxError, ValueError):
            return value
    if name in ("result", "error"):
        return int(value) if value.lstrip(b"-").isdigit() else None
    if name == "local":
        return value not in (b"", b"0", b"False", b"None") or None
    return value


def run_configured(ui: Any, repo: Any, what: tuple[Any, ...]) -> bool:
    """Run one hook for native code; return whether it failed."""
    kind, name, action, throw, pairs = what
    args = {key: _argument(key, value) for key, value in pairs}
    whole = repo.unfiltered() if repo is not None else None
    objects = getattr(whole, "hookobjects", {})
    args.update((key, objects[key]) for key in args if key in objects)
    if kind.startswith((b"post-", b"pre-", b"fail-")) and args.get("result") == 0:
        args["result"] = args["result"] if kind != b"post-commit" else None
    if kind.startswith((b"pretxn", b"txn")) or "txnid" in args:
        args.setdefault("changes", _changes(repo))
    if repo is not None:
        getattr(repo, "invalidate_from_core", _nothing)()
    return pythonhook(ui, repo, kind, name, ui._objects.find(action), args, throw)[0]


def _nothing() -> None:
    pass


def _changes(repo: Any) -> dict[bytes, Any]:
    """Return what a transaction has changed, as far as it is known."""
    current = getattr(repo, "currenttransaction", _nothing)
    transaction = current() if repo is not None else None
    changes = getattr(transaction, "changes", None)
    if changes is not None:
        return changes
    return {b"origrepolen": 0, b"obsmarkers": set(), b"phases": [], b"bookmarks": {}}


def _names(ui: Any, htype: bytes) -> list[tuple[int, bytes, Any]]:
    found = []
    for at, (name, action) in enumerate(ui.configitems(b"hooks")):
        if name.split(b".")[0] != htype or b":" in name or not action:
            continue
        priority = ui.configint(b"hooks", b"priority.%s" % name, 0) or 0
        found.append((-priority, at, name, action))
    return [(order, name, action) for order, _at, name, action in sorted(found)]


def hashook(ui: Any, htype: bytes) -> bool:
    """Return whether there is a hook of a kind."""
    return bool(_names(ui, htype))


def hook(ui: Any, repo: Any, htype: bytes, throw: bool = False, **args: Any) -> bool:
    """Run all hooks of a kind; return whether one failed."""
    if not ui.callhooks:
        return False
    hooks = [(name, action) for _order, name, action in _names(ui, htype)]
    results = runhooks(ui, repo, htype, hooks, throw=throw, **args)
    return any(failed for failed, _raised in results.values())


def runhooks(
    ui: Any, repo: Any, htype: bytes, hooks: Any, throw: bool = False, **args: Any
) -> dict[bytes, tuple[bool, bool]]:
    """Run hooks; return for each whether it failed and whether it raised."""
    results = {}
    for name, action in hooks:
        if callable(action) or action.startswith(_MARK):
            results[name] = pythonhook(ui, repo, htype, name, action, args, throw)
        else:
            results[name] = (
                _exthook(ui, repo, htype, name, action, args, throw),
                False,
            )
    return results


def _exthook(
    ui: Any,
    repo: Any,
    htype: bytes,
    name: bytes,
    cmd: bytes,
    args: dict[str, Any],
    throw: bool,
) -> bool:
    """Run a hook that is a shell command."""
    env: dict[bytes, Any] = {
        b"HG_HOOKTYPE": htype,
        b"HG_HOOKNAME": name,
        b"HGPLAIN": b"1",
    }
    transaction = repo.currenttransaction() if repo is not None else None
    if transaction is not None and transaction.writepending():
        env[b"HG_PENDING"] = repo.root
    for key, value in args.items():
        shown = value() if callable(value) else value
        if isinstance(shown, (dict, list)):
            shown = stringutil.pprint(shown)
        env[b"HG_" + key.upper().encode()] = b"" if shown is None else shown
    ui.note(b"running hook %s: %s\n" % (name, cmd))
    code = ui.system(
        cmd, environ=env, cwd=repo.root if repo is not None else os.getcwdb()
    )
    if code:
        from mercurial.utils import procutil  # late: only failures need it

        text = b"%s hook %s" % (name, procutil.explainexit(code))
        if throw:
            raise error.HookAbort(text)
        ui.warn(b"warning: %s\n" % text)
    return bool(code)


def redirect(state: bool) -> None:
    """Nothing is left to do: what hooks print goes where it belongs."""


bytestr = pycompat.bytestr
