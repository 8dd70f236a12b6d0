"""Measures recommendations against what experts chose: hand-picked models, and leaderboards held out of the ranking.

python tests/benchmarks/recommend_truth.py --truth FILE [--db FILE] [--json]

FILE holds {"tasks": {task: [{"id": model}, …]}}. Recall@10 counts the picks among the first ten of `recommend` with any
machine and everything allowed that may be; beside it plain downloads and likes, and the ranking without each part of its
score. For each leaderboard of data/evidence/: nDCG@10 of the models that it ranks, in the order of `recommend` without
it, beside that of plain downloads and likes.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "catalogue")]

from zukan import ranking  # noqa: E402
from zukan.catalogue import Catalogue  # noqa: E402
from zukan.evidence import figures, sources  # noqa: E402
from zukan.machine import machine  # noqa: E402
from zukan.query import make_query  # noqa: E402
from zukan.recommend import recommend  # noqa: E402
from zukan.schema import Wishes  # noqa: E402
from zukan.search import search  # noqa: E402
from zukan.store.read import CatalogueReader  # noqa: E402

EVERYTHING = Wishes(allow=("gated", "remote-code", "any-format"))
ABLATIONS = {
    "likes": ("LIKE_POINTS",),
    "downloads": ("DOWNLOAD_POINTS",),
    "age of likes": ("FULL_AGE_DAYS",),
    "backed downloads": ("BACKED_DOWNLOADS",),
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


def boards(reader: CatalogueReader) -> dict[str, dict[str, Any]]:
    """Return nDCG@10 on each leaderboard, itself held out."""
    found: dict[str, dict[str, Any]] = {}
    for source in sources():
        languages = ("ja",) if source.name.startswith(("swallow_ja", "mteb_jpn")) else ()
        task = source.tasks[0]
        figured = figures((task,), languages)
        worth = {
            name: figure.standing
            for name, some in figured.items()
            for figure in some
            if figure.source is source and figure.standing is not None and reader.place_of(name) is not None
        }
        if len(worth) < 10:
            continue
        ideal = sorted(worth.values(), reverse=True)
        # What one organisation measured in several ways is one leaderboard.
        held_out = {other.name for other in sources() if other.name.split("_")[0] == source.name.split("_")[0]}
        row: dict[str, Any] = {"models": len(worth)}
        answer = recommend(
            reader, task, machine("any"), wishes=EVERYTHING, languages=languages, limit=2_000,
            without=frozenset(held_out),
        )  # fmt: skip
        row["zukan"] = round(gain([c.record.model_id for c in answer.candidates], worth, ideal), 3)
        hits = reader.get_many(_names(reader, worth))
        for key in ("downloads", "likes"):
            order = sorted(hits, key=lambda name: -(getattr(hits[name].record, key) or 0))
            row[key] = round(gain(order, worth, ideal), 3)
        found[source.name] = row
    return found


def _names(reader: CatalogueReader, worth: Iterable[str]) -> list[str]:
    places = reader.places_of(list(worth))
    return list(reader.names(list(places.values())).values())


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
        for key in ("downloads", "likes"):
            rows[key] = recall(reader, truth, partial(by_popularity, reader, key))
        for name, constants in ABLATIONS.items():
            kept = {constant: getattr(ranking, constant) for constant in constants}
            for constant in constants:
                setattr(ranking, constant, _UNBOUNDED.get(constant, 0.0))
            rows[f"without {name}"] = recall(reader, truth, lambda task: recommended(reader, task, 10))
            for constant, value in kept.items():
                setattr(ranking, constant, value)
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
