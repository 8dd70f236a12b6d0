"""The rules for models made from others: adapters, conversions, fine-tunes, GGUF files."""

from __future__ import annotations

from typing import Any

from zukan.family_classes import judge_class
from zukan.family_evidence import Evidence, mapping, text
from zukan.family_names import family_of_name
from zukan.family_rules import DECODER, ENCODER, INFERRED, OTHER, SEQ2SEQ, first_half, tag
from zukan.family_words import known_part
from zukan.schema import Family, FamilyTag

_RELATION = {"adapter": "an adapter for", "quantized": "a converted copy of", "merge": "a merge with"}
_PEFT_TASKS = {"CAUSAL_LM": DECODER, "SEQ_2_SEQ_LM": SEQ2SEQ}
"""The other task types say nothing: SEQ_CLS adapters sit on BERT and on Llama alike."""


def by_adapter(e: Evidence) -> FamilyTag | None:
    """Rule 1: an adapter has the family of its base model."""
    if not e.is_adapter():
        return None
    name = text(mapping(e.adapter.get("auto_mapping")).get("base_model_class"))
    verdict = judge_class(name, None) if name else None
    if name and verdict:
        path = f"{e.adapter_path}auto_mapping.base_model_class"
        return tag(verdict.family, INFERRED, "base-model", f"The adapter fits {name},", {path: name})
    if found := by_base(e):
        return found
    if found := by_base_name(e):
        return found
    stated = mapping(e.config.get("adapter_transformers"))
    name = text(stated.get("model_class"))
    verdict = judge_class(name, None) if name else None
    if name and verdict:
        found_path = {f"{e.prefix}adapter_transformers.model_class": name}
        return tag(verdict.family, INFERRED, "base-model", f"The adapter fits {name},", found_path)
    task = text(e.adapter.get("task_type"))
    if task in _PEFT_TASKS:
        evidence = {f"{e.adapter_path}task_type": task}
        return tag(_PEFT_TASKS[task], INFERRED, "peft-task", f"The adapter's task {task} needs", evidence)
    return None


def by_gguf(e: Evidence) -> FamilyTag | None:
    """Rule 7. An architecture that no table knows counts as causal only beside a task of such models."""
    gguf = mapping(e.row.get("gguf"))
    architecture = text(gguf.get("architecture"))
    if architecture is None:
        return None
    found: dict[str, Any] = {"gguf.architecture": architecture}
    if gguf.get("causal") is False:
        found["gguf.causal"] = False
        subject = f"The GGUF architecture {architecture} without causal attention is"
        return tag(ENCODER, INFERRED, "gguf", subject, found)
    known = e.table.find_type(architecture)
    family = e.table.gguf.get(architecture.lower()) or (e.table.types[known] if known else None)
    if family is None and (part := known_part(architecture)):
        family = part[1]
    if family is None:
        if e.table.task_guess.get(e.task or "") is not DECODER:
            return None
        subject = f"Of the unknown GGUF architecture {architecture} and by its task, it is"
        return tag(DECODER, INFERRED, "gguf", subject, {**found, "pipeline_tag": e.task})
    kind = "a part of another model, or an image generator" if family is OTHER else None
    note = e.table.disputed.get(known) if known and e.table.types[known] is family else None
    return tag(family, INFERRED, "gguf", f"The GGUF architecture {architecture} is", found, kind=kind, note=note)


def by_base(e: Evidence) -> FamilyTag | None:
    """Rule 8: the family of the base model, as the caller found it."""
    if e.lineage is None or not (bases := e.bases()):
        return None
    names = tuple(dict.fromkeys(base.model_id for base in bases))
    base = e.lineage(names)
    if base is None or base.family is Family.UNDETERMINED or _own_type_differs(e, base):
        return None
    path, value, name = next(
        (one for one in bases if (found := e.lineage((one.model_id,))) and found.family is base.family), bases[0]
    )
    if base.family is DECODER and (both := e.two_way()):
        note, subject = e.table.bidirectional_note, f"Made from {name} and named so, it is"
        return tag(ENCODER, INFERRED, "name", subject, {path: value, **both}, note=note)
    if base.family is SEQ2SEQ and _is_first_half(e):
        return first_half(e, name, {path: value})
    how = _RELATION.get(e.relation(), "made from")
    return tag(base.family, INFERRED, "base-model", f"It is {how} {name},", {path: value})


def _is_first_half(e: Evidence) -> bool:
    """Whether its library loads the encoder alone of an encoder-decoder."""
    return e.library in e.table.sentence_encoders or e.table.libraries.get(e.library or "") is ENCODER


def _own_type_differs(e: Evidence, base: FamilyTag) -> bool:
    """Whether the model's own type, as the Hub tags it, belongs elsewhere than the base.

    Cards name bases that are none. But where the base is of the same type, it was looked at more closely: a
    fine-tune of an encoder that stands under a decoder's type is an encoder too.
    """
    hub = None if e.is_adapter() else e.hub_type()
    known = e.table.find_type(hub[1]) if hub else None
    if known is None or known in e.table.text_model_decides or e.table.types[known] is base.family:
        return False
    return known not in str(base.evidence) and str(hub and hub[1]) not in str(base.evidence)


def by_base_name(e: Evidence) -> FamilyTag | None:
    """Return the family that the name of a base model stands for, if the names of all agree."""
    named = [(base, family) for base in e.bases() if (family := family_of_name(base.model_id)) is not None]
    if len({family for _, family in named}) != 1:
        return None
    (path, value, name), family = named[0]
    if family is SEQ2SEQ and _is_first_half(e):
        return first_half(e, name, {path: value})
    return tag(family, INFERRED, "base-name", f"It is made from {name},", {path: value})
