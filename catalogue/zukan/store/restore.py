"""Fills an empty catalogue with models that are known whole, see `whole_rows`: nothing is worked out anew."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from zukan.schema import Certainty, Family
from zukan.store.columns import (
    DISABLED,
    HAS_CARD,
    HAS_EVALUATIONS,
    REMOVED,
    STATES_DISABLED,
    STATES_PRIVATE,
    TAG_COLUMNS,
    short_id,
    short_sha,
)
from zukan.store.entry import INSERT, compact, numbered
from zukan.store.moments import days, milliseconds, seconds
from zukan.store.naming import own_name, text_without_name
from zukan.store.packing import RowPacker
from zukan.store.places import SHIFT, popularity, step
from zukan.store.whole_rows import OF_THE_INDEX, RUN_COLUMNS
from zukan.store.write import CatalogueWriter

_FLAGS = {"disabled": DISABLED, "removed": REMOVED, "has_card": HAS_CARD, "has_evals": HAS_EVALUATIONS}
_CARD = ("front_matter", "paragraph", "problem", "sha", "fetched_at")
_object = msgspec.json.Decoder(dict[str, Any]).decode


class Restorer:
    """Takes models into an empty catalogue, in the order in which they come; call inside transactions."""

    def __init__(self, writer: CatalogueWriter) -> None:
        """Take the open catalogue."""
        self._writer = writer
        self._packer = RowPacker(*writer.dictionary())
        self._next = 1
        self._in_order = True
        writer.index.deferred = True

    def begin(self, facts: Mapping[str, Any]) -> None:
        """Take what is known of the whole catalogue.

        Raises:
            ValueError, TypeError, KeyError: It is not what `whole_rows.facts` gives.

        """
        self._writer.connection.execute("DROP INDEX model_by_place")
        self._writer.set_meta(
            {str(name): str(value) for name, value in facts["meta"].items() if name not in OF_THE_INDEX}
        )
        self._writer.connection.executemany(
            f"INSERT INTO crawl_run ({', '.join(RUN_COLUMNS)}) VALUES ({', '.join('?' * len(RUN_COLUMNS))})",
            [tuple(run[name] for name in RUN_COLUMNS) for run in facts["runs"]],
        )

    def add(self, table: Mapping[str, Sequence[Any]]) -> int:
        """Take models; return how many.

        Args:
            table: Values by the names of `zukan.exchange.columns`.

        Raises:
            ValueError, TypeError, KeyError: A value is not what its column holds, or a name or an `_id` comes twice.

        """
        try:
            return self._add(table)
        except sqlite3.IntegrityError as error:
            raise ValueError(str(error)) from error

    def _add(self, table: Mapping[str, Sequence[Any]]) -> int:
        names = table["model_id"]
        *columns, proofs = (table[name] for name in TAG_COLUMNS)
        stored = map(text_without_name, proofs, map(own_name, names, table["_id"]))
        verdicts = list(zip(*columns, stored, strict=True))
        for family, certainty, guess, *_, evidence in set(verdicts):
            Family(family), Certainty(certainty), guess and Family(guess), _object(evidence)
        for text in {*table["config"], *table["rest"]} - {None}:
            _object(text)
        ids = range(self._next, self._next + len(names))
        self._next += len(names)
        place = table["place"]
        self._in_order = self._in_order and all(map(_is_place, place, table["downloads"], table["likes"]))
        words, tags = self._writer.words, self._writer.verdicts
        execute = self._writer.connection.executemany
        values = self._values(table, verdicts)
        execute(
            INSERT, ((id_, at, *numbered(row, words, tags)) for id_, at, row in zip(ids, place, values, strict=True))
        )
        self._writer.details.insert_packed(
            (id_, self._packer.press(rest.encode()))
            for id_, rest in zip(ids, table["rest"], strict=True)
            if rest is not None
        )
        execute(
            "INSERT OR IGNORE INTO alias (name, model) VALUES (?, ?)",
            ((name, id_) for id_, aliases in zip(ids, table["aliases"], strict=True) for name in aliases or ()),
        )
        self._writer.keep_figures(
            [
                (id_, figures["day"], figures["downloads"], figures["likes"])
                for id_, history in zip(ids, table["history"], strict=True)
                for figures in history or ()
            ]
        )
        execute(
            f"INSERT INTO card (model, {', '.join(_CARD)}) VALUES (?, ?, ?, ?, ?, ?)",
            (
                (id_, *(card[name] for name in _CARD))
                for id_, card in zip(ids, table["card"], strict=True)
                if card is not None
            ),
        )
        return len(names)

    def keeps_order(self) -> bool:
        """Return whether all models have places that are theirs alone; else they are to be ordered anew."""
        query = "SELECT count(*) = count(DISTINCT place) FROM model"
        return self._in_order and bool(self._writer.connection.execute(query).fetchone()[0])

    def _values(self, table: Mapping[str, Sequence[Any]], verdicts: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        def column(name: str, of: Callable[[Any], Any]) -> list[Any]:
            return [of(value) for value in table[name]]

        return zip(
            table["model_id"], column("_id", short_id), verdicts, self._states(table),
            table["pipeline_tag"], table["library_name"], table["model_type"], table["license"],
            column("languages", _list), table["parameters_source"], table["gated"], table["excluded"],
            column("base_models", _list), table["base_relation"], table["config"], column("sources", _list),
            table["inferred_task"], table["inferred_from"], column("tags", _texts), table["num_parameters"],
            table["weight_bytes"], table["downloads"], table["downloadsAllTime"], table["likes"],
            table["trending_score"], column("createdAt", milliseconds), column("lastModified", milliseconds),
            column("own_as_of", days), column("crawled_at", seconds), column("sha", short_sha), table["row_hash"],
            table["absent_run"], self._rare(table),
            strict=True,
        )  # fmt: skip

    def _states(self, table: Mapping[str, Sequence[Any]]) -> list[int]:
        found = [(state or 0) & (STATES_DISABLED | STATES_PRIVATE) for state in table["state"]]
        for name, bit in _FLAGS.items():
            found = [state | bit if flag else state for state, flag in zip(found, table[name], strict=True)]
        return found

    def _rare(self, table: Mapping[str, Sequence[Any]]) -> list[str | None]:
        names = ("context_length", "mask_token", "used_storage")
        found: list[str | None] = []
        for model_id, author, *others in zip(
            table["model_id"], table["author"], *(table[name] for name in names), strict=True
        ):
            before, slash, _ = model_id.partition("/")
            facts = {"author": None if author == (before if slash and before else None) else author}
            facts |= dict(zip(names, others, strict=True))
            known = {name: value for name, value in facts.items() if value is not None}
            found.append(compact(known) if known else None)
        return found


def _is_place(place: int | None, downloads: int | None, likes: int | None) -> bool:
    return place is not None and place >> SHIFT == step(popularity(downloads, likes))


def _texts(values: Any) -> list[str]:
    found = list(values or ())
    if not all(type(value) is str for value in found):
        raise TypeError("a list holds something else than texts")
    return found


def _list(values: Any) -> str:
    return compact(_texts(values))


RESTORE_ERRORS = (ValueError, TypeError, KeyError, AttributeError, msgspec.MsgspecError)
"""What `Restorer` raises where the models are not what they should be."""
