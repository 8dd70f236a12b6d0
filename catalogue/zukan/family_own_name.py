"""The last rules: a well-known name where task, format or tags agree; a format with its task."""

from __future__ import annotations

import re
from typing import Any

from zukan.family_evidence import Evidence
from zukan.family_names import NOTHING, NameSays
from zukan.family_rules import DECODER, ENCODER, INFERRED, OTHER, SEQ2SEQ, tag
from zukan.family_tags import is_soft
from zukan.family_tasks import LANGUAGE_TASKS, NETWORK_TASKS, NEUTRAL_TASKS, NOT_TEXT
from zukan.schema import Family, FamilyTag

_REWARD = re.compile(r"(?<![a-z])(p?rm|reward|guard)(?![a-z])", re.IGNORECASE)
"""Words of the name of a language model with a head that judges."""
_ANY_TASK = ("word vectors", "a classical model", "gradient-boosted trees")
"""What a name stands for whatever the task is."""


def by_own_name(e: Evidence) -> FamilyTag | None:
    """Return the family that the model's own name stands for, if its task, its format or a tag agrees.

    A name alone is a guess.
    """
    says = e.name()
    if says is NOTHING:
        return None
    classical = says.network in _ANY_TASK and e.task is not None
    if says.network and (classical or e.task in NETWORK_TASKS) and says.family in (None, OTHER) and not says.torn:
        found = {**e.of_name(), "pipeline_tag": e.task}
        return tag(OTHER, INFERRED, "name", "By its name and its task together, it is", found, kind=says.network)
    family = says.half or says.family
    if family is DECODER and _told_elsewhere(e) and (both := e.two_way()):
        note = e.table.bidirectional_note
        return tag(ENCODER, INFERRED, "name", "By its name, it is", {**e.of_name(), **both}, note=note)
    if family is None:
        return None
    with_what = _agrees(e, says, family)
    if with_what is None:
        return None
    (path, value), word = with_what
    if family is SEQ2SEQ and e.says_encoder():
        family = ENCODER
    subject = f"By its name and its {word} together, it is"
    return tag(family, INFERRED, "name", subject, {**e.of_name(), path: value})


def _agrees(e: Evidence, says: NameSays, family: Family) -> tuple[tuple[str, Any], str] | None:
    """Return (the field that agrees with the name, what it is called)."""
    typed = next((t for t in e.tags if (t in e.table.free_types or is_soft(e, t)) and e.table.types[t] is family), None)
    if e.task is not None:
        guess = e.table.task_guess.get(e.task)
        if says.only_part and family is not guess:
            return None
        agrees = family is guess or (guess is None and family in NEUTRAL_TASKS.get(e.task, ()))
        if says.half is None and says.first and (family is SEQ2SEQ or (family is DECODER and says.large)):
            agrees = agrees or e.task in LANGUAGE_TASKS
        if family is DECODER and says.large and e.task == "text-classification":
            agrees = agrees or bool(_REWARD.search(e.model_id))
        if agrees:
            return ("pipeline_tag", e.task), "task"
        return (("tags", typed), "tags") if typed else None
    if says.only_part:
        return None
    formats = e.table.copy_libraries
    if e.library in formats:
        return next(iter(e.of_library().items())), "format"
    if converted := next((t for t in e.tags if t in formats), None):
        return ("tags", converted), "format"
    return (("tags", typed), "tags") if typed else None


def _told_elsewhere(e: Evidence) -> bool:
    """Whether more than the name is known: a task of encoders, or a file format."""
    if e.task is not None:
        return e.table.task_guess.get(e.task) is ENCODER
    return e.library in e.table.copy_libraries or e.has_weights()


def by_format(e: Evidence) -> FamilyTag | None:
    """Return decoder-only for the formats of language models with the task of one.

    Of the 3,500 such models of the Hub's list whose family a stronger rule knows all were decoders.
    """
    if e.task not in ("text-generation", "image-text-to-text", *NOT_TEXT):
        return None
    formats = e.table.language_formats
    if e.library in formats:
        found = e.of_library()
    elif word := next((t for t in e.tags if t in formats), None):
        found = {"tags": word}
    else:
        return None
    subject = f"By its format {next(iter(found.values()))} and its task together, it is"
    if e.task in NOT_TEXT:
        return tag(OTHER, INFERRED, "format", subject, {**found, "pipeline_tag": e.task}, kind="a diffusion model")
    return tag(DECODER, INFERRED, "format", subject, {**found, "pipeline_tag": e.task})
