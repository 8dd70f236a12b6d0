"""`zukan search` as it is typed: queries among options, the place of an error, facets, what was guessed."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import CHECKOUT, Zukan
from zukan.query_values import FIELDS
from zukan.schema import Counted, Facet
from zukan.wrapping import width
from zukan_cli import facets
from zukan_cli.app import run
from zukan_cli.output import clean
from zukan_cli.query_pointer import pointer


def ids(zukan: Zukan, *arguments: str) -> list[str]:
    done = zukan("search", "--format", "ids", *arguments)
    assert done.returncode == 0, done.stderr
    return str(done.stdout).split()


# --- a query among options -----------------------------------------------------------------------------------


def test_a_part_with_a_dash_needs_no_quotes(zukan: Zukan, catalogue: Path) -> None:
    expected = ids(zukan, "bert -lang:zh -type:bert", "--limit", "5")
    assert len(expected) == 5
    assert ids(zukan, "bert", "-lang:zh", "-type:bert", "--limit", "5") == expected
    assert ids(zukan, "-lang:zh", "--limit", "5", "bert", "-type:bert") == expected
    assert ids(zukan, "--limit", "5", "--", "bert", "-lang:zh", "-type:bert") == expected
    assert expected != ids(zukan, "bert", "--limit", "5")


def test_words_with_a_dash_are_left_out(zukan: Zukan, catalogue: Path) -> None:
    for word in ("-lora", "-large", "-tiny", "-finetuned", "-日本語", "-base|x"):
        assert ids(zukan, "bert", word, "-n", "5") == ids(zukan, f"bert {word}", "-n5")


def test_options_stay_options(zukan: Zukan, catalogue: Path) -> None:
    expected = ids(zukan, "--language", "ja", "--task", "fill-mask", "--limit", "3")
    assert len(expected) == 3
    assert ids(zukan, "-lja", "-tfill-mask", "-n3") == expected
    assert ids(zukan, "-l", "ja", "-t", "fill-mask", "-n", "3") == expected
    done = zukan("search", "bert", "-n1", "-fjson")
    assert len(json.loads(done.stdout)) == 1
    assert zukan("search", "--author=google", "t5", "-n2", "-fids").stdout.split()[0].startswith("google/")
    assert zukan("search", "-h").stdout.lstrip().startswith("Usage: zukan search")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ("-limit", "5"),
            "no option is called -limit, but --limit is; to leave out that word, put the query behind --",
        ),
        (("-format=json",), "no option is called -format, but --format is"),
        (("-x",), "no option is called -x; to leave out that word"),
        (("--nonsense",), "--nonsense"),
        (("--lang:zh",), "--lang:zh"),
        (("--limit", "0"), "--limit 0 goes with --facets"),
        (("--limit", "-1"), "--limit"),
    ],
)
def test_slips_in_options_are_said(zukan: Zukan, catalogue: Path, arguments: tuple[str, ...], expected: str) -> None:
    done = zukan("search", "bert", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_completion_is_not_stopped_by_a_slip(zukan: Zukan) -> None:
    typed = {"_ZUKAN_COMPLETE": "complete_bash", "COMP_WORDS": "zukan search -limit --fa", "COMP_CWORD": "3"}
    done = zukan(environment=typed)
    assert {"--family", "--facets"} <= set(done.stdout.split())
    assert done.stderr == ""


def test_every_field_is_told_in_the_help_and_in_both_readmes(zukan: Zukan) -> None:
    told = zukan("search", "--help", environment={"COLUMNS": "110"}).stdout.partition("╭")[0]
    tables = [(CHECKOUT / name).read_text(encoding="utf-8") for name in ("README.md", "README.ja.md")]
    for field in set(FIELDS.values()):
        names = [name for name, of in FIELDS.items() if of == field]
        assert any(re.search(rf"\b{name}\b", told) for name in names), field
        assert all(f"`{name}`" in text for text in tables for name in names), names


# --- the place of an error -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "sentence", "blamed"),
    [
        ("bert tsk:ner", "unknown field: tsk (nearest: task).", "tsk:ner"),
        ("bert task:fil-mask", "unknown task: fil-mask (nearest: fill-mask, question-answering).", "fil-mask"),
        ("日本語　翻訳 params:3B..1B", "params: 3B..1B is an impossible range.", "3B..1B"),
        ('bert "masked language', "this quotation mark is not closed.", '"masked'),
        ("bert (a OR (b) c", "this parenthesis is not closed.", "(a OR"),
        ("\tbert\tgated:maybe", "unknown value of gated: maybe (known: yes, no, auto, manual, none).", "maybe"),
    ],
)
def test_a_caret_stands_under_what_is_wrong(
    zukan: Zukan, catalogue: Path, query: str, sentence: str, blamed: str
) -> None:
    done = zukan("search", query)
    assert (done.returncode, done.stdout) == (2, "")
    said, shown, caret = done.stderr.splitlines()
    assert said == f"zukan: {sentence}"
    place = shown.index(blamed)
    assert caret.strip() == "^"
    assert width(shown[:place]) == len(caret) - 1


def test_a_long_query_is_cut_around_what_is_wrong(zukan: Zukan, catalogue: Path) -> None:
    query = f"{'日本語 ' * 60}tsk:ner {'bert ' * 60}"
    for columns in (20, 40, 80):
        done = zukan("search", query, environment={"COLUMNS": str(columns)})
        _said, shown, caret = done.stderr.splitlines()
        assert max(width(shown), width(caret)) < columns
        assert shown.startswith("  …")
        assert shown.endswith("…")
        assert width(shown[: shown.index("tsk")]) == len(caret) - 1


def test_a_query_cannot_command_the_terminal(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "\x1b[31mbert\u202e\x9b tsk:ner")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", done.stderr)
    _said, shown, caret = done.stderr.splitlines()
    assert shown == r"  \x1b[31mbert\x202e\x9b tsk:ner"
    assert shown.index("tsk") == caret.index("^")


def test_an_ascii_terminal_gets_a_caret_too(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "日本 tsk:ner", environment={"PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    _said, shown, caret = done.stderr.splitlines()
    assert shown == r"  \u65e5\u672c tsk:ner"
    assert shown.index("tsk") == caret.index("^")


@given(st.text(max_size=200), st.integers(-1, 250), st.integers(1, 120))
def test_any_query_and_place_can_be_shown(query: str, position: int, columns: int) -> None:
    shown, caret = pointer(query, position, columns)
    assert clean(shown) == shown
    assert len(shown.splitlines()) == 1
    assert caret.strip(" ") == "^"
    assert max(width(shown), len(caret)) <= max(columns, 24)


# --- facets ---------------------------------------------------------------------------------------------------


def test_facets_follow_the_models(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "task:translation", "--facets", "--limit", "2", environment={"COLUMNS": "100"})
    assert done.returncode == 0, done.stderr
    table, _, counted = done.stdout.partition("\n\n")
    assert len(table.splitlines()) == 4
    first, *lines = counted.splitlines()
    assert re.fullmatch(r"[\d,]+ models match\.", first)
    number = first.split()[0]
    assert re.sub(r" +", " ", lines[0]) == f"task translation {number}"
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == [
        *("task", "family", "language", "license", "library", "size", "year")
    ]
    assert re.search(r"^family +seq2seq [\d,]+, ", counted, re.MULTILINE)
    assert all(len(line) <= 100 for line in lines)
    assert "There are more: --offset 2." in done.stderr


def test_facets_alone(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "--facets", "--limit", "0")
    assert done.stdout.startswith("25,953 models match.\n")
    assert done.stderr == ""
    common = zukan("search", "bert", "--facets", "--limit", "0").stdout.splitlines()[0]
    assert re.fullmatch(
        r"(?:More than 1,500|[\d,]+) models match\. The figures below are those of the 500 most popular\.", common
    )
    nothing = zukan("search", "qqqqzzzz", "--facets", "--limit", "0")
    assert (nothing.returncode, nothing.stdout) == (0, "0 models match.\n")
    assert nothing.stderr.startswith("No model matches; ")
    japanese = zukan("search", "--facets", "--limit", "0", "--ui", "ja").stdout
    assert japanese.startswith("一致するモデルは 25,953 件です。\nタスク ")


def test_facets_for_programs(zukan: Zukan, catalogue: Path) -> None:
    def out(format_: str, *more: str) -> str:
        done = zukan("search", "task:translation", "--facets", "--format", format_, *more)
        assert done.returncode == 0, done.stderr
        if format_ != "json":
            assert re.fullmatch(r"[\d,]+ models match\.\n", done.stderr)
        return str(done.stdout)

    whole = json.loads(out("json", "--limit", "3"))
    assert set(whole) == {
        "total",
        "facets",
        "sampled",
        "corrections",
        "suggestion",
        "unmatched",
        "meant",
        "wishes",
        "relaxed",
        "more",
        "models",
    }
    assert set(whole["total"]) == {"models", "exact", "counted_at"}
    assert [row["pipeline_tag"] for row in whole["models"]] == ["translation"] * 3
    number = whole["total"]["models"]
    assert whole["facets"]["task"] == {"values": [{"value": "translation", "models": number}], "more": 0}
    rows = [{"facet": name, **value} for name, facet in whole["facets"].items() for value in facet["values"]]
    assert len(rows) > 50
    assert [json.loads(line) for line in out("jsonl").splitlines()] == rows
    table = list(csv.DictReader(io.StringIO(out("csv"))))
    assert [(row["facet"], int(row["models"])) for row in table] == [(row["facet"], row["models"]) for row in rows]
    assert out("ids").splitlines() == [f"{row['facet']}:{row['value']}" for row in rows]
    assert len(out("md").splitlines()) == len(rows) + 2
    assert isinstance(json.loads(zukan("search", "bert", "--format", "json").stdout), list), "without, it is a list"


def test_how_exact_a_count_is_is_said() -> None:
    assert facets.total(Counted(1_234, exact=True)) == "1,234 models match."
    assert facets.total(Counted(10_000, exact=False)) == "More than 10,000 models match."
    counted = Counted(1_234, exact=True, counted_at="2026-11-26T03:04:05+00:00")
    assert facets.total(counted) == "1,234 models match (counted on 2026-11-26)."


def test_a_facet_of_many_values_is_cut_and_wrapped() -> None:
    many = Facet("license", tuple((f"licence-{place}\x1b\n", 100 - place) for place in range(50)), more=7)
    ((name, text),) = facets.lines((many, Facet("size", ())), 60)
    assert name == "license"
    assert text.count("licence-") == 10
    assert text.endswith("\n47 more")
    assert all(len(line) <= 60 - 9 for line in text.splitlines())
    assert "\x1b" not in text
    years = Facet("year", tuple((str(2000 + place), 1) for place in range(30)))
    assert facets.lines((years,), 60)[0][1].count("20") >= 30, "years and sizes are shown whole"


# --- what was guessed or left out -----------------------------------------------------------------------------


def test_mended_slips_are_said(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "mistrl", "--limit", "3", "--format", "ids")
    assert all("mistral" in name.lower() for name in done.stdout.split())
    assert done.stderr == "Hardly any model is named “mistrl”; these are for “mistral”.\n"
    done = zukan("search", "mistrl", "--limit", "3", "--format", "ids", "--ui", "ja")
    assert done.stderr.startswith("「mistrl」に一致するモデルがほとんどないため、「mistral」")
    whole = json.loads(zukan("search", "mistrl", "--limit", "1", "--facets", "--format", "json").stdout)
    assert whole["corrections"] == [{"typed": "mistrl", "taken_for": "mistral"}]


def test_beyond_the_last_model_the_offset_is_blamed(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "camembert", "--offset", "9999", "--format", "ids")
    assert (done.stdout, done.stderr) == ("", "Fewer models match than --offset 9999 passes over; lower it.\n")
    done = zukan("search", "qqqzzzxxx", "--format", "ids")
    assert done.stderr.startswith("No model matches; try fewer words or filters")


def test_unknown_sizes_are_counted_to_a_limit(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "params:<1B", "--limit", "1", "--format", "ids")
    assert "More than 1,000 models that match are left out: their size is not known." in done.stderr
    done = zukan("search", "camembert params:<1B", "--limit", "1", "--format", "ids")
    assert re.search(r"^[\d,]+ models that match are left out: their size is not known\.$", done.stderr, re.MULTILINE)
    done = zukan("search", "params:<1B", "--limit", "1", "--format", "ids", "--ui", "ja")
    assert "条件に合う 1,000 件以上は、サイズが不明なため除きました。" in done.stderr


def test_errors_of_queries_are_one_sentence_in_japanese(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, catalogue: Path
) -> None:
    from zukan_cli import i18n

    monkeypatch.setattr(i18n, "_chosen", "en")
    queries = {
        "tsk:ner": "不明なフィールド: tsk（近いもの: task）。",
        "qqqqq:1": "不明なフィールド: qqqqq（指定できる値: task, family,",
        "task:fil-mask": "不明なタスク: fil-mask（近いもの: fill-mask, ",
        "family:encodr": "不明な系統: encodr（近いもの: encoder-only",
        "lang:japanes": "不明な言語: japanes（近いもの: japanese",
        "lang:xxxxxxxxxxxx": "不明な言語: xxxxxxxxxxxx（指定できる値: ja などのコード",
        "gated:maybe": "gated に maybe という値はありません（指定できる値: yes, no,",
        "has:crd": "has に crd という値はありません（近いもの: card）。",
        "params:3B..1B": "params: 3B..1B という範囲はありえません。",
        "params:many": "params: many は範囲として読み取れません（例: <1000、>=1k、1B..3B、7B）。",
        "created:2026-13": "created: 2026-13 という日付はありません。",
        "created:soon": "created: soon は日付の範囲として読み取れません（例: 2026、",
        "task:": "task: の値がありません（例: task:fill-mask）。",
        "task:-ner": "task: の値をハイフンで始めることはできません（除外するには -task:ner と書きます）。",
        '"masked': "この引用符が閉じられていません。",
        "(bert": "この括弧が閉じられていません。",
        "bert)": "この括弧に対応する開き括弧がありません。",
        "(" * 30 + "bert" + ")" * 30: "括弧の入れ子が深すぎます（上限 20 段）。",
        "bert " * 90: "一度に指定できる条件は 64 個までです。",
        "x" * 1_001: "検索語が長すぎます: 1001 文字（上限 1000 文字）。",
    }
    for query, expected in queries.items():
        assert run(["search", "--ui", "ja", "--", query]) == 2, query
        said = capsys.readouterr().err.splitlines()[0]
        assert said.startswith("zukan: " + expected), (query, said)


def test_filters_that_nothing_fulfils_are_named(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "library:transfomers", "modified:>=2100-01-01")
    assert done.returncode == 0
    assert not done.stdout
    assert done.stderr.splitlines() == [
        "No model has library:transfomers; the nearest is library:transformers.",
        "No model has modified:>=2100-01-01: the newest are of 2026-08; zukan crawl fetches newer ones.",
    ]
    whole = json.loads(zukan("search", "library:transfomers", "--facets", "--format", "json").stdout)
    assert whole["unmatched"] == [{"field": "library", "value": "transfomers", "nearest": "transformers"}]


def test_what_a_recommendation_weighs_leads_to_it(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("search", "best small LLM for laptop", "--limit", "2")
    assert done.returncode == 0
    assert "zukan recommend 'best small LLM for laptop'" in done.stderr
    assert "zukan recommend" not in zukan("search", "whisper small", "--limit", "2").stderr
