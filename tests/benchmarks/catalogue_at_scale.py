"""Measures zukan's catalogue at the size of the Hub against the usual ways of keeping one, all in one run.

    python tests/benchmarks/catalogue_at_scale.py [--models 3000000] [--list FILE.jsonl.gz] [--questions 150]
        [--folder DIR] [--parts build,ask,rivals,processes,recommend,update] [--json]

What is built lies in the folder and is used again by the next run with it; `update` works on a copy of the catalogue. The rivals hold the same rows: `usual` is one wide SQLite table with JSON lists, FTS5 and
B-tree indexes; the others ask one Parquet file (zstd) in process, DuckDB by SQL and polars lazily. They are asked the
same questions, but for word matches on Parquet, which are substrings of id and tags there. All page caches are warm.
Python looks for garbage as seldom as in the commands of zukan, `browse` among them: else the kept answers of the eighty
kinds before it are looked through again while one question is timed.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import inspect
import itertools
import json
import os
import random
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "catalogue"), str(HERE.parents[2] / "cli")]

from benchmarks import recommend_speed  # noqa: E402
from benchmarks.questions import KINDS, Pool, Question, draw  # noqa: E402
from benchmarks.rows_at_scale import Listed, changed_row, generate  # noqa: E402
from benchmarks.start_up import NOOP, compiled, once  # noqa: E402
from zukan import Catalogue  # noqa: E402
from zukan.errors import ZukanError  # noqa: E402
from zukan.languages import is_language_tag, language_code  # noqa: E402
from zukan_cli.__main__ import SELDOM  # noqa: E402

PARTS = ("build", "ask", "rivals", "processes", "recommend", "update")
AS_OF = "2026-09-22"
"""The day of all figures, also of the update: a later one would change every row, not one in a hundred."""
SAMPLE = 40_000
"""So many rows are kept to draw questions from."""
RIVAL_KINDS = (
    "word_common", "word_any", "two_words", "prefix", "word_one_filter", "filter_task", "two_filters_task_license",
    "three_filters", "four_filters", "sort_downloads", "sort_likes", "sort_likes_filter", "sort_created_word", "facets_all",
    "facets_task", "facets_word", "show", "id_substring",
)  # fmt: skip
RIVAL_ROUNDS = 15
PROCESS_ROUNDS = 15
COLUMNS = (
    "id", "author", "task", "library", "license", "type", "params", "downloads", "likes", "trending", "created",
    "modified", "gated", "base", "languages", "tags", "card",
)  # fmt: skip
INDEXED = [name for name in COLUMNS if name not in ("id", "gated", "base", "languages", "tags", "card")]
FACETS = ("task", "license", "library")
Ask = Callable[[Question], int]


# The product: what to change when its interface does.


def build_catalogue(rows: Path, path: Path) -> dict[str, Any]:
    """Fill a catalogue from a file of rows in a process of its own, and bring it up to date by the same way."""
    if not path.exists():
        from zukan.store.write import CatalogueWriter

        with CatalogueWriter(path, create=True):  # or the first use would begin with the shipped snapshot
            pass
    return child(path, "import", str(rows), "--as-of", AS_OF)


def asker(path: Path) -> Ask:
    """Return what answers a question with the number of hits."""
    catalogue: Any = Catalogue(path)

    def ask(question: Question) -> int:
        if question.call == "find":
            return len([catalogue.find(question.target)])
        if question.call == "recommend":
            return len(catalogue.recommend(question.target, limit=10).candidates)
        if question.call == "similar":
            return len(catalogue.similar(question.target))
        if question.call == "count":
            return int(catalogue.count(question.text).number)
        more = {"facets": True} if question.facets else {}
        return len(catalogue.search(question.text, sort=question.sort, limit=20, offset=question.offset, **more).hits)

    return ask


def lacking(path: Path) -> Callable[[Question], str]:
    """Return what says why a question cannot be asked of this zukan; "" where it can."""
    catalogue = Catalogue(path)
    facets = "facets" in inspect.signature(catalogue.search).parameters
    try:
        catalogue.search("nosuchfield:value", limit=1)
        language = False
    except ZukanError:
        language = True

    def why(question: Question) -> str:
        if not hasattr(catalogue, question.call):
            return f"no Catalogue.{question.call}"
        if question.facets and not facets:
            return "no facets"
        operators = "OR" in question.words or any(word.startswith(("-", '"')) for word in question.words)
        return "no query language" if (question.filters or operators) and not language else ""

    return why


def child(path: Path, *arguments: str) -> dict[str, Any]:
    """Run one command of zukan; return its JSON with `wall` seconds and `peak_mb`, the sum over its processes."""
    roots = os.pathsep.join(str(HERE.parents[2] / name) for name in ("catalogue", "cli"))
    command = [sys.executable, "-m", "zukan_cli", *arguments, "--quiet", "--format", "json"]
    begun, peak = time.perf_counter(), 0
    environment = {**os.environ, "PYTHONPATH": roots, "ZUKAN_DB": str(path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        while process.poll() is None:
            peak = max(peak, sum(map(_peak_kb, _with_children(str(process.pid)))))
            time.sleep(0.05)
        wall = time.perf_counter() - begun
        assert process.stdout is not None
        output = process.stdout.read()
    if process.returncode:
        raise SystemExit(f"zukan {' '.join(arguments)} ended with {process.returncode}")
    return {**json.loads(output), "wall": wall, "peak_mb": peak / 1024}


def _with_children(pid: str) -> Iterator[str]:
    yield pid
    try:
        below = [file.read_text(encoding="ascii").split() for file in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:  # it has ended meanwhile
        return
    for child_pid in itertools.chain(*below):
        yield from _with_children(child_pid)


def _peak_kb(pid: str) -> int:
    try:
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
    except OSError:
        return 0
    return int(found[1]) if found else 0


# The rivals.


def flat(raw: bytes) -> list[Any]:
    """Return the columns of a row."""
    row = msgspec.json.decode(raw)
    tags = row["tags"]
    languages = [code for tag in tags if is_language_tag(tag) and (code := language_code(tag))]
    licence = next((tag[8:] for tag in tags if tag.startswith("license:")), None)
    base = row.get("baseModels", {}).get("models", [{}])[0].get("id")
    facts = (row.get("config", {}).get("model_type"), row.get("safetensors", {}).get("total"))
    keys = ("downloads", "likes", "trendingScore", "createdAt", "lastModified")
    told = [row["id"], row["id"].rpartition("/")[0], row.get("pipeline_tag"), row.get("library_name"), licence, *facts]
    return [*told, *map(row.get, keys), str(row.get("gated", False)), base, languages, tags, ""]


def bound(row: list[Any]) -> list[Any]:
    """Return the columns as SQLite takes them: lists as JSON."""
    return [msgspec.json.encode(value).decode() if isinstance(value, list) else value for value in row]


class Sql:
    """Asks by SQL; what differs between SQLite and DuckDB is given."""

    def __init__(self, run: Callable[[str, list[Any]], list[Any]], language: str, *, full_text: bool) -> None:
        self._run, self._language, self._full_text = run, language, full_text

    def __call__(self, question: Question) -> int:
        """Answer with the number of rows."""
        if question.call == "find":
            return len(self._run("SELECT * FROM model WHERE id = ?", [question.target]))
        source, where, values = "model m", ["true"], list[Any]()
        if question.kind == "id_substring":
            where = ["m.id LIKE ?" if self._full_text else "m.id ILIKE ?"]
            values = [f"%{question.words[0]}%"]
        elif question.words and self._full_text:
            source, where = "found JOIN model m ON m.rowid = found.rowid", ["found MATCH ?"]
            values = [" ".join(f'"{word.rstrip("*")}"' + "*" * word.endswith("*") for word in question.words)]
        else:
            where += ["contains(m.words, ?)"] * len(question.words)
            values = [word.rstrip("*") for word in question.words]
        for field, value in question.filters:
            where.append(self._language if field == "lang" else f"m.{field} = ?")
            values.append(value)
        behind = f"FROM {source} WHERE {' AND '.join(where)}"
        if question.facets:
            for column in FACETS:
                self._run(f"SELECT m.{column}, count(*) {behind} GROUP BY 1 ORDER BY 2 DESC LIMIT 20", values)
        order = "downloads" if question.sort == "relevance" else question.sort
        columns = "m.id, m.task, m.license, m.params, m.downloads, m.likes, m.tags"
        return len(self._run(f"SELECT {columns} {behind} ORDER BY m.{order} DESC LIMIT 20", values))


def usual(rows: Iterable[bytes], path: Path) -> tuple[Ask, int, float]:
    """Build the usual SQLite catalogue; return (how to ask it, its bytes, seconds)."""
    begun = time.perf_counter()
    if not path.exists():
        part = path.with_suffix(".part")
        part.unlink(missing_ok=True)
        connection = sqlite3.connect(part, isolation_level=None)
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000; BEGIN"
        )
        connection.execute(f"CREATE TABLE model ({', '.join(COLUMNS)})")
        places = ", ".join("?" * len(COLUMNS))
        connection.executemany(f"INSERT INTO model VALUES ({places})", map(bound, map(flat, rows)))  # noqa: S608
        connection.execute("CREATE VIRTUAL TABLE found USING fts5(id, tags, card, content=model)")
        connection.execute("INSERT INTO found(found) VALUES ('rebuild')")
        connection.execute("CREATE UNIQUE INDEX by_id ON model (id)")
        for column in INDEXED:
            connection.execute(f"CREATE INDEX by_{column} ON model ({column})")
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.close()
        part.rename(path)
    seconds = time.perf_counter() - begun
    connection = sqlite3.connect(path)
    language = "EXISTS (SELECT 1 FROM json_each(m.languages) WHERE value = ?)"
    run = lambda text, values: connection.execute(text, values).fetchall()  # noqa: E731
    return Sql(run, language, full_text=True), path.stat().st_size, seconds


def parquet(rows: Iterable[bytes], path: Path) -> int:
    """Write the Parquet file that DuckDB and polars ask; return its bytes."""
    arrow: Any = importlib.import_module("pyarrow")
    files: Any = importlib.import_module("pyarrow.parquet")
    if not path.exists():
        texts, numbers = arrow.string(), arrow.int64()
        kinds = dict.fromkeys(("params", "downloads", "likes", "trending"), numbers)
        kinds |= dict.fromkeys(("languages", "tags"), arrow.list_(texts))
        schema = arrow.schema([(name, kinds.get(name, texts)) for name in (*COLUMNS, "words")])
        part = path.with_suffix(".part")
        with files.ParquetWriter(part, schema, compression="zstd") as writer:
            iterator = map(flat, rows)
            while batch := list(itertools.islice(iterator, 100_000)):
                columns = [list(column) for column in zip(*batch, strict=True)]
                columns.append([f"{row[0]} {' '.join(row[-2])}".lower() for row in batch])
                arrays = [arrow.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
                writer.write_table(arrow.Table.from_arrays(arrays, schema=schema))
        part.rename(path)
    return path.stat().st_size


def duckdb(path: Path) -> Ask:
    """Return what asks the Parquet file by SQL."""
    connection: Any = importlib.import_module("duckdb").connect()
    connection.execute(f"CREATE VIEW model AS SELECT * FROM read_parquet('{path}')")  # noqa: S608
    run = lambda text, values: connection.execute(text, values).fetchall()  # noqa: E731
    return Sql(run, "list_contains(m.languages, ?)", full_text=False)


def polars(path: Path) -> Ask:
    """Return what asks the Parquet file lazily."""
    library: Any = importlib.import_module("polars")

    def ask(question: Question) -> int:
        column, frame = library.col, library.scan_parquet(path)
        if question.call == "find":
            return int(frame.filter(column("id") == question.target).collect().height)
        for word in question.words:
            searched = column("id").str.to_lowercase() if question.kind == "id_substring" else column("words")
            frame = frame.filter(searched.str.contains(word.rstrip("*"), literal=True))
        for field, value in question.filters:
            frame = frame.filter(
                column("languages").list.contains(value) if field == "lang" else column(field) == value
            )
        if question.facets:
            for name in FACETS:
                frame.group_by(name).agg(library.len()).sort("len", descending=True).head(20).collect()
        shown = frame.select("id", "task", "license", "params", "downloads", "likes", "trending", "created", "tags")
        order = "downloads" if question.sort == "relevance" else question.sort
        return int(shown.sort(order, descending=True, nulls_last=True).head(20).collect().height)

    return ask


# The measures.


def time_questions(
    ask: Ask, questions: Sequence[Question]
) -> tuple[dict[str, list[float]], Counter[str], dict[str, str]]:
    """Return (kind → ms of each answer, kind → answers without a hit, kind → its first error: those are not timed)."""
    spent, empty, errors = defaultdict[str, list[float]](list), Counter[str](), dict[str, str]()
    one_each = list({question.kind: question for question in questions}.values())
    for place, question in enumerate([*one_each, *questions]):
        begun = time.perf_counter()
        try:
            hits = ask(question)
        except ZukanError as error:
            errors.setdefault(question.kind, f"{type(error).__name__} at {question.text or question.target!r}: {error}")
            continue
        passed = 1000 * (time.perf_counter() - begun)
        if place >= len(one_each):  # the first of each kind imports and opens what it needs
            spent[question.kind].append(passed)
            empty[question.kind] += not hits
    return spent, empty, errors


def at(values: Iterable[float], share: float) -> float:
    """Return a percentile of some times."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 3)


