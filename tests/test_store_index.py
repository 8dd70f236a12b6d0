"""The indexes say at any time what is stored, the order by popularity is exact, raw rows come back as they came."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from stored_index import INDEXES, assert_index_is_true
from zukan.catalogue import Catalogue
from zukan.errors import CatalogueDamaged
from zukan.ingest import Imported, take_page
from zukan.prepare import RowsPreparer
from zukan.retag import retag_open
from zukan.row_facts import COUNTERS
from zukan.schema import Certainty, Family, InferredTask
from zukan.settle import put_in_order, settle
from zukan.store import cards, presence
from zukan.store.columns import BY_FIGURES, BY_TASK_AND_SIZE, FACETED, FIGURES
from zukan.store.derive import save_tag, tagged
from zukan.store.details import DetailReader
from zukan.store.document_makers import DocumentMakers
from zukan.store.documents import DocumentReader
from zukan.store.entry import RowConflict
from zukan.store.index import ModelIndex
from zukan.store.orders import _FEW_OF_ONE
from zukan.store.packing import RowPacker
from zukan.store.places import SHIFT, popularity, step
from zukan.store.prepared import PreparedPage
from zukan.store.read import CatalogueReader
from zukan.store.write import CatalogueWriter

NAMES = (
    "acme/bert-base", "Acme/BERT-base", "acme/qwen2.5-7B", "gpt2", "日本/モデル-large", "x/opus-mt-en-ja", "/home/é_GPTNeo",
)  # fmt: skip
IDS = (*(f"621ffdc0{number:016x}" for number in range(4)), "odd")
TAGS = (
    "bert", "ja", "en", "license:mit", "license:apache-2.0", "日本語", "gguf", "model-index", "region:us", "Été 2.5",
    "base_model:acme/bert-base", "base_model:quantized:gpt2", "two words", "-", "",
)  # fmt: skip
DATES = ("2022-03-02T23:29:04.000Z", "2022-03-02T23:29:04.001Z", "2025-12-31T23:59:59.999Z", "1969-12-31T00:00:00.000Z",
         "2022-02-30T00:00:00.000Z", "2024-05", "")  # fmt: skip
DAYS = ("2026-01-01", "2026-01-02", "2026-02-03")
CONFIGS: tuple[dict[str, Any], ...] = (
    {},
    {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
    {"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]},
    {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]},
    {"model_type": "marian"},
)
CARDS: tuple[dict[str, Any], ...] = (
    {},
    {"license": "mit"},
    {"license": "cc-by-4.0", "language": ["ja", "English"]},
    {"language": "fr", "base_model": "gpt2"},
    {"base_model": ["acme/bert-base", "日本/モデル-large"]},
)
ASKED = ("tags", "downloads", "likes", "pipeline_tag", "cardData", "config", "gated", "trendingScore", "safetensors")

figures = st.one_of(
    st.integers(0, 20),
    st.builds(lambda power, more: 10**power + more, st.integers(0, 13), st.integers(0, 3)),
    st.sampled_from([-1, 2**40, 2**63 - 1, None, "many", 2.5]),
)
rows = st.fixed_dictionaries(
    {"id": st.sampled_from(NAMES)},
    optional={
        "_id": st.sampled_from(IDS),
        "tags": st.lists(st.sampled_from(TAGS) | st.builds("new{}".format, st.integers(0, 99)), max_size=5),
        "pipeline_tag": st.sampled_from(["fill-mask", "text-generation", "translation", "新しい"]),
        "library_name": st.sampled_from(["transformers", "peft", "GGUF"]),
        "downloads": figures,
        "likes": figures,
        "trendingScore": figures,
        "downloadsAllTime": figures,
        "gated": st.sampled_from([False, True, "auto", "manual"]),
        "disabled": st.booleans(),
        "createdAt": st.sampled_from(DATES),
        "lastModified": st.sampled_from(DATES),
        "config": st.sampled_from(CONFIGS),
        "cardData": st.sampled_from(CARDS),
        "safetensors": st.builds(lambda total: {"total": total}, figures),
        "evalResults": st.just([{"task": "x"}]),
        "_removed": st.booleans(),
        "_aliases": st.lists(st.sampled_from((*NAMES, "old/name")), max_size=2),
    },
)


BERT: dict[str, Any] = {"config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]}}
FIRST: tuple[dict[str, Any], ...] = (
    *({"id": f"a/bert-base-{number}", **BERT, "safetensors": {"total": 110 + number}} for number in range(3)),
    {"id": "a/bert-base-mine", **BERT, "_aliases": ["old/name"]},
    {"id": "a/copy", "cardData": {"base_model": "a/bert-base-0"}, "downloads": 12, "_aliases": [NAMES[0]]},
    {"id": NAMES[1], "_id": IDS[0], "tags": ["base_model:adapter:a/copy"], "likes": 3},
)
"""A catalogue to begin with: sizes to be estimated, families that follow from others, a former name that is taken."""


class Stopped(Exception):
    """Stands for whatever goes wrong in the middle."""


class Page(NamedTuple):
    """A page of rows, and where it comes from."""

    source: str
    day: str
    asked: frozenset[str]
    rows: list[dict[str, Any]]

    def happen(self, writer: CatalogueWriter) -> None:
        """Happen to a catalogue, inside a transaction."""
        at = f"{self.day}T10:00:00+00:00"
        if self.source == "hub":
            take_page(writer, self.rows, asked=self.asked, crawled_at=at)
        elif self.source == "card":
            found = [{**row, "downloads": None} for row in self.rows]
            take_page(writer, found, asked=frozenset({"cardData"}), crawled_at=at, partial=True)
        elif self.source == "file":
            take_page(writer, self.rows, imported=Imported("import", self.day))
        else:
            take_page(writer, self.rows)


class Card(NamedTuple):
    """A model card is stored."""

    name: str
    front_matter: str | None
    paragraph: str

    def happen(self, writer: CatalogueWriter) -> None:
        """Happen to a catalogue, inside a transaction."""
        cards.save(writer, self.name, self.front_matter, self.paragraph, None, None, f"{DAYS[0]}T10:00:00+00:00")


class Gone(NamedTuple):
    """The Hub was asked for a model and does not show it."""

    name: str
    disabled: bool

    def happen(self, writer: CatalogueWriter) -> None:
        """Happen to a catalogue, inside a transaction."""
        presence.mark_gone(writer, self.name, disabled=self.disabled)


class Adopted(NamedTuple):
    """A model that was known by its name only turns out to be a certain repository."""

    name: str
    hub_id: str

    def happen(self, writer: CatalogueWriter) -> None:
        """Happen to a catalogue, inside a transaction."""
        presence.adopt(writer, self.name, self.hub_id)


class Tagged(NamedTuple):
    """A model gets another family and inferred task, as other rules would give it."""

    name: str
    family: Family
    task: str

    def happen(self, writer: CatalogueWriter) -> None:
        """Happen to a catalogue, inside a transaction."""
        stored = writer.find(None, self.name)
        for model in tagged(writer.connection, [stored.id] if stored else []):
            tag = model.tag._replace(family=self.family, certainty=Certainty.INFERRED)
            save_tag(writer, model.id, tag, InferredTask(self.task, "config.x", "y"))


Event = Page | Card | Gone | Adopted | Tagged

names = st.sampled_from(NAMES)
pages = st.builds(
    Page,
    st.sampled_from(["hub", "hub", "hub", "card", "file", "snapshot"]),
    st.sampled_from(DAYS),
    st.frozensets(st.sampled_from(ASKED)),
    st.lists(rows, min_size=1, max_size=5),
)
events: st.SearchStrategy[Event] = st.one_of(
    pages,
    pages,
    st.builds(Card, names, st.sampled_from([None, "{}"]), st.sampled_from(["", "It summarizes.", "要約するモデル。"])),
    st.builds(Gone, names, st.booleans()),
    st.builds(Adopted, names, st.sampled_from(IDS)),
    st.builds(Tagged, names, st.sampled_from(list(Family)), st.sampled_from(["fill-mask", "x"])),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[CatalogueWriter]:
    with CatalogueWriter(tmp_path / "catalogue.sqlite", create=True) as opened:
        yield opened


# --- the indexes ------------------------------------------------------------------------------------------


class History(RuleBasedStateMachine):
    """What can happen to a catalogue, in any order; after each step all that must hold is looked at."""

    @initialize()
    def begin(self) -> None:
        """Make a catalogue of some models."""
        self.folder = Path(tempfile.mkdtemp(prefix="zukan-index-"))
        self.path = self.folder / "catalogue.sqlite"
        self.open()
        self.page(Page("snapshot", DAYS[0], frozenset(), list(FIRST)))

    @rule(
        happens=st.lists(st.tuples(events, st.booleans()), min_size=1, max_size=4),
        fails=st.sampled_from(["not", "not", "before its end", "when all is written"]),
    )
    def transaction(self, happens: list[tuple[Event, bool]], fails: str) -> None:
        """Let some things happen, some of them in a part that fails, in a transaction that may fail as a whole."""
        with pytest.MonkeyPatch.context() as patch, suppress(Stopped), self.writer.transaction():
            if fails == "when all is written":
                patch.setattr(self.writer.index, "flush", lambda: self.fail(ModelIndex.flush))
            for event, part_fails in happens:
                if not part_fails:
                    event.happen(self.writer)
                    continue
                with suppress(RowConflict), self.writer.savepoint():
                    event.happen(self.writer)
                    raise sqlite3.IntegrityError
            if fails == "before its end":
                raise Stopped

    def fail(self, last: Callable[[ModelIndex], None]) -> None:
        """Stop after the last step of a transaction."""
        last(self.writer.index)
        raise Stopped

    @rule(page=pages)
    def page(self, page: Page) -> None:
        """Take a page as a crawl does."""
        with self.writer.transaction():
            page.happen(self.writer)

    @rule(numbers=st.lists(st.integers(0, 8), min_size=1, max_size=3), downloads=figures, likes=figures)
    def count(self, numbers: list[int], downloads: Any, likes: Any) -> None:
        """Meet models on the Hub of which only figures are new."""
        self.met(*({**row, "downloads": downloads, "likes": likes} for row in self.stored(numbers)))

    @rule(numbers=st.lists(st.integers(0, 8), min_size=1, max_size=3), new=st.permutations(NAMES))
    def rename(self, numbers: list[int], new: list[str]) -> None:
        """Meet models on the Hub under other names, which some other model may have."""
        self.met(*({**row, "id": name} for row, name in zip(self.stored(numbers), new, strict=False)))

    @rule(number=st.integers(0, 8), other=st.integers(0, 8))
    def adopt(self, number: int, other: int) -> None:
        """Learn that a model that is known by its name only is a repository that is known under another name."""
        nameless = self.writer.connection.execute("SELECT model_id FROM model WHERE hub_id IS NULL").fetchall()
        for row in self.stored([other]):
            if nameless:
                with self.writer.transaction():
                    presence.adopt(self.writer, nameless[number % len(nameless)][0], row["_id"])

    def stored(self, numbers: list[int]) -> list[dict[str, Any]]:
        """Return raw rows of models that the Hub has shown, if there are any, as the Hub would show them again."""
        rows = [
            row for _, _, row in DetailReader(self.writer.connection).rows("m.hub_id IS NOT NULL ORDER BY m.id", ())
        ]
        chosen = [rows[number % len(rows)] for number in dict.fromkeys(numbers) if rows]
        return [{key: value for key, value in row.items() if key == "_id" or key[:1] != "_"} for row in chosen]

    def met(self, *rows: dict[str, Any]) -> None:
        """Take rows as a walk over the Hub brings them."""
        asked = frozenset({"downloads", "likes"})
        with self.writer.transaction():
            take_page(self.writer, rows, asked=asked, crawled_at=f"{DAYS[1]}T10:00:00+00:00")

    @rule()
    def settle(self) -> None:
        """Let models follow their bases, and estimate sizes."""
        settle(self.writer)

    @rule()
    def retag(self) -> None:
        """Tag all models anew."""
        retag_open(self.writer)

    @rule(deferred=st.lists(pages, max_size=2))
    def fill_without_index(self, deferred: list[Page]) -> None:
        """Fill without an index, as the first build does, and make the indexes anew."""
        self.writer.index.deferred = True
        for page in deferred:
            self.page(page)
        put_in_order(self.writer)

    @rule()
    def reopen(self) -> None:
        """Let another process go on."""
        self.writer.close()
        self.open()

    def open(self) -> None:
        """Open the catalogue."""
        self.writer = CatalogueWriter(self.path, create=True)
        # No power fails here, and waiting for the disk takes most of the time.
        self.writer.connection.execute("PRAGMA synchronous = OFF")

    @invariant()
    def the_indexes_are_true(self) -> None:
        """Indexes made from scratch say the same."""
        assert_index_is_true(self.writer.connection, self.folder / "copy.sqlite")

    @invariant()
    def places_follow_popularity(self) -> None:
        """Every model has a place in the step of its popularity."""
        for name, place, downloads, likes in self.writer.connection.execute(
            "SELECT model_id, place, downloads, likes FROM model"
        ):
            assert place is not None, name
            assert place >> SHIFT == step(popularity(downloads, likes)), name

    @invariant()
    def the_order_by_popularity_is_exact(self) -> None:
        """The models that a search without words returns come in the order of the view."""
        found = [hit.record.model_id for hit in Catalogue(self.path).search("", limit=10_000).hits]
        wanted = self.writer.connection.execute("SELECT model_id FROM models ORDER BY popularity DESC, place")
        assert found == [name for (name,) in wanted]

    def teardown(self) -> None:
        """Look whether the file is whole, and delete it."""
        if hasattr(self, "writer"):
            for table in INDEXES:
                self.writer.connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")  # noqa: S608
            assert self.writer.connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            self.writer.close()
            shutil.rmtree(self.folder)


TestHistory = History.TestCase
TestHistory.settings = settings(max_examples=40, stateful_step_count=12, deadline=None)


def test_the_figures_of_a_new_model_may_move_within_one_transaction(writer: CatalogueWriter) -> None:
    """A place is given when a model is stored, and must follow what the same transaction says of it later."""
    with writer.transaction():
        take_page(writer, [{"_id": IDS[0], "id": "a/b"}], crawled_at=f"{DAYS[0]}T10:00:00+00:00")
        take_page(writer, [{"_id": IDS[0], "id": "a/b", "likes": 9}], crawled_at=f"{DAYS[0]}T11:00:00+00:00")
    ((place,),) = writer.connection.execute("SELECT place FROM model").fetchall()
    assert place >> SHIFT == step(popularity(None, 9))


def test_numbers_of_texts_that_a_failed_transaction_gave_are_not_used_again(writer: CatalogueWriter) -> None:
    """A part that fails made the numbers given before it look as if they had been there before the transaction."""
    with suppress(Stopped), writer.transaction():
        take_page(writer, [{"id": "a/b", "pipeline_tag": "fill-mask"}])
        with suppress(RowConflict), writer.savepoint():
            raise sqlite3.IntegrityError
        take_page(writer, [{"id": "c/d", "pipeline_tag": "fill-mask"}])
        raise Stopped
    with writer.transaction():
        take_page(writer, [{"id": "x/y", "tags": ["one", "two", "three"], "license": "mit"}])
        take_page(writer, [{"id": "c/d", "pipeline_tag": "fill-mask"}])
    found = writer.connection.execute("SELECT model_id, pipeline_tag, languages, config FROM models ORDER BY model_id")
    assert found.fetchall() == [("c/d", "fill-mask", "[]", "{}"), ("x/y", None, "[]", "{}")]


def test_texts_of_a_transaction_that_failed_at_its_end_are_forgotten(
    writer: CatalogueWriter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk() -> None:
        ModelIndex.flush(writer.index)
        raise Stopped

    with monkeypatch.context() as patch, suppress(Stopped), writer.transaction():
        take_page(writer, [{"id": "a/b", "tags": ["one", "two"]}])
        patch.setattr(writer.index, "flush", full_disk)
    with writer.transaction():
        take_page(writer, [{"id": "c/d", "tags": ["three", "four"]}])
    assert_index_is_true(writer.connection, tmp_path / "copy.sqlite")


def test_places_that_a_failed_part_gave_do_not_clash(writer: CatalogueWriter) -> None:
    """Models known by name only make room when a repository takes their name; a part that fails brings them back."""
    with writer.transaction():
        take_page(writer, [{"id": f"a/m{number}"} for number in range(3)])
    with writer.transaction():
        with suppress(RowConflict), writer.savepoint():
            for number in range(3):
                stored = writer.find(None, f"a/m{number}")
                assert stored is not None
                writer.set_aside(stored.id)
            take_page(writer, [{"id": "b/new"}])
            raise sqlite3.IntegrityError
        counts = take_page(writer, [{"id": "b/new"}])
        assert (counts.added, counts.refused) == (1, [])
    assert writer.connection.execute("SELECT count(*), count(DISTINCT place) FROM model").fetchone() == (4, 4)


def test_a_former_name_that_goes_to_another_model_finds_the_first_one_no_more(
    writer: CatalogueWriter, tmp_path: Path
) -> None:
    def page(*rows: dict[str, Any]) -> None:
        with writer.transaction():
            Page("hub", DAYS[0], frozenset(), list(rows)).happen(writer)

    page({"_id": IDS[0], "id": "o/former"}, {"_id": IDS[1], "id": "o/other"})
    page({"_id": IDS[0], "id": "o/now"})
    page({"_id": IDS[0], "id": "o/now", "likes": 1}, {"id": "o/former"})
    with writer.transaction():
        presence.adopt(writer, "o/former", IDS[1])
    assert writer.connection.execute("SELECT name, model_id FROM alias JOIN model m ON m.id = model").fetchall() == [
        ("o/former", "o/other")
    ]
    assert_index_is_true(writer.connection, tmp_path / "copy.sqlite")


# --- raw rows ---------------------------------------------------------------------------------------------

EPOCH, END = datetime(1970, 1, 1), datetime(9999, 12, 31)  # noqa: DTZ001 (hypothesis wants them so)
FIELDS = (
    "author", "sha", "pipeline_tag", "library_name", "tags", "gated", "disabled", "private", "createdAt", "lastModified",
    "config", "mask_token", "usedStorage", "cardData", "safetensors", "gguf", "baseModels", "siblings", "modelId", "_id",
    "_as_of", "_aliases", "_removed", "_eval", "_context_length", "-", "",
)  # fmt: skip
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**63) + 1, 2**63 - 1),
        st.floats(allow_nan=False, allow_infinity=False),
        letters,
        st.sampled_from([*DATES, *DAYS, *IDS, "a", "0" * 40, "A" * 40, "auto", "hub"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(letters, inner, max_size=3)),
    max_leaves=6,
)
whole = st.integers(-(2**53), 2**53)
any_rows = st.builds(
    lambda fields, more, figures: {**more, **fields, **figures, "id": "a/b"},
    st.dictionaries(st.sampled_from(FIELDS), values),
    st.dictionaries(letters.filter(lambda key: key not in {"_sources", "_clamped"}), values, max_size=2),
    st.dictionaries(st.sampled_from(sorted(COUNTERS)), whole),
)


def exactly(row: dict[str, Any]) -> str:
    """Return a row so that 1, 1.0 and True differ and the order of keys does not."""
    return json.dumps(row, sort_keys=True)


def stated(row: dict[str, Any]) -> str:
    return exactly({key: value for key, value in row.items() if value is not None})


def stored_row(writer: CatalogueWriter) -> dict[str, Any]:
    ((_, _, row),) = DetailReader(writer.connection).rows("m.model_id = ?", ("a/b",))
    return row


@settings(max_examples=300, deadline=None)
@example(row={"id": "a/b", "-": ["id"], "author": "\0x"}, source="hub", later={"id": "a/b", "-": None, "author": "a"})
@given(row=any_rows, source=st.sampled_from(["hub", "file", "snapshot"]), later=st.none() | any_rows)
def test_raw_rows_come_back_as_they_came(
    folder: Path, row: dict[str, Any], source: str, later: dict[str, Any] | None
) -> None:
    """Whatever columns tell of it, and whatever a later page changes; only odd figures are kept as numbers alone."""
    noted: dict[str, dict[str, Any]] = {
        "hub": {"_sources": ["hub"], "_as_of": DAYS[0]}, "file": {"_sources": ["import"]}, "snapshot": {},
    }  # fmt: skip
    wanted = {**row, **noted[source]}
    if source == "file":
        wanted.setdefault("_as_of", DAYS[0])
    with CatalogueWriter(folder / "rows.sqlite", create=True) as writer:
        writer.connection.execute("PRAGMA synchronous = OFF")
        # Nothing is kept, so that each row comes into an empty catalogue.
        with suppress(Stopped), writer.transaction():
            Page(source, DAYS[0], frozenset(), [row]).happen(writer)
            assume(writer.find(None, "a/b") is not None)
            assert exactly(stored_row(writer)) == exactly(wanted)
            if later is not None:
                later = {key: value for key, value in later.items() if key != "_id"}
                counts = take_page(writer, [later], crawled_at=f"{DAYS[1]}T10:00:00+00:00")
                assume(not counts.refused)
                sources = list(dict.fromkeys([*wanted.get("_sources", []), "hub"]))
                wanted = {**wanted, **later, "_sources": sources, "_as_of": DAYS[1]}
                wanted.pop("_removed", None)
                # That a field is null is no news of one that is not there.
                assert stated(stored_row(writer)) == stated(wanted)
            raise Stopped


@settings(max_examples=100, deadline=None)
@given(moment=st.datetimes(EPOCH, END), odd=letters)
def test_dates_come_back_to_the_letter(folder: Path, moment: datetime, odd: str) -> None:
    created = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    crawled_at = moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    with CatalogueWriter(folder / "dates.sqlite", create=True) as writer:
        writer.connection.execute("PRAGMA synchronous = OFF")
        with suppress(Stopped), writer.transaction():
            take_page(writer, [{"id": "a/b", "createdAt": created, "lastModified": odd}], crawled_at=crawled_at)
            found = writer.connection.execute("SELECT createdAt, lastModified, as_of, crawled_at FROM models")
            assert found.fetchall() == [(created, odd if odd.strip() else None, crawled_at[:10], crawled_at)]
            raise Stopped


@pytest.mark.parametrize("packed", [b"", b"\x00{", b"\x01\xff\xff", b"\x07abc", b"\x00[1]"])
def test_a_damaged_raw_row_is_said(tmp_path: Path, packed: bytes) -> None:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, [{"id": "a/b", "cardData": {"license": "mit"}}])
    with CatalogueWriter(path) as writer, writer.transaction():
        writer.connection.execute("UPDATE detail SET row = ?", (packed,))
    with Catalogue(path) as catalogue, pytest.raises(CatalogueDamaged, match="a/b"):
        catalogue.show("a/b")


def test_processes_that_make_documents_make_the_same(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            take_page(writer, [{"id": name, "tags": list(TAGS), "createdAt": DATES[1]} for name in NAMES[2:]])
        reader = DocumentReader(writer.connection)
        wanted = [([5], reader.texts([1])), ([7, 9], reader.texts([3, 2])), ([11], reader.texts([1]))]
        batches = [([5], [1]), ([7, 9], [3, 2]), ([11], [1])]
        for file in (path, tmp_path / "no such file"):
            with DocumentMakers(file, reader) as makers:
                assert list(makers.make(batches)) == wanted


@settings(max_examples=50, deadline=None)
@given(st.lists(rows | st.just({"id": 5}), max_size=6))
def test_a_page_that_was_worked_out_comes_back(page: list[dict[str, Any]]) -> None:
    raws = [json.dumps(row).encode() for row in page]
    preparer = RowsPreparer(Imported("import", "2026-01-01"), RowPacker(1, b"shared"), None)
    models = preparer.prepare(raws)
    assert [model is None for model in models] == [row["id"] == 5 for row in page]
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(PreparedPage.of(models)), type=PreparedPage)
    assert sent.models() == models


def test_facets_are_read_from_their_index_and_from_the_table_where_there_is_none(
    seed_catalogue: Path, tmp_path: Path
) -> None:
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    columns = f"SELECT {', '.join(FACETED)} FROM model INDEXED BY {BY_FIGURES} WHERE place IN (1, 2)"  # noqa: S608 (our own names)
    with sqlite3.connect(path) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {columns}"))
        assert "COVERING INDEX" in plan
    question = ("japanese bert", "sentiment license:mit", "-gguf likes:>10")
    with_it = [Catalogue(path).search(words, facets=True) for words in question]
    with sqlite3.connect(path) as connection:
        connection.execute(f"DROP INDEX {BY_FIGURES}")
    without = [Catalogue(path).search(words, facets=True) for words in question]
    assert [one.facets for one in with_it] == [one.facets for one in without]
    assert all(number for one in with_it for facet in one.facets for _value, number in facet.values)
    with CatalogueWriter(path) as writer:
        put_in_order(writer)
    with sqlite3.connect(path) as connection:
        assert connection.execute(f"EXPLAIN QUERY PLAN {columns}").fetchall()


@pytest.mark.parametrize("lacking", [(BY_FIGURES,), (BY_TASK_AND_SIZE,), (BY_FIGURES, BY_TASK_AND_SIZE)])
@pytest.mark.parametrize("of_before", [False, True])
def test_a_catalogue_without_the_indexes_of_figures_gives_the_same_answers(
    seed_catalogue: Path, tmp_path: Path, lacking: tuple[str, ...], of_before: bool
) -> None:
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    asked = [
        (words, sort)
        for words in ("bert", "task:text-classification", "-gguf likes:>10", "lang:ja", "")
        for sort in ("relevance", "params", "created", "modified", "trending", "likes", "downloads")
    ]

    def answers(catalogue: Catalogue) -> list[list[str]]:
        return [[hit.record.model_id for hit in catalogue.search(words, sort=sort).hits] for words, sort in asked]

    with Catalogue(path) as catalogue:
        found = answers(catalogue)
        with sqlite3.connect(path) as connection:
            for name in lacking:
                connection.execute(f"DROP INDEX {name}")
            if of_before:
                older = ", ".join(FIGURES["model_by_faceted"])
                connection.execute(f"CREATE INDEX model_by_faceted ON model (place, {older}) WHERE place IS NOT NULL")
        # It is open all the while: what it knew of the indexes is of before.
        assert answers(catalogue) == found
    with CatalogueWriter(path) as writer:
        put_in_order(writer)
    with sqlite3.connect(path) as connection:
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
        assert {BY_FIGURES, BY_TASK_AND_SIZE} <= names
        assert "model_by_faceted" not in names


@pytest.fixture(scope="module")
def sized_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task that is written in two ways, sizes that many share, none, and models of another task and of none."""
    path = tmp_path_factory.mktemp("sized") / "catalogue.sqlite"
    rows = [
        {
            "id": f"a/{n}",
            "downloads": n % 7,
            **({"pipeline_tag": ("fill-mask", "Fill-Mask", "image-to-text")[n % 3]} if n % 5 else {}),
            **({"safetensors": {"parameters": {"F32": n % 11}, "total": n % 11}} if n % 4 else {}),
        }
        for n in range(400)
    ]
    with CatalogueWriter(path, create=True) as writer:
        take_page(writer, rows, imported=Imported("import", "2026-01-01"))
        settle(writer)
    return path


