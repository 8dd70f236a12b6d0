"""Defects that a review found in the crawler, each with the sequence that showed it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_server import HubServer
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlScope
from zukan.crawl.session import CrawlSession
from zukan.hub.listing import FIELDS
from zukan.ingest import Counts, Imported, take_page
from zukan.outcomes import CrawlReport
from zukan.raw_rows import rising, split_rows
from zukan.store.presence import mark_gone
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

ASKED = frozenset(FIELDS)
JSON = {"Content-Type": "application/json"}
Crawl = Callable[..., CrawlReport]


def hub_id(number: int) -> str:
    return f"{0x621FFDC0 + number:08x}{number:016x}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    return path


def take(path: Path, *rows: Any, at: str = "2026-01-02T00:00:00+00:00", asked: frozenset[str] = ASKED) -> Counts:
    """Take a page as a walk does."""
    with CatalogueWriter(path) as writer, writer.transaction():
        return take_page(
            writer, [json.dumps(row).encode() for row in rows], asked=asked, crawled_at=at, date_unchanged=False
        )


def imported(path: Path, *rows: Any, as_of: str | None = None) -> Counts:
    with CatalogueWriter(path) as writer, writer.transaction():
        return take_page(writer, [json.dumps(row).encode() for row in rows], imported=Imported("import", as_of))


def view(path: Path, sql: str) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def names(path: Path) -> dict[str, str]:
    return dict(view(path, "SELECT _id, model_id FROM models WHERE _id IS NOT NULL"))


def raw_row(path: Path, name: str) -> dict[str, Any]:
    with CatalogueReader(path) as reader:
        return reader.raw_row(name)


@pytest.fixture
def crawl(path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    """Return a function that crawls a loopback Hub of 2,500 models, modified one after the other."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    for number in range(2_500):
        date = f"2023-01-01T{number // 3600:02d}:{number // 60 % 60:02d}:{number % 60:02d}.000Z"
        hub.add_model(f"o/m{number}", row={"lastModified": date, "downloads": 5}, hub_id=hub_id(number))

    def run(**scope: Any) -> CrawlReport:
        return Catalogue(path).crawl(CrawlScope(**(scope or {"whole_hub": True})))

    return run


# --- identity ---------------------------------------------------------------------------------------------


def test_a_displaced_model_gets_its_name_back_when_only_figures_moved(path: Path) -> None:
    take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 1}, {"_id": hub_id(2), "id": "o/b", "downloads": 1})
    take(path, {"_id": hub_id(1), "id": "o/b", "downloads": 1})
    take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 1}, {"_id": hub_id(2), "id": "o/b", "downloads": 7})
    assert names(path) == {hub_id(1): "o/a", hub_id(2): "o/b"}
    assert view(path, "SELECT count(*) FROM models WHERE excluded LIKE '%another%'") == [(0,)]


def test_an_old_import_takes_no_name_from_a_crawled_model(path: Path) -> None:
    take(path, {"_id": hub_id(2), "id": "o/b", "downloads": 1})
    counts = imported(path, {"_id": hub_id(9), "id": "o/b", "downloads": 0}, as_of="2024-01-01")
    assert (counts.added, len(counts.refused)) == (0, 1)
    assert names(path) == {hub_id(2): "o/b"}


def test_a_row_without_an_id_beside_its_own_under_a_new_name(path: Path) -> None:
    take(path, {"_id": hub_id(1), "id": "o/a"})
    counts = take(path, {"id": "o/a", "likes": 3}, {"_id": hub_id(1), "id": "o/new"})
    assert counts.refused == []
    assert len(names(path)) == 1


def test_an_alias_of_a_model_that_another_row_of_the_page_displaces(path: Path) -> None:
    take(path, {"_id": hub_id(1), "id": "o/old"}, {"_id": hub_id(3), "id": "o/c"})
    take(path, {"_id": hub_id(1), "id": "o/b"})
    take(path, {"_id": hub_id(3), "id": "o/b"}, {"id": "o/old", "sha": "1"})
    assert set(names(path)) == {hub_id(1), hub_id(3)}
    assert names(path)[hub_id(3)] == "o/b"


