"""A question that compares what it wants with a model: that one's task, others of its kind, and not itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.advice import Recommendation
from zukan.likened import LIKENED
from zukan.query_values import language_named


@pytest.fixture(scope="module")
def catalogue(seed_catalogue: Path) -> Iterator[Catalogue]:
    with Catalogue(seed_catalogue) as opened:
        yield opened


def ask(catalogue: Catalogue, question: str) -> tuple[Recommendation, list[str]]:
    answer = catalogue.recommend(question, machine="16GB")
    return answer, [one.record.model_id for one in answer.candidates]


@pytest.mark.parametrize(
    ("question", "model", "task"),
    [
        ("same as facebook/bart-large-cnn but for Japanese", "facebook/bart-large-cnn", "summarization"),
        ("something like deepset/roberta-base-squad2", "deepset/roberta-base-squad2", "question-answering"),
        ("an alternative to openai/whisper-large-v3", "openai/whisper-large-v3", "automatic-speech-recognition"),
        ("faster than all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2", "sentence-similarity"),
        ("a lighter clip-vit-large-patch14", "openai/clip-vit-large-patch14", "zero-shot-image-classification"),
        ("facebook/detr-resnet-50より軽いもの", "facebook/detr-resnet-50", "object-detection"),
        ("intfloat/e5-base の日本語版", "intfloat/e5-base", "sentence-similarity"),
        ("gpt2みたいな日本語モデル", "openai-community/gpt2", "text-generation"),
    ],
)
def test_its_task_is_meant_and_it_is_not_named_again(
    catalogue: Catalogue, question: str, model: str, task: str
) -> None:
    answer, names = ask(catalogue, question)
    assert (answer.understood.likened, answer.understood.task.task_id) == (model, task)
    assert names
    assert model not in names


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("instead of bert-base-uncased, something for named entities in Japanese", "token-classification"),
        ("bert-base-uncasedの代わりに日本語の固有表現抽出に使えるもの", "token-classification"),
    ],
)
def test_another_task_that_is_said_is_the_one(catalogue: Catalogue, question: str, task: str) -> None:
    assert ask(catalogue, question)[0].understood.task.task_id == task


def test_what_is_smaller_is_smaller_than_that_one(catalogue: Catalogue) -> None:
    whole = catalogue.show("openai/whisper-large-v3").record.num_parameters
    for question in ("smaller than whisper-large-v3", "whisper-large-v3より軽い音声認識"):
        answer, names = ask(catalogue, question)
        assert all((one.record.num_parameters or 0) < (whole or 0) for one in answer.candidates)
        # Of its kind, and not the smallest there is.
        assert "whisper" in names[0]
        assert answer.understood.wishes.prefer is None
    larger, _ = ask(catalogue, "like openai/whisper-small but larger")
    assert all((one.record.num_parameters or 0) > 240_000_000 for one in larger.candidates)


def test_the_languages_of_its_name_are_those_of_the_answer(catalogue: Catalogue) -> None:
    understood = ask(catalogue, "translate like Helsinki-NLP/opus-mt-ja-en but better")[0].understood
    assert (understood.source_language, understood.target_language) == ("ja", language_named("English"))


def test_why_it_is_left_out_is_counted(catalogue: Catalogue) -> None:
    assert ask(catalogue, "something like facebook/bart-large-cnn")[0].left_out[LIKENED] >= 1


@pytest.mark.parametrize(
    "question",
    [
        "summarize news like a journalist",
        "text like and/or lists",
        "like gpt-4o but local",
        "chat like nobody/no-such-model-7b",
    ],
)
def test_what_is_no_model_of_the_catalogue_is_none(catalogue: Catalogue, question: str) -> None:
    assert ask(catalogue, question)[0].understood.likened is None
