"""Turns rows of the table `model` into records: shared texts are looked up once for all rows of an answer."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from zukan.schema import Certainty, Family, FamilyTag, Hit, ModelRecord
from zukan.store.columns import ABSENT, AS_OF, AUTHOR, HUB_ID, OWN_DATE, SHA, SHARED, TAG_COLUMNS, flag, moment
from zukan.store.words import texts_of

COLUMNS = (
    f"m.id, m.place, {HUB_ID} AS hub_id, m.model_id, {AUTHOR} AS author, {SHA} AS sha, m.verdict, "
    f"{', '.join(f'm.{name}' for name in SHARED)}, m.tags, m.num_parameters, m.weight_bytes, m.downloads, m.likes, "
    f"m.trending_score, {flag('disabled')} AS disabled, {flag('removed')} AS removed, "
    f"{moment('created_at')} AS created_at, {moment('last_modified')} AS last_modified, m.rare, {AS_OF} AS as_of, "
    f"{OWN_DATE} AS own_date, {ABSENT} AS absent"
)
"""What a `Decoder` reads, of `model m`."""

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

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Take a connection to the catalogue."""
        self._connection = connection
        self._verdicts: dict[int, FamilyTag] = {}

    def hits(self, rows: Sequence[sqlite3.Row]) -> list[Hit]:
        """Return the models of rows, in their order."""
        if not rows:
            return []
        tags = [[] if row["tags"] == "[]" else list(map(int, row["tags"][1:-1].split(","))) for row in rows]
        numbers = {row[name] for row in rows for name in SHARED}
        numbers.discard(None)
        texts = texts_of(self._connection, numbers.union(*tags))
        verdicts = self.verdicts({row["verdict"] for row in rows})
        return [
            Hit(self._record(row, [texts[number] for number in own_tags], texts), verdicts[row["verdict"]])
            for row, own_tags in zip(rows, tags, strict=True)
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

    @staticmethod
    def _record(row: sqlite3.Row, tags: Sequence[str], texts: dict[int | None, str]) -> ModelRecord:
        text = texts.get
        config = _config(text(row["config"], "{}"))
        gated = text(row["gated"])
        rare = json.loads(row["rare"]) if row["rare"] else _NO_RARE
        return ModelRecord(
            model_id=row["model_id"],
            hub_id=row["hub_id"],
            sha=row["sha"],
            author=rare.get("author", row["author"]),
            pipeline_tag=text(row["pipeline_tag"]),
            library_name=text(row["library_name"]),
            model_type=text(row["model_type"]),
            architectures=tuple(name for name in config.get("architectures") or () if isinstance(name, str)),
            num_parameters=row["num_parameters"],
            parameters_source=text(row["parameters_source"]),
            weight_bytes=row["weight_bytes"],
            license=text(row["license"]),
            languages=listed(text(row["languages"], "[]")),
            tags=tuple(tags),
            downloads=row["downloads"],
            likes=row["likes"],
            trending_score=row["trending_score"],
            gated={"true": True, "false": False}.get(gated or "", gated),
            disabled=bool(row["disabled"]),
            removed=bool(row["removed"]),
            absent=bool(row["absent"]),
            created_at=row["created_at"],
            last_modified=row["last_modified"],
            base_models=listed(text(row["base_models"], "[]")),
            base_relation=text(row["base_relation"]),
            context_length=rare.get("context_length"),
            mask_token=rare.get("mask_token"),
            used_storage=rare.get("used_storage"),
            config=config,
            inferred_task=text(row["inferred_task"]),
            inferred_from=text(row["inferred_from"]),
            as_of=row["as_of"],
            sources=listed(text(row["sources"], "[]")),
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