def ask_part(path: Path, questions: Sequence[Question]) -> dict[str, Any]:
    """Ask zukan all questions."""
    why = lacking(path)
    skipped = {question.kind: reason for question in questions if (reason := why(question))}
    reasons: dict[str, list[str]] = defaultdict(list)
    for kind, reason in skipped.items():
        reasons[reason].append(kind)
    asked = [question for question in questions if question.kind not in skipped]
    time_questions(asker(path), asked)  # so that the system has the pages of the file in memory
    spent, empty, errors = time_questions(asker(path), asked)
    # How fast this machine is now: the same machine, shared with others, may take twice as long an hour later.
    python = statistics.median(once([sys.executable, "-c", "pass"], dict(os.environ))[0] for _ in range(9))
    kinds = {
        kind: {
            "asked": len(spent[kind]),
            "p50_ms": at(spent[kind], 0.5),
            "p95_ms": at(spent[kind], 0.95),
            "max_ms": round(max(spent[kind]), 3),
            "without_hits": round(empty[kind] / len(spent[kind]), 2),
        }
        for kind in KINDS
        if kind in spent
    }
    every = [value for values in spent.values() for value in values]
    overall = {
        "python_pass_ms": round(1000 * python, 1),
        "kinds": len(kinds),
        "asked": len(every),
        **{f"p{share}_ms": at(every, share / 100) for share in (50, 95, 99)},
        "max_ms": round(max(every), 3),
        "share_under_10_ms": round(sum(value <= 10 for value in every) / len(every), 4),
        "kinds_with_p95_above_10_ms": [kind for kind, row in kinds.items() if float(str(row["p95_ms"])) > 10],
        "kinds_with_p50_above_1_ms": [kind for kind, row in kinds.items() if float(str(row["p50_ms"])) > 1],
    }
    return {
        "overall": overall,
        "kinds": kinds,
        "skipped": {why: " ".join(sorted(names)) for why, names in reasons.items()},
        "errors": errors,
    }


