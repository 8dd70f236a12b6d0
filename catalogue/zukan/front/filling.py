"""Fills the catalogue, keeps it in order and shares it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from zukan.first_use import ensure_catalogue
from zukan.front.opened import Opened

if TYPE_CHECKING:
    from io import BufferedIOBase

    from zukan.crawl import CrawlManners, CrawlScope
    from zukan.outcomes import CrawlEvent, CrawlReport, ExportReport, OptimizeReport, PullReport, PushPlan
    from zukan.retag import RetagReport
    from zukan.schema import FamilyTag
    from zukan.tagging import TagSummary


class Filling(Opened):
    """What fills the catalogue, puts it in order and shares it."""

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
