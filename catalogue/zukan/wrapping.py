"""Breaks text into lines as wide as a terminal shows them, English and Japanese."""

from __future__ import annotations

import re
from unicodedata import east_asian_width

_UNIT = re.compile(
    r"\s+|[「『（(]*(?:(?:[!-~À-ӿ]+|[ァ-ヴー・]+|[一-龠々〇０-９]+)[ぁ-ゖー]*|[ぁ-ゖー]+)[、。，．！？：；」』）)…〜]*|.",
    re.DOTALL,
)
"""What a line is broken between: words, and in Japanese a word with the particles and punctuation behind it."""


def width(text: str) -> int:
    """Return how many columns text takes on a terminal: East Asian wide characters take two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, columns: int, *, even: bool = False) -> list[str]:
    """Break text into lines of at most so many columns; `even` makes them as alike in length as they can be."""
    lines = _wrap(text, columns)
    while even and columns > 1 and len(lines) > 1 and len(narrower := _wrap(text, columns - 1)) == len(lines):
        lines, columns = narrower, columns - 1
    return lines


def _wrap(text: str, columns: int) -> list[str]:
    lines = [""]
    for unit in filter(None, _UNIT.findall(text)):
        if width(lines[-1]) + width(unit.rstrip()) > columns and lines[-1]:
            lines.append("")
        lines[-1] += unit if lines[-1] else unit.lstrip()
        while width(lines[-1].rstrip()) > columns > 1:  # a word longer than a line
            fits = next(end for end in range(len(lines[-1]), 0, -1) if width(lines[-1][:end]) <= columns)
            lines[-1:] = [lines[-1][:fits], lines[-1][fits:]]
    return [line.rstrip() for line in lines]
