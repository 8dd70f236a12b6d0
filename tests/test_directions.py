"""From and into which languages a model translates, and that searches for a pair find those that do."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from zukan import Catalogue
from zukan.directions import NO_TRANSLATOR, directions, english_sides, only_fills_gaps
from zukan.ingest import take_page
from zukan.query import make_query
from zukan.query_tree import All, Word
from zukan.settle import settle
from zukan.store.index import INDEX_VERSION
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter
from zukan.typed_words import grouped

MANY = ("multilingual", "ja", "en", "de")
OTHERS = ("multilingual", "ja", "de")
MANY_MORE = "de fr es it pt nl sv pl ru uk cs ko zh vi th id tr ar he hi".split()


@pytest.mark.parametrize(
    ("model_id", "task", "model_type", "languages", "wanted"),
    [
        ("Helsinki-NLP/opus-mt-ja-en", "translation", "marian", ("ja", "en"), (("ja",), ("en",))),
        ("a/nllb", "translation", "m2m_100", MANY, (MANY, MANY)),
        ("a/m2m", None, "m2m_100", MANY, (MANY, MANY)),
        ("a/m2m", "text2text-generation", "m2m_100", MANY, (MANY, MANY)),
        ("a/mt0", "text-generation", "mt5", MANY, (MANY, MANY)),
        ("a/mt-German-to-English", "translation", "llama", MANY, (("de",), ("en",))),
        ("a/mt_German_2_English_x", None, "marian", (), (("de",), ("en",))),
        ("a/text-to-speech-mt", "translation", "marian", MANY, (MANY, MANY)),
        ("a/chat", "translation", "llama", ("ja", "en", "ja"), (("ja", "en"), ("ja", "en"))),
        ("a/large-50-one-to-many-mmt", "text2text-generation", "mbart", MANY, (("en",), OTHERS)),
        ("a/large-50-many-to-one-mmt", "text2text-generation", "mbart", MANY, (OTHERS, ("en",))),
        ("a/large-50-many-to-many-mmt", "translation", "mbart", MANY, (MANY, MANY)),
        ("a/wmt21-dense-24-wide-en-x", "translation", "m2m_100", MANY, (("en",), OTHERS)),
        ("a/wmt21-dense-24-wide-X-en", "translation", "m2m_100", MANY, (OTHERS, ("en",))),
        ("google-t5/t5-base", "translation", "t5", ("en", "fr", "ro", "de"), (("en",), ("fr", "ro", "de"))),
        ("acme/madlad", "translation", "t5", MANY, (MANY, MANY)),
        # What is filed under something else does that, whatever others of its type do.
        ("a/mT5_XLSum", "summarization", "mt5", MANY, ((), ())),
        ("a/SONAR", "sentence-similarity", "m2m_100", MANY, ((), ())),
        ("a/chat", "text-generation", "llama", MANY, ((), ())),
        # Nobody has taught these to translate yet, those that were made from them may be.
        ("google/mt5-base", "text2text-generation", "mt5", MANY, ((), ())),
        ("facebook/mbart-large-50", "text2text-generation", "mbart", MANY, ((), ())),
        ("a/mt5-base-ja-en", "text2text-generation", "mt5", ("ja", "en"), (("ja",), ("en",))),
        ("a/mt5-base", "translation", "mt5", MANY, (MANY, MANY)),
        ("a/nllb", "translation", "m2m_100", (), ((), ())),
    ],
)
def test_a_model_translates_as_its_name_says_else_all_it_knows(
    model_id: str, task: str | None, model_type: str, languages: tuple[str, ...], wanted: tuple[Any, Any]
) -> None:
    assert directions(model_id, task, model_type, languages, None) == (
        tuple(dict.fromkeys(wanted[0])), tuple(dict.fromkeys(wanted[1]))
    )  # fmt: skip
    assert directions(model_id, task, model_type, languages, NO_TRANSLATOR) == ((), ())


def test_a_side_that_is_english_alone_is_said_by_parts_of_a_name() -> None:
    assert english_sides("a/en-to-many") == (True, False)
    assert english_sides("a/many-to-en") == (False, True)
    assert english_sides("a/wmt_en_x") == (True, False)
    assert english_sides("somebody/t5-small") == (True, False)
    for neither in ("a/many-to-many", "a/wenn-x", "a/garden-x2", "a/x-ray", "a/open-xlm"):
        assert english_sides(neither) == (False, False), neither


def test_only_the_first_release_of_what_fills_gaps_does_nothing_else() -> None:
    assert only_fills_gaps("google/mT5-small")
    assert only_fills_gaps("facebook/mbart-large-cc25")
    for taught in ("google/flan-t5-base", "facebook/mbart-large-50-many-to-many-mmt", "acme/mt5-small", "t5-base"):
        assert not only_fills_gaps(taught)


@pytest.fixture
def translators(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.sqlite"
    rows = [
        {
            "id": model_id, "pipeline_tag": task, "downloads": 1_000 - place,
            "tags": [task, "ja", "en", *(() if "mt-" in model_id else MANY_MORE)], "config": {"model_type": model_type} if model_type else {},
        }
        for place, (model_id, task, model_type) in enumerate(
            [
                ("a/nllb", "translation", "m2m_100"),
                ("a/wmt22-comet-da", "translation", None),
                ("a/mbart-large-50-one-to-many-mmt", "text2text-generation", "mbart"),
                ("a/mT5_XLSum", "summarization", "mt5"),
                ("a/wmt21-x-en", "translation", "m2m_100"),
                ("a/opus-mt-ja-en", "translation", "marian"),
                ("a/opus-mt-en-ja", "translation", "marian"),
                ("a/mt-English-to-Japanese", "translation", "llama"),
                ("a/mt-Japanese_to_English", "translation", "llama"),
                # Their tags say to, too.
                ("a/reads-pages", "image-text-to-text", None),
                ("a/speaks", "text-to-speech", None),
            ]
        )
    ]  # fmt: skip
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            take_page(writer, rows)
        settle(writer)
    return path


def found(path: Path, words: str) -> list[str]:
    with Catalogue(path) as catalogue:
        return [hit.record.model_id.removeprefix("a/") for hit in catalogue.search(words).hits]


FROM_JAPANESE = ["nllb", "wmt21-x-en", "opus-mt-ja-en", "mt-Japanese_to_English"]
FROM_ENGLISH = ["nllb", "mbart-large-50-one-to-many-mmt", "opus-mt-en-ja", "mt-English-to-Japanese"]


def test_a_search_for_a_pair_finds_what_translates_it(translators: Path) -> None:
    assert found(translators, "from:ja to:en") == FROM_JAPANESE
    assert found(translators, "from:en to:ja") == FROM_ENGLISH
    assert found(translators, "from:de to:ja") == ["nllb"]


def test_an_index_of_before_is_made_anew(translators: Path) -> None:
    with closing(sqlite3.connect(translators)) as connection:
        connection.execute("UPDATE meta SET value = '3' WHERE name = ?", (INDEX_VERSION,))
        connection.commit()
    with CatalogueWriter(translators) as writer:
        settle(writer)
    assert found(translators, "from:ja to:en") == FROM_JAPANESE


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("japanese to english", "opus-mt-ja-en"),
        ("Japanese into English translation", "opus-mt-ja-en"),
        ("translate from japanese to english", "opus-mt-ja-en"),
        ("ja to en", "opus-mt-ja-en"),
        ("日本語 から 英語", "opus-mt-ja-en"),
        ("日本語から英語", "opus-mt-ja-en"),
        ("日本語から英語への翻訳", "opus-mt-ja-en"),
        ("ja→en", "opus-mt-ja-en"),
        ("JA TO EN", "opus-mt-ja-en"),
        ("日本語から英語 翻訳", "opus-mt-ja-en"),
        ("日英翻訳", "opus-mt-ja-en"),
        ("英訳", "opus-mt-ja-en"),
        ("和文英訳", "opus-mt-ja-en"),
        ("english to japanese", "opus-mt-en-ja"),
        ("English→Japanese", "opus-mt-en-ja"),
        ("en to ja", "opus-mt-en-ja"),
        ("translation english to japanese", "opus-mt-en-ja"),
        ("英語→日本語 翻訳", "opus-mt-en-ja"),
        ("英日翻訳", "opus-mt-en-ja"),
        ("和訳", "opus-mt-en-ja"),
        ("英文和訳", "opus-mt-en-ja"),
    ],
)
def test_words_for_a_direction_find_what_translates_in_it_first(translators: Path, words: str, wanted: str) -> None:
    own = [FROM_JAPANESE, FROM_ENGLISH][wanted.endswith("en-ja")]
    listed = found(translators, words)
    assert listed[0] == wanted
    assert sorted(listed) == sorted(own), "what speaks or reads pages has these words, and translates nothing"
    assert set(listed[:2]) == set(own[2:]), "before those for many languages"


@pytest.mark.parametrize(
    "words",
    [
        "bert to gpt",
        "english to",
        "to english",
        "japanese to japanese",
        "english",
        "ja* to en",
        "en to ja*",
        "bert→gpt",
    ],
)
def test_other_words_with_to_between_them_are_words(translators: Path, words: str) -> None:
    with CatalogueReader(translators) as reader, reader.translated():
        for one in grouped(parts_of_query(words), reader.vocabulary):
            assert "target" not in dict(one.meaning)


def parts_of_query(words: str) -> list[Word]:
    tree = make_query(words).tree
    return [one for one in (tree.parts if isinstance(tree, All) else (tree,)) if isinstance(one, Word)]
