"""Facts that follow from other rows of the catalogue: lineage tags and typical sizes."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any

from zukan.schema import FamilyTag, InferredTask
from zukan.store.read import tag_from_row
from zukan.store.write import CatalogueWriter, compact, inferred_columns

SIZE_WORDS = (
    "tiny", "mini", "nano", "small", "medium", "base", "large", "huge", "giant", "xxlarge", "xlarge", "xxl", "xl",
)  # fmt: skip
_SIZE_WORD = re.compile(rf"(?<![a-z])({'|'.join(SIZE_WORDS)})(?![a-z])", re.IGNORECASE)
_BATCH = 2_000
_MIN_SAMPLES = 3
_MAX_SPREAD = 2.0
"""Upper quartile / lower quartile: beyond this the models of that name are not one size."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A model whose own evidence is not decisive and that names a base model."""

    id: int
    row_json: str
    tag: FamilyTag


@dataclass(frozen=True, slots=True)
class Tagged:
    """A model with its stored tag."""

    id: int
    model_id: str
    row_json: str
    tag: FamilyTag
    inferred: tuple[str | None, str | None]
    """(inferred_task, inferred_from)."""


def size_word(model_id: str) -> str | None:
    """Return the size word in a model's name (`base`, `large` …), if it has exactly one."""
    found = {word.lower() for word in _SIZE_WORD.findall(model_id.rpartition("/")[2])}
    return found.pop() if len(found) == 1 else None


def _stem(model_id: str) -> str:
    """Return what a name begins with, and whether it says multilingual: ByT5 and mBERT are larger than T5 and BERT."""
    name = model_id.rpartition("/")[2].lower()
    many = "multilingual" if "multilingual" in name else ""
    return f"{re.split(r'[^a-z0-9]', name)[0]} {many}"


def pending_lineage(writer: CatalogueWriter, model_ids: Sequence[str] | None = None) -> Iterator[Pending]:
    """Yield the models (of these names, if given) whose tag could still come from their base model."""
    wanted = None if model_ids is None else json.dumps(list(model_ids))
    last = 0
    while True:
        # In batches by id: the caller changes tags while it reads.
        cursor = writer.connection.cursor()
        cursor.row_factory = sqlite3.Row
        rows = cursor.execute(
            "SELECT m.id, d.row, m.family, m.certainty, m.guess, m.reason, m.rule, m.evidence "
            "FROM model m JOIN detail d ON d.id = m.id WHERE m.id > ?2 AND m.certainty <> 'certain' "
            "AND EXISTS (SELECT 1 FROM base_link b WHERE b.model = m.id) "
            "AND (?1 IS NULL OR m.model_id IN (SELECT value FROM json_each(?1))) ORDER BY m.id LIMIT ?3",
            (wanted, last, _BATCH),
        ).fetchall()
        for row in rows:
            yield Pending(row["id"], row["row"], tag_from_row(row))
        if len(rows) < _BATCH:
            return
        last = rows[-1]["id"]


def row_of(writer: CatalogueWriter, name: str) -> dict[str, Any] | None:
    """Return the raw row of a model by its present or a former name."""
    for condition in ("m.model_id = ?", "m.id = (SELECT model FROM alias WHERE name = ?)"):
        found = writer.connection.execute(
            f"SELECT d.row FROM detail d JOIN model m USING (id) WHERE {condition}", (name,)
        ).fetchone()
        if found:
            row = json.loads(found[0])
            return row if isinstance(row, dict) else None
    return None


def same_tag(stored: FamilyTag, tag: FamilyTag) -> bool:
    """Return whether a tag is what is stored, evidence compared as the JSON that it is stored as."""
    plain = (stored.family, stored.certainty, stored.rule, stored.reason, stored.guess)
    if plain != (tag.family, tag.certainty, tag.rule, tag.reason, tag.guess):
        return False
    return compact(tag.evidence) == compact(stored.evidence)


