"""The web interface: native code serves it (`hg serve`), programs cannot embed it yet.

Public: `hgweb`, which says so.
"""

from __future__ import annotations

from typing import Any

from mercurial import error


class hgweb:  # noqa: N801 -- the name is Mercurial's
    """Stands for the web interface of one repository, or of several."""

    def __init__(self, *_args: Any, **_options: Any):
        raise error.Abort(
            b"the web interface cannot be embedded in a program yet; use 'hg serve'"
        )
