"""Writes a catalogue as Parquet for other programs, with all that gives it back: in one file, or a folder by task.

Rows are read and written some thousand at a time, from one snapshot of the catalogue. What is written has another name
until it is whole.
"""

from __future__ import annotations

import errno
import glob
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from zukan.errors import UnwritableFile
from zukan.exchange.columns import COLUMNS, NO_TASK, PARTITION, VIEW, arrow_schema, schema_path
from zukan.outcomes import ExportReport
from zukan.reading.arrow import pyarrow
from zukan.reading.exported import FORMAT, SCHEMA_FILE
from zukan.store.connection import SCHEMA_VERSION, connect_read_only, translated
from zukan.store.whole_rows import Part, WholeRows, facts, parts

BATCH_ROWS = 5_000
"""Models that are in memory at once."""
GROUP_ROWS = 20_000
"""Models of one row group: what a reader skips or reads whole."""
LEVEL = 6
"""Of zstd: beyond it a file gets hardly smaller, only later."""
_LONGEST_NAME = 200
"""Bytes of a folder's name; file systems take 255."""
DATA_FILE = "models.parquet"

Progress = Callable[[int, int], None]
"""Called with (models done, models in all)."""
_OTHER_FORMATS = frozenset(
    {".csv", ".json", ".jsonl", ".sqlite", ".db", ".xlsx", ".tsv", ".txt", ".feather", ".arrow", ".gz", ".zip"}
)
"""Endings of names that no folder has: whoever types one expects a file of another format."""


def export(
    path: Path, target: Path, *, partition_by: str | None = None, progress: Progress | None = None
) -> ExportReport:
    """Write the catalogue at `path` as Parquet.

    Args:
        path: The catalogue; a crawl may go on meanwhile.
        target: A file that ends in `.parquet`, else a folder; one of an earlier export is replaced.
        partition_by: `task` for a folder with a part for each task, named as Hive does.
        progress: Told how far it is.

    Raises:
        UnwritableFile: The target is something else, or cannot be written.
        MissingExtra: pyarrow is not installed.
        StoreError: The catalogue cannot be read; `DiskFull` where there is no room for the target.

    """
    pa, pq = pyarrow()
    target = _checked(target.expanduser(), by_task=partition_by is not None)
    began = time.monotonic()
    with closing(connect_read_only(path)) as connection:
        with translated(path):
            connection.row_factory = None
            connection.execute("BEGIN")
            about = {"format": FORMAT, "schema": SCHEMA_VERSION, **facts(connection)}
            found = parts(connection, by_task=partition_by is not None)
            rows = WholeRows(connection, path)
        writer = _Writer(pa, pq, path, rows, about, sum(len(part.ids) for part in found), progress)
        with _unfinished(target) as place:
            if is_file(target):
                writer.write(found[0], place)
                schema = place.with_name(f"{place.name}.schema")
                _write_text(schema, writer.schema([target.name]))
            else:
                place.mkdir()
                names = [_write_part(writer, part, place, by_task=partition_by is not None) for part in found]
                _write_text(place / SCHEMA_FILE, writer.schema(names))
            size = _size(place)
            _put(place, target)
    seconds = round(time.monotonic() - began, 2)
    return ExportReport(str(target), writer.total, len(found), size, seconds)


def is_file(target: Path) -> bool:
    """Whether a target is meant as one file."""
    return target.suffix.lower() == ".parquet"