def rivals_part(rows: Path, folder: Path, questions: Sequence[Question], ours: dict[str, Any]) -> dict[str, Any]:
    """Build the rivals and ask them some of the questions; ratios are to our median of the same kind."""
    number = sum(1 for _ in lines_of(rows))
    asked = [question for kind in RIVAL_KINDS for question in [q for q in questions if q.kind == kind][:RIVAL_ROUNDS]]
    random.Random(1).shuffle(asked)
    ask, size, seconds = usual(lines_of(rows), folder / "usual.sqlite")
    file = folder / "rows.parquet"
    found: dict[str, Any] = {
        "usual_bytes_per_model": round(size / number),
        "usual_build_rows_per_second": round(number / seconds) if seconds > 1 else "was there",
        "parquet_bytes_per_model": round(parquet(lines_of(rows), file) / number),
    }
    makers: dict[str, Callable[[], Ask]] = {
        "usual": lambda: ask,
        "duckdb": lambda: duckdb(file),
        "polars": lambda: polars(file),
    }
    p50 = {}
    for name, make in makers.items():
        try:
            p50[name] = {kind: at(values, 0.5) for kind, values in time_questions(make(), asked)[0].items()}
        except ModuleNotFoundError as error:
            found[name] = f"not installed: {error.name}"
    for kind in RIVAL_KINDS:
        mine = ours.get(kind, {}).get("p50_ms")
        found[kind] = {"zukan_p50_ms": mine}
        for name, times in p50.items():
            found[kind] |= {
                f"{name}_p50_ms": times[kind],
                f"{name}_ratio": round(times[kind] / mine, 1) if mine else None,
            }
    return found


