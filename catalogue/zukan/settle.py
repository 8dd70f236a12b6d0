"""Settles what follows from other rows of the catalogue, after a crawl or a build: families of copies, sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zukan.family_memo import FamilyMemo
from zukan.lineage import CatalogueLineage
from zukan.meanings import VERSION, meanings
from zukan.store import due, rollups
from zukan.store.derive import row_of, same_tag, save_tag
from zukan.store.details import DetailReader
from zukan.store.document_makers import DocumentMakers
from zukan.store.documents import DocumentReader
from zukan.store.sizes import estimate_sizes
from zukan.store.write import CatalogueWriter
from zukan.task_inference import infer_task

_BATCH = 1_000
_REMEMBERED = 20_000
_MANY = 20_000
"""Fewer models are indexed before child processes have started."""


def settle(writer: CatalogueWriter, ids: Sequence[int] | None = None) -> int:
    """Let models without evidence of their own follow their base models, then estimate missing sizes.

    Every step is a transaction of its own and leaves the rest queued, so a kill loses nothing.

    Args:
        writer: The open catalogue, outside a transaction.
        ids: The row ids of the models that came or changed; None looks at the sizes of all.

    Returns:
        How many tags changed.

    """
    changed = follow_bases(writer)
    estimate_sizes(writer, ids)
    if writer.index.deferred:
        put_in_order(writer)
    else:
        count_words(writer)
    return changed


def put_in_order(writer: CatalogueWriter, progress: Callable[[int, int], None] | None = None) -> None:
    """Order and index all models by popularity, count their words, and merge the indexes.

    Args:
        writer: The open catalogue, outside a transaction.
        progress: Called with (models done, models in all).

    """
    with writer.transaction():
        if writer.models() < _MANY or not writer.is_read_meanwhile():
            writer.index.rebuild(progress)
        else:
            with DocumentMakers(writer.path, DocumentReader(writer.connection)) as makers:
                writer.index.rebuild(progress, makers.make)
    writer.index.deferred = False
    count_words(writer, force=True)
    writer.merge_indexes()


def count_words(writer: CatalogueWriter, *, force: bool = False) -> None:
    """Count the words and filters of the index anew where enough has changed since."""
    with writer.transaction():
        rollups.refresh(writer.connection, meanings(), VERSION, force=force)


def follow_bases(writer: CatalogueWriter) -> int:
    """Let the queued models take the family of their base; return how many tags changed.

    Chains (an adapter of a quantised copy of a fine-tune) are followed to their end, see `CatalogueLineage`: a tag
    depends on the rows alone, not on the order in which they came. A model whose tag changes queues its own copies.
    """
    changed = 0
    # What it finds follows from rows, which do not change meanwhile.
    reader = DetailReader(writer.connection)
    memo = FamilyMemo(CatalogueLineage(lambda name: row_of(writer, name, reader)), _REMEMBERED)
    while True:
        with writer.transaction():
            batch = due.take(writer, _BATCH, reader)
            moved: list[str] = []
            for model in batch:
                tag = memo.tag(model.row)
                if not same_tag(model.tag, tag):
                    save_tag(writer, model.id, tag, infer_task(model.row, tag))
                    if (model.tag.family, model.tag.certainty) != (tag.family, tag.certainty):
                        moved.append(model.model_id)
            if moved:
                due.add_children(writer, moved)
            changed += len(moved)
        if not batch:
            return changed
