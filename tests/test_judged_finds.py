"""The exam of finds: what people type for a model, drawn and written by someone who had not read the search."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from make_judged_finds import NUMBERS, faults, fits, snapshot
from zukan import Catalogue, ZukanError

EXAM = Path(__file__).with_name("judged_finds.toml")
FOUND = 0.95
FIRST = 0.75

Row = Mapping[str, Any]
Search = Callable[[str], Sequence[str]]


@dataclass(slots=True)
class Marks:
    """What a search was asked, by kind, and how it failed: `missed` among five hits, `late` not as the first."""

    total: int
    missed: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in NUMBERS})
    late: dict[str, list[str]] = field(default_factory=lambda: {kind: [] for kind in NUMBERS})

    @property
    def found(self) -> float:
        """Return the share with a right answer among the first five."""
        return 1 - sum(map(len, self.missed.values())) / self.total

    @property
    def first(self) -> float:
        """Return the share whose first hit is right."""
        return self.found - sum(map(len, self.late.values())) / self.total

    def shares(self) -> str:
        """Return both shares, of all and of each kind, in one line."""
        kinds = [
            f"{kind} {number - len(self.missed[kind])}/{number - len(self.missed[kind]) - len(self.late[kind])}"
            for kind, number in NUMBERS.items()
        ]
        return f"found {self.found:.1%}, first {self.first:.1%} (found/first: {', '.join(kinds)})"


@pytest.fixture(scope="module")
def rows() -> dict[str, Row]:
    """Return the rows of the snapshot by id, the most downloaded first."""
    return {row["id"]: row for row in snapshot()}


@pytest.fixture(scope="module")
def finds() -> list[dict[str, Any]]:
    """Return the questions of the exam."""
    entries: list[dict[str, Any]] = tomllib.loads(EXAM.read_text(encoding="utf-8"))["find"]
    return entries


def test_the_exam_has_the_agreed_numbers_and_answers_of_the_snapshot(
    finds: list[dict[str, Any]], rows: dict[str, Row]
) -> None:
    assert len(finds) == sum(NUMBERS.values()) == 120
    assert faults(finds, list(rows.values())) == []


def test_judged_finds(seed_catalogue: Path, finds: list[dict[str, Any]], rows: dict[str, Row]) -> None:
    catalogue = Catalogue(seed_catalogue)
    ours = _marked(finds, rows, lambda words: _ids(catalogue, words))
    hub = _marked(finds, rows, lambda words: _like_the_hub(words, rows))

    report = "\n".join(
        [
            f"zukan: {ours.shares()}",
            f"a search like the Hub's: {hub.shares()}",
            *(f"{kind}, not found: {failure}" for kind, failures in ours.missed.items() for failure in failures),
            *(f"{kind}, not first: {failure}" for kind, failures in ours.late.items() for failure in failures),
        ]
    )
    assert ours.found >= FOUND, report
    assert ours.first >= FIRST, report
    assert hub.found < ours.found, report
    assert hub.first < ours.first, report


def _marked(finds: Sequence[Mapping[str, Any]], rows: Mapping[str, Row], search: Search) -> Marks:
    marks = Marks(len(finds))
    for find in finds:
        ids = search(find["words"])
        right = [name in rows and fits(rows[name], find) for name in ids]
        if not any(right):
            marks.missed[find["kind"]].append(f"{find['words']!r}: {list(ids)}")
        elif not right[0]:
            marks.late[find["kind"]].append(f"{find['words']!r}: {list(ids)}")
    return marks


def _ids(catalogue: Catalogue, words: str) -> list[str]:
    try:
        return [hit.record.model_id for hit in catalogue.search(words, limit=5).hits]
    except ZukanError as error:
        return [f"{type(error).__name__}: {error}"]


def _like_the_hub(words: str, rows: Mapping[str, Row]) -> list[str]:
    """Search as the Hub's `search=` does: every word is a part of the id, the most downloaded come first."""
    parts = words.lower().split()
    return [name for name in rows if all(part in name.lower() for part in parts)][:5]
