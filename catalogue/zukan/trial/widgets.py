"""What a model's page on the Hub asks it (`widgetData`): the best example, since its authors or the Hub chose it.

The Hub's data is untrusted: every value is checked for its type and length, and what does not fit is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zukan.outcomes import TrialRequest
from zukan.trial import table_file
from zukan.trial.senses import Reads, reads

_LONGEST = 4_000


def ask(request: TrialRequest, task: str, widget: Sequence[Any]) -> TrialRequest:
    """Return the request with the first of the page's examples that suits the task; else as it is."""
    for entry in widget:
        if isinstance(entry, Mapping) and (filled := _filled(request, task, entry)) is not None:
            return filled
    return request


def _filled(request: TrialRequest, task: str, entry: Mapping[str, Any]) -> TrialRequest | None:
    if task in ("sentence-similarity", "text-ranking"):
        source, others = _text(entry.get("source_sentence")), _texts(entry.get("sentences"))
        if source and others:
            return replace(request, text=source, compare_with=request.compare_with or others)
        return None
    text = _text(entry.get("text")) or _last_message(entry.get("messages"))
    if not text or reads(task) in (Reads.PICTURE, Reads.SOUND):
        # Their files lie on the Hub's servers; a trial loads nothing but the model.
        return None
    if task == "question-answering":
        context = _text(entry.get("context"))
        return replace(request, text=text, context=request.context or context) if context else None
    if task == "zero-shot-classification":
        labels = tuple(
            label.strip() for label in (_text(entry.get("candidate_labels")) or "").split(",") if label.strip()
        )
        return replace(request, text=text, labels=request.labels or labels) if labels or request.labels else None
    if task == "table-question-answering":
        return _with_table(request, text, entry.get("table"))
    if task == "translation" and request.target_language is None:
        # Which language it is to be translated into stands in no widget.
        return None
    return replace(request, text=text)


def _with_table(request: TrialRequest, text: str, columns: Any) -> TrialRequest | None:
    if not isinstance(columns, Mapping):
        return None
    try:
        return replace(request, text=text, table=table_file.from_columns(columns).as_json())
    except table_file.TableFault:
        return None


def _last_message(messages: Any) -> str | None:
    if not isinstance(messages, list) or not messages or not isinstance(messages[-1], Mapping):
        return None
    return _text(messages[-1].get("content"))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() and len(value) <= _LONGEST else None


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(text for value in values if (text := _text(value))) if isinstance(values, list) else ()
