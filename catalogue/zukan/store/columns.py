"""The columns of the table `model`: what each holds, how it is written from a record, and how SQL reads it back.

Texts that many models share are numbers in `word`, family and evidence a number in `verdict`; `_id` and `sha` are
bytes, dates are numbers, what is rare stands in one JSON object. A value that does not fit its short form is kept as it
is: SQLite's columns take both.
"""

from __future__ import annotations

from zukan.store.places import POPULARITY_SQL

TAG_COLUMNS = ("family", "certainty", "guess", "reason", "rule", "evidence")

SHARED = (
    "pipeline_tag", "library_name", "model_type", "license", "languages", "parameters_source", "gated", "exclusion",
    "base_models", "base_relation", "config", "sources", "inferred_task", "inferred_from",
)  # fmt: skip
"""Columns that hold the number of a text."""

COLUMNS = (
    "place", "model_id", "hub_id", "verdict", "state", *SHARED, "tags", "num_parameters", "weight_bytes", "downloads",
    "downloads_all_time", "likes", "trending_score", "created_at", "last_modified", "as_of", "crawled_at", "sha",
    "row_hash", "absent_run", "rare",
)  # fmt: skip

# Bits of `state`.
DISABLED, REMOVED, STATES_DISABLED, STATES_PRIVATE, HAS_CARD, HAS_EVALUATIONS = 1, 2, 4, 8, 16, 32
FLAGS = {"disabled": DISABLED, "removed": REMOVED, "has_card": HAS_CARD, "has_evals": HAS_EVALUATIONS}

ELSEWHERE = "(json_extract({0}, '$.remote') IS NOT NULL OR json_extract({0}, '$.hardware.here') IS 0)"
"""SQL for whether the trial in a column was on another machine: a provider's, a server's, another node of a cluster."""

_CALLED = (
    "coalesce((SELECT id FROM model WHERE model_id = {0}.model_id), "
    "(SELECT model FROM alias WHERE name = {0}.model_id))"
)
OF_TRIAL = (
    "LEFT JOIN model h ON h.hub_id = zukan_short_id({0}.hub_id) "
    f"LEFT JOIN model n ON h.id IS NULL AND n.id = {_CALLED} AND ({{0}}.hub_id IS NULL OR n.hub_id IS NULL) "
    f"LEFT JOIN model o ON h.id IS NULL AND n.id IS NULL AND o.id = {_CALLED}"
)
"""SQL that joins to a trial the model that was tried, by its id on the Hub: `h`, or where there is none by name: `n`.

A model of that name that is another one is `o`.
"""


def word(column: str) -> str:
    """Return SQL for the text of a shared column."""
    return f"(SELECT text FROM word WHERE id = m.{column})"


def verdict(column: str) -> str:
    """Return SQL for one column of the family tag."""
    return _EVIDENCE if column == "evidence" else f"(SELECT {column} FROM verdict WHERE id = m.verdict)"


HUB_ID = "iif(typeof(m.hub_id) = 'blob', lower(hex(m.hub_id)), m.hub_id)"
_MARKED = f"substr(m.model_id, -length({HUB_ID}) - 1) = '@' || {HUB_ID}"
_OWN_NAME = f"iif({_MARKED}, substr(m.model_id, 1, length(m.model_id) - length({HUB_ID}) - 1), m.model_id)"
_EVIDENCE = (
    f"(SELECT iif(json_type(evidence, '$.id') = 'null', json_set(evidence, '$.id', {_OWN_NAME}), evidence) "
    "FROM verdict WHERE id = m.verdict)"
)
"""SQL for the evidence of a model's tag with its name in it, see `naming`."""
SHA = "iif(typeof(m.sha) = 'blob', lower(hex(m.sha)), m.sha)"
OWN_DATE = "iif(typeof(m.as_of) = 'integer', date(m.as_of * 86400, 'unixepoch'), m.as_of)"
WALKED_AT = "full_walk_at"
"""The fact that says when the last complete walk over the Hub began."""
CRAWLED_AT = (
    "iif(typeof(m.crawled_at) = 'integer', strftime('%Y-%m-%dT%H:%M:%S+00:00', m.crawled_at, 'unixepoch'), "
    "m.crawled_at)"
)
# A row that a complete walk met unchanged is not written again: its figures are those of the walk's date.
WALKED_ON = (
    "iif(m.row_hash IS NOT NULL AND m.absent_run IS NULL, "
    f"(SELECT substr(value, 1, 10) FROM meta WHERE name = '{WALKED_AT}'), NULL)"
)
AS_OF = f"nullif(max(ifnull({OWN_DATE}, ''), ifnull({WALKED_ON}, '')), '')"
ABSENT = "(m.absent_run IS NOT NULL AND m.absent_run IN (SELECT id FROM crawl_run WHERE finished_at IS NOT NULL))"
AUTHOR = (
    "coalesce(json_extract(m.rare, '$.author'), nullif(substr(m.model_id, 1, max(instr(m.model_id, '/') - 1, 0)), ''))"
)
TAGS = (
    "(SELECT json_group_array(text) FROM (SELECT w.text FROM json_each(m.tags) t JOIN word w ON w.id = t.value "
    "ORDER BY t.key))"
)
POPULARITY = POPULARITY_SQL.format("m.", "m.")


