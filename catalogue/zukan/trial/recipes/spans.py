"""Pieces of a text: named entities and other tagged words, and the answer to a question inside a passage."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head

_MAX_ANSWER_TOKENS = 30
_ANSWERS = 3
_CJK_START = 0x2E80


@dataclass
class _Span:
    label: str
    begins: bool
    scores: list[float]
    start: int
    end: int


def token_classification(loaded: Loaded) -> Callable[[], Answer]:
    """Return the tagged spans of a text; pieces of one word count as the word's first piece."""
    check_head(loaded)
    text = loaded.job.text
    if not loaded.tokenizer.is_fast:
        raise Failure("run-failed", "its tokenizer does not say where in the text a token stands")
    encoded = loaded.encode(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    offsets = encoded["offset_mapping"][0].tolist()
    special = encoded["special_tokens_mask"][0].tolist()
    labels = {int(number): str(label) for number, label in loaded.config.id2label.items()}

    def run() -> Answer:
        scores = check_finite(loaded.forward(encoded).logits[0]).softmax(-1)
        best = scores.max(-1)
        words: list[_Span] = []
        rows = zip(offsets, special, best.values.tolist(), best.indices.tolist(), strict=True)
        for (start, end), is_special, score, number in rows:
            if is_special or start == end:
                continue
            # A byte-level token owns the space before it, which belongs to no word.
            start += len(text[start:end]) - len(text[start:end].lstrip())  # noqa: PLW2901
            if words and words[-1].end == start and _inside_word(text, start):
                words[-1].end = end
            else:
                prefix, name = _split_label(labels[number])
                words.append(_Span(name, prefix in ("B", "S", "U"), [score], start, end))
        spans = _merge(words, labels.values())
        output = [
            {
                "label": span.label,
                "score": sum(span.scores) / len(span.scores),
                "text": text[span.start : span.end],
                "start": span.start,
                "end": span.end,
            }
            for span in spans
        ]
        answer = ", ".join(f"{row['text']} ({row['label']})" for row in output)
        return Answer(output, answer or None, {"text": text})

    return run


def question_answering(loaded: Loaded) -> Callable[[], Answer]:
    """Return the three likeliest answers from the passage, reading long passages in overlapping windows."""
    check_head(loaded)
    question, context = loaded.job.text, loaded.job.context or ""
    if not context.strip():
        raise Failure("missing-option", "the passage to find the answer in", option="--context")
    if not loaded.tokenizer.is_fast:
        raise Failure("run-failed", "its tokenizer does not say where in the passage a token stands")
    windows = _windows(loaded, question, context)

    def run() -> Answer:
        logits = [_context_logits(loaded, window, in_context) for window, _, in_context in windows]
        # One scale for all windows: within a window that lacks the answer something always comes first.
        start_total = torch.cat([start for start, _ in logits]).logsumexp(0)
        end_total = torch.cat([end for _, end in logits]).logsumexp(0)
        found: dict[str, dict[str, Any]] = {}
        for (start, end), (_, offsets, _) in zip(logits, windows, strict=True):
            for row in _answers((start - start_total).exp(), (end - end_total).exp(), offsets, context):
                # Windows overlap: the same answer is found in several.
                if row["score"] > found.get(row["label"], {"score": -1.0})["score"]:
                    found[row["label"]] = row
        output = sorted(found.values(), key=lambda row: -row["score"])[:_ANSWERS]
        answer = output[0]["label"] if output else None
        return Answer(output, answer, {"text": question, "context": context})

    return run


def _windows(loaded: Loaded, question: str, context: str) -> list[tuple[dict[str, Any], list[list[int]], list[bool]]]:
    limit = min(loaded.limit() or 384, 384)
    question_length = len(loaded.tokenizer(question)["input_ids"])
    if question_length + 16 > limit:
        raise Failure("unusable-input", f"the question alone has {question_length} of {limit} tokens")
    encoded = loaded.tokenizer(
        question,
        context,
        truncation="only_second",
        max_length=limit,
        stride=min(128, (limit - question_length) // 4),
        return_overflowing_tokens=True,
        return_offsets_mapping=True,
        padding=False,
    )
    names = [name for name in loaded.tokenizer.model_input_names if name in encoded]
    windows = []
    for number, offsets in enumerate(encoded["offset_mapping"]):
        tensors = {name: torch.tensor([encoded[name][number]], device=loaded.device) for name in names}
        in_context = [part == 1 for part in encoded.sequence_ids(number)]
        windows.append((tensors, offsets, in_context))
    return windows


def _context_logits(
    loaded: Loaded, window: dict[str, Any], in_context: list[bool]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the start and end scores of one window's tokens; those of the question are out of the race."""
    output = loaded.forward(window)
    outside = ~torch.tensor(in_context, device=loaded.device)
    start, end = (
        check_finite(logits[0]).masked_fill(outside, float("-inf"))
        for logits in (output.start_logits, output.end_logits)
    )
    return start, end


def _answers(start: torch.Tensor, end: torch.Tensor, offsets: list[list[int]], context: str) -> list[dict[str, Any]]:
    scores = (start[:, None] * end[None, :]).triu().tril(_MAX_ANSWER_TOKENS - 1)
    best = scores.flatten().topk(min(_ANSWERS, scores.numel()))
    rows = []
    for score, place in zip(best.values.tolist(), best.indices.tolist(), strict=True):
        first, last = divmod(place, scores.shape[1])
        start_at, end_at = _whole_words(context, offsets[first][0], offsets[last][1])
        text = context[start_at:end_at]
        if score > 0 and text:
            rows.append({"label": text, "score": score, "start": start_at, "end": end_at})
    return rows


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a piece of a text to whole words, without spaces around it."""
    while _inside_word(text, start):
        start -= 1
    while _inside_word(text, end):
        end += 1
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _inside_word(text: str, position: int) -> bool:
    """Tell whether there is no word boundary; scripts without spaces have one at every letter."""
    if not 0 < position < len(text):
        return False
    before, after = text[position - 1], text[position]
    return before.isalnum() and after.isalnum() and max(ord(before), ord(after)) < _CJK_START


def _split_label(label: str) -> tuple[str, str]:
    prefix, dash, name = label.partition("-")
    return (prefix, name) if dash and prefix in ("B", "I", "E", "L", "S", "U") else ("", label)


def _merge(words: Sequence[_Span], labels: Any) -> list[_Span]:
    """Join the words of one entity; without an O label every word has its own tag (parts of speech)."""
    joins = "O" in labels
    spans: list[_Span] = []
    previous_outside = True
    for word in words:
        outside = word.label == "O"
        if not outside:
            if joins and spans and not previous_outside and not word.begins and spans[-1].label == word.label:
                spans[-1].end = word.end
                spans[-1].scores += word.scores
            else:
                spans.append(word)
        previous_outside = outside
    return spans