def save_tag(writer: CatalogueWriter, id_: int, tag: FamilyTag, inferred: InferredTask | None) -> None:
    """Replace the family tag and the inferred task of one model."""
    writer.connection.execute(
        "UPDATE model SET family = ?, certainty = ?, guess = ?, reason = ?, rule = ?, evidence = ?, "
        "inferred_task = ?, inferred_from = ? WHERE id = ?",
        (
            str(tag.family), str(tag.certainty), tag.guess and str(tag.guess), tag.reason, tag.rule,
            compact(tag.evidence), *inferred_columns(inferred), id_,
        ),
    )  # fmt: skip


def tagged_models(writer: CatalogueWriter, after: int, most: int) -> list[Tagged]:
    """Return the next models by their row id, with what is stored of their family and task."""
    cursor = writer.connection.cursor()
    cursor.row_factory = sqlite3.Row
    rows = cursor.execute(
        "SELECT m.id, m.model_id, d.row, m.family, m.certainty, m.guess, m.reason, m.rule, m.evidence, "
        "m.inferred_task, m.inferred_from FROM model m JOIN detail d USING (id) WHERE m.id > ? ORDER BY m.id LIMIT ?",
        (after, most),
    ).fetchall()
    return [
        Tagged(row["id"], row["model_id"], row["row"], tag_from_row(row), (row["inferred_task"], row["inferred_from"]))
        for row in rows
    ]


def estimate_sizes(writer: CatalogueWriter) -> int:
    """Give models without a stated parameter count the typical one of their kind, marked as an estimate.

    A model gets the median of the models with a stated count that share its model_type and the size word in
    its name, where at least three are known and agree; else its base model's count. Estimates of an earlier
    pass are thrown away first, so that they never feed on themselves.

    Returns:
        How many models got an estimate.

    """
    execute = writer.connection.execute
    execute(
        "UPDATE model SET num_parameters = NULL, parameters_source = NULL WHERE parameters_source LIKE 'estimate:%'"
    )
    samples: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    unknown: list[tuple[int, tuple[str, str, str]]] = []
    for id_, model_id, model_type, number, source in execute(
        "SELECT id, model_id, model_type, num_parameters, parameters_source FROM model "
        "WHERE model_type IS NOT NULL AND ifnull(base_relation, '') NOT IN ('adapter', 'quantized')"
    ):
        word = size_word(model_id)
        if word is None:
            continue
        kind = (model_type, word, _stem(model_id))
        if number is None:
            unknown.append((id_, kind))
        elif source in ("Hub: safetensors", "stated: exact"):
            samples[kind].append(number)
            # A name that begins with the plain type may stand for all of the type but the multilingual ones.
            if "multilingual" not in kind[2]:
                samples[model_type, word, ""].append(number)
    typical: dict[tuple[str, str, str], tuple[int, str]] = {}
    for kind, numbers in samples.items():
        if len(numbers) < _MIN_SAMPLES:
            continue
        low, _, high = quantiles(numbers, n=4)
        if high <= low * _MAX_SPREAD:
            model_type, word, _ = kind
            spread = f"{low / 1e6:.0f}M to {high / 1e6:.0f}M"
            text = f"estimate: median of {len(numbers)} {model_type} models named {word}, half of them {spread}"
            typical[kind] = (int(median(numbers)), text)
    found = []
    for id_, kind in unknown:
        plain = kind[2].strip() == kind[0].replace("_", "")
        if estimate := typical.get(kind) or (typical.get((kind[0], kind[1], "")) if plain else None):
            found.append((*estimate, id_))
    writer.connection.executemany("UPDATE model SET num_parameters = ?, parameters_source = ? WHERE id = ?", found)
    from_base = execute(
        "UPDATE model SET parameters_source = 'estimate: as its base model ' || base.model_id, "
        "num_parameters = base.num_parameters FROM base_link link JOIN model base ON base.model_id = link.base "
        "WHERE link.model = model.id AND model.num_parameters IS NULL AND base.num_parameters IS NOT NULL "
        "AND ifnull(link.relation, 'finetune') = 'finetune'"
    ).rowcount
    return len(found) + from_base
