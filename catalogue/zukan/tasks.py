"""The registry of Hub tasks (data/tasks.toml), and what a question in free words asks for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from zukan.errors import UnknownTask
from zukan.mentions import Mention, Role, find_mentions
from zukan.phrases import Match, PhraseBook, Span, is_japanese, normalise, overlap, singular, words
from zukan.resources import data_path
from zukan.schema import Family, Task, Understanding

_ALIASES = {
    "sentiment analysis": "text-classification",
    "ner": "token-classification",
    "vqa": "visual-question-answering",
    "conversational": "text-generation",
    "zero shot audio classification": "audio-classification",
    "image captioning": "image-to-text",
}
"""Other names that transformers and older Hub versions use for a task."""

_DIRECTION_WEIGHT = 12.0
"""What "from A to B" weighs, in letters; half where one of the two roles only follows from the other."""


class _Topic(NamedTuple):
    """What a task is about, where several kinds of model share it."""

    asked: tuple[str, ...]
    """Phrases that ask for it."""
    signs: tuple[str, ...]
    """Words by which a model says that it is made for it."""
    tasks: frozenset[str]
    """Tasks that it is a topic of; none for all."""
    narrow: bool
    """Whether a model for it serves nobody who asks for the task alone."""


class _Registry(NamedTuple):
    tasks: dict[str, Task]
    names: dict[str, str]
    """Every id, name and alias, as `_key` writes it → task id."""
    weak: frozenset[str]
    model_names: frozenset[str]
    """Phrases that name a model or a family: weak, and kept among the words."""
    modalities: tuple[tuple[str, str, Mapping[str, str]], ...]
    """English words, Japanese words, and which task each task becomes beside one of them."""
    japanese_words: Mapping[str, str]
    stop_words: frozenset[str]
    topics: Mapping[str, _Topic]
    """By name."""
    suits: Mapping[tuple[str, str], tuple[str, str]]
    """Family, family that suits a task best → why the first does it too, in English and Japanese."""


@cache
def _registry() -> _Registry:
    data = json.loads(data_path("tasks.json").read_bytes())
    tasks = {row["id"]: _task(row) for row in data["task"]}
    names: dict[str, str] = {}
    for task_id, entry in tasks.items():
        for name in (task_id, entry.name, entry.name_ja):
            names[_key(name)] = task_id
    names.update(_ALIASES)
    names.update((_key(name), "other") for name in (*tasks["other"].synonyms, *tasks["other"].synonyms_ja))
    modalities = tuple(
        (row["words"], row["words_ja"], dict(pair.split("=") for pair in row["shift"])) for row in data["modality"]
    )
    model_names = frozenset(_split(data["model_names"]))
    weak = model_names.union(
        phrase[1:]
        for row in data["task"]
        for phrase in _split(row["synonyms"] + "," + row["synonyms_ja"])
        if phrase[0] == "~"
    )
    stop_words = frozenset((data["stop_words"] + data["stop_words_ja"]).split())
    topics = {
        name: _Topic(
            _split(row["asked"]),
            _split(row["signs"]),
            frozenset(_split(row.get("tasks", ""))),
            row.get("narrow", False),
        )
        for name, row in data["topics"].items()
    }
    suits = {(row["family"], row["best"]): (row["why"], row["why_ja"]) for row in data["suits"]}
    return _Registry(tasks, names, weak, model_names, modalities, data["words"], stop_words, topics, suits)


@cache
def _phrase_book() -> PhraseBook:
    registry = _registry()
    phrases: dict[str, str] = {}
    for task_id, entry in registry.tasks.items():
        if task_id == "other":
            continue
        name_ja = entry.name_ja.partition("（")[0]
        for phrase in (task_id, entry.name, name_ja, *entry.synonyms, *entry.synonyms_ja):
            phrases.setdefault(phrase, task_id)
    return PhraseBook(phrases.items(), registry.weak)


@cache
def _modality_book() -> PhraseBook:
    rows = enumerate(_registry().modalities)
    return PhraseBook((word, str(i)) for i, (english, japanese, _) in rows for word in _split(english + "," + japanese))


def _split(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.replace("\n", ",").split(","))))


def _key(name: str) -> str:
    return " ".join(normalise(name).replace("_", " ").replace("-", " ").split())


def _task(row: Mapping[str, Any]) -> Task:
    return Task(
        task_id=row["id"],
        name=row["name"],
        name_ja=row["name_ja"],
        category=row["category"],
        families=tuple(Family(family) for family in row["families"]),
        why=row["why"],
        why_ja=row["why_ja"],
        auto_class=row.get("auto_class"),
        synonyms=_split(row["synonyms"].replace("~", "")),
        synonyms_ja=_split(row["synonyms_ja"].replace("~", "")),
        related_tasks=tuple(row["related_tasks"]),
        model_types=tuple(row["model_types"]),
        name_words=_split(row.get("name_words", "")),
        example=row.get("example"),
        example_ja=row.get("example_ja"),
        input_kind=row["input_kind"],
        trial=row["trial"],
    )


def why_family(entry: Task, family: str) -> tuple[str, str] | None:
    """Return why models of a family do a task, in English and Japanese; None where the family is not known."""
    best = entry.families[0]
    return (entry.why, entry.why_ja) if family == best else _registry().suits.get((family, best))


def all_tasks() -> tuple[Task, ...]:
    """Return every Hub task, in the order of data/tasks.toml."""
    return tuple(_registry().tasks.values())


def task(task_id: str) -> Task:
    """Return a task by its id, its name, an alias or a synonym; case, `_` and `-` do not matter.

    Raises:
        UnknownTask: No such task; with the ids of the nearest ones.

    """
    # A task's own name needs no reading, and the phrase book costs more than a search.
    found = _registry().names.get(_key(task_id)) or _named(task_id, _phrase_book().find(normalise(task_id)))
    if found is None:
        raise UnknownTask(task_id, _suggest(task_id))
    return _registry().tasks[found]


def task_words() -> dict[str, str]:
    """Return every name, alias and whole-phrase synonym that stands for a task alone, as `_key` writes it → its id."""
    registry = _registry()
    found = {name: task_id for name, task_id in registry.names.items() if task_id != "other"}
    weak = {_key(phrase) for phrase in registry.weak}
    for task_id, entry in registry.tasks.items():
        if task_id == "other":
            continue
        for phrase in (*entry.synonyms, *entry.synonyms_ja):
            key = _key(phrase)
            if "…" not in phrase and key not in weak:
                found.setdefault(key, task_id)
    return found


def _named(name: str, matches: Iterable[Match]) -> str | None:
    """Return the task whose id, name, alias or synonym this is."""
    key = _key(name)
    if re.fullmatch(r"translation \w+ to \w+", key):
        return "translation"
    synonyms = (match.key for match in matches if _key(match.phrase) == key)
    return _registry().names.get(key) or next(synonyms, None)


def understand(question: str) -> Understanding:
    """Return what a task id, or a question in English or Japanese, asks for.

    `languages` holds every language that the question names, in order; source and target are set only for
    translation. `words` holds what is left, in English where data/tasks.toml knows the word.

    Raises:
        UnknownTask: Nothing in it names a task; with the ids of the nearest ones.

    """
    found = understood(question)
    if found is None:
        raise UnknownTask(question, _suggest(question))
    return found


def understood(question: str) -> Understanding | None:
    """Return what `understand` returns, None where nothing names a task."""
    registry = _registry()
    if exact := registry.names.get(_key(question)):
        # A task's own name needs no reading, and the phrase book costs more than the answer.
        return Understanding(task=registry.tasks[exact], topics=_topics(normalise(question), exact))
    text = normalise(question)
    mentions = find_mentions(text)
    matches = _phrase_book().find(text)
    ranking = _rank(matches, mentions, is_japanese(text))
    taken = [mention.span for mention in mentions]
    chosen = _named(question, matches)
    if chosen is None and re.search(r"\[mask\]|<mask>|_{2,}", text):
        chosen = "fill-mask"
    if chosen:
        taken = [(0, len(text))]
    elif ranking:
        chosen = ranking[0].key
        own = [m for m in ranking if m.key == chosen and m.phrase not in registry.model_names]
        taken += [span for match in own for span in match.spans]
        shifted, evidence = _shift(text, chosen, ranking[0].spans)
        if shifted:
            ranking.insert(0, Match(shifted, "", evidence, ranking[0].weight))
            chosen, taken = shifted, [*taken, *evidence]
    else:
        return None
    source, target = _direction(mentions) if chosen == "translation" else (None, None)
    return Understanding(
        task=registry.tasks[chosen],
        languages=tuple(dict.fromkeys(mention.code for mention in mentions)),
        source_language=source,
        target_language=target,
        topics=_topics(text, chosen),
        words=_leftover(text, taken),
        alternatives=_alternatives(ranking, chosen, several=bool(_SEVERAL.search(text))),
    )


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
    weak = _registry().weak
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
    hints = [m for m in _modality_book().find(text) if not any(overlap(m.spans[0], span) for span in taken)]
    for index, (_, _, shifts) in enumerate(_registry().modalities):
        spans = tuple(match.spans[0] for match in hints if match.key == str(index))
        if spans and task_id in shifts:
            return shifts[task_id], spans
    return None, ()


_SEVERAL = re.compile(
    r"\b(?:or|either|both|and also|not sure|undecided|whichever)\b"
    r"|それとも|どっち|どちら|または|あるいは|両方|[るいう]か、"
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


def _topics(text: str, task_id: str) -> tuple[str, ...]:
    """Return the topics of a task that a question names; its own phrase often does ("sentiment", 感情分析)."""
    padded = f" {' '.join(word.text for word in words(text))} "
    return tuple(
        name
        for name, topic in _registry().topics.items()
        if (not topic.tasks or task_id in topic.tasks)
        and any(f" {phrase} " in padded if phrase.isascii() else phrase in text for phrase in topic.asked)
    )


def known_words(text: str) -> tuple[str, ...]:
    """Return the English of the Japanese words in a text that data/tasks.toml knows (医療 → medical)."""
    text = normalise(text)
    known = _registry().japanese_words
    return tuple(dict.fromkeys(known[name] for name in sorted(known, key=len, reverse=True) if name in text))


def topic_signs(topic: str) -> tuple[str, ...]:
    """Return the words by which a model's name or tags say that it is made for a topic."""
    return _registry().topics[topic].signs


