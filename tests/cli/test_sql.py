"""`zukan sql` as it is typed: every format, hostile text, what is refused, and what comes when it comes."""

from __future__ import annotations

import csv
import io
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import Zukan, child_environment
from zukan.ingest import take_page
from zukan.store.sql import VIEWS
from zukan.store.write import CatalogueWriter

FORMATS = ("table", "json", "jsonl", "csv", "md", "ids")
ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b[ ,;]+){2}[a-z]{2,}\b")
"""Three small English words in a row."""

ROWS = [
    {"_id": "1", "id": "a/bert", "downloads": 30, "likes": 3, "tags": ["ja"], "config": {"model_type": "bert"}},
    {"_id": "2", "id": "b/t5", "downloads": 20, "config": {"model_type": "t5"}},
    {
        "_id": "3",
        "id": "evil/\x1b[31mred\x07-bert",
        "downloads": 10,
        "tags": ["<script>alert(1)</script>", "a|b", "\u202eright-to-left"],
        "pipeline_tag": "=cmd|' /C calc'!A0",
        "library_name": "\x1b]0;title\x07\x9b31m\x7f",
        "config": {"model_type": "bert\x1b[2J", "architectures": ["Bert\nForMaskedLM"]},
    },
]


def endless(rest: str) -> str:
    """Return a statement that counts in `c.x` as long as it may, with what it does with that."""
    return f"{ENDLESS} {rest}"


@pytest.fixture(autouse=True)
def path(tmp_path: Path) -> Path:
    """Return a catalogue of three models, at `ZUKAN_DB`."""
    path = tmp_path / "catalogue.sqlite"
    with CatalogueWriter(path, create=True) as writer, writer.transaction():
        take_page(writer, ROWS)
    return path


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", "sql", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=child_environment(), **options,
    )  # fmt: skip


def one_sentence(text: str) -> bool:
    return text.startswith("zukan: ") and text.count("\n") == 1 and "Traceback" not in text


# --- formats -----------------------------------------------------------------------------------------------------

ASKED = "SELECT model_id, likes, downloads / 4.0 AS quarter FROM models WHERE author <> 'evil' ORDER BY downloads DESC"


def test_json_is_an_array_of_objects(zukan: Zukan) -> None:
    done = zukan("sql", ASKED, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    rows = json.loads(done.stdout)
    assert rows == [
        {"model_id": "a/bert", "likes": 3, "quarter": 7.5},
        {"model_id": "b/t5", "likes": None, "quarter": 5.0},
    ]
    assert done.stdout == json.dumps(rows, indent=2) + "\n", "as every other command writes a list"


def test_json_lines(zukan: Zukan) -> None:
    lines = zukan("sql", ASKED, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["model_id"] for line in lines] == ["a/bert", "b/t5"]


def test_csv_has_a_header(zukan: Zukan) -> None:
    assert zukan("sql", ASKED, "--format", "csv").stdout == "model_id,likes,quarter\na/bert,3,7.5\nb/t5,,5.0\n"


def test_markdown(zukan: Zukan) -> None:
    assert zukan("sql", ASKED, "--format", "md").stdout.splitlines() == [
        "| model\\_id | likes | quarter |",
        "| --- | --- | --- |",
        "| a/bert | 3 | 7.5 |",
        "| b/t5 |  | 5.0 |",
    ]


def test_ids_are_the_first_column(zukan: Zukan) -> None:
    assert zukan("sql", ASKED, "--format", "ids").stdout == "a/bert\nb/t5\n"


def test_a_table_has_its_numbers_on_the_right(zukan: Zukan) -> None:
    header, line, first, second = zukan("sql", ASKED).stdout.splitlines()
    assert header.split() == ["model_id", "likes", "quarter"]
    assert set(line) == {"─"}
    assert first.split() == ["a/bert", "3", "7.5"]
    assert second.split() == ["b/t5", "–", "5.0"]
    assert len(header) == len(first) == len(second)


def test_a_table_shows_the_first_rows_and_json_all(zukan: Zukan) -> None:
    full = zukan("sql", endless("SELECT x FROM c LIMIT 200"))
    assert (len(full.stdout.splitlines()), full.stderr) == (202, "")
    cut = zukan("sql", endless("SELECT x FROM c LIMIT 201"))
    assert cut.stdout == full.stdout
    assert cut.stderr == "Only the first 200 rows are shown; --format json writes all.\n"
    assert len(json.loads(zukan("sql", endless("SELECT x FROM c LIMIT 20000"), "--format", "json").stdout)) == 20_000


def test_a_table_of_endless_rows_ends(zukan: Zukan) -> None:
    done = zukan("sql", endless("SELECT x FROM c"))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 202)


