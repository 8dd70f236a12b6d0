"""Keeps which models the Hub still lists: absent from a walk, gone, renamed or disabled.

A walk over the whole Hub goes by ascending `_id`. So every stored `_id` between the last row of one page and the
last row of the next that is not on that page is absent, and rows that are there need no mark of their own: a walk
over three million unchanged models writes almost nothing.
"""

from __future__ import annotations

from collections.abc import Collection

from zukan.store.columns import DISABLED, REMOVED, short_id
from zukan.store.crawls import CrawlRun
from zukan.store.moments import seconds
from zukan.store.write import REMOVED_TEXT, CatalogueWriter


def mark_absent(
    writer: CatalogueWriter,
    run: CrawlRun,
    after: str | None,
    upto: str | None,
    present: Collection[str],
    named: Collection[str],
) -> None:
    """Note which models between two `_id`s a walk did not meet; it counts when the walk is complete.

    Args:
        writer: The open catalogue, in a transaction.
        run: The walk.
        after: The last `_id` before, None = from the first.
        upto: The last `_id` met, None = to the last.
        present: The `_id`s met between them.
        named: Names of rows met between them whose `_id` cannot be read.

    """
    rows = writer.connection.execute(
        # Only an ObjectId has a place in the order of `_id`: these are bytes, and greater than all text.
        "SELECT id, lower(hex(hub_id)) FROM model WHERE hub_id > ? AND hub_id <= ? AND typeof(hub_id) = 'blob'",
        (short_id(after) if after else b"", short_id(upto) if upto is not None else b"\xff" * 13),
    ).fetchall()
    missing = [id_ for id_, hub_id in rows if hub_id not in present]
    if missing and named:
        met = {stored.id for stored in writer.find_many([(None, name) for name in named]) if stored}
        missing = [id_ for id_ in missing if id_ not in met]
    writer.connection.executemany(
        "UPDATE model SET absent_run = ?1 WHERE id = ?2 AND (absent_run IS NULL OR absent_run NOT IN "
        "(SELECT id FROM crawl_run WHERE finished_at IS NOT NULL))",
        ((run.id, id_) for id_ in missing),
    )


def close_walk(writer: CatalogueWriter, run: CrawlRun) -> int:
    """Let what a complete walk did not meet count as absent; return how many models that is.

    Models that are known by name only were not met either, unless a row without `_id` was: else they would have
    joined their row. Models of this machine are no business of the Hub's. A list that has not half of what is known
    proves nothing: it is another Hub's, a mirror's, or broken.

    That absent models are not recommended follows from the mark when they are read: nothing more is written here.
    """
    execute = writer.connection.execute

    def count(condition: str) -> int:
        return int(execute(f"SELECT count(*) FROM model WHERE {condition}", {"run": run.id}).fetchone()[0])

    if 2 * count("absent_run = :run") > count("hub_id IS NOT NULL"):
        execute("UPDATE model SET absent_run = NULL WHERE absent_run = ?", (run.id,))
    unmet = (
        "hub_id IS NULL AND absent_run IS NULL AND model_id NOT LIKE '/%' AND (crawled_at IS NULL OR crawled_at < :at)"
    )
    facts = {"run": run.id, "at": seconds(run.started_at)}
    if execute(f"SELECT count(*) FROM model WHERE {unmet}", facts).fetchone()[0] <= count("hub_id IS NOT NULL"):
        execute(f"UPDATE model SET absent_run = :run WHERE {unmet}", facts)
    return count("absent_run = :run")


def name_of(writer: CatalogueWriter, hub_id: str) -> str | None:
    """Return the name of the model with this `_id`."""
    row = writer.connection.execute("SELECT model_id FROM model WHERE hub_id = ?", (short_id(hub_id),)).fetchone()
    return str(row[0]) if row else None


def adopt(writer: CatalogueWriter, model_id: str, hub_id: str) -> None:
    """Let a model that is known by name only be the one with this `_id`; call inside a transaction.

    If the catalogue knows that one under another name, the two become one and the name an alias.
    """
    execute = writer.connection.execute
    row = execute("SELECT id FROM model WHERE model_id = ? AND hub_id IS NULL", (model_id,)).fetchone()
    if row is None:
        return
    other = execute("SELECT id FROM model WHERE hub_id = ?", (short_id(hub_id),)).fetchone()
    if other is None:
        execute("UPDATE model SET hub_id = ? WHERE id = ?", (short_id(hub_id), row[0]))
        return
    former = execute("SELECT model FROM alias WHERE name = ?", (model_id,)).fetchone()
    writer.index.touch([other[0], *(former or ())])
    writer.set_aside(row[0])
    execute("INSERT OR REPLACE INTO alias (name, model) VALUES (?, ?)", (model_id, other[0]))


def mark_gone(writer: CatalogueWriter, model_id: str, *, disabled: bool = False) -> None:
    """Note that the Hub was asked for this model and does not have it, or has disabled it."""
    row = writer.connection.execute("SELECT id FROM model WHERE model_id = ?", (model_id,)).fetchone()
    if row is None:
        return
    writer.index.touch([row[0]])
    writer.connection.execute(
        "UPDATE model SET state = state | ?, exclusion = ? WHERE id = ?",
        (DISABLED if disabled else REMOVED, writer.words.number(REMOVED_TEXT), row[0]),
    )
