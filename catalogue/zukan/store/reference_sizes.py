"""Tells from a model's name and type how many parameters the checkpoint has that it was made of.

They stand in data/reference_sizes.csv. Who trains a model further mostly says of which: `xlm-roberta-large-xnli`. Where
a name says no more than the size, that of its type is meant: `e5-small`. Of some types nearly all are of one size.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from zukan.resources import data_path
from zukan.size_in_name import parameters_in_name

SIZE_WORDS = (
    "tiny", "mini", "nano", "small", "medium", "base", "large", "big", "huge", "giant", "xxlarge",
    "xlarge", "xsmall", "xxl", "xl",
)  # fmt: skip
MADE_SMALLER = frozenset(("turbo", "distil", "distill", "distilled", "pruned", "lite", "random"))
"""Words of names that say that a model was made smaller than the one it is named after."""
_SIZES = frozenset(SIZE_WORDS)
_WORD = re.compile(r"[a-z0-9]+")
_LAYERS = re.compile(r"l\d{1,2}|\d{1,2}l|h\d{2,4}|\d{1,2}layers?")
"""What names say of fewer or narrower layers."""
_COUNT = re.compile(r"\d+(?:\.\d+)?[mb]")
_AGREE = 2.0
_ALSO_LARGER = frozenset(("wav2vec2",))
"""Types that call larger ones so too: wav2vec2-large-mms-1b, wav2vec2-large-xls-r-2b."""
_ALIKE = 2.2
"""Sizes of one kind are no more times as large."""
_MANY = "multilingual"
_OF_ONE_LANGUAGE = frozenset(("bert", "distilbert", "roberta", "electra", "albert", "gpt2", "bart", "t5"))
"""Types whose checkpoints for many languages know several times as many words, which is much of a small model."""


class Reference(NamedTuple):
    """A checkpoint that others were made of."""

    model_type: str
    name: tuple[str, ...]
    """The words by which names say it."""
    parameters: int
    basis: str
    """On what the number stands."""
    only: bool
    """Whether nearly all of its type are of that size."""


class References:
    """The checkpoints of data/reference_sizes.csv."""

    def __init__(self, references: Sequence[Reference]) -> None:
        """Take them."""
        self._by_first: defaultdict[str, list[Reference]] = defaultdict(list)
        for one in references:
            self._by_first[one.name[0]].append(one)
        self._firsts = frozenset(self._by_first)
        self._only = {one.model_type: one for one in references if one.only}
        self._of_size = _of_sizes(references)

    def find(self, model_id: str, model_type: str | None, *, named: bool = False) -> tuple[int, str] | None:
        """Return (parameters, basis) of the checkpoint that a model was made of; None where nothing tells it.

        Args:
            model_id: The model's id.
            model_type: Its type; without it only a name of several words tells it.
            named: Only where the name says the checkpoint.

        """
        words = _WORD.findall(model_id.rpartition("/")[2].lower())
        own = set(words)
        if model_type and any(map(_COUNT.fullmatch, own)) and self._is_of_data(model_id, model_type):
            own = {one for one in own if not _COUNT.fullmatch(one)}
        # Most names say no checkpoint, which is found out at once: a million of them are looked at.
        likely = not self._firsts.isdisjoint(own)
        if not likely and (model_type is None or (model_type not in self._only and _SIZES.isdisjoint(own))):
            return None
        sizes = own & _SIZES
        meant = [one for one in self._named(words) if _is_meant(one, model_type, sizes, own)] if likely else []
        if meant:
            found = max(meant, key=lambda one: (len(one.name), sum(map(len, one.name))))
        elif named or model_type is None or _is_another(model_type, own):
            return None
        elif len(sizes) == 1:
            return self.of_size(model_type, *sizes)
        elif sizes or (known := self._only.get(model_type)) is None:
            return None
        else:
            found = known
        return found.parameters, found.basis

    def of_size(self, model_type: str, size: str) -> tuple[int, str] | None:
        """Return (parameters, basis) of the models of a type that are called so (`base`), None where they differ."""
        return self._of_size.get((model_type, size))

    def instead_of(self, model_id: str, model_type: str, number: int) -> int | None:
        """Return the size of a type's models that are called as this one (`base`), where a number is quite another.

        Who names a model roberta-base-1B or bert-base-522M speaks of the words or the megabytes that it has read.
        """
        words = _WORD.findall(model_id.rpartition("/")[2].lower())
        sizes = _SIZES.intersection(words)
        known = self.of_size(model_type, *sizes) if len(sizes) == 1 else None
        if known is None or model_type in _ALSO_LARGER or _are_alike(known[0], number):
            return None
        # A name may say a checkpoint of that size as well.
        return None if any(_are_alike(one.parameters, number) for one in self._named(words)) else known[0]

    def _is_of_data(self, model_id: str, model_type: str) -> bool:
        """Whether a name states a number that is far too large for its size word: with a smaller one it may be cut."""
        number, _ = parameters_in_name(model_id)
        size = self.instead_of(model_id, model_type, number) if number else None
        return bool(number and size and number > size)

    def _named(self, words: Sequence[str]) -> list[Reference]:
        """Return the checkpoints whose names stand in these words."""
        return [
            one
            for place, word in enumerate(words)
            for one in self._by_first.get(word, ())
            if tuple(words[place : place + len(one.name)]) == one.name
        ]


def _are_alike(one: int, other: int) -> bool:
    return max(one, other) <= min(one, other) * _ALIKE


def _is_another(model_type: str, words: set[str]) -> bool:
    """Whether a name says that a model is not of the usual size of its type."""
    if _MANY in words and model_type in _OF_ONE_LANGUAGE:
        return True
    return not MADE_SMALLER.isdisjoint(words) or any(
        _LAYERS.fullmatch(word) or _COUNT.fullmatch(word) for word in words
    )


def _is_meant(one: Reference, model_type: str | None, sizes: set[str], words: set[str]) -> bool:
    """Whether a name that holds that of a checkpoint means a model of its size."""
    if not sizes.issubset(one.name) or not MADE_SMALLER.intersection(words).issubset(one.name):
        return False
    if _MANY in words and _MANY not in one.name and one.model_type in _OF_ONE_LANGUAGE:
        return False
    if any(_LAYERS.fullmatch(word) or _COUNT.fullmatch(word) for word in words.difference(one.name)):
        return False
    return one.model_type == model_type if model_type else len(one.name) > 1


def _of_sizes(references: Sequence[Reference]) -> Mapping[tuple[str, str], tuple[int, str]]:
    """Return (type, size word) → (parameters, basis), where the type's checkpoints of that size agree."""
    groups: defaultdict[tuple[str, str], list[Reference]] = defaultdict(list)
    for one in references:
        said = [word for word in one.name if word in _SIZES]
        if len(said) == 1 and MADE_SMALLER.isdisjoint(one.name):
            groups[one.model_type, said[0]].append(one)
    found = {}
    for (model_type, size), group in groups.items():
        numbers = [one.parameters for one in group]
        plain = (*_WORD.findall(model_type), size)
        if max(numbers) <= min(numbers) * _AGREE:
            found[model_type, size] = (int(median(numbers)), f"as {model_type} models that are called {size}")
        elif own := next((one for one in group if one.name == plain), None):
            found[model_type, size] = (own.parameters, own.basis)
    return found


@lru_cache(maxsize=1)
def references() -> References:
    """Return the checkpoints, read once."""
    with data_path("reference_sizes.csv").open(encoding="utf-8", newline="") as file:
        return References(
            [
                Reference(
                    row["model_type"],
                    tuple(_WORD.findall(row["name"].lower())),
                    int(row["parameters"]),
                    f"{row['checkpoint']}, as {row['source']} says"
                    if row["source"]
                    else f"computed from the configuration of {row['checkpoint']}",
                    row["only"] == "only",
                )
                for row in csv.DictReader(file)
            ]
        )
