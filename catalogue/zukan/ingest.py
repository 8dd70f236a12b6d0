"""Takes raw Hub rows into the catalogue: row → record → family → store, one bad row never stopping the rest.

A row that is the same text as before is known by its fingerprint and costs nothing more; one in which only figures
moved is a narrow update; only the others are read, tagged and indexed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import msgspec

from zukan.intake import Counts, How, Imported, Names, PageWork, RowReader
from zukan.lineage import StoredLineage
from zukan.raw_rows import UnreadableRow, fingerprint, fold, names_of_all, salt_of
from zukan.store import due
from zukan.store.derive import tag_of
from zukan.store.entry import RowConflict, Stored
from zukan.store.owners import fingerprints, has_alias
from zukan.store.prepared import Prepared, PreparedPage, save_page
from zukan.store.write import CatalogueWriter

__all__ = ["Counts", "Imported", "take_page"]

_TOO_LONG_TO_SHOW = 20_000


def take_page(
    writer: CatalogueWriter,
    rows: Iterable[Any],
    *,
    asked: frozenset[str] = frozenset(),
    crawled_at: str | None = None,
    date_unchanged: bool = True,
    partial: bool = False,
    imported: Imported | None = None,
    ready: PreparedPage | None = None,
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
        ready: What each row comes to if its model is new, as far as that is known; only for rows that are JSON texts.

    """
    refused: list[tuple[str, str]] = []
    raws: list[bytes] = []
    for row in rows:
        try:
            raws.append(row if isinstance(row, bytes) else msgspec.json.encode(row))
        except (TypeError, ValueError, RecursionError, OverflowError, msgspec.MsgspecError) as error:
            refused.append((_shortened(row), f"{type(error).__name__}: {error}"))
    salt = salt_of(asked) if crawled_at and not partial else salt_for(writer, imported)
    how = How(asked, salt, crawled_at, date_unchanged, partial, imported)
    ready = ready if ready is not None and len(ready) == len(raws) else None
    if ready is not None and writer.index.deferred and (all_new := _take_new(writer, ready)):
        return all_new
    try:
        with writer.savepoint():
            counts = _take(writer, raws, how, ready.models() if ready else None)
    except RowConflict:
        # Two rows claim the same identity in a way that nobody foresaw: one by one, and the culprit is refused.
        counts = Counts()
        for raw in raws:
            try:
                with writer.savepoint():
                    counts.add(_take(writer, [raw], how))
            except RowConflict as error:
                refused.append((_shortened(raw), str(error)))
    counts.refused += refused
    return counts


def salt_for(writer: CatalogueWriter, imported: Imported | None) -> bytes | None:
    """Return what marks the fingerprints of rows that did not come from the Hub itself; None where none are kept.

    Once the whole Hub was walked, a fingerprint says of a row that the walk met it.
    """
    return imported.salt if imported and not writer.is_walked() else None


def _take(
    writer: CatalogueWriter, raws: Sequence[bytes], how: How, ready: Sequence[Prepared | None] | None = None
) -> Counts:
    counts, page = Counts(), PageWork()
    crawled_at = how.crawled_at
    unsure = _unsure(writer, raws, ready, how, page)
    old_rows = writer.rows_of([stored.id for _, _, stored, _ in unsure if stored])
    lineage = StoredLineage(lambda name: tag_of(writer, name))
    reader = RowReader(writer, how, lineage, old_rows, counts, page)
    for raw, known, stored, prepared in unsure:
        try:
            reader.take(raw, known, stored, prepared)
        except (UnreadableRow, TypeError, ValueError, RecursionError, KeyError, AttributeError) as error:
            counts.refused.append((_shortened(raw), f"{type(error).__name__}: {error}"))
            if stored:
                # What is stored of it is not what the Hub says now.
                writer.note_hash(stored.id, None)
    _store(writer, page, counts, crawled_at)
    counts.unchanged = len(page.seen)
    if crawled_at:
        writer.mark_seen(
            page.seen if how.date_unchanged and how.dates_figures else page.dated, crawled_at, crawled_at[:10]
        )
    return counts


def _take_new(writer: CatalogueWriter, page: PreparedPage) -> Counts | None:
    """Store a page that holds new models only, without looking each of them up; return None where it does not."""
    if not page.is_whole or has_alias(writer.connection, page.model_ids):
        return None
    try:
        with writer.savepoint():
            ids = save_page(writer, page)
    except RowConflict:  # what makes names unique says so
        return None
    due.add(writer, [ids[place] for place in page.due])
    return Counts(added=len(ids), clamped=len(page.clamped), ids=ids)


def _unsure(
    writer: CatalogueWriter, raws: Sequence[bytes], ready: Sequence[Prepared | None] | None, how: How, page: PageWork
) -> list[tuple[bytes, Names, Stored | None, Prepared | None]]:
    """Return the rows that are not, to the letter, what came the last time; the others are noted as seen."""
    names = names_of_all(raws)
    salt = how.salt
    known = fingerprints(writer.connection, {hub_id for hub_id, _ in names if hub_id}) if salt is not None else {}
    rest: list[tuple[bytes, Names, Prepared | None]] = []
    for raw, (hub_id, model_id), prepared in zip(raws, names, ready or repeat(None), strict=False):
        if hub_id and salt is not None and hub_id in known and hub_id not in page.claimed:
            id_, name, row_hash = known[hub_id]
            if name == model_id and row_hash == fingerprint(raw, salt):
                page.claimed.update((fold(name), hub_id, id_))
                page.seen.append(id_)
                continue
        rest.append((raw, (hub_id, model_id), prepared))
    stored_models = writer.find_many([both for _, both, _ in rest])
    return [(raw, both, stored, ready_) for (raw, both, ready_), stored in zip(rest, stored_models, strict=True)]


def _store(writer: CatalogueWriter, page: PageWork, counts: Counts, crawled_at: str | None) -> None:
    counts.ids = writer.save(page.entries, crawled_at=crawled_at)
    writer.keep_figures(page.past)
    if page.counters and crawled_at:
        writer.save_counters(page.counters, crawled_at)
    moved: list[str] = []
    for entry, stored in page.entries:
        record, tag = entry.record, entry.tag
        renamed = stored is not None and fold(stored.model_id) != fold(record.model_id)
        if stored is None or renamed or (stored.family, stored.certainty) != (tag.family, tag.certainty):
            moved += (record.model_id, *record.aliases)
    if moved:
        due.add_children(writer, moved)
    ids = save_page(writer, PreparedPage.of(page.ready)) if page.ready else []
    if page.ready and not writer.index.deferred:
        due.add_children(writer, [name for model in page.ready for name in (model.model_id, *model.aliases)])
    due.add(writer, [id_ for id_, model in zip(ids, page.ready, strict=True) if model.due])
    due.add(
        writer,
        [
            id_
            for id_, (entry, _) in zip(counts.ids, page.entries, strict=True)
            if entry.record.base_models and entry.tag.certainty != "certain"
        ],
    )
    counts.ids += ids


def _shortened(row: Any) -> str:
    if isinstance(row, bytes):
        return row[:_TOO_LONG_TO_SHOW].decode("utf-8", "replace")
    try:
        return json.dumps(row, default=str)[:_TOO_LONG_TO_SHOW]
    except (ValueError, RecursionError):
        return repr(type(row))
