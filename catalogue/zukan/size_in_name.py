"""Reads the size that a model's name states: `7B`, `1.5b`, `350M`, `8x7B`."""

from __future__ import annotations

import re

from zukan.lazily import lazily

# A size written in a name: 7B, 1.5b, 350M, 8x7B; not the 4bit of "4bit" nor the 2b of a hash.
_SIZE_IN_NAME = lazily(r"(?<![\w.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)\s?([bm])(?![a-z0-9])", re.IGNORECASE)

_NO_POINT = lazily(r"(?<![\w.])(?<!\D\d-)0-(?=\d[bB](?![a-zA-Z0-9]))")
_POINT = lazily(r"(?<=-[01])_(?=\d{1,2}[bB](?![a-zA-Z0-9]))")
"""Where strokes stand between the words of a name: `qwen25-1_5b`, and not `llama_3_8b`."""
_DIGIT = lazily(r"\d[bm]", re.IGNORECASE)
_SMALLEST_NAMED = 10_000_000


def parameters_in_name(model_id: str) -> tuple[int | None, str | None]:
    """Return the size that a model's name states (`…-2.7B`, `…_418M`, `8x7B`), if it states exactly one."""
    name = model_id.rpartition("/")[2]
    if not _DIGIT.search(name):
        return None, None
    sizes = set()
    # Who may not write a point writes 0-8B for 0.8B.
    pointed = _POINT.sub(".", name).replace("_", "-")
    for experts, number, unit in _SIZE_IN_NAME.findall(_NO_POINT.sub("0.", pointed)):
        sizes.add(int(float(number) * (1e9 if unit in "bB" else 1e6) * int(experts or 1)))
    # Below ten million it is training steps, a version or a data set, not the size.
    sizes = {number for number in sizes if number >= _SMALLEST_NAMED}
    return (sizes.pop(), "name") if len(sizes) == 1 else (None, None)


_WORDS = lazily(r"[a-z]+")
_SMALL = frozenset(("tiny", "mini", "nano", "small", "lite", "micro", "mobile"))
_LARGE = frozenset(("large", "big", "huge", "giant", "xl", "xxl", "xlarge", "xxlarge"))


def size_said(model_id: str) -> str | None:
    """Return whether a model's name calls it `small` or `large`, None where it says neither, or both."""
    words = set(_WORDS.findall(model_id.rpartition("/")[2].lower()))
    is_small, is_large = not words.isdisjoint(_SMALL), not words.isdisjoint(_LARGE)
    return None if is_small == is_large else "small" if is_small else "large"
