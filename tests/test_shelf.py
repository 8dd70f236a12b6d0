"""A shelf holds what is stored, is used, and is gone as soon as anything of it is no longer so."""

from __future__ import annotations

import gzip
import json
import os
import re
import shutil
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub_server import HubServer
from zukan import Catalogue, shelves
from zukan.advice import Wishes
from zukan.crawl import CrawlScope
from zukan.errors import UnreadableFile
from zukan.ingest import take_page
from zukan.mirrors import original
from zukan.pool import POOL, ends_for, pool_of
from zukan.question import asked_for
from zukan.schema import Prospect
from zukan.settle import count_words
from zukan.shelves import fill_shelves
from zukan.store import presence, read, shelf
from zukan.store.authors import Kin
from zukan.store.columns import ABSENT, WALKED_ON
from zukan.store.connection import SCHEMA_VERSION, schema_version
from zukan.store.memory import POPULAR, PROSPECTS
from zukan.store.read import CatalogueReader
from zukan.store.shelf import Shelf, packed, unpacked
from zukan.store.tokens import TASK, facet
from zukan.store.write import CatalogueWriter
from zukan.tasks import all_tasks
from zukan.tasks import task as find_task

ANY_MODEL = "google-bert/bert-base-uncased"
SHELF = Shelf(
    {
        7: Prospect("acme/é", "fill-mask", None, "bert", "encoder-only", 5, "safetensors", None, 9, 0, "2026-01-01",
                    None, ("ja",), ("a", "日本語"), None, "mit", None, ("acme/base",), "finetune", "2024-02-03"),
        2**40: Prospect("gpt2", None, None, None, "undetermined", None, None, None, None, None, None, "gated"),
    },
    {"acme": [Kin("mit", None, 3), Kin(None, "false", 1)], "nobody": []},
    {"acme/é": None, "acme/copy-2": "acme/é"},
    {"fill-mask 1": [7]},
    {"100 False Is()": [2**40, 7]},
)  # fmt: skip


@pytest.fixture
def filled(catalogue: Path) -> Path:
    """The shipped catalogue with shelves."""
    with CatalogueWriter(catalogue) as writer:
        assert fill_shelves(writer, 0)
    return catalogue


def answers(path: Path) -> list[tuple[Any, ...]]:
    with Catalogue(path) as catalogue:
        found = [
            catalogue.recommend(question, machine="any")
            for question in (*(task.task_id for task in all_tasks()), "日本語の要約", "small chat model mit licence")
        ]
    return [(one.considered, one.left_out, one.candidates, one.notes) for one in found]