@pytest.mark.parametrize(
    "question",
    [
        "task:fill-mask", "task:image-to-text", "task:none", "task:fill-mask|image-to-text", "task:translation",
        "-task:fill-mask", "task:fill-mask -task:image-to-text", "task:fill-mask params:>3", "task:none|fill-mask",
        "task:image-to-text OR task:fill-mask", "", "(task:fill-mask params:>3) OR task:image-to-text",
        "(task:fill-mask task:image-to-text) OR task:image-to-text", "-(-task:fill-mask OR -params:<5) OR task:none",
    ],
)  # fmt: skip
def test_models_of_a_task_in_order_of_their_size_are_those_of_plain_sql(sized_catalogue: Path, question: str) -> None:
    with Catalogue(sized_catalogue) as catalogue:
        found = [hit.record.model_id for hit in catalogue.search(question, sort="params", limit=400).hits]
        chosen = {hit.record.model_id for hit in catalogue.search(question, sort="downloads", limit=400).hits}
    with sqlite3.connect(sized_catalogue) as connection:
        ordered = connection.execute(
            "SELECT model_id FROM models ORDER BY num_parameters IS NULL, num_parameters, place"
        )
        assert found == [name for (name,) in ordered if name in chosen]
    assert bool(found) == (question != "task:translation")


