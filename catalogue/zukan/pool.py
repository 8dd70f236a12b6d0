"""Gathers the models that are looked at for a question: the most popular, those of its words, those measured."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from zukan.advice import Task, Understanding
from zukan.demands import allowed_reasons, demanded, fulfils
from zukan.evidence import Figure, figures
from zukan.languages import language_name
from zukan.own_task import SAME, does, letters_of_names, says_at_an_end
from zukan.query_tree import All, Either, Is, Node, Word
from zukan.schema import Family, Prospect
from zukan.search import popular
from zukan.store.memory import ENDS, MOST
from zukan.store.read import CatalogueReader
from zukan.subjects import MOST_TOPICS, found_in_name, signs_of
from zukan.tasks import serves_all, topic_signs

POOL = 100
"""How many of the most popular models of a task are looked at, at least."""
_OF_A_WORD = 3
"""Of the models for one word so much smaller a share is looked at: there are many words."""
_MOST_WORDS, _MOST_NAMES, _MOST_SIGNS = 4, 2, 4
"""Of so many words, the rarest first, models are looked for, by so many names of each."""
_MOST_SAID = 6
"""By so many of the words that names say for a subject, models are looked for."""
_ENCODERS = "fill-mask"
_SERVE = {
    "feature-extraction": (_ENCODERS,),
    "sentence-similarity": (_ENCODERS,),
    "text-retrieval": ("sentence-similarity", "feature-extraction", _ENCODERS),
}
"""Tasks for which models of others do that were made for its subject: ESM-2, ChemBERTa, CodeBERT, PatentSBERTa."""
_SCIENCES = frozenset(("protein", "dna", "chemistry"))
"""Of their sequences a language model is mostly an encoder."""
_NAMES_READ = 200
"""So many names are read that hold the letters of a word, the most popular first."""
_MOST_MEASURED = 200
"""So many that leaderboards name are looked at beside them."""


class Pool(NamedTuple):
    """The models that are looked at."""

    models: list[Prospect]
    known: dict[str, Prospect]
    """Id in lower case → model; bases among them."""
    figures: Mapping[str, Sequence[Figure]]
    """Id in lower case → what leaderboards and lists say."""


def pool_of(
    reader: CatalogueReader, understood: Understanding, most: int, *, inferred: bool, without: frozenset[str]
) -> Pool:
    """Return the models that are looked at, at least `most` of those filed under the task.

    Those of which the catalogue says that they do not do the task, or not what must hold, are left out.
    """
    task, wishes = understood.task, understood.wishes
    reader.shelves.take(task.task_id)
    scopes: list[Node] = [Is("task", (task.task_id, *task.related_tasks))]
    if inferred:
        scopes.append(Is("inferred", (task.task_id,)))
    if task.model_types:
        scopes.append(Is("type", task.model_types))
    scope = scopes[0] if len(scopes) == 1 else Either(tuple(scopes))
    demands = demanded(wishes, task.task_id)
    places: dict[int, None] = {}

    def add(*parts: Node, among: Node = scope, share: float = 2) -> None:
        # Of the models of a language or a word the most popular suffice.
        places.update(dict.fromkeys(popular(reader, (among, *demands, *parts), int(most // share) if parts else most)))

    # Each alone: the most popular models of a related task may all be such that do not do this one.
    for one in dict.fromkeys((Is("task", (task.task_id,)), *scopes)):
        add(among=one)
    subjects = _subjects(understood)
    if subjects and (others := _serve(understood)):
        places.update(dict.fromkeys(popular(reader, (Is("task", others), *demands), most // 2, named=subjects)))
    places.update(dict.fromkeys(_named(reader, understood, demands, most // 2)))
    # A language's or a topic's own models are rarely among a task's most popular ones.
    wanted = {*understood.languages} | {understood.source_language, understood.target_language} - {None}
    for code in wanted:
        if code:
            add(Is("language", (code,)))
            add(Word(language_name(code, "en")))
    if understood.spoken not in (None, "en") and not wanted and {"text", "audio"} & {*task.input_kind.split("+")}:
        add(Is("language", (str(understood.spoken),)))
    if understood.source_language and understood.target_language:
        add(Word(f"{understood.source_language}-{understood.target_language}"))
    topics = [topic_signs(topic)[:_MOST_SIGNS] for topic in understood.topics[:MOST_TOPICS]]
    words = [one.split("|")[:_MOST_NAMES] for one in understood.words[:_MOST_WORDS]]
    subjects_ = [one.split("|")[:_MOST_SAID] for one in understood.subjects]
    for several in dict.fromkeys(map(tuple, (*topics, *subjects_, *words))):
        names = tuple(All(tuple(map(Word, name.split()))) for name in several)
        add(Either(names), share=_OF_A_WORD / min(len(names), _MOST_SIGNS))
    named = figures(
        (task.task_id, *SAME.get(task.task_id, ())), tuple(sorted(code for code in wanted if code)), without
    )
    best = sorted(named, key=lambda name: -max((one.standing or 0.0 for one in named[name]), default=0.0))
    measured = reader.places_of(best[:_MOST_MEASURED])
    found = dict(_at(reader, [*places, *measured.values()]))
    known = {prospect.model_id.lower(): prospect for prospect in found.values()}
    said = {name: named[name] for name in known if name in named}
    # By former names too.
    said |= {found[place].model_id.lower(): named[name] for name, place in measured.items() if place in found}
    bases = {model.base_models[0] for model in found.values() if model.base_models} - known.keys()
    known |= {model.model_id.lower(): model for _, model in _at(reader, reader.places_of(sorted(bases)).values())}
    models = [
        prospect
        for prospect in found.values()
        if (
            does(prospect, task)
            or (prospect.model_id.lower() in said and _suits(prospect, understood))
            or (inferred and prospect.inferred_task == task.task_id)
            or _serves(prospect, understood)
        )
        and fulfils(prospect, wishes)
    ]
    return Pool(models, known, said)


def _named(reader: CatalogueReader, understood: Understanding, demands: Sequence[Node], most: int) -> Iterator[int]:
    """Yield the places of popular models of related tasks whose names say that they do this one."""
    task = understood.task
    if not task.name_words:
        return
    yield from popular(reader, (Is("task", task.related_tasks), *demands), most, named=task.name_words)
    allowed = (None, *allowed_reasons(understood.wishes, task.task_id))
    # The index has counted what is left out.
    yield from (place for place, model in _at(reader, ends_for(reader, task)[1]) if model.exclusion in allowed)


def ends_for(reader: CatalogueReader, task: Task) -> tuple[str, Sequence[int]]:
    """Return the places of popular models that do a task, as only the end of a word of their name says: JoyCaption.

    The index of words finds none of them. Before them comes what they are kept under: another release may want others.
    """
    told = repr((task.task_id, task.name_words, task.related_tasks, task.model_types))
    key = f"{task.task_id} {zlib.crc32(told.encode())}"
    return key, reader.vocabulary.memory.one(ENDS, key, lambda: _ends_for(reader, task), MOST)


def _ends_for(reader: CatalogueReader, task: Task) -> list[int]:
    places = dict.fromkeys(
        place
        for letters in letters_of_names(task)
        for place in reader.vocabulary.names_with(letters, _NAMES_READ, _NAMES_READ)
    )
    names = reader.names(list(places))
    said = [place for place in places if place in names and says_at_an_end(names[place], task)]
    return [place for place, model in _at(reader, said) if does(model, task)]


def _at(reader: CatalogueReader, places: Iterable[int]) -> list[tuple[int, Prospect]]:
    wanted = list(dict.fromkeys(places))
    return list(zip(wanted, reader.prospects(wanted), strict=True))


def _subjects(understood: Understanding) -> list[str]:
    """Return the words by which names say what is asked for: the signs of topics, and words of the question."""
    signs = (sign for topic in _made_for(understood) for sign in topic_signs(topic))
    words = (one for several in (*understood.subjects, *understood.words[:_MOST_WORDS]) for one in several.split("|"))
    return list(dict.fromkeys((*signs, *words)))


def _made_for(understood: Understanding) -> tuple[str, ...]:
    """Return the topics that models of other tasks may have been made for: to read long texts is no subject."""
    return tuple(topic for topic in understood.topics[:MOST_TOPICS] if not serves_all(topic))


def _serve(understood: Understanding) -> tuple[str, ...]:
    """Return under which tasks the Hub files models that serve, where they were made for what is asked for."""
    if understood.task.task_id == "text-generation" and not _SCIENCES.isdisjoint(understood.topics):
        return (_ENCODERS,)
    return _SERVE.get(understood.task.task_id, ())


def _serves(model: Prospect, understood: Understanding) -> bool:
    """Whether a model of another task was made for what is asked for: its vectors serve where none embeds."""
    if model.pipeline_tag not in _serve(understood):
        return False
    if model.pipeline_tag == _ENCODERS and model.family != Family.ENCODER_ONLY:
        return False
    topics, words, subjects = signs_of(_made_for(understood), understood.words, understood.subjects)
    return any(found_in_name(model.model_id, signs) for signs in (*topics, *words, *subjects))


def _suits(model: Prospect, understood: Understanding) -> bool:
    """Whether a model that a leaderboard names for a task is of a family that does it: some measure encoders beside."""
    return model.family in (*understood.task.families, Family.OTHER, Family.UNDETERMINED)
