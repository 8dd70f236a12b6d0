"""The queue of models whose family may follow from a base that has come or changed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from zukan.schema import FamilyTag
from zukan.store.read import tag_from_row
from zukan.store.write import CatalogueWriter


@dataclass(frozen=True, slots=True)
class Due:
    """A model to be looked at again."""

    id: int
    model_id: str
    row_json: str
    tag: FamilyTag


def add_children(writer: CatalogueWriter, names: Sequence[str]) -> None:
    """Queue the models that name one of these as their base and have no certain family of their own."""
    writer.connection.execute(
        "INSERT OR IGNORE INTO due (model) SELECT b.model FROM base_link b JOIN model m ON m.id = b.model "
        "WHERE b.base IN (SELECT value FROM json_each(?)) AND m.certainty <> 'certain'",
        (json.dumps(list(names)),),
    )


def add(writer: CatalogueWriter, ids: Sequence[int]) -> None:
    """Queue models by their row ids."""
    writer.connection.executemany("INSERT OR IGNORE INTO due (model) VALUES (?)", ((id_,) for id_ in ids))


def take(writer: CatalogueWriter, most: int) -> list[Due]:
    """Return the next models of the queue and take them from it; call inside a transaction."""
    cursor = writer.connection.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(
        "SELECT u.model AS id, m.model_id, d.row, m.family, m.certainty, m.guess, m.reason, m.rule, m.evidence "
        "FROM (SELECT model FROM due ORDER BY model LIMIT ?) u "
        "LEFT JOIN model m ON m.id = u.model LEFT JOIN detail d ON d.id = u.model",
        (most,),
    ).fetchall()
    writer.connection.executemany("DELETE FROM due WHERE model = ?", ((row["id"],) for row in rows))
    return [Due(row["id"], row["model_id"], row["row"], tag_from_row(row)) for row in rows if row["row"] is not None]


def waiting(writer: CatalogueWriter) -> int:
    """Return how many models are queued."""
    return int(writer.connection.execute("SELECT count(*) FROM due").fetchone()[0])
