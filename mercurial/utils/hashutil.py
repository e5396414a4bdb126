"""Hash functions.

Public: `sha1`.
"""

from __future__ import annotations

import hashlib as hashlib

sha1 = hashlib.sha1
