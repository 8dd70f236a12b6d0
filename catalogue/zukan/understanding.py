"""Reads what a question in free words asks for: its task, its languages, what it is about.

Phrases of the registry tell the task. Where they tell none, or one that hardly anybody who writes so asks for, all
words of the question do (`zukan.likely`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import chain, groupby
from typing import NamedTuple

from zukan.advice import Understanding
from zukan.errors import UnknownTask
from zukan.lazily import lazily
from zukan.likely import NONE, likely
from zukan.mentions import Mention, Role, find_mentions
from zukan.phrases import Match, Span, closed_up, is_japanese, is_kana_or_kanji, normalise, overlap, singular, words
from zukan.tasks import (
    is_model_name,
    is_own_name,
    key_of,
    modality_book,
    named,
    phrase_book,
    registry,
    suggest,
    task_words,
)

_DIRECTION_WEIGHT = 12.0
"""What "from A to B" weighs, in letters; half where one of the two roles only follows from the other."""


@lru_cache(maxsize=200)
def understand(question: str) -> Understanding:
    """Return what a task id, or a question in English or Japanese, asks for.

    `languages` holds every language that the question names, in order; source and target are set only for
    translation. `words` holds what is left, in English where data/tasks.toml knows the word.

    Raises:
        UnknownTask: Nothing in it names a task; with the ids of the nearest ones.

    """
    if exact := _named_exactly(question):
        return exact
    read = _read(question)
    if read.is_named:
        return _told(read, str(read.chosen))
    weights = _weights(read)
    shares = likely(read.text, weights, read.chosen)
    if next(iter(shares)) == "translation" and _is_a_list_of_languages(read):
        # Names of languages make a translation likely: of many it is one if the other words say so too.
        shares = likely(_without_mentions(read), weights, read.chosen)
    best, share = next(iter(shares.items()))
    enough = _needed(read.text)
    told = weights.get(read.chosen, 0.0) if read.chosen is not None else 0.0
    if read.chosen == _ANYTHING and told < _LIGHT and best != "translation" and enough < math.inf:
        enough = min(enough, _GUESSED_BESIDE_JA if is_japanese(read.text) else _GUESSED_BESIDE)
    if read.chosen is not None and not _is_overruled(read.chosen, told, shares, enough):
        found = _told(read, read.chosen)
        return found._replace(alternatives=_first_three(found.alternatives, _close(read.chosen, shares, read.text)))
    if best == NONE or share < enough:
        near = (task for task, share in shares.items() if share >= _NEAR and task != NONE)
        raise UnknownTask(question, _first_three(suggest(question), near))
    # Where a phrase and the words of the whole disagree, or two tasks are as likely, it is asked back.
    least = 0 if _SEVERAL.search(read.text) else _HEAVY
    heard = [match.key for match in read.ranking if match.weight >= least and match.key != best]
    found = _told(read, best)
    others = _first_three(heard, _close(best, shares, read.text))
    return found._replace(words=found.words[:_FEW], probability=share, alternatives=others)


_OVERRULED, _LETTER, _TIMES = 0.3, 0.02, 1.2
"""With so large a share, so many times that of the task that phrases tell, another one goes before it; each letter that
the phrases weigh asks for a little more."""
_HEAVY, _HEAVIEST, _MOST_NEEDED, _SURE = 8.0, 11.0, 0.7, 30.0
"""A phrase of so much weight is asked about, also where it is overruled; one of so much takes such a share; one of so
much, a clause of a sentence, is never overruled."""
_GUESSED, _GUESSED_SHORT, _NEAR, _FEW = 0.25, 0.97, 0.1, 6
"""Without any phrase so large a share is enough, of a few words a larger one; where nothing is understood, tasks with
so large a one are named. A story has many words: so few of them are looked for in names."""
_ANYTHING, _LIGHT, _GUESSED_BESIDE, _GUESSED_BESIDE_JA = "text-classification", 3.0, 0.75, 0.9
"""A phrase for that of less weight ("detect") asks for anything: beside it such a share of the other words is enough,
in Japanese, where fewer letters say more, a larger one."""
_SHORT_WORDS, _SHORT_LETTERS = 5, 12


def _is_overruled(told: str, weight: float, shares: Mapping[str, float], least: float) -> bool:
    """Whether the words of a question speak against the task that its phrases tell, the likeliest with `least`."""
    best, share = max(shares.items(), key=lambda pair: pair[1])
    if weight >= _SURE or (best == NONE and weight >= _HEAVY):
        return False  # Who says a heavy phrase asks for something.
    enough = _MOST_NEEDED if weight >= _HEAVIEST else _OVERRULED + _LETTER * weight
    return share >= max(least, enough, _TIMES * shares.get(told, 0.0))


def _needed(text: str) -> float:
    """Return how large a share must be for a guess; a word alone is none to guess from: it may be a slip."""
    number, letters = len(words(text)), 0 if text.isascii() else sum(map(is_kana_or_kanji, text))
    if number < _SHORT_WORDS and letters < _SHORT_LETTERS:
        return _GUESSED_SHORT if number + letters > 1 else math.inf
    return _GUESSED


def _close(chosen: str, shares: Mapping[str, float], text: str) -> tuple[str, ...]:
    """Return the other tasks with at least half the share of the chosen one, and a fifth of all.

    Where several things are meant, a tenth of all is enough.
    """
    least = 0.1 if _SEVERAL.search(text) else max(0.2, shares.get(chosen, 0.0) / 2)
    return tuple(task for task, share in shares.items() if share >= least and task not in (chosen, NONE))


def _first_three(*names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(names)))[:3]


def understood(question: str) -> Understanding | None:
    """Return what the phrases of a question ask for, None where none names a task."""
    if exact := _named_exactly(question):
        return exact
    read = _read(question)
    return None if read.chosen is None else _told(read, read.chosen)


def phrases_in(question: str) -> tuple[dict[str, float], str | None]:
    """Return the weight of the heaviest phrase of a question for each task, and the task that they tell."""
    read = _read(question)
    return _weights(read), read.chosen


def _named_exactly(question: str) -> Understanding | None:
    # A task's own name needs no reading, and the phrase book costs more than the answer.
    known = registry()
    exact = known.names.get(key_of(question))
    if not exact:
        return None
    task = known.tasks[exact]
    # The documents of document question answering are no subject beside it; what some call a task by may be: sentiment.
    topics = () if is_own_name(question, task) else topics_in(normalise(question), exact)
    return Understanding(task=task, topics=topics)


def _told(read: _Read, task_id: str) -> Understanding:
    """Return what a question asks for, whose task is known."""
    taken = [mention.span for mention in read.mentions]
    if read.is_named:
        taken = [(0, len(read.text))]
    else:
        taken += _spans(read.ranking, {task_id, read.shifted if task_id == read.chosen else None})
    source, target = _direction(read.mentions) if task_id == "translation" else (None, None)
    if task_id == _OF_PICTURES and read.mentions and _BY_WORDS.search(read.text):
        task_id = _OF_PICTURES_AND_WORDS
    return Understanding(
        task=registry().tasks[task_id],
        languages=tuple(dict.fromkeys(mention.code for mention in read.mentions)),
        source_language=source,
        target_language=target,
        topics=topics_in(read.text, task_id),
        words=_leftover(read.text, taken),
        alternatives=_alternatives(read.ranking, task_id, several=bool(_SEVERAL.search(read.text))),
    )


_OF_PICTURES, _OF_PICTURES_AND_WORDS = "image-feature-extraction", "zero-shot-image-classification"
"""What looks for pictures by pictures knows no language: who names one looks for them by words, or for French dogs."""
_BY_WORDS = lazily(
    r"\b(?:texts?|words?|captions?|quer(?:y|ies)|descriptions?|sentences?|keywords?)\b|語|言葉|文章|テキスト"
)


def _is_a_list_of_languages(read: _Read) -> bool:
    directed = {Role.SOURCE, Role.TARGET} <= {mention.role for mention in read.mentions}
    return read.chosen != "translation" and not directed and len({mention.code for mention in read.mentions}) > 2


def _without_mentions(read: _Read) -> str:
    text = read.text
    for mention in read.mentions:
        text = f"{text[: mention.start]}{' ' * (mention.end - mention.start)}{text[mention.end :]}"
    return text


def _weights(read: _Read) -> dict[str, float]:
    found: dict[str, float] = {}
    for match in read.ranking:
        found[match.key] = max(found.get(match.key, 0.0), match.weight)
    return found


class _Read(NamedTuple):
    """What the phrases of a question say."""

    text: str
    mentions: Sequence[Mention]
    ranking: list[Match]
    """The heaviest first; that of another kind of input before the one that it was taken from."""
    chosen: str | None
    is_named: bool = False
    """Whether the whole question is the name of a task."""
    shifted: str | None = None
    """The task that the phrases tell, where a word beside them names another kind of input."""


@cache
def _words_of_tasks() -> frozenset[str]:
    return frozenset(task_words())


def _read(question: str) -> _Read:
    text = normalise(question)
    if " " in text and is_japanese(text):
        text = closed_up(text, _words_of_tasks())
    mentions = find_mentions(text)
    matches = phrase_book().find(text)
    ranking = _rank(matches, mentions, is_japanese(text))
    chosen = named(question, matches)
    if chosen is None and re.search(r"\[mask\]|<mask>|_{2,}", text):
        chosen = "fill-mask"
    if chosen or not ranking:
        return _Read(text, mentions, ranking, chosen, bool(chosen))
    shifted, evidence = _shift(text, ranking[0].key, ranking[0].spans)
    if not shifted:
        return _Read(text, mentions, ranking, ranking[0].key)
    ranking.insert(0, Match(shifted, "", evidence, ranking[0].weight))
    return _Read(text, mentions, ranking, shifted, shifted=ranking[1].key)


def _spans(ranking: Sequence[Match], keys: set[str | None]) -> list[Span]:
    """Return where the phrases for some tasks stand, but for the names of models."""
    own = [match for match in ranking if match.key in keys and match.phrase not in registry().model_names]
    return [span for match in own for span in match.spans]


def _rank(matches: Sequence[Match], mentions: Sequence[Mention], japanese: bool) -> list[Match]:
    """Return the phrases found, the heaviest first.

    "From A to B" counts as a phrase for translation.

    Among equals the one whose task is supported by more comes first, then the one that stands where the head
    of a phrase does: first in English ("reranker for search"), last in Japanese (検索のリランカー).
    """
    found = _longest(matches)
    if {Role.SOURCE, Role.TARGET} <= {mention.role for mention in mentions}:
        told = {mention.role for mention in mentions if not mention.inferred} - {Role.NONE}
        weight = _DIRECTION_WEIGHT / (3 - len(told))
        found.append(Match("translation", "", tuple(mention.span for mention in mentions), weight))
    support: dict[str, float] = {}
    for match in found:
        support[match.key] = support.get(match.key, 0.0) + match.weight
    head = -1 if japanese else 1
    return sorted(found, key=lambda match: (-match.weight, -support[match.key], head * match.spans[0][0]))


def _longest(matches: Sequence[Match]) -> list[Match]:
    """Leave out a phrase that takes its word from inside a longer one: "detect … speech" in "hate speech"."""
    weak = registry().weak
    whole = [(m.key, m.spans[0]) for m in matches if len(m.spans) == 1 and m.phrase not in weak]

    def inside(match: Match) -> bool:
        return any(
            key != match.key and start <= span[0] and span[1] <= end and (start, end) != span
            for key, (start, end) in whole
            for span in match.spans
        )

    return [match for match in matches if not inside(match)]


def _shift(text: str, task_id: str, taken: Iterable[Span]) -> tuple[str | None, tuple[Span, ...]]:
    """Return the task for the kind of input that a word beside the phrase names: "classify" + "photo"."""
    taken = list(taken)
    hints = [m for m in modality_book().find(text) if not any(overlap(m.spans[0], span) for span in taken)]
    for index, (_, _, shifts) in enumerate(registry().modalities):
        spans = tuple(match.spans[0] for match in hints if match.key == str(index))
        if spans and task_id in shifts:
            return shifts[task_id], spans
    return None, ()


_SEVERAL = lazily(
    r"\b(?:or|either|both|and also|not sure|undecided|whichever|but also|as well as)\b"
    r"|何か(?:でき|[^。、]{0,4}したい)|それとも|どっち|どちら|または|あるいは|両方|[るいう]か、"
)
"""Who says so means more than one thing."""


def _alternatives(ranking: Sequence[Match], chosen: str, *, several: bool) -> tuple[str, ...]:
    """Return the other tasks whose best phrase is at least half as heavy and not a part of the winner's.

    Where several things are meant, a sixth of the weight is enough.
    """
    if not ranking:
        return ()
    best = ranking[0]
    found = dict.fromkeys(
        match.key
        for match in ranking
        if match.key != chosen
        and match.weight >= best.weight / (6 if several else 2)
        and not all(any(s[0] >= b[0] and s[1] <= b[1] for b in best.spans) for s in match.spans)
    )
    return tuple(found)[:3]


def _direction(mentions: Sequence[Mention]) -> tuple[str | None, str | None]:
    by_role = {mention.role: mention.code for mention in reversed(mentions)}
    return by_role.get(Role.SOURCE), by_role.get(Role.TARGET)


def topics_in(text: str, task_id: str) -> tuple[str, ...]:
    """Return the topics of a task that a question names; its own phrase often does ("sentiment", 感情分析)."""
    padded = f" {' '.join(word.text for word in words(text))} "
    whole, padded = padded, _NOT_ABOUT.sub(" ", padded)
    topics, (by_first_word, others) = registry().topics, _phrases_of_topics()
    rows = [row for word in set(whole.split(" ")) for row in by_first_word.get(word, ())]
    said = {
        name
        for name, phrase in (rows if text.isascii() else [*rows, *others])
        if (not topics[name].tasks or task_id in topics[name].tasks)
        and _says(phrase, text, whole if phrase.startswith(("no ", "not ")) else padded)
    }
    found = tuple(name for name in topics if name in said)
    return tuple(name for name in found if topics[name].yields.isdisjoint(found))


@cache
def _phrases_of_topics() -> tuple[dict[str, list[tuple[str, str]]], list[tuple[str, str]]]:
    """Return (name of a topic, phrase that asks for it): those in Latin letters by their first word, and the others."""
    by_first_word: dict[str, list[tuple[str, str]]] = {}
    others: list[tuple[str, str]] = []
    for name, topic in registry().topics.items():
        for phrase in topic.asked:
            rows = by_first_word.setdefault(phrase.split(" ")[0], []) if phrase.isascii() else others
            rows.append((name, phrase))
    return by_first_word, others


def _says(phrase: str, text: str, padded: str) -> bool:
    return f" {phrase} " in padded if phrase.isascii() else phrase in text


_NOT_ABOUT = lazily(
    r" (?:not|no|non|without)(?: an?| the)? [a-z]+(?: [a-z]+(?= (?:and|or|but|nor) (?:not|no|without) | $))?(?= )"
)
"""What a question says that it is not about: "a base model, not chat"."""


def _leftover(text: str, taken: Sequence[Span]) -> tuple[str, ...]:
    """Return the content words outside the spans, Japanese ones in English where known."""
    found: dict[str, None] = {}
    stop_words = registry().stop_words
    for word in words(text):
        free = not any(overlap((word.start, word.end), span) for span in taken)
        if free and len(word.text) > 1 and not word.text.isdigit() and word.text not in stop_words:
            name = singular(word.text)
            # Clips are no CLIP.
            found[word.text if name != word.text and is_model_name(name) else name] = None
    if is_japanese(text):
        rest = "".join(" " if any(s <= i < e for s, e in taken) else c for i, c in enumerate(text))
        known = registry().japanese_words
        for name in sorted(known, key=len, reverse=True):
            if name in rest:
                found[known[name]] = None
                rest = rest.replace(name, " ")
        for kind, letters in groupby(rest, _kind_of_letter):
            run = "".join(letters)
            if kind and len(run) > 1 and run not in stop_words:
                found[run] = None
    return tuple(found)


def _kind_of_letter(letter: str) -> str:
    """Return what words are cut by: kanji, katakana, "" for any other letter."""
    if "ァ" <= letter <= "ヴ" or letter == "ー":
        return "katakana"
    return "kanji" if "㐀" <= letter <= "鿿" or letter == "々" else ""
