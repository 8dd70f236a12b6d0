"""Finds the family of base models in a catalogue, through chains of copies of copies; cycles are safe."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from zukan.families import classify
from zukan.schema import Family, FamilyTag

_MAX_DEPTH = 64
_REMEMBERED = 100_000
"""Most models derive from a few thousand well-known ones."""


def shared(tags: Iterable[FamilyTag | None]) -> FamilyTag | None:
    """Return the first tag that names a family, None where none does or two name different ones.

    A merge of models of two families proves nothing.
    """
    known = [tag for tag in tags if tag is not None and tag.family is not Family.UNDETERMINED]
    return known[0] if len({tag.family for tag in known}) == 1 else None


class StoredLineage:
    """Answers where `zukan.families.classify` asks for the family of base models, from stored tags."""

    def __init__(self, find_tag: Callable[[str], FamilyTag | None]) -> None:
        """Take the function that returns the stored tag of a model by its id or a former id."""
        self._find_tag = find_tag
        self._known: dict[str, FamilyTag | None] = {}

    def __call__(self, names: Sequence[str]) -> FamilyTag | None:
        """Return the tag that the known ones among these share, see `shared`."""
        return shared(self._tag(name) for name in names)

    def _tag(self, name: str) -> FamilyTag | None:
        if name not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[name] = self._find_tag(name)
        return self._known[name]


class CatalogueLineage:
    """Answers `zukan.families.classify` where it asks for the family of base models, from the rows of a catalogue.

    A base is tagged anew by its own evidence, and that of its own bases, so that the order in which a catalogue
    came about does not matter.
    """

    def __init__(self, find_row: Callable[[str], Mapping[str, Any] | None]) -> None:
        """Name the catalogue.

        Args:
            find_row: Returns the raw row of the model with this id or former id, None where there is none.

        """
        self._find_row = find_row
        self._known: dict[str, FamilyTag | None] = {}
        self._open: list[str] = []
        self._cut = False
        self._seen: dict[str, FamilyTag | None] = {}
        """What this call has found inside a cycle or beyond the depth: good enough for it, and for no other."""

    def __call__(self, names: Sequence[str]) -> FamilyTag | None:
        """Return the tag that the known ones among these share, see `shared`."""
        return shared(self._tag(name) for name in names)

    def _tag(self, name: str) -> FamilyTag | None:
        key = name.lower()
        for found in (self._known, self._seen):
            if key in found:
                return found[key]
        if key in self._open or len(self._open) >= _MAX_DEPTH:
            self._cut = True
            return None
        row = self._find_row(name)
        self._open.append(key)
        try:
            tag = classify(row, self) if row is not None else None
        finally:
            self._open.pop()
        if self._cut:
            # What is found inside a cycle depends on where it was entered.
            self._seen[key] = tag
        else:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[key] = tag
        if not self._open:
            self._cut = False
            self._seen.clear()
        return tag