def build_part(rows: Path, path: Path) -> dict[str, Any]:
    """Build the catalogue, and plain tables of the same rows: id and JSON text; `wide`, a column for each fact."""
    named = msgspec.json.Decoder(Listed).decode
    raw, number = raw_rate(
        ((named(row).id, 0, 0, row.decode()) for row in lines_of(rows)), rows.with_name("raw.sqlite")
    )
    first = itertools.islice(lines_of(rows), 300_000)
    wide, _ = raw_rate(map(bound, map(flat, first)), rows.with_name("raw.sqlite"))
    part = path.with_name("part.sqlite")
    part.unlink(missing_ok=True)
    built = build_catalogue(rows, part)
    size_of(part)  # nothing is left in a journal beside it
    part.rename(path)
    rate = built["rows"] / built["wall"]
    return {
        "rows": number,
        "refused": built.get("refused"),
        "raw_rows_per_second": round(raw),
        "raw_wide_rows_per_second": round(wide),
        "build_rows_per_second": round(rate),
        "build_to_raw": round(rate / raw, 4),
        "build_to_raw_wide": round(rate / wide, 4),
        "build_seconds": round(built["wall"], 1),
        "build_peak_mb": round(built["peak_mb"]),
        "bytes_per_model": round(size_of(path) / number),
        "bytes_to_json_bytes": round(size_of(path) / rows.stat().st_size, 3),
    }


