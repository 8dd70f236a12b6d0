"""Writes families.toml from the installed transformers' source and families_exceptions.toml.

`--check` writes nothing and exits 1 if the file would change. transformers is parsed, not imported.
What decides for a model type, in this order:

1. families_exceptions.toml, by hand, each entry with its reason;
2. the auto tables that hold no transformer stack of ours (detectors, transducers, codecs …);
3. `is_encoder_decoder` of its config class;
4. the ending of a part's name (`…_vision_model`, `…_text_config`) with the masks that its class builds;
5. the auto tables of whole models, then the masks and the attention of its classes.

A class has the family of the type whose config it states, unless it is named in families_exceptions.toml or its
ending says that it is one half (zukan.family_endings).
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zukan.family_endings import half_of
from zukan.schema import Family

sys.path.insert(0, str(Path(__file__).parents[1]))

from data.family_source import Source, read_source

HERE = Path(__file__).parent
TARGET = HERE / "families.toml"
EXCEPTIONS = HERE / "families_exceptions.toml"

ENCODER, DECODER, SEQ2SEQ, OTHER = "encoder-only", "decoder-only", "seq2seq", "other"

OTHER_TABLES = {
    "OBJECT_DETECTION": ("an object detector", "detector"),
    "ZERO_SHOT_OBJECT_DETECTION": ("an object detector", "detector"),
    "INSTANCE_SEGMENTATION": ("an image segmenter", "detector"),
    "UNIVERSAL_SEGMENTATION": ("an image segmenter", "detector"),
    "MASK_GENERATION": ("an image segmenter", "detector"),
    "KEYPOINT_DETECTION": ("a keypoint detector", None),
    "KEYPOINT_MATCHING": ("a keypoint matcher", None),
    "TABLE_RECOGNITION": ("a recurrent table reader", None),
    "TEXT_RECOGNITION": ("a text-line reader", None),
    "RNNT": ("a transducer", "transducer"),
    "TDT": ("a transducer", "transducer"),
    "AUDIO_TOKENIZATION_NAMES": ("an audio codec", None),
}
"""Auto tables of what is none of the three families: its name, and the note on the dispute."""

COMPOSITE_TABLES = {"IMAGE_TEXT_TO_TEXT", "MULTIMODAL_LM", "SEQ_TO_SEQ_CAUSAL_LM", "SPEECH_SEQ_2_SEQ"}
"""Without is_encoder_decoder, what is in these tables is a language model that also reads images or sound."""

MIXED_TABLES = {"CAUSAL_LM", "TEXT_ENCODING", "AUDIO_CLASSIFICATION"}
"""A seq2seq type in one of these also has classes that hold one of its halves only."""

ENCODER_TABLES = {"MASKED_LM", "CTC", "IMAGE_CLASSIFICATION", "VIDEO_CLASSIFICATION", "RETRIEVAL"}

PARTS: tuple[tuple[str, str, str], ...] = (
    (
        r"(vqgan|vqmodel|vqvae|codebook|hifigan|bigvgan|token2wav|tokenizer|_dit|_diffusion)$",
        OTHER,
        "a codec",
    ),
    (
        r"(mask_decoder|prompt_encoder|geometry_encoder|detr_encoder|detr_decoder)$",
        OTHER,
        "part of a segmenter",
    ),
    (r"(vision|visual|image)(_encoder|_model|_config)?$", ENCODER, ""),
    (r"(audio|video)(_encoder|_model)?$", ENCODER, ""),
    (r"(_encoder|qformer|perceiver|perciever)$", ENCODER, ""),
    (r"_decoder(_model)?$", DECODER, ""),
)
"""Endings of the types that name a part of a composite model, for parts no auto table knows."""

CAUSAL_MASKS = {"create_causal_mask", "create_chunked_causal_mask", "create_masks_for_generate"}
CAUSAL_MASKS |= {"create_sliding_window_causal_mask", "create_recurrent_attention_mask"}
FULL_MASKS = {"create_bidirectional_mask", "create_bidirectional_sliding_window_mask"}


@dataclass(frozen=True)
class Verdict:
    """A type's family, and for OTHER what it is; `note` is the code of a note on a dispute."""

    family: str
    kind: str = ""
    note: str | None = None


def judge(model_type: str, source: Source) -> Verdict:
    """Return a type's family by rules 2 to 5 of this module's docstring."""
    tables = source.tables[model_type]
    for table, (kind, note) in OTHER_TABLES.items():
        if table in tables:
            return Verdict(OTHER, kind, note)
    if source.configs[model_type] in source.encoder_decoder:
        return Verdict(SEQ2SEQ)
    if not COMPOSITE_TABLES & set(tables) and "CAUSAL_LM" not in tables:
        for pattern, family, kind in PARTS:
            if re.search(pattern, model_type):
                return Verdict(family, kind)
    if COMPOSITE_TABLES & set(tables):
        return Verdict(DECODER, note="multimodal")
    return by_structure(model_type, source)


