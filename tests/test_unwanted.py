"""What a question says that nobody wants is not looked for; what is a part of the need stays."""

from __future__ import annotations

import pytest

from zukan import Catalogue
from zukan.unwanted import without_unwanted


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("fix the transcripts without redoing the speech recognition", "fix the transcripts"),
        ("text to video for adverts, no nsfw finetunes", "text to video for adverts,"),
        ("boxes on pages, the yolo ones are out", "boxes on pages"),
        ("SDXL系は重すぎて無理だったので、SD1.5ベースのやつ", "、SD1.5ベースのやつ"),
        ("写真じゃなくてイラストを分類", "イラストを分類"),
        ("売上を予測。株価用のは違います", "売上を予測。"),
        ("SDXLで描く。Turbo系は重いので", "SDXLで描く。"),
        ("表情を分類。年齢や性別はいらない", "表情を分類。"),
        ("感情を読み取りたい、ポジネガだけじゃ足りない", "感情を読み取りたい、"),
        ("which feeling an entry shows, not merely positive / negative", "which feeling an entry shows,"),
        ("find the clause, I don't want generated text", "find the clause,"),
        ("テキストは使わず、画像を画像で探す", "、画像を画像で探す"),
    ],
)
def test_what_is_not_wanted_goes(question: str, left: str) -> None:
    assert without_unwanted(question) == left


@pytest.mark.parametrize(
    "question",
    [
        "transcripts came out with no punctuation whatsoever",
        "文字認識だけではだめで、表の構造も読みたい",
        "英語だけでは不十分なので多言語埋め込み",
        "sort tickets into my own categories without training",
        "extractive QA that says no answer",
        "ヘルメットをかぶっていない作業員を検知",
        "remove the background so that no shadow is left",
        "detect people without wearing helmets",
        "I don't want to read the whole report, summarise it",
        "I don't want nudity in my images, classify pictures",
        "classify which car models are not allowed",
        "speech recognition (not only English)",
        "英語だけじゃなく日本語も読めるOCR",
        "画像だけではなく動画も生成",
        "標準語ではない方言の音声認識",
        "スパムではないメールを見分ける",
        "データを使わずに分類したい",
    ],
)
def test_what_is_a_part_of_the_need_stays(question: str) -> None:
    assert without_unwanted(question) == question


def test_where_nothing_else_is_left_the_question_stays() -> None:
    assert without_unwanted("without redoing the speech recognition") == "without redoing the speech recognition"


def test_a_recommendation_does_not_look_for_it(seed_catalogue: object) -> None:
    with Catalogue(seed_catalogue) as catalogue:  # type: ignore[arg-type]
        answer = catalogue.recommend(
            "put the punctuation back in English transcripts without redoing the speech recognition"
        )
    assert answer.understood.task.task_id == "token-classification"
    assert "punct" in answer.candidates[0].record.model_id.lower()


def test_of_a_long_question_only_the_beginning_is_looked_at() -> None:
    unwanted = "SDXL系は重すぎて無理だったので"
    assert unwanted not in without_unwanted(f"{'画' * 1_900}、{unwanted}")
    assert without_unwanted(f"{'画' * 2_000}、{unwanted}").endswith(unwanted)
