"""The only writer of stdout: table, json, jsonl, csv, md and ids.

Text from the Hub is untrusted: control characters are shown as escapes everywhere, HTML and table marks are
escaped in Markdown, and a CSV cell never begins like a formula.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, NoReturn

from zukan.lazily import lazily

FORMATS = ("table", "json", "jsonl", "csv", "md", "ids")

# C0 (but newline and tab), DEL, C1, line separators, and the marks that change the direction of text.
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_CONTROL, _CONTROL_OR_BREAK = lazily(f"[{_CONTROLS}]"), lazily(f"[{_CONTROLS}\n\t]")
_FORMULA = ("=", "+", "-", "@")

Row = Mapping[str, Any]


class Column(NamedTuple):
    """One column of a table drawn for people."""

    header: str
    cell: Callable[[Row], str]
    right: bool = False
    wide: bool = False
    """Takes what width is left and wraps; the others keep theirs."""
    optional: bool = False
    """Left out where the terminal is too narrow, the last one first."""
    kept: bool = False
    """An optional one that goes only on a terminal of fewer than `_ROOMY` columns: on others long cells are folded."""


def clean(text: str, *, one_line: bool = True) -> str:
    """Return text whose control characters are visible escapes."""
    if text.isprintable():
        return text  # as it has none of them
    pattern = _CONTROL_OR_BREAK if one_line else _CONTROL
    return pattern.sub(lambda match: f"\\x{ord(match[0]):02x}", text)


def write(text: str = "") -> None:
    """Write one line of text, or several, as they are but for control characters."""
    _print(clean(text, one_line=False))


def _print(text: str, *, end: str = "\n", flush: bool = True) -> None:
    try:
        print(text, end=end, flush=flush)
    except BrokenPipeError:
        _nobody_reads()
    except UnicodeEncodeError:
        encoding = sys.stdout.encoding or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding), end=end, flush=flush)


def has_stdin() -> bool:
    """Whether there is a standard input: who closes it has an empty one, see `zukan_cli.app.main`."""
    return sys.stdin is not None and sys.stdin.name != os.devnull


def read_line(prompt: str = "") -> str | None:
    """Return the next line of standard input, None at its end; on a terminal it can be edited after the prompt."""
    if prompt and sys.stdin.isatty():
        from contextlib import suppress  # noqa: PLC0415

        with suppress(ImportError):
            import readline  # noqa: F401, PLC0415 (input() edits with it)
        try:
            return input(prompt)
        except EOFError:
            write()
            return None
    line = part = sys.stdin.readline(_LONGEST_LINE)
    while len(part) == _LONGEST_LINE and not part.endswith("\n"):
        # No model reads that much; the rest is not another line.
        part = sys.stdin.readline(_LONGEST_LINE)
    return line.rstrip("\r\n") if line else None


_LONGEST_LINE = 1_000_000


def write_json_lines(batches: Iterable[bytes]) -> None:
    """Write JSON lines as they come; control characters that JSON allows become its escapes."""
    for batch in batches:
        safe = batch
        if not batch.isascii() or b"\x7f" in batch:
            text = batch.decode("utf-8", "replace")
            safe = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text).encode()
        try:
            sys.stdout.flush()
            rest = memoryview(safe)
            while rest:  # under PYTHONUNBUFFERED this is no buffer: a command that is stopped has written a part
                rest = rest[sys.stdout.buffer.write(rest) :]
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            _nobody_reads()


def _nobody_reads() -> NoReturn:
    # `zukan search … | head`: that is no error. Nothing more may be flushed into the pipe.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    raise SystemExit(0) from None


def as_json(value: Any, *, indent: int | None = 2) -> str:
    """Return JSON that is safe to print on a terminal."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    if text.replace("\n", "").isprintable():
        return text
    return _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def write_rows(rows: Sequence[Row], columns: Sequence[Column], format_: str, *, whole: Any = None) -> tuple[str, ...]:
    """Write a list in the format asked for.

    Args:
        rows: JSON-ready objects, mostly with `model_id` or `id`.
        columns: How people see them.
        format_: One of `FORMATS`.
        whole: What `json` writes instead of the list: the object that holds it.

    Returns:
        The headers of the columns that a narrow terminal had no room for.

    """
    if format_ == "json":
        _print(as_json(list(rows) if whole is None else whole))
    elif format_ == "jsonl":
        for row in rows:
            _print(as_json(row, indent=None))
    elif format_ == "ids":
        for row in rows:
            # What lists no models says what its first column does.
            first = next(iter(row.values()), "")
            if name := clean(str(row.get("model_id", row.get("id", first)))):
                _print(name)
    elif format_ == "csv":
        _write_csv(rows)
    elif format_ == "md":
        _write_markdown(columns, rows)
    elif rows:
        return _draw_table(columns, rows)
    return ()


def write_stream(names: Sequence[str], rows: Iterable[Sequence[Any]], format_: str) -> int:
    """Write rows as they come and keep none; a `json` array that breaks off stays open, as none to be trusted.

    Args:
        names: What the columns are called, each once.
        rows: As many JSON-ready values each.
        format_: `json`, `jsonl`, `csv`, `md`, or `ids` for the first column.

    Returns:
        How many rows there were.

    """
    number = 0
    try:
        if format_ == "csv":
            _print(_csv_line(names), flush=False)
        elif format_ == "md":
            _print(_markdown_line(names), flush=False)
            _print(f"|{' --- |' * len(names)}", flush=False)
        for number, row in enumerate(rows, 1):
            if format_ == "json":
                indented = as_json(dict(zip(names, row, strict=True))).replace("\n", "\n  ")
                _print(f"{'[' if number == 1 else ','}\n  {indented}", end="", flush=False)
            elif format_ == "jsonl":
                _print(as_json(dict(zip(names, row, strict=True)), indent=None), flush=False)
            elif format_ == "csv":
                _print(_csv_line(row), flush=False)
            elif format_ == "md":
                _print(_markdown_line(_flat(value) for value in row), flush=False)
            else:
                _print(clean(_flat(row[0])), flush=False)
        if format_ == "json":
            _print("\n]" if number else "[]", flush=False)
    finally:
        _print("", end="")
    return number


