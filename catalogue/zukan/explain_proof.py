"""Says why a field proves a model's family: which remark of data/lessons.toml belongs to a line of evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan.family_table import load_table
from zukan.outcomes import Proof
from zukan.schema import Certainty, Family, FamilyTag

_RELATIONS = {
    "adapter fits": "class",
    "an adapter for": "adapter",
    "a converted copy of": "quantized",
    "a merge with": "merge",
}
_INNER_CONFIGS = ("text_config", "llm_config", "language_config", "thinker_config", "language_model_config")


def proof(tag: FamilyTag, remarks: Mapping[str, Any]) -> tuple[Proof, ...]:
    """Return the evidence of a tag line by line, each with its remark.

    Args:
        tag: The family with the fields that decided.
        remarks: The remarks by place and kind, `proof` of data/lessons.toml.

    """
    found = []
    for path, value in tag.evidence.items():
        place, kind = _undecided(path) if tag.family is Family.UNDETERMINED else _decided(path, value, tag)
        found.append(Proof(path, value, remarks[place][kind]))
    return tuple(found)


def _undecided(path: str) -> tuple[str, str]:
    field = path.rpartition(".")[2]
    kinds = {
        "pipeline_tag": "task",
        "id": "name",
        "modelId": "name",
        "architectures": "class",
        "model_type": "class",
        "auto_model": "auto_model",
    }
    return "unproven", kinds.get(field, "any")


def _decided(path: str, value: Any, tag: FamilyTag) -> tuple[str, str]:
    field, rule = path.rpartition(".")[2], tag.rule
    if field == "architectures":
        return "class", _class(tag)
    if field == "model_type" and path.rpartition(".")[0].rpartition(".")[2] in _INNER_CONFIGS:
        return "type", "inner"
    if field == "model_type":
        return "type", _type(tag)
    if rule == "flag":
        return "flag", _flag(field, value)
    if rule == "base-model":
        return "base", next((kind for words, kind in _RELATIONS.items() if words in tag.reason), "finetune")
    if rule == "base-name":
        return "base", "name"
    if rule in _NAMED_LIKE:
        return _NAMED_LIKE[rule]
    if path in ("baseModels", "cardData.base_model") or str(value).startswith("base_model:"):
        return "base", "finetune"
    return "field", _field(field, value, tag)


def _class(tag: FamilyTag) -> str:
    if any(phrase in tag.reason for phrase in load_table().phrases.values()):
        return "special"
    if tag.rule == "class":
        return str(tag.family) if tag.certainty is Certainty.CERTAIN else "unsure"
    return "prefix" if tag.rule == "class-prefix" else "beside"


def _type(tag: FamilyTag) -> str:
    if tag.rule in ("class", "class-prefix"):
        return "beside"
    if tag.rule == "model_type":
        return "certain" if tag.certainty is Certainty.CERTAIN else "mixed"
    return {"alias": "alias", "flag": "flag", "library": "certain"}.get(tag.rule, "open")


def _flag(field: str, value: Any) -> str:
    if field in ("is_decoder", "causal"):
        return field
    if field == "is_encoder_decoder":
        return "both" if value is True else "half"
    return "open"


_NAMED_LIKE = {"class-prefix": ("class", "prefix"), "alias": ("type", "alias")}
_BY_RULE = {"auto_map": "auto_map", "peft-task": "peft-task"}
_BY_FIELD = {
    "id": "name",
    "modelId": "name",
    "pipeline_tag": "task",
    "architecture": "timm",
    "sklearn": "sklearn",
    "_class_name": "pipeline",
}


def _field(field: str, value: Any, tag: FamilyTag) -> str:
    """Return the remark for a field that needs no more than itself and the rule."""
    rule, reason = tag.rule, tag.reason
    if rule == "config":
        return "parts" if field in ("encoder", "decoder") else "config"
    if rule == "gguf":
        return "gguf-causal" if field == "causal" else "gguf"
    if kind := _BY_RULE.get(rule) or _BY_FIELD.get(field):
        return kind
    if field not in ("library_name", "tags"):
        return "any"
    if " its format " in reason:
        return "format"
    if str(value).startswith("diffusers:"):
        return "pipeline"
    half = "runs only the first half" in reason
    if rule == "library":
        return "tag" if half and field == "tags" else "library-half" if half else "library"
    by_type = reason.startswith("Tagged ") and "diffusion" not in reason and "pipeline_tag" not in tag.evidence
    return "tag" if by_type else "tag-word"
