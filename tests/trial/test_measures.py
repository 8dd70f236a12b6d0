"""What a trial measures and warns of beside its answer: repeats, the seed, the parts of its memory, the script."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import broken_models
from zukan.errors import UnusableInput
from zukan.outcomes import TrialRequest
from zukan.trial import input_language, run_trial
from zukan.trial.text_input import MAX_BYTES, decode

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)


@needs_torch
@pytest.mark.parametrize("repeats", [0, 7])
def test_as_many_answers_are_timed_as_are_wanted(repeats: int) -> None:
    result = run_trial(TrialRequest("zukan/mini-bert", repeats=repeats))
    assert result.repeats == repeats
    assert (result.latency_seconds is None) == (repeats == 0)


@pytest.mark.slow
@needs_torch
def test_the_seed_decides_what_a_random_head_says(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    folder = broken_models.derive("no-head", tiny_models["distilbert-sst2"], tmp_path / "headless")
    first, again, other = (run_trial(TrialRequest(str(folder), text="good", seed=seed)) for seed in (1, 1, 2))
    assert (first.seed, other.seed) == (1, 2)
    assert first.output == again.output
    assert first.output != other.output
    assert any("random" in warning for warning in first.warnings)


@needs_torch
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_own_memory_and_mapped_files_are_told_apart() -> None:
    result = run_trial(TrialRequest("zukan/mini-gpt-neo"))
    assert result.peak_bytes is not None
    assert result.peak_private_bytes is not None
    assert result.peak_file_bytes is not None
    assert 0 < result.peak_file_bytes < result.peak_private_bytes < result.peak_bytes
    assert abs((result.peak_private_bytes + result.peak_file_bytes) / result.peak_bytes - 1) < 0.1


@pytest.mark.parametrize(
    ("text", "stated", "words"),
    [
        ("私は本が好きです", ["en"], "Japanese kana, and the model is stated to be for English"),
        ("日本橋東京駅前", ["en"], "Chinese characters"),
        ("Привет, как дела", ["en", "fr"], "none of the model's 2 languages"),
        ("I like books", ["ja"], "Latin letters, and the model is stated to be for Japanese"),
        ("나는 책을 좋아한다", ["ja", "transformers", "license:mit"], "Korean letters"),
    ],
)
def test_a_script_that_is_none_of_the_models_is_told(text: str, stated: Sequence[str], words: str) -> None:
    assert words in (input_language.warning(text, stated) or "")


@pytest.mark.parametrize(
    ("text", "stated"),
    [
        ("私は本が好きです", ["ja"]),
        ("漢字仮名交", ["ja"]),
        ("漢字仮名交", ["zh"]),
        ("私は Transformer が好きです", ["ja", "en"]),
        ("I like books", ["ja", "en"]),
        ("Ich mag Bücher", ["de"]),
        ("私は本が好きです", []),
        ("私は本が好きです", ["en", "multilingual"]),
        ("私は本が好きです", ["transformers", "pytorch", "bert"]),
        ("日本", ["en"]),
        ("1234 !? 🙂🙂🙂🙂", ["en"]),
        ("", ["en"]),
    ],
)
def test_nothing_is_said_where_it_may_fit(text: str, stated: Sequence[str]) -> None:
    assert input_language.warning(text, stated) is None


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"  I love you. \n", "I love you."),
        ("\ufeff私は".encode(), "私は"),
        ("私は".encode("utf-16"), "私は"),
        (b"", ""),
        (b"a" * MAX_BYTES, "a" * MAX_BYTES),
    ],
    ids=["spaces", "a mark", "UTF-16", "nothing", "the longest"],
)
def test_text_is_read_in_its_encoding(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.7 \xff", "a PDF file"),
        (b"RIFF\0\0\0\0WAVE", "a sound"),
        (b"a" * (MAX_BYTES + 1), "16 MiB"),
        ("私は".encode("euc-jp"), "no text in UTF-8"),
        (b"a\0b", "binary data"),
    ],
    ids=["PDF", "WAV", "too long", "EUC-JP", "NUL"],
)
def test_what_is_no_text_says_what_it_is(data: bytes, words: str) -> None:
    with pytest.raises(UnusableInput, match=words):
        decode(data)
