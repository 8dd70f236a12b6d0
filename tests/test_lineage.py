"""The second pass: families through chains of bases; cycles, renames, missing and contradicting bases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from zukan.families import classify
from zukan.ingest import take_page
from zukan.lineage import CatalogueLineage
from zukan.schema import Family
from zukan.settle import settle
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

T5: dict[str, Any] = {"id": "g/base", "config": {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5"}}


def family(path: Path, name: str) -> Family:
    with CatalogueReader(path) as reader:
        found = reader.get(name)
    assert found is not None
    return found.tag.family


def filled(path: Path, *rows: dict[str, Any], crawled_at: str | None = None) -> Path:
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            take_page(writer, rows, crawled_at=crawled_at)
        settle(writer)
    return path


def copy_of(base: str, model_id: str, relation: str = "quantized") -> dict[str, Any]:
    return {"id": model_id, "tags": [f"base_model:{relation}:{base}", f"base_model:{base}"]}


@pytest.mark.parametrize("turned", [False, True])
def test_a_chain_is_followed_to_its_end_in_any_order(tmp_path: Path, turned: bool) -> None:
    chain = [
        T5,
        copy_of("g/base", "a/fine-tune", "finetune"),
        copy_of("a/fine-tune", "b/lora", "adapter"),
        copy_of("b/lora", "c/merge", "merge"),
        copy_of("c/merge", "d/gguf"),
        copy_of("d/gguf", "e/mlx"),
    ]
    path = filled(tmp_path / "c.sqlite", *(reversed(chain) if turned else chain))
    assert {family(path, row["id"]) for row in chain} == {Family.SEQ2SEQ}


def test_cycles_end_without_a_family(tmp_path: Path) -> None:
    path = filled(tmp_path / "c.sqlite", copy_of("x/b", "x/a"), copy_of("x/a", "x/b"), copy_of("x/self", "x/self"))
    assert {family(path, name) for name in ("x/a", "x/b", "x/self")} == {Family.UNDETERMINED}


def test_a_cycle_with_a_way_out_has_its_family(tmp_path: Path) -> None:
    row = {"id": "x/a", "tags": ["base_model:x/b", "base_model:g/base"]}
    path = filled(tmp_path / "c.sqlite", T5, row, copy_of("x/a", "x/b"), copy_of("x/b", "x/c"))
    assert {family(path, name) for name in ("x/a", "x/b", "x/c")} == {Family.SEQ2SEQ}


def test_a_renamed_base_is_found_by_its_former_name(tmp_path: Path) -> None:
    path = filled(tmp_path / "c.sqlite", {**T5, "_aliases": ["old-name"]}, copy_of("OLD-name", "x/copy"))
    assert family(path, "x/copy") is Family.SEQ2SEQ


def test_bases_of_two_families_prove_nothing_and_unknown_ones_do_not_count(tmp_path: Path) -> None:
    llama = {"id": "g/other", "config": {"architectures": ["LlamaForCausalLM"], "model_type": "llama"}}
    torn = {"id": "x/torn", "tags": ["base_model:g/base", "base_model:g/other"]}
    half = {"id": "x/half", "tags": ["base_model:g/base", "base_model:nobody/nothing"]}
    path = filled(tmp_path / "c.sqlite", T5, llama, torn, half)
    assert family(path, "x/torn") is Family.UNDETERMINED
    assert family(path, "x/half") is Family.SEQ2SEQ


def test_own_evidence_comes_first(tmp_path: Path) -> None:
    own = {**copy_of("g/base", "x/own"), "config": {"architectures": ["BertModel"], "model_type": "bert"}}
    tagged = {"id": "x/tagged", "tags": ["transformers", "safetensors", "mistral", "base_model:g/base"]}
    path = filled(tmp_path / "c.sqlite", T5, own, tagged)
    assert family(path, "x/own") is Family.ENCODER_ONLY
    assert family(path, "x/tagged") is Family.DECODER_ONLY, "the Hub's own tag beats a base that the card names"


def test_a_base_that_comes_with_a_later_page_is_followed_when_the_crawl_settles(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    filled(path, copy_of("g/base", "x/copy"), crawled_at="2026-11-26T10:00:00+00:00")
    assert family(path, "x/copy") is Family.UNDETERMINED
    filled(path, T5, crawled_at="2026-11-26T10:00:00+00:00")
    assert family(path, "x/copy") is Family.SEQ2SEQ


def test_a_base_is_looked_up_once() -> None:
    asked: list[str] = []

    def find(name: str) -> dict[str, Any] | None:
        asked.append(name)
        return T5 if name == "g/base" else None

    lineage = CatalogueLineage(find)
    for _ in range(3):
        assert lineage(["g/base", "g/missing"]) is not None
    assert asked == ["g/base", "g/missing"]


def test_models_that_all_name_each_other_end_soon(tmp_path: Path) -> None:
    names = [f"x/{number}" for number in range(30)]
    rows = [{"id": name, "tags": [f"base_model:merge:{other}" for other in names if other != name]} for name in names]
    path = filled(tmp_path / "c.sqlite", *rows)
    assert {family(path, name) for name in names} == {Family.UNDETERMINED}


def test_the_base_that_proves_it_is_named() -> None:
    row = {"id": "x/y", "tags": ["base_model:who/knows", "base_model:g/base"]}
    tag = classify(row, CatalogueLineage(lambda name: T5 if name == "g/base" else None))
    assert tag.evidence == {"tags": "base_model:g/base"}


def test_a_long_chain_in_any_order(tmp_path: Path) -> None:
    chain = [T5, copy_of("g/base", "x/1"), *(copy_of(f"x/{n}", f"x/{n + 1}") for n in range(1, 30))]
    path = filled(tmp_path / "c.sqlite", *reversed(chain))
    assert family(path, "x/30") is Family.SEQ2SEQ


def test_a_chain_of_thousands_ends() -> None:
    def find(name: str) -> dict[str, Any]:
        return copy_of(f"x/{int(name.partition('/')[2]) + 1}", name)

    assert CatalogueLineage(find)(["x/1"]) is None
