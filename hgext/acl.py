"""hooks for controlling repository access

Allows or denies changes of branches, paths and bookmarks, by the name of the user on this system::

  [hooks]
  pretxncommit.acl = python:hgext.acl.hook
  pretxnchangegroup.acl = python:hgext.acl.hook

  [acl]
  # check only what comes from there ("serve" by default)
  sources = serve

  [acl.deny.branches]
  frozen-branch = *

  [acl.allow.branches]
  branch-a = user-1

  [acl.deny]
  docs/secret/** = *

  [acl.allow]
  src/** = user-2, @hg-denied

  [acl.groups]
  hg-denied = user-3

First denied branches are looked at, then allowed ones, then denied and allowed paths. A name after
``!`` means everybody else, one after ``@`` a group of ``[acl.groups]`` or of the system.
"""

from __future__ import annotations

from typing import Any

from mercurial import error, match, registrar, util
from mercurial.i18n import _
from mercurial.utils import procutil

testedwith = b"ships-with-hg-core"
configtable: dict[bytes, Any] = {}
configitem = registrar.configitem(configtable)
configitem(b"acl", b"config", default=None)
configitem(b"acl", b"sources", default=lambda: [b"serve"])


def _getusers(ui: Any, group: bytes) -> list[bytes]:
    ui_items = ui.configlist(b"acl.groups", group)
    if ui_items:
        return ui_items
    ui.debug(b'acl: "%s" not defined in [acl.groups]\n' % group)
    try:
        return util.groupmembers(group)
    except KeyError:
        raise error.Abort(_(b"group '%s' is undefined") % group) from None


def _matches(ui: Any, user: bytes, users: bytes) -> bool:
    """Return whether a user is in a list."""
    if users == b"*":
        return True
    for name in users.replace(b",", b" ").split():
        negated = name.startswith(b"!")
        if negated:
            name = name[1:]
        found = (
            user in _getusers(ui, name[1:])
            if name.startswith(b"@")
            else name in (b"*", user)
        )
        if found != negated:
            return True
    return False


def _matcher(ui: Any, repo: Any, user: bytes, section: bytes) -> Any:
    """Return the test for what a section says about a user, or `None` without section."""
    if not ui.has_section(section):
        ui.debug(b"acl: %s not enabled\n" % section)
        return None
    pats = [pat for pat, users in ui.configitems(section) if _matches(ui, user, users)]
    ui.debug(b"acl: %s enabled, %d entries for user %s\n" % (section, len(pats), user))
    if repo is None:
        if not pats:
            return lambda name: False
        return lambda name: b"*" in pats or name in pats
    if not pats:
        return match.never()
    return match.match(repo.root, b"", pats)


def _ensure_config(ui: Any) -> None:
    named = ui.config(b"acl", b"config")
    if named:
        ui.readconfig(
            named,
            sections=[
                b"acl.groups",
                b"acl.allow.branches",
                b"acl.deny.branches",
                b"acl.allow",
                b"acl.deny",
            ],
        )


def hook(
    ui: Any,
    repo: Any,
    hooktype: bytes,
    node: Any = None,
    source: bytes | None = None,
    **kwargs: Any,
) -> None:
    """Refuse what the user may not do.

    Raises:
        error.Abort: The user may not.
    """
    _ensure_config(ui)
    if hooktype not in (b"pretxnchangegroup", b"pretxncommit", b"prepushkey"):
        raise error.Abort(
            _(
                b'config error - hook type "%s" cannot stop '
                b"incoming changesets, commits, nor bookmarks"
            )
            % hooktype
        )
    if hooktype == b"pretxnchangegroup" and source not in ui.configlist(
        b"acl", b"sources"
    ):
        ui.debug(b'acl: changes have source "%s" - skipping\n' % (source or b""))
        return
    user = _user(source, kwargs)
    ui.debug(b'acl: checking access for user "%s"\n' % user)
    if hooktype == b"prepushkey":
        _check_key(ui, user, kwargs)
    else:
        _check_changesets(ui, repo, node, user)


def _user(source: bytes | None, kwargs: dict[str, Any]) -> bytes:
    url = kwargs.get("url")
    if source == b"serve" and url:
        parts = url.split(b":")
        if parts[0] == b"remote" and parts[1].startswith(b"http"):
            return util.urlreq.unquote(parts[3])
    return procutil.getuser()


def _check_key(ui: Any, user: bytes, kwargs: dict[str, Any]) -> None:
    if kwargs.get("namespace") != b"bookmarks":
        return
    bookmark = kwargs.get("key") or b""
    deny = _matcher(ui, None, user, b"acl.deny.bookmarks")
    allow = _matcher(ui, None, user, b"acl.allow.bookmarks")
    if deny and deny(bookmark):
        raise error.Abort(
            _(b'acl: user "%s" denied on bookmark "%s"') % (user, bookmark)
        )
    if allow and not allow(bookmark):
        raise error.Abort(
            _(b'acl: user "%s" not allowed on bookmark "%s"') % (user, bookmark)
        )
    ui.debug(b'acl: bookmark access granted: "%s"\n' % bookmark)


def _check_changesets(ui: Any, repo: Any, node: bytes, user: bytes) -> None:
    allowbranches = _matcher(ui, None, user, b"acl.allow.branches")
    denybranches = _matcher(ui, None, user, b"acl.deny.branches")
    allow = _matcher(ui, repo, user, b"acl.allow")
    deny = _matcher(ui, repo, user, b"acl.deny")
    for rev in range(repo[node].rev(), len(repo)):
        ctx = repo[rev]
        shown = bytes(ctx)
        branch = ctx.branch()
        if denybranches and denybranches(branch):
            raise error.Abort(
                _(b'acl: user "%s" denied on branch "%s" (changeset "%s")')
                % (user, branch, shown)
            )
        if allowbranches and not allowbranches(branch):
            raise error.Abort(
                _(b'acl: user "%s" not allowed on branch "%s" (changeset "%s")')
                % (user, branch, shown)
            )
        ui.debug(b'acl: branch access granted: "%s" on branch "%s"\n' % (shown, branch))
        for f in ctx.files():
            if deny and deny(f):
                raise error.Abort(
                    _(b'acl: user "%s" denied on "%s" (changeset "%s")')
                    % (user, f, shown)
                )
            if allow and not allow(f):
                raise error.Abort(
                    _(b'acl: user "%s" not allowed on "%s" (changeset "%s")')
                    % (user, f, shown)
                )
        ui.debug(b'acl: path access granted: "%s"\n' % shown)
