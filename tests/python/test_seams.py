"""Extensions reach native commands: wrapped commands, hooks, messages, languages, failures."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment

WRAPS = '''
"""wraps commands"""
from mercurial import commands, error, extensions, registrar, ui as uimod

touchedcommands = [b"push", b"log", b"identify", b"commit", b"manifest", b"update", b"debugfileset"]
testedwith = b"7.2"
revsetpredicate = registrar.revsetpredicate()
filesetpredicate = registrar.filesetpredicate()
templatekeyword = registrar.templatekeyword()
templatefilter = registrar.templatefilter()
templatefunc = registrar.templatefunc()


@revsetpredicate(b"evenrev()")
def evenrev(repo, subset, x):
    """even revisions"""
    return subset.filter(lambda rev: rev % 2 == 0)


@templatekeyword(b"twice", requires={b"ctx"})
def twice(context, mapping):
    """the number, doubled"""
    return 2 * context.resource(mapping, b"ctx").rev()


@templatefilter(b"shout", intype=bytes)
def shout(text):
    """louder"""
    return text.upper()


@templatefunc(b"join2(a, b)")
def join2(context, mapping, args):
    """two texts"""
    from mercurial import templateutil
    return b"-".join(templateutil.evalstring(context, mapping, arg) for arg in args)


def logged(orig, ui, repo, *pats, **opts):
    if opts.get("hello"):
        ui.write(b"hello\\n")
    return orig(ui, repo, *pats, **opts)


def uisetup(ui):
    entry = extensions.wrapcommand(commands.table, b"log", logged)
    entry[1].append((b"", b"hello", None, b"say hello"))

    class loud(ui.__class__):
        def status(self, *msg, **opts):
            super().status(b"[", *msg, **opts)

    ui.__class__ = loud


def reposetup(ui, repo):
    ui.setconfig(b"hooks", b"pretxncommit.mine", check)


def check(ui, repo, node, **kwargs):
    ui.write(b"%d %s\\n" % (repo[node].rev(), repo[node].description()))
    if repo[node].description() == b"bad":
        raise error.Abort(b"no bad ones")
'''

HOOKS = '''
from mercurial import error

def show(ui, repo, hooktype, **kwargs):
    ui.write(b"%s %r\\n" % (hooktype, sorted(kwargs)))

def refuse(ui, repo, **kwargs):
    return True

def fail(ui, repo, **kwargs):
    raise error.Abort(b"stop", hint=b"later")
'''


@pytest.fixture
def hg(tmp_path: Path, door_bin):
    """Return a function that runs `hg` in a repository with the extension enabled."""
    (tmp_path / "wraps.py").write_text(WRAPS)
    (tmp_path / "hooks.py").write_text(HOOKS)
    (tmp_path / "broken.py").write_text("def x(:\n")
    (tmp_path / "raises.py").write_text("def uisetup(ui):\n    raise ValueError('no')\n")
    hgrc = tmp_path / "hgrc"
    hgrc.write_text(f"[extensions]\nwraps = {tmp_path}/wraps.py\n")
    root = tmp_path / "repo"
    root.mkdir()

    def run(*args: str, door: str = "native") -> subprocess.CompletedProcess:
        env = {**hermetic_environment(door_bin(door)), "HGRCPATH": str(hgrc)}
        return subprocess.run(
            ["hg", *args], cwd=root, env=env, capture_output=True, text=True, check=False
        )

    assert run("init").returncode == 0
    for number in range(2):
        (root / f"f{number}").write_text("x\n")
        assert run("commit", "-Am", f"c{number}", "-d", "0 0").returncode == 0
    return run


def test_wrapped_command_has_its_option(hg) -> None:
    """The wrapper runs, with the option that it added."""
    assert hg("log", "--hello", "-T", "{rev}\n").stdout == "hello\n1\n0\n"
    assert "say hello" in hg("help", "log").stdout


def test_languages(hg) -> None:
    """Predicates, keywords, filters and functions of extensions."""
    assert hg("log", "-r", "evenrev()", "-T", "{rev}\n").stdout == "0\n"
    result = hg("log", "-r", "1", "-T", "{twice} {desc|shout} {join2('a', 'b')}\n")
    assert result.stdout == "2 C1 a-b\n", result.stderr


def test_replaced_ui_method_is_used_by_native_commands(hg) -> None:
    """`ui.__class__` assigned in `uisetup`."""
    assert hg("update", "0").stdout.startswith("[")


def test_hook_set_by_extension_sees_the_pending_changeset(hg) -> None:
    """A function as a hook; an abort rolls back."""
    assert "2 good\n" in hg("commit", "-m", "good", "--config", "ui.allowemptycommit=1").stdout
    result = hg("commit", "-m", "bad", "--config", "ui.allowemptycommit=1")
    assert result.returncode == 255
    assert "error: pretxncommit.mine hook failed: no bad ones\n" in result.stderr
    assert hg("log", "-l1", "-T", "{desc}").stdout == "good"


def test_untouched_commands_stay_native(hg, tmp_path: Path) -> None:
    """An extension that declares its commands costs the others nothing."""
    result = hg("status", "--config", f"extensions.raises={tmp_path}/raises.py")
    assert "ValueError" in result.stderr
    (tmp_path / "raises.py").write_text("touchedcommands = []\nraise ValueError('loaded')\n")
    result = hg("status", "--config", f"extensions.raises={tmp_path}/raises.py")
    assert result.stderr == ""
    (tmp_path / "raises.py").write_text("touchedcommands = [b'push']\nraise ValueError('loaded')\n")
    result = hg("status", "--config", f"extensions.raises={tmp_path}/raises.py")
    assert (result.returncode, result.stderr) == (0, "")
    result = hg("push", "nowhere", "--config", f"extensions.raises={tmp_path}/raises.py")
    assert "loaded" in result.stderr


def test_python_hooks(hg, tmp_path: Path) -> None:
    """Arguments by name; results and exceptions end the command as upstream's do."""
    where = f"python:{tmp_path}/hooks.py"
    shown = hg("identify", "--config", f"hooks.pre-identify={where}:show").stdout
    assert shown.startswith("pre-identify ['args', 'opts', 'pats']\n")
    result = hg("identify", "--config", f"hooks.pre-identify.x={where}:refuse")
    assert (result.returncode, result.stderr) == (255, "abort: pre-identify.x hook failed\n")
    result = hg("identify", "--config", f"hooks.pre-identify.x={where}:fail")
    expected = "error: pre-identify.x hook failed: stop\nabort: stop\n(later)\n"
    assert (result.returncode, result.stderr) == (255, expected)


