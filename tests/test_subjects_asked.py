"""What a question is about, in which format, on which card: each changes the answer in the way that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from test_recommend import LAPTOP
from zukan import Catalogue
from zukan.cards import card_in
from zukan.schema import Prospect
from zukan.size_in_name import parameters_in_name
from zukan.subjects import found_in_name, signs_of
from zukan.taught import taught
from zukan.wishes import wishes_in


@pytest.fixture(scope="module")
def seed(seed_catalogue: Path) -> Iterator[Catalogue]:
    with Catalogue(seed_catalogue) as catalogue:
        yield catalogue


@pytest.mark.parametrize(
    ("question", "card", "rest"),
    [
        ("chat on my RTX 4090", "rtx 4090", "chat"),
        ("RTX 3060（12GB）で動かしたい日本語LLM", "rtx 3060", "日本語LLM"),
        ("image model for RTX4070Ti Super", "rtx 4070 ti super", "image model"),
        ("要約 A100 80GBが1枚あります", "a100 80gb", "要約"),
        ("chat on my RTX 4090 gpu please, in French", "rtx 4090", "chat please, in French"),
        ("chat with an NVIDIA H100 GPU", "h100", "chat"),
        ("compare T4 and V100 for chat", None, "compare T4 and V100 for chat"),
        ("t5 summarization", None, "t5 summarization"),
        ("RTX 4090", None, "RTX 4090"),
        ("rtx 9999 chat", None, "rtx 9999 chat"),
    ],
)
def test_a_question_may_name_its_graphics_card(question: str, card: str | None, rest: str) -> None:
    assert card_in(question) == (card, rest)


def test_a_card_in_the_question_is_the_machine_unless_one_is_given(seed: Catalogue) -> None:
    asked = seed.recommend("chat on my RTX 3060", limit=3)
    assert asked.hardware.accelerator == "cuda"
    assert asked.question == "chat on my RTX 3060"
    assert seed.recommend("chat on my RTX 3060", limit=3, machine="8GB").hardware.accelerator is None


@pytest.mark.parametrize(
    ("word", "weights"), [("gguf", "gguf"), ("for llama.cpp", "gguf"), ("MLX", "mlx"), ("onnx", "onnx")]
)
def test_who_names_a_format_gets_models_in_it(seed: Catalogue, word: str, weights: str) -> None:
    answer = seed.recommend(f"chat model {word}", limit=5)
    assert answer.understood.wishes.weights == weights
    assert answer.candidates
    for one in answer.candidates:
        record = one.record
        assert weights in f"{record.library_name} {record.model_id} {' '.join(record.tags)}".lower()


def test_who_wants_none_of_a_format_gets_none(seed: Catalogue) -> None:
    answer = seed.recommend("chat model, no gguf", limit=5)
    assert answer.understood.wishes.weights is None
    assert not any("gguf" in one.record.model_id.lower() for one in answer.candidates)


def test_the_memory_of_a_compressed_copy_follows_from_its_bits(seed: Catalogue) -> None:
    answer = seed.recommend("chat model gguf under 9B", limit=10)
    known = [one for one in answer.candidates if "bits (Q4_K_M)" in one.fit.basis and one.record.num_parameters]
    assert known
    for one in known:
        assert one.record.num_parameters
        assert one.fit.file_bytes == int(one.record.num_parameters * 4.85 / 8)


def model(name: str, model_type: str, languages: tuple[str, ...]) -> Prospect:
    return Prospect(name, None, None, model_type, "other", *[None] * 7, languages)  # type: ignore[arg-type, call-arg]


@pytest.mark.parametrize(
    ("name", "model_type", "languages", "knows"),
    [
        ("a/t5-base", "t5", ("en", "fr", "ro", "de", "multilingual"), {"en", "fr", "ro", "de"}),
        ("a/bart", "bart", (), {"en"}),
        ("a/t5-base-japanese", "t5", (), None),
        ("a/t5", "t5", ("ja",), None),
        ("a/bert", "bert", (), None),
        ("openai/clip-vit-large", "clip", (), {"en"}),
        ("a/japanese-clip-vit", "clip", (), None),
    ],
)
def test_a_type_tells_languages_where_its_vocabulary_holds_few(
    name: str, model_type: str, languages: tuple[str, ...], knows: set[str] | None
) -> None:
    assert taught(model(name, model_type, languages)) == knows


def test_what_was_taught_english_only_is_not_put_first_in_japanese(seed: Catalogue) -> None:
    for question in ("議事録の要約", "日本語の文章校正"):
        first = seed.recommend(question, limit=5).candidates[0].record
        assert first.model_type not in ("bart", "pegasus")
        assert "flan-t5" not in first.model_id


def test_one_language_of_a_translation_is_that_of_the_question(seed: Catalogue) -> None:
    asked = seed.recommend("英訳したいです。会話文に強いもの", limit=3).understood
    assert (asked.source_language, asked.target_language) == ("ja", "en")
    assert seed.recommend("translate between Japanese and English", limit=3).understood.task.task_id == "translation"


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("a/bird-species", "bird", True),
        ("a/birds", "bird", True),
        ("a/swin-window7", "wind", False),
        ("a/handwriting", "hand", False),
        ("a/mushrooms-vit", "mushroom", True),
        ("KoalaAI/Text-Moderation", "ai text", False),
        ("a/ai-text-detector", "ai text", True),
    ],
)
def test_words_are_found_where_a_name_says_them(name: str, words: str, said: bool) -> None:
    _topics, signs, _subjects = signs_of((), (words,))
    assert bool(found_in_name(name, signs[0])) == said


def test_where_no_model_is_made_for_a_subject_it_is_said(seed: Catalogue) -> None:
    assert any("no model was found" in note for note in seed.recommend("DNA sequence classification").notes)
    assert not any("no model was found" in note for note in seed.recommend("sentiment classification").notes)


def test_a_family_that_does_not_do_a_task_is_said_to(seed: Catalogue) -> None:
    assert any("do not do translation" in note for note in seed.recommend("encoder-only translation").notes)
    assert not any("do not do" in note for note in seed.recommend("seq2seq translation").notes)


def test_a_backbone_without_a_head_does_not_classify(seed: Catalogue) -> None:
    listed = [one.record.model_id for one in seed.recommend("video classification", limit=3).candidates]
    assert not any("vjepa2" in name or name.endswith("videomae-base") for name in listed)


def test_what_tells_similarity_makes_vectors_too(seed: Catalogue) -> None:
    listed = seed.recommend("Japanese embeddings", limit=10).candidates
    assert any(one.record.pipeline_tag == "sentence-similarity" for one in listed)
    assert all(len({part.text for part in one.reasons}) == len(one.reasons) for one in listed), "each is said once"


@pytest.mark.parametrize(
    "question",
    [
        "thyroid hormone T4 classification",
        "T4細胞",
        "no RTX 4090 chat",
        "detect RTX 4090 in photos",
        "p100 brain wave classification",
    ],
)
def test_what_only_looks_like_a_card_is_none(question: str) -> None:
    assert card_in(question) == (None, question)


def test_a_card_in_the_question_is_shown_and_never_a_subject(seed: Catalogue) -> None:
    for machine in (None, "8GB"):
        found = seed.recommend("chat on my RTX 4090", machine=machine, limit=1).understood
        assert found.card == (None if machine else "rtx 4090")
        assert "rtx" not in found.words


@pytest.mark.parametrize("question", ["gguf chat model", "AWQ chat", "mlx chat"])
def test_what_is_too_large_in_any_format_is_left_out(seed: Catalogue, question: str) -> None:
    for one in seed.recommend(question, machine="8GB", limit=5).candidates:
        assert one.fit.peak_bytes is None or one.fit.peak_bytes < 8 * 2**30
        named, _source = parameters_in_name(one.record.model_id)
        assert (named or 0) < 20e9


@pytest.mark.parametrize(
    ("question", "weights", "prefer"),
    [
        ("chat model not in gguf", None, None),
        ("don't want gguf", None, None),
        ("chat, gguf not wanted", None, None),
        ("チャット GGUF不要", None, None),
        ("small gguf chat", "gguf", "small"),
        ("fast onnx embeddings", "onnx", "small"),
        ("onnx or openvino embeddings", "onnx|openvino", None),
        ("GGUFで動く日本語LLM", "gguf", None),
    ],
)
def test_formats_are_wished_for_or_not(question: str, weights: str | None, prefer: str | None) -> None:
    wishes, _rest = wishes_in(question)
    assert (wishes.weights, wishes.prefer) == (weights, prefer)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("x/qwen35-0-8b-foo", 8e8),
        ("a/granite-3-0-8b-instruct", 8e9),
        ("x/SOLAR-0-70b", 7e10),
        ("x/Qwen3-0.6B", 6e8),
        ("x/qwen25-1_5b-tuned", 1.5e9),
        ("x/llama_3_8b", 8e9),
    ],
)
def test_a_point_that_cannot_be_written_is_read_where_it_is_one(name: str, size: float) -> None:
    assert parameters_in_name(name)[0] == size


@pytest.mark.parametrize(
    "name", ["a/kobart-base", "a/mt5-small", "a/byt5-base-english", "a/t5-small_6_3-hi_en", "a/bart_zh"]
)
def test_what_was_made_like_a_type_for_other_languages_is_left_open(name: str) -> None:
    assert taught(model(name, "t5" if "t5" in name else "bart", ())) is None


def test_small_wishes_do_not_make_it_a_topic(seed: Catalogue) -> None:
    assert seed.recommend("旅行プランを考えてくれるLLM", limit=1).understood.topics == ()
    assert "code" not in seed.recommend("時系列データの欠損値を補完", limit=1).understood.topics
    listed = [one.record.model_id for one in seed.recommend("violence image classification", limit=5).candidates]
    assert "jaranohaal/vit-base-violence-detection" in listed


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("gemma で文章生成", "gemma"), ("ジェマで文章生成", "gemma"), ("ウィスパーで文字起こし", "whisper"),
        ("llama for chat", "llama"), ("T5 for summarization", "t5"), ("ラマ系の日本語チャット", "llama"),
    ],
)  # fmt: skip
def test_who_names_a_model_gets_it(seed: Catalogue, question: str, name: str) -> None:
    answer = seed.recommend(question, machine="any", limit=5)
    assert name in answer.understood.words
    assert name in answer.candidates[0].record.model_id.lower()
    assert any("words" in (part.name, name) and part.points > 0 for part in answer.candidates[0].reasons)


@pytest.mark.parametrize(
    ("question", "memory", "accelerator"),
    [
        ("chat on a GPU with 48GB", 48 * 10**9, "cuda"),
        ("チャット、VRAM 24GBで動かしたい", 24 * 10**9, "cuda"),
        ("chat on a 64GB machine, no GPU", 64 * 10**9, None),
        ("chat model, I don't have a GPU, 64 GB RAM", 64 * 10**9, None),
        ("グラボなし、メモリ64GBでチャット", 64 * 10**9, None),
    ],
)
def test_memory_in_the_question_is_that_of_another_machine(
    seed: Catalogue, monkeypatch: pytest.MonkeyPatch, question: str, memory: int, accelerator: str | None
) -> None:
    monkeypatch.setattr("zukan.hardware.detect", lambda *_: LAPTOP)
    monkeypatch.setattr("zukan.machine.detect", lambda *_: LAPTOP)
    asked = seed.recommend(question)
    assert (asked.hardware.memory_bytes, asked.hardware.accelerator) == (memory, accelerator)
    peaks = [one.fit.peak_bytes for one in asked.candidates if one.fit.peak_bytes]
    assert max(peaks) > LAPTOP.memory_bytes  # type: ignore[operator]
    assert max(peaks) <= memory
    # Who names the machine means that one, and so does who says less than there is.
    assert seed.recommend(question, machine="8GB").hardware.memory_bytes == 8 * 2**30
    assert seed.recommend("chat on a 4 GB laptop").hardware == LAPTOP
