"""Answers "show me more like this": candidates by lineage, task, type and language, ranked by what they share."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

from zukan.advice import Reason, Similar
from zukan.directions import directions
from zukan.exclusions import MADE_FOR, left_out
from zukan.languages import NO_LANGUAGES, language_name, languages_in_name
from zukan.query_tree import Is, Node, Pair, Word
from zukan.schema import Hit, ModelRecord, Prospect
from zukan.search import popular
from zukan.store.read import CatalogueReader
from zukan.store.tokens import NAME
from zukan.store.wording import indexed_tag, words_of, words_of_model
from zukan.trees import series

TASK_POINTS = 30.0
LINEAGE_POINTS = 25.0
"""At most: what was made from it, or beside it, counts by how much of its popularity it has."""
SERIES_POINTS = 30.0
DIRECTION_POINTS = 15.0
TYPE_POINTS = 15.0
SIZE_POINTS = 15.0
LANGUAGE_POINTS = 15.0
FAMILY_POINTS = 10.0
AUTHOR_POINTS = 8.0
OTHER_LANGUAGE_POINTS = -15.0
TAG_POINTS, NAME_POINTS = 20.0, 20.0
"""At most: rare tags and words in common count more than frequent ones."""
POPULAR_POINTS = 1.5
"""For each factor of ten in downloads and in likes: among equals, what others use."""
_POOL = 25
"""So many of the most popular models are looked at for each way of being alike."""
_SAME_SIZE = 4.0
"""Beyond this factor two sizes have nothing in common."""
_HARDLY = 0.1
"""What tells less is not spoken of."""
_MOST_SHOWN = 4
_BASE = "it was made from this one"
_TRUE_TASK = {reason: task for task, reasons in MADE_FOR.items() for reason in reasons}
"""Why a model is not recommended for the task that it is filed under → the task that it does: most rerankers are filed
under text-classification."""


def similar(reader: CatalogueReader, hit: Hit, limit: int = 10) -> tuple[Similar, ...]:
    """Return the models most like one, each with what they share; the points add up to the score.

    What is never recommended (quantised copies, adapters …) is left out, but for models of its own lineage, and for
    what is left out for the same reason.
    """
    with reader.translated():
        relatives = _relatives(reader, hit)
        judge = _Judge(reader, hit)
        places = dict.fromkeys((*relatives, *_alike(reader, hit, judge.task, judge.allowed)))
        own = reader.place_of(hit.record.model_id)
        places.pop(own or 0, None)
        order = list(places)
        found = [
            (judge.reasons(prospect, relatives.get(place)), prospect, place)
            for place, prospect in zip(order, reader.prospects(order), strict=True)
            if prospect.exclusion in judge.allowed or place in relatives
        ]
        ranked = sorted(found, key=lambda item: (-sum(part.points for part in item[0]), item[1].model_id))[:limit]
        hits = reader.hits([place for _, _, place in ranked])
    return tuple(
        Similar(other.record, other.tag, round(sum(part.points for part in parts), 2), parts)
        for (parts, _, _), other in zip(ranked, hits, strict=True)
    )


def _relatives(reader: CatalogueReader, hit: Hit) -> dict[int, str]:
    """Return the places of models of the same lineage, and how they are related."""
    record = hit.record
    found: dict[int, str] = {}
    for base in record.base_models:
        place = reader.place_of(base)
        if place is not None:
            found[place] = _BASE
    for place in popular(reader, (Is("base", (record.model_id,)),), _POOL):
        found.setdefault(place, "made from it")
    for base in record.base_models[:2]:
        for place in popular(reader, (Is("base", (base,)), Is("exclusion", (None,))), _POOL):
            found.setdefault(place, f"made from {base} too")
    return found


def _alike(reader: CatalogueReader, hit: Hit, task: str | None, allowed: Sequence[str | None]) -> Iterable[int]:
    record, tag = hit
    alike: list[Sequence[Node]] = []
    if task:
        codes = record.languages or sorted(languages_in_name(record.model_id))
        alike += [(Is("task", (task,)), Is("language", (code,))) for code in codes[:2]]
        alike += [(Is("task", (task,)), Word(language_name(code, "en"))) for code in codes[:1]]
        alike.append((Is("task", (task,)), Is("family", (str(tag.family),))))
        if record.model_type:
            alike.append((Is("task", (task,)), Is("type", (record.model_type,))))
    if record.model_type:
        alike.append((Is("type", (record.model_type,)),))
    if task in MADE_FOR:
        alike.append((Is("exclusion", MADE_FOR[task]),))
    if sides := _direction(record):
        alike.append((Pair(*sides),))
    if record.author:
        alike.append((Is("author", (record.author,)), *((Is("task", (task,)),) if task else ())))
    counts = _name_counts(reader, record.model_id)
    # The rarest words of its name that other models have too.
    words = sorted((number, word) for word, number in counts.items() if number > 1)
    for part in alike:
        yield from popular(reader, (*part, Is("exclusion", tuple(allowed))), _POOL, inferred=True)
    for _, word in words[:2]:
        yield from reader.with_name_words([word], _POOL)
    said = words_of(series(record.model_id)[0].rpartition("/")[2])
    if record.author and said:
        # Other sizes and versions of it: a single word is found at once, several are not.
        yield from reader.with_name_words([min(said, key=lambda word: counts.get(word, 0))], _POOL, record.author)


def _direction(model: ModelRecord | Prospect) -> tuple[str, str] | None:
    """Return from which language into which a model translates, None where it is not one alone."""
    sources, targets = directions(model.model_id, model.pipeline_tag, model.model_type, model.languages, None)
    return (sources[0], targets[0]) if len(sources) == len(targets) == 1 else None


def _name_counts(reader: CatalogueReader, model_id: str) -> dict[str, int]:
    words = words_of_model(model_id)
    counts = reader.vocabulary.counts(NAME + word for word in words)
    return {word: counts.get(NAME + word, 0) for word in words if len(word) > 1}


class _Judge:
    """Says what other models share with one."""

    def __init__(self, reader: CatalogueReader, hit: Hit) -> None:
        self._record, self._tag = hit
        exclusion = left_out(self._record)
        self.task = _TRUE_TASK.get(exclusion or "") or self._record.pipeline_tag or self._record.inferred_task
        """What it does."""
        self.allowed: list[str | None] = list(dict.fromkeys((None, exclusion, *MADE_FOR.get(self.task or "", ()))))
        """Why others may be left out of recommendations, None for not."""
        self._languages = set(self._record.languages) or set(languages_in_name(self._record.model_id))
        self._languages -= NO_LANGUAGES
        self._models = max(reader.vocabulary.models(), 2)
        self._direction = _direction(self._record)
        self._series = series(self._record.model_id)
        self._popularity = _popularity(self._record)
        # What task, type and library say is counted by itself.
        said = {self.task, self._record.pipeline_tag, self._record.model_type, self._record.library_name}
        tags = {tag for tag in self._record.tags if indexed_tag(tag) and tag not in said}
        words = {tag: words_of(indexed_tag(tag)) for tag in tags}
        counts = reader.vocabulary.counts({word for some in words.values() for word in some})
        self._tags = _Telling(
            {tag: self._rarity(min((counts.get(word, 1) for word in words[tag]), default=1)) for tag in tags}
        )
        self._names = _Telling(
            {word: self._rarity(number) for word, number in _name_counts(reader, self._record.model_id).items()}
        )

    def _rarity(self, models: int) -> float:
        """Return how much a word tells: 1 for one that a single model has, 0 for one that all have."""
        return 1 - math.log(max(models, 1)) / math.log(self._models)

    def reasons(self, other: Prospect, relation: str | None) -> tuple[Reason, ...]:
        """Return the parts of the score of another model."""
        parts = self._lineage(other, relation)
        task = _TRUE_TASK.get(other.exclusion or "") or other.pipeline_tag or other.inferred_task
        if task and task == self.task:
            parts.append(Reason("task", TASK_POINTS, f"same task: {task}", "Hub" if other.pipeline_tag else None))
        if other.family == self._tag.family and other.family != "undetermined":
            parts.append(Reason("family", FAMILY_POINTS, f"same family: {other.family}"))
        if other.model_type and other.model_type == self._record.model_type:
            parts.append(Reason("type", TYPE_POINTS, f"same type: {other.model_type}", "Hub"))
        parts += self._size(other)
        parts += self._language(other)
        parts += self._translation(other)
        if other.author and other.author == self._record.author:
            parts.append(Reason("author", AUTHOR_POINTS, "by the same author", "its name"))
            parts += self._series_of(other)
        parts += self._tags.common("tags", set(other.tags), TAG_POINTS)
        parts += self._names.common("name", words_of_model(other.model_id), NAME_POINTS)
        points = _popularity(other)
        if points:
            text = f"{other.downloads or 0:,} downloads, {other.likes or 0:,} likes"
            parts.append(Reason("popularity", round(points * POPULAR_POINTS, 2), text, "Hub", other.as_of))
        return tuple(parts)

    def _lineage(self, other: Prospect, relation: str | None) -> list[Reason]:
        """Say how a model is related; anybody can make something from one."""
        if relation is None:
            return []
        of_it = min(_popularity(other) / self._popularity, 1.0) if self._popularity else 1.0
        points = round(LINEAGE_POINTS * (1.0 if relation == _BASE else of_it), 2)
        return [Reason("lineage", points, relation, "Hub")] if points else []

    def _series_of(self, other: Prospect) -> list[Reason]:
        name, sizes = self._series
        theirs, their_sizes = series(other.model_id)
        if name != theirs or name.endswith("/"):
            return []
        text = "another version of it" if sizes == their_sizes else "another size of it"
        return [Reason("series", SERIES_POINTS, text, "its name")]

    def _translation(self, other: Prospect) -> list[Reason]:
        """Say whether a model translates as this one does, or the other way."""
        if self._direction is None:
            return []
        source, target = self._direction
        theirs = directions(other.model_id, other.pipeline_tag, other.model_type, other.languages, other.exclusion)
        if source in theirs[0] and target in theirs[1]:
            return [Reason("direction", DIRECTION_POINTS, f"translates from {source} to {target} too")]
        if source in theirs[1] and target in theirs[0]:
            return [Reason("direction", -DIRECTION_POINTS, f"translates the other way, from {target} to {source}")]
        return []

    def _size(self, other: Prospect) -> list[Reason]:
        one, two = self._record.num_parameters, other.num_parameters
        if not one or not two:
            return []
        factor = max(one, two) / min(one, two)
        if factor >= _SAME_SIZE:
            return []
        share = 1 - math.log(factor) / math.log(_SAME_SIZE)
        text = "same size" if factor < 1.1 else f"{factor:.1f} times {'larger' if two > one else 'smaller'}"
        return [Reason("size", round(SIZE_POINTS * share, 2), text, other.parameters_source)]

    def _language(self, other: Prospect) -> list[Reason]:
        theirs = (set(other.languages) or set(languages_in_name(other.model_id))) - NO_LANGUAGES
        common = self._languages & theirs
        if not common:
            many = "multilingual" in theirs or "multilingual" in self._languages
            if not self._languages or not theirs or many:
                return []
            text = f"for other languages: {_listed(sorted(theirs))}"
            return [Reason("language", OTHER_LANGUAGE_POINTS, text, "Hub" if other.languages else "its name")]
        points = round(LANGUAGE_POINTS * len(common) / len(self._languages | theirs), 2)
        stated = bool(self._record.languages and other.languages)
        text = f"languages in common: {_listed(sorted(common))}"
        return [Reason("language", points, text, "Hub" if stated else "its name")]


def _popularity(model: ModelRecord | Prospect) -> float:
    return math.log10(1 + max(model.downloads or 0, 0)) + math.log10(1 + max(model.likes or 0, 0))


class _Telling:
    """The words or tags of one model, the most telling first, with how much each of them tells."""

    def __init__(self, rarities: Mapping[str, float]) -> None:
        self._total = sum(rarities.values())
        self._telling = sorted(
            ((word, rarity) for word, rarity in rarities.items() if rarity > _HARDLY), key=lambda one: (-one[1], one[0])
        )

    def common(self, name: str, theirs: Collection[str], most: float) -> list[Reason]:
        """Return what another model has of them, of `most` points for all."""
        common = [one for one in self._telling if one[0] in theirs]
        if not common or not self._total:
            return []
        points = round(most * min(sum([rarity for _, rarity in common]) / self._total, 1.0), 2)
        where = "tags" if name == "tags" else "words of the name"
        text = f"{where} in common: {_listed([word for word, _ in common])}"
        return [Reason(name, points, text, "Hub" if name == "tags" else None)]


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _MOST_SHOWN} more" if len(words) > _MOST_SHOWN else ""
    return ", ".join(words[:_MOST_SHOWN]) + more
