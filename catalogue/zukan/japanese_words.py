"""Tells what Japanese nouns are called in the names of models, by data/japanese_words.tsv.gz (made of JMdict)."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache

from zukan.resources import data_path

_LONGEST = 10
_RUN = re.compile("[ぁ-ゖァ-ヺー一-鿿々]+")
_KANJI = re.compile("[一-鿿々]")
_KANA = re.compile("[ぁ-ゖ]")
_PARTICLES = "のをがはにでとやもへか"
_KATAKANA = re.compile("[ァ-ヺー]")


@cache
def _lines() -> list[str]:
    import gzip  # noqa: PLC0415 (only words in Japanese need it)

    return gzip.decompress(data_path("japanese_words.tsv.gz").read_bytes()).decode().splitlines()


def english(word: str) -> str | None:
    """Return what a word is called in English, several with | between them; None for one that is not known."""
    lines = _lines()
    place = bisect_left(lines, f"{word}\t")
    if place < len(lines) and lines[place].startswith(f"{word}\t"):
        return lines[place].partition("\t")[2]
    return None


def nouns_in(text: str) -> dict[str, str]:
    """Return the known nouns of a text, the longest at each place, and what they are called in English."""
    found: dict[str, str] = {}
    for run in _RUN.findall(text):
        place = 0
        while place < len(run):
            word, said = _longest(run, place)
            if said:
                found[word] = said
            place += len(word)
    return found


def _longest(run: str, place: int) -> tuple[str, str | None]:
    for end in range(min(place + _LONGEST, len(run)), place, -1):
        word = run[place:end]
        if _is_cut(run, place, end):
            continue
        if said := english(word):
            return word, said
    return run[place], None


def _is_cut(run: str, start: int, end: int) -> bool:
    """Whether a word would be a piece of a longer one: a verb, a single kanji among others, half a word in katakana."""
    before, after = run[max(start - 1, 0) : start], run[end : end + 1]
    if _KANA.match(run[end - 1]) and _KANA.match(after) and after not in _PARTICLES:
        return True  # the beginning of a verb: 使い in 使いたい
    if end - start == 1:
        return bool(_KANJI.match(before) or _KANJI.match(after))
    return bool(_KATAKANA.match(run[start]) and _KATAKANA.match(before) and end - start < 3)
