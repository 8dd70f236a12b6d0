"""Limits of the size that are said in words are such limits, and other words stay words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.errors import QuestionError
from zukan.query import make_query
from zukan.query_language import parse_query
from zukan.query_tree import All, Not, Range, Word
from zukan.said_sizes import with_sizes
from zukan.search import search
from zukan.store.read import CatalogueReader

B = 10**9


@pytest.mark.parametrize(
    ("text", "words", "least", "most"),
    [
        ("qwen under 3b", ["qwen"], None, 3 * B),
        ("under 3b", [], None, 3 * B),
        ("whisper smaller than 300m", ["whisper"], None, 3 * B // 10),
        ("llm at most 1.5b", ["llm"], None, 3 * B // 2),
        ("no more than 3b llm", ["llm"], None, 3 * B),
        ("bert over 1b parameters", ["bert"], B, None),
        ("llm < 3b", ["llm"], None, 3 * B),
        ("llm >=7b", ["llm"], 7 * B, None),
        ("3B以下の日本語LLM", ["日本語LLM"], None, 3 * B),
        ("日本語LLM 3B以下", ["日本語LLM"], None, 3 * B),
        ("30億パラメータ以下のモデル", ["モデル"], None, 3 * B),
        ("7B以上 コード生成", ["コード生成"], 7 * B, None),
        ("３Ｂ以下", [], None, 3 * B),
    ],
)
def test_a_limit_in_words(text: str, words: list[str], least: int | None, most: int | None) -> None:
    tree = make_query(text).tree
    parts = tree.parts if isinstance(tree, All) else (tree,)
    assert [part.text for part in parts if isinstance(part, Word)] == words
    limits = [part for part in parts if isinstance(part, Range)]
    assert [(one.field, one.low, one.high) for one in limits] == [("params", least, None if most is None else most + 1)]


@pytest.mark.parametrize(
    "text",
    [
        "llama 7b", "over the rainbow 7b", "dpo 7b over sft", "8gb以下", "under 100m rows", "3b-8b", "gpt2 >1000", "llama-3-8b",
        "over 9000", "under", '"under 3b"', "under* 3b", "bert OR 3b", "日本語 以下", "7Bの日本語モデル",
    ],
)  # fmt: skip
def test_other_words_stay_words(text: str) -> None:
    assert make_query(text).tree == parse_query(text)


def test_a_query_that_grows_long_keeps_all_its_words() -> None:
    text = "qwen under 3b " + "\ufdfa" * 80  # eighteen letters each in their usual form
    assert make_query(text).tree == parse_query(text)


def test_filters_and_what_is_not_wanted_are_kept() -> None:
    tree = make_query("qwen under 3b lang:ja -gguf").tree
    assert isinstance(tree, All)
    assert sum(isinstance(part, Range) for part in tree.parts) == 1
    assert any(isinstance(part, Not) for part in tree.parts)
    assert len(tree.parts) == 4


@given(st.text(alphabet='ab37 <>-bmk以下億の."*:()', max_size=24))
def test_any_text_is_read(text: str) -> None:
    try:
        tree = parse_query(text)
    except QuestionError:  # what a bad query says is tested elsewhere
        return
    read = with_sizes(tree)
    assert (read is None) == (tree is None)
    assert with_sizes(read) == read


def test_only_models_of_such_a_size_are_found(seed_catalogue: Path) -> None:
    with CatalogueReader(seed_catalogue) as reader:
        found = search(reader, make_query("qwen under 3b", limit=50)).hits
    assert len(found) > 10
    assert all("qwen" in hit.record.model_id.lower() or "qwen" in str(hit.record.tags).lower() for hit in found)
    sizes = [hit.record.num_parameters for hit in found]
    assert all(size is not None and size <= 3 * B for size in sizes)
