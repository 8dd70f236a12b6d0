"""The judged exams: searches and recommendations written by someone who had not read the code they judge."""

from __future__ import annotations

import gzip
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from zukan import Catalogue, ModelRecord, Recommendation, ZukanError
from zukan.advice import Hardware
from zukan.resources import data_path

HERE = Path(__file__).parent
GIB = 2**30
LAPTOP = Hardware(
    memory_bytes=16 * GIB,
    available_bytes=12 * GIB,
    cores=8,
    disk_free_bytes=200 * GIB,
    basis="a laptop of the exam",
)
"""Ranks depend on the machine, so the exam is always sat on this one."""

SEARCHES_RIGHT = 0.90
UNDERSTOOD = 0.95
GOOD_AMONG_TEN = 0.90


def test_the_exams_are_of_the_agreed_size_and_name_models_of_the_snapshot() -> None:
    searches = _exam("judged_searches.toml", "search")
    questions = _exam("judged_recommendations.toml", "question")

    assert len(searches) == 70
    assert sum(not search["words"].isascii() for search in searches) >= 15
    assert len(questions) == 40
    assert sum(not question["question"].isascii() for question in questions) == 20
    assert len({task for question in questions for task in _listed(question["task"])}) >= 14
    assert all(sum(key in search for key in ("first", "top5", "every")) == 1 for search in searches)
    assert all(3 <= len(question["good"]) <= 10 for question in questions)
    assert _named(searches, questions) - _snapshot() == set()


def test_judged_searches(seed_catalogue: Path) -> None:
    catalogue = Catalogue(seed_catalogue)
    searches = _exam("judged_searches.toml", "search")

    failures = [failure for search in searches if (failure := _search_failure(catalogue, search))]

    _at_least(SEARCHES_RIGHT, len(searches), failures, "searches right")


def test_judged_recommendations(seed_catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Both: whether the second has taken it from the first by now depends on what ran before.
    monkeypatch.setattr("zukan.hardware.detect", lambda *_: LAPTOP)
    monkeypatch.setattr("zukan.machine.detect", lambda *_: LAPTOP)
    catalogue = Catalogue(seed_catalogue)
    questions = _exam("judged_recommendations.toml", "question")
    misunderstood: list[str] = []
    poor: list[str] = []
    forbidden: list[str] = []

    for question in questions:
        words = question["question"]
        try:
            answer = catalogue.recommend(words, limit=10)
        except ZukanError as error:
            misunderstood.append(f"{words!r}: {type(error).__name__}: {error}")
            poor.append(f"{words!r}: no answer")
            continue
        ids = [candidate.record.model_id for candidate in answer.candidates]
        if complaint := _misunderstanding(question, answer):
            misunderstood.append(f"{words!r}: {complaint}")
        if not set(question["good"]) & set(ids):
            poor.append(f"{words!r}: {ids}")
        if bad := [name for name in ids if _contains_any(name, question.get("never", []))]:
            forbidden.append(f"{words!r}: {bad}")

    report = "\n".join(
        f"{title} ({len(failures)} of {len(questions)}):\n  " + "\n  ".join(failures or ["none"])
        for title, failures in (
            ("misunderstood", misunderstood),
            ("nothing good among the first ten", poor),
            ("forbidden among the first ten", forbidden),
        )
    )
    assert _share(questions, misunderstood) >= UNDERSTOOD, report
    assert _share(questions, poor) >= GOOD_AMONG_TEN, report
    assert not forbidden, report


BLIND_FOUND, BLIND_FIRST = 0.95, 0.75
KATAKANA_MISSED, KATAKANA_LATE = 3, 5
"""Of 70, and of the 67 for which a first place is judged."""


@pytest.mark.parametrize("exam", ["judged_blind_searches.toml", "judged_blind_searches_2.toml"])
def test_searches_of_somebody_who_had_not_seen_the_code(seed_catalogue: Path, exam: str) -> None:
    catalogue = Catalogue(seed_catalogue)
    searches = _exam(exam, "search")
    hits = {row["words"]: catalogue.search(row["words"], limit=5).hits for row in searches}
    right = {row["words"]: [_is_right(hit.record, row) for hit in hits[row["words"]]] for row in searches}
    missed = [words for words, found in right.items() if not any(found)]
    assert len(missed) <= (1 - BLIND_FOUND) * len(searches), missed
    late = [words for words, found in right.items() if not found[:1] or not found[0]]
    assert len(late) <= (1 - BLIND_FIRST) * len(searches), late
    first = [row for row in searches if "first" in row]
    others = [row["words"] for row in first if hits[row["words"]][0].record.model_id not in row["first"]]
    assert len(others) <= (1 - BLIND_FIRST) * len(first), others


THIRD_FOUND, THIRD_FIRST = 73, 71
"""Of 80, of which 71 and 69 were found before anything was learnt from them."""


def test_searches_of_a_third_who_had_not_seen_the_code(seed_catalogue: Path) -> None:
    def suits(name: str, row: Mapping[str, Any], ids: str, pattern: str) -> bool:
        return name in row.get(ids, ()) or bool(row.get(pattern) and re.search(row[pattern], name, re.IGNORECASE))

    catalogue = Catalogue(seed_catalogue)
    missed, late = [], []
    searches = _exam("judged_blind_searches_3.toml", "search")
    for row in searches:
        names = [hit.record.model_id for hit in catalogue.search(row["words"], limit=5).hits]
        if not any(suits(name, row, "any_of", "pattern") for name in names):
            missed.append(row["words"])
        if not names or not suits(names[0], row, "first", "first_pattern"):
            late.append(row["words"])
    assert len(searches) - len(missed) >= THIRD_FOUND, missed
    assert len(searches) - len(late) >= THIRD_FIRST, late


def test_names_typed_in_katakana(seed_catalogue: Path) -> None:
    catalogue = Catalogue(seed_catalogue)
    missed, late = [], []
    for row in _exam("judged_katakana_searches.toml", "search"):
        names = [hit.record.model_id.lower() for hit in catalogue.search(row["words"], limit=5).hits]
        if not any(_contains_any(name, row["name_contains_any"]) for name in names):
            missed.append(f"{row['words']}: {names}")
        if "first_contains_any" in row and not (names and _contains_any(names[0], row["first_contains_any"])):
            late.append(f"{row['words']}: {names[:1]}")
    assert len(missed) <= KATAKANA_MISSED, missed
    assert len(late) <= KATAKANA_LATE, late


def _is_right(record: ModelRecord, row: Mapping[str, Any]) -> bool:
    if "any_of" in row:
        return record.model_id in row["any_of"]
    rule = row["rule"]
    named = all(piece in record.model_id.lower() for piece in rule.get("id_contains", ()))
    return named and rule.get("pipeline_tag", record.pipeline_tag) == record.pipeline_tag


CRITIQUE_ANSWERED = 0.90


def test_what_an_engineer_found_wrong_is_answered(seed_catalogue: Path) -> None:
    """Without a limit of memory, so that what is known of no machine decides nothing."""
    catalogue = Catalogue(seed_catalogue)
    questions = _exam("judged_critique.toml", "question")
    wrong: list[str] = []
    for question in questions:
        words = question["question"]
        try:
            answer = catalogue.recommend(words, limit=10, machine="any")
        except ZukanError as error:
            wrong.append(f"{words!r}: {error}")
            continue
        ids = [candidate.record.model_id for candidate in answer.candidates][:5]
        if question.get("good") and not set(question["good"]) & set(ids):
            wrong.append(f"{words!r}: {ids}")
        elif bad := [name for name in ids if _contains_any(name, question.get("never", []))]:
            wrong.append(f"{words!r}: {bad}")
    _at_least(CRITIQUE_ANSWERED, len(questions), wrong, "answered rightly")


def _exam(name: str, key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))[key]
    return entries


