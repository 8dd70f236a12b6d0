"""Finds the words of names that one in katakana may say: whole (ジェマ), or one behind the other."""

from __future__ import annotations

import math
from collections.abc import Iterator

from zukan.kana import NO_BEGINNING, is_katakana
from zukan.store.vocabulary import Vocabulary

_FAR = 3.0
"""A word that sounds nothing alike must stand in a thousand times as many names."""
_FARTHEST = 0.6
_NEAR, _MOST = 0.7, 3
"""So much worse than the best others may be, and so many are taken: バート is bert and bart."""
_LEAST, _LEAST_OF_PART = -0.3, 0.4
"""Worth that a whole word, and each part of one, must have."""
_SHORTEST, _LONGEST = 2, 30
"""Letters of what is heard; the time that it takes grows with their square."""


def names_heard(word: str, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    """Return what a word in katakana says: for each of its parts the words of names that sound like it, the best first.

    Nothing for a word in other letters, or that sounds like no name.
    """
    parts = [part for part in word.split("・") if part]
    if not parts or len(word) > _LONGEST or not all(map(is_katakana, parts)):
        return []
    heard = [_heard(part, vocabulary) for part in parts]
    return [names for several in heard for names in several] if all(heard) else []


def _heard(word: str, vocabulary: Vocabulary) -> list[tuple[str, ...]]:
    worth, names = _best(word, vocabulary)
    if names and worth >= _LEAST:
        return [names]
    cuts = [(min(one[0], other[0]), [one[1], other[1]]) for one, other in _cut(word, vocabulary)]
    best, several = max(cuts, key=lambda cut: cut[0], default=(-math.inf, []))
    return several if best >= _LEAST_OF_PART else []


def _cut(word: str, vocabulary: Vocabulary) -> Iterator[tuple[tuple[float, tuple[str, ...]], ...]]:
    for place in range(_SHORTEST, len(word) - _SHORTEST + 1):
        if word[place] not in NO_BEGINNING:
            first = _best(word[:place], vocabulary)
            if first[0] >= _LEAST_OF_PART:
                yield first, _best(word[place:], vocabulary)


def _best(word: str, vocabulary: Vocabulary) -> tuple[float, tuple[str, ...]]:
    """Return how likely the likeliest name is, and that with others as likely."""
    sounding = [(math.log10(models) - _FAR * far, name, far) for name, models, far in vocabulary.sounding(word)]
    judged = [(worth, name) for worth, name, far in sounding if far < _FARTHEST]
    if not judged:
        return -math.inf, ()
    judged.sort(reverse=True)
    best = judged[0][0]
    return best, tuple(name for worth, name in judged[:_MOST] if worth >= best - _NEAR)
