"""The registry of Hub tasks (data/tasks.toml): their names, the phrases that ask for them, topics."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from zukan.advice import Task
from zukan.errors import UnknownTask
from zukan.lazily import lazily
from zukan.phrases import Match, PhraseBook, normalise
from zukan.resources import data_path
from zukan.schema import Family

_ALIASES = {
    "sentiment analysis": "text-classification",
    "ner": "token-classification",
    "vqa": "visual-question-answering",
    "conversational": "text-generation",
    "zero shot audio classification": "audio-classification",
    "image captioning": "image-to-text",
}
"""Other names that transformers and older Hub versions use for a task."""


class _Topic(NamedTuple):
    """What a task is about, where several kinds of model share it."""

    asked: tuple[str, ...]
    """Phrases that ask for it."""
    signs: tuple[str, ...]
    """Words by which a model says that it is made for it."""
    tasks: frozenset[str]
    """Tasks that it is a topic of; none for all."""
    narrow: bool | None
    """Whether a model for it serves nobody who asks for the task alone; where nothing is said, it serves nobody who
    asks for another topic, where it is False, everybody."""
    is_field: bool
    """Whether it is a field of knowledge, whose models do what is asked for in that field alone."""
    like: frozenset[str]
    """Topics whose models serve who asks for this one, and the other way about."""
    yields: frozenset[str]
    """Topics beside which this one is none: names are what is to be blacked out."""


class _Registry(NamedTuple):
    tasks: dict[str, Task]
    names: dict[str, str]
    """Every id, name and alias, as `_key` writes it → task id."""
    weak: frozenset[str]
    model_names: frozenset[str]
    """Phrases that name a model or a family: weak, and kept among the words."""
    other_model_names: frozenset[str]
    """More of them, in lower case."""
    modalities: tuple[tuple[str, str, Mapping[str, str]], ...]
    """English words, Japanese words, and which task each task becomes beside one of them."""
    japanese_words: Mapping[str, str]
    stop_words: frozenset[str]
    general: frozenset[str]
    """Stems of words in the phrases of several tasks: they say how something is asked for, not what it is about."""
    topics: Mapping[str, _Topic]
    """By name."""
    suits: Mapping[tuple[str, str], tuple[str, str]]
    """Family, family that suits a task best → why the first does it too, in English and Japanese."""


@cache
def registry() -> _Registry:
    """Return data/tasks.toml, read once."""
    data = json.loads(data_path("tasks.json").read_bytes())
    tasks = {row["id"]: _task(row) for row in data["task"]}
    names: dict[str, str] = {}
    for task_id, entry in tasks.items():
        for name in (task_id, entry.name, entry.name_ja):
            names[key_of(name)] = task_id
    names.update(_ALIASES)
    names.update((key_of(name), "other") for name in (*tasks["other"].synonyms, *tasks["other"].synonyms_ja))
    modalities = tuple(
        (row["words"], row["words_ja"], dict(pair.split("=") for pair in row["shift"])) for row in data["modality"]
    )
    model_names = frozenset(_split(data["model_names"]))
    weak = model_names.union(
        phrase[1:]
        for row in data["task"]
        for phrases in (row["synonyms"], row["synonyms_ja"])
        if "~" in phrases
        for phrase in _split(phrases)
        if phrase[0] == "~"
    )
    stop_words = frozenset((data["stop_words"] + data["stop_words_ja"]).split())
    topics = {
        name: _Topic(
            _split(row["asked"]),
            _split(row["signs"]),
            frozenset(_split(row.get("tasks", ""))),
            row.get("narrow"),
            row.get("field", False),
            frozenset(_split(row.get("like", ""))),
            frozenset(_split(row.get("yields", ""))),
        )
        for name, row in data["topics"].items()
    }
    suits = {(row["family"], row["best"]): (row["why"], row["why_ja"]) for row in data["suits"]}
    general = frozenset(data["general"].split())
    others = frozenset(data["other_model_names"].split())
    return _Registry(
        tasks, names, weak, model_names, others, modalities, data["words"], stop_words, general, topics, suits
    )


@cache
def phrase_book() -> PhraseBook:
    """Return every phrase that asks for a task."""
    known = registry()
    phrases: dict[str, str] = {}
    for task_id, entry in known.tasks.items():
        if task_id == "other":
            continue
        name_ja = entry.name_ja.partition("（")[0]
        for phrase in (task_id, entry.name, name_ja, *entry.synonyms, *entry.synonyms_ja):
            phrases.setdefault(phrase, task_id)
    return PhraseBook(phrases.items(), known.weak)


@cache
def asked_words() -> frozenset[str]:
    """Return the English words of all phrases by which tasks and topics are asked for."""
    known = registry()
    asked = (phrase for topic in known.topics.values() for phrase in topic.asked)
    phrases = (phrase for task in known.tasks.values() for phrase in (task.task_id, *task.synonyms))
    return frozenset(
        word for phrase in (*phrases, *asked) for word in re.findall(r"[a-z]+", phrase.lower()) if phrase.isascii()
    )


@cache
def modality_book() -> PhraseBook:
    """Return the words for kinds of input, each with the place of its row in `modalities`."""
    rows = enumerate(registry().modalities)
    return PhraseBook(
        (word, str(i)) for i, (english, japanese, _) in rows for word in (*_split(english), *_split(japanese))
    )


def _split(text: str) -> tuple[str, ...]:
    """Return the phrases of a list, see data/make_tasks.py."""
    return tuple(text.split(",")) if text else ()


def key_of(name: str) -> str:
    """Return a name of a task as the registry keeps it: case, `_` and `-` do not matter."""
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
    return (entry.why, entry.why_ja) if family == best else registry().suits.get((family, best))


def all_tasks() -> tuple[Task, ...]:
    """Return every Hub task, in the order of data/tasks.toml."""
    return tuple(registry().tasks.values())


def task(task_id: str) -> Task:
    """Return a task by its id, its name, an alias or a synonym; case, `_` and `-` do not matter.

    Raises:
        UnknownTask: No such task; with the ids of the nearest ones.

    """
    # A task's own name needs no reading, and the phrase book costs more than a search.
    found = registry().names.get(key_of(task_id)) or named(task_id, phrase_book().find(normalise(task_id)))
    if found is None:
        raise UnknownTask(task_id, suggest(task_id))
    return registry().tasks[found]


def task_words() -> dict[str, str]:
    """Return every name, alias and whole-phrase synonym that stands for a task alone, as `_key` writes it → its id."""
    known = registry()
    found = {name: task_id for name, task_id in known.names.items() if task_id != "other"}
    weak = {key_of(phrase) for phrase in known.weak}
    for task_id, entry in known.tasks.items():
        if task_id == "other":
            continue
        for phrase in (*entry.synonyms, *entry.synonyms_ja):
            key = key_of(phrase)
            if "…" not in phrase and key not in weak:
                found.setdefault(key, task_id)
    return found


def named(name: str, matches: Iterable[Match]) -> str | None:
    """Return the task whose id, name, alias or synonym this is."""
    key = key_of(name)
    if re.fullmatch(r"translation \w+ to \w+", key):
        return "translation"
    synonyms = (match.key for match in matches if key_of(match.phrase) == key)
    return registry().names.get(key) or next(synonyms, None)


def known_words(text: str) -> tuple[str, ...]:
    """Return the English of the Japanese words in a text that data/tasks.toml knows (医療 → medical)."""
    text = normalise(text)
    known = registry().japanese_words
    return tuple(dict.fromkeys(known[name] for name in sorted(known, key=len, reverse=True) if name in text))


def japanese_word(text: str) -> str | None:
    """Return the English of a Japanese word that data/tasks.toml knows, None where it does not."""
    return registry().japanese_words.get(normalise(text))


def is_own_name(text: str, entry: Task) -> bool:
    """Whether a text is no more than the id or the name of a task."""
    return key_of(text) in map(key_of, (entry.task_id, entry.name, entry.name_ja))


def topic_signs(topic: str) -> tuple[str, ...]:
    """Return the words by which a model's name or tags say that it is made for a topic."""
    return registry().topics[topic].signs


