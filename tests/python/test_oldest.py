"""The packages are true for the oldest Python, whichever runs the tests."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import hgext
import mercurial
from mercurial.utils import resourceutil

OLDEST = (3, 8)
# They can be subscripted since 3.9.
GENERIC = {"dict", "frozenset", "list", "set", "tuple", "type"}
IMPORT_ALL = """
import importlib, pkgutil, hgext, mercurial
for package in (mercurial, hgext):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            try:
                importlib.import_module(module.name)
            except Exception as error:
                print(module.name, repr(error))
"""


class Evaluated(ast.NodeVisitor):
    """Looks at what is evaluated when code runs: not at annotations."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self.found: list[str] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Leave out what parameters and result are said to be."""
        evaluated = [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults, *node.body]
        for child in evaluated:
            if child is not None:
                self.visit(child)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        """Leave out what the variable is said to be."""
        if node.value is not None:
            self.visit(node.value)

    def visit_If(self, node: ast.If) -> None:
        """Leave out what only type checkers see."""
        if not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
            self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        """Note subscripts of built-in classes."""
        if isinstance(node.value, ast.Name) and node.value.id in GENERIC:
            self.found.append(f"line {node.lineno}: {node.value.id}[...]")
        self.generic_visit(node)


@pytest.mark.parametrize("package", [mercurial, hgext])
def test_nothing_newer_is_used(package) -> None:
    """No newer syntax; no built-in class is subscripted outside of annotations."""
    assert package.__file__ is not None
    found = {}
    for path in sorted(Path(package.__file__).parent.rglob("*.py")):
        look = Evaluated()
        look.visit(ast.parse(path.read_bytes(), str(path), feature_version=OLDEST))
        if look.found:
            found[path.name] = look.found
    assert found == {}


def test_modules_can_be_imported(tmp_path: Path) -> None:
    """All of them, by the interpreter that runs the tests."""
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    assert result.stdout == ""


def test_resources() -> None:
    """Files of packages are found in the way that the interpreter has."""
    assert resourceutil.is_resource(b"mercurial", b"rustext.pyi")
    assert not resourceutil.is_resource(b"mercurial", b"nothing")
    with resourceutil.open_resource(b"mercurial", b"rustext.pyi") as opened:
        assert opened.readline().startswith(b'"""Handles and functions')
