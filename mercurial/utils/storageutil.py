"""Stored file revisions.

Public: `hashrevisionsha1`.
"""

from __future__ import annotations

import hashlib


def hashrevisionsha1(text: bytes, p1: bytes, p2: bytes) -> bytes:
    """Return the node of a text with its parents."""
    first, second = sorted((p1, p2))
    return hashlib.sha1(first + second + text).digest()
