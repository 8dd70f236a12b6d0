"""Measures recommendations against what experts chose: hand-picked models, and leaderboards held out of the ranking.

python tests/benchmarks/recommend_truth.py --truth FILE [--db FILE] [--json]

FILE holds {"tasks": {task: [{"id": model}, …]}}. Recall@10 counts the picks among the first ten of `recommend` with any
machine and everything allowed that may be; beside it plain downloads and likes, the ranking without each part of its
score, and how many picks any order could find: those that the catalogue holds, and those of them that are filed where
the question looks.

For each leaderboard of data/evidence/: nDCG@10 of the models that it ranks and the catalogue holds, ordered by their
score without whatever the same organisation measured, beside downloads and likes; then the same of those alone that may
be recommended at all (no quantised copies, of a family and language that the question allows), and of the list that
`recommend` gives, where the one model of a family tree stands for all of it, and what is not there gains nothing. Of a leaderboard with
a table for each of many languages it is the mean, each table asked for in its language.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "catalogue")]

from zukan import ranking  # noqa: E402
from zukan.advice import Understanding, Wishes  # noqa: E402
from zukan.catalogue import Catalogue  # noqa: E402
from zukan.demands import allowed_reasons  # noqa: E402
from zukan.evidence import Source, figures, sources  # noqa: E402
from zukan.fit import estimate  # noqa: E402
from zukan.machine import machine  # noqa: E402
from zukan.points import Known  # noqa: E402
from zukan.query import make_query  # noqa: E402
from zukan.recommend import recommend  # noqa: E402
from zukan.resources import data_path  # noqa: E402
from zukan.schema import Family, Prospect  # noqa: E402
from zukan.search import search  # noqa: E402
from zukan.store.read import CatalogueReader  # noqa: E402
from zukan.trees import roots  # noqa: E402
from zukan.understanding import understand  # noqa: E402

EVERYTHING = Wishes(allow=("gated", "remote-code", "any-format"))
ABLATIONS = {
    "likes": ("LIKE_POINTS",),
    "downloads": ("DOWNLOAD_POINTS",),
    "age of likes": ("FULL_AGE_DAYS",),
    "backed downloads": ("BACKED_DOWNLOADS",),
    "age": ("YEAR_POINTS",),
    "size": ("LARGER_POINTS", "LANGUAGE_MODEL_POINTS"),
    "leaderboards": ("EVIDENCE_POINTS",),
    "lists": ("LISTED_POINTS",),
    "reported": ("REPORTED_POINTS",),
    "task": ("FILED_POINTS", "INFERRED_POINTS", "BUILT_POINTS"),
    "family": ("FAMILY_POINTS",),
    "library": ("OTHER_LIBRARY_POINTS",),
}
_UNBOUNDED = {"FULL_AGE_DAYS": 10**9, "BACKED_DOWNLOADS": 10**12}
"""What takes a part away that is no number of points."""


def recommended(reader: CatalogueReader, task: str, limit: int, without: Iterable[str] = ()) -> list[str]:
    """Return the ids that are recommended for a task, in order."""
    answer = recommend(reader, task, machine("any"), wishes=EVERYTHING, limit=limit, without=frozenset(without))
    return [candidate.record.model_id for candidate in answer.candidates]


def by_popularity(reader: CatalogueReader, key: str, task: str) -> list[str]:
    """Return the ten ids filed under a task with the most downloads or likes."""
    result = search(reader, make_query(task=task, sort=key, limit=10))
    return [hit.record.model_id for hit in result.hits]


def recall(reader: CatalogueReader, truth: Mapping[str, Sequence[str]], order: Callable[[str], list[str]]) -> list[int]:
    """Return how many picks of each task are among the first ten."""
    found = []
    for task, picks in truth.items():
        places = set(reader.places_of(order(task)).values())
        found.append(sum(reader.place_of(pick) in places for pick in picks))
    return found


def gain(order: Sequence[str], worth: Mapping[str, float], ideal: Sequence[float], most: int = 10) -> float:
    """Return nDCG of an order of models with known worth; models without one are passed over."""
    ranked = [worth[name.lower()] for name in order if name.lower() in worth][:most]
    best = sum(value / math.log2(place + 2) for place, value in enumerate(ideal[:most]))
    return sum(value / math.log2(place + 2) for place, value in enumerate(ranked)) / best if best else 0.0


class Measured(NamedTuple):
    """A model that a leaderboard ranks."""

    model: Prospect
    worth: float
    """Its standing there."""
    score: float | None
    """None where it cannot be recommended."""


def boards(reader: CatalogueReader) -> dict[str, dict[str, Any]]:
    """Return nDCG@10 on each leaderboard, itself held out."""
    found: dict[str, dict[str, Any]] = {}
    for source in sources():
        tables = [row for language in _languages(source) if (row := table(reader, source, language))]
        if not tables:
            continue
        found[source.name] = {
            "tables": len(tables),
            **{key: sum(row[key] for row in tables) for key in ("models", "recommendable")},
            **{key: round(mean(row[key] for row in tables), 3) for key in tables[0] if key not in _COUNTS},
        }
        if len(tables) > 1:
            english = next(row for row in tables if row["language"] == "en")
            found[f"{source.name} in English"] = {key: english[key] for key in english if key != "language"}
    return found


_COUNTS = ("models", "recommendable", "language")


def table(reader: CatalogueReader, source: Source, language: str) -> dict[str, Any] | None:
    """Return the figures of one table of a leaderboard, None where the catalogue holds fewer than ten of its models."""
    asked = () if language in ("", "en") else (language,)
    measured = _measured(reader, source, asked)
    if len(measured) < 10:
        return None
    may = [one for one in measured if one.score is not None]
    row: dict[str, Any] = {"language": language, "models": len(measured), "recommendable": len(may)}
    for name, some in (("", measured), (" of those", may)):
        row[f"zukan{name}"] = _gain(some, lambda one: -math.inf if one.score is None else one.score)
        for key in ("downloads", "likes"):
            row[f"{key}{name}"] = _gain(some, lambda one, key=key: getattr(one.model, key) or 0)  # type: ignore[misc]
    return {**row, "as listed": _listed(reader, source, asked, measured)}


def _listed(reader: CatalogueReader, source: Source, asked: tuple[str, ...], measured: Sequence[Measured]) -> float:
    """Return nDCG@10 of a list with one model of each family tree, which stands for all of its tree."""
    answer = recommend(
        reader, source.tasks[0], machine("any"), wishes=EVERYTHING, languages=asked, inferred=True, limit=2_000,
        without=_held_out(source),
    )  # fmt: skip
    names = [candidate.record.model_id for candidate in answer.candidates]
    listed = reader.prospects(list(reader.places_of(names).values()))
    known = {model.model_id.lower(): model for model in (*listed, *(one.model for one in measured))}
    tree = roots(known.values(), known)
    place = {tree[name]: number for number, name in reversed(list(enumerate(names)))}
    by_score = sorted(measured, key=lambda one: -math.inf if one.score is None else one.score, reverse=True)
    found = [one for one in by_score if tree[one.model.model_id] in place]
    order = [one.model.model_id for one in sorted(found, key=lambda one: place[tree[one.model.model_id]])]
    worth = {one.model.model_id.lower(): one.worth for one in measured}
    return round(gain(order, worth, sorted(worth.values(), reverse=True)), 3)


def _gain(measured: Sequence[Measured], key: Callable[[Measured], float]) -> float:
    worth = {one.model.model_id.lower(): one.worth for one in measured}
    order = [one.model.model_id for one in sorted(measured, key=key, reverse=True)]
    return round(gain(order, worth, sorted(worth.values(), reverse=True)), 3)


def _measured(reader: CatalogueReader, source: Source, languages: tuple[str, ...]) -> list[Measured]:
    task = source.tasks[0]
    understood = understand(task)._replace(languages=languages, wishes=EVERYTHING)
    worth = {
        name: figure.standing
        for name, some in figures((task,), languages).items()
        for figure in some
        if figure.source is source and figure.standing is not None
    }
    named = figures((task,), languages, _held_out(source))
    places = reader.places_of(list(worth))
    found = []
    for name, model in zip(places, reader.prospects(list(places.values())), strict=True):
        base = model.base_models[0] if model.base_models else None
        of_base = named.get(base.lower(), ()) if base else ()
        known = Known(named.get(name, ()), base if of_base else None, of_base)
        found.append(Measured(model, worth[name], _score(model, understood, known)))
    return found


def _score(model: Prospect, understood: Understanding, known: Known) -> float | None:
    if model.exclusion and model.exclusion not in allowed_reasons(EVERYTHING, understood.task.task_id):
        return None
    suited = (*understood.task.families, Family.OTHER, Family.UNDETERMINED)
    if model.pipeline_tag != understood.task.task_id and model.family not in suited:
        return None
    hardware = machine("any")
    parts = ranking.rank(model, understood, estimate(model, hardware), hardware, known)
    return None if parts is None else sum(part.points for part in parts)


def _held_out(source: Source) -> frozenset[str]:
    """Return what one organisation measured in several ways: it is one leaderboard."""
    return frozenset(other.name for other in sources() if other.name.split("_")[0] == source.name.split("_")[0])


def _languages(source: Source) -> list[str]:
    """Return the languages of a leaderboard's tables."""
    with data_path("evidence", f"{source.name}.csv").open(encoding="utf-8", newline="") as file:
        return sorted({row["language"] for row in csv.DictReader(file) if row["better"]})


