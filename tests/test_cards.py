"""`zukan crawl --cards`: front matter and first paragraph of model cards, one request each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hub_server import HubServer
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlManners, CrawlScope
from zukan.errors import UnknownModel
from zukan.outcomes import CrawlReport
from zukan.query import make_query
from zukan.search import search
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

CARD = """---
license: apache-2.0
language: [ja]
base_model: acme/base
extra: {kept: whole}
---
# Title

![badge](x.png)

A model that understands *haiku* about [cherry blossoms](http://x), trained in Kyoto.

Second paragraph with walrus.
"""
Cards = Callable[..., CrawlReport]


@pytest.fixture
def path(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a catalogue of three models of a loopback Hub."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    folder = tmp_path / "with-card"
    folder.mkdir()
    (folder / "README.md").write_text(CARD, encoding="utf-8")
    listed = {"cardData": None, "tags": ["transformers"], "config": {"model_type": "new"}}
    hub.add_model("acme/poet", folder=folder, row={**listed, "downloads": 90})
    hub.add_model("acme/silent", row={"downloads": 50})
    hub.add_model("acme/closed", folder=folder, row={**listed, "downloads": 10}, gated=True)
    path = tmp_path / "cards.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    Catalogue(path).crawl(CrawlScope(whole_hub=True))
    hub.requests.clear()
    return path


def found(path: Path, words: str) -> list[str]:
    with CatalogueReader(path) as reader:
        return [hit.record.model_id for hit in search(reader, make_query(words)).hits]


def test_a_card_is_found_by_its_first_paragraph_and_its_front_matter_counts(path: Path, hub: HubServer) -> None:
    assert found(path, "cherry blossoms") == []
    before = Catalogue(path).show("acme/poet").record
    report = Catalogue(path).crawl_cards(["acme/poet"])
    assert (report.kind, report.finished, report.rows, report.added) == ("cards", True, 1, 1)
    assert found(path, "cherry blossoms") == ["acme/poet"]
    assert found(path, "walrus") == [], "the first paragraph only"
    card = Catalogue(path).show("acme/poet")
    assert card.card is not None
    assert card.card[0] == "A model that understands haiku about cherry blossoms, trained in Kyoto."
    assert (card.record.license, card.record.languages, card.record.base_models) == (
        "apache-2.0",
        ("ja",),
        ("acme/base",),
    )
    assert card.record.row["cardData"]["extra"] == {"kept": "whole"}
    assert card.record.as_of == before.as_of, "a card says nothing of downloads"
    with CatalogueWriter(path) as writer, writer.transaction():
        writer.connection.execute("UPDATE model SET as_of = '2024-01-01', row_hash = NULL")
        writer.connection.execute("UPDATE card SET sha = NULL")
    Catalogue(path).crawl_cards(["acme/poet"])
    assert Catalogue(path).show("acme/poet").record.as_of == "2024-01-01", "nor does one that has not changed"
    assert not [request for request in hub.requests if "config.json" in request.path]


def test_a_later_crawl_keeps_the_card(path: Path, hub: HubServer) -> None:
    Catalogue(path).crawl_cards(["acme/poet"])
    hub.touch("acme/poet", row={"tags": ["transformers", "new-tag"]})
    Catalogue(path).crawl(CrawlScope(update=True))
    assert found(path, "cherry blossoms") == ["acme/poet"]
    assert found(path, "new-tag") == ["acme/poet"]
    assert Catalogue(path).show("acme/poet").record.license == "apache-2.0"


def test_what_is_stored_is_not_fetched_again_unless_it_changed(path: Path, hub: HubServer) -> None:
    first = Catalogue(path).crawl_cards(top=3)
    assert first.rows == 3
    hub.requests.clear()
    assert Catalogue(path).crawl_cards(top=3).rows == 0
    assert hub.requests == []
    hub.touch("acme/silent")
    Catalogue(path).crawl(CrawlScope(update=True))
    assert Catalogue(path).crawl_cards(top=3).rows == 1


def test_models_without_a_card_or_without_access_are_noted(path: Path, hub: HubServer) -> None:
    Catalogue(path).crawl_cards(top=3)
    catalogue = Catalogue(path)
    with catalogue.sql("SELECT model_id, problem FROM cards ORDER BY model_id") as answer:
        problems = {row[0]: row[1] for row in answer}
    assert problems["acme/poet"] is None
    assert "404" in str(problems["acme/silent"])
    assert "401" in str(problems["acme/closed"])
    assert catalogue.show("acme/silent").card is None


def test_the_top_are_the_most_popular(path: Path, hub: HubServer) -> None:
    Catalogue(path).crawl_cards(top=1)
    assert {request.path.split("/")[2] for request in hub.requests if "/resolve/" in request.path} == {"poet"}


def test_a_budget_and_faults_leave_what_was_fetched(path: Path, hub: HubServer) -> None:
    hub.fail("/acme/poet/resolve", status=503, times=2)
    report = Catalogue(path).crawl_cards(top=3, manners=CrawlManners(max_requests=4))
    assert (report.rows, report.finished, report.stopped) == (2, False, "max-requests")
    assert report.retries == {"HTTP 503": 2}
    assert Catalogue(path).crawl_cards(top=3).rows == 1


def test_a_monstrous_card_is_cut(path: Path, hub: HubServer) -> None:
    hub.fail(
        "/acme/poet/resolve",
        status=200,
        body=b"# Big\n\nThese first words say what the model is good for.\n\n" + b"x " * 3_000_000,
    )
    assert Catalogue(path).crawl_cards(["acme/poet"]).rows == 1
    card = Catalogue(path).show("acme/poet").card
    assert card is not None
    assert card[0] == "These first words say what the model is good for."


def test_an_unknown_model_is_said_before_anything_is_fetched(path: Path, hub: HubServer) -> None:
    with pytest.raises(UnknownModel):
        Catalogue(path).crawl_cards(["acme/poet", "acme/nobody"])
    assert hub.requests == []
