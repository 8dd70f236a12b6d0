"""Reads rows to be tagged and stores their tags."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zukan.schema import FamilyTag, InferredTask
from zukan.store.details import DetailReader
from zukan.store.entry import compact, inferred_columns, verdict_of
from zukan.store.rows import Decoder
from zukan.store.write import CatalogueWriter


@dataclass(frozen=True, slots=True)
class Tagged:
    """A model with its stored tag."""

    id: int
    model_id: str
    row: dict[str, Any]
    tag: FamilyTag
    inferred: tuple[str | None, str | None]
    """(inferred_task, inferred_from)."""


def row_of(writer: CatalogueWriter, name: str) -> dict[str, Any] | None:
    """Return the raw row of a model by its present or a former name."""
    reader = DetailReader(writer.connection)
    for condition in ("m.model_id = ?", "m.id = (SELECT model FROM alias WHERE name = ?)"):
        if found := reader.rows(condition, (name,)):
            return found[0][2]
    return None


def tag_of(writer: CatalogueWriter, name: str) -> FamilyTag | None:
    """Return the stored tag of a model by its present or a former name."""
    row = writer.connection.execute(
        "SELECT verdict FROM model WHERE id = coalesce("
        "(SELECT id FROM model WHERE model_id = ?1), (SELECT model FROM alias WHERE name = ?1))",
        (name,),
    ).fetchone()
    return Decoder(writer.connection).verdicts({row[0]})[row[0]] if row else None


def same_tag(stored: FamilyTag, tag: FamilyTag) -> bool:
    """Return whether a tag is what is stored, evidence compared as the JSON that it is stored as."""
    plain = (stored.family, stored.certainty, stored.rule, stored.reason, stored.guess)
    if plain != (tag.family, tag.certainty, tag.rule, tag.reason, tag.guess):
        return False
    return compact(tag.evidence) == compact(stored.evidence)


def save_tag(writer: CatalogueWriter, id_: int, tag: FamilyTag, inferred: InferredTask | None) -> None:
    """Replace the family tag and the inferred task of one model."""
    writer.index.touch([id_])
    task, source = inferred_columns(inferred)
    writer.connection.execute(
        "UPDATE model SET verdict = ?, inferred_task = ?, inferred_from = ? WHERE id = ?",
        (writer.verdicts.number(verdict_of(tag)), writer.words.number(task), writer.words.number(source), id_),
    )


def tagged_models(writer: CatalogueWriter, after: int, most: int) -> list[Tagged]:
    """Return the next models by their row id, with what is stored of their family and task."""
    ids = writer.connection.execute("SELECT id FROM model WHERE id > ? ORDER BY id LIMIT ?", (after, most))
    return tagged(writer, [row[0] for row in ids])


def tagged(writer: CatalogueWriter, ids: Sequence[int]) -> list[Tagged]:
    """Return models by their row ids, with what is stored of their family and task; in order of the ids."""
    if not ids:
        return []
    wanted = ",".join(map(str, ids))
    rows = DetailReader(writer.connection).rows(f"m.id IN ({wanted}) ORDER BY m.id", ())
    tags = _tags(writer.connection, wanted)
    return [
        Tagged(id_, record.model_id, row, tags[id_], (record.inferred_task, record.inferred_from))
        for id_, record, row in rows
    ]


def _tags(connection: sqlite3.Connection, ids: str) -> dict[int, FamilyTag]:
    numbers = dict(connection.execute(f"SELECT id, verdict FROM model WHERE id IN ({ids})").fetchall())
    verdicts = Decoder(connection).verdicts(set(numbers.values()))
    return {id_: verdicts[number] for id_, number in numbers.items()}
