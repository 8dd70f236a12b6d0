"""Finds the stored models that rows belong to: by the Hub's `_id`, else by name, else by a former name."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence

from zukan.raw_rows import fold
from zukan.store.columns import short_id
from zukan.store.entry import STORED, Stored

Names = tuple[str | None, str | None]
"""(`_id`, name) of a row."""


def find_many(connection: sqlite3.Connection, names: Sequence[Names]) -> list[Stored | None]:
    """Return the stored models that rows belong to.

    A model that a crawl has already seen under another `_id` is a different repository, so a former name
    joins only models known from the snapshot alone. A present name is returned whatever its `_id`: the
    caller must look at it.

    Args:
        connection: Any to the catalogue.
        names: (`_id`, name) of each row.

    """
    found: list[Stored | None] = [None] * len(names)
    by_id = _by_id(connection, {hub_id for hub_id, _ in names if hub_id})
    by_name: dict[str, Stored] = {}
    by_alias: dict[str, Stored] = {}
    if rest := {name for hub_id, name in names if name and hub_id not in by_id}:
        by_name = _by(connection, "WHERE m.model_id IN (SELECT value FROM json_each(?))", "m.model_id", rest)
    if rest := {name for name in rest if fold(name) not in by_name}:
        by_alias = _by(
            connection,
            "JOIN alias a ON m.id = a.model WHERE a.name IN (SELECT value FROM json_each(?))",
            "a.name",
            rest,
        )
    for place, (hub_id, name) in enumerate(names):
        stored = by_id.get(hub_id) if hub_id else None
        key = fold(name) if name else ""
        if stored is None and name:
            stored = by_name.get(key)
        if stored is None and (former := by_alias.get(key)) and (hub_id is None or former.hub_id is None):
            stored = former
        found[place] = stored
    return found


def fingerprints(connection: sqlite3.Connection, hub_ids: Collection[str]) -> dict[str, tuple[int, str, int]]:
    """Return `_id` → (row id, name, fingerprint) of those models with an `_id` that have one and are not absent."""
    stored = {short_id(hub_id): hub_id for hub_id in hub_ids}
    rows = connection.execute(
        f"SELECT hub_id, id, model_id, row_hash FROM model WHERE hub_id IN ({', '.join('?' * len(stored))}) "
        "AND row_hash IS NOT NULL AND absent_run IS NULL",
        list(stored),
    )
    return {stored[row[0]]: row[1:] for row in rows}


def has_alias(connection: sqlite3.Connection, names: Sequence[str]) -> bool:
    """Return whether one of these is a model's former name."""
    if connection.execute("SELECT 1 FROM alias LIMIT 1").fetchone() is None:
        return False
    found = connection.execute(
        "SELECT EXISTS (SELECT 1 FROM alias WHERE name IN (SELECT value FROM json_each(?)))", (json.dumps(list(names)),)
    )
    return bool(found.fetchone()[0])


def _by_id(connection: sqlite3.Connection, hub_ids: set[str]) -> dict[str, Stored]:
    if not hub_ids:
        return {}
    places = ", ".join("?" * len(hub_ids))
    rows = connection.execute(
        f"SELECT {STORED} FROM model m JOIN verdict v ON v.id = m.verdict WHERE m.hub_id IN ({places})",
        [short_id(hub_id) for hub_id in hub_ids],
    )
    return {row[1]: Stored._make(row) for row in rows}


def _by(connection: sqlite3.Connection, condition: str, key: str, values: set[str]) -> dict[str, Stored]:
    if not values:
        return {}
    rows = connection.execute(
        f"SELECT {key}, {STORED} FROM model m JOIN verdict v ON v.id = m.verdict {condition}",
        (json.dumps(sorted(values)),),
    )
    return {fold(row[0]): Stored._make(row[1:]) for row in rows}
