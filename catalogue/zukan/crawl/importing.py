"""Imports models in bulk: files of Hub rows, the Hugging Face cache, folders; by the crawler's own path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from zukan.crawl.session import INTERRUPTED, CrawlSession, Progress, now
from zukan.errors import UnreadableFile
from zukan.hub.client import HubClient
from zukan.ingest import Imported, salt_for
from zukan.outcomes import CrawlReport
from zukan.prepare import Preparers
from zukan.reading.exported import find_exported, hub_rows
from zukan.reading.local_models import cache_rows, folder_rows
from zukan.reading.row_files import read_rows, size_hint
from zukan.settle import settle
from zukan.shelves import shelves_at_end
from zukan.store import crawls
from zukan.store.entry import compact
from zukan.store.lock import fill_lock
from zukan.store.prepared import PreparedPage
from zukan.store.write import CatalogueWriter

PAGE = 1_000
_TOGETHER, _TOGETHER_KNOWN = 12, 16
"""Pages of a long file that are one transaction; where most models are known already."""
_FEW_PAGES = 3
"""A file of fewer is taken by this process alone."""


def import_models(
    path: Path,
    sources: Sequence[Path],
    *,
    cache: bool = False,
    as_of: str | None = None,
    progress: Progress | None = None,
) -> CrawlReport:
    """Take models into the catalogue at `path`.

    What the catalogue knows of a later date stays; rows without a date only fill its gaps. Each thousand rows are
    one transaction, of a long file some thousand more; importing the same again changes nothing.

    Args:
        path: The catalogue.
        sources: Files of Hub rows (JSON lines, JSON pages, either gzipped, or Parquet), and folders of models.
        cache: Also the models in the local Hugging Face cache.
        as_of: ISO date of the figures in the files, where their rows do not say it.
        progress: Told how far it is.

    Raises:
        UnreadableFile: A file that is no such thing, or ends in the middle; what came before is stored.
        MissingExtra: Parquet without pyarrow.
        StoreError: The catalogue cannot be written, or a crawl is filling it.

    """
    with fill_lock(path), CatalogueWriter(path, create=True) as writer, shelves_at_end(writer):
        with writer.transaction():
            crawls.supersede(writer, crawls.IMPORT)
            scope = {"sources": [str(source) for source in sources], "cache": cache, "as_of": as_of}
            run = crawls.begin(writer, crawls.IMPORT, compact(scope), now())
        session = CrawlSession(writer, HubClient(), run, progress=progress)
        session.enter("read")
        try:
            for source in sources:
                if exported := find_exported(source):
                    _take_rows(session, hub_rows(exported), as_of, exported.models)
                elif source.is_dir():
                    _take(session, (_row_or_bad(found) for _, found in folder_rows(source)), Imported("local"))
                else:
                    _take_file(session, source, as_of)
            if cache:
                _take(session, cache_rows(), Imported("cache"))
        except UnreadableFile:
            # The rows before the damage are good. After anything else the queue waits for the next run.
            _settle(session)
            session.stop("unreadable file")
            raise
        except KeyboardInterrupt:
            session.stop(INTERRUPTED)
            raise
        _settle(session)
        with writer.transaction():
            session.finish()
        return session.report()


def _settle(session: CrawlSession) -> None:
    session.enter("settle")
    settle(session.writer, session.ids)


def _row_or_bad(found: dict[str, Any] | UnreadableFile) -> Any:
    return found if isinstance(found, dict) else f"{found.path}: {found.detail}"


def _take_file(session: CrawlSession, source: Path, as_of: str | None) -> None:
    before, size = session.run.rows, size_hint(source)
    session.estimated = True

    def on_bytes(read: int) -> None:
        rows = session.run.rows - before
        session.wanted = before + rows * size // read if size and read and rows else None

    _take_rows(session, read_rows(source, on_bytes=on_bytes), as_of, None)


def _take_rows(session: CrawlSession, rows: Iterator[bytes], as_of: str | None, number: int | None) -> None:
    if number is not None:
        session.wanted, session.estimated = session.run.rows + number, False
    imported = Imported("import", as_of)
    pages = _pages(rows)
    for page in islice(pages, _FEW_PAGES):
        _take_page(session, page, imported, None)
    # Of a long file: to index all once at the end is faster than page by page, if it is much beside what is there.
    if session.adds_most() and (session.wanted or 0) - session.run.rows > session.writer.models() // 2:
        with session.writer.transaction():
            session.writer.index.defer()
    with Preparers(imported, session.writer.dictionary(), salt_for(session.writer, imported)) as preparers:
        _take_together(session, preparers.pages(pages, session.adds_most), imported)


def _take(session: CrawlSession, rows: Iterable[Any], imported: Imported) -> None:
    _take_pages(session, _pages(rows), imported)


def _take_pages(session: CrawlSession, pages: Iterable[list[Any]], imported: Imported) -> None:
    for page in pages:
        _take_page(session, page, imported, None)


def _take_together(
    session: CrawlSession, pages: Iterable[tuple[list[Any], PreparedPage | None]], imported: Imported
) -> None:
    """Store several pages in one transaction: each touches the whole index of names."""
    source, ended = iter(pages), False
    while not ended:
        group: list[tuple[list[Any], PreparedPage | None]] = []
        failure: UnreadableFile | None = None
        most = _TOGETHER if session.adds_most() else _TOGETHER_KNOWN
        try:
            group.extend(islice(source, most))
        except UnreadableFile as error:
            failure = error
        ended = len(group) < most
        if group:
            with session.writer.transaction():
                for page, ready in group:
                    session.take(page, (), imported=imported, ready=ready)
                session.save()
            session.report_progress()
        if failure:
            raise failure


def _take_page(session: CrawlSession, page: list[Any], imported: Imported, ready: PreparedPage | None) -> None:
    with session.writer.transaction():
        session.take(page, (), imported=imported, ready=ready)
        session.save()
    session.report_progress()


def _pages(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Yield the rows in pages; if they end with an error, first what came before it."""
    page: list[Any] = []
    iterator = iter(rows)
    while True:
        try:
            page.extend(islice(iterator, PAGE - len(page)))
        except UnreadableFile:
            if page:
                yield page
            raise
        if not page:
            return
        yield page
        page = []
