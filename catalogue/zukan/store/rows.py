"""Turns rows of the table `model` into records: shared texts are looked up once for all rows of an answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from zukan.schema import Certainty, Family, FamilyTag, Hit, ModelRecord
from zukan.store.columns import ABSENT, AS_OF, AUTHOR, HUB_ID, OWN_DATE, SHA, SHARED, TAG_COLUMNS, flag, moment
from zukan.store.words import Texts

COLUMNS = (
    f"m.id, m.place, {HUB_ID} AS hub_id, m.model_id, {AUTHOR} AS author, {SHA} AS sha, m.verdict, "
    f"{', '.join(f'm.{name}' for name in SHARED)}, m.tags, m.num_parameters, m.weight_bytes, m.downloads, m.likes, "
    f"m.trending_score, {flag('disabled')} AS disabled, {flag('removed')} AS removed, "
    f"{moment('created_at')} AS created_at, {moment('last_modified')} AS last_modified, m.rare, {AS_OF} AS as_of, "
    f"{OWN_DATE} AS own_date, {ABSENT} AS absent"
)
"""What a `Decoder` reads, of `model m`."""
WIDTH = 21 + len(SHARED)
"""So many columns these are."""
ID, PLACE, _VERDICT, _SHARED, _TAGS, OWN_DATE_AT = 0, 1, 6, 7, 7 + len(SHARED), 19 + len(SHARED)

_REMEMBERED = 5_000
_NO_RARE: dict[str, Any] = {}


@lru_cache(maxsize=2_000)
def listed(text: str) -> tuple[str, ...]:
    """Return the texts in a JSON list of them."""
    return tuple(json.loads(text))


@lru_cache(maxsize=2_000)
def _config(text: str) -> Mapping[str, Any]:
    """Return a config excerpt; models with the same one share it, so nobody may change it."""
    found: dict[str, Any] = json.loads(text)
    return found


class Decoder:
    """Reads rows of `COLUMNS` of one catalogue."""

    def __init__(self, connection: sqlite3.Connection, texts: Texts | None = None) -> None:
        """Take a connection to the catalogue, and its texts."""
        self._connection = connection
        self._texts = texts or Texts(connection)
        self._verdicts: dict[int, FamilyTag] = {}

    def hits(self, rows: Sequence[tuple[Any, ...]]) -> list[Hit]:
        """Return the models of rows, in their order; what stands behind `COLUMNS` in a row is passed over."""
        if not rows:
            return []
        tags = [[] if row[_TAGS] == "[]" else list(map(int, row[_TAGS][1:-1].split(","))) for row in rows]
        numbers = {number for row in rows for number in row[_SHARED:_TAGS]}
        numbers.discard(None)
        texts = self._texts.of(numbers.union(*tags))
        verdicts = self.verdicts({row[_VERDICT] for row in rows})
        return [
            Hit(_record(row, tuple([texts[number] for number in own]), texts.get), verdicts[row[_VERDICT]])
            for row, own in zip(rows, tags, strict=True)
        ]

    def verdicts(self, numbers: set[int]) -> dict[int, FamilyTag]:
        """Return family tags by their numbers."""
        known = self._verdicts
        missing = numbers.difference(known)
        if missing:
            if len(known) > _REMEMBERED:
                known.clear()
                missing = numbers
            known.update(self._read_verdicts(missing))
        return known

    def _read_verdicts(self, numbers: set[int]) -> dict[int, FamilyTag]:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        rows = cursor.execute(
            f"SELECT id, {', '.join(TAG_COLUMNS)} FROM verdict WHERE id IN ({','.join(map(str, numbers))})"
        )
        return {row["id"]: tag_from_row(row) for row in rows}


def _record(row: tuple[Any, ...], tags: tuple[str, ...], text: Callable[..., Any]) -> ModelRecord:
    # By place: a row of sqlite3 that is asked by name compares names, forty times for each model.
    (
        _, _, hub_id, model_id, author, sha, _, task, library, model_type, license_, languages, source, gated, _, bases,
        relation, config, sources, inferred_task, inferred_from, _, size, weight, downloads, likes, trending, disabled,
        removed, created, modified, rare_json, as_of, _, absent, *_,
    ) = row  # fmt: skip
    known = _config(text(config, "{}"))
    rare = json.loads(rare_json) if rare_json else _NO_RARE
    gated = text(gated)
    return ModelRecord(
        model_id=model_id,
        hub_id=hub_id,
        sha=sha,
        author=rare.get("author", author),
        pipeline_tag=text(task),
        library_name=text(library),
        model_type=text(model_type),
        architectures=tuple([name for name in known.get("architectures") or () if isinstance(name, str)]),
        num_parameters=size,
        parameters_source=text(source),
        weight_bytes=weight,
        license=text(license_),
        languages=listed(text(languages, "[]")),
        tags=tags,
        downloads=downloads,
        likes=likes,
        trending_score=trending,
        gated={"true": True, "false": False}.get(gated or "", gated),
        disabled=bool(disabled),
        removed=bool(removed),
        absent=bool(absent),
        created_at=created,
        last_modified=modified,
        base_models=listed(text(bases, "[]")),
        base_relation=text(relation),
        context_length=rare.get("context_length"),
        mask_token=rare.get("mask_token"),
        used_storage=rare.get("used_storage"),
        config=known,
        inferred_task=text(inferred_task),
        inferred_from=text(inferred_from),
        as_of=as_of,
        sources=listed(text(sources, "[]")),
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
