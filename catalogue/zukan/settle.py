"""Settles what follows from other rows of the catalogue, after a crawl or a build: families of copies, sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from zukan.followers import Followed, Follower, Followers
from zukan.meanings import VERSION, meanings
from zukan.store import due, rollups, shelf
from zukan.store.derive import save_tags
from zukan.store.document_makers import DocumentMakers
from zukan.store.documents import DocumentReader
from zukan.store.sizes import estimate_sizes
from zukan.store.write import CatalogueWriter

_BATCH = 1_000
_MANY = 20_000
"""Fewer models are done before child processes have started."""


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


def put_in_order(
    writer: CatalogueWriter, progress: Callable[[int, int], None] | None = None, *, places_kept: bool = False
) -> None:
    """Order and index all models by popularity, count their words, and merge the indexes.

    Args:
        writer: The open catalogue, outside a transaction.
        progress: Called with (models done, models in all).
        places_kept: They are in order already, see `ModelIndex.rebuild`.

    """
    with writer.transaction():
        if writer.models() < _MANY or not writer.is_read_meanwhile():
            writer.index.rebuild(progress, places_kept=places_kept)
        else:
            with DocumentMakers(writer.path, DocumentReader(writer.connection)) as makers:
                writer.index.rebuild(progress, makers.make, places_kept=places_kept)
    writer.index.deferred = False
    count_words(writer, force=True)
    writer.merge_indexes()


def count_words(writer: CatalogueWriter, *, force: bool = False) -> None:
    """Count the words and filters of the index anew where enough has changed since."""
    with writer.transaction():
        if rollups.refresh(writer.connection, meanings(), VERSION, force=force):
            shelf.clear(writer.connection)  # by the counts it is told what is a copy


def follow_bases(writer: CatalogueWriter) -> int:
    """Let the queued models take the family of their base; return how many tags changed.

    A model whose tag changes queues its own copies. The order in which they come does not matter, see `followers`.
    """
    changed = 0
    follower = Follower(writer.connection)
    while number := due.waiting(writer):
        batches = due.batches(writer, _BATCH)
        if number < _MANY or not writer.is_read_meanwhile():
            changed += _take_tags(writer, ((ids, follower.follow(ids)) for ids in batches))
        else:
            with Followers(writer.path, follower) as followers:
                changed += _take_tags(writer, followers.follow(batches))
    return changed


def _take_tags(writer: CatalogueWriter, found: Iterable[tuple[list[int], list[Followed]]]) -> int:
    """Store what was found of batches of queued models, each in a transaction; return how many tags changed."""
    changed = 0
    for ids, models in found:
        with writer.transaction():
            due.done(writer, ids)
            save_tags(writer, [(one.id, one.verdict, one.inferred_task, one.inferred_from) for one in models])
            moved = [one.model_id for one in models if one.moved]
            if moved:
                due.add_children(writer, moved)
        changed += len(moved)
    return changed
