"""Older catalogues are brought up to date without losing anything."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils.db import Database

from conftest import child_environment
from stored_index import assert_index_is_true
from zukan.catalogue import Catalogue
from zukan.first_use import ensure_catalogue
from zukan.ingest import take_page
from zukan.query import make_query
from zukan.search import search
from zukan.settle import settle
from zukan.store import conversion
from zukan.store.connection import APPLICATION_ID, SCHEMA_VERSION, schema_version
from zukan.store.detail_writer import DetailWriter
from zukan.store.details import DetailReader
from zukan.store.index import ModelIndex
from zukan.store.migrations import migrations
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

MODEL: dict[str, Any] = {
    "id": 7, "hub_id": "6" * 24, "model_id": "acme/old", "family": "encoder-only", "certainty": "certain", "reason": "r",
    "rule": "class", "evidence": "{}", "languages": "[]", "popularity": 1.0, "disabled": 0, "removed": 0,
    "base_models": "[]", "tags": '["bert"]', "config": "{}", "sources": '["hub"]', "downloads": 5, "as_of": "2026-01-01",
    "crawled_at": "2026-01-01T00:00:00+00:00",
}  # fmt: skip


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def schemas(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return sorted(row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))


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
    assert schemas(path) == schemas(fresh)


# --- schema 3 ---------------------------------------------------------------------------------------------

BERT = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
Model = tuple[dict[str, Any], dict[str, Any] | None]
"""(columns, raw row)."""


def hub_id(number: int) -> str:
    return f"621ffdc0{number:016x}"


def known(number: int, model_id: str, raw: dict[str, Any] | None, **columns: Any) -> Model:
    """Return a model with the columns that most have."""
    plain = {
        **MODEL, "id": number, "hub_id": hub_id(number), "model_id": model_id, "author": model_id.partition("/")[0],
        "sha": f"{number:040x}", "tags": "[]", "downloads": None, "as_of": None, "crawled_at": None, "popularity": 0.0,
    }  # fmt: skip
    return {**plain, **columns}, raw


MODELS: tuple[Model, ...] = (
    # As a crawl stores it.
    known(
        1,
        "acme/bert-base",
        {
            "_id": hub_id(1), "id": "acme/bert-base", "author": "acme", "sha": f"{1:040x}", "pipeline_tag": "fill-mask",
            "library_name": "transformers", "tags": ["transformers", "bert", "日本語", "license:apache-2.0", "ja"],
            "downloads": 12_345, "downloadsAllTime": 99_999, "likes": 67, "trendingScore": 3, "gated": False,
            "disabled": False, "private": False, "createdAt": "2022-03-02T23:29:04.000Z",
            "lastModified": "2024-02-19T11:06:12.123Z", "config": {**BERT, "tokenizer_config": {"chat_template": True}},
            "cardData": {"license": "apache-2.0", "language": ["ja"]}, "mask_token": "[MASK]", "usedStorage": 13_397_387,
            "safetensors": {"parameters": {"F32": 110_106_428}, "total": 110_106_428}, "siblings": [{"rfilename": "a"}],
            "baseModels": None, "spaces": [], "_as_of": "2026-01-05", "_sources": ["snapshot", "hub"],
        },
        pipeline_tag="fill-mask", library_name="transformers", model_type="bert", evidence=compact({"config.architectures": ["BertForMaskedLM"]}),
        tags=compact(["transformers", "bert", "日本語", "license:apache-2.0", "ja"]), languages='["ja"]',
        license="apache-2.0", num_parameters=110_106_428, parameters_source="Hub: safetensors",
        weight_bytes=440_425_712, downloads=12_345, likes=67, popularity=5.9246, trending_score=3.0, gated="false",
        created_at="2022-03-02T23:29:04.000Z", last_modified="2024-02-19T11:06:12.123Z", mask_token="[MASK]",
        used_storage=13_397_387, config=compact({**BERT, "tokenizer_config": {"chat_template": True}}),
        as_of="2026-01-05", sources='["snapshot","hub"]', crawled_at="2026-01-05T11:12:13+00:00", row_hash=-(2**63),
    ),
    # From the shipped snapshot alone, its size estimated, its family that of its base.
    known(
        2, "acme/tuned",
        {"id": "acme/tuned", "cardData": {"base_model": "acme/bert-base"}, "_aliases": ["old-name"], "likes": 0},
        hub_id=None, sha=None, certainty="inferred", rule="base-model", reason="It is made from acme/bert-base – 同じ.",
        num_parameters=110_106_428, parameters_source="estimate: as its base model acme/bert-base", likes=0,
        base_models='["acme/bert-base"]', base_relation="finetune", inferred_task="fill-mask",
        inferred_from="config.architectures = BertForMaskedLM",
    ),
    # A name without an author; nothing stated of it.
    known(3, "gpt2", {"_id": "x1", "id": "gpt2"}, hub_id="x1", author=None, sha=None, family="undetermined", guess="decoder-only"),
    # Gone from the Hub, and not found by a walk.
    known(4, "acme/gone", {"_id": hub_id(4), "id": "acme/gone", "downloads": 8}, removed=1, exclusion="removed from the Hub",
          downloads=8, as_of="2025-12-01", absent_run=1),
    known(5, "acme/absent", {"_id": hub_id(5), "id": "acme/absent", "disabled": True}, disabled=1, absent_run=2, row_hash=5),
    # Another repository has its name.
    known(6, f"acme/bert-large@{hub_id(6)}", {"_id": hub_id(6), "id": "acme/bert-large", "gated": "auto"}, gated="auto",
          exclusion="its name belongs to another repository"),
    known(7, "acme/bert-large", {"_id": hub_id(7), "id": "acme/bert-large", "author": "Acme Inc", "gated": True},
          author="Acme Inc", gated="true", context_length=32_768, crawled_at="2026-01-05T11:12:13Z"),
    # What authors and files can bring.
    known(
        8, "Ünï/モデル",
        {"_id": "F" * 24, "id": "Ünï/モデル", "sha": "A" * 40, "createdAt": "2022-02-30T00:00:00.000Z", "tags": "é",
         "lastModified": "1969-12-31T23:59:59.999Z", "downloads": 2**63 - 1, "likes": -3, "_as_of": "2026-13-01",
         "_clamped": ["downloads"], "author": None, "config": None, "pipeline_tag": 5, "trendingScore": 0, "_extra": [1.5, None]},
        hub_id="F" * 24, sha="A" * 40, created_at="2022-02-30T00:00:00.000Z", last_modified="1969-12-31T23:59:59.999Z",
        tags='["é"]', downloads=2**63 - 1, likes=-3, trending_score=0.0, as_of="2026-13-01", license="CC-BY 四.〇",
        sources='["import"]',
    ),
    known(9, "/home/me/model", {"id": "/home/me/model", "_sources": ["local"]}, hub_id=None, sha=None, author=None,
          sources='["local"]', created_at="2024", last_modified="9999-12-31T23:59:59.999Z"),
    known(10, "acme/no-row", None, family="seq2seq", tags='["a, b","\\u0001","]"]'),
)  # fmt: skip

OTHERS: dict[str, list[dict[str, Any]]] = {
    "alias": [{"name": "old-name", "model": 2}, {"name": "Old/Strange", "model": 7}],
    "base_link": [{"model": 2, "base": "acme/bert-base", "relation": "finetune"}],
    "card": [
        {"model": 1, "front_matter": compact({"license": "apache-2.0", "言語": ["日本語"]}), "paragraph": "Zebras répondent.",
         "problem": None, "sha": f"{1:040x}", "fetched_at": "2026-01-06T00:00:00+00:00"},
        {"model": 3, "front_matter": None, "paragraph": "", "problem": "HTTP 404: no", "sha": None, "fetched_at": "2026"},
    ],
    "counted": [{"model": 1, "day": 20_000, "downloads": 5, "likes": None}, {"model": 4, "day": 3, "downloads": 1, "likes": 2}],
    "trial": [{"model_id": "old/strange", "hub_id": hub_id(7), "sha": None, "task": "fill-mask", "status": "ok",
               "started_at": "2026-01-02T00:00:00", "result": compact({"model_id": "old/strange", "answer": "良い"})}],
    "crawl_run": [
        {"id": 1, "scope": "{}", "started_at": "2026-01-03", "finished_at": "2026-01-04", "kind": "full", "rows": 7,
         "dropped_fields": '["gguf"]', "retries": '{"429":2}', "seconds": 1.5, "absent": 1},
        {"id": 2, "scope": "{}", "started_at": "2026-01-05", "cursor": "next", "last_id": hub_id(5), "kind": "full"},
    ],
    "refused_row": [{"crawl_run": 1, "row": "null", "error": "not an object"}],
    "due": [{"model": 2}],
    "meta": [
        {"name": "typical_sizes", "value": compact([[["bert", "base", "bert "], 110_000_000, "estimate: median of 3"]])},
        {"name": "full_walk_at", "value": "2026-01-04T00:00:00+00:00"}, {"name": "walked_to", "value": hub_id(9)},
        {"name": "tagged_by", "value": "0.2 x"}, {"name": "built_at", "value": "2025-11-01T00:00:00+00:00"},
    ],
}  # fmt: skip


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a catalogue as the release before wrote it."""
    path = tmp_path / "old.sqlite"
    database = Database(str(path))
    migrations.apply(database, stop_before="m004_narrow_rows")
    connection = database.conn
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute("PRAGMA user_version = 3")
    for columns, row in MODELS:
        database.table("model").insert(columns)
        connection.execute(
            "INSERT INTO model_text (rowid, name, tags, task, languages, card) VALUES (?, ?, ?, '', '', '')",
            (columns["id"], columns["model_id"], columns["tags"]),
        )
        if row is not None:
            connection.execute("INSERT INTO detail VALUES (?, ?)", (columns["id"], compact(row)))
    for table, rows in OTHERS.items():
        for row in rows:
            database.table(table).insert(row)
    connection.commit()
    database.close()
    return path


