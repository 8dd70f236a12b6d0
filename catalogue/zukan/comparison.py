"""The shapes of a comparison: several models of one task, asked the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from zukan.errors import ZukanError
from zukan.outcomes import TrialRequest, TrialResult


@dataclass(frozen=True, slots=True)
class Input:
    """One input for a model, and what else a task needs beside the text."""

    text: str
    """Empty where a file says all."""
    expected: tuple[str, ...] = ()
    """The right answer, or several of which any will do."""
    file: str | None = None
    """Path of a picture, sound, table or text."""
    context: str | None = None
    labels: tuple[str, ...] = ()
    compare_with: tuple[str, ...] = ()
    source_language: str | None = None
    target_language: str | None = None


@dataclass(frozen=True, slots=True)
class ComparisonRequest:
    """What to compare."""

    models: tuple[str, ...] = ()
    """Ids, folders or built-in miniatures; none = the first ones that `recommend` names and that fit this machine."""
    task: str | None = None
    """A Hub task id; None = that of the first model."""
    inputs: tuple[Input, ...] = ()
    """None = the task's example."""
    top: int = 3
    """Without `models`: how many."""
    options: TrialRequest = field(default_factory=lambda: TrialRequest(""))
    """Limits and options of every trial; its model, text and task are not looked at."""
    again: bool = False
    """Whether to run also what an earlier run of the same comparison has answered."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What one model made of one input: a result, or the error that there was instead."""

    result: TrialResult | None = None
    error: ZukanError | None = None
    kept: bool = False
    """Whether an earlier run gave it."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One model of a comparison."""

    model_id: str
    answers: tuple[Answered, ...]
    """One for each input, in their order."""
    scores: Mapping[str, float] = field(default_factory=dict)
    """Name of the metric → its value, 0 to 100; empty without expected answers."""

    @property
    def first(self) -> TrialResult | None:
        """The result with the measures of loading, None where there is no result at all."""
        results = [answer.result for answer in self.answers if answer.result is not None]
        timed = (result for result in results if result.first_answer_seconds is not None)
        return next(timed, results[0] if results else None)

    @property
    def error(self) -> ZukanError | None:
        """Why it answered nothing, None where it answered something."""
        if any(answer.result is not None for answer in self.answers):
            return None
        return next((answer.error for answer in self.answers if answer.error is not None), None)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several models, asked the same."""

    task: str | None
    inputs: tuple[Input, ...]
    models: tuple[Compared, ...]
    kept_in: Path
    """The file of the answers and votes, by which a run that broke off goes on."""
    metrics: Mapping[str, str] = field(default_factory=dict)
    """Library that computed the scores → its version."""
    notes: tuple[str, ...] = ()
    votes: tuple[Vote, ...] = ()
    """Those of earlier runs on the same inputs, oldest first."""


@dataclass(frozen=True, slots=True)
class ClusterProgress:
    """How far a comparison on a cluster is."""

    step: str
    """`connect`, `look`, `run` or `end`."""
    nodes: int = 0
    cores: int = 0
    cards: int = 0
    answered: int = 0
    """Inputs that are answered or failed, those of earlier runs among them."""
    inputs: int = 0
    """Of all models."""
    model: str | None = None
    """The model that this is about: that is looked up, begins to load on `node`, or with `done` has all its answers."""
    node: str | None = None
    done: bool = False
    finished: int = 0
    """Models of which nothing is missing."""
    models: int = 0


@dataclass(frozen=True, slots=True)
class Vote:
    """Which of several answers to one input somebody liked best."""

    input: int
    """Its place among the inputs, from 0."""
    winners: tuple[str, ...]
    """Model ids; several for a tie."""
    among: tuple[str, ...]
    blind: bool
    at: str
    """ISO date and time."""
