"""Files of Hub rows in every shape that people keep them in; what is broken is counted or said, never lost."""

from __future__ import annotations

import gzip
import json
import os
import sys
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zukan.errors import MissingExtra, UnreadableFile
from zukan.raw_rows import UnreadableRow, read_row
from zukan.reading import file_bytes, page_cutter, row_files
from zukan.reading.page_cutter import TOO_LONG
from zukan.reading.row_files import read_rows, size_hint
from zukan.records import record_from_row

ROWS: list[dict[str, Any]] = [
    {"_id": "6" * 24, "id": "google-bert/bert-base-uncased", "tags": ["a", "]}{["], "downloads": 7},
    {"id": "org/日本語", "cardData": {"license": "mit", "note": 'a "quoted" \\ brace }'}},
    {"modelId": "old/name", "siblings": [{"rfilename": "config.json"}]},
    {"id": "last/one", "config": {"model_type": "t5"}},
]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS)


def write(folder: Path, content: str | bytes, name: str = "rows") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [read_row(raw) for raw in read_rows(path)]


def take(path: Path) -> tuple[list[Any], str]:
    """Return (each row, or the word "refused", and how the file ended)."""
    found: list[Any] = []
    try:
        for raw in read_rows(path):
            try:
                found.append(read_row(raw))
            except UnreadableRow:
                found.append("refused")
    except UnreadableFile as error:
        return found, error.detail
    return found, ""


# --- JSON ------------------------------------------------------------------------------------------------

WRAPPED = {
    "features": [{"name": "id"}],
    "rows": [{"row_idx": n, "row": row} for n, row in enumerate(ROWS)],
    "partial": False,
}
SHAPES = {
    "lines": LINES,
    "lines with a mark, CRLF and blank lines": "\ufeff\r\n" + LINES.replace("\n", "\r\n\r\n"),
    "lines without an end": LINES.rstrip(),
    "two files with marks joined": "\ufeff" + LINES[: LINES.index("\n") + 1] + "\ufeff" + LINES[LINES.index("\n") + 1 :],
    "a page": json.dumps(ROWS),
    "a page over many lines": json.dumps(ROWS, indent=2),
    "a page with a row a line": "[\n" + ",\n".join(json.dumps(row) for row in ROWS) + "\n]\n",
    "a page with commas first": "[" + "\n,".join(json.dumps(row) for row in ROWS) + "]",
    "pages, one a line": json.dumps(ROWS[:2]) + "\n[]\n" + json.dumps(ROWS[2:]) + "\n",
    "pages after each other": json.dumps(ROWS[:1]) + json.dumps(ROWS[1:2]) + " " + json.dumps(ROWS[2:], indent=1),
    "a list of pages": json.dumps([ROWS[:2], [], ROWS[2:]]),
    "objects over many lines": "\n".join(json.dumps(row, indent=2) for row in ROWS),
    "objects on one line": "".join(json.dumps(row) for row in ROWS),
    "models": json.dumps({"models": ROWS, "numTotalItems": 4}),
    "models over many lines": json.dumps({"numItemsPerPage": 30, "pageIndex": 0, "models": ROWS}, indent=2),
    "items, one page a line": "".join(json.dumps({"items": [row], "total": 4}) + "\n" for row in ROWS),
    "the datasets server": json.dumps(WRAPPED),
    "the datasets server over many lines": json.dumps(WRAPPED, indent=4),
    "wrapped lines": "".join(json.dumps(item) + "\n" for item in WRAPPED["rows"]),  # type: ignore[attr-defined]
}  # fmt: skip


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
@pytest.mark.parametrize("packed", [False, True])
def test_every_shape_gives_the_same_rows(tmp_path: Path, text: str, *, packed: bool) -> None:
    data = text.encode()
    assert read(write(tmp_path, gzip.compress(data, mtime=0) if packed else data)) == ROWS


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_wherever_a_file_is_cut_into_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, size: int
) -> None:
    for module, name in ((file_bytes, "CHUNK_BYTES"), (row_files, "CHUNK_BYTES"), (page_cutter, "_MOST_BETWEEN")):
        monkeypatch.setattr(module, name, size)
    assert read(write(tmp_path, text)) == ROWS
    assert read(write(tmp_path, gzip.compress(text.encode(), mtime=0))) == ROWS


