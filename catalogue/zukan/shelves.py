"""Fills the shelves of a large catalogue: what a recommendation for each task reads, see `zukan.store.shelf`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from zukan.errors import HubError, StoreError, UnreadableFile
from zukan.store import shelf
from zukan.store.connection import translated
from zukan.store.memory import POPULAR
from zukan.store.read import CatalogueReader
from zukan.store.shelf import Shelf
from zukan.store.vocabulary import Vocabulary
from zukan.store.write import CatalogueWriter

_LEAST = 100_000
"""In a catalogue of fewer models everything is near: the shipped one answers in eight milliseconds as it is."""


@contextmanager
def shelves_at_end(writer: CatalogueWriter) -> Iterator[None]:
    """Fill the shelves when what fills the catalogue has come to an end, or as far as the Hub or a file let it come."""
    try:
        yield
    except (HubError, UnreadableFile):
        fill_shelves(writer)
        raise
    fill_shelves(writer)


def fill_shelves(writer: CatalogueWriter, least: int | None = None) -> bool:
    """Fill the shelves of all tasks, unless nothing has changed since: one to three seconds for three million models.

    Call while the fill lock is held: a writer of an earlier release takes no shelves away. Nothing is lost where it
    fails, for want of room or because somebody else has changed models meanwhile: then there are none.

    Args:
        writer: The open catalogue, settled, outside a transaction.
        least: Leave a catalogue of fewer models without; None = as usual.

    Returns:
        Whether it was done.

    """
    try:
        with translated(writer.path):
            models = Vocabulary(writer.connection).models()
            if models < (_LEAST if least is None else least) or shelf.is_filled(writer.connection):
                return False
        with CatalogueReader(writer.path) as reader:
            with reader.translated():
                shelves = [(task, shelf.packed(one)) for task, one in _shelves(reader)]
            with writer.transaction():
                is_of_now = reader.vocabulary.memory.is_of_now()
                if is_of_now:
                    shelf.fill(writer.connection, shelves)
    except StoreError:
        return False
    return is_of_now


def _shelves(reader: CatalogueReader) -> Iterator[tuple[str, Shelf]]:
    # Slow to import, and most of what fills a catalogue fills a small one.
    from zukan.advice import Wishes  # noqa: PLC0415
    from zukan.mirrors import original  # noqa: PLC0415
    from zukan.pool import POOL, ends_for, pool_of  # noqa: PLC0415
    from zukan.question import asked_for  # noqa: PLC0415
    from zukan.tasks import all_tasks  # noqa: PLC0415

    for task in all_tasks():
        understood = asked_for(reader, task.task_id, (), None, None, Wishes())
        reader.vocabulary.memory.forget(POPULAR)
        pool = pool_of(reader, understood, POOL, inferred=False, without=frozenset())
        popular = dict(reader.vocabulary.memory.kept(POPULAR))
        ends = dict([ends_for(reader, task)]) if task.name_words else {}
        # Who allows what is left out reads more of the ends than the bare name of the task.
        models = [*pool.known.values(), *reader.prospects([place for some in ends.values() for place in some])]
        places = reader.places_of([model.model_id for model in models])
        unknown = dict.fromkeys(model.author for model in pool.models if model.gated is None)
        yield (
            task.task_id,
            Shelf(
                {places[model.model_id]: model for model in models},
                {author.lower(): reader.authors.kin(author) for author in unknown},
                {model.model_id: original(reader, model) for model in pool.models},
                ends,
                popular,
            ),
        )
