"""Filesets as trees: arguments of predicates.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from mercurial.revsetlang import (  # noqa: F401 -- the shapes are the same
    getargs, getlist, getstring, getsymbol,
)  # fmt: skip
