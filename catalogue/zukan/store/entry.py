"""The shapes that are written, and the values of a model's columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from zukan.schema import FamilyTag, InferredTask, ModelRecord
from zukan.store.columns import (
    COLUMNS,
    DISABLED,
    HAS_CARD,
    HAS_EVALUATIONS,
    HUB_ID,
    OWN_DATE,
    REMOVED,
    SHARED,
    short_id,
    short_sha,
)
from zukan.store.moments import days, milliseconds, seconds
from zukan.store.naming import without_name
from zukan.store.packing import states
from zukan.store.words import VerdictNumbers, WordNumbers


class Entry(NamedTuple):
    """One model ready to be stored."""

    record: ModelRecord
    tag: FamilyTag
    row: Mapping[str, Any]
    """The raw row, without chat templates."""
    row_hash: int | None
    """Fingerprint of the row as it came, see `zukan.raw_rows.fingerprint`."""
    exclusion: str | None
    """Why it is never recommended."""
    inferred: InferredTask | None = None
    """The task that its class tells, where the repository states none."""


class RowConflict(Exception):
    """Two rows claim what only one can have: an `_id` or a name."""


class Counters(NamedTuple):
    """New figures of a model of which nothing else changed."""

    downloads: int | None
    downloads_all_time: int | None
    likes: int | None
    trending_score: float | None
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
STORED = (
    f"m.id, {HUB_ID}, m.model_id, {OWN_DATE}, m.row_hash, m.absent_run, m.downloads, m.likes, v.family, v.certainty"
)
"""The columns of `Stored`, of `model m JOIN verdict v ON v.id = m.verdict`."""
INSERT = f"INSERT INTO model (id, {', '.join(COLUMNS)}) VALUES (?{', ?' * len(COLUMNS)})"
_KEPT = ("num_parameters", "parameters_source", "crawled_at")
_SET = ", ".join(f"{name} = coalesce(?, {name})" if name in _KEPT else f"{name} = ?" for name in COLUMNS[1:])
UPDATE = f"UPDATE model SET {_SET} WHERE id = ?"
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


def verdict_of(tag: FamilyTag, model_id: str) -> tuple[str | None, ...]:
    """Return a tag as it is stored: family, certainty, guess, reason, rule, evidence without the model's name."""
    evidence = compact(without_name(tag.evidence, model_id))
    return str(tag.family), str(tag.certainty), tag.guess and str(tag.guess), tag.reason, tag.rule, evidence


def downloads_all_time(row: Mapping[str, Any]) -> int | None:
    """Return the downloads of all time that a row tells."""
    value = row.get("downloadsAllTime")
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def state_of(entry: Entry) -> int:
    """Return the bits of a model's state."""
    record, row = entry.record, entry.row
    # Only the front matter of a card can name a licence.
    has_card = bool(row.get("cardData")) or record.license is not None
    has_evaluations = bool(row.get("_eval") or row.get("evalResults")) or "model-index" in record.tags
    return (
        (DISABLED if record.disabled else 0)
        | (REMOVED if record.removed else 0)
        | (HAS_CARD if has_card else 0)
        | (HAS_EVALUATIONS if has_evaluations else 0)
        | states(row)
    )


@lru_cache(maxsize=10_000)
def _listed(texts: tuple[str, ...]) -> str:
    return compact(texts)


def _rare(record: ModelRecord) -> str | None:
    author, slash, _ = record.model_id.partition("/")
    # The author is nearly always what stands before the slash.
    stated = None if record.author == (author if slash and author else None) else record.author
    if stated is None and record.context_length is None and record.mask_token is None and record.used_storage is None:
        return None
    facts = {
        "author": stated,
        "context_length": record.context_length,
        "mask_token": record.mask_token,
        "used_storage": record.used_storage,
    }
    return compact({name: value for name, value in facts.items() if value is not None})


def values_of(entry: Entry, crawled_at: str | None) -> tuple[Any, ...]:
    """Return the values of `COLUMNS` for a model, without its place; with texts in place of their numbers."""
    return values_with(entry, crawled_at, verdict_of(entry.tag, entry.record.model_id), state_of(entry))


def values_with(entry: Entry, crawled_at: str | None, verdict: tuple[str | None, ...], state: int) -> tuple[Any, ...]:
    """Return the same for who knows what `verdict_of` and `state_of` return."""
    record = entry.record
    gated = record.gated if not isinstance(record.gated, bool) else ("true" if record.gated else "false")
    return (
        record.model_id, short_id(record.hub_id), verdict, state,
        record.pipeline_tag, record.library_name, record.model_type, record.license, _listed(record.languages),
        record.parameters_source, gated, entry.exclusion, _listed(record.base_models), record.base_relation,
        compact(record.config), _listed(record.sources), *inferred_columns(entry.inferred), record.tags,
        record.num_parameters, record.weight_bytes, record.downloads, downloads_all_time(entry.row), record.likes,
        record.trending_score, milliseconds(record.created_at), milliseconds(record.last_modified), days(record.as_of),
        seconds(crawled_at), short_sha(record.sha), entry.row_hash, None, _rare(record),
    )  # fmt: skip


_VERDICT, _SHARED, _TAGS = (COLUMNS.index(name) - 1 for name in ("verdict", SHARED[0], "tags"))


def numbered(values: Sequence[Any], words: WordNumbers, verdicts: VerdictNumbers) -> list[Any]:
    """Return the values of a model with texts replaced by their numbers; call inside a transaction."""
    found = list(values)
    found[_VERDICT] = verdicts.number(tuple(values[_VERDICT]))
    found[_SHARED:_TAGS] = map(words.number, values[_SHARED:_TAGS])
    found[_TAGS] = words.numbers(values[_TAGS])
    return found