def test_broken_extensions_are_told_and_left_out(hg, tmp_path: Path) -> None:
    """Upstream's words."""
    path = f"{tmp_path}/broken.py"
    result = hg("root", "--config", f"extensions.broken={path}")
    assert result.returncode == 0
    expected = f'*** failed to import extension "broken" from {path}: invalid syntax (broken.py, line 1)\n'
    assert result.stderr == expected
    result = hg("root", "--config", f"extensions.raises={tmp_path}/raises.py")
    assert result.returncode == 0
    assert result.stderr.endswith("*** failed to set up extension raises: no\n")


def test_replaced_commit_is_used_by_the_native_command(hg, tmp_path: Path) -> None:
    """`repo.__class__` assigned in `reposetup`."""
    (tmp_path / "guard.py").write_text(
        "def reposetup(ui, repo):\n"
        "    class guarded(repo.__class__):\n"
        "        def commit(self, text=b'', *args, **kwargs):\n"
        "            return super().commit(text + b'!', *args, **kwargs)\n"
        "    repo.__class__ = guarded\n"
    )
    (tmp_path / "repo/new").write_text("x\n")
    more = ("--config", f"extensions.guard={tmp_path}/guard.py", "--config", "extensions.wraps=!")
    assert hg("commit", "-Am", "said", "-d", "0 0", *more).returncode == 0
    assert hg("log", "-l1", "-T", "{desc}").stdout == "said!"


OVERRIDES = """
from mercurial import error


def reposetup(ui, repo):
    class told(repo.__class__):
        def wlock(self, wait=True):
            ui.note(b'wlock\\n')
            return super().wlock(wait)

        def lock(self, wait=True):
            ui.note(b'lock\\n')
            return super().lock(wait)

        def transaction(self, desc, *args, **kwargs):
            tr = super().transaction(desc, *args, **kwargs)

            def validate(tr):
                ui.status(b'validating %s\\n' % desc)
                if ui.config(b'test', b'refuse') == desc:
                    raise error.Abort(b'refused')

            tr.addvalidator(b'told-%s' % desc, validate)
            return tr

        def commitctx(self, ctx, *args, **kwargs):
            ui.status(b'making %s of %s\\n' % (ctx.description(), b' '.join(ctx.files())))
            ctx.extra()[b'told'] = b'yes'
            return super().commitctx(ctx, *args, **kwargs)

        def status(self, *args, **kwargs):
            found = super().status(*args, **kwargs)
            found.unknown[:] = [path for path in found.unknown if path != b'secret']
            return found

        def destroyed(self):
            ui.status(b'destroyed\\n')
            super().destroyed()

    repo.__class__ = told
"""


