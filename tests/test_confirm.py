"""Asking the Hub about a model that the last walk did not meet, and what is then known of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub_server import HubServer
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlScope
from zukan.crawl.confirm import Presence, confirm
from zukan.ingest import take_page
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

BERT = {"config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "pipeline_tag": "fill-mask"}


@pytest.fixture
def path(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a catalogue after a walk that met two models and missed two that it knew by name."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, [{"id": "acme/old"}, {"id": "acme/lost"}])
    hub.add_rows({"id": f"acme/{name}", "likes": 3, **BERT} for name in ("one", "two"))
    Catalogue(path).crawl(CrawlScope(whole_hub=True))
    hub.requests.clear()
    return path


def facts(path: Path, name: str) -> Any:
    with CatalogueReader(path) as reader:
        found = reader.get(name)
        assert found is not None
        return found.record, reader.presence(found.record.model_id)


def test_a_model_that_is_there_after_all_is_taken_in(path: Path, hub: HubServer) -> None:
    hub.add_rows([{"id": "acme/lost", "likes": 7, **BERT}])
    assert confirm(path, "acme/lost") is Presence.THERE
    record, presence = facts(path, "acme/lost")
    assert (record.likes, record.hub_id is not None, presence) == (7, True, (True, None))


def test_a_new_name_is_followed_and_the_old_one_kept(path: Path, hub: HubServer) -> None:
    hub.add_rows([{"id": "acme/old", "likes": 7, **BERT}])
    hub.rename("acme/old", "acme/new")
    assert confirm(path, "acme/old") is Presence.RENAMED
    record, presence = facts(path, "acme/old")
    assert (record.model_id, record.likes, presence) == ("acme/new", 7, (True, None))
    with CatalogueReader(path) as reader:
        assert len([name for name in reader.names_like("acme") if name in {"acme/old", "acme/new"}]) == 1


def test_an_old_name_of_a_model_that_is_known_becomes_its_alias(path: Path, hub: HubServer) -> None:
    hub.rename("acme/one", "acme/old")
    hub.rename("acme/old", "acme/one")
    assert confirm(path, "acme/old") is Presence.RENAMED
    record, _ = facts(path, "acme/old")
    assert record.model_id == "acme/one"


@pytest.mark.parametrize("friendly", [True, False])
@pytest.mark.parametrize("token", [None, "hf_x"])
def test_a_deleted_or_private_model_is_gone(
    path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch, friendly: bool, token: str | None
) -> None:
    hub.friendly_401 = friendly
    if token:
        monkeypatch.setenv("HF_TOKEN", token)
    assert confirm(path, "acme/lost") is Presence.GONE
    record, _ = facts(path, "acme/lost")
    assert record.removed


def test_a_disabled_model_is_told_apart(path: Path, hub: HubServer) -> None:
    hub.add_model("acme/lost", disabled=True)
    assert confirm(path, "acme/lost") is Presence.DISABLED
    record, _ = facts(path, "acme/lost")
    assert (record.disabled, record.removed) == (True, False)


@pytest.mark.parametrize(
    "fault",
    [
        *({"status": status} for status in (500, 503, 403, 429)),
        {"kind": "reset"},
        {"kind": "bad-json"},
        {"status": 200, "body": "[]"},
        {"status": 200, "body": "{}"},
        {"status": 307, "headers": {"Location": "http://127.0.0.1:9/elsewhere"}},
    ],
    ids=str,
)
def test_an_unclear_answer_changes_nothing(path: Path, hub: HubServer, fault: dict[str, Any]) -> None:
    before = facts(path, "acme/lost")
    hub.fail("/api/models/acme/lost", times=None, **fault)
    assert confirm(path, "acme/lost") is Presence.UNKNOWN
    assert facts(path, "acme/lost") == before


def test_show_asks_only_about_models_that_may_be_gone(path: Path, hub: HubServer) -> None:
    assert Catalogue(path).show("acme/one").asked_now is None
    assert hub.requests == []
    card = Catalogue(path).show("acme/lost")
    assert (card.asked_now, card.record.removed) == ("gone", True)
    assert len(hub.requests) == 1
    hub.add_rows([{"id": "acme/lost", "likes": 7, **BERT}])
    again = Catalogue(path).show("acme/lost")
    assert (again.asked_now, again.record.removed, again.record.likes) == ("there", False, 7), "it may come back"
    assert Catalogue(path).show("acme/lost").asked_now is None
    assert len(hub.requests) == 2


def test_the_command_line_says_what_the_hub_said(
    path: Path, hub: HubServer, zukan: Callable[..., Any], tmp_path: Path
) -> None:
    environment = {**hub.environment(tmp_path / "cache"), "ZUKAN_DB": str(path)}
    done = zukan("show", "acme/lost", environment=environment)
    assert "deleted or private: the Hub was asked just now" in done.stdout
    done = zukan("show", "acme/old", "--format", "json", environment={**environment, "HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0, done.stderr
    shown = json.loads(done.stdout)
    assert (shown["asked_now"], shown["confirmed"]) == ("unknown", False)
    assert shown["absent_since"]
    done = zukan("show", "acme/lost", "--ui", "ja", environment=environment)
    assert "削除されたか非公開" in done.stdout