def is_filled(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return shelf.is_filled(connection)


def test_answers_are_the_same_with_shelves_as_without(catalogue: Path, tmp_path: Path) -> None:
    with_shelves = Path(shutil.copy(catalogue, tmp_path / "with.sqlite"))
    with CatalogueWriter(with_shelves) as writer:
        assert fill_shelves(writer, 0)
        assert not fill_shelves(writer, 0), "nothing has changed since"
    assert not is_filled(catalogue)
    assert answers(with_shelves) == answers(catalogue)


def test_what_lies_on_a_shelf_is_not_read_one_by_one(filled: Path) -> None:
    for is_there in (True, False):
        asked: list[str] = []
        if not is_there:
            with CatalogueWriter(filled) as writer, writer.transaction():
                shelf.clear(writer.connection)
        with Catalogue(filled) as catalogue, catalogue._reader() as reader:
            reader._connection.set_trace_callback(asked.append)
            assert len(catalogue.recommend("translation").candidates) == 10
        assert any("SELECT packed FROM shelf" in sql for sql in asked)
        # Whole rows and names of the ten are read in other ways.
        assert any("m.parameters_source" in sql and "m.created_at, m.tags" in sql for sql in asked) != is_there
        assert any("MATCH" in sql and facet(TASK, "translation") in sql for sql in asked) != is_there


def assert_true(reader: CatalogueReader, one: Shelf) -> None:
    """See that a shelf holds what is read one by one."""
    with reader.translated():
        models = reader.prospects(list(one.prospects))
        assert list(one.prospects.values()) == models
        assert {author: list(reader.authors.kin(author)) for author in one.kin} == one.kin
        by_id = {model.model_id: model for model in models}
        assert {model_id: original(reader, by_id[model_id]) for model_id in one.originals} == one.originals


def test_every_shelf_holds_what_is_stored(filled: Path) -> None:
    with CatalogueReader(filled) as reader, CatalogueReader(filled) as plain:
        found = {}
        with reader.translated():
            for task in all_tasks():
                if (one := reader.shelves.get(task.task_id)) is not None:
                    found[task.task_id] = one
        assert len(found) == len(all_tasks())
        for name, one in found.items():
            assert_true(plain, one)
            with plain.translated():
                assert one.ends == (dict([ends_for(plain, find_task(name))]) if find_task(name).name_words else {})
                plain.vocabulary.memory.forget(POPULAR)
                pool_of(
                    plain, asked_for(plain, name, (), None, None, Wishes()), POOL, inferred=False, without=frozenset()
                )
                assert one.popular == plain.vocabulary.memory.kept(POPULAR)
        assert any(any(one.ends.values()) for one in found.values())
        assert all(one.popular for one in found.values())
        assert sum(len(one.prospects) for one in found.values()) > 3_000
        assert any(one.kin for one in found.values())
        assert any(any(one.originals.values()) for one in found.values())


def change(sql: str, *values: Any) -> Callable[[CatalogueWriter], None]:
    def run(writer: CatalogueWriter) -> None:
        assert writer.connection.execute(sql, values).rowcount

    return run


def add(writer: CatalogueWriter) -> None:
    take_page(writer, [{"_id": "6" * 24, "id": "acme/new-model"}])


def mark_gone(writer: CatalogueWriter) -> None:
    presence.mark_gone(writer, ANY_MODEL)


def set_aside(writer: CatalogueWriter) -> None:
    (id_,) = writer.connection.execute("SELECT id FROM model WHERE model_id = ?", (ANY_MODEL,)).fetchone()
    writer.connection.execute("UPDATE model SET hub_id = NULL WHERE id = ?", (id_,))
    writer.set_aside(id_)


def move(writer: CatalogueWriter) -> None:
    # Only its place is another: the index is who tells it.
    (id_,) = writer.connection.execute("SELECT id FROM model WHERE model_id = ?", (ANY_MODEL,)).fetchone()
    writer.connection.execute("DROP TRIGGER temp.shelf_model_changed")
    writer.index.touch([id_])
    writer.connection.execute("UPDATE model SET downloads = 1, likes = 0 WHERE id = ?", (id_,))


CHANGES: dict[str, Callable[[CatalogueWriter], None]] = {
    "figures": change("UPDATE model SET downloads = downloads + 1 WHERE model_id = ?", ANY_MODEL),
    "a date": change("UPDATE model SET as_of = as_of + 1 WHERE model_id = ?", ANY_MODEL),
    "absence": change("UPDATE model SET absent_run = 1 WHERE model_id = ?", ANY_MODEL),
    "a new model": add,
    "one less": set_aside,
    "gone": mark_gone,
    "another place": move,
    "the end of a walk": change("UPDATE crawl_run SET finished_at = '2026-11-30' WHERE kind = 'full'"),
    "the day of a walk": change("INSERT OR REPLACE INTO meta VALUES ('full_walk_at', '2026-11-30')"),
}  # fmt: skip


def fail(writer: CatalogueWriter, run: Callable[[CatalogueWriter], None]) -> None:
    with writer.transaction():
        run(writer)
        raise RuntimeError


@pytest.mark.parametrize("what", CHANGES)
def test_who_changes_models_takes_the_shelves_away(filled: Path, what: str) -> None:
    with CatalogueWriter(filled) as writer:
        with writer.transaction():
            writer.connection.execute(
                "INSERT INTO crawl_run (kind, scope, started_at) VALUES ('full', '{}', '2026-11-29')"
            )
            writer.set_meta({"anything": "else"})
        assert is_filled(filled)
        with pytest.raises(RuntimeError):
            fail(writer, CHANGES[what])
        assert is_filled(filled), "nothing was changed"
        with writer.transaction():
            CHANGES[what](writer)
        assert not is_filled(filled)
        # And the next filling holds what is so now.
        assert fill_shelves(writer, 0)
    with CatalogueReader(filled) as reader, CatalogueReader(filled) as plain, reader.translated():
        one = reader.shelves.get("fill-mask")
        assert one
        assert_true(plain, one)


def test_every_column_that_is_read_is_watched() -> None:
    columns = set(re.findall(r"\bm\.(\w+)", f"{read._PROSPECT} {WALKED_ON} {ABSENT}"))
    assert columns > {"downloads", "absent_run", "row_hash"}
    assert columns == {*shelf._COLUMNS.split(", "), "place"}


def test_a_trial_takes_no_shelf_away(filled: Path, tmp_path: Path) -> None:
    with CatalogueWriter(filled) as writer, writer.transaction():
        writer.connection.execute(
            "INSERT INTO trial (model_id, task, status, started_at, result) VALUES ('gpt2', 'x', 'ok', '2026', '{}')"
        )
    assert is_filled(filled)


def test_a_long_import_leaves_and_the_rebuilt_index_watches_again(filled: Path) -> None:
    with CatalogueWriter(filled) as writer:
        with writer.transaction():
            writer.index.defer()
        assert not is_filled(filled)
        with writer.transaction():
            writer.index.rebuild()
        count_words(writer, force=True)
        assert fill_shelves(writer, 0)
        with writer.transaction():
            CHANGES["a new model"](writer)
        assert not is_filled(filled)


def test_a_complete_walk_ends_with_shelves(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    hub.add_rows([{"id": f"many/model-{place}", "pipeline_tag": "fill-mask", "downloads": place} for place in range(9)])
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    catalogue = Catalogue(path)
    catalogue.crawl(CrawlScope(whole_hub=True))
    assert not is_filled(path), "a small catalogue needs none"
    monkeypatch.setattr(shelves, "_LEAST", 0)
    for remove in (None, "many/model-8"):
        if remove:
            hub.remove(remove)
        catalogue.crawl(CrawlScope(whole_hub=True))
        assert is_filled(path)
        ids = [one.record.model_id for one in catalogue.recommend("fill-mask", machine="any").candidates]
        assert ("many/model-8" in ids) == (remove is None)


def test_a_shelf_comes_back_as_it_was() -> None:
    for one in (SHELF, Shelf({}, {}, {}, {}, {})):
        back = unpacked(packed(one))
        assert back == one
        assert all(
            isinstance(prospect, Prospect) and isinstance(prospect.tags, tuple) for prospect in back.prospects.values()
        )


def _bad() -> Iterator[tuple[str, Any]]:
    whole = packed(SHELF)
    columns, kin, originals, ends, popular = json.loads(zlib.decompress(whole))
    yield "nothing", b""
    yield "no bytes", 7
    yield "a part", whole[:-9]
    yield "other bytes", b"x" + whole
    yield "a deep one", zlib.compress(b"[" * 100_000)
    yield "a bomb", zlib.compress(b" " * (64 << 20))
    for name, other in (
        ("no list", {}),
        ("too few columns", [columns[:-1], kin, originals, ends, popular]),
        ("columns of other lengths", [[columns[0][:1], *columns[1:]], kin, originals, ends, popular]),
        ("no kin", [columns, 5, originals, ends, popular]),
        ("odd kin", [columns, {"acme": [[1]]}, originals, ends, popular]),
        ("no originals", [columns, kin, 5, ends, popular]),
        ("no ends", [columns, kin, originals, 5, popular]),
        ("odd ends", [columns, kin, originals, {"fill-mask 1": 5}, popular]),
        ("no popular ones", [columns, kin, originals, ends, 5]),
        ("odd popular ones", [columns, kin, originals, ends, {"100 False Is()": 5}]),
        ("four parts", [columns, kin, originals, ends]),
    ):
        yield name, zlib.compress(json.dumps(other).encode())


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in _bad()])
def test_what_is_no_shelf_is_as_none(filled: Path, data: Any) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("UPDATE shelf SET packed = ? WHERE task = 'fill-mask'", (data,))
        connection.commit()
    with CatalogueReader(filled) as reader, reader.translated():
        assert reader.shelves.get("fill-mask") is None
        reader.shelves.take("fill-mask")
        assert not reader.vocabulary.memory.each(PROSPECTS, (), lambda _: {})
    with Catalogue(filled) as catalogue:
        assert len(catalogue.recommend("fill-mask").candidates) == 10


