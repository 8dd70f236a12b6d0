"""The rules for what a record says of itself: its library, its classes, its model type, its own code."""

from __future__ import annotations

from typing import Any

from zukan.family_evidence import Evidence, mapping, text
from zukan.family_table import (
    DECODER,
    ENCODER,
    SEQ2SEQ,
    family_of_name,
    fold,
    judge_class,
    judge_new_class,
    owner_of,
)
from zukan.schema import Certainty, Family, FamilyTag

OTHER = Family.OTHER
CERTAIN, INFERRED = Certainty.CERTAIN, Certainty.INFERRED

PHRASE = {
    ENCODER: "an encoder: every token sees every token",
    DECODER: "a decoder: each token sees only those before it",
    SEQ2SEQ: "an encoder-decoder: one stack reads the input, the other writes the output",
}
T5_TYPES = frozenset({"t5", "mt5"})
"""sentence-transformers loads the encoder alone of these."""
_TEXT_MODEL_WORDS = {"t5": SEQ2SEQ, "opt": DECODER, "vicuna": DECODER, "llama": DECODER}
"""Words of a BLIP-2's name that say which language model it holds."""


def tag(
    family: Family,
    certainty: Certainty,
    rule: str,
    subject: str,
    evidence: dict[str, Any],
    *,
    kind: str | None = None,
    note: str | None = None,
) -> FamilyTag:
    """Return a tag whose reason is `subject`, then what the family (or the other thing) is, then `note`."""
    what = f"{kind or 'another kind of model'}: none of the three families" if family is OTHER else PHRASE[family]
    return FamilyTag(family, certainty, f"{subject} {what}{f'; {note}' if note else ''}.", evidence, rule)


def not_a_transformer(e: Evidence) -> FamilyTag | None:
    """Rule 0: diffusion pipelines, scikit-learn and other libraries whose models are no transformers."""
    diffusers, kind = mapping(e.config.get("diffusers")), "a diffusion pipeline"
    if pipeline := text(diffusers.get("_class_name")):
        found: dict[str, Any] = {"config.diffusers._class_name": pipeline}
        return tag(OTHER, CERTAIN, "library", f"{pipeline} is", found, kind=kind)
    if mapping(e.config.get("sklearn")):
        found = {"config.sklearn": e.config["sklearn"]}
        return tag(OTHER, CERTAIN, "library", "It is", found, kind="a scikit-learn model")
    if any(owner_of(name)[0] for name in e.classes):
        return None
    if word := next((word for word in e.tags if word.startswith("diffusers:")), None):
        subject = f"{word.removeprefix('diffusers:')} is"
        return tag(OTHER, CERTAIN, "library", subject, {"tags": word}, kind=kind)
    return _library_without_transformers(e)


def _library_without_transformers(e: Evidence) -> FamilyTag | None:
    kind = e.table.not_transformers.get(e.library) if e.library else None
    if kind is None:
        return None
    if e.library == "spacy" and (e.model_id.endswith("_trf") or family_of_name(e.model_id) is ENCODER):
        # spaCy's own pipelines say it by the ending _trf, users' by the name of the encoder.
        return tag(ENCODER, INFERRED, "library", "By its name, this spaCy pipeline runs", {"model_id": e.model_id})
    found = {"library_name": e.library}
    return tag(OTHER, INFERRED, "library", f"Its library {e.library} makes it", found, kind=kind)


def by_class(e: Evidence) -> FamilyTag | None:
    """Rule 2: a class that decides on its own, or a plain head of a type."""
    for name in e.classes:
        verdict = judge_class(name, e.model_type)
        if verdict is None:
            continue
        owner = e.model_type or verdict.owner
        if verdict.decisive:
            certainty, note = verdict.certainty, verdict.note
            if verdict.needs_is_decoder and e.config.get("is_decoder") is True:
                certainty = CERTAIN
            elif verdict.needs_is_decoder:
                note = e.table.bert_decoder_note
            kind = e.table.kinds.get(name) or e.table.kinds.get(verdict.owner or "")
            kind = kind if verdict.family is OTHER else None
            if verdict.family is ENCODER and owner and (turned := _turned(e, ENCODER, owner)) is not None:
                return turned
            return tag(verdict.family, certainty, "class", f"{name} is", e.of_class(), kind=kind, note=note)
        if verdict.certainty is CERTAIN and owner and owner not in e.table.text_model_decides:
            return _of_type(e, owner, CERTAIN, "class", f"{name} is")
    return None


def by_type(e: Evidence) -> FamilyTag | None:
    """Rules 3 and 4: the type's own family, also by an old or odd spelling."""
    if e.model_type is None:
        return None
    if e.model_type in e.table.text_model_decides:
        return _by_text_model(e)
    if not e.classes and _hub_disagrees(e):
        return None
    mixed = e.model_type in e.table.mixed
    if e.model_type in T5_TYPES and not e.classes and e.library in e.table.sentence_encoders:
        found = {e.type_path: e.type, "library_name": e.library}
        return tag(ENCODER, INFERRED, "library", f"{e.library} runs only the first half of {e.type},", found)
    rule = "model_type" if e.type in e.table.types else "alias"
    alias = f" (today {e.model_type})" if fold(e.type or "") != fold(e.model_type) else ""
    subject = f"The model type {e.type}{alias} is"
    return _of_type(e, e.model_type, INFERRED if mixed else CERTAIN, rule, subject)


