"""Tells what is known of an author's most popular models, those that say the same as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from zukan.store.expressions import token
from zukan.store.matches import Matches
from zukan.store.memory import KIN, MOST
from zukan.store.tokens import AUTHOR, once
from zukan.store.vocabulary import Vocabulary
from zukan.store.words import Texts

T = TypeVar("T")
_LOOKED_AT = 100
"""So many models of an author are looked at."""


class Kin(NamedTuple):
    """What some models of one author have in common."""

    license: str | None
    gated: str | None
    """None where it is not known."""
    number: int


class TypedKin(NamedTuple):
    """What else some models of one author have in common."""

    gated: str | None
    exclusion: str | None
    model_type: str | None
    said: bool
    """Whether anything is known of them beside their name and figures: they have tags."""
    number: int


class Authors:
    """The authors of one open catalogue."""

    def __init__(self, matches: Matches, vocabulary: Vocabulary, texts: Texts) -> None:
        """Take what asks the index, and the words and texts of the catalogue."""
        self._matches = matches
        self._vocabulary = vocabulary
        self._texts = texts

    def kin(self, author: str) -> Sequence[Kin]:
        """Return licence and access of an author's models."""

        def read(chosen: str) -> list[Kin]:
            source = f"model {self._matches.index_of('m.license m.gated')}"
            rows, text = self._grouped(source, ("license", "gated"), chosen)
            return [Kin(text(license_), text(gated), number) for license_, gated, number in rows]

        return self._kept(KIN, author, read)

    def typed_kin(self, author: str) -> Sequence[TypedKin]:
        """Return what else is known of the same models; to read it takes three times as long."""

        def read(chosen: str) -> list[TypedKin]:
            rows, text = self._grouped("model", ("gated", "exclusion", "model_type"), chosen, ", tags <> '[]'")
            return [
                TypedKin(text(gated), text(against), text(type_), bool(said), number)
                for gated, against, type_, said, number in rows
            ]

        return self._kept("typed kin", author, read)

    def _grouped(
        self, source: str, shared: Sequence[str], chosen: str, besides: str = ""
    ) -> tuple[list[tuple[Any, ...]], Callable[[int | None], Any]]:
        """Return (what models say, the same once, with how many do; what tells the texts of shared columns)."""
        columns = f"{', '.join(shared)}{besides}"
        rows = self._matches.tuples(
            f"SELECT {columns}, count(*) FROM {source} WHERE place IN ({chosen}) GROUP BY {columns}"
        ).fetchall()
        return rows, self._texts.of({one for row in rows for one in row[: len(shared)] if one is not None}).get

    def _kept(self, kind: str, author: str, read: Callable[[str], list[T]]) -> Sequence[T]:
        """Return what is kept of an author, or what is read now of the places of the most popular models."""

        def found() -> list[T]:
            asked = "SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?"
            places: Iterable[tuple[int]] = self._matches.tuples(
                asked, (token(once(AUTHOR, author)), _LOOKED_AT)
            ).fetchall()
            return read(",".join(str(place) for (place,) in places)) if places else []

        return self._vocabulary.memory.one(kind, author.lower(), found, MOST) if author else []
