"""Mail: composing, sending.

Public: everything without a leading underscore.
"""

from __future__ import annotations

import email.charset
import email.generator
import email.header
import email.message
import email.mime.text
import email.parser
import io
import os
import smtplib
import socket
import time
from typing import Any, Callable

from mercurial import encoding, error, pycompat
from mercurial.i18n import _
from mercurial.utils import procutil, stringutil


def headencode(ui: Any, s: bytes, charsets: Any = None, display: bool = False) -> str:
    """Return text for a header."""
    if display:
        return encoding.strfromlocal(s)
    text, charset = _encode(ui, s, charsets)
    return str(email.header.Header(text, charset))


def _encode(ui: Any, s: bytes, charsets: Any) -> tuple[bytes, str]:
    if s.isascii():
        return s, "us-ascii"
    try:
        text = encoding.strfromlocal(s)
    except error.Abort:
        # No text of ours: whatever character set can be right is taken.
        return _guessed(s, charsets or _charsets(ui))
    for charset in [*(charsets or _charsets(ui)), "utf-8"]:
        try:
            return text.encode(charset), charset
        except (UnicodeError, LookupError):
            continue
    return s, "us-ascii"


def _guessed(s: bytes, charsets: Any) -> tuple[bytes, str]:
    for charset in ["utf-8", *charsets]:
        try:
            s.decode(charset)
        except (UnicodeError, LookupError):
            continue
        return s, charset
    return s, "us-ascii"


def _charsets(ui: Any, warn: bool = False) -> list[str]:
    found = [
        name.decode("ascii").lower() for name in ui.configlist(b"email", b"charsets")
    ]
    found += [
        encoding.fallbackencoding.decode().lower(),
        encoding.encoding.decode().lower(),
    ]
    return [name for name in found if name not in ("utf-8", "us-ascii")]


def _formatted(ui: Any, name: str, addr: str, charsets: Any, display: bool) -> str:
    """Return name and address for a header: readers may know ASCII only."""
    import email.utils  # late: used only here

    user, at, domain = addr.rpartition("@")
    if at and not addr.isascii():
        try:
            addr = user + at + domain.encode("idna").decode("ascii")
            addr.encode("ascii")
        except UnicodeError:
            raise error.Abort(
                _(b"invalid email address: %s") % encoding.strtolocal(addr)
            ) from None
    elif not addr.isascii():
        raise error.Abort(_(b"invalid local address: %s") % encoding.strtolocal(addr))
    known = charsets or _charsets(ui)
    if display or not name or not known:
        return email.utils.formataddr((name, addr))
    text, charset = _encode(ui, encoding.strtolocal(name), charsets)
    if charset == "us-ascii":
        charset = known[0]
    return email.utils.formataddr((email.header.Header(text, charset).encode(), addr))


def addressencode(
    ui: Any, address: bytes, charsets: Any = None, display: bool = False
) -> str:
    """Return an address for a header."""
    import email.utils  # late: used only here

    name, found = email.utils.parseaddr(encoding.strfromlocal(address))
    if not found:
        return encoding.strfromlocal(address)
    return _formatted(ui, name, found, charsets, display)


def addrlistencode(
    ui: Any, addrs: list[bytes], charsets: Any = None, display: bool = False
) -> list[str]:
    """Return addresses for a header."""
    import email.utils  # late: used only here

    texts = [encoding.strfromlocal(addr) for addr in addrs]
    if display:
        return [text.strip() for text in texts if text.strip()]
    found = []
    for name, addr in email.utils.getaddresses(texts):
        if name or addr:
            found.append(_formatted(ui, name, addr, charsets, False))
    return found


def mimetextpatch(s: bytes, subtype: str = "plain", display: bool = False) -> Any:
    """Return a patch as a part of a mail."""
    charsets = ["us-ascii", "utf-8"]
    if encoding.encoding not in (b"us-ascii", b"utf-8", b"ascii", b"UTF-8"):
        charsets.append(encoding.encoding.decode())
    if display:
        charsets = ["us-ascii"]
    for charset in charsets:
        try:
            s.decode(charset)
        except UnicodeDecodeError:
            continue
        return mimetextqp(s, subtype, charset)
    return mimetextqp(s, subtype, "iso-8859-1")


def mimetextqp(body: bytes, subtype: str, charset: str) -> Any:
    """Return text as a part of a mail; long lines are encoded."""
    cs = email.charset.Charset(charset)
    msg = email.message.Message()
    msg.set_type("text/" + subtype)
    if any(len(line) > 950 for line in body.splitlines()):
        cs.body_encoding = email.charset.QP
    if cs.body_encoding == email.charset.QP or charset == "us-ascii":
        msg.set_payload(body.decode(charset, "surrogateescape"), cs)
    else:
        msg.set_payload(body.decode(charset, "surrogateescape"), cs)
    if charset == "us-ascii" and cs.body_encoding != email.charset.QP:
        del msg["Content-Transfer-Encoding"]
        msg["Content-Transfer-Encoding"] = "7bit" if body.isascii() else "8bit"
    return msg


def mimeencode(ui: Any, s: bytes, charsets: Any = None, display: bool = False) -> Any:
    """Return text as a part of a mail."""
    charset = "us-ascii"
    if not display:
        s, charset = _encode(ui, s, charsets)
    return mimetextqp(s, "plain", charset)


