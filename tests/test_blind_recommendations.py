"""Recommendations held against what experts chose who had not seen them: questions in free words, judged models."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from test_judged import LAPTOP
from zukan import Catalogue, ZukanError
from zukan.resources import data_path

HERE = Path(__file__).parent
LEAST = {
    # (the right task, a good model among the first five, no wrong one there)
    "judged_blind_recommendations_en.toml": (44, 41, 40),
    "judged_blind_recommendations_ja.toml": (44, 42, 36),
    "judged_blind_recommendations_2.toml": (49, 48, 43),
    "judged_blind_recommendations_3.toml": (59, 55, 46),
    "judged_blind_recommendations_4.toml": (59, 57, 46),
    "judged_blind_recommendations_5.toml": (59, 55, 43),
    "judged_blind_recommendations_6.toml": (39, 38, 35),
    "judged_blind_recommendations_7.toml": (37, 36, 35),
    "judged_blind_recommendations_8.toml": (36, 35, 31),
    "judged_blind_recommendations_9.toml": (59, 50, 40),
    "judged_blind_recommendations_10.toml": (39, 35, 27),
    "judged_blind_recommendations_11.toml": (59, 57, 43),
    "judged_blind_recommendations_12.toml": (39, 38, 30),
    "judged_blind_recommendations_13.toml": (60, 59, 50),
    "judged_blind_recommendations_14.toml": (39, 35, 32),
    "judged_blind_recommendations_15.toml": (35, 26, 24),
}
"""They were written by people who had not seen the code, which found 29, 30 and 38 good models before it learnt from them.
What was learnt helps others too, but they themselves say less of strangers since: the third, written when the first two had
been learnt from, tells that best (37 good models before, 38 then; 36 lists without a wrong one, 41 then). The fourth, written
after that, found 44 of 60 good and 36 lists without a wrong model before anything was learnt from it; the fifth 51 and 36,
the same whether or not what the others taught of other subjects and languages had been learnt by then; the sixth, of
longer stories with more that nobody wants, 47 of 60 and 27; the seventh 32 of 40 and 26, the eighth, of
needs in everyday words, 30 of 40 and 30 (34 tasks); the ninth, of the same kind, 35 of 40 and 31 (36 tasks); the tenth, of what an engineer typed who tried the
tool, with much that is not wanted, 40 of 60 and 28 (53 tasks); the eleventh, full of constraints, when the tenth had been
learnt from, 31 of 40 and 21 (37 tasks); the twelfth, of all kinds, 50 of 60 and 35 (56 tasks); the thirteenth 29 of 40
and 30 (36 tasks); the fourteenth 51 of 60 and 45 (58 tasks); the fifteenth,
when that had been learnt from, 32 of 40 and 24 (35 tasks); the sixteenth, of the tasks and subjects that the others
ask for least, 22 of 40 and 25 (32 tasks). Where one of the fifteenth says how much memory its card has, that is heeded since:
the model it would like needs more."""


def questions(name: str) -> list[dict[str, Any]]:
    exam: list[dict[str, Any]] = tomllib.loads((HERE / name).read_text(encoding="utf-8"))["question"]
    return exam


@pytest.mark.parametrize("name", LEAST)
def test_what_experts_would_like_to_see(name: str, seed_catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Both: whether the second has taken it from the first by now depends on what ran before.
    monkeypatch.setattr("zukan.hardware.detect", lambda *_: LAPTOP)
    monkeypatch.setattr("zukan.machine.detect", lambda *_: LAPTOP)
    right, good, clean = [], [], []
    with Catalogue(seed_catalogue) as catalogue:
        for asked in questions(name):
            try:
                answer = catalogue.recommend(asked["question"])
            except ZukanError:
                continue
            five = [candidate.record.model_id for candidate in answer.candidates[:5]]
            wanted = [*map(re.escape, asked["good"]), *filter(None, [asked.get("good_pattern")])]
            if answer.understood.task.task_id in asked["task"]:
                right.append(asked["question"])
            if any(re.search(pattern, one, re.IGNORECASE) for pattern in wanted for one in five):
                good.append(asked["question"])
            if not any(re.search(pattern, one, re.IGNORECASE) for pattern in asked.get("never", ()) for one in five):
                clean.append(asked["question"])
    assert len(questions(name)) in (40, 45, 50, 60)
    assert all(found >= least for found, least in zip((len(right), len(good), len(clean)), LEAST[name], strict=True)), (
        len(right),
        len(good),
        len(clean),
    )


def test_every_good_model_is_in_the_shipped_snapshot(seed_catalogue: Path) -> None:
    named = {one for name in LEAST for asked in questions(name) for one in asked["good"]}
    with Catalogue(seed_catalogue) as catalogue, catalogue.sql("SELECT model_id FROM models") as rows:
        known = {row[0] for row in rows}
    assert data_path("seed.jsonl.gz").exists()
    assert named - known == set()