def test_a_wide_table_says_what_it_has_no_room_for(zukan: Zukan) -> None:
    done = zukan("sql", "SELECT * FROM models LIMIT 1", environment={"COLUMNS": "80"})
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "No room for: " in done.stderr
    assert "crawled_at" in done.stderr


def test_long_text_is_cut_in_a_table_only(zukan: Zukan) -> None:
    asked = "SELECT printf('%.*c', 5000, 'x') AS y"
    assert len(zukan("sql", asked).stdout) < 1_000
    assert zukan("sql", asked, "--format", "ids").stdout == "x" * 5_000 + "\n"


@pytest.mark.parametrize(
    ("format_", "expected"),
    [("table", ""), ("json", "[]\n"), ("jsonl", ""), ("csv", "likes\n"), ("md", "| likes |\n| --- |\n"), ("ids", "")],
)
def test_no_rows_are_no_error(zukan: Zukan, format_: str, expected: str) -> None:
    done = zukan("sql", "SELECT likes FROM models WHERE likes > 99", "--format", format_)
    assert (done.returncode, done.stdout, done.stderr) == (0, expected, "No rows.\n")


def test_two_columns_of_one_name_are_both_there(zukan: Zukan) -> None:
    asked = "SELECT a.model_id, b.model_id FROM models a, models b WHERE a.likes = 3 AND b.downloads = 20"
    assert json.loads(zukan("sql", asked, "--format", "json").stdout) == [{"model_id": "a/bert", "model_id_2": "b/t5"}]


def test_the_largest_integer_is_exact_and_bytes_are_readable(zukan: Zukan) -> None:
    done = zukan("sql", "SELECT 9223372036854775807 AS n, x'00ff' AS b, 9e999 AS i", "--format", "json")
    assert json.loads(done.stdout) == [{"n": 9223372036854775807, "b": "00ff", "i": "Inf"}]


# --- hostile text ------------------------------------------------------------------------------------------------

NASTY = (
    "SELECT pipeline_tag AS \"=1+1\", model_id, library_name, tags, config AS \"\x1b[31m<b>x</b>|\" "
    "FROM models WHERE author = 'evil'"
)  # fmt: skip


@pytest.mark.parametrize("format_", FORMATS)
def test_text_of_the_hub_cannot_reach_the_terminal_as_a_command(zukan: Zukan, format_: str) -> None:
    done = zukan("sql", NASTY, "--format", format_)
    assert done.returncode == 0, done.stderr
    for text in (done.stdout, done.stderr):
        assert not any(ord(character) < 32 and character not in "\n\t" for character in text)
        assert not any(character in text for character in "\x7f\x9b\u202e")
    if format_ == "md":
        assert not {"<b>", "<script>"} & set(re.findall(r"<\w+>", done.stdout))
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in done.stdout.splitlines()} == {6}
    elif format_ == "csv":
        assert len(done.stdout.splitlines()) == 2
        cells = [cell for row in csv.reader(io.StringIO(done.stdout)) for cell in row]
        assert len(cells) == 10
        assert not [cell for cell in cells if cell.startswith(("=", "@", "+", "-"))]
    elif format_ == "json":
        (row,) = json.loads(done.stdout)
        assert row["model_id"] == ROWS[2]["id"], "JSON keeps the text, written as escapes"
        assert row["=1+1"] == ROWS[2]["pipeline_tag"]