def moment(column: str) -> str:
    """Return SQL for a date and time as the Hub writes it."""
    return (
        f"iif(typeof(m.{column}) = 'integer', strftime('%Y-%m-%dT%H:%M:%fZ', m.{column} / 1000.0, 'unixepoch'), "
        f"m.{column})"
    )


def rare(column: str) -> str:
    """Return SQL for a fact that few models have."""
    return f"json_extract(m.rare, '$.{column}')"


def flag(name: str) -> str:
    """Return SQL for a bit of `state`, 0 or 1."""
    bit = FLAGS[name]
    return f"((m.state & {bit}) / {bit})"


def models_view() -> str:
    """Return the SELECT behind the view `models`: every column as people know it."""
    columns = {
        "model_id": "m.model_id",
        "_id": HUB_ID,
        "author": AUTHOR,
        "sha": SHA,
        **{name: verdict(name) for name in TAG_COLUMNS},
        "pipeline_tag": word("pipeline_tag"),
        "inferred_task": word("inferred_task"),
        "inferred_from": word("inferred_from"),
        "library_name": word("library_name"),
        "model_type": word("model_type"),
        "num_parameters": "m.num_parameters",
        "parameters_source": word("parameters_source"),
        "weight_bytes": "m.weight_bytes",
        "license": word("license"),
        "languages": word("languages"),
        "downloads": "m.downloads",
        "downloadsAllTime": "m.downloads_all_time",
        "likes": "m.likes",
        "trending_score": "m.trending_score",
        "popularity": POPULARITY,
        "place": "m.place",
        "gated": word("gated"),
        "disabled": flag("disabled"),
        "removed": flag("removed"),
        "createdAt": moment("created_at"),
        "lastModified": moment("last_modified"),
        "base_models": word("base_models"),
        "base_relation": word("base_relation"),
        "context_length": rare("context_length"),
        "mask_token": rare("mask_token"),
        "used_storage": rare("used_storage"),
        "tags": TAGS,
        "config": word("config"),
        "has_card": flag("has_card"),
        "has_evals": flag("has_evals"),
        "excluded": word("exclusion"),
        "as_of": AS_OF,
        "sources": word("sources"),
        "crawled_at": CRAWLED_AT,
        "unconfirmed": "(m.hub_id IS NULL)",
        "absent": ABSENT,
    }
    return f"SELECT {', '.join(f'{sql} AS {name}' for name, sql in columns.items())} FROM model m"


def short_id(hub_id: str | None) -> bytes | str | None:
    """Return an `_id` as it is stored."""
    return _as_bytes(hub_id, 24)


def short_sha(sha: str | None) -> bytes | str | None:
    """Return a commit as it is stored."""
    return _as_bytes(sha, 40)


def _as_bytes(text: str | None, length: int) -> bytes | str | None:
    if text is None or len(text) != length:
        return text
    try:
        found = bytes.fromhex(text)
    except ValueError:
        return text
    # Blanks are passed over, and capitals are lost.
    return found if found.hex() == text else text


FACETED = (
    "pipeline_tag", "languages", "license", "library_name", "gated", "verdict", "num_parameters", "created_at",
)  # fmt: skip
"""What the facets of a search count."""
_ORDERED = ("last_modified", "trending_score", "likes", "downloads")
"""What else a search is put in order by."""
BY_FIGURES = "model_by_figures"
FIGURES = {BY_FIGURES: (*FACETED, *_ORDERED), "model_by_faceted": FACETED}
"""The indexes that hold these beside the place: five hundred models of a search lie on as many pages of the table, but
on few of these. A catalogue has the first since all of it was indexed together, an older one the second."""
BY_TASK_AND_SIZE = "model_by_task_and_size"
"""The index that holds the models of a task in order of their size: a few of some sizes, thousands of others."""
OF_TASK_AND_SIZE = "place IS NOT NULL AND pipeline_tag IS NOT NULL AND num_parameters IS NOT NULL"
