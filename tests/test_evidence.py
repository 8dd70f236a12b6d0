"""The figures of leaderboards and lists: as their sources state them, and ranked."""

from __future__ import annotations

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType

import pytest

from zukan.evidence import figures, sources, usual
from zukan.resources import data_path
from zukan.tasks import all_tasks


def script(name: str) -> ModuleType:
    """Return one of the scripts that write the data."""
    spec = importlib.util.spec_from_file_location(name, data_path(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_file_has_its_source_and_every_source_its_rows() -> None:
    files = {path.stem for path in data_path("evidence").glob("*.csv")} - {"sources", "sizes"}
    assert files == {source.name for source in sources()}
    known = {task.task_id for task in all_tasks()}
    for source in sources():
        rows = data_path("evidence", f"{source.name}.csv").read_text(encoding="utf-8").splitlines()[1:]
        assert len(rows) == source.rows > 5
        assert source.licence
        assert source.address
        assert known.issuperset(source.tasks)


def test_the_best_of_a_leaderboard_stands_first() -> None:
    words = figures(("automatic-speech-recognition",))
    board = [one for some in words.values() for one in some if one.source.name == "open_asr_en"]
    first = min(board, key=lambda one: one.place)
    assert (first.place, first.standing) == (1, 1.0)
    assert first.value == min(one.value for one in board if one.value is not None)  # errors: fewer are better
    top1 = [one for some in figures(("image-classification",)).values() for one in some if one.standing == 1.0]
    assert top1[0].value == max(
        one.value for some in figures(("image-classification",)).values() for one in some if one.value is not None
    )


def test_what_was_measured_in_another_language_does_not_count() -> None:
    japanese = {one.language for some in figures(("text-generation",), ("ja",)).values() for one in some}
    assert "ja" in japanese
    assert "en" not in japanese
    assert {one.language for some in figures(("text-generation",)).values() for one in some} <= {"", "en"}


def test_a_source_that_judges_can_be_left_out() -> None:
    names = {one.source.name for some in figures(("text-generation",), ("ja",)).values() for one in some}
    without = figures(("text-generation",), ("ja",), frozenset({"swallow_ja_post"}))
    assert {one.source.name for some in without.values() for one in some} == names - {"swallow_ja_post"}


@pytest.mark.skipif(
    not os.environ.get("ZUKAN_LAB_DATA"), reason="ZUKAN_LAB_DATA is not set: what the files are made of"
)
def test_the_files_are_those_that_the_script_makes() -> None:
    data = json.loads((Path(os.environ["ZUKAN_LAB_DATA"]) / "evidence.json").read_text(encoding="utf-8"))
    for name, text in script("make_evidence").written(data).items():
        assert data_path("evidence", name).read_text(encoding="utf-8") == text


def test_the_place_that_is_usual_for_a_size() -> None:
    of_model = figures(("text-generation",), ("ja",))["openai/gpt-oss-20b"]
    (figure,) = (one for one in of_model if one.source.name == "swallow_ja_mtb")
    places = [usual(figure, number) for number in (10**8, 10**9, 10**10, 10**11, 10**12, 10**15)]
    assert places == sorted(places, key=lambda place: place or 0.0)
    assert places[0] == 0.0
    assert places[-1] == 1.0
    assert usual(figure, 0) is None
    (of_sound,) = figures(("automatic-speech-recognition",))["openai/whisper-large-v3"][:1]
    assert usual(of_sound, 10**9) is None, "where sizes have no part of their own"


def test_what_is_usual_is_what_the_script_finds() -> None:
    assert data_path("evidence", "sizes.csv").read_text(encoding="utf-8") == script("make_evidence_sizes").written()
