"""hooks for sending email push notifications

Sends mails about changesets that come in or go out. The hook decides by its point what is told::

  [hooks]
  # a mail for each incoming changeset
  incoming.notify = python:hgext.notify.hook
  # one mail for all incoming changesets
  changegroup.notify = python:hgext.notify.hook
  # one mail for all outgoing changesets
  outgoing.notify = python:hgext.notify.hook

Who gets them is said from either side; a pattern is a glob over the path of the repository, with an
optional revset after ``#``::

  [usersubs]
  user@host = pattern
  [reposubs]
  pattern = user@host

``[notify]`` has ``config`` (a file with these two sections), ``test`` (print instead of sending: on
by default), ``sources``, ``strip``, ``domain``, ``messageidseed``, ``style``, ``template``,
``incoming``, ``outgoing``, ``changegroup``, ``maxdiff``, ``maxdiffstat``, ``maxsubject``,
``diffstat``, ``showfunc``, ``merge``, ``mbox``, ``fromauthor`` and ``reply-to-predecessor``.
"""

from __future__ import annotations

import email.errors
import fnmatch
import hashlib
import socket
import time
from typing import Any

from mercurial import (
    cmdutil,
    encoding,
    error,
    logcmdutil,
    mail,
    obsutil,
    patch,
    registrar,
    util,
)
from mercurial.i18n import _
from mercurial.node import bin as _bin
from mercurial.utils import dateutil, stringutil

testedwith = b"ships-with-hg-core"
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
for _name, _default in (
    (b"changegroup", None),
    (b"config", None),
    (b"diffstat", True),
    (b"domain", None),
    (b"messageidseed", None),
    (b"fromauthor", None),
    (b"incoming", None),
    (b"maxdiff", 300),
    (b"maxdiffstat", -1),
    (b"maxsubject", 67),
    (b"mbox", None),
    (b"merge", True),
    (b"outgoing", None),
    (b"reply-to-predecessor", False),
    (b"sources", b"serve"),
    (b"showfunc", None),
    (b"strip", 0),
    (b"style", None),
    (b"template", None),
    (b"test", True),
):
    configitem(b"notify", _name, default=_default)

_SINGLE = (
    b"Subject: changeset in {webroot}: {desc|firstline|strip}\n"
    b"From: {author}\n"
    b"\n"
    b"changeset {node|short} in {root}\n"
    b"details: {baseurl}{webroot}?cmd=changeset;node={node|short}\n"
    b"description:\n"
    b"\t{desc|tabindent|strip}\n"
)
_MULTIPLE = (
    b"Subject: changeset in {webroot}\n"
    b"From: {author}\n"
    b"\n"
    b"changeset {node|short} in {root}\n"
    b"details: {baseurl}{webroot}?cmd=changeset;node={node|short}\n"
    b"summary: {desc|firstline}\n"
)
_TEMPLATES = {b"changegroup": _MULTIPLE}


