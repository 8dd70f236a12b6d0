"""Decides what one raw row comes to: nothing new, new figures, or a whole entry; and whose row it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from zukan.exclusions import left_out
from zukan.families import classify
from zukan.family_evidence import Lineage
from zukan.lineage import StoredLineage
from zukan.raw_rows import (
    UnreadableRow,
    cleaned,
    differs_in,
    fingerprint,
    fold,
    merged,
    read_row,
    row_text,
    salt_of,
)
from zukan.records import identity, integer, record_from_row
from zukan.row_facts import COUNTERS
from zukan.store.entry import Counters, Entry, Stored, downloads_all_time
from zukan.store.prepared import Prepared
from zukan.store.write import CatalogueWriter
from zukan.task_inference import infer_task

Names = tuple[str | None, str | None]
"""(`_id`, name) of a row."""


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

    def add(self, other: Counts) -> None:
        """Add what happened to other rows."""
        self.added += other.added
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.renamed += other.renamed
        self.clamped += other.clamped
        self.refused += other.refused
        self.ids += other.ids
        self.unknown += other.unknown


@dataclass(frozen=True, slots=True)
class Imported:
    """Where rows come from that did not come from the Hub itself."""

    source: str
    """`import`, `cache` or `local`."""
    as_of: str | None = None
    """ISO date of their figures, None = not known; a row's own `_as_of` goes before it."""

    def dated(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row with what is known of all rows of its source."""
        of_file = {"_as_of": self.as_of} if self.as_of else {}
        return {**of_file, **row, "_sources": [self.source]}

    @property
    def salt(self) -> bytes:
        """What marks fingerprints of such rows: from elsewhere, or of another day, the same text is another row."""
        return salt_of((self.source, self.as_of or ""))


@dataclass(frozen=True, slots=True)
class How:
    """How rows are to be taken, see `take_page`."""

    asked: frozenset[str]
    salt: bytes | None
    """What marks the fingerprints of the rows; None where none are kept."""
    crawled_at: str | None
    date_unchanged: bool
    partial: bool
    imported: Imported | None

    @property
    def dates_figures(self) -> bool:
        """Whether the rows tell downloads and likes, so that their date is that of the crawl; a card does not."""
        return self.crawled_at is not None and (not self.partial or "downloads" in self.asked)


@dataclass(slots=True)
class PageWork:
    """What a page comes to before it is stored."""

    entries: list[tuple[Entry, Stored | None]] = field(default_factory=list)
    ready: list[Prepared] = field(default_factory=list)
    """New ones, worked out by `zukan.prepare`."""
    counters: list[tuple[Stored, Counters]] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)
    dated: list[int] = field(default_factory=list)
    """Of these, the ones that no fingerprint told: that they were met is noted."""
    past: list[tuple[int, str, int | None, int | None]] = field(default_factory=list)
    """(row id, date, downloads, likes) of an earlier day."""
    claimed: set[str | int] = field(default_factory=set)

    def claim(self, model_id: str, hub_id: str | None, stored: Stored | None) -> None:
        """Note that a name, an identity and a stored model have their row."""
        self.claimed.add(fold(model_id))
        if hub_id:
            self.claimed.add(hub_id)
        if stored:
            self.claimed.add(stored.id)
            if stored.hub_id:
                self.claimed.add(stored.hub_id)


def entry_of(row: Mapping[str, Any], lineage: Lineage, row_hash: int | None) -> Entry:
    """Return what a row comes to: its facts, its family, why it is never recommended.

    Args:
        row: Cleaned.
        lineage: Finds the family of base models.
        row_hash: See `Entry`.

    """
    record = record_from_row(row)
    tag = classify(row, lineage)
    return Entry(record, tag, row, row_hash, left_out(record), infer_task(row, tag))


class RowReader:
    """Reads the rows of one page that are new or may have changed."""

    def __init__(
        self,
        writer: CatalogueWriter,
        how: How,
        lineage: StoredLineage,
        old_rows: dict[int, dict[str, Any]],
        counts: Counts,
        page: PageWork,
    ) -> None:
        """Take what is needed.

        Args:
            writer: The open catalogue, inside a transaction.
            how: How rows are to be taken.
            lineage: Finds the family of base models.
            old_rows: The stored rows of the models found at a glance, by row id.
            counts: What happened is counted here.
            page: What is to be stored is put here.

        """
        self._writer = writer
        self._how = how
        self._lineage = lineage
        self._old_rows = old_rows
        self._counts = counts
        self._page = page

    def take(self, raw: bytes, known: Names, stored: Stored | None, ready: Prepared | None = None) -> None:
        """Prepare one row for the store.

        Args:
            raw: The row's JSON text.
            known: Its (`_id`, name) at a glance.
            stored: The model that these find.
            ready: What it comes to if it is new.

        Raises:
            UnreadableRow: It cannot be taken.

        """
        if ready and stored is None and self._take_ready(ready, known):
            return
        row, clamped = cleaned(read_row(raw))
        hub_id, model_id = identity(row)
        if (hub_id, model_id) != known:
            stored = self._writer.find(hub_id, model_id)
        if self._is_twice(hub_id, model_id):
            return
        stored, replaced = self._whose(row, hub_id, model_id, stored)
        if stored is None and self._how.partial:
            self._counts.unknown.append(model_id)
            return
        self._prepare(raw, row, hub_id, model_id, stored)
        self._counts.clamped += bool(clamped)
        if replaced is not None:
            self._writer.set_aside(replaced)
        self._page.claim(model_id, hub_id, stored)

    def _take_ready(self, ready: Prepared, known: Names) -> bool:
        """Take a model that was worked out before, if it is new; return whether that is done."""
        names = ready.hub_id, ready.model_id
        if names != known or fold(ready.model_id) in self._page.claimed or ready.hub_id in self._page.claimed:
            return False
        self._page.ready.append(ready)
        self._page.claim(ready.model_id, ready.hub_id, None)
        self._counts.added += 1
        self._counts.clamped += ready.clamped
        return True

    def _is_twice(self, hub_id: str | None, model_id: str) -> bool:
        """Whether the page has had this model: a page boundary moved."""
        if hub_id and hub_id in self._page.claimed:
            return True
        if fold(model_id) not in self._page.claimed:
            return False
        if hub_id:
            raise UnreadableRow(f"another repository of this page has the name {model_id}")
        return True

    def _whose(
        self, row: Mapping[str, Any], hub_id: str | None, model_id: str, stored: Stored | None
    ) -> tuple[Stored | None, int | None]:
        """Return (the stored model that a row belongs to, the row id of another that has its name until now)."""
        if stored is None:
            return None, None
        if stored.hub_id and hub_id and stored.hub_id != hub_id:
            if self._is_older(row, stored.as_of):
                raise UnreadableRow(f"another repository has the name {model_id} since")
            return None, stored.id
        if stored.id in self._page.claimed:
            # A former name now belongs to another repository, whose own row is on this page too.
            return None, None
        if stored.hub_id is None and hub_id and not self._is_same(stored, model_id, row):
            return None, None
        return stored, None

    def _prepare(
        self, raw: bytes, row: dict[str, Any], hub_id: str | None, model_id: str, stored: Stored | None
    ) -> None:
        counts, page, how = self._counts, self._page, self._how
        old = self._old(stored) if stored else {}
        row = self._brought_up_to_date(row, old, stored, model_id)
        row_text(row)  # what cannot be stored is refused here
        changed = differs_in(old, row) if stored else frozenset()
        # A row of an earlier day than what is stored does not say what the Hub sent last.
        is_last = hub_id and not (stored and self._is_older(row, stored.as_of))
        row_hash = fingerprint(raw, how.salt) if how.salt is not None and is_last else None
        plain = stored is not None and self._is_settled(stored, row, old)
        if stored and plain and not changed:
            if row_hash is not None:
                self._writer.note_hash(stored.id, row_hash)
            if how.dates_figures:
                page.dated.append(stored.id)
            page.seen.append(stored.id)
        elif stored and plain and how.crawled_at and changed <= COUNTERS:
            score = integer(row.get("trendingScore"))
            trending = None if score is None else float(score)
            figures = Counters(
                integer(row.get("downloads")), downloads_all_time(row), integer(row.get("likes")), trending, row_hash
            )
            page.counters.append((stored, figures))
            counts.changed += 1
        else:
            entry = entry_of(row, self._lineage, row_hash)
            page.entries.append((entry, stored))
            counts.changed += stored is not None
            counts.added += stored is None
            counts.renamed += stored is not None and fold(stored.model_id) != fold(entry.record.model_id)

    def _is_settled(self, stored: Stored, row: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        """Whether a model is what it was but for its facts: its name, where it is known from, that it is there."""
        if stored.model_id != row["id"] or row.get("_sources") != old.get("_sources"):
            return False
        if self._how.crawled_at:
            return stored.absent_run is None
        return row.get("_as_of") == old.get("_as_of")

    def _is_older(self, row: Mapping[str, Any], as_of: str | None) -> bool:
        """Whether an imported row is of an earlier day than what is stored, or does not say its day."""
        if self._how.imported is None:
            return False
        return (as_of or "") > str(row.get("_as_of") or self._how.imported.as_of or "")

    def _is_same(self, stored: Stored, model_id: str, row: Mapping[str, Any]) -> bool:
        """Whether a model that is known by name only, and found by a former name, can be the one of this row.

        A former name may be somebody else's by now. What tells is the date of creation, which a rename keeps.
        """
        if fold(stored.model_id) == fold(model_id):
            return True
        created, known = row.get("createdAt"), self._old(stored).get("createdAt")
        return not (isinstance(created, str) and isinstance(known, str)) or created[:10] == known[:10]

    def _old(self, stored: Stored) -> dict[str, Any]:
        if stored.id not in self._old_rows:
            self._old_rows |= self._writer.rows_of([stored.id])
        return self._old_rows[stored.id]

    def _brought_up_to_date(
        self, row: dict[str, Any], old: dict[str, Any], stored: Stored | None, model_id: str
    ) -> dict[str, Any]:
        if self._how.crawled_at:
            row = {**row, "_sources": ["hub"]}
            if self._how.dates_figures:
                row["_as_of"] = self._how.crawled_at[:10]
        elif self._how.imported:
            row = self._how.imported.dated(row)
        if not stored:
            return row
        sources = list(dict.fromkeys([*old.get("_sources", []), *row.get("_sources", [])]))
        name, former = model_id, stored.model_id
        older = self._is_older(row, old.get("_as_of"))
        if older or not identity(row)[0]:
            # A name alone, or an old one, renames nothing: it is another name of the same model.
            name, former = stored.model_id, model_id
        if older:
            # What is older than the catalogue, or does not say its date, only fills its gaps.
            self._note_past(stored, row)
            row = {**row, **old}
        else:
            row = merged(old, row, self._how.asked)
        row["id"] = name
        if sources:
            row["_sources"] = sources
        if self._how.crawled_at:
            for key in ("_removed", "_absent_2024_07_11"):
                row.pop(key, None)
        if fold(name) != fold(former) and "@" not in former:
            row["_aliases"] = list(dict.fromkeys([*old.get("_aliases", []), former]))
        return row

    def _note_past(self, stored: Stored, row: Mapping[str, Any]) -> None:
        """Keep the figures of an earlier day that an import tells."""
        date, downloads, likes = row.get("_as_of"), integer(row.get("downloads")), integer(row.get("likes"))
        if isinstance(date, str) and (downloads is not None or likes is not None):
            self._page.past.append((stored.id, date, downloads, likes))
