"""Measures `zukan export` and the way back on a long list of models, beside a plain `COPY` of the same rows by DuckDB.

    python tests/benchmarks/export.py --list LIST.jsonl[.gz] [--rows 760000] [--folder FOLDER]

Each step runs in a process of its own, so that its peak of memory is its own. The catalogue is made once and kept in
the folder, if one is given.
"""

from __future__ import annotations

import argparse
import filecmp
import gzip
import json
import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2] / "catalogue")]

from zukan.catalogue import Catalogue  # noqa: E402
from zukan.store.write import CatalogueWriter  # noqa: E402

QUESTIONS = (
    "SELECT count(*), sum(downloads), count(DISTINCT author) FROM models",
    "SELECT family, certainty, count(*) FROM models GROUP BY 1, 2 ORDER BY 1, 2",
    "SELECT pipeline_tag, count(*), sum(likes) FROM models GROUP BY 1 ORDER BY 1 NULLS FIRST",
    "SELECT license, count(*) FROM models WHERE num_parameters > 1000000000 GROUP BY 1 ORDER BY 1 NULLS FIRST",
)


def _alone(step: str, pipe: object, folder: Path) -> None:
    began = time.monotonic()
    STEPS[step](folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    pipe.send((time.monotonic() - began, peak))  # type: ignore[attr-defined]


def measure(step: str, folder: Path) -> tuple[float, int]:
    """Return (seconds, peak bytes of memory) of a step in a process of its own."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_alone, args=(step, theirs, folder))
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"{step} failed")
    seconds, peak = ours.recv()
    return float(seconds), int(peak)


def _make(folder: Path) -> None:
    with CatalogueWriter(folder / "catalogue.sqlite", create=True):
        pass
    Catalogue(folder / "catalogue.sqlite").import_models([folder / "rows.jsonl"], as_of="2024-07-11")


def _export(folder: Path) -> None:
    Catalogue(folder / "catalogue.sqlite").export(folder / "models.parquet")


def _parts(folder: Path) -> None:
    Catalogue(folder / "catalogue.sqlite").export(folder / "parts", partition_by="task")


def _restore(folder: Path) -> None:
    for left in folder.glob("again.sqlite*"):
        left.unlink()
    Catalogue(folder / "again.sqlite").import_models([folder / "models.parquet"])


def _again(folder: Path) -> None:
    Catalogue(folder / "again.sqlite").export(folder / "again.parquet")


def _copy(folder: Path) -> None:
    import duckdb

    rows = f"read_json('{folder}/rows.jsonl', format = 'newline_delimited', maximum_object_size = 33554432)"
    duckdb.execute(f"COPY (SELECT * FROM {rows}) TO '{folder}/duckdb.parquet' (FORMAT parquet, COMPRESSION zstd)")  # noqa: S608


STEPS: dict[str, Callable[[Path], None]] = {
    "make the catalogue": _make,
    "zukan export": _export,
    "zukan export --partition-by task": _parts,
    "zukan import, into none": _restore,
    "zukan export again": _again,
    "DuckDB COPY of the plain rows": _copy,
}


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*")) if path.is_dir() else path.stat().st_size


def run(folder: Path) -> None:
    """Measure every step and compare what comes out."""
    made = {
        "make the catalogue": "catalogue.sqlite",
        "zukan export": "models.parquet",
        "zukan export --partition-by task": "parts",
        "zukan import, into none": "again.sqlite",
        "zukan export again": "again.parquet",
        "DuckDB COPY of the plain rows": "duckdb.parquet",
    }
    for step, name in made.items():
        if step == "make the catalogue" and (folder / name).exists():
            continue
        seconds, peak = measure(step, folder)
        print(
            f"{step:<34} {seconds:7.1f} s  {_size(folder / name) / 1e6:8.1f} MB  peak {peak / 1e6:6.0f} MB", flush=True
        )
    print(
        "the export of what was read back is equal:",
        filecmp.cmp(folder / "models.parquet", folder / "again.parquet", shallow=False),
    )
    import duckdb

    with closing(sqlite3.connect(folder / "catalogue.sqlite")) as own:
        for name in ("models.parquet", "parts/**/*.parquet"):
            other = duckdb.connect()
            other.execute(f"CREATE VIEW models AS SELECT * FROM read_parquet('{folder}/{name}')")  # noqa: S608
            for question in QUESTIONS:
                began = time.monotonic()
                theirs = [tuple(row) for row in other.execute(question).fetchall()]
                between = time.monotonic()
                ours = own.execute(question).fetchall()
                print(
                    f"{name:<20} DuckDB {between - began:6.2f} s, SQLite {time.monotonic() - between:6.2f} s, equal: {ours == theirs}"
                )


def main() -> int:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", type=Path, required=True, help="Hub rows as JSON lines, gzipped or not")
    parser.add_argument("--rows", type=int, default=760_000)
    parser.add_argument("--folder", type=Path, help="where to work; kept")
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="zukan-export-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        if not (folder / "rows.jsonl").exists():
            opened = gzip.open if arguments.list.suffix == ".gz" else open
            with opened(arguments.list, "rb") as lines, (folder / "rows.jsonl").open("wb") as file:
                file.writelines(islice(lines, arguments.rows))
        print(json.dumps({"rows": arguments.rows, "cores": os.cpu_count(), "MB": _size(folder / "rows.jsonl") / 1e6}))
        run(folder)
    finally:
        if not arguments.folder:
            shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
