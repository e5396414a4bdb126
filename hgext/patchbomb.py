"""command to send changesets as (a series of) patch emails

Each changeset becomes a mail with the patch that ``hg export`` writes. A series begins with an
introduction (``[PATCH 0 of N]``), which the other mails refer to.

Addresses come from the command line, from ``[patchbomb]`` or from ``[email]`` (``from``, ``to``,
``cc``, ``bcc``, ``reply-to``), or are asked for; an empty value stops the question. How mail is
sent is said in ``[email]`` and ``[smtp]``.

``patchbomb.intro`` is ``auto`` (an introduction to more than one patch), ``never`` or ``always``;
``patchbomb.flagtemplate`` makes the flags in subjects, with the keyword ``flags`` for those of
--flag; with ``patchbomb.confirm`` a question is asked before anything is sent;
``patchbomb.bundletype`` is the type of bundles that are sent.
"""

from __future__ import annotations

import email.encoders
import email.mime.base
import email.mime.multipart
import email.utils
import os
import shutil
import socket
import tempfile
from typing import Any, NamedTuple

from mercurial import (
    cmdutil,
    commands,
    encoding,
    error,
    hg,
    logcmdutil,
    mail,
    patch,
    pycompat,
    registrar,
    scmutil,
    util,
)
from mercurial.i18n import _
from mercurial.utils import dateutil, stringutil

testedwith = b"ships-with-hg-core"
cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
touchedcommands: list[bytes] = []

configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"patchbomb", b"bundletype", default=None)
for _name in (b"bcc", b"cc", b"from", b"reply-to", b"to"):
    configitem(b"patchbomb", _name, default=None)
configitem(b"patchbomb", b"confirm", default=False)
configitem(b"patchbomb", b"flagtemplate", default=None)
configitem(b"patchbomb", b"intro", default=b"auto")
configitem(b"patchbomb", b"publicurl", default=None)

_TEXT = _(b"TEXT")
_EMAIL = _(b"EMAIL")
_OPTIONS: list[Any] = [
    (b"g", b"git", None, _(b"use git extended diff format")),
    (b"", b"plain", None, _(b"omit hg patch header")),
    (b"o", b"outgoing", None, _(b"send changes not found in the target repository")),
    (b"b", b"bundle", None, _(b"send changes not in target as a binary bundle")),
    (
        b"B",
        b"bookmark",
        b"",
        _(b"send changes only reachable by given bookmark"),
        _(b"BOOKMARK"),
    ),
    (
        b"",
        b"bundlename",
        b"bundle",
        _(b"name of the bundle attachment file"),
        _(b"NAME"),
    ),
    (b"r", b"rev", [], _(b"a revision to send"), _(b"REV")),
    (
        b"",
        b"force",
        None,
        _(b"run even when remote repository is unrelated (with -b/--bundle)"),
    ),
    (
        b"",
        b"base",
        [],
        _(b"a base changeset to specify instead of a destination (with -b/--bundle)"),
        _(b"REV"),
    ),
    (b"", b"intro", None, _(b"send an introduction email for a single patch")),
    (b"", b"body", None, _(b"send patches as inline message text (default)")),
    (b"a", b"attach", None, _(b"send patches as attachments")),
    (b"i", b"inline", None, _(b"send patches as inline attachments")),
    (b"", b"bcc", [], _(b"email addresses of blind carbon copy recipients"), _EMAIL),
    (b"c", b"cc", [], _(b"email addresses of copy recipients"), _EMAIL),
    (b"", b"confirm", None, _(b"ask for confirmation before sending")),
    (b"d", b"diffstat", None, _(b"add diffstat output to messages")),
    (b"", b"date", b"", _(b"use the given date as the sending date"), _(b"DATE")),
    (b"", b"desc", b"", _(b"use the given file as the series description"), _(b"FILE")),
    (b"f", b"from", b"", _(b"email address of sender"), _EMAIL),
    (b"n", b"test", None, _(b"print messages that would be sent")),
    (
        b"m",
        b"mbox",
        b"",
        _(b"write messages to mbox file instead of sending them"),
        _(b"FILE"),
    ),
    (b"", b"reply-to", [], _(b"email addresses replies should be sent to"), _EMAIL),
    (
        b"s",
        b"subject",
        b"",
        _(b"subject of first message (intro or single patch)"),
        _TEXT,
    ),
    (b"", b"in-reply-to", b"", _(b"message identifier to reply to"), _(b"MSGID")),
    (b"", b"flag", [], _(b"flags to add in subject prefixes"), _(b"FLAG")),
    (b"t", b"to", [], _(b"email addresses of recipients"), _EMAIL),
    *cmdutil.remoteopts,
]


