"""What stands where a language would in a question about translating, and is none."""

from __future__ import annotations

import pytest

from zukan.misnamed import Misnamed, misnamed


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("translate English to Klingon", "Klingon"),
        ("translate english to klingon for my game", "klingon"),
        ("English -> Dothraki translator", "Dothraki"),
        ("translate from elvish to French", "elvish"),
        ("translate my letter into portugese", "portugese"),
        ("英語をクリンゴン語に翻訳", "クリンゴン語"),
        ("ドスラク語から日本語への翻訳", "ドスラク語"),
    ],
)
def test_what_can_only_be_a_language_is_found(question: str, name: str) -> None:
    assert misnamed(question) == [Misnamed(name, certain=True)]


@pytest.mark.parametrize(
    ("question", "name"), [("translate Klingon to English", "Klingon"), ("translate into Elvish", "Elvish")]
)
def test_what_may_be_a_language_is_said(question: str, name: str) -> None:
    assert misnamed(question) == [Misnamed(name, certain=False)]


@pytest.mark.parametrize(
    "question",
    [
        "translate German tweets to English", "translate comments to English", "translate English to SQL",
        "translate legal English to plain English", "translate English to other languages", "English speech to text",
        "translate manga to English", "translate from English to many languages", "translate Japanese into German",
        "英語から日本語への翻訳", "専門用語を英語に翻訳", "タイ語を日本語に翻訳", "translation",
    ],
)  # fmt: skip
def test_what_is_one_or_something_else_is_not(question: str) -> None:
    assert misnamed(question) == []
