"""Measures how fast families are told, as ratios to `json.loads` of the same lines in one run.

    python tests/benchmarks/tagging.py [rows.jsonl[.gz]]

Without a file the rows of the shipped snapshot are used, cut down to what the Hub's plain listing has and, a
second time, whole. The listing of the whole Hub shows more: names and tags repeat there as they do nowhere else.
"""

from __future__ import annotations

import gzip
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from zukan.build import build
from zukan.families import classify
from zukan.family_table import load_table
from zukan.lineage import StoredLineage
from zukan.resources import data_path
from zukan.store.read import CatalogueReader
from zukan.tagging import LineTagger, read_batches

ROUNDS = 3
_LISTED = ("id", "pipeline_tag", "library_name", "tags", "downloads", "likes", "createdAt")


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a JSON-lines file, gzipped or not."""
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        yield from (line for line in file if line.strip())


def best(work: Callable[[], int]) -> tuple[int, float]:
    """Return (rows, seconds of the fastest of some rounds)."""
    times = []
    rows = 0
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        rows = work()
        times.append(time.perf_counter() - begun)
    return rows, min(times)


def measure(title: str, path: Path, catalogue: Path) -> None:
    """Print the rates for one file of rows."""

    def parse() -> int:
        return len([None for line in lines_of(path) if json.loads(line)])

    def tag() -> int:
        with CatalogueReader(catalogue) as reader:
            tagger = LineTagger(StoredLineage(reader.tag_of))
            with path.open("rb") as file:
                for batch in read_batches(file):
                    b"".join(tagger.tag_lines(batch))
            return tagger.summary().lines

    rows, parsing = best(parse)
    _, tagging = best(tag)
    print(f"{title}: {rows:,} rows")
    print(f"  json.loads alone      {rows / parsing:>10,.0f} rows/s")
    print(f"  zukan tag --stdin     {rows / tagging:>10,.0f} rows/s  {tagging / parsing:.2f} times json.loads")


def main() -> None:
    """Build a catalogue for the base models, then measure."""
    begun = time.perf_counter()
    load_table()
    print(f"families.toml is read in {1000 * (time.perf_counter() - begun):.0f} ms, once a process")
    with tempfile.TemporaryDirectory() as folder:
        catalogue = Path(folder) / "catalogue.sqlite"
        build(catalogue, data_path("seed.jsonl.gz"), lambda _done, _total: None)
        if len(sys.argv) > 1:
            source = Path(sys.argv[1])
            plain = Path(folder) / "rows.jsonl"
            plain.write_bytes(b"".join(lines_of(source)))
            measure(source.name, plain, catalogue)
        else:
            rows = [json.loads(line) for line in lines_of(data_path("seed.jsonl.gz"))]
            for title, kept in (("snapshot as listed", _LISTED), ("snapshot, whole rows", None)):
                path = Path(folder) / "rows.jsonl"
                cut = [{k: v for k, v in row.items() if kept is None or k in kept} for row in rows]
                path.write_text("".join(json.dumps(row) + "\n" for row in cut), encoding="utf-8")
                measure(title, path, catalogue)
            _, seconds = best(lambda: len([classify(row) for row in rows]))
            print(f"  classify() one by one {len(rows) / seconds:>10,.0f} rows/s")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


if __name__ == "__main__":
    main()
