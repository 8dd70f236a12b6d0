"""Takes raw Hub rows into the catalogue: row → record → family → store, one bad row never stopping the rest.

A row that is the same text as before is known by its fingerprint and costs nothing more; one in which only figures
moved is a narrow update; only the others are read, tagged and indexed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from zukan.exclusions import left_out
from zukan.families import classify
from zukan.indexing import search_text
from zukan.lineage import StoredLineage
from zukan.raw_rows import (
    COUNTERS,
    UnreadableRow,
    cleaned,
    differs_in,
    fingerprint,
    merged,
    names_of,
    read_row,
    row_text,
)
from zukan.records import identity, integer, record_from_row
from zukan.store import due
from zukan.store.derive import tag_of
from zukan.store.entry import Counters, Entry, Stored
from zukan.store.write import CatalogueWriter
from zukan.task_inference import infer_task

_TOO_LONG_TO_SHOW = 20_000


@dataclass(slots=True)
class Counts:
    """What happened to the rows of a page."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    renamed: int = 0
    """Of the changed ones."""
    clamped: int = 0
    """Rows with a number beyond what SQLite holds."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """(row as JSON, error) of each row that could not be read."""
    ids: list[int] = field(default_factory=list)
    """Row ids of what was added or changed, apart from figures."""
    unknown: list[str] = field(default_factory=list)
    """Names of models that a partial page has and the catalogue does not."""


@dataclass(frozen=True, slots=True)
class Imported:
    """Where rows come from that did not come from the Hub itself."""

    source: str
    """`import`, `cache` or `local`."""
    as_of: str | None = None
    """ISO date of their figures, None = not known; a row's own `_as_of` goes before it."""


