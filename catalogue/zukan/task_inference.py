"""Infers the task of a model without pipeline_tag from its class, its Auto class or its type; marked as inferred."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from zukan.family_evidence import Evidence, mapping, text
from zukan.family_table import load_table
from zukan.pipelines import task_of_class
from zukan.schema import Family, FamilyTag, InferredTask

_HEADS: tuple[tuple[str, str], ...] = (
    ("ForMaskedLM", "fill-mask"),
    ("ForMultipleChoice", "multiple-choice"),
    ("ForSequenceClassification", "text-classification"),
    ("ForTokenClassification", "token-classification"),
    ("ForDocumentQuestionAnswering", "document-question-answering"),
    ("ForTableQuestionAnswering", "table-question-answering"),
    ("ForVisualQuestionAnswering", "visual-question-answering"),
    ("ForQuestionAnswering", "question-answering"),
    ("ForZeroShotImageClassification", "zero-shot-image-classification"),
    ("ForZeroShotObjectDetection", "zero-shot-object-detection"),
    ("ForImageClassification", "image-classification"),
    ("ForVideoClassification", "video-classification"),
    ("ForAudioClassification", "audio-classification"),
    ("ForAudioFrameClassification", "voice-activity-detection"),
    ("ForXVector", "audio-classification"),
    ("ForObjectDetection", "object-detection"),
    ("ForInstanceSegmentation", "image-segmentation"),
    ("ForUniversalSegmentation", "image-segmentation"),
    ("ForSemanticSegmentation", "image-segmentation"),
    ("ForImageSegmentation", "image-segmentation"),
    ("ForMaskGeneration", "mask-generation"),
    ("ForDepthEstimation", "depth-estimation"),
    ("ForKeypointDetection", "keypoint-detection"),
    ("ForImageToImage", "image-to-image"),
    ("ForImageSuperResolution", "image-to-image"),
    ("ForTextToSpeech", "text-to-speech"),
    ("ForTextToSpectrogram", "text-to-speech"),
    ("ForTextToWaveform", "text-to-audio"),
    ("ForTimeSeriesPrediction", "time-series-forecasting"),
    ("ForImageTextToText", "image-text-to-text"),
    ("ForVision2Seq", "image-to-text"),
    ("ForSpeechSeq2Seq", "automatic-speech-recognition"),
    ("ForSpeechToText", "automatic-speech-recognition"),
    ("ForCTC", "automatic-speech-recognition"),
    ("ForSeq2SeqLM", "text2text-generation"),
)
"""Ending of a class or Auto class → task. Source: the Hub derives pipeline_tag from the same heads."""
_CAUSAL = re.compile(r"(ForCausalLM|LMHeadModel|ForTextGeneration)$")
_BY_TYPE = {
    "automatic-speech-recognition": ("whisper", "speech_to_text", "moonshine", "speech-encoder-decoder", "cohere_asr"),
    "translation": ("marian", "m2m_100", "fsmt", "nllb-moe"),
    "image-to-text": ("trocr", "vision-encoder-decoder", "pix2struct", "blip", "git"),
    "image-text-to-text": ("florence2", "kosmos-2", "blip-2", "instructblip"),
    "text-to-audio": ("musicgen", "musicgen_melody"),
    "text-to-speech": ("bark", "vits", "speecht5", "parler_tts", "csm", "dia"),
    "time-series-forecasting": ("informer", "autoformer", "time_series_transformer", "timesfm", "patchtst"),
    "mask-generation": ("sam", "sam2", "sam_hq"),
    "zero-shot-image-classification": ("clip", "siglip", "siglip2", "align", "altclip", "chinese_clip", "metaclip_2"),
}
_TASK_OF_TYPE = {model_type: task for task, types in _BY_TYPE.items() for model_type in types}
_SOUND = ("audio", "voxtral", "speech", "ultravox")
_LIBRARIES = {
    "sentence-transformers": "sentence-similarity", "setfit": "text-classification", "timm": "image-classification",
    "open_clip": "zero-shot-image-classification", "gliner": "token-classification",
    "span-marker": "token-classification", "stable-baselines3": "reinforcement-learning",
    "ml-agents": "reinforcement-learning", "sample-factory": "reinforcement-learning",
    "bertopic": "text-classification", "ultralytics": "object-detection",
}  # fmt: skip
"""Libraries whose models do one thing."""


def infer_task(row: Mapping[str, Any], tag: FamilyTag) -> InferredTask | None:
    """Return the task of a model whose repository does not state one, None where it does or nothing tells.

    Args:
        row: The model in the shape of the Hub's API.
        tag: Its family: a head says another task on a language model that also reads images.

    """
    if text(row.get("pipeline_tag")):
        return None
    e = Evidence(row)
    if e.is_adapter():
        return None
    if e.library == "sentence-transformers":
        return InferredTask(_LIBRARIES[e.library], *next(iter(e.of_library().items())))
    for name in e.classes:
        if task := _of_class(name, e.model_type or "", tag.family):
            return InferredTask(task, f"{e.prefix}architectures", name)
    pipeline = text(mapping(e.config.get("diffusers")).get("_class_name"))
    path, value = f"{e.prefix}diffusers._class_name", pipeline
    if pipeline is None:
        value = next(iter(e.pipeline_tags), None)
        path, pipeline = "tags", value and value.partition(":")[2]
    if pipeline and (task := task_of_class(pipeline)):
        return InferredTask(task, path, value or "")
    auto = text(mapping(row.get("transformersInfo")).get("auto_model"))
    if auto and (task := _of_head(auto, tag.family)):
        return InferredTask(task, "transformersInfo.auto_model", auto)
    if e.library in _LIBRARIES:
        return InferredTask(_LIBRARIES[e.library], *next(iter(e.of_library().items())))
    return _of_type(e, tag)


def _of_type(e: Evidence, tag: FamilyTag) -> InferredTask | None:
    """Return the task of a type that does one thing; causal language models are for text generation."""
    if e.type and e.model_type:
        path, word, known = e.type_path, e.type, e.model_type
    elif hub := e.hub_type():
        path, word, known = hub[0], hub[1], e.table.find_type(hub[1]) or ""
    else:
        return None
    task = _TASK_OF_TYPE.get(known)
    if task is None and tag.family is Family.DECODER_ONLY and e.table.types.get(known) is Family.DECODER_ONLY:
        task = _of_reader(known) or "text-generation"
    return InferredTask(task, path, word) if task else None


def _of_reader(model_type: str) -> str | None:
    """Return the task of a language model that also reads images or sounds, None where it reads text alone."""
    table = load_table()
    if table.disputed.get(model_type) != table.multimodal_note:
        return None
    return "audio-text-to-text" if any(word in model_type for word in _SOUND) else "image-text-to-text"


def _of_head(name: str, family: Family) -> str | None:
    for head, task in _HEADS:
        if name.endswith(head):
            return task
    if _CAUSAL.search(name):
        return "text-generation" if family is not Family.ENCODER_ONLY else "fill-mask"
    return None


@lru_cache(maxsize=1 << 12)
def _of_class(name: str, model_type: str, family: Family) -> str | None:
    table = load_table()
    model_type = model_type or table.classes.get(name, (family, None))[1] or ""
    if name.endswith(("ForSequenceClassification", "ForQuestionAnswering")):
        begin = name.removesuffix("ForSequenceClassification").removesuffix("ForQuestionAnswering")
        if f"{begin}ForCTC" in table.classes:
            return "audio-classification"
        if begin == "Tapas":
            return "table-question-answering" if name.endswith("Answering") else "text-classification"
    if (found := _of_head(name, family)) and not (found == "text-generation" and _of_reader(model_type)):
        return found
    if name.endswith(("ForConditionalGeneration", "ForCausalLM", "LMHeadModel", "DecoderModel")):
        special = _TASK_OF_TYPE.get(model_type) or _of_reader(model_type)
        plain = {Family.SEQ2SEQ: "text2text-generation", Family.DECODER_ONLY: "text-generation"}
        return special or plain.get(family)
    if name.endswith("ForPreTraining"):
        begin = name.removesuffix("ForPreTraining")
        # ELECTRA's is the discriminator: it tells replaced words and fills in none.
        return "fill-mask" if f"{begin}ForMaskedLM" in table.classes and begin != "Electra" else None
    if not name.endswith("Model"):
        return None
    if model_type in _TASK_OF_TYPE:
        return _TASK_OF_TYPE[model_type]
    if family is Family.OTHER:
        return None
    if "Chat" in name and family is Family.DECODER_ONLY:
        return _of_reader(model_type) or "text-generation"
    sees = f"{name.removesuffix('Model')}ForImageClassification" in table.classes
    return "image-feature-extraction" if sees else "feature-extraction"
