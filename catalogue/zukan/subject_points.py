"""What a model's name and tags are worth for what a question is about, and for what nobody asked for."""

from __future__ import annotations

from functools import lru_cache

from zukan.advice import Reason, Understanding
from zukan.points import (
    FIELD_POINTS,
    MOST_WORDS,
    NAMED_POINTS,
    OF_ANYTHING,
    OFF_TOPIC_POINTS,
    SAID_POINTS,
    SUBJECT_POINTS,
    TOPIC_POINTS,
    WORD_POINTS,
)
from zukan.schema import MOST_KEPT, Prospect
from zukan.subjects import (
    first_words,
    found_in_name,
    found_in_tags,
    held_by,
    lower,
    narrow_signs,
    signs_of,
    unasked_signs,
)
from zukan.tasks import is_field, is_model_name


def subject_parts(record: Prospect, understood: Understanding) -> tuple[Reason, ...]:
    """Return what a model's name and tags say of what is asked for, and of other subjects."""
    task_id, topics, words, subjects = (
        understood.task.task_id, understood.topics, understood.words, understood.subjects,
    )  # fmt: skip
    said: tuple[Reason, ...] = ()
    if topics or words or subjects:
        said = _said(record.model_id, record.tags, topics, words, subjects, task_id in OF_ANYTHING)
    # A name that says what was asked for is not off the subject, whatever else it says but another field.
    by_name = any(part.source is None for part in said)
    return said + _off_topic(record.model_id, task_id, topics, (*words, *subjects), by_name)


@lru_cache(maxsize=5_000)
def _said(
    model_id: str,
    tags: tuple[str, ...],
    topics: tuple[str, ...],
    words: tuple[str, ...],
    subjects: tuple[str, ...],
    general: bool,
) -> tuple[Reason, ...]:
    """Return what a model's name and tags say of what is asked for: the same whatever else is wished."""
    firsts = first_words(topics, words, subjects)
    in_name, in_tags = held_by(model_id.lower(), firsts), held_by(lower(tags), firsts)
    if not in_name and not in_tags:
        return ()
    parts = []
    of_topics, of_words, of_subjects = signs_of(topics, words, subjects)
    own = model_id.rpartition("/")[2]
    # Where the question has a topic, that says the most of its subject.
    for_subject = WORD_POINTS if topics else SAID_POINTS
    kinds = (
        ("topic", list(zip(_worth(topics), of_topics, strict=False)), len(of_topics)),
        ("subject", [(for_subject, wish) for wish in of_subjects], 1),
        ("word", [(SUBJECT_POINTS, wish) for wish in of_words], MOST_WORDS),
    )
    for kind, wishes, most in kinds:
        said: dict[str, Reason] = {}
        for points, wish in wishes:
            # Who names a model wants it; of one that knows something of everything a subject says less.
            called = kind != "subject" and bool(wish.signs) and is_model_name(wish.signs[0][1])
            weight = NAMED_POINTS if called else WORD_POINTS if general and kind == "word" else points
            # Who calls himself after a subject makes models for it, and after a word by chance: NovaSearch, LukeJ.
            if found := found_in_name(model_id if kind == "topic" else own, wish, in_name):
                said.setdefault(found, Reason("words", weight, f"its name says {found}"))
            elif found := found_in_tags(tags, wish, in_tags):
                said.setdefault(found, Reason("words", round(weight * 0.75, 2), f"its tags say {found}", "Hub"))
        parts += sorted(said.values(), key=lambda part: -part.points)[:most]
    # What counts as a word of the question and as its subject is said once.
    texts = dict.fromkeys((part.text, part.source) for part in parts)
    return tuple(
        Reason("words", round(sum(part.points for part in parts if (part.text, part.source) == one), 2), *one)
        for one in texts
    )


@lru_cache(maxsize=64)
def _worth(topics: tuple[str, ...]) -> tuple[float, ...]:
    """Return the points for each topic: of what is done in a field of knowledge the field says the less."""
    beside = not all(map(is_field, topics))
    return tuple(FIELD_POINTS if beside and is_field(topic) else TOPIC_POINTS for topic in topics)


@lru_cache(maxsize=MOST_KEPT)
def _off_topic(
    model_id: str, task_id: str, topics: tuple[str, ...], words: tuple[str, ...], by_name: bool
) -> tuple[Reason, ...]:
    """Return what is to be said of a model for a topic that nobody asked for."""
    if not (found := found_in_name(model_id, unasked_signs(task_id, topics, words, fields=by_name))):
        return ()
    # For who asks for one subject, what serves nobody but those who ask for another one serves least.
    narrow = bool(topics) and not by_name and found_in_name(model_id, narrow_signs(task_id, topics, words))
    points = OFF_TOPIC_POINTS * (2 if narrow else 1)
    return (Reason("topic", points, f"its name says {found}, which was not asked for", "its name"),)