def by_structure(model_type: str, source: Source) -> Verdict:
    """Return a type's family by its tables of whole models, then by the masks of its classes."""
    tables = source.tables[model_type]
    main = tables.get("MODEL") or next(iter(tables.values()), None)
    classes, names = source.reachable(main or source.configs[model_type].removesuffix("Config") + "Model")
    attention = any("Attention" in c or "Attn" in c for c in classes) or bool(names & FULL_MASKS)
    causal = "CAUSAL_LM" in tables or bool(names & CAUSAL_MASKS)
    if causal and not ENCODER_TABLES & set(tables):
        return Verdict(DECODER)
    return Verdict(ENCODER) if attention else Verdict(OTHER, "a network without attention")


def build(source: Source, hand: dict[str, Any]) -> dict[str, Any]:
    """Merge the verdicts with the hand-written file into the contents of families.toml."""
    types = {name: judge(name, source) for name in source.configs}
    kinds: dict[str, str] = {}
    notes: dict[str, str] = {}
    by_class: dict[str, Verdict] = {}
    for entry in hand["exception"]:
        verdict = Verdict(entry["family"], entry.get("kind", ""), entry.get("note"))
        types.update(dict.fromkeys(entry.get("types", ()), verdict))
        by_class.update(dict.fromkeys(entry.get("classes", ()), verdict))
    for name, verdict in [*types.items(), *by_class.items()]:
        if verdict.kind:
            kinds[name] = verdict.kind
        if verdict.note:
            notes[name] = verdict.note
    mixed = {
        name
        for name, verdict in types.items()
        if (verdict.family == ENCODER and "CAUSAL_LM" in source.tables[name])
        or (verdict.family == SEQ2SEQ and MIXED_TABLES & set(source.tables[name]))
    }
    known = {**prefixes(source), **hand["class_prefixes"]}
    classes, need_is_decoder = families_of_classes(source, types, by_class, known)
    return {
        "transformers_version": source.version,
        "text_model_decides": hand["text_model_decides"],
        "mixed": sorted(mixed | set(hand["also_mixed"])),
        "need_is_decoder": sorted(need_is_decoder),
        "types": {name: verdict.family for name, verdict in sorted(types.items())},
        "kinds": dict(sorted(kinds.items())),
        "disputed": dict(sorted(notes.items())),
        **{f"classes.{family}": by_type for family, by_type in sorted(classes.items())},
        "class_prefixes": dict(sorted(known.items())),
        "auto_classes": source.auto_classes,
        **{name: table for name, table in hand.items() if isinstance(table, dict) and name != "class_prefixes"},
    }


def families_of_classes(
    source: Source, types: dict[str, Verdict], by_hand: dict[str, Verdict], prefixes: dict[str, str]
) -> tuple[dict[str, dict[str, list[str]]], set[str]]:
    """Return (family → type → its classes, the classes that need `is_decoder: true` to be sure).

    The type is the one whose config the class states; of a class of older releases the one whose prefix it has.
    """
    type_of = {config: name for name, config in reversed(source.configs.items())}
    type_of.update({config: prefixes[prefix] for config in type_of if (prefix := config.removesuffix("Config"))})
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    need_is_decoder: set[str] = set()
    models = {name for name in source.names if source.is_model(name) and not name.endswith("PreTrainedModel")}
    for name in sorted(models | set(by_hand)):
        owner = type_of.get(source.config_of(name) or "")
        longest = max((p for p in prefixes if name.startswith(p)), key=len, default=None)
        owner = owner or (prefixes[longest] if longest else None)
        if name in by_hand:
            family = by_hand[name].family
        elif owner:
            half = half_of(name, Family(types[owner].family))
            family = str(half[0]) if half else types[owner].family
            if half and half[1]:
                need_is_decoder.add(name)
        else:
            continue
        found[family][owner or ""].append(name)
    return found, need_is_decoder


def prefixes(source: Source) -> dict[str, str]:
    """Return class prefix → model_type: the config class less `Config`; of two types the like-named one."""
    found: dict[str, str] = {}
    for model_type, config in source.configs.items():
        prefix = config.removesuffix("Config")
        folded = re.sub(r"[-_.]", "", model_type).lower()
        if prefix not in found or folded == re.sub("[-_.]", "", prefix).lower():
            found[prefix] = model_type
    return found


def quote(text: str) -> str:
    """Return a TOML basic string."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def dump(contents: dict[str, Any]) -> str:
    """Return the contents as TOML: plain values first, then one table each."""

    def value(item: str | list[str]) -> str:
        return quote(item) if isinstance(item, str) else "[" + ", ".join(quote(i) for i in item) + "]"

    lines = ["# Made by data/make_families.py from transformers and families_exceptions.toml: do not edit.", ""]
    lines += [f"{name} = {value(item)}" for name, item in contents.items() if not isinstance(item, dict)]
    for name, table in contents.items():
        if isinstance(table, dict):
            lines += ["", f"[{name}]", *(f"{quote(key)} = {value(item)}" for key, item in table.items())]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write families.toml, or with --check compare it."""
    text = dump(build(read_source(), tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))))
    if "--check" in sys.argv[1:]:
        same = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print("families.toml is up to date" if same else "families.toml would change")
        return 0 if same else 1
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET}: {text.count(chr(10))} lines")
    return 0


if __name__ == "__main__":
    sys.exit(main())
