"""The table behind the family tags: data/families.toml, read once, and what a class or a name says by it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from zukan.resources import data_path
from zukan.schema import Certainty, Family

if TYPE_CHECKING:
    from collections.abc import Mapping

ENCODER, DECODER, SEQ2SEQ = Family.ENCODER_ONLY, Family.DECODER_ONLY, Family.SEQ2SEQ

_ENCODER_END = re.compile(r"(Encoder|EncoderModel|EncoderWithProjection|EncoderModelWithProjection|VisionModel)$")
_CAUSAL_END = re.compile(r"(ForCausalLM|LMHeadModel|Decoder|DecoderModel|DecoderWrapper)$")
_BOTH_WAYS = re.compile(r"Bidirec|Bi(Model|For|LM|Encoder)|ForMaskedLM|ForMNTP|Encoder")
_HEAD = re.compile(r"(Model|For[A-Z]|LMHead|WithLMHead|DoubleHeads|MTModel|Encoder|Decoder|PreTrainedModel|$)")
_WRAPPER = re.compile(r"^(TF|Flax|omFlax|PoptorchPipelined|Pipelined)(?=[A-Z])")
_WORD_START = re.compile(r"[A-Z]|(?<=_)[a-z]")
_VERSION = re.compile(r"^(.*?)\d+$")
_SEPARATORS = re.compile(r"[-_.\s/]+")
_NEW_CLASS = (
    (re.compile(r"(ForCausalLM|LMHeadModel)$"), DECODER),
    (re.compile(r"(ForMaskedLM|ForCTC)$"), ENCODER),
)
_SHORTEST_INNER_PREFIX = 4
"""Inside a class name only prefixes of this length count: `Bit` or `Git` would be found anywhere."""


@dataclass(frozen=True, slots=True)
class FamilyTable:
    """The parsed families.toml; see data/make_families.py for how it comes about."""

    transformers_version: str
    types: Mapping[str, Family]
    folded: Mapping[str, str]
    """Folded spelling or alias → model_type."""
    kinds: Mapping[str, str]
    """Type or class of `Family.OTHER` → what it is."""
    disputed: Mapping[str, str]
    """Type or class → a clause on what others call it."""
    bidirectional_note: str
    bert_decoder_note: str
    mixed: frozenset[str]
    """Types that hold more than one kind of stack: the type alone is not certain."""
    text_model_decides: frozenset[str]
    bidirectional_names: Mapping[str, str]
    classes: Mapping[str, Family]
    prefixes: Mapping[str, str]
    """Lower-case class prefix → model_type."""
    gguf: Mapping[str, Family]
    not_transformers: Mapping[str, str]
    libraries: Mapping[str, Family]
    sentence_encoders: frozenset[str]
    leading_tags: frozenset[str]
    stop_tags: frozenset[str]
    diffusion_tags: frozenset[str]
    names: Mapping[str, Family]
    """Folded name of a well-known model → family; with `#` at the end, version digits may follow."""
    timm_transformers: tuple[str, ...]
    task_guess: Mapping[str, Family]
    auto_guess: Mapping[str, Family]
    auto_map: Mapping[str, Family]

    def find_type(self, name: str) -> str | None:
        """Return the model type that a spelling stands for, None where it is not known."""
        if name in self.types:
            return name
        return self.folded.get(fold(name))


@dataclass(frozen=True, slots=True)
class ClassVerdict:
    """What a class name says on its own, with the type beside it."""

    family: Family
    certainty: Certainty
    decisive: bool
    """The class overrules the type's own family."""
    owner: str | None
    """The type whose prefix it carries."""
    needs_is_decoder: bool = False
    note: str | None = None
    """A clause on what others call it."""


def fold(name: str) -> str:
    """Return the spelling by which types and names are compared: lower case, `-` for `_`, `.` and spaces."""
    return _SEPARATORS.sub("-", name.strip().lower())


def _inverted(table: Mapping[str, list[str]]) -> dict[str, Family]:
    return {name: Family(family) for family, names in table.items() for name in names}


@lru_cache(maxsize=1)
def load_table() -> FamilyTable:
    """Read data/families.toml (about 15 ms, once a process).

    Raises:
        FileNotFoundError: The installation is incomplete.

    """
    with data_path("families.toml").open("rb") as file:
        raw: dict[str, Any] = tomllib.load(file)
    types = {name: Family(family) for name, family in raw["types"].items()}
    return FamilyTable(
        transformers_version=raw["transformers_version"],
        types=types,
        folded={**{fold(name): name for name in types}, **raw["aliases"]},
        kinds=raw["kinds"],
        disputed={name: raw["notes"][code] for name, code in raw["disputed"].items()},
        bidirectional_note=raw["notes"]["bidirectional"],
        bert_decoder_note=raw["notes"]["bert-decoder"],
        mixed=frozenset(raw["mixed"]),
        text_model_decides=frozenset(raw["text_model_decides"]),
        bidirectional_names=raw["bidirectional_names"],
        classes={name: Family(family) for name, family in raw["classes"].items()},
        prefixes={prefix.lower(): model_type for prefix, model_type in raw["class_prefixes"].items()},
        gguf=_inverted(raw["gguf"]),
        not_transformers=raw["not_transformers"],
        libraries={name: Family(family) for name, family in raw["libraries"].items()},
        sentence_encoders=frozenset(raw["sentence_encoders"]["names"]),
        leading_tags=frozenset(raw["tags"]["leading"]),
        stop_tags=frozenset(raw["tags"]["stop"]),
        diffusion_tags=frozenset(raw["tags"]["diffusion"]),
        names=_inverted(raw["names"]),
        timm_transformers=tuple(raw["timm"]["transformers"]),
        task_guess=_inverted(raw["task_guess"]),
        auto_guess=_inverted(raw["auto_guess"]),
        auto_map=_inverted(raw["auto_map"]),
    )


