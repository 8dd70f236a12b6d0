"""Answers what the catalogue holds: searches, counts, one model, its like, the views of SQL."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from zukan.first_use import ensure_catalogue
from zukan.front.opened import Opened

if TYPE_CHECKING:
    from zukan.advice import Similar
    from zukan.outcomes import ModelCard
    from zukan.overview import CatalogueStatistics
    from zukan.schema import Counted, Hit, SearchResult
    from zukan.store.sql import Answer, View


class Finding(Opened):
    """Questions to the catalogue about what it holds."""

    def search(
        self,
        words: str = "",
        *,
        task: str | None = None,
        family: str | None = None,
        languages: Sequence[str] = (),
        license: str | None = None,  # noqa: A002 (the Hub's own word)
        library: str | None = None,
        author: str | None = None,
        min_parameters: str | int | None = None,
        max_parameters: str | int | None = None,
        sort: str = "relevance",
        limit: int = 20,
        offset: int = 0,
        inferred: bool = False,
        facets: bool = False,
    ) -> SearchResult:
        """Search the catalogue.

        Args:
            words: Words in English or Japanese and `field:value`, see the README; all must match, or some where none
                match all (`relaxed`).
            task: A Hub task by id, name or synonym.
            family: `encoder-only`, `decoder-only`, `seq2seq`, `other` or `undetermined`.
            languages: Codes or names; a model must know all.
            license: The Hub's licence id.
            library: The Hub's library name.
            author: The user or organisation.
            min_parameters: A number, or text like `350M`; models of unknown size stay out.
            max_parameters: The same.
            sort: `relevance`, `downloads`, `likes`, `trending`, `created`, `modified` or `params`.
            limit: Most hits to return.
            offset: Hits to pass over.
            inferred: With `task`: also models whose repository states no task, where their class tells it.
            facets: Also count the values of the filters among the matches.

        Raises:
            QueryError: The words cannot be read: with the position of what is to blame.
            QuestionError: A filter names something that does not exist.
            StoreError: The catalogue cannot be read.

        """
        from zukan.query import make_query  # noqa: PLC0415
        from zukan.search import search  # noqa: PLC0415

        query = make_query(
            words,
            task=task,
            family=family,
            languages=languages,
            license=license,
            library=library,
            author=author,
            min_parameters=min_parameters,
            max_parameters=max_parameters,
            sort=sort,
            limit=limit,
            offset=offset,
            inferred=inferred,
            facets=facets,
        )
        with self._reader() as reader:
            return search(reader, query)

    def count(self, words: str = "", **filters: Any) -> Counted:
        """Return how many models a search finds; takes the same as `search`.

        Raises:
            QuestionError: A filter names something that does not exist.
            StoreError: The catalogue cannot be read.

        """
        from zukan.query import make_query  # noqa: PLC0415
        from zukan.search import count  # noqa: PLC0415

        query = make_query(words, **filters)
        with self._reader() as reader:
            return count(reader, query)

    def similar(self, model: str, limit: int = 10) -> tuple[Similar, ...]:
        """Return the models most like one, each with what they share.

        Args:
            model: Its id, a former id, or its name without the author.
            limit: How many to return.

        Raises:
            UnknownModel: The catalogue has none; with the nearest names.

        """
        from zukan.lookup import find_model  # noqa: PLC0415
        from zukan.similar import similar  # noqa: PLC0415

        with self._reader() as reader:
            return similar(reader, find_model(reader, model), limit)

    def find(self, model: str) -> Hit:
        """Return a model by its id, a former id, or its name without the author.

        Raises:
            UnknownModel: The catalogue has none; with the nearest names.

        """
        from zukan.lookup import find_model  # noqa: PLC0415

        with self._reader() as reader:
            return find_model(reader, model)

    def show(self, model: str, *, ask_hub: bool = True) -> ModelCard:
        """Return everything known of a model.

        Args:
            model: Its id, a former id, or its name without the author.
            ask_hub: Ask the Hub about one that the last complete walk did not meet, and note what it says.

        Raises:
            UnknownModel: The catalogue has none; with the nearest names.

        """

        from zukan.fit import estimate  # noqa: PLC0415
        from zukan.hardware import detect  # noqa: PLC0415
        from zukan.lookup import find_model  # noqa: PLC0415
        from zukan.outcomes import ModelCard  # noqa: PLC0415
        from zukan.records import mapping, record_from_row  # noqa: PLC0415
        from zukan.snippet import snippet  # noqa: PLC0415

        with self._reader() as reader:
            hit = find_model(reader, model)
            asked = self._confirm_if_absent(hit) if ask_hub else None
            if asked:
                hit = find_model(reader, hit.record.model_id)
            model_id = hit.record.model_id
            confirmed, absent_since = reader.presence(model_id)
            row = reader.raw_row(model_id)
            evaluations = row.get("_eval")
            record = hit.record._replace(row=row, aliases=reader.aliases(model_id))
            record = record._replace(auto_model=record_from_row({"id": model_id, **row}).auto_model)
            code, task = snippet(record, hit.tag)
            return ModelCard(
                record=record,
                tag=hit.tag,
                fit=estimate(reader.prospect(model_id), detect()),
                snippet=code,
                snippet_task=task,
                copies=reader.copies([model_id])[model_id],
                children=tuple(reader.children(model_id)),
                trials=tuple(reader.trials(model_id)),
                evaluations=tuple(mapping(item) for item in evaluations) if isinstance(evaluations, list) else (),
                confirmed=confirmed,
                absent_since=absent_since,
                asked_now=asked,
                history=tuple(reader.history(model_id)),
                card=reader.card(model_id),
            )

    def ancestors(self, model: str, generations: int = 4) -> tuple[tuple[tuple[str, Hit | None], ...], ...]:
        """Return what a model was made from, its parents first: a generation each, (name, the model if it is known).

        Args:
            model: Its id, a former id, or its name without the author.
            generations: How many at most.

        Raises:
            UnknownModel: The catalogue has none; with the nearest names.

        """
        from zukan.ancestry import ancestors  # noqa: PLC0415
        from zukan.lookup import find_model  # noqa: PLC0415

        with self._reader() as reader:
            return ancestors(reader, find_model(reader, model), generations)

    def sql(self, statement: str, *, time_limit_seconds: float = 30.0) -> AbstractContextManager[Answer]:
        """Run one SELECT over the documented views; the rows come one by one.

        Use as `with catalogue.sql("SELECT …") as answer:`; there `answer.columns` are the names, each once, and
        `for row in answer` yields tuples of text, numbers and None.

        Args:
            statement: SELECT, WITH … SELECT or VALUES, at most 100 kB; `sql_views` says over what.
            time_limit_seconds: How long SQLite may work on it in all; what is done with the rows does not count.

        Raises:
            QueryRefused: On entering, or between rows: it is wrong, touches what it may not, or takes too long.
            StoreError: The catalogue cannot be read.

        """
        from zukan.store.sql import run  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return run(self.path, statement, time_limit_seconds)

    def sql_views(self) -> tuple[View, ...]:
        """Return the views that `sql` can read: name, description, columns."""
        from zukan.store.sql import describe  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return describe(self.path)

    def statistics(self) -> CatalogueStatistics:
        """Return what the catalogue holds: families by certainty, tasks, libraries, and what is not known."""
        from zukan.overview import statistics  # noqa: PLC0415

        with self._reader() as reader:
            return statistics(reader)

    def info(self) -> dict[str, str]:
        """Return facts about the catalogue: how many models, newest date, when it was built."""
        with self._reader() as reader:
            return reader.meta()