def update_part(rows: Path, path: Path, folder: Path) -> dict[str, Any]:
    """Give all rows again to a copy of the catalogue, one in a hundred changed."""
    copy, changed = folder / "updated.sqlite", folder / "changed.jsonl"
    size_of(path)  # nothing left in the journal
    shutil.copyfile(path, copy)
    with changed.open("wb", buffering=1 << 20) as file:
        file.writelines(
            (changed_row(row) if place % 100 == 50 else row) + b"\n" for place, row in enumerate(lines_of(rows))
        )
    before = size_of(copy)
    done = build_catalogue(changed, copy)
    figures = {
        "update_rows_per_second": round(done["rows"] / done["wall"]),
        "update_peak_mb": round(done["peak_mb"]),
        "growth": round(size_of(copy) / before - 1, 4),
        "changed_as_reported": done.get("changed"),
    }
    upserted = upsert_rate(list(itertools.islice(lines_of(rows), 50_000)), folder / "upsert.sqlite")
    return {**figures, "sqlite_utils_upsert_rows_per_second": round(upserted)}


def upsert_rate(rows: Sequence[bytes], path: Path) -> float:
    """Return the rows/s of sqlite-utils' upsert_all over rows that are there, full-text triggers on, 1 % changed."""
    library: Any = importlib.import_module("sqlite_utils")
    path.unlink(missing_ok=True)
    table = library.Database(path)["model"]
    table.insert_all((dict(zip(COLUMNS, flat(row), strict=True)) for row in rows), pk="id")
    table.enable_fts(["id", "tags", "card"], create_triggers=True)
    changed = (changed_row(row) if place % 100 == 50 else row for place, row in enumerate(rows))
    begun = time.perf_counter()
    table.upsert_all((dict(zip(COLUMNS, flat(row), strict=True)) for row in changed), pk="id", batch_size=1_000)
    return len(rows) / (time.perf_counter() - begun)


def processes_part(path: Path, folder: Path) -> dict[str, Any]:
    """Return medians of whole processes, and the peak memory of zukan's."""
    noop = folder / "noop.py"
    noop.write_text(NOOP)
    zukan = [sys.executable, "-m", "zukan_cli"]
    commands = {
        "no-op Typer app": [sys.executable, str(noop), "--limit", "3"],
        "zukan search bert --format json": [*zukan, "search", "bert", "--format", "json"],
    }
    if (script := Path(sys.executable).with_name("zukan")).exists():
        commands["zukan search bert --format json"][:3] = [str(script)]
    for line in ("hf version", "sqlite-utils --help", "datasette --help"):
        name, *rest = line.split()
        if (program := Path(sys.executable).with_name(name)).exists():
            commands[line] = [str(program), *rest]
    roots = os.pathsep.join(str(HERE.parents[2] / name) for name in ("catalogue", "cli"))
    environment = {**os.environ, "ZUKAN_DB": str(path), "PYTHONPATH": roots}
    compiled()
    times = defaultdict[str, list[float]](list)
    for turn in range(PROCESS_ROUNDS + 2):
        for label, command in commands.items():
            seconds, _ = once(command, environment)
            times[label] += [seconds] if turn >= 2 else []
    base = statistics.median(times["no-op Typer app"])
    found: dict[str, Any] = {
        label: {
            "median_ms": round(1000 * statistics.median(values), 1),
            "to_no_op": round(statistics.median(values) / base, 2),
        }
        for label, values in times.items()
    }
    # By a small process: the figure of a child begins with the memory of whoever forked it.
    teller = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=-3, check=True); "
    teller += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", teller, *commands["zukan search bert --format json"]]
    told = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return {**found, "zukan_peak_mb": round(int(told.stdout) / 1024, 1)}


