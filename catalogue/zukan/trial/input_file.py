"""Reads a file of inputs: one a line, JSON lines, CSV or TSV, each with its expected answers if it has any."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from zukan.comparison import Input
from zukan.errors import UnreadableInputs

MOST_INPUTS = 10_000
_MOST_BYTES = 64 * 2**20
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_JSON_LINES = frozenset({".jsonl", ".ndjson", ".json"})
_FIELDS = {
    "text": ("text", "input", "question", "query", "sentence", "source"),
    "expected": ("expected", "answer", "answers", "target", "reference", "label"),
    "file": ("file", "image", "audio", "path"),
    "context": ("context", "passage"),
    "labels": ("labels", "candidate_labels"),
    "compare_with": ("compare_with", "sentences", "documents"),
    "source_language": ("from", "source_language"),
    "target_language": ("to", "target_language"),
}
"""What a column or key may be called; the first one that is there counts."""
_LISTS = frozenset(name for field in ("expected", "labels", "compare_with") for name in _FIELDS[field])
"""Columns whose cells may hold several texts, as a JSON list."""


def read_inputs(path: Path) -> tuple[Input, ...]:
    """Return the inputs of a file; empty lines are passed over.

    Raises:
        UnreadableInputs: There is no such file, or it is not what its name says, with the line.

    """
    text = _text_of(path)
    suffix = path.suffix.lower()
    if suffix in _DELIMITERS:
        found = _from_table(path, text, _DELIMITERS[suffix])
    elif suffix in _JSON_LINES:
        found = _from_json(path, text)
    else:
        # Not splitlines: what stands in a line may hold U+2028 or U+0085.
        found = (Input(line.strip()) for line in text.split("\n") if line.strip())
    inputs: list[Input] = []
    for one in found:
        if len(inputs) >= MOST_INPUTS:
            raise UnreadableInputs(path, f"it has more than {MOST_INPUTS} inputs")
        inputs.append(one)
    if not inputs:
        raise UnreadableInputs(path, "there is no input in it")
    return tuple(inputs)


def _text_of(path: Path) -> str:
    try:
        if not path.exists():
            raise UnreadableInputs(path, "there is no such file")
        if not path.is_file():
            raise UnreadableInputs(path, "it is not a file")
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableInputs(path, f"it is larger than {_MOST_BYTES // 2**20} MiB")
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableInputs(path, error.strerror or str(error)) from error
    if b"\0" in data:
        raise UnreadableInputs(path, "it is no text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableInputs(path, "it is not UTF-8") from error


def _from_json(path: Path, text: str) -> Iterator[Input]:
    if text.lstrip().startswith("["):
        rows = _loads(path, 1, text)
        lines = [(number, row) for number, row in enumerate(rows if isinstance(rows, list) else [rows], 1)]
    else:
        # Not splitlines: a JSON string may hold U+2028.
        numbered = enumerate(text.split("\n"), 1)
        lines = [(number, _loads(path, number, line)) for number, line in numbered if line.strip()]
    for number, row in lines:
        if isinstance(row, str):
            yield _input(path, number, {"text": row})
        elif isinstance(row, dict):
            yield _input(path, number, row)
        else:
            raise UnreadableInputs(path, f"line {number} is neither a JSON object nor a string")


def _loads(path: Path, number: int, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableInputs(path, f"line {number} is not JSON") from error


def _from_table(path: Path, text: str, delimiter: str) -> Iterator[Input]:
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            named = {str(name).strip().lower(): value for name, value in row.items() if name is not None}
            cells = {name: _cell(value, listed=name in _LISTS) for name, value in named.items()}
            if any(cells.values()):
                yield _input(path, reader.line_num, cells)
    except csv.Error as error:
        raise UnreadableInputs(path, f"line {reader.line_num} cannot be read as a table") from error


def _cell(value: Any, *, listed: bool) -> Any:
    """Return a cell's text; where several may stand, a JSON list is read as such."""
    text = value.strip() if isinstance(value, str) else ""
    if listed and text.startswith("["):
        try:
            listed = json.loads(text)
        except (ValueError, RecursionError):
            return text
        return listed if isinstance(listed, list) else text
    return text


def _input(path: Path, number: int, row: Mapping[str, Any]) -> Input:
    values = {
        field: next((row[name] for name in names if row.get(name) not in (None, "", [])), None)
        for field, names in _FIELDS.items()
    }
    text = values["text"] or ""
    if not isinstance(text, str) or not (text.strip() or values["file"]):
        raise UnreadableInputs(path, f"line {number} has no text")
    labels = values["labels"]
    return Input(
        text=text.strip(),
        expected=_several(values["expected"]),
        file=_one(values["file"]),
        context=_one(values["context"]),
        labels=_several(labels.split(",") if isinstance(labels, str) else labels),
        compare_with=_several(values["compare_with"]),
        source_language=_one(values["source_language"]),
        target_language=_one(values["target_language"]),
    )


def _one(value: Any) -> str | None:
    return str(value) if value is not None else None


def _several(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    listed = value if isinstance(value, list) else [value]
    return tuple(text for text in (str(item).strip() for item in listed) if text)