def test_an_error_with_hostile_text_is_one_line(zukan: Zukan) -> None:
    done = zukan("sql", 'SELECT "\x1b[31m\n\x07x" FROM "mo\x9bdels\n"')
    assert done.returncode == 2
    assert one_sentence(done.stderr)
    assert not any(character in done.stderr for character in "\x1b\x07\x9b")


# --- what is asked -----------------------------------------------------------------------------------------------


def test_the_statement_may_come_on_stdin(zukan: Zukan) -> None:
    done = zukan("sql", "-", "--format", "ids", input="\ufeff-- the best\nSELECT '本'\n;\n")
    assert (done.returncode, done.stdout) == (0, "本\n"), done.stderr


def test_bytes_on_stdin_that_are_no_text() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "zukan_cli", "sql", "-"],
        input=b"SELECT '\xff'", capture_output=True, check=False, env=child_environment(),
    )  # fmt: skip
    assert done.returncode == 2
    assert b"not UTF-8" in done.stderr


def test_more_on_stdin_than_can_be_meant(zukan: Zukan) -> None:
    done = zukan("sql", "-", input="SELECT '" + "本" * 500_000)
    assert done.returncode == 2
    assert "longer than 100,000 bytes" in done.stderr


@pytest.mark.parametrize("format_", FORMATS)
def test_the_views_are_listed(zukan: Zukan, format_: str) -> None:
    done = zukan("sql", "--views", "--format", format_)
    assert (done.returncode, done.stderr) == (0, "")
    for name in VIEWS:
        assert name in done.stdout.replace("\\", "")
    if format_ == "json":
        rows = json.loads(done.stdout)
        assert [(row["id"], row["description"]) for row in rows] == list(VIEWS.items())
        for row in rows:
            asked = f"SELECT {', '.join(row['columns'])} FROM {row['id']} LIMIT 1"  # noqa: S608 (our own names)
            assert zukan("sql", asked).returncode == 0
    elif format_ != "ids":
        assert "front matter (JSON)" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what to ask"),
        (("SELECT 1", "--views"), "say what to ask"),
        (("SELECT", "1"), "unexpected extra argument"),
        (("SELECT 1", "--time-limit", "0"), "--time-limit"),
        (("SELECT 1", "--time-limit", "nan"), "0"),
        (("SELECT 1", "--format", "xml"), "table, json"),
        (("",), "nothing to run"),
        (("SELECT 1; SELECT 2",), "one statement"),
        (("SELECT downlods FROM models",), "no such column: downlods"),
        (("SELEC 1",), "syntax error"),
        (("DELETE FROM model",), "only reading"),
        (("ATTACH 'x.sqlite' AS x",), "only reading"),
        (("PRAGMA user_version",), "only reading"),
        (("VACUUM INTO 'copy.sqlite'",), "only reading"),
        (("SELECT * FROM model",), "private"),
        (("SELECT count(*) FROM detail",), "the views are models, trials"),
        (("SELECT sql FROM sqlite_master",), "private"),
        (("SELECT load_extension('x')",), "not allowed"),
        (("SELECT zeroblob(2000000000)",), "larger than 50 MB"),
        ((endless("SELECT x FROM c WHERE x < 0"), "--time-limit", "1"), "stopped after 1 s"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_what_is_refused(zukan: Zukan, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    before = {file.name for file in tmp_path.iterdir()}
    done = zukan("sql", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert one_sentence(done.stderr), done.stderr
    assert said in done.stderr
    assert "zukan sql --" in done.stderr or "--time-limit" in done.stderr
    assert {file.name for file in tmp_path.iterdir() if not file.name.endswith(("-wal", "-shm"))} <= before


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM model",
        "SELECT * FROM nothing_of_the_kind",
        "DROP TABLE model",
        "SELECT 1; SELECT 2",
        "SELECT zeroblob(2000000000)",
        "SELEC 1",
        "SELECT downlods FROM models",
        "",
        endless("SELECT x FROM c WHERE x < 0"),
    ],
)
def test_a_refusal_is_japanese(zukan: Zukan, statement: str) -> None:
    done = zukan("sql", statement, "--ui", "ja", "--time-limit", "0.3")
    assert done.returncode == 2
    assert one_sentence(done.stderr)
    assert not ENGLISH.search(done.stderr.replace(", ".join(VIEWS), "").replace("zukan sql --views", ""))


def test_the_views_are_described_in_japanese(zukan: Zukan) -> None:
    header, _line, *views = zukan("sql", "--views", "--ui", "ja", "--format", "md").stdout.splitlines()
    assert header == "| ビュー | 列 | 内容 |"
    assert len(views) == len(VIEWS)
    for view in views:
        assert not ENGLISH.search(view.split("|")[-2])


# --- what comes when it comes ------------------------------------------------------------------------------------


def test_rows_before_a_failure_are_written_and_a_broken_array_shows_it(zukan: Zukan) -> None:
    asked = "SELECT x, json(iif(x = 3, '{', '1')) FROM (SELECT value AS x FROM json_each('[1, 2, 3, 4]'))"
    done = zukan("sql", asked, "--format", "json")
    assert (done.returncode, one_sentence(done.stderr)) == (2, True)
    assert '"x": 1' in done.stdout
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.stdout)


