"""Turns the wide rows of catalogues up to schema 3 into the narrow ones of today, without asking the Hub."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from zukan.schema import InferredTask, ModelRecord
from zukan.store.columns import COLUMNS
from zukan.store.detail_writer import DetailWriter
from zukan.store.entry import INSERT, Entry, numbered, values_of
from zukan.store.index import ModelIndex
from zukan.store.rows import tag_from_row
from zukan.store.words import VerdictNumbers, WordNumbers

_BATCH = 2_000
_ROW_HASH, _ABSENT_RUN = COLUMNS.index("row_hash"), COLUMNS.index("absent_run")


def convert(connection: sqlite3.Connection) -> None:
    """Fill the tables `model` and `detail` from `old_model` and `old_detail`, and index all; inside a transaction."""
    words, verdicts, details = WordNumbers(connection), VerdictNumbers(connection), DetailWriter(connection)
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    last = 0
    while rows := cursor.execute(
        "SELECT m.*, d.row AS detail_row FROM old_model m LEFT JOIN old_detail d USING (id) WHERE m.id > ? "
        "ORDER BY m.id LIMIT ?",
        (last, _BATCH),
    ).fetchall():
        last = rows[-1]["id"]
        values, entries = [], []
        for row in rows:
            entry = _entry(row)
            new = [None, *numbered(values_of(entry, row["crawled_at"]), words, verdicts)]
            new[_ROW_HASH], new[_ABSENT_RUN] = row["row_hash"], row["absent_run"]
            values.append((row["id"], *new))
            entries.append((row["id"], entry))
        connection.executemany(INSERT, values)
        details.insert(entries)
    index = ModelIndex(connection)
    index.rebuild()


def _entry(row: sqlite3.Row) -> Entry:
    config, gated = json.loads(row["config"]), row["gated"]
    raw: dict[str, Any] = json.loads(row["detail_row"]) if row["detail_row"] else {"id": row["model_id"]}
    record = ModelRecord(
        model_id=row["model_id"],
        hub_id=row["hub_id"],
        sha=row["sha"],
        author=row["author"],
        pipeline_tag=row["pipeline_tag"],
        library_name=row["library_name"],
        model_type=row["model_type"],
        num_parameters=row["num_parameters"],
        parameters_source=row["parameters_source"],
        weight_bytes=row["weight_bytes"],
        license=row["license"],
        languages=tuple(json.loads(row["languages"])),
        tags=tuple(json.loads(row["tags"])),
        downloads=row["downloads"],
        likes=row["likes"],
        trending_score=row["trending_score"],
        gated={"true": True, "false": False}.get(gated, gated),
        disabled=bool(row["disabled"]),
        removed=bool(row["removed"]),
        created_at=row["created_at"],
        last_modified=row["last_modified"],
        base_models=tuple(json.loads(row["base_models"])),
        base_relation=row["base_relation"],
        context_length=row["context_length"],
        mask_token=row["mask_token"],
        used_storage=row["used_storage"],
        config=config,
        as_of=row["as_of"],
        sources=tuple(json.loads(row["sources"])),
    )
    tag = tag_from_row(row)
    return Entry(record, tag, raw, None, row["exclusion"], _inferred(row["inferred_task"], row["inferred_from"]))


def _inferred(task: str | None, source: str | None) -> InferredTask | None:
    if task is None:
        return None
    path, _, value = (source or "").partition(" = ")
    return InferredTask(task, path, value)
