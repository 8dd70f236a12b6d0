"""The shipped snapshot of the Hub, and the script that makes it."""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

Row = dict[str, Any]

DATA = Path(__file__).parent.parent / "data"
SEED = DATA / "seed.jsonl.gz"
README = DATA / "README.md"
SCRIPT = DATA / "make_seed.py"

REQUIRED = {"id", "author", "_as_of", "_sources"}

FLAGGED = {"tst_lists", "tst_full", "saran", "weixin", "enoch", "gabtos", "hamidah", "hakan", "ollb2"}
"""Sources without a licence or under a copyleft one: they may not decide which models are in."""


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return gzip.decompress(SEED.read_bytes()).decode("utf-8").removesuffix("\n").split("\n")


@pytest.fixture(scope="module")
def rows(lines: list[str]) -> list[Row]:
    return [json.loads(line, parse_constant=pytest.fail) for line in lines]


@pytest.fixture(scope="module")
def by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["id"]: row for row in rows}


# --- the shipped file ------------------------------------------------------------------------------------


def test_every_line_is_one_model_in_compact_json(lines: list[str], rows: list[Row]) -> None:
    assert len(rows) > 25_000
    for line, row in zip(lines, rows, strict=True):
        assert row.keys() >= REQUIRED
        assert line == json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def test_types_are_the_hubs(rows: list[Row]) -> None:
    for row in rows:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", row["id"], re.ASCII)
        assert row["author"] == row["id"].split("/")[0]
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row["_as_of"])
        for key in ("downloads", "likes", "usedStorage"):
            assert type(row.get(key, 0)) is int
            assert 0 <= row.get(key, 0) < 2**63
        assert all(type(tag) is str and tag for tag in row.get("tags", []))
        assert row.get("gated", False) in (True, False, "auto", "manual")
        assert row.get("config", {}).keys() <= {"architectures", "model_type"}


def test_those_of_a_task_lie_together(rows: list[Row]) -> None:
    order = [(row.get("pipeline_tag") or "", row["id"].lower(), row["id"]) for row in rows]
    assert order == sorted(order)


def test_every_name_stands_for_one_model(rows: list[Row]) -> None:
    names = Counter(name.lower() for row in rows for name in (row["id"], *row.get("_aliases", [])))
    assert [name for name, count in names.items() if count > 1] == []


def test_there_is_no_prose_and_no_control_character(lines: list[str]) -> None:
    for line in lines:
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]|\\u00[01]|\\[nrtbf]", line)
        assert not re.search(r'"(?:[^"\\]|\\.){301,}"', line)


def test_every_row_is_owed_to_a_source_that_may_decide(rows: list[Row]) -> None:
    for row in rows:
        assert set(row["_sources"]) - FLAGGED
        assert set(row.get("_from", {}).values()) <= set(row["_sources"])
        assert row.get("_from", {}).keys() <= row.keys()
        assert "_from" in row or len(row["_sources"]) == 1


@pytest.mark.parametrize(
    ("model", "alias", "model_type"),
    [
        ("google-bert/bert-base-uncased", "bert-base-uncased", "bert"),
        ("FacebookAI/roberta-base", "roberta-base", "roberta"),
        ("FacebookAI/xlm-mlm-en-2048", "xlm-mlm-en-2048", "xlm"),
        ("microsoft/deberta-base", None, "deberta"),
        ("microsoft/deberta-v3-base", None, "deberta-v2"),
        ("openai-community/openai-gpt", "openai-gpt", "openai-gpt"),
        ("openai-community/gpt2", "gpt2", "gpt2"),
        ("EleutherAI/gpt-neo-2.7B", None, "gpt_neo"),
        ("facebook/bart-base", None, "bart"),
        ("facebook/bart-large-cnn", None, "bart"),
        ("google-t5/t5-small", "t5-small", "t5"),
        ("google-t5/t5-base", "t5-base", "t5"),
        ("google/flan-t5-xl", None, "t5"),
        ("facebook/m2m100_418M", None, "m2m_100"),
    ],
)
def test_the_classics_are_there(by_id: dict[str, Row], model: str, alias: str | None, model_type: str) -> None:
    row = by_id[model]
    assert row.get("_aliases", []) == ([alias] if alias else [])
    assert row.get("config", {}).get("model_type", row.get("_model_type_tag")) == model_type
    assert row["downloads"] > 0
    assert row["pipeline_tag"]


def test_a_config_that_the_hubs_tags_contradict_is_not_there(by_id: dict[str, Row]) -> None:
    for model, model_type in [("facebook/sam-vit-huge", "sam"), ("google/gemma-2-2b", "gemma2")]:
        assert "config" not in by_id[model]
        assert "config" not in by_id[model]["_from"]
        assert by_id[model]["_model_type_tag"] == model_type


