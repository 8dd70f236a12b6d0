"""The Japanese interface on files that cannot be read: what the readers say of a file has Japanese."""

from __future__ import annotations

import ast
import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from zukan.errors import UnreadableFile
from zukan.reading import row_files
from zukan.reading.local_models import folder_rows
from zukan.reading.local_row import row_of_path
from zukan.reading.row_files import read_rows
from zukan_cli import i18n
from zukan_cli.messages_ja import LIBRARY
from zukan_cli.messages_ja_reading import READING
from zukan_cli.reasons import library_text
from zukan_cli.sentences import explain

SOURCE = Path(__file__).resolve().parents[2] / "catalogue" / "zukan"
MODULES = [*sorted((SOURCE / "reading").glob("*.py")), SOURCE / "crawl" / "importing.py"]
PLACEHOLDER = re.compile(r"\{(\w*)\}")
JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
ENGLISH = re.compile(r"(?:\b[A-Za-z]{2,}\b[ ,;:]+){2}[A-Za-z]{2,}\b")
"""Three English words in a row."""

PASSED_ON = {
    "error.strerror or str(error)",  # the operating system's words
    "str(error)",  # Python's, or a reader's: see RAISERS
    "_why_no_file(path)",  # collected by its name
    "source.problem",  # collected where it is assigned
    "detail",  # likewise
}
"""How a text comes to `UnreadableFile` that does not stand in the call."""
RAISERS = {"gguf_header.py"}
"""Modules whose `ValueError` is passed on; those of a card or of safetensors only leave a fact out."""
HOLDERS = {"detail", "problem"}
"""Variables and attributes that hold a text for later."""


