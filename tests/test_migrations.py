"""Older catalogues are brought up to date without losing anything."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from sqlite_utils.db import Database

from zukan.query import make_query
from zukan.search import search
from zukan.store.connection import APPLICATION_ID, SCHEMA_VERSION, schema_version
from zukan.store.migrations import migrations
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

MODEL: dict[str, Any] = {
    "id": 7, "hub_id": "6" * 24, "model_id": "acme/old", "family": "encoder-only", "certainty": "certain", "reason": "r",
    "rule": "class", "evidence": "{}", "languages": "[]", "popularity": 1.0, "disabled": 0, "removed": 0,
    "base_models": "[]", "tags": '["bert"]', "config": "{}", "sources": '["hub"]', "downloads": 5, "as_of": "2026-01-01",
    "crawled_at": "2026-01-01T00:00:00+00:00",
}  # fmt: skip


def test_a_catalogue_of_schema_2_keeps_models_search_trials_and_crawls(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    database = Database(str(path))
    migrations.apply(database, stop_before="m003_whole_hub")
    connection = database.conn
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 2")
    database.table("model").insert(MODEL)
    connection.execute("INSERT INTO detail VALUES (7, ?)", (json.dumps({"_id": "6" * 24, "id": "acme/old"}),))
    connection.execute(
        "INSERT INTO model_text (rowid, name, tags, task, languages) VALUES (7, 'acme/old', 'bert', '', '')"
    )
    connection.execute("INSERT INTO crawl_run (scope, started_at, cursor, rows) VALUES ('{}', '2026-01-01', 'x', 1)")
    connection.execute("INSERT INTO refused_row (crawl_run, row, error) VALUES (1, 'null', 'not an object')")
    connection.commit()
    database.close()

    with CatalogueWriter(path) as writer:
        assert writer.find("6" * 24, "acme/old") is not None
    assert schema_version(path) == SCHEMA_VERSION
    with CatalogueReader(path) as reader:
        assert [hit.record.model_id for hit in search(reader, make_query("bert")).hits] == ["acme/old"]
        assert reader.presence("acme/old") == (True, None)
        assert reader.history("acme/old") == [("2026-01-01", 5, None)]
        assert [(run["kind"], run["rows"]) for run in reader.crawls()] == [("subset", 1)]
    fresh = tmp_path / "fresh.sqlite"
    with CatalogueWriter(fresh, create=True):
        pass
    schemas = []
    for each in (path, fresh):
        connection = sqlite3.connect(each)
        schemas.append(
            sorted(row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        )
        connection.close()
    assert schemas[0] == schemas[1]
