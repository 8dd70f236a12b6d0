"""Says which letters of Japanese can stand where: what begins a word in katakana, and the particles behind one."""

from __future__ import annotations

import re

KATAKANA = re.compile(r"[\u30a1-\u30faー]+")
NO_BEGINNING = "ァィゥェォッャュョーン"
"""With these no word in katakana begins."""
PARTICLES = "のをがはにでとやもへか"
"""The particles of one letter that stand behind a noun."""


def is_katakana(word: str) -> bool:
    """Whether a word is written in katakana alone."""
    return KATAKANA.fullmatch(word) is not None
