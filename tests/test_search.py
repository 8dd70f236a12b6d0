"""Searching the shipped snapshot."""

from __future__ import annotations

import random
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zukan.errors import QueryError, UnknownFamily, UnknownModel, UnknownTask
from zukan.ingest import Imported, take_page
from zukan.licences import COMMERCIAL
from zukan.lookup import find_model, nearest_names
from zukan.query import SORTS, make_query
from zukan.query_ranges import parameter_count
from zukan.schema import Counted, Query
from zukan.search import count, search
from zukan.settle import settle
from zukan.store.facets import SAMPLE
from zukan.store.read import CatalogueReader
from zukan.store.streams import COUNT_LIMIT
from zukan.store.wording import words_of_model
from zukan.store.write import CatalogueWriter


@pytest.fixture(scope="module")
def reader(seed_catalogue: Path) -> Iterator[CatalogueReader]:
    with CatalogueReader(seed_catalogue) as opened:
        yield opened


def found(reader: CatalogueReader, words: str, **filters: object) -> list[str]:
    result = search(reader, make_query(words, **filters))  # type: ignore[arg-type]
    return [hit.record.model_id for hit in result.hits]


def test_two_filters_that_are_counted_together_are_counted_exactly(seed_catalogue: Path, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    words = "task:text-generation license:apache-2.0"
    wanted = "SELECT count(*) FROM models WHERE pipeline_tag = 'text-generation' AND license = 'apache-2.0'"
    with closing(sqlite3.connect(path)) as connection:
        models = connection.execute(wanted).fetchone()[0]
    assert models > COUNT_LIMIT
    with CatalogueReader(path) as opened:
        found = search(opened, make_query(words, facets=True))
        assert found.total == count(opened, make_query(words)) == Counted(models, exact=True)
        assert found.sampled == SAMPLE
        assert {value: number for facet in found.facets for value, number in facet.values}["text-generation"] == SAMPLE
        # More is asked for than the two.
        assert count(opened, make_query(f"{words} bert")).number < models
        assert count(opened, make_query(f"{words} -lang:zh")).number < models
    row = {"id": "a/new", "pipeline_tag": "text-generation", "tags": ["license:apache-2.0"]}
    with CatalogueWriter(path) as writer, writer.transaction():
        take_page(writer, [row], imported=Imported("import", "2026-01-01"))
    with CatalogueReader(path) as opened:
        total = count(opened, make_query(words))
        assert total._replace(counted_at=None) == Counted(models, exact=True)
        assert total.counted_at


def readable(words: str) -> Query | None:
    """Return the query; None where it cannot be read, which points at what is to blame."""
    try:
        return make_query(words, limit=2)
    except QueryError as error:
        if error.position is None:
            raise
    return None


def test_japanese_sentiment_encoders_come_first(reader: CatalogueReader) -> None:
    result = search(reader, make_query("japanese sentiment", family="encoder-only"))
    first = result.hits[:5]
    assert len(first) == 5
    for hit in first:
        name = hit.record.model_id.lower()
        assert hit.tag.family == "encoder-only"
        assert "sentiment" in name
        assert "ja" in hit.record.languages or "japanese" in name


@pytest.mark.parametrize(
    ("words", "model_id"),
    [
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
        ("google/flan-t5-xl", "google/flan-t5-xl"),
        ("flan t5 xl", "google/flan-t5-xl"),
        ("gpt-neo-2.7B", "EleutherAI/gpt-neo-2.7B"),
        ("gpt2", "openai-community/gpt2"),
        ("m2m100 418M", "facebook/m2m100_418M"),
        ("whisper-large-v3", "openai/whisper-large-v3"),
        ("all-MiniLM-L6", "sentence-transformers/all-MiniLM-L6-v2"),
        ("xlm-roberta-base", "FacebookAI/xlm-roberta-base"),
    ],
)
def test_a_model_is_first_under_its_name(reader: CatalogueReader, words: str, model_id: str) -> None:
    assert found(reader, words)[0] == model_id


def test_a_word_is_not_a_substring(reader: CatalogueReader) -> None:
    assert all("t5" in name.lower() for name in found(reader, "t5", limit=20))
    assert not any("ckpt5" in name.lower() for name in found(reader, "t5", limit=500))


def test_japanese_words_find_a_task_and_a_language(reader: CatalogueReader) -> None:
    result = search(reader, make_query("日本語 翻訳"))
    assert len(result.hits) >= 5
    assert all("ja" in hit.record.languages or "ja" in hit.record.model_id for hit in result.hits[:5])
    assert {hit.record.pipeline_tag for hit in result.hits[:5]} == {"translation"}


def test_filters_hold_for_every_row(reader: CatalogueReader) -> None:
    result = search(
        reader,
        make_query(task="text-classification", family="encoder-only", languages=["ja"], license="mit", limit=100),
    )
    assert result.hits
    for hit in result.hits:
        assert hit.record.pipeline_tag == "text-classification"
        assert hit.record.license == "mit"
        assert "ja" in hit.record.languages


def test_sizes_bound_the_result_and_unknown_sizes_stay_out(reader: CatalogueReader) -> None:
    result = search(reader, make_query("bert", min_parameters="10M", max_parameters="50M", limit=100))
    assert result.hits
    assert all(10**7 <= (hit.record.num_parameters or 0) <= 5 * 10**7 for hit in result.hits)


@pytest.mark.parametrize("sort", SORTS)
def test_pages_follow_each_other_in_every_order(reader: CatalogueReader, sort: str) -> None:
    whole = found(reader, "bert", sort=sort, limit=40)
    assert found(reader, "bert", sort=sort, limit=15) + found(reader, "bert", sort=sort, limit=25, offset=15) == whole
    assert len(set(whole)) == 40


def test_sorting_by_downloads_is_sorted(reader: CatalogueReader) -> None:
    hits = search(reader, make_query(task="fill-mask", sort="downloads", limit=50)).hits
    downloads = [hit.record.downloads or 0 for hit in hits]
    assert downloads == sorted(downloads, reverse=True)


def test_words_that_no_model_has_together_are_relaxed_and_said_so(reader: CatalogueReader) -> None:
    result = search(reader, make_query("bert qqqqzzzz"))
    assert result.relaxed
    assert result.hits


def test_relaxed_words_have_pages_too(reader: CatalogueReader) -> None:
    first = found(reader, "bert qqqqzzzz", limit=10)
    assert found(reader, "bert qqqqzzzz", limit=5, offset=5) == first[5:]
    assert not search(reader, make_query("flan t5", offset=10**6)).relaxed


def test_what_a_size_bound_leaves_out_for_want_of_a_size_is_counted(reader: CatalogueReader) -> None:
    bounded = search(reader, make_query("bert", max_parameters="1B", limit=1))
    assert bounded.unknown_size > 100
    assert search(reader, make_query("bert", limit=1)).unknown_size == 0


def test_an_address_of_the_hub_is_a_name(reader: CatalogueReader) -> None:
    address = "https://huggingface.co/google/flan-t5-xl/tree/main"
    assert found(reader, address)[0] == find_model(reader, address).record.model_id == "google/flan-t5-xl"


def test_a_language_is_the_same_word_in_both_languages(reader: CatalogueReader) -> None:
    assert found(reader, "日本語", limit=5) == found(reader, "japanese", limit=5)
    assert found(reader, "医療", limit=3)
    assert found(reader, "ｂｅｒｔ", limit=3) == found(reader, "bert", limit=3)


def test_the_end_of_a_result_is_known(reader: CatalogueReader) -> None:
    assert search(reader, make_query("bert", limit=5)).more
    assert not search(reader, make_query("bert", offset=10**6)).more


@pytest.mark.parametrize("words", ["", "   ", "!!!", "\x00"])
def test_nothing_to_search_for(reader: CatalogueReader, words: str) -> None:
    result = search(reader, make_query(words, limit=3))
    assert len(result.hits) == (3 if not words.strip() else 0)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_answered(seed_catalogue: Path, words: str) -> None:
    with CatalogueReader(seed_catalogue) as opened:
        query = readable(words)
        if query:
            search(opened, query)


@pytest.mark.parametrize(
    "words",
    [
        "a OR b",
        "NEAR(a b)",
        "name : x",
        "a*",
        "-a",
        "^a",
        '"a',
        "a' OR 1=1 --",
        "col:x AND",
        "(",
        "bert) OR (x",
    ],
)
def test_the_index_never_sees_its_own_syntax(reader: CatalogueReader, words: str) -> None:
    query = readable(words)
    if query:
        search(reader, query)


def test_a_model_is_found_by_old_short_and_differently_written_names(reader: CatalogueReader) -> None:
    for name in ("bert-base-uncased", "GOOGLE-BERT/BERT-base-uncased", " google-bert/bert-base-uncased "):
        assert find_model(reader, name).record.model_id == "google-bert/bert-base-uncased"
    assert find_model(reader, "gpt-neo-2.7B").record.model_id == "EleutherAI/gpt-neo-2.7B"


def test_of_several_models_of_one_name_the_one_that_is_by_far_the_most_popular_is_meant(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    rows = [
        {"id": "copies/gpt-x", "downloads": 900, "likes": 9},
        {"id": "maker/gpt-x", "downloads": 90_000, "likes": 99},
        {"id": "one/tuned", "downloads": 2_000, "likes": 20},
        {"id": "two/tuned", "downloads": 9_000, "likes": 50},
        {"id": "new/fresh"},
        {"id": "other/fresh"},
    ]
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, rows, imported=Imported("import", "2026-01-01"))
    with CatalogueReader(path) as opened:
        assert (
            find_model(opened, "gpt-x").record.model_id == find_model(opened, "GPT-X").record.model_id == "maker/gpt-x"
        )
        for name in ("tuned", "fresh"):
            with pytest.raises(UnknownModel) as caught:
                find_model(opened, name)
            assert {one.rpartition("/")[2] for one in caught.value.suggestions} == {name}


def test_names_without_their_author_are_those_that_every_row_tells(reader: CatalogueReader) -> None:
    with closing(sqlite3.connect(reader.path)) as connection:
        ids = [row[0] for row in connection.execute("SELECT model_id FROM model ORDER BY place")]
    of_name: dict[str, list[str]] = {}
    for model_id in ids:
        of_name.setdefault(model_id.lower().rpartition("/")[2], []).append(model_id)
    several = [name for name, own in of_name.items() if len(own) > 1]
    asked = [*random.Random(5).sample(sorted(of_name), 150), *random.Random(6).sample(several, 50), "nobody-has-this"]
    for name in asked:
        assert reader.named(name.upper(), 1_000) == of_name.get(name, [])


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("bert-base-uncaset", "google-bert/bert-base-uncased"),
        ("google/flan-t5-xk", "google/flan-t5-xl"),
        ("EleutherAI/gptneo-2.7B", "EleutherAI/gpt-neo-2.7B"),
        ("facebook/m2m100-418M", "facebook/m2m100_418M"),
    ],
)
def test_an_unknown_model_gets_the_nearest_names(reader: CatalogueReader, name: str, suggestion: str) -> None:
    with pytest.raises(UnknownModel) as caught:
        find_model(reader, name)
    assert suggestion in caught.value.suggestions


