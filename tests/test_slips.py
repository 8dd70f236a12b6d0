"""Slips of the keyboard in questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.slips import mended


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("fucntion calling on a phone", "function calling on a phone"),
        ("prompt injecton detector", "prompt injection detector"),
        ("forcasting of electricty", "forecasting of electricity"),
        ("Recogniton of faces", "recognition of faces"),
        # Known words, short ones, and what is no plain word, stay.
        ("translate letters to English", "translate letters to English"),
        ("detct cars", "detct cars"),
        ("fucntion_name and fucntion.py", "fucntion_name and fucntion.py"),
        ("日本語の要約", "日本語の要約"),
    ],
)
def test_one_letter_is_put_right(typed: str, meant: str) -> None:
    assert mended(typed, lambda _: False).lower() == meant.lower()


def test_a_word_that_names_have_is_none() -> None:
    assert mended("injecton detector", lambda word: word == "injecton") == "injecton detector"


def test_a_question_with_slips_is_understood(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        slips, right = (catalogue.recommend(f"{word} of hourly demand") for word in ("forcasting", "forecasting"))
    assert slips.understood.task.task_id == "time-series-forecasting"
    assert slips.candidates == right.candidates
