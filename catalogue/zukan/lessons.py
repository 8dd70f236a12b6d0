"""The article's lesson: what the three families are and are good for, with real examples and counts."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from zukan.outcomes import FamilyLesson
from zukan.resources import data_path
from zukan.schema import Family
from zukan.store.read import CatalogueReader


@cache
def _lessons() -> list[dict[str, Any]]:
    with data_path("lessons.toml").open("rb") as file:
        found: list[dict[str, Any]] = tomllib.load(file)["lesson"]
    return found


def family_lessons(reader: CatalogueReader, counts: Mapping[str, int] | None = None) -> tuple[FamilyLesson, ...]:
    """Return one lesson per family, with the catalogue's own count and those examples that it holds.

    Args:
        reader: An open catalogue.
        counts: How many models each family has, where that is known already.

    """
    lessons = _lessons()
    if counts is None:
        counts = reader.count_by("family")
    return tuple(
        FamilyLesson(
            family=Family(lesson["family"]),
            title=lesson["title"],
            idea=lesson["idea"],
            good_at=lesson["good_at"],
            less_good_at=lesson["less_good_at"],
            drawing=lesson["drawing"].strip("\n"),
            drawing_ja=lesson["drawing_ja"].strip("\n"),
            count=counts.get(lesson["family"], 0),
            examples=tuple(
                found.record.model_id for name in lesson["examples"] if (found := reader.get(name)) is not None
            ),
        )
        for lesson in lessons
    )