def topic_tasks(topic: str) -> tuple[str, ...]:
    """Return the tasks that models for a topic are filed under."""
    return tuple(sorted(registry().topics[topic].tasks))


def topics_of(task_id: str) -> tuple[str, ...]:
    """Return the topics of a task among others, but for such as serve everybody."""
    topics = registry().topics.items()
    return tuple(name for name, one in topics if one.narrow is not False and task_id in one.tasks)


def narrow_topics(task_id: str) -> tuple[str, ...]:
    """Return the topics of a task whose models serve nobody who asks for the task alone."""
    topics = registry().topics.items()
    return tuple(name for name, topic in topics if topic.narrow and task_id in topic.tasks)


def is_field(topic: str) -> bool:
    """Whether a topic is a field of knowledge: of medicine, of law."""
    return registry().topics[topic].is_field


def serves_all(topic: str) -> bool:
    """Whether models for a topic serve everybody: it says how a task is done, as on long texts, not on what."""
    return registry().topics[topic].narrow is False


def other_topics(task_id: str, topics: Collection[str]) -> tuple[str, ...]:
    """Return the topics whose models serve nobody who asks for these, where a model of the task knows one subject."""
    if not topics or not task_id.endswith(_OF_ONE_SUBJECT) or task_id.startswith("zero-shot"):
        return ()
    known = registry().topics
    near = set(topics).union(*(known[name].like for name in topics))
    return tuple(
        name
        for name, topic in known.items()
        if topic.narrow is None
        and name not in near
        and near.isdisjoint(topic.like)
        and (task_id in topic.tasks or (not topic.tasks and task_id.endswith("-classification")))
    )


