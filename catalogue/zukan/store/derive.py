"""Reads rows to be tagged and stores their tags."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from zukan.schema import FamilyTag, InferredTask
from zukan.store.entry import compact, inferred_columns
from zukan.store.read import tag_from_row
from zukan.store.write import CatalogueWriter


@dataclass(frozen=True, slots=True)
class Tagged:
    """A model with its stored tag."""

    id: int
    model_id: str
    row_json: str
    tag: FamilyTag
    inferred: tuple[str | None, str | None]
    """(inferred_task, inferred_from)."""


def row_of(writer: CatalogueWriter, name: str) -> dict[str, Any] | None:
    """Return the raw row of a model by its present or a former name."""
    for condition in ("m.model_id = ?", "m.id = (SELECT model FROM alias WHERE name = ?)"):
        found = writer.connection.execute(
            f"SELECT d.row FROM detail d JOIN model m USING (id) WHERE {condition}", (name,)
        ).fetchone()
        if found:
            row = json.loads(found[0])
            return row if isinstance(row, dict) else None
    return None


def tag_of(writer: CatalogueWriter, name: str) -> FamilyTag | None:
    """Return the stored tag of a model by its present or a former name."""
    cursor = writer.connection.cursor()
    cursor.row_factory = sqlite3.Row
    row = cursor.execute(
        "SELECT family, certainty, guess, reason, rule, evidence FROM model WHERE id = coalesce("
        "(SELECT id FROM model WHERE model_id = ?1), (SELECT model FROM alias WHERE name = ?1))",
        (name,),
    ).fetchone()
    return tag_from_row(row) if row else None


def same_tag(stored: FamilyTag, tag: FamilyTag) -> bool:
    """Return whether a tag is what is stored, evidence compared as the JSON that it is stored as."""
    plain = (stored.family, stored.certainty, stored.rule, stored.reason, stored.guess)
    if plain != (tag.family, tag.certainty, tag.rule, tag.reason, tag.guess):
        return False
    return compact(tag.evidence) == compact(stored.evidence)


def save_tag(writer: CatalogueWriter, id_: int, tag: FamilyTag, inferred: InferredTask | None) -> None:
    """Replace the family tag and the inferred task of one model."""
    writer.connection.execute(
        "UPDATE model SET family = ?, certainty = ?, guess = ?, reason = ?, rule = ?, evidence = ?, "
        "inferred_task = ?, inferred_from = ? WHERE id = ?",
        (
            str(tag.family), str(tag.certainty), tag.guess and str(tag.guess), tag.reason, tag.rule,
            compact(tag.evidence), *inferred_columns(inferred), id_,
        ),
    )  # fmt: skip


def tagged_models(writer: CatalogueWriter, after: int, most: int) -> list[Tagged]:
    """Return the next models by their row id, with what is stored of their family and task."""
    cursor = writer.connection.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(
        "SELECT m.id, m.model_id, d.row, m.family, m.certainty, m.guess, m.reason, m.rule, m.evidence, "
        "m.inferred_task, m.inferred_from FROM model m JOIN detail d USING (id) WHERE m.id > ? ORDER BY m.id LIMIT ?",
        (after, most),
    ).fetchall()
    return [
        Tagged(row["id"], row["model_id"], row["row"], tag_from_row(row), (row["inferred_task"], row["inferred_from"]))
        for row in rows
    ]
