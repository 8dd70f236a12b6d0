"""The output contract: JSON keys, every format of every list, and what a terminal must never be sent."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import Zukan
from zukan.ingest import take_page
from zukan.store.write import CatalogueWriter

MODEL_KEYS = {"model_id", "family", "certainty", "reason", "evidence", "pipeline_tag", "library_name", "downloads"}
LISTS = (
    ("search", "flan t5"),
    ("similar", "flan-t5-small"),
    ("recommend", "summarization"),
    ("families",),
    ("tasks",),
)


@pytest.mark.parametrize("command", LISTS, ids=lambda command: command[0])
def test_every_format_of_every_list(zukan: Zukan, catalogue: Path, command: tuple[str, ...]) -> None:
    def out(format_: str) -> str:
        done = zukan(*command, "--format", format_)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    whole = json.loads(out("json"))
    rows = whole["candidates"] if command[0] == "recommend" else whole
    ids = [row.get("model_id", row.get("id")) for row in rows]
    assert len(ids) == len(set(ids)) > 2
    assert out("ids").split() == ids
    assert [json.loads(line) for line in out("jsonl").splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(out("csv"))))
    assert [row.get("model_id", row.get("id")) for row in table] == ids
    markdown = out("md").splitlines()
    assert len(markdown) == len(ids) + 2
    assert all(line.startswith("| ") and line.endswith(" |") for line in markdown)
    drawn = out("table")
    for name in ids:
        assert name.replace("\n", "") in drawn.replace("\n", "") or name[:20] in drawn


def test_the_json_of_a_search(zukan: Zukan, catalogue: Path) -> None:
    rows = json.loads(zukan("search", "japanese sentiment", "--family", "encoder-only", "--format", "json").stdout)
    assert rows
    for row in rows:
        assert set(row) >= MODEL_KEYS
        assert row["family"] == "encoder-only"


def test_the_json_of_show(zukan: Zukan, catalogue: Path) -> None:
    row = json.loads(zukan("show", "bert-base-uncased", "--format", "json").stdout)
    assert row["model_id"] == "google-bert/bert-base-uncased"
    assert set(row) >= MODEL_KEYS | {"fit", "snippet", "trials", "aliases", "config"}
    assert (row["family"], row["certainty"]) == ("encoder-only", "certain")
    assert row["evidence"]["config.architectures"] == ["BertForMaskedLM"]
    assert "AutoModelForMaskedLM" in row["snippet"]
    assert row["as_of"]


def test_the_json_of_a_recommendation(zukan: Zukan, catalogue: Path) -> None:
    answer = json.loads(zukan("recommend", "summarise", "news", "--format", "json").stdout)
    assert answer["task"] == "summarization"
    for place, row in enumerate(answer["candidates"], 1):
        assert set(row) >= MODEL_KEYS | {"score", "reasons", "fit", "rank"}
        assert row["rank"] == place
        assert row["score"] == pytest.approx(sum(part["points"] for part in row["reasons"]), abs=0.01)


def test_nothing_found_is_an_empty_list_and_no_error(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "qqqqzzzz", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert "No model matches" in done.stderr


def test_a_closed_pipe_is_no_error(catalogue: Path, tmp_path: Path) -> None:
    import subprocess
    import sys

    from conftest import child_environment

    done = subprocess.run(
        f"{sys.executable} -m zukan_cli search bert --format jsonl --limit 500 | head -1",
        shell=True,
        capture_output=True,
        text=True,
        env=child_environment(),
        check=True,
    )
    assert json.loads(done.stdout)["model_id"]
    assert done.stderr == ""


HOSTILE = {
    "id": "evil/\x1b[31mred\x07-bert",
    "tags": ["bert", "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "a|b", "\u202eright-to-left"],
    "pipeline_tag": "fill-mask",
    "library_name": "\x1b]0;title\x07",
    "cardData": {"license": "<b>mit</b>|\x9b31m"},
    "downloads": 10**9,
    "config": {"model_type": "bert\x1b[2J", "architectures": ["Bert\nForMaskedLM"]},
}


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, [HOSTILE])
    return path


@pytest.mark.parametrize("format_", ["table", "json", "jsonl", "csv", "md", "ids"])
@pytest.mark.parametrize("command", [("search", "bert"), ("recommend", "fill-mask")], ids=lambda command: command[0])
def test_text_of_the_hub_cannot_reach_the_terminal_as_a_command(
    zukan: Zukan, hostile: Path, command: tuple[str, ...], format_: str
) -> None:
    done = zukan(*command, "--format", format_)
    assert done.returncode == 0
    for text in (done.stdout, done.stderr):
        assert not any(ord(character) < 32 and character not in "\n\t" for character in text)
        assert not any(character in text for character in "\x7f\x9b\u202e")
    if format_ == "md":
        assert "<b>" not in done.stdout
    if format_ == "json":
        rows: Any = json.loads(done.stdout)
        row = rows["candidates"][0] if command[0] == "recommend" else rows[0]
        assert row["model_id"] == HOSTILE["id"], "JSON keeps the text, written as escapes"


def test_show_of_a_hostile_model(zukan: Zukan, hostile: Path) -> None:
    done = zukan("show", str(HOSTILE["id"]))
    assert done.returncode == 0
    assert "\x1b" not in done.stdout


def test_a_narrow_terminal_keeps_the_names(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "bert-base-uncased", "--limit", "3", environment={"COLUMNS": "60"})
    assert max(len(line) for line in done.stdout.splitlines()) <= 60
    assert "google-bert/bert-base-uncased" in done.stdout.replace("\n", "")
    assert "No room for: " in done.stderr
    assert "downloads" in done.stderr


def test_an_ascii_terminal_is_no_reason_to_fail(zukan: Zukan, catalogue: Path) -> None:
    environment = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = zukan("recommend", "翻訳", "--ui", "ja", environment=environment)
    assert done.returncode == 0, done.stderr


def test_a_read_only_catalogue_can_be_read(zukan: Zukan, seed_catalogue: Path, tmp_path: Path) -> None:
    folder = tmp_path / "fixed"
    folder.mkdir()
    path = folder / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    path.chmod(0o444)
    folder.chmod(0o555)
    try:
        done = zukan("search", "bert", "--limit", "1", "--format", "ids", "--db", str(path))
    finally:
        folder.chmod(0o755)
    assert (done.returncode, done.stdout.strip()) == (0, "google-bert/bert-base-uncased")


def test_the_answer_of_a_trial_is_in_every_format(zukan: Zukan, catalogue: Path) -> None:
    for format_ in ("md", "csv", "jsonl"):
        done = zukan("try", "zukan/mini-t5", "translate English to German: How are you", "--format", format_)
        assert done.returncode == 0, done.stderr
        assert "Wie sind Sie?" in done.stdout, format_


def test_no_cell_of_a_csv_begins_like_a_formula(zukan: Zukan, hostile: Path) -> None:
    rows = list(csv.reader(io.StringIO(zukan("search", "bert", "--format", "csv").stdout)))
    assert not [cell for row in rows[1:] for cell in row if cell.startswith(("=", "@", "+", "-"))]


def test_zukan_alone_shows_its_help(zukan: Zukan) -> None:
    done = zukan()
    assert done.returncode == 0
    assert "recommend" in done.stdout
    assert done.stderr == ""


def test_a_closed_pipe_ends_well(catalogue: Path) -> None:
    import subprocess
    import sys

    from conftest import child_environment

    command = f"set -o pipefail; {sys.executable} -m zukan_cli search bert --format jsonl --limit 2000 | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=child_environment(), check=False)
    assert (done.returncode, done.stderr) == (0, "")