def test_gzip_is_told_by_its_first_bytes_and_may_have_parts(tmp_path: Path) -> None:
    data = b"".join(gzip.compress(line.encode(), mtime=0) for line in LINES.splitlines(keepends=True))
    assert read(write(tmp_path, data, "rows.json")) == ROWS
    assert read(write(tmp_path, LINES, "rows.jsonl.gz")) == ROWS
    assert read(write(tmp_path, data + b"\0" * 600_000, "padded.gz")) == ROWS


def test_a_row_with_a_list_of_models_is_a_row(tmp_path: Path) -> None:
    row = {"id": "org/space", "models": [{"id": "a/b"}], "items": [{"id": "c/d"}]}
    for text in (json.dumps(row), json.dumps([row], indent=2), json.dumps(row, indent=2)):
        assert read(write(tmp_path, text)) == [row]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (LINES + "oops\n[1, 2\n" + LINES, [*ROWS, "refused", "refused", *ROWS]),
        ('{"id": "cut\n' + LINES, ["refused", *ROWS]),
        ("oops\n" + LINES, ["refused", *ROWS]),
        (LINES + '{"id": "x", }\n"text"\n', [*ROWS, "refused", "refused"]),
        ('[{"id": "cut\n' + json.dumps(ROWS) + "\n", ["refused", *ROWS]),
        (json.dumps([ROWS[0], 7, None, "name", ROWS[1]]), [ROWS[0], "refused", "refused", "refused", ROWS[1]]),
        (json.dumps([ROWS[0], 7, ROWS[1], None], indent=1), [ROWS[0], "refused", ROWS[1], "refused"]),
        (json.dumps(ROWS, indent=1) + "]", [*ROWS, "refused"]),
        (json.dumps(ROWS, indent=1) + "oops", [*ROWS, "refused"]),
        (json.dumps({"models": {"a": 1}}) + "\n" + LINES, [{"models": {"a": 1}}, *ROWS]),
        (json.dumps({"error": "too many requests"}) + "\n", [{"error": "too many requests"}]),
    ],
)  # fmt: skip
def test_a_bad_row_is_given_on_to_be_counted(tmp_path: Path, text: str, wanted: list[Any]) -> None:
    assert take(write(tmp_path, text)) == (wanted, "")


def test_numbers_that_json_has_not_and_half_characters_are_read(tmp_path: Path) -> None:
    rows = '{"id": "a/b", "x": NaN}\n{"id": "c/d", "y": "\\ud800"}\n'
    for text in (rows, "[" + rows.strip().replace("\n", ",") + "]\n"):
        assert [row["id"] for row in read(write(tmp_path, text))] == ["a/b", "c/d"]


CUT = ["lines", "a page", "a page over many lines", "models", "the datasets server", "a list of pages"]


@pytest.mark.parametrize("shape", CUT)
def test_a_file_that_ends_too_early_gives_all_before_it_and_says_so(tmp_path: Path, shape: str) -> None:
    whole = SHAPES[shape].encode()
    counts = set()
    for cut in range(12, len(whole)):
        found, end = take(write(tmp_path, whole[:cut]))
        assert found == ROWS[: len(found)], "only whole rows"
        assert "ends in the middle" in end or (shape == "lines" and whole[cut - 1 : cut + 1] in (b"}\n", b"\n{"))
        counts.add(len(found))
    assert counts == {0, 1, 2, 3, 4}


@pytest.mark.parametrize("shape", CUT)
def test_gzip_that_ends_too_early_gives_all_before_it_and_says_so(tmp_path: Path, shape: str) -> None:
    data = gzip.compress(SHAPES[shape].encode(), mtime=0)
    for cut in range(20, len(data)):
        found, end = take(write(tmp_path, data[:cut]))
        assert found == ROWS[: len(found)], "only whole rows"
        assert end == f"the gzip data ends too early, after {cut} bytes"


