"""What a class name says of a family: by the table, by the type whose prefix it carries, by its ending."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from zukan.family_endings import ENCODER_OF, half_of
from zukan.family_table import load_table
from zukan.schema import Certainty, Family

DECODER, SEQ2SEQ = Family.DECODER_ONLY, Family.SEQ2SEQ

_HEAD = re.compile(r"(Model|For[A-Z]|LMHead|WithLMHead|DoubleHeads|MTModel|Encoder|Decoder|PreTrainedModel|$)")
_WRAPPER = re.compile(r"^(TF|Flax|omFlax|PoptorchPipelined|Pipelined)(?=[A-Z])")
_WORD_START = re.compile(r"[A-Z]|(?<=_)[a-z]")
_LOOKS = re.compile(r"Vision|For(Image|Video)Classification$|ForObjectDetection$|Segmentation$")
"""What borrows a language model's network for pictures looks at them whichever way: MambaVision, VisionMamba."""
_LONGEST_CLASS = 120
_SHORTEST_INNER_PREFIX = 4
"""Inside a class name only prefixes of this length count: `Bit` or `Git` would be found anywhere."""


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
    if len(name) > _LONGEST_CLASS:
        return None, False  # no class; looking for prefixes in it would take minutes
    prefix = _prefix_at(name, 0)
    if prefix is not None:
        return load_table().prefixes[prefix], _HEAD.match(name, len(prefix)) is not None
    for match in _WORD_START.finditer(name, 1):
        inner = _prefix_at(name, match.start())
        if inner is not None and len(inner) >= _SHORTEST_INNER_PREFIX:
            return load_table().prefixes[inner], False
    return None, False


def is_known_class(class_name: str) -> bool:
    """Return whether the table has a class, also with another framework's wrapper before its name."""
    name = class_name.rpartition(".")[2]
    return name in load_table().classes or _WRAPPER.sub("", name) in load_table().classes


@lru_cache(maxsize=1 << 14)
def judge_class(class_name: str, model_type: str | None) -> ClassVerdict | None:
    """Return what a class says, None where neither it nor its type is known.

    `model_type` is a key of `FamilyTable.types` or None.
    """
    table = load_table()
    name = class_name.rpartition(".")[2]
    known = table.classes.get(name) or table.classes.get(_WRAPPER.sub("", name))
    if known is not None:
        family, owner = known
        note = table.disputed.get(name)
        if note is None and owner and table.types[owner] is family:
            note = table.disputed.get(owner)
        unsure = name in table.need_is_decoder
        certainty = Certainty.INFERRED if unsure else Certainty.CERTAIN
        return ClassVerdict(family, certainty, decisive=True, owner=owner, needs_is_decoder=unsure, note=note)
    owner, plain = owner_of(class_name)
    if "EncoderDecoder" in name:
        return ClassVerdict(SEQ2SEQ, Certainty.CERTAIN, decisive=True, owner=owner)
    own = table.types[model_type] if model_type else table.types[owner] if owner else None
    if own is None:
        return None
    # A diffusion model's ForCausalLM fills in masks: the ending is borrowed.
    diffusion = table.disputed.get(model_type or owner or "") == table.diffusion_note
    half = None if diffusion else half_of(name, own)
    if half is None and model_type is None and own is DECODER and not plain and _LOOKS.search(name):
        return None
    if half is not None:
        family, unsure = half
        note = table.bidirectional_note if own is DECODER else None
        own_head = ENCODER_OF.search(name) is not None
        certainty = Certainty.INFERRED if unsure or own is DECODER or not plain or own_head else Certainty.CERTAIN
        return ClassVerdict(family, certainty, decisive=True, owner=owner, needs_is_decoder=unsure, note=note)
    if model_type and owner and plain and table.types[owner] is not own:
        return ClassVerdict(table.types[owner], Certainty.INFERRED, decisive=True, owner=owner)
    same = owner is not None and table.types[owner] is own
    return ClassVerdict(own, Certainty.CERTAIN if same and plain else Certainty.INFERRED, decisive=False, owner=owner)
