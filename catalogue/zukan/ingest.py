"""Takes raw Hub rows into the catalogue: row → record → family → store, one bad row never stopping the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zukan.exclusions import left_out
from zukan.families import classify
from zukan.indexing import search_text
from zukan.lineage import CatalogueLineage
from zukan.records import UnreadableRow, identity, record_from_row
from zukan.store.derive import estimate_sizes, pending_lineage, row_of, same_tag, save_tag
from zukan.store.write import CatalogueWriter, Entry, Stored, compact
from zukan.task_inference import infer_task

MAX_ROW_CHARACTERS = 1_000_000
"""A row larger than this is refused: nothing the catalogue needs is that long."""
_TEMPLATE_KEYS = ("chat_template", "chat_template_jinja")


@dataclass(slots=True)
class Counts:
    """What happened to the rows of a page."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(row as JSON, error) of each row that could not be read."""


def without_templates(value: Any, depth: int = 0) -> Any:
    """Return a row without chat templates, which are kilobytes each; their presence is noted by `True`."""
    if depth > 6:
        return value
    if isinstance(value, dict):
        return {
            key: True if key in _TEMPLATE_KEYS and item else without_templates(item, depth + 1)
            for key, item in value.items()
        }
    return value


def merged(old: Mapping[str, Any], new: Mapping[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    """Return a stored row brought up to date.

    The Hub leaves out the key of an absent value, so a field that was asked for and did not come is gone; a
    field that was not asked for keeps what is stored.
    """
    return {key: value for key, value in old.items() if key not in asked} | dict(new)


def take_page(
    writer: CatalogueWriter,
    rows: Iterable[Any],
    *,
    asked: frozenset[str] = frozenset(),
    crawled_at: str | None = None,
) -> Counts:
    """Store one page of raw rows; call inside `writer.transaction()`.

    Args:
        writer: The open catalogue.
        rows: Objects in the Hub API's shape; anything else is refused and counted.
        asked: The fields that the listing asked for, see `merged`.
        crawled_at: UTC time of the crawl; None for the shipped snapshot.

    """
    counts = Counts()
    entries: list[tuple[Entry, Stored | None]] = []
    seen: list[int] = []
    claimed: set[str | int] = set()
    for row in rows:
        try:
            entry, stored, replaced = _prepare(writer, row, asked, crawled_at)
        except (UnreadableRow, TypeError, ValueError, RecursionError, KeyError, AttributeError) as error:
            counts.refused.append((_shortened(row), f"{type(error).__name__}: {error}"))
            continue
        record = entry.record
        if record.model_id.lower() in claimed or (record.hub_id and record.hub_id in claimed):
            continue  # listed twice: a page boundary moved
        if stored and stored.id in claimed:
            # A former name now belongs to another repository, whose own row is on this page too.
            stored = None
        claimed.update(key for key in (record.model_id.lower(), record.hub_id, stored and stored.id) if key)
        if replaced:
            writer.set_aside(replaced)
        if stored and _same(stored, entry):
            counts.unchanged += 1
            seen.append(stored.id)
            continue
        counts.changed += stored is not None
        counts.added += stored is None
        entries.append((entry, stored))
    writer.save(entries, crawled_at=crawled_at)
    if crawled_at:
        # The snapshot settles once at its end; a crawl may be killed after any page.
        follow_bases(writer, [entry.record.model_id for entry, _ in entries])
    if crawled_at:
        writer.mark_seen(seen, crawled_at, crawled_at[:10])
    return counts


def _prepare(
    writer: CatalogueWriter, row: Any, asked: frozenset[str], crawled_at: str | None
) -> tuple[Entry, Stored | None, int | None]:
    """Return (the model, what is stored of it, the id of another repository that had its name until now)."""
    if not isinstance(row, dict):
        raise UnreadableRow("not an object")
    hub_id, model_id = identity(row)
    stored = writer.find(hub_id, model_id)
    replaced = None
    if stored and stored.hub_id and hub_id and stored.hub_id != hub_id:
        replaced, stored = stored.id, None
    row = without_templates(row)
    if crawled_at:
        row = {**row, "_sources": ["hub"], "_as_of": crawled_at[:10]}
    if stored:
        old = json.loads(stored.row_json)
        row = merged(old, row, asked)
        if crawled_at:
            row.pop("_removed", None)
            row.pop("_absent_2024_07_11", None)
        if stored.model_id.lower() != model_id.lower() and "@" not in stored.model_id:
            row["_aliases"] = list(dict.fromkeys([*old.get("_aliases", []), stored.model_id]))
        if crawled_at:
            row["_sources"] = list(dict.fromkeys([*old.get("_sources", []), "hub"]))
    row_json = compact(row)
    if len(row_json) > MAX_ROW_CHARACTERS:
        raise UnreadableRow(f"{len(row_json)} characters")
    # Surrogates cannot be stored; better to refuse the one row than to lose the page.
    row_json.encode()
    record = record_from_row(row)
    tag = classify(row)
    entry = Entry(record, tag, row_json, search_text(record), left_out(record), infer_task(row, tag))
    return entry, stored, replaced


def _same(stored: Stored, entry: Entry) -> bool:
    """Whether nothing but the date of the figures is new."""
    old = json.loads(stored.row_json)
    return stored.model_id == entry.record.model_id and {**old, "_as_of": None} == {
        **entry.record.row,
        "_as_of": None,
    }


def _shortened(row: Any) -> str:
    try:
        return json.dumps(row, default=str)[:20_000]
    except (ValueError, RecursionError):
        return repr(type(row))


def settle(writer: CatalogueWriter) -> int:
    """Let models without evidence of their own follow their base models, then estimate missing sizes.

    Returns:
        How many tags changed.

    """
    with writer.transaction():
        changed = follow_bases(writer)
        estimate_sizes(writer)
    return changed


def follow_bases(writer: CatalogueWriter, model_ids: Sequence[str] | None = None) -> int:
    """Let models (of these names, if given) take the family of their base; return how many tags changed.

    Chains (an adapter of a quantised copy of a fine-tune) are followed to their end, see `CatalogueLineage`.
    """
    changed = 0
    lineage = CatalogueLineage(lambda name: row_of(writer, name))
    for pending in pending_lineage(writer, model_ids):
        row = json.loads(pending.row_json)
        tag = classify(row, lineage)
        if not same_tag(pending.tag, tag):
            save_tag(writer, pending.id, tag, infer_task(row, tag))
            changed += 1
    return changed
