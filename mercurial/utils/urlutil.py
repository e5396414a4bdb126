"""Addresses of repositories, and the locations of `[paths]`.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import os
import re
from typing import Any, Iterator

from mercurial import error, pycompat
from mercurial.i18n import _

_quote_safe = b"!~*'()+"
_path_safe = b"/" + _quote_safe + b":\\"


def _quote(text: bytes, safe: bytes) -> bytes:
    from mercurial import util  # late: it uses us

    return util.urlreq.quote(text, safe)


def _unquote(text: bytes) -> bytes:
    from mercurial import util  # late: it uses us

    return util.urlreq.unquote(text)


class url:  # noqa: N801 -- the name is Mercurial's
    """An address taken apart.

    Args:
        path: The address.
        parsequery: Whether what follows `?` is a query.
        parsefragment: Whether what follows `#` is a fragment.
    """

    def __init__(
        self, path: bytes, parsequery: bool = True, parsefragment: bool = True
    ):
        self.scheme: bytes | None = None
        self.user: bytes | None = None
        self.passwd: bytes | None = None
        self.host: bytes | None = None
        self.port: bytes | None = None
        self.path: bytes | None = None
        self.query: bytes | None = None
        self.fragment: bytes | None = None
        self._localpath = True
        self._hostport = b""
        self._origpath = path
        if parsefragment and b"#" in path:
            path, self.fragment = path.split(b"#", 1)
        if path.startswith(b"\\\\"):
            self.path = path
            return
        if re.match(rb"[a-zA-Z]:[/\\]", path) and os.name == "nt":
            self.path = path
            return
        match = re.match(rb"^[a-zA-Z0-9+.\-]+:", path)
        if not match:
            self.path = path
            return
        scheme = path[: match.end() - 1]
        rest = path[match.end() :]
        if scheme == b"bundle" and not rest.startswith(b"//"):
            self.scheme, self.path = scheme, rest
            return
        if not rest.startswith(b"//") and scheme not in (b"file",):
            self.path = path
            return
        self.scheme = scheme
        self._localpath = scheme in (b"file", b"bundle")
        self._parse(rest, parsequery)

    def _parse(self, rest: bytes, parsequery: bool) -> None:
        if not rest.startswith(b"//"):
            self.path = _unquote(rest) or None
            return
        rest = rest[2:]
        host, slash, path = rest.partition(b"/")
        if self.scheme == b"bundle":
            self.path = _unquote(rest)
            return
        if self.scheme == b"file":
            self.host = host or None
            if self.host in (b"localhost", b"127.0.0.1", b"[::1]"):
                self.host = None
            if self.host is not None:
                raise error.Abort(_(b"file:// URLs can only refer to localhost"))
            self.path = _unquote(slash + path)
            return
        if parsequery and b"?" in path:
            path, self.query = path.split(b"?", 1)
            self.query = self.query or None
        if b"@" in host:
            user, host = host.rsplit(b"@", 1)
            if b":" in user:
                user, password = user.split(b":", 1)
                self.passwd = _unquote(password)
            self.user = _unquote(user)
        port = re.search(rb":(\d+)$", host)
        if port and not (host.startswith(b"[") and host.endswith(b"]")):
            self.port = port.group(1)
            host = host[: port.start()]
        self.host = _unquote(host) or None
        self._hostport = host
        self.path = _unquote(path) if slash and path else None

    def copy(self) -> url:
        """Return a copy."""
        made = url(b"temporary path")
        made.__dict__.update(self.__dict__)
        return made

    def __repr__(self) -> str:
        shown = [
            f"{name}: {getattr(self, name)!r}"
            for name in (
                "scheme",
                "user",
                "passwd",
                "host",
                "port",
                "path",
                "query",
                "fragment",
            )
            if getattr(self, name) is not None
        ]
        return f"<url {', '.join(shown)}>"

    def __bytes__(self) -> bytes:
        if self._localpath and self.scheme is None:
            text = self.path or b""
            return text + (b"#" + self.fragment if self.fragment else b"")
        if self.scheme == b"bundle":
            text = b"bundle:" + (self.path or b"")
            return text + (b"#" + self.fragment if self.fragment else b"")
        text = (self.scheme or b"") + b":"
        if (
            self.user
            or self.passwd
            or self.host
            or (self.scheme and (not self.path or self.path.startswith(b"/")))
        ):
            text += b"//"
        if self.user:
            text += _quote(self.user, _quote_safe)
        if self.passwd:
            text += b":" + _quote(self.passwd, _quote_safe)
        if self.user or self.passwd:
            text += b"@"
        if self.host:
            bracketed = self.host.startswith(b"[") and self.host.endswith(b"]")
            text += self.host if bracketed else _quote(self.host, b"")
        if self.port:
            text += b":" + _quote(self.port, b"")
        if self.host:
            text += b"/"
        if self.path:
            text += _quote(self.path, _path_safe)
        if self.query:
            text += b"?" + _quote(self.query, _path_safe + b"=&")
        if self.fragment is not None:
            text += b"#" + _quote(self.fragment, _path_safe)
        return text

    def __str__(self) -> str:
        return bytes(self).decode("latin-1")

    def authinfo(self) -> tuple[bytes, Any]:
        """Return the address without user, and what authentication takes."""
        user, passwd = self.user, self.passwd
        try:
            self.user = self.passwd = None
            text = bytes(self)
        finally:
            self.user, self.passwd = user, passwd
        if not user:
            return text, None
        host = self.host.decode("latin-1") if self.host else None
        return text, (
            None,
            (text.decode("latin-1"), host),
            user.decode("latin-1"),
            (passwd or b"").decode("latin-1"),
        )

    def isabs(self) -> bool:
        """Return whether it does not depend on a directory."""
        if self.scheme and self.scheme != b"file":
            return True
        return bool(self.path and self.path.startswith(b"/"))

    def localpath(self) -> bytes:
        """Return the path of a local address."""
        if self.scheme in (b"file", b"bundle"):
            return self.path or b"/"
        return self._origpath

    def islocal(self) -> bool:
        """Return whether it is a path on this machine."""
        return not self.scheme or self.scheme in (b"file", b"bundle")


def hasscheme(path: bytes) -> bool:
    """Return whether an address has a scheme."""
    return bool(url(path).scheme)


def hasdriveletter(path: bytes) -> bool:
    """Return whether a path starts with a drive."""
    return bool(path) and path[1:2] == b":" and path[0:1].isalpha()


def urllocalpath(path: bytes) -> bytes:
    """Return the path of a local address, without looking for query and fragment."""
    return url(path, parsequery=False, parsefragment=False).localpath()


def checksafessh(path: bytes) -> None:
    """Refuse what would be an option for `ssh`.

    Raises:
        error.Abort: It would.
    """
    path = _unquote(path)
    if path.startswith((b"ssh://-", b"svn+ssh://-")):
        raise error.Abort(_(b"potentially unsafe url: %r") % (pycompat.bytestr(path),))


def hidepassword(u: bytes) -> bytes:
    """Return an address with stars for its password."""
    parsed = url(u)
    if parsed.passwd:
        parsed.passwd = b"***"
    return bytes(parsed)


def removeauth(u: bytes) -> bytes:
    """Return an address without user and password."""
    parsed = url(u)
    parsed.user = parsed.passwd = None
    return bytes(parsed)


def parseurl(
    path: bytes, branches: Any = None
) -> tuple[bytes, tuple[Any, list[bytes]]]:
    """Return the address, and the branches that its fragment and the caller name."""
    parsed = url(path)
    branch = None
    if parsed.fragment:
        branch = parsed.fragment
        parsed.fragment = None
    return bytes(parsed), (branch, list(branches or []))


def isfile_or_dir(path: bytes) -> bool:
    """Return whether a path exists."""
    return os.path.exists(path)


class path:  # noqa: N801 -- the name is Mercurial's
    """A location of `[paths]`.

    Args:
        ui: The user.
        name: Its name there.
        rawloc: The address.
        suboptions: What `name:option` items say.
    """

    def __init__(
        self,
        ui: Any = None,
        name: bytes | None = None,
        rawloc: bytes | None = None,
        suboptions: dict[bytes, bytes] | None = None,
        validate_path: bool = True,
        **_options: Any,
    ):
        self.name = name
        self.rawloc = rawloc or b""
        self._all_sub_opts = dict(suboptions or {})
        parsed = url(self.rawloc)
        self.branch = parsed.fragment
        parsed.fragment = None
        self.url = parsed
        self.raw_url = url(self.rawloc)
        self.loc = bytes(parsed)
        self.main_path = self
        self.is_push_variant = False
        self.pushloc = self._all_sub_opts.get(b"pushurl")
        self.pushrev = self._all_sub_opts.get(b"pushrev")
        self.bookmarks_mode = self._all_sub_opts.get(b"bookmarks.mode")

    def get_push_variant(self) -> path:
        """Return where pushes go."""
        if not self.pushloc:
            return self
        made = path(name=self.name, rawloc=self.pushloc, suboptions=self._all_sub_opts)
        made.main_path = self
        made.is_push_variant = True
        return made

    @property
    def suboptions(self) -> dict[bytes, bytes]:
        """The further options."""
        return dict(self._all_sub_opts)


class paths(dict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """All locations of `[paths]`, by name.

    Args:
        ui: The user.
    """

    def __init__(self, ui: Any):
        super().__init__()
        for name, _value in ui.configitems(b"paths", ignoresub=True):
            location, sub = ui.configsuboptions(b"paths", name)
            if not location:
                continue
            location = ui._handle.expand_path(location)
            source = ui.configsource(b"paths", name)
            parsed = url(location)
            if (
                parsed.islocal()
                and not os.path.isabs(parsed.localpath())
                and b":" in source
            ):
                base = os.path.dirname(source.rsplit(b":", 1)[0])
                if os.path.basename(base) == b".hg":
                    base = os.path.dirname(base)
                location = os.path.normpath(os.path.join(base, location))
            self[name] = [path(ui, name, location, sub)]

    def getpath(self, ui: Any, name: Any, default: Any = ()) -> path | None:
        """Return the location of a name, or of an address."""
        if name is None:
            for candidate in (
                default if isinstance(default, (tuple, list)) else (default,)
            ):
                if candidate in self:
                    return self[candidate][0]
            return None
        if name in self:
            return self[name][0]
        return try_path(ui, name)


def try_path(ui: Any, name: bytes) -> path:
    """Return the location that an address names.

    Raises:
        error.RepoError: It names none.
    """
    expanded = ui._handle.expand_path(name)
    parsed = url(expanded)
    if parsed.islocal() and not os.path.exists(parsed.localpath()):
        raise error.RepoError(_(b"repository %s does not exist") % name)
    return path(ui, None, expanded)


def list_paths(ui: Any, target_path: bytes | None = None) -> list[tuple[bytes, path]]:
    """Return names and locations, sorted."""
    found = [(name, each) for name, group in sorted(ui.paths.items()) for each in group]
    if target_path is not None:
        return [(name, each) for name, each in found if name == target_path]
    return found


def get_push_paths(repo: Any, ui: Any, dests: Any) -> Iterator[path]:
    """Yield where pushes go."""
    for dest in dests or [None]:
        found = ui.paths.getpath(ui, dest, default=(b"default-push", b"default"))
        if found is None:
            raise error.ConfigError(
                _(b"default repository not configured!"),
                hint=_(b"see 'hg help config.paths'"),
            )
        yield found.get_push_variant()


def get_pull_paths(repo: Any, ui: Any, sources: Any) -> Iterator[path]:
    """Yield where pulls come from."""
    for source in sources or [b"default"]:
        found = ui.paths.getpath(ui, source)
        if found is not None:
            yield found


def get_unique_pull_path_obj(
    action: bytes, ui: Any, source: bytes | None = None
) -> path:
    """Return where a pull comes from."""
    name = b"default" if source is None else source
    if name in ui.paths:
        return ui.paths[name][0]
    return path(ui, None, ui._handle.expand_path(name))


def get_unique_pull_path(
    action: bytes,
    repo: Any,
    ui: Any,
    source: bytes | None = None,
    default_branches: Any = (),
) -> tuple[bytes, Any]:
    """Return the address where a pull comes from, and its branches."""
    found = get_unique_pull_path_obj(action, ui, source)
    return parseurl(found.rawloc, default_branches)


def get_unique_push_path(
    action: bytes, repo: Any, ui: Any, dest: bytes | None = None
) -> path:
    """Return where a push goes."""
    return next(get_push_paths(repo, ui, [dest] if dest else None))


def get_clone_path_obj(ui: Any, source: bytes) -> path:
    """Return where a clone comes from."""
    return get_unique_pull_path_obj(b"clone", ui, source)


def get_clone_path(
    ui: Any, source: bytes, default_branches: Any = None
) -> tuple[bytes, bytes, Any]:
    """Return the address where a clone comes from, as given and as it is, and its branches."""
    found = get_clone_path_obj(ui, source)
    return (found.rawloc, *parseurl(found.rawloc, default_branches))