def _hub_disagrees(e: Evidence) -> bool:
    """Whether the Hub tags it with a type of another family: then the config is that of a part."""
    hub = e.hub_type()
    known = e.table.find_type(hub[1]) if hub else None
    return known is not None and e.model_type is not None and e.table.types[known] is not e.table.types[e.model_type]


def _of_type(e: Evidence, model_type: str, certainty: Certainty, rule: str, subject: str) -> FamilyTag:
    """Return the type's own family, unless a flag of a whole config.json or a known name turns it around."""
    family = e.table.types[model_type]
    if family is not OTHER and (turned := _turned(e, family, model_type)) is not None:
        return turned
    kind = e.table.kinds.get(model_type) if family is OTHER else None
    note = e.table.disputed.get(model_type)
    return tag(family, certainty, rule, subject, e.of_class(), kind=kind, note=note)


def _turned(e: Evidence, family: Family, model_type: str) -> FamilyTag | None:
    config, name = e.config, e.classes[0] if e.classes else e.type
    if family is DECODER:
        for key, values in (("use_bidirectional_attention", (True, "all")), ("is_causal", (False,))):
            if config.get(key) in values:
                found = {**e.of_class(), f"config.{key}": config[key]}
                subject = f"{name} has {key}: {config[key]} in its config, so it is"
                return tag(ENCODER, CERTAIN, "flag", subject, found, note=e.table.bidirectional_note)
        return bidirectional_by_name(e, model_type, e.of_class())
    if family is ENCODER:
        for key in ("is_decoder", "causal"):
            if config.get(key) is True:
                found = {**e.of_class(), f"config.{key}": True}
                return tag(DECODER, CERTAIN, "flag", f"{name} has {key}: true in its config, so it is", found)
    elif config.get("is_encoder_decoder") is False:
        half = DECODER if config.get("is_decoder") is True else ENCODER
        found = {**e.of_class(), "config.is_encoder_decoder": False}
        return tag(half, INFERRED, "flag", f"{name} without its other half (is_encoder_decoder: false) is", found)
    return None


def bidirectional_by_name(e: Evidence, model_type: str, found: dict[str, Any]) -> FamilyTag | None:
    """Return the tag of a known model that reads both ways under a decoder's type (EmbeddingGemma)."""
    word = e.table.bidirectional_names.get(model_type)
    for path, name in [("model_id", e.model_id), *e.bases()] if word else ():
        if word and word in name.lower():
            note = e.table.bidirectional_note
            return tag(ENCODER, INFERRED, "name", f"{name} is", {**found, path: name}, note=note)
    return None


def _by_text_model(e: Evidence) -> FamilyTag | None:
    """BLIP-2 and its kin: the language model inside decides, told by its config or by the name."""
    inner = text(mapping(e.config.get("text_config")).get("model_type"))
    known = e.table.find_type(inner) if inner else None
    if known:
        found = {**e.of_class(), "config.text_config.model_type": inner}
        return tag(e.table.types[known], CERTAIN, "model_type", f"Its language model {inner} is", found)
    for path, name in [("model_id", e.model_id), *e.bases()]:
        words = set(fold(name.rpartition("/")[2]).split("-"))
        for word, family in _TEXT_MODEL_WORDS.items():
            if word in words:
                found = {**e.of_class(), path: name}
                return tag(family, INFERRED, "name", f"{name} says that its language model is {word},", found)
    return None


def by_prefix(e: Evidence) -> FamilyTag | None:
    """Rule 5: a subclass that carries a known class's name."""
    if e.model_type:
        return None
    for name in e.classes:
        owner = owner_of(name)[0]
        if owner and owner not in e.table.text_model_decides:
            return _of_type(e, owner, INFERRED, "class-prefix", f"{name} carries the name of {owner},")
    return None


def by_code(e: Evidence) -> FamilyTag | None:
    """Rule 6: what unknown code says of itself: auto_map, two endings of a class, is_encoder_decoder."""
    keys = mapping(e.config.get("auto_map"))
    for key, family in e.table.auto_map.items():
        if key in keys:
            found = {**e.of_class(), "config.auto_map": {key: keys[key]}}
            return tag(family, INFERRED, "auto_map", f"Its own code is loaded by {key},", found)
    for name in e.classes:
        family_of_ending = judge_new_class(name)
        if family_of_ending is not None:
            return tag(family_of_ending, INFERRED, "class", f"By the ending of its name {name} is", e.of_class())
    if e.config.get("is_encoder_decoder") is True:
        found = {**e.of_class(), "config.is_encoder_decoder": True}
        return tag(SEQ2SEQ, INFERRED, "flag", "Its config says is_encoder_decoder: true, so it is", found)
    return None
