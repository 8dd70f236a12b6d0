"""Writes with kanji what people who type in a hurry write in kana: よみあげ for 読み上げ, けしたい for 消したい.

Only the verbs and nouns by which tasks and machines are spoken of, each with so much around it that it is no part of
another word; the phrases of tasks are written with kanji.
"""

from __future__ import annotations

from zukan.lazily import lazily

_SPELLED = {
    "よみあげ": "読み上げ", "よみ上げ": "読み上げ", "読みあげ": "読み上げ", "よみとり": "読み取り", "よみ取": "読み取",
    "読みと": "読み取", "かきおこ": "書き起こ", "書きおこ": "書き起こ", "もじおこ": "文字起こ", "文字おこ": "文字起こ",
    "ぬきだし": "抜き出し", "ぬき出": "抜き出", "抜きだ": "抜き出", "みわけ": "見分け", "見わけ": "見分け",
    "みつけ": "見つけ", "さがし": "探し", "しらべ": "調べ", "ほんやく": "翻訳", "やくして": "訳して",
    "やくせる": "訳せる",
    "やくしたい": "訳したい", "ようやくし": "要約し", "ようやくモデル": "要約モデル", "ぶんるい": "分類",
    "けんさく": "検索", "けしたい": "消したい", "けして": "消して", "けせる": "消せる", "つくりたい": "作りたい",
    "つくって": "作って", "つくれる": "作れる", "かいてくれる": "書いてくれる", "かいてほしい": "書いてほしい",
    "しゃしん": "写真", "がぞう": "画像", "どうが": "動画", "おんせい": "音声", "ぶんしょう": "文章", "えいご": "英語",
    "にほんご": "日本語", "うごく": "動く", "うごかし": "動かし", "うごかせ": "動かせ",
}  # fmt: skip
"""「ようやく」 alone is "at last", 「かいて」 may be 「かいて（搔いて）」."""
_ANY = lazily("|".join(sorted(_SPELLED, key=len, reverse=True)))
_KANA = lazily("[ぁ-ん]")


def with_kanji(question: str) -> str:
    """Return a question with the usual spelling of what it writes in kana."""
    if question.isascii() or not _KANA.search(question):
        return question
    return _ANY.sub(lambda match: _SPELLED[match[0]], question)
