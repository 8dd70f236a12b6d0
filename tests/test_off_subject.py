"""What a model is for besides what was asked for: other subjects, other fields, other languages, other sizes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from test_recommend import LAPTOP, ask, ids, make, points, row
from zukan.advice import Wishes
from zukan.languages import languages_in_name
from zukan.points import MULTILINGUAL_POINTS, OFF_TOPIC_POINTS, SAID_POINTS, SUBJECT_POINTS, UNASKED_POINTS
from zukan.tasks import all_tasks, other_topics, registry
from zukan.understanding import understand

Make = Callable[..., Path]
__all__ = ["make"]


def classifier(name: str, **facts: Any) -> dict[str, Any]:
    return row(name, pipeline_tag="text-classification", **facts)


def test_a_model_for_another_subject_stands_behind_one_for_none(make: Make) -> None:
    path = make(
        classifier("a/xlm-language-detection", likes=900),
        classifier("a/plain-bert", likes=10),
        classifier("a/bert-spam", likes=5),
    )
    asked = ask(path, "find spam in my mail")
    assert ids(asked) == ["a/bert-spam", "a/plain-bert", "a/xlm-language-detection"]
    assert points(asked, "topic") == {"a/xlm-language-detection": 2 * OFF_TOPIC_POINTS}
    # Who asks for the task alone may mean any of them, but for what serves nobody else.
    assert ids(ask(path, "text-classification")) == ["a/plain-bert", "a/bert-spam", "a/xlm-language-detection"]


def test_topics_that_are_alike_serve_each_other(make: Make) -> None:
    path = make(classifier("a/bert-emotion"), classifier("a/bert-sentiment"), classifier("a/bert-intent"))
    asked = ask(path, "emotion in reviews")
    assert points(asked, "topic") == {"a/bert-intent": OFF_TOPIC_POINTS}


@pytest.mark.parametrize(
    ("question", "off"),
    [
        ("sentiment analysis", {"a/financial-sentiment"}),
        ("sentiment of financial news", set()),
        ("stock market sentiment", set()),
    ],
)
def test_what_is_asked_for_in_another_field_is_not_asked_for(question: str, off: set[str], make: Make) -> None:
    path = make(classifier("a/financial-sentiment", likes=300), classifier("a/bert-sentiment", likes=100))
    assert set(points(ask(path, question), "topic")) == off


def test_how_a_text_is_is_no_other_subject() -> None:
    for task in ("text-classification", "feature-extraction"):
        found = set(other_topics(task, ("legal",)))
        assert "medical" in found
        assert found.isdisjoint({"multilingual", "long-text", "uncensored", "chat", "paraphrase"})
    assert other_topics("text-classification", ()) == ()
    assert other_topics("text-generation", ("legal",)) == ()
    assert other_topics("zero-shot-classification", ("sentiment",)) == ()


def test_topics_name_topics_and_tasks() -> None:
    topics = registry().topics
    tasks = {task.task_id for task in all_tasks()}
    for name, topic in topics.items():
        assert topic.like <= topics.keys(), name
        assert name not in topic.like, name
        assert topic.tasks <= tasks, name
        assert topic.asked, name
        assert topic.signs, name


def test_each_animal_has_its_own_models(make: Make) -> None:
    path = make(
        row("a/cats-vs-dogs", pipeline_tag="image-classification", likes=300),
        row("a/bird-species", pipeline_tag="image-classification", likes=5),
        row("a/vit", pipeline_tag="image-classification", likes=5),
    )
    assert ids(ask(path, "identify birds")) == ["a/bird-species", "a/vit", "a/cats-vs-dogs"]
    assert ids(ask(path, "猫の種類を写真から当てる"))[0] == "a/cats-vs-dogs"


def test_the_word_of_an_author_is_no_word_of_the_model(make: Make) -> None:
    path = make(
        row("NovaPatent/vectors", pipeline_tag="feature-extraction"),
        row("a/patent-vectors", pipeline_tag="feature-extraction"),
    )
    asked = ask(path, "embeddings for patents")
    assert points(asked, "words") == {"a/patent-vectors": SUBJECT_POINTS + SAID_POINTS}


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("a/trocr-base-handwritten-ru", {"ru"}),
        ("a/bge-base-en-v1.5", {"en"}),
        ("a/roberta_de_fr", {"de", "fr"}),
        ("a/F5-TTS-PT-BR", {"pt"}),
        ("google/gemma-3-4b-pt", set()),
        ("google/gemma-3-4b-it", set()),
        ("a/Qwen-IQ4_NL", set()),
        ("a/wer-bert", set()),
        ("ru/bert", set()),
    ],
)
def test_codes_that_stand_apart_say_a_language(name: str, codes: set[str]) -> None:
    assert languages_in_name(name) == codes


def test_who_asks_in_english_gets_what_states_no_language(make: Make) -> None:
    path = make(
        classifier("a/ner-plain", likes=10),
        classifier("a/ner-ru", likes=900),
        classifier("a/ner-en-text", cardData={"language": ["en"]}),
        classifier("a/ner-de", cardData={"language": ["de"]}, likes=900),
    )
    asked = ask(path, "text-classification", languages=("en",))
    assert set(ids(asked)) == {"a/ner-plain", "a/ner-en-text", "a/ner-ru"}
    assert points(asked, "language")["a/ner-plain"] == MULTILINGUAL_POINTS
    assert points(asked, "language")["a/ner-ru"] == UNASKED_POINTS


def test_what_is_large_does_not_take_the_place_of_what_is_small(make: Make) -> None:
    small = {"total": 4 * 10**7, "parameters": {"F32": 4 * 10**7}}
    large = {"total": 10**8, "parameters": {"F32": 10**8}}
    path = make(
        row("a/small", safetensors=small, gated=None, likes=40),
        row("b/large", safetensors=large, likes=90),
    )
    assert ids(ask(path, "fill-mask", wishes=Wishes(prefer="small"))) == ["a/small", "b/large"]
    # Without that wish the one of which all is known goes before.
    assert ids(ask(path, "fill-mask", LAPTOP))[0] == "b/large"


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("detect cracks in concrete", "object-detection"),
        ("detect smoke and fire", "object-detection"),
        ("煙を検知", "object-detection"),
        ("detect sarcasm", "text-classification"),
        ("detect language", "text-classification"),
        ("嘘の検出", "text-classification"),
        ("bird detection from drone", "object-detection"),
        ("English → 4 labels", "text-classification"),
        ("reviews in English, German and French -> 1 to 5 stars", "text-classification"),
        ("similar image search for French bulldogs", "image-feature-extraction"),
        ("search photos by Japanese text", "zero-shot-image-classification"),
        ("we want English subtitles for Japanese videos", "automatic-speech-recognition"),
        ("tag photos", "image-classification"),
        ("表情から感情を推定", "image-classification"),
    ],
)
def test_what_is_detected_tells_the_task(question: str, task: str) -> None:
    assert understand(question).task.task_id == task


def test_the_pipeline_says_that_a_model_is_an_sdxl(make: Make) -> None:
    picture = {"pipeline_tag": "text-to-image", "library_name": "diffusers", "config": None}
    path = make(
        row("a/dreamy-anime", **picture, tags=["diffusers", "diffusers:StableDiffusionXLPipeline"]),
        row("a/older-anime", **picture, tags=["diffusers", "diffusers:StableDiffusionPipeline"], likes=90),
    )
    assert ids(ask(path, "draw anime pictures with SDXL"))[0] == "a/dreamy-anime"
    assert ids(ask(path, "draw anime pictures"))[0] == "a/older-anime"


def test_who_asks_for_two_languages_gets_what_knows_both(make: Make) -> None:
    german = {"pipeline_tag": "feature-extraction", "cardData": {"language": ["de", "en"]}}
    path = make(row("a/embed-de-large", **german), row("a/embed-plain", pipeline_tag="feature-extraction"))
    asked = ask(path, "feature-extraction", languages=("de", "en"))
    assert ids(asked)[0] == "a/embed-de-large"
    assert points(asked, "language")["a/embed-de-large"] > 0


@pytest.mark.parametrize(
    ("question", "topics"),
    [
        ("bank transactions classification", set()),
        ("be patient assistant chatbot", {"chat"}),
        ("food court chatbot", {"chat"}),
        ("株式会社の名前を抽出", set()),
        ("虫歯の画像分類", set()),
        ("text classification of patient notes", {"medical"}),
        ("named entities in court decisions", {"legal", "ner"}),
        ("background music generation with singing voice", {"music"}),
    ],
)
def test_everyday_words_are_no_field(question: str, topics: set[str]) -> None:
    assert set(understand(question).topics) == topics


def test_a_word_that_says_more_than_its_topic_counts_beside_it(make: Make) -> None:
    path = make(
        row("a/audioset-tagger", pipeline_tag="audio-classification"),
        row("a/audioset-gunshot", pipeline_tag="audio-classification"),
    )
    asked = ask(path, "detect gunshots")
    assert asked.understood.topics == ("sound-events",)
    assert asked.understood.words == ("gunshot",)
    assert ids(asked)[0] == "a/audioset-gunshot"


def test_a_name_says_whose_writing_is_read(make: Make) -> None:
    path = make(row("a/trocr", pipeline_tag="image-to-text"), row("a/trocr-ru", pipeline_tag="image-to-text", likes=90))
    assert ids(ask(path, "read the handwriting on a photo")) == ["a/trocr", "a/trocr-ru"]
    assert ids(ask(path, "read the Russian handwriting on a photo"))[0] == "a/trocr-ru"


def test_a_code_beside_a_code_is_a_language_too() -> None:
    assert languages_in_name("a/3b-es_it-research") == {"es", "it"}
    assert languages_in_name("a/stt_kk_ru_large") == {"kk", "ru"}


def test_who_asks_about_pictures_in_another_language_gets_what_talks(make: Make) -> None:
    path = make(
        row("a/vilt-vqa", pipeline_tag="visual-question-answering"),
        row("a/talks", pipeline_tag="image-text-to-text", cardData={"language": ["ja", "en"]}),
    )
    asked = ask(path, "画像を見せて日本語で質問に答えるモデル")
    assert (asked.understood.task.task_id, ids(asked)[0]) == ("image-text-to-text", "a/talks")
    assert "visual-question-answering" in asked.understood.alternatives
    for question in ("visual-question-answering", "answer questions about a photo"):
        assert ids(ask(path, question))[0] == "a/vilt-vqa"


def test_reports_on_sustainability_are_a_subject_of_their_own(make: Make) -> None:
    path = make(classifier("a/general", likes=500), classifier("a/ESG-BERT"))
    assert ids(ask(path, "classify sustainability reports"))[0] == "a/ESG-BERT"
    assert ids(ask(path, "text-classification"))[0] == "a/general"