def rows_of(path: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def columns_of(path: Path, view: str) -> list[str]:
    return [row[1] for row in rows_of(path, f"PRAGMA table_info({view})")]


VIEWS = {
    "models": "model_id",
    "history": "model_id, day",
    "cards": "model_id",
    "trials": "id",
    "crawls": "id",
    "refused_rows": "1",
}
KEPT = {"alias": "name", "card": "model", "counted": "model, day", "trial": "id", "crawl_run": "id", "refused_row": "id", "due": "model"}  # fmt: skip


def test_a_catalogue_of_schema_3_loses_nothing(old: Path) -> None:
    columns = {name: ", ".join(columns_of(old, name)) for name in (*VIEWS, *KEPT)}
    asked = {
        name: f"SELECT {columns[name]} FROM {name} ORDER BY {order}"  # noqa: S608
        for name, order in {**VIEWS, **KEPT}.items()
    }
    before = {name: rows_of(old, sql) for name, sql in asked.items()}
    facts = dict(rows_of(old, "SELECT name, value FROM meta"))
    hidden = rows_of(
        old,
        "SELECT id, model_id, rule, exclusion, weight_bytes, mask_token, used_storage, row_hash, absent_run FROM model",
    )
    with CatalogueWriter(old):
        pass
    assert schema_version(old) == SCHEMA_VERSION
    assert rows_of(old, "PRAGMA integrity_check") == [("ok",)]
    for name, sql in asked.items():
        assert before[name], name
        found = rows_of(old, sql)
        wrong = [(one, other) for one, other in zip(before[name], found, strict=True) if repr(one) != repr(other)]
        assert not wrong, f"{name} ({columns[name]})"
    assert rows_of(
        old,
        "SELECT m.id, v.model_id, v.rule, v.excluded, v.weight_bytes, v.mask_token, v.used_storage, m.row_hash, "
        "m.absent_run FROM model m JOIN models v USING (place) ORDER BY m.id",
    ) == sorted(hidden)
    assert dict(rows_of(old, "SELECT name, value FROM meta")).items() >= facts.items()
    assert rows_of(old, "SELECT downloadsAllTime FROM models WHERE model_id = 'acme/bert-base'") == [(99_999,)]


def test_raw_rows_of_schema_3_come_back_as_they_were(old: Path) -> None:
    with CatalogueWriter(old) as writer:
        found = {record.model_id: row for _, record, row in DetailReader(writer.connection).rows("1", ())}
    wanted = {columns["model_id"]: row if row is not None else {"id": "acme/no-row"} for columns, row in MODELS}
    assert found.keys() == wanted.keys()
    for name, row in wanted.items():
        assert json.dumps(found[name], sort_keys=True) == json.dumps(row, sort_keys=True)


def test_models_of_schema_3_are_found_as_if_they_had_just_come(old: Path, tmp_path: Path) -> None:
    ensure_catalogue(old)
    with CatalogueWriter(old) as writer:
        assert_index_is_true(writer.connection, tmp_path / "copy.sqlite")
    catalogue = Catalogue(old)

    def first(words: str) -> str:
        return catalogue.search(words).hits[0].record.model_id

    assert len(catalogue.search("").hits) == len(MODELS)
    assert first("tuned") == "acme/tuned"
    assert first("strange") == "acme/bert-large", "by a former name"
    assert first("日本語") == first("zebras") == first("répondent") == "acme/bert-base", "by tag and card"
    assert first("モデル") == "Ünï/モデル"
    assert first("license:apache-2.0 family:encoder-only") == "acme/bert-base"
    assert first("tunde") == "acme/tuned", "the words are counted, so that a slip is mended"
    assert {hit.record.model_id for hit in catalogue.search("base:acme/bert-base").hits} == {"acme/tuned"}
    with CatalogueReader(old) as reader:
        found = reader.get("old-name")
        assert found is not None
        assert (found.record.model_id, found.record.num_parameters) == ("acme/tuned", 110_106_428)
        assert found.record.parameters_source == "estimate: as its base model acme/bert-base"
        assert (found.record.inferred_task, found.record.inferred_from) == (
            "fill-mask",
            "config.architectures = BertForMaskedLM",
        )
        assert [trial["answer"] for trial in reader.trials("acme/bert-large")] == ["良い"]
        assert reader.children("acme/bert-base") == [("acme/tuned", "finetune")]
        assert reader.presence("acme/gone") == (True, "2026-01-04")
        assert reader.card("acme/bert-base") == ("Zebras répondent.", "2026-01-06T00:00:00+00:00")


def test_a_crawl_goes_on_where_schema_3_left_it(old: Path) -> None:
    """Rows that say what is stored are no news; the queue of the migrated catalogue is worked off."""
    row = next(dict(row) for columns, row in MODELS if row and columns["id"] == 1)
    for key in ("_as_of", "_sources"):
        row.pop(key)
    with CatalogueWriter(old) as writer:
        with writer.transaction():
            counts = take_page(writer, [row], asked=frozenset(row), crawled_at="2026-01-09T00:00:00+00:00")
        assert (counts.unchanged, counts.changed, counts.added) == (1, 0, 0)
        settle(writer)
        assert writer.connection.execute("SELECT count(*) FROM due").fetchone() == (0,)
    with CatalogueReader(old) as reader:
        tuned, base = reader.get("acme/tuned"), reader.get("acme/bert-base")
    assert tuned is not None
    assert base is not None
    assert (tuned.tag.family, tuned.tag.rule, base.record.as_of) == ("encoder-only", "base-model", "2026-01-09")


class Stopped(Exception):
    """Stands for whatever goes wrong in the middle."""


def content(path: Path) -> dict[str, Any]:
    """Return all that is in a file: its tables with those behind the full-text index, views, versions."""
    names = [name for (name,) in rows_of(path, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    tables = {name: rows_of(path, f'SELECT * FROM "{name}"') for name in names}  # noqa: S608
    return {
        **tables,
        "schema": rows_of(path, "SELECT type, name, tbl_name, sql FROM sqlite_master"),
        "user_version": rows_of(path, "PRAGMA user_version"),
        "integrity": rows_of(path, "PRAGMA integrity_check"),
    }


def stopped(*_: Any) -> None:
    raise Stopped


def rebuilt_and_stopped(index: ModelIndex, *_: Any) -> None:
    REBUILD(index)
    raise Stopped


REBUILD = ModelIndex.rebuild


@pytest.mark.parametrize(
    ("where", "name", "what"),
    [
        (conversion, "_entry", stopped),
        (DetailWriter, "insert", stopped),
        (ModelIndex, "rebuild", stopped),
        (ModelIndex, "rebuild", rebuilt_and_stopped),
    ],
    ids=["first model", "raw rows", "before the index", "after the index"],
)
def test_a_migration_that_fails_changes_nothing(
    old: Path, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, what: Callable[..., None]
) -> None:
    before = content(old)
    with monkeypatch.context() as patch:
        patch.setattr(where, name, what)
        with pytest.raises(Stopped):
            CatalogueWriter(old)
    assert content(old) == before
    with CatalogueWriter(old) as writer:
        assert writer.connection.execute("SELECT count(*) FROM models").fetchone() == (len(MODELS),)


KILLED = """
import os, signal, sys
from pathlib import Path
from zukan.store.index import ModelIndex
from zukan.store.write import CatalogueWriter

rebuild = ModelIndex.rebuild

def killed(index, *_):
    # What does not fit into the cache goes to the file before the end.
    index._connection.execute("PRAGMA cache_size = 10")
    rebuild(index)
    index._connection.execute("INSERT INTO meta VALUES ('filler', zeroblob(3000000))")
    os.kill(os.getpid(), signal.SIGKILL)

ModelIndex.rebuild = killed
CatalogueWriter(Path(sys.argv[1]))
"""


def test_a_migration_that_is_killed_changes_nothing(old: Path) -> None:
    before = content(old)
    done = subprocess.run([sys.executable, "-c", KILLED, str(old)], env=child_environment(), check=False)
    assert done.returncode == -signal.SIGKILL
    assert old.with_name(f"{old.name}-wal").stat().st_size > 1_000_000, "it was killed too early to prove anything"
    assert content(old) == before
    ensure_catalogue(old)
    assert schema_version(old) == SCHEMA_VERSION
    assert rows_of(old, "SELECT count(*) FROM models") == [(len(MODELS),)]
