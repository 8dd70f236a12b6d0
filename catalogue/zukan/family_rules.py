"""The rules for what a row says of itself: its library, its classes, its type, its code, its config's shape."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from zukan.family_classes import is_known_class, judge_class, owner_of
from zukan.family_endings import family_of_new_class
from zukan.family_evidence import Evidence, mapping, text
from zukan.family_names import family_of_name
from zukan.family_table import fold, load_table
from zukan.family_words import known_part, network_in
from zukan.schema import Certainty, Family, FamilyTag

ENCODER, DECODER, SEQ2SEQ, OTHER = Family.ENCODER_ONLY, Family.DECODER_ONLY, Family.SEQ2SEQ, Family.OTHER
CERTAIN, INFERRED = Certainty.CERTAIN, Certainty.INFERRED

PHRASE = {
    ENCODER: "an encoder: every token sees every token",
    DECODER: "a decoder: each token sees only those before it",
    SEQ2SEQ: "an encoder-decoder: one stack reads the input, the other writes the output",
}
T5_TYPES = frozenset({"t5", "mt5", "umt5"})
"""sentence-transformers loads the encoder alone of these."""
WRAPPERS = frozenset({"timm_wrapper"})
"""Types that may hold any network of another library: what is inside decides."""
_OUTER = re.compile(r"(instruct)?blip-?2?", re.IGNORECASE)
"""What a BLIP-2's name begins with; the rest may say which language model it holds."""
_INNER = ("text_config", "llm_config", "language_config", "thinker_config", "language_model_config")
_SHAPES: tuple[tuple[frozenset[str], Family], ...] = (
    (frozenset({"encoder_layers", "decoder_layers"}), SEQ2SEQ),
    (frozenset({"relative_attention_num_buckets", "d_kv"}), SEQ2SEQ),
    (frozenset({"n_embd", "n_head", "n_positions"}), DECODER),
    (frozenset({"n_embd", "n_head", "n_ctx"}), DECODER),
    (frozenset({"num_key_value_heads", "rms_norm_eps", "rope_theta"}), DECODER),
    (frozenset({"type_vocab_size", "num_attention_heads", "intermediate_size"}), ENCODER),
)
"""Keys that only the configs of one family's well-known types have together, the most telling first."""


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
    what = f"{kind or 'another kind of model'}: none of the three families"
    if family is not OTHER:
        what = load_table().phrases.get(note or "", PHRASE[family])
    return FamilyTag(family, certainty, f"{subject} {what}{f'; {note}' if note else ''}.", evidence, rule)


def not_a_transformer(e: Evidence) -> FamilyTag | None:
    """Rule 0: diffusion pipelines, scikit-learn and other libraries whose models are no transformers."""
    kind = "a diffusion pipeline"
    for holder, path in ((mapping(e.config.get("diffusers")), f"{e.prefix}diffusers."), (e.config, e.prefix)):
        if pipeline := text(holder.get("_class_name")):
            found: dict[str, Any] = {f"{path}_class_name": pipeline}
            part = kind if pipeline.endswith("Pipeline") else "a part of a diffusion pipeline"
            return tag(OTHER, CERTAIN, "library", f"{pipeline} is", found, kind=part)
    if mapping(e.config.get("sklearn")):
        found = {f"{e.prefix}sklearn": e.config["sklearn"]}
        return tag(OTHER, CERTAIN, "library", "It is", found, kind="a scikit-learn model")
    if any(name in e.table.classes or owner_of(name)[0] for name in e.classes):
        return None
    if e.pipeline_tags:
        word = e.pipeline_tags[0]
        subject = f"{word.removeprefix('diffusers:')} is"
        return tag(OTHER, CERTAIN, "library", subject, {"tags": word}, kind=kind)
    return _library_without_transformers(e)


def _library_without_transformers(e: Evidence) -> FamilyTag | None:
    other = e.table.not_transformers.get(e.library) if e.library else None
    if other is None:
        return None
    if e.library == "spacy" and (e.model_id.endswith("_trf") or family_of_name(e.model_id) is ENCODER):
        # spaCy's own pipelines say it by the ending _trf, users' by the name of the encoder.
        return tag(ENCODER, INFERRED, "library", "By its name, this spaCy pipeline runs", {e.id_path: e.model_id})
    return tag(OTHER, INFERRED, "library", f"Its library {e.library} makes it", e.of_library(), kind=other)


def by_class(e: Evidence) -> FamilyTag | None:
    """Rule 2: a class that decides on its own, or a plain head of a type."""
    for name in e.classes:
        verdict = judge_class(name, e.model_type)
        if verdict is None or (e.model_type is None and not is_known_class(name) and network_in(name)):
            continue
        owner = verdict.owner or e.model_type
        if owner in WRAPPERS:
            return None
        if owner in e.table.text_model_decides and verdict.family is e.table.types[owner]:
            continue
        if not verdict.decisive:
            if verdict.certainty is CERTAIN:
                return of_type(e, e.model_type or verdict.owner or "", CERTAIN, "class", f"{name} is")
            continue
        certainty, note = verdict.certainty, verdict.note
        if verdict.needs_is_decoder and e.config.get("is_decoder") is True:
            certainty = CERTAIN
        elif verdict.needs_is_decoder:
            note = e.table.bert_decoder_note
        kind = e.table.kinds.get(name) or e.table.kinds.get(verdict.owner or "")
        kind = kind if verdict.family is OTHER else None
        if owner and not verdict.needs_is_decoder and (turned := _turned(e, verdict.family, owner)) is not None:
            return turned
        return tag(verdict.family, certainty, "class", f"{name} is", e.of_class(), kind=kind, note=note)
    return None