@pytest.mark.parametrize(
    ("filters", "error"),
    [
        ({"task": "fil-mask"}, UnknownTask),
        ({"family": "encodr"}, UnknownFamily),
        ({"languages": ["klingonese"]}, QueryError),
        ({"min_parameters": "many"}, QueryError),
        ({"min_parameters": "2B", "max_parameters": "1B"}, QueryError),
        ({"sort": "size"}, QueryError),
        ({"limit": -1}, QueryError),
        ({"words": "x" * 2_000}, QueryError),
    ],
)
def test_a_wrong_filter_is_refused(filters: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error):
        make_query(**filters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "number"),
    [("350M", 350_000_000), ("2.7b", 2_700_000_000), ("1000", 1000), ("7 B", 7_000_000_000)],
)
def test_parameter_counts_are_read(text: str, number: int) -> None:
    assert parameter_count(text) == number


def test_reading_cannot_write(reader: CatalogueReader) -> None:
    import sqlite3

    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("DELETE FROM model")


def test_few_matches_are_in_the_order_of_the_tiers(reader: CatalogueReader, monkeypatch: pytest.MonkeyPatch) -> None:
    import random
    import tomllib

    from zukan import search as searching
    from zukan.store.wording import words_of

    draw = random.Random(5)
    judged = tomllib.loads((Path(__file__).parent / "judged_finds.toml").read_text("utf-8"))["find"]
    texts = [find["words"] for find in judged]
    for (name,) in reader._tuples("SELECT model_id FROM model WHERE place % 97 = 0 LIMIT 250"):
        words = words_of(name)
        some = draw.sample(words, min(len(words), draw.randint(1, 3)))
        texts.append(" ".join([*some, draw.choice(["", "", "task:text-generation", "license:mit", "lang:ja"])]))
    few = {text: found(reader, text, limit=60) for text in texts}
    monkeypatch.setattr(searching, "_FEW", -1)
    wrong = {text: names for text, names in few.items() if found(reader, text, limit=60) != names}
    assert not wrong
    assert sum(1 < len(names) <= 60 for names in few.values()) > 50


