"""Keeps the cards of models: front matter, first paragraph, the commit they are of."""

from __future__ import annotations

import json
from collections.abc import Sequence

from zukan.store.columns import DISABLED, HAS_CARD, HUB_ID, REMOVED, SHA
from zukan.store.write import CatalogueWriter


def wanting(writer: CatalogueWriter, model_ids: Sequence[str], top: int | None) -> list[tuple[str, str | None]]:
    """Return (id, commit) of the models whose card is not stored for their present commit.

    Args:
        writer: The open catalogue.
        model_ids: These models; empty = the most popular.
        top: How many of the most popular.

    """
    # Those without a place are not in the index of places, and not known to be popular.
    chosen = "m.model_id IN (SELECT value FROM json_each(?1))" if model_ids else "m.place IS NOT NULL"
    rows = writer.connection.execute(
        f"SELECT m.model_id, {SHA} AS commit_id FROM model m LEFT JOIN card c ON c.model = m.id "
        f"WHERE {chosen} AND m.state & {DISABLED | REMOVED} = 0 "
        "AND m.model_id NOT LIKE '/%' AND m.model_id NOT LIKE '%@%' "
        "AND (c.model IS NULL OR c.sha IS NOT commit_id) ORDER BY m.place LIMIT ?2",
        (json.dumps(list(model_ids)), -1 if top is None else top),
    )
    return [(row[0], row[1]) for row in rows]


def identity(writer: CatalogueWriter, model_id: str) -> str:
    """Return `_id` and `id` of a model as JSON, `_id` only where it is known."""
    hub_id = writer.connection.execute(f"SELECT {HUB_ID} FROM model m WHERE model_id = ?", (model_id,)).fetchone()
    known = {"_id": hub_id[0]} if hub_id and hub_id[0] else {}
    return json.dumps({**known, "id": model_id})


def save(
    writer: CatalogueWriter,
    model_id: str,
    front_matter: str | None,
    paragraph: str,
    problem: str | None,
    sha: str | None,
    fetched_at: str,
) -> bool:
    """Store a card; return whether there was none before. Call inside a transaction."""
    row = writer.connection.execute("SELECT id FROM model WHERE model_id = ?", (model_id,)).fetchone()
    if row is None:
        return False
    writer.index.touch([row[0]])
    found = writer.connection.execute("SELECT 1 FROM card WHERE model = ?", row).fetchone()
    writer.connection.execute(
        "INSERT OR REPLACE INTO card (model, front_matter, paragraph, problem, sha, fetched_at) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        (row[0], front_matter, paragraph, problem, sha, fetched_at),
    )
    if front_matter:
        writer.connection.execute("UPDATE model SET state = state | ? WHERE id = ?", (HAS_CARD, row[0]))
    return found is None
