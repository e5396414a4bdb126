"""Part of native code: extensions import the module; what they look for is missing.

Public: nothing yet.
"""

from __future__ import annotations
