"""Filesets as trees: arguments of predicates.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from mercurial.revsetlang import (
    getargs as getargs,
    getlist as getlist,
    getstring as getstring,
    getsymbol as getsymbol,
)
