"""Turns rows of the table `model` into records: shared texts are looked up once for all rows of an answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from zukan.schema import Certainty, Family, FamilyTag, Hit, ModelRecord
from zukan.store.columns import ABSENT, DISABLED, REMOVED, SHARED, TAG_COLUMNS, WALKED_ON, moment
from zukan.store.naming import named, own_name
from zukan.store.words import Texts

COLUMNS = (
    f"m.id, m.place, m.hub_id, m.model_id, m.sha, m.verdict, {', '.join(f'm.{name}' for name in SHARED)}, m.tags, "
    "m.num_parameters, m.weight_bytes, m.downloads, m.likes, m.trending_score, m.state, "
    f"{moment('created_at')} AS created_at, {moment('last_modified')} AS last_modified, m.rare, m.as_of, "
    f"{WALKED_ON} AS walked_on, {ABSENT} AS absent"
)
"""What a `Decoder` reads, of `model m`: mostly as it is stored, Python makes texts of it faster than SQL."""
WIDTH = 19 + len(SHARED)
"""So many columns these are."""
ID, PLACE, _VERDICT, _SHARED, _TAGS, OWN_DATE_AT = 0, 1, 5, 6, 6 + len(SHARED), 16 + len(SHARED)

_REMEMBERED = 5_000
_FIRST_TAGS, _LAST_TAGS = 300, 100
"""So many tags of a very long list are read for ranking: the library and what trained it stand before the languages,
the licence and papers behind them."""
_NO_RARE: dict[str, Any] = {}
_EPOCH = date(1970, 1, 1).toordinal()
_DAY_MILLISECONDS = 86_400_000
_GATED = {"true": True, "false": False}


@lru_cache(maxsize=2_000)
def shortened(tags: str) -> str:
    """Return a stored list of tags without the middle of a very long one, which names languages by the thousand."""
    if len(tags) <= _FIRST_TAGS + _LAST_TAGS:
        return tags
    numbers = tags[1:-1].split(",")
    if len(numbers) <= _FIRST_TAGS + _LAST_TAGS:
        return tags
    return f"[{','.join((*numbers[:_FIRST_TAGS], *numbers[-_LAST_TAGS:]))}]"


@lru_cache(maxsize=5_000)
def listed(text: str) -> tuple[str, ...]:
    """Return the texts in a JSON list of them; most models share theirs with many."""
    return tuple(json.loads(text))


@lru_cache(maxsize=2_000)
def _config(text: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return a config excerpt and its architectures; models with the same one share it, so nobody may change it."""
    found: dict[str, Any] = json.loads(text)
    return found, tuple([name for name in found.get("architectures") or () if isinstance(name, str)])


@lru_cache(maxsize=10_000)
def day_of(stored: int | str | None) -> str | None:
    """Return a date as people write it: it is stored as days since 1970, or as it came where that was no date."""
    return date.fromordinal(_EPOCH + stored).isoformat() if isinstance(stored, int) else stored


def latest_day(own_date: int | str | None, walked_on: str | None) -> str | None:
    """Return the date of a model's figures: its own, or that of the walk that met it if that is later."""
    as_of = day_of(own_date)
    return walked_on if walked_on and (as_of is None or walked_on > as_of) else as_of


