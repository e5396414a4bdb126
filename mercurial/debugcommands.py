"""Part of native code; extensions import the module, what they look for in it says that it is missing.

Public: nothing yet.
"""

from __future__ import annotations
