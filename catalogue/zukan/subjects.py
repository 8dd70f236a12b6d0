"""Finds what a question is about in the names and tags of models."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from zukan.languages import is_language_tag
from zukan.lazily import lazily
from zukan.schema import MOST_KEPT
from zukan.tasks import is_field, narrow_topics, other_topics, topic_signs, topics_of


class Signs(NamedTuple):
    """What a name or tag holds that says what is asked for, any of it."""

    signs: tuple[tuple[str, str], ...]
    """(words with single spaces around them, the first of them)."""
    first_words: frozenset[str]
    """Of all signs: a text that holds none of them says nothing, which is found out at once."""

    def among(self, held: Collection[str]) -> list[str]:
        """Return the signs whose first word is one of those that a text holds."""
        return [] if self.first_words.isdisjoint(held) else [sign for sign, first in self.signs if first in held]


def _signs(said: Iterable[str]) -> Signs:
    """Return signs given as words with single spaces around them."""
    pairs = tuple((sign, sign.split()[0]) for sign in said if sign.strip())
    return Signs(pairs, frozenset(first for _, first in pairs))


MOST_TOPICS = 3
"""So many topics of a question count."""
_LONGEST_CODE = 3
_LONG_WORD = 5
"""So many letters, with the space before them: `wind` is no window, `hand` no handwriting."""
_DATA_SET, _FEW_DATA_SETS = "dataset:", 5
_NO_SUBJECT = ("arxiv:", "doi:", "license:", "region:", "base_model:")
"""Such tags say where a model is described and what it may be used for, not what it is about."""
_OF_ANY_SUBJECT = frozenset(("detection", "detector", "classification", "classifier", "recognition", "text"))
"""Words of signs that say no subject: language detection is none for who wants texts of machines detected."""
_NO_LETTER, _NO_ASCII_LETTER = lazily(r"[^0-9a-z/\u3040-\u9fff]+"), re.compile(r"[^0-9a-z/]+")
_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


@lru_cache(maxsize=64)
def signs_of(
    topics: tuple[str, ...], words: tuple[str, ...], subjects: tuple[str, ...] = ()
) -> tuple[tuple[Signs, ...], tuple[Signs, ...], tuple[Signs, ...]]:
    """Return the signs of each topic of data/tasks.toml, of each word, or of words with | that mean the same, and of
    each subject of data/thesaurus.toml.
    """
    of_topics = [[f" {sign} " for sign in topic_signs(topic)] for topic in topics[:MOST_TOPICS]]
    # A word may be the beginning of a longer one; a topic's signs are whole words.
    of_words = [[sign for one in word.split("|") for sign in _beginnings(one)] for word in words[:6]]
    of_subjects = [
        [sign for one in subject.split("|") for sign in _beginnings(one, _LONG_WORD + 1)] for subject in subjects
    ]
    return tuple(map(_signs, of_topics)), tuple(map(_signs, of_words)), tuple(map(_signs, of_subjects))


@lru_cache(maxsize=64)
def first_words(topics: tuple[str, ...], words: tuple[str, ...], subjects: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the first words of all signs of a question: a text that holds none of them says nothing of it."""
    return frozenset().union(*(signs.first_words for kind in signs_of(topics, words, subjects) for signs in kind))


def _beginnings(words: str, long: int = _LONG_WORD) -> tuple[str, ...]:
    """Return what names hold that say these words: a long one may begin another, a short one has its plural."""
    said = _spaced(words).rstrip()
    return (said,) if len(said) > long else (f"{said} ", f"{said}s ")


@lru_cache(maxsize=64)
def unasked_signs(task_id: str, topics: tuple[str, ...], words: tuple[str, ...], *, fields: bool = False) -> Signs:
    """Return the signs of what neither these topics nor these words ask for: narrow topics, and others beside these.

    Args:
        task_id: The task that is asked for.
        topics: Those of the question.
        words: Other words of the question, with | between those that mean the same.
        fields: Return those of fields of knowledge alone.

    """
    names = {part for several in words for one in several.split("|") for part in one.split()}
    wanted = names.union(*(sign.split() for topic in topics for sign in topic_signs(topic))) - _OF_ANY_SUBJECT
    narrow = [topic for topic in narrow_topics(task_id) if topic not in topics]
    unasked = [
        topic
        for topic in dict.fromkeys((*narrow, *other_topics(task_id, topics)))
        if names.isdisjoint(topic_signs(topic)) and (is_field(topic) or not fields)
    ]
    signs = [sign for topic in unasked for sign in topic_signs(topic)]
    return _signs(f" {sign} " for sign in signs if wanted.isdisjoint(sign.split()))


