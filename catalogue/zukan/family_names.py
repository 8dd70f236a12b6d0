"""What a model's name says: a well-known model's family, another kind of network, which half, which direction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple, TypeVar

from zukan.family_table import load_table
from zukan.schema import Family

T = TypeVar("T")

_SEPARATORS = str.maketrans(dict.fromkeys("-_./", " "))
_DIGITS = "0123456789"
_HALF = re.compile(r"(?<![a-z])(encoder|decoder)[-_ ]?only(?![a-z])")
_ENCODER = re.compile(
    r"(?<![a-z])(?<!text.)(?<!cross.)(?<!bi.)(?<!from.)(?<!no.)encoder(?![a-z])(?![-_ ]?(decoder|free|less))"
)
"""`text-encoder` is what image generators call a language model; a cross- or bi-encoder may be any."""
_SIZE = re.compile(r"(?<![\w.])(\d{1,4}(?:\.\d{1,3})?)b(?![a-z0-9])")
_ENDINGS = {
    **dict.fromkeys(("bert", "roberta", "electra"), Family.ENCODER_ONLY),
    **dict.fromkeys(("llama", "qwen", "gemma", "mistral", "mixtral", "vicuna"), Family.DECODER_ONLY),
    **dict.fromkeys(("bart", "t5"), Family.SEQ2SEQ),
}
_ENDING = re.compile(rf"[a-z]({'|'.join(_ENDINGS)})(?<!2bert)(?<!2roberta)\d*$")
"""Words that authors put their own before: with the task of that family, all 2,500 of the Hub's list were right."""
_CODE = 3
_LARGE = 0.5
"""Billions of parameters from which on a name that begins as a decoder's is no encoder distilled from one."""


class NameSays(NamedTuple):
    """What a name says."""

    family: Family | None = None
    """Of the well-known model that it names; None where it names none or two of different families."""
    torn: bool = False
    """It names models of two families."""
    first: bool = False
    """The name begins with that model's."""
    large: bool = False
    """It states half a billion parameters or more."""
    half: Family | None = None
    """`encoder-only` or `decoder-only` stands in it."""
    only_part: bool = False
    """The well-known name is only the end of a word: `SciBERT`, `SafeQwen2`."""
    series: Family | None = None
    """Of the forecaster of time series that it names."""
    network: str | None = None
    """What it is that is no transformer: `a convolutional network`."""


NOTHING = NameSays()


@lru_cache(maxsize=1)
def _first_words() -> dict[str, int]:
    """Return the first word of every known name → how many words the longest such name has."""
    table = load_table()
    found: dict[str, int] = {}
    for name in (*table.names, *table.network_names, *table.series_names):
        words = name.rstrip("#").split("-")
        found[words[0]] = max(len(words), found.get(words[0], 0))
    return found


@lru_cache(maxsize=1)
def _two_way_names() -> re.Pattern[str]:
    return re.compile("|".join(re.escape(name) for name in load_table().two_way_names))


def says_encoder(model_id: str) -> bool:
    """Return whether a name says that only an encoder is there: `LFM2-Encoder`, `seamless-speech-encoder`."""
    name = model_id.rpartition("/")[2].lower()
    return "encoder" in name and _ENCODER.search(name) is not None


def says_two_way(model_id: str) -> bool:
    """Return whether a name is that of a line that reads decoder weights both ways: `LLM2Vec-…`."""
    return _two_way_names().search(model_id.rpartition("/")[2].lower()) is not None


def read_name(model_id: str) -> NameSays:
    """Read a model's id.

    Only whole words of the last part count, the longest first: `xlm-roberta-base`, `flan-t5-xl`, `Llama2-7b`;
    never a part of a word (`vit` in `vit5`).
    """
    name = model_id.replace("\\", "/").rstrip("/").rpartition("/")[2].lower()
    words = name.translate(_SEPARATORS).split()
    known: list[tuple[int, int]] = []
    endings: set[Family] = set()
    for place, (longest, ending) in enumerate(map(_read_word, words)):
        if longest:
            known.append((place, longest))
        elif ending:
            endings.add(ending)
    if known:
        return _read_words(name, words, known)
    return NameSays(family=endings.pop(), only_part=True) if len(endings) == 1 else NOTHING


@lru_cache(maxsize=1 << 14)
def _read_word(word: str) -> tuple[int | None, Family | None]:
    """Return (words of the longest known name that begins with this one, the family that its end says)."""
    first = _first_words()
    if longest := first.get(word) or (first.get(word.rstrip(_DIGITS)) if word[-1] in _DIGITS else None):
        return longest, None
    ending = _ENDING.search(word)
    return None, _ENDINGS[ending[1]] if ending else None


def _read_words(name: str, words: list[str], known: list[tuple[int, int]]) -> NameSays:
    table = load_table()
    families: list[Family] = []
    network, series, begins, end = None, None, False, 0
    for place, longest in known:
        network = network or _entry(table.network_names, words[place])
        for length in range(longest, 0, -1):
            series = series or _entry(table.series_names, "-".join(words[place : place + length]))
        if place < end:
            continue
        for length in range(longest, 0, -1):
            family = _entry(table.names, "-".join(words[place : place + length]))
            if family is not None:
                families.append(family)
                begins = begins or place == 0
                end = place + length
                break
    family = families[0] if len(set(families)) == 1 else None
    half = _HALF.search(name) if "only" in name else None
    return NameSays(
        family=family,
        torn=family is None and bool(families),
        first=begins,
        large=family is Family.DECODER_ONLY and _is_large(name),
        half=Family(f"{half[1]}-only") if half else None,
        network=network,
        series=series,
    )


def _is_large(name: str) -> bool:
    return any(float(size) >= _LARGE for size in _SIZE.findall(name.replace("_", "-")))


name_says = lru_cache(maxsize=1 << 14)(read_name)
"""`read_name` that remembers: for names that come again, as those of base models do."""


def family_of_name(model_id: str) -> Family | None:
    """Return the family that a well-known model's name stands for, None where it names none or two."""
    return name_says(model_id).family


def network_named(word: str) -> str | None:
    """Return what a tag names that is no transformer, None where it names none.

    Words of three letters are left out: they are codes of languages (`gru`, `sam`).
    """
    return _entry(load_table().network_names, word.lower()) if len(word) > _CODE else None


def _entry(names: Mapping[str, T], name: str) -> T | None:
    """Return what a table has for a name, or for the same with a version behind it."""
    found = names.get(name) or names.get(name + "#")
    return found or (names.get(name.rstrip(_DIGITS) + "#") if name[-1] in _DIGITS else None)