@lru_cache(maxsize=10_000)
def day_of_moment(stored: int | str | None) -> str | None:
    """Return the day of a date and time, which is stored as milliseconds since 1970, or as it came."""
    return day_of(stored // _DAY_MILLISECONDS) if isinstance(stored, int) else stored and stored[:10]


class Decoder:
    """Reads rows of `COLUMNS` of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, texts: Texts | None = None) -> None:
        """Take a connection to the catalogue, and its texts."""
        self._connection = connection
        self._texts = texts or Texts(connection)
        self._verdicts: dict[int, FamilyTag] = {}
        self._families: dict[int, str] = {}
        self._tags: dict[str, tuple[str, ...]] = {}

    def hits(self, rows: Sequence[tuple[Any, ...]]) -> list[Hit]:
        """Return the models of rows, in their order; what stands behind `COLUMNS` in a row is passed over."""
        if not rows:
            return []
        numbers = {number for row in rows for number in row[_SHARED:_TAGS]}
        tags, texts = self.shared([row[_TAGS] for row in rows], numbers)
        verdicts = self.verdicts({row[_VERDICT] for row in rows})
        found = []
        for row in rows:
            record = _record(row, tags[row[_TAGS]], texts.get)
            found.append(Hit(record, named(verdicts[row[_VERDICT]], own_name(record.model_id, record.hub_id))))
        return found

    def shared(
        self, stored: Iterable[str], numbers: set[int | None]
    ) -> tuple[Mapping[str, tuple[str, ...]], Mapping[int | None, str]]:
        """Return (lists of tags by how they are stored, texts by their numbers), with others among them.

        Args:
            stored: The lists of tags that are wanted.
            numbers: The texts beside those of the tags; None among them is passed over.

        """
        known = self._tags
        if len(known) > _REMEMBERED:
            known.clear()
        new = list({one for one in stored if one not in known})
        lists = dict(zip(new, json.loads(f"[{','.join(new)}]"), strict=True))
        wanted: set[int] = {number for number in numbers if number is not None}
        texts = self._texts.of(wanted.union(*lists.values()))
        known.update((one, tuple([texts[number] for number in own])) for one, own in lists.items())
        return known, texts

    def verdicts(self, numbers: set[int]) -> dict[int, FamilyTag]:
        """Return family tags by their numbers, as they are stored, see `naming`."""
        known = self._verdicts
        missing = numbers.difference(known)
        if missing:
            if len(known) > _REMEMBERED:
                known.clear()
                missing = numbers
            known.update(self._read_verdicts(missing))
        return known

    def families(self, numbers: set[int]) -> dict[int, str]:
        """Return the families of verdicts by their numbers, others among them; their proof takes longer to read."""
        known = self._families
        missing = numbers.difference(known)
        if missing:
            if len(known) > 2 * _REMEMBERED:
                known.clear()
                missing = numbers
            chosen = ",".join(map(str, missing))
            known.update(self._connection.execute(f"SELECT id, family FROM verdict WHERE id IN ({chosen})").fetchall())
        return known

    def _read_verdicts(self, numbers: set[int]) -> dict[int, FamilyTag]:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        rows = cursor.execute(
            f"SELECT id, {', '.join(TAG_COLUMNS)} FROM verdict WHERE id IN ({','.join(map(str, numbers))})"
        )
        return {row["id"]: tag_from_row(row) for row in rows}


def _record(row: tuple[Any, ...], tags: tuple[str, ...], text: Callable[..., Any]) -> ModelRecord:
    # By place, here and in the record: names are compared one by one, forty times for each model.
    (
        _, _, hub_id, model_id, sha, _, task, library, model_type, license_, languages, source, gated, _, bases,
        relation, config, sources, inferred_task, inferred_from, _, size, weight, downloads, likes, trending, state,
        created, modified, rare_json, own_date, walked_on, absent, *_,
    ) = row  # fmt: skip
    known, architectures = _config(text(config, "{}"))
    rare = json.loads(rare_json) if rare_json else _NO_RARE
    author = rare["author"] if "author" in rare else (model_id.partition("/")[0] or None) if "/" in model_id else None
    gated = text(gated)
    return ModelRecord(
        model_id,
        hub_id.hex() if type(hub_id) is bytes else hub_id,
        sha.hex() if type(sha) is bytes else sha,
        author,
        text(task),
        text(library),
        text(model_type),
        architectures,
        None,  # auto_model
        size,
        text(source),
        weight,
        text(license_),
        listed(text(languages, "[]")),
        tags,
        downloads,
        likes,
        trending,
        _GATED.get(gated, gated),
        state & DISABLED != 0,
        state & REMOVED != 0,
        bool(absent),
        created,
        modified,
        listed(text(bases, "[]")),
        text(relation),
        rare.get("mask_token"),
        rare.get("used_storage"),
        rare.get("context_length"),
        known,
        text(inferred_task),
        text(inferred_from),
        (),  # aliases
        latest_day(own_date, walked_on),
        listed(text(sources, "[]")),
    )


def tag_from_row(row: sqlite3.Row) -> FamilyTag:
    """Turn the family columns of a row into a FamilyTag."""
    return FamilyTag(
        family=Family(row["family"]),
        certainty=Certainty(row["certainty"]),
        reason=row["reason"],
        evidence=json.loads(row["evidence"]),
        rule=row["rule"],
        guess=Family(row["guess"]) if row["guess"] else None,
    )
