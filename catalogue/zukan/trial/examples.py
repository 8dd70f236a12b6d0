"""What a trial asks when its caller gives no text: the task's example, with the rest that the task needs."""

from __future__ import annotations

from dataclasses import replace

from zukan import tasks
from zukan.errors import UnknownTask, UnusableInput
from zukan.outcomes import TrialRequest

_CONTEXT = "Hanako Sato lives in Yokohama and works for Sony in Tokyo."
_CONTEXT_JA = "佐藤花子さんは横浜に住んでいて、東京のソニーで働いています。"
_LABELS = ("shopping", "travel", "cooking")
_LABELS_JA = ("買い物", "旅行", "料理")
_OTHERS = ("That person is very glad.", "The train is late again.", "It is raining today.")
_OTHERS_JA = ("あの人はとてもうれしそうだ。", "電車がまた遅れている。", "今日は雨が降っています。")
_RANKING = "How many people live in Tokyo?"
_RANKED = ("Tokyo has about 14 million inhabitants.", "Kyoto is known for its temples.")


def complete(request: TrialRequest, task: str, *, japanese: bool = False) -> TrialRequest:
    """Return the request with the task's example where it has no text of its own.

    Raises:
        UnusableInput: The task has no example.

    """
    if request.text is not None:
        return request
    if task == "text-ranking":
        return replace(request, text=_RANKING, compare_with=request.compare_with or _RANKED)
    try:
        entry = tasks.task(task)
    except UnknownTask:
        entry = None
    text = entry and ((entry.example_ja if japanese else None) or entry.example)
    if not text:
        raise UnusableInput(request.model, f"there is no example for {task}: give a text")
    filled = replace(request, text=text)
    if task == "question-answering":
        return replace(filled, context=request.context or (_CONTEXT_JA if japanese else _CONTEXT))
    if task == "zero-shot-classification":
        return replace(filled, labels=request.labels or (_LABELS_JA if japanese else _LABELS))
    if task == "sentence-similarity":
        return replace(filled, compare_with=request.compare_with or (_OTHERS_JA if japanese else _OTHERS))
    if task == "translation":
        source = request.source_language or ("ja" if japanese else "en")
        return replace(
            filled,
            source_language=source,
            target_language=request.target_language or ("en" if japanese else "de"),
        )
    return filled
