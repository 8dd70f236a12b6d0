"""The task registry and what questions are understood to ask for."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.advice import Task
from zukan.errors import UnknownTask
from zukan.phrases import PhraseBook, normalise, singular, stem, words
from zukan.resources import data_path
from zukan.schema import Family
from zukan.tasks import all_tasks, task, why_family
from zukan.understanding import understand, understood

JUDGED: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("judged_questions.toml").read_text(encoding="utf-8")
)["question"]

KNOWN_MISSES = {
    "ドキュメントに関する質問に回答する": "a document may as well be plain text",
    "answer a question about the document, given a document and a question": "a document may as well be plain text",
}

TRIALS = {
    "text-ranking",
    "fill-mask", "text-generation", "translation", "summarization", "text2text-generation", "text-classification",
    "feature-extraction", "sentence-similarity", "token-classification", "question-answering",
    "zero-shot-classification", "table-question-answering",
    "image-classification", "object-detection", "image-segmentation", "depth-estimation", "image-feature-extraction",
    "zero-shot-image-classification", "image-to-text", "image-text-to-text", "visual-question-answering",
    "audio-classification", "automatic-speech-recognition", "text-to-speech", "text-to-audio",
}  # fmt: skip

# huggingface.js packages/tasks/src/pipelines.ts and the tags that rows of the seed carry
HUB_TASKS = """
text-classification token-classification table-question-answering question-answering zero-shot-classification
translation summarization feature-extraction text-generation text2text-generation fill-mask sentence-similarity
text-to-speech text-to-audio automatic-speech-recognition audio-to-audio audio-classification audio-text-to-text
voice-activity-detection depth-estimation image-classification object-detection image-segmentation text-to-image
image-to-text image-to-image image-to-video unconditional-image-generation video-classification
reinforcement-learning robotics tabular-classification tabular-regression tabular-to-text table-to-text
multiple-choice text-ranking text-retrieval time-series-forecasting text-to-video image-text-to-text
image-text-to-image image-text-to-video visual-question-answering document-question-answering
zero-shot-image-classification graph-ml mask-generation zero-shot-object-detection text-to-3d image-to-3d
image-feature-extraction video-text-to-text visual-document-retrieval keypoint-detection any-to-any video-to-video
keypoint-matching other
""".split()

TASKS = [pytest.param(entry, id=entry.task_id) for entry in all_tasks()]


@pytest.mark.parametrize("entry", TASKS)
def test_every_family_of_a_task_has_its_sentence_in_both_languages(entry: Task) -> None:
    for place, family in enumerate((*entry.families, *set(Family) - {*entry.families, Family.UNDETERMINED})):
        sentences = why_family(entry, family)
        assert sentences is not None
        english, japanese = sentences
        assert english.endswith(".")
        assert len(english) <= 120
        assert japanese.endswith("。")
        assert (sentences == (entry.why, entry.why_ja)) == (place == 0)
    assert why_family(entry, Family.UNDETERMINED) is None


def phrases(entry: Task) -> tuple[str, ...]:
    return (*entry.synonyms, *entry.synonyms_ja)


def is_japanese(text: str) -> bool:
    return re.search(r"[぀-ヿ㐀-鿿]", text) is not None


# --- the registry ----------------------------------------------------------------------------------------


def test_every_hub_task_is_there_once() -> None:
    ids = [entry.task_id for entry in all_tasks()]
    assert sorted(ids) == sorted(HUB_TASKS)


@pytest.mark.parametrize("entry", TASKS)
def test_every_task_is_complete(entry: Task) -> None:
    assert entry.name
    assert is_japanese(entry.name_ja)
    assert entry.category in {"text", "image", "audio", "video", "multimodal", "tabular", "other"}
    assert entry.families
    assert Family.UNDETERMINED not in entry.families
    assert len(set(entry.families)) == len(entry.families)
    assert entry.why.endswith(".")
    assert len(entry.why) <= 130
    assert entry.why_ja.endswith("。")
    assert entry.synonyms
    assert entry.synonyms_ja
    assert set(entry.input_kind.split("+")) <= {"text", "image", "audio", "video", "table", "other"}
    assert entry.auto_class is None or entry.auto_class.startswith("AutoModel")
    ids = {other.task_id for other in all_tasks()}
    assert set(entry.related_tasks) <= ids - {entry.task_id}
    # They are asked of models of related tasks, and compared with the words of names.
    assert entry.related_tasks or not entry.name_words
    assert all(words == words.lower() and words.replace(" ", "").isalnum() for words in entry.name_words)


@pytest.mark.parametrize("entry", TASKS)
def test_a_task_that_reads_text_has_an_example(entry: Task) -> None:
    if "text" in entry.input_kind.split("+"):
        assert entry.example
        assert entry.example_ja


def test_trials() -> None:
    assert {entry.task_id for entry in all_tasks() if entry.trial} == TRIALS
    assert task("fill-mask").example == "I love [MASK]."
    assert task("text-generation").example == "What is AI"
    assert task("translation").example == "How are you"


def test_families_of_the_three_kinds() -> None:
    assert task("fill-mask").families == (Family.ENCODER_ONLY,)
    assert task("text-generation").families[0] is Family.DECODER_ONLY
    assert task("translation").families[0] is Family.SEQ2SEQ


def test_a_phrase_belongs_to_one_task() -> None:
    owners = Counter(normalise(phrase) for entry in all_tasks() for phrase in set(phrases(entry)))
    assert [phrase for phrase, count in owners.items() if count > 1] == []


def test_phrases_are_written_as_the_matcher_reads_them() -> None:
    for entry in all_tasks():
        for phrase in phrases(entry):
            bare = phrase.replace("…", "")
            assert normalise(bare) == " ".join(bare.casefold().split()), phrase
            assert is_japanese(phrase) or words(normalise(phrase))[0].start == 0, phrase
            assert "~" not in phrase


def test_words_that_look_like_weak_marks_are_in_the_list() -> None:
    data = json.loads(data_path("tasks.json").read_bytes())
    known = {phrase for entry in all_tasks() for phrase in phrases(entry)}
    names = [name.strip() for name in data["model_names"].replace("\n", ",").split(",") if name.strip()]
    assert set(names) <= known


# --- task() ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", TASKS)
def test_every_name_and_synonym_finds_its_task(entry: Task) -> None:
    for name in (entry.task_id, entry.name, entry.name_ja, *phrases(entry)):
        assert task(name) is entry, name
        assert understand(name).task is entry, name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("FILL_MASK", "fill-mask"),
        ("Fill Mask", "fill-mask"),
        ("ner", "token-classification"),
        ("sentiment-analysis", "text-classification"),
        ("text-to-speech", "text-to-speech"),
        ("vqa", "visual-question-answering"),
        ("conversational", "text-generation"),
        ("translation_en_to_fr", "translation"),
        ("ｆｉｌｌ－ｍａｓｋ", "fill-mask"),
        ("Q&A", "question-answering"),
    ],
)
def test_aliases_and_spellings(name: str, expected: str) -> None:
    assert task(name).task_id == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("fil-mask", "fill-mask"), ("translaton", "translation"), ("sumarization", "summarization"), ("要訳", "")],
)
def test_an_unknown_task_comes_with_suggestions(name: str, expected: str) -> None:
    with pytest.raises(UnknownTask) as caught:
        task(name)
    assert caught.value.name == name
    assert caught.value.suggestions[:1] == ((expected,) if expected else ())


# --- understand() ----------------------------------------------------------------------------------------


def judged() -> list[Any]:
    return [
        pytest.param(row, marks=pytest.mark.xfail(reason=KNOWN_MISSES[row["question"]], strict=True))
        if row["question"] in KNOWN_MISSES
        else row
        for row in JUDGED
    ]


@pytest.mark.parametrize("row", judged(), ids=lambda row: row["question"])
def test_judged_questions(row: dict[str, Any]) -> None:
    if not row["task"]:
        with pytest.raises(UnknownTask):
            understand(row["question"])
        return
    understood = understand(row["question"])
    assert understood.task.task_id == row["task"]
    assert list(understood.languages) == row.get("languages", [])
    assert understood.source_language == row.get("source")
    assert understood.target_language == row.get("target")


def test_the_judged_questions_are_many_and_half_japanese() -> None:
    japanese = sum(is_japanese(row["question"]) for row in JUDGED)
    assert len(JUDGED) >= 80
    assert 0.45 <= japanese / len(JUDGED) <= 0.55


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("sentiment of financial news", ("financial", "news")),
        ("summarizer for legal contracts", ("legal", "contract")),
        ("ニュース記事を要約したい", ("news", "article")),
        ("医療文書の固有表現抽出", ("medical",)),
        ("multilingual translation model", ("multilingual",)),
        ("日本語BERTでマスク予測", ("bert",)),
        ("translate English to Japanese", ()),
        ("NER", ()),
    ],
)
def test_words_left_over(question: str, expected: tuple[str, ...]) -> None:
    assert understand(question).words == expected


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Spanish subtitles to English", "automatic-speech-recognition"),
        ("名刺の文字起こし", "automatic-speech-recognition"),
        ("summarize YouTube transcripts", "automatic-speech-recognition"),
    ],
)
def test_a_close_second_is_an_alternative(question: str, expected: str) -> None:
    assert expected in understand(question).alternatives


@pytest.mark.parametrize(
    ("question", "source", "target"),
    [
        ("from English into German translation", "en", "de"),
        ("translate the Japanese manual to Portuguese", "ja", "pt"),
        ("translation between English and Japanese", None, None),
        ("eng_Latn to jpn_Jpan", "en", "ja"),
        ("translation_en_to_ja", "en", "ja"),
        ("英語と日本語の翻訳", None, None),
        ("英→日 翻訳", "en", "ja"),
        ("韓日機械翻訳", "ko", "ja"),
        ("スペイン語を英訳", "es", "en"),
        ("和文英訳", "ja", "en"),
        ("中国語への翻訳", None, "zh"),
    ],
)
def test_directions(question: str, source: str | None, target: str | None) -> None:
    understood = understand(question)
    assert understood.task.task_id == "translation"
    assert (understood.source_language, understood.target_language) == (source, target)


@pytest.mark.parametrize(
    "question",
    [
        "hi-fi",
        "is it no good",
        "polish my shoes",
        "smart cart",
        "同じ日の午後",
        "so to be or not",
        "",
        " ",
        "…",
        "___x",
    ],
)
def test_words_that_only_look_like_languages(question: str) -> None:
    with suppress(UnknownTask):
        assert understand(question).languages == ()


def test_not_is_no_note() -> None:
    assert understood("notes").task.task_id == "summarization"  # type: ignore[union-attr]
    assert understood("is it hot or not") is None


@pytest.mark.parametrize(
    ("question", "languages"),
    [
        ("a chat model, not chinese", ()),
        ("chat in any language except English", ()),
        ("non-English speech recognition in Welsh", ("cy",)),
        ("英語以外の音声認識", ()),
        ("日本語じゃないとダメな要約", ("ja",)),
        ("日本語ではなせるチャットボット", ("ja",)),
        ("日本語NGワードを検出したい", ("ja",)),
        ("There are no Japanese subtitles: transcribe the video", ("ja",)),
        ("中国語じゃない文章生成、日本語で", ("ja",)),
        ("I do not have Chinese texts, only Korean reviews to classify", ("zh", "ko")),
    ],
)
def test_a_language_that_is_not_wanted_is_not_asked_for(question: str, languages: tuple[str, ...]) -> None:
    assert understand(question).languages == languages


def test_direction_belongs_to_translation_only() -> None:
    understood = understand("summarise English articles in Japanese")
    assert understood.task.task_id == "summarization"
    assert understood.languages == ("en", "ja")
    assert (understood.source_language, understood.target_language) == (None, None)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=80), st.text(alphabet="翻訳要約を英日語にのa to-en>_…~%[]()\\", max_size=60)))
def test_any_text_is_understood_or_refused(question: str) -> None:
    with suppress(UnknownTask):
        understand(question)
    with suppress(UnknownTask):
        task(question)


def test_a_very_long_question_ends_soon() -> None:
    assert understand("要約して" + "あ英日→" * 100_000).task.task_id == "summarization"


# --- phrases ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("summarise", "summarizing"), ("translations", "translation"), ("translating", "translates"),
        ("colourise", "colorized"), ("tagging", "tags"), ("queries", "query"), ("classifies", "classify"),
        ("embedding", "embeds"), ("labelling", "labels"),
    ],
)  # fmt: skip
def test_words_with_one_stem(first: str, second: str) -> None:
    assert stem(first) == stem(second)


@pytest.mark.parametrize(
    ("word", "expected"),
    [("reviews", "review"), ("stories", "story"), ("news", "news"), ("boxes", "box"), ("bus", "bus")],
)
def test_singular(word: str, expected: str) -> None:
    assert singular(word) == expected


def test_phrases_match_whole_words_only() -> None:
    book = PhraseBook([("art", "a"), ("SAM", "s"), ("extract … names", "n"), ("背景…消", "b")])

    def found(text: str) -> set[str]:
        return {match.key for match in book.find(normalise(text))}

    assert found("a cart of the same make") == set()
    assert found("Art by SAM") == {"a", "s"}
    assert found("extract all the company names") == {"n"}
    assert found("names to extract") == set()
    assert found("写真の背景をきれいに消したい") == {"b"}


def test_what_is_read_is_what_was_edited() -> None:
    script = Path(__file__).parents[1] / "data" / "make_tasks.py"
    assert subprocess.run([sys.executable, str(script), "--check"], check=False).returncode == 0


@pytest.mark.parametrize(
    ("question", "task_id", "topic"),
    [
        ("remove the background from photos", "image-segmentation", "background-removal"),
        ("背景を消したい", "image-segmentation", "background-removal"),
        ("remove background noise from a recording", "audio-to-audio", "speech-enhancement"),
        ("画像から文字を読み取る", "image-to-text", "ocr"),
        ("写真に写った文章を読み取る", "image-to-text", "ocr"),
        ("会議の文字起こし", "automatic-speech-recognition", None),
        ("テキストを読み上げる", "text-to-speech", None),
        ("白黒写真をカラーにする", "image-to-image", "colorization"),
        ("separate the vocals from a song", "audio-to-audio", "source-separation"),
        ("turn chat logs into json records", "text-generation", "chat"),
        ("普段使いのチャットをしたい。おすすめを教えてください", "text-generation", "chat"),
        ("部品の傷を見つける画像モデル", "image-classification", "defect"),
        ("誹謗中傷の検出", "text-classification", "toxic"),
    ],
)
def test_a_topic_counts_for_its_tasks(question: str, task_id: str, topic: str | None) -> None:
    found = understand(question)
    assert found.task.task_id == task_id
    assert (topic in found.topics) if topic else not found.topics


def test_topics_are_of_tasks_that_there_are() -> None:
    data = tomllib.loads(data_path("tasks.toml").read_text(encoding="utf-8"))
    for topic in data["topics"].values():
        tasks = [name for name in topic.get("tasks", "").split(",") if name]
        assert set(tasks) <= set(HUB_TASKS)
        assert topic["asked"].strip()
        assert topic["signs"].strip()


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("画像 生成", "text-to-image"),
        ("画像　生成", "text-to-image"),
        ("3D 生成 アニメ", "text-to-3d"),
        ("感情 分析", "text-classification"),
        ("物体 検出 してほしい", "object-detection"),
        ("日本語 文章 要約", "summarization"),
    ],
)
def test_japanese_phrases_may_be_typed_with_blanks(question: str, task: str) -> None:
    assert understand(question).task.task_id == task
    assert understand(question) == understand(
        "".join(question.split()) if "アニメ" not in question else "3D生成 アニメ"
    )
