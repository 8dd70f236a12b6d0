"""`zukan sql`: what no other command answers, asked in SQL over the documented views of the catalogue."""

from __future__ import annotations

import sys
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zukan_cli import options, texts
from zukan_cli.diagnostics import note, note_hidden
from zukan_cli.i18n import translate as _
from zukan_cli.output import Column, clean, has_stdin, write_rows, write_stream
from zukan_cli.reasons import library_text

if TYPE_CHECKING:
    from zukan.store.sql import Answer, View

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_MOST_DRAWN = 200
_LONGEST_DRAWN = 300
_LONGEST_HEADER = 40
_WIDE = 36
_MOST_READ = 1_000_000
"""Bytes of stdin; the library refuses a tenth of that."""


@app.command(context_settings={"help_option_names": ["-h", "--help"]})
def sql(
    statement: Annotated[
        str | None, typer.Argument(metavar="[STATEMENT]", help="One SELECT, in quotes; - reads it from stdin.")
    ] = None,
    views: Annotated[
        bool, typer.Option("--views", help="List the views that can be asked, with their columns.")
    ] = False,
    time_limit: Annotated[
        float,
        typer.Option("--time-limit", metavar="SECONDS", min=0.1, help="Seconds of work before it is stopped."),
    ] = 30.0,
    format_: options.Format = "table",
    db: options.Database = None,
    ui: options.Interface = None,
) -> None:
    """Ask the catalogue in SQL, read-only; every format but table writes all rows."""
    if views == (statement is not None):
        raise typer.BadParameter(_("say what to ask, one of these: a SELECT in quotes, - for stdin, --views"))
    if statement is None:
        _list(options.open_catalogue(db).sql_views(), format_)
        return
    with options.open_catalogue(db).sql(_read(statement), time_limit_seconds=time_limit) as answer:
        number = _draw(answer) if format_ == "table" else write_stream(answer.columns, answer, format_)
    if not number:
        note(_("No rows."))


def _read(statement: str) -> str:
    if statement != "-":
        return statement
    if not has_stdin():
        raise typer.BadParameter(_("there is nothing to read on stdin"))
    try:
        read = sys.stdin.buffer.read(_MOST_READ)
        # What is cut may end inside a character; it is refused for its length.
        return read.decode("utf-8-sig", "strict" if len(read) < _MOST_READ else "replace")
    except UnicodeDecodeError:
        raise typer.BadParameter(_("what is on stdin is not UTF-8 text")) from None


def _list(found: tuple[View, ...], format_: str) -> None:
    rows = [{"id": view.name, "description": view.description, "columns": list(view.columns)} for view in found]
    columns = [
        Column(_("view"), lambda row: row["id"]),
        Column(_("columns"), lambda row: ", ".join(row["columns"]), wide=True),
        Column(_("what it holds"), lambda row: library_text(row["description"]), wide=True),
    ]
    write_rows(rows, columns, format_)


def _draw(answer: Answer) -> int:
    """Draw the first rows as a table and return how many there are; only these are ever held."""
    taken = [tuple(map(_cell, row)) for row in islice(answer, _MOST_DRAWN + 1)]
    shown = taken[:_MOST_DRAWN]
    rows = [{name: text for name, (text, _number) in zip(answer.columns, cells, strict=True)} for cells in shown]
    columns = [
        _column(name, [cells[place] for cells in shown], optional=place > 0)
        for place, name in enumerate(answer.columns)
    ]
    note_hidden(write_rows(rows, columns, "table"))
    if len(taken) > _MOST_DRAWN:
        note(_("Only the first {number} rows are shown; --format json writes all.").format(number=_MOST_DRAWN))
    return len(rows)


def _column(name: str, cells: list[tuple[str, bool | None]], *, optional: bool) -> Column:
    numbers = {number for _text, number in cells} - {None}
    return Column(
        clean(_cut(name, _LONGEST_HEADER)),
        lambda row: str(row[name]),
        right=numbers == {True},
        wide=any(len(text) > _WIDE for text, _number in cells),
        optional=optional,
    )


def _cell(value: Any) -> tuple[str, bool | None]:
    """Return (a value as people see it, whether it is a number; None = nothing is known)."""
    if value is None:
        return texts.UNKNOWN, None
    return _cut(str(value), _LONGEST_DRAWN), not isinstance(value, str)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} …"
