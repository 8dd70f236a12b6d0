"""The catalogue at a glance: its families and tasks, counted once, so that a page of them costs a few look-ups."""

from __future__ import annotations

from zukan.lessons import family_lessons
from zukan.outcomes import FieldGuide
from zukan.store.facets import of_all
from zukan.store.read import CatalogueReader
from zukan.tasks import all_tasks


def guide(reader: CatalogueReader) -> FieldGuide:
    """Return the guide of an open catalogue: from the kept counts, else counted now."""
    kept = of_all(reader, "family")
    families = dict(kept) if kept is not None else reader.count_by("family")
    tasks = of_all(reader, "task") if kept is not None else reader.count_by("pipeline_tag")
    fresh = kept is None or reader.vocabulary.is_fresh()
    return FieldGuide(
        models=sum(families.values()),
        as_of=reader.newest(),
        counted_at=None if fresh else reader.vocabulary.counted_at(),
        lessons=family_lessons(reader, families),
        families=families,
        tasks=tuple(
            sorted(
                ((task, (tasks or {}).get(task.task_id, 0)) for task in all_tasks()),
                key=lambda pair: (-pair[1], pair[0].task_id),
            )
        ),
    )
