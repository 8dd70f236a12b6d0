"""Measures how long recommendations take: in one process, and as whole cold commands against `search`: `make bench`.

    python tests/benchmarks/recommend_speed.py [--db FILE] [--rounds 5] [--runs 15] [--json]

Asked are all tasks and every third question of tests/judged_constraints.toml, which others wrote. Each is asked once, so
that what is loaded at first use is apart (`first`), and then in so many rounds in a new order each (`again`); the other
two thirds once, as who has run for a while answers what nobody has asked before (`new`). Beside the time on the wall
stands that of the processor: what else runs on the machine hardly touches it. The cold commands run in turn with
`search`, and what counts is their ratio to it in this run.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import sys
import time
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "catalogue")]

from benchmarks.start_up import compiled, once  # noqa: E402
from zukan import Catalogue  # noqa: E402
from zukan.errors import QuestionError  # noqa: E402
from zukan.tasks import all_tasks  # noqa: E402

GOAL_MS, GOAL_RATIO = 30, 1.5
"""The aims: the 95th percentile in process, and the cold command to a cold search."""
EVERY_THIRD = 3
COLD_TASKS = ("fill-mask", "text-classification", "translation", "text-generation", "automatic-speech-recognition")
SLOWEST = 8
Times = dict[str, list[tuple[float, float]]]
"""Question → (seconds on the wall, of the processor) of each time it was asked."""


def questions() -> tuple[list[str], list[str]]:
    """Return what is asked: task ids, then questions in words; and other such questions."""
    text = (HERE.parents[1] / "judged_constraints.toml").read_text(encoding="utf-8")
    free = [row["question"] for row in tomllib.loads(text)["question"]]
    others = [question for place, question in enumerate(free) if place % EVERY_THIRD]
    return [*(task.task_id for task in all_tasks()), *free[::EVERY_THIRD]], others


def in_process(path: Path | None, rounds: int) -> dict[str, Any]:
    """Return the figures of one process that is asked again and again."""
    (todo, others), rng = questions(), random.Random(7)
    first: Times = {}
    again: Times = {}
    new: Times = {}
    with Catalogue(path) as catalogue:
        _ask(catalogue, todo, first)
        for _ in range(rounds):
            _ask(catalogue, rng.sample(todo, len(todo)), again)
        _ask(catalogue, others, new)
    slowest = sorted(again, key=lambda question: -_of(again[question], 1, statistics.median))
    return {
        "questions": len(again),
        "first": _figures(first),
        "again": _figures(again),
        "new": _figures(new),
        "slowest": {
            question: {
                "wall_ms": _of(again[question], 0, statistics.median),
                "cpu_ms": _of(again[question], 1, statistics.median),
            }
            for question in slowest[:SLOWEST]
        },
    }


def _ask(catalogue: Catalogue, todo: Sequence[str], times: Times) -> None:
    for question in todo:
        begun = time.perf_counter(), time.process_time()
        try:
            catalogue.recommend(question)
        except QuestionError:
            # Some are unclear on purpose, and asking back is another answer.
            continue
        spent = time.perf_counter() - begun[0], time.process_time() - begun[1]
        times.setdefault(question, []).append(spent)


def _of(spent: Sequence[tuple[float, float]], clock: int, what: Callable[[list[float]], float]) -> float:
    return round(1000 * what([one[clock] for one in spent]), 1)


def _figures(times: Times) -> dict[str, float]:
    spent = [one for some in times.values() for one in some]

    def p95(values: list[float]) -> float:
        return sorted(values)[int(0.95 * len(values))]

    kinds: dict[str, Callable[[list[float]], float]] = {"p50": statistics.median, "p95": p95, "max": max}
    clocks = (("wall", 0), ("cpu", 1))
    return {f"{name}_{clock}_ms": _of(spent, number, what) for name, what in kinds.items() for clock, number in clocks}


def cold(path: Path | None, runs: int) -> dict[str, Any]:
    """Return medians of whole processes and their ratio to `search`; what they say on stderr is not shown."""
    zukan = [str(Path(sys.executable).with_name("zukan"))]
    if not Path(zukan[0]).exists():
        zukan = [sys.executable, "-m", "zukan_cli"]
    search = "search bert"
    commands = {search: [*zukan, "search", "bert", "--format", "json"]}
    commands |= {f"recommend {task}": [*zukan, "recommend", task, "--format", "json"] for task in COLD_TASKS}
    roots = os.pathsep.join(str(HERE.parents[2] / name) for name in ("catalogue", "cli"))
    environment = {**os.environ, "PYTHONPATH": roots, **({"ZUKAN_DB": str(path)} if path else {})}
    spent: Times = {label: [] for label in commands}
    for turn in range(runs + 2):
        for label, command in commands.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds, _ = once(command, environment)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            spent[label] += [(seconds, cpu)] if turn >= 2 else []
    base = [statistics.median(one[clock] for one in spent[search]) for clock in (0, 1)]
    return {
        label: {
            "wall_ms": _of(some, 0, statistics.median),
            "wall_to_search": round(statistics.median(one[0] for one in some) / base[0], 2),
            "cpu_ms": _of(some, 1, statistics.median),
            "cpu_to_search": round(statistics.median(one[1] for one in some) / base[1], 2),
        }
        for label, some in spent.items()
    }


def measure(path: Path | None, rounds: int = 5, runs: int = 15) -> dict[str, Any]:
    """Return all figures for a catalogue; None for the usual one."""
    compiled()
    return {"in_process": in_process(path, rounds), "cold": cold(path, runs)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--db", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    found = measure(arguments.db, arguments.rounds, arguments.runs)
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    inside = found["in_process"]
    print(f"{inside['questions']} questions in one process (aim: p95 {GOAL_MS} ms)")
    for name in ("first", "again", "new"):
        print(f"  {name:10}" + "  ".join(f"{key.replace('_', ' ')} {value}" for key, value in inside[name].items()))
    for question, row in inside["slowest"].items():
        print(f"  {row['wall_ms']:7.1f} ms on the wall, {row['cpu_ms']:6.1f} of the processor: {question}")
    print(f"whole commands, --format json (aim: {GOAL_RATIO} times search)")
    for label, row in found["cold"].items():
        print(
            f"  {label:40}{row['wall_ms']:7.1f} ms {row['wall_to_search']:5.2f}   "
            f"processor {row['cpu_ms']:7.1f} ms {row['cpu_to_search']:5.2f}"
        )


if __name__ == "__main__":
    main()
