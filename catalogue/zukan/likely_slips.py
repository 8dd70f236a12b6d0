"""Tells which typed words are likely slips although a few models are named so: roberat, of six among three million."""

from __future__ import annotations

from zukan.asked import Asked
from zukan.store.tokens import NAME

_SHORTEST = 4
_FEW = 500
"""A word that more models have in their name is one of its own."""
_HARDLY = 5
"""Fewer say as little as these."""
_LIKELIER = 200
"""Times as many models must have the word that was meant in their name."""


def mended(asked: Asked) -> str | None:
    """Return the words of a query with its likely slips mended; None where there are none."""
    vocabulary = asked.reader.vocabulary
    typed = asked.text.split()
    words = [word.lower() for word in typed]
    counts = vocabulary.counts(form for word in words for form in (NAME + word, word))
    found = list(typed)
    for place, word in enumerate(words):
        own = max(counts.get(NAME + word, 0), counts.get(word, 0))
        if len(word) < _SHORTEST or not (word.isascii() and word.isalpha()) or own > _FEW:
            continue
        near = vocabulary.nearest(word, max(own, _HARDLY) * _LIKELIER)
        # What it begins was searched for.
        if near and not near.startswith(word):
            found[place] = near
    return None if found == typed else " ".join(found)
