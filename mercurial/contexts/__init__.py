"""The classes of `mercurial.context`, by what they stand for.

Extensions import them from `mercurial.context`.
"""

from __future__ import annotations
