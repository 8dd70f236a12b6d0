"""What cards report of their own models: read whatever its shape, a point at most, and said as theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Zukan
from test_recommend import LAPTOP, ask, ids, make, row
from zukan.advice import Candidate
from zukan.evidence import figures
from zukan.points import REPORTED_POINTS
from zukan.reported import of_task, results
from zukan.shortlist import TIE_POINTS
from zukan.tasks import task as task_of

__all__ = ["make"]

TAGS = ["transformers", "safetensors", "bert", "model-index"]


def index(task: str, value: Any = 0.91) -> list[dict[str, Any]]:
    """Return a model-index as cards hold it."""
    metrics = [{"type": "f1", "name": "F1", "value": value}]
    return [{"name": "x", "results": [{"task": {"type": task}, "dataset": {"name": "CoNLL"}, "metrics": metrics}]}]


def part(one: Candidate) -> tuple[float, str] | None:
    return next(((part.points, part.text) for part in one.reasons if part.name == "reported"), None)


@pytest.mark.parametrize("where", ["model-index", "cardData"])
def test_results_for_the_task_are_a_grade_of_their_own(make: Any, where: str) -> None:
    found = {"model-index": index("fill-mask")}
    facts = found if where == "model-index" else {"cardData": found}
    answer = ask(make(row("a/silent"), row("b/reports", tags=TAGS, **facts)), "fill-mask")
    assert ids(answer) == ["b/reports", "a/silent"]
    first, second = answer.candidates
    assert part(first) == (REPORTED_POINTS, "reported on its card, not verified: CoNLL, F1 0.91")
    assert (first.evidence, second.evidence) == ("reported on its card", "adoption")
    assert part(second) is None
    assert first.score == round(sum(one.points for one in first.reasons), 2)


def test_results_for_another_task_count_nothing(make: Any) -> None:
    facts = {"tags": TAGS, "model-index": index("text-classification")}
    answer = ask(make(row("a/silent", likes=11), row("b/reports", **facts)), "fill-mask")
    assert ids(answer) == ["a/silent", "b/reports"]
    for one in answer.candidates:
        assert part(one) is None
        assert one.evidence == "adoption"
        assert one.score == round(sum(part.points for part in one.reasons), 2)


def test_where_the_catalogue_has_only_the_tag_that_is_said(make: Any) -> None:
    answer = ask(make(row("b/reports", tags=TAGS)), "fill-mask")
    assert part(answer.candidates[0]) == (REPORTED_POINTS, "results reported on its card, not verified")


def test_what_others_measured_takes_its_place(make: Any) -> None:
    task = "automatic-speech-recognition"
    measured = next(name for name, some in figures((task,)).items() if some[0].standing is not None)
    facts = {"pipeline_tag": task, "tags": TAGS, "config": {"model_type": "whisper"}, "model-index": index(task)}
    answer = ask(make(row(measured, **facts), row("b/reports", **facts)), task)
    evidence = {one.record.model_id: one.evidence for one in answer.candidates}
    assert evidence == {measured: "leaderboard", "b/reports": "reported on its card"}


def test_a_result_without_names_is_told_by_its_value(make: Any) -> None:
    results = [{"task": {"type": "fill-mask"}, "metrics": [{"value": 3}]}]
    answer = ask(make(row("b/reports", tags=TAGS, **{"model-index": [{"results": results}]})), "fill-mask")
    assert part(answer.candidates[0]) == (REPORTED_POINTS, "reported on its card, not verified: 3")


def test_it_decides_no_more_than_a_tie() -> None:
    assert 0 < REPORTED_POINTS < TIE_POINTS


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("automatic-speech-recognition", True),
        ("Automatic Speech Recognition", True),
        ("translation", False),
        ("My Own Kind of Test", True),
    ],
)
def test_whose_results_they_are(name: str, fits: bool) -> None:
    found = results({"model-index": index(name)})
    assert of_task(found, task_of("automatic-speech-recognition"))[0] is fits


def test_leaderboards_kept_in_the_snapshot_are_not_the_cards_own() -> None:
    rows = [
        {"task": "automatic-speech-recognition", "dataset": "open-asr-leaderboard", "metric": "WER", "value": 7.8},
        {"dataset": "open-llm-leaderboard-v2/BBH", "metric": "score", "value": 2.7},
        {"task": "automatic-speech-recognition", "dataset": "librispeech", "metric": "wer", "value": "3.4"},
    ]
    assert [one.dataset for one in results({"_eval": rows})] == ["librispeech"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(("results", "task", "dataset", "metrics", "type", "name", "value")), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@given(anything, anything, anything)
def test_whatever_authors_write_is_read_or_passed_over(first: Any, second: Any, third: Any) -> None:
    for one in results({"model-index": first, "cardData": {"model-index": second}, "_eval": third}):
        assert abs(one.value) < float("inf")


@pytest.mark.parametrize(("interface", "said"), [("en", "not verified"), ("ja", "未検証")])
def test_the_table_says_that_nobody_verified_it(zukan: Zukan, catalogue: Path, interface: str, said: str) -> None:
    done = zukan("recommend", "question-answering", "--ui", interface, environment={"COLUMNS": "250"})
    assert done.returncode == 0, done.stderr
    assert said in done.stdout
    explained = zukan("recommend", "--explain-ranking", "--ui", interface)
    assert said in explained.stdout


def test_cards_in_the_snapshot_are_used(seed_catalogue: Path) -> None:
    found = [
        one
        for task in ("question-answering", "summarization", "translation")
        for one in ask(seed_catalogue, task, LAPTOP).candidates
    ]
    texts = [text for one in found if (told := part(one)) for text in told[1:]]
    assert texts
    assert any(text.startswith("reported on its card, not verified: ") for text in texts)
    assert any(text.startswith("reported on its card, verified by the Hub: ") for text in texts)
