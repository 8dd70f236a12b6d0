"""How filters that most models fulfil are asked for: last, or of the rows, and the same models are found."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from zukan.query_tree import All, Is, Missing, Node, Range, Word
from zukan.search import popular
from zukan.store.filters import Filters
from zukan.store.planner import Plan, Planner
from zukan.store.read import CatalogueReader

NOTHING_AGAINST = Is("exclusion", (None,))
SMALL = Range("params", None, 2_900_000_000)
"""Within a band of sizes, so that the rows must be looked at; a third of the models are known to be smaller."""
LARGE = Range("params", 190_000_000_000, None)


def plan(reader: CatalogueReader, *parts: Node) -> Plan:
    """Return the one plan for filters that must hold together."""
    filters = Filters(reader.vocabulary)
    (found,) = Planner(reader.vocabulary, filters.of).plans(All(parts))  # type: ignore[arg-type]
    return found


def tasks(catalogue: Path) -> list[tuple[str, int]]:
    """Return the tasks of a catalogue with how many models have each."""
    with CatalogueReader(catalogue) as reader:
        return sorted(reader.count_by("pipeline_tag").items(), key=lambda item: item[1])


@pytest.mark.parametrize(
    ("asked", "is_right", "least"),
    [
        (None, lambda *_: True, 1_000),
        (SMALL, lambda size, *_: size is not None and size < 2_900_000_000, 1_000),
        (LARGE, lambda size, *_: size is not None and size >= 190_000_000_000, 50),
        (Missing("params"), lambda size, *_: size is None, 100),
        (Is("license", (None,)), lambda _, license_, __: license_ is None, 100),
        (Is("library", (None,)), lambda _, __, library: library is None, 100),
    ],
)
def test_the_models_of_every_task_are_those_that_a_look_at_all_rows_finds(
    seed_catalogue: Path, asked: Node | None, is_right: Callable[..., bool], least: int
) -> None:
    connection = sqlite3.connect(seed_catalogue)
    found = 0
    with CatalogueReader(seed_catalogue) as reader:
        for task, _ in tasks(seed_catalogue):
            places = popular(reader, (Is("task", (task,)), NOTHING_AGAINST, asked), 100_000)
            rows = connection.execute(
                "SELECT place, num_parameters, license, library_name FROM model WHERE exclusion IS NULL "
                "AND pipeline_tag = (SELECT id FROM word WHERE text = ?)",
                (task,),
            )
            assert set(places) == {place for place, *facts in rows if is_right(*facts)}
            found += len(places)
    connection.close()
    assert found > least


def test_words_among_common_filters_find_what_they_find_alone(seed_catalogue: Path) -> None:
    found = 0
    with CatalogueReader(seed_catalogue) as reader:
        for word in ("japanese", "medical", "base", "sentiment"):
            alone = set(popular(reader, (Word(word), Is("task", ("text-classification",))), 100_000))
            small = set(popular(reader, (SMALL,), 100_000))
            usual = set(popular(reader, (NOTHING_AGAINST,), 100_000))
            both = popular(reader, (Is("task", ("text-classification",)), NOTHING_AGAINST, SMALL, Word(word)), 100_000)
            assert set(both) == alone & small & usual
            found += len(both)
    assert found > 10


def test_a_common_filter_is_asked_only_for_what_the_others_have_in_common(seed_catalogue: Path) -> None:
    with CatalogueReader(seed_catalogue) as reader:
        task, library = Is("task", (tasks(seed_catalogue)[-1][0],)), Is("library", ("transformers",))
        usual = plan(reader, NOTHING_AGAINST).match
        both = plan(reader, library, task).match
        found = plan(reader, NOTHING_AGAINST, library, task)
    # What stands in a NOT is one part of the AND around it: FTS5 would ask the three in turn.
    assert found.match.startswith(f"(({both} NOT ")
    assert found.match.endswith(f"AND {usual})")
    assert not found.where


def test_where_few_rows_are_looked_at_anyway_they_tell_the_common_too(seed_catalogue: Path) -> None:
    many = Is("task", (tasks(seed_catalogue)[-1][0],))
    with CatalogueReader(seed_catalogue) as reader:
        few = Is("library", (reader.counts("library_name")[-1][0],))
        usual = plan(reader, NOTHING_AGAINST).match
        looked_at = plan(reader, NOTHING_AGAINST, SMALL, few)
        asked = plan(reader, NOTHING_AGAINST, SMALL, many)
        not_common = plan(reader, NOTHING_AGAINST, LARGE, few)
        alone = plan(reader, few)
    assert looked_at.match == alone.match
    assert "exclusion IS NULL" in looked_at.where
    assert usual in asked.match
    assert "exclusion" not in asked.where
    assert "num_parameters" in not_common.where
    assert not_common.match != alone.match


def test_where_few_have_the_rest_a_range_of_whole_months_is_looked_up_in_their_rows(seed_catalogue: Path) -> None:
    since = Range("created", "2023-01-01", None)
    few, many = tasks(seed_catalogue)[0][0], tasks(seed_catalogue)[-1][0]
    with CatalogueReader(seed_catalogue) as reader:
        alone = plan(reader, Is("task", (few,)))
        of_few = plan(reader, since, Is("task", (few,)))
        of_many = plan(reader, since, Is("task", (many,)))
        all_of_it = set(popular(reader, (since,), 100_000))
        for task in (few, many):
            both = set(popular(reader, (since, Is("task", (task,))), 100_000))
            assert both == all_of_it & set(popular(reader, (Is("task", (task,)),), 100_000))
    assert (of_few.match, "created" in of_few.where) == (alone.match, True)
    assert not of_many.where


def test_of_several_filters_the_rarest_are_asked_for_first(seed_catalogue: Path) -> None:
    filters = [Is("author", ("google",)), Is("tag", ("safetensors",)), Is("type", ("t5",))]
    with CatalogueReader(seed_catalogue) as reader:
        alone = {plan(reader, one).match: len(popular(reader, (one,), 100_000)) for one in filters}
        first, second, third = sorted(alone, key=lambda match: alone[match])
        found = plan(reader, *filters).match
        together = popular(reader, filters, 100_000)
        apart = [set(popular(reader, (one,), 100_000)) for one in filters]
    assert found.startswith(f"((({first} AND {second}) NOT ")
    assert found.endswith(f"AND {third})")
    assert set(together) == set.intersection(*apart)
    assert together


def test_of_a_task_of_few_models_those_that_state_something_are_taken_away(seed_catalogue: Path) -> None:
    few, many = tasks(seed_catalogue)[0][0], tasks(seed_catalogue)[-1][0]
    with CatalogueReader(seed_catalogue) as reader:
        usual = plan(reader, NOTHING_AGAINST).match
        of_few = plan(reader, NOTHING_AGAINST, Is("license", (None,)), Is("task", (few,))).match
        of_many = plan(reader, NOTHING_AGAINST, Is("license", (None,)), Is("task", (many,))).match
        alone = plan(reader, Is("task", (few,))).match
    assert of_few.startswith(f"({alone} NOT (")
    assert of_few.count(" *") == 2
    assert usual not in of_few
    assert of_many.endswith(f"AND {usual})")
    assert " *" not in of_many
