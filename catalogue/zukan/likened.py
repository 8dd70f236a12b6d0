"""Reads the model that a question compares what it wants with: "like X but smaller", Xより軽い."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from zukan.advice import Wishes
from zukan.languages import language_pair_in_name
from zukan.lazily import lazily
from zukan.schema import Prospect
from zukan.store.read import CatalogueReader
from zukan.tasks import all_tasks

LIKENED = "the model that the question compares with"
"""Why it is not recommended: who asks so knows it."""
_TRANSLATION = "translation"
_LONGEST = 2_000
"""Letters of a question that are looked at."""
_LEAST_DOWNLOADS = 1_000
"""A name without its author may be that of nobody's model: gpt-4o."""
_MOST, _NEAR = 3, 60
"""So many names are looked up; so many letters beside one are looked at."""
_SHORTEST = 4
"""Letters of a name without an author: t5 is many."""
_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]*[A-Za-z0-9]"
_IN_NAMES = "0123456789/_-"
"""What is compared with has one of these in its name; most questions hold none, and `_COMPARED` takes 2 ms."""
_NAME = rf"(?=\S{{0,80}}[{_IN_NAMES}])(?P<name>{_ID}|[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*)(?![A-Za-z0-9_/])"
_COMPARATIVE = r"(?:small|light|fast|quick|tini|new|larg|bigg|short)er(?:[- ]weight)?"
_KIND = r"(?:versions?|variants?|siblings?|cousins?|successors?) (?:of|to)"
_ALIKE = (
    r"same(?: thing)? as|such as|(?<!would )(?<!['’]d )(?<!\bi )(?<!we )like|similar to|"
    rf"(?<!other )(?<!rather )than|{_KIND}|{_COMPARATIVE}"
)
_INSTEAD = (
    r"comparable (?:to|with)|compared (?:to|with)|as good as|alternatives? (?:to|for|of)|"
    r"(?:replacements?|substitutes?) (?:for|of)|(?:equivalents?|counterparts?) (?:to|of)|instead of|in place of|"
    r"replac(?:e|es|ing)"
)
_ALIKE_JA = r"よりも?|みたいな|のような|のように|と同じ|に似た|に近い|の後継|の[^\s、。]{1,4}版"
_INSTEAD_JA = r"と同等|並み?|の代わり|の代替|に代わる|相当の|互換の"
_COMPARED = lazily(
    rf"(?<![A-Za-z])(?:{_ALIKE}|(?P<instead>{_INSTEAD})) (?:the |a |an |old |original |plain |good old )*{_NAME}"
    rf"|(?<![A-Za-z0-9_/.-]){_NAME.replace('<name>', '<japanese>')} ?(?:モデル)?"
    rf"(?:{_ALIKE_JA}|(?P<instead_ja>{_INSTEAD_JA}))",
    re.IGNORECASE,
)
_UNWANTED = lazily(r"(?:\b(?:not|nothing|never|no|avoid(?:ing)?|without|except)|n['’]t)(?: \w+){0,2} ?$", re.IGNORECASE)
"""Before words of comparing: what is like the model is not wanted."""
_UNWANTED_JA = lazily(r"^[^、。,.]{0,12}?(?:嫌|いや|なし|無し|以外|不要|避け|除|じゃな|ではな|NG)", re.IGNORECASE)
_SIZES = {
    "small": r"(?:small|light|fast|quick|tini|compact|lean)(?:er|est)?(?:[- ]weight)?|less (?:memory|ram)",
    "large": r"(?:larger|bigger|more powerful)",
    "new": r"(?:newer|more recent)",
}
_OF = (
    r"(?: (?:versions?|variants?|alternatives?|siblings?|cousins?|ones?|models?))*(?: (?:than|of|to|for))?"
    r"(?: (?:the|a|an|original|plain))* ?"
)
_BUT = r"^[,;]? ?(?:but|only|just|and|yet|,)(?: (?:much|far|way|a (?:bit|lot|little)|still|for))?"
_THAN_JA = r"^ ?(?:モデル)?(?:よりも?|みたいな|のような|と同じ|の代わり|の)"
_SIZES_JA = {
    "small": r"(?<!手)(?<!気)軽|小さ|小型|高速|速[いく]|蒸留|コンパクト",
    "large": r"大き",
    "new": r"新し",
}


