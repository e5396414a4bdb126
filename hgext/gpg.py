"""commands to sign and verify changesets

Signatures are kept in ``.hgsigs``, or with --local in ``.hg/localsigs``::

  [gpg]
  # the program
  cmd = gpg
  # the key to sign with
  key = 0123ABCD
"""

from __future__ import annotations

import binascii
import os
import subprocess
import tempfile
from typing import Any, Iterator

from mercurial import (
    cmdutil,
    error,
    match as matchmod,
    node as nodemod,
    registrar,
    scmutil,
)
from mercurial.i18n import _
from mercurial.utils import dateutil, procutil

cmdtable: dict[bytes, Any] = {}
command = registrar.command(cmdtable)
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"gpg", b"cmd", default=b"gpg")
configitem(b"gpg", b"key", default=None)
configitem(b"gpg", b".*", default=None, generic=True)
testedwith = b"ships-with-hg-core"

_SIGNATURES = b".hgsigs"
_LOCAL = b"localsigs"


class gpg:  # noqa: N801 -- the name is Mercurial's
    """The program that signs.

    Args:
        path: The program.
        key: The key to sign with.
    """

    def __init__(self, path: bytes, key: bytes | None = None):
        self.path = path
        self.key = key

    def sign(self, data: bytes) -> bytes:
        """Return a signature."""
        key = b" --local-user %s" % procutil.shellquote(self.key) if self.key else b""
        return procutil.pipefilter(
            data, b"%s --sign --detach-sign%s" % (self.path, key)
        )

    def verify(self, data: bytes, sig: bytes) -> list[list[bytes]]:
        """Return what is known of the keys that made a signature: state, id, user, fingerprint."""
        names = []
        try:
            for suffix, text in ((b".sig", sig), (b".txt", data)):
                number, name = tempfile.mkstemp(prefix=b"hg-gpg-", suffix=suffix)
                names.append(name)
                with os.fdopen(number, "wb") as file:
                    file.write(text)
            cmdline = b"%s --logger-fd 1 --status-fd 1 --verify %s %s" % (
                self.path, procutil.shellquote(names[0]), procutil.shellquote(names[1]),
            )  # fmt: skip
            done = subprocess.run(cmdline, shell=True, capture_output=True, check=False)
        finally:
            for name in names:
                os.unlink(name)
        return self._keys(done.stdout)

    @staticmethod
    def _keys(output: bytes) -> list[list[bytes]]:
        keys: list[list[bytes]] = []
        key: list[bytes] | None = None
        fingerprint = b""
        for line in output.splitlines():
            if not line.startswith(b"[GNUPG:]"):
                continue
            words = line[9:].split(b" ", 2)
            kind = words[0]
            rest = line[9 + len(kind) + 1 :]
            if kind == b"VALIDSIG":
                fingerprint = rest[:40]
            elif kind == b"ERRSIG":
                parts = rest.split(b" ")
                key = None
                keys.append([b"ERRSIG", *parts[:2], b""])
                fingerprint = b""
            elif kind in (b"GOODSIG", b"EXPSIG", b"EXPKEYSIG", b"BADSIG", b"REVKEYSIG"):
                if key is not None:
                    keys.append([*key, fingerprint])
                keyid, _space, user = rest.partition(b" ")
                key = [kind, keyid, user]
                fingerprint = b""
        if key is not None:
            keys.append([*key, fingerprint])
        return keys


def newgpg(ui: Any, **opts: Any) -> gpg:
    """Return the program that the configuration names."""
    key = opts.get("key") or ui.config(b"gpg", b"key")
    return gpg(ui.config(b"gpg", b"cmd"), key)


def _walk(repo: Any) -> Iterator[tuple[list[bytes], bytes, int]]:
    """Yield the signatures: node, version, signature; file; line."""
    texts = []
    for node in reversed(repo.heads()):
        ctx = repo[node]
        if _SIGNATURES in ctx:
            texts.append(
                (b"%s|%s" % (_SIGNATURES, ctx.hex()[:12]), ctx[_SIGNATURES].data())
            )
    local = repo.vfs.tryread(_LOCAL)
    if local:
        texts.append((_LOCAL, local))
    seen = set()
    for name, text in texts:
        for number, line in enumerate(text.splitlines(), 1):
            if line and line not in seen:
                seen.add(line)
                parts = line.split(b" ", 2)
                if len(parts) == 3:
                    yield parts, name, number


def _verified(ui: Any, repo: Any, sig: Any) -> list[list[bytes]] | None:
    """Return the keys of a good signature; say what is wrong with others."""
    (node, version, text), name, number = sig
    prefix = b"%s:%d" % (name, number)
    data = _text(repo, nodemod.bin(node), version)
    keys = newgpg(ui).verify(data, binascii.a2b_base64(text))
    good = []
    for key in keys:
        if key[0] == b"ERRSIG":
            ui.write(_(b'%s Unknown key ID "%s"\n') % (prefix, key[1]))
            continue
        if key[0] == b"BADSIG":
            ui.write(_(b'%s Bad signature from "%s"\n') % (prefix, key[2]))
            continue
        if key[0] == b"EXPSIG":
            ui.write(
                _(b'%s Note: Signature has expired (signed by: "%s")\n')
                % (prefix, key[2])
            )
        elif key[0] == b"EXPKEYSIG":
            ui.write(
                _(b'%s Note: This key has expired (signed by: "%s")\n')
                % (prefix, key[2])
            )
        good.append([key[1], key[2], key[3]])
    return good or None


