"""Counting ends where it would keep people waiting; what is listed does not change, and no more is said than is known."""

from __future__ import annotations

import json

import pytest

from zukan.catalogue import Catalogue
from zukan.schema import SearchResult
from zukan.store import horizon
from zukan.store.expressions import any_of, conjuncts, every_of, token, without
from zukan.store.write import CatalogueWriter

MODELS = 900


@pytest.fixture(scope="module")
def herons(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Every second model is a heron, every third one is white; the more downloads, the lower the number."""
    path = tmp_path_factory.mktemp("horizon") / "catalogue.sqlite"
    rows = [
        {
            "id": f"acme/{'heron' if number % 2 else 'egret'}-{'white' if number % 3 else 'grey'}-n{number}",
            "downloads": 2 ** (20 - number // 50),
            "pipeline_tag": "fill-mask" if number % 5 else "translation",
        }
        for number in range(MODELS)
    ]
    source = path.with_suffix(".jsonl")
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    with CatalogueWriter(path, create=True):
        pass
    catalogue = Catalogue(path)
    catalogue.import_models([source])
    return catalogue


def _found(catalogue: Catalogue, words: str) -> SearchResult:
    return catalogue.search(words, limit=20, facets=True)


def test_a_small_catalogue_is_counted_whole(herons: Catalogue) -> None:
    result = _found(herons, "heron white task:fill-mask")
    assert result.total is not None
    assert (result.total.exact, result.sampled) == (True, None)
    assert result.total.number == sum(1 for n in range(MODELS) if n % 2 and n % 3 and n % 5)


def test_where_counting_takes_long_the_most_popular_are_counted(
    herons: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "heron white task:fill-mask"
    whole = _found(herons, words)
    monkeypatch.setattr(horizon, "WORK", 15)
    seen = _found(herons, words)
    assert whole.total is not None
    assert seen.total is not None
    assert not seen.total.exact
    assert 20 <= seen.total.number < whole.total.number, "there are more than this"
    assert seen.sampled == seen.total.number + 1, "among so many the facets were counted"
    assert [hit.record.model_id for hit in seen.hits] == [hit.record.model_id for hit in whole.hits]
    tasks = next(facet for facet in seen.facets if facet.name == "task")
    assert tasks.values == (("fill-mask", seen.sampled),)


def test_where_hardly_any_is_seen_all_are_counted(herons: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _found(herons, "heron grey task:translation")
    monkeypatch.setattr(horizon, "WORK", 1)
    assert _found(herons, "heron grey task:translation") == whole


@pytest.mark.parametrize("words", ["heron", "task:translation", ""])
def test_a_single_list_is_read_to_the_limit(herons: Catalogue, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(horizon, "WORK", 1)
    result = _found(herons, words)
    assert result.total is not None
    assert result.total.exact


def test_the_parts_that_must_match_are_told_apart() -> None:
    letters = any_of(map(token, "abcdefghij"))
    nested = without(every_of((letters, token("k"))), token("l"))
    assert conjuncts(every_of((nested, token("m")))) == [list("abcdefghij"), ["k"], ["m"]]
    assert conjuncts(any_of((token("a"), every_of((token("b"), token("c")))))) == [["a", "b", "c"]]
    assert conjuncts(token("a")) == [["a"]]