@dataclass(slots=True)
class _Page:
    """What a page comes to before it is stored."""

    entries: list[tuple[Entry, Stored | None]] = field(default_factory=list)
    counters: list[tuple[Stored, Counters]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    past: list[tuple[int, str, int | None, int | None]] = field(default_factory=list)
    """(row id, date, downloads, likes) of an earlier day."""
    claimed: set[str | int] = field(default_factory=set)


def take_page(
    writer: CatalogueWriter,
    rows: Iterable[Any],
    *,
    asked: frozenset[str] = frozenset(),
    crawled_at: str | None = None,
    date_unchanged: bool = True,
    partial: bool = False,
    imported: Imported | None = None,
) -> Counts:
    """Store one page of raw rows; call inside `writer.transaction()`.

    Args:
        writer: The open catalogue.
        rows: Objects in the Hub API's shape, or their JSON texts; anything else is refused and counted.
        asked: The fields that the listing asked for, see `merged`.
        crawled_at: UTC time of the crawl; None for the shipped snapshot.
        date_unchanged: Note the date also with models that did not change.
        partial: The rows hold a few fields only: they bring known models up to date and add none.
        imported: Where the rows come from, if not from the Hub itself.

    """
    counts, page = Counts(), _Page()
    raws: list[bytes] = []
    for row in rows:
        try:
            raws.append(row if isinstance(row, bytes) else msgspec.json.encode(row))
        except (TypeError, ValueError, RecursionError, OverflowError, msgspec.MsgspecError) as error:
            counts.refused.append((_shortened(row), f"{type(error).__name__}: {error}"))
    names = [names_of(raw) for raw in raws]
    stored_models = writer.find_many(names)
    unsure: list[tuple[bytes, tuple[str | None, str | None], Stored | None]] = []
    for raw, known, stored in zip(raws, names, stored_models, strict=True):
        if stored and _as_before(raw, known, stored) and stored.id not in page.claimed:
            page.claimed.update(key for key in (stored.id, stored.hub_id, stored.model_id.lower()) if key)
            page.seen.append(stored.id)
        else:
            unsure.append((raw, known, stored))
    old_rows = writer.rows_of([stored.id for _, _, stored in unsure if stored])
    lineage = StoredLineage(lambda name: tag_of(writer, name))
    reader = _Reader(writer, asked, crawled_at, lineage, old_rows, counts, page, imported, partial=partial)
    for raw, known, stored in unsure:
        try:
            reader.take(raw, known, stored)
        except (UnreadableRow, TypeError, ValueError, RecursionError, KeyError, AttributeError) as error:
            counts.refused.append((_shortened(raw), f"{type(error).__name__}: {error}"))
    _store(writer, page, counts, crawled_at)
    counts.unchanged = len(page.seen)
    if crawled_at and date_unchanged:
        writer.mark_seen(page.seen, crawled_at, crawled_at[:10])
    return counts


def _as_before(raw: bytes, known: tuple[str | None, str | None], stored: Stored) -> bool:
    """Whether a row is, to the letter, what came the last time."""
    return (
        stored.row_hash is not None
        and stored.absent_run is None
        and stored.hub_id is not None
        and (stored.hub_id, stored.model_id) == known
        and stored.row_hash == fingerprint(raw)
    )


def _store(writer: CatalogueWriter, page: _Page, counts: Counts, crawled_at: str | None) -> None:
    counts.ids = writer.save(page.entries, crawled_at=crawled_at)
    writer.keep_figures(page.past)
    if page.counters and crawled_at:
        writer.save_counters(page.counters, crawled_at)
    moved: list[str] = []
    for entry, stored in page.entries:
        record, tag = entry.record, entry.tag
        renamed = stored is not None and stored.model_id.lower() != record.model_id.lower()
        if stored is None or renamed or (stored.family, stored.certainty) != (tag.family, tag.certainty):
            moved += (record.model_id, *record.aliases)
    if moved:
        due.add_children(writer, moved)
    due.add(
        writer,
        [
            id_
            for id_, (entry, _) in zip(counts.ids, page.entries, strict=True)
            if entry.record.base_models and entry.tag.certainty != "certain"
        ],
    )


class _Reader:
    """Reads the rows of one page that are new or may have changed."""

    def __init__(
        self,
        writer: CatalogueWriter,
        asked: frozenset[str],
        crawled_at: str | None,
        lineage: StoredLineage,
        old_rows: dict[int, str],
        counts: Counts,
        page: _Page,
        imported: Imported | None,
        *,
        partial: bool,
    ) -> None:
        self._writer = writer
        self._asked = asked
        self._crawled_at = crawled_at
        self._lineage = lineage
        self._old_rows = old_rows
        self._counts = counts
        self._page = page
        self._partial = partial
        self._imported = imported

    def take(self, raw: bytes, known: tuple[str | None, str | None], stored: Stored | None) -> None:
        """Prepare one row for the store."""
        counts, page = self._counts, self._page
        row, clamped = cleaned(read_row(raw))
        hub_id, model_id = identity(row)
        if (hub_id, model_id) != known:
            stored = self._writer.find(hub_id, model_id)
        replaced = None
        if stored and stored.hub_id and hub_id and stored.hub_id != hub_id:
            replaced, stored = stored.id, None
        if hub_id and hub_id in page.claimed:
            return  # listed twice: a page boundary moved
        if model_id.lower() in page.claimed:
            if not hub_id:
                return
            raise UnreadableRow(f"another repository of this page has the name {model_id}")
        if stored and stored.id in page.claimed:
            # A former name now belongs to another repository, whose own row is on this page too.
            stored = None
        if stored is None and self._partial:
            counts.unknown.append(model_id)
            return
        old = json.loads(self._old(stored)) if stored else {}
        row = self._brought_up_to_date(row, old, stored, model_id)
        text = row_text(row)
        changed = differs_in(old, row) if stored else frozenset()
        # Of a partial row it would say nothing about the whole one.
        row_hash = fingerprint(raw) if hub_id and not self._partial else None
        if stored and not changed and stored.absent_run is None and stored.model_id == row["id"]:
            if not self._partial:
                self._writer.note_hash(stored.id, row_hash)
            page.seen.append(stored.id)
        elif stored and self._crawled_at and changed and changed <= COUNTERS and stored.absent_run is None:
            score = integer(row.get("trendingScore"))
            figures = (
                integer(row.get("downloads")),
                integer(row.get("likes")),
                None if score is None else float(score),
            )
            page.counters.append((stored, Counters(*figures, text, row_hash)))
            counts.changed += 1
        else:
            record = record_from_row(row)
            tag = classify(row, self._lineage)
            entry = Entry(record, tag, text, row_hash, search_text(record), left_out(record), infer_task(row, tag))
            page.entries.append((entry, stored))
            counts.changed += stored is not None
            counts.added += stored is None
            counts.renamed += stored is not None and stored.model_id.lower() != record.model_id.lower()
        counts.clamped += bool(clamped)
        if replaced:
            self._writer.set_aside(replaced)
        page.claimed.update(key for key in (model_id.lower(), hub_id, stored and stored.id) if key)

    def _old(self, stored: Stored) -> str:
        if stored.id not in self._old_rows:
            self._old_rows |= self._writer.rows_of([stored.id])
        return self._old_rows[stored.id]

    def _brought_up_to_date(
        self, row: dict[str, Any], old: dict[str, Any], stored: Stored | None, model_id: str
    ) -> dict[str, Any]:
        if self._crawled_at:
            # A card says nothing of downloads and likes, so it does not renew their date.
            dated = {} if self._partial and "downloads" not in self._asked else {"_as_of": self._crawled_at[:10]}
            row = {**row, "_sources": ["hub"], **dated}
        elif self._imported:
            of_file = {"_as_of": self._imported.as_of} if self._imported.as_of else {}
            row = {**of_file, **row, "_sources": [self._imported.source]}
        if not stored:
            return row
        sources = list(dict.fromkeys([*old.get("_sources", []), *row.get("_sources", [])]))
        name, former = model_id, stored.model_id
        older = self._imported is not None and (old.get("_as_of") or "") > str(row.get("_as_of") or "")
        if older or not identity(row)[0]:
            # A name alone, or an old one, renames nothing: it is another name of the same model.
            name, former = stored.model_id, model_id
        if older:
            # What is older than the catalogue, or does not say its date, only fills its gaps.
            self._note_past(stored, row)
            row = {**row, **old}
        else:
            row = merged(old, row, self._asked)
        row["id"] = name
        if sources:
            row["_sources"] = sources
        if self._crawled_at:
            for key in ("_removed", "_absent_2024_07_11"):
                row.pop(key, None)
        if name.lower() != former.lower() and "@" not in former:
            row["_aliases"] = list(dict.fromkeys([*old.get("_aliases", []), former]))
        return row

    def _note_past(self, stored: Stored, row: Mapping[str, Any]) -> None:
        """Keep the figures of an earlier day that an import tells."""
        date, downloads, likes = row.get("_as_of"), integer(row.get("downloads")), integer(row.get("likes"))
        if isinstance(date, str) and (downloads is not None or likes is not None):
            self._page.past.append((stored.id, date, downloads, likes))


def _shortened(row: Any) -> str:
    if isinstance(row, bytes):
        return row[:_TOO_LONG_TO_SHOW].decode("utf-8", "replace")
    try:
        return json.dumps(row, default=str)[:_TOO_LONG_TO_SHOW]
    except (ValueError, RecursionError):
        return repr(type(row))
