"""Mends slips of the keyboard in a question: `fucntion calling`, `forcasting`, `injecton detector`.

Only a word that neither questions nor names of models have is looked at, and only one letter of it: dropped, doubled,
changed, or swapped with the next. It becomes a word of the phrases by which tasks and topics are asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from string import ascii_lowercase

from zukan.likely import knows
from zukan.phrases import words
from zukan.tasks import asked_words

_SHORTEST, _LONGEST, _MOST = 6, 20, 12
"""Letters of a word that may be mended: in a short one each letter counts; and so many words of a question."""
_WORD = re.compile(rf"(?<![\w./:@#-])[A-Za-z][a-z]{{{_SHORTEST - 1},{_LONGEST - 1}}}(?![\w/:@-]|\.\w)")


def mended(question: str, is_named: Callable[[str], bool]) -> str:
    """Return a question without slips.

    Args:
        question: As typed.
        is_named: Whether models have a word in their name, which is then no slip.

    """
    looked_at = 0

    def right(match: re.Match[str]) -> str:
        nonlocal looked_at
        word = match[0]
        lower = word.lower()
        if looked_at >= _MOST or _is_known(lower):
            return word
        looked_at += 1
        found = [one for one in dict.fromkeys(_one_letter_off(lower)) if one in asked_words()]
        # Whether names have it is asked last: it is the only question to the catalogue.
        return found[0] if len(found) == 1 and not is_named(lower) else word

    return _WORD.sub(right, question)


@cache
def _is_known(word: str) -> bool:
    return all(knows(one.stem) for one in words(word)) or word in asked_words()


def _one_letter_off(word: str) -> Iterator[str]:
    """Yield what a word is when one letter is put right; the first is hardly ever wrong."""
    for place in range(1, len(word) + 1):
        head, tail = word[:place], word[place:]
        for letter in ascii_lowercase:
            yield head + letter + tail
            yield head + letter + tail[1:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
