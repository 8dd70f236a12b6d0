"""Keeps the full-text indexes true to the table `model`: what a transaction touches is indexed anew at its end.

`model_text` holds the tokens of every model under its place, `model_name` the letters of its name in threes. Neither
keeps its text (that halves the file), so what is to be forgotten is made again from what is stored: `touch` does so
before anything changes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from zukan.store.columns import HAS_CARD, HAS_EVALUATIONS, moment
from zukan.store.document import VERSION, Facts, tokens_of
from zukan.store.places import POPULARITY_SQL, SHIFT, first_place, popularity, step
from zukan.store.tokens import UNCOUNTED
from zukan.store.wording import squashed

INDEX_VERSION = "index_version"
"""Name in the table meta: by which `document.VERSION` the index was made."""
_BATCH = 2_000
_REMEMBERED = 300_000

_FACTS = (
    "m.id, m.place, m.model_id, m.tags, m.pipeline_tag, m.inferred_task, v.family, m.languages, m.license, "
    "m.library_name, m.model_type, m.base_models, m.gated, m.exclusion, m.state, m.num_parameters, m.downloads, "
    f"m.likes, m.trending_score, {moment('created_at')}, {moment('last_modified')}, c.paragraph "
    "FROM model m JOIN verdict v ON v.id = m.verdict LEFT JOIN card c ON c.model = m.id"
)


class _Document(NamedTuple):
    """What the indexes hold of a model."""

    place: int
    text: str
    name: str


class ModelIndex:
    """The indexes of an open catalogue that is written."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take the connection that writes."""
        self._connection = connection
        self._before: dict[int, _Document | None] = {}
        self._texts: dict[int | None, str] = {}
        self._lists: dict[int | None, tuple[str, ...]] = {}
        self._next: dict[int, int] = {}
        self.deferred = False
        """Whether nothing is indexed until `rebuild`: for a catalogue that nobody reads yet."""

    def place(self, downloads: int | None, likes: int | None) -> int:
        """Return a free place for a model of this popularity; call inside a transaction."""
        of_step = step(popularity(downloads, likes))
        if of_step not in self._next:
            first = first_place(of_step)
            row = self._connection.execute(
                "SELECT max(place) FROM model WHERE place >= ? AND place < ?", (first, first_place(of_step + 1))
            ).fetchone()
            self._next[of_step] = first if row[0] is None else int(row[0]) + 1
        found = self._next[of_step]
        self._next[of_step] += 1
        return found

    def touch(self, ids: Iterable[int]) -> None:
        """Note models that are about to change; call inside a transaction, before they do."""
        if self.deferred:
            return
        wanted = [id_ for id_ in ids if id_ not in self._before]
        if wanted:
            found = self._documents(wanted)
            self._before.update((id_, found.get(id_)) for id_ in wanted)

    def added(self, ids: Iterable[int]) -> None:
        """Note models that were not there before."""
        if not self.deferred:
            for id_ in ids:
                self._before.setdefault(id_, None)

    def flush(self) -> None:
        """Index anew what was touched and has changed; call at the end of a transaction."""
        before, self._before = self._before, {}
        if not before:
            return
        self._move(before)
        after = self._documents(list(before))
        old = [document for id_, document in before.items() if document and document != after.get(id_)]
        new = [document for id_, document in after.items() if document != before[id_]]
        execute_many = self._connection.executemany
        for table, place in (("model_text", 1), ("model_name", 2)):
            execute_many(
                f"INSERT INTO {table} ({table}, rowid, text) VALUES ('delete', ?, ?)",
                ((document.place, document[place]) for document in old),
            )
            execute_many(
                f"INSERT INTO {table} (rowid, text) VALUES (?, ?)",
                ((document.place, document[place]) for document in new),
            )
        if new or old:
            self._connection.execute(
                "INSERT INTO meta (name, value) VALUES (?1, ?2) "
                "ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + ?2",
                (UNCOUNTED, max(len(new), len(old))),
            )

    def forget(self, *, kept: bool) -> None:
        """Drop what is only known inside a transaction."""
        self._before.clear()
        self._next.clear()
        if not kept:
            self._texts.clear()
            self._lists.clear()

    def forget_places(self) -> None:
        """Look up the free places anew: a part of the transaction was not kept."""
        self._next.clear()

    def _move(self, before: dict[int, _Document | None]) -> None:
        """Give models whose popularity has left its step a place in the new one."""
        # New ones too: another page of the transaction may have changed their figures.
        known = json.dumps(list(before))
        rows = self._connection.execute(
            "SELECT id, place, downloads, likes FROM model WHERE id IN (SELECT value FROM json_each(?))", (known,)
        ).fetchall()
        moved = [
            (self.place(downloads, likes), id_)
            for id_, place, downloads, likes in rows
            if place >> SHIFT != step(popularity(downloads, likes))
        ]
        self._connection.executemany("UPDATE model SET place = ? WHERE id = ?", moved)

    def _documents(self, ids: Sequence[int]) -> dict[int, _Document]:
        wanted = json.dumps(ids)
        rows = self._connection.execute(
            f"SELECT {_FACTS} WHERE m.id IN (SELECT value FROM json_each(?))", (wanted,)
        ).fetchall()
        aliases: dict[int, list[str]] = {}
        for id_, name in self._connection.execute(
            "SELECT model, name FROM alias WHERE model IN (SELECT value FROM json_each(?)) ORDER BY name", (wanted,)
        ):
            aliases.setdefault(id_, []).append(name)
        self._load_texts(rows)
        return {row[0]: self._document(row, aliases.get(row[0], ())) for row in rows}

    def _load_texts(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Look up the texts that rows name by number and that are not known yet."""
        if len(self._texts) > _REMEMBERED:
            self._texts.clear()
            self._lists.clear()
        known = self._texts
        missing = {number for row in rows for number in (*row[4:6], *row[7:14]) if number not in known}
        for row in rows:
            tags = str(row[3])
            if tags != "[]":
                missing.update(number for number in map(int, tags[1:-1].split(",")) if number not in known)
        missing.discard(None)
        if missing:
            numbers = ",".join(map(str, missing))
            known.update(self._connection.execute(f"SELECT id, text FROM word WHERE id IN ({numbers})").fetchall())

    def _document(self, row: tuple[Any, ...], aliases: Sequence[str]) -> _Document:
        (_, place, model_id, tags, task, inferred, family, languages, license_, library, model_type, bases, gated,
         exclusion, state, size, downloads, likes, trending, created, modified, paragraph) = row  # fmt: skip
        texts = self._texts.get
        facts = Facts(
            model_id=str(model_id),
            aliases=aliases,
            tags=[] if tags == "[]" else [self._texts[int(number)] for number in str(tags)[1:-1].split(",")],
            card=str(paragraph or ""),
            task=texts(task),
            inferred_task=texts(inferred),
            family=str(family),
            languages=self._list(languages),
            license=texts(license_),
            library=texts(library),
            model_type=texts(model_type),
            base_models=self._list(bases),
            gated=texts(gated),
            exclusion=texts(exclusion),
            has=_HAS[int(state) & (HAS_CARD | HAS_EVALUATIONS)],
            num_parameters=size,
            downloads=downloads,
            likes=likes,
            trending=trending,
            created=created,
            modified=modified,
        )
        return _Document(int(place or 0), tokens_of(facts), squashed(str(model_id)))

    def _list(self, number: int | None) -> tuple[str, ...]:
        known = self._lists.get(number)
        if known is None:
            known = self._lists[number] = tuple(json.loads(self._texts.get(number, "[]")))
        return known

    def is_stale(self) -> bool:
        """Whether the index is to be made anew: of an older version, or left so by an import that did not end."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (INDEX_VERSION,)).fetchone()
        return row is None or row[0] != str(VERSION)

    def defer(self) -> None:
        """Index nothing until `rebuild`, also if this process ends before; call inside a transaction."""
        self.deferred = True
        self._connection.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (INDEX_VERSION, "stale"))

    def drifted(self) -> int:
        """Return how many models were indexed anew since the words were counted."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (UNCOUNTED,)).fetchone()
        return int(row[0]) if row else 0

    def rebuild(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Order all models by popularity and index them anew, in that order; call inside a transaction.

        Args:
            progress: Called with (models done, models in all).

        """
        execute = self._connection.execute
        self.forget(kept=True)
        execute("DROP INDEX IF EXISTS model_by_place")
        execute("UPDATE model SET place = NULL WHERE place IS NOT NULL")
        total = _give_places(self._connection)
        execute("CREATE UNIQUE INDEX model_by_place ON model (place)")
        for table in ("model_text", "model_name"):
            execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        done, last = 0, -1
        while rows := execute(
            "SELECT id, place FROM model WHERE place > ? ORDER BY place LIMIT ?", (last, _BATCH)
        ).fetchall():
            found = self._documents([row[0] for row in rows])
            documents = [found[row[0]] for row in rows]
            for table, place in (("model_text", 1), ("model_name", 2)):
                self._connection.executemany(
                    f"INSERT INTO {table} (rowid, text) VALUES (?, ?)", ((d.place, d[place]) for d in documents)
                )
            last, done = rows[-1][1], done + len(rows)
            if progress:
                progress(done, total)
        execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (INDEX_VERSION, str(VERSION)))
        execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (UNCOUNTED, str(max(total, 1))))


_HAS = {
    0: (),
    HAS_CARD: ("card",),
    HAS_EVALUATIONS: ("evals",),
    HAS_CARD | HAS_EVALUATIONS: ("card", "evals"),
}


def _give_places(connection: sqlite3.Connection) -> int:
    """Number the models of each step in order of popularity; return how many there are."""
    product = POPULARITY_SQL.format("", "")
    # The sorter holds all of it before the first row comes, so that the updates do not disturb it.
    rows = connection.execute(f"SELECT id, {product} AS product FROM model ORDER BY product DESC, id")
    total, of_step, place = 0, -1, 0

    def placed() -> Iterable[tuple[int, int]]:
        nonlocal total, of_step, place
        for id_, number in rows:
            if step(number) != of_step:
                of_step = step(number)
                place = first_place(of_step)
            yield place, id_
            place += 1
            total += 1

    connection.executemany("UPDATE model SET place = ? WHERE id = ?", placed())
    return total
