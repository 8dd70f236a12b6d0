"""The queue of models whose family may follow from a base that has come or changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from zukan.store.tokens import BASE, once
from zukan.store.write import CatalogueWriter

_NAMES = 100
"""So many names are looked for at once in the index."""


def add_children(writer: CatalogueWriter, names: Sequence[str]) -> None:
    """Queue the models that name one of these as their base and have no certain family of their own.

    A catalogue that is being built queues every such model by itself, and has no index yet.
    """
    if writer.index.deferred:
        return
    for start in range(0, len(names), _NAMES):
        tokens = " OR ".join(f'"{once(BASE, name)}"' for name in names[start : start + _NAMES])
        writer.connection.execute(
            "INSERT OR IGNORE INTO due (model) SELECT m.id FROM model_text t JOIN model m ON m.place = t.rowid "
            "JOIN verdict v ON v.id = m.verdict WHERE t.model_text MATCH ? AND v.certainty <> 'certain'",
            (tokens,),
        )


def add(writer: CatalogueWriter, ids: Sequence[int]) -> None:
    """Queue models by their row ids."""
    writer.connection.executemany("INSERT OR IGNORE INTO due (model) VALUES (?)", ((id_,) for id_ in ids))


def batches(writer: CatalogueWriter, most: int) -> Iterator[list[int]]:
    """Yield the row ids of the queued models, so many at a time, in order; what is queued meanwhile may come or not."""
    last = -1
    while rows := writer.connection.execute(
        "SELECT model FROM due WHERE model > ? ORDER BY model LIMIT ?", (last, most)
    ).fetchall():
        last = rows[-1][0]
        yield [row[0] for row in rows]


def done(writer: CatalogueWriter, ids: Sequence[int]) -> None:
    """Take models from the queue; call inside a transaction."""
    writer.connection.executemany("DELETE FROM due WHERE model = ?", ((id_,) for id_ in ids))


def waiting(writer: CatalogueWriter) -> int:
    """Return how many models are queued."""
    return int(writer.connection.execute("SELECT count(*) FROM due").fetchone()[0])
