"""Tags a model record with its family: a pure function that always names the field which proves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zukan.family_evidence import Evidence, base_model_ids, is_adapter, mapping, text
from zukan.family_rules import (
    OTHER,
    T5_TYPES,
    bidirectional_by_name,
    by_class,
    by_code,
    by_prefix,
    by_type,
    not_a_transformer,
    tag,
)
from zukan.family_table import DECODER, ENCODER, SEQ2SEQ, family_of_name, judge_class
from zukan.schema import Certainty, Family, FamilyTag, ModelRecord

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["base_model_ids", "classify", "is_adapter"]

INFERRED = Certainty.INFERRED
UNDETERMINED = Family.UNDETERMINED
_PLURAL = {
    ENCODER: "encoders",
    DECODER: "decoders",
    SEQ2SEQ: "encoder-decoders",
    OTHER: "other kinds of models",
}
_RELATION = {"adapter": "an adapter for", "quantized": "a smaller copy of", "merge": "a merge with"}
_PEFT_TASKS = {"CAUSAL_LM": DECODER, "SEQ_2_SEQ_LM": SEQ2SEQ}
"""The other task types say nothing: SEQ_CLS adapters sit on BERT and on Llama alike."""


def classify(record: ModelRecord, base: FamilyTag | None = None) -> FamilyTag:
    """Return the family of a record, by the first kind of evidence that decides.

    A task alone is a guess and never becomes the family. Nothing that a record may hold makes this raise.

    Args:
        record: The model as the Hub's list API describes it, or with a whole config.json as its config.
        base: The tag of the model it derives from, if the caller found it in the catalogue.

    Raises:
        FileNotFoundError: data/families.toml is missing: the installation is incomplete.

    """
    evidence = Evidence(record, base)
    for rule in _RULES:
        found = rule(evidence)
        if found is not None:
            return found
    return _undetermined(evidence)


def _adapter(e: Evidence) -> FamilyTag | None:
    if not is_adapter(e.record):
        return None
    peft = mapping(e.config.get("peft"))
    found = _from_base(e) or _from_base_name(e)
    if found:
        return found
    task = text(peft.get("task_type"))
    if task in _PEFT_TASKS:
        subject = f"The adapter's task {task} needs"
        return tag(_PEFT_TASKS[task], INFERRED, "peft-task", subject, {"config.peft.task_type": task})
    base_class = text(mapping(peft.get("auto_mapping")).get("base_model_class"))
    verdict = judge_class(base_class, None) if base_class else None
    if base_class and verdict:
        path = {"config.peft.auto_mapping.base_model_class": base_class}
        return tag(verdict.family, INFERRED, "base-model", f"The adapter fits {base_class},", path)
    return None


def _gguf(e: Evidence) -> FamilyTag | None:
    """Rule 7. Architectures that no table knows are causal, as nearly all of llama.cpp's are."""
    architecture = text(mapping(e.row.get("gguf")).get("architecture"))
    if architecture is None:
        return None
    found: dict[str, Any] = {"gguf.architecture": architecture}
    known = e.table.find_type(architecture)
    family = e.table.gguf.get(architecture.lower()) or (e.table.types[known] if known else None)
    if family is None:
        task = text(e.record.pipeline_tag)
        if task and e.table.task_guess.get(task, DECODER) is not DECODER:
            return None
        family = DECODER
    note = e.table.disputed.get(known) if known and e.table.types[known] is family else None
    return tag(family, INFERRED, "gguf", f"The GGUF architecture {architecture} is", found, note=note)


def _from_base(e: Evidence) -> FamilyTag | None:
    """Rule 8: the family of the base model, as the caller found it."""
    if e.base is None or e.base.family is UNDETERMINED or not (bases := e.bases()):
        return None
    path, name = bases[0]
    relation = "adapter" if is_adapter(e.record) else e.record.base_relation
    how = _RELATION.get(relation, "made from") if isinstance(relation, str) else "made from"
    family = e.base.family
    return tag(family, INFERRED, "base-model", f"It is {how} {name},", {path: name})


def _from_base_name(e: Evidence) -> FamilyTag | None:
    for path, name in e.bases():
        family = family_of_name(name)
        if family is not None:
            return tag(family, INFERRED, "base-name", f"It is made from {name},", {path: name})
    return None


