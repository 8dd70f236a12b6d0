"""Answers questions about the catalogue with plain SQL over a read-only connection of the standard sqlite3."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zukan.schema import Certainty, Family, FamilyTag, Hit, ModelRecord, Prospect
from zukan.store.facts import CatalogueFacts

# A row that a complete walk met unchanged is not written again: its figures are those of the walk's date.
_AS_OF = (
    "nullif(max(ifnull(m.as_of, ''), iif(m.row_hash IS NOT NULL AND m.absent_run IS NULL, "
    "ifnull((SELECT substr(value, 1, 10) FROM meta WHERE name = 'full_walk_at'), ''), '')), '') AS as_of"
)
_ABSENT = "m.absent_run IS NOT NULL AND m.absent_run IN (SELECT id FROM crawl_run WHERE finished_at IS NOT NULL)"
_EXCLUSION = f"iif({_ABSENT}, ifnull(m.exclusion, 'not in the last list of the Hub'), m.exclusion) AS exclusion"
_COLUMNS = (
    "m.id, m.hub_id, m.model_id, m.author, m.sha, m.pipeline_tag, m.library_name, m.model_type, m.family, "
    "m.certainty, m.guess, m.reason, m.rule, m.evidence, m.num_parameters, m.parameters_source, m.weight_bytes, "
    "m.license, m.languages, m.downloads, m.likes, m.trending_score, m.gated, m.disabled, m.removed, m.created_at, "
    "m.last_modified, m.base_models, m.base_relation, m.context_length, m.mask_token, m.used_storage, m.tags, "
    f"m.config, {_AS_OF}, m.sources, m.inferred_task, m.inferred_from, ({_ABSENT}) AS absent"
)

_ORDER = {
    "downloads": "m.downloads IS NULL, m.downloads DESC, m.id",
    "likes": "m.likes IS NULL, m.likes DESC, m.id",
    "trending": "m.trending_score IS NULL, m.trending_score DESC, m.popularity DESC, m.id",
    "created": "m.created_at IS NULL, m.created_at DESC, m.id",
    "modified": "m.last_modified IS NULL, m.last_modified DESC, m.id",
    "params": "m.num_parameters IS NULL, m.num_parameters, m.id",
    "popularity": "m.popularity DESC, m.id",
}
SORTS = ("relevance", *(name for name in _ORDER if name != "popularity"))

# All words in the name come before words found elsewhere; among equals the popular first.
_NAME_ONLY = "lower(substr(m.model_id, instr(m.model_id, '/') + 1))"
_SHORT_NAME = f"replace(replace(replace({_NAME_ONLY}, '-', ' '), '_', ' '), '.', ' ')"
_BY_NAME = (
    "m.model_id = ? COLLATE NOCASE DESC, "
    f"{_SHORT_NAME} = ? DESC, "
    "m.id IN (SELECT rowid FROM model_text WHERE model_text MATCH ?) DESC, "
    "m.popularity DESC, m.id"
)
# Where only some words match, the rarer ones count more; an order of magnitude of popularity counts like a word.
_BY_RARITY = "bm25(model_text, 10.0, 2.0, 3.0, 4.0) - 1.2 * m.popularity, m.id"


@dataclass(frozen=True, slots=True)
class Words:
    """A full-text query and what makes one match better than another."""

    expression: str
    """FTS5 query over name, tags, task and languages."""
    in_name: str = ""
    """FTS5 query for the matches that have every word in their name; empty = a name cannot say it."""
    full_name: str = ""
    """The model of this id comes first."""
    short_name: str = ""
    """Then those whose name without the author is this, lower case, with spaces for separators."""
    rarest_first: bool = False
    """Order by how rare the words that match are."""


def hit_from_row(row: sqlite3.Row) -> Hit:
    """Turn a row of `_COLUMNS` into a Hit."""
    config = json.loads(row["config"])
    gated = row["gated"]
    record = ModelRecord(
        model_id=row["model_id"],
        hub_id=row["hub_id"],
        sha=row["sha"],
        author=row["author"],
        pipeline_tag=row["pipeline_tag"],
        library_name=row["library_name"],
        model_type=row["model_type"],
        architectures=tuple(name for name in config.get("architectures") or () if isinstance(name, str)),
        num_parameters=row["num_parameters"],
        parameters_source=row["parameters_source"],
        weight_bytes=row["weight_bytes"],
        license=row["license"],
        languages=tuple(json.loads(row["languages"])),
        tags=tuple(json.loads(row["tags"])),
        downloads=row["downloads"],
        likes=row["likes"],
        trending_score=row["trending_score"],
        gated={"true": True, "false": False}.get(gated, gated),
        disabled=bool(row["disabled"]),
        removed=bool(row["removed"]),
        absent=bool(row["absent"]),
        created_at=row["created_at"],
        last_modified=row["last_modified"],
        base_models=tuple(json.loads(row["base_models"])),
        base_relation=row["base_relation"],
        context_length=row["context_length"],
        mask_token=row["mask_token"],
        used_storage=row["used_storage"],
        config=config,
        inferred_task=row["inferred_task"],
        inferred_from=row["inferred_from"],
        as_of=row["as_of"],
        sources=tuple(json.loads(row["sources"])),
    )
    return Hit(record, tag_from_row(row))


def tag_from_row(row: Mapping[str, Any] | sqlite3.Row) -> FamilyTag:
    """Turn the family columns of a row into a FamilyTag."""
    return FamilyTag(
        family=Family(row["family"]),
        certainty=Certainty(row["certainty"]),
        reason=row["reason"],
        evidence=json.loads(row["evidence"]),
        rule=row["rule"],
        guess=Family(row["guess"]) if row["guess"] else None,
    )


def _clause(words: Words | None, conditions: Iterable[tuple[str, Any]], sort: str) -> tuple[str, str, tuple[Any, ...]]:
    """Return (FROM and WHERE, ORDER BY, values) of a question."""
    where: list[str] = []
    values: list[Any] = []
    source, order = "model m", _ORDER["popularity" if sort == "relevance" else sort]
    order_values: tuple[str, ...] = ()
    if words is not None:
        source = "model_text JOIN model m ON m.id = model_text.rowid"
        where.append("model_text MATCH ?")
        values.append(words.expression)
        if sort == "relevance" and words.in_name:
            order, order_values = _BY_NAME, (words.full_name, words.short_name, words.in_name)
        elif sort == "relevance" and words.rarest_first:
            order = _BY_RARITY
    for name, value in conditions:
        sql = _FILTERS[name]
        where.append(sql)
        values.extend([value] * sql.count("?"))
    clause = f"{source} WHERE {' AND '.join(where)}" if where else source
    return clause, order, (*values, *order_values)


class CatalogueReader(CatalogueFacts):
    """An open catalogue that can only be read. Use as a context manager."""

    def match(
        self,
        words: Words | None,
        conditions: Iterable[tuple[str, Any]],
        *,
        sort: str,
        limit: int,
        offset: int = 0,
    ) -> list[Hit]:
        """Return models that match words (None = all) and all conditions.

        Args:
            words: What to look for in the full-text index.
            conditions: Pairs of a filter's name (see `_FILTERS`) and its value.
            sort: One of `SORTS`.
            limit: Most rows to return.
            offset: Rows to pass over.

        """
        clause, order, values = _clause(words, conditions, sort)
        rows = self._all(f"SELECT {_COLUMNS} FROM {clause} ORDER BY {order} LIMIT ? OFFSET ?", (*values, limit, offset))
        return [hit_from_row(row) for row in rows]

    def prospects(self, words: Words | None, conditions: Iterable[tuple[str, Any]], limit: int) -> list[Prospect]:
        """Return what ranking reads of the most popular models that match."""
        clause, _, values = _clause(words, conditions, "popularity")
        # The plus keeps SQLite from walking all models in order of popularity: it sorts those of the task instead.
        made = {"as_of": _AS_OF, "exclusion": _EXCLUSION}
        columns = ", ".join(made.get(name, f"m.{name}") for name in Prospect._fields)
        rows = self._all(f"SELECT {columns} FROM {clause} ORDER BY +m.popularity DESC, m.id LIMIT ?", (*values, limit))
        return [Prospect._make(row) for row in rows]

    def get(self, name: str) -> Hit | None:
        """Return the model with this id or former name, whatever its case."""
        for condition in ("m.model_id = ?", "m.id = (SELECT model FROM alias WHERE name = ?)"):
            rows = self._all(f"SELECT {_COLUMNS} FROM model m WHERE {condition}", (name,))
            if rows:
                return hit_from_row(rows[0])
        return None

    def tag_of(self, name: str) -> FamilyTag | None:
        """Return the stored tag of the model with this id or former name."""
        rows = self._all(
            "SELECT family, certainty, guess, reason, rule, evidence FROM model WHERE id = coalesce("
            "(SELECT id FROM model WHERE model_id = ?1), (SELECT model FROM alias WHERE name = ?1))",
            (name,),
        )
        return tag_from_row(rows[0]) if rows else None

    def count(self, words: Words | None, conditions: Iterable[tuple[str, Any]]) -> int:
        """Return how many models match."""
        clause, _, values = _clause(words, conditions, "popularity")
        return int(self._all(f"SELECT count(*) AS number FROM {clause}", values)[0]["number"])

    def prospect(self, model_id: str) -> Prospect:
        """Return what ranking reads of one model."""
        return self.prospects(None, [("model_id", model_id)], 1)[0]

    def get_many(self, model_ids: Sequence[str]) -> dict[str, Hit]:
        """Return the models with these present ids."""
        rows = self._all(
            f"SELECT {_COLUMNS} FROM model m WHERE m.model_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(model_ids)),),
        )
        return {row["model_id"]: hit_from_row(row) for row in rows}

    def named(self, short_name: str, limit: int = 5) -> list[str]:
        """Return the ids whose part after the author is `short_name`, most popular first."""
        rows = self._all(
            "SELECT model_id FROM model WHERE model_id LIKE ? ESCAPE '\\' ORDER BY popularity DESC LIMIT ?",
            (f"%/{_escape_like(short_name)}", limit),
        )
        return [row["model_id"] for row in rows]

    def names_like(self, fragment: str, limit: int = 400) -> list[str]:
        """Return ids that contain `fragment`, most popular first."""
        rows = self._all(
            "SELECT model_id FROM model WHERE model_id LIKE ? ESCAPE '\\' ORDER BY popularity DESC LIMIT ?",
            (f"%{_escape_like(fragment)}%", limit),
        )
        return [row["model_id"] for row in rows]

    def raw_row(self, model_id: str) -> dict[str, Any]:
        """Return the whole raw row of a model, `{}` where there is none."""
        rows = self._all("SELECT d.row FROM detail d JOIN model m USING (id) WHERE m.model_id = ?", (model_id,))
        row = json.loads(rows[0]["row"]) if rows else {}
        return row if isinstance(row, dict) else {}

    def aliases(self, model_id: str) -> tuple[str, ...]:
        """Return the former names of a model."""
        rows = self._all(
            "SELECT name FROM alias WHERE model = (SELECT id FROM model WHERE model_id = ?) ORDER BY name",
            (model_id,),
        )
        return tuple(row["name"] for row in rows)

    def copies(self, model_ids: Sequence[str]) -> dict[str, int]:
        """Return how many other models of the catalogue name each of these as their base."""
        rows = self._all(
            "SELECT base, count(*) AS number FROM base_link WHERE base IN (SELECT value FROM json_each(?)) "
            "GROUP BY base",
            (json.dumps(list(model_ids)),),
        )
        counts = {row["base"].lower(): int(row["number"]) for row in rows}
        return {name: counts.get(name.lower(), 0) for name in model_ids}

    def children(self, model_id: str, limit: int = 5) -> list[tuple[str, str | None]]:
        """Return the most popular models made from this one, with how."""
        rows = self._all(
            "SELECT m.model_id, b.relation FROM base_link b JOIN model m ON m.id = b.model WHERE b.base = ? "
            "ORDER BY m.popularity DESC LIMIT ?",
            (model_id, limit),
        )
        return [(row["model_id"], row["relation"]) for row in rows]

    def trials(self, model_id: str | None = None, limit: int = 20) -> list[dict[str, Any]]:
        """Return stored trial results, newest first."""
        # A trial of a model's former name is a trial of the model.
        where = "WHERE coalesce(m.model_id, t.model_id) = ?1 COLLATE NOCASE" if model_id else "WHERE ?1 IS NULL"
        rows = self._all(
            "SELECT t.result, m.model_id AS present FROM trial t LEFT JOIN alias a ON a.name = t.model_id "
            f"LEFT JOIN model m ON m.id = a.model {where} ORDER BY t.id DESC LIMIT ?2",
            (model_id, limit),
        )
        return [
            {**json.loads(row["result"]), **({"model_id": row["present"]} if row["present"] else {})} for row in rows
        ]


def _escape_like(value: str) -> str:
    return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


_FILTERS = {
    "model_id": "m.model_id = ?",
    "beside": f"m.model_id <> ? AND m.exclusion IS NULL AND NOT m.removed AND NOT ({_ABSENT})",
    "made_from": "m.id IN (SELECT model FROM base_link WHERE base = ?)",
    "unknown_size": "m.num_parameters IS NULL",
    "task": "(m.pipeline_tag = ?)",
    "inferred_task": "m.pipeline_tag IS NULL AND m.inferred_task = ?",
    "task_or_inferred": "coalesce(m.pipeline_tag, m.inferred_task) = ?",
    "tasks": "m.pipeline_tag IN (SELECT value FROM json_each(?))",
    "types": "m.model_type IN (SELECT value FROM json_each(?))",
    "family": "m.family = ?",
    "language": "EXISTS (SELECT 1 FROM json_each(m.languages) l WHERE l.value = ?)",
    "license": "m.license = ? COLLATE NOCASE",
    "library": (
        "(m.library_name = ? COLLATE NOCASE OR EXISTS (SELECT 1 FROM json_each(m.tags) t WHERE t.value = lower(?)))"
    ),
    "author": "m.author = ?",
    "min_parameters": "m.num_parameters >= ?",
    "max_parameters": "m.num_parameters <= ?",
}
