"""What nobody should type, and what happens around a search: it is answered or refused, and nothing is ever written."""

from __future__ import annotations

import hashlib
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conftest import child_environment
from stored_index import assert_index_is_true
from zukan import Catalogue
from zukan.build import read_seed
from zukan.errors import CatalogueTooNew, QueryError, QuestionError, StoreError
from zukan.ingest import take_page
from zukan.query import SORTS
from zukan.query_values import EXAMPLES, FIELDS
from zukan.resources import data_path
from zukan.schema import SearchResult
from zukan.settle import settle
from zukan.store.connection import SCHEMA_VERSION
from zukan.store.documents import DocumentReader
from zukan.store.expressions import any_of, every_of, token, without
from zukan.store.planner import Plan
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

# --- whatever is typed -----------------------------------------------------------------------------------

_SYNTAX = (
    " ", "  ", "\u3000", "\n", "\t", "(", ")", "()", ") (", "((", "OR", " OR ", "|", " | ", "-", "--", "-(", '"', '""', '"" ""', "「",
    "」", "“", "”", "*", "**", ":", "::", "：", "..", "<", ">=", "^", "+", "~", ",", ";", "'", "''", "\\", "/", "\x00", "\x1a", "%", "_",
    "（", "）", "｜", "－", "＊", "＂",
)  # fmt: skip
_FTS = (
    "AND", "NOT", "NEAR", "NEAR(a b, 2)", "NEAR/3", "a AND b", "a NOT b", "{text}:a", "text:a", "rowid:1", "text : a", "^bert",
    "model_text", "bert*", '"bert" *', "delete-all", "rank", "- a",
)  # fmt: skip
_SQL = (
    "'; DROP TABLE model; --", "' OR 1=1 --", '" OR "1"="1', "UNION SELECT * FROM model", "?1", ":name", "@x", "$y", "x'00'",
    "/* */", "); DELETE FROM model_text; --", "ATTACH 'x' AS y", "PRAGMA user_version = 9", "%s", "{0}", "$.author", "[0]",
)  # fmt: skip
_PRIVATE = tuple("\ue000\ue001\ue002\ue003\ue004\ue005\uf8ff\U000f0000\U0010ffff")
_WORDS = (
    "bert", "gpt2", "japanese", "日本語", "翻訳", "感情分析", "mistrl", "ormer", "base", "3.1", "qwen2.5", "v2", "a", "0", "every",
    "\ue001every", "\ue000bert", "ＢＥＲＴ", "é", "e\u0301", "İ", "ß", "😀", "שלום", "\u202e", "\ufeff", "\u200d", "ﬁ", "①",
    "fill in the blank", "flan-t5-xl", "google/flan-t5-xl", "https://huggingface.co/google/flan-t5-xl", "hf://x/y", "a/b/c/",
)  # fmt: skip
_VALUES = (
    "", "none", "x", "-x", "1..", "..1", "<1B", ">99999999999999999999999", "2026", "2026-13", "<30d", ">9999999y", "７Ｂ", "1e9", "|",
    "a|b", "|a", "a|", '"two words"', '"open', "「角」", "(", "a)b", "..", "<", "1..2..3", "0", "none|none", "\ue001", "9" * 40, "*", "'",
)  # fmt: skip
_FIELDS = tuple(f"{name}:" for name in (*FIELDS, "no_such_field", "http", "TASK", "Lang"))

_pieces = st.one_of(
    st.sampled_from((*_SYNTAX, *_FTS, *_SQL, *_PRIVATE, *_WORDS)),
    st.tuples(st.sampled_from(_FIELDS), st.sampled_from((*_VALUES, *EXAMPLES.values(), *_WORDS))).map("".join),
    st.text(max_size=12),
)
_texts = st.one_of(
    st.builds(
        lambda sign, pieces: sign.join(pieces),
        st.sampled_from(("", " ", "  ", " OR ", " -")),
        st.lists(_pieces, max_size=30),
    ),
    st.builds(lambda piece, length: (piece * 10_000)[:length], _pieces, st.integers(0, 10_000)),
    st.text(max_size=200),
)
_options = st.fixed_dictionaries(
    {
        "sort": st.sampled_from(SORTS),
        "limit": st.sampled_from((0, 1, 5)),
        "offset": st.sampled_from((0, 0, 0, 3, 10**12)),
        "inferred": st.booleans(),
        "facets": st.booleans(),
    },
    optional={
        "license": st.text(max_size=20) | st.sampled_from(_VALUES),
        "library": st.text(max_size=20) | st.sampled_from(_WORDS),
        "author": st.text(max_size=20) | st.sampled_from(_PRIVATE),
        "task": st.sampled_from(("fill-mask", "ner", "", "x", '"')),
        "family": st.sampled_from(("encoder", "", "\x00")),
        "languages": st.lists(st.sampled_from(("ja", "English", "", "日本語", "klingon")), max_size=3),
        "min_parameters": st.sampled_from(("1B", "", "x", 0, -1, 2**63, 2**70, "9" * 40)),
        "max_parameters": st.sampled_from(("7B", " ", 0, 2**63 - 1, "1e9")),
    },
)


