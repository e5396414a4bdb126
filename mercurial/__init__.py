"""The Python front end of Quicksilver: Mercurial's extension API over a native core.

Everything here is thin.  Objects hold handles to Rust objects (`mercurial.rustext`);
values cross the border when they are asked for.  Public names and shapes are those of
Mercurial's extension API.
"""

from __future__ import annotations

import sys

# A binding that nobody has tested with an interpreter may crash where it should fail.
if sys.version_info >= (3, 15):
    raise ImportError(
        "quicksilver was tested with Python 3.8 to 3.14, not %d.%d;"
        " use an older Python or a newer Quicksilver" % sys.version_info[:2]
    )