@pytest.mark.parametrize("filter_", ["tag:pytorch", "license:mit", "lang:en library:transformers"])
def test_parts_of_names_are_found_among_what_the_other_filters_find(reader: CatalogueReader, filter_: str) -> None:
    every = [name for name in found(reader, f"ormer {filter_}", limit=200) if "ormer" in name.lower()]
    assert len(every) > 4
    matching = set(found(reader, filter_, limit=10_000))
    assert set(every) <= matching


@pytest.mark.parametrize("words", ["text-to-image", "text to image", "image-to-text", "translation", "summarization"])
def test_the_id_of_a_task_finds_its_models_first(reader: CatalogueReader, words: str) -> None:
    task = words.replace(" ", "-")
    assert {hit.record.pipeline_tag for hit in search(reader, make_query(words, limit=20)).hits} == {task}
    mit = search(reader, make_query(f"{words} license:mit", limit=5)).hits
    assert {(hit.record.pipeline_tag, hit.record.license) for hit in mit} == {(task, "mit")}


@pytest.mark.parametrize(
    "words",
    ["sentiment", "toxic", "grammar", "mistrl", "layout lm", "mistrl 7b", "phi4", "runwayml/stable-diffusion-v1-5"],
)
def test_as_many_are_listed_as_are_counted(reader: CatalogueReader, words: str) -> None:
    counted = search(reader, make_query(words, limit=3, facets=True))
    assert counted.total is not None
    assert counted.total.exact
    listed = found(reader, words, limit=2_000)
    assert counted.total.number == len(listed) > 3
    assert count(reader, make_query(words)) == counted.total
    assert sum(number for _, number in next(one for one in counted.facets if one.name == "task").values) > 0
    assert listed[:3] == [hit.record.model_id for hit in counted.hits]


