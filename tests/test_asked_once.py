"""What one question has read of the index is not read again for it, and comes to the same however it was asked for."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from zukan.asked import Asked
from zukan.query import make_query
from zukan.store.read import CatalogueReader
from zukan.store.wording import squashed

SEED = 20261201


@pytest.fixture(scope="module")
def reader(seed_catalogue: Path) -> Iterator[CatalogueReader]:
    with CatalogueReader(seed_catalogue) as opened:
        yield opened


@pytest.fixture(scope="module")
def names(seed_catalogue: Path) -> list[tuple[int, str]]:
    """Return (place, what the name comes to) of every model, popular first."""
    with closing(sqlite3.connect(seed_catalogue)) as connection:
        rows = connection.execute("SELECT place, model_id FROM model ORDER BY place").fetchall()
    return [(place, squashed(model_id)) for place, model_id in rows]


def some_fragments(names: list[tuple[int, str]], number: int) -> list[str]:
    chance = random.Random(SEED)
    found = ["ber", "bert", "emb", "aaa", "nosuchname", "qwen2", "roebrta", "llama3"]
    for _, name in chance.sample(names, number):
        length = chance.randint(3, 9)
        start = chance.randint(0, max(len(name) - length, 0))
        if len(found_ := name[start : start + length]) > 2:
            found.append(found_)
    return found


def test_names_that_hold_a_part_are_those_that_do(reader: CatalogueReader, names: list[tuple[int, str]]) -> None:
    for fragment in some_fragments(names, 150):
        wanted = [place for place, name in names if fragment in name]
        with reader.translated():
            assert reader.vocabulary.names_with(fragment, len(names)) == wanted, fragment
            assert reader.vocabulary.names_with(fragment, 7) == wanted[:7], fragment
    for short in ("", "a", "ab"):
        assert reader.vocabulary.names_with(short, 9) == []


def test_how_many_were_looked_at_before_is_no_matter(reader: CatalogueReader, names: list[tuple[int, str]]) -> None:
    chance = random.Random(SEED)
    ways = [(60, 500), (200, None), (5, 20), (1, None), (500, 60), (3, 1)]
    for fragment in some_fragments(names, 40):
        alone = {}
        for way in ways:
            with reader.translated():
                alone[way] = reader.vocabulary.names_with(fragment, *way)
        for _ in range(4):
            with reader.translated():
                for way in chance.sample(ways, len(ways)):
                    assert reader.vocabulary.names_with(fragment, *way) == alone[way], (fragment, way)


def test_some_places_that_a_search_finds_too_are_found_however_few(reader: CatalogueReader) -> None:
    chance = random.Random(SEED)
    for words in (
        "bert",
        "lang:ja",
        "roberta OR electra",
        "task:fill-mask -bert",
        "params:<1B german",
        '"sentence similarity"',
    ):
        with reader.translated():
            plans = Asked(reader, make_query(words)).plans()
            found = list(reader.streams.places(plans, "popularity"))
            assert 6 < len(found) < 4_000, words
            others = [place for place in range(found[0], found[0] + 40) if place not in found]
            for number in (1, 2, 6, 7, 12):
                wanted = chance.sample(found, number)
                asked = sorted({*wanted, *others[:3]})
                assert list(reader.streams.among(asked, plans)) == [place for place in found if place in wanted], words


@pytest.mark.parametrize("words", ["nosuchword bert", "qwen3 embedding", "bert task:text-to-video", "bert"])
def test_what_was_found_is_counted_without_asking_again(reader: CatalogueReader, words: str) -> None:
    with reader.translated():
        plans = Asked(reader, make_query(words)).plans()
        whole = len(list(reader.streams.places(plans, "popularity")))
    with reader.translated():
        few = reader.streams.few(plans, 50)
        asked: list[str] = []
        reader._connection.set_trace_callback(asked.append)
        try:
            counts = [reader.streams.count(plans, most) for most in (1, 5, 50)]
            assert not asked
            assert counts == [min(whole, most) for most in (1, 5, 50)]
            assert reader.streams.count(plans, 10_000) == whole
            # What is more than was read is asked for.
            assert bool(asked) == (len(few) == 50)
        finally:
            reader._connection.set_trace_callback(None)


def test_that_there_is_none_is_remembered(reader: CatalogueReader) -> None:
    with reader.translated():
        plans = Asked(reader, make_query("nosuchword bert")).plans()
        assert reader.streams.count(plans, 5) == 0
        asked: list[str] = []
        reader._connection.set_trace_callback(asked.append)
        assert reader.streams.few(plans, 60) == []
        reader._connection.set_trace_callback(None)
        assert not asked
