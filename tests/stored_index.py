"""What the full-text indexes of a catalogue hold, read back from the index itself, and the same index made anew."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from zukan.store.write import CatalogueWriter

Terms = dict[str, dict[str, frozenset[str]]]
"""By index: by model id: the terms that find it."""

INDEXES = ("model_text", "model_name")


def terms_of(connection: sqlite3.Connection) -> Terms:
    """Return by which terms each model is found; what the index holds of no model stands under its place."""
    names = dict(connection.execute("SELECT place, model_id FROM model").fetchall())
    found: Terms = {}
    for table in INDEXES:
        connection.execute(f"CREATE VIRTUAL TABLE temp.{table}_terms USING fts5vocab('main', '{table}', 'instance')")
        by_place: dict[int, set[str]] = {place: set() for place in names}
        for term, place in connection.execute(f"SELECT term, doc FROM temp.{table}_terms"):  # noqa: S608
            by_place.setdefault(place, set()).add(term)
        connection.execute(f"DROP TABLE temp.{table}_terms")
        found[table] = {
            names.get(place, f"no model at place {place}"): frozenset(terms) for place, terms in by_place.items()
        }
    return found


def terms_made_anew(connection: sqlite3.Connection, copy: Path) -> Terms:
    """Return the same of a copy of the catalogue whose indexes are made from scratch."""
    for suffix in ("", "-wal", "-shm"):
        copy.with_name(copy.name + suffix).unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as target:
        target.execute("PRAGMA synchronous = OFF")
        connection.backup(target)
    with CatalogueWriter(copy) as writer:
        writer.connection.execute("PRAGMA synchronous = OFF")
        with writer.transaction():
            writer.index.rebuild()
        return terms_of(writer.connection)


def assert_index_is_true(connection: sqlite3.Connection, copy: Path) -> None:
    """Assert that the indexes say of every model what indexes made from scratch say, and are whole."""
    found, wanted = terms_of(connection), terms_made_anew(connection, copy)
    for table in INDEXES:
        wrong = {
            name: (sorted(terms - found[table].get(name, frozenset())), sorted(found[table].get(name, terms) - terms))
            for name, terms in wanted[table].items()
            if found[table].get(name) != terms
        }
        assert not wrong, f"{table}: model → (terms that lack, terms too many): {wrong}"
        extra = {name: sorted(terms) for name, terms in found[table].items() if name not in wanted[table] and terms}
        assert not extra, f"{table}: {extra}"