@pytest.mark.parametrize("row", [{"id": "o/a\0b"}, {"_id": "x\0y", "id": "o/a"}])
def test_a_name_that_ends_text_is_refused_and_stops_nothing(path: Path, row: dict[str, Any]) -> None:
    for likes in (1, 2):
        counts = take(path, {**row, "likes": likes}, {"_id": hub_id(1), "id": "o/good"})
        assert len(counts.refused) == 1
    assert names(path) == {hub_id(1): "o/good"}


def test_names_that_differ_in_the_case_of_other_scripts_are_two(path: Path) -> None:
    counts = take(
        path, {"_id": hub_id(1), "id": "o/ä"}, {"_id": hub_id(2), "id": "o/Ä"}, {"_id": hub_id(3), "id": "o/\u212a"}
    )
    assert (counts.added, counts.refused) == (3, [])
    again = take(path, {"_id": hub_id(1), "id": "o/ä", "likes": 1}, {"_id": hub_id(2), "id": "o/Ä", "likes": 1})
    assert again.refused == []
    assert len(names(path)) == 3


def test_a_new_repository_under_a_former_name_does_not_take_the_snapshot_s_facts(path: Path) -> None:
    with CatalogueWriter(path) as writer, writer.transaction():
        row = {"id": "o/now", "_aliases": ["o/then"], "createdAt": "2022-05-01T00:00:00.000Z", "likes": 7}
        take_page(writer, [row])
    take(path, {"_id": hub_id(9), "id": "o/then", "createdAt": "2025-01-01T00:00:00.000Z"})
    take(path, {"_id": hub_id(1), "id": "o/now", "createdAt": "2022-05-01T00:00:00.000Z"}, asked=frozenset({"tags"}))
    with CatalogueReader(path) as reader:
        likes = {name: hit.record.likes for name in ("o/now", "o/then") if (hit := reader.get(name))}
    assert likes == {"o/now": 7, "o/then": None}


# --- the fingerprint --------------------------------------------------------------------------------------


def test_a_field_refused_for_a_while_is_not_kept_for_ever(path: Path) -> None:
    row = {"_id": hub_id(1), "id": "o/a"}
    take(path, {**row, "gguf": {"total": 5}})
    assert raw_row(path, "o/a")["gguf"] == {"total": 5}
    take(path, row, asked=ASKED - {"gguf"})
    take(path, row)
    assert "gguf" not in raw_row(path, "o/a")


def test_an_old_list_does_not_make_old_figures_look_unchanged(path: Path) -> None:
    first, second = ({"_id": hub_id(1), "id": "o/a", "downloads": number} for number in (100, 200))
    take(path, first, at="2026-01-01T00:00:00+00:00")
    take(path, second, at="2026-01-02T00:00:00+00:00")
    imported(path, first, as_of="2026-01-01")
    take(path, first, at="2026-01-03T00:00:00+00:00")
    assert view(path, "SELECT downloads, as_of FROM models") == [(100, "2026-01-03")]


def test_an_imported_model_is_marked_as_met_when_a_walk_meets_it(path: Path) -> None:
    row = {"_id": hub_id(1), "id": "o/a", "downloads": 100}
    imported(path, row, as_of="2025-10-01")
    take(path, row)
    found = view(path, "SELECT as_of, crawled_at IS NOT NULL, sources FROM models")
    assert found == [("2026-01-02", 1, '["import","hub"]')]
    assert imported(path, {**row, "downloads": 5}, as_of="2025-10-15").changed == 0


def test_a_row_that_is_refused_does_not_look_confirmed(path: Path) -> None:
    take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 5}, at="2026-01-01T00:00:00+00:00")
    counts = take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 9, "tags": ["x" * 2_000_000]})
    assert len(counts.refused) == 1
    with CatalogueWriter(path) as writer, writer.transaction():
        writer.set_meta({"full_walk_at": "2026-01-02T00:00:00+00:00"})
    assert view(path, "SELECT downloads, as_of FROM models") == [(5, "2026-01-01")]


def test_a_mended_number_is_no_longer_called_clamped(path: Path) -> None:
    take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 10**30})
    assert raw_row(path, "o/a")["_clamped"] == ["downloads"]
    take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 3})
    assert "_clamped" not in raw_row(path, "o/a")