def test_where_a_file_ends_too_early_is_said(tmp_path: Path) -> None:
    assert take(write(tmp_path, LINES[:-5])) == (
        ROWS[:3],
        f"it ends in the middle of a row, after {len(LINES) - 5:,} bytes",
    )
    page = json.dumps(ROWS)[:-5]
    assert take(write(tmp_path, page)) == (ROWS[:3], f"it ends in the middle of a JSON text, after {len(page):,} bytes")
    data = gzip.compress(LINES.encode(), mtime=0)[:-3]
    assert take(write(tmp_path, data)) == (ROWS, f"the gzip data ends too early, after {len(data):,} bytes")


def test_damage_in_the_middle_of_gzip_costs_only_what_comes_after_it(tmp_path: Path) -> None:
    lines = b"".join(json.dumps({"id": f"org/{os.urandom(8).hex()}"}).encode() + b"\n" for _ in range(50_000))
    data = bytearray(gzip.compress(lines, mtime=0))
    middle = len(data) // 2
    data[middle : middle + 50] = b"\xff" * 50
    found, end = take(write(tmp_path, bytes(data)))
    assert len(found) > 24_000
    assert "refused" not in found[:24_000]
    assert "damaged gzip data at or before byte" in end
    wrong_sum = gzip.compress(lines, mtime=0)[:-8] + b"12345678"
    found, end = take(write(tmp_path, wrong_sum))
    assert len(found) == 50_000
    assert "damaged gzip data" in end


def test_what_follows_gzip_is_not_passed_over(tmp_path: Path) -> None:
    found, end = take(write(tmp_path, gzip.compress(LINES.encode(), mtime=0) + b"more"))
    assert found == ROWS
    assert "damaged gzip data" in end


@pytest.mark.parametrize("shape", ["lines", "page"])
def test_a_row_beyond_32_mb_is_refused_and_the_rest_is_read(tmp_path: Path, shape: str) -> None:
    path = tmp_path / "rows.gz"
    start, join, end = (b"", b"\n", b"\n") if shape == "lines" else (b"[\n", b",", b"]")
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(start + json.dumps(ROWS[0]).encode() + join + b'{"id": "a/huge", "tags": [')
        for _ in range(34):
            file.write(b'"' + b"x" * (1 << 20) + b'", ')
        file.write(b'"x"]}' + join + json.dumps(ROWS[1]).encode() + end)
    assert list(read_rows(path)) == [json.dumps(ROWS[0]).encode(), TOO_LONG, json.dumps(ROWS[1]).encode()]
    assert take(path) == ([ROWS[0], "refused", ROWS[1]], "")


def test_text_without_rows_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "rows.gz"
    with gzip.open(path, "wb", compresslevel=1) as file:
        file.write(b'[{"id": "a/b"}, "')
        for _ in range(70):
            file.write(b"x" * (1 << 20))
    found, end = take(path)
    assert found == [{"id": "a/b"}]
    assert "does not end in the 32 MB before byte" in end


