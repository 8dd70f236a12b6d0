"""Tags a Hub row with its family: a pure function that always names the field which proves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from zukan.family_bases import by_adapter, by_base, by_base_name, by_gguf
from zukan.family_evidence import Evidence, Lineage, mapping, text
from zukan.family_libraries import by_library
from zukan.family_own_name import by_format, by_own_name
from zukan.family_rules import (
    DECODER,
    ENCODER,
    OTHER,
    SEQ2SEQ,
    by_class,
    by_code,
    by_network,
    by_prefix,
    by_shape,
    by_type,
    not_a_transformer,
)
from zukan.family_tags import by_network_tag, by_tags
from zukan.schema import Certainty, Family, FamilyTag

__all__ = ["Lineage", "classify"]

_PLURAL = {
    ENCODER: "encoders",
    DECODER: "decoders",
    SEQ2SEQ: "encoder-decoders",
    OTHER: "other kinds of models",
}


def classify(row: Mapping[str, Any], lineage: Lineage | None = None) -> FamilyTag:
    """Return the family of a model, by the first kind of evidence that decides.

    A task alone is a guess and never becomes the family. Nothing that a row may hold makes this raise.

    Args:
        row: The model in the shape of the Hub's API: `id`, `config` (the Hub's excerpt, or a whole config.json,
            adapter_config.json or model_index.json), `tags`, `pipeline_tag`, `library_name`, `gguf`, `cardData`,
            `transformersInfo`, `baseModels`; any of them may be missing or of an odd type.
        lineage: Looks up the family that base models share, by their ids; asked only where it matters.

    Returns:
        The tag; the keys of its evidence are paths of fields of `row`.

    Raises:
        FileNotFoundError: data/families.toml is missing: the installation is incomplete.

    """
    return decide(Evidence(row, lineage))


def decide(evidence: Evidence) -> FamilyTag:
    """Return the answer of the first rule that has one."""
    for rule in _RULES if evidence.config or evidence.row.get("gguf") else _LISTING_RULES:
        found = rule(evidence)
        if found is not None:
            return found
    return _undetermined(evidence)


def _undetermined(e: Evidence) -> FamilyTag:
    """Return "undetermined" with the likeliest family, if anything at all points to one.

    The rule says why: `new-code` (a class or type that no table knows), `only-auto-model`, `only-name`,
    `only-task`, `nothing`.
    """
    auto = text(mapping(e.row.get("transformersInfo")).get("auto_model"))
    candidates = (
        (
            "only-auto-model",
            "transformersInfo.auto_model",
            auto,
            e.table.auto_guess.get(auto or ""),
            f"{auto} mostly loads",
        ),
        ("only-name", e.id_path, None, e.name().family, "its name points to"),
        (
            "only-task",
            "pipeline_tag",
            e.task,
            e.table.task_guess.get(e.task or ""),
            f"the task {e.task} is mostly done by",
        ),
    )
    unknown = e.of_class() if e.classes or e.type else {}
    for rule, path, value, family, hint in candidates:
        if family is not None:
            reason = f"Nothing in the record proves a family; {hint} {_PLURAL[family]}."
            found = e.of_name() if value is None else {path: value}
            return _not_proven(reason, {**unknown, **found}, "new-code" if unknown else rule, family)
    if unknown:
        name = e.classes[0] if e.classes else e.type
        reason = f"Nothing in the record proves a family, and {name} is not known."
        return _not_proven(reason, unknown, "new-code")
    return _not_proven("Nothing in the record tells a family.", e.of_name(), "nothing")


def _not_proven(reason: str, evidence: dict[str, Any], rule: str, guess: Family | None = None) -> FamilyTag:
    return FamilyTag(Family.UNDETERMINED, Certainty.GUESS, reason, evidence, rule, guess)


_Rule = Callable[[Evidence], FamilyTag | None]
_FIRST: tuple[_Rule, ...] = (not_a_transformer, by_adapter)
_OF_CONFIG: tuple[_Rule, ...] = (by_class, by_type, by_network, by_prefix, by_code, by_shape, by_gguf)
_LAST: tuple[_Rule, ...] = (
    by_base,
    by_tags,
    by_library,
    by_base_name,
    by_own_name,
    by_format,
    by_network_tag,
)
_RULES = (*_FIRST, *_OF_CONFIG, *_LAST)
_LISTING_RULES = (*_FIRST, *_LAST)
"""Without a config and a GGUF header the others have nothing to look at."""
