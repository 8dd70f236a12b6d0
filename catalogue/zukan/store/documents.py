"""Reads what is stored of models and makes the texts by which they are indexed, see `document`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from zukan.store.columns import HAS_CARD, HAS_EVALUATIONS
from zukan.store.document import Facts, tokens_of
from zukan.store.wording import squashed

_REMEMBERED = 30_000
"""Texts kept in memory: nearly all models are told with a few thousand."""
_HOUR = 3_600_000
_FACTS = (
    "m.id, m.place, m.model_id, m.tags, m.pipeline_tag, m.inferred_task, m.verdict, m.languages, m.license, "
    "m.library_name, m.model_type, m.base_models, m.gated, m.exclusion, m.state, m.num_parameters, m.downloads, "
    "m.likes, m.trending_score, m.created_at, m.last_modified FROM model m"
)
_HAS: dict[int, tuple[str, ...]] = {
    0: (),
    HAS_CARD: ("card",),
    HAS_EVALUATIONS: ("evals",),
    HAS_CARD | HAS_EVALUATIONS: ("card", "evals"),
}


class Document(NamedTuple):
    """What the indexes hold of a model."""

    place: int
    text: str
    name: str


class DocumentReader:
    """Makes the documents of an open catalogue."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take any connection to it."""
        self._connection = connection
        self._texts: dict[int | None, str] = {}
        self._families: dict[int, str] = {}
        self._lists: dict[int | None, tuple[str, ...]] = {}
        self._hours: dict[int, str | None] = {}

    def forget(self) -> None:
        """Forget what was read: a transaction is not kept."""
        self._texts.clear()
        self._families.clear()
        self._lists.clear()

    def texts(self, ids: Sequence[int]) -> tuple[list[str], list[str]]:
        """Return the texts of these models for the one index, and for the other."""
        found = self.documents(ids)
        documents = [found[id_] for id_ in ids]
        return [document.text for document in documents], [document.name for document in documents]

    def documents(self, ids: Sequence[int]) -> dict[int, Document]:
        """Return the documents of those of these models that there are, by row id."""
        wanted = json.dumps(ids)
        rows = self._connection.execute(
            f"SELECT {_FACTS} WHERE m.id IN (SELECT value FROM json_each(?))", (wanted,)
        ).fetchall()
        cards: dict[int, str] = dict(
            self._connection.execute(
                "SELECT model, paragraph FROM card WHERE model IN (SELECT value FROM json_each(?))", (wanted,)
            )
            if self._connection.execute("SELECT 1 FROM card LIMIT 1").fetchone()
            else ()
        )
        aliases: dict[int, list[str]] = {}
        for id_, name in self._connection.execute(
            "SELECT model, name FROM alias WHERE model IN (SELECT value FROM json_each(?)) ORDER BY name", (wanted,)
        ):
            aliases.setdefault(id_, []).append(name)
        tags = [[] if row[3] == "[]" else list(map(int, str(row[3])[1:-1].split(","))) for row in rows]
        self._load_texts(rows, tags)
        facts = [
            self._facts(row, numbers, aliases.get(row[0], ()), cards.get(row[0]))
            for row, numbers in zip(rows, tags, strict=True)
        ]
        texts = list(map(tokens_of, facts))
        return {
            row[0]: Document(row[1] or 0, text, squashed(str(row[2]))) for row, text in zip(rows, texts, strict=True)
        }

    def _load_texts(self, rows: Sequence[tuple[Any, ...]], tags: Sequence[Sequence[int]]) -> None:
        """Look up the texts that rows name by number and that are not known yet."""
        if len(self._texts) > _REMEMBERED or len(self._families) > _REMEMBERED:
            self.forget()
        known = self._texts
        missing = set().union(*tags, *[row[4:6] for row in rows], *[row[7:14] for row in rows]).difference(known)
        missing.discard(None)
        self._look_up("SELECT id, text FROM word", missing, known)
        self._look_up(
            "SELECT id, family FROM verdict", {row[6] for row in rows}.difference(self._families), self._families
        )

    def _look_up(self, select: str, missing: Collection[int], known: dict[Any, str]) -> None:
        if missing:
            numbers = ",".join(map(str, missing))
            known.update(self._connection.execute(f"{select} WHERE id IN ({numbers})").fetchall())

    def _facts(self, row: tuple[Any, ...], tags: Sequence[int], aliases: Sequence[str], paragraph: str | None) -> Facts:
        (_, _, model_id, _, task, inferred, verdict, languages, license_, library, model_type, bases, gated,
         exclusion, state, size, downloads, likes, trending, created, modified) = row  # fmt: skip
        texts = self._texts.get
        return Facts(
            str(model_id),
            aliases,
            list(map(self._texts.__getitem__, tags)),
            str(paragraph or ""),
            texts(task),
            texts(inferred),
            self._families[verdict],
            self._list(languages),
            texts(license_),
            texts(library),
            texts(model_type),
            self._list(bases),
            texts(gated),
            texts(exclusion),
            _HAS[state & (HAS_CARD | HAS_EVALUATIONS)],
            size,
            downloads,
            likes,
            trending,
            self._hour(created),
            self._hour(modified),
        )

    def _list(self, number: int | None) -> tuple[str, ...]:
        known = self._lists.get(number)
        if known is None:
            known = self._lists[number] = tuple(json.loads(self._texts.get(number, "[]")))
        return known

    def _hour(self, moment: int | str | None) -> str | None:
        """Return a stored date and time as text, to the hour."""
        if type(moment) is not int:
            return moment  # type: ignore[return-value]
        hour = moment // _HOUR
        found = self._hours.get(hour)
        if found is None:
            try:
                found = datetime.fromtimestamp(hour * 3600, UTC).isoformat()[:13]
            except (ValueError, OverflowError, OSError):
                return None
            self._hours[hour] = found
        return found
