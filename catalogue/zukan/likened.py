"""Reads the model that a question compares what it wants with: "like X but smaller", Xより軽い."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple

from zukan.advice import Wishes
from zukan.lazily import lazily
from zukan.schema import Prospect
from zukan.store.read import CatalogueReader

LIKENED = "the model that the question compares with"
"""Why it is not recommended: who asks so knows it."""
_LONGEST = 2_000
"""Letters of a question that are looked at."""
_LEAST_DOWNLOADS = 1_000
"""A name without its author may be that of nobody's model: gpt-4o."""
_ID = r"[A-Za-z0-9][A-Za-z0-9_.-]*/[A-Za-z0-9_.-]*[A-Za-z0-9]"
_NAME = rf"(?=\S*[0-9/_-])(?P<name>{_ID}|[A-Za-z][A-Za-z0-9]*(?:[-_.][A-Za-z0-9]+)*)(?![A-Za-z0-9_/])"
_ALIKE = (
    r"same(?: thing)? as|such as|like|similar to|than|(?:versions?|variants?|siblings?|cousins?|successors?) (?:of|to)|"
    r"(?:small|light|fast|quick|tini|new|larg|bigg)er"
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
    rf"|(?<![A-Za-z0-9_/]){_NAME.replace('<name>', '<japanese>')} ?(?:モデル)?"
    rf"(?:{_ALIKE_JA}|(?P<instead_ja>{_INSTEAD_JA}))",
    re.IGNORECASE,
)
_PAIR = re.compile(r"-([a-z]{2,3}-[a-z]{2,3})$")
_SMALLER = lazily(
    r"(?<![a-z])(?:small(?:er)?|light(?:er|weight)?|fast(?:er)?|quick(?:er)?|tiny|tinier|compact|distilled|mini|"
    r"less (?:memory|ram))(?![a-z])|軽|小さ|小型|高速|速い|速く|蒸留|コンパクト",
    re.IGNORECASE,
)
_LARGER = lazily(r"(?<![a-z])(?:larger|bigger)(?![a-z])|大きい|大きな", re.IGNORECASE)
_NEWER = lazily(r"(?<![a-z])(?:newer|more recent) than(?![a-z])|より(?:も)?新しい", re.IGNORECASE)


class Likened(NamedTuple):
    """The model that a question compares what it wants with."""

    model: Prospect
    start: int
    """Where its name begins in the question, with the words of comparing before it."""
    end: int
    is_kind: bool
    """Whether others of its kind are meant, or anything that does the same."""
    wishes: Wishes
    """What being smaller, larger or newer than it comes to."""

    @property
    def pair(self) -> str:
        """From which language into which its name says that it translates, as `ja-en`."""
        found = _PAIR.search(self.model.model_id)
        return found[1] if found else ""

    @property
    def task(self) -> str | None:
        """What it is for: its Hub task, else what its class tells."""
        return self.model.pipeline_tag or self.model.inferred_task


def likened(reader: CatalogueReader, question: str) -> Likened | None:
    """Return the model of the catalogue that a question compares with; None where it names none so."""
    for match in _COMPARED.finditer(question[:_LONGEST]):
        if model := _model(reader, match["name"] or match["japanese"]):
            start, end = match.span("name" if match["name"] else "japanese")
            is_kind = not (match["instead"] or match["instead_ja"])
            return Likened(
                model, match.start(), end, is_kind, _than(model, f"{question[:start]} {question[end:_LONGEST]}")
            )
    return None


def is_likened(model: Prospect, likened_id: str) -> bool:
    """Whether a model is the one compared with, or a copy of it under the same name."""
    return model.model_id.lower().rpartition("/")[2] == likened_id.lower().rpartition("/")[2]


def _model(reader: CatalogueReader, name: str) -> Prospect | None:
    """Return the best known model of a name; a plain word is none."""
    if "/" not in name:
        if not any(map(str.isdigit, name)) and "-" not in name:
            return None
        named = reader.named(name, 1)
        name = named[0] if named else ""
    place = reader.place_of(name) if name else None
    if place is None:
        return None
    model = reader.prospects([place])[0]
    return model if (model.downloads or 0) >= _LEAST_DOWNLOADS else None


def _than(model: Prospect, question: str) -> Wishes:
    wishes = Wishes()
    if size := model.num_parameters:
        if _SMALLER.search(question):
            wishes = wishes._replace(max_parameters=size - 1)
        elif _LARGER.search(question):
            wishes = wishes._replace(min_parameters=size + 1)
    if model.created and _NEWER.search(question):
        # Of its own day are those too of which the Hub does not know the day: 2022-03-02.
        wishes = wishes._replace(since=(date.fromisoformat(model.created[:10]) + timedelta(days=1)).isoformat())
    return wishes