def test_places_that_a_shelf_does_not_hold_are_passed_over() -> None:
    *parts, ends, popular = json.loads(zlib.decompress(packed(SHELF)))
    for odd in ([8], [7.5], [float("inf")], [None], ["x"]):
        lists = [{key: [*places, *odd] for key, places in one.items()} for one in (ends, popular)]
        assert unpacked(zlib.compress(json.dumps([*parts, *lists]).encode())) == SHELF


def test_a_catalogue_of_before_is_read_without(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("DROP TABLE shelf")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm006_shelves'")
        connection.execute("PRAGMA user_version = 4")
        connection.commit()
        assert connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    with CatalogueReader(filled) as reader, reader.translated():
        assert reader.shelves.get("fill-mask") is None
    monkeypatch.setattr(os, "access", lambda path, how: not how & os.W_OK)  # who runs as root may do everything
    with Catalogue(filled) as catalogue:
        assert len(catalogue.recommend("fill-mask").candidates) == 10
    assert schema_version(filled) == 4, "nobody may write it"
    monkeypatch.undo()
    with Catalogue(filled) as catalogue:
        assert len(catalogue.recommend("fill-mask").candidates) == 10
    assert schema_version(filled) == SCHEMA_VERSION
    with CatalogueWriter(filled) as writer:
        assert fill_shelves(writer, 0)
    assert is_filled(filled)


def test_shelves_of_another_version_are_as_none(filled: Path) -> None:
    with closing(sqlite3.connect(filled)) as connection:
        connection.execute("UPDATE shelf SET version = version + 1")
        connection.commit()
    assert not is_filled(filled)
    with CatalogueReader(filled) as reader, reader.translated():
        assert reader.shelves.get("fill-mask") is None
    with CatalogueWriter(filled) as writer:
        assert fill_shelves(writer, 0)
        count = "SELECT count(*), count(DISTINCT version) FROM shelf"
        assert writer.connection.execute(count).fetchone() == (len(all_tasks()), 1)


def test_counted_words_take_the_shelves_away(filled: Path) -> None:
    # By the counts it is told which words of a name are rare, and so what is a copy.
    with CatalogueWriter(filled) as writer:
        count_words(writer)
        assert is_filled(filled), "nothing was counted"
        count_words(writer, force=True)
    assert not is_filled(filled)


def test_nothing_is_filled_of_what_another_changes_meanwhile(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with CatalogueWriter(filled) as writer:
        with writer.transaction():
            shelf.clear(writer.connection)
        pack = shelf.packed

        def packed_late(one: Shelf) -> bytes:
            with CatalogueWriter(filled) as other, other.transaction():
                CHANGES["figures"](other)
            return pack(one)

        monkeypatch.setattr(shelf, "packed", packed_late)
        assert not fill_shelves(writer, 0)
        assert not is_filled(filled)
        monkeypatch.undo()
        assert fill_shelves(writer, 0)


def test_a_full_disk_leaves_none_and_fails_nothing(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with CatalogueWriter(filled) as writer:
        with writer.transaction():
            shelf.clear(writer.connection)
        pages = writer.connection.execute("PRAGMA page_count").fetchone()[0]
        writer.connection.execute(f"PRAGMA max_page_count = {pages}")
        monkeypatch.setattr(shelf, "packed", lambda _: b"\0" * 2**20)
        assert not fill_shelves(writer, 0)
    assert not is_filled(filled)


def test_who_locks_the_catalogue_meanwhile_fails_nothing(filled: Path) -> None:
    with CatalogueWriter(filled) as writer:
        with writer.transaction():
            shelf.clear(writer.connection)
        assert writer.connection.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
        writer.connection.execute("PRAGMA busy_timeout = 10")
        with closing(sqlite3.connect(filled, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            assert not fill_shelves(writer, 0)
            other.execute("ROLLBACK")
        assert fill_shelves(writer, 0)


def test_an_import_of_a_damaged_file_ends_with_shelves(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "_LEAST", 0)
    rows = [{"id": f"acme/heron-{place}", "pipeline_tag": "fill-mask", "downloads": place} for place in range(2_000)]
    whole = gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode())
    cut = filled.with_name("cut.jsonl.gz")
    cut.write_bytes(whole[: len(whole) // 2])
    with Catalogue(filled) as catalogue:
        with pytest.raises(UnreadableFile):
            catalogue.import_models([cut])
        assert catalogue.search("heron").hits, "the rows before the damage are good"
    assert is_filled(filled)
