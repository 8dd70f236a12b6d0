"""Answers for the stand-in of the router: the tiny models, run by transformers, in the shapes of the Hub's inference API.

Shapes: https://huggingface.co/docs/inference-providers/tasks/index; what InferenceClient parses is in
`huggingface_hub/inference/_generated/types/`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

_ONE_AT_A_TIME = Lock()
"""transformers is imported in here, which two threads may not do at once."""


def answer(task: str, folder: Path, body: Any) -> Any:
    """Return what the inference API answers for a task."""
    with _ONE_AT_A_TIME:
        return _answer(task, folder, body)


def _answer(task: str, folder: Path, body: Any) -> Any:
    inputs, options = body["inputs"], body.get("parameters") or {}
    if task in ("translation", "summarization"):
        name = "translation_text" if task == "translation" else "summary_text"
        return [{name: _generated(folder, inputs)}]
    if task == "feature-extraction":
        return [_vector(folder, text) for text in ([inputs] if isinstance(inputs, str) else inputs)]
    if task == "sentence-similarity":
        source, *others = (_vector(folder, text) for text in (inputs["source_sentence"], *inputs["sentences"]))
        return [_cosine(source, other) for other in others]
    run = _pipeline(task, folder)
    if task == "fill-mask":
        return run(inputs, top_k=options["top_k"])
    if task == "text-classification":
        return [run(inputs, top_k=options["top_k"])]
    if task == "zero-shot-classification":
        found = run(inputs, candidate_labels=options["candidate_labels"])
        return [{"label": label, "score": score} for label, score in zip(found["labels"], found["scores"], strict=True)]
    if task == "token-classification":
        rows = run(inputs, aggregation_strategy=options["aggregation_strategy"])
        return [{**row, "score": float(row["score"])} for row in rows]
    raise AssertionError(task)


@cache
def _pipeline(task: str, folder: Path) -> Any:
    import transformers

    return transformers.pipeline(task, model=str(folder), device="cpu")


@cache
def _loaded(folder: Path, kind: str) -> tuple[Any, Any]:
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    return tokenizer, getattr(transformers, kind).from_pretrained(folder)


def _generated(folder: Path, text: str) -> str:
    tokenizer, model = _loaded(folder, "AutoModelForSeq2SeqLM")
    tokens = model.generate(**tokenizer(text, return_tensors="pt"), max_new_tokens=40, do_sample=False)
    return str(tokenizer.decode(tokens[0], skip_special_tokens=True))


def _vector(folder: Path, text: str) -> list[float]:
    tokenizer, model = _loaded(folder, "AutoModel")
    states = model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
    return [float(value) for value in states.detach()]


def _cosine(one: list[float], other: list[float]) -> float:
    import math

    return sum(a * b for a, b in zip(one, other, strict=True)) / (math.hypot(*one) * math.hypot(*other))