def test_an_import_brings_no_deleted_model_back(path: Path) -> None:
    take(path, {"_id": hub_id(1), "id": "o/a", "downloads": 5})
    with CatalogueWriter(path) as writer, writer.transaction():
        mark_gone(writer, "o/a")
        writer.connection.execute("UPDATE model SET absent_run = 1")
    imported(path, {"_id": hub_id(1), "id": "o/a", "downloads": 4, "cardData": {"license": "mit"}}, as_of="2020-01-01")
    found = view(path, "SELECT v.removed, m.absent_run, v.excluded FROM models v JOIN model m USING (model_id)")
    assert found == [(1, 1, "removed from the Hub")]


# --- the walk ---------------------------------------------------------------------------------------------


def test_an_id_of_the_far_future_does_not_end_the_walk(crawl: Crawl, hub: HubServer, path: Path) -> None:
    rows = [{**hub.row(f"o/m{number}")} for number in range(1_000)]
    strange = {"_id": "f" * 24, "id": "o/strange"}
    link = {"Link": '<http://x/api/models?sort=createdAt&direction=1&limit=1000>; rel="next"', **JSON}
    hub.fail("/api/models?", status=200, body=json.dumps([*rows[:500], strange, *rows[500:]]), headers=link)
    assert crawl().finished
    assert len(names(path)) == 2_501
    assert view(path, "SELECT value FROM meta WHERE name = 'walked_to'") == [(hub_id(2_499),)]


@pytest.mark.parametrize("part", ["walk", "catch up", "new", "changed"])
def test_a_lost_link_loses_nothing(crawl: Crawl, hub: HubServer, path: Path, part: str) -> None:
    if part in ("new", "changed"):
        crawl()
        hub.requests.clear()
    if part == "new":
        for number in range(3_000, 5_500):
            hub.add_model(f"o/m{number}", hub_id=hub_id(number))
    elif part in ("changed", "catch up"):
        for number in range(1_500):
            hub.touch(f"o/m{number}")
    sort = {"walk": "createdAt", "new": "createdAt"}.get(part, "lastModified")
    order = {"walk": "1"}.get(part, "-1")
    listed = sorted((model.row for model in hub._models.values()), key=lambda row: row["_id"])
    if sort == "createdAt" and order == "-1":
        listed.reverse()
    elif sort == "lastModified":
        listed.sort(key=lambda row: row["lastModified"], reverse=True)
    page = listed[:1_000]
    hub.fail(f"/api/models?sort={sort}&direction={order}", status=200, body=json.dumps(page), headers=JSON)
    crawl(**({"update": True} if part in ("new", "changed") else {"whole_hub": True}))
    found = dict(view(path, "SELECT _id, sha FROM models"))
    wanted = {row["_id"]: row["sha"] for row in listed}
    assert {key: found.get(key) for key in wanted} == wanted


def test_an_odd_row_does_not_end_an_update_early(crawl: Crawl, hub: HubServer, path: Path) -> None:
    crawl()
    for number in range(3_000, 5_500):
        hub.add_model(f"o/m{number}", hub_id=hub_id(number))
    page = [hub.row(f"o/m{number}") for number in range(5_499, 4_499, -1)]
    odd = {"_id": "0" * 22 + "07", "id": "o/odd", "lastModified": "1970-01-01T00:00:00.000Z"}
    link = {"Link": '<http://x/api/models?sort=createdAt&direction=-1&limit=1000>; rel="next"', **JSON}
    hub.fail("/api/models?sort=createdAt&direction=-1", status=200, body=json.dumps([*page, odd]), headers=link)
    crawl(update=True)
    assert len(names(path)) == 5_001


