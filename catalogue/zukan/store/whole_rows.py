"""Reads all that a catalogue holds of its models, column by column, for a file that gives the catalogue back."""

from __future__ import annotations

import json
import sqlite3
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from zukan.errors import CatalogueDamaged
from zukan.row_facts import MAX_ROW_BYTES
from zukan.store.columns import (
    ABSENT,
    CRAWLED_AT,
    DISABLED,
    HAS_CARD,
    HAS_EVALUATIONS,
    REMOVED,
    SHARED,
    STATES_DISABLED,
    STATES_PRIVATE,
    TAG_COLUMNS,
    WALKED_ON,
    moment,
)
from zukan.store.naming import own_name, text_named
from zukan.store.packing import unpacked_text
from zukan.store.places import popularity
from zukan.store.rows import day_of, listed
from zukan.store.tokens import COUNTED_AT, UNCOUNTED
from zukan.store.words import Texts

RUN_COLUMNS = (
    "id", "kind", "scope", "started_at", "finished_at", "cursor", "last_id", "walked_at", "phase", "endpoint",
    "requests", "rows", "added", "changed", "unchanged", "refused", "renamed", "clamped", "absent", "received_bytes",
    "seconds", "stopped", "retries", "dropped_fields",
)  # fmt: skip
OF_THE_INDEX = (COUNTED_AT, UNCOUNTED, "index_version", "meanings")
"""Facts that say how the file is indexed: made again where a catalogue is given back."""

_SELECT = (
    f"SELECT m.id, m.place, m.model_id, m.hub_id, m.sha, m.verdict, {', '.join(f'm.{name}' for name in SHARED)}, "
    "m.tags, m.num_parameters, m.weight_bytes, m.downloads, m.downloads_all_time, m.likes, m.trending_score, m.state, "
    f"{moment('created_at')}, {moment('last_modified')}, m.rare, m.as_of, {CRAWLED_AT}, m.row_hash, m.absent_run, "
    f"{WALKED_ON}, {ABSENT}, d.row "
    "FROM json_each(?) j CROSS JOIN model m ON m.id = j.value LEFT JOIN detail d ON d.id = m.id ORDER BY j.key"
)
_MOST_REMEMBERED = 20_000

Table = dict[str, list[Any]]
"""Values of some models by the name of their column."""


class Part(NamedTuple):
    """Models that belong together, in order."""

    task: str | None
    ids: array[int]


def facts(connection: sqlite3.Connection) -> dict[str, Any]:
    """Return what is kept about the whole catalogue: `meta` and `runs`; of imports not where the files lay."""
    meta = {
        name: value
        for name, value in connection.execute("SELECT name, value FROM meta ORDER BY name")
        if name not in OF_THE_INDEX
    }
    runs = [
        dict(zip(RUN_COLUMNS, row, strict=True))
        for row in connection.execute(f"SELECT {', '.join(RUN_COLUMNS)} FROM crawl_run ORDER BY id")
    ]
    for run in runs:
        if run["kind"] == "import":
            run["scope"] = "{}"
    return {"meta": meta, "runs": runs}


def parts(connection: sqlite3.Connection, *, by_task: bool) -> list[Part]:
    """Return the row ids of all models, the most popular first: together, or by the task that they state."""
    order = "m.place IS NULL, m.place, m.id"
    if not by_task:
        ids = array("q", (row[0] for row in connection.execute(f"SELECT id FROM model m ORDER BY {order}")))
        return [Part(None, ids)]
    rows = connection.execute(
        f"SELECT w.text, m.id FROM model m LEFT JOIN word w ON w.id = m.pipeline_tag ORDER BY w.text, {order}"
    )
    return [Part(task, array("q", (row[1] for row in found))) for task, found in groupby(rows, lambda row: row[0])]


