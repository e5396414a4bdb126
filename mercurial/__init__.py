"""The Python front end of Quicksilver: Mercurial's extension API over a native core.

Everything here is thin.  Objects hold handles to Rust objects (`mercurial.rustext`);
values cross the border when they are asked for.  Public names and shapes are those of
Mercurial's extension API.
"""

from __future__ import annotations

import sys

# The binding's layout of objects ends with 3.13: newer interpreters would crash, not fail.
if sys.version_info >= (3, 14):
    raise ImportError("quicksilver: Python 3.14 and newer are not supported yet")
