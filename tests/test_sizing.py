"""Sizes that the catalogue does not know, read from the head of the weights over a loopback Hub."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conftest import Zukan
from hub_server import HubServer
from zukan.advice import Verdict
from zukan.catalogue import Catalogue
from zukan.crawl import CrawlScope
from zukan.hub.weights import HEAD_BYTES
from zukan.ingest import take_page
from zukan.resources import data_path
from zukan.settle import settle
from zukan.store import sizes
from zukan.store.write import CatalogueWriter

BERT = data_path("models", "mini-bert")
FACTS = {
    "pipeline_tag": "fill-mask",
    "library_name": "transformers",
    "tags": ["transformers", "safetensors", "bert"],
    "config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
    "downloads": 1_000,
    "likes": 10,
    "gated": False,
}


def weights(path: Path, tensors: dict[str, tuple[str, int, int]]) -> None:
    """Write a safetensors file of zeros: name → (dtype, numbers, bytes of each)."""
    header, end = {}, 0
    for name, (dtype, number, width) in tensors.items():
        header[name] = {"dtype": dtype, "shape": [number], "data_offsets": [end, end + number * width]}
        end += number * width
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(end))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "repository"
    found.mkdir()
    (found / "config.json").write_text("{}")
    return found


@pytest.fixture
def known(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Catalogue]:
    """Return a function that makes a catalogue of models of unknown size, which the Hub has."""
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", hub.endpoint)

    def make(*rows: dict[str, Any]) -> Catalogue:
        path = tmp_path / "catalogue.sqlite"
        with CatalogueWriter(path, create=True) as writer:
            with writer.transaction():
                assert not take_page(writer, [{**FACTS, "_as_of": "2026-08-22", **row} for row in rows]).refused
            settle(writer)
        return Catalogue(path)

    return make


def asked(hub: HubServer) -> list[tuple[str, str]]:
    """Return (file, range) of each request for a file on the Hub itself."""
    return [
        (request.path.rpartition("/")[2], request.headers.get("range", ""))
        for request in hub.requests
        if request.origin == "hub" and "/resolve/" in request.path
    ]


def test_nothing_is_asked_without_leave(known: Callable[..., Catalogue], hub: HubServer) -> None:
    hub.add_model("acme/bert", folder=BERT, row=FACTS)
    answer = known({"id": "acme/bert"}).recommend("fill-mask", machine="16GB")
    assert answer.candidates[0].fit.verdict is Verdict.UNKNOWN
    assert hub.requests == []


def test_the_head_of_one_file_tells_the_size_which_is_kept(known: Callable[..., Catalogue], hub: HubServer) -> None:
    hub.add_model("acme/bert", folder=BERT, row=FACTS)
    catalogue = known({"id": "acme/bert"})
    answer = catalogue.recommend("fill-mask", machine="16GB", check_sizes=True)
    assert asked(hub) == [("model.safetensors", f"bytes=0-{HEAD_BYTES - 1}")]
    record, fit = answer.candidates[0].record, answer.candidates[0].fit
    size = (BERT / "model.safetensors").stat().st_size
    assert 0.9 * size < (record.weight_bytes or 0) < size
    assert record.weight_bytes == 4 * (record.num_parameters or 0)
    assert (fit.verdict, fit.download_bytes) == (Verdict.FITS, record.weight_bytes)
    assert (record.parameters_source or "").startswith("header: safetensors, read 20")
    assert "weights as the header of their file says, read 20" in fit.basis
    assert answer.notes[-1] == "sizes read just now from the header of the weights: 1"
    hub.requests.clear()
    again = catalogue.recommend("fill-mask", machine="16GB", check_sizes=True).candidates[0]
    assert (again.record.weight_bytes, hub.requests) == (record.weight_bytes, [])


def test_a_crawl_that_meets_the_model_unchanged_keeps_what_was_read(
    known: Callable[..., Catalogue], hub: HubServer
) -> None:
    hub.add_model(
        "acme/bert", folder=BERT, row={**FACTS, "safetensors": None, "lastModified": "2026-01-01T00:00:00.000Z"}
    )
    catalogue = known({"id": "acme/bert"})
    size = catalogue.recommend("fill-mask", machine="16GB", check_sizes=True).candidates[0].record.weight_bytes
    assert size
    catalogue.crawl(CrawlScope(author="acme"))
    assert catalogue.find("acme/bert").record.weight_bytes == size
    hub.touch("acme/bert", row={"lastModified": "2999-01-01T00:00:00.000Z"})
    catalogue.crawl(CrawlScope(author="acme"))
    assert catalogue.find("acme/bert").record.weight_bytes is None


def test_a_long_header_takes_a_second_request(known: Callable[..., Catalogue], hub: HubServer, folder: Path) -> None:
    weights(folder / "model.safetensors", {f"{'layer' * 20}.{number}": ("BF16", 3, 2) for number in range(2_000)})
    hub.add_model("acme/bert", folder=folder, row=FACTS)
    record = known({"id": "acme/bert"}).recommend("fill-mask", check_sizes=True, machine="16GB").candidates[0].record
    assert (record.num_parameters, record.weight_bytes) == (6_000, 12_000)
    ranges = [span for _, span in asked(hub)]
    assert len(ranges) == 2
    assert ranges[1].startswith(f"bytes={HEAD_BYTES}-")


@pytest.mark.parametrize("stated", [True, False])
def test_of_several_files_the_index_tells_the_size(
    known: Callable[..., Catalogue], hub: HubServer, folder: Path, stated: bool
) -> None:
    weights(folder / "model-00001-of-00002.safetensors", {"a": ("BF16", 500, 2)})
    weights(folder / "model-00002-of-00002.safetensors", {"b": ("BF16", 700, 2)})
    facts = {"total_size": 2_400} | ({"total_parameters": 1_200} if stated else {})
    places = {name: f"model-0000{number}-of-00002.safetensors" for name, number in (("a", 1), ("b", 2))}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": facts, "weight_map": places}))
    hub.add_model("acme/bert", folder=folder, row=FACTS)
    record = known({"id": "acme/bert"}).recommend("fill-mask", check_sizes=True, machine="16GB").candidates[0].record
    assert (record.num_parameters, record.weight_bytes) == (1_200, 2_400)
    files = [name for name, _ in asked(hub)]
    assert files[:2] == ["model.safetensors", "model.safetensors.index.json"]
    assert len(files) == (2 if stated else 3)
    assert "config.json" not in files


def test_what_cannot_be_read_stays_unknown_and_is_said(
    known: Callable[..., Catalogue], hub: HubServer, folder: Path, tmp_path: Path
) -> None:
    hub.add_model("acme/none", folder=folder, row=FACTS)
    hub.add_model("acme/gated", folder=BERT, row={**FACTS, "gated": "manual"})
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "model.safetensors").write_bytes(b"<html>" * 40_000)
    hub.add_model("acme/broken", folder=broken, row=FACTS)
    names = ("acme/none", "acme/gated", "acme/broken", "acme/gone")
    answer = known(*({"id": name} for name in names)).recommend("fill-mask", check_sizes=True, machine="16GB")
    assert {one.fit.verdict for one in answer.candidates} == {Verdict.UNKNOWN}
    assert answer.notes[-1] == "sizes that could not be read, for want of a safetensors file or of access: 4"


def test_a_hub_that_fails_is_a_notice_and_no_failure(known: Callable[..., Catalogue], hub: HubServer) -> None:
    hub.add_model("acme/bert", folder=BERT, row=FACTS)
    hub.fail("/acme/bert/resolve", kind="reset", times=None)
    answer = known({"id": "acme/bert"}).recommend("fill-mask", check_sizes=True, machine="16GB")
    assert [one.record.model_id for one in answer.candidates] == ["acme/bert"]
    assert answer.notes[-1] == "not all sizes could be asked for (the Hub cannot be reached)"


@pytest.mark.parametrize(
    ("interface", "sentence"),
    [
        ("en", "not all sizes could be asked for (offline mode is on"),
        ("ja", "サイズを Hub に問い合わせきれませんでした"),
    ],
)
def test_offline_is_one_sentence(zukan: Zukan, catalogue: Path, interface: str, sentence: str) -> None:
    done = zukan("recommend", "fill-mask", "--check-sizes", "--ui", interface, environment={"HF_HUB_OFFLINE": "1"})
    assert done.returncode == 0, done.stderr
    assert done.stderr.count(sentence) == 1
    assert "Traceback" not in done.stderr


def test_the_sizes_of_some_models_are_those_that_all_would_get_in_however_many_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stated = [
        {**FACTS, "id": f"maker/bert-huge-{number}", "safetensors": {"parameters": {"F32": size}, "total": size}}
        for number, size in enumerate((109_000_000, 110_000_000, 111_000_000))
    ]
    like = [{**FACTS, "id": f"other/bert-huge-like-{number}"} for number in range(5)]
    base = {"id": "maker/odd", "safetensors": {"parameters": {"F32": 7}, "total": 7}}
    # The third is a copy of the second, which gets its size only from the first.
    line = [{"id": f"tuner/odd-{number}", "tags": [f"base_model:{parent}"]} for number, parent in
            enumerate(("maker/odd", "tuner/odd-0", "tuner/odd-1"))]  # fmt: skip
    found = {}
    monkeypatch.setattr(sizes, "_BATCH", 2)
    for all_ in (True, False):
        with CatalogueWriter(tmp_path / f"{all_}.sqlite", create=True) as writer:
            with writer.transaction():
                take_page(writer, stated)
            settle(writer)
            with writer.transaction():
                ids = take_page(writer, [*like, base, *line]).ids
            settle(writer, None if all_ else ids[::-1])
            rows = writer.connection.execute("SELECT model_id, num_parameters FROM model").fetchall()
        found[all_] = dict(map(tuple, rows))
    assert found[False] == found[True]
    assert found[False]["other/bert-huge-like-3"] == 110_000_000
    assert found[False]["tuner/odd-2"] == 7
