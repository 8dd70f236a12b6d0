"""SQL of users: the views can be read in every way that SQLite offers, and nothing else can be touched."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from zukan import errors
from zukan.ingest import take_page
from zukan.store import sql
from zukan.store.write import CatalogueWriter

ROWS = [
    {"_id": "1", "id": "a/bert", "downloads": 30, "likes": 3, "tags": ["ja"], "config": {"model_type": "bert"}},
    {"_id": "2", "id": "a/t5", "downloads": 20, "likes": 2, "config": {"model_type": "t5"}},
    {"_id": "3", "id": "b/gpt2", "downloads": 10, "likes": 1, "config": {"model_type": "gpt2"}},
]
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"


def endless(rest: str) -> str:
    """Return a statement that counts in `c.x` as long as it may, with what it does with that."""
    return f"{ENDLESS} {rest}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, ROWS, asked=frozenset({"downloads", "likes"}), crawled_at="2026-11-26T10:00:00+00:00")
        writer.connection.execute(
            "INSERT INTO card (model, front_matter, paragraph, fetched_at) "
            "SELECT id, '{\"license\": \"mit\"}', 'A model.', '2026-11-26' FROM model WHERE model_id = 'a/bert'"
        )
        writer.connection.execute("INSERT INTO counted SELECT id, 20000, 7, 1 FROM model WHERE model_id = 'a/bert'")
    return path


def ask(path: Path, statement: str, seconds: float = 10.0) -> list[tuple[sql.Value, ...]]:
    with sql.run(path, statement, seconds) as answer:
        return list(answer)


def refusal(path: Path, statement: str, seconds: float = 10.0) -> errors.QueryRefused:
    with pytest.raises(errors.QueryRefused) as caught:
        ask(path, statement, seconds)
    return caught.value


# --- what can be asked -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "rows"),
    [
        ("SELECT model_id FROM models ORDER BY downloads DESC", [("a/bert",), ("a/t5",), ("b/gpt2",)]),
        ("select model_id, DOWNLOADS from MODELS where model_id = 'A/T5';", [("a/t5", 20)]),
        ("SELECT count(*) FROM models", [(3,)]),
        ("SELECT 1 FROM models m, Cards c", [(1,), (1,), (1,)]),
        ("SELECT family, count(*) FROM models GROUP BY 1 ORDER BY 1 LIMIT 1", [("decoder-only", 1)]),
        ("SELECT m.model_id, c.paragraph FROM models m JOIN cards c USING (model_id)", [("a/bert", "A model.")]),
        ("SELECT day, downloads FROM history WHERE model_id = 'a/bert' ORDER BY 1", [("2024-10-04", 7), ("2026-11-26", 30)]),
        ("SELECT (SELECT count(*) FROM models WHERE author = 'a'), (SELECT count(*) FROM trials)", [(2, 0)]),
        ("SELECT model_id FROM models m WHERE EXISTS (SELECT 1 FROM cards c WHERE c.model_id = m.model_id)", [("a/bert",)]),
        ("WITH best AS (SELECT * FROM models ORDER BY likes DESC LIMIT 2) SELECT min(likes) FROM best", [(2,)]),
        ("WITH best AS MATERIALIZED (SELECT * FROM models) SELECT count(*) FROM best, best", [(9,)]),
        ("WITH model AS (SELECT * FROM models) SELECT count(*) FROM model", [(3,)]),
        ("WITH x AS (VALUES (1), (2)) SELECT 'y' FROM x", [("y",), ("y",)]),
        (endless("SELECT x FROM c LIMIT 3"), [(1,), (2,), (3,)]),
        ("SELECT t.value FROM models m, json_each(m.tags) t WHERE t.value = 'ja'", [("ja",)]),
        ("SELECT count(*) FROM json_tree('[[1]]')", [(3,)]),
        ("SELECT json_extract(front_matter, '$.license'), front_matter ->> 'license' FROM cards", [("mit", "mit")]),
        ("SELECT rank() OVER (ORDER BY downloads), model_id FROM models LIMIT 1", [(1, "b/gpt2")]),
        ("SELECT model_id FROM models EXCEPT SELECT model_id FROM cards ORDER BY 1 LIMIT 1", [("a/t5",)]),
        ("SELECT sqlite_version()", [(sqlite3.sqlite_version,)]),
        ("SELECT count(*) FROM crawls, refused_rows", [(0,)]),
        ("VALUES (1, NULL), (9223372036854775807, -0.5)", [(1, None), (9223372036854775807, -0.5)]),
        ("-- a word before\nSELECT 1 -- and one behind\n;  /* and\nlines */", [(1,)]),
    ],
)  # fmt: skip
def test_the_views_can_be_asked(path: Path, statement: str, rows: list[tuple[sql.Value, ...]]) -> None:
    assert ask(path, statement) == rows


def test_every_view_has_its_columns_and_can_be_read(path: Path) -> None:
    views = sql.describe(path)
    assert {view.name for view in views} == sql.VIEWS.keys()
    for view in views:
        assert view.description == sql.VIEWS[view.name]
        with sql.run(path, f"SELECT * FROM {view.name}") as answer:  # noqa: S608 (our own names)
            assert answer.columns == view.columns
            assert all(len(row) == len(view.columns) for row in answer)


def test_every_view_of_the_catalogue_is_documented(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    connection.close()
    assert names == sql.VIEWS.keys()


def test_a_view_is_as_quick_as_in_the_file(path: Path) -> None:
    plan = ask(path, "EXPLAIN QUERY PLAN SELECT * FROM models WHERE model_id = 'a/bert'")
    assert str(plan[0][3]).startswith("SEARCH m USING INDEX")
    plan = ask(path, "EXPLAIN QUERY PLAN SELECT * FROM history WHERE model_id = 'a/bert'")
    assert not [row for row in plan if str(row[3]).startswith("SCAN") and "history" not in str(row[3])]


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ("SELECT a.model_id, b.model_id FROM models a, models b", ("model_id", "model_id_2")),
        ("SELECT 1 AS x, 2 AS x, 3 AS x_2, 4 AS x", ("x", "x_3", "x_2", "x_4")),
        ("SELECT 1 AS '', 2 AS ''", ("", "_2")),
    ],
)
def test_no_two_columns_have_one_name(path: Path, statement: str, columns: tuple[str, ...]) -> None:
    with sql.run(path, statement) as answer:
        assert answer.columns == columns


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("x'e69cac'", "本"),
        ("x'ff00'", "ff00"),
        ("x''", ""),
        ("CAST(x'41ff' AS TEXT)", "A\ufffd"),
        ("""json_extract('"\\ud800"', '$')""", "\ufffd\ufffd\ufffd"),
        ("9e999", "Inf"),
        ("-9e999", "-Inf"),
        ("9e999 - 9e999", None),
        ("char(27) || '[31m'", "\x1b[31m"),
    ],
)
def test_every_value_is_one_that_json_has(path: Path, expression: str, value: sql.Value) -> None:
    assert ask(path, f"SELECT {expression}") == [(value,)]


def test_rows_come_one_by_one_and_the_reader_may_take_its_time(path: Path) -> None:
    with sql.run(path, endless("SELECT x FROM c"), 0.3) as answer:
        rows = iter(answer)
        assert next(rows) == (1,)
        time.sleep(0.5)
        assert next(rows) == (2,)


def test_an_answer_that_is_left_leaves_nothing_open(path: Path) -> None:
    with sql.run(path, endless("SELECT x FROM c")) as answer:
        assert next(iter(answer)) == (1,)
    with CatalogueWriter(path) as writer, writer.transaction():
        take_page(writer, [{"id": "c/new"}])
    assert ask(path, "SELECT count(*) FROM models") == [(4,)]


# --- what cannot -------------------------------------------------------------------------------------------------

WRITING = [
    "INSERT INTO models (model_id) VALUES ('x')",
    "INSERT INTO meta VALUES ('a', 'b')",
    "UPDATE model SET likes = 9",
    "DELETE FROM model",
    "REPLACE INTO meta VALUES ('a', 'b')",
    "WITH x AS (SELECT 1) DELETE FROM meta",
    "CREATE TABLE x (a)",
    "CREATE TEMP TABLE x (a)",
    "CREATE TEMP VIEW x AS SELECT * FROM model",
    "CREATE VIRTUAL TABLE temp.x USING fts5vocab('main', 'model_text', 'row')",
    "CREATE TEMP TRIGGER x AFTER INSERT ON meta BEGIN SELECT 1; END",
    "DROP VIEW models",
    "DROP TABLE model",
    "ALTER TABLE model ADD COLUMN x",
    "ATTACH ':memory:' AS other",
    "ATTACH 'attached.sqlite' AS other",
    "DETACH main",
    "PRAGMA writable_schema = 1",
    "PRAGMA query_only",
    "EXPLAIN PRAGMA user_version",
    "VACUUM",
    "VACUUM INTO 'copy.sqlite'",
    "ANALYZE",
    "REINDEX",
    "BEGIN IMMEDIATE",
    "COMMIT",
    "SAVEPOINT x",
    "SELECT load_extension('./evil')",
    "SELECT fts3_tokenizer('simple')",
    "SELECT * FROM model_text WHERE model_text MATCH 'bert'",
    "SELECT name FROM pragma_table_info('model')",
    "SELECT count(*) FROM pragma_database_list",
]


@pytest.mark.parametrize("statement", WRITING)
def test_nothing_but_reading(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> None:
    monkeypatch.chdir(tmp_path)
    before, files = path.read_bytes(), set(tmp_path.iterdir())
    refused = refusal(path, statement)
    assert refused.forbidden or statement in {"COMMIT", "VACUUM"}, refused.detail
    assert path.read_bytes() == before
    assert {file for file in tmp_path.iterdir() if not file.name.endswith(("-wal", "-shm"))} == files


PRIVATE = [
    "SELECT * FROM model",
    "SELECT count(*) FROM model",
    "SELECT count(*) FROM MAIN.Detail",
    "SELECT row FROM detail",
    "SELECT 1 FROM [detail]",
    "SELECT value FROM meta",
    "SELECT m.model_id FROM models m JOIN detail d ON d.id = 1",
    "SELECT (SELECT max(row) FROM detail) FROM models",
    "SELECT count(*) FROM models, detail",
    "WITH x AS (SELECT * FROM detail) SELECT * FROM x",
    "WITH models AS (SELECT * FROM model) SELECT * FROM models",
    "WITH models AS (SELECT * FROM detail), cards AS (SELECT row FROM models) SELECT * FROM cards",
    "SELECT * FROM (SELECT row FROM detail) AS models",
    "SELECT * FROM models WHERE rowid IN (SELECT id FROM model)",
    "SELECT model_id FROM models UNION SELECT row FROM detail",
    "SELECT * FROM models ORDER BY (SELECT row FROM detail)",
    "SELECT count(*) FROM model_text_data",
    "SELECT * FROM sqlite_master",
    "SELECT sql FROM sqlite_schema",
    "SELECT count(*) FROM sqlite_schema",
    "SELECT sql FROM sqlite_temp_master",
    "SELECT count(*) FROM temp.sqlite_temp_schema",
]


@pytest.mark.parametrize("statement", PRIVATE)
def test_the_tables_are_private(path: Path, statement: str) -> None:
    refused = refusal(path, statement)
    assert refused.forbidden
    assert "private to zukan; the views are models, trials, crawls, history, cards, refused_rows" in refused.detail


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("", "nothing to run"),
        ("  ;", "nothing to run"),
        ("-- only a word", "nothing to run"),
        ("SELECT 1; SELECT 2", "one statement"),
        ("SELECT 1; DROP TABLE model", "one statement"),
        ("SELECT ?", "a parameter"),
        ("SELECT :name", "a parameter"),
        ("SELECT '\0'", "null character"),
        ("SELECT '\ud800'", "not valid text"),
        ("SELEC 1", 'near "SELEC": syntax error'),
        ("SELECT downlods FROM models", "no such column: downlods"),
        ("SELECT * FROM modells", "no view “modells”; the views are models, trials"),
        ("SELECT shell('ls')", "no such function: shell"),
        ("SELECT json('{')", "malformed JSON"),
        ("SELECT sum(x) FROM (SELECT 9223372036854775807 AS x UNION ALL SELECT 1)", "integer overflow"),
        (f"SELECT '{'x' * 100_000}'", "longer than 100,000 bytes"),
        (f"SELECT '{'本' * 40_000}'", "longer than 100,000 bytes"),
        ("SELECT 1" + " + 1" * 20_000, "too large"),
        ("SELECT " + ", ".join(["1"] * 600), "too many columns"),
    ],
    ids=lambda value: value[:40],
)
def test_what_is_wrong_is_said(path: Path, statement: str, said: str) -> None:
    refused = refusal(path, statement)
    assert said in refused.detail
    assert (refused.timed_out, refused.forbidden) == (False, False)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT zeroblob(2000000000)",
        "SELECT randomblob(60000000)",
        "SELECT length(replace(hex(zeroblob(20000000)), '0', 'abcdefgh'))",
        "SELECT group_concat(hex(zeroblob(1000000))) FROM json_each('[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]')",
        "WITH RECURSIVE c(x) AS (SELECT 'xx' UNION ALL SELECT x || x FROM c) SELECT max(length(x)) FROM c",
    ],
)  # fmt: skip
def test_no_value_is_larger_than_the_memory_bears(path: Path, statement: str) -> None:
    assert refusal(path, statement).detail == "a value is larger than 50 MB"


def test_a_padding_that_is_too_wide_is_none(path: Path) -> None:
    assert ask(path, "SELECT printf('%1000000000s', 'x')") == [(None,)]


def test_a_value_of_the_catalogue_may_be_large(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE card SET paragraph = ?", ("x" * 10_000_000,))
    connection.close()
    assert ask(path, "SELECT length(paragraph) FROM cards") == [(10_000_000,)]


@pytest.mark.parametrize(
    "statement",
    [
        endless("SELECT x FROM c WHERE x < 0"),
        endless("SELECT count(*) FROM c"),
        endless("SELECT x FROM c"),
        endless("SELECT hex(randomblob(100000)) AS y FROM c WHERE y = ''"),
        "SELECT count(*) FROM (SELECT a.value FROM json_each('[" + "1," * 2_000 + "1]') a, json_each('["
        + "1," * 2_000 + "1]') b, json_each('[" + "1," * 2_000 + "1]') c)",
    ],
    ids=["no row", "one row at the end", "rows without end", "slow steps", "a join"],
)  # fmt: skip
def test_the_time_is_limited(path: Path, statement: str) -> None:
    begun = time.monotonic()
    refused = refusal(path, statement, 0.3)
    assert 0.25 < time.monotonic() - begun < 5
    assert (refused.timed_out, refused.forbidden) == (True, False)
    assert refused.detail == "the statement was stopped after 0.3 s"


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan")])
def test_a_time_limit_is_a_time(path: Path, seconds: float) -> None:
    assert "more than 0 seconds" in refusal(path, "SELECT 1", seconds).detail


def test_ctrl_c_is_not_the_time_limit(path: Path) -> None:
    sqlite3.enable_callback_tracebacks(False)  # noqa: FBT003 (positional only); Datasette lets it complain, in all tests
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        ask(path, endless("SELECT x FROM c WHERE x < 0"))


# --- the file ----------------------------------------------------------------------------------------------------


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(errors.CatalogueMissing):
        ask(tmp_path / "none.sqlite", "SELECT 1")
    with pytest.raises(errors.CatalogueMissing):
        sql.describe(tmp_path / "none.sqlite")


def test_a_file_that_is_no_catalogue(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    path.write_bytes(b"hello, this is text and no database " * 40)
    with pytest.raises(errors.CatalogueDamaged):
        ask(path, "SELECT 1")


def test_a_catalogue_without_its_views(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("DROP VIEW cards")
    connection.close()
    with pytest.raises(errors.CatalogueDamaged, match="no view cards"):
        ask(path, "SELECT 1")
    with pytest.raises(errors.CatalogueDamaged):
        sql.describe(path)


def test_a_catalogue_with_a_broken_page(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'model'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(errors.CatalogueDamaged):
        ask(path, "SELECT model_id, likes FROM models")