class notifier:  # noqa: N801 -- the name is Mercurial's
    """Makes and sends the mails of one hook.

    Args:
        ui: The user.
        repo: The repository.
        hooktype: The hook point.
    """

    def __init__(self, ui: Any, repo: Any, hooktype: bytes):
        self.ui = ui
        named = ui.config(b"notify", b"config")
        if named:
            ui.readconfig(named, sections=[b"usersubs", b"reposubs"])
        self.repo = repo
        self.stripcount = int(ui.config(b"notify", b"strip") or 0)
        self.root = self._strip(repo.root)
        self.domain = ui.config(b"notify", b"domain")
        self.mbox = ui.config(b"notify", b"mbox")
        self.test = ui.configbool(b"notify", b"test")
        self.charsets = mail._charsets(ui)
        self.subs = self._subscribers()
        self.merge = ui.configbool(b"notify", b"merge")
        self.showfunc = ui.configbool(b"notify", b"showfunc", None)
        self.messageidseed = ui.config(b"notify", b"messageidseed")
        self.reply = ui.configbool(b"notify", b"reply-to-predecessor")
        if self.reply and not self.messageidseed:
            raise error.Abort(
                _(b"notify.reply-to-predecessor used without notify.messageidseed")
            )
        template = ui.config(b"notify", hooktype) or ui.config(b"notify", b"template")
        style = ui.config(b"notify", b"style")
        if not template and not style:
            template = _TEMPLATES.get(hooktype, _SINGLE)
        self._template = template
        self._style = style

    def _strip(self, path: bytes) -> bytes:
        path = util.pconvert(path)
        count = self.stripcount
        while count > 0:
            at = path.find(b"/")
            if at == -1:
                break
            path = path[at + 1 :]
            count -= 1
        return path

    def _address(self, addr: bytes) -> bytes:
        if self.domain:
            at = addr.find(b"@localhost")
            if at != -1:
                addr = addr[:at]
            if b"@" not in addr:
                return addr + b"@" + self.domain
        return addr

    def _subscribers(self) -> list[tuple[bytes, bytes | None]]:
        """Return addresses with the revsets that limit them."""
        found = set()
        for user, pats in self.ui.configitems(b"usersubs"):
            for pat in pats.split(b","):
                spec = None
                if b"#" in pat:
                    pat, spec = pat.split(b"#", 1)
                if fnmatch.fnmatch(self.repo.root, pat.strip()):
                    found.add((user, spec))
        for pat, users in self.ui.configitems(b"reposubs"):
            spec = None
            if b"#" in pat:
                pat, spec = pat.split(b"#", 1)
            if fnmatch.fnmatch(self.repo.root, pat):
                for user in users.split(b","):
                    found.add((user.strip(), spec))
        return [
            (
                mail.addressencode(
                    self.ui, self._address(addr), self.charsets, self.test
                ).encode(),
                spec,
            )
            for addr, spec in sorted(found, key=lambda pair: (pair[0], pair[1] or b""))
        ]

    def node(self, ctx: Any, **props: Any) -> bool:
        """Write about a changeset; say whether it counts."""
        if not self.merge and len(ctx.parents()) > 1:
            return False
        values = {
            b"baseurl": self.ui.config(b"web", b"baseurl") or b"",
            b"root": self.repo.root,
            b"webroot": self.root,
            **{name.encode(): value for name, value in props.items()},
        }
        if self._template:
            self.ui.write(cmdutil.rendertemplate(ctx, self._template, values))
        else:
            spec = logcmdutil.templatespec(None, self._style)
            logcmdutil.changesettemplater(self.ui, self.repo, spec).show(ctx)
        return True

    @staticmethod
    def skipsource(ui: Any, source: bytes) -> bool:
        """Return whether nothing is told about changesets from there."""
        return source not in ui.config(b"notify", b"sources").split()

    def send(self, ctx: Any, count: int, data: bytes) -> None:
        """Send a mail."""
        subs = set()
        for sub, spec in self.subs:
            if spec is None:
                subs.add(sub)
                continue
            revs = self.repo.revs(b"%r and %d:", spec, ctx.rev())
            if len(revs):
                subs.add(sub)
        if not subs:
            self.ui.debug(b"notify: no subscribers to selected repo and revset\n")
            return
        try:
            msg = mail.parsebytes(data)
        except email.errors.MessageParseError as problem:
            raise error.Abort(stringutil.forcebytestr(problem)) from None
        sender, subject = msg["From"], msg["Subject"]
        sender = mail.headdecode(sender) if sender is not None else b""
        subject = mail.headdecode(subject) if subject is not None else b""
        del msg["From"], msg["Subject"]
        if not msg.is_multipart():
            headers = msg.items()
            payload = msg.get_payload(decode=True)
            msg = mail.mimeencode(self.ui, payload, self.charsets, self.test)
            for name, value in headers:
                msg[name] = value
        self._headers(msg, ctx, count, subject, sender, sorted(subs))
        text = mail.asbytes(msg)
        if self.test:
            self.ui.write(text)
            if not text.endswith(b"\n"):
                self.ui.write(b"\n")
            return
        self.ui.status(
            _(b"notify: sending %d subscribers %d changes\n") % (len(subs), count)
        )
        send = (
            mail.connect(self.ui, mbox=self.mbox)
            if not self.mbox
            else (lambda who, to, body: mail._mbox(self.mbox, who, to, body))
        )
        send(stringutil.email(encoding.strtolocal(msg["From"])), sorted(subs), text)

    def _headers(
        self,
        msg: Any,
        ctx: Any,
        count: int,
        subject: bytes,
        sender: bytes,
        subs: list[bytes],
    ) -> None:
        ui = self.ui
        msg["Date"] = encoding.strfromlocal(
            dateutil.datestr(format=b"%a, %d %b %Y %H:%M:%S %1%2")
        )
        if not subject:
            if count > 1:
                subject = _(b"%s: %d new changesets") % (self.root, count)
            else:
                subject = _(b"%s: %s") % (
                    self.root,
                    stringutil.firstline(ctx.description()),
                )
        elif count > 1 and subject == b"changeset in %s" % self.root:
            subject = _(b"%s: %d new changesets") % (self.root, count)
        maxsubject = int(ui.config(b"notify", b"maxsubject"))
        if maxsubject:
            subject = stringutil.ellipsis(subject, maxsubject)
        msg["Subject"] = mail.headencode(ui, subject, self.charsets, self.test)
        if not sender:
            sender = ui.config(b"email", b"from") or ui.username()
        if b"@" not in sender or b"@localhost" in sender:
            sender = self._address(sender)
        msg["From"] = mail.addressencode(ui, sender, self.charsets, self.test)
        msg["X-Hg-Notification"] = "changeset %s" % ctx.hex()[:12].decode()
        if not msg["Message-Id"]:
            msg["Message-Id"] = _messageid(ctx, self.domain, self.messageidseed)
        if self.reply:
            unfiltered = self.repo.unfiltered()
            predecessors = sorted(
                unfiltered[node].rev()
                for node in obsutil.allpredecessors(unfiltered.obsstore, [ctx.node()])
                if node != ctx.node() and node in unfiltered
            )
            if predecessors:
                old = unfiltered[predecessors[0]]
                msg["In-Reply-To"] = _messageid(old, self.domain, self.messageidseed)
        msg["To"] = ", ".join(address.decode() for address in subs)

    def diff(self, ctx: Any, ref: Any = None) -> None:
        """Write the difference that changesets make."""
        ui = self.ui
        maxdiff = int(ui.config(b"notify", b"maxdiff"))
        base = ctx.p1()
        end = ref if ref is not None else ctx
        chunks = [b"".join(end.diff(base, opts=_diff_options(ui, self.showfunc)))]
        difflines = b"".join(chunks).splitlines()
        if ui.configbool(b"notify", b"diffstat"):
            maxdiffstat = int(ui.config(b"notify", b"maxdiffstat"))
            text = patch.diffstat(difflines)
            # The last line is the sum.
            files = text.splitlines()[:-1]
            if 0 <= maxdiffstat < len(files):
                ui.write(
                    _(b"\ndiffstat (truncated from %d to %d lines):\n\n")
                    % (len(files), maxdiffstat)
                )
                text = b"\n".join([*files[:maxdiffstat], *text.splitlines()[-1:], b""])
                ui.write(text)
            elif text:
                ui.write(_(b"\ndiffstat:\n\n%s") % text)
        if maxdiff == 0:
            return
        if 0 < maxdiff < len(difflines):
            ui.write(
                _(b"\ndiffs (truncated from %d to %d lines):\n\n")
                % (len(difflines), maxdiff)
            )
            difflines = difflines[:maxdiff]
        elif difflines:
            ui.write(_(b"\ndiffs (%d lines):\n\n") % len(difflines))
        ui.write(b"\n".join(difflines))