def _tags(e: Evidence) -> FamilyTag | None:
    """Rule 9: the model type among the tags.

    In the Hub's own place it is nearly as good as a config. Anywhere else a tag may be a mere topic: there it
    counts only beside a library or weight format, never from the stop list, and only if all of them agree.
    """
    path, word = e.hub_type() or ("tags", None)
    if word is None and (e.library in e.table.leading_tags or e.table.leading_tags.intersection(e.tags)):
        free = {t for t in e.tags if t in e.table.types and t not in e.table.stop_tags}
        word = min(free) if len({e.table.types[t] for t in free}) == 1 else None
    known = e.table.find_type(word) if word else None
    if word and known and known not in e.table.text_model_decides:
        if known in T5_TYPES and e.library in e.table.sentence_encoders:
            found = {path: word, "library_name": e.library}
            subject = f"{e.library} runs only the first half of {word},"
            return tag(ENCODER, INFERRED, "library", subject, found)
        family, kind, note = e.table.types[known], e.table.kinds.get(known), e.table.disputed.get(known)
        by_name = bidirectional_by_name(e, known, {path: word})
        return by_name or tag(family, INFERRED, "tag", f"Tagged {word}, it is", {path: word}, kind=kind, note=note)
    diffusion = next((t for t in e.tags if t in e.table.diffusion_tags), None)
    return tag(OTHER, INFERRED, "tag", f"Tagged {diffusion}, it is", {"tags": diffusion}) if diffusion else None


def _library(e: Evidence) -> FamilyTag | None:
    """Return the family that all models of a library share; of timm's the one that the name begins with."""
    if e.library == "timm" and e.model_id.lower().startswith("timm/"):
        name = e.model_id[len("timm/") :].lower()
        transformer = any(
            name.startswith(begin) and not name[len(begin) :][:1].isalpha() for begin in e.table.timm_transformers
        )
        family = ENCODER if transformer else OTHER
        return tag(family, INFERRED, "name", f"By its name, {name} is", {"model_id": e.model_id})
    shared = e.table.libraries.get(e.library) if e.library else None
    if shared is None:
        return None
    return tag(shared, INFERRED, "library", f"Its library {e.library} makes it", {"library_name": e.library})


def _own_name(e: Evidence) -> FamilyTag | None:
    """Return the family that the model's own name stands for, if its task is that family's too.

    Either alone is a guess. Where both agree they were right for 8,757 of the snapshot's 8,775 models whose
    family a stronger rule knows.
    """
    task = text(e.record.pipeline_tag)
    family = e.table.task_guess.get(task) if task else None
    if family is None or family_of_name(e.model_id) is not family:
        return None
    found = {"model_id": e.model_id, "pipeline_tag": task}
    return tag(family, INFERRED, "name", "By its name and its task together, it is", found)


def _undetermined(e: Evidence) -> FamilyTag:
    """Return "undetermined" with the likeliest family, if anything at all points to one."""
    task, auto = text(e.record.pipeline_tag), text(e.record.auto_model)
    info = "transformersInfo.auto_model" if mapping(e.row.get("transformersInfo")).get("auto_model") else "auto_model"
    candidates = (
        (info, auto, e.table.auto_guess.get(auto or ""), f"{auto} mostly loads"),
        ("model_id", e.model_id, family_of_name(e.model_id), "its name points to"),
        ("pipeline_tag", task, e.table.task_guess.get(task or ""), f"the task {task} is mostly done by"),
    )
    for path, value, family, hint in candidates:
        if family is not None:
            reason = f"Nothing in the record proves a family; {hint} {_PLURAL[family]}."
            return FamilyTag(UNDETERMINED, Certainty.GUESS, reason, {path: value}, "guess", family)
    if e.base is not None and e.base.guess is not None and (bases := e.bases()):
        path, name = bases[0]
        reason = f"Nothing in the record proves a family, nor does that of its base model {name}."
        return FamilyTag(UNDETERMINED, Certainty.GUESS, reason, {path: name}, "guess", e.base.guess)
    return FamilyTag(UNDETERMINED, Certainty.GUESS, "Nothing in the record tells a family.", {}, "nothing")


_RULES: tuple[Callable[[Evidence], FamilyTag | None], ...] = (
    not_a_transformer,
    _adapter,
    by_class,
    by_type,
    by_prefix,
    by_code,
    _gguf,
    _from_base,
    _tags,
    _library,
    _from_base_name,
    _own_name,
)
