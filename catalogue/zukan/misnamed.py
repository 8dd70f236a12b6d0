"""Finds what stands where a language would in a question about translating, and is none that zukan knows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from zukan.countries import is_country
from zukan.lazily import lazily
from zukan.mentions import find_mentions
from zukan.phrases import Span, normalise, overlap
from zukan.query_values import nearest_languages
from zukan.tasks import is_known_word


class Misnamed(NamedTuple):
    """A word in the place of a language."""

    name: str
    """As typed."""
    certain: bool
    """Nothing else can be meant: the other language of the pair is told, or its name is nearly one."""


class _Patterns(NamedTuple):
    after: re.Pattern[str]
    before: re.Pattern[str]
    lone: re.Pattern[str]
    ends: re.Pattern[str]
    japanese: re.Pattern[str]


@cache
def _patterns() -> _Patterns:
    word = r"([^\W\d_]{3,30})"
    return _Patterns(
        after=lazily(rf"(?: ?(?:->|=>|→|⇒) ?| (?:in)?to ){word}"),
        before=lazily(rf"(\bfrom )?(?<![\w-]){word}(?: ?(?:->|=>|→|⇒) ?| (?:in)?to )$"),
        lone=lazily(rf"\b(?:in)?to {word}"),
        # After a name in the place of a target: the end of what is to be done.
        ends=lazily(
            r" ?(?:$|[^\w\s-])| (?:translat|interpret|subtit|for|on|with|in|using|under|that|which|and|or|model|please|"
            r"offline|by|from|text)"
        ),
        japanese=lazily(r"[ァ-ヴー・]{2,20}語"),
    )


def misnamed(question: str) -> list[Misnamed]:
    """Return the words of a question for a translation that stand for languages and name none, in order."""
    text = normalise(question)
    mentions = [mention.span for mention in find_mentions(text)]
    found: dict[Span, bool] = {}
    for match in _patterns().japanese.finditer(text):
        found[match.span()] = True
    for span, certain in _in_pairs(text, mentions):
        found[span] = found.get(span, False) or certain
    original = unicodedata.normalize("NFKC", question)
    wrong = []
    for (start, end), certain in sorted(found.items()):
        word = text[start:end]
        if any(overlap((start, end), span) for span in mentions) or is_known_word(word) or is_country(word):
            continue
        typed = next(re.finditer(re.escape(word), original, re.IGNORECASE), None)
        name = typed[0] if typed else word
        if name.isupper() and name.isascii():
            continue  # SQL, IPA: no name of a language is written so
        if certain or nearest_languages(name, cutoff=0.85):
            wrong.append(Misnamed(name, certain=True))
        elif name[:1].isupper():
            wrong.append(Misnamed(name, certain=False))
    return wrong


def _in_pairs(text: str, mentions: list[Span]) -> Iterator[tuple[Span, bool]]:
    """Yield (place, whether it must be a language) of the words in the other place of a pair."""
    patterns = _patterns()
    for start, end in mentions:
        if match := patterns.after.match(text, end):
            yield match.span(1), patterns.ends.match(text, match.end()) is not None
        if match := patterns.before.search(text, max(0, start - 50), start):
            yield match.span(2), match[1] is not None
    if not mentions:
        for match in patterns.lone.finditer(text):
            yield match.span(1), False
