"""Turn collected public facts about Hub models into the snapshot that ships as seed.jsonl.gz.

    python data/make_seed.py INPUT.jsonl.gz ALIASES.json OUT.jsonl.gz

INPUT has one JSON object per line and model: the Hub API's own keys, and keys of ours that start with "_"
(data/README.md explains all of them). ALIASES has two objects of old id to present id: what "canonical_2024"
lists becomes names of models, what "inferred" lists is not proven and is left out.

Every row is checked. One bad row is enough to write nothing: its line and fault go to stderr, and the exit
code is 1. The same input gives the same bytes. All that is changed on the way is counted in the summary.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import re
import sys
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Row = dict[str, Any]

LONGEST = 300
"""A longer string may be somebody's prose: it is kept, and listed in the summary."""

SHOWN = 50
"""So many faults are worth reading at once."""

COUNT_LIMIT = 2**63
"""What SQLite can still hold as an integer."""

ID = re.compile(r"(?:[\w.-]{1,96}/)?[\w.-]{1,96}", re.ASCII)
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
SHA = re.compile(r"[0-9a-f]{40}")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


class BadInputError(Exception):
    """The input cannot become a snapshot; the message says where and why."""

    def __init__(self, path: Path, faults: Iterable[tuple[int, str]]) -> None:
        shown = [f"{path}:{line}: {fault}" if line else f"{path}: {fault}" for line, fault in sorted(faults)]
        more = [f"... and {len(shown) - SHOWN} more"] if len(shown) > SHOWN else []
        super().__init__("\n".join(shown[:SHOWN] + more))


@dataclass
class Entry:
    """One row and the line of the input it came from."""

    line: int
    row: Row


@dataclass
class Notes:
    """What was changed or met on the way."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def add(self, what: str, detail: str = "") -> None:
        """Count one event, and keep its detail where there is one."""
        self.counts[what] += 1
        if detail:
            self.lines.append(f"{what}: {detail}")


# --- the shape of a row ----------------------------------------------------------------------------------


def is_text(value: object) -> bool:
    """A string with something in it."""
    return isinstance(value, str) and bool(value)


def is_count(value: object) -> bool:
    """A whole number from 0 that SQLite can hold; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < COUNT_LIMIT


def is_number(value: object) -> bool:
    """A finite number; true and false are none."""
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < COUNT_LIMIT


def is_flag(value: object) -> bool:
    """True or false."""
    return isinstance(value, bool)


def is_texts(value: object) -> bool:
    """A list of strings."""
    return isinstance(value, list) and all(is_text(item) for item in value)


def is_gated(value: object) -> bool:
    """The Hub says false, "auto" or "manual"; older records say true without telling which."""
    return isinstance(value, bool) or value in ("auto", "manual")


