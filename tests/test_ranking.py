"""How scores follow dates and sizes: the same figures, stated later, are those of an older model; larger ones do better."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from test_recommend import LAPTOP, ask, ids, make, row
from zukan.advice import Hardware, Understanding, Wishes
from zukan.evidence import figures
from zukan.fit import estimate
from zukan.machine import machine
from zukan.own_task import built_for, is_untuned, named_for
from zukan.points import (
    FULL_AGE_DAYS,
    LANGUAGE_MODEL_POINTS,
    LANGUAGE_POINTS,
    LARGER_POINTS,
    LARGEST_MEASURED,
    MIDDLE_SIZE,
    SMALLEST,
    UNASKED_POINTS,
    YEAR_POINTS,
    Known,
)
from zukan.query_tree import Is
from zukan.ranking import rank
from zukan.schema import Prospect
from zukan.search import popular
from zukan.store.read import CatalogueReader
from zukan.tasks import task

__all__ = ["make"]

FIRST_DAY = date(2022, 3, 2)
"""The Hub gives everything older this date."""
UNKNOWN = Known()
days = st.integers(0, 5_000)
figure = st.integers(0, 10**7)


def points(
    created: date | None, stated: date | None, likes: int | None = 100, downloads: int | None = 1_000
) -> dict[str, float]:
    """Return the parts of the score of a model by name, and `all` of them."""
    model = Prospect(
        "a/b", "fill-mask", "transformers", "bert", "encoder-only", 10**8, "Hub: safetensors", 4 * 10**8, downloads,
        likes, stated.isoformat() if stated else None, None, created=created.isoformat() if created else None,
    )  # fmt: skip
    return scored(model, Understanding(task("fill-mask")))


def scored(
    model: Prospect, question: Understanding, hardware: Hardware = LAPTOP, known: Known = UNKNOWN
) -> dict[str, float]:
    parts = rank(model, question, estimate(model, hardware), hardware, known)
    assert parts is not None
    found: dict[str, float] = {}
    for part in parts:
        found[part.name] = found.get(part.name, 0.0) + part.points
    return {**found, "all": sum(part.points for part in parts)}


@given(days, days, figure)
def test_the_same_likes_of_a_later_catalogue_count_no_more(age: int, later: int, likes: int) -> None:
    early, late = FIRST_DAY + timedelta(age), FIRST_DAY + timedelta(age + later)
    before, after = points(FIRST_DAY, early, likes), points(FIRST_DAY, late, likes)
    assert after["all"] <= before["all"]
    assert {name for name in before if before[name] != after[name]} <= {"likes", "all"}
    if age + later <= FULL_AGE_DAYS:
        assert after == before
    if likes >= 100 and age >= FULL_AGE_DAYS and later >= FULL_AGE_DAYS:
        assert after["likes"] < before["likes"]


@given(days, days, figure)
def test_of_two_models_with_the_same_likes_the_younger_counts_no_less(age: int, younger: int, likes: int) -> None:
    stated = FIRST_DAY + timedelta(10_000)
    old, young = (points(stated - timedelta(age + more), stated, likes) for more in (younger, 0))
    assert young["all"] >= old["all"]


@given(days, figure, figure, figure, figure)
def test_figures_that_grew_raise_the_score(age: int, likes: int, liked: int, downloads: int, loaded: int) -> None:
    stated = FIRST_DAY + timedelta(age)
    before = points(FIRST_DAY, stated, likes, downloads)
    after = points(FIRST_DAY, stated, likes + liked, downloads + loaded)
    assert after["likes"] >= before["likes"]
    assert after["downloads"] >= before["downloads"]


@given(days, figure)
def test_without_a_date_nothing_is_held_against_a_model(age: int, likes: int) -> None:
    dated = points(FIRST_DAY, FIRST_DAY + timedelta(age), likes)["likes"]
    for unknown in (points(None, FIRST_DAY, likes), points(FIRST_DAY, None, likes)):
        assert unknown["likes"] >= dated


def test_a_later_catalogue_puts_the_younger_model_first(make: Any) -> None:
    def stated(day: str) -> list[dict[str, Any]]:
        return [
            row("a/older", likes=300, createdAt="2023-01-01T00:00:00.000Z", _as_of=day),
            row("b/younger", likes=190, createdAt="2024-06-01T00:00:00.000Z", _as_of=day),
        ]

    early = ask(make(*stated("2024-07-01")), "fill-mask")
    assert (ids(early), early.as_of) == (["a/older", "b/younger"], "2024-07-01")
    late = ask(make(*stated("2026-08-22")), "fill-mask")
    assert (ids(late), late.as_of) == (["b/younger", "a/older"], "2026-08-22")
    for before in early.candidates:
        after = next(one for one in late.candidates if one.record.model_id == before.record.model_id)
        assert after.score < before.score


def test_on_the_snapshot_a_later_date_lets_no_score_of_a_model_rise(seed_catalogue: Path) -> None:
    with CatalogueReader(seed_catalogue) as reader:
        models = reader.prospects(popular(reader, (Is("task", ("fill-mask",)),), 300))
    question = Understanding(task("fill-mask"))
    moved = 0
    for model in models:
        if not (model.created and model.as_of and model.likes):
            continue
        later = model._replace(as_of=(date.fromisoformat(model.as_of) + timedelta(400)).isoformat())
        scores = []
        for one in (model, later):
            parts = rank(one, question, estimate(one, LAPTOP), LAPTOP, Known())
            assert parts is not None
            scores.append(sum(part.points for part in parts))
        assert scores[1] <= scores[0]
        moved += scores[1] < scores[0]
    assert moved > 100


def language_model(size: int, created: str | None = None, model_id: str = "a/b") -> Prospect:
    return Prospect(
        model_id, "text-generation", "transformers", "llama", "decoder-only", size, "Hub: safetensors", None, 1_000,
        100, "2026-08-22", None, created=created,
    )  # fmt: skip


@given(st.integers(10**6, 10**12), st.integers(1, 1_000))
def test_of_two_models_alike_the_larger_counts_more_where_there_is_room(size: int, times: int) -> None:
    question, anywhere = Understanding(task("text-generation")), machine("any")
    small, large = (scored(language_model(number), question, anywhere) for number in (size, size * times))
    assert large["size"] >= small["size"]
    assert large["all"] - small["all"] == pytest.approx(large["size"] - small["size"], abs=0.02)
    # Beyond the largest that was measured more counts no more.
    most, least = min(size * times, LARGEST_MEASURED), min(size, LARGEST_MEASURED)
    assert large["size"] - small["size"] == pytest.approx(LANGUAGE_MODEL_POINTS * math.log10(most / least), abs=0.02)


@given(st.integers(10**6, 10**12), st.integers(2, 1_000))
def test_whoever_prefers_small_ones_gets_the_smaller_first(size: int, times: int) -> None:
    question = Understanding(task("text-generation"), wishes=Wishes(prefer="small"))
    small, large = (scored(language_model(number), question, machine("any")) for number in (size, size * times))
    if size * times <= MIDDLE_SIZE * 2**SMALLEST:
        # What is smaller still is mostly a toy, and not preferred to what is small.
        assert small["all"] == large["all"]
    else:
        assert small["all"] > large["all"]


def test_the_size_says_more_of_language_models_than_of_others_and_their_age_counts() -> None:
    writes, fills = Understanding(task("text-generation")), Understanding(task("fill-mask"))
    model = language_model(3 * 10**9, "2024-08-22")
    assert scored(model, writes)["size"] == LANGUAGE_MODEL_POINTS
    assert scored(model, fills)["size"] == LARGER_POINTS
    assert scored(model, writes)["age"] == pytest.approx(2 * YEAR_POINTS, abs=0.01)
    assert "age" not in scored(model, fills)
    measured = Known(figures(("text-generation",))["openai/gpt-oss-20b"])
    assert scored(model, writes, known=measured)["size"] == LANGUAGE_MODEL_POINTS
    assert "size" not in scored(model, fills, known=measured)
    unknown = scored(model._replace(num_parameters=None), writes)
    assert "size" not in unknown


def test_a_model_named_after_another_language_is_not_for_the_one_asked_for() -> None:
    question = Understanding(task("text-generation"), languages=("ja",))
    both = ("ja", "ko")
    plain, korean, named = (
        scored(language_model(10**9, model_id=name)._replace(languages=both), question)["language"]
        for name in ("a/bilingual", "a/bilingual-korean", "a/korean-japanese")
    )
    assert (plain, named, korean) == (LANGUAGE_POINTS, LANGUAGE_POINTS, UNASKED_POINTS)


@pytest.mark.parametrize(
    ("model_id", "is_built"),
    [
        ("google/flan-t5-xl", True),
        ("google-t5/t5-base", True),
        ("org/t5-base-grammar-correction", False),
        ("org/pegasus_paraphrase", False),
        ("google/t5-efficient-tiny", False),
    ],
)
def test_a_t5_that_was_trained_for_something_else_is_built_for_no_other_task(model_id: str, is_built: bool) -> None:
    model = Prospect(
        model_id, "text2text-generation", "transformers", "t5", "seq2seq", None, None, None, 1, 1, None, None
    )
    assert built_for(model, task("translation")) is is_built
    assert not built_for(model, task("fill-mask"))


@pytest.mark.parametrize(
    ("model_id", "task_id", "said"),
    [
        ("fancyfeast/llama-joycaption-beta-one-hf-llava", "image-to-text", "caption"),
        ("lightonai/GTE-ModernColBERT-v1", "text-retrieval", "colbert"),
        ("acme/JaColBERT", "text-retrieval", "colbert"),
        ("acme/colbert-small", "text-retrieval", "colbert"),
        ("acme/acaption", "image-to-text", None),
        ("acme/captions-lover", "image-to-text", None),
        ("caption/llava", "image-to-text", None),
        ("acme/somesam", "mask-generation", None),
    ],
)
def test_a_name_may_end_with_what_it_does(model_id: str, task_id: str, said: str | None) -> None:
    assert named_for(model_id, task(task_id)) == said


def test_a_pipeline_makes_what_its_class_says(make: Callable[..., Path]) -> None:
    path = make(
        row(
            "a/video",
            pipeline_tag="image-to-video",
            library_name="diffusers",
            tags=["diffusers", "diffusers:LTXPipeline"],
        ),
        row(
            "b/image",
            pipeline_tag="image-to-video",
            library_name="diffusers",
            tags=["diffusers", "diffusers:I2VGenXLPipeline"],
        ),
    )
    assert ids(ask(path, "text-to-video")) == ["a/video"]
    assert set(ids(ask(path, "image-to-video"))) == {"a/video", "b/image"}


def test_what_makes_vectors_retrieves_and_what_says_so_does_it_first(make: Callable[..., Path]) -> None:
    path = make(
        row("a/embedder", pipeline_tag="sentence-similarity"),
        row("b/colbert", pipeline_tag="sentence-similarity"),
        row("c/filler", pipeline_tag="fill-mask"),
    )
    assert ids(ask(path, "text-retrieval")) == ["b/colbert", "a/embedder"]


def test_what_a_library_takes_by_itself_counts_for_what_it_was_made_for() -> None:
    listed = Known(figures(("fill-mask",), (), frozenset())["distilbert/distilroberta-base"])
    models = [
        Prospect(
            "distilbert/distilroberta-base",
            filed,
            "transformers",
            "roberta",
            "encoder-only",
            None,
            None,
            None,
            1,
            1,
            None,
            None,
        )
        for filed in ("fill-mask", "text-classification")
    ]
    asked = Understanding(task("fill-mask"))
    assert ["listed" in scored(model, asked, known=listed) for model in models] == [True, False]


def test_what_only_translates_or_makes_pictures_steps_back() -> None:
    def parts(model_type: str | None, filed: str, asked: str, *tags: str) -> dict[str, float]:
        model = Prospect("a/b", filed, None, model_type, "seq2seq", None, None, None, 1, 1, None, None, tags=tags)
        return scored(model, Understanding(task(asked)))

    assert parts("m2m_100", "text2text-generation", "text2text-generation")["writes"] < 0
    assert "writes" not in parts("m2m_100", "text2text-generation", "translation")
    assert "writes" not in parts("t5", "text2text-generation", "text2text-generation")
    assert parts(None, "text-to-video", "text-to-video", "diffusers:StableDiffusionPipeline")["writes"] < 0
    assert "writes" not in parts(None, "text-to-video", "text-to-video", "diffusers:LTXPipeline")


def test_of_a_very_long_list_of_tags_the_languages_in_its_middle_are_not_read(make: Callable[..., Path]) -> None:
    codes = [f"{first}{second}{third}" for first in "qrs" for second in ascii_lowercase for third in ascii_lowercase]
    path = make(
        row("a/all", tags=["transformers", "safetensors", *codes, "arxiv:2407.00837", "license:mit"]),
        row("b/few", tags=["transformers", "safetensors", "en", "license:mit"]),
    )
    with CatalogueReader(path) as reader:
        long, short = (reader.prospect(name) for name in ("a/all", "b/few"))
    assert long.tags[:3] == ("transformers", "safetensors", "qaa")
    assert long.tags[-3:] == ("szz", "arxiv:2407.00837", "license:mit")
    assert len(long.tags) < len(codes)
    assert long.license == "mit"
    assert short.tags == ("transformers", "safetensors", "en", "license:mit")


@pytest.mark.parametrize(
    ("model_id", "untuned"),
    [
        ("allenai/longformer-base-4096", True),
        ("google/bigbird-roberta-base", True),
        ("someone/longformer-sentence-embeddings", False),
        ("intfloat/multilingual-e5-large", False),
    ],
)
def test_an_encoder_of_long_texts_that_fills_gaps_makes_no_vectors_of_texts(model_id: str, untuned: bool) -> None:
    assert is_untuned(model_id, task("feature-extraction")) is untuned
    assert not is_untuned(model_id, task("fill-mask"))
