"""The table behind the family tags: data/families.toml, read once."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zukan.resources import data_path
from zukan.schema import Family

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEPARATORS = re.compile(r"[-_.\s/]+")


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """The parsed families.toml; see data/make_families.py for how it comes about."""

    types: Mapping[str, Family]
    folded: Mapping[str, str]
    """Folded spelling or alias → model_type."""
    kinds: Mapping[str, str]
    """Type or class of `Family.OTHER` → what it is."""
    disputed: Mapping[str, str]
    """Type or class → a clause on what others call it."""
    multimodal_note: str
    diffusion_note: str
    phrases: Mapping[str, str]
    """Note on what others call a type → what it is, where the plain words for its family would be untrue."""
    bidirectional_note: str
    bert_decoder_note: str
    mixed: frozenset[str]
    """Types that hold more than one kind of stack: the type alone is not certain."""
    text_model_decides: frozenset[str]
    classes: Mapping[str, tuple[Family, str | None]]
    """Class → its family and its type; every model class of transformers, and some of older and remote code."""
    need_is_decoder: frozenset[str]
    """Causal classes of encoder types: only `is_decoder: true` in the config makes their attention causal."""
    prefixes: Mapping[str, str]
    """Lower-case class prefix → model_type."""
    gguf: Mapping[str, Family]
    not_transformers: Mapping[str, str]
    """Library, lower case → what it holds."""
    libraries: Mapping[str, Family]
    """Library, lower case → the family of all its models."""
    sentence_encoders: frozenset[str]
    telling_libraries: frozenset[str]
    """Libraries, lower case, that are looked for among the first tags where library_name is missing."""
    sound_libraries: frozenset[str]
    """Libraries of speech models whose tags and names say the kind of network."""
    sound_words: Mapping[str, str]
    """Word of such a tag or name → family, or what it is that is none of the three; the strongest first."""
    copy_libraries: frozenset[str]
    """Libraries and formats of converted language models: with them a well-known name is enough."""
    policy_tags: frozenset[str]
    network_words: Mapping[str, str]
    """Word of an unknown class or type → what it is that is no transformer."""
    network_names: Mapping[str, str]
    """Word of a model's name → the same; with `#` at the end, version digits may follow."""
    two_way_names: tuple[str, ...]
    """Parts of a name that say that decoder weights read both ways."""
    two_way_tags: frozenset[str]
    free_types: frozenset[str]
    """Types that a tag may name anywhere: those that are no words of a language."""
    telling_types: frozenset[str]
    """Types that are believed as a part of another type or class; a few plain words more."""
    weight_tags: frozenset[str]
    soft_tags: frozenset[str]
    """Types that are topics too, yet believed beside weights and a task of their family."""
    language_formats: frozenset[str]
    """Formats and libraries that only language models are converted to."""
    leading_tags: frozenset[str]
    stop_tags: frozenset[str]
    diffusion_tags: frozenset[str]
    names: Mapping[str, Family]
    """Folded name of a well-known model → family; with `#` at the end, version digits may follow."""
    series_names: Mapping[str, Family]
    """The same for forecasters of time series."""
    timm_transformers: tuple[str, ...]
    timm_convolutional: tuple[str, ...]
    timm_without_attention: tuple[str, ...]
    task_guess: Mapping[str, Family]
    auto_guess: Mapping[str, Family]
    auto_map: Mapping[str, Family]
    auto_classes: Mapping[str, frozenset[str]]
    """Auto class of transformers → the model types that it loads."""

    def find_type(self, name: str) -> str | None:
        """Return the model type that a spelling stands for, None where it is not known."""
        if name in self.types:
            return name
        return self.folded.get(fold(name))


def fold(name: str) -> str:
    """Return the spelling by which types and names are compared: lower case, `-` for `_`, `.` and spaces."""
    return _SEPARATORS.sub("-", name.strip().lower())


