"""Reads what `zukan export` wrote: a Parquet file, or a folder of them, with all that gives a catalogue back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import msgspec

from zukan.errors import UnreadableFile
from zukan.reading.arrow import pyarrow
from zukan.records import mapping
from zukan.schema import ModelRecord
from zukan.store.naming import own_name
from zukan.store.packing import told, unpack

FORMAT = 1
"""Goes up with every change that an older zukan could not read back."""
SCHEMA_FILE = "_schema.json"
"""In a folder; the underscore keeps other programs from taking it for data."""
METADATA = b"zukan"
"""Key of the facts about the whole catalogue in the metadata of each Parquet file."""

_BATCH_ROWS = 2_000
_BUFFER_BYTES = 1 << 18
_ROW_COLUMNS = (
    "model_id", "_id", "author", "sha", "pipeline_tag", "library_name", "tags", "downloads", "downloadsAllTime",
    "likes", "trending_score", "gated", "disabled", "createdAt", "lastModified", "config", "mask_token",
    "used_storage", "own_as_of", "sources", "rest", "state",
)  # fmt: skip
_GATED = {"true": True, "false": False}

Table = Mapping[str, Sequence[Any]]


class Exported(NamedTuple):
    """An exported catalogue."""

    path: Path
    files: tuple[Path, ...]
    facts: Mapping[str, Any]
    """What is kept about the whole catalogue, see `zukan.store.whole_rows.facts`."""
    models: int


def find_exported(path: Path) -> Exported | None:
    """Return the exported catalogue at `path`; None where it is something else, or damaged as a Parquet file.

    Raises:
        UnreadableFile: It is one whose parts are missing, or of a newer zukan.
        MissingExtra: It may be one, and pyarrow is not installed.

    """
    try:
        path = path.expanduser()
        if path.is_dir():
            return _of_folder(path)
        if not path.is_file():
            return None
        with path.open("rb") as file:
            if file.read(4) != b"PAR1":
                return None
    except (OSError, RuntimeError, ValueError):
        return None
    return _whole(path, (path,))


def _of_folder(folder: Path) -> Exported | None:
    schema = folder / SCHEMA_FILE
    if not schema.is_file():
        return None
    try:
        found = json.loads(schema.read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("written_by") != "zukan":
        return None
    names = found.get("files")
    if not isinstance(names, list) or not all(isinstance(name, str) and _is_inside(name) for name in names):
        raise UnreadableFile(schema, "it does not say which files belong to it")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise UnreadableFile(folder, f"{len(missing)} of its {len(names)} files are missing, the first is {missing[0]}")
    whole = _whole(folder, tuple(folder / name for name in names))
    if whole is None or whole.models != found.get("models"):
        raise UnreadableFile(folder, f"it does not hold the models that {SCHEMA_FILE} says")
    return whole


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts


def _whole(path: Path, files: tuple[Path, ...]) -> Exported | None:
    _, pq = pyarrow()
    models, facts = 0, None
    for file in files:
        try:
            metadata = pq.read_metadata(file)
            models += metadata.num_rows
            raw = (metadata.metadata or {}).get(METADATA)
            facts = json.loads(raw) if raw is not None and facts is None else facts
        except (OSError, ValueError, RecursionError):  # pyarrow's errors are of these
            return None
    if not isinstance(facts, dict) or not isinstance(facts.get("format"), int):
        return None
    if facts["format"] > FORMAT:
        raise UnreadableFile(
            path, f"it was written by a newer zukan (format {facts['format']}, this one reads {FORMAT})"
        )
    return Exported(path, files, facts, models)


def tables(exported: Exported, columns: Sequence[str], rows: int = _BATCH_ROWS) -> Iterator[Table]:
    """Yield the models, some thousand at a time, in their order.

    Raises:
        UnreadableFile: A file is damaged, or lacks a column.

    """
    pa, pq = pyarrow()
    for file in exported.files:
        try:
            with pq.ParquetFile(file, buffer_size=_BUFFER_BYTES) as parquet:
                missing = sorted(set(columns).difference(parquet.schema_arrow.names))
                if missing:
                    raise UnreadableFile(file, f"it has no column {missing[0]}")
                for batch in parquet.iter_batches(batch_size=rows, columns=list(columns)):
                    yield {name: batch.column(name).to_pylist() for name in columns}
        except (pa.ArrowException, OSError, ValueError) as error:
            raise UnreadableFile(file, f"damaged Parquet data ({str(error).partition(chr(10))[0][:200]})") from error


def hub_rows(exported: Exported) -> Iterator[bytes]:
    """Yield the rows as the Hub's API gave them, as JSON texts, with zukan's own notes of date and source.

    Raises:
        UnreadableFile: See `tables`, or a row cannot be put together.

    """
    done = 0
    for table in tables(exported, _ROW_COLUMNS):
        for values in zip(*(table[name] for name in _ROW_COLUMNS), strict=True):
            done += 1
            try:
                yield msgspec.json.encode(_row(dict(zip(_ROW_COLUMNS, values, strict=True))))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise UnreadableFile(exported.path, f"row {done:,} is not what an export holds ({error})") from error


def _row(cells: dict[str, Any]) -> dict[str, Any]:
    record = ModelRecord(
        model_id=own_name(cells["model_id"], cells["_id"]),
        hub_id=cells["_id"],
        sha=cells["sha"],
        author=cells["author"],
        pipeline_tag=cells["pipeline_tag"],
        library_name=cells["library_name"],
        tags=tuple(cells["tags"]),
        downloads=cells["downloads"],
        likes=cells["likes"],
        trending_score=cells["trending_score"],
        gated=_GATED.get(cells["gated"], cells["gated"]),
        disabled=cells["disabled"],
        created_at=cells["createdAt"],
        last_modified=cells["lastModified"],
        mask_token=cells["mask_token"],
        used_storage=cells["used_storage"],
        config=mapping(json.loads(cells["config"])),
        as_of=cells["own_as_of"],
        sources=tuple(cells["sources"]),
    )
    rest = cells["rest"]
    packed = None if rest is None else b"\0" + rest.encode()
    return unpack(packed, told(record, cells["state"], cells["downloadsAllTime"]), {})