@lru_cache(maxsize=64)
def narrow_signs(task_id: str, topics: tuple[str, ...], words: tuple[str, ...]) -> Signs:
    """Return those of `unasked_signs` whose models serve nobody but who asks for them."""
    unasked = {sign for sign, _ in unasked_signs(task_id, topics, words).signs}
    narrow = (f" {sign} " for topic in narrow_topics(task_id) for sign in topic_signs(topic))
    return _signs(sign for sign in narrow if sign in unasked)


@lru_cache(maxsize=64)
def _signs_of_topics(task_id: str) -> tuple[tuple[str, Signs], ...]:
    return tuple((topic, _signs(f" {sign} " for sign in topic_signs(topic))) for topic in topics_of(task_id))


@lru_cache(maxsize=MOST_KEPT)
def topics_in_name(model_id: str, task_id: str) -> frozenset[str]:
    """Return the topics of a task that a model's name says it is made for."""
    return frozenset(topic for topic, signs in _signs_of_topics(task_id) if found_in_name(model_id, signs))


def held_by(text: str, first_words: Iterable[str]) -> frozenset[str]:
    """Return those of the first words of signs that a text in lower case holds, wherever in a word."""
    return frozenset(filter(text.__contains__, first_words))


def found_in_name(model_id: str, signs: Signs, held: Collection[str] | None = None) -> str | None:
    """Return the sign that a model's name says, None if it says none.

    Args:
        model_id: The name.
        signs: What may be said.
        held: What `held_by` finds of the first words of these signs, and of others, in the name.

    """
    # Putting spaces between words takes long, and most texts hold no sign's first word.
    likely = signs.among(held_by(model_id.lower(), signs.first_words) if held is None else held)
    return _first_in(spaced_name(model_id), likely) if likely else None


def found_in_tags(tags: tuple[str, ...], signs: Signs, held: Collection[str]) -> str | None:
    """Return the sign that a model's tags say, None if they say none; see `found_in_name`."""
    likely = signs.among(held)
    return _first_in(_spaced_tags(tags), likely) if likely else None


def _first_in(text: str, signs: list[str]) -> str | None:
    return next((sign.strip() for sign in signs if sign in text), None)


@lru_cache(maxsize=5_000)
def lower(tags: tuple[str, ...]) -> str:
    """Return all tags in lower case."""
    return " ".join(tags).lower()


@lru_cache(maxsize=5_000)
def _spaced_tags(tags: tuple[str, ...]) -> str:
    # A model trained on dozens of data sets is for none of their subjects.
    many = sum(tag.startswith(_DATA_SET) for tag in tags) > _FEW_DATA_SETS
    kept = [tag for tag in tags if not (many and tag.startswith(_DATA_SET))]
    return f" {' '.join(filter(None, map(_words_of_tag, kept)))} "


@lru_cache(maxsize=20_000)
def _words_of_tag(tag: str) -> str:
    """Return the words of a tag with single spaces between them; none of a language's code."""
    # `it` is Italian among the tags, and no word.
    if (len(tag) <= _LONGEST_CODE and is_language_tag(tag)) or tag.startswith(_NO_SUBJECT):
        return ""
    return _spaced(tag).strip()


@lru_cache(maxsize=MOST_KEPT)
def spaced_name(name: str) -> str:
    """Return the words of a name in lower case with single spaces around them.

    Behind them stand those that only capitals tell apart: `BioMistral`, `olmOCR`.
    """
    parted = _CAPITAL.sub(" ", name)
    return _spaced(name) if parted == name else f"{_spaced(name)}{_spaced(parted)[1:]}"


def _spaced(text: str) -> str:
    """Return lower-case words with single spaces around them, so that a word is found only at its beginning.

    The author is kept apart by a stroke: `KoalaAI/Text-Moderation` says nothing of "AI text".
    """
    pattern = _NO_ASCII_LETTER if text.isascii() else _NO_LETTER
    words = pattern.split(text.lower().replace("/", " / "))
    return f" {' '.join(words)} "
