"""`Catalogue`: the front door of the library, one method per thing a user can ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from os import getpid
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Any, Self

from zukan.first_use import ensure_catalogue
from zukan.store.location import default_path

if TYPE_CHECKING:
    from io import BufferedIOBase

    from zukan.comparison import ClusterProgress, Comparison, ComparisonRequest, Vote
    from zukan.crawl import CrawlManners, CrawlScope
    from zukan.outcomes import (
        CacheEntry,
        Check,
        CrawlEvent,
        CrawlReport,
        Explanation,
        ExportReport,
        FamilyLesson,
        FieldGuide,
        ModelCard,
        OptimizeReport,
        PullReport,
        PushPlan,
        RemotePlan,
        TrialRequest,
        TrialResult,
    )
    from zukan.overview import CatalogueStatistics
    from zukan.retag import RetagReport
    from zukan.schema import Counted, FamilyTag, Hit, Recommendation, SearchResult, Similar, Task
    from zukan.store.read import CatalogueReader
    from zukan.store.sql import Answer, View
    from zukan.tagging import TagSummary
    from zukan.trial import TrialEvent
    from zukan.trial.session import Session


def _file_at(path: Path) -> tuple[int, int, int] | None:
    """Return what tells a file from another one of its name, and this process from one that it forked."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, getpid()