def test_an_interrupted_page_is_not_passed_over(crawl: Crawl, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C after the page's facts were written and before they were committed."""
    saves = 0
    save = CrawlSession.save

    def interrupted(self: CrawlSession) -> None:
        nonlocal saves
        save(self)
        saves += 1
        if saves == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(CrawlSession, "save", interrupted)
    with pytest.raises(KeyboardInterrupt):
        crawl()
    monkeypatch.setattr(CrawlSession, "save", save)
    assert view(path, "SELECT rows, stopped FROM crawls") == [(1_000, "interrupted")]
    report = crawl()
    assert (report.continued, report.finished, len(names(path))) == (True, True, 2_500)


def test_deletions_are_found_beside_a_row_without_an_id(crawl: Crawl, hub: HubServer, path: Path) -> None:
    crawl()
    for number in range(100, 150):
        hub.remove(f"o/m{number}")
    page = [hub.row(f"o/m{number}") for number in (*range(100), *range(150, 1_050))]
    page[3] = {"id": page[3]["id"], "tags": ["spoilt"]}
    link = {"Link": '<http://x/api/models?sort=createdAt&direction=1&limit=1000&cursor=x>; rel="next"', **JSON}
    hub.fail("/api/models?sort=createdAt&direction=1", status=200, body=json.dumps(page), headers=link)
    assert crawl().absent == 50


def test_a_list_that_has_almost_nothing_marks_nothing(crawl: Crawl, hub: HubServer, path: Path) -> None:
    crawl()
    hub.reset()
    hub.add_rows([{"id": "o/other"}])
    report = crawl()
    assert (report.finished, report.absent) == (True, 0)
    assert view(path, "SELECT count(*) FROM models WHERE absent") == [(0,)]


def test_models_of_this_machine_are_no_business_of_the_hub(
    crawl: Crawl, hub: HubServer, path: Path, tmp_path: Path
) -> None:
    model = tmp_path / "secret-project"
    model.mkdir()
    (model / "config.json").write_text('{"model_type": "bert", "architectures": ["BertForMaskedLM"]}', encoding="utf-8")
    Catalogue(path).import_models([model])
    crawl()
    card = Catalogue(path).show(str(model))
    assert (card.asked_now, card.record.absent, card.record.removed) == (None, False, False)
    Catalogue(path).crawl_cards(top=3)
    assert not [request for request in hub.requests if "secret" in request.path]


def test_a_model_that_the_hub_cannot_show_does_not_stop_an_update(crawl: Crawl, hub: HubServer, path: Path) -> None:
    hub.add_model("o/broken", row={"downloads": 10**6}, hub_id=f"621ffd00{'0' * 16}", private=True)
    crawl()
    hub.add_model("o/newer", hub_id=hub_id(2_800))
    crawl(update=True)
    hub.update("o/broken", {"private": False, "lastModified": "2022-03-02T23:29:04.000Z"})
    hub.fail("/api/models/o/broken", status=500, times=None)
    report = crawl(update=True)
    assert (report.finished, report.refused) == (True, 1)


def test_a_walk_begun_at_one_hub_is_not_continued_at_another(
    crawl: Crawl, hub: HubServer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    from zukan.crawl import CrawlManners

    Catalogue(path).crawl(CrawlScope(whole_hub=True), CrawlManners(max_requests=1))
    with HubServer() as other:
        monkeypatch.setattr(constants, "ENDPOINT", other.endpoint)
        other.add_rows({"id": f"x/{number}"} for number in range(20))
        assert crawl().continued is False
        Catalogue(path).crawl(CrawlScope(whole_hub=True), CrawlManners(max_requests=1))
    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint.replace("127.0.0.1", "localhost"))
    Catalogue(path).crawl(CrawlScope(whole_hub=True), CrawlManners(max_requests=1, restart=True))
    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    assert crawl().continued is True, "the same Hub by another address"


def test_pages_that_bring_nothing_end(crawl: Crawl, hub: HubServer) -> None:
    body = json.dumps([None, 5, "x", {"id": "a/b"}, {"id": 5}, {"_id": "zz", "id": "c/d"}])
    hub.fail("/api/models?", status=200, body=body, headers=JSON, times=None)
    assert crawl().requests < 10
    looping = {"Link": '<http://x/api/models?cursor=a>; rel="next"', **JSON}
    hub.fail("/api/models?author=", status=200, body="[]", headers=looping, times=None)
    assert crawl(author="nobody").requests < 10


# --- pieces -----------------------------------------------------------------------------------------------


def test_what_stands_out_of_order_is_left_out() -> None:
    assert rising(["a", "b", "z", "c", "d"]) == ["a", "b", "c", "d"]
    assert rising(["c", "a", "b"]) == ["a", "b"]
    assert rising([]) == []


def test_a_body_cut_inside_a_text_is_read_in_proportion_to_its_length() -> None:
    assert split_rows(b'[{"a": "' + b'\\"' * 2_000_000) is None
