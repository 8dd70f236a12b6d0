"""Leaves a model's own name out of the evidence of its family tag, which many models share then, and puts it back.

Of three million models a million are told by their name alone, or by nothing: with their names in it each had a tag of
its own, a quarter of the catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from zukan.schema import FamilyTag

_KEY = "id"


def own_name(model_id: str, hub_id: str | None) -> str:
    """Return the name of a model without the mark of one whose name another repository has taken."""
    return model_id.removesuffix(f"@{hub_id}") if hub_id else model_id


def without_name(evidence: Mapping[str, Any], model_id: str) -> Mapping[str, Any]:
    """Return evidence as it is stored of a model: null in place of its name."""
    return {**evidence, _KEY: None} if evidence.get(_KEY) == model_id else evidence


def named(tag: FamilyTag, model_id: str) -> FamilyTag:
    """Return a stored tag as that of a model of this name."""
    if tag.evidence.get(_KEY, "") is not None:
        return tag
    return tag._replace(evidence={**tag.evidence, _KEY: model_id})


def text_without_name(evidence: str, model_id: str) -> str:
    """Do as `without_name` with JSON."""
    if f'"{_KEY}":' not in evidence:
        return evidence
    found = json.loads(evidence)
    is_own = isinstance(found, dict) and found.get(_KEY) == model_id
    return _written(without_name(found, model_id)) if is_own else evidence


def text_named(evidence: str, model_id: str) -> str:
    """Do as `named` with JSON."""
    if f'"{_KEY}":null' not in evidence:
        return evidence
    found = json.loads(evidence)
    return _written({**found, _KEY: model_id}) if found.get(_KEY, "") is None else evidence


def _written(evidence: Mapping[str, Any]) -> str:
    return json.dumps(evidence, ensure_ascii=False, separators=(",", ":"))
