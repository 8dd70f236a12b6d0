"""What a model was made from, generation by generation, as far as the catalogue knows it."""

from __future__ import annotations

from zukan.schema import Hit
from zukan.store.read import CatalogueReader

_MOST_PARENTS = 4


def ancestors(reader: CatalogueReader, hit: Hit, generations: int) -> tuple[tuple[tuple[str, Hit | None], ...], ...]:
    """Return the generations before a model, its parents first: of each the names, with the models that are known.

    Of several parents (a merge) the first one that is known is followed; a circle ends where it closes.

    Args:
        reader: An open catalogue.
        hit: The model.
        generations: How many at most.

    """
    found: list[tuple[tuple[str, Hit | None], ...]] = []
    seen = {hit.record.model_id}
    parents = hit.record.base_models
    while parents and len(found) < generations:
        generation = tuple((name, reader.get(name)) for name in parents[:_MOST_PARENTS])
        found.append(generation)
        known = [parent for _name, parent in generation if parent and parent.record.model_id not in seen]
        seen.update(parent.record.model_id for parent in known)
        parents = known[0].record.base_models if known else ()
    return tuple(found)
