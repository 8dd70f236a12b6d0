"""Reads what the card of a model reports of its own results: the `model-index` of its front matter.

Its makers wrote it, so it is said as theirs and counts little. What leaderboards say is in `zukan.evidence`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from zukan.advice import Task
from zukan.schema import Prospect
from zukan.tasks import all_tasks

TAG = "model-index"
"""The Hub's tag of a model whose card reports results."""
_MOST = 500
"""So many results of a card are read."""


class Result(NamedTuple):
    """One result that a card reports."""

    task: str | None
    """As its makers call it."""
    dataset: str | None
    metric: str | None
    value: float
    verified: bool = False
    """Whether the Hub's own evaluation found the same."""


def reports(model: Prospect, task: Task) -> bool:
    """Whether the card of a model reports results, most likely for this task, which the model is filed under.

    The tag does not say for which task; of the 167 cards in the shipped snapshot whose results name a Hub task, 165
    name the one that the model is filed under.
    """
    return model.pipeline_tag == task.task_id and TAG in model.tags


def results(row: Mapping[str, Any]) -> tuple[Result, ...]:
    """Return the results that the card of a model reports, as far as its raw row holds them."""
    return tuple(islice(_results(row), _MOST))


def of_task(found: Sequence[Result], task: Task) -> tuple[bool, Result | None]:
    """Return (whether reported results can be for a task, the first one that says so).

    Where all that name a Hub task name another one, they are not for this one.
    """
    names = {_plain(one.task) for one in found}
    own = {task.task_id, *task.related_tasks}
    if names & own:
        return True, next(one for one in found if _plain(one.task) in own)
    return names.isdisjoint(other.task_id for other in all_tasks()), None


def _plain(name: str | None) -> str | None:
    """Return a task's name as the Hub's ids are written: `Automatic Speech Recognition` is one."""
    return None if name is None else name.strip().lower().replace(" ", "-").replace("_", "-")


def _results(row: Mapping[str, Any]) -> Iterator[Result]:
    for index in (row.get(TAG), _object(row.get("cardData")).get(TAG)):
        for model in _list(index):
            for result in _list(_object(model).get("results")):
                yield from _of_index(_object(result))
    for one in map(_object, _list(row.get("_eval"))):
        value, dataset = _number(one.get("value")), _text(one.get("dataset"))
        # The snapshot keeps what leaderboards measured beside what cards report.
        if value is not None and _text(one.get("task")) and "leaderboard" not in (dataset or ""):
            verified = one.get("verified") is True
            yield Result(_text(one.get("task")), dataset, _text(one.get("metric")), value, verified)


def _of_index(result: Mapping[str, Any]) -> Iterator[Result]:
    task, dataset = _object(result.get("task")), _object(result.get("dataset"))
    for metric in map(_object, _list(result.get("metrics"))):
        value = _number(metric.get("value"))
        if value is not None:
            yield Result(
                _text(task.get("type")) or _text(task.get("name")),
                _text(dataset.get("name")) or _text(dataset.get("type")),
                _text(metric.get("name")) or _text(metric.get("type")),
                value,
                metric.get("verified") is True,
            )


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return " ".join(value.split())[:80] if isinstance(value, str) and value.strip() else None


def _number(value: Any) -> float | None:
    """Return a finite number, else None; numbers written as text are common."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(str(value)[:30])
    except ValueError:
        return None
    return found if abs(found) < float("inf") else None