@pytest.mark.parametrize(
    ("words", "model_id"),
    [
        ("phi4", "microsoft/phi-4"),
        ("xlmroberta", "FacebookAI/xlm-roberta-base"),
        ("gemma2", "google/gemma-2-2b-it"),
        ("llama3", "meta-llama/Meta-Llama-3-8B"),
        ("stablediffusion", "stabilityai/stable-diffusion-xl-base-1.0"),
        ("resnet50", "microsoft/resnet-50"),
    ],
)
def test_what_is_typed_as_one_word_is_found_in_parts(reader: CatalogueReader, words: str, model_id: str) -> None:
    assert model_id in found(reader, words, limit=5)


@pytest.mark.parametrize(
    ("joined", "apart"),
    [
        ("日本語音声認識", "日本語 音声認識"),
        ("日本語音声合成", "音声合成 日本語"),
        ("中国語感情分析", "中国語 感情分析"),
        ("医療向けの日本語モデル", "医療 日本語"),
        ("医療向け日本語モデル", "医療 日本語"),
        ("日本語医療モデル", "日本語 医療"),
        ("GGUF形式の日本語モデル", "GGUF 日本語"),
        ("7Bの日本語モデル", "7B 日本語"),
    ],
)
def test_a_language_stands_beside_what_it_is_joined_with(reader: CatalogueReader, joined: str, apart: str) -> None:
    result = search(reader, make_query(joined))
    assert result.hits
    assert not result.relaxed
    assert {hit.record.model_id for hit in result.hits} == set(found(reader, apart))


@pytest.mark.parametrize(
    ("words", "licences"),
    [
        ("商用利用できる日本語の7Bモデル", COMMERCIAL),
        ("MITライセンスの日本語BERT", {"mit"}),
        ("日本語 Apache-2.0ライセンス", {"apache-2.0"}),
    ],
)
def test_a_licence_in_japanese_words_is_that_of_every_hit(
    reader: CatalogueReader, words: str, licences: set[str]
) -> None:
    result = search(reader, make_query(words))
    assert result.hits
    assert not result.relaxed
    assert {hit.record.license for hit in result.hits} <= set(licences)
    assert {language for hit in result.hits[:5] for language in hit.record.languages} >= {"ja"}


@pytest.mark.parametrize(("words", "same"), [("日本語訳", "和訳"), ("日本語に訳す", "和訳"), ("フランス語訳", "仏訳")])
def test_a_word_for_translating_says_into_which_language(reader: CatalogueReader, words: str, same: str) -> None:
    assert set(found(reader, words, limit=5)) == set(found(reader, same, limit=5))
    pair = "en-ja" if same == "和訳" else "en-fr"
    assert any(pair in model_id for model_id in found(reader, words, limit=5))


def test_vectors_are_of_texts_before_pictures(reader: CatalogueReader) -> None:
    first = search(reader, make_query("日本語 埋め込み")).hits[:5]
    assert first
    for hit in first:
        name = hit.record.model_id.lower()
        assert hit.record.pipeline_tag == "sentence-similarity" or "embed" in name
        assert "clip" not in name


@pytest.mark.parametrize(
    ("words", "authors"),
    [
        ("リクルート", {"recruit-jp", "megagonlabs"}),
        ("東京大学", {"MIL-UT", "izumi-lab", "sarulab-speech", "matsuo-lab", "weblab-GENIAC"}),
        ("東京工業大学", {"tokyotech-llm"}),
        ("LINEヤフー", {"line-corporation"}),
        ("東大の音声", {"MIL-UT", "izumi-lab", "sarulab-speech", "matsuo-lab", "weblab-GENIAC"}),
    ],
)
def test_japanese_organisations_are_found_by_what_they_are_called(
    reader: CatalogueReader, words: str, authors: set[str]
) -> None:
    first = search(reader, make_query(words)).hits[:5]
    assert first
    assert {hit.record.author for hit in first} <= authors


@pytest.mark.parametrize(
    ("words", "name", "task"),
    [("french text to speech", "french", "text-to-speech"), ("japanese summarization", "japanese", "summarization")],
)
def test_names_come_first_among_what_is_filed_under_the_id_of_a_task(
    reader: CatalogueReader, words: str, name: str, task: str
) -> None:
    first = search(reader, make_query(words)).hits[0].record
    assert first.pipeline_tag == task
    assert name in first.model_id.lower()


@pytest.mark.parametrize(("words", "size"), [("code completion 1b", "1b"), ("日本語LLM 7b", "7b")])
def test_a_size_beside_what_words_mean_is_that_of_names(reader: CatalogueReader, words: str, size: str) -> None:
    first = search(reader, make_query(words)).hits[:3]
    assert first
    assert all(size in words_of_model(hit.record.model_id) for hit in first)


