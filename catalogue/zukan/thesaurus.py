"""Tells how names of models say what a question says in other words, by data/thesaurus.toml: a helmet is a hard hat."""

from __future__ import annotations

import zlib
from bisect import bisect_left
from functools import cache

from zukan.phrases import is_japanese, words
from zukan.resources import data_path

LONGEST = 6
"""So many words a phrase has at most."""
_GZIP = 31
"""What zlib calls that format; the module of that name loads more than it needs."""
_JAPANESE_WEIGHT = 2
"""A Japanese letter says as much as so many Latin ones."""


@cache
def _blocks() -> tuple[list[str], ...]:
    """Return the blocks of data/thesaurus.txt.gz, see data/make_thesaurus.py."""
    text = zlib.decompress(data_path("thesaurus.txt.gz").read_bytes(), wbits=_GZIP).decode()
    return tuple(block.split("\n") for block in text.rstrip("\n").split("\n\n"))


def said_in_names(text: str, task_id: str) -> tuple[str, ...]:
    """Return what names of models for a task say for the phrases of a text, the longest phrase first.

    Args:
        text: Normalised, see `zukan.phrases.normalise`.
        task_id: For which task.

    Returns:
        Words of names, several with | between them, for each subject.

    """
    subjects, english, english_numbers, japanese, japanese_numbers = _blocks()
    found: dict[str, int] = {}

    def add(numbers: str, length: int) -> None:
        for number in numbers.split(" "):
            found[number] = max(found.get(number, 0), length)

    stems = [word.stem for word in words(text)]
    for start in range(len(stems)):
        for end in range(start + 1, min(start + LONGEST, len(stems)) + 1):
            phrase = " ".join(stems[start:end])
            place = bisect_left(english, phrase)
            if place < len(english) and english[place] == phrase:
                add(english_numbers[place], len(phrase))
    if is_japanese(text):
        for place, phrase in enumerate(japanese):
            if phrase in text:
                add(japanese_numbers[place], _JAPANESE_WEIGHT * len(phrase))
    said = ((subjects[int(number)].partition("\t"), length) for number, length in found.items())
    of_task = [(names, length) for (tasks, _, names), length in said if task_id in tasks.split(" ")]
    return tuple(dict.fromkeys(names for names, _ in sorted(of_task, key=lambda one: -one[1])))
