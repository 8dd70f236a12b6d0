"""The exams of the family tagger: rows judged by examiners who had not seen the rules, see tests/family_exam."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from zukan.families import Lineage, classify
from zukan.lineage import StoredLineage
from zukan.schema import Family, FamilyTag
from zukan.store.read import CatalogueReader

FOLDER = Path(__file__).parent / "family_exam"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for path in sorted(FOLDER.glob("*.jsonl")) for line in path.read_text("utf-8").splitlines()
]
NAMED = {Family.ENCODER_ONLY, Family.DECODER_ONLY, Family.SEQ2SEQ}


@pytest.fixture(scope="module")
def lineage(seed_catalogue: Path) -> Lineage:
    return StoredLineage(CatalogueReader(seed_catalogue).tag_of)


@pytest.fixture(scope="module")
def tags(lineage: Lineage) -> list[FamilyTag]:
    return [classify(case["row"], lineage) for case in ROWS]


def is_right(case: Mapping[str, Any], tag: FamilyTag) -> bool:
    return tag.family in (case["family"], *case["also"])


def complaints(tags: list[FamilyTag], *, hard: bool) -> tuple[int, list[str]]:
    judged = [(case, tag) for case, tag in zip(ROWS, tags, strict=True) if case["hard"] or not hard]
    return len(judged), [
        f"{case['row'].get('id')}: {case['family']} wanted, {tag.family} got by {tag.rule} ({case['why']})"
        for case, tag in judged
        if not is_right(case, tag)
    ]


def test_the_exam_is_large_and_mostly_hard() -> None:
    assert len(ROWS) > 600
    assert sum(case["hard"] for case in ROWS) > 150
    assert {case["family"] for case in ROWS} == {str(family) for family in Family}


def test_hard_cases(tags: list[FamilyTag]) -> None:
    number, wrong = complaints(tags, hard=True)
    assert len(wrong) <= 0.02 * number, "\n".join(wrong)


def test_all_cases(tags: list[FamilyTag]) -> None:
    number, wrong = complaints(tags, hard=False)
    assert len(wrong) <= 0.02 * number, "\n".join(wrong)


def test_hardly_ever_a_wrong_family(tags: list[FamilyTag]) -> None:
    named = [
        f"{case['row'].get('id')}: {case['family']} wanted, {tag.family} named by {tag.rule}: {tag.reason}"
        for case, tag in zip(ROWS, tags, strict=True)
        if tag.family in NAMED and not is_right(case, tag)
    ]
    assert len(named) <= 0.005 * len(ROWS), "\n".join(named)


def test_every_answer_names_fields_of_its_row(tags: list[FamilyTag]) -> None:
    for case, tag in zip(ROWS, tags, strict=True):
        row = case["row"]
        assert tag.evidence or not row.get("id"), tag
        for path, value in tag.evidence.items():
            found = row
            for key in path.split("."):
                found = found[key]
            assert found not in (None, "", [], {})
            if isinstance(value, str):
                assert json.dumps(value)[1:-1] in json.dumps(found), (path, value, found)
