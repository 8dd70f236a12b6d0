"""Says which tasks a question most likely asks for, by the words of people who asked for them (data/questions.jsonl).

A linear model of words, their parts and pairs of them, in Japanese of letters in a row, learnt by
data/make_question_words.py. Each of them names the few tasks that it speaks for or against: a question costs some
look-ups and no library, and of the file only what it touches is read.
"""

from __future__ import annotations

import json
import math
import mmap
import zlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from zukan.lazily import lazily
from zukan.phrases import normalise, scripts, words
from zukan.resources import data_path

FILE = "question_words.bin"
NONE = "none"
"""What stands for no task at all: small talk, or a wish that says nothing of what a model should do."""
MOST_LETTERS = 600
"""A question is judged by its beginning; whoever writes more tells a story."""
_KATAKANA = lazily("[ァ-ヴー]{2,}")


class _Model(NamedTuple):
    tasks: tuple[str, ...]
    known: memoryview
    """Check sums of the features, ascending."""
    starts: memoryview
    """Where the pairs of each feature begin, and where the last ones end."""
    pairs: memoryview
    """Of signed bytes: (number of a task, weight)."""
    scale: float
    bias: tuple[float, ...]
    phrase: float
    """What the logarithm of a phrase's weight counts."""
    best: float
    """What the heaviest phrase counts beside."""
    sharpness: float
    """What brings the shares to how often they are right."""


def features(text: str) -> Iterator[str]:
    """Yield what is looked at in a question: stems, their parts, pairs of them, Japanese letters in a row."""
    text = normalise(text)[:MOST_LETTERS]
    stems = [word.stem for word in words(text)]
    yield from dict.fromkeys(stems)
    yield from dict.fromkeys(f"{one} {other}" for one, other in pairwise(stems))
    pieces: dict[str, None] = {}
    for stem in dict.fromkeys(stems):
        if stem.isascii():
            whole = f"<{stem}>"
            for length in (3, 4, 5):
                pieces.update((f"#{whole[place : place + length]}", None) for place in range(len(whole) - length + 1))
    for run in () if text.isascii() else (part for japanese, part in scripts(text) if japanese):
        for length in (2, 3):
            pieces.update((run[place : place + length], None) for place in range(len(run) - length + 1))
        pieces.update((f"={word}", None) for word in _KATAKANA.findall(run))
    yield from pieces


def number_of(feature: str) -> int:
    """Return the check sum by which a feature is kept."""
    return zlib.crc32(feature.encode())


@cache
def _model() -> _Model:
    with data_path(FILE).open("rb") as file:
        whole = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    start = 8 + int.from_bytes(whole[:8], "little")
    head = json.loads(bytes(whole[8:start]))
    # What follows begins at a multiple of four, since the head is filled up with blanks.
    middle = start + 4 * head["features"]
    end = middle + 4 * head["features"] + 4
    return _Model(
        tuple(head["tasks"]),
        whole[start:middle].cast("I"),
        whole[middle:end].cast("I"),
        whole[end:].cast("b"),
        head["scale"],
        tuple(head["bias"]),
        head["phrase"],
        head["best"],
        head["sharpness"],
    )


def knows(stem: str) -> bool:
    """Whether questions have this stem of a word."""
    known, wanted = _model().known, number_of(stem)
    place = bisect_left(known, wanted)
    return place < len(known) and known[place] == wanted


def likely(text: str, phrases: Mapping[str, float], best: str | None) -> dict[str, float]:
    """Return tasks, and `NONE`, with the probability that a question asks for them, the likeliest first.

    Args:
        text: The question.
        phrases: Task id → the weight of the heaviest phrase for it.
        best: The task that the phrases tell, None for none.

    """
    model = _model()
    sums = [0] * len(model.tasks)
    number = 0
    for feature in features(text):
        wanted = number_of(feature)
        place = bisect_left(model.known, wanted)
        if place < len(model.known) and model.known[place] == wanted:
            number += 1
            pairs = model.pairs[2 * model.starts[place] : 2 * model.starts[place + 1]].tolist()
            for task, weight in zip(pairs[::2], pairs[1::2], strict=True):
                sums[task] += weight
    factor = model.scale / math.sqrt(number) if number else 0.0
    logits = [
        total * factor + bias + model.phrase * math.log1p(phrases.get(task, 0.0)) + model.best * (task == best)
        for task, total, bias in zip(model.tasks, sums, model.bias, strict=True)
    ]
    top = max(logits)
    parts = [math.exp(model.sharpness * (logit - top)) for logit in logits]
    whole = sum(parts)
    shares = ((task, part / whole) for task, part in zip(model.tasks, parts, strict=True))
    return dict(sorted(shares, key=lambda pair: -pair[1]))
