"""Looks whether words stand next to each other in a name, a tag or a card, which the index of words does not know."""

from __future__ import annotations

from functools import lru_cache

from zukan.store.tokens import JOINT, SPELLED
from zukan.store.wording import squashed, words_of
from zukan.store.words import Texts

_REMEMBERED = 8
"""Phrases whose tags are kept in memory: a search has one or two."""


class Phrases:
    """The phrases that are looked for in one open catalogue."""

    def __init__(self, texts: Texts) -> None:
        """Take the shared texts of the catalogue: tags are among them."""
        self._texts = texts
        self._tags: dict[str, tuple[set[str], set[str]]] = {}
        """Phrase → (numbers of the tags that were looked at, of those with the phrase), as they are stored."""

    def stand_in(self, model_id: str, tags: str, card: str | None, phrase: str) -> bool:
        """Return whether a model has a phrase: what SQL calls for each model with all its words.

        Args:
            model_id: Its name.
            tags: The numbers of its tags, as they are stored.
            card: The first paragraph of its card, if it is known.
            phrase: Words as they are indexed, a space between them.

        """
        if _stands_in(model_id, phrase) or (card and _stands_in(card, phrase)):
            return True
        if tags == "[]":
            return False
        if phrase not in self._tags:
            if len(self._tags) >= _REMEMBERED:
                self._tags.clear()
            self._tags[phrase] = (set(), set())
        looked_at, with_phrase = self._tags[phrase]
        numbers = tags[1:-1].split(",")
        if missing := set(numbers).difference(looked_at):
            wanted = {number: int(number) for number in missing}
            texts = self._texts.of(set(wanted.values()))
            looked_at |= missing
            with_phrase.update(number for number, own in wanted.items() if _stands_in(texts[own], phrase))
        return not with_phrase.isdisjoint(numbers)


def _stands_in(text: str, phrase: str) -> bool:
    # Seen at once in most texts: without the spaces too, the letters of the words stand in a row.
    run = _letters(phrase)
    if run and text.isascii() and run not in squashed(text):
        return False
    return f" {phrase} " in f" {' '.join(words_of(text))} "


@lru_cache(maxsize=_REMEMBERED)
def _letters(phrase: str) -> str:
    """Return the letters and digits of a phrase; "" where some are written by their numbers."""
    return "" if SPELLED in phrase else phrase.replace(JOINT, "").replace(" ", "")
