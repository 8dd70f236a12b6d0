"""How each task is run on transformers: the child's half of a trial. Imported in the child only."""

from __future__ import annotations

from collections.abc import Callable

from zukan.trial.recipes import classifying, embedding, generating, masks, spans
from zukan.trial.recipes.loading import Answer, Loaded, load

__all__ = ["Answer", "Loaded", "load", "prepare"]

_RECIPES: dict[str, Callable[[Loaded], Callable[[], Answer]]] = {
    "fill-mask": masks.fill_mask,
    "text-generation": generating.text_generation,
    "translation": generating.translation,
    "summarization": generating.summarization,
    "text2text-generation": generating.text2text,
    "text-classification": classifying.text_classification,
    "zero-shot-classification": classifying.zero_shot,
    "text-ranking": classifying.text_ranking,
    "token-classification": spans.token_classification,
    "question-answering": spans.question_answering,
    "feature-extraction": embedding.feature_extraction,
    "sentence-similarity": embedding.sentence_similarity,
}


def prepare(loaded: Loaded) -> Callable[[], Answer]:
    """Turn the input into tokens, and return the call that answers it (and may be repeated)."""
    return _RECIPES[loaded.job.task](loaded)
