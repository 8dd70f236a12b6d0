"""Estimates from a model's configuration how much memory one trial needs, before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan.fit import BASE_BYTES, BASE_PRIVATE_BYTES

# Their attention keeps the whole T x T matrix of scores; the others use fused kernels.
_UNFUSED_ATTENTION = frozenset({"t5", "mt5", "umt5", "longt5", "deberta", "deberta-v2", "openai-gpt", "xlm", "gpt_neo"})

_LAYERS = ("num_hidden_layers", "n_layer", "num_layers", "n_layers", "encoder_layers")
_DECODER_LAYERS = ("decoder_layers", "num_decoder_layers", *_LAYERS)
_WIDTH = ("hidden_size", "d_model", "n_embd", "dim", "emb_dim")
_HEADS = ("num_attention_heads", "n_head", "num_heads", "n_heads", "encoder_attention_heads")
_INNER = ("intermediate_size", "d_ff", "ffn_dim", "encoder_ffn_dim", "n_inner", "hidden_dim")
_POSITIONS = ("max_position_embeddings", "n_positions")


def estimate_bytes(
    config: Mapping[str, Any], weight_bytes: int, *, tokens: int, new_tokens: int, dtype_bytes: float
) -> int:
    """Estimate the peak resident memory of one trial that loads the weights in their stored type.

    Args:
        config: The model's config.json.
        weight_bytes: Bytes of its weight files.
        tokens: Tokens of the input.
        new_tokens: Tokens to generate; 0 for a single pass.
        dtype_bytes: Bytes of one number of the weights, e.g. 2 for bfloat16.

    Returns:
        Bytes: interpreter and libraries, weights, key-value cache, activations.

    """
    return (
        BASE_BYTES + weight_bytes + working_bytes(config, tokens=tokens, new_tokens=new_tokens, dtype_bytes=dtype_bytes)
    )


def private_bytes(config: Mapping[str, Any], *, tokens: int, new_tokens: int, dtype_bytes: float) -> int:
    """Estimate the part that must stay in memory: the weights are mapped files, which the system may page out."""
    return BASE_PRIVATE_BYTES + working_bytes(config, tokens=tokens, new_tokens=new_tokens, dtype_bytes=dtype_bytes)


def working_bytes(config: Mapping[str, Any], *, tokens: int, new_tokens: int, dtype_bytes: float) -> int:
    """Estimate the key-value cache and the largest activations."""
    inner_config = config.get("text_config")
    shape = {**config, **inner_config} if isinstance(inner_config, Mapping) else config
    width = _first(shape, _WIDTH) or 0
    heads = _first(shape, _HEADS) or 1
    inner = _first(shape, _INNER) or 4 * width
    vocabulary = _first(shape, ("vocab_size",)) or 0
    head_width = _first(shape, ("head_dim", "d_kv")) or width // max(heads, 1)

    activations = tokens * (6 * width + 3 * inner) * dtype_bytes
    # A single pass keeps the scores of every position, generation those of the last one.
    logits = (tokens if new_tokens == 0 else 1) * vocabulary * dtype_bytes
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


def position_limit(config: Mapping[str, Any]) -> int | None:
    """Return how many positions the model has, if its configuration says so."""
    return _first(config, _POSITIONS)


def _first(config: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    for name in names:
        value = config.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return None
