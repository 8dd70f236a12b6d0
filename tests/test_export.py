# ruff: noqa: S608 (the SQL is made of our own texts)
"""`zukan export` and its way back: what other programs read is what SQL says, and the catalogue comes back equal."""

from __future__ import annotations

import json
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from conftest import child_environment
from hub_server import HubServer
from rich_catalogue import fill, view
from stored_index import assert_index_is_true
from zukan.catalogue import Catalogue
from zukan.errors import MissingExtra, UnreadableFile, UnwritableFile
from zukan.exchange.columns import COLUMNS, VIEW
from zukan.reading.exported import find_exported, hub_rows
from zukan.store.read import CatalogueReader

pa = pytest.importorskip("pyarrow", reason="Parquet is an extra")
pq = pytest.importorskip("pyarrow.parquet")

Zukan = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def rich(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    return fill(tmp_path / "rich.sqlite", tmp_path, hub, monkeypatch)


def content(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its name."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def restored(source: Path, path: Path) -> Path:
    report = Catalogue(path).import_models([source])
    assert (report.kind, report.finished, report.refused) == ("import", True, 0)
    return path


# --- there and back --------------------------------------------------------------------------------------------


def test_a_catalogue_comes_back_equal(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "one.parquet")
    Catalogue(rich).export(tmp_path / "parts", partition_by="task")
    for number, source in enumerate(("one.parquet", "parts")):
        again = restored(tmp_path / source, tmp_path / f"again-{number}.sqlite")
        for name in ("models", "history", "cards"):
            assert view(again, name) == view(rich, name), name
        with CatalogueReader(rich) as before, CatalogueReader(again) as after:
            names = [str(row[0]) for row in view_names(rich)]
            assert before.raw_rows(names) == after.raw_rows(names)
            assert before.aliases("acme/new-name") == after.aliases("acme/new-name") == ("acme/old-name",)
            assert after.trials() == [], "trials are of one machine"
        with closing(sqlite3.connect(again)) as connection:
            assert_index_is_true(connection, tmp_path / f"copy-{number}.sqlite")
        Catalogue(again).export(tmp_path / "two.parquet")
        Catalogue(again).export(tmp_path / "two-parts", partition_by="task")
        assert (tmp_path / "two.parquet").read_bytes() == (tmp_path / "one.parquet").read_bytes()
        assert content(tmp_path / "two-parts") == content(tmp_path / "parts")


def view_names(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT model_id FROM models").fetchall()


def test_the_catalogue_that_is_exported_is_one_with_everything_in_it(rich: Path) -> None:
    facts = {name: view(rich, name) for name in ("models", "history", "cards", "trials", "refused_rows")}
    with closing(sqlite3.connect(rich)) as connection:
        count = connection.execute(
            "SELECT sum(absent), sum(unconfirmed), count(DISTINCT excluded) FROM models"
        ).fetchone()
        displaced = connection.execute("SELECT model_id FROM models WHERE model_id LIKE '%@%'").fetchall()
    assert all(facts.values())
    assert count[0] >= 1
    assert count[1] >= 1
    assert displaced


def test_a_restored_catalogue_goes_on_as_the_first_would(rich: Path, tmp_path: Path, hub: HubServer) -> None:
    from zukan.crawl import CrawlScope

    Catalogue(rich).export(tmp_path / "one.parquet")
    again = restored(tmp_path / "one.parquet", tmp_path / "again.sqlite")
    hub.update("many/model-7", {"likes": 70})
    reports = [Catalogue(path).crawl(CrawlScope(whole_hub=True)) for path in (rich, again)]
    assert [report.changed for report in reports] == [reports[0].changed] * 2
    assert reports[0].unchanged == reports[1].unchanged > 300
    columns = "model_id, family, downloads, likes, as_of, absent, tags, num_parameters, sources"
    both = []
    for path in (rich, again):
        with closing(sqlite3.connect(path)) as connection:
            both.append(sorted(connection.execute(f"SELECT {columns} FROM models").fetchall(), key=repr))
    assert both[0] == both[1]


def test_into_a_catalogue_that_is_there_an_export_is_merged_as_any_rows(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "parts", partition_by="task")
    other = tmp_path / "other.sqlite"
    (tmp_path / "own.jsonl").write_text('{"id": "own/model", "downloads": 1}\n', encoding="utf-8")
    from zukan.store.write import CatalogueWriter

    with CatalogueWriter(other, create=True):
        pass
    Catalogue(other).import_models([tmp_path / "own.jsonl"])
    report = Catalogue(other).import_models([tmp_path / "parts"])
    assert report.rows == len(view(rich, "models"))
    assert Catalogue(other).find("acme/poet").tag == Catalogue(rich).find("acme/poet").tag
    assert Catalogue(other).find("acme/poet").record.sources == ("import",)
    assert Catalogue(other).find("own/model").record.downloads == 1
    exported = find_exported(tmp_path / "parts")
    assert exported
    rows = {row["id"]: row for row in map(json.loads, hub_rows(exported))}
    with CatalogueReader(rich) as reader:
        assert rows["acme/poet"] == reader.raw_row("acme/poet")


# --- what other programs read ----------------------------------------------------------------------------------

COUNTS = (
    "SELECT count(*) FROM models",
    "SELECT family, certainty, count(*) FROM models GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT pipeline_tag, count(*), sum(downloads), max(likes) FROM models GROUP BY 1 ORDER BY 1 NULLS FIRST",
    "SELECT license, count(*) FROM models WHERE num_parameters > 1000000000 GROUP BY 1 ORDER BY 1 NULLS FIRST",
    "SELECT count(*) FROM models WHERE unconfirmed AND NOT absent AND has_card",
    "SELECT min(createdAt), max(lastModified), max(as_of), sum(weight_bytes) FROM models",
    "SELECT count(DISTINCT author), count(context_length), count(mask_token), sum(used_storage) FROM models",
)
LISTS = ("tags", "languages", "base_models", "sources")
TASK = "coalesce(pipeline_tag, 'unknown')"
"""The folder of a model, see `zukan.exchange.columns.NO_TASK`."""


def asked(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(statement).fetchall()]


def test_duckdb_counts_what_sql_counts(seed_catalogue: Path, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb", reason="a rival of the benchmarks, and a reader of what is exported")
    catalogue = Catalogue(seed_catalogue)
    catalogue.export(tmp_path / "one.parquet")
    catalogue.export(tmp_path / "parts", partition_by="task")
    sources = {
        "one": f"read_parquet('{tmp_path}/one.parquet')",
        "parts": f"read_parquet('{tmp_path}/parts/**/*.parquet', hive_partitioning = true)",
    }
    with closing(sqlite3.connect(seed_catalogue)) as own:
        for source in sources.values():
            other = duckdb.connect()
            other.execute(f"CREATE VIEW models AS SELECT * FROM {source}")
            for statement in COUNTS:
                assert asked(other, statement) == asked(own, statement), statement
            for name in LISTS:
                ours = f"SELECT t.value, count(*) FROM models, json_each({name}) t GROUP BY 1 ORDER BY 1"
                theirs = f"SELECT t.value, count(*) FROM models, unnest({name}) t(value) GROUP BY 1 ORDER BY 1"
                assert asked(other, theirs) == asked(own, ours), name
        by_folder = asked(other, "SELECT task, count(*) FROM models GROUP BY 1 ORDER BY 1")
        assert by_folder == asked(own, f"SELECT {TASK}, count(*) FROM models GROUP BY 1 ORDER BY 1")


def test_pandas_counts_what_sql_counts(seed_catalogue: Path, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas", reason="a reader of what is exported")
    Catalogue(seed_catalogue).export(tmp_path / "one.parquet")
    Catalogue(seed_catalogue).export(tmp_path / "parts", partition_by="task")
    one, parts = (pandas.read_parquet(tmp_path / name) for name in ("one.parquet", "parts"))
    with closing(sqlite3.connect(seed_catalogue)) as own:
        for frame, column in ((one, "pipeline_tag"), (parts, "task")):
            task = frame[column].astype(object).where(frame[column].notna(), "unknown")
            grouped = frame.groupby([task, "family"])["downloads"].agg(["size", "sum"])
            found = {key: (int(row["size"]), int(row["sum"])) for key, row in grouped.iterrows()}
            rows = asked(own, f"SELECT {TASK}, family, count(*), total(downloads) FROM models GROUP BY 1, 2")
            assert found == {(name, family): (number, int(total)) for name, family, number, total in rows}
            large = frame[frame.num_parameters > 1_000_000_000].license.value_counts().to_dict()
            rows = asked(
                own,
                "SELECT license, count(*) FROM models WHERE num_parameters > 1000000000 AND license IS NOT NULL GROUP BY 1",
            )
            assert large == dict(rows)
            for name in LISTS:
                ours = asked(own, f"SELECT t.value, count(*) FROM models, json_each({name}) t GROUP BY 1")
                assert frame[name].explode().dropna().value_counts().to_dict() == dict(ours), name


def test_arrow_counts_what_sql_counts(seed_catalogue: Path, tmp_path: Path) -> None:
    dataset = pytest.importorskip("pyarrow.dataset")
    Catalogue(seed_catalogue).export(tmp_path / "parts", partition_by="task")
    table = dataset.dataset(tmp_path / "parts", partitioning="hive").to_table(columns=["task", "family", "downloads"])
    grouped = table.group_by(["task", "family"]).aggregate([("downloads", "sum"), ([], "count_all")]).to_pylist()
    found = {(row["task"], row["family"]): (row["downloads_sum"], row["count_all"]) for row in grouped}
    with closing(sqlite3.connect(seed_catalogue)) as own:
        rows = asked(own, f"SELECT {TASK}, family, sum(downloads), count(*) FROM models GROUP BY 1, 2")
    assert found == {(task, family): (total, count) for task, family, total, count in rows}


def test_every_value_of_the_view_is_in_the_file(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "one.parquet")
    table = pq.read_table(tmp_path / "one.parquet")
    lists = {column.name for column in VIEW if column.type.startswith("list")}
    flags = {column.name for column in VIEW if column.type == "bool"}
    with closing(sqlite3.connect(rich)) as connection:
        cursor = connection.execute("SELECT * FROM models ORDER BY place")
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
    for row in rows:
        row.update({name: json.loads(row[name]) for name in lists} | {name: bool(row[name]) for name in flags})
    assert names == [column.name for column in VIEW], "the documented columns are those of the view"
    assert table.select(names).to_pylist() == rows


def test_the_schema_file_says_what_the_columns_are(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "one.parquet")
    said = json.loads((tmp_path / "one.schema.json").read_text(encoding="utf-8"))
    schema = pq.read_schema(tmp_path / "one.parquet")
    assert [column["name"] for column in said["columns"]] == schema.names == [column.name for column in COLUMNS]
    for column in said["columns"]:
        shown = str(schema.field(column["name"]).type).replace("element: ", "").replace("item: ", "")
        assert shown == column["type"]
        assert column["description"]
    assert said["models"] == pq.read_metadata(tmp_path / "one.parquet").num_rows
    compressions = {
        pq.read_metadata(tmp_path / "one.parquet").row_group(0).column(place).compression for place in range(5)
    }
    assert compressions == {"ZSTD"}


# --- nothing half ----------------------------------------------------------------------------------------------


def test_a_full_disk_leaves_what_was_there(rich: Path, tmp_path: Path, zukan: Zukan) -> None:
    place = tmp_path / "out"
    place.mkdir()
    assert zukan("export", "out/one.parquet", "--db", str(rich)).returncode == 0
    before = content(place)

    def small() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))

    for target in ("out/one.parquet", "out/two.parquet", "out/parts"):
        done = zukan("export", target, "--db", str(rich), preexec_fn=small)
        assert (done.returncode, done.stdout) == (2, ""), done.stderr
        assert "cannot be written" in done.stderr
        assert content(place) == before
        assert sorted(item.name for item in place.iterdir()) == sorted(before)


def test_an_export_that_is_killed_leaves_what_was_there(seed_catalogue: Path, tmp_path: Path) -> None:
    place = tmp_path / "out"
    place.mkdir()
    arguments = [sys.executable, "-m", "zukan_cli", "export", str(place / "parts"), "--partition-by", "task"]
    arguments += ["--db", str(seed_catalogue), "--quiet"]
    killed = 0
    for tenth in range(1, 9):
        with subprocess.Popen(arguments, env=child_environment(), stderr=subprocess.DEVNULL) as child:
            ends = time.monotonic() + 60
            while not list(place.glob(".parts.*.unfinished/*")) and child.poll() is None and time.monotonic() < ends:
                time.sleep(0.01)
            time.sleep(tenth * 0.1)
            child.kill()
        killed += child.returncode == -signal.SIGKILL
        whole = find_exported(place / "parts")
        assert whole is None or whole.models == 25_953
    assert killed
    assert subprocess.run(arguments, env=child_environment(), check=False).returncode == 0
    assert [item.name for item in place.iterdir()] == ["parts"], "what others left is gone"


def test_what_is_not_an_export_is_not_replaced(rich: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "cat.jpg").write_bytes(b"cat")
    (tmp_path / "notes").write_text("mine", encoding="utf-8")
    for target, by in (
        ("photos", None),
        ("notes", None),
        ("one.parquet", "task"),
        ("nowhere/at/all.parquet", None),
        ("out.csv", None),
    ):
        with pytest.raises(UnwritableFile):
            Catalogue(rich).export(tmp_path / target, partition_by=by)
    assert (tmp_path / "photos" / "cat.jpg").read_bytes() == b"cat"
    Catalogue(rich).export(tmp_path / "parts")
    Catalogue(rich).export(tmp_path / "parts", partition_by="task")
    assert not (tmp_path / "parts" / "models.parquet").exists(), "an earlier export is replaced whole"


def test_without_pyarrow_one_sentence_says_what_to_install(
    rich: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zukan_cli.sentences import explain

    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra) as caught:
        Catalogue(rich).export(tmp_path / "one.parquet")
    sentence, code = explain(caught.value)
    assert sentence.endswith("pip install pyarrow")
    assert int(code) == 7


# --- exports that are none -------------------------------------------------------------------------------------


def changed(source: Path, target: Path, **columns: Any) -> Path:
    """Write an export anew with some columns changed by functions of their values."""
    table = pq.read_table(source)
    for name, change in columns.items():
        place = table.schema.get_field_index(name)
        values = [change(value) for value in table.column(name).to_pylist()]
        table = table.set_column(place, table.schema.field(name), pa.array(values, type=table.schema.field(name).type))
    pq.write_table(table, target)
    return target


@pytest.mark.parametrize(
    "columns",
    [
        {"family": lambda _: "hexapod"},
        {"evidence": lambda _: "{"},
        {"config": lambda _: "[1]"},
        {"rest": lambda _: '"text"'},
        {"model_id": lambda _: "twice"},
        {"model_id": lambda _: None},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_an_export_with_other_values_makes_no_catalogue(rich: Path, tmp_path: Path, columns: dict[str, Any]) -> None:
    Catalogue(rich).export(tmp_path / "one.parquet")
    source = changed(tmp_path / "one.parquet", tmp_path / "changed.parquet", **columns)
    path = tmp_path / "sub" / "again.sqlite"
    with pytest.raises(UnreadableFile):
        Catalogue(path).import_models([source])
    assert not path.exists()
    assert not [item for item in path.parent.iterdir() if "building" in item.name]


def test_an_export_with_places_that_cannot_be_is_ordered_anew(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "one.parquet")
    for change in (lambda _: 7, lambda _: None, lambda place: place + 2**40):
        source = changed(tmp_path / "one.parquet", tmp_path / "changed.parquet", place=change)
        again = restored(source, tmp_path / "again.sqlite")
        with closing(sqlite3.connect(again)) as connection:
            assert_index_is_true(connection, tmp_path / "copy.sqlite")
        for left in tmp_path.glob("again.sqlite*"):
            left.unlink()
        (tmp_path / "copy.sqlite").unlink(missing_ok=True)


def test_an_export_that_lacks_a_part_says_so(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "parts", partition_by="task")
    gone = next((tmp_path / "parts").rglob("*.parquet"))
    data = gone.read_bytes()
    gone.unlink()
    with pytest.raises(UnreadableFile, match="are missing"):
        Catalogue(tmp_path / "again.sqlite").import_models([tmp_path / "parts"])
    gone.write_bytes(data[: len(data) // 2])
    with pytest.raises(UnreadableFile):
        Catalogue(tmp_path / "again.sqlite").import_models([tmp_path / "parts"])
    assert not (tmp_path / "again.sqlite").exists()


def test_an_export_of_a_newer_zukan_says_so(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "one.parquet")
    table = pq.read_table(tmp_path / "one.parquet")
    facts = json.loads(table.schema.metadata[b"zukan"]) | {"format": 99}
    pq.write_table(table.replace_schema_metadata({b"zukan": json.dumps(facts).encode()}), tmp_path / "new.parquet")
    with pytest.raises(UnreadableFile, match="newer zukan"):
        Catalogue(tmp_path / "again.sqlite").import_models([tmp_path / "new.parquet"])


def test_the_schema_file_cannot_lead_out_of_its_folder(rich: Path, tmp_path: Path) -> None:
    Catalogue(rich).export(tmp_path / "parts", partition_by="task")
    schema = tmp_path / "parts" / "_schema.json"
    said = json.loads(schema.read_text(encoding="utf-8"))
    (tmp_path / "outside.parquet").write_bytes(b"PAR1")
    for name in ("../outside.parquet", str(tmp_path / "outside.parquet")):
        schema.write_text(json.dumps({**said, "files": [name]}), encoding="utf-8")
        with pytest.raises(UnreadableFile, match="which files belong to it"):
            find_exported(tmp_path / "parts")


def test_the_command_says_what_it_wrote(rich: Path, tmp_path: Path, zukan: Zukan) -> None:
    done = zukan("export", "one.parquet", "--db", str(rich), "--format", "json")
    said = json.loads(done.stdout)
    assert said["models"] == len(view(rich, "models"))
    assert said["size_bytes"] == os.stat(tmp_path / "one.parquet").st_size  # noqa: PTH116
    japanese = zukan("export", "one.parquet", "--db", str(rich), "--ui", "ja")
    assert "モデル数" in japanese.stdout
    wrong = zukan("export", "parts", "--partition-by", "colour", "--db", str(rich), "--ui", "ja")
    assert wrong.returncode == 2
    assert "分けられる単位は task だけです" in wrong.stderr
