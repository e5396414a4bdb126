"""Secure connections: which servers to trust.

Public: `wrapsocket`, `validatesocket`; native code makes its own connections.
"""

from __future__ import annotations

import ssl
from typing import Any

from mercurial import error

hassni = True
supportedprotocols = {b"tls1.2", b"tls1.3"}


def wrapsocket(
    sock: Any, keyfile: Any, certfile: Any, ui: Any, serverhostname: Any = None
) -> Any:
    """Return a socket that speaks TLS and trusts `web.cacerts`, or the system's authorities."""
    context = ssl.create_default_context()
    cacerts = ui.config(b"web", b"cacerts")
    if cacerts:
        context.load_verify_locations(cafile=ui.expandpath(cacerts))
    if ui.insecureconnections:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if certfile:
        context.load_cert_chain(certfile, keyfile)
    host = (
        serverhostname.decode("ascii")
        if isinstance(serverhostname, bytes)
        else serverhostname
    )
    return context.wrap_socket(sock, server_hostname=host)


def validatesocket(sock: Any) -> None:
    """Do nothing: certificates were checked when the connection was made."""


def _plainhttp(*_args: Any) -> None:
    raise error.Abort(b"a secure connection is needed")
