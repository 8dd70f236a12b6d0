"""Tells what Japanese nouns are called in the names of models, by data/japanese_words.tsv.gz (made of JMdict)."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache
from itertools import groupby

from zukan.kana import NO_BEGINNING, PARTICLES
from zukan.lazily import lazily
from zukan.resources import data_path

_LONGEST = 10
_KANA = lazily("[ぁ-ゖ]")
_AFTER_NOUNS = (
    "だけ", "など", "まで", "より", "たち", "ごと", "だ", "じゃ", "ばかり", "しか", "っぽい", "みたい", "らしい",
    "なの", "くい", "びら", "いす",
)  # fmt: skip
_KATAKANA = lazily("[ァ-ヺー]")
_KATAKANA_RUN = lazily("[ァ-ヺー]+")


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
    for run in ("".join(letters) for of_words, letters in groupby(text, _is_letter) if of_words):
        place = known = 0
        while place < len(run):
            word, said = _longest(run, place, known)
            place += len(word)
            if said:
                found[word] = said
                known = place
    return found


def _is_kanji(letter: str) -> bool:
    # A class of all kanji takes a millisecond to compile.
    return "一" <= letter <= "鿿" or letter == "々"


def _is_letter(letter: str) -> bool:
    return _is_kanji(letter) or "ぁ" <= letter <= "ゖ" or "ァ" <= letter <= "ヺ" or letter == "ー"


def _longest(run: str, place: int, known: int) -> tuple[str, str | None]:
    """Return the longest known noun at a place, before which the last known one ended at `known`, or one letter."""
    for end in range(min(place + _LONGEST, len(run)), place, -1):
        word = run[place:end]
        if _is_cut(run, place, end) or (place > known and _begins_inside(run, place)):
            continue
        if said := english(word):
            return word, said
    return run[place], None


def _begins_inside(run: str, place: int) -> bool:
    """Whether a place is inside a longer word: ソース of オープンソース, the 真 of 写真の."""
    before, first, second = run[place - 1], run[place], run[place + 1 : place + 2]
    if _KATAKANA.match(first):
        return bool(_KATAKANA.match(before))
    return _is_kanji(first) and _is_kanji(before) and not _is_kanji(second)


def _is_cut(run: str, start: int, end: int) -> bool:
    """Whether a word would be a piece of a longer one: a verb, a single kanji among others, half a word in katakana."""
    before, after = run[max(start - 1, 0) : start], run[end : end + 1]
    if _KANA.match(run[end - 1]) and _KANA.match(after) and after not in PARTICLES:
        return True  # the beginning of a verb: 使い in 使いたい
    if end - start == 1:
        # A kanji before kana that are no particle begins a verb or an adjective: 悪い, 上げる.
        verb = _KANA.match(after) and after not in PARTICLES and not run.startswith(_AFTER_NOUNS, end)
        return bool(_is_kanji(before) or _is_kanji(after) or verb)
    if _KATAKANA.match(run[end - 1]) and (rest := _KATAKANA_RUN.match(run, end)) and _is_no_word(rest[0]):
        return True  # ファイ, the letter phi, in ファイル
    return bool(_KATAKANA.match(run[start]) and _KATAKANA.match(before) and end - start < 3)


def _is_no_word(katakana: str) -> bool:
    """Whether what follows in katakana is the end of the same word: `ル`, `ンチューニング`."""
    return katakana[0] in NO_BEGINNING or len(katakana) < 2
