"""Reads models of a catalogue over a read-only connection of the standard sqlite3: by name or place, with relatives."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from zukan.schema import FamilyTag, Hit, Prospect
from zukan.store.authors import Authors
from zukan.store.columns import ABSENT, ELSEWHERE, FACETED, HUB_ID, OF_TRIAL, WALKED_ON, short_id, short_sha, word
from zukan.store.expressions import any_of, every_of, token
from zukan.store.facts import CatalogueFacts
from zukan.store.filters import Filters
from zukan.store.horizon import Horizon
from zukan.store.memory import MOST, PROSPECTS
from zukan.store.naming import named, own_name
from zukan.store.phrase_check import Phrases
from zukan.store.places import HERE, listed_places
from zukan.store.rows import COLUMNS, PLACE, Decoder, day_of_moment, latest_day, listed, shortened
from zukan.store.shelf import Shelves
from zukan.store.streams import Streams
from zukan.store.tokens import AUTHOR, BASE, EXCLUSION, NAME, TASK, once, pairs_of, plain
from zukan.store.vocabulary import Vocabulary
from zukan.store.wording import name_words, squashed, words_of

_PROSPECT = (
    "m.pipeline_tag, m.library_name, m.model_type, m.parameters_source, m.exclusion, m.languages, m.inferred_task, "
    "m.license, m.gated, m.base_models, m.base_relation, m.verdict, m.place, m.model_id, m.num_parameters, "
    f"m.weight_bytes, m.downloads, m.likes, m.as_of, {WALKED_ON}, {ABSENT}, m.created_at, m.tags"
)
_SHARED = 11
"""So many of these begin it that are numbers of shared texts."""
_PAGE = 20
_PAGE_OF_ROWS = f"SELECT {COLUMNS} FROM model m WHERE m.place IN ({','.join('?' * _PAGE)})"
_WELL_KNOWN, _MOST_OF_WORDS = 200, 20_000
"""Among so many that have the words of a name, one of that name is well known; among so many it is looked for."""
_NAMES_TOGETHER = 500
_ABSENT_REASON = "not in the last list of the Hub"


class CatalogueReader(CatalogueFacts):
    """An open catalogue that can only be read. Use as a context manager."""

    def __init__(self, path: Path) -> None:
        """Open the catalogue at `path`.

        Raises:
            StoreError: It is missing, newer than this zukan, or damaged.

        """
        super().__init__(path)
        self.vocabulary = Vocabulary(self._connection)
        self.filters = Filters(self.vocabulary)
        self.streams = Streams(self._connection, self.vocabulary)
        self.shelves = Shelves(self._connection, self.vocabulary.memory)
        self.authors = Authors(self.streams, self.vocabulary, self._texts)
        self.horizon = Horizon(self._connection, self.vocabulary)
        self._decoder = Decoder(self._connection, self._texts)
        self._connection.create_function("zukan_short_id", 1, short_id, deterministic=True)
        self._connection.create_function("zukan_short_sha", 1, short_sha, deterministic=True)
        self._connection.create_function("zukan_phrase", 4, Phrases(self._texts).stand_in, deterministic=True)

    def _begin(self) -> None:
        self.streams.forget()
        self.vocabulary.memory.begin()

    def hits(self, places: Sequence[int]) -> list[Hit]:
        """Return the models at these places, in this order."""
        found = self.vocabulary.memory.each("hits", places, self._hits)
        return [found[place] for place in places if place in found]

    def _hits(self, places: Sequence[int]) -> dict[int, Hit]:
        if not places:
            return {}
        if len(places) <= _PAGE:
            # The same statement for every page: preparing it takes longer than reading the rows.
            rows = self._tuples(_PAGE_OF_ROWS, (*places, *[places[0]] * (_PAGE - len(places))))
        else:
            rows = self._tuples(f"SELECT {COLUMNS} FROM {HERE.format('')}", (listed_places(places),))
        return dict(zip((row[PLACE] for row in rows), self._decoder.hits(rows), strict=True))

    def names(self, places: Sequence[int]) -> Mapping[int, str]:
        """Return the ids of the models at these places, with others among them."""
        return self.vocabulary.memory.each("names", places, self._names)

    def _names(self, places: Sequence[int]) -> dict[int, str]:
        return dict(self._tuples(f"SELECT m.place, m.model_id FROM {HERE.format('')}", (listed_places(places),)))

    def name_tokens(self, places: Sequence[int]) -> Mapping[int, set[str]]:
        """Return how the index knows the words in the names, former ones too, of the models at these places.

        Those of others are among them; nobody may change them.
        """
        return self.vocabulary.memory.each("name tokens", places, self._name_tokens)

    def _name_tokens(self, places: Sequence[int]) -> dict[int, set[str]]:
        found: dict[int, set[str]] = {}
        for place, name in self._tuples(
            f"WITH found AS MATERIALIZED (SELECT m.id, m.place, m.model_id FROM {HERE.format('')}) "
            "SELECT place, model_id FROM found "
            "UNION ALL SELECT f.place, a.name FROM found f JOIN alias a ON a.model = f.id",
            (listed_places(places),),
        ):
            found.setdefault(place, set()).update(NAME + part for part in name_words(name))
        return found

    def facet_columns(self, places: Sequence[int]) -> list[tuple[Any, ...]]:
        """Return what is counted of the models at these places, column by column.

        Numbers of shared texts for task, language, license, library and access; of verdicts for family; parameter
        counts; and dates of creation in milliseconds, or as text.
        """
        if not places:
            return [()] * len(FACETED)
        columns = ", ".join(f"m.{name}" for name in FACETED)
        here = HERE.format(self.streams.index_of(columns))
        rows = self._tuples(f"SELECT {columns} FROM {here}", (listed_places(places),))
        return list(zip(*rows, strict=True)) if rows else [()] * len(FACETED)

    def exclusions(self, tasks: Iterable[str]) -> dict[str, int]:
        """Return why how many models of some tasks are never recommended, as last counted."""
        found: dict[str, int] = {}
        for task in tasks:
            start = pairs_of(TASK, task, EXCLUSION)
            for text, models in self.vocabulary.values(start):
                reason = plain(text.removeprefix(start))
                found[reason] = found.get(reason, 0) + models
        return found

    def families(self, verdicts: Iterable[int]) -> dict[int, str]:
        """Return the families of verdicts by their numbers, with others among them."""
        return self._decoder.families(set(verdicts))

    def get(self, name: str) -> Hit | None:
        """Return the model with this id or former name, whatever its case."""
        for condition in ("m.model_id = ?", "m.id = (SELECT model FROM alias WHERE name = ?)"):
            if rows := self._tuples(f"SELECT {COLUMNS} FROM model m WHERE {condition}", (name,)):
                return self._decoder.hits(rows)[0]
        return None

    def place_of(self, name: str) -> int | None:
        """Return the place of the model with this id or former name, whatever its case."""
        rows = self._all("SELECT place FROM model WHERE model_id = ?", (name,)) or self._all(
            "SELECT place FROM model WHERE id = (SELECT model FROM alias WHERE name = ?)", (name,)
        )
        return rows[0]["place"] if rows else None

    def places_of(self, names: Sequence[str]) -> dict[str, int]:
        """Return the places of the models with these ids or former names, whatever their case, by these names."""
        wanted = json.dumps(list(names))
        rows = self._tuples(
            "SELECT w.value, coalesce(m.place, (SELECT place FROM model WHERE id = (SELECT model FROM alias WHERE "
            "name = w.value))) FROM json_each(?) w LEFT JOIN model m ON m.model_id = w.value",
            (wanted,),
        )
        return {name: place for name, place in rows if place is not None}

    def tag_of(self, name: str) -> FamilyTag | None:
        """Return the stored tag of the model with this id or former name."""
        rows = self._all(
            f"SELECT verdict, model_id, {HUB_ID} AS hub_id FROM model m WHERE id = coalesce("
            "(SELECT id FROM model WHERE model_id = ?1), (SELECT model FROM alias WHERE name = ?1))",
            (name,),
        )
        if not rows:
            return None
        number = rows[0]["verdict"]
        return named(self._decoder.verdicts({number})[number], own_name(rows[0]["model_id"], rows[0]["hub_id"]))

    def get_many(self, model_ids: Sequence[str]) -> Mapping[str, Hit]:
        """Return the models with these present ids, with others among them."""
        return self.vocabulary.memory.each("hits by id", model_ids, self._get_many)

    def _get_many(self, model_ids: Sequence[str]) -> dict[str, Hit]:
        rows = self._tuples(
            f"SELECT {COLUMNS} FROM model m WHERE m.model_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(model_ids)),),
        )
        return {hit.record.model_id: hit for hit in self._decoder.hits(rows)}

    def prospects(self, places: Sequence[int]) -> list[Prospect]:
        """Return what ranking reads of the models at these places, in this order."""
        found = self.vocabulary.memory.each(
            PROSPECTS,
            places,
            lambda missing: self._prospects(HERE.format(""), listed_places(missing)),
            MOST,
        )
        return [found[place] for place in places if place in found]

    def _prospects(self, source: str, value: str) -> dict[int, Prospect]:
        rows = self._tuples(f"SELECT {_PROSPECT} FROM {source}", (value,))
        numbers = {number for row in rows for number in row[:_SHARED]}
        stored = [shortened(row[-1]) for row in rows]
        tags, texts = self._decoder.shared(stored, numbers)
        text = texts.get
        families = self.families({row[_SHARED] for row in rows})
        return {
            place: Prospect(
                model_id=model_id,
                pipeline_tag=text(task),
                library_name=text(library),
                model_type=text(model_type),
                family=families[verdict],
                num_parameters=size,
                parameters_source=text(source),
                weight_bytes=weight,
                downloads=downloads,
                likes=likes,
                as_of=latest_day(own_date, walked_on),
                exclusion=text(exclusion) or (_ABSENT_REASON if absent else None),
                languages=listed(text(languages, "[]")),
                tags=tags[own],
                inferred_task=text(inferred_task),
                license=text(license_),
                gated=text(gated),
                base_models=listed(text(bases, "[]")),
                base_relation=text(relation),
                created=day_of_moment(created),
            )
            for own, (
                task, library, model_type, source, exclusion, languages, inferred_task, license_, gated, bases,
                relation, verdict, place, model_id, size, weight, downloads, likes, own_date, walked_on, absent,
                created, _,
            ) in zip(stored, rows, strict=True)
        }  # fmt: skip

    def prospect(self, model_id: str) -> Prospect:
        """Return what ranking reads of one model."""
        return next(iter(self._prospects("model m WHERE m.model_id = ?", model_id).values()))

    def with_name_words(self, words: Sequence[str], limit: int, author: str = "") -> list[int]:
        """Return the places of the most popular models, of one author or of all, with words in their name."""
        wanted = [*(NAME + word for word in words), *([once(AUTHOR, author)] if author else ())]
        rows = self._all(
            "SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?", (every_of(map(token, wanted)), limit)
        )
        return [row[0] for row in rows]

    def best_named(self, short_name: str) -> str | None:
        """Return the id of the best known model whose part after the author is `short_name`, where it is well known."""
        return next(self._with_short_name(short_name, _WELL_KNOWN), None)

    def named(self, short_name: str, limit: int = 5) -> list[str]:
        """Return the ids whose part after the author is `short_name`, most popular first."""
        if words_of(short_name):
            return list(islice(self._with_short_name(short_name, _MOST_OF_WORDS), limit))
        rows = self._all("SELECT model_id FROM model WHERE model_id LIKE '%/' || ? ORDER BY place", (short_name,))
        found = (row["model_id"] for row in rows)
        return [name for name in found if name.rpartition("/")[2].lower() == short_name.lower()][:limit]

    def _with_short_name(self, short_name: str, most: int) -> Iterator[str]:
        """Yield the ids of that name among the best known `most` models that have its words in theirs."""
        wanted = short_name.lower()
        said = every_of(token(NAME + word) for word in words_of(short_name))
        if not said:
            return
        # All places are read before the first name: nobody may hold the index open between two answers.
        rows = self._all("SELECT rowid FROM model_text WHERE model_text MATCH ? LIMIT ?", (said, most))
        for start in range(0, len(rows), _NAMES_TOGETHER):
            places = [row[0] for row in rows[start : start + _NAMES_TOGETHER]]
            names = self.names(places)
            found = (names[place] for place in places if place in names)
            yield from (name for name in found if name.lower().rpartition("/")[2] == wanted)

    def names_like(self, fragment: str, limit: int = 400) -> list[str]:
        """Return ids that hold the letters and digits of `fragment` in a row, most popular first."""
        places = self.vocabulary.names_with(squashed(fragment), limit)
        names = self.names(places)
        return [names[place] for place in places if place in names]

    def raw_row(self, model_id: str) -> dict[str, Any]:
        """Return the whole raw row of a model, `{}` where there is none."""
        from zukan.store.details import DetailReader  # noqa: PLC0415 (a search needs none)

        rows = DetailReader(self._connection).rows("m.model_id = ?", (model_id,))
        return rows[0][2] if rows else {}

    def raw_rows(self, model_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return the whole raw rows of the models with these present ids."""
        from zukan.store.details import DetailReader  # noqa: PLC0415

        found = DetailReader(self._connection).rows(
            "m.model_id IN (SELECT value FROM json_each(?))", (json.dumps(list(model_ids)),)
        )
        return {record.model_id: row for _, record, row in found}

    def aliases(self, model_id: str) -> tuple[str, ...]:
        """Return the former names of a model."""
        rows = self._all(
            "SELECT name FROM alias WHERE model = (SELECT id FROM model WHERE model_id = ?) ORDER BY name",
            (model_id,),
        )
        return tuple(row["name"] for row in rows)

    def all_names(self, name: str) -> tuple[str, ...]:
        """Return the present and former names of the model with one of them, as typed first; only this for no model."""
        place = self.place_of(name)
        present = None if place is None else self.names([place]).get(place)
        return tuple(dict.fromkeys((name, *((present, *self.aliases(present)) if present else ()))))

    def copies(self, model_ids: Sequence[str]) -> Mapping[str, int]:
        """Return how many other models name each of these, or a former name of it, as their base; others among them."""
        return self.vocabulary.memory.each("copies", model_ids, self._copies)

    def _copies(self, model_ids: Sequence[str]) -> dict[str, int]:
        former: dict[str, list[str]] = {}
        for model_id, name in self._tuples(
            "SELECT m.model_id, a.name FROM model m JOIN alias a ON a.model = m.id "
            "WHERE m.model_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(model_ids)),),
        ):
            former.setdefault(model_id, []).append(name)
        known = {}
        if self.vocabulary.is_fresh():
            # Where nothing has changed since all bases were counted, their copies need not be.
            alone = {once(BASE, name): name for name in model_ids if name not in former}
            known = {alone[text]: number for text, number in self.vocabulary.counts(alone).items()}
        return {
            name: known[name] if name in known else self._number_made_from((name, *former.get(name, ())))
            for name in model_ids
        }

    def _number_made_from(self, names: Iterable[str]) -> int:
        expression = any_of(token(once(BASE, name)) for name in names)
        return int(self._tuples("SELECT count(*) FROM model_text WHERE model_text MATCH ?", (expression,))[0][0])

    def children(self, model_id: str, limit: int = 5) -> list[tuple[str, str | None]]:
        """Return the most popular models made from this one, with how."""
        rows = self._all(
            f"SELECT m.model_id, {word('base_relation')} AS relation FROM model_text t "
            "CROSS JOIN model m ON m.place = t.rowid WHERE t.model_text MATCH ? LIMIT ?",
            (self._made_from(model_id), limit),
        )
        return [(row["model_id"], row["relation"]) for row in rows]

    def _made_from(self, model_id: str) -> str:
        return any_of(token(once(BASE, name)) for name in self.all_names(model_id))

    def trials(
        self,
        model_id: str | None = None,
        limit: int = 20,
        *,
        task: str | None = None,
        status: str | None = None,
        remote: bool | None = None,
    ) -> list[dict[str, Any]]:
        """Return stored trial results, newest first; only those of a model, a task or an end, where one is named.

        Those of other machines are among them, only they (`remote`), or only those of this one. A model is called by
        its present name. `other_repository` stands in a trial of what was called as another model is now, `outdated`
        where the model has been changed since.
        """
        where = (
            "WHERE (?1 IS NULL OR coalesce(h.model_id, n.model_id, iif(o.id IS NULL, t.model_id, NULL)) = ?1 "
            "COLLATE NOCASE) "
            "AND (?3 IS NULL OR t.task = ?3) AND (?4 IS NULL OR t.status = ?4) "
            f"AND (?5 IS NULL OR ?5 = {ELSEWHERE.format('t.result')})"
        )
        rows = self._all(
            "SELECT t.result, coalesce(h.model_id, n.model_id, t.model_id) AS model_id, o.id IS NOT NULL AS other, "
            "coalesce(coalesce(h.sha, n.sha) <> zukan_short_sha(t.sha) AND "
            "coalesce(h.last_modified, n.last_modified) > strftime('%s', t.started_at) * 1000, 0) AS outdated "
            f"FROM trial t {OF_TRIAL.format('t')} {where} ORDER BY t.id DESC LIMIT ?2",
            (model_id, limit, task, status, remote),
        )
        return [
            {
                **json.loads(row["result"]),
                "model_id": row["model_id"],
                **({"other_repository": True} if row["other"] else {}),
                **({"outdated": True} if row["outdated"] else {}),
            }
            for row in rows
        ]