@pytest.fixture
def told(hg, tmp_path: Path):
    """Return a function that runs `hg` where methods of the repository are replaced."""
    (tmp_path / "told.py").write_text(OVERRIDES)
    more = ("--config", f"extensions.told={tmp_path}/told.py", "--config", "extensions.wraps=!")

    def run(*args: str) -> subprocess.CompletedProcess:
        return hg(*args, *more)

    return run


def test_replaced_status(told, tmp_path: Path) -> None:
    """Native commands show what the method gives."""
    (tmp_path / "repo/secret").write_text("x\n")
    (tmp_path / "repo/seen").write_text("x\n")
    assert told("status").stdout == "? seen\n"
    assert "1 unknown" in told("summary").stdout


def test_replaced_commitctx(told) -> None:
    """Whatever makes changesets natively goes through the method, and its changes count."""
    assert "making Added tag t for changeset" in told("tag", "t", "-r", "0").stdout
    assert "told=yes" in told("log", "-r", "tip", "-T", "{join(extras, ' ')}").stdout
    told("update", "-q", "0")
    assert "making c1 of f1\n" in told("graft", "--force", "1", "--config", "x.y=z").stdout


def test_replaced_transaction_validates(told) -> None:
    """A validator sees native transactions, and what it refuses is undone."""
    assert "validating bookmark\n" in told("bookmark", "here").stdout
    result = told("bookmark", "there", "--config", "test.refuse=bookmark")
    assert (result.returncode, result.stderr.splitlines()[-1]) == (255, "abort: refused")
    assert "there" not in told("bookmarks").stdout
    assert told("recover").stderr == "no interrupted transaction available\n"


def test_replaced_locks_and_destroyed(told) -> None:
    """Locks are taken through the methods; removing changesets is told."""
    assert "wlock\n" in told("update", "0", "-v").stdout
    assert "lock\n" in told("phase", "-p", "0", "-v").stdout
    stripped = told("debugstrip", "1", "--no-backup")
    assert "destroyed\n" in stripped.stdout, stripped.stderr


def test_functions_that_native_code_replaces_load_and_refuse(hg, tmp_path: Path) -> None:
    """They can be imported and wrapped, which is told; calling one says that it is not there."""
    (tmp_path / "deep.py").write_text(
        "from mercurial import exchange, extensions, obsolete, registrar, simplemerge\n"
        "from mercurial.cmd_impls import update\n"
        "cmdtable = {}\n"
        "command = registrar.command(cmdtable)\n"
        "def wrapped(orig, *args):\n"
        "    return orig(*args)\n"
        "def uisetup(ui):\n"
        "    extensions.wrapfunction(simplemerge, 'render_merge3', wrapped)\n"
        "    extensions.wrapfunction(obsolete.obsstore, '_addmarkers', wrapped)\n"
        "@command(b'deep', [], norepo=True)\n"
        "def deep(ui):\n"
        "    exchange._checkpublish(None)\n"
    )
    result = hg("deep", "--config", f"extensions.deep={tmp_path}/deep.py")
    assert result.returncode == 255
    assert result.stderr.splitlines() == [
        "warning: mercurial.simplemerge.render_merge3 is wrapped by an extension, "
        "but built-in commands do not call it",
        "abort: mercurial.exchange._checkpublish is not available to extensions: native code does its work",
    ]


def test_python_asks_what_extensions_registered(hg, tmp_path: Path) -> None:
    """`repo.revs` knows the predicates of extensions."""
    (tmp_path / "asks.py").write_text(
        "from mercurial import registrar\n"
        "cmdtable = {}\n"
        "command = registrar.command(cmdtable)\n"
        "@command(b'asks', [])\n"
        "def asks(ui, repo):\n"
        "    ui.write(b'%r\\n' % list(repo.revs(b'evenrev()')))\n"
    )
    result = hg("asks", "--config", f"extensions.asks={tmp_path}/asks.py")
    assert result.stdout == "[0]\n", result.stderr


