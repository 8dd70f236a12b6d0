"""What a question says in other words than names of models is found by the words that those have for it."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.phrases import normalise
from zukan.tasks import registry
from zukan.thesaurus import said_in_names

DATA = Path(__file__).parents[1] / "data"


def names(question: str, task_id: str) -> set[str]:
    """Return all words that names may have for what a question says."""
    return {name for several in said_in_names(normalise(question), task_id) for name in several.split("|")}


@pytest.mark.parametrize(
    ("question", "task_id", "name"),
    [
        ("is anybody on the site without a HELMET?", "object-detection", "hard hat"),
        ("ヘルメット未着用の人を見つける", "object-detection", "hard hat"),
        ("find clauses on termination in our contracts", "question-answering", "cuad"),
        ("which repository writes code in the middle: fill in the middle", "text-generation", "starcoder"),
    ],
)
def test_names_say_it_otherwise(question: str, task_id: str, name: str) -> None:
    assert name in names(question, task_id)


def test_a_subject_counts_for_its_tasks_alone() -> None:
    assert "hard hat" in names("helmets", "object-detection")
    assert names("helmets", "translation") == set()


def test_the_longest_phrase_comes_first() -> None:
    said = said_in_names(normalise("hip x-rays or a chest x-ray"), "image-classification")
    assert "chest xray" in said[0].split("|")
    assert said_in_names("", "image-classification") == ()


def test_what_is_read_is_what_was_edited() -> None:
    done = subprocess.run([sys.executable, str(DATA / "make_thesaurus.py"), "--check"], check=False)
    assert done.returncode == 0


def test_every_subject_has_names_phrases_and_tasks() -> None:
    said = tomllib.loads((DATA / "thesaurus.toml").read_text(encoding="utf-8"))["said"]
    assert len(said) > 400
    for row in said:
        assert row["names"].strip()
        assert row["asked"].strip() or row.get("asked_ja", "").strip()
        assert {task.strip() for task in row["tasks"].replace("\n", ",").split(",") if task.strip()} <= set(
            registry().tasks
        )


def test_models_whose_names_say_it_are_recommended(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        answer = catalogue.recommend("an embedding model for prior art search in patents", machine="any")
        assert any("patent" in subject.split("|") for subject in answer.understood.subjects)
        assert "patent" in answer.candidates[0].record.model_id.lower()
        assert any(part.name == "words" and "patent" in part.text for part in answer.candidates[0].reasons)
        plain = catalogue.recommend("feature-extraction", machine="any")
        assert plain.understood.subjects == ()
        assert "patent" not in plain.candidates[0].record.model_id.lower()
