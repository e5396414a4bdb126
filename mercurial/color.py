"""Colours and effects of labels.

Public: `loadcolortable`, `valideffect`, `_styles`.
"""

from __future__ import annotations

import re
from typing import Any

_effects = {
    b"none": 0, b"black": 30, b"red": 31, b"green": 32, b"yellow": 33, b"blue": 34, b"magenta": 35,
    b"cyan": 36, b"white": 37, b"bold": 1, b"italic": 3, b"underline": 4, b"inverse": 7, b"dim": 2,
    b"black_background": 40, b"red_background": 41, b"green_background": 42,
    b"yellow_background": 43, b"blue_background": 44, b"purple_background": 45,
    b"cyan_background": 46, b"white_background": 47,
}  # fmt: skip
_defaultstyles: dict[bytes, bytes] = {}
_styles = _defaultstyles
_ansieffect = re.compile(rb"\x1b\[[0-9;]*m")


def loadcolortable(ui: Any, extname: bytes, colortable: dict[bytes, bytes]) -> None:
    """Register the labels of an extension."""
    _defaultstyles.update(colortable)
    for label, effects in colortable.items():
        if not ui.hasconfig(b"color", label):
            ui.setconfig(b"color", label, effects, b"default")


def valideffect(ui: Any, effect: bytes) -> bool:
    """Return whether there is an effect."""
    return effect in _effects


def stripeffects(text: bytes) -> bytes:
    """Return text without effects."""
    return _ansieffect.sub(b"", text)


def setup(ui: Any) -> None:
    """Do nothing: native code sets colours up."""