# --- what the README says of it --------------------------------------------------------------------------


def table(first: str) -> dict[str, list[str]]:
    """The table of the README whose head begins so, by the name in its first column."""
    _, _, rest = README.read_text(encoding="utf-8").partition(f"| {first} |")
    body = rest.partition("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in body]
    return {line[0].strip("`"): line[1:] for line in cells}


def test_the_readme_counts_every_source(rows: list[Row]) -> None:
    counted = Counter(source for row in rows for source in row["_sources"])
    told = {key: int(cells[0].replace(",", "")) for key, cells in table("key | rows").items()}
    assert counted == Counter(told)
    assert counted.keys() <= told.keys()
    assert {key for key, cells in table("key | rows").items() if "FLAG" in cells[3]} == FLAGGED


def test_the_readme_explains_and_counts_every_key(rows: list[Row]) -> None:
    told = table("key | whose")
    counted = Counter(key for row in rows for key in row)
    assert counted.keys() <= told.keys()
    for key, (_, count, share, meaning) in told.items():
        outer, _, inner = key.partition(".")
        exact = sum(inner in row.get(outer, {}) for row in rows) if inner else counted[key]
        assert int(count.replace(",", "")) == exact, key
        assert share == f"{100 * exact / len(rows):.1f} %", key
        assert meaning
    assert f"{len(rows):,} models" in README.read_text(encoding="utf-8")


# --- the script ------------------------------------------------------------------------------------------


def model(name: str, **more: object) -> Row:
    return {
        "id": name,
        "author": name.partition("/")[0],
        "_as_of": "2025-12-22",
        "_sources": ["ainexus"],
        **more,
    }


def make(folder: Path, given: list[Row | str], **aliases: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the script on rows, or on lines as they are, and leave out.jsonl.gz in the folder."""
    text = "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in given)
    (folder / "in.jsonl.gz").write_bytes(gzip.compress(text.encode("utf-8", "surrogatepass")))
    (folder / "aliases.json").write_text(json.dumps({"canonical_2024": {}, **aliases}), encoding="utf-8")
    return subprocess.run(
        [sys.executable, str(SCRIPT), "in.jsonl.gz", "aliases.json", "out.jsonl.gz"],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip


def made(folder: Path) -> dict[str, Row]:
    text = gzip.decompress((folder / "out.jsonl.gz").read_bytes()).decode("utf-8")
    return {row["id"]: row for row in map(json.loads, text.splitlines())}


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    given: list[Row | str] = [
        model("b/two", downloads=5, tags=["ねこ"]),
        model("a/one", downloads=5),
        model("c/unknown"),
        model("d/most", downloads=70, _released="2025-01-01", likes=1),
    ]
    outputs = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        done = make(folder, given if folder.name == "first" else given[::-1])
        assert done.returncode == 0, done.stderr
        outputs.append((folder / "out.jsonl.gz").read_bytes())
    assert outputs[0] == outputs[1]
    assert outputs[0][4:8] == b"\0\0\0\0"  # no time of day in the gzip header
    assert list(made(tmp_path / "first")) == ["a/one", "b/two", "c/unknown", "d/most"]
    assert "4 models" in done.stdout
    assert "ねこ" in gzip.decompress(outputs[0]).decode("utf-8")


def test_certain_renames_become_names_and_inferred_ones_do_not(tmp_path: Path) -> None:
    done = make(
        tmp_path,
        [
            model("google-bert/bert", _aliases=["bert", "guess/bert"], downloads=1),
            model("albert", likes=3, _sources=["hfr"]),
            model("t5", likes=4, sha="0" * 40, _sources=["hfr"]),
            model("google-t5/t5", downloads=2),
        ],
        canonical_2024={
            "bert": "google-bert/bert",
            "albert": "albert/albert",
            "t5": "google-t5/t5",
            "no": "x/no",
        },
        inferred={"guess/bert": "google-bert/bert"},
    )
    assert done.returncode == 0, done.stderr
    rows = made(tmp_path)
    assert rows.keys() == {"google-bert/bert", "albert/albert", "google-t5/t5"}
    assert rows["google-bert/bert"]["_aliases"] == ["bert"]
    assert rows["albert/albert"] == model("albert/albert", likes=3, _sources=["hfr"], _aliases=["albert"])
    joined = rows["google-t5/t5"]
    assert (joined["downloads"], joined["likes"], joined["_aliases"]) == (2, 4, ["t5"])
    assert joined["_sources"] == ["ainexus", "hfr"]
    assert joined["_from"] == {"downloads": "ainexus", "likes": "hfr"}
    for told in ("albert -> albert/albert", "t5 -> google-t5/t5", "no -> x/no", "inferred"):
        assert told in done.stdout


def test_what_a_collection_brings_with_it_is_repaired(tmp_path: Path) -> None:
    nan = {"metric": "rouge", "value": float("nan")}
    done = make(
        tmp_path,
        [
            model("a/merge", cardData={"base_model": "b/x, c/y", "license": "not specified"}),
            model("a/self", cardData={"base_model": "a/self (Merge)"}, _eval=[nan, {"metric": "f1", "value": 1}]),
            model("a/nothing", _eval=[nan], _max_tokens=512.0),
            model("a/Case", likes=1, _sources=["radar", "mteb"], _from={"likes": "radar"}),
            model("a/case", likes=2, downloads=9, cardData={"base_model": "a/Case"}),
            model("a/sam", tags=["sam"], config={"model_type": "got_ocr2"}),
            model("a/real", config={"model_type": "sam"}),
            model("a/umt5", tags=["yi"], cardData={"language": ["yi"]}, config={"model_type": "umt5"}),
            model("a/yi", config={"model_type": "Yi"}),
            model("a/long", pipeline_tag="x" * 301),
        ],
    )
    assert done.returncode == 0, done.stderr
    rows = made(tmp_path)
    assert rows["a/merge"]["cardData"] == {"base_model": ["b/x", "c/y"]}
    assert "cardData" not in rows["a/self"]
    assert rows["a/self"]["_eval"] == [{"metric": "f1", "value": 1}]
    assert "_eval" not in rows["a/nothing"]
    assert str(rows["a/nothing"]["_max_tokens"]) == "512"
    assert "a/case" not in rows
    assert rows["a/Case"]["likes"] == 1
    assert rows["a/Case"]["downloads"] == 9
    assert rows["a/Case"]["_from"] == {"likes": "radar", "downloads": "ainexus"}
    assert "cardData" not in rows["a/Case"]
    assert "config" not in rows["a/sam"]
    assert rows["a/sam"]["_model_type_tag"] == "sam"
    assert rows["a/umt5"]["config"] == {"model_type": "umt5"}
    assert len(rows["a/long"]["pipeline_tag"]) == 301
    assert "a/long pipeline_tag (301 characters)" in done.stdout


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        ('{"id": "a/b"', "delimiter"),
        ("[]", "not an object"),
        ('{"id": "a/b", "id": "a/c"}', "one key twice"),
        ("[" * 100_000, "recursion"),
        ({"id": "a/b"}, "no author"),
        (model("no spaces/here"), "id must be"),
        (model("a/b", downloads="12"), "downloads must be a count"),
        (model("a/b", downloads=True), "downloads must be a count"),
        (model("a/b", likes=-1), "likes must be a count"),
        (model("a/b", usedStorage=2**63), "usedStorage must be a count"),
        (model("a/b", tags="bert"), "tags must be a list"),
        (model("a/b", tags=[None]), "tags must be a list"),
        (model("a/b", gated=["auto"]), "gated must be"),
        (model("a/b", config={"model_type": "bert", "auto_map": {}}), "config must be"),
        (model("a/b", createdAt="yesterday"), "createdAt must be a time"),
        (model("a/b", _eval=[{"metric": "f1"}]), "_eval must be"),
        (model("a/b", readme="# Hello"), "unknown key 'readme'"),
        (model("a/b", library_name="a\0b"), "control character"),
        (model("a/b", tags=["\ud83d"]), "surrogate"),
        (model("a/b", cardData={"x": float("inf")}), "beyond all bounds"),
        (model("a/b", author="c"), "first half of the id"),
        (model("a/b", _sources=[]), "names no source"),
        (model("a/b", _from={"likes": "ainexus"}), "which the row has not"),
        (model("a/b", likes=1, _from={"likes": "radar"}), "not in _sources"),
        (model("ok/one"), "already on line 1"),
        (model("a/b", _aliases=["ok/one"]), "also a name of ok/one"),
    ],
)
def test_a_bad_row_is_named_and_nothing_is_written(tmp_path: Path, bad: Row | str, fault: str) -> None:
    done = make(tmp_path, [model("ok/one"), bad])
    assert done.returncode == 1
    assert re.match(r"in\.jsonl\.gz:2: ", done.stderr), done.stderr
    assert fault in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("out*"))


def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    make(tmp_path, [model("ok/one")])
    (tmp_path / "out.jsonl.gz").unlink()
    whole = gzip.compress(b'{"id": "a/b"}\n')
    for broken in (b"not gzip", whole[:-9], whole[:10] + b"\xff" * 20):
        (tmp_path / "in.jsonl.gz").write_bytes(broken)
        done = subprocess.run(
            [sys.executable, str(SCRIPT), "in.jsonl.gz", "aliases.json", "out.jsonl.gz"],
            cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 1
        assert done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "out.jsonl.gz").exists()
