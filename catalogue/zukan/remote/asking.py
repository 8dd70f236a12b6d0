"""Asks a provider for each task by InferenceClient's own method, and shapes the answer like a local trial's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zukan.errors import AnswerUnreadable, MissingExtra, MissingOption, UnusableInput
from zukan.outcomes import TrialRequest
from zukan.remote.answers import RemoteAnswer, similarities, vector

if TYPE_CHECKING:
    from huggingface_hub import InferenceClient

_ANY_MASK = re.compile(r"\[MASK\]|<mask>|_{3,}")
Ask = Callable[["InferenceClient", TrialRequest, str, str | None], RemoteAnswer]
"""(client, request, model, the model's mask token where it is known) → the answer."""


def _fill_mask(client: InferenceClient, request: TrialRequest, model: str, mask: str | None) -> RemoteAnswer:
    text = _ANY_MASK.sub(lambda _found: mask, request.text or "") if mask else request.text or ""
    if not _ANY_MASK.search(text) and not (mask and mask in text):
        raise UnusableInput(request.model, f"the text has no gap to fill: write {mask or '[MASK]'} or ___")
    found: Any = client.fill_mask(text, model=model, top_k=request.top_k)
    gaps = found if found and isinstance(found[0], list) else [found]
    rows = [
        [{"token_str": str(one["token_str"]).strip(), "score": _score(one), "token": one.get("token")} for one in gap]
        for gap in gaps
    ]
    answer = " ".join(str(gap[0]["token_str"]) for gap in rows)
    return RemoteAnswer(rows[0] if len(rows) == 1 else rows, answer, {"text": text})


def _translation(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    source, target = request.source_language, request.target_language
    if (source is None) != (target is None):
        raise MissingOption(request.model, "--to" if target is None else "--from", "a provider takes both or none")
    found = client.translation(request.text or "", model=model, src_lang=source, tgt_lang=target)
    text = str(found["translation_text"])
    return RemoteAnswer(text, text.strip(), {"text": request.text})


def _summarization(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    text = str(client.summarization(request.text or "", model=model)["summary_text"])
    return RemoteAnswer(text, text.strip(), {"text": request.text})


def _text_classification(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    found: Any = client.text_classification(request.text or "", model=model, top_k=request.top_k)
    # The client takes the first of what came: the list of a list of lists, one label of a plain list.
    return _labels(found if isinstance(found, list) else [found], {"text": request.text})


def _token_classification(
    client: InferenceClient, request: TrialRequest, model: str, _mask: str | None
) -> RemoteAnswer:
    found = client.token_classification(request.text or "", model=model, aggregation_strategy="simple")
    rows = [
        {
            "label": str(one.get("entity_group") or one.get("entity")),
            "score": _score(one),
            "text": str(one["word"]).strip(),
            "start": one.get("start"),
            "end": one.get("end"),
        }
        for one in found
    ]
    answer = ", ".join(f"{row['text']} ({row['label']})" for row in rows)
    return RemoteAnswer(rows, answer or None, {"text": request.text})


def _question_answering(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    asked = {"text": request.text, "context": request.context}
    found: Any = client.question_answering(
        question=request.text or "", context=request.context or "", model=model, top_k=request.top_k
    )
    rows = [
        {"label": str(one["answer"]), "score": _score(one), "start": one.get("start"), "end": one.get("end")}
        for one in (found if isinstance(found, list) else [found])
    ]
    return RemoteAnswer(rows, str(rows[0]["label"]) if rows else None, asked)


def _zero_shot(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    labels = list(request.labels)
    found = client.zero_shot_classification(request.text or "", candidate_labels=labels, model=model)
    return _labels(found, {"text": request.text, "labels": labels})


def _feature_extraction(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    try:
        found = client.feature_extraction(request.text or "", model=model)
    except ImportError as error:
        # The client makes an array of it before anybody can ask for the list that came.
        raise MissingExtra("numpy", "numpy", request.model) from error
    return vector(found.tolist(), {"text": request.text})


def _sentence_similarity(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    others = [text for text in request.compare_with if text.strip()]
    found = client.sentence_similarity(request.text or "", other_sentences=others, model=model)
    return similarities(found, others, {"text": request.text})


def _table_questions(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    table = request.table or {"columns": [], "rows": []}
    columns = {str(name): [row[place] for row in table["rows"]] for place, name in enumerate(table["columns"])}
    found = client.table_question_answering(columns, request.text or "", model=model)
    answer = str(found["answer"])
    return RemoteAnswer({"answer": answer, "cells": found.get("cells")}, answer, {"text": request.text})


def _image_classification(
    client: InferenceClient, request: TrialRequest, model: str, _mask: str | None
) -> RemoteAnswer:
    return _labels(client.image_classification(_file(request), model=model, top_k=request.top_k), _filed(request))


def _zero_shot_image(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    labels = list(request.labels)
    found = client.zero_shot_image_classification(_file(request), labels, model=model)
    return _labels(found, {**_filed(request), "labels": labels})


def _object_detection(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    found: Any = client.object_detection(_file(request), model=model)
    rows = [
        {
            "label": str(one["label"]),
            "score": _score(one),
            "box": [one["box"][side] for side in ("xmin", "ymin", "xmax", "ymax")],
        }
        for one in found
    ]
    return RemoteAnswer(rows, ", ".join(str(row["label"]) for row in rows) or None, _filed(request))


def _visual_questions(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    found: Any = client.visual_question_answering(_file(request), request.text or "", model=model)
    rows = [{"label": str(one["answer"]), "score": _score(one)} for one in found]
    return RemoteAnswer(rows, str(rows[0]["label"]) if rows else None, {**_filed(request), "text": request.text})


def _audio_classification(
    client: InferenceClient, request: TrialRequest, model: str, _mask: str | None
) -> RemoteAnswer:
    return _labels(client.audio_classification(_file(request), model=model, top_k=request.top_k), _filed(request))


def _speech_recognition(client: InferenceClient, request: TrialRequest, model: str, _mask: str | None) -> RemoteAnswer:
    text = str(client.automatic_speech_recognition(_file(request), model=model)["text"])
    return RemoteAnswer(text, text.strip(), _filed(request))


ASKED: dict[str, Ask] = {
    "fill-mask": _fill_mask,
    "translation": _translation,
    "summarization": _summarization,
    "text-classification": _text_classification,
    "token-classification": _token_classification,
    "question-answering": _question_answering,
    "zero-shot-classification": _zero_shot,
    "feature-extraction": _feature_extraction,
    "sentence-similarity": _sentence_similarity,
    "table-question-answering": _table_questions,
    "image-classification": _image_classification,
    "zero-shot-image-classification": _zero_shot_image,
    "object-detection": _object_detection,
    "visual-question-answering": _visual_questions,
    "audio-classification": _audio_classification,
    "automatic-speech-recognition": _speech_recognition,
}
"""What a provider can be asked for in one piece. text-ranking is missing: InferenceClient has no method for it."""

STREAMED = ("text-generation", "image-text-to-text")


def _labels(found: Any, asked: dict[str, Any]) -> RemoteAnswer:
    rows = [{"label": str(one["label"]), "score": _score(one)} for one in found]
    if not rows:
        raise AnswerUnreadable("", "it holds no label")
    rows.sort(key=lambda row: -float(str(row["score"])))
    return RemoteAnswer(rows, str(rows[0]["label"]), asked)


def _score(one: Any) -> float:
    return float(one["score"])


def _file(request: TrialRequest) -> Path:
    return Path(request.file or "").expanduser()


def _filed(request: TrialRequest) -> dict[str, Any]:
    return {"file": request.file}
