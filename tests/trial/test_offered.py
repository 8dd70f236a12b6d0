"""What the catalogue holds of a model says at which tasks it can be tried."""

from __future__ import annotations

import pytest

from zukan.records import record_from_row
from zukan.trial.offered import offered


def row(name: str, model_type: str | None, *architectures: str, **more: object) -> dict[str, object]:
    config = {"model_type": model_type, "architectures": list(architectures)} if model_type else {}
    return {"id": name, "config": config, **more}


@pytest.mark.parametrize(
    ("known", "first", "never"),
    [
        (row("a/b", "bert", "BertForMaskedLM"), "fill-mask", "text-generation"),
        (row("a/b", "gpt2", "GPT2LMHeadModel"), "text-generation", "fill-mask"),
        (row("a/b", "whisper", "WhisperForConditionalGeneration"), "automatic-speech-recognition", "fill-mask"),
        (row("a/b", "t5", "T5ForConditionalGeneration", pipeline_tag="translation"), "translation", "fill-mask"),
        (row("a/b", "vit", "ViTForImageClassification"), "image-classification", "text-classification"),
        (
            row("a/b-mnli", "bart", "BartForSequenceClassification", pipeline_tag="zero-shot-classification"),
            "zero-shot-classification",
            "text-ranking",
        ),
        (
            row("a/b-reranker", "bert", "BertForSequenceClassification", pipeline_tag="text-ranking"),
            "text-ranking",
            "x",
        ),
        (row("a/b", "bert", library_name="sentence-transformers"), "feature-extraction", "image-classification"),
        # Which head it has nobody says but who filed it.
        (row("a/b", "bert", pipeline_tag="token-classification"), "token-classification", "text-generation"),
    ],
)
def test_the_class_of_a_model_says_what_it_does(known: dict[str, object], first: str, never: str) -> None:
    tasks = offered(record_from_row(known))
    assert tasks is not None
    assert tasks[0] == first
    assert never not in tasks


def test_what_is_filed_under_a_task_that_its_class_does_not_do_is_not_offered_it() -> None:
    tasks = offered(record_from_row(row("a/b", "gpt2", "GPT2LMHeadModel", pipeline_tag="fill-mask")))
    assert tasks is not None
    assert "fill-mask" not in tasks


@pytest.mark.parametrize(
    "known",
    [
        row("a/b", None),
        row("a/b", "made-up", "MadeUpForCausalLM"),
        row("a/b", "bert", "BertForMaskedLM", library_name="peft"),
    ],
)
def test_where_nothing_says_it_nothing_is_said(known: dict[str, object]) -> None:
    assert offered(record_from_row(known)) is None


@pytest.mark.parametrize("name", ["a/OpenLID", "a/qnli-electra-base", "cross-encoder/nli-deberta-v3-base"])
def test_signs_are_whole_words_of_the_name(name: str) -> None:
    tasks = offered(record_from_row(row(name, "bert", "BertForSequenceClassification")))
    assert tasks is not None
    assert "text-ranking" not in tasks
    assert ("zero-shot-classification" in tasks) == ("/nli-" in name)
