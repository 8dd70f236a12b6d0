"""The shapes that are written, and the values of a model's columns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec

from zukan.schema import FamilyTag, InferredTask, ModelRecord


@dataclass(frozen=True, slots=True)
class Entry:
    """One model ready to be stored."""

    record: ModelRecord
    tag: FamilyTag
    row_json: str
    """The raw row, without chat templates."""
    row_hash: int | None
    """Fingerprint of the row as it came, see `zukan.raw_rows.fingerprint`."""
    search_text: tuple[str, str, str, str]
    """What the full-text index holds: name, tags, task, languages."""
    exclusion: str | None
    """Why it is never recommended."""
    inferred: InferredTask | None = None
    """The task that its class tells, where the repository states none."""


class RowConflict(Exception):
    """Two rows claim what only one can have: an `_id` or a name."""


class Counters(NamedTuple):
    """New figures of a model of which nothing else changed."""

    downloads: int | None
    likes: int | None
    trending_score: float | None
    row_json: str
    row_hash: int | None


class Stored(NamedTuple):
    """What the catalogue already holds of a model."""

    id: int
    hub_id: str | None
    model_id: str
    as_of: str | None
    row_hash: int | None
    absent_run: int | None
    downloads: int | None
    likes: int | None
    family: str
    certainty: str


_encode = msgspec.json.Encoder().encode
STORED = ", ".join(f"m.{name}" for name in Stored._fields)
COLUMNS = (
    "hub_id", "model_id", "author", "sha", "pipeline_tag", "library_name", "model_type", "family", "certainty",
    "guess", "reason", "rule", "evidence", "num_parameters", "parameters_source", "weight_bytes", "license",
    "languages", "downloads", "likes", "popularity", "trending_score", "gated", "disabled", "removed", "created_at",
    "last_modified", "base_models", "base_relation", "context_length", "mask_token", "used_storage", "tags",
    "exclusion", "config", "as_of", "sources", "crawled_at", "inferred_task", "inferred_from", "row_hash", "absent_run",
)  # fmt: skip
INSERT = f"INSERT INTO model (id, {', '.join(COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})"
_KEPT = ("num_parameters", "parameters_source", "crawled_at")
_SET = ", ".join(f"{name} = coalesce(?, {name})" if name in _KEPT else f"{name} = ?" for name in COLUMNS)
UPDATE = f"UPDATE model SET {_SET} WHERE id = ?"
INSERT_TEXT = "INSERT INTO model_text (rowid, name, tags, task, languages, card) VALUES (?, ?, ?, ?, ?, ?)"
DISPLACED = "its name belongs to another repository"


def compact(value: Any) -> str:
    """Return JSON without spaces, readable by SQLite's JSON functions.

    Raises:
        ValueError: Half a surrogate pair, which cannot be stored.

    """
    return _encode(value).decode()


def inferred_columns(inferred: InferredTask | None) -> tuple[str | None, str | None]:
    """Return (inferred_task, inferred_from) as they are stored."""
    return (inferred.task, f"{inferred.path} = {inferred.value}") if inferred else (None, None)


def popularity(downloads: int | None, likes: int | None) -> float:
    """Return what models are ordered by: the orders of magnitude of downloads and likes."""
    return round(math.log10(1 + max(downloads or 0, 0)) + math.log10(1 + max(likes or 0, 0)), 4)


def values_of(entry: Entry, crawled_at: str | None) -> tuple[Any, ...]:
    """Return the values of `COLUMNS` for a model."""
    record, tag = entry.record, entry.tag
    gated = record.gated if not isinstance(record.gated, bool) else ("true" if record.gated else "false")
    return (
        record.hub_id, record.model_id, record.author, record.sha, record.pipeline_tag, record.library_name,
        record.model_type, str(tag.family), str(tag.certainty), tag.guess and str(tag.guess), tag.reason, tag.rule,
        compact(tag.evidence), record.num_parameters, record.parameters_source, record.weight_bytes, record.license,
        compact(record.languages), record.downloads, record.likes, popularity(record.downloads, record.likes),
        record.trending_score, gated,
        int(record.disabled), int(record.removed), record.created_at, record.last_modified,
        compact(record.base_models), record.base_relation, record.context_length, record.mask_token,
        record.used_storage, compact(record.tags), entry.exclusion, compact(record.config), record.as_of,
        compact(record.sources), crawled_at, *inferred_columns(entry.inferred), entry.row_hash, None,
    )  # fmt: skip
