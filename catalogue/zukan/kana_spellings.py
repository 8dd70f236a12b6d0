"""Writes with kanji what people who type in a hurry write in kana: よみあげ for 読み上げ, けしたい for 消したい.

Only the verbs and nouns by which tasks and machines are spoken of: the phrases of tasks are written with kanji.
"""

from __future__ import annotations

from zukan.lazily import lazily

_VERBS = {
    "よみあげ": "読み上げ", "よみ上げ": "読み上げ", "読みあげ": "読み上げ", "よみとり": "読み取り",
    "よみとっ": "読み取っ", "読みとり": "読み取り", "読みとっ": "読み取っ", "読みとる": "読み取る",
    "かきおこ": "書き起こ", "書きおこ": "書き起こ", "もじおこ": "文字起こ", "文字おこ": "文字起こ",
    "ぬきだし": "抜き出し", "抜きだし": "抜き出し", "みわけ": "見分け", "見わけ": "見分け", "やくして": "訳して",
    "やくせる": "訳せる", "やくしたい": "訳したい", "ようやくし": "要約し", "ようやくモデル": "要約モデル",
    "つくりたい": "作りたい", "つくって": "作って", "つくれる": "作れる", "かいてくれる": "書いてくれる",
    "かいてほしい": "書いてほしい", "うごく": "動く", "うごかし": "動かし", "うごかせ": "動かせ",
}  # fmt: skip
""""ようやく" alone is "at last"."""
_NOUNS = {
    "ほんやく": "翻訳", "ぶんるい": "分類", "けんさく": "検索", "しゃしん": "写真", "がぞう": "画像", "どうが": "動画",
    "おんせい": "音声", "ぶんしょう": "文章", "えいご": "英語", "にほんご": "日本語",
}  # fmt: skip
_ERASED = {"けしたい": "消したい", "けせる": "消せる"}
_SPELLED = _VERBS | _NOUNS | _ERASED
# Behind other kana they are the end of another word: 予約したい, 感動が; but for particles.
_BEGINS = "(?:(?<![ぁ-ん])|(?<=[をがにでの]))"
_NOUN_BEGINS = "(?:(?<![ぁ-ん])|(?<=[をはがにでもの]))"
_ENDS = "(?=[をのはがにでもしすと]|から|まで|$|[^ぁ-ん])(?!がん)"
"""What stands behind a noun: どうがんばっても says no どうが."""
_SOMETHING = "(?:(?<=背景)|(?<=[人影字音声線物ズを]))"
"""What is erased: 仕分けしたい is sorted."""
_ANY = lazily(
    f"{_BEGINS}(?:{'|'.join(sorted(_VERBS, key=len, reverse=True))})|"
    f"(?:{_NOUN_BEGINS}|(?<=[ないとら])(?!どうが|けんさく))(?:{'|'.join(_NOUNS)}){_ENDS}|{_SOMETHING}(?:{'|'.join(_ERASED)})"
)
_KANA = lazily("[ぁ-ん]{2}")


def with_kanji(question: str) -> str:
    """Return a question with the usual spelling of what it writes in kana."""
    if question.isascii() or not _KANA.search(question):
        return question
    return _ANY.sub(lambda match: _SPELLED[match[0]], question)