def _diff_options(ui: Any, showfunc: Any) -> Any:
    made = patch.diffallopts(ui)
    if showfunc is not None:
        made.showfunc = bool(showfunc)
    return made


def _messageid(ctx: Any, domain: bytes | None, seed: bytes | None) -> str:
    here = encoding.strtolocal(socket.getfqdn())
    host = (domain if domain and seed else here).decode("latin-1")
    if seed:
        digest = hashlib.sha512(ctx.hex() + seed).hexdigest()
        return "<hg.%s@%s>" % (digest[:64], host)
    short = ctx.hex()[:12].decode()
    return "<hg.%s.%d.%d@%s>" % (
        short,
        int(time.time()),
        abs(hash(ctx.repo().root)),
        host,
    )


def hook(
    ui: Any,
    repo: Any,
    hooktype: bytes,
    node: Any = None,
    source: Any = None,
    **kwargs: Any,
) -> None:
    """Send mails about changesets."""
    made = notifier(ui, repo, hooktype)
    ctx = repo.unfiltered()[_bin(node) if len(node) == 40 else node]
    if not made.subs:
        ui.debug(b"notify: no subscribers to repository %s\n" % made.root)
        return
    if made.skipsource(ui, source):
        ui.debug(b'notify: changes have source "%s" - skipping\n' % source)
        return
    ui.pushbuffer()
    data = b""
    count = 0
    author = b""
    try:
        if hooktype in (b"changegroup", b"outgoing"):
            for rev in repo.changelog.revs(start=ctx.rev()):
                if made.node(repo[rev]):
                    count += 1
                    if not author:
                        author = repo[rev].user()
                else:
                    data += ui.popbuffer()
                    ui.note(
                        _(b"notify: suppressing notification for merge %d:%s\n")
                        % (rev, repo[rev].hex()[:12])
                    )
                    ui.pushbuffer()
            if count:
                made.diff(ctx, repo[b"tip"])
        elif ctx.rev() in repo:
            if not made.node(ctx):
                return
            count += 1
            made.diff(ctx)
            if not author:
                author = ctx.user()
    finally:
        data += ui.popbuffer()
    fromauthor = ui.config(b"notify", b"fromauthor")
    if author and fromauthor:
        data = b"\n".join([b"From: %s" % author, data])
    if count:
        made.send(ctx, count, _one_header(data, count, made.root))


def _one_header(data: bytes, count: int, root: bytes) -> bytes:
    """Return a mail about several changesets with the header of the first only."""
    if count <= 1:
        return data
    head, separator, body = data.partition(b"\n\n")
    lines = [
        line
        for line in head.split(b"\n")
        if not line.startswith(b"Subject: changeset in ")
    ]
    marks = (b"Subject: changeset in %s\n" % root, b"From: ")
    text = body
    while marks[0] in text:
        start = text.index(marks[0])
        end = text.index(b"\n\n", start) + 2
        text = text[:start] + b"\n" + text[end:]
    return b"\n".join(lines) + separator + text