def by_type(e: Evidence) -> FamilyTag | None:
    """Rules 3 and 4: the type's own family, also by an old or odd spelling."""
    if e.type is None:
        return None
    if e.model_type is None:
        return None if e.classes and judge_class(e.classes[0], None) else by_part(e, e.type, e.of_class())
    if e.model_type in WRAPPERS:
        return None
    if e.model_type in e.table.text_model_decides:
        return by_text_model(e)
    if not e.classes and _hub_disagrees(e):
        return None
    mixed = e.model_type in e.table.mixed
    if e.model_type in T5_TYPES and not e.classes and e.library in e.table.sentence_encoders:
        return first_half(e, e.type, {e.type_path: e.type})
    rule = "model_type" if e.type in e.table.types else "alias"
    alias = f" (today {e.model_type})" if fold(e.type) != fold(e.model_type) else ""
    subject = f"The model type {e.type}{alias} is"
    return of_type(e, e.model_type, INFERRED if mixed else CERTAIN, rule, subject)


def first_half(e: Evidence, name: str, found: dict[str, Any]) -> FamilyTag:
    """Return the tag of what loads the encoder alone of an encoder-decoder called `name`."""
    subject = f"{e.library} runs only the first half of {name},"
    return tag(ENCODER, INFERRED, "library", subject, {**found, **e.of_library()})


def by_part(e: Evidence, word: str, found: dict[str, Any]) -> FamilyTag | None:
    """Return what a type that no table knows is made of."""
    if part := known_part(word):
        known, family = part
        turned = _turned(e, family, known)
        subject = f"The model type {word} carries the name of {known}, which is"
        return turned or tag(family, INFERRED, "alias", subject, found, note=e.table.disputed.get(known))
    if kind := network_in(word):
        return tag(OTHER, INFERRED, "alias", f"By its name, the model type {word} is", found, kind=kind)
    return None


def _hub_disagrees(e: Evidence) -> bool:
    """Whether the Hub tags it with a type of another family: then the config is that of a part."""
    hub = e.hub_type()
    known = e.table.find_type(hub[1]) if hub else None
    return known is not None and e.model_type is not None and e.table.types[known] is not e.table.types[e.model_type]


def of_type(e: Evidence, model_type: str, certainty: Certainty, rule: str, subject: str) -> FamilyTag:
    """Return the type's own family, unless a flag of a whole config.json or a known name turns it around."""
    family = e.table.types[model_type]
    if family is not OTHER and (turned := _turned(e, family, model_type)) is not None:
        return turned
    kind = e.table.kinds.get(model_type) if family is OTHER else None
    note = e.table.disputed.get(model_type)
    return tag(family, certainty, rule, subject, e.of_class(), kind=kind, note=note)


def _turned(e: Evidence, family: Family, model_type: str) -> FamilyTag | None:
    config, name = e.config, e.classes[0] if e.classes else e.type
    if family is OTHER:
        return None
    if family is DECODER:
        for key, values in (("use_bidirectional_attention", (True, "all")), ("is_causal", (False,))):
            if config.get(key) in values and isinstance(config.get(key), bool | str):
                found = {**e.of_class(), f"{e.prefix}{key}": config[key]}
                subject = f"{name} has {key}: {config[key]} in its config, so it is"
                return tag(ENCODER, CERTAIN, "flag", subject, found, note=e.table.bidirectional_note)
        if found := e.two_way():
            subject = f"By its name or tags, this {name or model_type} is"
            return tag(ENCODER, INFERRED, "name", subject, {**e.of_class(), **found}, note=e.table.bidirectional_note)
        return None
    if family is ENCODER:
        for key in ("is_decoder", "causal"):
            if config.get(key) is True and (key == "is_decoder" or model_type in ("xlm", "flaubert")):
                found = {**e.of_class(), f"{e.prefix}{key}": True}
                return tag(DECODER, CERTAIN, "flag", f"{name} has {key}: true in its config, so it is", found)
    elif config.get("is_encoder_decoder") is False and not str(name).endswith("ForConditionalGeneration"):
        half = DECODER if config.get("is_decoder") is True else ENCODER
        found = {**e.of_class(), f"{e.prefix}is_encoder_decoder": False}
        return tag(half, INFERRED, "flag", f"{name} without its other half (is_encoder_decoder: false) is", found)
    return None