def raw_rate(rows: Iterable[Sequence[Any]], path: Path) -> tuple[float, int]:
    """Return (rows/s, rows) of executemany into one plain table, with the fastest settings there are."""
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -64000")
    spent, number, iterator = 0.0, 0, iter(rows)
    while values := list(itertools.islice(iterator, 10_000)):
        if not number:
            connection.execute(f"CREATE TABLE model ({', '.join(f'c{place}' for place in range(len(values[0])))})")
            insert = f"INSERT INTO model VALUES ({', '.join('?' * len(values[0]))})"  # noqa: S608
        begun = time.perf_counter()
        connection.execute("BEGIN")
        connection.executemany(insert, values)
        connection.execute("COMMIT")
        spent += time.perf_counter() - begun
        number += len(values)
    connection.close()
    path.unlink()
    return number / spent, number


def size_of(path: Path) -> int:
    """Return the bytes of a catalogue once its journal is worked in."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the rows of a file."""
    with path.open("rb", buffering=1 << 20) as file:
        yield from (line.rstrip(b"\n") for line in file)


def rows_part(number: int, source: Path | None, rows: Path, sample: Path) -> dict[str, Any]:
    """Generate the rows and a sample of them, where they are not there."""
    begun = time.perf_counter()
    if not sample.exists():
        step, part = max(1, number // SAMPLE), sample.with_suffix(".part")
        with rows.open("wb", buffering=1 << 20) as file, part.open("wb") as kept:
            for place, row in enumerate(generate(number, source)):
                file.write(row + b"\n")
                if place % step == 0:
                    kept.write(row + b"\n")
        part.rename(sample)
    seconds = time.perf_counter() - begun
    rate = {"generated_rows_per_second": round(number / seconds)} if seconds > 0.1 else {}
    return {**rate, "bytes_per_row": round(rows.stat().st_size / number)}


def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the parts that were asked for, saying on stderr which."""
    folder = folder / f"{arguments.models}{'-listed' if arguments.list else ''}"
    folder.mkdir(parents=True, exist_ok=True)
    rows, sample, path = folder / "rows.jsonl", folder / "sample.jsonl", folder / "catalogue.sqlite"
    parts = arguments.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        raise SystemExit(f"no such part: {', '.join(unknown)} (known: {', '.join(PARTS)})")
    found: dict[str, Any] = {"rows": rows_part(arguments.models, arguments.list, rows, sample)}
    questions = draw(Pool(lines_of(sample)), arguments.questions)

    def part(name: str, work: Callable[[], dict[str, Any]]) -> None:
        if name in parts:
            print(f"{name} …", file=sys.stderr, flush=True)
            begun = time.perf_counter()
            found[name] = work()
            print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)

    if not path.exists():
        part("build", lambda: build_part(rows, path))
    part("ask", lambda: ask_part(path, questions))
    part("rivals", lambda: rivals_part(rows, folder, questions, found.get("ask", {}).get("kinds", {})))
    part("processes", lambda: processes_part(path, folder))
    part("recommend", lambda: recommend_speed.measure(path))
    part("update", lambda: update_part(rows, path, folder))
    return found


def show(name: str, value: Any, depth: int = 0) -> None:
    """Print figures: a row of a table in one line, all else below each other."""
    label = f"{'  ' * depth}{name.replace('_', ' ')}"
    if not isinstance(value, dict):
        print(f"{label:40} {value:,}" if isinstance(value, int | float) else f"{label:40} {value}")
    elif depth and all(isinstance(inner, int | float | None) for inner in value.values()):
        print(f"{label:36}" + "  ".join(f"{key.replace('_', ' ')} {inner}" for key, inner in value.items()))
    else:
        print(label)
        for key, inner in value.items():
            show(key, inner, depth + 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", type=int, default=3_000_000)
    parser.add_argument("--list", type=Path, default=None)
    parser.add_argument("--questions", type=int, default=150, help="of each kind")
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    gc.set_threshold(*SELDOM)
    if arguments.folder is None:
        with tempfile.TemporaryDirectory() as name:
            found = measure(arguments, Path(name))
    else:
        found = measure(arguments, arguments.folder)
    if arguments.json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for name, figures in found.items():
        show(name, figures)


if __name__ == "__main__":
    main()