class Catalogue:
    """The models of the Hub in one local SQLite file.

    The file is built from the shipped snapshot when it is first needed. Each thread has a connection of its own, which
    stays open, so one Catalogue may be shared by threads; `close`, or the end of a `with`, closes that of this thread.
    """

    def __init__(
        self, path: str | Path | None = None, *, build_progress: Callable[[int, int], None] | None = None
    ) -> None:
        """Name the catalogue.

        Args:
            path: The file; None = `ZUKAN_DB`, else the platform's place for user data.
            build_progress: Called with (rows done, rows in all) during a first-use build.

        """
        self.path = Path(path).expanduser() if path is not None else default_path()
        self._build_progress = build_progress
        self._local = local()

    def _reader(self) -> AbstractContextManager[CatalogueReader]:
        """Return this thread's reader; it stays open for the next question."""
        from contextlib import nullcontext  # noqa: PLC0415

        from zukan.store.read import CatalogueReader  # noqa: PLC0415

        known: tuple[object, CatalogueReader] | None = getattr(self._local, "reader", None)
        if known is not None:
            if known[0] == _file_at(self.path):
                return nullcontext(known[1])
            self.close()
        ensure_catalogue(self.path, self._build_progress)
        reader = CatalogueReader(self.path)
        self._local.reader = (_file_at(self.path), reader)
        return nullcontext(reader)

    def close(self) -> None:
        """Close what this thread has open; the next question opens it again."""
        known: tuple[object, CatalogueReader] | None = getattr(self._local, "reader", None)
        if known is not None:
            del self._local.reader
            known[1].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def _confirm_if_absent(self, hit: Hit) -> str | None:
        """Ask the Hub about a model that the last complete walk did not meet; None where there is nothing to ask."""
        if not hit.record.absent:
            return None
        from zukan.crawl.confirm import confirm  # noqa: PLC0415 (the Hub's client: only for models that may be gone)

        return str(confirm(self.path, hit.record.model_id))

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

    def explain(self, model: str) -> Explanation:
        """Return the lesson of the three families told for one model.

        Raises:
            UnknownModel: The catalogue has none; with the nearest names.

        """
        from zukan.explain import explain  # noqa: PLC0415
        from zukan.lookup import find_model  # noqa: PLC0415

        with self._reader() as reader:
            return explain(reader, find_model(reader, model))

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
        hardware = machine_named(machine)

        def ask() -> Recommendation:
            with self._reader() as reader:
                return recommend(
                    reader,
                    question,
                    hardware,
                    languages=[language_named(name) for name in languages],
                    source_language=language_named(source_language) if source_language else None,
                    target_language=language_named(target_language) if target_language else None,
                    wishes=wishes,
                    inferred=inferred,
                    limit=limit,
                    without=frozenset() if heed_trials else frozenset((TRIALS,)),
                )

        if not check_sizes:
            return ask()
        from zukan.sizing import with_sizes  # noqa: PLC0415 (the Hub's client)

        return with_sizes(self.path, ask)

    def try_model(
        self,
        request: TrialRequest,
        *,
        on_event: Callable[[TrialEvent], None] | None = None,
        on_poll: Callable[[], None] | None = None,
        store: bool = True,
    ) -> TrialResult:
        """Run one trial inference in a child process and remember it.

        Args:
            request: What to run.
            on_event: Called as it moves on: download, import, load, run.
            on_poll: Called many times a second while the model works. What either of them raises ends the trial.
            store: Keep the result in the catalogue; otherwise nothing at all is written into it.

        Raises:
            TrialError: It cannot run, or did not end well.
            HubError: The model's files cannot be fetched.

        """
        from zukan.attempt import attempt  # noqa: PLC0415
        from zukan.trial.source import cached_repository  # noqa: PLC0415

        with self._reader() as reader:
            # A folder, a built-in miniature or a model that only the Hub knows is not asked about.
            # Nor is one that the cache can answer for.
            local = request.offline or (not request.refresh and cached_repository(request.model, request.revision))
            if store and not local and (known := reader.get(request.model)):
                self._confirm_if_absent(known)
            return attempt(reader, request, on_event=on_event, on_poll=on_poll, store=store)

    def try_remotely(
        self,
        request: TrialRequest,
        *,
        provider: str | None = None,
        endpoint: str | None = None,
        leave: Callable[[RemotePlan], bool] | None = None,
        on_event: Callable[[TrialEvent], None] | None = None,
        store: bool = True,
    ) -> TrialResult:
        """Run one trial on another machine and remember it as measured there.

        Args:
            request: What to run; what only a trial here has (device, revision, memory) is not looked at.
            provider: An inference provider's name, or `auto`; the Hub's token goes with it, whose account pays.
            endpoint: The address of a server that speaks OpenAI's protocol. One of the two. The Hub's token goes
                to the Hub's own hosts only; another is taken from the address or from ZUKAN_ENDPOINT_TOKEN.
            leave: Asked with where the input would go before it is sent; None = it may be sent.
            on_event: Called as it moves on.
            store: Keep the result in the catalogue.

        Raises:
            ValueError: Neither a provider nor an endpoint, or both.
            RemoteError: There is no answer; of one that broke off `partial` holds what came.
            HubError: The Hub does not say who serves the model.

        """
        from zukan.attempt import attempt_remotely  # noqa: PLC0415

        if (provider is None) == (endpoint is None):
            raise ValueError("say a provider or an endpoint")
        with self._reader() as reader:
            return attempt_remotely(
                reader, request, provider=provider, address=endpoint, leave=leave, on_event=on_event, store=store
            )

    def open_model(
        self,
        request: TrialRequest,
        *,
        on_event: Callable[[TrialEvent], None] | None = None,
        store: bool = True,
    ) -> AbstractContextManager[Session]:
        """Load a model into a child process that then answers one input after another, until the end of the `with`.

        Args:
            request: The model and its options; without a text, one of the user's own is what its task is chosen for.
            on_event: Called as it moves on.
            store: Remember a failure.

        Raises:
            TrialError: It cannot be loaded; raised by the `with`.
            HubError: The model's files cannot be fetched; likewise.

        """
        from dataclasses import replace  # noqa: PLC0415

        from zukan.attempt import attempt_session  # noqa: PLC0415

        with self._reader() as reader:
            waiting = request.text is None
            request = replace(request, text="…") if waiting else request
            return attempt_session(reader, request, on_event=on_event, store=store, waiting=waiting)

    def keep_trial(self, result: TrialResult) -> str | None:
        """Store a trial; return why that was not possible."""
        from zukan.attempt import keep  # noqa: PLC0415

        with self._reader() as reader:
            return keep(reader, result)

    def compare(
        self,
        request: ComparisonRequest,
        *,
        on_event: Callable[[TrialEvent], None] | None = None,
        on_model: Callable[[str, int, int], None] | None = None,
        on_progress: Callable[[ClusterProgress], None] | None = None,
        store: bool = True,
        cluster: str | None = None,
    ) -> Comparison:
        """Ask several models the same, each in a process of its own, and hold their answers side by side.

        Args:
            request: The models, or the task of which the first recommended ones are taken, and the inputs.
            on_event: Called as each trial moves on.
            on_model: Called with the name of each model, its place from 1, and how many there are.
            on_progress: Called as a comparison on a cluster moves on.
            store: Keep the trials in the catalogue, and the answers so that a run that breaks off goes on.
            cluster: Run on this Ray cluster: what `ray.init` takes as its address, or `local` for one that is started
                on this machine and taken down at the end; None = one model after another here.

        Raises:
            NothingToCompare: No models.
            UnusableInput: Only some inputs have expected answers.
            MissingExtra: torch, transformers, the libraries that score or Ray are not installed.
            ClusterError: The cluster cannot be used or was lost; what was answered is kept.

        """
        from zukan.compare import compare  # noqa: PLC0415

        with self._reader() as reader:
            return compare(
                reader,
                request,
                on_event=on_event,
                on_model=on_model,
                on_progress=on_progress,
                store=store,
                cluster=cluster,
            )

    def vote(self, comparison: Comparison, vote: Vote) -> None:
        """Keep which answer of a comparison somebody liked best.

        Raises:
            CatalogueReadOnly: It cannot be written.

        """
        from zukan.journal import keep_vote  # noqa: PLC0415

        keep_vote(comparison.kept_in, comparison.inputs[vote.input], vote)

    def trials(
        self,
        model: str | None = None,
        limit: int = 20,
        *,
        task: str | None = None,
        status: str | None = None,
        remote: bool | None = None,
    ) -> list[dict[str, Any]]:
        """Return stored trials, newest first; `zukan.past_trials.side_by_side` groups those of one question.

        Args:
            model: Only those of this model, by any of its names.
            limit: Most trials.
            task: Only those of this Hub task.
            status: Only those that ended so, a value of `TrialStatus`.
            remote: Only those of other machines, or only those of this one; None = both.

        Raises:
            UnknownModel: No trial and no model is called that.

        """
        from zukan.past_trials import find_trials  # noqa: PLC0415

        with self._reader() as reader:
            return find_trials(reader, model, task=task, status=status, remote=remote, limit=limit)

    def crawl(
        self,
        scope: CrawlScope,
        manners: CrawlManners | None = None,
        progress: Callable[[CrawlEvent], None] | None = None,
    ) -> CrawlReport:
        """Fetch a part of the Hub's listing, all of it, or what is new, into the catalogue.

        Args:
            scope: Which models.
            manners: Pace, limits, patience.
            progress: Called as it moves on.

        Raises:
            NothingToUpdate: An update before any complete walk.
            HubError: The Hub cannot be reached; what came before is stored.
            StoreError: The catalogue cannot be written, or another crawl is filling it.

        """
        from zukan.crawl import crawl  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return crawl(self.path, scope, manners, progress)

    def crawl_cards(
        self,
        models: Sequence[str] = (),
        top: int | None = None,
        manners: CrawlManners | None = None,
        progress: Callable[[CrawlEvent], None] | None = None,
    ) -> CrawlReport:
        """Fetch the model cards of some models, or of the most popular ones, one request each.

        Args:
            models: Ids or names of models of the catalogue.
            top: Without `models`: of how many of the most popular.
            manners: Pace, limits, patience.
            progress: Called as it moves on.

        Raises:
            UnknownModel: The catalogue has no such model.
            HubError: The Hub cannot be reached; what came before is stored.
            StoreError: The catalogue cannot be written, or another crawl is filling it.

        """
        from zukan.crawl.cards import crawl_cards  # noqa: PLC0415
        from zukan.lookup import find_model  # noqa: PLC0415

        with self._reader() as reader:
            model_ids = [find_model(reader, model).record.model_id for model in models]
        return crawl_cards(self.path, model_ids, top, manners, progress)

    def import_models(
        self,
        sources: Sequence[str | Path],
        *,
        cache: bool = False,
        as_of: str | None = None,
        progress: Callable[[CrawlEvent], None] | None = None,
    ) -> CrawlReport:
        """Take models from files of Hub rows, folders of models or the local Hugging Face cache.

        What the catalogue knows of a later date stays; rows without a date only fill its gaps. Where there is no
        catalogue yet, what `export` wrote becomes one that is equal to the exported one.

        Args:
            sources: Files (JSON lines, JSON pages, either gzipped, or Parquet) and folders; also what `export` wrote.
            cache: Also the models in the local Hugging Face cache.
            as_of: ISO date of the figures in the files, where their rows do not say it.
            progress: Called as it moves on.

        Raises:
            UnreadableFile: No such file, or one that ends in the middle; what came before is stored.
            MissingExtra: Parquet without pyarrow.
            StoreError: The catalogue cannot be written, or a crawl is filling it.

        """
        from zukan.crawl.importing import import_models  # noqa: PLC0415

        paths = [Path(source).expanduser() for source in sources]
        if len(paths) == 1 and not cache and not self.path.exists():
            from zukan.exchange.restore import restore  # noqa: PLC0415
            from zukan.reading.exported import find_exported  # noqa: PLC0415

            if (exported := find_exported(paths[0])) and (report := restore(self.path, exported, progress)):
                return report
        ensure_catalogue(self.path, self._build_progress)
        return import_models(self.path, paths, cache=cache, as_of=as_of, progress=progress)

    def export(
        self,
        target: str | Path,
        *,
        partition_by: str | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> ExportReport:
        """Write the catalogue as Parquet (zstd), readable by DuckDB, Spark, pandas and `datasets`, with a schema file.

        `import_models` makes an equal catalogue of it where there is none. Trials of this machine stay here.

        Args:
            target: A file that ends in `.parquet`, else a folder; an earlier export there is replaced once the new one
                is whole.
            partition_by: `task` for a folder with a part for each task, named as Hive does.
            progress: Called with (models done, models in all).

        Raises:
            UnwritableFile: The target is something else, or cannot be written.
            MissingExtra: pyarrow is not installed.
            StoreError: The catalogue cannot be read.

        """
        from zukan.exchange.export import export  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return export(self.path, Path(target), partition_by=partition_by, progress=progress)

    def pull(
        self,
        source: str,
        *,
        force: bool = False,
        most_bytes: int | None = None,
        progress: Callable[[str, int, int | None], None] | None = None,
    ) -> PullReport:
        """Put a published catalogue in the place of this one; trials of this machine are carried over.

        Nothing is fetched where it is what was pulled the last time. What was cut off is gone on with. What came is
        checked (checksum, schema, every page) before it takes the place, in one step; else this one stays as it is.

        Args:
            source: `http(s)://…`, `hf://datasets/ORG/NAME[@REVISION][/PATH]`, or a file.
            force: Fetch it also where it is what was pulled the last time.
            most_bytes: A larger one is refused; None = 16 GB.
            progress: Called with (`fetch`, `verify` or `swap`; bytes done; bytes in all or None).

        Raises:
            PullFailed: It does not arrive, or is not a catalogue that may be taken.
            StoreError: The place cannot be written, the disk is full, or a crawl fills the catalogue.

        """
        from zukan.sharing.pull import MOST_BYTES, pull  # noqa: PLC0415

        self.close()
        most = MOST_BYTES if most_bytes is None else most_bytes
        return pull(self.path, source, force=force, most_bytes=most, progress=progress)

    def push(
        self,
        repository: str,
        confirm: Callable[[PushPlan], bool],
        *,
        private: bool = False,
        progress: Callable[[str], None] | None = None,
    ) -> PushPlan:
        """Publish a copy of the catalogue, in order and without what is private, as a data set of the Hub.

        Left out are trials, private models, folders and caches of this machine, and where imported files lay.

        Args:
            repository: `ORG/NAME`; made if there is none.
            confirm: Told what would be sent; nothing is sent unless it returns True.
            private: Whether a new repository is only for its owners.
            progress: Called with `copy`, `compare` or `send`.

        Raises:
            PushRefused: There is no token that may write there, or the Hub refuses.
            HubUnreachable: The Hub cannot be reached.
            StoreError: The catalogue cannot be read, or there is no room for the copy.

        """
        from zukan.sharing.push import push  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return push(self.path, repository, confirm, private=private, progress=progress)

    def tag(self, model: str | Path) -> tuple[str, FamilyTag]:
        """Tag one model anew by the rules of today.

        Args:
            model: The id of a model of the catalogue or of a built-in miniature, or a config file, GGUF file or
                model folder on disk. Text is a path if it is written as one (`./x`, `~/x`, `x.json`), or if it
                names something on disk and no model of the catalogue has exactly this id.

        Returns:
            (the model's id or the path, its tag).

        Raises:
            UnknownModel: Neither on disk nor in the catalogue.
            UnreadableFile: It is on disk and cannot be read.

        """
        from zukan.families import classify  # noqa: PLC0415
        from zukan.lineage import StoredLineage  # noqa: PLC0415
        from zukan.lookup import find_model  # noqa: PLC0415
        from zukan.reading.local_row import is_path, is_there, row_of_path  # noqa: PLC0415
        from zukan.trial.builtin import find as find_builtin  # noqa: PLC0415

        with self._reader() as reader:
            lineage = StoredLineage(reader.tag_of)
            name = str(model)
            if is_path(model) or (reader.tag_of(name) is None and is_there(name)):
                return name, classify(row_of_path(Path(model)), lineage)
            if builtin := find_builtin(str(model)):
                return builtin.name, classify(row_of_path(builtin.folder), lineage)
            model_id = find_model(reader, str(model)).record.model_id
            return model_id, classify(reader.raw_row(model_id), lineage)

    def tag_stream(self, file: BufferedIOBase, summary: TagSummary | None = None) -> Iterator[bytes]:
        """Tag a stream of Hub API objects, one JSON object a line; yield as many lines, in the same order.

        A line holds `model_id`, `family`, `certainty`, `reason`, `evidence` (path of a field → its value) and
        `guess`. A line that is no JSON object is answered with `undetermined` and a reason that says so; blank
        lines are passed over. Base models are looked up in the catalogue.

        Args:
            file: Open for reading bytes.
            summary: Counts what was tagged.

        """
        from zukan.lineage import StoredLineage  # noqa: PLC0415
        from zukan.tagging import LineTagger, read_batches  # noqa: PLC0415

        with self._reader() as reader:
            tagger = LineTagger(StoredLineage(reader.tag_of))
            try:
                for batch in read_batches(file):
                    yield b"".join(tagger.tag_lines(batch))
            finally:
                if summary is not None:
                    summary.add(tagger.summary())

    def retag(self, progress: Callable[[int, int], None] | None = None) -> RetagReport:
        """Tag the whole catalogue anew by the rules of this zukan; goes on where a stopped run was.

        Args:
            progress: Called with (models done, models in all).

        Raises:
            StoreError: The catalogue cannot be written.

        """
        from zukan.retag import retag  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return retag(self.path, progress)

    def statistics(self) -> CatalogueStatistics:
        """Return what the catalogue holds: families by certainty, tasks, libraries, and what is not known."""
        from zukan.overview import statistics  # noqa: PLC0415

        with self._reader() as reader:
            return statistics(reader)

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

    def optimize(self, progress: Callable[[str, int, int], None] | None = None) -> OptimizeReport:
        """Check the catalogue, order and index it anew, and give free space back.

        Args:
            progress: Called with (step: `check`, `order` or `compact`; models done, models in all).

        Raises:
            CatalogueDamaged: The check found what is wrong; nothing was changed.
            StoreError: It cannot be written, a crawl is filling it, or the disk is full.

        """
        from zukan.upkeep import optimize  # noqa: PLC0415

        ensure_catalogue(self.path, self._build_progress)
        return optimize(self.path, progress)

    def info(self) -> dict[str, str]:
        """Return facts about the catalogue: how many models, newest date, when it was built."""
        with self._reader() as reader:
            return reader.meta()

    def cached_models(self) -> tuple[CacheEntry, ...]:
        """Return the models in the local Hugging Face cache, largest first."""
        from contextlib import suppress  # noqa: PLC0415

        from zukan.errors import StoreError  # noqa: PLC0415
        from zukan.hf_cache import cached_models  # noqa: PLC0415

        tried: set[str] = set()
        # A full disk is why somebody looks here: the catalogue only says which ones zukan has tried.
        with suppress(StoreError):
            if self.path.exists():
                trials = self.trials(limit=10_000, remote=False)
                tried = {str(trial.get("model_id")) for trial in trials if not trial.get("other_repository")}
        return cached_models(tried)

    def doctor(self, *, self_test: bool = True) -> tuple[Check, ...]:
        """Examine this installation; with `self_test` run one built-in trial per family."""
        from contextlib import suppress  # noqa: PLC0415

        from zukan.doctor import examine  # noqa: PLC0415
        from zukan.errors import StoreError  # noqa: PLC0415

        with suppress(StoreError):  # the examination says what is wrong with it
            ensure_catalogue(self.path, self._build_progress)
        return examine(self.path, self_test=self_test)