class Likened(NamedTuple):
    """The model that a question compares what it wants with."""

    model: Prospect
    task: str | None
    """What it is for: what its name says (reranker), its Hub task, else what its class tells."""
    start: int
    """Where its name begins in the question, with the words of comparing before it."""
    end: int
    is_kind: bool
    """Whether others of its kind are meant, or anything that does the same."""
    wishes: Wishes
    """What being smaller, larger or newer than it comes to."""

    @property
    def pair(self) -> tuple[str, str] | None:
        """From which language into which its name says that it translates."""
        return language_pair_in_name(self.model.model_id) if self.task == _TRANSLATION else None


def likened(reader: CatalogueReader, question: str) -> Likened | None:
    """Return the model of the catalogue that a question compares with; None where it names none so."""
    text = question[:_LONGEST]
    if not any(letter in text for letter in _IN_NAMES):
        return None
    seen: set[str] = set()
    for match in _COMPARED.finditer(text):
        name = (match["name"] or match["japanese"]).lower()
        if name in seen:
            continue
        if len(seen) >= _MOST:
            return None
        seen.add(name)
        start, end = match.span("name" if match["name"] else "japanese")
        behind = text[match.end() :] if match["japanese"] else ""
        if _UNWANTED.search(text[: match.start()]) or (match["japanese"] and _UNWANTED_JA.search(behind)):
            continue
        if model := _model(reader, name):
            is_kind = not (match["instead"] or match["instead_ja"])
            return Likened(model, _task(model), match.start(), end, is_kind, _than(model, text[:start], text[end:]))
    return None


def is_likened(model: Prospect, likened_id: str, *, copies: bool) -> bool:
    """Whether a model is the one compared with, or, with `copies`, another under the same name."""
    if model.model_id.lower() == likened_id.lower():
        return True
    return copies and model.model_id.lower().rpartition("/")[2] == likened_id.lower().rpartition("/")[2]


def _model(reader: CatalogueReader, name: str) -> Prospect | None:
    """Return the best known model of a name; a plain word is none."""
    if "/" not in name:
        if len(name) < _SHORTEST or (not any(map(str.isdigit, name)) and "-" not in name):
            return None
        name = reader.best_named(name) or ""
    place = reader.place_of(name) if name else None
    if place is None:
        return None
    model = reader.prospects([place])[0]
    return model if (model.downloads or 0) >= _LEAST_DOWNLOADS else None


def _task(model: Prospect) -> str | None:
    tag, name = model.pipeline_tag or model.inferred_task, model.model_id.rpartition("/")[2].lower()
    said = (one for one in all_tasks() if tag in one.related_tasks and any(map(name.__contains__, one.name_words)))
    return next((one.task_id for one in said), tag)


def _than(model: Prospect, before: str, behind: str) -> Wishes:
    """Return what is said beside a name: "smaller than" it, "but smaller", 〜より軽い."""
    wishes = Wishes()
    said = {what for what in _SIZES if _says(what, before[-_NEAR:], behind[:_NEAR])}
    size = model.num_parameters
    if size and "small" in said and "large" not in said:
        wishes = wishes._replace(max_parameters=size - 1)
    elif size and "large" in said and "small" not in said:
        wishes = wishes._replace(min_parameters=size + 1)
    if model.created and "new" in said:
        # Of its own day are those too of which the Hub does not know the day: 2022-03-02.
        wishes = wishes._replace(since=(date.fromisoformat(model.created[:10]) + timedelta(days=1)).isoformat())
    return wishes


def _says(what: str, before: str, behind: str) -> bool:
    word, japanese = _SIZES[what], _SIZES_JA[what]
    no = r"(?P<no>(?:no|not|n['’]t)(?: any| much)? )?"
    if ahead := re.search(rf"(?<![a-z]){no}(?:{word}){_OF}$", before, re.IGNORECASE):
        return ahead["no"] is None
    if re.search(rf"{_BUT} (?:{word})(?![a-z]| (?:is|are|would be) )", behind, re.IGNORECASE):
        return True
    return re.search(rf"{_THAN_JA}[^、。,.]{{0,8}}?(?:{japanese})", behind) is not None
