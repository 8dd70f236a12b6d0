"""What a question asks for beside its task: read from the question, and from options."""

from __future__ import annotations

import time
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from zukan.advice import Wishes
from zukan.cards import _CARDS, card, card_in
from zukan.errors import QuestionError, UnknownTask
from zukan.licences import licences_of
from zukan.machine import is_any, machine
from zukan.understanding import understand, understood
from zukan.wish_hints import may_name_cards
from zukan.wish_values import wishes_of
from zukan.wishes import wishes_in

CATALOGUE_DAY = date(2026, 8, 22)
_FIELDS = (
    "license", "max_parameters", "max_memory", "max_download", "prefer", "family", "no_gated", "author", "since",
)  # fmt: skip


def said(question: str) -> dict[str, Any]:
    return {name: wish for name, wish in wishes_in(question, lambda: CATALOGUE_DAY)[0]._asdict().items() if wish}


@pytest.mark.parametrize(
    ("question", "least", "most", "rest"),
    [
        ("7B chat model", 5_250_000_000, 8_750_000_000, "chat model"),
        ("a 13 billion parameter model for chat", 9_750_000_000, 16_250_000_000, "a model for chat"),
        ("70億パラメータの日本語モデル", 5_250_000_000, 8_750_000_000, "日本語モデル"),
        ("0.5bのモデルで要約", 375_000_000, 625_000_000, "モデルで要約"),
        ("chat under 7B", None, 7_000_000_000, "chat"),
        ("at least 30B coder", 30_000_000_000, None, "coder"),
        ("llama-7b for chat", None, None, "llama-7b for chat"),
        ("summarize 3 books", None, None, "summarize 3 books"),
        ("classify 3 billion rows", None, None, "classify 3 billion rows"),
        ("B2B sales emails", None, None, "B2B sales emails"),
        ("translate section 3b of a contract", None, None, "translate section 3b of a contract"),
        ("classify $3B company news", None, None, "classify $3B company news"),
        ("detect 3 B cells in images", None, None, "detect 3 B cells in images"),
        ("chat larger than 13B, better than llama 7B", 13_000_000_000, None, "chat , better than llama 7B"),
        ("chat, not a 7B model", None, None, "chat, not a model"),
    ],
)
def test_a_size_without_a_bound_is_about_that_size(
    question: str, least: int | None, most: int | None, rest: str
) -> None:
    wishes, left = wishes_in(question)
    assert (wishes.min_parameters, wishes.max_parameters, left) == (least, most, rest)


def test_judged_constraints() -> None:
    """At least 85 % of sixty questions, written before the code, are understood without a wish too many or too few."""
    exam = tomllib.loads((Path(__file__).parent / "judged_constraints.toml").read_text(encoding="utf-8"))["question"]
    wrong = []
    for question in exam:
        wishes, rest = wishes_in(question["question"])
        found = {name: wish for name, wish in wishes._asdict().items() if wish}
        if "since" in found:
            found["since"] = found["since"][: len(question.get("since", found["since"]))]
        if "author" in found:
            # Whoever says Google may also mean google-bert, where the Hub keeps BERT.
            found["author"] = found["author"].partition("|")[0]
        wanted = {name: question[name] for name in _FIELDS if name in question}
        task = understood(rest or question["question"])
        languages = set(task.languages) if task else set(question.get("languages", ()))
        right = found == wanted and languages == set(question.get("languages", ()))
        if task and (question.get("source"), question.get("target")) != (task.source_language, task.target_language):
            right = False
        if not right:
            wrong.append(f"{question['question']}: {found}, not {wanted}")
    assert len(exam) == 60
    assert len(wrong) <= 9, "\n".join(wrong)


_SETS = ("license", "without", "author", "without_license")


def _understood_of(question: str) -> dict[str, Any]:
    """Return the wishes of a question, with the memory of a card in GB among them."""
    named, rest = card_in(question)
    wishes = {name: wish for name, wish in wishes_in(rest, lambda: date(2026, 11, 30))[0]._asdict().items() if wish}
    if named and (known := card(named)):
        wishes["max_memory"] = known.memory_bytes // 2**30 * 10**9
    if wishes.get("until", "") >= "2026-11-30":
        del wishes["until"]
    wishes.pop("prefer", None)
    return _comparable(wishes)


def _meant_by(question: dict[str, Any]) -> dict[str, Any]:
    meant = {name: wish for name, wish in question.items() if name in Wishes._fields}
    if unwanted := question.get("unwanted_license"):
        meant |= {"license": "permissive"} if "gpl" in unwanted else {"without_license": unwanted}
    return _comparable(meant)


def _comparable(wishes: dict[str, Any]) -> dict[str, Any]:
    sets = {name: frozenset(wishes[name].lower().split("|")) for name in _SETS if name in wishes}
    memory = {"max_memory": round(wishes["max_memory"] / 10**9)} if "max_memory" in wishes else {}
    return {**wishes, **sets, **memory}