_OF_ONE_SUBJECT = (
    "-classification", "-detection", "-segmentation", "feature-extraction", "sentence-similarity", "image-to-text",
    "text-to-audio",
)  # fmt: skip


def is_model_name(word: str) -> bool:
    """Whether a word in lower case is what models or a family of them are called: bert, mistral."""
    return word in _lower_model_names()


@cache
def _lower_model_names() -> frozenset[str]:
    return frozenset(name.lower() for name in registry().model_names)


def names_models(word: str) -> bool:
    """Whether a word in lower case is what models are called, also of those that tell no task: bge, pegasus."""
    return is_model_name(word) or word in registry().other_model_names


def is_known_word(word: str) -> bool:
    """Whether a word of a normalised text has a meaning here: it says nothing, or stands for a task or a topic."""
    known = registry()
    asked = {part for topic in known.topics.values() for phrase in topic.asked for part in phrase.split()}
    return word in known.stop_words or word in asked or bool(phrase_book().find(word))


def suggest(question: str) -> tuple[str, ...]:
    """Return the ids of the tasks whose names come nearest to the question or one of its words."""
    import difflib  # noqa: PLC0415 (only for errors)

    known = registry()
    names = {key_of(name): entry.task_id for entry in all_tasks() for name in (*entry.synonyms, *entry.synonyms_ja)}
    names |= known.names
    key = key_of(question)[:60]
    parts = [key, *(part for part in key.split()[:6] if len(part) > 3)]
    near = {name: part for part in parts for name in difflib.get_close_matches(part, names, n=3, cutoff=0.7)}
    ranked = sorted(near, key=lambda name: -difflib.SequenceMatcher(None, near[name], name).ratio())
    return tuple(dict.fromkeys((*(names[name] for name in ranked), *_of_kind(normalise(question)))))[:3]


def _of_kind(text: str) -> list[str]:
    """Return tasks for the kind of thing that a text speaks of: video, sound, a table …; of none, for texts."""
    kinds = {int(match.key) for match in modality_book().find(text)}
    found = [task_id for kind in sorted(kinds) for task_id in registry().modalities[kind][2].values()]
    if not found and _TEXTS.search(text):
        found = ["text-classification", "summarization", "question-answering"]
    return list(dict.fromkeys(found))


_TEXTS = lazily(
    r"\b(?:texts?|documents?|articles?|papers?|reports?|e?-?mails?|letters?)\b|文章|文書|文献|論文|記事|メール|本文"
)
