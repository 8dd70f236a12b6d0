"""`zukan import`: the same path as a crawl; older facts never push out newer ones; nothing is lost at a broken end."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from hub_server import HubServer
from stored_index import assert_index_is_true
from zukan import settle
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlScope, importing
from zukan.errors import CrawlRunning, UnreadableFile
from zukan.schema import ModelRecord
from zukan.store.lock import fill_lock
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

BERT = {"config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "pipeline_tag": "fill-mask"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "imported.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    return path


def lines(folder: Path, *rows: Any, name: str = "rows.jsonl") -> Path:
    path = folder / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def record(path: Path, name: str) -> ModelRecord:
    with CatalogueReader(path) as reader:
        found = reader.get(name)
    assert found is not None
    return found.record


def test_rows_become_models_with_family_and_lineage(path: Path, tmp_path: Path) -> None:
    rows = [
        {"id": "acme/copy", "tags": ["gguf", "base_model:quantized:acme/base"]},
        {"_id": "621ffdc036468d709f17434d", "id": "acme/base", "downloads": 5, **BERT},
        {"id": 7},
        "nonsense",
    ]
    report = Catalogue(path).import_models([lines(tmp_path, *rows)], as_of="2024-07-11")
    assert (report.kind, report.finished, report.added, report.refused, report.requests) == ("import", True, 2, 2, 0)
    with CatalogueReader(path) as reader:
        found = {name: hit for name in ("acme/copy", "acme/base") if (hit := reader.get(name))}
    assert {hit.tag.family for hit in found.values()} == {"encoder-only"}
    assert (found["acme/base"].record.as_of, found["acme/base"].record.sources) == ("2024-07-11", ("import",))
    assert found["acme/copy"].record.hub_id is None


def test_the_same_again_changes_nothing(path: Path, tmp_path: Path) -> None:
    file = lines(tmp_path, {"id": "acme/a", "downloads": 5}, {"_id": "6" * 24, "id": "acme/b", "downloads": 5})
    Catalogue(path).import_models([file], as_of="2024-07-11")
    again = Catalogue(path).import_models([file], as_of="2024-07-11")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)


def fingerprints(path: Path) -> dict[str, int | None]:
    with closing(sqlite3.connect(path)) as connection:
        return dict(connection.execute("SELECT model_id, row_hash FROM model").fetchall())


def test_a_row_that_comes_again_is_known_by_its_text_and_its_day(path: Path, tmp_path: Path) -> None:
    first, second = ({"_id": number * 24, "id": f"acme/{number}", "downloads": 5} for number in "67")
    Catalogue(path).import_models([lines(tmp_path, first, second)], as_of="2024-07-11")
    known = fingerprints(path)
    assert None not in known.values()
    report = Catalogue(path).import_models([lines(tmp_path, first, {**second, "downloads": 6})], as_of="2024-07-11")
    assert (report.changed, report.unchanged) == (1, 1)
    assert record(path, "acme/7").downloads == 6
    assert fingerprints(path)["acme/6"] == known["acme/6"]
    Catalogue(path).import_models([lines(tmp_path, first)], as_of="2025-01-01")
    assert record(path, "acme/6").as_of == "2025-01-01", "the same text of a later day says something new"


def test_a_row_that_is_known_by_its_text_is_another_one_under_another_name(path: Path, tmp_path: Path) -> None:
    row = {"_id": "6" * 24, "id": "acme/a", "downloads": 5}
    Catalogue(path).import_models([lines(tmp_path, row)], as_of="2024-07-11")
    report = Catalogue(path).import_models([lines(tmp_path, {**row, "id": "acme/b"})], as_of="2024-07-11")
    assert (report.changed, report.renamed) == (1, 1)
    assert record(path, "acme/a").model_id == "acme/b"


def test_a_model_of_a_file_does_not_pass_for_met_by_the_walk_before(
    path: Path, tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    hub.add_rows([{"id": "acme/a", "downloads": 90}])
    Catalogue(path).crawl(CrawlScope(whole_hub=True))
    file = lines(tmp_path, {"_id": "5" * 24, "id": "acme/gone", "downloads": 5})
    Catalogue(path).import_models([file], as_of="2024-07-11")
    assert record(path, "acme/gone").as_of == "2024-07-11"
    again = Catalogue(path).import_models([file], as_of="2024-07-11")
    assert (again.changed, again.unchanged) == (0, 1)


@pytest.mark.parametrize("as_of", ["2024-07-11", None])
def test_what_is_older_or_undated_only_fills_gaps(
    path: Path, tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch, as_of: str | None
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    hub.add_rows([{"id": "acme/a", "downloads": 90, "likes": 1, "tags": ["new"]}])
    Catalogue(path).crawl(CrawlScope(whole_hub=True))
    today = record(path, "acme/a").as_of
    file = lines(
        tmp_path, {"id": "acme/a", "downloads": 5, "likes": 7, "tags": ["old"], "cardData": {"license": "mit"}}
    )
    Catalogue(path).import_models([file], as_of=as_of)
    found = record(path, "acme/a")
    assert (found.downloads, found.likes, found.tags, found.as_of) == (90, 1, ("new",), today)
    assert found.license == "mit", "what was not known is"
    assert found.hub_id
    with CatalogueReader(path) as reader:
        past = [] if as_of is None else [(as_of, 5, 7)]
        assert reader.history("acme/a") == [*past, (today, 90, 1)]


def test_an_old_name_in_an_old_list_is_an_alias_and_renames_nothing(
    path: Path, tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    hub.add_rows([{"id": "acme/now", "likes": 1}])
    Catalogue(path).crawl(CrawlScope(whole_hub=True))
    hub_id = record(path, "acme/now").hub_id
    Catalogue(path).import_models([lines(tmp_path, {"_id": hub_id, "id": "acme/then"})], as_of="2024-07-11")
    assert (record(path, "acme/then").model_id, record(path, "acme/now").aliases) == ("acme/now", ())
    Catalogue(path).import_models([lines(tmp_path, {"id": "acme/then", "likes": 9})], as_of="2099-01-01")
    found = record(path, "acme/then")
    assert (found.model_id, found.likes) == ("acme/now", 9)
    assert int(Catalogue(path).info()["models"]) == 1


def test_what_is_newer_wins_and_the_older_figure_is_kept_as_history(path: Path, tmp_path: Path) -> None:
    file = lines(tmp_path, {"id": "acme/a", "downloads": 5})
    Catalogue(path).import_models([file], as_of="2024-07-11")
    lines(tmp_path, {"id": "acme/a", "downloads": 50})
    Catalogue(path).import_models([file], as_of="2025-01-01")
    assert record(path, "acme/a").downloads == 50
    with CatalogueReader(path) as reader:
        assert reader.history("acme/a") == [("2024-07-11", 5, None), ("2025-01-01", 50, None)]


def test_a_crawl_joins_an_imported_row(
    path: Path, tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    Catalogue(path).import_models([lines(tmp_path, {"id": "acme/a", "downloads": 5})], as_of="2024-07-11")
    hub.add_rows([{"id": "acme/a", "downloads": 6}])
    report = Catalogue(path).crawl(CrawlScope(whole_hub=True))
    assert (report.added, report.changed) == (0, 1)
    assert record(path, "acme/a").sources == ("import", "hub")


def test_what_comes_before_a_broken_end_is_kept(path: Path, tmp_path: Path) -> None:
    whole = "".join(json.dumps({"id": f"acme/model-{place}", "pad": str(place) * 50}) + "\n" for place in range(3_000))
    packed = gzip.compress(whole.encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(UnreadableFile):
        Catalogue(path).import_models([tmp_path / "cut.jsonl.gz"])
    with CatalogueReader(path) as reader:
        assert 100 < int(reader.meta()["models"]) < 3_000


def long_file(folder: Path) -> Path:
    """Return a file of pages of a hundred rows, some of them odd in every way."""
    rows: list[Any] = [
        {
            "id": f"acme/model-{place}",
            "_id": f"621ffdc0{place:016x}",
            "downloads": place % 40,
            "tags": ["transformers", "bert", f"dataset:{place % 50}", "license:mit"],
            **(BERT if place % 3 else {"baseModels": {"models": [{"id": f"acme/model-{place + 1}"}]}}),
        }
        for place in range(1_650)
    ]
    rows[620] = "not a model"
    rows[630] = {"id": "acme/known", "_id": "f" * 24, "downloads": 7}
    rows[750] = {**rows[40], "likes": 5}
    rows[850] = {"id": "ACME/MODEL-849", "downloads": 1}
    rows[950] = {"id": "acme/half\ud800", "downloads": 2**70}
    rows[1_150] = {"id": "acme/clamped", "downloads": 2**70, "tags": ["日本語"]}
    return lines(folder, *rows, name="long.jsonl")


def held(path: Path) -> list[Any]:
    """Return all that a catalogue says of its models, and by which words the index finds how many."""
    with CatalogueReader(path) as reader, closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab('main', 'model_text', 'row')")
        facts = [
            connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608
            for table in ("models ORDER BY model_id", "temp.words", "term", "refused_rows ORDER BY row")
        ]
        rows = {
            name: reader.raw_row(name) for name in ("acme/known", "acme/model-40", "acme/clamped", "acme/model-1649")
        }
        return [*facts, rows]


def test_several_processes_fill_the_same_catalogue_as_one(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = lines(tmp_path, {"id": "acme/known", "_id": "f" * 24, "downloads": 1}, name="known.jsonl")
    other, reports = tmp_path / "other.sqlite", []
    with CatalogueWriter(other, create=True):
        pass
    monkeypatch.setattr(importing, "PAGE", 100)
    for target, alone, many in ((path, 2, 10), (other, 1_000, 10**9)):
        monkeypatch.setattr(importing, "_FEW_PAGES", alone)
        monkeypatch.setattr(settle, "_MANY", many)
        Catalogue(target).import_models([known], as_of="2026-01-01")
        reports.append(Catalogue(target).import_models([long_file(tmp_path)], as_of="2026-02-01"))
        Catalogue(target).optimize()
    assert held(path) == held(other)
    counts = [(one.rows, one.added, one.changed, one.unchanged, one.refused, one.clamped) for one in reports]
    assert counts[0] == counts[1]
    assert_index_is_true(sqlite3.connect(path), tmp_path / "copy.sqlite")


def test_of_a_long_file_too_all_is_kept_that_comes_before_its_broken_end(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "PAGE", 100)
    monkeypatch.setattr(importing, "_FEW_PAGES", 2)
    file = long_file(tmp_path)
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(UnreadableFile):
        Catalogue(path).import_models([file])
    with CatalogueReader(path) as reader:
        assert reader.get("acme/model-1648") is not None


def test_pages_of_the_api_and_several_files(path: Path, tmp_path: Path) -> None:
    (tmp_path / "page.json").write_text(json.dumps([{"id": "acme/a"}, {"id": "acme/b"}]), encoding="utf-8")
    report = Catalogue(path).import_models([tmp_path / "page.json", lines(tmp_path, {"id": "acme/c"})])
    assert report.added == 3


def test_a_folder_of_models(path: Path, tiny_models: dict[str, Path], tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    name, source = next(iter(tiny_models.items()))
    (folder / name).symlink_to(source)
    report = Catalogue(path).import_models([folder])
    assert report.added == 1
    with CatalogueReader(path) as reader:
        (model_id,) = reader.names_like(name)
    found = record(path, model_id)
    assert (found.author, found.sources, found.model_type) == ("local", ("local",), "bert")


def test_the_local_cache(
    path: Path, tmp_path: Path, hub: HubServer, tiny_models: dict[str, Path], monkeypatch: pytest.MonkeyPatch,
    zukan: Callable[..., Any],
) -> None:  # fmt: skip
    name, source = next(iter(tiny_models.items()))
    hub.add_model("acme/cached", folder=source)
    environment = {**hub.environment(tmp_path / "cache"), "ZUKAN_DB": str(path)}
    from huggingface_hub import snapshot_download

    snapshot_download("acme/cached", endpoint=hub.endpoint, cache_dir=tmp_path / "cache" / "hub")
    done = zukan("import", "--cache", "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["added"] == 1
    found = record(path, "acme/cached")
    assert (found.sources, found.sha) == (("cache",), hub.sha("acme/cached"))
    assert name


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("nowhere.jsonl",), 2, "cannot be read"),
        (("empty.jsonl",), 2, "cannot be read"),
        (("binary.bin",), 2, "cannot be read"),
        ((), 2, "say what to import"),
        (("rows.jsonl", "--as-of", "yesterday"), 2, "no date"),
    ],
)
def test_bad_input_is_one_sentence(
    path: Path, tmp_path: Path, zukan: Callable[..., Any], arguments: tuple[str, ...], code: int, words: str
) -> None:
    (tmp_path / "empty.jsonl").touch()
    (tmp_path / "binary.bin").write_bytes(bytes(range(256)) * 20)
    lines(tmp_path, {"id": "acme/a"})
    done = zukan("import", *arguments, environment={"ZUKAN_DB": str(path)})
    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_not_beside_a_crawl(path: Path, tmp_path: Path) -> None:
    with fill_lock(path), pytest.raises(CrawlRunning):
        Catalogue(path).import_models([lines(tmp_path, {"id": "acme/a"})])
