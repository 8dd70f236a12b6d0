"""A small catalogue that holds everything a catalogue can: walks, renames, absences, history, cards, trials."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hub_server import HubServer
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlScope
from zukan.outcomes import TrialResult, TrialStatus
from zukan.store.trials import store_trial
from zukan.store.write import CatalogueWriter

CARD = "---\nlicense: mit\nlanguage: [ja]\nextra: {kept: whole}\n---\n# Title\n\nA model that writes haiku.\n"
BERT = {"config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "pipeline_tag": "fill-mask"}


def fill(path: Path, folder: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make such a catalogue at `path` from a loopback Hub, and return its path."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)
    card = folder / "with-card"
    card.mkdir()
    (card / "README.md").write_text(CARD, encoding="utf-8")
    hub.add_model("acme/poet", folder=card, row={"downloads": 90, "likes": 4, "tags": ["transformers", "俳句"], **BERT})
    hub.add_rows(
        [
            {"id": "acme/gone", "downloads": 7},
            {"id": "acme/old-name", "downloads": 11, "gated": "manual", **BERT},
            {"id": "acme/copy", "downloads": 3, "tags": ["gguf", "base_model:quantized:acme/poet"]},
            {"id": "acme/speaker", "downloads": 2**70, "pipeline_tag": "text-to-speech", "author": "somebody"},
            {"id": "acme/odd", "pipeline_tag": "a/b =%ü", "createdAt": "yesterday", "mask_token": "<mask>"},
            {"id": "no-slash", "downloads": 5, "trendingScore": 3, "disabled": False, "private": False},
            *({"id": f"many/model-{place}", "downloads": place % 9, **BERT} for place in range(300)),
        ]
    )
    with CatalogueWriter(path, create=True):
        pass
    catalogue = Catalogue(path)
    past = folder / "past.jsonl"
    past.write_text(json.dumps({"id": "acme/poet", "downloads": 60, "likes": 1}) + "\n", encoding="utf-8")
    catalogue.import_models([past], as_of="2024-07-11")
    catalogue.crawl(CrawlScope(whole_hub=True))
    catalogue.crawl_cards(["acme/poet"])
    hub.remove("acme/gone")
    hub.rename("acme/old-name", "acme/new-name")
    hub.update("acme/copy", {"downloads": 40})
    catalogue.crawl(CrawlScope(whole_hub=True))
    local = folder / "models" / "tiny"
    local.mkdir(parents=True)
    (local / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
    catalogue.import_models([folder / "models"])
    taken = folder / "taken.jsonl"
    taken.write_text(
        json.dumps({"_id": "f" * 24, "id": "acme/speaker", "downloads": 1}) + '\n"bad"\n', encoding="utf-8"
    )
    catalogue.import_models([taken], as_of="2030-01-01")
    add_trial(path, "acme/poet")
    return path


def add_trial(path: Path, model_id: str) -> None:
    """Note that a model was tried on this machine."""
    result = TrialResult(
        model_id, "fill-mask", TrialStatus.OK, "cat", "cat", {"text": "[MASK]"}, started_at="2026-11-27T00:00:00+00:00"
    )
    store_trial(path, result)


def view(path: Path, name: str) -> list[tuple[object, ...]]:
    """Return all of a view of a catalogue, in one order."""
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608
    return sorted(found, key=repr)
