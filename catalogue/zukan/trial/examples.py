"""What a trial asks when its caller gives no text: the task's example, with the rest that the task needs."""

from __future__ import annotations

from dataclasses import replace

from zukan import tasks
from zukan.errors import UnknownTask, UnusableInput
from zukan.outcomes import TrialRequest
from zukan.trial.table_file import Table

_CONTEXT = "Hanako Sato lives in Yokohama and works for Sony in Tokyo."
_CONTEXT_JA = "佐藤花子さんは横浜に住んでいて、東京のソニーで働いています。"
_LABELS = ("shopping", "travel", "cooking")
_LABELS_JA = ("買い物", "旅行", "料理")
_OTHERS = ("That person is very glad.", "The train is late again.", "It is raining today.")
_OTHERS_JA = ("あの人はとてもうれしそうだ。", "電車がまた遅れている。", "今日は雨が降っています。")
_RANKING = "How many people live in Tokyo?"
_RANKED = ("Tokyo has about 14 million inhabitants.", "Kyoto is known for its temples.")
# What the picture and the sound hold that zukan makes itself, and two things that they do not hold.
_SEEN = {
    "zero-shot-image-classification": (("a house", "a cat", "a page of text"), ("家", "猫", "文章のページ")),
    "zero-shot-audio-classification": (("a melody", "a barking dog", "rain"), ("メロディー", "犬の鳴き声", "雨の音")),
}
_CITIES = Table(
    ("City", "Country", "Inhabitants"),
    (("Tokyo", "Japan", "14000000"), ("Berlin", "Germany", "3900000"), ("Rome", "Italy", "2700000")),
)
_CITIES_JA = Table(
    ("都市", "国", "人口"),
    (("東京", "日本", "14000000"), ("ベルリン", "ドイツ", "3900000"), ("ローマ", "イタリア", "2700000")),
)


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


def labels(task: str, *, japanese: bool = False) -> tuple[str, ...]:
    """Return the labels for the picture or sound that zukan makes itself."""
    return _SEEN[task][1 if japanese else 0]


def table(*, japanese: bool = False) -> Table:
    """Return the table that the example's question is asked of."""
    return _CITIES_JA if japanese else _CITIES


def question(task: str, *, japanese: bool = False) -> str:
    """Return what to ask about a picture where nobody asks; empty where the task has no example."""
    try:
        entry = tasks.task(task)
    except UnknownTask:
        return ""
    return (entry.example_ja if japanese else None) or entry.example or ""
