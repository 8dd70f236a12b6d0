"""Tags a whole catalogue anew from its stored rows: in batches that are kept, so that a kill costs at most one."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zukan.families import classify
from zukan.lineage import CatalogueLineage
from zukan.resources import data_path
from zukan.schema import Certainty, Family
from zukan.store.derive import Tagged, row_of, same_tag, save_tag, tagged_models
from zukan.store.entry import inferred_columns
from zukan.store.write import CatalogueWriter
from zukan.task_inference import infer_task

BATCH = 2_000
_EXAMPLES = 5
_UNFINISHED = "retag"
"""Name in the catalogue's meta table: the state of an unfinished run."""
TAGGED_BY = "tagged_by"
"""Name in the catalogue's meta table: the rules that the tags come from."""

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Change:
    """Models whose family or certainty changed in the same way."""

    before: Family
    before_certainty: Certainty
    after: Family
    after_certainty: Certainty
    models: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RetagReport:
    """What tagging a catalogue anew did."""

    models: int
    """In the catalogue."""
    continued_after: int
    """How many an unfinished run had done before."""
    changes: tuple[Change, ...]
    """By family and certainty, the most frequent first; over all parts of the run."""
    seconds: float
    """Of this part of the run."""

    @property
    def changed(self) -> int:
        """How many models have another family or certainty than before."""
        return sum(change.models for change in self.changes)


def rules_fingerprint() -> str:
    """Return what tells these rules from those of another release."""
    from zukan import __version__  # noqa: PLC0415 (the package imports its modules lazily)

    table = hashlib.sha256(data_path("families.toml").read_bytes()).hexdigest()[:16]
    return f"{__version__} {table}"


def retag(path: Path, progress: Progress | None = None) -> RetagReport:
    """Tag every model of a catalogue by the rules of today, each by its own evidence and that of its bases.

    A run that was stopped goes on where it was, unless the rules have changed since.

    Args:
        path: The catalogue.
        progress: Called with (models done, models in all).

    Raises:
        StoreError: The catalogue cannot be written.

    """
    with CatalogueWriter(path) as writer:
        return retag_open(writer, progress)


def retag_open(writer: CatalogueWriter, progress: Progress | None = None) -> RetagReport:
    """Do as `retag` with a catalogue that is open."""
    started = time.monotonic()
    rules = rules_fingerprint()
    state: dict[str, Any] = {"rules": rules, "after": 0, "done": 0, "changes": {}}
    stored = writer.meta().get(_UNFINISHED)
    if stored and (old := json.loads(stored)).get("rules") == rules:
        state = old
    continued_after = state["done"]
    total = int(writer.connection.execute("SELECT count(*) FROM model").fetchone()[0])
    lineage = CatalogueLineage(lambda name: row_of(writer.connection, name))
    while batch := tagged_models(writer, state["after"], BATCH):
        with writer.transaction():
            for model in batch:
                _retag(writer, model, lineage, state["changes"])
            state["after"], state["done"] = batch[-1].id, state["done"] + len(batch)
            writer.set_meta({_UNFINISHED: json.dumps(state)})
        if progress:
            progress(state["done"], total)
    with writer.transaction():
        writer.set_meta({TAGGED_BY: rules})
        writer.connection.execute("DELETE FROM meta WHERE name = ?", (_UNFINISHED,))
    writer.set_current()
    seconds = round(time.monotonic() - started, 3)
    return RetagReport(total, continued_after, _changes(state["changes"]), seconds)


def _retag(writer: CatalogueWriter, model: Tagged, lineage: CatalogueLineage, changes: dict[str, Any]) -> None:
    row = model.row
    tag = classify(row, lineage)
    inferred = infer_task(row, tag)
    if same_tag(model.tag, tag) and inferred_columns(inferred) == model.inferred:
        return
    save_tag(writer, model.id, tag, inferred)
    old = model.tag
    if (tag.family, tag.certainty) != (old.family, old.certainty):
        key = f"{old.family} {old.certainty} {tag.family} {tag.certainty}"
        count, examples = changes.get(key, (0, []))
        changes[key] = (count + 1, [*examples, model.model_id][:_EXAMPLES])


def _changes(counted: dict[str, Any]) -> tuple[Change, ...]:
    found = []
    for key, (count, examples) in sorted(counted.items(), key=lambda item: -item[1][0]):
        before, before_certainty, after, after_certainty = key.split()
        found.append(
            Change(
                Family(before), Certainty(before_certainty), Family(after), Certainty(after_certainty), count,
                tuple(examples),
            )
        )  # fmt: skip
    return tuple(found)
