"""The web interface: native code serves it (`hg serve`), programs cannot embed it yet.

Public: `hgweb`, `hgwebdir`.
"""

from __future__ import annotations

from mercurial.hgweb.hgweb_mod import hgweb

hgwebdir = hgweb

__all__ = ["hgweb", "hgwebdir"]
