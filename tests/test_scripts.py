"""Texts are cut at kana and kanji as a pattern would do it that takes milliseconds to compile."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from zukan.japanese_words import nouns_in
from zukan.joined import says_apart
from zukan.phrases import is_japanese, scripts, words
from zukan.typed_words import parts_by_script
from zukan.wishes import wishes_in

_CLASS = "\\u3040-\\u30ff\\u3400-\\u9fff\\uf900-\\ufaff々〆"
PIECES = st.sampled_from(
    [
        "ライセンス",
        "日本",
        "語",
        "の",
        "MIT",
        "a",
        "2",
        ".",
        "-",
        "_",
        " ",
        "ー",
        "é",
        "한",
        "々",
        "ヴ",
        "・",
        "〆",
        "(",
        "\uf900",
    ]
)
TEXTS = st.lists(PIECES, max_size=8).map("".join)


@given(TEXTS)
def test_scripts_are_runs_of_letters(text: str) -> None:
    found = list(scripts(text))
    assert [part for japanese, part in found if japanese] == re.findall(f"[{_CLASS}]+", text)
    assert [part for japanese, part in found if not japanese] == re.findall(f"[^{_CLASS}]+", text)
    assert is_japanese(text) == any(japanese for japanese, _ in found)


@given(TEXTS)
def test_latin_words_keep_their_places(text: str) -> None:
    expected = [(match[0], *match.span()) for match in re.finditer(rf"[^\W_{_CLASS}]+", text)]
    assert [(word.text, word.start, word.end) for word in words(text)] == [one for one in expected if one[0] != "a"]


@given(TEXTS)
@example("MITライセンスの日本語")
def test_the_name_of_a_licence_is_one_part(text: str) -> None:
    pattern = rf"[0-9A-Za-z][0-9A-Za-z.+-]*ライセンス|[{_CLASS}]+|[^{_CLASS}]+"
    assert parts_by_script(text) == re.findall(pattern, text)


NAMES = st.text(alphabet="ab1-_. /é", max_size=16)


@given(NAMES, st.text(alphabet="ab1", min_size=1, max_size=4))
@example("sd-xl", "sdxl")
@example("xsd-xl", "sdxl")
@example("sd--xl", "sdxl")
@example("aab-a", "ab")
def test_names_say_words_in_other_parts(name: str, text: str) -> None:
    pattern = rf"(?<![a-z0-9]){'[-_. ]?'.join(map(re.escape, text))}(?![a-z0-9])"
    assert says_apart(name, text) == bool(re.search(pattern, name))


@pytest.mark.parametrize("text", ["日本語の要約", "日英翻訳", "中国語 日本語", "日独の対訳"])
def test_a_language_is_no_date(text: str) -> None:
    wishes, rest = wishes_in(text)
    assert rest == text
    assert wishes == type(wishes)()


@pytest.mark.parametrize("text", ["30日以内に公開されたモデル", "ここ7日の新しいモデル", "昨年公開された日本語モデル"])
def test_dates_are_still_read(text: str) -> None:
    wishes, _ = wishes_in(text)
    assert wishes != type(wishes)()


def test_nouns_are_cut_at_what_is_no_letter() -> None:
    assert nouns_in("犬・猫") == {"犬": "dog", "猫": "cat"}
    assert nouns_in("Dog犬") == {"犬": "dog"}