@pytest.mark.parametrize(
    ("words", "author"), [("りんな 音声", "rinna"), ("rinna 音声", "rinna"), ("llm-jp 13b", "llm-jp")]
)
def test_what_somebody_made_is_asked_for_of_nobody_else(reader: CatalogueReader, words: str, author: str) -> None:
    assert {hit.record.author for hit in search(reader, make_query(words)).hits[:4]} == {author}


@pytest.mark.parametrize("words", ["関西弁", "関西弁 音声合成", "大阪弁 音声合成"])
def test_a_dialect_is_found_by_its_english_name(reader: CatalogueReader, words: str) -> None:
    assert "kansai" in found(reader, words, limit=1)[0]


def test_of_words_that_no_model_has_together_a_task_that_is_named_counts_most(reader: CatalogueReader) -> None:
    result = search(reader, make_query("関西弁 音声認識"))
    assert result.relaxed
    assert {hit.record.pipeline_tag for hit in result.hits[:5]} == {"automatic-speech-recognition"}


def test_what_tags_pictures_tags_no_words(reader: CatalogueReader) -> None:
    first = search(reader, make_query("イラストのタグ付け")).hits[:5]
    assert {hit.record.pipeline_tag for hit in first} == {"image-classification"}


def test_the_mark_of_a_training_run_is_no_row_of_words(tmp_path: Path) -> None:
    names = ["someone/run-1-e-89-ca-5-gguf", "someone/qwen-2.5-gguf", "other/run-5ca89e1"]
    with CatalogueWriter(tmp_path / "marks.sqlite", create=True) as writer:
        with writer.transaction():
            take_page(writer, [{"id": name, "tags": []} for name in names])
        settle(writer)
    with CatalogueReader(tmp_path / "marks.sqlite") as reader:
        assert found(reader, "run 5ca89e1") == ["other/run-5ca89e1"]
        assert search(reader, make_query("gguf 89ca5e1")).relaxed, "89, ca, 5, e and 1 are not what was typed"
        assert found(reader, "qwen25 gguf") == ["someone/qwen-2.5-gguf"]


def test_a_model_is_found_under_an_owner_who_has_none_of_this_name(reader: CatalogueReader) -> None:
    result = search(reader, make_query("foo/bert-base-uncased"))
    assert result.hits[0].record.model_id == "google-bert/bert-base-uncased"
    assert result.relaxed
    labels = search(reader, make_query("foo/bert-base-uncased", task="text-classification", facets=True, limit=200))
    assert labels.total is not None
    assert labels.total.number == len(labels.hits) > 20
    assert {hit.record.pipeline_tag for hit in labels.hits} == {"text-classification"}
    whole = search(reader, make_query("foo/bert-base-uncased", facets=True)).facets
    assert dict(next(one for one in whole if one.name == "task").values)["text-classification"] == len(labels.hits)


def test_of_many_names_in_parts_some_are_listed_and_the_count_says_so(reader: CatalogueReader) -> None:
    total = search(reader, make_query("xlmroberta", facets=True)).total
    assert total is not None
    assert not total.exact
    assert total.number == len(found(reader, "xlmroberta", limit=2_000))


def test_what_was_made_from_a_model_says_any_of_its_names(reader: CatalogueReader) -> None:
    names = ("google-bert/bert-base-uncased", "bert-base-uncased", "GOOGLE-BERT/BERT-base-uncased")
    some = [found(reader, f"base:{name}", limit=100) for name in names]
    assert some[0] == some[1] == some[2]
    assert len(some[0]) == reader.copies([names[0]])[names[0]] > 10
    assert not set(some[0]) & set(found(reader, "task:fill-mask -base:bert-base-uncased", limit=2_000))


def test_options_take_several_values(reader: CatalogueReader) -> None:
    either = found(reader, "bert", license="mit|apache-2.0", limit=50)
    assert (
        either
        == found(reader, "bert license:mit|apache-2.0", limit=50)
        == found(reader, "bert", license="mit,apache-2.0", limit=50)
    )
    assert either
    assert found(reader, "", library="none", limit=9) == found(reader, "library:none", limit=9)
    assert found(reader, "", author="google|facebook", limit=9) == found(reader, "author:google|facebook", limit=9)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://huggingface.co/bert-base-uncased/tree/main", "bert-base-uncased"),
        ("huggingface.co/gpt2/blob/main/config.json", "gpt2"),
        ("https://huggingface.co/openai/whisper-tiny/discussions/3", "openai/whisper-tiny"),
        ("https://huggingface.co/models?sort=likes&search=whisper%20large", "whisper large"),
        ("https://huggingface.co/models?search=whisper+large#top", "whisper large"),
    ],
)
def test_addresses_of_models_and_of_searches_are_read(address: str, words: str) -> None:
    assert make_query(address).words == words


