"""Japanese nouns are found in sentences without spaces, and called what names of models call them."""

from __future__ import annotations

import gzip

import pytest

from zukan.japanese_words import english, nouns_in
from zukan.resources import data_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("野鳥の鳴き声から種類を当てたい", {"野鳥": "wild bird|bird", "鳴き声": "animal sound|bird sound|bird song"}),
        ("ヘルメットを検知", {"ヘルメット": "helmet|hard hat"}),
        ("関西弁でしゃべる", {"関西": "kansai"}),
        ("観光に使いたい", {"観光": "tourism"}),  # 使い is the beginning of a verb here
        ("プロンプトインジェクション", {"プロンプト": "prompt", "インジェクション": "injection"}),
        ("犬と猫", {"犬": "dog", "猫": "cat"}),
        ("hello", {}),
        ("", {}),
    ],
)
def test_nouns_in(text: str, expected: dict[str, str]) -> None:
    assert nouns_in(text) == expected


@pytest.mark.parametrize("text", ["音声ファイルを文字起こし", "ファインチューニングしたモデル"])
def test_the_beginning_of_a_longer_word_in_katakana_is_no_noun(text: str) -> None:
    assert english("ファイ") == "phi"
    assert "ファイ" not in nouns_in(text)
    assert nouns_in("カメラマンの写真")["カメラ"] == "camera"
    assert {"ゲーム", "キャラクター"} < nouns_in("ゲームキャラクターの画像").keys()


def test_unknown_words_are_not_guessed() -> None:
    assert english("ほげほげ") is None
    assert english("") is None


def test_the_file_is_sorted_and_every_line_whole() -> None:
    lines = gzip.decompress(data_path("japanese_words.tsv.gz").read_bytes()).decode().splitlines()
    words = [line.split("\t")[0] for line in lines]
    assert len(words) == len(set(words)) > 8_000
    # As it is looked through: by word and tab.
    assert lines == sorted(lines)
    assert all(len(line.split("\t")) == 2 and line.split("\t")[1].isascii() for line in lines)


@pytest.mark.parametrize(
    ("text", "right"),
    [("異常を検知", "anomaly"), ("製品の傷", "scratch"), ("需要を予測", "demand"), ("葉っぱの写真", "leaf")],
)
def test_what_was_put_right_by_hand_goes_before_the_dictionary(text: str, right: str) -> None:
    assert any(right in several.split("|") for several in nouns_in(text).values())


def test_every_correction_is_in_the_file() -> None:
    lines = (data_path("japanese_words.tsv.gz").parent / "japanese_corrections.tsv").read_text("utf-8").splitlines()
    corrections = dict(line.split("\t") for line in lines)
    packed = gzip.decompress(data_path("japanese_words.tsv.gz").read_bytes()).decode().splitlines()
    shipped = dict(line.split("\t") for line in packed)
    assert len(corrections) == len(lines) > 5_000
    # What has nothing behind it is taken out.
    assert {word: shipped.get(word, "") for word in corrections} == corrections
