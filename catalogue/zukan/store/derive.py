"""Reads rows to be tagged and stores their tags."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zukan.schema import FamilyTag, InferredTask, ModelRecord
from zukan.store.columns import DISABLED, HUB_ID, REMOVED, word
from zukan.store.details import DetailReader
from zukan.store.entry import DISPLACED, STORED, Stored, compact, inferred_columns, verdict_of
from zukan.store.naming import named, own_name
from zukan.store.rows import Decoder
from zukan.store.write import CatalogueWriter

_OWNER = "SELECT coalesce((SELECT id FROM model WHERE model_id = ?1), (SELECT model FROM alias WHERE name = ?1))"


StoredTag = tuple[int, tuple[str | None, ...], str | None, str | None]
"""(row id, see `verdict_of`, inferred_task, inferred_from)."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A model with its stored tag."""

    id: int
    model_id: str
    row: dict[str, Any]
    tag: FamilyTag
    inferred: tuple[str | None, str | None]
    """(inferred_task, inferred_from)."""
    record: ModelRecord


def row_of(connection: sqlite3.Connection, name: str, reader: DetailReader | None = None) -> dict[str, Any] | None:
    """Return the raw row of a model by its present or a former name; a reader that is kept has texts in memory."""
    # Most names that are asked for belong to nobody here.
    found = connection.execute(_OWNER, (name,)).fetchone()[0]
    rows = [] if found is None else (reader or DetailReader(connection)).rows("m.id = ?", (found,))
    return rows[0][2] if rows else None


def tag_of(writer: CatalogueWriter, name: str) -> FamilyTag | None:
    """Return the stored tag of a model by its present or a former name."""
    row = writer.connection.execute(
        f"SELECT verdict, model_id, {HUB_ID} FROM model m WHERE id = ({_OWNER})",
        (name,),
    ).fetchone()
    return named(Decoder(writer.connection).verdicts({row[0]})[row[0]], own_name(*row[1:])) if row else None


def same_tag(stored: FamilyTag, tag: FamilyTag) -> bool:
    """Return whether a tag is what is stored, evidence compared as the JSON that it is stored as."""
    plain = (stored.family, stored.certainty, stored.rule, stored.reason, stored.guess)
    if plain != (tag.family, tag.certainty, tag.rule, tag.reason, tag.guess):
        return False
    return compact(tag.evidence) == compact(stored.evidence)


def save_tag(writer: CatalogueWriter, id_: int, tag: FamilyTag, inferred: InferredTask | None) -> None:
    """Replace the family tag and the inferred task of one model."""
    row = writer.connection.execute(f"SELECT model_id, {HUB_ID} FROM model m WHERE id = ?", (id_,)).fetchone()
    save_tags(writer, [(id_, verdict_of(tag, own_name(*row)), *inferred_columns(inferred))])


def save_tags(writer: CatalogueWriter, tags: Sequence[StoredTag]) -> None:
    """Replace the family tags and the inferred tasks of models; call inside a transaction."""
    writer.index.touch([tag[0] for tag in tags])
    word = writer.words.number
    writer.connection.executemany(
        "UPDATE model SET verdict = ?, inferred_task = ?, inferred_from = ? WHERE id = ?",
        [(writer.verdicts.number(verdict), word(task), word(source), id_) for id_, verdict, task, source in tags],
    )


def tagged_models(writer: CatalogueWriter, after: int, most: int) -> list[Tagged]:
    """Return the next models by their row id, with what is stored of their family and task."""
    ids = writer.connection.execute("SELECT id FROM model WHERE id > ? ORDER BY id LIMIT ?", (after, most))
    return tagged(writer.connection, [row[0] for row in ids])


def tagged(connection: sqlite3.Connection, ids: Sequence[int], reader: DetailReader | None = None) -> list[Tagged]:
    """Return models by their row ids, with what is stored of their family and task; in order of the ids."""
    if not ids:
        return []
    reader = reader or DetailReader(connection)
    return [
        Tagged(id_, hit.record.model_id, row, hit.tag, (hit.record.inferred_task, hit.record.inferred_from), hit.record)
        for id_, hit, row in reader.hits(f"m.id IN ({','.join(map(str, ids))}) ORDER BY m.id", ())
    ]


def recommendable(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, tuple[Stored, str | None]]:
    """Return what is stored of models and why each is never recommended, by row id.

    Those that are gone, or whose name another repository has, are not among them: that follows from no rule.
    """
    exclusion = word("exclusion")
    rows = connection.execute(
        f"SELECT {exclusion}, {STORED} FROM model m JOIN verdict v ON v.id = m.verdict "
        f"WHERE m.id IN ({','.join(map(str, ids))}) AND m.state & ? = 0 AND {exclusion} IS NOT ?",
        (DISABLED | REMOVED, DISPLACED),
    )
    return {row[1]: (Stored._make(row[1:]), row[0]) for row in rows}