def by_text_model(e: Evidence) -> FamilyTag | None:
    """BLIP-2 and its kin: the language model inside decides, told by its config or by a name."""
    if found := _inner_type(e):
        path, inner, known = found
        evidence = {**e.of_class(), path: inner}
        return tag(e.table.types[known], CERTAIN, "model_type", f"Its language model {inner} is", evidence)
    places = [(e.id_path, e.model_id, e.model_id), *e.bases(), *(("tags", word, word) for word in e.tags)]
    for path, value, name in places:
        family = family_of_name(_OUTER.sub("", name))
        if family in (DECODER, SEQ2SEQ):
            evidence = {**e.of_class(), path: value}
            return tag(family, INFERRED, "name", f"By {value}, its language model is", evidence)
    return None


def _inner_type(e: Evidence) -> tuple[str, str, str] | None:
    """Return (path, type as written, known type) of the language model that a whole config.json describes."""
    for key in _INNER:
        inner = text(mapping(e.config.get(key)).get("model_type"))
        known = e.table.find_type(inner) if inner else None
        if inner and known:
            return f"{e.prefix}{key}.model_type", inner, known
    return None


def by_network(e: Evidence) -> FamilyTag | None:
    """A class of nobody's table whose name says that it is a codec, a recurrent network or the like."""
    if e.model_type:
        return None
    for name in e.classes:
        if not is_known_class(name) and (kind := network_in(name)):
            return tag(OTHER, INFERRED, "class", f"By its name, {name} is", e.of_class(), kind=kind)
    return None


def by_prefix(e: Evidence) -> FamilyTag | None:
    """Rule 5: a subclass that carries a known class's name, in the config or in the repository's own code."""
    if e.model_type:
        return None
    named: list[tuple[str, Any, str]] = [(f"{e.prefix}architectures", list(e.classes), name) for name in e.classes]
    # A config class of one's own says the type; a tokenizer's or processor's is often borrowed.
    named += [
        (f"{e.prefix}auto_map", {key: value}, name.removesuffix("Config"))
        for key, value, name in e.code()
        if key == "AutoConfig" or key.startswith("AutoModel")
    ]
    for path, value, name in named:
        verdict = judge_class(name, None)
        owner = verdict.owner if verdict else None
        if verdict is None or owner is None or owner in e.table.text_model_decides or owner in WRAPPERS:
            continue
        if owner not in e.table.telling_types and not is_known_class(name):
            continue  # DreamBoothModel is no Dream
        subject = f"{name} carries the name of {owner}, which is"
        if verdict.family is DECODER and _fills_masks(e):
            continue
        if verdict.decisive:
            return tag(verdict.family, INFERRED, "class-prefix", f"{name} is", {path: value}, note=verdict.note)
        found = of_type(e, owner, INFERRED, "class-prefix", subject)
        return found if found.evidence else found._replace(evidence={path: value})
    return None


def _fills_masks(e: Evidence) -> bool:
    """Whether code of its own makes a masked model of another's network, and no causal one."""
    keys = mapping(e.config.get("auto_map"))
    return "AutoModelForMaskedLM" in keys and "AutoModelForCausalLM" not in keys


def by_code(e: Evidence) -> FamilyTag | None:
    """Rule 6: what unknown code says of itself: auto_map, the endings of a class, is_encoder_decoder."""
    keys = mapping(e.config.get("auto_map"))
    for key, family in e.table.auto_map.items():
        if key in keys:
            found = {**e.of_class(), f"{e.prefix}auto_map": {key: keys[key]}}
            return tag(family, INFERRED, "auto_map", f"Its own code is loaded by {key},", found)
    for name in e.classes:
        family_of_ending = family_of_new_class(name)
        if family_of_ending is not None:
            return tag(family_of_ending, INFERRED, "class", f"By the ending of its name {name} is", e.of_class())
    if e.config.get("is_encoder_decoder") is True:
        found = {**e.of_class(), f"{e.prefix}is_encoder_decoder": True}
        return tag(SEQ2SEQ, INFERRED, "flag", "Its config says is_encoder_decoder: true, so it is", found)
    return None


def _shown(part: Mapping[str, Any]) -> Any:
    """Return what is shown of a part's config: its type, else the first of its keys."""
    inner = text(part.get("model_type"))
    return {"model_type": inner} if inner else [*part][:5]


def by_shape(e: Evidence) -> FamilyTag | None:
    """A whole config.json without a type that anybody knows: the parts it describes, or the keys it has."""
    if e.model_type or len(e.config) < 3:
        return None
    if found := _inner_type(e):
        path, inner, known = found
        evidence = {**e.of_class(), path: inner}
        return tag(e.table.types[known], INFERRED, "config", f"Its language model {inner} is", evidence)
    if mapping(e.config.get("encoder")) and mapping(e.config.get("decoder")):
        parts = {f"{e.prefix}{key}": _shown(e.config[key]) for key in ("encoder", "decoder")}
        return tag(SEQ2SEQ, INFERRED, "config", "Its config holds an encoder and a decoder, so it is", parts)
    for keys, family in _SHAPES:
        if keys <= e.config.keys():
            shown = {f"{e.prefix}{key}": e.config[key] for key in sorted(keys)}
            return tag(family, INFERRED, "config", f"A config with {', '.join(sorted(keys))} is that of", shown)
    return None
