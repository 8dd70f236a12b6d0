"""Codes and names of languages, and the Hub tags that are languages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.languages import is_language_tag, language_code, language_name, language_words, languages_in_name
from zukan.mentions import KANA
from zukan.phrases import is_japanese

ISO_639_1 = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo
es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg
ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn
no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta
te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
""".split()


def test_names_of_languages_are_told_apart_by_their_first_letter_of_kana_or_later() -> None:
    assert {name for name in language_words() if max(name) >= KANA} == set(filter(is_japanese, language_words()))


@pytest.mark.parametrize("code", ISO_639_1)
def test_every_two_letter_code(code: str) -> None:
    assert language_code(code) == code
    assert is_language_tag(code)
    assert language_code(language_name(code)) == code
    assert language_code(language_name(code, "ja")) == code


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Japanese", "ja"), ("japanese", "ja"), ("日本語", "ja"), ("ＪＡ", "ja"), ("jpn", "ja"), ("jpn_Jpan", "ja"),
        ("jpn_jpan", "ja"), ("ja_XX", "ja"), ("ja-JP", "ja"), ("jp", "ja"), ("deu_Latn", "de"), ("ger", "de"),
        ("de_DE", "de"), ("de_de", "de"), ("独語", "de"), ("German", "de"), ("英語", "en"), ("zho_Hans", "zh"),
        ("zh-CN", "zh"), ("zh-tw", "zh"), ("中国語", "zh"), ("Mandarin", "zh"), ("cmn", "zh"), ("yue_Hant", "yue"),
        ("Cantonese", "yue"), ("pt-BR", "pt"), ("pt_br", "pt"), ("arb_Arab", "ar"), ("Farsi", "fa"), ("iw", "he"),
        ("fil", "tl"), ("Bokmål", "nb"), ("ペルシャ語", "fa"), ("es-419", "es"), ("sr-Latn", "sr"), ("ceb_Latn", "ceb"),
        ("multilingual", "multilingual"), ("多言語", "multilingual"), ("Klingon", None), ("", None), ("x", None),
        ("en-de", None), ("english-german", None), ("tf", None),
    ],
)  # fmt: skip
def test_language_code(name: str, code: str | None) -> None:
    assert language_code(name) == code


@pytest.mark.parametrize(
    "tag",
    ["ja", "en", "ml", "pt", "mt", "ts", "cv", "sd", "jpn", "jpn_Jpan", "pt-BR", "pt-br", "zh-Hant-TW", "yue", "ceb",
     "multilingual", "nb-NO", "id"],
)  # fmt: skip
def test_tags_that_are_languages(tag: str) -> None:
    assert is_language_tag(tag)
    assert language_code(tag)


@pytest.mark.parametrize(
    "tag",
    ["tf", "rl", "ai", "7b", "t5", "art", "moe", "opt", "phi", "esm", "led", "git", "sam", "rag", "dpo", "sft", "trl",
     "jax", "vit", "mms", "nlp", "ner", "asr", "tts", "ocr", "Yi", "NER", "JA", "code", "japanese", "en-de", "ml-4m",
     "my_fnet", "mm_llms", "st_vit", "license:mit", "region:us", "de-identification", "bert", "it-is", "text-generation",
     "", "-", "_", "ja-", "ja_", "gpt_neox", "big_bird", "tf-keras", "lm-head", "q8_0"],
)  # fmt: skip
def test_tags_that_are_not(tag: str) -> None:
    assert not is_language_tag(tag)


def test_names() -> None:
    assert language_name("ja") == "Japanese"
    assert language_name("jpn_Jpan", "ja") == "日本語"
    assert language_name("arz", "ja") == "エジプト・アラビア語"
    assert language_name("hne", "ja") == "Chhattisgarhi"  # none in the Unicode CLDR
    assert language_code("アイヌ語") == "ain"
    assert language_name("xx-unknown") == "xx-unknown"


def test_words_lead_to_codes() -> None:
    known = language_words()
    assert known["japanese"] == known["日本語"] == "ja"
    assert all(language_code(word) == code for word, code in known.items())


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20))
def test_any_text_is_a_language_or_not(text: str) -> None:
    assert not is_language_tag(text) or language_code(text) is not None
    assert isinstance(language_name(text), str)


def test_names_say_languages_by_their_english_names() -> None:
    assert languages_in_name("upskyy/bge-m3-korean") == {"ko"}
    assert languages_in_name("facebook/mms-tts-deu") == {"de"}
    assert languages_in_name("Riksarkivet/trocr-base-handwritten-hist-swe-2") == {"sv"}
    assert languages_in_name("SWE-bench/SWE-agent-LM-32B") == frozenset()
    assert languages_in_name("a/bert-base-german-dbmdz-French") == {"de", "fr"}
    assert languages_in_name("japanese/fon-lao-multilingual-e5") == frozenset()
