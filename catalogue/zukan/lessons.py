"""The article's lesson: what the three families are and are good for, with real examples and counts."""

from __future__ import annotations

import tomllib

from zukan.outcomes import FamilyLesson
from zukan.resources import data_path
from zukan.schema import Family
from zukan.store.read import CatalogueReader


def family_lessons(reader: CatalogueReader) -> tuple[FamilyLesson, ...]:
    """Return one lesson per family, with the catalogue's own count and those examples that it holds."""
    with data_path("lessons.toml").open("rb") as file:
        lessons = tomllib.load(file)["lesson"]
    counts = reader.count_by("family")
    return tuple(
        FamilyLesson(
            family=Family(lesson["family"]),
            title=lesson["title"],
            idea=lesson["idea"],
            good_at=lesson["good_at"],
            less_good_at=lesson["less_good_at"],
            drawing=lesson["drawing"].strip("\n"),
            count=counts.get(lesson["family"], 0),
            examples=tuple(
                found.record.model_id for name in lesson["examples"] if (found := reader.get(name)) is not None
            ),
        )
        for lesson in lessons
    )
