"""Answers which model to take for a task, and teaches the families and tasks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from zukan.front.opened import Opened

if TYPE_CHECKING:
    from zukan.advice import Recommendation, Task
    from zukan.outcomes import Explanation, FamilyLesson, FieldGuide


class Advising(Opened):
    """Questions to the catalogue about what to take, and why."""

    def recommend(
        self,
        question: str,
        *,
        languages: Sequence[str] = (),
        source_language: str | None = None,
        target_language: str | None = None,
        family: str | None = None,
        license: str | None = None,  # noqa: A002 (the Hub's own word)
        author: str | None = None,
        since: str | None = None,
        until: str | None = None,
        min_parameters: str | int | None = None,
        max_parameters: str | int | None = None,
        max_memory: str | int | None = None,
        max_download: str | int | None = None,
        no_gated: bool = False,
        prefer: str | None = None,
        allow: Sequence[str] = (),
        machine: str | None = None,
        inferred: bool = False,
        limit: int = 10,
        check_sizes: bool = False,
        heed_trials: bool = True,
    ) -> Recommendation:
        """Rank the models of a task for a machine.

        Args:
            question: A Hub task id or free words in English or Japanese, wishes among them (`under 1B`, `商用可`).
            languages: Languages the models must know, by code or name.
            source_language: For translation.
            target_language: For translation.
            family: Only models of this family.
            license: `commercial`, `permissive`, one of the Hub's ids, or a name without its version (`bsd`); of several
                with `|` or `,` between them any will do.
            author: Only models of this user or organisation.
            since: Only models created in this year, month or day or later.
            until: Only models created in this year, month or day or earlier.
            min_parameters: A number, or text like `7B`; models of unknown size stay out.
            max_parameters: The same.
            max_memory: Bytes, or text like `8GB`, that a short trial may need.
            max_download: The same for what is fetched.
            no_gated: Leave out those too of which it is not known whether access must be granted.
            prefer: `small`, `balanced` or `best`.
            allow: `gated`, `remote-code`, `any-format`, `uncensored`: what is left out otherwise.
            machine: Another machine than this one: `16GB`, `RTX 4090`, or `any` for no limit.
            inferred: Also models whose repository states no task, where their class tells it.
            limit: How many to return.
            check_sizes: Ask the Hub for the size of those whose size is not stated: of each the head of its
                safetensors file. Otherwise nothing is asked of any network.
            heed_trials: Let what was tried here count, and say so.

        Raises:
            UnknownTask: The question names no task.
            QuestionError: A language, family, size, date or machine that does not exist, or what no model can be: of at
                least 7B and at most 1B, a translator from a language into itself.

        """
        from zukan.machine import machine as machine_named  # noqa: PLC0415
        from zukan.query import language_named  # noqa: PLC0415
        from zukan.recommend import TRIALS, recommend  # noqa: PLC0415
        from zukan.wish_hints import may_name_cards  # noqa: PLC0415
        from zukan.wish_values import wishes_of  # noqa: PLC0415

        wishes = wishes_of(
            family=family,
            license=license,
            author=author,
            since=since,
            until=until,
            min_parameters=min_parameters,
            max_parameters=max_parameters,
            max_memory=max_memory,
            max_download=max_download,
            no_gated=no_gated,
            prefer=prefer,
            allow=allow,
        )
        card, rest = None, question
        if may_name_cards(unicodedata.normalize("NFKC", question)):
            from zukan.cards import card_in  # noqa: PLC0415

            card, rest = card_in(question)
        card = card if machine is None else None
        hardware = machine_named(card or machine)

        def ask() -> Recommendation:
            with self._reader() as reader:
                found = recommend(
                    reader,
                    rest,
                    hardware,
                    languages=[language_named(name) for name in languages],
                    source_language=language_named(source_language) if source_language else None,
                    target_language=language_named(target_language) if target_language else None,
                    wishes=wishes,
                    inferred=inferred,
                    limit=limit,
                    without=frozenset() if heed_trials else frozenset((TRIALS,)),
                    elsewhere=machine is None and card is None,
                )
                return found._replace(question=question, understood=found.understood._replace(card=card))

        if not check_sizes:
            return ask()
        from zukan.sizing import with_sizes  # noqa: PLC0415 (the Hub's client)

        return with_sizes(self.path, ask)

    def explain(self, model: str) -> Explanation:
        """Return the lesson of the three families told for one model.

        Raises:
            UnknownModel: The catalogue has none; with the nearest names.

        """
        from zukan.explain import explain  # noqa: PLC0415
        from zukan.lookup import find_model  # noqa: PLC0415

        with self._reader() as reader:
            return explain(reader, find_model(reader, model))

    def families(self) -> tuple[FamilyLesson, ...]:
        """Return the lesson of the three families with real examples and counts."""
        from zukan.lessons import family_lessons  # noqa: PLC0415

        with self._reader() as reader:
            return family_lessons(reader)

    def guide(self) -> FieldGuide:
        """Return the catalogue at a glance: families with their lessons, tasks, and how many models each has.

        Read off the counts that are kept: fast whatever the size of the catalogue.
        """
        from zukan.guide import guide  # noqa: PLC0415

        with self._reader() as reader:
            return guide(reader)

    def tasks(self) -> tuple[tuple[Task, int], ...]:
        """Return every Hub task with how many models of the catalogue are filed under it."""
        from zukan.tasks import all_tasks  # noqa: PLC0415

        with self._reader() as reader:
            counts = reader.count_by("pipeline_tag")
        return tuple((task, counts.get(task.task_id, 0)) for task in all_tasks())
