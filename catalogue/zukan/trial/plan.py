"""What a pre-flight decided: a trial that can be run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zukan.schema import Family
from zukan.trial.files import Selection


@dataclass(frozen=True, slots=True)
class Plan:
    """A trial that can be run."""

    task: str
    auto_class: str
    model_type: str
    config: Mapping[str, Any]
    family: Family
    selection: Selection
    modules: tuple[Mapping[str, Any], ...]
    """sentence-transformers' modules; empty for a plain model."""
    estimated_bytes: int | None
    warnings: tuple[str, ...]
    input_limit: int | None = None
    """Tokens after which the input is cut, as the tokenizer's own settings say."""
    tokenizer_bytes: int | None = None
    """Of tokenizer.json."""
    explicit_model_type: bool = True
    """False when config.json does not name the model type."""
