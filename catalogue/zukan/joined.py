"""Finds the names that say typed words in other parts: `phi4` of phi-4, `sd xl turbo` of sdxl-turbo."""

from __future__ import annotations

import re
from itertools import chain, pairwise

from zukan.asked import Asked
from zukan.store.tokens import NAME
from zukan.store.vocabulary import Vocabulary
from zukan.store.wording import name_words, split_at_digits, squashed

MOST = 60
"""So many such names are listed."""
_MOST_READ, _KNOWN = 500, 20
_USUAL = 5_000
"""A word that so many have in their name is one of its own."""
_FEW = 5
"""A word that so many have in their name is one that joins others."""
_ONE = re.compile(r"(?=.*[a-z])(?=.*\d|.{8})[a-z0-9]{4,30}")
"""What may be several words of a name: with digits, or long."""
_SEVERAL = re.compile(r"[a-z0-9]{5,40}")
_MARKS, _ONE_BETWEEN = "-_. ", 2
_NO_MARKS = str.maketrans("", "", _MARKS)
_BY_CHANCE = 1_000
"""Of words that so many times as many have apart somebody joins any."""
_LONGEST_RUN = 4


def joined(asked: Asked) -> list[int]:
    """Return the places of models whose name says the words of a query in other parts, popular first."""
    if not asked.looked or asked.query.sort != "relevance":
        return []
    words = asked.text.lower().split()
    text, vocabulary = squashed("".join(words)), asked.reader.vocabulary
    may_be = _one_may_be if len(words) == 1 else _several_may_be
    if not may_be(words if len(words) > 1 else [text], text, vocabulary):
        return []
    places = vocabulary.names_with(text, MOST, _MOST_READ)
    names = asked.reader.names(places)
    found = [place for place in places if place in names and says_apart(names[place].lower(), text)]
    if len(words) == 1:
        found = found if any(text not in names[place].lower() for place in found) else []
    else:
        # Those that have the words as they were typed are found by these.
        typed = {part for word in words for part in name_words(word) if len(split_at_digits(part)) == 1 or part == word}
        found = [place for place in found if not typed <= name_words(names[place])]
    if not found or not asked.others:
        return found
    kept = asked.reader.streams.each_of(found, asked.planned(()))
    return [place for place in found if place in kept]


def says_apart(name: str, text: str) -> bool:
    """Whether whole words of a name are a text, with at most one mark between any two of its letters."""
    plain = name.translate(_NO_MARKS)
    start = plain.find(text)
    if start < 0:
        return False
    at = [place for place, letter in enumerate(name) if letter not in _MARKS]
    while start >= 0:
        own = at[start : start + len(text)]
        whole = not (_is_letter(name[own[0] - 1 : own[0]]) or _is_letter(name[own[-1] + 1 : own[-1] + 2]))
        if whole and all(second - first <= _ONE_BETWEEN for first, second in pairwise(own)):
            return True
        start = plain.find(text, start + 1)
    return False


def _is_letter(text: str) -> bool:
    return text.isascii() and text.isalnum()


def _one_may_be(words: list[str], text: str, vocabulary: Vocabulary) -> bool:
    """Whether a word may be several of a name: not if many have it as it is, or hardly any has its parts."""
    if words[0] != text or not _ONE.fullmatch(text):
        return False
    cuts = [(text[:place], text[place:]) for place in range(3, len(text) - 2)]
    if any(letter.isdigit() for letter in text):
        cuts = [(text[: cut.start()], text[cut.start() :]) for cut in re.finditer(r"(?<=[a-z])(?=\d)", text)]
    counts = vocabulary.counts(NAME + word for word in (text, *chain(*cuts)))
    known = [min(counts.get(NAME + left, 0), counts.get(NAME + right, 0)) for left, right in cuts]
    return counts.get(NAME + text, 0) < _USUAL and max(known, default=0) >= _KNOWN


def _several_may_be(words: list[str], text: str, vocabulary: Vocabulary) -> bool:
    """Whether names may say some words as one, or one as several: such a word is known."""
    if not _SEVERAL.fullmatch(text):
        return False
    runs = {
        squashed("".join(words[start:end])): words[start:end]
        for start in range(len(words))
        for end in range(start + 2, min(start + _LONGEST_RUN, len(words)) + 1)
    }
    cut = [pair for word in words for pair in pairwise(split_at_digits(word))]
    counts = vocabulary.counts(NAME + word for word in (*runs, *words, *chain(*cut)))
    for run, several in runs.items():
        apart = min(counts.get(NAME + word, 0) for word in several)
        if counts.get(NAME + run, 0) >= max(_FEW, apart / _BY_CHANCE):
            return True
    return any(min(counts.get(NAME + left, 0), counts.get(NAME + right, 0)) >= _KNOWN for left, right in cut)