def fingerprint(path: Path) -> str:
    """Return a hash of a catalogue and of what stands in its journal."""
    digest = hashlib.sha256(path.read_bytes())
    for suffix in ("-wal", "-journal"):
        beside = path.with_name(path.name + suffix)
        digest.update(beside.read_bytes() if beside.exists() else b"")
    return digest.hexdigest()


def names(result: SearchResult) -> list[str]:
    """Return the ids of the models that were found."""
    return [hit.record.model_id for hit in result.hits]


@pytest.fixture(scope="module")
def guide(seed_catalogue: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalogue]:
    """Return a catalogue of this module's own."""
    path = tmp_path_factory.mktemp("hostile") / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    with Catalogue(path) as opened:
        yield opened


def test_whatever_is_typed_is_answered_or_refused_and_nothing_is_written(guide: Catalogue) -> None:
    before = fingerprint(guide.path)

    @settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(_texts, _options)
    @example("(" * 10_000, {})
    @example('"' * 9_999, {})
    @example("- " * 5_000, {})
    @example("a " * 500, {"sort": "params"})
    @example("日" * 1_000, {})
    @example("z9" * 450, {})
    @example("ステーブル" * 190, {})
    @example("\ue001every -\ue001every OR \ue002", {"facets": True})
    @example(" OR ".join(["params:<1B|2B|none", "-likes:3"] * 8), {})
    @example(" ".join(["(a OR -b)"] * 30), {})
    def ask(words: str, options: dict[str, Any]) -> None:
        try:
            result = guide.search(words, **options)
        except QuestionError:
            return
        assert isinstance(result, SearchResult)
        assert len(result.hits) <= options.get("limit", 20)
        found = names(result)
        assert len(found) == len(set(found)), f"{words!r} {options}: a model comes twice"

    ask()
    assert fingerprint(guide.path) == before


@pytest.mark.parametrize("sort", ["relevance", "likes", "created"])
def test_alternatives_in_alternatives_are_answered(guide: Catalogue, sort: str) -> None:
    # Seven words at each of nine double levels: as much and as deep as a query may ask for.
    words = map("".join, product("abcdefghij", repeat=2))
    text = "be*"
    for _level in range(9):
        some = list(islice(words, 7))
        text = f"{' OR '.join(some[:-1])} OR ({some[-1]} ({text}))"
    assert guide.search(text, sort=sort).hits


def test_what_fts5_cannot_read_for_its_depth_is_no_damage(guide: Catalogue) -> None:
    deep = token("bert")
    for _ in range(60):
        deep = without(any_of((token("bert"), every_of((token("model"), deep)))), token("nothing"))
    with guide._reader() as reader, pytest.raises(QueryError, match="fewer parentheses"), reader.translated():
        reader.streams.few([Plan(deep)], 3)


def test_half_a_surrogate_pair_is_refused_or_answered(guide: Catalogue) -> None:
    """A terminal hands over bytes that are no text as such halves."""
    for words in (
        "\ud800",
        "bert \udcff",
        "tag:\udc80",
        "license:\udc80 author:x\ud800",
        '"a \udc80"',
        "-\udc80",
        "\udc80*",
    ):
        try:
            guide.search(words, limit=1)
        except QuestionError:
            continue


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM model",
        "UPDATE model SET downloads = 0",
        "INSERT INTO model_text (model_text) VALUES ('delete-all')",
        "INSERT INTO model_text (model_text) VALUES ('optimize')",
        "INSERT INTO meta VALUES ('x', 'y')",
        "CREATE TABLE x (y)",
        "DROP TABLE model",
        "PRAGMA user_version = 1",
        "VACUUM",
        "REINDEX",
        "ANALYZE",
    ],
)
def test_the_connection_of_a_search_refuses_writes(guide: Catalogue, statement: str) -> None:
    before = fingerprint(guide.path)
    with CatalogueReader(guide.path) as reader, pytest.raises(sqlite3.OperationalError, match=r"readonly|read-only"):
        reader._connection.execute(statement)
    assert fingerprint(guide.path) == before


# --- far down --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "words", ["", "bert", "lang:ja -gpt", "bert qqqqzzzz", "mistrl", "params:<1B|none OR likes:>3", "日本語"]
)
def test_beyond_the_end_there_is_nothing(guide: Catalogue, words: str, sort: str) -> None:
    for offset in (30_000, 10**12, 2**63, 10**30):
        result = guide.search(words, sort=sort, offset=offset, limit=5)
        assert (result.hits, result.more) == ((), False), f"{words!r} by {sort} from {offset}"


