"""What an open catalogue remembers of its words is forgotten when another process changes it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from zukan.catalogue import Catalogue
from zukan.errors import StoreError
from zukan.query_tree import Is
from zukan.search import popular
from zukan.store.memory import Memory
from zukan.store.read import CatalogueReader
from zukan.store.tokens import NAME
from zukan.store.write import CatalogueWriter


def _made(path: Path, rows: list[Mapping[str, Any]]) -> Path:
    if not path.exists():
        with CatalogueWriter(path, create=True):
            pass
    source = path.with_suffix(".jsonl")
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    Catalogue(path).import_models([source])
    return path


def test_what_another_writes_is_seen_by_who_has_asked_before(tmp_path: Path) -> None:
    path = _made(tmp_path / "catalogue.sqlite", [{"id": f"acme/heron-{place}"} for place in range(3)])
    with CatalogueReader(path) as reader:
        for number in (3, 8):
            if number > 3:
                _made(path, [{"id": f"acme/heron-{place}"} for place in range(number)])
            with reader.translated():
                assert reader.vocabulary.counts([NAME + "heron"]) == {NAME + "heron": number}
                assert reader.vocabulary.counts([NAME + "heron", NAME + "egret"]) == {NAME + "heron": number}


def test_nothing_is_remembered_outside_a_transaction(tmp_path: Path) -> None:
    path = _made(tmp_path / "catalogue.sqlite", [{"id": "acme/heron"}])
    asked = []
    with CatalogueReader(path) as reader:
        memory = reader.vocabulary.memory
        assert isinstance(memory, Memory)
        for _ in range(2):
            memory.of("key", lambda: asked.append("outside"))
        with reader.translated():
            for _ in range(2):
                memory.of("key", lambda: asked.append("inside"))
                memory.answer("answer", lambda: asked.append("answer"))
        with reader.translated():
            memory.of("key", lambda: asked.append("inside"))
            memory.answer("answer", lambda: asked.append("answer"))
    assert asked == ["outside", "outside", "inside", "answer", "answer"]


def test_models_that_were_read_before_are_as_others_have_written_them_since(tmp_path: Path) -> None:
    path = _made(tmp_path / "catalogue.sqlite", [{"id": "acme/heron", "likes": 3}, {"id": "acme/egret", "likes": 4}])
    with CatalogueReader(path) as reader:
        for likes in (3, 70):
            if likes > 3:
                _made(path, [{"id": "acme/heron", "likes": likes}])
            for _ in range(2):
                with reader.translated():
                    found = reader.places_of(["acme/heron", "acme/egret"])
                    places = [found["acme/heron"], found["acme/egret"], 10**9]
                    assert [hit.record.likes for hit in reader.hits(places)] == [likes, 4]
                    assert [model.likes for model in reader.prospects(places[::-1])] == [4, likes]


def test_what_is_kept_stays_within_its_limit_and_is_right_beyond_it(tmp_path: Path) -> None:
    path = _made(tmp_path / "catalogue.sqlite", [{"id": "acme/heron"}])
    asked: list[int] = []

    def squares(keys: list[int]) -> dict[int, int]:
        asked.extend(keys)
        return {key: key * key for key in keys if key >= 0}

    with CatalogueReader(path) as reader, reader.translated():
        memory = reader.vocabulary.memory
        for keys in ([1, 2], [2, 3], [3, 4, 5], [5], [-1, 1]):
            found = memory.each("squares", keys, squares, 4)
            assert {key: found[key] for key in keys if key in found} == {key: key * key for key in keys if key >= 0}
            assert len(found) <= 4
        assert asked == [1, 2, 3, 4, 5, -1, 1]
        # Of what no longer has room the oldest goes.
        assert memory.each("squares", [4, 5], squares, 4)[5] == 25
        assert asked == [1, 2, 3, 4, 5, -1, 1]
        # More at once than may be kept is not kept, and what was is not lost for it.
        assert len(memory.each("squares", range(10, 20), squares, 4)) == 10
        assert memory.each("squares", [1], squares, 4)[1] == 1
        assert asked[7:] == list(range(10, 20))


def test_copies_are_counted_alike_whether_the_counts_are_fresh(tmp_path: Path) -> None:
    rows: list[Mapping[str, Any]] = [
        {"id": "acme/base", "_aliases": ["acme/former"]},
        {"id": "acme/alone"},
        *({"id": f"acme/copy-{place}", "tags": ["base_model:acme/base"]} for place in range(3)),
        {"id": "acme/copy-of-former", "tags": ["base_model:acme/former"]},
        *({"id": f"acme/of-{place}", "tags": ["base_model:quantized:acme/alone"]} for place in range(2)),
    ]
    path = _made(tmp_path / "catalogue.sqlite", rows)
    wanted = {"acme/base": 4, "acme/alone": 2, "acme/copy-1": 0}
    with CatalogueReader(path) as reader:
        assert reader.copies(list(wanted)) == wanted
        assert reader.vocabulary.is_fresh()
    with CatalogueWriter(path) as writer, writer.transaction():
        writer.set_meta({"uncounted": "1"})
    with CatalogueReader(path) as reader:
        assert not reader.vocabulary.is_fresh()
        assert reader.copies(list(wanted)) == wanted


def test_a_reader_that_finds_the_catalogue_locked_is_not_left_in_a_transaction(tmp_path: Path) -> None:
    path = _made(tmp_path / "catalogue.sqlite", [{"id": "acme/heron"}])
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        # Only without a journal of its own can a writer keep readers out.
        assert writer.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete"
        with CatalogueReader(path) as reader:
            reader._connection.execute("PRAGMA busy_timeout = 10")
            writer.execute("BEGIN EXCLUSIVE")
            with pytest.raises(StoreError), reader.translated():
                reader.vocabulary.count("anything")
            assert not reader._connection.in_transaction
            writer.execute("ROLLBACK")
            with reader.translated():
                assert reader.place_of("acme/heron") is not None


def test_popular_models_are_kept_for_what_was_asked_and_until_others_change_them(tmp_path: Path) -> None:
    def rows(number: int) -> list[Mapping[str, Any]]:
        return [{"id": f"acme/{bird}-{place}", "pipeline_tag": "fill-mask", "downloads": place}
                for place in range(number) for bird in ("heron", "egret")]  # fmt: skip

    path = _made(tmp_path / "catalogue.sqlite", rows(2))
    parts = (Is("task", ("fill-mask",)),)
    with CatalogueReader(path) as reader:
        for number in (2, 3):
            if number > 2:
                _made(path, rows(number))
            for _ in range(2):
                with reader.translated():
                    found = [
                        len(popular(reader, parts, 10)),
                        len(popular(reader, parts, 1)),
                        len(popular(reader, parts, 10, named=("heron",))),
                        len(popular(reader, parts, 10, named=("egret", "stork"))),
                        len(popular(reader, (Is("task", ("summarization",)),), 10)),
                    ]
                assert found == [2 * number, 1, number, number, 0]
