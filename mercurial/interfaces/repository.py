"""Interfaces of objects; nothing is checked against them.

Public: nothing yet.
"""

from __future__ import annotations