def _text(repo: Any, node: bytes, version: bytes) -> bytes:
    if version == b"0":
        return b"%s\n" % nodemod.hex(node)
    raise error.Abort(_(b"unknown signature version"))


def _key_text(ui: Any, key: list[bytes]) -> bytes:
    comment = ui.config(b"gpg", key[1]) or ui.config(b"gpg", key[2]) if key[2] else None
    return b"%s (%s)" % (key[1], comment) if comment else key[1]


@command(b"sigs", [], _(b"hg sigs"), helpcategory=command.CATEGORY_MISC)
def sigs(ui: Any, repo: Any) -> None:
    """List signed changesets"""
    found: dict[int, list[bytes]] = {}
    for sig in _walk(repo):
        parts, name, number = sig
        try:
            rev = repo[nodemod.bin(parts[0])].rev()
        except (error.RepoLookupError, binascii.Error):
            ui.warn(_(b"%s:%d node does not exist\n") % (name, number))
            continue
        keys = _verified(ui, repo, sig)
        if keys:
            found.setdefault(rev, []).extend(_key_text(ui, key) for key in keys)
    for rev in sorted(found, reverse=True):
        for key in found[rev]:
            shown = b"%5d:%s" % (rev, repo[rev].hex())
            ui.write(b"%-30s %s\n" % (key, shown))


@command(b"sigcheck", [], _(b"hg sigcheck REV"), helpcategory=command.CATEGORY_MISC)
def sigcheck(ui: Any, repo: Any, rev: bytes) -> None:
    """Verify all the signatures there may be for a particular revision"""
    ctx = scmutil.revsingle(repo, rev)
    keys: list[list[bytes]] = []
    for sig in _walk(repo):
        if sig[0][0] == ctx.hex():
            keys.extend(_verified(ui, repo, sig) or [])
    if not keys:
        ui.write(_(b"no valid signature for %s\n") % ctx.hex()[:12])
        return
    ui.write(_(b"%s is signed by:\n") % ctx.hex()[:12])
    for key in keys:
        ui.write(b" %s\n" % _key_text(ui, key))


@command(
    b"sign",
    [
        (b"l", b"local", None, _(b"make the signature local")),
        (b"f", b"force", None, _(b"sign even if the sigfile is modified")),
        (b"", b"no-commit", None, _(b"do not commit the sigfile after signing")),
        (b"k", b"key", b"", _(b"the key id to sign with"), _(b"ID")),
        (b"m", b"message", b"", _(b"use text as commit message"), _(b"TEXT")),
        (b"e", b"edit", False, _(b"invoke editor on commit messages")),
        *cmdutil.commitopts2,
    ],
    _(b"hg sign [OPTION]... [REV]..."),
    helpcategory=command.CATEGORY_MISC,
)
def sign(ui: Any, repo: Any, *revs: bytes, **opts: Any) -> None:
    """Add a signature for the current or given revision

    Without revision the parent of the working directory is signed.
    """
    with repo.wlock():
        _sign(ui, repo, revs, opts)


def _sign(ui: Any, repo: Any, revs: Any, opts: dict[str, Any]) -> None:
    program = newgpg(ui, **opts)
    if revs:
        nodes = [repo.lookup(rev) for rev in revs]
    else:
        nodes = [node for node in repo.dirstate.parents() if node != nodemod.nullid]
        if len(nodes) > 1:
            raise error.Abort(
                _(b"uncommitted merge - please provide a specific revision")
            )
        nodes = nodes or [nodemod.nullid]
    lines = b""
    for node in nodes:
        ui.write(_(b"signing %d:%s\n") % (repo[node].rev(), nodemod.short(node)))
        sig = program.sign(_text(repo, node, b"0"))
        if not sig:
            raise error.Abort(_(b"error while signing"))
        text = binascii.b2a_base64(sig).replace(b"\n", b"")
        lines += b"%s 0 %s\n" % (nodemod.hex(node), text)
    if opts.get("local"):
        with open(repo.vfs.join(_LOCAL), "ab") as file:
            file.write(lines)
        return
    if not opts.get("force"):
        status = repo.status(match=matchmod.exact([_SIGNATURES]))
        if status.modified or status.added or status.removed:
            raise error.Abort(
                _(b"working copy of .hgsigs is changed "),
                hint=_(b"please commit .hgsigs manually"),
            )
    with open(repo.wjoin(_SIGNATURES), "ab") as file:
        file.write(lines)
    if _SIGNATURES not in repo.dirstate:
        repo[None].add([_SIGNATURES])
    if opts.get("no_commit"):
        return
    message = opts.get("message") or b"\n".join(
        _(b"Added signature for changeset %s") % nodemod.short(node) for node in nodes
    )
    date = dateutil.parsedate(opts["date"]) if opts.get("date") else None
    matcher = matchmod.exact([_SIGNATURES])
    editor = cmdutil.getcommiteditor(editform=b"gpg.sign", edit=bool(opts.get("edit")))
    repo.commit(message, opts.get("user") or None, date, match=matcher, editor=editor)