def headdecode(s: Any) -> bytes:
    """Return the text of a header."""
    parts = []
    text = s.decode("latin-1") if isinstance(s, bytes) else s
    for part, charset in email.header.decode_header(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        for name in (charset, "utf-8", "iso-8859-1"):
            try:
                parts.append(part.decode(name))
                break
            except (UnicodeDecodeError, TypeError, LookupError):
                continue
    return encoding.strtolocal(" ".join(parts))


def parse(fp: Any) -> Any:
    """Return the mail of a file."""
    return email.parser.BytesParser().parse(fp)


def parsebytes(data: bytes) -> Any:
    """Return the mail of a text."""
    return email.parser.BytesParser().parsebytes(data)


class Generator(email.generator.BytesGenerator):
    """Writes mails as they are."""


class STARTTLS(smtplib.SMTP):
    """A connection that becomes secure."""

    def __init__(self, ui: Any = None, host: Any = None, **kwargs: Any):
        super().__init__(**kwargs)
        self._ui = ui


class SMTPS(smtplib.SMTP_SSL):
    """A secure connection."""

    def __init__(
        self,
        ui: Any = None,
        keyfile: Any = None,
        certfile: Any = None,
        host: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._ui = ui


def validateconfig(ui: Any) -> None:
    """Refuse a configuration with which no mail can be sent.

    Raises:
        error.Abort: None can.
    """
    method = ui.config(b"email", b"method") or b"smtp"
    if method == b"smtp":
        if not ui.config(b"smtp", b"host"):
            raise error.Abort(
                _(b"smtp specified as email transport, but no smtp host configured")
            )
        return
    command = procutil.shellsplit(method)[0]
    if not procutil.findexe(command):
        raise error.Abort(
            _(b"%r specified as email transport, but not in PATH")
            % pycompat.bytestr(command)
        )


def connect(
    ui: Any, mbox: bytes | None = None
) -> Callable[[bytes, list[bytes], bytes], Any]:
    """Return the function that sends a mail: sender, recipients, text."""
    if mbox:
        with open(mbox, "wb"):
            pass
        return lambda sender, recipients, msg: _mbox(mbox, sender, recipients, msg)
    if (ui.config(b"email", b"method") or b"smtp") == b"smtp":
        return _smtp(ui)
    return lambda sender, recipients, msg: _sendmail(ui, sender, recipients, msg)


def _smtp(ui: Any) -> Callable[[bytes, list[bytes], bytes], Any]:
    tls = ui.config(b"smtp", b"tls") or b"none"
    smtps = tls == b"smtps"
    mailhost = ui.config(b"smtp", b"host")
    if not mailhost:
        raise error.Abort(_(b"smtp.host not configured - cannot send mail"))
    default = 465 if smtps else (587 if tls == b"starttls" else 25)
    port = ui.configint(b"smtp", b"port", default) or default
    ui.note(_(b"sending mail: smtp host %s, port %d\n") % (mailhost, port))
    host = ui.config(b"smtp", b"local_hostname")
    name = None if not host else host.decode("latin-1")
    factory: Any = smtplib.SMTP_SSL if smtps else smtplib.SMTP
    server = factory(local_hostname=name)
    server.connect(host=mailhost.decode("latin-1"), port=port)
    if tls == b"starttls":
        ui.note(_(b"(using starttls)\n"))
        server.ehlo()
        server.starttls()
        server.ehlo()
    username, password = (
        ui.config(b"smtp", b"username"),
        ui.config(b"smtp", b"password"),
    )
    if username and not password:
        password = ui.getpass()
    if username and password:
        ui.note(_(b"(authenticating to mail server as %s)\n") % username)
        server.login(username.decode(), password.decode())

    def send(sender: bytes, recipients: list[bytes], msg: bytes) -> Any:
        try:
            return server.sendmail(
                sender.decode(), [r.decode() for r in recipients], msg
            )
        except smtplib.SMTPRecipientsRefused as problem:
            refused = [found[1] for found in problem.recipients.values()]
            raise error.Abort(b"\n" + b"\n".join(refused)) from None
        except smtplib.SMTPException as problem:
            raise error.Abort(pycompat.bytestr(problem)) from None

    return send


def _sendmail(ui: Any, sender: bytes, recipients: list[bytes], msg: bytes) -> None:
    program = ui.config(b"email", b"method")
    emails = b" ".join(
        map(procutil.shellquote, [stringutil.email(r) for r in recipients])
    )
    cmdline = b"%s -f %s %s" % (
        program,
        procutil.shellquote(stringutil.email(sender)),
        emails,
    )
    ui.note(_(b"sending mail: %s\n") % cmdline)
    ui.flush()
    file = procutil.popen(cmdline, b"wb")
    file.write(msg)
    code = file.close()
    if code:
        name = os.path.basename(procutil.shellsplit(program)[0])
        raise error.Abort(b"%s %s" % (name, procutil.explainexit(code)))


def _mbox(mbox: bytes, sender: bytes, recipients: list[bytes], msg: bytes) -> None:
    with open(mbox, "ab+") as file:
        date = time.strftime("%a %b %d %H:%M:%S %Y", time.localtime()).encode()
        file.write(b"From %s %s\n" % (sender, date))
        file.write(msg)
        file.write(b"\n\n")


def messageid(ctx: Any, domain: bytes | None, messageidseed: bytes | None) -> bytes:
    """Return an id for a mail about a changeset."""
    name = domain if domain is not None else socket.getfqdn().encode()
    return b"<hg.%s.%d@%s>" % (ctx.hex()[:12], int(time.time()), name)


def asbytes(msg: Any) -> bytes:
    """Return the bytes of a mail."""
    out = io.BytesIO()
    Generator(out, mangle_from_=False).flatten(msg, False)
    return out.getvalue()
