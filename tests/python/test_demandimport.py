"""Imports are put off once asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
sys.path.insert(0, {place!r})
from mercurial import demandimport
assert not demandimport.isenabled()
demandimport.enable()
assert demandimport.isenabled()
import loud
print("imported")
assert loud.answer == 42
with demandimport.deactivated():
    assert not demandimport.isenabled()
    import louder
print("then")
try:
    import not_there_at_all
except ImportError:
    print("missing")
demandimport.IGNORES.add("loudest")
import loudest
print("end")
demandimport.disable()
assert not demandimport.isenabled()
"""


def test_modules_run_when_touched(tmp_path: Path) -> None:
    """A module runs at its first use; ignored ones and those of a deactivated while at once."""
    for name in ("loud", "louder", "loudest"):
        (tmp_path / f"{name}.py").write_text(f"print({name!r})\nanswer = 42\n")
    script = SCRIPT.format(place=str(tmp_path))
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert result.stderr == ""
    said = ["imported", "loud", "louder", "then", "missing", "loudest", "end"]
    assert result.stdout.split() == said


def test_the_front_end_works_with_it(tmp_path: Path) -> None:
    """All of ours can be put off."""
    script = (
        "from mercurial import demandimport; demandimport.enable()\n"
        "from mercurial import commands, hg, ui, scmutil\n"
        "who = ui.ui.load()\ncommands.version(who)\nwho.flush()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        # Not the checkout, which Python would import from before what is installed.
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Mercurial Distributed SCM" in result.stdout