def random_questions(guide: Catalogue, number: int) -> Iterator[str]:
    """Yield searches with words, whole and cut and misspelled, and filters."""
    draw = random.Random("questions")
    models = names(guide.search(limit=3_000))
    filters = (
        "lang:ja",
        "-lang:en",
        "license:mit|apache-2.0",
        "params:<1B",
        "family:encoder-only",
        "likes:>3",
        "-task:none",
    )
    for _ in range(number):
        words: list[str] = []
        for _ in range(draw.choice((1, 1, 2, 2, 3))):
            word = draw.choice([part for part in draw.choice(models).replace("/", "-").split("-") if part] or ["bert"])
            chance = draw.random()
            if chance < 0.15 and len(word) > 4:
                place = draw.randrange(1, len(word) - 1)
                word = word[:place] + word[place + 1 :]
            elif chance < 0.25:
                word = word[: max(len(word) // 2, 1)] + "*"
            elif chance < 0.3:
                word = word[1:]
            words.append(f"-{word}" if draw.random() < 0.08 else word)
        if draw.random() < 0.3:
            words.insert(
                0,
                draw.choice(("japanese", "日本語", "translation", "sentiment analysis", "fill in the blank", "german")),
            )
        words += draw.sample(filters, draw.choice((0, 0, 1, 2)))
        if draw.random() < 0.2:
            words.append(f"{draw.choice(models).rpartition('/')[2]} OR bert")
        yield " ".join(words)


def test_pages_follow_each_other_whatever_was_asked(guide: Catalogue) -> None:
    draw = random.Random("sorts")
    asked = 0
    for words in random_questions(guide, 80):
        sort = draw.choice(("relevance", "relevance", "relevance", *SORTS))
        try:
            whole = names(guide.search(words, sort=sort, limit=70))
        except QuestionError:
            continue
        asked += 1
        pages = [guide.search(words, sort=sort, limit=7, offset=offset) for offset in range(0, 70, 7)]
        paged = [name for page in pages for name in names(page)]
        assert paged == whole, f"{words!r} by {sort}: {_first_difference(paged, whole)}"
        assert len(set(whole)) == len(whole), f"{words!r} by {sort}: a model comes twice"
        ends = [page.more for page in pages]
        more = len(whole) == 70 and bool(names(guide.search(words, sort=sort, limit=1, offset=70)))
        assert ends == [len(whole) > offset + 7 or more for offset in range(0, 70, 7)], f"{words!r} by {sort}: {ends}"
    assert asked > 70


def _first_difference(found: list[str], wanted: list[str]) -> str:
    for place, (one, other) in enumerate(zip(found, wanted, strict=False)):
        if one != other:
            return f"number {place} is {one}, not {other}"
    return f"{len(found)} models, not {len(wanted)}"


# --- around it -------------------------------------------------------------------------------------------

QUESTIONS = (
    "", "bert", "japanese sentiment", "日本語 翻訳", "flan t5 xl", "lang:ja -gpt", "mistrl", "task:fill-mask license:mit",
    "params:<1B|none OR likes:>100", '"masked language"', "tag:bert -has:card", "created:2024 lang:en",
)  # fmt: skip


def answers(guide: Catalogue, limit: int = 30) -> list[list[str]]:
    """Return the answers to some questions, in two orders."""
    return [
        names(guide.search(words, sort=sort, limit=limit)) for words in QUESTIONS for sort in ("relevance", "created")
    ]


@pytest.fixture(scope="module")
def small_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalogue of some models of the snapshot. Do not write to it; copy it."""
    path = tmp_path_factory.mktemp("small") / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer:
        writer.index.deferred = True
        with writer.transaction():
            take_page(writer, islice(read_seed(data_path("seed.jsonl.gz")), 4_000))
        settle(writer)
    return path


@pytest.fixture
def small(small_catalogue: Path, tmp_path: Path) -> Path:
    """Return this test's own copy of the small catalogue."""
    return shutil.copyfile(small_catalogue, tmp_path / "small.sqlite")


def test_a_catalogue_of_a_newer_zukan_is_not_touched(small: Path) -> None:
    with closing(sqlite3.connect(small)) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        connection.execute("DROP VIEW models")
        connection.execute("ALTER TABLE model RENAME TO something_else")
    before = fingerprint(small)
    guide = Catalogue(small)
    for ask in (lambda: guide.search("bert"), lambda: guide.count("bert"), guide.info, guide.optimize):
        with pytest.raises(CatalogueTooNew):
            ask()
    assert fingerprint(small) == before


def disorder(path: Path) -> None:
    """Give all models other figures, so that every place changes."""
    with CatalogueWriter(path) as writer, writer.transaction():
        writer.connection.execute("UPDATE model SET downloads = (id * 7919) % 10007, likes = id % 13")
        writer.index.rebuild()


def scatter(path: Path) -> None:
    """Give the models of each step of popularity places in no order, as years of crawls do."""
    with CatalogueWriter(path) as writer, writer.transaction():
        execute = writer.connection.execute
        execute("UPDATE model SET place = -1 - place")
        execute("UPDATE model SET place = ((-1 - place) >> 26 << 26) + 100000 - id")
        for statement in ("INSERT INTO model_text (model_text)", "INSERT INTO model_name (model_name)"):
            execute(f"{statement} VALUES ('delete-all')")
        reader = DocumentReader(writer.connection)
        documents = reader.documents([row[0] for row in execute("SELECT id FROM model")]).values()
        for statement, text in (
            ("INSERT INTO model_text (rowid, text)", 1),
            ("INSERT INTO model_name (rowid, text)", 2),
        ):
            rows = sorted((one.place, one[text]) for one in documents)
            writer.connection.executemany(f"{statement} VALUES (?, ?)", rows)


def running_optimize(path: Path, **options: Any) -> subprocess.Popen[str]:
    """Put a catalogue in order in another process, as `zukan optimize` does."""
    return subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "optimize", "--format", "json", "--db", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=child_environment(),
        **options,
    )


@pytest.mark.slow
def test_a_catalogue_is_searched_while_another_process_puts_it_in_order(catalogue: Path) -> None:
    disorder(catalogue)
    scatter(catalogue)
    guide = Catalogue(catalogue)
    expected = answers(guide)
    asked = refused = 0
    with running_optimize(catalogue) as process:
        while process.poll() is None:
            try:
                found = answers(guide)
            except StoreError:
                refused += 1
                continue
            asked += 1
            wrong = [
                (QUESTIONS[place // 2], one, other)
                for place, (one, other) in enumerate(zip(found, expected, strict=True))
                if one != other
            ]
            assert not wrong, wrong[0]
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert asked > 2, f"{asked} answered, {refused} refused"
    assert answers(guide) == expected
    with Catalogue(catalogue) as another:
        assert answers(another) == expected


def test_an_answer_is_of_one_moment(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Places mean nothing once another process has given others: what was found must be read as it was found."""

    def ask(guide: Catalogue) -> list[str]:
        return names(guide.search("bert lang:en", limit=10))

    guide = Catalogue(small)
    before = ask(guide)
    read_hits = CatalogueReader.hits
    interrupted: list[bool] = []

    def hits(reader: CatalogueReader, places: Any) -> Any:
        if not interrupted:
            interrupted.append(True)
            disorder(small)
        return read_hits(reader, places)

    monkeypatch.setattr(CatalogueReader, "hits", hits)
    found = ask(guide)
    assert interrupted
    assert found in (before, ask(guide))


@contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody for a while where the tests are run by root, who may write anywhere."""
    if os.geteuid():
        yield
        return
    nobody = 65_534
    os.setresuid(nobody, nobody, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_a_catalogue_in_a_folder_that_cannot_be_written_is_searched(small: Path) -> None:
    expected = answers(Catalogue(small))
    folder = Path(tempfile.mkdtemp())  # the folder of a test is closed to nobody
    path = folder / "catalogue.sqlite"
    try:
        shutil.copyfile(small, path)
        path.chmod(0o444)
        folder.chmod(0o555)
        before = fingerprint(path)
        with unprivileged():
            if os.access(folder, os.W_OK):
                pytest.skip("this user may write anywhere")
            with Catalogue(path) as guide:
                assert answers(guide) == expected
                with pytest.raises(StoreError):
                    guide.optimize()
        assert fingerprint(path) == before
        assert sorted(item.name for item in folder.iterdir()) == ["catalogue.sqlite"]
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


@pytest.mark.slow
@pytest.mark.parametrize("room", [0.0, 0.3, 0.8, 1.05])
def test_a_full_disk_while_a_catalogue_is_put_in_order_costs_nothing(small: Path, tmp_path: Path, room: float) -> None:
    """A limit to the size of files makes SQLite's writes fail as a full disk does."""
    disorder(small)
    expected = answers(Catalogue(small))
    limit = int(small.stat().st_size * room)

    def limited() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    with running_optimize(small, preexec_fn=limited) as process:
        _, errors = process.communicate(timeout=120)
    assert "Traceback" not in errors
    assert process.returncode in ((5,) if room < 1 else (0, 5)), errors
    with closing(sqlite3.connect(small)) as connection:
        assert [row[0] for row in connection.execute("PRAGMA integrity_check")] == ["ok"]
        assert_index_is_true(connection, tmp_path / "anew.sqlite")
    assert answers(Catalogue(small)) == expected
    Catalogue(small).optimize()
    assert answers(Catalogue(small)) == expected
