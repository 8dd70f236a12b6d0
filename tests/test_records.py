"""Raw rows → records: odd types stay unknown, nothing is invented."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.raw_rows import UnreadableRow
from zukan.records import record_from_row
from zukan.size_in_name import parameters_in_name

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
KEYS = (
    "_id", "author", "sha", "pipeline_tag", "library_name", "tags", "downloads", "likes", "trendingScore", "createdAt",
    "lastModified", "gated", "disabled", "mask_token", "config", "safetensors", "gguf", "usedStorage",
    "transformersInfo", "cardData", "baseModels", "_params", "_aliases", "_context_length", "_as_of", "_sources",
)  # fmt: skip


def test_a_full_row_of_the_list_api() -> None:
    record = record_from_row(
        {
            "_id": "621ffdc036468d709f174338",
            "id": "google-bert/bert-base-uncased",
            "pipeline_tag": "fill-mask",
            "library_name": "transformers",
            "tags": ["transformers", "bert", "en", "license:apache-2.0", "base_model:finetune:a/b"],
            "downloads": 5,
            "likes": 2,
            "gated": False,
            "config": {"architectures": ["BertForMaskedLM"], "model_type": "bert"},
            "safetensors": {"parameters": {"F32": 100, "BF16": 10}, "total": 110},
            "transformersInfo": {"auto_model": "AutoModelForMaskedLM"},
        }
    )
    assert (record.hub_id, record.author) == ("621ffdc036468d709f174338", "google-bert")
    assert (record.model_type, record.architectures) == ("bert", ("BertForMaskedLM",))
    assert (record.num_parameters, record.parameters_source) == (110, "Hub: safetensors")
    assert record.weight_bytes == 420
    assert (record.license, record.languages) == ("apache-2.0", ("en",))
    assert (record.base_models, record.base_relation) == (("a/b",), "finetune")
    assert record.gated is False
    assert record.auto_model == "AutoModelForMaskedLM"
    assert record.sources == ("hub",)


@pytest.mark.parametrize(
    ("base", "relation", "number"),
    [
        ("a/big-35B", "finetune", None),
        ("a/big-35B", "adapter", 664_944),
        ("a/small-300M", "finetune", 664_944),
        ("a/unnamed", "finetune", 664_944),
    ],
)
def test_a_count_that_its_base_belies_is_none(base: str, relation: str, number: int | None) -> None:
    record = record_from_row(
        {
            "id": "b/tuned",
            "tags": [f"base_model:{relation}:{base}"],
            "safetensors": {"parameters": {"BF16": 664_944}, "total": 664_944},
        }
    )
    assert (record.num_parameters, record.weight_bytes) == (number, number and 2 * number)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("EleutherAI/gpt-neo-2.7B", 2_700_000_000),
        ("facebook/m2m100_418M", 418_000_000),
        ("mistralai/Mixtral-8x7B-v0.1", 56_000_000_000),
        ("a/model-4bit", None),
        ("a/t5-base", None),
        ("a/draft-0.5B-for-7B", None),
        ("a/v2.1b-final", None),
        ("7B/model", None),
    ],
)
def test_a_size_is_read_from_a_name_only_where_it_states_exactly_one(name: str, number: int | None) -> None:
    assert parameters_in_name(name)[0] == number


def test_a_multi_valued_licence_and_language_are_read() -> None:
    record = record_from_row({"id": "a/b", "cardData": {"license": ["mit", "other"], "language": "Japanese"}})
    assert (record.license, record.languages) == ("mit", ("ja",))


def test_of_two_licences_that_which_forbids_commerce_counts() -> None:
    """Card and tag were read at different times: who must not sell it should not be told that he may."""

    def of(card: str | None, tag: str) -> str | None:
        return record_from_row({"id": "a/b", "cardData": {"license": card}, "tags": [f"license:{tag}"]}).license

    assert of("mit", "cc-by-nc-4.0") == "cc-by-nc-4.0"
    assert of("cc-by-nc-4.0", "mit") == "cc-by-nc-4.0"
    assert of("mit", "apache-2.0") == "mit"
    assert of("kimi-k3", "other") == "kimi-k3"
    assert of(None, "mit") == "mit"


def test_a_model_is_not_its_own_base() -> None:
    assert record_from_row({"id": "a/b", "cardData": {"base_model": ["A/b", "c/d"]}}).base_models == ("c/d",)


def test_numbers_beyond_sqlite_are_clamped() -> None:
    assert record_from_row({"id": "a/b", "downloads": 10**30}).downloads == 2**63 - 1


@pytest.mark.parametrize("row", [{}, {"id": None}, {"id": ""}, {"id": 7}, {"id": ["a"]}])
def test_a_row_without_a_name_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(UnreadableRow):
        record_from_row(row)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=10))
def test_any_row_with_a_name_becomes_a_record(row: dict[str, Any]) -> None:
    record = record_from_row({**row, "id": "author/name"})
    assert record.model_id == "author/name"
    assert all(isinstance(tag, str) for tag in (*record.tags, *record.languages, *record.base_models))


def test_tags_are_kept_as_the_hub_states_them() -> None:
    """A real model of 2023 has a tag of over a thousand letters."""
    tags = ["x" * 3_000, "", " spaced ", "region:us"]
    assert record_from_row({"id": "a/b", "tags": [*tags, 7, None]}).tags == tuple(tags)


def test_a_long_list_of_languages_is_made_whole_by_the_tags() -> None:
    short = ["ja", "de"]
    long = [
        "af",
        "am",
        "ar",
        "az",
        "be",
        "bg",
        "bn",
        "bs",
        "ca",
        "cs",
        "cy",
        "da",
        "de",
        "el",
        "en",
        "es",
        "et",
        "fi",
        "fr",
        "ga",
    ]
    row = {"_id": "5f0000000000000000000001", "id": "a/b", "tags": ["swh", "zsm", "de"]}
    assert record_from_row({**row, "cardData": {"language": short}}).languages == ("ja", "de")
    assert record_from_row({**row, "cardData": {"language": long}}).languages == (*long, "sw", "ms")
    assert record_from_row(row).languages == ("sw", "ms", "de")


@pytest.mark.parametrize(
    ("name", "model_type", "stated", "number"),
    [
        # Megabytes, words, tweets or sentences that a model has read are not its size.
        ("cahya/bert-base-indonesian-522M", "bert", None, None),
        ("cahya/bert-base-indonesian-522M", "bert", 110_000_000, 110_000_000),
        ("nyu-mll/roberta-base-1B-2", "roberta", None, None),
        ("x/twitter-roberta-large-2022-154m", "roberta", 355_000_000, 355_000_000),
        ("x/mt0-base_qed_Llama-2-7b-chat-hf_text_teacher", "mt5", None, None),
        ("x/ke-t5-base-translation-10m-en-to-ko", "t5", None, None),
        # What is near, what says no size in words, and what nothing is known of is believed.
        ("x/flan-t5-base-250M", "t5", None, 250_000_000),
        ("x/bert-base-120m", "bert", None, 120_000_000),
        ("x/bert-522M", "bert", None, 522_000_000),
        ("x/qwen3-base-4B", "qwen3", None, 4_000_000_000),
        ("x/wav2vec2-large-mms-1b-turkish", "wav2vec2", None, 1_000_000_000),
        ("x/bert-base-522M", None, None, 522_000_000),
        # A figure that misses nearly everything is still not believed.
        ("x/qwen3-base-4B", "qwen3", 664_944, 4_000_000_000),
    ],
)
def test_a_size_in_a_name_that_no_model_of_that_name_has_is_none(
    name: str, model_type: str | None, stated: int | None, number: int | None
) -> None:
    row: dict[str, Any] = {"id": name, **({"config": {"model_type": model_type}} if model_type else {})}
    if stated:
        row["safetensors"] = {"total": stated}
    assert record_from_row(row).num_parameters == number
