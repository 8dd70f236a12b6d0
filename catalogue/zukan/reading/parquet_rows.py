"""Reads a Parquet file in the shape of the hub-stats data set as the rows that the Hub's API would give."""

from __future__ import annotations

import contextlib
import json
import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from zukan.errors import UnreadableFile
from zukan.reading.arrow import pyarrow

_BATCH_ROWS = 1_000
"""Rows that are in memory at once."""
_BUFFER_BYTES = 1 << 18
_OBJECTS = frozenset({"cardData", "config", "gguf", "safetensors", "transformersInfo", "baseModels", "siblings"})
"""Columns of objects, which some writers store as JSON text."""
_DEEPEST = 60
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (a Parquet time counts from here in UTC; the Z is written by us)


def parquet_rows(path: Path, on_bytes: Callable[[int], object] | None = None) -> Iterator[bytes]:
    """Yield the JSON text of each row of a Parquet file.

    Args:
        path: The file.
        on_bytes: Called now and then with how many bytes of the file were read.

    Raises:
        MissingExtra: At once, where pyarrow is not installed.
        UnreadableFile: While rows are taken: it is damaged, or names no models.

    """
    return _rows(path, on_bytes, *pyarrow())


def _rows(path: Path, on_bytes: Callable[[int], object] | None, pa: Any, pq: Any) -> Iterator[bytes]:
    damage = (pa.ArrowException, OSError, ValueError, MemoryError)
    done = 0
    with contextlib.ExitStack() as stack:
        while True:
            try:
                if not done:
                    size = path.stat().st_size
                    # With a buffer a column is read piece by piece, however large its row group is.
                    file = stack.enter_context(pq.ParquetFile(path, buffer_size=_BUFFER_BYTES))
                    _check_columns(path, file.schema_arrow.names)
                    batches = file.iter_batches(batch_size=_BATCH_ROWS)
                batch = next((batch for batch in batches if batch.num_rows), None)
                if batch is None:
                    return
                names, columns = batch.schema.names, [_cells(pa, column) for column in batch.columns]
            except damage as error:
                where = f" after row {done:,}" if done else ""
                reason = str(error).partition("\n")[0][:200]
                raise UnreadableFile(path, f"damaged Parquet data{where} ({reason})") from error
            for cells in zip(*columns, strict=True):
                yield _row_text(dict(zip(names, cells, strict=True)))
            done += batch.num_rows
            if on_bytes is not None:
                on_bytes(size * done // file.metadata.num_rows)


def _check_columns(path: Path, names: list[str]) -> None:
    if "id" not in names and "modelId" not in names:
        found = ", ".join(names[:8]) or "none"
        raise UnreadableFile(path, f"no column id or modelId; its columns are {found}")


def _cells(pa: Any, column: Any) -> list[Any]:
    """Return a column as Python objects; a value that has no such object (the year 70,000) becomes None."""
    if pa.types.is_timestamp(column.type):
        stamps = column.cast(pa.timestamp("ms", column.type.tz), safe=False).cast(pa.int64())
        return [_moment(number) for number in stamps.to_pylist()]
    try:
        found: list[Any] = column.to_pylist()
    except (pa.ArrowException, ValueError, OverflowError):
        found = [_value(pa, value) for value in column]
    return found


def _value(pa: Any, value: Any) -> Any:
    try:
        return value.as_py()
    except (pa.ArrowException, ValueError, OverflowError):
        return None


def _moment(milliseconds: int | None) -> str | None:
    """Write a time as the Hub does."""
    try:
        return None if milliseconds is None else _written(_EPOCH + timedelta(milliseconds=milliseconds))
    except OverflowError:
        return None


def _written(moment: datetime) -> str:
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"


def _row_text(cells: Mapping[str, Any]) -> bytes:
    """Return a row of a table as the JSON text that the Hub's API would give; it leaves out what is not known."""
    row: dict[str, Any] = {}
    for name, cell in cells.items():
        value = cell
        try:
            if value is not None and name in _OBJECTS:
                value = _object(name, value)
            if (value := _plain(value)) is not None:
                row[name] = value
        except (ValueError, RecursionError, ArithmeticError):
            continue
    if row.get("id") is None and "modelId" in row:
        row["id"] = row["modelId"]
    if isinstance(gated := row.get("gated"), str):  # a column cannot hold false and "auto", so it holds "false"
        row["gated"] = {"false": False, "true": True}.get(gated.lower(), gated)
    try:
        return msgspec.json.encode(row)
    except (UnicodeEncodeError, msgspec.ValidationError, OverflowError):
        return json.dumps(row, separators=(",", ":")).encode()


def _object(name: str, value: Any) -> Any:
    if isinstance(value, str):
        value = json.loads(value)
        if not isinstance(value, dict | list):
            return None
    if name == "siblings" and isinstance(value, list):
        return [{"rfilename": item} if isinstance(item, str) else item for item in value]
    return value


def _plain(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON has it; None for what JSON has not, and for an object of which nothing is known."""
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if kind is float:
        return value if math.isfinite(value) else None
    if depth > _DEEPEST:
        raise ValueError("nested too deeply")
    if kind is list and value and all(type(item) is tuple and len(item) == 2 for item in value):
        value = dict(value)  # how a map comes out of Arrow
    if isinstance(value, dict):
        found = {str(key): plain for key, item in value.items() if (plain := _plain(item, depth + 1)) is not None}
        return found if found or not value else None
    if kind in (list, tuple):
        if all(type(item) is str for item in value):  # tags, by the dozen
            return value
        return [plain for item in value if (plain := _plain(item, depth + 1)) is not None]
    return _scalar(value, depth)


def _scalar(value: Any, depth: int) -> Any:
    if isinstance(value, datetime):
        return _written(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return _plain(float(value))
    if isinstance(value, bytes):
        return value.decode()
    item = getattr(value, "item", None)  # a number of numpy
    return _plain(item(), depth + 1) if callable(item) else None
