"""Counts what the catalogue holds and how well it is known: families with certainty, tasks, and why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zukan.retag import TAGGED_BY, rules_fingerprint
from zukan.schema import Family
from zukan.store.read import CatalogueReader


@dataclass(frozen=True, slots=True)
class CatalogueStatistics:
    """What a catalogue holds."""

    models: int
    as_of: str
    """Newest date of downloads and likes."""
    built_at: str | None
    families: tuple[tuple[str, str, int], ...]
    """(family, certainty, models), the most frequent first."""
    rules: tuple[tuple[str, str, int], ...]
    """(family, the rule that decided, models)."""
    undetermined: tuple[tuple[str, int], ...]
    """(why there is no family, models)."""
    tasks: tuple[tuple[str, int], ...]
    """(pipeline_tag, models)."""
    inferred_tasks: tuple[tuple[str, int], ...]
    """(task inferred where the repository states none, models)."""
    libraries: tuple[tuple[str, int], ...]
    known: dict[str, int]
    """Fact → how many models have it."""
    refused: int
    """Rows of crawls that could not be read."""
    unconfirmed: int
    """Models that no crawl has met: from the snapshot or an import."""
    absent: int
    """Models that the last complete walk did not meet."""
    crawls: tuple[dict[str, Any], ...]
    """What the latest crawls and imports did, newest first; the columns of the view `crawls`."""
    tags_current: bool
    """Whether all tags come from the rules of this zukan."""


def statistics(reader: CatalogueReader) -> CatalogueStatistics:
    """Return the statistics of an open catalogue."""
    meta = reader.meta()
    rules = reader.counts("family", "rule")
    return CatalogueStatistics(
        models=int(meta["models"]),
        as_of=reader.newest() or meta["as_of"],
        built_at=meta.get("built_at"),
        families=tuple((str(a), str(b), int(n)) for a, b, n in reader.counts("family", "certainty")),
        rules=tuple((str(a), str(b), int(n)) for a, b, n in rules if a != Family.UNDETERMINED),
        undetermined=tuple((str(b), int(n)) for a, b, n in rules if a == Family.UNDETERMINED),
        tasks=tuple((str(a), int(n)) for a, n in reader.counts("pipeline_tag") if a is not None),
        inferred_tasks=tuple((str(a), int(n)) for a, n in reader.counts("inferred_task") if a is not None),
        libraries=tuple((str(a), int(n)) for a, n in reader.counts("library_name") if a is not None),
        known=reader.known(),
        refused=reader.refused(),
        unconfirmed=reader.unconfirmed(),
        absent=reader.absent(),
        crawls=tuple(reader.crawls()),
        tags_current=meta.get(TAGGED_BY) == rules_fingerprint(),
    )