@pytest.mark.parametrize("shape", ["lines", "page"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, shape: str) -> None:
    start, join, end = ("", "\n", "\n") if shape == "lines" else ("[", ",\n", "]")
    path = tmp_path / "rows.gz"
    text = join.join(json.dumps({"id": f"org/model-{n}", "tags": ["x" * 50] * 4}) for n in range(40_000))
    path.write_bytes(gzip.compress((start + text + end).encode(), 1))
    del text
    tracemalloc.start()
    count = sum(1 for _ in read_rows(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 4 << 20, "of 10 MB"


def test_progress_is_counted_in_bytes_of_the_file(tmp_path: Path) -> None:
    for data in (LINES.encode() * 5_000, gzip.compress(LINES.encode() * 5_000, 0, mtime=0)):
        path = write(tmp_path, data)
        seen: list[int] = []
        assert sum(1 for _ in read_rows(path, seen.append)) == 20_000
        assert seen == sorted(seen)
        assert len(seen) > 3
        assert seen[-1] == size_hint(path) == len(data)
    assert size_hint(tmp_path / "nowhere") is None


def test_an_error_of_the_progress_bar_is_not_the_files(tmp_path: Path) -> None:
    def broken(_done: int) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        list(read_rows(write(tmp_path, LINES), broken))


def test_a_file_is_closed_when_nobody_wants_more(tmp_path: Path) -> None:
    rows = read_rows(write(tmp_path, LINES))
    next(rows)
    rows.close()  # type: ignore[attr-defined]


# --- what is no file of rows -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "an empty file"),
        (b" \r\n\n", "nothing in it"),
        (b"\xef\xbb\xbf", "nothing in it"),
        (gzip.compress(b"", mtime=0), "nothing in it"),
        (gzip.compress(LINES.encode(), mtime=0)[:9], "ends too early"),
        (b"\x1f\x8bnot gzip", "damaged gzip data at or before byte"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a binary file"),
        (bytes(range(256)) * 10, "a binary file"),
        (b"SQLite format 3\0" + bytes(100), "a binary file"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"\x28\xb5\x2f\xfdrest", "a zstd file"),
        (LINES.encode("utf-16"), "UTF-16"),
        (b"<!DOCTYPE html>\n<html></html>", "it begins with '<!DOCTYPE html>"),
        (b"id,downloads\na/b,1\n", "it begins with 'id,downloads"),
        (gzip.compress(b"PAR1" + bytes(20), mtime=0), "Parquet inside gzip"),
    ],
)
def test_what_holds_no_rows_says_what_it_is(tmp_path: Path, content: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFile, match=problem):
        list(read_rows(write(tmp_path, content)))


def test_what_is_no_file_says_so_at_once(tmp_path: Path) -> None:
    for path, problem in ((tmp_path, "a folder"), (tmp_path / "x", "no such file"), (tmp_path / "a\0b", "no such")):
        with pytest.raises(UnreadableFile, match=problem):
            read_rows(path)
    with pytest.raises(UnreadableFile):
        read_rows(Path("~no-such-user-here/rows"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of Unix")
def test_a_pipe_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableFile, match="read twice"):
        read_rows(tmp_path / "pipe")


PARTS = st.sampled_from(
    [b"[", b"]", b"{", b"}", b'"', b"\\", b",", b"\n", b"\0", b"\xff", b"\xef\xbb\xbf", b'{"id":"a/b"}', b'"id":', b'"models":[',
     b'{"rows":[{"row":{}}]}', b"[]", b"1", b" ", b"PAR1", LINES.encode(), json.dumps(ROWS).encode(), b"x"]
)  # fmt: skip
ANYTHING = st.one_of(st.binary(max_size=300), st.lists(PARTS, max_size=20).map(b"".join))


def test_the_mark_of_an_empty_file_that_was_joined_is_no_row(tmp_path: Path) -> None:
    mark = "\ufeff".encode()
    assert read(write(tmp_path, LINES.encode() + mark)) == ROWS
    assert read(write(tmp_path, mark + b"\n" + LINES.encode())) == ROWS


@given(data=ANYTHING, how=st.integers(0, 3))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_a_file(tmp_path: Path, data: bytes, how: int) -> None:
    if how == 1:
        data = gzip.compress(data, mtime=0)
    elif how == 2:
        data = gzip.compress(data, mtime=0)[:-10]
    elif how == 3:
        data = b"PAR1" + data + b"PAR1"
    path = write(tmp_path, data)
    try:
        for raw in read_rows(path):
            assert type(raw) is bytes
            assert raw.strip()
    except MissingExtra:
        assert data.startswith(b"PAR1")
    except UnreadableFile as error:
        assert (error.path, bool(error.detail)) == (path, True)  # noqa: PT017 (it need not be raised)


# --- Parquet ---------------------------------------------------------------------------------------------


@pytest.fixture
def parquet(tmp_path: Path) -> Any:
    """Return a function that writes a table and returns its path."""
    pa = pytest.importorskip("pyarrow", reason="Parquet files need pyarrow")
    pq = pytest.importorskip("pyarrow.parquet", reason="Parquet files need pyarrow")

    def save(columns: dict[str, tuple[Any, list[Any]]], **options: Any) -> Path:
        arrays = {name: pa.array(values, kind) for name, (kind, values) in columns.items()}
        path = tmp_path / "models.parquet"
        pq.write_table(pa.table(arrays), path, **options)
        return path

    save.pa = pa  # type: ignore[attr-defined]
    return save


def test_the_shape_of_hub_stats(parquet: Any) -> None:
    pa = parquet.pa
    moment = datetime(2024, 7, 11, 12, 30, 1, 500_000)  # noqa: DTZ001 (a column without a zone)
    parameters = pa.struct([("BF16", pa.int64()), ("F32", pa.int64())])
    bases = pa.struct(
        [("relation", pa.string()), ("models", pa.list_(pa.struct([("_id", pa.string()), ("id", pa.string())])))]
    )
    path = parquet(
        {
            "_id": (pa.string(), ["6" * 24, "7" * 24]),
            "id": (pa.string(), ["org/bert", "org/bare"]),
            "createdAt": (pa.timestamp("us"), [moment, None]),
            "lastModified": (pa.timestamp("ns", "Asia/Tokyo"), [moment.replace(tzinfo=UTC), None]),
            "downloads": (pa.int64(), [7, None]),
            "trendingScore": (pa.float64(), [1.5, float("nan")]),
            "tags": (pa.list_(pa.string()), [["bert", "en"], None]),
            "library_name": (pa.dictionary(pa.int32(), pa.string()), ["transformers", None]),
            "cardData": (pa.string(), ['{"license": "mit", "x": NaN, "y": "\\ud800"}', "{broken"]),
            "config": (pa.struct([("model_type", pa.string()), ("architectures", pa.list_(pa.string()))]),
                       [{"model_type": "bert", "architectures": None}, None]),
            "baseModels": (bases, [{"relation": "finetune", "models": [{"_id": None, "id": "org/base"}]}, {"relation": None}]),
            "safetensors": (pa.struct([("parameters", parameters), ("total", pa.int64())]),
                            [{"parameters": {"F32": 10, "BF16": None}, "total": 10}, None]),
            "siblings": (pa.list_(pa.string()), [["config.json"], []]),
            "gated": (pa.string(), ["auto", "False"]),
            "evaluated": (pa.map_(pa.string(), pa.float32()), [[("glue", 0.5)], None]),
            "released": (pa.date32(), [moment.date(), None]),
            "price": (pa.decimal128(5, 2), [None, 1]),
            "raw": (pa.binary(), [b"text", b"\xff"]),
            "small": (pa.float16(), [0.5, float("inf")]),
        }
    )  # fmt: skip
    first, second = read(path)
    assert first == {
        "_id": "6" * 24,
        "id": "org/bert",
        "createdAt": "2024-07-11T12:30:01.500Z",
        "lastModified": "2024-07-11T12:30:01.500Z",
        "downloads": 7,
        "trendingScore": 1.5,
        "tags": ["bert", "en"],
        "library_name": "transformers",
        "cardData": {"license": "mit", "y": "\ud800"},
        "config": {"model_type": "bert"},
        "baseModels": {"relation": "finetune", "models": [{"id": "org/base"}]},
        "safetensors": {"parameters": {"F32": 10}, "total": 10},
        "siblings": [{"rfilename": "config.json"}],
        "gated": "auto",
        "evaluated": {"glue": 0.5},
        "released": "2024-07-11",
        "raw": "text",
        "small": 0.5,
    }
    assert second == {"_id": "7" * 24, "id": "org/bare", "siblings": [], "gated": False, "price": 1.0}
    record = record_from_row(first)
    assert (record.num_parameters, record.base_models, record.base_relation) == (10, ("org/base",), "finetune")


def test_json_columns_that_are_texts(parquet: Any) -> None:
    pa = parquet.pa
    texts = {
        "baseModels": '{"relation": "merge", "models": [{"id": "a/b"}]}',
        "gguf": '{"total": 5, "context_length": 10}',
        "safetensors": "null",
        "transformersInfo": '{"auto_model": "AutoModel"}',
        "siblings": '[{"rfilename": "a"}, "b"]',
        "config": "[" * 100_000,
        "pipeline_tag": "fill-mask",
    }
    path = parquet(
        {"modelId": (pa.string(), ["old/name"])} | {name: (pa.string(), [text]) for name, text in texts.items()}
    )
    assert read(path) == [
        {
            "modelId": "old/name",
            "baseModels": {"relation": "merge", "models": [{"id": "a/b"}]},
            "gguf": {"total": 5, "context_length": 10},
            "transformersInfo": {"auto_model": "AutoModel"},
            "siblings": [{"rfilename": "a"}, {"rfilename": "b"}],
            "pipeline_tag": "fill-mask",
            "id": "old/name",
        }
    ]


def test_times_that_nobody_can_mean_cost_only_themselves(parquet: Any) -> None:
    pa = parquet.pa
    path = parquet(
        {
            "id": (pa.string(), ["a/b", "c/d"]),
            "createdAt": (pa.timestamp("ms"), [2**62, 0]),
            "seen": (pa.list_(pa.timestamp("ns")), [[1], [1_000]]),
            "day": (pa.date32(), [2**31 - 1, 0]),
        }
    )
    first, second = read(path)
    assert first["id"] == "a/b"
    assert "createdAt" not in first
    assert "day" not in first
    assert (second["createdAt"], second["day"]) == ("1970-01-01T00:00:00.000Z", "1970-01-01")
    assert second["seen"] == ["1970-01-01T00:00:00.000Z"]


def test_batches_of_a_large_table(parquet: Any) -> None:
    pa = parquet.pa
    ids = [f"org/model-{n}" for n in range(12_345)]
    path = parquet({"id": (pa.string(), ids)}, row_group_size=5_000)
    seen: list[int] = []
    assert [json.loads(raw)["id"] for raw in read_rows(path, seen.append)] == ids
    assert seen == sorted(seen)
    assert seen[-1] == size_hint(path)


def test_an_empty_table_has_no_rows(parquet: Any) -> None:
    assert read(parquet({"id": (parquet.pa.string(), [])})) == []


def test_a_table_without_names_says_what_it_has(parquet: Any) -> None:
    path = parquet({"name": (parquet.pa.string(), ["x"]), "likes": (parquet.pa.int64(), [1])})
    with pytest.raises(UnreadableFile, match="its columns are name, likes"):
        read(path)


def test_a_damaged_table_gives_what_comes_before(parquet: Any) -> None:
    ids = [os.urandom(20).hex() for _ in range(20_000)]
    path = parquet({"id": (parquet.pa.string(), ids)}, row_group_size=5_000, compression="none", use_dictionary=False)
    data = path.read_bytes()
    assert take(write(path.parent, data[: len(data) // 2]))[1].startswith("damaged Parquet data (")
    at = data.index(ids[12_000].encode())
    found, end = take(write(path.parent, data[: at - 4] + b"\xff" * 200 + data[at + 196 :]))
    assert len(found) >= 10_000
    assert "damaged Parquet data after row" in end


def test_an_error_of_the_progress_bar_is_not_the_tables(parquet: Any) -> None:
    def broken(_done: int) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        list(read_rows(parquet({"id": (parquet.pa.string(), ["a/b"])}), broken))


def test_without_pyarrow_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingExtra) as caught:
        read_rows(write(tmp_path, b"PAR1" + bytes(20)))
    assert (caught.value.package, caught.value.requirement) == ("pyarrow", "pyarrow")
