"""Tags list rows at speed: rows that say the same, apart from what does not matter, share one answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
_TOLD_BY_WORDS = object()
"""The answer depends on what the name says."""
_TOLD_BY_DIRECTION = object()
"""The answer depends on whether the name says that it reads both ways."""
_TOLD_BY_NAME = object()
"""The answer depends on the name itself."""


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
        self._answers: dict[Any, FamilyTag | object] = {}
        self._by_words: dict[Any, FamilyTag] = {}
        self._tasks: dict[Any, InferredTask | None] = {}
        self._exact = {"timm", "spacy", *self._table.sound_libraries}

    def tag(self, row: Mapping[str, Any]) -> FamilyTag:
        """Return the family of a row, see `zukan.families.classify`.

        The evidence of two rows may be one object: it must not be changed.
        """
        return _made_own(*self.find(row))

    def tag_and_task(self, row: Mapping[str, Any]) -> tuple[FamilyTag, InferredTask | None]:
        """Return the family of a row, see `tag`, and the task that `zukan.task_inference.infer_task` finds."""
        tag, whose, task = self.find_with_task(row)
        return _made_own(tag, whose), task

    def find_with_task(self, row: Mapping[str, Any]) -> tuple[FamilyTag, str | None, InferredTask | None]:
        """Return the same as `find`, and the task."""
        key = self._reduced(row)
        tag, whose = self._find(row, key)
        if key is None:
            return tag, whose, infer_task(row, tag)
        told = key, tag.family
        try:
            task = self._tasks[told]
        except KeyError:
            if len(self._tasks) >= self._most:
                self._tasks.clear()
            task = self._tasks[told] = infer_task(row, tag)
        except TypeError:  # a task or library that is no string
            task = infer_task(row, tag)
        return tag, whose, task

    def find(self, row: Mapping[str, Any]) -> tuple[FamilyTag, str | None]:
        """Return (the tag, the `id` that its evidence holds in truth, None where that is as it should be).

        The tag may be that of another row that differs in nothing but the name.
        """
        return self._find(row, self._reduced(row))

    def _find(self, row: Mapping[str, Any], key: Any) -> tuple[FamilyTag, str | None]:
        try:
            answer = self._answers.get(key)
        except TypeError:  # a task or library that is no string
            key = None
        if key is None:
            return decide(Evidence(row, self._lineage)), None
        if isinstance(answer, FamilyTag):
            return answer, None
        if answer in (_TOLD_BY_WORDS, _TOLD_BY_DIRECTION) and (model_id := text(row.get("id"))):
            words = read_name(model_id) if answer is _TOLD_BY_WORDS else None
            both = key, words, says_two_way(model_id), says_encoder(model_id)
            known = self._by_words.get(both)
            if known is None:
                known = self._by_words[both] = decide(Evidence(row, self._lineage))
            return known, model_id if "id" in known.evidence else None
        evidence = Evidence(row, self._lineage)
        found = decide(evidence)
        if answer is None:
            if len(self._answers) >= self._most:
                self._answers.clear()
                self._by_words.clear()
            self._answers[key] = (
                _TOLD_BY_NAME if evidence.name_used
                else _TOLD_BY_WORDS if evidence.name_told
                else _TOLD_BY_DIRECTION if evidence.direction_told
                else found
            )  # fmt: skip
        return found, None

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
