"""Names typed in katakana find the names in Latin letters that sound like them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.catalogue import Catalogue
from zukan.heard_names import names_heard
from zukan.meanings import VERSION, meanings
from zukan.store import rollups
from zukan.store.read import CatalogueReader
from zukan.store.sounds import heard, key, keys_of, strangeness
from zukan.store.write import CatalogueWriter


@pytest.fixture(scope="module")
def reader(seed_catalogue: Path) -> Iterator[CatalogueReader]:
    with CatalogueReader(seed_catalogue) as opened:
        yield opened


@pytest.mark.parametrize(
    ("katakana", "word"),
    [
        ("ファルコン", "falcon"), ("ディフュージョン", "diffusion"), ("ムーンショット", "moonshot"), ("ゼファー", "zephyr"),
        ("ビクーニャ", "vicuna"), ("パラキート", "parakeet"), ("オープンエーアイ", "openai"), ("ハギングフェイス", "huggingface"),
        ("エンベディング", "embedding"), ("クロード", "claude"), ("スワロー", "swallow"), ("エヌビディア", "nvidia"),
        ("エンベディングジェマ", "embeddinggemma"), ("クオンタイズド", "quantized"), ("トークナイザー", "tokenizer"), ("チャンク", "chunk"), ("シーケンス", "sequence"),
        ("フィードバック", "feedback"), ("ユニバーサル", "universal"), ("キャプション", "caption"), ("ジャッジ", "judge"),
    ],
)  # fmt: skip
def test_a_word_and_its_katakana_share_a_key(katakana: str, word: str) -> None:
    assert {key(sound) for sound in heard(katakana)} & keys_of(word)


@pytest.mark.parametrize(("katakana", "near", "far"), [("ジェマ", "gemma", "jam"), ("ステラ", "stella", "astral")])
def test_vowels_tell_words_with_the_same_consonants_apart(katakana: str, near: str, far: str) -> None:
    assert strangeness(heard(katakana), near) < strangeness(heard(katakana), far)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(min_codepoint=0x30A0, max_codepoint=0x30FF), max_size=30))
def test_any_katakana_has_keys_of_consonants(word: str) -> None:
    for sound in heard(word):
        assert set(key(sound)) <= set("ABCDFGHKMNPRSTWYZ")


@settings(deadline=None)
@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", max_size=24))
def test_any_word_has_keys_of_the_same_letters(word: str) -> None:
    assert all(set(found) <= set("ABCDFGHKMNPRSTWYZ") and len(found) > 1 for found in keys_of(word))


def test_compounds_are_heard_part_by_part(reader: CatalogueReader) -> None:
    assert names_heard("センテンストランスフォーマーズ", reader.vocabulary) == [("sentence",), ("transformers",)]
    assert names_heard("モバイル・ネット", reader.vocabulary)[0][0] == "mobile"


@pytest.mark.parametrize("word", ["日本語", "gemma", "", "ア", "ー", "ンンン", "カレーライスノツクリカタ"])
def test_what_is_no_name_is_heard_as_none(reader: CatalogueReader, word: str) -> None:
    assert names_heard(word, reader.vocabulary) == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("ゼファー 7b", "zephyr"), ("日本語アルバート", "albert"), ("ｼﾞｪﾏ", "gemma"), ("オルカ", "orca"),
        ("ディープシーク・コーダー", "deepseek"), ("エレクトラモデル", "electra"),
    ],
)  # fmt: skip
def test_a_name_in_katakana_is_found(seed_catalogue: Path, words: str, name: str) -> None:
    hits = Catalogue(seed_catalogue).search(words, limit=3).hits
    assert hits
    assert all(name in hit.record.model_id.lower() for hit in hits)


def test_a_word_that_means_a_task_stays_one(seed_catalogue: Path) -> None:
    hits = Catalogue(seed_catalogue).search("リランカー", limit=10).hits
    assert all("rerank" in hit.record.model_id.lower() or hit.record.pipeline_tag == "text-ranking" for hit in hits)


def test_a_catalogue_that_was_spelled_by_older_rules_is_spelled_anew(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True):
        pass
    catalogue = Catalogue(path)
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"id": "acme/gemma-{place}"}}\n' for place in range(4)), encoding="utf-8")
    catalogue.import_models([rows])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM slip")
        connection.execute("DELETE FROM meta WHERE name = ?", (rollups.SPELLING,))
    assert not catalogue.search("ジェマ").hits
    with CatalogueWriter(path) as writer, writer.transaction():
        assert not rollups.refresh(writer.connection, meanings(), VERSION)
    assert len(catalogue.search("ジェマ").hits) == 4


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("言語モデル", "text-generation"), ("拡散モデル", "text-to-image"), ("感情分析モデル", "text-classification"),
        ("要約のモデル", "summarization"),
    ],
)  # fmt: skip
def test_phrases_that_end_in_model_keep_their_meaning(seed_catalogue: Path, words: str, expected: str) -> None:
    hits = Catalogue(seed_catalogue).search(words, limit=5).hits
    assert len(hits) == 5
    assert all(hit.record.pipeline_tag == expected for hit in hits)


def test_the_subject_of_a_task_is_not_lost(seed_catalogue: Path) -> None:
    for words, part in (("感情分析", "sst"), ("スパム", "phishing"), ("日本語 感情分析", "sentiment")):
        assert part in Catalogue(seed_catalogue).search(words, limit=1).hits[0].record.model_id.lower()


def test_a_dictionary_goes_before_the_sound(seed_catalogue: Path) -> None:
    """サッカー sounds like Shakker, ピアノ like Pune."""
    catalogue = Catalogue(seed_catalogue)
    for words, name in (("サッカー", "soccer"), ("ピアノ", "piano"), ("キノコ", "mushroom")):
        result = catalogue.search(words, limit=1)
        assert name in result.hits[0].record.model_id.lower()


def test_it_is_said_what_katakana_is_taken_for(seed_catalogue: Path) -> None:
    catalogue = Catalogue(seed_catalogue)
    assert catalogue.search("ジェマ 2b").corrections == (("ジェマ", "gemma"),)
    assert catalogue.search("チャットボット").corrections == ()


def test_long_katakana_is_heard_as_nothing(reader: CatalogueReader) -> None:
    assert names_heard("ステーブル" * 200, reader.vocabulary) == []


def test_half_and_full_width_letters_are_what_they_stand_for(seed_catalogue: Path) -> None:
    catalogue = Catalogue(seed_catalogue)
    names = [
        [hit.record.model_id for hit in catalogue.search(words).hits]
        for words in ("日本語 bert", "日本語 ｂｅｒｔ ﾓﾃﾞﾙ")
    ]
    assert names[0] == names[1]
    assert names[0]


@pytest.mark.parametrize("words", ["coqui/XTTS-v2", "sentence-transformers/all-MiniLM-L6-v2"])
def test_of_a_whole_id_as_many_are_counted_as_are_listed(seed_catalogue: Path, words: str) -> None:
    catalogue = Catalogue(seed_catalogue)
    result = catalogue.search(words, limit=100, facets=True)
    assert result.total is not None
    assert (result.total.number, result.total.exact) == (len(result.hits), True)
    assert catalogue.count(words).number == len(result.hits)