class Message(NamedTuple):
    """A mail in the making."""

    mime: Any
    subject: bytes
    diffstat: bytes | None
    node: bytes | None


@command(
    b"email",
    _OPTIONS,
    _(b"hg email [OPTION]... [DEST]..."),
    helpcategory=command.CATEGORY_IMPORT_EXPORT,
)
def email_(ui: Any, repo: Any, *revs: bytes, **opts: Any) -> int | None:
    """send changesets by email

    Changesets are chosen with -r, with -B (those that only the bookmark reaches) or with -o
    (those that the destination does not have; with -r only ancestors of these). With -b, a bundle
    of the chosen changesets is sent in one mail.

    Patches are the text of the mails; with -a or -i they are attachments, with --body both. -d
    adds the number of changed lines, and asks before anything is sent, as --confirm does.

    With -n, mails are shown; with -m they are written to a mailbox file. The introduction is kept
    in ``.hg/last-email.txt`` if sending fails.
    """
    options = pycompat.byteskwargs(opts)
    run = _Series(
        ui, repo, {name.replace(b"_", b"-"): value for name, value in options.items()}
    )
    return run.send(list(revs))


class _Series:
    """One run of the command."""

    def __init__(self, ui: Any, repo: Any, opts: dict[bytes, Any]):
        self.ui = ui
        self.repo = repo
        self.opts = opts
        self.charsets = mail._charsets(ui)
        self.test = bool(opts.get(b"test"))
        self.mbox = opts.get(b"mbox")

    def send(self, names: list[bytes]) -> int | None:
        """Choose changesets, make the mails and send them."""
        opts, ui = self.opts, self.ui
        if not (self.test or self.mbox):
            mail.validateconfig(ui)
        dest = None
        if opts.get(b"outgoing") or opts.get(b"bundle"):
            if len(names) > 1:
                raise error.Abort(_(b"too many destinations"))
            dest = names[0] if names else None
            names = []
        elif not (names or opts.get(b"rev") or opts.get(b"bookmark")):
            raise error.Abort(_(b"specify at least one changeset with -B, -r or -o"))
        if opts.get(b"outgoing") and opts.get(b"bundle"):
            raise error.Abort(
                _(
                    b"--outgoing mode always on with --bundle; do not re-specify --outgoing"
                )
            )
        cmdutil.check_at_most_one_arg(opts, b"rev", b"bookmark")
        revs = self._revs(names, dest)
        if revs is None:
            return 1
        publicurl = self._config(b"publicurl")
        if publicurl:
            self._check_public(publicurl, revs)
        when = (
            dateutil.parsedate(opts[b"date"])
            if opts.get(b"date")
            else dateutil.makedate()
        )
        self.when = (when[0], when[1])
        self.first = b"<patchbomb.%d@%s>" % (int(when[0]), _hostname())
        sender = (
            opts.get(b"from")
            or self._config(b"from")
            or self._prompt(b"From", ui.username())
        )
        messages = (
            self._bundle_messages(dest, revs)
            if opts.get(b"bundle")
            else self._patch_messages(revs)
        )
        showaddrs: list[bytes] = []
        self.addresses = {
            b"to": self._addresses(b"to", b"To", showaddrs, ask=True),
            b"cc": self._addresses(b"cc", b"Cc", showaddrs, ask=True),
            b"bcc": self._addresses(b"bcc", b"Bcc", showaddrs),
            b"reply-to": self._addresses(b"reply-to", b"Reply-To", showaddrs),
        }
        self._confirm(sender, showaddrs, messages)
        ui.write(b"\n")
        self._deliver(sender, messages)
        return None

    # -- what is sent

    def _revs(self, names: list[bytes], dest: bytes | None) -> list[int] | None:
        opts, repo = self.opts, self.repo
        given = [*names, *(opts.get(b"rev") or [])]
        if opts.get(b"bookmark"):
            name = opts[b"bookmark"]
            if name not in repo._bookmarks:
                raise error.Abort(_(b"bookmark '%s' not found") % name)
            chosen = list(scmutil.bookmarkrevs(repo, name))
            if not opts.get(b"outgoing"):
                return chosen
            given = [b"%d" % rev for rev in chosen]
        if not (opts.get(b"outgoing") or opts.get(b"bundle")):
            return list(logcmdutil.revrange(repo, given))
        if opts.get(b"base"):
            return list(logcmdutil.revrange(repo, given)) or [repo[b"tip"].rev()]
        return self._outgoing(dest, given)

    def _outgoing(self, dest: bytes | None, given: list[bytes]) -> list[int] | None:
        path = dest or b"default"
        if not dest:
            known = dict(self.ui.configitems(b"paths"))
            if not (known.get(b"default-push") or known.get(b"default")):
                raise error.ConfigError(
                    _(b"default repository not configured!"),
                    hint=_(b"see 'hg help config.paths'"),
                )
            path = b"default-push" if known.get(b"default-push") else b"default"
        self.ui.pushbuffer()
        try:
            commands.outgoing(
                self.ui, self.repo, path, rev=given or [b"."], template=b"rev={rev}\n"
            )
        finally:
            told = self.ui.popbuffer()
        revs = []
        for line in told.splitlines(True):
            if line.startswith(b"rev="):
                revs.append(int(line[4:]))
            elif line.startswith(b"comparing"):
                if self.opts.get(b"outgoing"):
                    shown = dest if dest and b"#" in dest else None
                    self.ui.status(b"comparing with %s\n" % shown if shown else line)
            elif line.startswith(b"no changes"):
                self.ui.status(line)
        return sorted(revs) or None

    def _check_public(self, url: bytes, revs: list[int]) -> None:
        """Refuse to send what nobody can pull from where the mails say.

        Raises:
            error.Abort: Something is missing there.
        """
        try:
            public = hg.peer(self.ui, {}, url)
        except error.RepoError:
            self.ui.warn(_(b"unable to access public repo: %s\n") % url)
            raise
        heads = [self.repo[rev] for rev in self.repo.revs(b"heads(%ld)", revs)]
        known = public.known([ctx.node() for ctx in heads])
        missing = [ctx.hex()[:12] for ctx, there in zip(heads, known) if not there]
        if not missing:
            return
        if len(missing) == 1:
            text = _(b"public url %s is missing %s") % (url, missing[0])
        else:
            text = _(b'public "%s" is missing %s and %i others') % (
                url,
                missing[0],
                len(missing) - 1,
            )
        named = b" ".join(b"-r %s" % short for short in missing)
        raise error.Abort(text, hint=_(b"use 'hg push %s %s'") % (url, named))

    def _flags(self, ctx: Any) -> bytes:
        flags = b" ".join(self.opts.get(b"flag") or [])
        template = self.ui.config(b"patchbomb", b"flagtemplate")
        if template:
            return cmdutil.rendertemplate(ctx, template, {b"flags": flags}).strip()
        return flags

    def _patch_messages(self, revs: list[int]) -> list[Message]:
        ui = self.ui
        ui.write(_(b"this patch series consists of %d patches.\n\n") % len(revs))
        own = {parent.rev() for parent in self.repo[None].parents()}
        if own & set(revs) and self.repo[None].dirty():
            ui.warn(_(b"warning: working directory has uncommitted changes\n"))
        intro = self._intro(revs) if self._wants_intro(len(revs)) else None
        patches = [
            self._patch(rev, number, len(revs), intro is not None)
            for number, rev in enumerate(revs, 1)
        ]
        return patches if intro is None else [intro, *patches]

    def _wants_intro(self, count: int) -> bool:
        if self.opts.get(b"intro") or self.opts.get(b"desc"):
            return True
        wanted = self.ui.config(b"patchbomb", b"intro")
        if wanted == b"always":
            return True
        if wanted == b"never":
            return False
        if wanted != b"auto":
            self.ui.warn(_(b'warning: invalid patchbomb.intro value "%s"\n') % wanted)
            self.ui.warn(_(b"(should be one of always, never, auto)\n"))
        return count > 1

    def _export(self, ctx: Any) -> list[bytes]:
        self.ui.pushbuffer()
        # What is said about exporting is no part of the patch.
        plain = {(b"diff", b"noprefix"): False, (b"ui", b"verbose"): False}
        try:
            with self.ui.configoverride(plain, b"patchbomb"):
                commands.export(
                    self.ui, self.repo, ctx.hex(), git=self.opts.get(b"git")
                )
        finally:
            text = self.ui.popbuffer()
        return text.split(b"\n")

    def _patch(self, rev: int, number: int, total: int, introduced: bool) -> Message:
        opts, ctx = self.opts, self.repo[rev]
        lines = self._export(ctx)
        at = 0
        while at < len(lines) and lines[at].startswith(b"#"):
            at += 1
        rest = lines[at:]
        while rest and not rest[0].strip():
            rest.pop(0)
        title = rest[0].rstrip() if rest else b""
        if opts.get(b"plain"):
            lines = rest[1:]
            while lines and not lines[0].strip():
                lines.pop(0)
        stat = None
        if opts.get(b"diffstat") or opts.get(b"confirm") or self._confirms():
            stat = patch.diffstat(line + b"\n" for line in lines)
        body = stat + b"\n\n" if opts.get(b"diffstat") and stat else b""
        text = b"\n".join(lines)
        mime: Any
        if opts.get(b"attach") or opts.get(b"inline"):
            mime = email.mime.multipart.MIMEMultipart()
            if opts.get(b"body"):
                mime.attach(mail.mimetextpatch(body + text, "plain", self.test))
            else:
                short = len(ctx.description().splitlines()) < 2
                if opts.get(b"attach") and short and not opts.get(b"plain"):
                    body = b"Patch subject is complete summary.\n\n\n" + body
                if body:
                    mime.attach(
                        mail.mimeencode(self.ui, body, self.charsets, self.test)
                    )
            part = mail.mimetextpatch(text, "x-patch", self.test)
            pattern = b"%b-%n.patch" if total > 1 else b"%b.patch"
            name = cmdutil.makefilename(ctx, pattern, seqno=number, total=total)
            # A tag that looks like the name of a patch is one.
            named = [tag for tag in ctx.tags() if tag.endswith((b".patch", b".diff"))]
            name = named[0] if named else name
            kind = "inline" if opts.get(b"inline") else "attachment"
            part["Content-Disposition"] = (
                f"{kind}; filename={encoding.strfromlocal(name)}"
            )
            mime.attach(part)
        else:
            mime = mail.mimetextpatch(body + text, "plain", self.test)
        flags = self._flags(ctx)
        flag = b" " + flags if flags else b""
        if total == 1 and not introduced:
            subject = b"[PATCH%s] %s" % (flag, opts.get(b"subject") or title)
        else:
            width = len(b"%d" % total)
            subject = b"[PATCH %0*d of %d%s] %s" % (width, number, total, flag, title)
        subject = subject.rstrip(b".")
        mime["Subject"] = mail.headencode(self.ui, subject, self.charsets, self.test)
        mime["X-Mercurial-Node"] = ctx.hex().decode("ascii")
        mime["X-Mercurial-Series-Index"] = str(number)
        mime["X-Mercurial-Series-Total"] = str(total)
        return Message(mime, subject, stat, ctx.hex())

    def _intro(self, revs: list[int]) -> Message | None:
        opts, ui = self.opts, self.ui
        total = len(revs)
        common = self._flags(self.repo[revs[-1]])
        prefix = b"[PATCH %0*d of %d%s]" % (
            len(b"%d" % total),
            0,
            total,
            b" " + common if common else b"",
        )
        subject = opts.get(b"subject") or self._prompt(
            b"(optional) Subject", b"", rest=b": " + prefix + b" ", colon=b""
        )
        if not subject:
            return None
        cumulative = b""
        if opts.get(b"diffstat"):
            cumulative = b"\n" + patch.diffstat(
                line for rev in revs for line in self._diff_lines(rev)
            )
        body = self._description(cumulative)
        if opts.get(b"diffstat") and opts.get(b"desc"):
            body += cumulative
        mime = mail.mimeencode(ui, body, self.charsets, self.test)
        shown = prefix + b" " + subject
        mime["Subject"] = mail.headencode(ui, shown, self.charsets, self.test)
        return Message(mime, shown, cumulative.lstrip(b"\n") or None, None)

    def _diff_lines(self, rev: int) -> list[bytes]:
        return [line + b"\n" for line in self._export(self.repo[rev])]

    def _description(self, template: bytes) -> bytes:
        if self.opts.get(b"desc"):
            with open(self.opts[b"desc"], "rb") as file:
                return file.read()
        self.ui.write(_(b"\nWrite the introductory message for the patch series.\n\n"))
        body = self.ui.edit(
            template,
            self.opts.get(b"from") or b"",
            repopath=self.repo.path,
            action=b"patchbombbody",
        )
        # It must not get lost when sending fails.
        with self.repo.vfs(b"last-email.txt", b"wb") as file:
            file.write(body)
        return body

    def _bundle_messages(self, dest: bytes | None, revs: list[int]) -> list[Message]:
        opts, ui = self.opts, self.ui
        directory = tempfile.mkdtemp(prefix=b"hg-email-bundle-")
        name = os.path.join(directory, b"bundle")
        more = {}
        kind = ui.config(b"patchbomb", b"bundletype")
        if kind:
            more["type"] = kind
        try:
            commands.bundle(
                ui,
                self.repo,
                name,
                dest,
                rev=[b"%d" % rev for rev in revs],
                base=opts.get(b"base") or [],
                force=opts.get(b"force"),
                **more,
            )
            data = util.readfile(name)
        finally:
            shutil.rmtree(directory)
        default = b"A bundle for your repository"
        subject = opts.get(b"subject") or self._prompt(b"Subject", default)
        mime = email.mime.multipart.MIMEMultipart()
        body = self._description(b"")
        if body:
            mime.attach(mail.mimeencode(ui, body, self.charsets, self.test))
        part = email.mime.base.MIMEBase("application", "x-mercurial-bundle")
        part.set_payload(data)
        filename = "%s.hg" % encoding.strfromlocal(opts.get(b"bundlename") or b"bundle")
        part.add_header("Content-Disposition", "attachment", filename=filename)
        email.encoders.encode_base64(part)
        mime.attach(part)
        mime["Subject"] = mail.headencode(ui, subject, self.charsets, self.test)
        return [Message(mime, subject, None, None)]

    # -- who gets it

    def _config(self, name: bytes) -> Any:
        found = self.ui.config(b"patchbomb", name)
        return self.ui.config(b"email", name) if found is None else found

    def _prompt(
        self, prompt: bytes, default: Any, rest: bytes = b":", colon: bytes = b""
    ) -> bytes:
        shown = prompt + colon
        shown += b" [%s]" % default if default else b""
        return self.ui.prompt(shown + rest.rstrip(), default)

    def _addresses(
        self, option: bytes, header: bytes, show: list[bytes], ask: bool = False
    ) -> list[str]:
        given = self.opts.get(option)
        if given:
            found = given
        else:
            configured = self._config(option)
            if configured is None:
                if not ask:
                    return []
                configured = self._prompt(header, b"")
            found = [configured]
        if not any(text.strip() for text in found):
            return []
        show.append(b"%s: %s" % (header, b", ".join(found)))
        return mail.addrlistencode(self.ui, found, self.charsets, self.test)

    def _confirms(self) -> bool:
        return bool(
            self.opts.get(b"confirm") or self.ui.configbool(b"patchbomb", b"confirm")
        )

    def _confirm(
        self, sender: bytes, addresses: list[bytes], messages: list[Message]
    ) -> None:
        if not (self.opts.get(b"diffstat") or self._confirms()):
            return
        ui = self.ui
        ui.write(_(b"\nFinal summary:\n\n"), label=b"patchbomb.finalsummary")
        ui.write(b"From: %s\n" % sender, label=b"patchbomb.from")
        for line in addresses:
            ui.write(b"%s\n" % line, label=b"patchbomb.to")
        for message in messages:
            ui.write(b"Subject: %s\n" % message.subject, label=b"patchbomb.subject")
            if message.diffstat:
                ui.write(message.diffstat, label=b"patchbomb.diffstats")
        ui.write(b"\n")
        question = _(b"are you sure you want to send (yn)?$$ &Yes $$ &No")
        if ui.promptchoice(question):
            raise error.Abort(_(b"patchbomb canceled"))

    # -- sending

    def _deliver(self, sender: bytes, messages: list[Message]) -> None:
        ui = self.ui
        address = mail.addressencode(ui, sender, self.charsets, self.test)
        envelope = stringutil.email(sender)
        deliver: Any = None
        parent = self.opts.get(b"in-reply-to") or None
        if parent and not parent.startswith(b"<"):
            parent = b"<%s>" % parent
        series: bytes | None = None
        seconds, zone = self.when
        progress = ui.makeprogress(
            _(b"sending"), unit=_(b"emails"), total=len(messages)
        )
        for at, message in enumerate(messages):
            mime = message.mime
            identity = self.first
            if message.node is not None:
                identity = b"<%s.%d@%s>" % (
                    message.node[:20],
                    int(seconds),
                    _hostname(),
                )
            mime["Message-Id"] = identity.decode("latin-1")
            if message.node is not None:
                series = series or identity
                mime["X-Mercurial-Series-Id"] = series.decode("latin-1")
            if parent:
                mime["In-Reply-To"] = parent.decode("latin-1")
                mime["References"] = parent.decode("latin-1")
            if at == 0 and (message.node is None or parent is None):
                # Patches without introduction all answer what the user named.
                parent = identity
            mime["User-Agent"] = (
                "Mercurial-patchbomb/%s" % util.version().decode().split("+")[0]
            )
            mime["Date"] = _date(seconds, zone)
            seconds += 1
            mime["From"] = address
            for header, option in (
                ("To", b"to"),
                ("Cc", b"cc"),
                ("Bcc", b"bcc"),
                ("Reply-To", b"reply-to"),
            ):
                if self.addresses[option] and (
                    header != "Bcc" or self.test or self.mbox
                ):
                    mime[header] = ", ".join(self.addresses[option])
            if self.test:
                self._show(message)
                continue
            if deliver is None:
                deliver = mail.connect(ui, mbox=self.mbox)
            ui.status(_(b"sending "), message.subject, b" ...\n")
            progress.update(at, item=message.subject)
            everybody = [
                encoding.strtolocal(_bare(text))
                for option in (b"to", b"bcc", b"cc")
                for text in self.addresses[option]
            ]
            deliver(envelope, everybody, mail.asbytes(mime))
        progress.complete()

    def _show(self, message: Message) -> None:
        ui = self.ui
        ui.status(_(b"displaying "), message.subject, b" ...\n")
        ui.pager(b"email")
        ui.write(mail.asbytes(message.mime))
        ui.write(b"\n")


def _bare(text: str) -> str:
    """Return the bare address of one with a name."""
    return email.utils.parseaddr(text)[1] or text


def _date(seconds: float, zone: int) -> str:
    shown = dateutil.datestr((seconds, zone), b"%a, %d %b %Y %H:%M:%S %1%2")
    return encoding.strfromlocal(shown)


def _hostname() -> bytes:
    given = os.environb.get(b"HGHOSTNAME")
    return given or socket.getfqdn().encode("ascii", "replace")