def _inverted(table: Mapping[str, list[str]]) -> dict[str, Family]:
    return {name: Family(family) for family, names in table.items() for name in names}


@lru_cache(maxsize=1)
def load_table() -> FamilyTable:
    """Read data/families.toml (about 30 ms, once a process).

    Raises:
        FileNotFoundError: The installation is incomplete.

    """
    with data_path("families.toml").open("rb") as file:
        raw: dict[str, Any] = tomllib.load(file)
    types = {name: Family(family) for name, family in raw["types"].items()}
    # A word without a digit or a hyphen is likelier a topic (align, canine, funnel, aria), or a language's code.
    free = frozenset(name for name in types if not name.isalpha() or name in raw["tags"]["free"])
    free -= frozenset(raw["tags"]["stop"])
    return FamilyTable(
        types=types,
        folded={**{fold(name): name for name in types}, **raw["aliases"]},
        kinds=raw["kinds"],
        disputed={name: raw["notes"][code] for name, code in raw["disputed"].items()},
        multimodal_note=raw["notes"]["multimodal"],
        diffusion_note=raw["notes"]["diffusion"],
        phrases={raw["notes"][code]: phrase for code, phrase in raw["phrases"].items()},
        bidirectional_note=raw["notes"]["bidirectional"],
        bert_decoder_note=raw["notes"]["bert-decoder"],
        mixed=frozenset(raw["mixed"]),
        text_model_decides=frozenset(raw["text_model_decides"]),
        classes={
            name: (Family(family), model_type or None)
            for family, by_type in raw["classes"].items()
            for model_type, names in by_type.items()
            for name in names
        },
        need_is_decoder=frozenset(raw["need_is_decoder"]),
        prefixes={prefix.lower(): model_type for prefix, model_type in raw["class_prefixes"].items()},
        gguf=_inverted(raw["gguf"]),
        not_transformers={name.lower(): kind for name, kind in raw["not_transformers"].items()},
        libraries={name.lower(): Family(family) for name, family in raw["libraries"].items()},
        sentence_encoders=frozenset(raw["sentence_encoders"]["names"]),
        telling_libraries=frozenset(
            name.lower()
            for name in (
                *raw["not_transformers"],
                *raw["libraries"],
                *raw["sentence_encoders"]["names"],
                *raw["sound"]["libraries"],
                *raw["copies"]["libraries"],
                "peft",
                "adapters",
                "adapter-transformers",
                "timm",
            )
        ),
        sound_libraries=frozenset(raw["sound"]["libraries"]),
        sound_words=raw["sound_words"],
        copy_libraries=frozenset(raw["copies"]["libraries"]),
        policy_tags=frozenset(raw["policies"]["tags"]),
        network_words=raw["network_words"],
        network_names=raw["network_names"],
        two_way_names=tuple(raw["two_way"]["names"]),
        two_way_tags=frozenset(raw["two_way"]["tags"]),
        free_types=free,
        telling_types=free | frozenset(raw["tags"]["telling"]),
        weight_tags=frozenset(raw["tags"]["weights"]),
        soft_tags=frozenset(raw["tags"]["soft"]),
        language_formats=frozenset(raw["copies"]["language"]),
        leading_tags=frozenset(raw["tags"]["leading"]),
        stop_tags=frozenset(raw["tags"]["stop"]),
        diffusion_tags=frozenset(raw["tags"]["diffusion"]),
        names=_inverted(raw["names"]),
        series_names=_inverted(raw["series_names"]),
        timm_transformers=tuple(raw["timm"]["transformers"]),
        timm_convolutional=tuple(raw["timm"]["convolutional"]),
        timm_without_attention=tuple(raw["timm"]["without_attention"]),
        task_guess=_inverted(raw["task_guess"]),
        auto_guess=_inverted(raw["auto_guess"]),
        auto_map=_inverted(raw["auto_map"]),
        auto_classes={name: frozenset(loaded) for name, loaded in raw["auto_classes"].items()},
    )