def test_a_day_that_nobody_has_counted_yet_is_in_the_order_of_dates(seed_catalogue: Path, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    with CatalogueWriter(path) as writer, writer.transaction():
        take_page(writer, [{"id": "a/of-a-day", "createdAt": "2022-03-10"}], imported=Imported("import", "2026-01-01"))
    with Catalogue(path) as catalogue:
        number = catalogue.count("created:2022-03").number
        assert number > 2 * _FEW_OF_ONE
        for question in ("created:2022-03", "created:2022-03 -lang:en"):
            found = [hit.record.model_id for hit in catalogue.search(question, sort="created", limit=6_000).hits]
            assert "a/of-a-day" in found
            assert len(found) == len(set(found)) == len(catalogue.search(question, limit=6_000).hits)


def test_models_that_nothing_but_their_name_tells_share_a_tag_and_each_shows_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    named = ["odd/na@me", *(f"some/thing-{number}" for number in range(4))]
    rows = [{"_id": f"{number:024x}", "id": name, "tags": [], "downloads": 1} for number, name in enumerate(named)]
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            take_page(writer, rows, crawled_at="2026-01-01T00:00:00+00:00")
        settle(writer)
    guide = Catalogue(path)
    assert [guide.find(name).tag.evidence for name in named] == [{"id": name} for name in named]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(DISTINCT verdict) FROM model").fetchone() == (1,)
        shown = dict(connection.execute("SELECT model_id, evidence FROM models"))
    assert shown == {name: f'{{"id":"{name}"}}' for name in named}
    with CatalogueWriter(path) as writer, writer.transaction():
        # A renamed model shows the name that it has now; one whose name another has taken the one that it had.
        take_page(
            writer,
            [{"_id": f"{1:024x}", "id": "some/other", "tags": []}, {"_id": f"{9:024x}", "id": named[0], "tags": []}],
            crawled_at="2026-01-02T00:00:00+00:00",
        )
    with sqlite3.connect(path) as connection:
        shown = dict(connection.execute("SELECT model_id, evidence FROM models"))
    assert shown["some/other"] == '{"id":"some/other"}'
    displaced = f"{named[0]}@{0:024x}"
    assert shown[displaced] == shown[named[0]] == f'{{"id":"{named[0]}"}}'
    assert guide.find(displaced).tag.evidence == {"id": named[0]}


def test_a_catalogue_of_before_shows_the_names_in_evidence(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, [{"_id": f"{1:024x}", "id": "a/b", "tags": []}], crawled_at="2026-01-01T00:00:00+00:00")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP VIEW models")
        connection.execute("CREATE VIEW models AS SELECT m.model_id, v.evidence FROM model m JOIN verdict v ON 1")
        connection.execute("DELETE FROM _sqlite_migrations WHERE name = 'm005_names_in_evidence'")
    with CatalogueWriter(path):
        pass
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT evidence FROM models").fetchall() == [('{"id":"a/b"}',)]


def test_models_without_a_place_are_in_no_index_of_places(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer:
        with writer.transaction():
            writer.index.defer()
            take_page(writer, [{"id": f"a/{n}"} for n in range(50)], imported=Imported("import", "2026-01-01"))
        with CatalogueReader(path) as reader:
            assert reader.newest() == "2026-01-01"
        assert cards.wanting(writer, ["a/1"], None) == [("a/1", None)]
        count = f"SELECT count(*) FROM model INDEXED BY {BY_FIGURES} WHERE place IS NOT NULL"  # noqa: S608
        assert writer.connection.execute(count).fetchone() == (0,)
        settle(writer)
        assert writer.connection.execute(count).fetchone() == (50,)
        plan = writer.connection.execute("EXPLAIN QUERY PLAN SELECT id FROM model WHERE place IN (1, 2)").fetchall()
        assert "INDEX model_by_place" in str(plan)
