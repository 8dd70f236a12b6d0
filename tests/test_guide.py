"""The catalogue at a glance, and the ancestors of a model."""

from __future__ import annotations

from pathlib import Path

import pytest

from zukan.catalogue import Catalogue
from zukan.errors import UnknownModel
from zukan.ingest import take_page
from zukan.store.write import CatalogueWriter

ROWS = [
    {"id": "a/root", "tags": ["bert"]},
    {"id": "a/child", "tags": ["bert", "base_model:a/root"], "cardData": {"base_model": "a/root"}},
    {
        "id": "a/grandchild",
        "tags": ["base_model:a/child", "base_model:x/unknown"],
        "cardData": {"base_model": ["x/unknown", "a/child"]},
    },
    {"id": "a/snake", "tags": ["base_model:a/tail"], "cardData": {"base_model": "a/tail"}},
    {"id": "a/tail", "tags": ["base_model:a/snake"], "cardData": {"base_model": "a/snake"}},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "small.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, ROWS)
    return path


def names(catalogue: Catalogue, model: str, generations: int = 4) -> list[list[tuple[str, bool]]]:
    return [
        [(name, hit is not None) for name, hit in generation] for generation in catalogue.ancestors(model, generations)
    ]


def test_ancestors_go_back_through_the_parents_that_are_known(path: Path) -> None:
    catalogue = Catalogue(path)
    assert names(catalogue, "a/root") == []
    assert names(catalogue, "a/grandchild") == [[("x/unknown", False), ("a/child", True)], [("a/root", True)]]
    assert names(catalogue, "a/grandchild", 1) == [[("x/unknown", False), ("a/child", True)]]


def test_a_circle_of_ancestors_ends(path: Path) -> None:
    assert names(Catalogue(path), "a/snake", 50) == [[("a/tail", True)], [("a/snake", True)]]


def test_ancestors_of_no_model(path: Path) -> None:
    with pytest.raises(UnknownModel):
        Catalogue(path).ancestors("a/nothing")


def test_a_catalogue_that_was_never_counted_is_counted_now(path: Path) -> None:
    guide = Catalogue(path).guide()
    assert guide.models == len(ROWS)
    assert sum(guide.families.values()) == len(ROWS)
    assert guide.counted_at is None
