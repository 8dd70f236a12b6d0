"""The fields of a search in a question for a recommendation."""

from __future__ import annotations

from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.asked_fields import fields_in


@pytest.mark.parametrize(
    ("question", "wishes", "rest"),
    [
        ("qwen params:<1B license:mit", {"license": "mit"}, "qwen under 1B parameters"),
        ("chat params:3B..8B", {}, "chat 3B to 8B parameters"),
        ("chat params:>=7B", {}, "chat over 7B parameters"),
        ("bert lang:ja", {}, "bert in Japanese"),
        ("chat -lang:zh -author:Qwen", {}, "chat not Chinese nothing from Qwen"),
        ('task:text-classification author:"cl-nagoya"', {"author": "cl-nagoya"}, "text classification"),
        ("chat family:Decoder-Only gated:no", {"family": "decoder-only"}, "chat not gated"),
        ("chat family:nonsense", {}, "chat nonsense"),
        ("chat sort:likes downloads:>1000 params:nonsense", {}, "chat"),
        # What only looks like a field.
        ("summarise: the news of today", {}, "summarise: the news of today"),
        ("read the task: translate this", {}, "read the task: translate this"),
        ("http://example.org/task:x", {}, "http://example.org/task:x"),
        ("翻訳 lang:ja", {}, "翻訳 in Japanese"),
    ],
)
def test_fields_are_read(question: str, wishes: dict[str, str], rest: str) -> None:
    found, left = fields_in(question)
    assert {name: wish for name, wish in found._asdict().items() if wish} == wishes
    assert left == rest


def test_a_question_of_fields_is_answered_as_one_in_words(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        fields = catalogue.recommend("chat lang:ja params:<4B author:LiquidAI", machine="any")
        words = catalogue.recommend("Japanese chat under 4B", author="LiquidAI", machine="any")
    assert [one.record.model_id for one in fields.candidates] == [one.record.model_id for one in words.candidates]
    assert fields.candidates
    assert all(one.record.author == "LiquidAI" for one in fields.candidates)
