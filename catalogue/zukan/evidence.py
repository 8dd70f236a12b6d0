"""Reads what independent leaderboards and lists say of the models for a task: data/evidence/, one file a source."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from zukan.resources import data_path


class Source(NamedTuple):
    """Where figures are from."""

    name: str
    """Its file in data/evidence/, without the ending."""
    title: str
    metric: str
    address: str
    as_of: str
    """Date of the figures; "" where the source has none."""
    licence: str
    rows: int
    tasks: tuple[str, ...]


class Figure(NamedTuple):
    """What one source says of one model."""

    source: Source
    task: str
    language: str
    """Code of the language it was measured in; "" for none."""
    value: float | None
    """None in a list."""
    standing: float | None
    """Share of the other models of the source that are worse, 0 to 1; None in a list."""
    place: int
    """Its rank, 1 for the best; 0 in a list."""
    models: int
    """How many are ranked."""


@cache
def sources() -> tuple[Source, ...]:
    """Return all sources."""
    return tuple(
        Source(
            row["name"], row["title"], row["metric"], row["address"], row["as_of"], row["licence"], int(row["rows"]),
            tuple(row["tasks"].split()),
        )
        for row in _rows("sources")
    )  # fmt: skip


@lru_cache(maxsize=64)
def figures(
    tasks: Sequence[str], languages: Sequence[str] = (), without: Collection[str] = ()
) -> Mapping[str, tuple[Figure, ...]]:
    """Return what is known of the models for some tasks, by their id in lower case.

    Args:
        tasks: Ids of Hub tasks, as a tuple; of what a source says of a model for several of them, the first counts.
        languages: What was measured in another language counts only where none of these was asked for, as a tuple.
            Without any, English stands for the languages of a source that has several.
        without: Sources to leave out, by name, as a frozenset: a source that judges the ranking must not feed it.

    """
    found: dict[str, list[Figure]] = {}
    for source in sources():
        if source.name in without or not set(tasks).intersection(source.tasks):
            continue
        said = [pair for pair in _figures(source.name) if pair[1].task in tasks and _counts(pair[1], languages)]
        said.sort(key=lambda pair: tasks.index(pair[1].task))
        first: dict[tuple[str, str], str] = {}
        for model_id, figure in said:
            if first.setdefault((model_id, figure.language), figure.task) == figure.task:
                found.setdefault(model_id, []).append(figure)
    return {model_id: tuple(some) for model_id, some in found.items()}


def figures_by_table(task_id: str) -> dict[tuple[str, str], list[tuple[str, Figure]]]:
    """Return (source, language) → (id in lower case, figure) of all that sources say of models for a task."""
    found: dict[tuple[str, str], list[tuple[str, Figure]]] = {}
    for source in sources():
        for model_id, figure in _figures(source.name) if task_id in source.tasks else ():
            if figure.task == task_id:
                found.setdefault((source.name, figure.language), []).append((model_id, figure))
    return found


def usual(figure: Figure, num_parameters: int) -> float | None:
    """Return the standing that models of a size mostly have on a leaderboard; None where sizes say nothing there.

    Args:
        figure: What the leaderboard says of a model.
        num_parameters: Its size.

    """
    line = _sizes().get((figure.source.name, figure.language))
    if line is None or num_parameters <= 0:
        return None
    middle, slope = line
    return min(max(0.5 + slope * math.log10(num_parameters / middle), 0.0), 1.0)


@cache
def _sizes() -> Mapping[tuple[str, str], tuple[float, float]]:
    return {(row["source"], row["language"]): (float(row["middle"]), float(row["slope"])) for row in _rows("sizes")}


def figures_of(model_id: str) -> tuple[Figure, ...]:
    """Return what all sources say of one model, whatever the task and language."""
    return _by_model().get(model_id.lower(), ())


@cache
def _by_model() -> Mapping[str, tuple[Figure, ...]]:
    found: dict[str, list[Figure]] = {}
    for source in sources():
        for model_id, figure in _figures(source.name):
            found.setdefault(model_id, []).append(figure)
    return {model_id: tuple(some) for model_id, some in found.items()}


def _counts(figure: Figure, languages: Sequence[str]) -> bool:
    if languages:
        return not figure.language or figure.language in languages
    return figure.language in ("", "en")


@cache
def _figures(name: str) -> tuple[tuple[str, Figure], ...]:
    """Return (id in lower case, figure) of every row of a source."""
    (source,) = (one for one in sources() if one.name == name)
    groups: dict[tuple[str, str], list[tuple[float | None, str, str]]] = {}
    for row in _rows(name):
        value = float(row["value"]) if row["value"] else None
        groups.setdefault((row["task"], row["language"]), []).append((value, row["better"], row["model_id"].lower()))
    return tuple(
        (model_id, Figure(source, task, language, value, standing, place, len(group)))
        for (task, language), group in groups.items()
        for model_id, value, standing, place in _ranked(group)
    )


def _ranked(
    group: Sequence[tuple[float | None, str, str]],
) -> Iterator[tuple[str, float | None, float | None, int]]:
    """Yield (model, value, standing, place); equal values share the best place of theirs."""
    signed = [
        (value if better == "higher" else -value, value, model_id)
        for value, better, model_id in group
        if value is not None
    ]
    signed.sort(key=lambda item: -item[0])
    before: float | None = None
    place = 0
    for number, (key, value, model_id) in enumerate(signed, 1):
        if key != before:
            before, place = key, number
        yield model_id, value, 1 - (place - 1) / max(len(signed) - 1, 1), place
    yield from ((model_id, None, None, 0) for value, _, model_id in group if value is None)


def _rows(name: str) -> list[dict[str, str]]:
    with data_path("evidence", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
