"""Answers held against the expected ones, by torchmetrics and sacrebleu. Imported in a child only: both need seconds.

Texts are scored as SQuAD does (small letters, no punctuation, no articles) and by chrF; labels, mask fillers and ranked
sentences by whether, and how far ahead, the expected one stands in the list. All are 0 to 100.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import metadata
from typing import Any

import torch
from sacrebleu.metrics.chrf import CHRF
from torchmetrics.functional import retrieval
from torchmetrics.functional.classification import multiclass_accuracy
from torchmetrics.functional.text import squad


def score(order: Mapping[str, Any]) -> dict[str, Any]:
    """Score the answers of several models.

    Args:
        order: `kind` is `ranked` or `text`; `top_k`; `expected` holds a list of right answers for each input; `models`
            a list of answers each: the labels, best first, or the text; None for what was not answered.

    Returns:
        `scores`, a dictionary for each model, and `versions` of the libraries.

    """
    expected: Sequence[Sequence[str]] = order["expected"]
    is_ranked = order["kind"] == "ranked"
    judge = _ranked if is_ranked else _texts
    used = ("torchmetrics",) if is_ranked else ("torchmetrics", "sacrebleu")
    return {
        "scores": [judge(answers, expected, int(order["top_k"])) for answers in order["models"]],
        "versions": {name: metadata.version(name) for name in used},
    }


def _ranked(answers: Sequence[Any], expected: Sequence[Sequence[str]], top_k: int) -> dict[str, float]:
    firsts, hits, places = [], [], []
    for answer, right in zip(answers, expected, strict=True):
        labels = [_plain(label) for label in answer or ()]
        wanted = {_plain(label) for label in right}
        target = torch.tensor([label in wanted for label in labels] or [False])
        order = torch.arange(len(target), 0, -1, dtype=torch.float32)
        firsts.append(bool(target[0]))
        hits.append(retrieval.retrieval_hit_rate(order, target, top_k=min(top_k, len(target))))
        places.append(retrieval.retrieval_reciprocal_rank(order, target))
    right = torch.ones(len(firsts), dtype=torch.long)
    accuracy = multiclass_accuracy(torch.tensor(firsts).long(), right, num_classes=2, average="micro")
    return {
        "accuracy": _percent(accuracy),
        f"hit@{top_k}": _percent(torch.stack(hits).mean()),
        "mrr": _percent(torch.stack(places).mean()),
    }


def _texts(answers: Sequence[Any], expected: Sequence[Sequence[str]], _top_k: int) -> dict[str, float]:
    said = [str(answer or "") for answer in answers]
    found = squad(
        [{"prediction_text": text, "id": str(place)} for place, text in enumerate(said)],
        [
            {"answers": {"answer_start": [0] * len(right), "text": list(right)}, "id": str(place)}
            for place, right in enumerate(expected)
        ],
    )
    most = max(len(right) for right in expected)
    # None stands for no further reference, although its type does not say so.
    streams: list[Any] = [[right[place] if place < len(right) else None for right in expected] for place in range(most)]
    chrf = CHRF().corpus_score(said, streams)
    return {
        "exact match": round(float(found["exact_match"]), 2),
        "f1": round(float(found["f1"]), 2),
        "chrF": round(float(chrf.score), 2),
    }


def _plain(text: Any) -> str:
    return str(text).strip().casefold()


def _percent(value: Any) -> float:
    return round(100 * float(value), 2)