class WholeRows:
    """Reads models of one connection whole."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        """Take a connection that stays in one transaction, and the name of its file for errors."""
        self._connection = connection
        self._path = path
        self._texts = Texts(connection)
        self._shared = dict(connection.execute("SELECT id, text FROM dictionary").fetchall())
        self._verdicts: dict[int, tuple[Any, ...]] = {}
        self._beside = {
            name: connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone() is not None
            for name in ("alias", "counted", "card")
        }

    def tables(self, ids: Sequence[int], size: int) -> Iterator[Table]:
        """Yield models in the order of their row ids, so many at a time.

        Raises:
            CatalogueDamaged: A row cannot be read.

        """
        for start in range(0, len(ids), size):
            yield self._table(list(ids[start : start + size]))

    def _table(self, ids: list[int]) -> Table:
        wanted = json.dumps(ids)
        cursor = self._connection.cursor()
        cursor.row_factory = None
        rows = cursor.execute(_SELECT, (wanted,)).fetchall()
        columns = [list(column) for column in zip(*rows, strict=True)]
        at = iter(columns)
        (_, place, names, hub_ids, shas, verdicts) = (next(at) for _ in range(6))
        shared = dict(zip(SHARED, (next(at) for _ in SHARED), strict=True))
        (
            tags, sizes, weights, downloads, all_time, likes, trending, states, created, modified, rare, own_dates,
            crawled, hashes, absent_runs, walked, absent, packed,
        ) = at  # fmt: skip
        text = self._texts_of(shared, tags)
        lists = {stored: [text[number] for number in json.loads(stored)] for stored in set(tags)}
        rares = [json.loads(found) if found else {} for found in rare]
        own = [day_of(found) for found in own_dates]
        words = {name: [text.get(number) for number in numbers] for name, numbers in shared.items()}
        tag_columns = [list(column) for column in zip(*self._tags(verdicts), strict=True)]
        tag_columns[-1] = list(map(text_named, tag_columns[-1], map(own_name, names, map(_hex, hub_ids))))
        return {
            "model_id": names,
            "_id": [_hex(found) for found in hub_ids],
            "author": [_author(name, facts) for name, facts in zip(names, rares, strict=True)],
            "sha": [_hex(found) for found in shas],
            **dict(zip(TAG_COLUMNS, tag_columns, strict=True)),
            **words,
            "excluded": words["exclusion"],
            **{name: [_list(found) for found in words[name]] for name in ("languages", "base_models", "sources")},
            "num_parameters": sizes,
            "weight_bytes": weights,
            "downloads": downloads,
            "downloadsAllTime": all_time,
            "likes": likes,
            "trending_score": trending,
            "popularity": [popularity(*both) for both in zip(downloads, likes, strict=True)],
            "place": place,
            **{name: _flags(states, bit) for name, bit in _FLAGS.items()},
            "createdAt": created,
            "lastModified": modified,
            **{name: [facts.get(name) for facts in rares] for name in ("context_length", "mask_token", "used_storage")},
            "tags": [lists[found] for found in tags],
            "as_of": [max(one or "", two or "") or None for one, two in zip(own, walked, strict=True)],
            "crawled_at": crawled,
            "unconfirmed": [found is None for found in hub_ids],
            "absent": [bool(found) for found in absent],
            "aliases": self._aliases(ids, wanted),
            "history": self._history(ids, wanted),
            "card": self._cards(ids, wanted),
            "rest": [self._rest(*found) for found in zip(names, packed, strict=True)],
            "state": [state & (STATES_DISABLED | STATES_PRIVATE) for state in states],
            "own_as_of": own,
            "row_hash": hashes,
            "absent_run": absent_runs,
        }

    def _texts_of(self, shared: dict[str, list[Any]], tags: list[str]) -> Any:
        numbers = {number for column in shared.values() for number in column}
        numbers.discard(None)
        return self._texts.of(numbers.union(*(json.loads(stored) for stored in set(tags))))

    def _tags(self, numbers: list[int]) -> list[tuple[Any, ...]]:
        known = self._verdicts
        if missing := set(numbers).difference(known):
            if len(known) > _MOST_REMEMBERED:
                known.clear()
                missing = set(numbers)
            found = self._connection.execute(
                f"SELECT id, {', '.join(TAG_COLUMNS)} FROM verdict WHERE id IN (SELECT value FROM json_each(?))",
                (json.dumps(list(missing)),),
            )
            known.update((row[0], tuple(row[1:])) for row in found)
        return [known[number] for number in numbers]

    def _grouped(
        self, table: str, ids: list[int], wanted: str, columns: str, order: str
    ) -> list[list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = {}
        if self._beside[table]:
            condition = f"model IN (SELECT value FROM json_each(?)) ORDER BY {order}"
            for row in self._connection.execute(f"SELECT model, {columns} FROM {table} WHERE {condition}", (wanted,)):
                found.setdefault(row[0], []).append(tuple(row[1:]))
        return [found.get(id_, []) for id_ in ids]

    def _aliases(self, ids: list[int], wanted: str) -> list[list[str]]:
        return [[row[0] for row in rows] for rows in self._grouped("alias", ids, wanted, "name", "model, name")]

    def _history(self, ids: list[int], wanted: str) -> list[list[dict[str, Any]]]:
        rows = self._grouped("counted", ids, wanted, "date(day * 86400, 'unixepoch'), downloads, likes", "model, day")
        return [[dict(zip(("day", "downloads", "likes"), row, strict=True)) for row in days] for days in rows]

    def _cards(self, ids: list[int], wanted: str) -> list[dict[str, Any] | None]:
        names = ("front_matter", "paragraph", "problem", "sha", "fetched_at")
        rows = self._grouped("card", ids, wanted, ", ".join(names), "model")
        return [dict(zip(names, cards[0], strict=True)) if cards else None for cards in rows]

    def _rest(self, model_id: str, packed: bytes | None) -> str | None:
        if packed is None:
            return None
        try:
            return unpacked_text(packed, self._shared, 4 * MAX_ROW_BYTES).decode()
        except (ValueError, KeyError, IndexError, TypeError, zlib.error) as error:
            raise CatalogueDamaged(self._path, f"the stored row of {model_id}: {error}") from error


_FLAGS = {"disabled": DISABLED, "removed": REMOVED, "has_card": HAS_CARD, "has_evals": HAS_EVALUATIONS}


def _flags(states: list[int], bit: int) -> list[bool]:
    return [state & bit != 0 for state in states]


def _hex(stored: bytes | str | None) -> str | None:
    return stored.hex() if isinstance(stored, bytes) else stored


def _author(model_id: str, rare: dict[str, Any]) -> str | None:
    # As the view does: what stands before the slash, where nothing else is stored.
    return rare["author"] if "author" in rare else (model_id.partition("/")[0] or None) if "/" in model_id else None


def _list(stored: str | None) -> list[str]:
    return list(listed(stored or "[]"))
