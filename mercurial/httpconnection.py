"""`[auth]`: who we are at which server.

Public: `readauthforuri`.
"""

from __future__ import annotations

from typing import Any

from mercurial.utils import urlutil


def _groups(ui: Any) -> dict[bytes, dict[bytes, bytes]]:
    groups: dict[bytes, dict[bytes, bytes]] = {}
    for key, value in ui.configitems(b"auth"):
        if b"." not in key:
            ui.warn(b"ignoring invalid [auth] key '%s'\n" % key)
            continue
        group, setting = key.rsplit(b".", 1)
        if setting in (b"username", b"cert", b"key"):
            value = ui._handle.expand_path(value)
        groups.setdefault(group, {})[setting] = value
    return groups


def readauthforuri(
    ui: Any, uri: bytes, user: bytes | None
) -> tuple[bytes, dict[bytes, bytes]] | None:
    """Return name and items of the group in `[auth]` that fits an address best."""
    address = urlutil.url(uri)
    address.user = None
    uri = bytes(address)
    scheme, _sep, hostpath = uri.partition(b"://")
    best: tuple[bytes, dict[bytes, bytes]] | None = None
    best_length, best_user = 0, None
    for group, auth in _groups(ui).items():
        if user and user != auth.get(b"username", user):
            continue
        prefix = auth.get(b"prefix")
        if not prefix:
            continue
        prefix_url = urlutil.url(prefix)
        if prefix_url.user and prefix_url.user != user:
            continue
        if b"://" in prefix:
            schemes, _sep, rest = prefix.partition(b"://")
            allowed = [schemes]
        else:
            allowed, rest = (auth.get(b"schemes") or b"https").split(), prefix
        fits = rest == b"*" or hostpath.startswith(rest)
        better = len(rest) > best_length or (
            len(rest) == best_length and not best_user and b"username" in auth
        )
        if fits and better and scheme in allowed:
            best_length, best = len(rest), (group, auth)
            best_user = auth.get(b"username")
            if user and not best_user:
                auth[b"username"] = user
    return best
