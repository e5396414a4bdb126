"""Templates: what extensions add is called from here.

Public: `engine`, `templater`, `stringify`, `call_plugin`.
"""

from __future__ import annotations

from typing import Any, Callable

from mercurial import rustext, templateutil

unquotestring = lambda s: s[1:-1] if s[:1] in (b"'", b'"') and s[-1:] == s[:1] else s  # noqa: E731 -- the shape is the API's


class _Context:
    """What keywords and functions may ask."""

    def __init__(self, ui: Any, repo: Any, rev: Any, path: Any):
        self._ui = ui
        self._repo = repo
        self._rev = rev
        self._path = path

    def resource(self, mapping: Any, key: bytes) -> Any:
        """Return `repo`, `ctx`, `ui`, `cache`, `fctx`."""
        if key == b"repo":
            return self._repo
        if key == b"ui":
            return self._ui
        if key == b"ctx" and self._repo is not None:
            return self._repo[self._rev]
        if key == b"fctx" and self._path is not None:
            return self._repo[self._rev][self._path]
        if key in (b"cache", b"revcache"):
            return (
                self._repo.__dict__.setdefault("_template_cache", {})
                if self._repo
                else {}
            )
        return None

    def symbol(self, mapping: Any, key: bytes) -> Any:
        """Return a variable or keyword."""
        if key == b"node" and self._rev is not None:
            return self._repo[self._rev].hex()
        if key == b"rev":
            return self._rev
        if key == b"path":
            return self._path
        return mapping.get(key)

    def evalraw(self, mapping: Any, arg: Any) -> Any:
        """Return the value of an argument."""
        return templateutil.evalrawexp(self, mapping, arg)

    def availableresourcekeys(self, mapping: Any) -> set[bytes]:
        """Return what may be asked."""
        return {b"repo", b"ui", b"ctx", b"cache"}


def call_plugin(
    kind: str, function: Callable[..., Any], place: tuple[Any, ...], args: list[Any]
) -> Any:
    """Evaluate a keyword, function or filter that an extension added."""
    if kind == "filter":
        value = args[0]
        if getattr(function, "_intype", None) is bytes:
            value = templateutil.stringify(None, {}, value)
        return function(value)
    context = _Context(*place)
    mapping: dict[bytes, Any] = {}
    if kind == "keyword":
        required = getattr(function, "_requires", None)
        if required and b"ctx" in required and place[2] is None:
            return None
        return function(context, mapping)
    return function(context, mapping, templateutil.arguments(args))


class templater:  # noqa: N801 -- the name is Mercurial's
    """Renders texts with variables."""

    def __init__(
        self,
        filters: Any = None,
        defaults: Any = None,
        resources: Any = None,
        cache: Any = None,
        aliases: Any = (),
        minchunk: int = 1024,
        maxchunk: int = 65536,
    ):
        self.cache = dict(cache or {})
        self._resources = resources
        self._defaults = dict(defaults or {})

    def render(self, t: bytes, mapping: dict[bytes, Any]) -> bytes:
        """Return a template's text."""
        ui = mapping.get(b"ui") or getattr(self._resources, "ui", None)
        from mercurial import ui as uimod  # late: rarely needed

        ui = ui or uimod.ui.load()
        ctx = mapping.get(b"ctx")
        repo = mapping.get(b"repo") or (ctx.repo() if ctx is not None else None)
        props = {
            name: value
            for name, value in {**self._defaults, **mapping}.items()
            if name not in (b"ui", b"ctx", b"repo")
        }
        handle = repo._handle if repo is not None else None
        rev = ctx.rev() if ctx is not None else None
        return rustext.render_template(
            ui._handle, handle, rev, self.cache.get(t, t), props
        )

    def renderdefault(self, mapping: dict[bytes, Any]) -> bytes:
        """Return the text of the template without name."""
        return self.render(b"", mapping)


def stylelist() -> bytes:
    """Return the names of the styles."""
    return b"bisect, changelog, compact, default, phases, show, status, xml"


def try_open_template(*_args: Any) -> Any:
    """Return nothing: native code has the styles."""
    return None


class engine(_Context):  # noqa: N801 -- the name is Mercurial's
    """What keywords and functions may ask."""