def reach(reader: CatalogueReader, truth: Mapping[str, Sequence[str]]) -> dict[str, list[int]]:
    """Return how many picks of each task an order could find: in the catalogue, looked at, among the first thirty."""
    found: dict[str, list[int]] = {}
    found["in the catalogue"] = [sum(reader.place_of(pick) is not None for pick in picks) for picks in truth.values()]
    for name, limit in (("looked at", 2_000), ("zukan, first 30", 30)):
        found[name] = recall(reader, truth, partial(_any, reader, limit=limit))
    return found


def _set(constants: Mapping[str, float]) -> None:
    """Give constants of the ranking other values; what was worked out with the old ones is forgotten."""
    for constant, value in constants.items():
        setattr(ranking, constant, value)
    for function in vars(ranking).values():
        if hasattr(function, "cache_clear"):
            function.cache_clear()


def _any(reader: CatalogueReader, task: str, limit: int) -> list[str]:
    return recommended(reader, task, limit)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--db", type=Path, default=None)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    data = json.loads(arguments.truth.read_text(encoding="utf-8"))["tasks"]
    truth = {task: [pick["id"] for pick in picks] for task, picks in data.items()}
    with Catalogue(arguments.db) as catalogue, catalogue._reader() as reader:
        found: dict[str, Any] = {"picks": sum(map(len, truth.values())), "recall@10": {}}
        rows = found["recall@10"]
        rows["zukan"] = recall(reader, truth, lambda task: recommended(reader, task, 10))
        rows |= reach(reader, truth)
        for key in ("downloads", "likes"):
            rows[key] = recall(reader, truth, partial(by_popularity, reader, key))
        for name, constants in ABLATIONS.items():
            kept = {constant: getattr(ranking, constant) for constant in constants}
            _set({constant: _UNBOUNDED.get(constant, 0.0) for constant in constants})
            rows[f"without {name}"] = recall(reader, truth, lambda task: recommended(reader, task, 10))
            _set(kept)
        rows["without evidence"] = recall(
            reader, truth, lambda task: recommended(reader, task, 10, [source.name for source in sources()])
        )
        found["ndcg@10"] = boards(reader)
    if arguments.json:
        print(json.dumps(found))
        return
    for name, numbers in rows.items():
        print(f"{name:26} {sum(numbers):3} of {found['picks']}   {' '.join(map(str, numbers))}")
    for name, row in found["ndcg@10"].items():
        print(f"{name:20} " + "  ".join(f"{key} {value}" for key, value in row.items()))


if __name__ == "__main__":
    main()