def write_fields(pairs: Sequence[tuple[str, str]], format_: str, *, whole: Row) -> None:
    """Write one object: as aligned lines for people, else in the format asked for."""
    if format_ == "table":
        labels = max((width(label) for label, _ in pairs), default=0)
        for label, value in pairs:
            lines = clean(value, one_line=False).splitlines() or [""]
            _print(f"{label}{' ' * (labels - width(label))}  {lines[0]}".rstrip())
            for line in lines[1:]:
                _print(f"{' ' * labels}  {line}".rstrip())
    elif format_ == "md":
        columns = [Column("", lambda row: str(row["label"])), Column("", lambda row: str(row["value"]))]
        _write_markdown(columns, [{"label": label, "value": value} for label, value in pairs])
    else:
        write_rows([whole], (), format_, whole=whole)


def width(text: str) -> int:
    """Return how many columns text takes on a terminal: East Asian wide characters take two."""
    if text.isascii():
        return len(text)
    from zukan.wrapping import width as of_any_script  # noqa: PLC0415 (most text is ASCII)

    return of_any_script(text)


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _write_csv(rows: Sequence[Row]) -> None:
    if not rows:
        return
    keys = list(dict.fromkeys(key for row in rows for key in row))
    _print("\n".join([_csv_line(keys), *(_csv_line([row.get(key) for key in keys]) for row in rows)]))


def _csv_line(values: Iterable[Any]) -> str:
    import csv  # noqa: PLC0415
    from io import StringIO  # noqa: PLC0415

    buffer = StringIO()
    cells = [(clean(_flat(value)), value) for value in values]
    csv.writer(buffer, lineterminator="").writerow(
        f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text
        for text, value in cells
    )
    return buffer.getvalue()


def _write_markdown(columns: Sequence[Column], rows: Sequence[Row]) -> None:
    _print(_markdown_line(column.header for column in columns))
    _print(f"|{''.join(' ---: |' if column.right else ' --- |' for column in columns)}")
    for row in rows:
        _print(_markdown_line(column.cell(row) for column in columns))


def _markdown_line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(markdown, cells))} |"


def markdown(text: str) -> str:
    """Return text as one line of Markdown that says just that: marks and HTML are escaped."""
    text = clean(text.replace("\n", " / "))
    for character, escaped in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(character, escaped)
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", text)


def _draw_table(columns: Sequence[Column], rows: Sequence[Row]) -> tuple[str, ...]:
    # rich is loaded only to draw: half of what a search costs.
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False, markup=False, emoji=False, width=_table_width())
    cells = [[clean(column.cell(row)) for row in rows] for column in columns]
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1))
    shown, fits = _fitting(columns, cells, console.width)
    for place in shown:
        column = columns[place]
        table.add_column(
            Text(column.header),
            justify="right" if column.right else "left",
            overflow="fold",
            no_wrap=fits and not column.wide,
        )
    for texts in zip(*(cells[place] for place in shown), strict=True):
        table.add_row(*(Text(text) for text in texts))
    with console.capture() as captured:
        console.print(table)
    _print("\n".join(line.rstrip() for line in captured.get().rstrip("\n").splitlines()))
    return tuple(column.header for place, column in enumerate(columns) if place not in shown)


def _fitting(columns: Sequence[Column], cells: Sequence[Sequence[str]], terminal: int) -> tuple[list[int], bool]:
    """Return (the columns to show, whether they fit): all, less the last optional ones on a narrow terminal."""
    natural = [
        max((width(text) for text in (column.header, *texts)), default=0)
        for column, texts in zip(columns, cells, strict=True)
    ]

    def taken(places: Sequence[int], least: int) -> int:
        return sum(_GAP + (min(least, natural[at]) if columns[at].wide else natural[at]) for at in places)

    shown = list(range(len(columns)))
    optional = [place for place in shown if columns[place].optional and not columns[place].kept]
    while optional and taken(shown, _MIN_WIDE) > terminal:
        shown.remove(optional.pop())
    if taken(shown, _NARROWEST) > terminal and terminal < _ROOMY:
        shown = [place for place in shown if not columns[place].kept]
    return shown, taken(shown, _NARROWEST) <= terminal


_MIN_WIDE, _NARROWEST = 36, 24
_ROOMY = 100
_GAP = 3


def _table_width() -> int | None:
    """Fit the terminal; into a pipe or file write lines long enough for ids and reasons."""
    columns = os.environ.get("COLUMNS", "")
    if (columns.isdigit() and int(columns) >= _NARROWEST) or sys.stdout.isatty():
        return None
    return _PIPE_WIDTH


_PIPE_WIDTH = 140


def line_width() -> int:
    """Return how many columns a line may take that is not drawn by rich."""
    import shutil  # noqa: PLC0415 (what is drawn otherwise asks rich)

    return _table_width() or shutil.get_terminal_size().columns