def _snapshot() -> set[str]:
    with gzip.open(data_path("seed.jsonl.gz"), "rt", encoding="utf-8") as lines:
        return {json.loads(line)["id"] for line in lines}


def _named(searches: Sequence[Mapping[str, Any]], questions: Sequence[Mapping[str, Any]]) -> set[str]:
    ids = {search["first"] for search in searches if "first" in search}
    ids.update(*(search.get("top5", []) for search in searches))
    return ids.union(*(question["good"] for question in questions))


def _search_failure(catalogue: Catalogue, search: Mapping[str, Any]) -> str | None:
    filters = {key: search[key] for key in ("family", "task", "languages") if key in search}
    label = f"{search['words']!r} {filters or ''}".rstrip()
    try:
        result = catalogue.search(search["words"], limit=5, **filters)
    except ZukanError as error:
        return f"{label}: {type(error).__name__}: {error}"
    records = [hit.record for hit in result.hits]
    ids = [record.model_id for record in records]
    if "first" in search:
        right = ids[:1] == [search["first"]]
    elif "top5" in search:
        right = bool(set(search["top5"]) & set(ids))
    else:
        ids = [
            f"{record.model_id} ({record.pipeline_tag}, {'/'.join(record.languages[:3])})"
            for record in records
            if not _has(record, search["every"])
        ]
        right = bool(records) and not ids
    return None if right else f"{label}: {ids}"


def _has(record: ModelRecord, wanted: Mapping[str, Sequence[str]]) -> bool:
    name = record.model_id.casefold()
    return (
        set(wanted.get("languages", ())) <= set(record.languages)
        and record.pipeline_tag in wanted.get("pipeline_tag", (record.pipeline_tag,))
        and all(part.casefold() in name for part in wanted.get("name_contains", ()))
    )


def _misunderstanding(question: Mapping[str, Any], answer: Recommendation) -> str | None:
    understood = answer.understood
    if understood.task.task_id not in _listed(question["task"]):
        return f"task {understood.task.task_id}, not {question['task']}"
    if "language" in question and question["language"] not in understood.languages:
        return f"languages {understood.languages}, not {question['language']}"
    pair = (understood.source_language, understood.target_language)
    if "source" in question and pair != (question["source"], question["target"]):
        return f"direction {pair}, not {(question['source'], question['target'])}"
    return None


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _contains_any(name: str, parts: Sequence[str]) -> bool:
    return any(part.casefold() in name.casefold() for part in parts)


def _share(entries: Sequence[object], failures: Sequence[str]) -> float:
    return 1 - len(failures) / len(entries)


def _at_least(share: float, total: int, failures: Sequence[str], what: str) -> None:
    right = total - len(failures)
    assert right / total >= share, f"{right} of {total} {what}:\n  " + "\n  ".join(failures)
