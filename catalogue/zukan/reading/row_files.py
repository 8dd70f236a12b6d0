"""Reads files of Hub rows, one row at a time: JSON lines, JSON pages and Parquet, the JSON ones plain or gzip.

What a file is its first bytes say, never its name. A row that is broken is given on as it is, for whoever reads rows
to refuse and count; a file that is broken gives every row before the damage, then an error that says where.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from zukan.errors import UnreadableFile
from zukan.raw_rows import split_rows
from zukan.reading.file_bytes import CHUNK_BYTES, FileBytes, OnBytes
from zukan.reading.page_cutter import BLANK, MAX_LINE_BYTES, TOO_LONG, PageCutter, is_whole
from zukan.reading.parquet_rows import parquet_rows

_ID_FIRST = (b'{"id"', b'{"_id"', b'{"modelId"')
_PACKED = {
    b"PK\x03\x04": "a zip archive",
    b"\x28\xb5\x2f\xfd": "a zstd file",
    b"\xfd7zX": "an xz file",
    b"BZh": "a bzip2 file",
}
_LINE_START = re.compile(rb"^[ \t]*+[{\[]", re.MULTILINE)


class _Page(msgspec.Struct):
    """What tells a page of rows, or one row in its wrapper, from a row."""

    id: Any = None
    hub_id: Any = msgspec.field(name="_id", default=None)
    other: Any = msgspec.field(name="modelId", default=None)
    models: msgspec.Raw = msgspec.Raw()
    items: msgspec.Raw = msgspec.Raw()
    rows: msgspec.Raw = msgspec.Raw()
    row: msgspec.Raw = msgspec.Raw()


_page = msgspec.json.Decoder(_Page).decode


def size_hint(path: Path) -> int | None:
    """Return the bytes of a file on disk, which `on_bytes` counts up to; None where it cannot be told."""
    try:
        return path.expanduser().stat().st_size
    except (OSError, RuntimeError, ValueError):
        return None


def read_rows(path: Path, on_bytes: OnBytes | None = None) -> Iterator[bytes]:
    """Yield the JSON text of each Hub row in a file; memory does not grow with the file.

    Read are JSON lines; JSON pages, which are lists of rows, also under "models", "items" or "rows", one after
    the other, one a line or written over many lines; and Parquet in the shape of the hub-stats data set.

    Args:
        path: The file.
        on_bytes: Called now and then with how many bytes of the file, as it lies on disk, were read.

    Raises:
        UnreadableFile: At once if there is no such file, or it is clearly none of these. While rows are taken, it
            comes after the last readable row of a file that is damaged or cut off, with the position.
        MissingExtra: At once, for a Parquet file where pyarrow is not installed.

    """
    try:
        path = path.expanduser()
        if not path.is_file():
            raise UnreadableFile(path, _why_no_file(path))
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UnreadableFile(path, error.strerror or str(error)) from error
    except (RuntimeError, ValueError) as error:  # no such user; a zero byte in the name
        raise UnreadableFile(path, str(error)) from error
    if not magic:
        raise UnreadableFile(path, "an empty file")
    if magic == b"PAR1":
        return parquet_rows(path, on_bytes)
    for mark, kind in _PACKED.items():
        if magic.startswith(mark):
            raise UnreadableFile(path, f"{kind}: unpack it, or pack it with gzip")
    return _json_rows(FileBytes(path, on_bytes, packed=magic.startswith(b"\x1f\x8b")))


def _why_no_file(path: Path) -> str:
    if path.is_dir():
        return "a folder, not a file"
    return "not a file that can be read twice" if path.exists() else "no such file"


def _json_rows(source: FileBytes) -> Iterator[bytes]:
    with contextlib.closing(source.chunks()) as chunks:
        head = _head(chunks)
        _check_text(source, head)
        every = chain((head.lstrip(BLANK),), chunks)
        yield from _from_lines(source, every) if _is_lines(head) else _from_pages(source, every)
    if source.problem:
        raise UnreadableFile(source.path, source.problem)


def _head(chunks: Iterator[bytes]) -> bytes:
    """Return the beginning of a text: its first line at least, if that is no longer than a row may be."""
    pieces: list[bytes] = []
    size, lines = 0, False
    for chunk in chunks:
        lines = lines or b"\n" in (chunk if pieces else chunk.lstrip(BLANK))
        if pieces or chunk.strip(BLANK):
            pieces.append(chunk)
            size += len(chunk)
        if size > MAX_LINE_BYTES or (size >= CHUNK_BYTES and lines):
            break
    return b"".join(pieces)


def _check_text(source: FileBytes, head: bytes) -> None:
    body = head.lstrip(BLANK)[:1_000]
    if body.startswith((b"{", b"[")):
        return
    if not body:
        raise UnreadableFile(source.path, source.problem or "nothing in it")
    detail = None
    if body.startswith(b"PAR1"):
        detail = "Parquet inside gzip: unpack it first"
    elif head.startswith((b"\xff\xfe", b"\xfe\xff")):
        detail = "UTF-16 text: save it as UTF-8"
    elif b"\0" in body or len(body.decode("utf-8", "ignore").encode()) < len(body) - 3:
        detail = "a binary file, neither JSON nor Parquet"
    elif not _LINE_START.search(head):
        detail = f"neither JSON nor Parquet: it begins with {body[:40].decode('utf-8', 'replace')!r}"
    if detail:
        raise UnreadableFile(source.path, detail)


def _is_lines(head: bytes) -> bool:
    """Return whether each line is a text of its own, even if the first one is broken."""
    first, *others = head.lstrip(BLANK).split(b"\n", 200)
    if is_whole(first):
        return True
    # In a list written over many lines a row may stand on a line too, but hardly a list.
    start = (b"[",) if first.startswith(b"[") else (b"{", b"[")
    return any(line.startswith(start) and is_whole(line) for line in others[:199])


def _from_lines(source: FileBytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    pieces: list[bytes] = []
    size = 0
    for chunk in chunks:
        lines = chunk.split(b"\n")
        if len(lines) > 1 and size:
            whole = size + len(lines[0]) <= MAX_LINE_BYTES
            lines[0] = b"".join((*pieces, lines[0])) if whole else TOO_LONG
            pieces, size = [], 0
        rest = lines.pop()
        size += len(rest)
        if size > MAX_LINE_BYTES:
            pieces = []
        elif rest:
            pieces.append(rest)
        for line in lines:
            text = line.strip()
            if text.startswith(_ID_FIRST):
                yield text
            elif text:
                yield from _rows_of_line(text)
    last = b"".join(pieces).strip() if size <= MAX_LINE_BYTES else TOO_LONG
    if last.startswith((b"{", b"[")) and not is_whole(last):
        source.problem = source.problem or f"it ends in the middle of a row, after {source.size:,} bytes"
    elif last:
        yield from _rows_of_line(last)


def _rows_of_line(text: bytes) -> tuple[bytes, ...]:
    text = text.lstrip(BLANK)  # files that were joined have a mark in the middle, an empty one nothing behind it
    if not text:
        return ()
    rows = None
    if text.startswith(b"["):
        rows = _of_list(text)
    elif page := _as_page(text):
        lists = (_of_list(bytes(part)) for part in (page.models, page.items, page.rows))
        rows = next((found for found in lists if found is not None), None)
    return (_bare(text),) if rows is None else tuple(map(_bare, rows))


def _of_list(text: bytes) -> tuple[bytes, ...] | None:
    """Return the rows of a list, or of the lists in it; None if it is no list, or broken."""
    rows = split_rows(text)
    if rows is None or not any(row.startswith(b"[") for row in rows):
        return rows
    return tuple(chain.from_iterable((row,) if (page := split_rows(row)) is None else page for row in rows))


def _as_page(text: bytes) -> _Page | None:
    """Return an object that may be a page or a wrapped row, None if it is a row or broken."""
    try:
        page = _page(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return None if page.id or page.hub_id or page.other else page


def _bare(text: bytes) -> bytes:
    """Return a row without the wrapper that the datasets server puts around it."""
    if text.startswith(_ID_FIRST) or b'"row"' not in text or not (page := _as_page(text)):
        return text
    return bytes(page.row) or text


def _from_pages(source: FileBytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    cutter, pieces, size = PageCutter(), list[bytes](), 0
    for chunk in chunks:
        pieces.append(chunk)
        size += len(chunk)
        # A text in quotes is looked at again from its beginning each time, so the times must get fewer.
        if size >= cutter.left():
            yield from map(_bare, cutter.feed(b"".join(pieces)))
            pieces, size = [], 0
            if cutter.left() > MAX_LINE_BYTES:
                source.problem = f"a text in quotes does not end in the 32 MB before byte {source.size:,}"
                return
    yield from map(_bare, cutter.feed(b"".join(pieces)))
    yield from cutter.end()
    if cutter.depth and not source.problem:
        source.problem = f"it ends in the middle of a JSON text, after {source.size:,} bytes"