def narrow_topics(task_id: str) -> tuple[str, ...]:
    """Return the topics of a task whose models serve nobody who asks for the task alone."""
    topics = _registry().topics.items()
    return tuple(name for name, topic in topics if topic.narrow and task_id in topic.tasks)


def is_known_word(word: str) -> bool:
    """Whether a word of a normalised text has a meaning here: it says nothing, or stands for a task or a topic."""
    registry = _registry()
    asked = {part for topic in registry.topics.values() for phrase in topic.asked for part in phrase.split()}
    return word in registry.stop_words or word in asked or bool(_phrase_book().find(word))


def _leftover(text: str, taken: Sequence[Span]) -> tuple[str, ...]:
    """Return the content words outside the spans, Japanese ones in English where known."""
    found: dict[str, None] = {}
    stop_words = _registry().stop_words
    for word in words(text):
        free = not any(overlap((word.start, word.end), span) for span in taken)
        if free and len(word.text) > 1 and not word.text.isdigit() and word.text not in stop_words:
            found[singular(word.text)] = None
    if is_japanese(text):
        rest = "".join(" " if any(s <= i < e for s, e in taken) else c for i, c in enumerate(text))
        known = _registry().japanese_words
        for name in sorted(known, key=len, reverse=True):
            if name in rest:
                found[known[name]] = None
                rest = rest.replace(name, " ")
        for run in re.findall(r"[㐀-鿿々]{2,}|[ァ-ヴー]{2,}", rest):
            if run not in stop_words:
                found[run] = None
    return tuple(found)