def _prefix_at(name: str, start: int) -> str | None:
    """Return the longest known class prefix that stands at `start` and ends where a word ends."""
    prefixes = load_table().prefixes
    lowered = name.lower()
    for end in range(len(name), start, -1):
        if lowered[start:end] in prefixes and (end == len(name) or not name[end].islower()):
            return lowered[start:end]
    return None


@lru_cache(maxsize=1 << 14)
def owner_of(class_name: str) -> tuple[str | None, bool]:
    """Return the type whose prefix a class carries and whether it is one of that type's plain heads.

    Wrappers such as `TF` or `Flax` are taken off. A prefix may also stand inside (`TrainableM2M100`): then it
    is never a plain head. Source: tried on 824 pairs of type and class seen on the Hub.
    """
    name = _WRAPPER.sub("", class_name.rpartition(".")[2])
    prefix = _prefix_at(name, 0)
    if prefix is not None:
        return load_table().prefixes[prefix], _HEAD.match(name, len(prefix)) is not None
    for match in _WORD_START.finditer(name, 1):
        inner = _prefix_at(name, match.start())
        if inner is not None and len(inner) >= _SHORTEST_INNER_PREFIX:
            return load_table().prefixes[inner], False
    return None, False


@lru_cache(maxsize=1 << 14)
def judge_class(class_name: str, model_type: str | None) -> ClassVerdict | None:
    """Return what a class says, None where neither it nor its type is known.

    `model_type` is a key of `FamilyTable.types` or None.
    """
    table = load_table()
    name = class_name.rpartition(".")[2]
    if name in table.classes:
        family, note = table.classes[name], table.disputed.get(name)
        return ClassVerdict(family, Certainty.CERTAIN, decisive=True, owner=owner_of(name)[0], note=note)
    owner, plain = owner_of(class_name)
    if "EncoderDecoder" in name:
        return ClassVerdict(SEQ2SEQ, Certainty.CERTAIN, decisive=True, owner=owner)
    own = table.types[model_type] if model_type else table.types[owner] if owner else None
    if own is None:
        return None
    if own is not Family.OTHER and (verdict := _by_ending(name, own, owner)) is not None:
        return verdict
    if model_type and owner and plain and table.types[owner] is not own:
        return ClassVerdict(table.types[owner], Certainty.INFERRED, decisive=True, owner=owner)
    same = owner is not None and table.types[owner] is own
    return ClassVerdict(own, Certainty.CERTAIN if same and plain else Certainty.INFERRED, decisive=False, owner=owner)


def _by_ending(name: str, own: Family, owner: str | None) -> ClassVerdict | None:
    """Return the verdict of an ending that overrules the type, None where the ending says nothing."""
    if own is DECODER:
        if _BOTH_WAYS.search(name):
            note = load_table().bidirectional_note
            return ClassVerdict(ENCODER, Certainty.INFERRED, decisive=True, owner=owner, note=note)
        return None
    if _ENCODER_END.search(name):
        return ClassVerdict(ENCODER, Certainty.CERTAIN, decisive=own is not ENCODER, owner=owner)
    if _CAUSAL_END.search(name):
        # Classes of seq2seq types set is_decoder themselves; BERT kinds only warn when it is missing.
        sure = own is SEQ2SEQ
        certainty = Certainty.CERTAIN if sure else Certainty.INFERRED
        return ClassVerdict(DECODER, certainty, decisive=True, owner=owner, needs_is_decoder=not sure)
    return None


def judge_new_class(class_name: str) -> Family | None:
    """Return the family of a class that no table knows, by the two endings that hardly ever mislead."""
    for pattern, family in _NEW_CLASS:
        if pattern.search(class_name):
            return family
    return None


@lru_cache(maxsize=1 << 14)
def family_of_name(model_id: str) -> Family | None:
    """Return the family that a well-known model's name stands for, None where it names none or two.

    Only whole words of the last part count, the longest first: `xlm-roberta-base`, `flan-t5-xl`, `Llama2-7b`;
    never a part of a word (`vit` in `vit5`).
    """
    names = load_table().names
    words = fold(model_id.rstrip("/").rpartition("/")[2]).split("-")
    found: set[Family] = set()
    start = 0
    while start < len(words):
        for length in (3, 2, 1):
            name = "-".join(words[start : start + length])
            version = _VERSION.match(name)
            family = names.get(name) or names.get(name + "#") or (names.get(version[1] + "#") if version else None)
            if family is not None:
                found.add(family)
                start += length - 1
                break
        start += 1
    return found.pop() if len(found) == 1 else None