@pytest.mark.parametrize(
    ("words", "task", "first"),
    [
        ("fix grammar", "text2text-generation", "grammar"),
        ("upscale image", "image-to-image", ""),
        ("describe a picture", "image-to-text", "caption"),
        ("license plate reader", "object-detection", "license-plate"),
    ],
)
def test_what_words_mean_together_comes_before_what_has_them_somewhere(
    reader: CatalogueReader, words: str, task: str, first: str
) -> None:
    result = search(reader, make_query(words, limit=5))
    assert result.meant == task
    assert first in result.hits[0].record.model_id.lower()
    # A chat model that sees may say in its name that it captions.
    assert task in {hit.record.pipeline_tag for hit in result.hits} <= {task, "image-text-to-text"}
    assert count(reader, make_query(words)).number >= 5


def test_what_words_mean_together_follows_a_few_names_that_have_them(reader: CatalogueReader) -> None:
    result = search(reader, make_query("pdf question answering", limit=6))
    assert "pdf" in result.hits[0].record.model_id
    assert result.hits[1].record.pipeline_tag == "document-question-answering"
    assert result.meant == "document-question-answering"


@pytest.mark.parametrize("words", ["bert base uncased", "camenbert ner", "zzzzqqq bert", "llama chat", "whisper"])
def test_names_and_slips_mean_what_they_say(reader: CatalogueReader, words: str) -> None:
    assert search(reader, make_query(words)).meant is None


def test_filters_and_other_orders_hold_for_what_words_mean(reader: CatalogueReader) -> None:
    result = search(reader, make_query("fix grammar license:apache-2.0", limit=10))
    assert result.meant == "text2text-generation"
    assert {hit.record.license for hit in result.hits} == {"apache-2.0"}
    assert search(reader, make_query("fix grammar", sort="likes")).meant is None


@pytest.mark.parametrize(
    ("words", "model_id"),
    [
        ("code t5 base", "Salesforce/codet5-base"),
        ("sd xl turbo", "stabilityai/sdxl-turbo"),
        ("llama2 13b chat", "meta-llama/Llama-2-13b-chat-hf"),
        ("sdxl", "stabilityai/stable-diffusion-xl-base-1.0"),
        ("sd 1.5", "stable-diffusion-v1-5/stable-diffusion-v1-5"),
        ("svd img2vid", "stabilityai/stable-video-diffusion-img2vid-xt"),
    ],
)
def test_words_joined_cut_and_shortened_find_the_name(reader: CatalogueReader, words: str, model_id: str) -> None:
    assert model_id in [hit.record.model_id for hit in search(reader, make_query(words, limit=3)).hits]


@pytest.mark.parametrize(
    ("words", "model_id"),
    [
        ("sd xl turbo gated:no", "stabilityai/sdxl-turbo"),
        ("sd xl turbo params:<3B", "stabilityai/sdxl-turbo"),
        ("code t5 base library:transformers", "Salesforce/codet5-base"),
        ("phi4 license:mit", "microsoft/phi-4"),
    ],
)
def test_names_in_other_parts_stay_beside_filters_that_they_fulfil(
    reader: CatalogueReader, words: str, model_id: str
) -> None:
    typed, _, filter_ = words.rpartition(" ")
    assert model_id in [hit.record.model_id for hit in search(reader, make_query(words, limit=3)).hits]
    every = [hit.record.model_id for hit in search(reader, make_query(f"{typed} -{filter_}", limit=400)).hits]
    assert model_id not in every


@pytest.mark.parametrize("words", ["東北大 bert", "cl-tohoku bert", "東北大学 BERT"])
def test_an_organisation_is_found_by_its_japanese_and_its_former_name(reader: CatalogueReader, words: str) -> None:
    first = search(reader, make_query(words, limit=3)).hits
    assert any(hit.record.author == "tohoku-nlp" for hit in first)


def test_two_letters_name_a_direction(reader: CatalogueReader) -> None:
    there = [hit.record.model_id for hit in search(reader, make_query("翻訳 英日", limit=5)).hits]
    back = [hit.record.model_id for hit in search(reader, make_query("翻訳 日英", limit=5)).hits]
    assert "staka/fugumt-en-ja" in there
    assert "staka/fugumt-en-ja" not in back
    assert "staka/fugumt-ja-en" in back


def test_a_licence_is_found_by_what_people_call_it(reader: CatalogueReader) -> None:
    def licences(words: str, **options: Any) -> set[str | None]:
        return {hit.record.license for hit in search(reader, make_query(words, limit=200, **options)).hits}

    assert licences("license:apache") == {"apache-2.0"}
    assert licences("", license="Apache 2") == {"apache-2.0"}
    commercial = licences("license:commercial")
    assert {"apache-2.0", "mit"} <= commercial
    assert not any((one or "").startswith("cc-by-nc") for one in commercial)
    assert licences("license:mit") == {"mit"}
    assert licences("license:mit|none") == {"mit", None}


@pytest.mark.parametrize("word", ["swallow", "timesfm"])
def test_another_word_is_no_slip(reader: CatalogueReader, word: str) -> None:
    assert search(reader, make_query(word)).corrections == ()


