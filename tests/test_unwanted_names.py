"""Names of models that a question does not want, or only compares with what it wants, are not looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from zukan import Catalogue
from zukan.advice import Wishes
from zukan.demands import fulfils
from zukan.mentions import Role, find_mentions
from zukan.phrases import normalise
from zukan.schema import Family, Prospect
from zukan.size_in_name import size_said
from zukan.store.read import CatalogueReader
from zukan.unwanted_names import compared_with, unwanted_names
from zukan.wishes import wishes_in


@pytest.fixture(scope="module")
def reader(seed_catalogue: Path) -> Iterator[CatalogueReader]:
    with CatalogueReader(seed_catalogue) as opened:
        yield opened


@pytest.mark.parametrize(
    ("question", "names", "left"),
    [
        ("埋め込み e5以外", ("e5",), "埋め込み"),
        ("日本語TTS bark以外", ("bark",), "日本語TTS"),
        ("日本語の音声合成、barkじゃないやつ", ("bark",), "日本語の音声合成、 やつ"),
        ("要約、pegasusとbart以外で", ("pegasus", "bart"), "要約、"),
        ("summarization without pegasus", ("pegasus",), "summarization"),
        ("embedding models other than bge and gte", ("bge", "gte"), "embedding models"),
        ("image captioning, no BLIP models", ("blip",), "image captioning,"),
        ("zh to ja translation, not an llm", ("llm",), "zh to ja translation,"),
        ("英日翻訳 LLMじゃない軽いやつ", ("llm",), "英日翻訳 軽いやつ"),
        ("大規模言語モデル以外で要約", ("llm",), "要約"),
        ("finnish to english, NLLB's licence is a no-go for paid work", ("nllb",), "finnish to english,"),
        ("録音を文字に。kotoba-whisperは試したのでそれ以外で", ("kotoba-whisper",), "録音を文字に。"),
    ],
)
def test_names_that_are_not_wanted(reader: CatalogueReader, question: str, names: tuple[str, ...], left: str) -> None:
    found, rest = unwanted_names(question, reader.vocabulary)
    assert set(found) == set(names)
    assert rest == left


@pytest.mark.parametrize(
    "question",
    [
        "people without helmets",
        "classify without training",
        "sort my PDF files, no cloud",
        "PDF以外の文書を分類",
        "OCRではなく手書きの分類",
        "GPU以外でも動く要約",
        "speech without noise",
        "cars without number plates",
        "the best summarizer",
        "I do not like LLM hallucinations, detect them",
        "tell LLM text from not LLM text",
        "LLM以外が書いた文章を判定",
        "LLMじゃなくてもいいので日本語を要約したい",
        "summarize without LLM fine-tuning",
        "sharks, whales and seals, not dolphin or orca",
        "sound classification of dogs other than bark",
        "",
    ],
)
def test_what_is_no_name_of_models_stays(reader: CatalogueReader, question: str) -> None:
    assert unwanted_names(question, reader.vocabulary) == ((), question)


@pytest.mark.parametrize(
    ("question", "pattern"),
    [
        ("埋め込み e5以外", r"\be5\b"),
        ("日本語TTS bark以外", r"\bbark"),
        ("summarization without pegasus", "pegasus"),
        ("image captioning, no BLIP", r"\bblip"),
        ("handwriting ocr but not trocr", "trocr"),
        ("object detection other than YOLO", r"\byolo(?!s-|s_)"),
    ],
)
def test_what_is_not_wanted_is_not_recommended(seed_catalogue: Path, question: str, pattern: str) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        answer = catalogue.recommend(question, machine="any", limit=20)
    names = [candidate.record.model_id for candidate in answer.candidates]
    assert names
    assert [name for name in names if re.search(pattern, name, re.IGNORECASE)] == []
    assert answer.understood.wishes.without
    assert not {*answer.understood.words} & {*answer.understood.wishes.without.split("|")}


def test_who_wants_no_large_language_model_gets_none_of_their_family(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        usual = catalogue.recommend("英日翻訳", machine="any", limit=10).candidates
        answer = catalogue.recommend("英日翻訳 LLM以外", machine="any", limit=10).candidates
    assert any(one.tag.family is Family.DECODER_ONLY for one in usual)
    assert answer
    assert not any(one.tag.family is Family.DECODER_ONLY for one in answer)


def _model(name: str) -> Prospect:
    return Prospect(name, "object-detection", None, None, Family.OTHER, None, None, None, 1, 1, None, None)


@pytest.mark.parametrize("name", ["jameslahm/yolov10x", "x/Yolov13", "ultralytics/yolo11n", "x/YOLOs", "y/yolo-face"])
def test_versions_of_what_is_not_wanted_are_not_wanted_either(name: str) -> None:
    assert not fulfils(_model(name), Wishes(without="yolo"))
    assert fulfils(_model(name), Wishes(without="detr"))


@pytest.mark.parametrize("name", ["x/yolotl-bert", "facebook/detr-resnet-50"])
def test_what_only_begins_alike_is_another_kind(name: str) -> None:
    assert fulfils(_model(name), Wishes(without="yolo"))


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("whisperより速い音声認識", {"whisper"}),
        ("speech recognition faster than whisper", {"whisper"}),
        ("whisper-large-v3より軽い文字起こし", set()),
        ("bertで分類", set()),
        ("faster than last year", set()),
    ],
)
def test_what_is_only_compared_with_is_no_wish(question: str, names: set[str]) -> None:
    assert compared_with(question) == names


def test_who_compares_with_a_model_gets_no_points_for_its_name(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        for question in ("whisperより速い日本語音声認識", "speech recognition faster than whisper"):
            answer = catalogue.recommend(question)
            assert answer.understood.task.task_id == "automatic-speech-recognition"
            assert answer.understood.words == ()


@pytest.mark.parametrize(
    ("question", "wishes", "left"),
    [
        ("LLM that runs on iPhone, under 2B, apache", {"license": "apache-2.0", "prefer": "small"}, "LLM"),
        ("sentiment, tiny, no bert", {"prefer": "small", "without": "bert"}, "sentiment"),
        ("要約 GPUなし", {}, "要約"),
        (
            "契約書の条項を分類したい。GPUなし、メモリ8GBのノートPC",
            {"max_memory": 8_000_000_000},
            "契約書の条項を分類したい。",
        ),
        ("summarize news without a GPU", {}, "summarize news"),
        ("depth map on a jetson nano", {"prefer": "small"}, "depth map"),
    ],
)
def test_what_is_said_of_the_machine_is_no_subject(question: str, wishes: dict[str, object], left: str) -> None:
    found, rest = wishes_in(question)
    assert {name: value for name, value in found._asdict().items() if name in wishes} == wishes
    assert rest.rstrip("、, ") == left


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("depth-anything/Depth-Anything-V2-Small-hf", "small"),
        ("Intel/dpt-large", "large"),
        ("x/bert-base", None),
        ("x/large-and-small", None),
        ("large/bert", None),
    ],
)
def test_a_name_says_how_large_a_model_is(name: str, said: str | None) -> None:
    assert size_said(name) == said


def test_of_models_of_unknown_size_the_small_ones_come_first_for_who_wants_one(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        answer = catalogue.recommend("audio-text-to-text small", machine="any")
    first = answer.candidates[0]
    assert first.record.num_parameters is None
    assert any(part.text.endswith("its name says small") for part in first.reasons)
    with Catalogue(seed_catalogue) as catalogue:
        depth = catalogue.recommend("depth estimation small").candidates
    assert "small" in depth[0].record.model_id.lower()


def test_what_has_no_language_is_the_same_in_any_language(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        for question in ("タンパク質の埋め込み", "protein embeddings"):
            first = catalogue.recommend(question).candidates[0]
            assert first.record.model_id.lower().startswith("facebook/esm2"), question
            assert not any(part.name == "language" for part in first.reasons)
        for question in ("雑音除去", "音源分離"):
            for one in catalogue.recommend(question).candidates:
                assert not any(part.name == "language" for part in one.reasons), question


def test_what_translates_from_english_alone_does_not_from_chinese(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        names = [one.record.model_id for one in catalogue.recommend("中国語から日本語に翻訳", limit=20).candidates]
    assert not any("en-x" in name for name in names)


def test_languages_that_are_to_be_told_apart_are_no_wish(seed_catalogue: Path) -> None:
    with Catalogue(seed_catalogue) as catalogue:
        answer = catalogue.recommend("文章が日本語か英語か中国語か判定するだけ")
    assert answer.understood.task.task_id == "text-classification"
    assert answer.understood.languages == ()
    assert "language-detection" in answer.candidates[0].record.model_id


@pytest.mark.parametrize(
    ("question", "direction"),
    [
        ("美術館の作品解説を日→仏に訳したい", ("ja", "fr")),
        ("letters in Ukrainian have to be put into English", ("uk", "en")),
        ("translate to English letters that are in Ukrainian", ("uk", "en")),
        ("英→日 技術文書", ("en", "ja")),
    ],
)
def test_from_which_language_into_which(question: str, direction: tuple[str, str]) -> None:
    mentions = find_mentions(normalise(question))
    roles = {one.role: one.code for one in mentions}
    assert (roles[Role.SOURCE], roles[Role.TARGET]) == direction


def test_arrows_between_days_are_no_languages() -> None:
    assert find_mentions(normalise("今日→明日の予定")) == []


@pytest.mark.parametrize("question", [f"{'a' * 1900} no x", f"{'whisper' * 280} no", f"{'ACGT' * 400} 以外のDNA"])
def test_long_runs_of_letters_are_read_to_their_end(reader: CatalogueReader, question: str) -> None:
    # Each word was once cut into several in all ways, which took years.
    assert unwanted_names(question, reader.vocabulary) == ((), question)


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("ノートPC、タブレットの画像分類", "ノートPC、タブレットの画像分類"),
        ("ノートPCで撮影した写真の分類", "ノートPCで撮影した写真の分類"),
        ("ノートPCで動く要約", "要約"),
        ("detect people without graphics card boxes", "detect people without graphics card boxes"),
    ],
)
def test_a_machine_that_is_a_subject_stays(question: str, left: str) -> None:
    assert wishes_in(question)[1] == left
