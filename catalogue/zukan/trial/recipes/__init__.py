"""How each task is run on transformers: the child's half of a trial. Imported in the child only."""

from __future__ import annotations

import importlib
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


# Imported for their tasks alone: numpy, Pillow and pandas are no business of a text model.
_BEYOND_TEXT = {
    "image-classification": "pictures:image_classification",
    "zero-shot-image-classification": "pictures:zero_shot_image",
    "image-feature-extraction": "pictures:image_features",
    "object-detection": "scenes:object_detection",
    "image-segmentation": "scenes:image_segmentation",
    "depth-estimation": "scenes:depth_estimation",
    "visual-question-answering": "captions:visual_question",
    "image-text-to-text": "captions:image_text",
    "audio-classification": "hearing:audio_classification",
    "automatic-speech-recognition": "hearing:speech_recognition",
    "zero-shot-audio-classification": "hearing:zero_shot_audio",
    "text-to-speech": "speaking:text_to_sound",
    "text-to-audio": "speaking:text_to_sound",
    "table-question-answering": "tabular:table_question",
}


def prepare(loaded: Loaded) -> Callable[[], Answer]:
    """Turn the input into tokens, and return the call that answers it (and may be repeated)."""
    task = loaded.job.task
    if task in _RECIPES:
        return _RECIPES[task](loaded)
    module, _, function = _BEYOND_TEXT[task].partition(":")
    recipe: Callable[[Loaded], Callable[[], Answer]] = getattr(
        importlib.import_module(f"zukan.trial.recipes.{module}"), function
    )
    return recipe(loaded)
