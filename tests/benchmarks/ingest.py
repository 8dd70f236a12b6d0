"""Measures crawl, import and search beside a crawl, as ratios to raw `executemany` of the same rows in the same run.

    python tests/benchmarks/ingest.py [--models 200000] [--list FILE.jsonl.gz] [--json]

`--list` is a file of Hub rows as JSON lines to import; without it that part is left out. The crawl is of a loopback
Hub in a process of its own, so on two cores each side has one.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import re
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "catalogue"), str(HERE.parents[2] / "cli")]

from hub_at_scale import RunningHub  # noqa: E402
from zukan.query import make_query  # noqa: E402
from zukan.search import search  # noqa: E402
from zukan.store.read import CatalogueReader  # noqa: E402
from zukan.store.write import CatalogueWriter  # noqa: E402

WORDS = (
    "bert", "japanese sentiment", "llama 8b instruct", "t5", "translation", "whisper", "qwen", "sentence similarity",
    "gguf", "ner", "gpt2", "roberta large", "clip", "summarization", "code", "vision", "日本語", "multilingual",
    "mistral", "adapter",
)  # fmt: skip
ROUNDS = 15


def zukan(path: Path, *arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run one command in a process of its own; return its JSON with `wall` seconds and `peak_mb` added."""
    roots = os.pathsep.join(str(HERE.parents[2] / name) for name in ("catalogue", "cli"))
    given = {**os.environ, "PYTHONPATH": roots, "ZUKAN_DB": str(path), "NO_PROXY": "127.0.0.1", **(environment or {})}
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", *arguments, "--quiet", "--format", "json"],
        stdout=subprocess.PIPE,
        text=True,
        env=given,
    ) as process:
        # Not the resource usage of the dead child: that begins with the memory of whoever forked it.
        peak = 0
        while process.poll() is None:
            found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text(encoding="ascii"))
            peak = max(peak, int(found[1]) if found else 0)
            time.sleep(0.05)
        assert process.stdout is not None
        output = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"zukan {' '.join(arguments)} ended with {process.returncode}")
    wall = time.perf_counter() - started
    return {**json.loads(output), "wall": wall, "peak_mb": peak / 1024}


def raw_rate(rows: Iterable[tuple[str, str]], folder: Path) -> tuple[float, int]:
    """Return (rows/s, rows) of executemany into one plain table, with the fastest settings there are."""
    path = folder / "raw.sqlite"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -64000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE model (id TEXT, downloads INTEGER, likes INTEGER, row TEXT)")
    spent, number = 0.0, 0
    iterator = iter(rows)
    while batch := list(itertools.islice(iterator, 10_000)):
        values = [(name, 0, 0, text) for name, text in batch]
        started = time.perf_counter()
        connection.execute("BEGIN")
        connection.executemany("INSERT INTO model VALUES (?, ?, ?, ?)", values)
        connection.execute("COMMIT")
        spent += time.perf_counter() - started
        number += len(batch)
    connection.close()
    path.unlink()
    return number / spent, number


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield (id, JSON text) of a file of Hub rows."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["id"], line


def empty(path: Path) -> Path:
    """Make an empty catalogue, without the snapshot."""
    with CatalogueWriter(path, create=True):
        pass
    return path


def size_of(path: Path) -> int:
    """Return the bytes of a catalogue once its journal is worked in."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


def p95(path: Path) -> float:
    """Return the 95th percentile of a search, in ms."""
    spent = []
    for _ in range(ROUNDS):
        for words in WORDS:
            started = time.perf_counter()
            with CatalogueReader(path) as reader:
                search(reader, make_query(words))
            spent.append(1_000 * (time.perf_counter() - started))
    return statistics.quantiles(spent, n=20)[18]


def crawl_part(models: int, folder: Path) -> dict[str, Any]:
    """Measure the walk, a second one of an unchanged Hub, and a search while a third one writes."""
    path = empty(folder / "crawl.sqlite")
    with RunningHub(models=models, seed=7) as hub:
        there = {"HF_ENDPOINT": hub.endpoint, "HF_HUB_DISABLE_TELEMETRY": "1"}
        raw, _ = raw_rate(((row["id"], json.dumps(row)) for row in hub.rows()), folder)
        first = zukan(path, "crawl", "--all", environment=there)
        size = size_of(path)
        again = zukan(path, "crawl", "--all", environment=there)
        grown = size_of(path) - size
        # Every model changes, so that each page is written; the walk must outlast the searches beside it.
        hub.change(models)
        quiet = p95(path)
        command = [sys.executable, "-m", "zukan_cli", "crawl", "--all", "--quiet"]
        roots = os.pathsep.join(str(HERE.parents[2] / name) for name in ("catalogue", "cli"))
        given = {**os.environ, **there, "PYTHONPATH": roots, "ZUKAN_DB": str(path)}
        with subprocess.Popen(command, env=given) as writing:
            time.sleep(3)
            beside = p95(path)
            still = writing.poll() is None
            writing.terminate()
    return {
        "models": models,
        "raw_rows_per_second": round(raw),
        "crawl_rows_per_second": round(first["rows"] / first["wall"]),
        "crawl_to_raw": round(first["rows"] / first["wall"] / raw, 4),
        "unchanged_rows_per_second": round(again["rows"] / again["wall"]),
        "unchanged_to_raw": round(again["rows"] / again["wall"] / raw, 4),
        "unchanged_growth": round(grown / size, 4),
        "bytes_per_model": round(size / models),
        "crawl_peak_mb": round(first["peak_mb"]),
        "search_p95_ms": round(quiet, 2),
        "search_p95_beside_a_crawl_ms": round(beside, 2),
        "beside_to_quiet": round(beside / quiet, 2),
        "crawl_still_writing": still,
    }


def import_part(source: Path, folder: Path) -> dict[str, Any]:
    """Measure the import of a file, and of its first tenth for the memory."""
    raw, rows = raw_rate(lines_of(source), folder)
    tenth = folder / "tenth.jsonl"
    with tenth.open("w", encoding="utf-8") as file:
        file.writelines(line for _, line in itertools.islice(lines_of(source), rows // 10))
    small = zukan(empty(folder / "tenth.sqlite"), "import", str(tenth))
    path = empty(folder / "import.sqlite")
    whole = zukan(path, "import", str(source), "--as-of", "2024-07-11")
    return {
        "rows": rows,
        "raw_rows_per_second": round(raw),
        "import_rows_per_second": round(whole["rows"] / whole["wall"]),
        "import_to_raw": round(whole["rows"] / whole["wall"] / raw, 4),
        "bytes_per_model": round(size_of(path) / rows),
        "peak_mb": round(whole["peak_mb"]),
        "peak_mb_of_a_tenth": round(small["peak_mb"]),
        "refused": whole["refused"],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=200_000)
    parser.add_argument("--list", type=Path, default=None)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found: dict[str, Any] = {"crawl": crawl_part(arguments.models, Path(folder))}
        if arguments.list:
            found["import"] = import_part(arguments.list, Path(folder))
    if arguments.json:
        print(json.dumps(found, indent=2))
        return
    for part, figures in found.items():
        print(part)
        for name, value in figures.items():
            print(f"  {name.replace('_', ' '):36} {value:,}" if not isinstance(value, bool) else f"  {name} {value}")


if __name__ == "__main__":
    main()