EXCHANGE = """
from mercurial import exchange, extensions


def pushed(orig, repo, remote, *args, **kwargs):
    repo.ui.write(b'before push %r\\n' % sorted(kwargs))
    if repo.ui.configbool(b'test', b'first'):
        kwargs['revs'] = [repo[0].node()]
    done = orig(repo, remote, *args, **kwargs)
    repo.ui.write(b'after push %r\\n' % done.cgresult)
    return done


def pulled(orig, repo, remote, *args, **kwargs):
    repo.ui.write(b'before pull %r\\n' % sorted(kwargs))
    done = orig(repo, remote, *args, **kwargs)
    repo.ui.write(b'after pull %r\\n' % done.cgresult)
    return done


def uisetup(ui):
    extensions.wrapfunction(exchange, 'push', pushed)
    extensions.wrapfunction(exchange, 'pull', pulled)
"""


@pytest.fixture
def exchanging(hg, tmp_path: Path):
    """Return a function that runs `hg` where `exchange.push` and `exchange.pull` are wrapped."""
    (tmp_path / "exchanging.py").write_text(EXCHANGE)
    more = ("--config", f"extensions.exchanging={tmp_path}/exchanging.py")
    assert hg("init", f"{tmp_path}/other").returncode == 0

    def run(*args: str) -> subprocess.CompletedProcess:
        return hg(*args, *more, "--config", "extensions.wraps=!")

    return run


def test_wrapped_push_is_used_by_the_native_command(exchanging, tmp_path: Path) -> None:
    """It gets upstream's arguments, may change them, and its result decides."""
    result = exchanging("push", f"{tmp_path}/other", "--config", "test.first=1")
    expected = f"pushing to {tmp_path}/other\nbefore push "
    expected += "['bookmarks', 'newbranch', 'opargs', 'publish', 'revs']\nsearching for changes\n"
    assert result.stdout.startswith(expected), result.stderr
    assert result.stdout.endswith("added 1 changesets with 1 changes to 1 files\nafter push 1\n")
    assert (result.returncode, result.stderr) == (0, "")
    assert exchanging("id", "-R", f"{tmp_path}/other", "-r", "tip", "-n").stdout == "0\n"
    assert exchanging("push", f"{tmp_path}/other").stdout.endswith("after push 1\n")
    result = exchanging("push", f"{tmp_path}/other")
    assert result.stdout.endswith("no changes found\nafter push None\n")
    assert result.returncode == 1


def test_wrapped_pull_is_used_by_the_native_command(exchanging, tmp_path: Path) -> None:
    """What came in counts as without the wrapper."""
    result = exchanging("pull", "-R", f"{tmp_path}/other", ".")
    assert "before pull ['bookmarks', 'confirm', 'force', 'heads', 'opargs', 'path']\n" in result.stdout
    assert "after pull 1\n(run 'hg update' to get a working copy)\n" in result.stdout
    assert (result.returncode, result.stderr) == (0, "")


def test_wrapped_exchange_is_called_once_by_python(hg, tmp_path: Path) -> None:
    """An extension's own call does not come back to its wrapper through the native command."""
    (tmp_path / "calls.py").write_text(
        EXCHANGE
        + "\nfrom mercurial import hg, registrar\n"
        "cmdtable = {}\n"
        "command = registrar.command(cmdtable)\n"
        "@command(b'pushit', [])\n"
        "def pushit(ui, repo, dest):\n"
        "    exchange.push(repo, hg.peer(repo, {}, dest))\n"
    )
    assert hg("init", f"{tmp_path}/other").returncode == 0
    result = hg("pushit", f"{tmp_path}/other", "--config", f"extensions.calls={tmp_path}/calls.py")
    assert result.stdout.count("before push") == 1, result.stderr
    assert "added 2 changesets" in result.stdout


def test_methods_that_native_code_does_not_call_are_told(hg, tmp_path: Path) -> None:
    """Replacing them in a class of repositories is told by name, once."""
    (tmp_path / "tagger.py").write_text(
        "def reposetup(ui, repo):\n"
        "    class tagger(repo.__class__):\n"
        "        def tags(self):\n"
        "            return super().tags()\n"
        "        def invalidate(self, *args, **kwargs):\n"
        "            return super().invalidate(*args, **kwargs)\n"
        "        def status(self, *args, **kwargs):\n"
        "            return super().status(*args, **kwargs)\n"
        "        def mine(self):\n"
        "            pass\n"
        "    repo.__class__ = tagger\n"
    )
    result = hg("status", "--config", f"extensions.tagger={tmp_path}/tagger.py")
    assert result.stderr.splitlines() == [
        f"warning: mercurial.localrepo.localrepository.{name} is wrapped by an extension, "
        "but built-in commands do not call it"
        for name in ("tags", "invalidate")
    ]
