"""Answers SQL that users write: one SELECT over the documented views, read-only, with a limit of time and size.

A connection of its own judges every statement while SQLite compiles it. The tables behind the views are private, so
that they may change with any release.
"""

from __future__ import annotations

import math
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zukan.errors import CatalogueDamaged, QueryRefused
from zukan.store.connection import connect_read_only, store_error, translated

VIEWS = {
    "models": "one row for each model: what the Hub states, the family with its certainty and its reason",
    "trials": "one row for each trial on this machine, with the whole result as JSON",
    "crawls": "one row for each crawl: what was asked, when, how many rows came, why it stopped",
    "history": "downloads and likes of each model by the day they were seen",
    "cards": "front matter (JSON) and first paragraph of the model cards that were fetched",
    "refused_rows": "rows of crawls that could not be read, as they came, with what is wrong with them",
}
"""What may be queried; every column of these stays. Made by `zukan.store.migrations`."""

TIME_LIMIT_SECONDS = 30.0
LONGEST_STATEMENT = 100_000
"""Bytes of UTF-8."""
LARGEST_VALUE = 50_000_000
"""Bytes of one text or blob, whether stored or computed."""

Value = str | int | float | None

_TABLE_FUNCTIONS = ("json_each", "json_tree")
_SCHEMA_TABLES = {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"}
# One loads code into this process, the other tells where code lies in its memory.
_FORBIDDEN_FUNCTIONS = {"load_extension", "fts3_tokenizer"}
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: LARGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: LONGEST_STATEMENT,
    sqlite3.SQLITE_LIMIT_COLUMN: 500,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
}
# Few, because one step may compute a value of 50 MB; many enough to cost less than a tenth of the time.
_STEPS_BETWEEN_LOOKS = 200
# What SQLite says of a statement; any other code is about the file.
_ABOUT_THE_STATEMENT = {
    0,  # Python's own
    sqlite3.SQLITE_ERROR,
    sqlite3.SQLITE_TOOBIG,
    sqlite3.SQLITE_MISMATCH,
    sqlite3.SQLITE_AUTH,
    sqlite3.SQLITE_RANGE,
}
_VIEW_BODY = re.compile(r"\s*CREATE\s+VIEW\s+\S+\s+AS\b(.+)", re.IGNORECASE | re.DOTALL)
_NO_SUCH_TABLE = re.compile(r"no such table: (.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class View:
    """One view that may be queried."""

    name: str
    description: str
    columns: tuple[str, ...]


class Answer:
    """The rows of a running statement, to be read once, while it is open. None of them is kept."""

    def __init__(self, cursor: sqlite3.Cursor, watch: _Watch) -> None:
        """Take a cursor that has been executed."""
        self.columns = _unique([str(column[0]) for column in cursor.description])
        """The name of each column; one that comes again has `_2`, `_3` … behind it."""
        self._cursor, self._watch = cursor, watch

    def __iter__(self) -> Iterator[tuple[Value, ...]]:
        """Yield the rows: text, integers, finite numbers and None. Bytes come as text, or in hexadecimal.

        Raises:
            QueryRefused: It takes too long (what the reader does between rows does not count), or fails half-way.
            StoreError: The catalogue cannot be read.

        """
        while (row := self._watch.step(next, self._cursor, None)) is not None:
            yield tuple([value if value is None or isinstance(value, str | int) else _plain(value) for value in row])


@contextmanager
def run(path: Path, statement: str, time_limit_seconds: float = TIME_LIMIT_SECONDS) -> Iterator[Answer]:
    """Run one SELECT over the views of the catalogue at `path`.

    A look at the clock comes between the steps of SQLite: one call of a function is never stopped inside.

    Args:
        path: The catalogue.
        statement: SELECT, WITH … SELECT, VALUES, or EXPLAIN of these; at most `LONGEST_STATEMENT` bytes.
        time_limit_seconds: How long SQLite may work on it in all.

    Raises:
        QueryRefused: It is wrong (`detail`), touches what it may not (`forbidden`), or takes too long (`timed_out`).
        StoreError: The catalogue is missing, newer than this zukan, or damaged.

    """
    _check(statement, time_limit_seconds)
    with closing(connect_read_only(path)) as connection:
        watch = _Watch(path, _fence_in(connection, path), time_limit_seconds)
        connection.set_progress_handler(watch.is_over, _STEPS_BETWEEN_LOOKS)
        cursor = watch.step(connection.execute, statement)
        if cursor.description is None:
            raise QueryRefused("there is nothing to run")
        yield Answer(cursor, watch)


def describe(path: Path) -> tuple[View, ...]:
    """Return the views of the catalogue at `path` that may be queried.

    Raises:
        StoreError: The catalogue is missing, newer than this zukan, or damaged.

    """
    with closing(connect_read_only(path)) as connection, translated(path):
        return tuple(
            View(
                name,
                description,
                tuple(column[0] for column in connection.execute(f"SELECT * FROM {name} LIMIT 0").description),
            )
            for name, description in VIEWS.items()
        )


def _check(statement: str, time_limit_seconds: float) -> None:
    if not time_limit_seconds > 0:  # not a number is no limit either
        raise QueryRefused("the time limit must be more than 0 seconds")
    try:
        size = len(statement.encode())
    except UnicodeEncodeError as error:
        raise QueryRefused("it is not valid text") from error
    if size > LONGEST_STATEMENT:
        raise QueryRefused(f"it is longer than {LONGEST_STATEMENT:,} bytes")


def _fence_in(connection: sqlite3.Connection, path: Path) -> _Gate:
    """Leave the connection nothing but the views, under their names, and return what judges its statements.

    SQLite tells an authorizer by name from which view a table is read, and calls a common table expression by its
    name too: `WITH models AS (SELECT * FROM model)` would pass for the view. Therefore each view is there once more
    under a name that nobody can guess, and only from inside of these may tables be read.
    """
    connection.row_factory = None
    connection.text_factory = _text
    inner = {name: f"{name}_{os.urandom(8).hex()}" for name in VIEWS}
    with translated(path):
        schema = connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        sources = {name: sql for kind, name, sql in schema if kind == "view"}
        for name, secret in inner.items():
            body = _VIEW_BODY.match(sources.get(name) or "")
            if body is None:
                raise CatalogueDamaged(path, f"it has no view {name}")
            connection.execute(f"CREATE TEMP VIEW {secret} AS {body[1]}")
            connection.execute(f"CREATE TEMP VIEW {name} AS SELECT * FROM {secret}")
        # The first use of a table function enters it into the schema, which is not allowed later.
        connection.execute(f"SELECT 1 FROM {', '.join(f'''{name}('[]')''' for name in _TABLE_FUNCTIONS)}").fetchall()
    for limit, value in _LIMITS.items():
        connection.setlimit(limit, value)
    gate = _Gate(inner, {name.lower() for kind, name, _ in schema if kind == "table"} | _SCHEMA_TABLES)
    connection.set_authorizer(gate.judge)
    return gate


class _Gate:
    """Permits reading the views and calling functions, and remembers the first thing it refused."""

    def __init__(self, inner: dict[str, str], private: set[str]) -> None:
        self._inner = frozenset(inner.values())
        self._open = {*inner, *self._inner, *_TABLE_FUNCTIONS}
        self._private = private
        self._behind_views: set[str] = set()
        self.refusal = ""

    def judge(self, action: int, first: str | None, second: str | None, _schema: str | None, inside: str | None) -> int:
        """Return SQLITE_OK or SQLITE_DENY; SQLite asks for everything that a statement touches."""
        if action == sqlite3.SQLITE_READ:
            refusal = self._reading((first or "").lower(), second or "", inside)
        elif action == sqlite3.SQLITE_FUNCTION:
            name = (second or "").lower()
            refusal = f"the function {name} is not allowed" if name in _FORBIDDEN_FUNCTIONS else ""
        elif action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            refusal = ""
        else:
            refusal = f"only reading is allowed, from the views {', '.join(VIEWS)}"
        self.refusal = self.refusal or refusal
        return sqlite3.SQLITE_DENY if refusal else sqlite3.SQLITE_OK

    def _reading(self, table: str, column: str, inside: str | None) -> str:
        if inside in self._inner:
            self._behind_views.add(table)
            return ""
        if table in self._open:
            return ""
        # A table of which no column is used comes without the view that it is in; a common table expression too.
        if not column and (table in self._behind_views or table not in self._private):
            return ""
        return f"“{table}” is private to zukan; the views are {', '.join(VIEWS)}"


class _Watch:
    """Lets SQLite work, counts the time that it takes, and says in our errors what goes wrong."""

    def __init__(self, path: Path, gate: _Gate, seconds: float) -> None:
        self._path, self._gate, self._limit = path, gate, seconds
        self._ends = self._left = seconds

    def step(self, call: Callable[..., Any], *arguments: object) -> Any:
        """Return what a call into SQLite returns.

        Raises:
            QueryRefused, StoreError: See `run`.
            KeyboardInterrupt: Ctrl-C came meanwhile; SQLite says of it only that it was interrupted.

        """
        self._ends = time.monotonic() + self._left
        try:
            result = call(*arguments)
        except (sqlite3.Error, sqlite3.Warning, MemoryError) as error:
            raise self._explained(error) from error
        self._left = self._ends - time.monotonic()
        if self._left < 0:
            raise self._late()
        return result

    def is_over(self) -> bool:
        """Tell whether the time is up; SQLite asks now and then, and stops where it is."""
        return time.monotonic() > self._ends

    def _late(self) -> QueryRefused:
        return QueryRefused(f"the statement was stopped after {self._limit:g} s", timed_out=True)

    def _explained(self, error: Exception) -> BaseException:
        if isinstance(error, MemoryError):
            return QueryRefused("it needs more memory than there is")
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            return self._late() if self.is_over() else KeyboardInterrupt()
        if self._gate.refusal:
            return QueryRefused(self._gate.refusal, forbidden=True)
        if isinstance(error, sqlite3.Error) and code not in _ABOUT_THE_STATEMENT:
            return store_error(self._path, error)
        return QueryRefused(_complaint(str(error), code))


def _complaint(text: str, code: int) -> str:
    """Return what SQLite or Python's sqlite3 says of a statement, in words for those who do not know their insides."""
    if code == sqlite3.SQLITE_TOOBIG:
        return f"a value is larger than {LARGEST_VALUE // 10**6} MB"
    if match := _NO_SUCH_TABLE.fullmatch(text):
        return f"there is no view “{match[1]}”; the views are {', '.join(VIEWS)}"
    if "one statement at a time" in text:
        return "only one statement can be run at a time"
    if "bindings supplied" in text or "binding parameter" in text:
        return "it has a parameter, for which there is no value"
    return text


def _unique(names: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        unique, number = name, 1
        while unique in found or (unique != name and unique in names):
            number += 1
            unique = f"{name}_{number}"
        found.append(unique)
    return tuple(found)


def _text(raw: bytes) -> str:
    """Return text; SQLite lets bytes that are not UTF-8 pass for it."""
    return raw.decode("utf-8", "replace")


def _plain(value: bytes | float) -> Value:
    """Return bytes as text or hexadecimal, and an infinite number, which JSON lacks, as SQLite's shell writes it."""
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return value.hex()
    return value if math.isfinite(value) else ("Inf" if value > 0 else "-Inf")
