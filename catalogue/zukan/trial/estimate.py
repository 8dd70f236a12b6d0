"""Estimates from a model's configuration how much memory one trial needs, before anything is loaded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zukan.fit import BASE_BYTES, BASE_PRIVATE_BYTES

# Their attention keeps the whole T x T matrix of scores; the others use fused kernels.
_UNFUSED_ATTENTION = frozenset({"t5", "mt5", "umt5", "longt5", "deberta", "deberta-v2", "openai-gpt", "xlm", "gpt_neo"})

_LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers", "encoder_layers")
_DECODER_LAYERS = ("decoder_layers", "num_decoder_layers", *_LAYERS)
_WIDTH = ("hidden_size", "d_model", "n_embd", "dim", "emb_dim")
_HEADS = ("num_attention_heads", "n_head", "num_heads", "n_heads", "encoder_attention_heads")
_INNER = ("intermediate_size", "d_ff", "ffn_dim", "encoder_ffn_dim", "n_inner", "hidden_dim")
_EMBEDDING_WIDTH = ("embedding_size", "word_embed_proj_dim")
_MIB = 2**20
_FAMILY_BYTES = 10 * _MIB
"""Code of the model's family, which is imported when it is loaded."""
# Measured on tokenizers of 30,000 to 250,000 tokens: WordPiece, Unigram and BPE take 430, 560 and 900 bytes a token,
# 11 to 20 times their files; older files of BPE are longer.
_TOKEN_BYTES = 900
_TOKENIZER_FACTOR = 14
_READ_BYTES = 2 * _MIB
"""How much of a mapped file Linux brings in where a page of it is read."""
_POSITIONS = ("max_position_embeddings", "n_positions")


@dataclass(frozen=True, slots=True)
class Need:
    """What a trial is estimated to need, in bytes."""

    peak: int
    """Resident memory at its highest."""
    private: int
    """The part that must stay in memory: the rest are mapped files, which the system may page out."""


def estimate(
    config: Mapping[str, Any],
    weight_bytes: int,
    *,
    tokens: int,
    new_tokens: int,
    dtype_bytes: float,
    over_vocabulary: bool = True,
    tokenizer_bytes: int | None = None,
) -> Need:
    """Estimate the memory of one trial that loads the weights in their stored type.

    Args:
        config: The model's config.json.
        weight_bytes: Bytes of its weight files.
        tokens: Tokens of the input.
        new_tokens: Tokens to generate; 0 for a single pass.
        dtype_bytes: Bytes of one number of the weights, e.g. 2 for bfloat16.
        over_vocabulary: Whether the answer is a score for each token of the vocabulary (masks, generated text).
        tokenizer_bytes: Bytes of its tokenizer.json, None where there is none.

    Returns:
        Interpreter and libraries, tokenizer, key-value cache and activations; for the peak also the weights.

    """
    shape = text_shape(config)
    private = BASE_PRIVATE_BYTES + tokenizer_memory(shape, tokenizer_bytes)
    private += working_bytes(
        shape, tokens=tokens, new_tokens=new_tokens, dtype_bytes=dtype_bytes, over_vocabulary=over_vocabulary
    )
    files = BASE_BYTES + _FAMILY_BYTES - BASE_PRIVATE_BYTES + weight_bytes
    if not (over_vocabulary and shape.get("tie_word_embeddings", True)):
        files -= untouched_embedding(shape, tokens + new_tokens, dtype_bytes)
    return Need(peak=private + files, private=private)


def working_bytes(
    shape: Mapping[str, Any], *, tokens: int, new_tokens: int, dtype_bytes: float, over_vocabulary: bool = True
) -> int:
    """Estimate the key-value cache and the largest activations."""
    width = _first(shape, _WIDTH) or 0
    heads = _first(shape, _HEADS) or 1
    inner = _first(shape, _INNER) or 4 * width
    head_width = _first(shape, ("head_dim", "d_kv")) or width // max(heads, 1)

    # More than one layer's: what is freed in small pieces stays with the process.
    activations = tokens * (8 * width + 5 * inner) * dtype_bytes
    # A single pass keeps the scores of every position, generation those of the last one.
    scored = 0 if not over_vocabulary else tokens if new_tokens == 0 else 1
    logits = scored * (_first(shape, ("vocab_size",)) or 0) * dtype_bytes
    attention = 0
    if shape.get("model_type") in _UNFUSED_ATTENTION:
        attention = heads * tokens * tokens * 12
    if shape.get("model_type") == "gpt_neo":
        positions = _first(shape, _POSITIONS) or 0
        attention += (_first(shape, _LAYERS) or 0) * positions * positions
    cache = 0.0
    if new_tokens:
        decoder_layers = _first(shape, _DECODER_LAYERS) or 0
        key_value_heads = _first(shape, ("num_key_value_heads",)) or heads
        cache = 2 * decoder_layers * key_value_heads * head_width * (tokens + new_tokens) * dtype_bytes
    return int(activations + logits + attention + cache)


def tokenizer_memory(shape: Mapping[str, Any], file_bytes: int | None) -> int:
    """Estimate what the tokenizer takes: with a large vocabulary, more than the activations."""
    most = (_first(shape, ("vocab_size",)) or 0) * _TOKEN_BYTES
    return most // 2 if file_bytes is None else min(most, file_bytes * _TOKENIZER_FACTOR)


def untouched_embedding(shape: Mapping[str, Any], tokens: int, dtype_bytes: float) -> int:
    """Estimate which part of a mapped table of embeddings is never read, where only the input's rows are.

    The system reads a file in stretches. Frequent tokens stand at the front and share theirs: by Zipf's law a token
    falls into the stretch between the ranks a and b with the probability log(b / a) / log(vocabulary).
    """
    rows = _first(shape, ("vocab_size",)) or 0
    row_bytes = (_first(shape, _EMBEDDING_WIDTH) or _first(shape, _WIDTH) or 0) * dtype_bytes
    if rows < 2 or not row_bytes:
        return 0
    step = max(1.0, _READ_BYTES / row_bytes)
    untouched = 0.0
    for number in range(int(rows / step)):
        first, last = 1 + number * step, 1 + (number + 1) * step
        missed: float = 1 - min(1.0, math.log(last / first) / math.log(rows))
        untouched += missed**tokens
    return int(untouched * step * row_bytes)


def text_shape(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the part of a configuration that describes the text model."""
    inner_config = config.get("text_config")
    return {**config, **inner_config} if isinstance(inner_config, Mapping) else config


def position_limit(config: Mapping[str, Any]) -> int | None:
    """Return how many positions the model has, if its configuration says so."""
    return _first(config, _POSITIONS)


def _first(config: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
