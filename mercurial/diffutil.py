"""Options of diffs, as commands and configuration give them.

Public: `diffallopts`, `difffeatureopts`.
"""

from __future__ import annotations

from mercurial.patch import diffallopts, difffeatureopts

__all__ = ["diffallopts", "difffeatureopts"]
