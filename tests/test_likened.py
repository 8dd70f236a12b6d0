"""A question that compares what it wants with a model: that one's task, others of its kind, and not itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.advice import Recommendation
from zukan.likened import LIKENED, likened
from zukan.store.read import CatalogueReader


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
        (
            "smaller than bge-reranker-v2-m3 for english docs, no trust_remote_code",
            "BAAI/bge-reranker-v2-m3",
            "text-ranking",
        ),
        (
            "something like facebook/bart-large-mnli but lighter, for complaints",
            "facebook/bart-large-mnli",
            "zero-shot-classification",
        ),
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
    "question",
    [
        "speech recognition no larger than openai/whisper-small",
        "not smaller than bert-base-uncased, sentiment",
        "something like bert-base-uncased for fast food reviews",
        "image classification like google/vit-base-patch16-224 for small objects",
        "bert-base-uncasedより手軽に使える感情分析",
        "compared to bert-base-uncased, larger is fine; sentiment",
        "something like whisper-medium or openai/whisper-small",
    ],
)
def test_other_words_bound_no_size(catalogue: Catalogue, question: str) -> None:
    wishes = ask(catalogue, question)[0].understood.wishes
    assert (wishes.min_parameters, wishes.max_parameters) == (None, None)


def test_the_best_of_the_smaller_is_still_the_best(catalogue: Catalogue) -> None:
    wishes = ask(catalogue, "smaller than whisper-large-v3 with the best accuracy")[0].understood.wishes
    assert (wishes.prefer, wishes.max_parameters is None) == ("best", False)


@pytest.mark.parametrize(
    ("question", "source", "target"),
    [
        ("translate like Helsinki-NLP/opus-mt-ja-en but better", "ja", "en"),
        ("opus-mt-ja-enより良い英日翻訳", "en", "ja"),
        ("opus-mt-ja-enみたいな日韓翻訳", "ja", "ko"),
        ("alternative to opus-mt-ja-en for French to English", "fr", "en"),
    ],
)
def test_languages_that_are_said_go_before_those_of_the_name(
    catalogue: Catalogue, question: str, source: str, target: str
) -> None:
    understood = ask(catalogue, question)[0].understood
    assert (understood.source_language, understood.target_language) == (source, target)


@pytest.mark.parametrize(
    "question",
    [
        "I'd like flan-t5-base for summarisation",
        "I would like whisper-small for speech recognition",
        "embeddings other than intfloat/multilingual-e5-large",
        "avoid models such as bert-base-uncased, sentiment",
        "nothing like openai/whisper-large-v3, speech recognition",
        "gpt2みたいなのは嫌、チャット",
    ],
)
def test_who_asks_for_a_model_or_shuns_it_compares_with_none(catalogue: Catalogue, question: str) -> None:
    assert ask(catalogue, question)[0].understood.likened is None


def test_a_copy_in_the_format_that_is_asked_for_is_no_other(catalogue: Catalogue) -> None:
    answer, names = ask(catalogue, "onnx version of all-MiniLM-L6-v2")
    assert answer.understood.wishes.weights == "onnx"
    assert LIKENED not in answer.left_out or answer.left_out[LIKENED] == 1
    assert names


def test_many_names_are_not_all_looked_up(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[str] = []

    def best_named(name: str) -> None:
        looked_up.append(name)

    with CatalogueReader(catalogue.path) as reader:
        monkeypatch.setattr(reader, "best_named", best_named)
        assert likened(reader, "".join(f"like nobody-{number} " for number in range(200))) is None
    assert 1 <= len(looked_up) <= 3


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("要約、gpt2より良い", "summarization"),
        ("ner better than bert-base-uncased", "token-classification"),
        ("lighter weight than roberta-base, ner", "token-classification"),
        ("tts like bert-base-uncased", "text-to-speech"),
        ("spam better than bert-base-uncased", "text-classification"),
        ("instead of bert-base-uncased, something for named entities in Japanese", "token-classification"),
        ("bert-base-uncasedの代わりに日本語の固有表現抽出に使えるもの", "token-classification"),
    ],
)
def test_another_task_that_is_said_is_the_one(catalogue: Catalogue, question: str, task: str) -> None:
    assert ask(catalogue, question)[0].understood.task.task_id == task


def test_what_is_smaller_is_smaller_than_that_one(catalogue: Catalogue) -> None:
    whole = catalogue.show("openai/whisper-large-v3").record.num_parameters
    assert whole
    for question in ("smaller than whisper-large-v3", "whisper-large-v3より軽い音声認識"):
        answer, names = ask(catalogue, question)
        assert answer.understood.wishes.max_parameters == whole - 1
        assert len(names) >= 3
        assert all((one.record.num_parameters or 0) < whole for one in answer.candidates)
        # Of its kind, and not the smallest there is.
        assert "whisper" in names[0]
        assert answer.understood.wishes.prefer is None
    larger, names = ask(catalogue, "like openai/whisper-small but larger")
    assert len(names) >= 3
    assert all((one.record.num_parameters or 0) > 240_000_000 for one in larger.candidates)


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
