"""What a walk over the whole Hub leaves behind: unconfirmed and absent models, history, updates, one at a time."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_server import HubServer
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlManners, CrawlScope
from zukan.errors import CrawlRunning, HubError, NothingToUpdate
from zukan.ingest import take_page
from zukan.outcomes import CrawlEvent, CrawlReport
from zukan.settle import settle
from zukan.store.lock import fill_lock
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

BERT = {"config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "pipeline_tag": "fill-mask"}
NEWEST = f"{int(time.time()):08x}{'0' * 16}"
"""An `_id` of just now."""
Crawl = Callable[..., CrawlReport]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a catalogue that knows three models from a snapshot."""
    path = tmp_path / "whole.sqlite"
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            rows = [
                {"id": "acme/kept", "downloads": 5, "_as_of": "2024-07-11", "_sources": ["seed"]},
                {"id": "acme/now", "_aliases": ["acme/then"], "_as_of": "2024-07-11", "_sources": ["seed"]},
                {"id": "acme/lost", "_as_of": "2024-07-11", "_sources": ["seed"]},
            ]
            take_page(writer, rows)
        settle(writer)
    return path


@pytest.fixture
def crawl(path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    """Return a function that crawls the loopback Hub in this process."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    hub.add_rows({"id": name, "downloads": 9, "likes": 1, **BERT} for name in ("acme/kept", "acme/then", "acme/new"))

    def run(scope: CrawlScope | None = None, manners: CrawlManners | None = None, **options: Any) -> CrawlReport:
        return Catalogue(path).crawl(scope or CrawlScope(whole_hub=True), manners, **options)

    return run


def view(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def test_snapshot_rows_join_the_hub_s_by_name_and_alias_and_the_rest_is_absent(path: Path, crawl: Crawl) -> None:
    report = crawl()
    assert (report.kind, report.finished, report.added, report.changed, report.absent) == ("full", True, 1, 2, 1)
    found = view(path, "SELECT model_id, unconfirmed, absent FROM models ORDER BY model_id")
    assert found == [("acme/kept", 0, 0), ("acme/lost", 1, 1), ("acme/new", 0, 0), ("acme/then", 0, 0)]
    with CatalogueReader(path) as reader:
        assert reader.prospect("acme/lost").exclusion == "not in the last list of the Hub"
        joined = reader.get("acme/now")
    assert joined is not None
    assert joined.record.model_id == "acme/then"


def test_a_model_that_comes_back_is_there_again(path: Path, crawl: Crawl, hub: HubServer) -> None:
    crawl()
    hub.add_rows([{"id": "acme/lost", **BERT}])
    assert crawl().absent == 0
    with CatalogueReader(path) as reader:
        assert reader.prospect("acme/lost").exclusion is None


def test_an_unchanged_model_is_not_written_again_and_still_dated_by_the_walk(path: Path, crawl: Crawl) -> None:
    crawl()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE model SET as_of = '2025-01-01', crawled_at = '2025-01-01' WHERE model_id = 'acme/kept'")
    connection.commit()
    connection.close()
    report = crawl()
    assert (report.changed, report.unchanged) == (0, 3)
    assert view(path, "SELECT as_of, crawled_at FROM model WHERE model_id = 'acme/kept'") == [
        ("2025-01-01", "2025-01-01")
    ]
    with CatalogueReader(path) as reader:
        found = reader.get("acme/kept")
        assert found is not None
        assert str(found.record.as_of) > "2026", "the walk has seen that these figures still hold"
        assert reader.prospect("acme/kept").as_of == found.record.as_of
    assert view(path, "SELECT as_of FROM models WHERE model_id = 'acme/kept'") == [(found.record.as_of,)]


def test_what_downloads_were_is_kept_by_date_once_a_day(path: Path, crawl: Crawl, hub: HubServer) -> None:
    crawl()
    hub.update("acme/kept", {"downloads": 50})
    crawl()
    hub.update("acme/kept", {"downloads": 70})
    crawl()
    with CatalogueReader(path) as reader:
        history = reader.history("acme/kept")
    assert [downloads for _, downloads, _ in history] == [5, 70], "the figure of a day is its last"
    assert history[0][0] == "2024-07-11"


def test_an_update_needs_a_complete_walk(path: Path, crawl: Crawl) -> None:
    with pytest.raises(NothingToUpdate):
        crawl(CrawlScope(update=True))
    report = crawl(manners=CrawlManners(max_requests=1))
    assert (report.finished, report.stopped) == (False, "max-requests")
    with pytest.raises(NothingToUpdate):
        crawl(CrawlScope(update=True))


def test_an_update_finds_the_new_the_changed_and_new_figures(path: Path, crawl: Crawl, hub: HubServer) -> None:
    crawl()
    hub.touch("acme/new", row={"pipeline_tag": "text-classification"})
    hub.update("acme/kept", {"downloads": 1_000, "trendingScore": 7})
    hub.add_model("acme/newest", row={**BERT}, hub_id=NEWEST)
    hub.requests.clear()
    report = crawl(CrawlScope(update=True))
    assert (report.finished, report.added, report.changed) == (True, 1, 2)
    assert [request.query["sort"][0] for request in hub.requests] == [
        "createdAt",
        "lastModified",
        "downloads",
        "trendingScore",
    ], report
    with CatalogueReader(path) as reader:
        found = {name: hit.record for name in ("acme/new", "acme/kept", "acme/newest") if (hit := reader.get(name))}
    assert found["acme/new"].pipeline_tag == "text-classification"
    assert (found["acme/kept"].downloads, found["acme/kept"].trending_score) == (1_000, 7.0)
    assert found["acme/newest"].hub_id == NEWEST
    again = crawl(CrawlScope(update=True))
    assert (again.added, again.changed) == (0, 0)


def test_a_model_made_public_since_is_found_by_its_figures(path: Path, crawl: Crawl, hub: HubServer) -> None:
    hub.add_model("acme/secret", row={**BERT, "downloads": 99}, hub_id="0" * 24, private=True)
    crawl()
    hub.update("acme/secret", {"private": False, "lastModified": "2022-03-02T23:29:04.000Z"})
    assert crawl(CrawlScope(update=True)).added == 1
    with CatalogueReader(path) as reader:
        found = reader.get("acme/secret")
    assert found is not None
    assert found.tag.family == "encoder-only", "all of it was fetched, not the figures alone"


def test_an_update_sees_a_rename_where_it_meets_one(path: Path, crawl: Crawl, hub: HubServer) -> None:
    crawl()
    hub.rename("acme/kept", "acme/moved")
    report = crawl(CrawlScope(update=True))
    assert report.renamed == 1
    with CatalogueReader(path) as reader:
        found = reader.get("acme/kept")
    assert found is not None
    assert (found.record.model_id, found.record.pipeline_tag) == ("acme/moved", "fill-mask")


def test_a_walk_that_was_stopped_goes_on_and_one_begun_anew_does_not(path: Path, crawl: Crawl, hub: HubServer) -> None:
    hub.add_rows({"id": f"many/model-{place}"} for place in range(1_500))
    first = crawl(manners=CrawlManners(max_requests=1))
    assert (first.rows, first.finished) == (1_000, False)
    second = crawl()
    assert (second.continued, second.finished, second.rows >= 1_503) == (True, True, True)
    crawl(manners=CrawlManners(max_requests=1))
    anew = crawl(manners=CrawlManners(restart=True))
    assert (anew.continued, anew.added, anew.finished) == (False, 0, True)
    assert crawl().continued is False, "what was given up for a new walk is not taken up again"


def test_what_the_hub_refuses_for_ever_leaves_a_walk_that_can_go_on(path: Path, crawl: Crawl, hub: HubServer) -> None:
    hub.fail("/api/models?", status=403, times=None)
    with pytest.raises(HubError):
        crawl()
    assert view(path, "SELECT unfinished, stopped FROM crawls") == [(1, "refused by the Hub")]
    assert view(path, "SELECT count(*) FROM models WHERE absent") == [(0,)]


def test_one_crawl_at_a_time(path: Path, crawl: Crawl) -> None:
    with fill_lock(path):
        with pytest.raises(CrawlRunning) as caught:
            crawl()
        assert int(caught.value.detail) > 0
    crawl()


def test_progress_is_told(crawl: Crawl) -> None:
    events: list[CrawlEvent] = []
    crawl(progress=events.append)
    assert [*dict.fromkeys(event.phase for event in events)] == ["walk", "catch up", "settle"]
    assert max(event.rows for event in events) >= 3
    assert all(event.requests_left is None or event.requests_left > 0 for event in events)


def test_a_copy_takes_the_family_of_a_base_that_comes_later(path: Path, crawl: Crawl, hub: HubServer) -> None:
    hub.add_model("acme/copy", row={"tags": ["gguf", "base_model:quantized:acme/base"]}, hub_id="1" * 24)
    crawl()
    hub.add_model("acme/base", row={**BERT}, hub_id=NEWEST)
    crawl(CrawlScope(update=True))
    with CatalogueReader(path) as reader:
        found = reader.get("acme/copy")
    assert found is not None
    assert (found.tag.family, found.tag.rule) == ("encoder-only", "base-model")


def test_a_chain_of_copies_follows_when_its_first_base_changes(path: Path, crawl: Crawl, hub: HubServer) -> None:
    for place, name in enumerate(("one", "two", "three"), start=1):
        base = "acme/base" if place == 1 else f"acme/{('one', 'two')[place - 2]}"
        hub.add_model(f"acme/{name}", row={"tags": ["gguf", f"base_model:quantized:{base}"]}, hub_id=f"{place}" * 24)
    hub.add_model("acme/base", row={"tags": []}, hub_id="a" * 24)
    crawl()
    hub.touch("acme/base", row=BERT)
    crawl(CrawlScope(update=True))
    with CatalogueReader(path) as reader:
        assert {hit.tag.family for name in ("one", "two", "three") if (hit := reader.get(f"acme/{name}"))} == {
            "encoder-only"
        }
