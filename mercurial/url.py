"""Opening addresses: passwords, proxies, certificates.

Public: `passwordmgr`, `opener`, `open`, `httppasswordmgrdbproxy`, `proxyhandler`.
"""

from __future__ import annotations

import base64
import builtins
import urllib.request
from typing import Any

from mercurial import pycompat
from mercurial.i18n import _


class httppasswordmgrdbproxy:  # noqa: N801 -- the name is Mercurial's
    """The passwords of a run; made when the first is needed."""

    def __init__(self) -> None:
        self._mgr: Any = None

    def _get_mgr(self) -> Any:
        if self._mgr is None:
            self._mgr = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        return self._mgr

    def add_password(self, realm: Any, uris: Any, user: Any, passwd: Any) -> None:
        """Remember a password."""
        uris = [uris] if isinstance(uris, (str, bytes)) else uris
        self._get_mgr().add_password(
            pycompat.strurl(realm) if realm else realm,
            [pycompat.strurl(uri) for uri in uris],
            user,
            passwd,
        )

    def find_user_password(self, realm: Any, uri: Any) -> Any:
        """Return user and password of an address."""
        realm = pycompat.strurl(realm) if realm else realm
        return self._get_mgr().find_user_password(realm, pycompat.strurl(uri))


class passwordmgr:  # noqa: N801 -- the name is Mercurial's
    """Finds passwords: those of this run, `[auth]`, the user.

    Args:
        ui: The user.
        passwddb: The passwords of this run.
    """

    def __init__(self, ui: Any, passwddb: Any):
        self.ui = ui
        self.passwddb = passwddb

    def add_password(self, realm: Any, uri: Any, user: Any, passwd: Any) -> None:
        """Remember a password."""
        self.passwddb.add_password(realm, uri, user, passwd)

    def find_user_password(self, realm: Any, authuri: Any) -> Any:
        """Return user and password of an address; ask when they are unknown."""
        from mercurial import httpconnection  # late: it uses us

        user, passwd = self.passwddb.find_user_password(realm, authuri)
        if user and passwd:
            return user, passwd
        address = pycompat.bytesurl(authuri)
        found = httpconnection.readauthforuri(
            self.ui, address, pycompat.bytesurl(user) if user else None
        )
        if found:
            group, auth = found
            user, passwd = auth.get(b"username"), auth.get(b"password")
            self.ui.debug(b"using auth.%s.* for authentication\n" % group)
        if not user or not passwd:
            user, passwd = self._ask(realm, address, user)
        user, passwd = pycompat.strurl(user), pycompat.strurl(passwd)
        self.passwddb.add_password(realm, authuri, user, passwd)
        self._writedebug(user, passwd)
        return user, passwd

    def _writedebug(self, user: Any, passwd: Any) -> None:
        hidden = b"*" * len(passwd) if passwd else b"not set"
        self.ui.debug(
            _(b"http auth: user %s, password %s\n") % (pycompat.bytesurl(user), hidden)
        )

    def _ask(self, realm: Any, address: bytes, user: Any) -> tuple[Any, Any]:
        from mercurial import error  # late: only questions need it
        from mercurial.utils import urlutil

        if not self.ui.interactive():
            raise error.Abort(_(b"http authorization required"))
        shown = urlutil.url(address)
        shown.query = None
        self.ui.write(
            _(b"http authorization required for %s\n")
            % urlutil.hidepassword(bytes(shown))
        )
        self.ui.write(_(b"realm: %s\n") % pycompat.bytesurl(realm))
        if user:
            self.ui.write(_(b"user: %s\n") % pycompat.bytesurl(user))
        else:
            user = self.ui.prompt(_(b"user:"), default=None)
        return user, self.ui.getpass()

    def find_stored_password(self, authuri: Any) -> Any:
        """Return user and password that are known."""
        return self.passwddb.find_user_password(None, authuri)


class _NativeStrings:
    """A manager whose answers are native strings, which the standard library can use.

    Args:
        manager: The manager.
    """

    def __init__(self, manager: Any):
        self._manager = manager
        self.add_password = manager.add_password

    def find_user_password(self, realm: Any, authuri: Any) -> Any:
        """Return user and password of an address."""
        found = self._manager.find_user_password(realm, authuri)
        return tuple(pycompat.strurl(part) if part else part for part in found)


class proxyhandler(urllib.request.ProxyHandler):  # noqa: N801 -- the name is Mercurial's
    """Goes through the proxy of `[http_proxy]`."""

    def __init__(self, ui: Any):
        host = ui.config(b"http_proxy", b"host") or ui.environ.get(b"http_proxy")
        self.ui = ui
        proxies = {}
        if host:
            if not host.startswith((b"http:", b"https:")):
                host = b"http://" + host + b"/"
            proxies = {"http": host.decode("latin-1"), "https": host.decode("latin-1")}
        super().__init__(proxies)


class cookiehandler(urllib.request.BaseHandler):  # noqa: N801 -- the name is Mercurial's
    """Sends the cookies of a file."""

    def __init__(self, ui: Any):
        self.ui = ui


class httpbasicauthhandler(urllib.request.HTTPBasicAuthHandler):  # noqa: N801 -- the name is Mercurial's
    """Says who we are; managers of extensions give bytes."""

    def retry_http_basic_auth(self, host: Any, req: Any, realm: Any) -> Any:
        """Ask again with user and password, unless that is what was refused."""
        user, passwd = self.passwd.find_user_password(realm, host)
        if passwd is None:
            return None
        pair = b"%s:%s" % (pycompat.bytesurl(user or b""), pycompat.bytesurl(passwd))
        header = "Basic " + base64.b64encode(pair).decode("ascii")
        if req.get_header(self.auth_header, None) == header:
            return None
        req.add_unredirected_header(self.auth_header, header)
        return self.parent.open(req, timeout=req.timeout)


class httpdigestauthhandler(urllib.request.HTTPDigestAuthHandler):  # noqa: N801 -- the name is Mercurial's
    """Proves who we are without sending the password."""


class httphandler(urllib.request.HTTPHandler):  # noqa: N801 -- the name is Mercurial's
    """Opens `http` addresses."""


class httpsconnection:  # noqa: N801 -- patched by extensions
    """Stands for connections of native code."""


handlerfuncs: list[Any] = []


def opener(ui: Any, authinfo: Any = None, *_args: Any, **_options: Any) -> Any:
    """Return an opener that knows the user's passwords and proxy."""
    passwords = ui.httppasswordmgrdb
    if authinfo is not None:
        realm, uris, user, passwd = authinfo
        passwords.add_password(realm, uris, user, passwd)
    manager = passwordmgr(ui, passwords)
    handlers: list[Any] = [
        proxyhandler(ui),
        httpbasicauthhandler(manager),  # type: ignore[arg-type]
        httpdigestauthhandler(_NativeStrings(manager)),  # type: ignore[arg-type]
    ]
    handlers.extend(function(ui, manager) for function in handlerfuncs)
    made = urllib.request.build_opener(*handlers)
    made.addheaders = [("User-agent", "mercurial/proto-1.0 (Mercurial 7.2.4)")]
    return made


def open(ui: Any, url_: bytes, data: Any = None, sendaccept: bool = True) -> Any:
    """Open an address or a path."""
    from mercurial.utils import urlutil  # late: used only here

    parsed = urlutil.url(url_)
    if parsed.islocal():
        return builtins.open(parsed.localpath(), "rb")
    address, auth = parsed.authinfo()
    return opener(ui, auth).open(pycompat.strurl(address), data)


def wrapresponse(resp: Any) -> Any:
    """Return the response."""
    return resp
