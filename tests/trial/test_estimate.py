"""The memory formula: what it depends on. How near it comes is measured by tests/benchmarks/trial_memory.py."""

from __future__ import annotations

from typing import Any

import pytest

from zukan.trial.estimate import estimate, tokenizer_memory, untouched_embedding

MIB = 2**20
BERT = {
    "model_type": "bert",
    "hidden_size": 768,
    "num_hidden_layers": 12,
    "num_attention_heads": 12,
    "vocab_size": 30522,
}
XLM_R = {**BERT, "model_type": "xlm-roberta", "vocab_size": 250002}
WEIGHTS = 400 * MIB


def need(config: dict[str, Any] = BERT, **options: Any) -> tuple[int, int]:
    """Return peak and private bytes of a trial of 100 tokens."""
    values = {"tokens": 100, "new_tokens": 0, "dtype_bytes": 4.0} | options
    found = estimate(config, WEIGHTS, **values)
    return found.peak, found.private


@pytest.mark.parametrize(
    "more", [{"tokens": 200}, {"new_tokens": 5000}, {"tokenizer_bytes": 10 * MIB}, {"dtype_bytes": 8.0}]
)
def test_more_needs_more(more: dict[str, Any]) -> None:
    assert need(**more)[0] > need(tokenizer_bytes=MIB)[0]
    assert need(**more)[1] > need(tokenizer_bytes=MIB)[1]


def test_scores_of_a_vocabulary_are_counted_where_there_are_any() -> None:
    masks, labels = need(XLM_R), need(XLM_R, over_vocabulary=False)
    assert masks[1] - labels[1] == 100 * 250002 * 4
    # Of a table of 768 MB a text of 100 tokens reads a small part.
    assert masks[0] - labels[0] > 500 * MIB


@pytest.mark.parametrize("tokens", [0, 1, 10, 1000, 10**6])
def test_a_part_of_the_embeddings_at_most_is_left_unread(tokens: int) -> None:
    table = 250002 * 768 * 4
    assert 0 <= untouched_embedding(XLM_R, tokens, 4.0) <= table
    assert untouched_embedding(XLM_R, tokens + 100, 4.0) <= untouched_embedding(XLM_R, tokens, 4.0)
    assert untouched_embedding({}, tokens, 4.0) == 0


def test_a_tokenizer_is_bounded_by_its_vocabulary() -> None:
    assert tokenizer_memory(BERT, 10**9) == 30522 * 900
    assert 0 < tokenizer_memory(BERT, 700_000) < 30522 * 900
    assert tokenizer_memory({}, None) == 0


def test_the_text_part_of_a_configuration_counts() -> None:
    assert need({"model_type": "gemma3", "text_config": XLM_R}) == need(XLM_R)


@pytest.mark.parametrize("config", [{}, {"hidden_size": "wide"}, {"vocab_size": -1}, {"num_attention_heads": 0}])
def test_odd_configurations_have_an_estimate_too(config: dict[str, Any]) -> None:
    assert need(config)[0] >= WEIGHTS