def _suggest(question: str) -> tuple[str, ...]:
    """Return the ids of the tasks whose names come nearest to the question or one of its words."""
    import difflib  # noqa: PLC0415 (only for errors)

    registry = _registry()
    names = {_key(name): entry.task_id for entry in all_tasks() for name in (*entry.synonyms, *entry.synonyms_ja)}
    names |= registry.names
    key = _key(question)[:60]
    parts = [key, *(part for part in key.split()[:6] if len(part) > 3)]
    near = {name: part for part in parts for name in difflib.get_close_matches(part, names, n=3, cutoff=0.7)}
    ranked = sorted(near, key=lambda name: -difflib.SequenceMatcher(None, near[name], name).ratio())
    return tuple(dict.fromkeys((*(names[name] for name in ranked), *_of_kind(normalise(question)))))[:3]


def _of_kind(text: str) -> list[str]:
    """Return tasks for the kind of thing that a text speaks of: video, sound, a table …; of none, for texts."""
    kinds = {int(match.key) for match in _modality_book().find(text)}
    found = [task_id for kind in sorted(kinds) for task_id in _registry().modalities[kind][2].values()]
    if not found and _TEXTS.search(text):
        found = ["text-classification", "summarization", "question-answering"]
    return list(dict.fromkeys(found))


_TEXTS = re.compile(
    r"\b(?:texts?|documents?|articles?|papers?|reports?|e?-?mails?|letters?)\b|文章|文書|文献|論文|記事|メール|本文"
)
