"""Counts and tells of the catalogue as a whole, and what it knows of one model beside its row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from zukan.store.columns import WALKED_AT
from zukan.store.connection import connect_read_only, translated
from zukan.store.words import Texts

_POPULAR = 1_000
"""So many of the most popular models tell how old a catalogue's figures are."""
_OF_TAG = frozenset({"family", "certainty", "rule"})
COUNTED = frozenset({*_OF_TAG, "pipeline_tag", "inferred_task", "library_name"})


class CatalogueFacts:
    """An open catalogue that can only be read: its facts. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the catalogue at `path`.

        Raises:
            StoreError: It is missing, newer than this zukan, or damaged.

        """
        self.path = path
        self._connection = connect_read_only(path)
        self._texts = Texts(self._connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raise our errors for those of sqlite3 inside, where all that is read is of one moment."""
        with translated(self.path):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                self._begin()
                yield
            finally:
                self._connection.rollback()

    def _begin(self) -> None:
        """Note that what is read from now on is of another moment."""

    def _all(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        with translated(self.path):
            return self._connection.execute(sql, values).fetchall()

    def texts(self, numbers: set[int]) -> Mapping[int | None, str]:
        """Return shared texts by their numbers, others among them."""
        with translated(self.path):
            return self._texts.of(numbers)

    def _tuples(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return rows as plain tuples, which are made and read faster."""
        with translated(self.path):
            cursor = self._connection.cursor()
            cursor.row_factory = None
            return cursor.execute(sql, values).fetchall()

    def count_by(self, column: str) -> dict[str, int]:
        """Return how many models have each value of `family` or `pipeline_tag`."""
        if column not in ("family", "pipeline_tag"):
            raise ValueError(column)
        return {value: number for value, number in self.counts(column) if value is not None}

    def counts(self, *columns: str) -> list[tuple[Any, ...]]:
        """Return (value of each column …, how many models), the most frequent first.

        The columns are one of `COUNTED`, or several of the family tag.
        """
        if not columns or not set(columns) <= COUNTED or (len(columns) > 1 and not set(columns) <= _OF_TAG):
            raise ValueError(columns)
        if set(columns) <= _OF_TAG:
            names = ", ".join(f"v.{column}" for column in columns)
            rows = self._all(
                f"SELECT {names}, sum(n.number) AS number FROM (SELECT verdict, count(*) AS number FROM model "
                f"GROUP BY verdict) n JOIN verdict v ON v.id = n.verdict GROUP BY {names} ORDER BY number DESC, 1"
            )
        else:
            rows = self._all(
                f"SELECT (SELECT text FROM word WHERE id = value), number FROM (SELECT {columns[0]} AS value, "
                "count(*) AS number FROM model GROUP BY 1) ORDER BY number DESC, 1"
            )
        return [tuple(row) for row in rows]

    def known(self) -> dict[str, int]:
        """Return how many models have a value for each of the facts that people filter by."""
        facts = ("pipeline_tag", "inferred_task", "num_parameters", "license", "gated", "downloads", "crawled_at")
        row = self._all(f"SELECT {', '.join(f'count({name}) AS {name}' for name in facts)} FROM model")[0]
        return {name: int(row[name]) for name in facts}

    def refused(self) -> int:
        """Return how many rows of crawls could not be read and were kept aside."""
        return int(self._all("SELECT count(*) AS number FROM refused_row")[0]["number"])

    def presence(self, model_id: str) -> tuple[bool, str | None]:
        """Return (whether the Hub itself has confirmed a model, the date of the walk that did not meet it)."""
        rows = self._all(
            "SELECT m.hub_id IS NOT NULL AS confirmed, r.finished_at AS at FROM model m "
            "LEFT JOIN crawl_run r ON r.id = m.absent_run AND r.finished_at IS NOT NULL WHERE m.model_id = ?",
            (model_id,),
        )
        return (bool(rows[0]["confirmed"]), rows[0]["at"]) if rows else (False, None)

    def history(self, model_id: str) -> list[tuple[str, int | None, int | None]]:
        """Return (date, downloads, likes) of a model as they were and are, oldest first."""
        rows = self._all("SELECT day, downloads, likes FROM history WHERE model_id = ? ORDER BY day", (model_id,))
        return [(row["day"], row["downloads"], row["likes"]) for row in rows]

    def card(self, model_id: str) -> tuple[str, str] | None:
        """Return (first paragraph of the model card, when it was fetched), None where none was."""
        rows = self._all("SELECT paragraph, fetched_at FROM cards WHERE model_id = ? AND paragraph <> ''", (model_id,))
        return (rows[0]["paragraph"], rows[0]["fetched_at"]) if rows else None

    def crawls(self, limit: int = 10) -> list[dict[str, Any]]:
        """Return what the latest crawls and imports did, newest first."""
        rows = self._all("SELECT * FROM crawls ORDER BY id DESC LIMIT ?", (limit,))
        return [
            {**dict(row), "retries": json.loads(row["retries"]), "dropped_fields": json.loads(row["dropped_fields"])}
            for row in rows
        ]

    def unconfirmed(self) -> int:
        """Return how many models no crawl has met."""
        return int(self._all("SELECT count(*) AS number FROM model WHERE hub_id IS NULL")[0]["number"])

    def absent(self) -> int:
        """Return how many models the last complete walk did not meet."""
        return int(
            self._all(
                "SELECT count(*) AS number FROM model WHERE absent_run IN "
                "(SELECT id FROM crawl_run WHERE finished_at IS NOT NULL)"
            )[0]["number"]
        )

    def newest(self) -> str | None:
        """Return the date of the catalogue: that of the last complete walk, or of the newest figures among the most
        popular models, which every crawl and import brings up to date first. All of them are not looked at.
        """
        walk = self._all("SELECT substr(value, 1, 10) AS day FROM meta WHERE name = ?", (WALKED_AT,))
        days = [row["day"] for row in walk]
        # An import that did not end has left models without a place; else none is, and they would be looked for long.
        for placed in ("NOT NULL ORDER BY place", "NULL"):
            row = self._all(
                "SELECT date(max(iif(typeof(as_of) = 'integer', as_of, NULL)) * 86400, 'unixepoch') AS day, "
                f"count(*) AS models FROM (SELECT as_of FROM model WHERE place IS {placed} LIMIT {_POPULAR})"
            )[0]
            days.append(row["day"] or "")
            if row["models"]:
                break
        return max(days) or None

    def meta(self) -> dict[str, str]:
        """Return the facts about the catalogue itself, with `models` (count) and `as_of` (newest date)."""
        facts = {row["name"]: row["value"] for row in self._all("SELECT name, value FROM meta")}
        # Days and texts do not compare; text is what was no date.
        row = self._all(
            "SELECT count(*) AS number, date(max(iif(typeof(as_of) = 'integer', as_of, NULL)) * 86400, 'unixepoch') "
            "AS newest FROM model"
        )[0]
        newest = max(row["newest"] or "", facts.get(WALKED_AT, "")[:10])
        return {**facts, "models": str(row["number"]), "as_of": newest}
