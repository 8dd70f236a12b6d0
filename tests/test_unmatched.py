"""A search that finds nothing names the filters that no model fulfils, and what is nearest to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zukan.query import make_query
from zukan.schema import Unmatched
from zukan.search import search
from zukan.store.read import CatalogueReader


@pytest.fixture(scope="module")
def reader(seed_catalogue: Path) -> Iterator[CatalogueReader]:
    with CatalogueReader(seed_catalogue) as opened:
        yield opened


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("library:transfomers", [("library", "transfomers", "transformers")]),
        ("library:transfomers bert", [("library", "transfomers", "transformers")]),
        ("license:mitt task:fill-mask", [("license", "mitt", "mit")]),
        ("type:Lama", [("type", "lama", "llama")]),
        ("author:Micrsoft", [("author", "Micrsoft", "microsoft")]),
        ("author:mistral", [("author", "mistral", "mistralai")]),
        ("author:nobodyatall", [("author", "nobodyatall", None)]),
        ('library:"no such thing"', [("library", "no such thing", None)]),
        ("modified:>=2100-01-01", [("modified", "2100-01-01", "2026-08")]),
        ("created:2100 type:lama", [("type", "lama", "llama"), ("created", "2100-01-01", "2026-08")]),
        (f"library:{'x' * 900}", [("library", "x" * 900, None)]),
        ("base:bert-base-uncasd", [("base", "bert-base-uncasd", "google-bert/bert-base-uncased")]),
        ("base:xlm-roberta-bse", [("base", "xlm-roberta-bse", "FacebookAI/xlm-roberta-base")]),
        ("base:nobody/has-made-this-1x", [("base", "nobody/has-made-this-1x", None)]),
        ("tag:no-such-tag-at-all", [("tag", "no-such-tag-at-all", None)]),
        ("dataset:no-such-data-at-all bert", [("tag", "dataset:no-such-data-at-all", None)]),
        # Some fulfil each, none all.
        ("author:google license:cc-by-nc-4.0 type:llama", []),
        ("nosuchwordatall", []),
        ("-library:transfomers nosuchwordatall", []),
        ("library:transfomers|kerass nosuchwordatall", []),
    ],
)
def test_what_nothing_fulfils_is_named(
    reader: CatalogueReader, words: str, wanted: list[tuple[str, str, str | None]]
) -> None:
    result = search(reader, make_query(words))
    assert not result.hits
    assert result.unmatched == tuple(Unmatched(*one) for one in wanted)


def test_where_something_was_found_nothing_is_looked_for(reader: CatalogueReader) -> None:
    for words in ("library:transformers", "bert", "library:transfomers OR bert"):
        result = search(reader, make_query(words))
        assert result.hits
        assert result.unmatched == ()
    beyond = search(reader, make_query("author:google type:bert", offset=100_000))
    assert not beyond.hits
    assert beyond.unmatched == ()
    assert search(reader, make_query("", limit=0)).unmatched == ()
