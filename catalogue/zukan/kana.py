"""Says which letters of Japanese can stand where: what begins a word in katakana, and the particles behind one."""

from __future__ import annotations

import re

KATAKANA = re.compile(r"[\u30a1-\u30faー]+")
NO_BEGINNING = "ァィゥェォッャュョーン"
"""With these no word in katakana begins."""
PARTICLES = "のをがはにでとやもへか"
"""The particles of one letter that stand behind a noun."""
AFTER_NO_WORD, AFTER_NO_KANJI = r"(?<![^\W\d_ぁ-ゖa-zA-Z])", r"(?<![^\W\d_ぁ-ヿa-zA-Z])"
"""Patterns: what follows is not the end of a word in kanji or katakana, or in kanji. They name the letters of other
scripts that do not count, as a class of all kanji takes a millisecond to compile."""
BEFORE_NO_WORD = r"(?![^\W\d_ぁ-ゖ])"
"""What comes before is not the beginning of a word, but for hiragana behind it."""


def is_katakana(word: str) -> bool:
    """Whether a word is written in katakana alone."""
    return KATAKANA.fullmatch(word) is not None
