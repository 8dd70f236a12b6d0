"""fill-mask: which tokens fit the gap."""

from __future__ import annotations

import re
from collections.abc import Callable

import torch

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head

_ANY_MASK = re.compile(r"\[MASK\]|<mask>|<special1>|_{3,}", re.IGNORECASE)
"""What people type for a gap: BERT's, RoBERTa's and XLM's mask tokens, or a line."""


def fill_mask(loaded: Loaded) -> Callable[[], Answer]:
    """Return the best tokens for each gap of the text."""
    check_head(loaded)
    tokenizer = loaded.tokenizer
    if tokenizer.mask_token is None:
        raise Failure("wrong-task", "its tokenizer has no mask token")
    text = _with_mask(loaded.job.text, tokenizer.mask_token)
    encoded = loaded.encode(text)
    positions = (encoded["input_ids"][0] == tokenizer.mask_token_id).nonzero()[:, 0]
    if len(positions) == 0:
        raise Failure("unusable-input", "the gap lies beyond what the model can read")

    def run() -> Answer:
        scores = check_finite(loaded.forward(encoded).logits[0, positions]).softmax(-1)
        gaps = [_candidates(loaded, row) for row in scores]
        return Answer(
            output=gaps[0] if len(gaps) == 1 else gaps,
            text=" ".join(str(gap[0]["token_str"]) for gap in gaps),
            input={"text": text},
        )

    return run


def _with_mask(text: str, mask: str) -> str:
    text = text if mask in text else _ANY_MASK.sub(lambda _match: mask, text)
    if mask not in text:
        if mask == "[MASK]":
            raise Failure("unusable-input", "the text has no gap to fill: write [MASK] or ___")
        raise Failure("unusable-input", f"the text has no gap to fill: write [MASK] or {mask} or ___")
    return text


def _candidates(loaded: Loaded, scores: torch.Tensor) -> list[dict[str, object]]:
    values, indices = scores.topk(min(loaded.job.top_k, scores.shape[-1]))
    return [
        {"token_str": loaded.tokenizer.decode([index]).strip(), "score": value, "token": index}
        for value, index in zip(values.tolist(), indices.tolist(), strict=True)
    ]
