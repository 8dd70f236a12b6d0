"""What came of asking a server once: the answer in the shape of a local trial, and its moments."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from zukan.errors import AnswerUnreadable

_SHOWN_VALUES = 8
"""As a local trial shows of a vector."""


@dataclass(frozen=True, slots=True)
class RemoteAnswer:
    """One answer."""

    output: Any
    """As `TrialResult.output`."""
    answer: str | None
    input: dict[str, Any]
    new_tokens: int | None = None
    tokens_per_second: float | None = None
    first_token_seconds: float | None = None
    model: str | None = None
    """Which model the server says answered."""
    warnings: tuple[str, ...] = field(default=())


def vector(values: Any, asked: dict[str, Any], warnings: Sequence[str] = ()) -> RemoteAnswer:
    """Return a text's vector as a local trial shows it.

    Args:
        values: Numbers; or lists of them, one for each token, of which the mean is taken.
        asked: The input.
        warnings: What is said beside it.

    Raises:
        AnswerUnreadable: It is no vector of finite numbers.

    """
    numbers, tokens = _pooled(values)
    notes = list(warnings)
    if tokens > 1:
        notes.append(f"{tokens} vectors came, one for each token: their mean was taken")
    shown = [round(value, 6) for value in numbers[:_SHOWN_VALUES]]
    output = {"dimension": len(numbers), "norm": math.hypot(*numbers), "values": shown}
    first = ", ".join(f"{value:.3f}" for value in shown[:3])
    return RemoteAnswer(output, f"{len(numbers)} numbers: {first} …", asked, warnings=tuple(notes))


def similarities(scores: Sequence[float], others: Sequence[str], asked: dict[str, Any]) -> RemoteAnswer:
    """Return how similar other sentences are, the most similar first."""
    if len(scores) != len(others):
        raise AnswerUnreadable("", "it holds another number of scores than there were sentences")
    rows = [{"label": text, "score": float(score)} for text, score in zip(others, scores, strict=True)]
    rows.sort(key=lambda row: -float(str(row["score"])))
    return RemoteAnswer(rows, str(rows[0]["label"]), {**asked, "compare_with": list(others)})


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors; 0 where one has no length."""
    if len(one) != len(other):
        raise AnswerUnreadable("", "it holds vectors of different lengths")
    lengths = math.hypot(*one) * math.hypot(*other)
    return sum(a * b for a, b in zip(one, other, strict=True)) / lengths if lengths else 0.0


def numbers_of(values: Any) -> list[float]:
    """Return a flat list of finite numbers.

    Raises:
        AnswerUnreadable: It is none.

    """
    if isinstance(values, list) and values and all(type(value) in (int, float) for value in values):
        found = [float(value) for value in values]
        if all(map(math.isfinite, found)):
            return found
    raise AnswerUnreadable("", "it holds no vector of numbers")


def _pooled(values: Any) -> tuple[list[float], int]:
    """Return one vector, and of how many it is the mean."""
    while isinstance(values, list) and len(values) == 1 and isinstance(values[0], list):
        values = values[0]
    if isinstance(values, list) and values and isinstance(values[0], list):
        rows = [numbers_of(row) for row in values]
        if len({len(row) for row in rows}) > 1:
            raise AnswerUnreadable("", "it holds vectors of different lengths")
        return [sum(column) / len(rows) for column in zip(*rows, strict=True)], len(rows)
    return numbers_of(values), 1
