"""The fields of a search in a question for a recommendation."""

from __future__ import annotations

from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.asked_fields import fields_in
from zukan.errors import UnknownTask


@pytest.mark.parametrize(
    ("question", "wishes", "rest"),
    [
        ("qwen params:<1B license:mit", {"license": "mit", "max_parameters": 10**9}, "qwen"),
        ("chat params:3B..8B", {"min_parameters": 3 * 10**9, "max_parameters": 8 * 10**9}, "chat"),
        ("chat params:1-3B", {"min_parameters": 10**9, "max_parameters": 3 * 10**9}, "chat"),
        ("chat params:>=7B", {"min_parameters": 7 * 10**9}, "chat"),
        ("chat params:<1000000000", {"max_parameters": 10**9}, "chat"),
        ("chat size:4B", {"min_parameters": 3 * 10**9, "max_parameters": 5 * 10**9}, "chat"),
        ("chat params：<1B", {"max_parameters": 10**9}, "chat"),
        ("bert lang:ja", {}, "bert in Japanese"),
        ("chat lang:ja|en", {}, "chat in Japanese or English"),
        ("chat -lang:zh -author:Qwen", {}, "chat not Chinese nothing from Qwen"),
        ('task:text-classification author:"cl-nagoya"', {"author": "cl-nagoya"}, "text classification"),
        ("chat family:Decoder-Only gated:no", {"family": "decoder-only"}, "chat not gated"),
        ("chat license:MIT,apache-2.0", {"license": "mit|apache-2.0"}, "chat"),
        ("chat created:>=2025-06", {"since": "2025-06-01"}, "chat"),
        ("chat created:2024", {"since": "2024-01-01", "until": "2024-12-31"}, "chat"),
        ("license:mit", {"license": "mit"}, ""),
        # What there is none of, or what only looks like a field, stays.
        ("chat family:nonsense license:none-such", {}, "chat family:nonsense license:none-such"),
        ("chat sort:likes params:nonsense", {}, "chat sort:likes params:nonsense"),
        ("log lines such as type:error author:nobody", {}, "log lines such as type:error author:nobody"),
        ("summarise: the news of today", {}, "summarise: the news of today"),
        ("read the task: translate this", {}, "read the task: translate this"),
        ("http://example.org/license:mit", {}, "http://example.org/license:mit"),
        ("翻訳 lang:ja", {}, "翻訳 in Japanese"),
    ],
)
def test_fields_are_read(question: str, wishes: dict[str, object], rest: str) -> None:
    found, left = fields_in(question, lambda name: name != "nobody")
    assert {name: wish for name, wish in found._asdict().items() if wish} == wishes
    assert left == rest


def test_a_question_of_fields_is_answered_as_one_in_words(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        fields = catalogue.recommend("chat lang:ja params:<4B author:LiquidAI", machine="any")
        words = catalogue.recommend("chat in Japanese", author="LiquidAI", max_parameters="4B", machine="any")
        with pytest.raises(UnknownTask, match="license:mit"):
            catalogue.recommend("license:mit")
    assert [one.record.model_id for one in fields.candidates] == [one.record.model_id for one in words.candidates]
    assert fields.candidates
    assert all(one.record.author == "LiquidAI" for one in fields.candidates)