def _checked(target: Path, *, by_task: bool) -> Path:
    if target.suffix.lower() in _OTHER_FORMATS and not target.is_dir():
        raise UnwritableFile(target, "Parquet is written: a name that ends in .parquet, or a folder")
    if by_task and is_file(target):
        raise UnwritableFile(target, "with --partition-by it is a folder, whose name does not end in .parquet")
    if is_file(target):
        if target.is_dir():
            raise UnwritableFile(target, "it is a folder")
    elif target.exists():
        if not target.is_dir():
            raise UnwritableFile(target, "a file of this name is there already; one to write ends in .parquet")
        if any(target.iterdir()) and not (target / SCHEMA_FILE).exists():
            raise UnwritableFile(target, "a folder of this name is there already, and not of an export")
    if not target.absolute().parent.is_dir():
        raise UnwritableFile(target, "there is no such folder to put it in")
    return target.absolute()


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Give a name beside the target, and leave nothing under it or with its name as a beginning."""
    for left in target.parent.glob(f".{glob.escape(target.name)}.*.unfinished*"):
        if not _is_running(left.name.removeprefix(f".{target.name}.").partition(".")[0]):
            _remove(left)
    place = target.with_name(f".{target.name}.{os.getpid()}.unfinished")
    try:
        yield place
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UnwritableFile(target, "no space is left on its disk", full=True) from error
        raise UnwritableFile(target, error.strerror or str(error)) from error
    finally:
        for left in target.parent.glob(f"{glob.escape(place.name)}*"):
            _remove(left)


def _is_running(number: str) -> bool:
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _put(place: Path, target: Path) -> None:
    """Give what is whole its name; of a folder the former one is gone for a moment, never half there."""
    if is_file(target):
        place.replace(target)
        place.with_name(f"{place.name}.schema").replace(schema_path(target))
    else:
        former = place.with_name(f"{place.name}.former")
        if target.exists():
            target.rename(former)
        try:
            place.rename(target)
        except OSError:
            if former.exists():
                former.rename(target)
            raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _write_part(writer: _Writer, part: Part, folder: Path, *, by_task: bool) -> str:
    name = DATA_FILE
    if by_task:
        of_task = quote(part.task, safe="") if part.task else NO_TASK
        name = f"{PARTITION}={of_task if len(of_task) <= _LONGEST_NAME else NO_TASK}/{DATA_FILE}"
        while (folder / name).exists():
            name = name.replace(".parquet", "_.parquet")
        (folder / name).parent.mkdir(exist_ok=True)
    writer.write(part, folder / name)
    return name


def _write_text(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _size(place: Path) -> int:
    return sum(file.stat().st_size for file in place.rglob("*.parquet")) if place.is_dir() else place.stat().st_size


class _Writer:
    """Writes models of one catalogue into Parquet files."""

    def __init__(
        self,
        pa: Any,
        pq: Any,
        path: Path,
        rows: WholeRows,
        about: dict[str, Any],
        total: int,
        progress: Progress | None,
    ) -> None:
        self._pa, self._pq, self._path, self._rows = pa, pq, path, rows
        self._about, self._progress = about, progress
        self.total, self._done = total, 0
        self._schema = arrow_schema(pa, json.dumps(about, separators=(",", ":")).encode())

    def write(self, part: Part, place: Path) -> None:
        """Write models into one file, and see to it that it is on the disk."""
        with place.open("wb") as file:
            with self._pq.ParquetWriter(
                file, self._schema, compression="zstd", compression_level=LEVEL, write_page_index=True
            ) as writer:
                waiting: list[Any] = []
                for batch in self._batches(part):
                    waiting.append(batch)
                    if sum(one.num_rows for one in waiting) >= GROUP_ROWS:
                        self._flush(writer, waiting)
                if waiting:
                    self._flush(writer, waiting)
            file.flush()
            os.fsync(file.fileno())

    def _batches(self, part: Part) -> Iterator[Any]:
        tables = self._rows.tables(part.ids, BATCH_ROWS)
        while True:
            # Only what the catalogue says is about the catalogue: what the target says is about the target.
            with translated(self._path):
                table = next(tables, None)
            if table is None:
                return
            arrays = [self._pa.array(table[field.name], type=field.type) for field in self._schema]
            yield self._pa.record_batch(arrays, schema=self._schema)

    def _flush(self, writer: Any, waiting: list[Any]) -> None:
        writer.write_table(self._pa.Table.from_batches(waiting, self._schema), row_group_size=GROUP_ROWS)
        self._done += sum(one.num_rows for one in waiting)
        waiting.clear()
        if self._progress:
            self._progress(self._done, self.total)

    def schema(self, files: list[str]) -> str:
        """Return the schema file: every column with its type and what it holds."""
        columns = [{**column._asdict(), "view": column in VIEW} for column in COLUMNS]
        found = {
            "format": FORMAT,
            "written_by": "zukan",
            "catalogue_schema": self._about["schema"],
            "models": self.total,
            "files": files,
            "partitioned_by": PARTITION if any("=" in name for name in files) else None,
            "columns": columns,
        }
        return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