def test_a_reader_that_goes_away_is_no_error() -> None:
    for format_ in FORMATS[1:]:
        with start(endless("SELECT x, 'y' FROM c"), "--format", format_, "--time-limit", "60") as child:
            assert child.stdout is not None
            assert child.stderr is not None
            child.stdout.read(5)
            child.stdout.close()
            said = child.stderr.read()
        assert (child.returncode, said) == (0, ""), format_


def test_a_slow_reader_has_all_the_time_there_is() -> None:
    with start(endless("SELECT x FROM c LIMIT 100000"), "--format", "ids", "--time-limit", "1") as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(1.5)
        assert len(child.stdout.readlines()) == 99_999
    assert child.returncode == 0


def test_no_row_is_kept(tmp_path: Path) -> None:
    asked = endless("SELECT x, printf('%.*c', 10000, 'x') AS y FROM c LIMIT 30000")
    with (tmp_path / "out.json").open("w") as file:
        child = subprocess.Popen(
            [sys.executable, "-m", "zukan_cli", "sql", asked, "--format", "json"], stdout=file, env=child_environment()
        )
        peak = 0
        # Not the resource usage of the dead child: that begins with the memory of whoever forked it.
        while child.poll() is None:
            status = Path(f"/proc/{child.pid}/status").read_text(encoding="ascii") if Path("/proc").is_dir() else ""
            peak = max(peak, *(int(number) for number in re.findall(r"VmHWM:\s+(\d+)", status)), 0)
            time.sleep(0.02)
    assert child.returncode == 0
    assert (tmp_path / "out.json").stat().st_size > 300_000_000
    assert peak < 100_000, "kilobytes"


def test_ctrl_c_stops_it() -> None:
    with start(endless("SELECT x FROM c WHERE x < 0")) as child:
        time.sleep(1.5)
        child.send_signal(signal.SIGINT)
        assert child.stderr is not None
        said = child.stderr.read()
    assert child.returncode == 130
    assert "Traceback" not in said


# --- the file ----------------------------------------------------------------------------------------------------


def test_a_catalogue_that_cannot_be_had(zukan: Zukan, tmp_path: Path) -> None:
    for arguments in (("SELECT 1",), ("--views",)):
        done = zukan("sql", *arguments, "--db", "/proc/zukan/catalogue.sqlite")
        assert (done.returncode, done.stdout) == (5, "")
        other = tmp_path / "other.sqlite"
        other.write_bytes(b"hello, this is text and no database " * 40)
        done = zukan("sql", *arguments, "--db", str(other))
        assert (done.returncode, done.stdout) == (5, "")
        assert one_sentence(done.stderr)
        assert "move it away" in done.stderr


def test_a_catalogue_cut_short(zukan: Zukan, path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 3)
    done = zukan("sql", "SELECT * FROM models", "--format", "json")
    assert done.returncode == 5
    assert one_sentence(done.stderr)
