"""What a rule for wishes is: how something is said, and what is asked for by that."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

Read = Callable[[re.Match[str]], dict[str, object] | None]
"""Returns the fields of a wish; None where what was found asks for nothing after all."""
Wish = Read | dict[str, object]
Rules = tuple[tuple[str, Wish], ...]
"""(pattern, wish), tried in this order: what one takes is gone for the next. Questions may be long, so every repetition
in a pattern is bounded."""


class Rule(NamedTuple):
    """A rule that can be asked."""

    pattern: re.Pattern[str]
    wish: Read


def compiled(pattern: str, wish: Wish) -> Rule:
    """Return a rule, whose pattern heeds no case."""
    found = wish if callable(wish) else lambda _: dict(wish)
    return Rule(re.compile(pattern, re.IGNORECASE), found)


def any_of(*patterns: str) -> str:
    """Return the pattern of whatever one of these finds."""
    return "|".join(patterns)
