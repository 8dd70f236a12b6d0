"""The columns of an exported catalogue: those of the view `models`, then what is needed to give the catalogue back.

One list makes the Parquet schema, the schema file and the documentation, so that they cannot differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from zukan.reading.exported import METADATA

PARTITION = "task"
NO_TASK = "unknown"
"""The part of models without a task. Hive has a name of its own for it, which pandas fails at."""

TEXT, NUMBER, REAL, FLAG, TEXTS = "string", "int64", "double", "bool", "list<string>"
HISTORY = "list<struct<day: string, downloads: int64, likes: int64>>"
CARD = "struct<front_matter: string, paragraph: string, problem: string, sha: string, fetched_at: string>"


class Column(NamedTuple):
    """One column: its name, its type as Arrow writes it, what it holds."""

    name: str
    type: str
    description: str


VIEW = (
    Column("model_id", TEXT, "name of the repository; @_id behind it: another repository has that name since"),
    Column("_id", TEXT, "the Hub's own id, which renames keep; null = no crawl has met the model"),
    Column("author", TEXT, "user or organisation"),
    Column("sha", TEXT, "newest commit"),
    Column("family", TEXT, "encoder-only, decoder-only, seq2seq, other or undetermined"),
    Column("certainty", TEXT, "certain, inferred or guess"),
    Column("guess", TEXT, "where undetermined: the likeliest family, not proven"),
    Column("reason", TEXT, "one sentence on why"),
    Column("rule", TEXT, "short code of the rule that answered"),
    Column("evidence", TEXT, "JSON object: field of the row -> the value that decided"),
    Column("pipeline_tag", TEXT, "task that the repository states"),
    Column("inferred_task", TEXT, "task that its class tells, where it states none"),
    Column("inferred_from", TEXT, "the field that tells it: path = value"),
    Column("library_name", TEXT, "library"),
    Column("model_type", TEXT, "config.model_type"),
    Column("num_parameters", NUMBER, "parameters, see parameters_source"),
    Column("parameters_source", TEXT, "where that comes from; begins with estimate: where nobody stated it"),
    Column("weight_bytes", NUMBER, "bytes of the weights as stored"),
    Column("license", TEXT, "licence id of the Hub"),
    Column("languages", TEXTS, "language codes"),
    Column("downloads", NUMBER, "downloads in the 30 days before as_of"),
    Column("downloadsAllTime", NUMBER, "downloads of all time"),
    Column("likes", NUMBER, "likes at as_of"),
    Column("trending_score", REAL, "the Hub's trending score"),
    Column("popularity", NUMBER, "(1 + downloads) x (1 + likes), by which models are ordered"),
    Column("place", NUMBER, "where it stands in zukan's index, lower = more popular; the order of the rows"),
    Column("gated", TEXT, "false, auto, manual or true; null = not known"),
    Column("disabled", FLAG, "switched off by the Hub"),
    Column("removed", FLAG, "known to be gone from the Hub"),
    Column("createdAt", TEXT, "UTC, ISO 8601"),
    Column("lastModified", TEXT, "UTC, ISO 8601"),
    Column("base_models", TEXTS, "what it was made from"),
    Column("base_relation", TEXT, "finetune, adapter, quantized or merge"),
    Column("context_length", NUMBER, "tokens"),
    Column("mask_token", TEXT, "of a model that fills masks"),
    Column("used_storage", NUMBER, "bytes of the whole repository history"),
    Column("tags", TEXTS, "the Hub's tags"),
    Column("config", TEXT, "JSON object: the Hub's excerpt of config.json"),
    Column("has_card", FLAG, "it has a model card with front matter"),
    Column("has_evals", FLAG, "its card reports results"),
    Column("excluded", TEXT, "why zukan never recommends it"),
    Column("as_of", TEXT, "date of downloads and likes"),
    Column("sources", TEXTS, "hub for a crawl; import, cache, local, or the shipped snapshot's own sources"),
    Column("crawled_at", TEXT, "when a crawl last met it, UTC"),
    Column("unconfirmed", FLAG, "no crawl has met it"),
    Column("absent", FLAG, "the last complete walk over the Hub did not meet it"),
)
"""As in the view `models`; flags are booleans here and lists are lists, which SQLite writes as numbers and JSON."""

BESIDE = (
    Column("aliases", TEXTS, "former names of the repository"),
    Column("history", HISTORY, "downloads and likes of earlier days"),
    Column("card", CARD, "the model card, where it was fetched"),
    Column("rest", TEXT, "JSON object: what the Hub's row tells beside the columns; under - the keys that it lacks"),
    Column("state", NUMBER, "for zukan import: which constant fields the Hub's row has"),
    Column("own_as_of", TEXT, "for zukan import: as_of without the date of the last complete walk"),
    Column("row_hash", NUMBER, "for zukan import: fingerprint of the Hub's row"),
    Column("absent_run", NUMBER, "for zukan import: the walk that did not meet it"),
)
COLUMNS = VIEW + BESIDE


def schema_path(target: Path) -> Path:
    """Return where the schema file of an export to one Parquet file lies."""
    return target.with_suffix(".schema.json")


def arrow_schema(pa: Any, facts: bytes) -> Any:
    """Return the Parquet schema.

    Args:
        pa: The module pyarrow.
        facts: What is kept about the whole catalogue.

    """
    figures = {"day": pa.string(), "downloads": pa.int64(), "likes": pa.int64()}
    of_card = dict.fromkeys(("front_matter", "paragraph", "problem", "sha", "fetched_at"), pa.string())
    types = {
        TEXT: pa.string(),
        NUMBER: pa.int64(),
        REAL: pa.float64(),
        FLAG: pa.bool_(),
        TEXTS: pa.list_(pa.string()),
        HISTORY: pa.list_(pa.struct(list(figures.items()))),
        CARD: pa.struct(list(of_card.items())),
    }
    fields = [
        pa.field(column.name, types[column.type], metadata={"description": column.description}) for column in COLUMNS
    ]
    return pa.schema(fields, metadata={METADATA: facts})