def _second_exam_of(question: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return (what is understood of a question, what is meant by it), in the same words."""
    wishes, meant = _understood_of(question["question"]), _meant_by(question)
    if "since" in wishes and "since" in meant:
        wishes["since"] = wishes["since"][: len(meant["since"])]
    for name in ("without", "author"):
        # Whoever says Google may also mean google-bert, and Chinese models are those of makers and in the language.
        if name in wishes and name in meant and meant[name] & wishes[name]:
            wishes[name] = meant[name]
    return wishes, meant


def test_judged_constraints_of_a_second_exam() -> None:
    """So many of sixty questions, written by somebody who had not seen the code: 45 before anything was learnt of it."""
    exam = tomllib.loads((Path(__file__).parent / "judged_constraints_2.toml").read_text(encoding="utf-8"))["question"]
    judged = [(question["question"], *_second_exam_of(question)) for question in exam]
    wrong = [f"{question}: {found}, not {meant}" for question, found, meant in judged if found != meant]
    assert len(exam) == 60
    assert len(wrong) <= 0, "\n".join(wrong)


@pytest.mark.parametrize(("exam", "questions"), [("", 80), ("_2", 120), ("_3", 100), ("_4", 60)])
def test_tasks_of_questions_that_nobody_here_has_written(exam: str, questions: int) -> None:
    """At least 90 % of each blind exam; what names no task is asked back."""
    path = Path(__file__).parent / f"judged_blind_questions{exam}.toml"
    judged = tomllib.loads(path.read_text(encoding="utf-8"))["question"]
    wrong = []
    for row in judged:
        wanted = {row["task"], *row["also"]}
        try:
            found = understand(wishes_in(row["question"])[1] or row["question"])
        except UnknownTask:
            told = ""
        else:
            told = found.task.task_id
            # Whoever says nothing clear may be asked which of several is meant.
            wanted |= {told} if not row["task"] and found.alternatives else set()
        if told not in wanted:
            wrong.append(f"{row['question']}: {told}, not {wanted}")
    assert len(judged) == questions
    assert len(wrong) <= 0.1 * questions, "\n".join(wrong)


def test_a_guess_is_said_to_be_one() -> None:
    guessed = understand("My nephew mumbles on his voice messages, I would rather see on the screen what he said")
    assert guessed.task.task_id == "automatic-speech-recognition"
    assert 0.3 <= (guessed.probability or 0) <= 1
    assert understand("speech recognition").probability is None
    assert understand("summarize the news").probability is None


def test_constraints_of_questions_that_nobody_here_has_written() -> None:
    """At least 85 % of a blind exam."""
    exam = tomllib.loads((Path(__file__).parent / "judged_blind_questions.toml").read_text(encoding="utf-8"))[
        "question"
    ]
    clear = [question for question in exam if question["task"]]
    wrong = []
    for question in clear:
        wishes = wishes_in(question["question"], lambda: date(2026, 11, 28))[0]
        found = (
            wishes.license, wishes.max_parameters, (wishes.author or "").lower().split("|")[0] or None, wishes.since,
            wishes.prefer, wishes.no_gated, round((wishes.max_memory or 0) / 10**9),
        )  # fmt: skip
        wanted = (
            question.get("license"), question.get("max_params"), question.get("author"), question.get("since"),
            question.get("prefer"), question.get("no_gated", False), question.get("max_memory_gb", 0),
        )  # fmt: skip
        if found != wanted:
            wrong.append(f"{question['question']}: {found}, not {wanted}")
    assert len(clear) == 74
    assert len(wrong) <= 0.15 * len(clear), "\n".join(wrong)


def test_judged_tasks() -> None:
    """At least 90 % of the clear ones of the same questions reach their task."""
    exam = tomllib.loads((Path(__file__).parent / "judged_constraints.toml").read_text(encoding="utf-8"))["question"]
    clear = [question for question in exam if not question.get("asks_back")]
    wrong = []
    for question in clear:
        task = understood(wishes_in(question["question"])[1] or question["question"])
        wanted = [question["task"]] if isinstance(question["task"], str) else question["task"]
        if task is None or task.task.task_id not in wanted:
            wrong.append(f"{question['question']}: {task and task.task.task_id}, not {wanted}")
    assert len(clear) == 52
    assert len(wrong) <= 5, "\n".join(wrong)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("sentiment of tweets", {}),
        ("text-to-image", {}),
        ("summaries under 500M params", {"max_parameters": 500_000_000}),
        ("a chat model of 3B or less", {"max_parameters": 3_000_000_000}),
        ("30億パラメータ以下のチャット", {"max_parameters": 3_000_000_000}),
        ("speech recognition on a 4 GB laptop", {"max_memory": 4_000_000_000}),
        ("メモリ32GBのPCで動く文章生成", {"max_memory": 32_000_000_000}),
        ("ocr, download under 300 MB", {"max_download": 300_000_000}),
        ("非商用の翻訳", {}),
        ("要約 商用不可", {}),
        ("not by Meta, a chat model", {"without": "meta"}),
        ("a translator that is not MIT licensed", {"without_license": "mit"}),
        ("商用利用可能な翻訳", {"license": "commercial"}),
        ("MIT licensed embeddings", {"license": "mit"}),
        ("Microsoft製の画像分類", {"author": "microsoft"}),
        ("類似度を測るやつ、Microsoftのがいい", {"author": "microsoft"}),
        ("Metaが出してるセグメンテーション", {"author": "facebook|meta-llama"}),
        ("we sell the game, so the licence has to allow that", {"license": "commercial"}),
        ("terms must allow business use: image tags", {"license": "commercial"}),
        ("業務で使える音声認識", {"license": "commercial"}),
        ("posters, and i dont want to log in or accept some agreement", {"no_gated": True}),
        ("画像生成で一番いいやつ", {"prefer": "best"}),
        ("estimate what a house sells for", {}),
        ("highlight the main points", {}),
        ("classify flight delays", {}),
        ("raspberry pie photos", {}),
        ("small ngram language model", {"prefer": "small"}),
        ("商用利用可能なNGワード検出", {"license": "commercial"}),
        ("東京大の要約モデル", {}),
        ("ハイパーパラメタの要約モデル", {}),
        ("translate by \u0130ntel", {}),
        ("an alternative to OpenAI models", {}),
        ("GoogleのモデルじゃないやつでOCR", {"without": "google"}),
        ("a coding assistant, but no Qwen and no DeepSeek", {"without": "qwen|deepseek"}),
        ("translate Ukrainian, not Facebook", {"without": "facebook"}),
        ("Qwen以外の日本語チャットモデル", {"without": "qwen"}),
        ("LlamaやQwenは除いて、文章生成", {"without": "llama|qwen"}),
        ("a bert that is not large", {}),
        ("Qwenじゃないと困る", {}),
        ("日本語チャット、8Bくらい", {"min_parameters": 6 * 10**9, "max_parameters": 10**10}),
        ("rank documents by perplexity", {}),
        ("translate line by line", {}),
        ("a depth model from Apple", {"author": "apple"}),
        ("table questions over data from Snowflake", {}),
        ("summarise chats with paying customers", {}),
        ("有料動画の字幕を作る", {}),
        ("有料アプリに組み込む翻訳", {"license": "commercial"}),
        ("detect Apache", {}),
        ("MITのものを翻訳", {}),
        ("detect the strongest signal", {}),
        ("一番うまいラーメンの写真を分類", {}),
        ("tl;dr for long commercial contracts", {}),
        ("tts in our paid app", {"license": "commercial"}),
        ("music that goes into a game we sell", {"license": "commercial"}),
        ("a mesh, with a licence that lets my shop use it", {"license": "commercial"}),
        ("収益化しているチャンネルのBGM", {"license": "commercial"}),
        ("OpenAIの音声認識で書き起こし", {"author": "openai|openai-community"}),
        ("東北大(tohoku-nlp)の日本語BERTで穴埋め", {"author": "tohoku-nlp"}),
        ("cl-nagoyaの日本語文埋め込み", {"author": "cl-nagoya"}),
        ("text to video from Wan-AI", {"author": "Wan-AI"}),
        ("a policy from the lerobot org", {"author": "lerobot"}),
        ("sql with a mistralai model", {"author": "mistralai"}),
        ("NVIDIAのヒューマノイド向けVLAモデル", {"author": "nvidia"}),
        ("Googleのレビューを分類", {}),
        ("classify apple varieties", {}),
        ("a cross-encoder for search", {}),
        ("posters, 4B parameters at most", {"max_parameters": 4 * 10**9}),
        ("VAD 軽量 MIT", {"prefer": "small", "license": "mit"}),
        ("apache LLM", {"license": "apache-2.0"}),
        ("translate letters, our lawyers refuse any 'non-commercial' licence", {"license": "commercial"}),
        ("音声の分類、NC(非商用)は不可", {"license": "commercial"}),
        ("an apache embedding model", {"license": "apache-2.0"}),
        ("MIT models of the brain", {}),
        ("classify apache logs", {}),
        ("no apache model", {"without_license": "apache-2.0"}),
        ("object detection, AGPL models are not allowed", {}),
        ("avoid GPL models, OCR", {"license": "permissive"}),
        ("artistic models for image generation", {}),
        ("apache spark model for recommendation", {}),
        ("papers from MIT", {}),
        ("Apacheのもの、物体検出", {"license": "apache-2.0"}),
        ("translator, 2 gigs of VRAM at most", {"max_memory": 2 * 10**9}),
        ("メモリ8ギガで動く要約", {"max_memory": 8 * 10**9}),
        ("the strongest reasoning model", {"prefer": "best"}),
        ("count cars on a raspberry pi", {"prefer": "small"}),
        ("detect whether users accept the terms", {}),
        ("2024年以降の埋め込み", {"since": "2024-01-01"}),
        ("embeddings newer than 2024", {"since": "2025-01-01"}),
        ("ner with an encoder-only model", {"family": "encoder-only"}),
        ("申請不要の文章生成", {"no_gated": True}),
        ("speech recognition, nothing gated please", {"no_gated": True}),
        ("文章生成、gatedのモデルは使えません", {"no_gated": True}),
        ("要約、申請制のものはNG", {"no_gated": True}),
        ("depth maps, so no cc-by-nc weights", {"license": "commercial"}),
        ("nothing non-commercial: embeddings", {"license": "commercial"}),
        ("翻訳。非商用ライセンスは不可", {"license": "commercial"}),
        ("翻訳、CC-BY-NCは避けたい", {"license": "commercial"}),
        ("文字起こし、業務利用", {"license": "commercial"}),
        ("会社で使うので要約モデル", {"license": "commercial"}),
        ("会社で使う言葉の分類", {}),
        ("summaries, no GPL", {"license": "permissive"}),
        ("summaries, MIT license, no GPL", {"license": "mit"}),
        ("which tweets go viral and which are not viral", {}),
        ("会社で使う予定はない、趣味の画像生成", {}),
        ("業務利用の音声認識", {"license": "commercial"}),
        ("経費申請以外の書類を分類", {}),
        ("classify layers, no gated recurrent unit", {}),
        ("I used Whisper for calls from different speakers; now I need diarization", {}),
        ("tell whether someone used GPT or something else to write an essay", {}),
        ("GPTを使った文章とそれ以外の文章を分類したい", {}),
        ("chat model for LM Studio, not MLX", {"weights": "gguf"}),
        ("chat in Ollama, I converted to onnx before", {"weights": "gguf"}),
        ("GPLは不可の要約", {"license": "permissive"}),
        ("whisper系は試したので、それ以外で文字起こし", {"without": "whisper"}),
        ("I already tried whisper, something else for speech", {"without": "whisper"}),
        ("we tried whisper and want to do the same for Welsh", {}),
        ("code completion, no models from Chinese vendors", {"without": "made in China"}),
        ("スマホで動く物体検出", {"prefer": "small"}),
        ("the most accurate image classifier", {"prefer": "best"}),
        ("chat model larger than 7B", {"min_parameters": 7_000_000_000}),
        ("code models with more than 3B parameters", {"min_parameters": 3_000_000_000}),
        ("an LLM of at least 1B", {"min_parameters": 1_000_000_000}),
        ("a chat model, no less than 500M", {"min_parameters": 500_000_000}),
        ("7B以上のチャット", {"min_parameters": 7_000_000_000}),
        ("30億パラメータ以上の文章生成", {"min_parameters": 3_000_000_000}),
        ("embeddings between 100M and 1B", {"min_parameters": 100_000_000, "max_parameters": 1_000_000_000}),
        ("7B以上13B以下の日本語LLM", {"min_parameters": 7_000_000_000, "max_parameters": 13_000_000_000}),
        ("not larger than 7B, chat", {"max_parameters": 7_000_000_000}),
        ("7B以上は不可 チャット", {}),
        ("summaries of more than 3 million tweets", {}),
        ("classify up to 2 million rows", {}),
        ("something like qwen2.5-7b for chat", {}),
        ("translation models since March 2025", {"since": "2025-03-01"}),
        ("embeddings released after June 2024", {"since": "2024-07-01"}),
        ("embeddings released after 30 June 2024", {"since": "2024-07-01"}),
        ("ner newer than 2024-12", {"since": "2025-01-01"}),
        ("2025年3月以降の埋め込み", {"since": "2025-03-01"}),
        ("2025年3月より新しい埋め込み", {"since": "2025-04-01"}),
        ("ner after 31 February 2025", {}),
        ("ocr models of this year", {"since": "2026-01-01"}),
        ("ocr models published in the last 6 months", {"since": "2026-02-22"}),
        ("a speech model no older than two weeks", {"since": "2026-08-08"}),
        ("今年公開された要約モデル", {"since": "2026-01-01"}),
        ("半年以内に出た音声認識", {"since": "2026-02-22"}),
        ("直近3か月の画像分類モデル", {}),
        ("直近3か月のモデルで画像分類", {"since": "2026-05-22"}),
        ("去年以降の翻訳", {"since": "2025-01-01"}),
        ("forecast the sales of the last 6 months", {}),
        ("今年の売上を予測", {}),
        ("1年以内に解約する顧客を予測", {}),
        ("video models published in August 2026", {"since": "2026-08-01", "until": "2026-08-31"}),
        ("chat models from 2024", {"since": "2024-01-01", "until": "2024-12-31"}),
        ("summaries older than June 2024", {"until": "2024-05-31"}),
        ("models released before 2024 for ner", {"until": "2023-12-31"}),
        ("2024年2月に公開された画像分類", {"since": "2024-02-01", "until": "2024-02-29"}),
        ("2023年以前に公開された翻訳", {"until": "2023-12-31"}),
        ("2024年の売上を予測", {}),
        ("classify news articles from 2024", {}),
        ("embeddings, MIT or Apache", {"license": "mit|apache-2.0"}),
        ("embeddings, MIT licensed or Apache 2.0", {"license": "mit|apache-2.0"}),
        ("segmentation with a BSD licence", {"license": "bsd"}),
        ("bsd-3-clause segmentation", {"license": "bsd-3-clause"}),
        ("a chat model under the MIT or the Apache licence", {"license": "mit|apache-2.0"}),
        ("MITかApacheライセンスの埋め込み", {"license": "mit|apache-2.0"}),
        ("GPLv3 tts", {"license": "gpl-3.0"}),
        ("summaries of MIT papers", {}),
        ("chat with gemma or llama3", {}),
        ("on " + "a " * 5_000, {}),  # seven seconds where a repetition has no bound
    ],
)
def test_wishes_are_read_from_questions(question: str, expected: dict[str, Any]) -> None:
    assert said(question) == expected


def test_what_is_understood_is_taken_out_of_the_question() -> None:
    assert wishes_in("translate news, under 1B params")[1] == "translate news,"
    assert wishes_in("fill-mask") == (Wishes(), "fill-mask")


def test_options_are_read() -> None:
    wishes = wishes_of(license="Apache-2.0", max_parameters="7B", max_memory="8GB", max_download="500 MB", since="2025")
    assert wishes == Wishes("apache-2.0", 7 * 10**9, 8 * 10**9, 5 * 10**8, None, None, "2025-01-01")
    assert wishes_of(until="2024-02").until == "2024-02-29"
    assert wishes_of(max_memory="8GiB").max_memory == 8 * 2**30


@pytest.mark.parametrize(
    ("text", "kept", "ids"),
    [
        ("MIT, Apache-2.0", "mit|apache-2.0", {"mit", "apache-2.0"}),
        ("mit|bsd", "mit|bsd", {"mit", "bsd", "bsd-2-clause", "bsd-3-clause", "bsd-3-clause-clear"}),
        ("Apache 2", "apache-2.0", {"apache-2.0"}),
        ("cc-by", "cc-by", {"cc-by", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0"}),
        ("gpl-3", "gpl-3.0", {"gpl-3.0"}),
        ("my-own-licence", "my-own-licence", {"my-own-licence"}),
    ],
)
def test_several_licences_are_any_of_them(text: str, kept: str, ids: set[str]) -> None:
    wishes = wishes_of(license=text)
    assert wishes.license == kept
    assert set(licences_of(kept)) == ids


def test_ages_count_from_the_day_that_is_given() -> None:
    question = "chat models from the last month"
    assert wishes_in(question, lambda: date(2026, 3, 31))[0].since == "2026-02-28"
    assert wishes_in(question, lambda: date(2024, 3, 31))[0].since == "2024-02-29"


def test_a_long_question_is_read_in_time() -> None:
    for piece in ("MIT or ", "since 2020 ", "1B to ", "models from the last ", "今年の", "translate a to "):
        started = time.perf_counter()
        wishes_in(piece * 20_000)
        assert time.perf_counter() - started < 5


@pytest.mark.parametrize(
    "options",
    [
        {"since": "2025-13"}, {"since": "2025-02-30"}, {"license": ","}, {"since": "soon"}, {"max_memory": "much"}, {"prefer": "huge"}, {"allow": ["all"]},
        {"license": " "}, {"max_memory": "0"}, {"max_download": -1}, {"family": "encodr"}, {"max_parameters": "x"},
        {"max_memory": "8"}, {"max_parameters": "7"},
    ],
)  # fmt: skip
def test_what_no_option_can_be_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(QuestionError):
        wishes_of(**options)


def test_machines_are_read() -> None:
    assert machine("16GB").memory_bytes == 16 * 2**30
    assert machine("rtx 4090").memory_bytes == machine("NVIDIA GeForce RTX4090").memory_bytes == 24 * 2**30
    assert machine("A100 80GB").accelerator == "cuda"
    assert is_any(machine("any"))
    assert not is_any(machine(None))
    with pytest.raises(QuestionError, match="no such machine"):
        machine("a potato")


@pytest.mark.parametrize(
    ("name", "gigabytes", "accelerator", "shown"),
    [
        ("4090", 24, "cuda", "RTX 4090"),
        ("RTX 3080", 10, "cuda", "RTX 3080"),
        ("RTX 3080 12GB", 12, "cuda", "RTX 3080"),
        ("geforce rtx3060ti", 8, "cuda", "RTX 3060 Ti"),
        ("A100 40GB", 40, "cuda", "A100"),
        ("2x RTX 4090", 48, "cuda", "2 x RTX 4090"),
        ("8 × H100", 640, "cuda", "8 x H100"),
        ("M2 Max 64GB", 64, "mps", None),
        ("MacBook Pro M3 (36", 0, None, None),
        ("MacBook Air 16 GB", 16, "mps", None),
        ("１６ＧＢ", 16, None, None),
    ],
)
def test_machines_are_read_as_people_name_them(
    name: str, gigabytes: int, accelerator: str | None, shown: str | None
) -> None:
    if not gigabytes:
        with pytest.raises(QuestionError, match="no such machine"):
            machine(name)
        return
    found = machine(name)
    assert found.memory_bytes == gigabytes * 2**30
    assert (found.accelerator, found.accelerator_name) == (accelerator, shown)


def test_the_speed_of_a_card_is_known_for_that_card_alone() -> None:
    assert machine("RTX 3080").bandwidth_bytes
    assert machine("RTX 3080 12GB").bandwidth_bytes is None
    assert machine("2x RTX 3080").bandwidth_bytes is None


@pytest.mark.parametrize("name", ["Apple M4 Pro", "MacBook Pro M3", "mac"])
def test_a_mac_is_asked_for_its_memory(name: str) -> None:
    with pytest.raises(QuestionError, match="several memories"):
        machine(name)


@pytest.mark.parametrize(
    "card", [card for card in _CARDS if card.startswith(("rtx ", "gtx ", "rx ")) and " a" not in card]
)
def test_each_card_is_read_in_a_question(card: str) -> None:
    assert card_in(f"chat on my {card.upper()}") == (card, "chat")
    assert may_name_cards(f"chat on my {card.upper()}")


def test_unclear_questions_are_asked_back() -> None:
    """Of eight questions that mean several tasks, half are answered with two of them; the others are known gaps."""
    exam = tomllib.loads((Path(__file__).parent / "judged_constraints.toml").read_text(encoding="utf-8"))["question"]
    unclear = [question for question in exam if question.get("asks_back")]
    asked = 0
    for question in unclear:
        try:
            task = understand(wishes_in(question["question"])[1])
            offered = {task.task.task_id, *task.alternatives}
        except UnknownTask as error:
            offered = set(error.suggestions)
        asked += len(offered & set(question["between"])) >= 2
    assert (len(unclear), asked >= 4) == (8, True)


@pytest.mark.parametrize(
    "question",
    [
        "transcribe speech on phone calls", "sentiment of quick service restaurants", "classify light aircraft photos",
        "detect tiny faces", "small object detection", "高速道路の物体検出", "小型犬の画像分類", "小さい文字のOCR",
        "best quality of life survey classification", "detect people who have no account",
        "speech recognition for commercials", "classify commercialization papers", "3 billion people speak it",
        "classify car models of 2019", "classify companies under 10M revenue",
        "trained on 16GB of text classification", "Mac Studio 512GB SSD, chat", "split audio in 2GB, transcribe",
        "detect the biggest face", "segment the largest tumor", "できるだけ大きい画像を生成",
        "customers ask whether we sell our tools: intent", "detect monetized videos", "去年から録りためた講演を文字起こし",
    ],
)  # fmt: skip
def test_what_a_question_is_about_is_no_wish(question: str) -> None:
    assert wishes_in(question) == (Wishes(), question)


@pytest.mark.parametrize(
    ("question", "expected", "rest"),
    [
        ("7Bのチャット", {"min_parameters": 5_250_000_000, "max_parameters": 8_750_000_000}, "チャット"),
        ("7B text generation", {"min_parameters": 5_250_000_000, "max_parameters": 8_750_000_000}, "text generation"),
        ("chat that runs in 8GiB", {"max_memory": 8 * 2**30}, "chat that"),
        ("chat that runs in 8GB", {"max_memory": 8 * 10**9}, "chat that"),
        ("small chat model", {"prefer": "small"}, "chat model"),
        ("a fast embedding model for search", {"prefer": "small"}, "a embedding model for search"),
        ("軽量な要約モデル", {"prefer": "small"}, "要約モデル"),
        ("ラズパイ5で動く音声認識", {"prefer": "small"}, "音声認識"),
        ("DNA model; running its own code is fine", {"allow": ("remote-code",)}, "DNA model;"),
        ("embeddings, trust_remote_code is fine", {"allow": ("remote-code",)}, "embeddings,"),
        ("no trust_remote_code, embeddings", {}, "embeddings"),
        ("動画に質問、70B級は無理", {"max_parameters": 70 * 10**9 - 1}, "動画に質問、"),
        ("chat, 70B is too big", {"max_parameters": 70 * 10**9 - 1}, "chat,"),
        ("写真を探す。line-corporationのclipはリモートコードが要るので別のを", {"without": "line-corporation"}, None),
        *(
            (f"embeddings, {said}", {}, None)
            for said in (
                "disable trust_remote_code",
                "trust_remote_code disabled",
                "trust_remote_code: false",
                "trust_remote_code prohibited",
                "trust_remote_code must be False",
                "trust_remote_code isn't allowed",
                "not requiring trust_remote_code",
                "no need for trust_remote_code",
                "trust_remote_code set to False",
                "our policy forbids trust_remote_code",
                "trust_remote_code should not be needed",
                "trust_remote_codeは使えない",
                "trust_remote_codeが必要ないもの",
                "trust_remote_codeは許可しません",
                "trust_remote_codeは無効",
                "trust_remote_code",
            )
        ),
        ("embeddings, trust_remote_code=True", {"allow": ("remote-code",)}, None),
        ("埋め込み、trust_remote_codeは可", {"allow": ("remote-code",)}, None),
        ("embeddings, please do not run any remote code", {}, "embeddings, please"),
        ("embeddings we don't want to run custom code for", {}, "embeddings we for"),
        ("embeddings, trust_remote_code=False", {}, None),
        ("埋め込み、リモートコード実行は不可", {}, "埋め込み、"),
        ("埋め込み、trust_remote_codeは使いたくない", {}, None),
        ("detect people, we ship a closed-source product", {"license": "commercial"}, "detect people,"),
        ("outline things, must feel instant", {"prefer": "small"}, "outline things,"),
        ("SDXLで絵、FLUX系は重いのでなし", {"without": "flux"}, "SDXLで絵、"),
        ("チャット、QwenとDeepSeek以外", {"without": "qwen|deepseek"}, "チャット、"),
        ("chat, nothing from Qwen or DeepSeek", {"without": "qwen|deepseek"}, "chat"),
        ("moderation, but not with a model from Meta", {"without": "meta"}, "moderation"),
        ("chat on 24GB", {"max_memory": 24 * 10**9}, "chat"),
        ("chat on MacBook Air M2 16GB", {"max_memory": 16 * 10**9}, "chat"),
        ("商用利用しない翻訳", {}, "しない翻訳"),
        ("chat, I convert to GGUF myself", {}, "chat, I convert to myself"),
        ("LM Studioでチャット。MLX形式で", {"weights": "mlx"}, "チャット。"),
        ("chat in LM Studio", {"weights": "gguf"}, "chat in"),
        ("chat up to ~14B", {"max_parameters": 14 * 10**9}, "chat"),
        ("OCR, we sell the product so the license must be ok for that", {"license": "commercial"}, "OCR,"),
        ("できるだけ大きいLLM", {"prefer": "best"}, "LLM"),
        ("chat, anything but Chinese models please", {"without": "chinese|made in China"}, "chat"),
        ("チャット。中国企業のモデル（Qwenなど）はNG", {"without": "made in China"}, "チャット。"),
        ("OCR, nothing from China", {"without": "made in China"}, "OCR"),
        ("国産の日本語LLM", {"author": "made in Japan"}, "日本語LLM"),
        ("chat models from Japanese companies", {"author": "made in Japan"}, "chat models"),
        ("日本企業が作った日本語LLM", {"author": "made in Japan"}, "日本語LLM"),
        ("国産車の画像分類", {}, "国産車の画像分類"),
        ("reports by Japanese companies, sentiment", {}, "reports by Japanese companies, sentiment"),
        ("日本語音声合成、できれば国産モデル", {}, "日本語音声合成、できれば国産モデル"),
        ("translation, nothing over 500M", {"max_parameters": 500_000_000}, "translation,"),
        ("chat, no models under 3B", {"min_parameters": 3 * 10**9}, "chat,"),
        ("7-9B chat", {"min_parameters": 6_440_000_000, "max_parameters": 9_720_000_000}, "chat"),
        ("国産ではないLLM", {}, "国産ではないLLM"),
        ("国産の野菜の写真を分類するAI", {}, "国産の野菜の写真を分類するAI"),
        ("国産牛の画像分類モデル", {}, "国産牛の画像分類モデル"),
        ("日本企業の有価証券報告書からの固有表現抽出モデル", {}, "日本企業の有価証券報告書からの固有表現抽出モデル"),
        ("日本の企業の決算を要約するモデル", {}, "日本の企業の決算を要約するモデル"),
        ("国産の会話モデル", {"author": "made in Japan"}, "会話モデル"),
        ("chat models from Japan", {"author": "made in Japan"}, "chat models"),
        ("classify photos of cars made in Japan", {}, "classify photos of cars made in Japan"),
        ("transcribe 10-20m audio recordings", {}, "transcribe 10-20m audio recordings"),
        ("qwen 3-8b chat", {}, None),
        ("10-20m models for spelling", {"min_parameters": 9_200_000, "max_parameters": 21_600_000}, None),
        ("none smaller than 3B, chat", {"min_parameters": 3 * 10**9}, None),
        ("chat, never under 3B", {"min_parameters": 3 * 10**9}, "chat,"),
        ("7〜9Bくらいのチャット", {"min_parameters": 6_440_000_000, "max_parameters": 9_720_000_000}, "チャット"),
        ("the 70B won't run here, chat", {"max_parameters": 70 * 10**9 - 1}, "the here, chat"),
        ("qwen2-7b chat", {}, "qwen2-7b chat"),
        ("MacBook Airで雑談", {}, "雑談"),
        ("中国のモデルは使えない 日本語LLM", {"without": "made in China"}, "日本語LLM"),
        ("models released since last year: chat", {"since": "2025-01-01"}, "models : chat"),
    ],
)
def test_wishes_that_a_review_found_misread(question: str, expected: dict[str, object], rest: str | None) -> None:
    wishes, left = wishes_in(question)
    assert {name: wish for name, wish in wishes._asdict().items() if wish} == expected
    assert rest is None or left == rest


@pytest.mark.parametrize(
    ("question", "wished", "rest"),
    [
        ("embeddings, no Gemma license", {"without_license": "gemma"}, "embeddings"),
        ("chat model, anything but the Llama or Gemma licence", {"without_license": "llama|gemma"}, "chat model"),
        ("OCR, must not be AGPL or non-commercial", {"license": "permissive"}, "OCR"),
        ("Qwenのライセンスは避けたい 要約", {"without_license": "qwen"}, "要約"),
        ("MIT以外で要約", {"without_license": "mit"}, "要約"),
        ("Gemmaライセンスじゃない要約", {"without_license": "gemma"}, "要約"),
        ("MITでないと使えない翻訳モデル", {"license": "mit"}, "翻訳モデル"),
        ("MITライセンス以外はNGの翻訳モデルを探しています", {"license": "mit"}, "翻訳モデルを探しています"),
        ("MIT以外の翻訳モデル", {"without_license": "mit"}, "翻訳モデル"),
        ("MIT以外の大学の論文を要約", {}, None),
        ("the newest model for speech recognition", {"since": "2025-01-01"}, "model for speech recognition"),
        ("最新の翻訳モデルで論文を訳したい", {"since": "2025-01-01"}, None),
        ("翻訳モデル（2025年）", {"since": "2025-01-01", "until": "2025-12-31"}, "翻訳モデル"),
        ("chat, no license other than Apache 2.0", {"license": "apache-2.0"}, None),
        ("no models without MIT license, chat", {"license": "mit"}, None),
        ("MITライセンス以外は使えません チャット", {"license": "mit"}, "チャット"),
        ("MIT以外でもよい 要約", {}, None),
        ("chat model, need not be Apache", {}, None),
        ("embedding model, its licence must not be Gemma", {"without_license": "gemma"}, "embedding model,"),
        ("neither Llama nor Gemma license, chat", {"without_license": "llama|gemma"}, "chat"),
        ("the Gemma license is forbidden, chat", {"without_license": "gemma"}, "chat"),
        ("tutor not MIT licensed", {"without_license": "mit"}, "tutor"),
        ("Apache以外のヘリコプターを検出", {}, None),
        ("parse logs, not Apache", {}, None),
        ("sign language recognition, not BSL", {}, None),
        ("summarize the newest LLM papers", {}, None),
        ("最新ニュース要約モデル", {}, None),
        ("新しいモデルを学習したい", {}, None),
        ("classify car models, 2019", {}, None),
        ("movies released in 2019 or 2020, classify reviews", {}, None),
        ("chat model (2025 or 2026)", {"since": "2025-01-01", "until": "2026-12-31"}, "chat model"),
        ("PC（32GB）で動く要約", {"max_memory": 32 * 10**9}, "動く要約"),
        ("chat, not Llama", {"without": "llama"}, "chat"),
        ("Gemma以外の要約", {"without": "gemma"}, "要約"),
        ("lectures not from MIT, transcribe", {}, None),
        ("read license plates, not Apache helicopters", {}, None),
        ("classify photos, no driver license photos", {}, None),
        ("newest chat model", {"since": "2025-01-01"}, "chat model"),
        ("最新の日本語LLM", {"since": "2025-01-01"}, "日本語LLM"),
        ("summarize the latest news", {}, None),
        ("新しい商品の画像分類", {}, None),
        ("classify car sales, 2024-2025", {}, None),
        ("detect car model 2019", {}, None),
        ("OCR model, 2024-2025", {"since": "2024-01-01", "until": "2025-12-31"}, "OCR model,"),
        ("2024〜2025年に公開された要約モデル", {"since": "2024-01-01", "until": "2025-12-31"}, "要約モデル"),
        ("ノーパソ(16GB, GPUなし)で動く要約", {"max_memory": 16 * 10**9}, None),
        ("LLM for news published since 2025", {}, "LLM for news published since 2025"),
        ("summarise articles published after 2024", {}, None),
        ("a summarizer for reviews, released since 2025", {"since": "2025-01-01"}, None),
        ("LLM released after 2025", {"since": "2026-01-01"}, "LLM"),
        ("MITライセンスでなくてもいいから要約モデル", {}, None),
        ("MITじゃなくても大丈夫、翻訳", {}, None),
        ("MITライセンスで、翻訳", {"license": "mit"}, "翻訳"),
    ],
)
def test_what_a_new_user_found_misread(question: str, wished: dict[str, object], rest: str | None) -> None:
    wishes, left = wishes_in(question, lambda: date(2026, 11, 30))
    assert {name: wish for name, wish in wishes._asdict().items() if wish} == wished
    assert rest is None or left == rest


@pytest.mark.parametrize(
    ("question", "named", "gib", "rest"),
    [
        ("chat on an 80GB A100", "a100 80gb", 80, "chat"),
        ("chat, A100 80 GB", "a100 80gb", 80, "chat,"),
        ("chat on two RTX 3090s (24 GB each)", "2x rtx 3090", 48, "chat"),
        ("chat on 2x A100 80GB", "2x a100 80gb", 160, "chat"),
        ("80GBのA100が1枚あります。要約", "a100 80gb", 80, "。要約"),
        ("4090が2枚(VRAM合計48GB)あります。要約", "2x rtx 4090", 48, "。要約"),
        ("16GB RTX 4060 Ti, chat", "rtx 4060 ti 16gb", 16, ", chat"),
        ("A100(80GB)が2枚で動く要約", "2x a100 80gb", 160, "要約"),
        ("chat on RTX 3090 x2", "2x rtx 3090", 48, "chat"),
        ("two RTX 3090s 48GB, chat", "2x rtx 3090", 48, ", chat"),
        ("chat on an RTX 3060 32GB RAM", "rtx 3060", 12, "chat 32GB RAM"),
        ("A100を4枚持っています。要約", "4x a100", 160, "。要約"),
        ("classify tumours of stage 2 T4", None, None, "classify tumours of stage 2 T4"),
        ("A100がある写真を分類", None, None, "A100がある写真を分類"),
        ("count 2 A100 servers in photos", None, None, "count 2 A100 servers in photos"),
        ("classify reviews of RTX 4090 cards", None, None, "classify reviews of RTX 4090 cards"),
        ("reviews of old RTX 4090 cards on my RTX 3060", "rtx 3060", 12, "reviews of old RTX 4090 cards"),
        ("sentiment about the RTX 4090 GPU", None, None, "sentiment about the RTX 4090 GPU"),
        ("classify reviews on my RTX 4090", "rtx 4090", 24, "classify reviews"),
    ],
)
def test_how_many_cards_there_are_and_their_memory_is_read(
    question: str, named: str | None, gib: int | None, rest: str
) -> None:
    found, left = card_in(question)
    known = card(found) if found else None
    assert (found, known and known.memory_bytes // 2**30, left) == (named, gib, rest)
    assert may_name_cards(question)


@pytest.mark.parametrize(
    "question", ["chat model from Google or Meta", "a model by Meta and Google", "GoogleかMetaのチャットモデル"]
)
def test_several_authors_may_be_asked_for(question: str) -> None:
    author = wishes_in(question)[0].author
    assert author is not None
    assert {"google", "meta-llama", "facebook"} <= set(author.split("|"))


@pytest.mark.parametrize(
    ("question", "card", "rest"),
    [
        ("chat on a 4090", "rtx 4090", "chat"),
        ("which LLM runs on a 3060 Ti?", "rtx 3060 ti", "which LLM runs ?"),
        ("4090で動く日本語LLM", "rtx 4090", "日本語LLM"),
        ("Colab T4 chat", "t4", "chat"),
        ("Colab L4 chat", "l4", "chat"),
        ("sort 4090 rows of sales", None, "sort 4090 rows of sales"),
        ("a price list with 3080 rows", None, "a price list with 3080 rows"),
        ("with 4050 or more classes, classify images", None, "with 4050 or more classes, classify images"),
        ("I have 3070 in stock to sort", None, "I have 3070 in stock to sort"),
        ("I own a 4090, chat", "rtx 4090", "I , chat"),
    ],
)
def test_a_card_is_read_by_its_number_where_something_runs_on_it(question: str, card: str | None, rest: str) -> None:
    assert card_in(question) == (card, rest)
    assert may_name_cards(question) or card is None


def test_last_year_is_over() -> None:
    today = date(2026, 8, 22)
    assert wishes_in("translation published last year", lambda: today)[0].until == "2025-12-31"
    assert wishes_in("去年公開された翻訳", lambda: today)[0].since == "2025-01-01"
    assert wishes_in("去年以降に公開された翻訳", lambda: today)[0].until is None
    assert wishes_in("今年公開された翻訳", lambda: today)[0].until is None
