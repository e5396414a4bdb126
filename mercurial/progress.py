"""Progress bars: native code does it; extensions show progress with `ui.makeprogress`.

Public: nothing.
"""

from __future__ import annotations

from mercurial import nativeonly

__getattr__ = nativeonly.getter(__name__)
