"""Tags list rows at speed: rows that say the same, apart from what does not matter, share one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from zukan.families import decide
from zukan.family_evidence import Evidence, Lineage, lists_languages, text
from zukan.family_names import network_named, read_name, says_encoder, says_two_way
from zukan.family_table import load_table
from zukan.family_words import known_part, network_in
from zukan.schema import FamilyTag, InferredTask
from zukan.task_inference import infer_task

_DEEP = ("config", "transformersInfo", "baseModels")
"""Fields of which every word may matter."""
_NEVER = ("gguf", "cardData", "model_type", "architectures", "_model_type_tag")
"""Fields that only `classify` itself looks into."""
_LOOKED_INTO = frozenset({*_DEEP, *_NEVER})
_MOST_REMEMBERED = 1 << 17
_LONGEST_TAG = 300
_LONGEST_DEEP = 2_000
_encode = msgspec.json.Encoder().encode
Answer = tuple[FamilyTag, InferredTask | None]


class _Told(NamedTuple):
    """The answer for a reduced row depends on its name."""

    by_words: bool
    """On what the name says of a family; else only on whether it says that it reads both ways, or is an encoder."""
    known: dict[Any, Answer] | None
    """What was answered by what names say; None where it is the name itself that tells."""


class _Tags(dict[str, str | None]):
    """A tag → itself if a rule looks at it, else None."""

    def __init__(self) -> None:
        super().__init__()
        table = load_table()
        self.bases: set[str] = set()
        self._told = {
            *table.types, *table.leading_tags, *table.stop_tags, *table.diffusion_tags, *table.copy_libraries,
            *table.policy_tags, "custom_code", "static-embeddings",
        }  # fmt: skip
        self._lowered = table.telling_libraries | table.two_way_tags

    def __missing__(self, tag: str) -> str | None:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
            self.bases.clear()
        if not tag or tag.isspace():
            raise TypeError(tag)  # such a tag is passed over, which moves the others' places
        if len(tag) > _LONGEST_TAG:
            return tag if tag.startswith(("base_model:", "diffusers:")) else None
        is_base = tag.startswith("base_model:")
        if is_base:
            self.bases.add(tag)
        told = is_base or tag.startswith("diffusers:") or tag in self._told or tag.lower() in self._lowered
        told = told or network_named(tag) is not None
        self[tag] = tag if told else None
        return self[tag]


class _Places(dict[str, str | None]):
    """A word where the Hub writes the model type → itself if it could be one, else None."""

    def __missing__(self, word: str) -> str | None:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        known = ":" not in word and (load_table().find_type(word) or known_part(word) or network_in(word))
        self[word] = word if known else None
        return self[word]


class FamilyMemo:
    """Answers as `zukan.families.classify` does, several times as fast for the plain rows of a listing.

    What a row of tags, task, library and config says is reduced to what the rules look at; the answer for each such
    reduced row is worked out once. Rows with a card or a GGUF header are not reduced.
    """

    def __init__(self, lineage: Lineage | None = None, most: int = _MOST_REMEMBERED) -> None:
        """Take the function that finds base models, see `classify`, and how many answers are to be remembered."""
        self._lineage, self._most = lineage, most
        self._table = load_table()
        self._tags = _Tags()
        self._places = _Places()
        self._answers: dict[Any, Answer | _Told] = {}
        self._number = 0
        """Answers that are remembered."""
        self._exact = {"timm", "spacy", *self._table.sound_libraries}

    def tag(self, row: Mapping[str, Any]) -> FamilyTag:
        """Return the family of a row, see `zukan.families.classify`.

        The evidence of two rows may be one object: it must not be changed.
        """
        return self.tag_and_task(row)[0]

    def tag_and_task(self, row: Mapping[str, Any]) -> Answer:
        """Return the family of a row, see `tag`, and the task that `zukan.task_inference.infer_task` finds."""
        (tag, task), whose = self.find(row)
        return _made_own(tag, whose), task

    def find(self, row: Mapping[str, Any]) -> tuple[Answer, str | None]:
        """Return (the answer, the `id` that its evidence holds in truth, None where that is as it should be).

        The answer may be that for another row that differs in nothing but the name.
        """
        key = self._reduced(row)
        try:
            known = self._answers.get(key)
        except TypeError:  # a task or library that is no string
            key = None
        if key is None:
            return self._decided(Evidence(row, self._lineage)), None
        if isinstance(known, _Told):
            if known.known is not None and (model_id := text(row.get("id"))):
                return self._by_name(known, known.known, row, model_id)
        elif known is not None:
            return known, None
        evidence = Evidence(row, self._lineage)
        found = self._decided(evidence)
        if known is None:
            self._make_room()
            told = evidence.name_used or evidence.name_told or evidence.direction_told
            self._answers[key] = _Told(evidence.name_told, None if evidence.name_used else {}) if told else found
        return found, None

    def _by_name(
        self, told: _Told, known: dict[Any, Answer], row: Mapping[str, Any], model_id: str
    ) -> tuple[Answer, str | None]:
        says = read_name(model_id) if told.by_words else None, says_two_way(model_id), says_encoder(model_id)
        found = known.get(says)
        if found is None:
            self._make_room()
            found = known[says] = self._decided(Evidence(row, self._lineage))
        return found, model_id if "id" in found[0].evidence else None

    def _decided(self, evidence: Evidence) -> Answer:
        tag = decide(evidence)
        return tag, infer_task(evidence.row, tag)

    def _make_room(self) -> None:
        """Forget all answers where there are too many; call before one is kept."""
        self._number += 1
        if self._number > self._most:
            self._number = 1
            self._answers.clear()

    def _reduced(self, row: Mapping[str, Any]) -> Any:
        """Return what the rules see of a plain row, None where it is not plain."""
        deep = None
        if not _LOOKED_INTO.isdisjoint(row):
            if any(map(row.get, _NEVER)):
                return None
            fields = tuple(map(row.get, _DEEP))
            if any(fields) and ((deep := _text_of(fields)) is None or _is_named_in(row, deep)):
                return None
        tags, library = row.get("tags"), row.get("library_name")
        try:
            if library in self._exact or type(tags) is not list:
                return None
            known = self._tags
            told = tuple([found for tag in tags if (found := known[tag]) is not None])
            place = early = None
            languages = False
            if told:
                if not known.bases.isdisjoint(told) and _names_itself(row, told):
                    return None
                place = self._place(tags, library)
                early = self._library_among(told, tags) if text(library) is None else None
                languages = place in self._table.stop_tags and lists_languages(tags)
            return told, library, row.get("pipeline_tag"), place, early, languages, deep
        except (TypeError, AttributeError):  # a tag that is no string
            return None

    def _place(self, tags: list[str], library: str | None) -> str | None:
        """Return the word where the Hub writes the model type."""
        leading = self._table.leading_tags
        if tags[0] in leading or tags[0] == library:
            for tag in tags[1:] if tags[0] not in leading else tags:
                if tag not in leading:
                    return self._places[tag]
        return None

    def _library_among(self, told: tuple[str, ...], tags: list[str]) -> str | None:
        for tag in told:
            if tag.lower() in self._table.telling_libraries and tag in tags[:4]:
                return tag
        return None


def _made_own(tag: FamilyTag, whose: str | None) -> FamilyTag:
    """Return a tag with the right name in its evidence, see `FamilyMemo.find`."""
    if whose is None or tag.evidence["id"] == whose:
        return tag
    evidence = {**tag.evidence, "id": whose}
    return FamilyTag(tag.family, tag.certainty, tag.reason, evidence, tag.rule, tag.guess)


def _text_of(fields: object) -> bytes | None:
    """Return fields as JSON, None where that is no small text."""
    try:
        text = _encode(fields)
    except (ValueError, TypeError, RecursionError, OverflowError):
        return None
    return text if len(text) <= _LONGEST_DEEP else None


def _is_named_in(row: Mapping[str, Any], deep: bytes) -> bool:
    """Whether a row may name itself as its base; also where case is more than that of ASCII letters."""
    own = _encode(text(row.get("id")) or text(row.get("modelId")) or "")[1:-1]
    return not own.isascii() or not deep.isascii() or own.lower() in deep.lower()


def _names_itself(row: Mapping[str, Any], tags: tuple[str, ...]) -> bool:
    own = str(text(row.get("id")) or text(row.get("modelId")) or "").lower()
    return any(tag.lower().endswith(own) for tag in tags)
