"""Choosing hunks in a full-screen interface: native code does it, nothing is here for extensions.

Public: nothing.
"""

from __future__ import annotations

from mercurial import nativeonly

__getattr__ = nativeonly.getter(__name__)