@pytest.fixture
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose Japanese in this process for one test."""
    monkeypatch.setattr(i18n, "_chosen", "ja")


# --- what the sources say ------------------------------------------------------------------------------------


class Texts:
    """Every text that a module gives to `UnreadableFile`, with `{}` for what is filled in."""

    def __init__(self, path: Path) -> None:
        self.nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        self.choices: dict[str, list[str]] = {}
        """Variables that are one of two texts, to be filled into others."""
        for name, value in self._assigned():
            if isinstance(value, ast.IfExp) and (found := list(self._of(value))):
                self.choices[name] = found
        self.unknown: set[str] = set()
        self.found = {*self._given(), *self._held(), *self._returned()}
        if path.name in RAISERS:
            self.found |= self._raised()

    def _assigned(self) -> Iterator[tuple[str, ast.expr]]:
        for node in self.nodes:
            if isinstance(node, ast.Assign):
                target = node.targets[0]
                yield getattr(target, "id", getattr(target, "attr", "")), node.value

    def _calls(self, name: str) -> Iterator[ast.Call]:
        for node in self.nodes:
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node

    def _given(self) -> set[str]:
        found: set[str] = set()
        for call in self._calls("UnreadableFile"):
            texts = set(self._of(call.args[1]))
            if not texts and ast.unparse(call.args[1]) not in PASSED_ON:
                self.unknown.add(ast.unparse(call))
            found |= texts
        return found

    def _held(self) -> set[str]:
        return {text for name, value in self._assigned() if name in HOLDERS for text in self._of(value)}

    def _returned(self) -> set[str]:
        return {
            text
            for function in self.nodes
            if isinstance(function, ast.FunctionDef) and function.name.startswith("_why")
            for node in ast.walk(function)
            if isinstance(node, ast.Return) and node.value
            for text in self._of(node.value)
        }

    def _raised(self) -> set[str]:
        return {text for call in self._calls("ValueError") for text in self._of(call.args[0])}

    def _of(self, node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.JoinedStr):
            yield from map("".join, itertools.product(*map(self._piece, node.values)))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from (*self._of(node.body), *self._of(node.orelse))
        elif isinstance(node, ast.BoolOp):
            yield from (text for value in node.values for text in self._of(value))

    def _piece(self, node: ast.expr) -> list[str]:
        if isinstance(node, ast.FormattedValue):
            return self.choices.get(node.value.id, ["{}"]) if isinstance(node.value, ast.Name) else ["{}"]
        return [str(node.value)] if isinstance(node, ast.Constant) else ["{}"]


def test_the_translations_are_part_of_the_library() -> None:
    assert sorted(english for english, text in READING.items() if LIBRARY.get(english) != text) == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_every_text_of_a_reader_has_japanese(module: Path) -> None:
    texts = Texts(module)
    assert texts.unknown == set()
    assert sorted(texts.found - {PLACEHOLDER.sub("{}", english) for english in LIBRARY}) == []


def test_the_texts_are_found() -> None:
    found = set[str]().union(*(Texts(module).found for module in MODULES))
    assert len(found) > 35
    assert {
        "an empty file",
        "nothing in it",
        "a folder, not a file",
        "UTF-16 text: save it as UTF-8",
        "{}, after {} bytes",
        "damaged Parquet data ({})",
        "damaged Parquet data after row {} ({})",
        "its header ends too early",
    } <= found


def test_every_kind_of_packed_file_has_japanese() -> None:
    assert sorted(set(row_files._PACKED.values()) - LIBRARY.keys()) == []


def test_the_translations_keep_the_placeholders() -> None:
    facts = {english: (PLACEHOLDER.findall(english), PLACEHOLDER.findall(text)) for english, text in READING.items()}
    assert [english for english, (wanted, kept) in facts.items() if sorted(wanted) != sorted(kept)] == []


def test_the_translations_are_japanese_without_an_end_mark() -> None:
    assert [text for text in READING.values() if not JAPANESE.search(text) or text.endswith("。")] == []


# --- files -----------------------------------------------------------------------------------------------------

ROW = b'{"id":"a/b","downloads":1}\n'
PACKED = gzip.compress(ROW * 50, mtime=0)
GGUF = b"GGUF\x03\0\0\0"


def error_of(read: Callable[[Path], Iterable[object]], path: Path) -> UnreadableFile:
    """Return the error of reading a path, up to its last row."""
    with pytest.raises(UnreadableFile) as caught:
        list(read(path))
    return caught.value


def assert_japanese(error: UnreadableFile) -> None:
    text = library_text(error.detail)
    assert JAPANESE.search(text), text
    assert not ENGLISH.search(text), text
    sentence, _code = explain(error)
    assert sentence.startswith(f"{error.path} を読めません: {text}。")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "空のファイルです"),
        (b" \n", "中身がありません"),
        (b"PK\x03\x04rest", "zip ファイルです。展開するか、gzip で圧縮し直してください"),
        (b"BZh91AY", "bzip2 ファイルです。展開するか、gzip で圧縮し直してください"),
        (ROW.decode().encode("utf-16"), "UTF-16 のテキストです。UTF-8 で保存し直してください"),
        (b"\x7fELF" + bytes(40), "JSON でも Parquet でもないバイナリファイルです"),
        (b"id,likes\n", "JSON でも Parquet でもありません（先頭: 'id,likes\\n'）"),
        (gzip.compress(b"PAR1" + bytes(20), mtime=0), "gzip で圧縮された Parquet です。先に展開してください"),
        (ROW + b'{"id":"a', "行の途中で終わっています（35 バイトまで）"),
        (b'[\n{"id":"a/b"},\n{"id":', "JSON の途中で終わっています（22 バイトまで）"),
        (PACKED[:-10], f"gzip データが途中で終わっています（{len(PACKED) - 10} バイトまで）"),
        (
            b"\x1f\x8b\x08" + bytes(7) + b"\x07",
            "gzip データが壊れています（0 バイト目かその手前、ブロックの種類が不正）",
        ),
    ],
)
@pytest.mark.usefixtures("japanese")
def test_a_file_without_rows_is_described_in_japanese(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "rows"
    path.write_bytes(content)
    error = error_of(read_rows, path)
    assert library_text(error.detail) == expected
    assert_japanese(error)


@pytest.mark.usefixtures("japanese")
def test_a_damaged_checksum_is_described_in_japanese(tmp_path: Path) -> None:
    path = tmp_path / "rows.gz"
    path.write_bytes(PACKED[:-8] + bytes(8))
    error = error_of(read_rows, path)
    assert "データの検査値が不一致" in library_text(error.detail)
    assert_japanese(error)


@pytest.mark.usefixtures("japanese")
def test_parquet_files_are_described_in_japanese(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": ["a/b"] * 3_000, "likes": list(range(3_000))}), path, compression="snappy")
    whole = path.read_bytes()
    for content in (whole[:-100], whole[:6], whole[:4] + bytes(60) + whole[64:]):
        path.write_bytes(content)
        error = error_of(read_rows, path)
        assert library_text(error.detail).startswith("Parquet データが")
        assert_japanese(error)
    pq.write_table(pa.table({"name": ["a"], "likes": [1]}), path)
    error = error_of(read_rows, path)
    assert library_text(error.detail) == "列 id も modelId もありません（ある列: name, likes）"


@pytest.mark.usefixtures("japanese")
def test_paths_are_described_in_japanese(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(ROW)
    long, homeless = tmp_path / ("a" * 300), Path("~no-such-user-here/rows")
    for path in (tmp_path, tmp_path / "nowhere", long, homeless):
        assert_japanese(error_of(read_rows, path))
    for path in (tmp_path / "file", tmp_path / "nowhere", tmp_path / "a\0b", long, homeless, tmp_path / "file" / "x"):
        assert_japanese(error_of(folder_rows, path))
    (tmp_path / "circle").symlink_to("circle")
    assert_japanese(error_of(folder_rows, tmp_path / "circle"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        *(
            ("config.json", text.encode())
            for text in (
                "", "{} x", "{a: 1}", '{"a" 1}', '{"a": 1 "b": 2}', '{"a": "b', '{"a": "b\n"}', '{"a": "\\x"}',
                '{"a": "\\u12"}', '{"a": [1,]}', '{"a": 1,}', "1" * 5_000, "[]", "[" * 100_000,
            )
        ),
        ("config.json", b'{"a": "\xff"}'),
        ("model.gguf", b""),
        ("model.gguf", b"GGML" + bytes(30)),
        ("model.gguf", b"GGUF\x01\0\0\0" + bytes(16)),
        ("model.gguf", GGUF + bytes(8) + b"\xff" * 8),
        ("model.gguf", GGUF + bytes(8) + b"\1" + bytes(7) + b"\xff" * 8),
        ("model.gguf", GGUF + bytes(8) + b"\1" + bytes(7) + bytes(8) + b"\x63\0\0\0"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("japanese")
def test_a_model_that_is_broken_is_described_in_japanese(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert_japanese(error_of(row_of_path, path))


@pytest.mark.usefixtures("japanese")
def test_the_place_in_a_json_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"a": 1}) + "x", encoding="utf-8")
    detail = error_of(row_of_path, path).detail
    assert library_text(detail) == "JSON ではありません（1 行 9 列、位置 8: 余分なデータがあります）"
