"""Works out a whole catalogue anew from its stored rows: family, task, facts, and what is never recommended.

In batches that are kept, so that a kill costs at most one.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zukan.exclusions import left_out
from zukan.families import classify
from zukan.lineage import CatalogueLineage
from zukan.records import record_from_row
from zukan.resources import data_path
from zukan.schema import Certainty, Family, FamilyTag, InferredTask, ModelRecord
from zukan.settle import settle
from zukan.shelves import shelves_at_end
from zukan.store.derive import Tagged, recommendable, row_of, same_tag, save_tag, tagged_models
from zukan.store.entry import Entry, Stored, inferred_columns
from zukan.store.lock import fill_lock
from zukan.store.sizes import ESTIMATE
from zukan.store.write import CatalogueWriter
from zukan.task_inference import infer_task

BATCH = 2_000
_EXAMPLES = 5
_UNFINISHED = "retag"
"""Name in the catalogue's meta table: the state of an unfinished run."""
TAGGED_BY = "tagged_by"
"""Name in the catalogue's meta table: the rules that the tags come from."""

_RULES = ("exclusions", "families", "languages", "licences", "records", "task_inference")
"""The modules that say what a row comes to, beside those of the families."""

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
    renewed: int = 0
    """How many models have other facts than before, or another reason why they are never recommended."""

    @property
    def changed(self) -> int:
        """How many models have another family or certainty than before."""
        return sum(change.models for change in self.changes)


def rules_fingerprint() -> str:
    """Return what tells these rules from those of another release: its version, and a check sum of where they stand."""
    from zukan import __version__  # noqa: PLC0415 (the package imports its modules lazily)

    here = Path(__file__).parent
    modules = sorted({*(here / f"{name}.py" for name in _RULES), *here.glob("family_*.py")})
    whole = hashlib.sha256(data_path("families.toml").read_bytes())
    for module in modules:
        whole.update(module.read_bytes())
    return f"{__version__} {whole.hexdigest()[:16]}"


def retag(path: Path, progress: Progress | None = None) -> RetagReport:
    """Tag every model of a catalogue by the rules of today, each by its own evidence and that of its bases.

    What else the rules read off its row is brought up to date too. A run that was stopped goes on where it was, unless
    the rules have changed since.

    Args:
        path: The catalogue.
        progress: Called with (models done, models in all).

    Raises:
        StoreError: The catalogue cannot be written.
        CrawlRunning: It is being filled.

    """
    with fill_lock(path), CatalogueWriter(path) as writer, shelves_at_end(writer):
        report = retag_open(writer, progress)
        # Sizes that followed from others, and an index of an older release, are made anew too.
        settle(writer)
        return report


def retag_open(writer: CatalogueWriter, progress: Progress | None = None) -> RetagReport:
    """Do as `retag` with a catalogue that is open."""
    started = time.monotonic()
    rules = rules_fingerprint()
    state: dict[str, Any] = {"rules": rules, "after": 0, "done": 0, "changes": {}, "renewed": 0}
    stored = writer.meta().get(_UNFINISHED)
    if stored and (old := json.loads(stored)).get("rules") == rules:
        state |= old
    continued_after = state["done"]
    total = int(writer.connection.execute("SELECT count(*) FROM model").fetchone()[0])
    lineage = CatalogueLineage(lambda name: row_of(writer.connection, name))
    while True:
        with writer.transaction():
            # Read inside: what another process has just written must not be undone.
            batch = tagged_models(writer, state["after"], BATCH)
            if not batch:
                break
            known = recommendable(writer.connection, [model.id for model in batch])
            for model in batch:
                state["renewed"] += _retag(writer, model, lineage, known.get(model.id), state["changes"])
            state["after"], state["done"] = batch[-1].id, state["done"] + len(batch)
            writer.set_meta({_UNFINISHED: json.dumps(state)})
        if progress:
            progress(state["done"], total)
    with writer.transaction():
        writer.set_meta({TAGGED_BY: rules})
        writer.connection.execute("DELETE FROM meta WHERE name = ?", (_UNFINISHED,))
    writer.set_current()
    seconds = round(time.monotonic() - started, 3)
    return RetagReport(total, continued_after, _changes(state["changes"]), seconds, state["renewed"])


def _retag(
    writer: CatalogueWriter,
    model: Tagged,
    lineage: CatalogueLineage,
    known: tuple[Stored, str | None] | None,
    changes: dict[str, Any],
) -> bool:
    """Store what a model comes to now where it is other than before; return whether its facts are."""
    tag = classify(model.row, lineage)
    inferred = infer_task(model.row, tag)
    renewed = known is not None and _renew(writer, model, *known, tag, inferred)
    if same_tag(model.tag, tag) and inferred_columns(inferred) == model.inferred:
        return renewed
    if not renewed:
        save_tag(writer, model.id, tag, inferred)
    old = model.tag
    if (tag.family, tag.certainty) != (old.family, old.certainty):
        key = f"{old.family} {old.certainty} {tag.family} {tag.certainty}"
        count, examples = changes.get(key, (0, []))
        changes[key] = (count + 1, [*examples, model.model_id][:_EXAMPLES])
    return renewed


def _renew(
    writer: CatalogueWriter,
    model: Tagged,
    stored: Stored,
    exclusion: str | None,
    tag: FamilyTag,
    inferred: InferredTask | None,
) -> bool:
    """Store a model's facts anew where its row tells others today; return whether it does."""
    record = record_from_row(model.row)
    reason = left_out(record)
    if reason == exclusion and _facts(record, model.record) == _facts(model.record, model.record):
        return False
    writer.save([(Entry(record, tag, model.row, stored.row_hash, reason, inferred), stored)], crawled_at=None)
    return True


def _facts(record: ModelRecord, stored: ModelRecord) -> ModelRecord:
    """Return a record with what is stored elsewhere, or follows from more than the row, as it is stored."""
    size: dict[str, Any] = {}
    if record.num_parameters is None and (stored.parameters_source or "").startswith(ESTIMATE):
        size = {"num_parameters": stored.num_parameters, "parameters_source": stored.parameters_source}
    return record._replace(
        row=stored.row,
        auto_model=stored.auto_model,
        inferred_task=stored.inferred_task,
        inferred_from=stored.inferred_from,
        aliases=stored.aliases,
        absent=stored.absent,
        as_of=stored.as_of,
        **size,
    )


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
