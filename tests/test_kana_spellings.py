"""What is typed in kana is read as what it is usually written with, and nothing else is touched."""

from __future__ import annotations

import pytest

from zukan.kana_spellings import with_kanji
from zukan.understanding import understand


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("文章をよみあげてほしい", "文章を読み上げてほしい"),
        ("写真の背景けしたい", "写真の背景消したい"),
        ("会議の録音をもじおこししたい", "会議の録音を文字起こししたい"),
        ("英語をやくしてほしい", "英語を訳してほしい"),
        ("文章をようやくしてくれるモデル", "文章を要約してくれるモデル"),
        ("どうがを要約", "動画を要約"),
        ("きれいながぞうをつくりたい", "きれいな画像を作りたい"),
        ("にほんごからえいごにほんやくしたい", "日本語から英語に翻訳したい"),
        ("スマホでうごくモデル", "スマホで動くモデル"),
    ],
)
def test_verbs_and_nouns_of_tasks_are_written_with_kanji(typed: str, written: str) -> None:
    assert with_kanji(typed) == written


@pytest.mark.parametrize(
    "text",
    [
        "メールを仕分けしたい", "手助けして", "翻訳だけして", "レストランをよやくしたい", "かつやくしている選手のニュースを要約",
        "かんどうがつたわる文章を書いて", "うんどうがすきな人を探す", "どうがんばっても", "漢字の読みと意味",
        "しけんさくせいを手伝って", "推論をはやくしたい", "もうごくわずか", "いどうがかかる", "ようやく完成した曲", "文章の難しさがしらべたい", "classify mails", "",
    ],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert with_kanji(text) == text


def test_a_phrase_is_found_without_its_particle_where_it_goes_on_as_a_verb() -> None:
    assert understand("商品写真の背景消したい").task.task_id == "image-segmentation"
    for text in ("写真作品を分類", "動画作品を分類", "文章作品を分類"):
        assert understand(text).task.task_id.endswith("-classification"), text
    assert understand("写真説明文の翻訳").task.task_id == "translation"
