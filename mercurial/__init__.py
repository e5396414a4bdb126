"""The Python front end of Quicksilver: Mercurial's extension API over a native core.

Everything here is thin.  Objects hold handles to Rust objects (`mercurial.rustext`);
values cross the border when they are asked for.  Public names and shapes are those of
Mercurial's extension API.
"""

from __future__ import annotations
