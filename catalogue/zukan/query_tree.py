"""What a search asks for, as a tree: `query_language` builds it, the searcher walks it.

Tell the kinds apart with isinstance: named tuples of different kinds with the same fields are equal to each other
and have the same hash.
"""

from __future__ import annotations

from typing import NamedTuple


class Word(NamedTuple):
    """A word as typed, without its star; the searcher splits it at punctuation."""

    text: str
    prefix: bool = False
    """Typed with a star at its end: longer words count too."""
    position: int = 0
    """Where it stands in the text as typed, in characters; the same in all other kinds."""


class Phrase(NamedTuple):
    """Words that must stand next to each other."""

    text: str
    position: int = 0


class Is(NamedTuple):
    """A field that has one of these values."""

    field: str
    """task, family, language, license, library, author, type, base, tag or gated."""
    values: tuple[str | None, ...]
    """None among them: the field is not stated."""
    position: int = 0


class Range(NamedTuple):
    """A number or date within limits."""

    field: str
    """params, downloads, likes or trending (whole numbers); created or modified (`YYYY-MM-DD`)."""
    low: int | str | None
    """Included; None for no limit."""
    high: int | str | None
    """Not included; None for no limit."""
    position: int = 0


class Missing(NamedTuple):
    """A number or date that is not known."""

    field: str
    position: int = 0


class Has(NamedTuple):
    """Something the catalogue holds for the model."""

    what: str
    """card, evals, safetensors, trial, license, task or size."""
    position: int = 0


class Pair(NamedTuple):
    """A direction of translation; None for any language."""

    source: str | None
    target: str | None
    position: int = 0


class Not(NamedTuple):
    """Everything but this; never of another Not."""

    part: Node


class All(NamedTuple):
    """Two parts or more that must all hold; none of them is an All."""

    parts: tuple[Node, ...]


class Either(NamedTuple):
    """Two parts or more of which one must hold; none of them is an Either."""

    parts: tuple[Node, ...]


Node = Word | Phrase | Is | Range | Missing | Has | Pair | Not | All | Either
