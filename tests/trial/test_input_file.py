"""Files of inputs: the formats, and what is wrong with those that are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zukan.comparison import Input
from zukan.errors import UnreadableInputs
from zukan.trial.input_file import read_inputs


def write(folder: Path, name: str, text: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("a.txt", "I love [MASK].\n\n 東京 \r\n", [Input("I love [MASK]."), Input("東京")]),
        ("a", "\ufeffone", [Input("one")]),
        ("a.jsonl", '{"text": "a", "expected": "b"}\n"c"\n\n', [Input("a", ("b",)), Input("c")]),
        ("a.jsonl", '{"input": "a\u2028b", "answers": ["c", "d"]}', [Input("a\u2028b", ("c", "d"))]),
        ("a.json", '[{"question": "q", "passage": "p", "label": 3}]', [Input("q", ("3",), context="p")]),
        ("a.csv", 'text,expected\n"a, b",c\n,\nd,\n', [Input("a, b", ("c",)), Input("d")]),
        ("a.csv", 'Text,Expected\na,"[""b"", ""c""]"\n', [Input("a", ("b", "c"))]),
        ("a.csv", 'text,expected\n"[1, 2]",A\n', [Input("[1, 2]", ("A",))]),
        ("a.csv", "text,expected\none\u2028two,A\n", [Input("one\u2028two", ("A",))]),
        ("a.txt", "first\u2028still first\nnext\x85line", [Input("first\u2028still first"), Input("next\x85line")]),
        ("a.csv", "text,labels\na,\"x, y\"\n", [Input("a", labels=("x", "y"))]),
        ("a.csv", "text\n[MASK] is good\n", [Input("[MASK] is good")]),
        ("a.tsv", "text\tfrom\tto\na\ten\tde\n", [Input("a", source_language="en", target_language="de")]),
        ("a.jsonl", '{"text": "a", "compare_with": ["b", "c"]}', [Input("a", compare_with=("b", "c"))]),
    ],
)  # fmt: skip
def test_formats(tmp_path: Path, name: str, text: str, expected: list[Input]) -> None:
    assert list(read_inputs(write(tmp_path, name, text))) == expected


@pytest.mark.parametrize(
    ("name", "text", "detail"),
    [
        ("a.txt", "\n \n", "no input"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0", "no text"),
        ("a.txt", "日本語".encode("shift_jis"), "not UTF-8"),
        ("a.jsonl", '{"text": "a"}\n{"text": ', "line 2 is not JSON"),
        ("a.jsonl", "[" * 100_000, "is not JSON"),
        ("a.jsonl", "3\n", "line 1 is neither"),
        ("a.jsonl", '{"label": "a"}', "line 1 has no text"),
        ("a.csv", "sentiment,stars\ngood,5\n", "line 2 has no text"),
        ("a.csv", f'text\n"{"x" * 200_000}"\n', "cannot be read as a table"),
        ("a.txt", "a\n" * 10_001, "more than 10000 inputs"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, name: str, text: str | bytes, detail: str) -> None:
    with pytest.raises(UnreadableInputs, match=detail):
        read_inputs(write(tmp_path, name, text))


def test_files_that_are_none(tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        file.truncate(2**30)
    os.mkfifo(tmp_path / "pipe")
    for path, detail in (
        (tmp_path / "nothing", "no such file"),
        (tmp_path, "not a file"),
        (tmp_path / "pipe", "not a file"),
        (large, "larger than 64 MiB"),
    ):
        with pytest.raises(UnreadableInputs, match=detail):
            read_inputs(path)


@given(st.binary(max_size=300), st.sampled_from(["a.txt", "a.jsonl", "a.csv", "a.tsv"]))
def test_any_bytes_are_inputs_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(data)
    try:
        inputs = read_inputs(path)
    except UnreadableInputs:
        return
    assert all(one.text.strip() for one in inputs)
