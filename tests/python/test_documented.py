"""What upstream documents for authors of extensions, in examples of our own; the oracle agrees."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import hermetic_environment

COMMANDS = '''
"""says who came before

More about the extension.
"""

from mercurial.i18n import _

cmdtable = {}
try:
    from mercurial import registrar
    command = registrar.command(cmdtable)
except (AttributeError, ImportError):
    from mercurial import cmdutil
    command = cmdutil.command(cmdtable)

testedwith = b"7.2"
buglink = b"https://example.org/bugs"
__version__ = b"1.5"


@command(
    b"forebears",
    [(b"b", b"brief", None, _(b"only short ids")), (b"", b"count", 0, _(b"how many"))],
    _(b"[-b] REV"),
)
def forebears(ui, repo, node, **opts):
    """show the parents of a changeset

    Use :hg:`log` for more::

      verbatim text

    - one
    - two
    """
    for parent in repo[node].parents()[: opts["count"] or None]:
        ui.write(b"%s\\n" % (parent.hex()[:12] if opts["brief"] else parent.hex()))


@command(b"anywhere", [], norepo=True)
def anywhere(ui, **opts):
    ui.write(b"no repository needed\\n")
'''

PHASES = '''
from mercurial import extensions

said = []


def uisetup(ui):
    said.append(b"uisetup")


def extsetup(ui):
    said.append(b"extsetup")
    said.append(b"other: %d" % (extensions.find(b"forebears") is not None))


def uipopulate(ui):
    ui.setconfig(b"phases-test", b"set", b"yes", b"phases")


def reposetup(ui, repo):
    ui.write(b"%s, set: %s\\n" % (b", ".join(said), ui.config(b"phases-test", b"set")))


configtable = {}
from mercurial import registrar
registrar.configitem(configtable)(b"phases-test", b"set", default=b"no")
'''

CLASSES = '''
def uisetup(ui):
    class telling(ui.__class__):
        def status(self, *msg, **opts):
            super(telling, self).status(b"[", *msg, **opts)

    ui.__class__ = telling


def reposetup(ui, repo):
    class counting(repo.__class__):
        def commitctx(self, ctx, *args, **kwargs):
            self.ui.write(b"storing %d files\\n" % len(ctx.files()))
            return super(counting, self).commitctx(ctx, *args, **kwargs)

    repo.__class__ = counting
'''

HOOKS = '''
def before(ui, repo, **kwargs):
    ui.write(b"before: %s\\n" % b" ".join(sorted(kwargs["opts"])[:1]))


def updated(ui, repo, **kwargs):
    ui.write(b"updated to %s\\n" % kwargs["parent1"])


def uisetup(ui):
    ui.setconfig(b"hooks", b"pre-update.mine", before)


def reposetup(ui, repo):
    ui.setconfig(b"hooks", b"update.mine", updated)
'''

TOO_NEW = "minimumhgversion = b'99.0'\n"

SOURCES = {
    "forebears": COMMANDS,
    "phased": PHASES,
    "classes": CLASSES,
    "hooked": HOOKS,
    "toonew": TOO_NEW,
}


@pytest.fixture(params=["ours", "oracle"])
def hg(request, tmp_path: Path, native_bin: Path):
    """Return a function that runs `hg` with some of the extensions."""
    for name, source in SOURCES.items():
        (tmp_path / f"{name}.py").write_text(source)
    root = tmp_path / "repo"
    root.mkdir()
    program = "hg" if request.param == "ours" else request.getfixturevalue("oracle")
    env = {**hermetic_environment(native_bin), "HGRCPATH": ""}

    def run(names: str, *args: str) -> subprocess.CompletedProcess:
        enabled = [
            word
            for name in names.split()
            for word in ("--config", f"extensions.{name}={tmp_path}/{name}.py")
        ]
        return subprocess.run(
            [program, *enabled, *args],
            cwd=root,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    run("", "init")
    for name in "ab":
        (root / name).write_text(name)
        run("", "commit", "-Am", name, "-d", "0 0")
    return run


def test_commands(hg) -> None:
    """Options, required arguments, help in reStructuredText."""
    parent = hg("", "log", "-r", "0", "-T", "{node}").stdout
    assert hg("forebears", "forebears", "tip").stdout == parent + "\n"
    assert hg("forebears", "forebears", "-b", "tip").stdout == parent[:12] + "\n"
    assert hg("forebears", "anywhere", "--cwd", "/").stdout == "no repository needed\n"
    wrong = hg("forebears", "forebears")
    assert (wrong.returncode, wrong.stderr) == (255, "hg forebears: invalid arguments\n")
    assert "hg forebears [-b] REV\n" in wrong.stdout
    shown = hg("forebears", "help", "forebears").stdout
    assert "show the parents of a changeset" in shown
    assert "Use 'hg log' for more:\n\n  verbatim text\n\n- one\n- two\n" in shown
    assert " -b --brief       only short ids\n    --count VALUE how many\n" in shown
    assert "says who came before" in hg("forebears", "help", "-e", "forebears").stdout
    assert "forebears  external  1.5" in hg("forebears", "version", "-v").stdout


def test_phases_of_loading(hg) -> None:
    """All extensions go through a phase before the next begins."""
    result = hg("phased forebears", "root")
    first = result.stdout.splitlines()[0]
    assert first == "uisetup, extsetup, other: 1, set: yes"


def test_subclasses(hg, tmp_path: Path) -> None:
    """Methods of `ui` and of the repository are replaced for native commands too."""
    (tmp_path / "repo/c").write_text("c")
    assert "storing 1 files\n" in hg("classes", "commit", "-Am", "c").stdout
    assert hg("classes", "update", "0").stdout.startswith("[")


def test_hooks_that_are_functions(hg) -> None:
    """Functions are set as hooks where they take effect."""
    parent = hg("", "log", "-r", "0", "-T", "{node}").stdout
    lines = hg("hooked", "update", "-q", "0").stdout.splitlines()
    assert lines == ["before: check", f"updated to {parent}"] or lines == [
        "before: check",
        f"updated to {parent[:12]}",
    ]


def test_newer_versions_can_be_demanded(hg) -> None:
    """An extension for a version to come is left out."""
    result = hg("toonew", "root")
    assert result.returncode == 0
    assert "requires version 99.0 or newer of Mercurial" in result.stderr
