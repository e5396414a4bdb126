"""Part of the web interface, which native code serves.

Public: nothing yet.
"""

from __future__ import annotations