def matches(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    """Make the check for a string that the pattern describes from end to end."""
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def has(**known: Callable[[object], bool]) -> Callable[[object], bool]:
    """Make the check for an object with some of these keys and no other."""

    def check(value: object) -> bool:
        return isinstance(value, dict) and all(key in known and known[key](inner) for key, inner in value.items())

    return check


def is_counts(value: object) -> bool:
    """An object of counts."""
    return isinstance(value, dict) and all(is_count(inner) for inner in value.values())


def is_results(value: object) -> bool:
    """Evaluation results, each with a value."""
    known = has(task=is_text, dataset=is_text, config=is_text, metric=is_text, value=is_number, verified=is_flag)
    return isinstance(value, list) and all(known(item) and "value" in item for item in value)


def is_object(value: object) -> bool:
    """An object, whatever is inside: the head of a model card is YAML as its author wrote it."""
    return isinstance(value, dict)


def is_removal(value: object) -> bool:
    """True, or the date."""
    return value is True or matches(DATE)(value)


SHAPE: dict[str, tuple[Callable[[object], bool], str]] = {
    "id": (matches(ID), "a Hub model id"),
    "author": (is_text, "text"),
    "sha": (matches(SHA), "40 hex digits"),
    "pipeline_tag": (is_text, "text"),
    "library_name": (is_text, "text"),
    "tags": (is_texts, "a list of texts"),
    "downloads": (is_count, "a count"),
    "likes": (is_count, "a count"),
    "trendingScore": (is_count, "a count"),
    "createdAt": (matches(TIME), "a time like 2022-03-02T23:29:04.000Z"),
    "lastModified": (matches(TIME), "a time like 2022-03-02T23:29:04.000Z"),
    "gated": (is_gated, 'true, false, "auto" or "manual"'),
    "mask_token": (is_text, "text"),
    "config": (has(architectures=is_texts, model_type=is_text), "{architectures, model_type}"),
    "safetensors": (has(parameters=is_counts, total=is_count), "{parameters, total}"),
    "gguf": (has(total=is_count), "{total}"),
    "usedStorage": (is_count, "a count"),
    "transformersInfo": (
        has(auto_model=is_text, pipeline_tag=is_text, processor=is_text),
        "{auto_model, pipeline_tag, processor}",
    ),
    "cardData": (is_object, "an object"),
    "_aliases": (is_texts, "a list of texts"),
    "_model_type_tag": (is_text, "text"),
    "_params": (has(value=is_count, exact=is_flag), "{value, exact}"),
    "_context_length": (is_count, "a count"),
    "_embed_dim": (is_count, "a count"),
    "_max_tokens": (is_count, "a count"),
    "_memory_mb": (is_number, "a number"),
    "_released": (is_text, "text"),
    "_removed": (is_removal, "true or a date"),
    "_absent_2024_07_11": (is_flag, "true or false"),
    "_eval": (is_results, "a list of {task, dataset, config, metric, value, verified}"),
    "_as_of": (matches(DATE), "a date like 2025-12-22"),
    "_sources": (is_texts, "a list of texts"),
    "_from": (lambda value: isinstance(value, dict) and is_texts(list(value.values())), "an object of texts"),
}
"""Every key a row may have, in the order they are written."""

REQUIRED = ("id", "author", "_as_of", "_sources")

TRACED = (
    "pipeline_tag",
    "library_name",
    "tags",
    "downloads",
    "likes",
    "createdAt",
    "lastModified",
    "gated",
    "config",
    "safetensors",
    "gguf",
)
"""The keys whose source `_from` names."""


def leaves(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Everything inside that is neither list nor object, keys too, with the path to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{path}.(key)", key
            yield from leaves(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, f"{path}[]")
    else:
        yield path, value


def faults(row: Row) -> Iterator[str]:
    """Say what is wrong with a row."""
    for key, value in row.items():
        if key not in SHAPE:
            yield f"unknown key {key!r}"
        elif not SHAPE[key][0](value):
            yield f"{key} must be {SHAPE[key][1]}, not {json.dumps(value)[:80]}"
    yield from (f"no {key}" for key in REQUIRED if key not in row)
    for path, leaf in leaves(row):
        if isinstance(leaf, str) and CONTROL.search(leaf):
            yield f"{path} has a control character or half a surrogate pair: {json.dumps(leaf)[:80]}"
        if isinstance(leaf, int | float) and not (isinstance(leaf, bool) or is_number(leaf)):
            yield f"{path} is a number beyond all bounds: {leaf!r:.40}"


def cross_faults(row: Row) -> Iterator[str]:
    """Say where keys of a well-formed row contradict each other."""
    if "/" in row["id"] and row["author"] != row["id"].split("/")[0]:
        yield f"author {row['author']!r} is not the first half of the id"
    sources = row["_sources"]
    if not sources or len(set(sources)) != len(sources):
        yield "_sources names no source, or one twice"
    for key, source in row.get("_from", {}).items():
        if key not in row:
            yield f"_from names {key}, which the row has not"
        if source not in sources:
            yield f"_from names {source}, which is not in _sources"


# --- reading ---------------------------------------------------------------------------------------------


def without_doubles(pairs: list[tuple[str, object]]) -> Row:
    """Make an object of pairs, but of no key twice."""
    row = dict(pairs)
    if len(row) != len(pairs):
        raise ValueError("an object names one key twice")
    return row


def read_rows(path: Path) -> list[Entry]:
    """Read the lines of a gzip file as objects."""
    entries: list[Entry] = []
    bad: list[tuple[int, str]] = []
    with gzip.open(path, "rb") as file:
        for line, raw in enumerate(file, start=1):
            try:
                row = json.loads(raw.decode("utf-8"), object_pairs_hook=without_doubles)
            except (ValueError, RecursionError) as error:
                bad.append((line, str(error)))
                continue
            if isinstance(row, dict) and isinstance(row.get("id"), str):
                entries.append(Entry(line, row))
            else:
                bad.append((line, "not an object with an id"))
    if bad:
        raise BadInputError(path, bad)
    return entries


def read_aliases(path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Read the certain renames and the inferred ones."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        certain, inferred = found["canonical_2024"], found.get("inferred", {})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInputError(path, [(0, repr(error))]) from error
    for renames in (certain, inferred):
        if not isinstance(renames, dict) or not all(is_text(new) for new in renames.values()):
            raise BadInputError(path, [(0, "not an object of old id to present id")])
    if chained := [new for new in certain.values() if new in certain]:
        raise BadInputError(path, [(0, f"{chained[0]} is a present id and an old one")])
    return certain, inferred


# --- repairs: what a collection from many sources brings with it -----------------------------------------


def folded(name: str) -> str:
    """Spell a model type one way: the Hub's tags and configs do not agree on case and hyphens."""
    return name.lower().replace("-", "_")


def repair_card(row: Row, notes: Notes) -> None:
    """Give base_model and license the Hub's own shape back."""
    card = row.get("cardData")
    if not isinstance(card, dict):
        return
    base = card.get("base_model")
    if isinstance(base, str) and base.endswith(" (Merge)"):
        # A leaderboard's mark: a merge has no base there, so its own name stands in the column.
        del card["base_model"]
        if (bare := base.removesuffix(" (Merge)")) != row["id"]:
            card["base_model"] = bare
        notes.add("base_model: leaderboard's ' (Merge)' removed", row["id"])
    elif isinstance(base, str) and ", " in base and all(ID.fullmatch(part) for part in base.split(", ")):
        card["base_model"] = base.split(", ")
        notes.add("base_model: comma-joined list split")
    if card.get("license") == "not specified":
        del card["license"]
        notes.add("license: a source's placeholder 'not specified' removed", row["id"])
    if not card:
        del row["cardData"]


def is_nan(result: object) -> bool:
    """An evaluation result whose value is not a number."""
    value = result.get("value") if isinstance(result, dict) else None
    return isinstance(value, float) and math.isnan(value)


def repair_numbers(row: Row, notes: Notes) -> None:
    """Write whole numbers as such, and drop results that are not a number, which JSON cannot say."""
    for key in ("_max_tokens", "_context_length", "_embed_dim"):
        value = row.get(key)
        if isinstance(value, float) and value.is_integer():
            row[key] = int(value)
            notes.add(f"{key}: float that is a whole number written as one")
    results = row.get("_eval")
    if isinstance(results, list):
        kept = [item for item in results if not is_nan(item)]
        for _ in range(len(results) - len(kept)):
            notes.add("_eval: result NaN dropped", row["id"])
        if kept:
            row["_eval"] = kept
        else:
            del row["_eval"]


def known_types(entries: Iterable[Entry]) -> set[str]:
    """Every model type that any row names."""
    found: set[str] = set()
    for entry in entries:
        config = entry.row.get("config")
        names = (
            config.get("model_type") if isinstance(config, dict) else None,
            entry.row.get("_model_type_tag"),
        )
        found |= {folded(name) for name in names if isinstance(name, str)}
    return found


def tagged_types(row: Row, known: set[str]) -> set[str]:
    """Read the model types off the Hub's own tags; `yi` is a language too, `colpali` a library too."""
    languages = row.get("cardData", {}).get("language")
    other = [row.get("library_name"), *(languages if isinstance(languages, list) else [languages])]
    return {tag for tag in row.get("tags", []) if folded(tag) in known and tag not in other}


def contradicts(config: Row, tagged: set[str]) -> bool:
    """Is this config another model's, going by the tags the Hub itself wrote from the real one?"""
    if not tagged:
        return False
    kinds = {folded(tag) for tag in tagged}
    if isinstance(config.get("model_type"), str):
        return folded(config["model_type"]) not in kinds
    # Architectures alone: their name begins like the type (Qwen3_5ForCausalLM, qwen3_5_text).
    stems = [re.sub(r"(For|LMHead|Model).*", "", name).lower() for name in config.get("architectures", [])]
    pairs = [(stem.replace("_", ""), kind.replace("_", "")) for stem in stems for kind in kinds]
    return bool(pairs) and not any(a.startswith(b) or b.startswith(a) for a, b in pairs)


def repair_config(row: Row, known: set[str], notes: Notes) -> None:
    """Drop a config that the Hub's own tags of the same row contradict."""
    config = row.get("config")
    if not isinstance(config, dict):
        return
    tagged = tagged_types(row, known)
    if not contradicts(config, tagged):
        return
    named = config.get("model_type") or config.get("architectures")
    notes.add("config: dropped, the Hub's tags contradict it", f"{row['id']} {named} / {sorted(tagged)}")
    del row["config"]
    if row.get("_from", {}).pop("config", None) and not row["_from"]:
        del row["_from"]
    if len(tagged) == 1:
        row["_model_type_tag"] = tagged.pop()


# --- names -----------------------------------------------------------------------------------------------


def provenance(row: Row) -> dict[str, str]:
    """Which source each figure is from; rows of one source need not say so."""
    traced: dict[str, str] = row.get("_from", {})
    only = row["_sources"][0]
    return traced or ({key: only for key in TRACED if key in row} if len(row["_sources"]) == 1 else {})


def join(keeper: Row, other: Row) -> None:
    """Add to a row what another row of the same model knows beyond it."""
    traced, others = provenance(keeper), provenance(other)
    sources = list(dict.fromkeys([*keeper["_sources"], *other["_sources"]]))
    card = {**other.get("cardData", {}), **keeper.get("cardData", {})}
    if str(card.get("base_model", "")).lower() == keeper["id"].lower():
        del card["base_model"]  # it was the base of the other spelling
    aliases = [*keeper.get("_aliases", []), *other.get("_aliases", [])]
    for key, value in other.items():
        if key not in keeper and key != "_from":
            keeper[key] = value
            if key in others:
                traced[key] = others[key]
    say = len(sources) > 1 or "_from" in keeper
    joined = {"_sources": sources, "cardData": card, "_aliases": aliases, "_from": traced if say else {}}
    for key, value in joined.items():
        keeper[key] = value
        if not value:
            del keeper[key]


def name_rows(entries: list[Entry], certain: dict[str, str], inferred: dict[str, str], notes: Notes) -> list[Entry]:
    """Apply the certain renames and take the unproven ones away."""
    rows = {entry.row["id"]: entry for entry in entries}
    for entry in entries:
        aliases = entry.row.get("_aliases", [])
        kept = [old for old in aliases if certain.get(old) == entry.row["id"] or old not in inferred]
        for _ in range(len(aliases) - len(kept)):
            notes.add("_aliases: inferred, not proven, left out")
        entry.row["_aliases"] = kept
    for old, new in certain.items():
        if new not in rows and old not in rows:
            notes.add("renames: neither id has a row", f"{old} -> {new}")
            continue
        if new not in rows:
            rows[new] = entry = rows.pop(old)
            entry.row.update(id=new, author=new.split("/")[0])
            notes.add("renames: row of the old id got the present one", f"{old} -> {new}")
        elif old in rows:
            join(rows[new].row, rows.pop(old).row)
            notes.add("renames: row of the old id joined to the present one", f"{old} -> {new}")
        aliases = rows[new].row.setdefault("_aliases", [])
        if old not in aliases:
            aliases.append(old)
        notes.add("renames: certain, old id is an alias")
    for entry in rows.values():
        if aliases := sorted(set(entry.row.pop("_aliases", []))):
            entry.row["_aliases"] = aliases
    return list(rows.values())


def join_spellings(entries: list[Entry], notes: Notes) -> list[Entry]:
    """Make one row of ids that differ in case only: the Hub does not let two repositories do that."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(entry.row["id"].lower(), []).append(entry)
    for group in groups.values():
        group.sort(key=lambda entry: (-len(entry.row["_sources"]), entry.row["id"]))
        for other in group[1:]:
            join(group[0].row, other.row)
            notes.add("ids: spelled two ways, joined", f"{other.row['id']} -> {group[0].row['id']}")
    return [group[0] for group in groups.values()]


def name_faults(entries: Iterable[Entry]) -> Iterator[tuple[int, str]]:
    """Say where a name stands for two models."""
    entries = list(entries)
    owner = {entry.row["id"]: entry.row["id"] for entry in entries}
    for entry in entries:
        for alias in entry.row.get("_aliases", []):
            if owner.setdefault(alias, entry.row["id"]) != entry.row["id"]:
                yield entry.line, f"alias {alias} is also a name of {owner[alias]}"


# --- writing ---------------------------------------------------------------------------------------------


def build(
    entries: list[Entry], certain: dict[str, str], inferred: dict[str, str], path: Path
) -> tuple[list[Row], Notes]:
    """Repair, check, name and sort the rows."""
    notes = Notes()
    bad: list[tuple[int, str]] = []
    known = known_types(entries)
    first: dict[str, int] = {}
    for entry in entries:
        repair_card(entry.row, notes)
        repair_numbers(entry.row, notes)
        found = list(faults(entry.row))
        if not found:
            repair_config(entry.row, known, notes)
            found = list(cross_faults(entry.row))
        if (line := first.setdefault(entry.row["id"], entry.line)) != entry.line:
            found.append(f"id {entry.row['id']} is already on line {line}")
        bad += [(entry.line, fault) for fault in found]
    if not bad:
        entries = join_spellings(name_rows(entries, certain, inferred, notes), notes)
        bad += name_faults(entries)
    if bad:
        raise BadInputError(path, bad)
    rows = [{key: entry.row[key] for key in SHAPE if key in entry.row} for entry in entries]
    # Those of a task lie together: what they have in common takes a quarter less room so.
    rows.sort(key=lambda row: (row.get("pipeline_tag") or "", row["id"].lower(), row["id"]))
    for row in rows:
        for where, leaf in leaves(row):
            if isinstance(leaf, str) and len(leaf) > LONGEST:
                notes.add(f"strings longer than {LONGEST}", f"{row['id']} {where} ({len(leaf)} characters)")
    return rows, notes


def write(rows: Iterable[Row], path: Path) -> None:
    """Write JSON lines in their order, byte for byte the same every time."""
    partial = path.with_name(path.name + ".partial")
    with (
        partial.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=raw, mtime=0) as file,
    ):
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            file.write(line.encode("utf-8") + b"\n")
    partial.replace(path)


# --- the summary -----------------------------------------------------------------------------------------


def facts(row: Row) -> Iterator[str]:
    """Name what a row knows: its keys, and the parts of objects that are worth counting."""
    yield from row
    config = row.get("config", {})
    yield from (f"config.{key}" for key in config)
    yield from (f"safetensors.{key}" for key in row.get("safetensors", {}))
    yield from (f"cardData.{key}" for key in row.get("cardData", {}))
    if "model_type" in config or "_model_type_tag" in row:
        yield "model type (config or tag)"
    if {"safetensors", "gguf", "_params"} & row.keys():
        yield "parameter count (safetensors, gguf or _params)"


def table(title: str, counts: Iterable[tuple[str, int]], total: int) -> None:
    """Print counts with their share of the rows."""
    print(f"\n{title}")
    for what, count in counts:
        print(f"  {count:>7,}  {100 * count / max(total, 1):5.1f} %  {what}")


def summarize(rows: list[Row], notes: Notes, path: Path) -> None:
    """Print what was written and what was changed."""
    total = len(rows)
    print(f"{path}: {total:,} models, {path.stat().st_size:,} bytes")
    table("known", Counter(fact for row in rows for fact in facts(row)).most_common(), total)
    table("sources", Counter(source for row in rows for source in row["_sources"]).most_common(), total)
    table("as of", sorted(Counter(row["_as_of"] for row in rows).items()), total)
    table("changed or met", sorted(notes.counts.items()), total)
    print()
    for line in notes.lines:
        print(f"  {line}")


def main(arguments: list[str] | None = None) -> int:
    """Read, check, write, summarize."""
    parser = argparse.ArgumentParser(description="Make data/seed.jsonl.gz from collected public facts.")
    parser.add_argument("input", type=Path, metavar="INPUT.jsonl.gz")
    parser.add_argument("aliases", type=Path, metavar="ALIASES.json")
    parser.add_argument("out", type=Path, metavar="OUT.jsonl.gz")
    options = parser.parse_args(arguments)
    try:
        certain, inferred = read_aliases(options.aliases)
        rows, notes = build(read_rows(options.input), certain, inferred, options.input)
        write(rows, options.out)
    except (BadInputError, OSError, EOFError, zlib.error) as error:
        print(error, file=sys.stderr)
        return 1
    summarize(rows, notes, options.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
