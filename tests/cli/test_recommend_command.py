"""What `zukan recommend` prints beside its list: wishes, what they leave out, the table, its errors in Japanese."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import pytest

from conftest import Zukan

ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b +){2}[a-z]{2,}\b")
"""Three small English words in a row."""


@pytest.fixture
def asked(zukan: Zukan, catalogue: Path) -> Zukan:
    """Return the command line with a catalogue."""
    assert catalogue.exists()
    return zukan


def test_an_empty_answer_names_the_wish_that_emptied_it(asked: Zukan) -> None:
    done = asked("recommend", "fill-mask", "--since", "2027", "--machine", "any")
    assert done.returncode == 0
    assert re.search(r"^Without “since 2027-01-01” there would be \d+\.$", done.stderr, re.MULTILINE)
    japanese = asked("recommend", "fill-mask", "--since", "2027", "--machine", "any", "--ui", "ja")
    assert re.search(r"^「2027-01-01 以降」を外すと \d+ 件あります。$", japanese.stderr, re.MULTILINE)
    both = asked("recommend", "fill-mask", "--since", "2027", "--author", "nobody-at-all", "--machine", "any")
    assert "No single wish is to blame" in both.stderr


def test_wishes_are_in_the_answer_with_what_they_leave_out_unseen(asked: Zukan) -> None:
    done = asked("recommend", "larger than 7B chat, MIT or Apache, no login", "--machine", "any", "--format", "json")
    answer = json.loads(done.stdout)
    said = {"license": "mit|apache-2.0", "min_parameters": 7 * 10**9, "no_gated": True}
    assert answer["wishes"] == {**said, "or_unknown": True}
    assert answer["unknown"].keys() == {"license", "parameters"}
    assert answer["without"] == {}
    assert all(row["num_parameters"] >= 7 * 10**9 and row["gated"] is not True for row in answer["candidates"])
    options = ("--min-params", "7B", "--license", "mit,apache-2.0", "--no-gated")
    again = asked("recommend", "chat", *options, "--machine", "any", "--format", "json")
    strict = json.loads(again.stdout)
    assert strict["wishes"] == said
    assert strict["unknown"].keys() == {"license", "parameters", "no_gated"}
    assert all(row["gated"] is False for row in strict["candidates"])
    shown = asked("recommend", "chat", *options, "--machine", "any", "--limit", "1")
    assert "licence: mit or apache-2.0 · at least 7B parameters" in shown.stdout
    assert "Left out because the catalogue does not know it of them: licence" in shown.stderr


def test_the_command_to_type_next_names_the_task_where_the_model_is_filed_under_another(asked: Zukan) -> None:
    for task, author in (("text-generation", "google"), ("fill-mask", "google-bert"), ("translation", "google-t5")):
        done = asked("recommend", task, "--author", author, "--machine", "any", "--format", "json")
        first = json.loads(done.stdout)["candidates"][0]
        shown = asked("recommend", task, "--author", author, "--machine", "any").stderr
        line = next(line for line in shown.splitlines() if line.startswith("Try the first: "))
        own = first["pipeline_tag"] or first["inferred_task"]
        assert line == f"Try the first: zukan try {first['model_id']}" + ("" if own == task else f" --task {task}")


@pytest.mark.parametrize("columns", ["100", "120", "130"])
def test_the_score_is_kept_longer_than_sizes(asked: Zukan, columns: str) -> None:
    for task in ("sentiment", "image-classification", "translation"):
        done = asked("recommend", task, environment={"COLUMNS": columns})
        lines = done.stdout.splitlines()
        assert " score " in next(line for line in lines if " model " in line)
        table = itertools.takewhile(lambda line: not line.startswith(("balanced", "small", "best")), lines[3:])
        assert max(map(len, table)) <= int(columns)


def test_a_word_in_the_place_of_a_language_is_said(asked: Zukan) -> None:
    said = asked("recommend", "translate Klingon to English", "--limit", "1")
    assert "no language is known as: Klingon" in said.stdout
    refused = asked("recommend", "translate English to Portugese")
    assert (refused.returncode, "portuguese" in refused.stderr) == (2, True)
    twice = asked("recommend", "translation", "--from", "ja", "--to", "Japanese", "--ui", "ja")
    assert (twice.returncode, twice.stderr) == (
        2,
        "zukan: 翻訳には異なる二つの言語が必要です（日本語が二度指定されています）。\n",
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("--limit", "0"), ("--limit", "99999"), ("--limit", "many"), ("--format", "xml"), ("--limits", "3"), ("--prefer", "huge"),
        ("--from", "klingon"), ("--min-params", "7B", "--max-params", "1B"), (),
    ],
)  # fmt: skip
def test_wrong_options_are_explained_in_japanese(asked: Zukan, arguments: tuple[str, ...]) -> None:
    done = asked("recommend", *(("x",) if arguments else ()), *arguments, "--ui", "ja")
    assert done.returncode == 2
    assert re.search(r"[ぁ-ん]", done.stderr)
    assert not ENGLISH.search(done.stderr.partition("（")[0])


def test_the_ranking_is_explained_in_japanese(zukan: Zukan) -> None:
    done = zukan("recommend", "--explain-ranking", "--ui", "ja")
    sources = done.stdout.partition("出典:")[2]
    assert "Open ASR Leaderboard: 英語の平均単語誤り率" in sources
    assert not ENGLISH.search(sources)
    assert not re.search(r"installed|post-trained|task list", sources)
