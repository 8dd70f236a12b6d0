"""Makes a copy of a catalogue that may be published: without what is private, and of this machine alone."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from zukan.store.candidate import OF_PULLS
from zukan.store.columns import SHARED
from zukan.store.connection import connect_read_only, translated
from zukan.store.whole_rows import WholeRows, parts
from zukan.store.write import CatalogueWriter

_BATCH = 5_000
PRIVATE, LOCAL, CACHED = "private", "of a folder of this machine", "known from the local cache alone"
_OF_A_MODEL = (
    *(("detail", "id"), ("alias", "model"), ("counted", "model"), ("card", "model"), ("due", "model"), ("model", "id")),
)


def copy_to(path: Path, target: Path) -> None:
    """Write one state of the catalogue at `path` into a new file, without free space; a crawl may go on meanwhile.

    Raises:
        StoreError: It cannot be read, or the copy cannot be written.

    """
    with closing(connect_read_only(path)) as connection, translated(target):
        connection.execute("VACUUM INTO ?", (str(target),))


def strip(writer: CatalogueWriter) -> Counter[str]:
    """Take out of a copy what is nobody's business; return why models went, and how many.

    Trials, rows that could not be read, where imported files lay, and where the catalogue was pulled from go too.
    Call outside a transaction; the indexes are to be made anew afterwards.
    """
    connection = writer.connection
    gone: Counter[str] = Counter()
    ids: list[int] = []
    rows = WholeRows(connection, writer.path)
    for part in parts(connection, by_task=False):
        for number, table in enumerate(rows.tables(part.ids, _BATCH)):
            for place, (sources, hub_id, rest) in enumerate(
                zip(table["sources"], table["_id"], table["rest"], strict=True)
            ):
                if reason := _why_not(sources, hub_id, rest):
                    gone[reason] += 1
                    ids.append(part.ids[number * _BATCH + place])
    wanted = json.dumps(ids)
    with writer.transaction():
        if ids:
            writer.index.defer()
        for table_, column in _OF_A_MODEL:
            connection.execute(f"DELETE FROM {table_} WHERE {column} IN (SELECT value FROM json_each(?))", (wanted,))
        if ids:
            _forget_words(connection)
        connection.execute("DELETE FROM trial")
        connection.execute("DELETE FROM refused_row")
        connection.execute("UPDATE crawl_run SET scope = '{}' WHERE kind = 'import'")
        connection.execute(f"DELETE FROM meta WHERE name IN ({', '.join('?' * len(OF_PULLS))})", OF_PULLS)
    return gone


def close_whole(writer: CatalogueWriter) -> None:
    """Let a copy be one file without a journal, and without what was deleted from it."""
    with translated(writer.path):
        writer.connection.execute("VACUUM")
        writer.connection.execute("PRAGMA journal_mode = DELETE")


def _why_not(sources: list[str], hub_id: str | None, rest: str | None) -> str | None:
    if "local" in sources:
        return LOCAL
    if hub_id is None and sources == ["cache"]:
        return CACHED
    if rest and '"private"' in rest and json.loads(rest).get("private") not in (None, False):
        return PRIVATE
    return None


def _forget_words(connection: sqlite3.Connection) -> None:
    """Take away texts and family tags that only models had which are gone."""
    used = " UNION ".join(f"SELECT {name} FROM model WHERE {name} IS NOT NULL" for name in SHARED)
    used += " UNION SELECT t.value FROM model, json_each(model.tags) t"
    connection.execute(f"DELETE FROM word WHERE id NOT IN ({used})")
    connection.execute("DELETE FROM verdict WHERE id NOT IN (SELECT verdict FROM model)")
