"""Reads sizes that are said in words among those of a search: `qwen under 3b`, 3B以下の日本語LLM."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import groupby

from zukan.lazily import lazily
from zukan.phrases import MAX_LENGTH
from zukan.query_tree import All, Node, Range, Word

_SIZE = lazily(r"\d ?(?:[bmk](?![a-z0-9])|[bm]illion|億|万)", re.IGNORECASE)
_BOUND = lazily(
    r"(?<![a-z])(?:under|below|than|up to|at most|at least|over|above)(?![a-z])|[<>≤≥]|"
    r"以下|未満|以上|超|まで|以内|より",
    re.IGNORECASE,
)


def with_sizes(tree: Node | None) -> Node | None:
    """Return a query in which the words that limit the number of parameters are such a limit.

    Names say sizes, and hardly one that it is below another: without both a size and a limit words stay words.
    """
    if not isinstance(tree, Word | All):
        return tree
    parts = tree.parts if isinstance(tree, All) else (tree,)
    found: list[Node] = []
    for is_plain, run in groupby(parts, lambda part: isinstance(part, Word) and not part.prefix):
        nodes = list(run)
        found += _read([one for one in nodes if isinstance(one, Word)]) if is_plain else nodes
    return found[0] if len(found) == 1 else All(tuple(found))


def _read(words: Sequence[Word]) -> Sequence[Node]:
    """Return words that stand side by side, those that limit a size as that limit."""
    text = unicodedata.normalize("NFKC", " ".join(word.text for word in words))
    if len(text) > MAX_LENGTH or not (_SIZE.search(text) and _BOUND.search(text)):
        return words
    from zukan.wishes import parameters_in  # noqa: PLC0415 (hardly a search asks for one)

    said = parameters_in(text)
    if said is None:
        return words
    least, most, rest = said
    if least and most and len(_SIZE.findall(text)) == 1:
        return words  # a name says it, and another word a limit: over the rainbow 7b
    at = words[0].position
    # What joined the size to the next word says nothing without it.
    kept = [Word(text, position=at) for one in rest.split() if (text := one.removeprefix("の"))]
    return [*kept, Range("params", least, None if most is None else most + 1, at)]
