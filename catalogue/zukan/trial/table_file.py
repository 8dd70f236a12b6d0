"""Reads a table from a CSV or JSON file, without any package: what is asked is sent to the child as plain values."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_CELLS = 20_000
"""More than any model reads; a table beyond is no question for a language model."""


class TableFault(Exception):
    """Why a file is no table; the message is a part of a sentence."""


@dataclass(frozen=True, slots=True)
class Table:
    """Column names and rows of cells, all of them texts."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as it travels to the child."""
        return {"columns": list(self.columns), "rows": [list(row) for row in self.rows]}


def read(text: str) -> Table:
    """Return the table that a CSV or JSON text holds.

    JSON may be a list of objects, an object of columns, or `{"columns": […], "rows" or "data": [[…]]}`.

    Raises:
        TableFault: It holds none.

    """
    table = _from_json(text) if text.lstrip()[:1] in ("{", "[") else _from_csv(text)
    if not table.columns or not table.rows:
        raise TableFault("the table has no rows below its column names")
    if len(table.columns) * len(table.rows) > MOST_CELLS:
        raise TableFault(f"the table has {len(table.rows)} rows of {len(table.columns)} cells: too much for a model")
    return table


def from_columns(columns: Mapping[str, Any]) -> Table:
    """Return the table of an object of columns, as widgets on the Hub have it.

    Raises:
        TableFault: A column is no list, or longer than another.

    """
    values = [value if isinstance(value, list) else None for value in columns.values()]
    if not values or any(value is None for value in values) or len({len(value or ()) for value in values}) != 1:
        raise TableFault("the columns of the JSON table are not lists of one length")
    lists = [[_cell(item) for item in value or ()] for value in values]
    return Table(tuple(str(name) for name in columns), tuple(zip(*lists, strict=True)))


def _from_csv(text: str) -> Table:
    # The sniffer guesses wildly on texts without any separator; the first line tells enough.
    first = text.split("\n", 1)[0]
    separator = max(",\t;", key=first.count)
    try:
        rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise TableFault(f"it is no CSV table: {error}") from error
    if not rows:
        return Table((), ())
    width = len(rows[0])
    for number, row in enumerate(rows, start=1):
        if len(row) != width:
            raise TableFault(f"row {number} of the table has {len(row)} cells, and the first row has {width}")
    return Table(
        tuple(cell.strip() for cell in rows[0]), tuple(tuple(cell.strip() for cell in row) for row in rows[1:])
    )


def _from_json(text: str) -> Table:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TableFault("it is not valid JSON") from error
    if isinstance(content, Mapping):
        rows = content.get("rows", content.get("data"))
        if isinstance(content.get("columns"), list) and isinstance(rows, list):
            return _from_lists(content["columns"], rows)
        return from_columns(content)
    if isinstance(content, list) and content and all(isinstance(row, Mapping) for row in content):
        names = list(dict.fromkeys(str(name) for row in content for name in row))
        return Table(tuple(names), tuple(tuple(_cell(row.get(name)) for name in names) for row in content))
    raise TableFault("the JSON is no table: a list of objects or an object of columns is read")


def _from_lists(columns: Sequence[Any], rows: Sequence[Any]) -> Table:
    if any(not isinstance(row, list) or len(row) != len(columns) for row in rows):
        raise TableFault("the rows of the JSON table have not as many cells as there are columns")
    return Table(tuple(map(str, columns)), tuple(tuple(_cell(value) for value in row) for row in rows))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
