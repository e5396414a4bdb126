"""The web interface: native code serves it.

Public: nothing yet.
"""

from __future__ import annotations
