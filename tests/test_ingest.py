"""Rows into the catalogue: identity by `_id`, joins by name, renames, lineage, bad rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zukan.ingest import Counts, take_page
from zukan.raw_rows import merged
from zukan.schema import Family
from zukan.settle import settle
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

NOW = "2026-11-26T10:00:00+00:00"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.sqlite"


@pytest.fixture
def writer(path: Path) -> Iterator[CatalogueWriter]:
    with CatalogueWriter(path, create=True) as opened:
        yield opened


def snapshot(writer: CatalogueWriter, *rows: Any) -> Counts:
    with writer.transaction():
        return take_page(writer, rows)


def crawl(writer: CatalogueWriter, *rows: Any, asked: tuple[str, ...] = ("tags", "downloads", "likes")) -> Counts:
    with writer.transaction():
        return take_page(writer, rows, asked=frozenset(asked), crawled_at=NOW)


def names(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [name for (name,) in connection.execute("SELECT model_id FROM models ORDER BY model_id")]
    finally:
        connection.close()


def test_a_crawled_row_joins_the_snapshot_row_of_its_name(writer: CatalogueWriter, path: Path) -> None:
    snapshot(writer, {"id": "a/b", "downloads": 1, "cardData": {"license": "mit"}, "_sources": ["x"]})
    counts = crawl(writer, {"_id": "1", "id": "A/b", "downloads": 9})
    assert (counts.added, counts.changed) == (0, 1)
    with CatalogueReader(path) as reader:
        found = reader.get("a/b")
    assert found is not None
    assert (found.record.model_id, found.record.hub_id, found.record.downloads) == ("A/b", "1", 9)
    assert found.record.license == "mit", "what was not asked for is kept"
    assert found.record.sources == ("x", "hub")
    assert found.record.as_of == "2026-11-26"


def test_a_crawled_row_joins_the_snapshot_row_that_has_its_name_as_an_alias(
    writer: CatalogueWriter, path: Path
) -> None:
    snapshot(writer, {"id": "new/name", "_aliases": ["old-name"]})
    crawl(writer, {"_id": "1", "id": "old-name"})
    with CatalogueReader(path) as reader:
        found = [reader.get("old-name"), reader.get("new/name")]
    assert found[0] == found[1] is not None
    assert names(path) == ["old-name"]


def test_a_rename_keeps_the_model_and_its_old_name(writer: CatalogueWriter, path: Path) -> None:
    crawl(writer, {"_id": "1", "id": "old/name", "likes": 3})
    crawl(writer, {"_id": "1", "id": "new/name", "likes": 4})
    assert names(path) == ["new/name"]
    with CatalogueReader(path) as reader:
        found = reader.get("old/name")
    assert found is not None
    assert (found.record.model_id, found.record.likes) == ("new/name", 4)


def test_a_rename_onto_a_snapshot_row_makes_them_one(writer: CatalogueWriter, path: Path) -> None:
    snapshot(writer, {"id": "new/name"})
    crawl(writer, {"_id": "1", "id": "old/name"})
    crawl(writer, {"_id": "1", "id": "new/name"})
    assert names(path) == ["new/name"]


def test_another_repository_under_a_known_name_does_not_take_over_its_facts(
    writer: CatalogueWriter, path: Path
) -> None:
    crawl(writer, {"_id": "1", "id": "a/b", "likes": 100, "mask_token": "[MASK]"})
    counts = crawl(writer, {"_id": "2", "id": "a/b", "likes": 0})
    assert counts.added == 1
    with CatalogueReader(path) as reader:
        found = reader.get("a/b")
        aside = reader.get("a/b@1")
    assert found is not None
    assert (found.record.hub_id, found.record.likes, found.record.mask_token) == ("2", 0, None)
    assert aside is not None, "whether it was renamed or deleted is not known"
    assert (aside.record.hub_id, aside.record.removed, aside.record.likes) == ("1", False, 100)


def test_an_absent_field_that_was_asked_for_is_gone() -> None:
    old = {"id": "a/b", "pipeline_tag": "fill-mask", "cardData": {}}
    assert merged(old, {"id": "a/b"}, frozenset({"pipeline_tag"})) == {"id": "a/b", "cardData": {}}


def test_an_unchanged_row_is_counted_and_dated(writer: CatalogueWriter, path: Path) -> None:
    row = {"_id": "1", "id": "a/b", "downloads": 1}
    crawl(writer, row)
    assert crawl(writer, row).unchanged == 1


@pytest.mark.parametrize(
    "bad",
    [None, 7, "text", [], {}, {"id": 3}, {"id": "a/b\ud800"}, {"id": "a/x", "tags": ["y" * 2_000_000]}],
    ids=["null", "number", "string", "list", "empty", "number-id", "surrogate", "huge"],
)
def test_a_bad_row_never_stops_its_page(writer: CatalogueWriter, path: Path, bad: Any) -> None:
    counts = crawl(writer, {"_id": "1", "id": "a/one"}, bad, {"_id": "2", "id": "a/two"})
    assert counts.added == 2
    assert len(counts.refused) == 1
    assert names(path) == ["a/one", "a/two"]


def test_a_deeply_nested_row_is_refused_or_kept_but_never_stops_the_page(writer: CatalogueWriter, path: Path) -> None:
    nested: Any = "end"
    for _ in range(5_000):
        nested = [nested]
    counts = crawl(writer, {"_id": "1", "id": "a/one", "cardData": nested}, {"_id": "2", "id": "a/two"})
    assert counts.added + len(counts.refused) == 2
    assert "a/two" in names(path)


def test_a_failed_transaction_leaves_what_was_there(writer: CatalogueWriter, path: Path) -> None:
    crawl(writer, {"_id": "1", "id": "a/b"})

    def interrupted() -> None:
        with writer.transaction():
            take_page(writer, [{"_id": "2", "id": "c/d"}], crawled_at=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        interrupted()
    assert names(path) == ["a/b"]


def test_chat_templates_are_noted_but_not_stored(writer: CatalogueWriter, path: Path) -> None:
    row = {"_id": "1", "id": "a/b", "config": {"tokenizer_config": {"chat_template": "{{ long }}" * 100}}}
    crawl(writer, row)
    with CatalogueReader(path) as reader:
        assert reader.raw_row("a/b")["config"]["tokenizer_config"]["chat_template"] is True


def test_lineage_is_followed_through_chains_and_cycles(writer: CatalogueWriter, path: Path) -> None:
    snapshot(
        writer,
        {"id": "x/adapter", "library_name": "peft", "cardData": {"base_model": "x/copy"}},
        {"id": "x/copy", "tags": ["base_model:quantized:x/tuned"]},
        {"id": "x/tuned", "cardData": {"base_model": "old-base"}},
        {
            "id": "x/base",
            "_aliases": ["old-base"],
            "config": {"architectures": ["T5ForConditionalGeneration"], "model_type": "t5"},
        },
        {"id": "x/round", "cardData": {"base_model": "x/about"}},
        {"id": "x/about", "cardData": {"base_model": "x/round"}},
    )
    settle(writer)
    with CatalogueReader(path) as reader:
        tags = {name: hit.tag for name in ("x/adapter", "x/copy", "x/tuned", "x/round") if (hit := reader.get(name))}
    assert {tags[name].family for name in ("x/adapter", "x/copy", "x/tuned")} == {Family.SEQ2SEQ}
    assert tags["x/round"].family is Family.UNDETERMINED


def test_sizes_are_estimated_only_where_models_of_the_kind_agree(writer: CatalogueWriter, path: Path) -> None:
    def known(name: str, kind: str, number: int) -> dict[str, Any]:
        return {"id": name, "config": {"model_type": kind}, "safetensors": {"total": number}}

    snapshot(
        writer,
        *(known(f"a/bert-base-{place}", "bert", 110 + place) for place in range(4)),
        *(known(f"a/gpt2-large-{place}", "gpt2", 10**place) for place in range(2, 7)),
        {"id": "b/bert-base-mine", "config": {"model_type": "bert"}},
        {"id": "b/gpt2-large-mine", "config": {"model_type": "gpt2"}},
        {"id": "b/bert-mine", "config": {"model_type": "bert"}},
        {"id": "b/tuned", "cardData": {"base_model": "a/bert-base-0"}},
    )
    settle(writer)
    settle(writer)
    with CatalogueReader(path) as reader:
        sizes = {
            name: (hit.record.num_parameters, hit.record.parameters_source)
            for name in ("b/bert-base-mine", "b/gpt2-large-mine", "b/bert-mine", "b/tuned")
            if (hit := reader.get(name))
        }
    assert sizes["b/bert-base-mine"][0] == 111
    assert str(sizes["b/bert-base-mine"][1]).startswith("estimate: median of 4 bert models")
    assert sizes["b/gpt2-large-mine"] == sizes["b/bert-mine"] == (None, None)
    assert sizes["b/tuned"] == (110, "estimate: as its base model a/bert-base-0")


def test_copies_of_copies_have_their_sizes_whatever_the_order_in_which_they_come(
    writer: CatalogueWriter, path: Path
) -> None:
    snapshot(
        writer,
        {"id": "d/fourth", "cardData": {"base_model": "c/third"}},
        {"id": "c/third", "cardData": {"base_model": "b/second"}},
        {"id": "b/second", "cardData": {"base_model": "a/first"}},
        {"id": "x/one", "cardData": {"base_model": "x/other"}},
        {"id": "x/other", "cardData": {"base_model": "x/one"}},
        {"id": "a/first", "config": {"model_type": "bert"}, "safetensors": {"total": 777}},
    )
    settle(writer)
    with CatalogueReader(path) as reader:
        found = {
            name: hit.record.num_parameters
            for name in ("b/second", "c/third", "d/fourth", "x/one", "x/other")
            if (hit := reader.get(name))
        }
    assert found == {"b/second": 777, "c/third": 777, "d/fourth": 777, "x/one": None, "x/other": None}
    snapshot(writer, {"id": "a/first", "config": {"model_type": "bert"}, "safetensors": {"total": 888}})
    settle(writer)
    with CatalogueReader(path) as reader:
        copies = [reader.get(name) for name in ("b/second", "c/third", "d/fourth")]
    assert [hit.record.num_parameters for hit in copies if hit] == [888, 888, 888]


def test_what_the_same_pipeline_draws_is_as_large(writer: CatalogueWriter, path: Path) -> None:
    names = ["diffusers", "diffusers:StableDiffusionXLPipeline"]
    tags = {"tags": names}
    rows: list[dict[str, Any]] = [
        {"id": "a/animator-xl", **tags},
        {"id": "a/animator-tiny", **tags},
        {"id": "a/copy", "tags": [*names, "base_model:quantized:a/animator-xl"]},
        {"id": "a/said", **tags, "safetensors": {"total": 5}},
        {"id": "a/other", "tags": ["diffusers", "diffusers:FluxPipeline"]},
        {"id": "a/tuned", "cardData": {"base_model": "a/animator-xl"}},
    ]
    snapshot(writer, *rows)
    settle(writer)
    with CatalogueReader(path) as reader:
        before = reader.get("a/animator-xl")
        assert before is not None
        assert before.record.num_parameters is None
    reference = "stabilityai/stable-diffusion-xl-base-1.0"
    snapshot(writer, {"id": reference, **tags, "safetensors": {"total": 2_567_463_684}})
    settle(writer)
    settle(writer)
    with CatalogueReader(path) as reader:
        records = {str(row["id"]): hit.record for row in rows if (hit := reader.get(str(row["id"])))}
    sizes = {name: record.num_parameters for name, record in records.items()}
    assert (sizes["a/animator-xl"], sizes["a/said"], sizes["a/tuned"]) == (2_567_463_684, 5, 2_567_463_684)
    assert sizes["a/animator-tiny"] is sizes["a/copy"] is sizes["a/other"] is None
    assert records["a/animator-xl"].parameters_source == f"estimate: as {reference}, drawn by the same pipeline"
    snapshot(writer, {**rows[0], "tags": ["diffusers"]})
    settle(writer)
    with CatalogueReader(path) as reader:
        after = reader.get("a/animator-xl")
        assert after is not None
        assert after.record.num_parameters is None


def test_the_views_are_there_for_users(writer: CatalogueWriter, path: Path) -> None:
    crawl(writer, {"_id": "1", "id": "a/b"})
    connection = sqlite3.connect(path)
    try:
        assert connection.execute("SELECT model_id, _id, family FROM models").fetchall() == [
            ("a/b", "1", "undetermined")
        ]
        assert connection.execute("SELECT count(*) FROM trials").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM crawls").fetchone() == (0,)
    finally:
        connection.close()


def test_two_repositories_of_one_page_never_become_one(writer: CatalogueWriter, path: Path) -> None:
    """The snapshot knows one model by two names; on the Hub the old name belongs to another by now."""
    snapshot(writer, {"id": "new/name", "_aliases": ["old-name"]})
    crawl(writer, {"_id": "1", "id": "new/name"}, {"_id": "2", "id": "old-name"})
    with CatalogueReader(path) as reader:
        found = {name: hit.record.hub_id for name in ("new/name", "old-name") if (hit := reader.get(name))}
    assert found == {"new/name": "1", "old-name": "2"}


def test_one_repository_listed_twice_on_a_page_is_taken_once(writer: CatalogueWriter, path: Path) -> None:
    counts = crawl(writer, {"_id": "1", "id": "a/old"}, {"_id": "1", "id": "a/new"}, {"_id": "2", "id": "a/other"})
    assert counts.added == 2
    assert len(names(path)) == 2


def test_a_refused_row_does_not_push_out_the_good_one(writer: CatalogueWriter, path: Path) -> None:
    crawl(writer, {"_id": "1", "id": "a/b", "likes": 7})
    counts = crawl(writer, {"_id": "2", "id": "a/b", "tags": ["y" * 2_000_000]})
    assert len(counts.refused) == 1
    with CatalogueReader(path) as reader:
        found = reader.get("a/b")
    assert found is not None
    assert (found.record.hub_id, found.record.removed) == ("1", False)


def test_a_repository_set_aside_is_not_recommended(writer: CatalogueWriter, path: Path) -> None:
    crawl(writer, {"_id": "1", "id": "a/b", "pipeline_tag": "fill-mask"})
    crawl(writer, {"_id": "2", "id": "a/b", "pipeline_tag": "fill-mask"})
    with CatalogueReader(path) as reader:
        assert reader.prospect("a/b@1").exclusion == "its name belongs to another repository"
        assert reader.prospect("a/b").exclusion is None


def test_a_renamed_model_is_found_by_its_old_name_and_keeps_its_trials(writer: CatalogueWriter, path: Path) -> None:
    from zukan.outcomes import TrialResult, TrialStatus
    from zukan.query import make_query
    from zukan.search import search
    from zukan.store.trials import store_trial

    crawl(writer, {"_id": "1", "id": "old/strange"})
    store_trial(
        path,
        TrialResult("old/strange", "fill-mask", TrialStatus.OK, "you", "you", {}, started_at="2026-11-26T10:00:00"),
    )
    crawl(writer, {"_id": "1", "id": "new/name"})
    with CatalogueReader(path) as reader:
        assert [hit.record.model_id for hit in search(reader, make_query("strange")).hits] == ["new/name"]
        assert [trial["model_id"] for trial in reader.trials("new/name")] == ["new/name"]


def test_a_crawled_page_follows_its_bases_and_keeps_estimated_sizes_at_once(
    writer: CatalogueWriter, path: Path
) -> None:
    """A crawl may be killed after any page: nothing may wait for its end."""
    base = {"config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}, "safetensors": {"total": 110}}
    snapshot(writer, {"id": "a/base", **base}, {"id": "a/tuned", "cardData": {"base_model": "a/base"}})
    settle(writer)
    crawl(writer, {"_id": "1", "id": "a/tuned", "downloads": 5})
    with CatalogueReader(path) as reader:
        found = reader.get("a/tuned")
    assert found is not None
    assert (found.tag.family, found.tag.rule) == (Family.ENCODER_ONLY, "base-model")
    assert found.record.num_parameters == 110


def test_a_size_that_nobody_states_is_computed_from_its_architecture(tmp_path: Path) -> None:
    bart = {"config": {"model_type": "bart", "architectures": ["BartForConditionalGeneration"]}}
    path = tmp_path / "c.sqlite"
    stated = {"safetensors": {"parameters": {"F32": 7 * 10**6}, "total": 7 * 10**6}}
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            rows = [
                {"id": "facebook/bart-large-cnn", **bart},
                {"id": "somebody/my-bart-large", **bart},
                {"id": "somebody/bart-small", **bart},
                {"id": "google-bert/bert-base-uncased", "config": {"model_type": "bert"}},
                *({"id": f"a/bert-base-{number}", "config": {"model_type": "bert"}, **stated} for number in range(2)),
            ]
            assert not take_page(writer, rows).refused
        settle(writer)
    with CatalogueReader(path) as reader:
        hits = reader.get_many([str(row["id"]) for row in rows])
        sizes = {name: (hit.record.num_parameters, hit.record.parameters_source) for name, hit in hits.items()}
    assert sizes["facebook/bart-large-cnn"] == (
        406_291_456, "estimate: computed from the configuration of facebook/bart-large"
    )  # fmt: skip
    assert sizes["somebody/my-bart-large"] == sizes["facebook/bart-large-cnn"]
    assert sizes["somebody/bart-small"] == (None, None)
    # Where two say that they are of another size, that of the architecture says nothing.
    assert sizes["google-bert/bert-base-uncased"] == (None, None)


def test_what_was_made_smaller_tells_nothing_of_others_of_its_name(tmp_path: Path) -> None:
    def hearing(name: str, number: int | None = None) -> dict[str, Any]:
        facts: dict[str, Any] = {"id": name, "config": {"model_type": "whisper"}}
        return facts if number is None else {**facts, "safetensors": {"total": number}}

    path = tmp_path / "c.sqlite"
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            rows = [
                *(hearing(f"a/whisper-large-v3-turbo-{place}", 809_000_000) for place in range(4)),
                hearing("b/whisper-large-v3-german"),
                hearing("b/whisper-large-v3-turbo-german"),
            ]
            assert not take_page(writer, rows).refused
        settle(writer)
    with CatalogueReader(path) as reader:
        sizes = {
            name: hit.record.num_parameters for name, hit in reader.get_many([str(row["id"]) for row in rows]).items()
        }
    assert sizes["b/whisper-large-v3-german"] == 1_543_490_560
    # Its name says the checkpoint, which is counted to the last parameter.
    assert sizes["b/whisper-large-v3-turbo-german"] == 808_878_080