@pytest.mark.parametrize(("typed", "meant"), [("roberat", "roberta"), ("mistrl", "mistral"), ("wisper", "whisper")])
def test_a_slip_is_mended(reader: CatalogueReader, typed: str, meant: str) -> None:
    assert search(reader, make_query(typed)).corrections == ((typed, meant),)


@pytest.fixture(scope="module")
def slips_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Words that a thousand models have in their name, and beside them some that few have."""
    path = tmp_path_factory.mktemp("slips") / "catalogue.sqlite"
    frequent = {"roberta": 1_300, "whisper": 1_300, "diffusion": 900, "bert": 1_300}
    rows = [{"id": f"a{n}/{word}-{n}"} for word, number in frequent.items() for n in range(number)]
    rows += [{"id": f"b/roberat-squad-{n}"} for n in range(6)] + [{"id": f"c/wisper-{n}"} for n in range(30)]
    rows += [{"id": f"d/difusion-{n}"} for n in range(6)] + [{"id": f"e/berta-{n}"} for n in range(6)]
    with CatalogueWriter(path, create=True) as writer:
        take_page(writer, rows, imported=Imported("import", "2026-01-01"))
        settle(writer)
    return path


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [
        ("roberat", "roberta"),
        ("Roberat squad", "roberta squad"),
        ("roberta", None),
        ("wisper", None),  # more are named so than a slip would explain here
        ("difusion", None),  # hardly a hundred times as many are named diffusion
        ("b/roberat-squad-1", None),
        ("bert", None),
        ("robert", None),  # what it begins is searched for
        ("zzqqzz", None),
    ],
)
def test_where_a_few_models_are_named_by_a_slip_the_frequent_word_is_suggested(
    slips_catalogue: Path, typed: str, suggestion: str | None
) -> None:
    with CatalogueReader(slips_catalogue) as opened:
        result = search(opened, make_query(typed))
        assert (result.corrections, result.suggestion) == ((), suggestion)
        if suggestion:
            # They are listed all the same, and a later page says nothing.
            assert "roberat" in result.hits[0].record.model_id
            assert search(opened, make_query(typed, offset=2)).suggestion is None


def test_the_name_of_a_kind_of_model_leads_to_its_best_known_ones(reader: CatalogueReader) -> None:
    assert nearest_names(reader, "bert")[0] == "google-bert/bert-base-uncased"
    assert "openai/whisper-large-v3" in nearest_names(reader, "whisper", 5)
    assert nearest_names(reader, "gpt22") != []


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("EleutherAI/gpt-neo", "EleutherAI/gpt-neo-125m"),
        ("facebook/bart", "facebook/bart-large-cnn"),
        ("Meta/llama", "meta-llama/Llama-3.1-8B-Instruct"),
        ("openai/gpt-2", "openai-community/gpt2"),
        ("nosuch/bert-base-uncased", "google-bert/bert-base-uncased"),
        ("runwayml/stable-diffusion-v1-5", "stable-diffusion-v1-5/stable-diffusion-v1-5"),
        ("t5/t5-smal", "google-t5/t5-small"),
        # Nobody's model is nearly called that but by chance.
        ("nosuch/model", None),
        ('no"such/mo" OR "del', None),
        ("nosuch\0/(bert", None),
    ],
)
def test_a_name_with_its_author_leads_to_models_of_theirs(
    reader: CatalogueReader, typed: str, first: str | None
) -> None:
    assert next(iter(nearest_names(reader, typed)), None) == first


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("LLaMA 3.1 8B", "meta-llama/Llama-3.1-8B"),
        ("llama 3.1 8b instruct", "meta-llama/Llama-3.1-8B-Instruct"),
        ("sd xl turbo", "stabilityai/sdxl-turbo"),
        ("code t5 base", "Salesforce/codet5-base"),
    ],
)
def test_names_in_other_parts_stand_among_the_others_by_popularity(
    reader: CatalogueReader, typed: str, first: str
) -> None:
    assert found(reader, typed)[0] == first


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("bert OR gpt2", ("bert", "gpt2")),
        ("bert || gpt2", ("bert", "gpt2")),
        ("japanese bert|roberta", ("bert", "roberta")),
        ("roberta|whisper tiny", ("roberta", "whisper")),
    ],
)
def test_names_that_have_one_of_several_words_come_first(
    reader: CatalogueReader, words: str, names: tuple[str, ...]
) -> None:
    found = [hit.record.model_id.lower() for hit in search(reader, make_query(words, limit=15)).hits]
    assert all(any(name in model_id for name in names) for model_id in found), found
    # Both, and in order of popularity.
    assert all(any(name in model_id for model_id in found) for name in names), found


def test_behind_names_that_have_one_of_several_words_stand_the_others(reader: CatalogueReader) -> None:
    ids, turned = (
        [hit.record.model_id for hit in search(reader, make_query(words, limit=1_000)).hits]
        for words in ("bert|gpt2 task:text-generation", "gpt2|bert task:text-generation")
    )
    assert ids == turned
    assert len(ids) == len(set(ids))
    named = ["bert" in model_id.lower() or "gpt2" in model_id.lower() for model_id in ids]
    assert named[0]
    assert not all(named)


@pytest.mark.parametrize("tag", ["pytorch", "license:apache-2.0", "region:us", "dataset:squad"])
def test_a_tag_is_found_in_any_case(reader: CatalogueReader, tag: str) -> None:
    small, large = (
        [hit.record.model_id for hit in search(reader, make_query(f"tag:{typed}", limit=50)).hits]
        for typed in (tag, tag.upper())
    )
    assert small == large
    assert small


@pytest.mark.parametrize("words", ["english -> german", "english ->german", "english => german", "english --> german"])
def test_an_arrow_of_signs_says_a_direction(reader: CatalogueReader, words: str) -> None:
    said, wanted = (
        [hit.record.model_id for hit in search(reader, make_query(one)).hits] for one in (words, "english to german")
    )
    assert said == wanted


@pytest.mark.parametrize("words", ["日本語LLM", "japanese llm", "日本語 大規模言語モデル", "日本語の言語モデル"])
def test_language_models_of_a_language_are_those_of_it_alone_first(reader: CatalogueReader, words: str) -> None:
    found = [hit.record for hit in search(reader, make_query(words, limit=6)).hits]
    assert all(record.pipeline_tag == "text-generation" for record in found)
    assert all({"japanese", "jp", "jpn"} & words_of_model(record.model_id) for record in found)


@pytest.mark.parametrize(
    ("words", "task", "language"),
    [
        ("フランス語の要約", "summarization", "fr"),
        ("日本語対応の音声認識モデル", "automatic-speech-recognition", "ja"),
        ("ドイツ語の固有表現抽出", "token-classification", "de"),
    ],
)
def test_what_no_joins_is_two_words(reader: CatalogueReader, words: str, task: str, language: str) -> None:
    joined, apart = (
        [hit.record for hit in search(reader, make_query(one)).hits]
        for one in (words, re.sub("(対応)?の", " ", words).removesuffix("モデル"))
    )
    assert joined == apart
    assert all(record.pipeline_tag == task for record in joined[:5])
    assert any(language in record.languages for record in joined[:2])


def test_a_task_that_is_about_something_lists_what_does_the_task(reader: CatalogueReader) -> None:
    found = [hit.record for hit in search(reader, make_query("顔認識", limit=10)).hits]
    assert {record.pipeline_tag for record in found} == {"image-classification"}
    assert all("fac" in record.model_id.lower() for record in found)


@pytest.mark.parametrize(
    "words",
    ["商用利用できる日本語LLM", "commercially usable japanese llm", "商用利用可能な埋め込みモデル", "商用可の音声認識"],
)
def test_words_for_a_licence_ask_for_it(reader: CatalogueReader, words: str) -> None:
    found = search(reader, make_query(words))
    licences = {hit.record.license for hit in found.hits}
    assert licences
    assert licences <= set(COMMERCIAL)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("best small LLM for laptop", True),
        ("GPUなしで動く軽いLLM", True),
        ("whisper small", False),
        ("tiny bert", False),
        ("fix grammar", False),
        ("japanese llm", False),
    ],
)
def test_what_only_a_recommendation_weighs_is_told(reader: CatalogueReader, words: str, expected: bool) -> None:
    assert search(reader, make_query(words)).wishes is expected


@pytest.mark.parametrize(
    ("words", "task"),
    [
        ("軽量な音声認識", "automatic-speech-recognition"),
        ("小さい翻訳モデル", "translation"),
        ("小型の物体検出", "object-detection"),
    ],
)
def test_a_word_beside_a_task_leads_to_models_of_the_task(reader: CatalogueReader, words: str, task: str) -> None:
    assert {hit.record.pipeline_tag for hit in search(reader, make_query(words, limit=5)).hits} == {task}


def test_a_task_is_read_with_and_without_blanks(reader: CatalogueReader) -> None:
    close, apart = (
        [hit.record.model_id for hit in search(reader, make_query(words, limit=4)).hits]
        for words in ("3D生成", "3D 生成")
    )
    assert close == apart
    assert search(reader, make_query("3D 生成")).hits[0].record.pipeline_tag == "text-to-3d"


def test_of_models_with_some_of_the_words_those_with_them_in_their_name_come_first(reader: CatalogueReader) -> None:
    found = search(reader, make_query("法律 日本語", limit=5))
    assert found.relaxed
    assert all("legal" in hit.record.model_id.lower() for hit in found.hits)


@pytest.mark.parametrize(
    ("words", "author"),
    [("リンナの GPT", "rinna"), ("楽天のAI", "Rakuten"), ("国立情報学研究所の LLM", "llm-jp"), ("の", None)],
)
def test_who_made_it_may_be_joined_to_the_next_word(reader: CatalogueReader, words: str, author: str | None) -> None:
    found = [hit.record.author for hit in search(reader, make_query(words, limit=5)).hits]
    assert (set(found) == {author}) if author else not found
