"""What a command may import, proved in a process of its own: on first use, later, and for every reading command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import child_environment

HEAVY = (
    "torch",
    "transformers",
    "huggingface_hub",
    "sqlite_utils",
    "numpy",
    "pandas",
    "httpx2",
    "click",
    "datasette",
    "jinja2",
    "zukan_cli.browse",
)
READING = ("msgspec", "zukan.records")
"""What reads rows of the Hub takes as long as an answer."""
ADVICE = ("zukan.advice", "zukan.tasks", "zukan.likely", "zukan.exclusions")
"""What only recommendations, and words that name a task, need."""
DRAWING = ("rich.table", "rich.console")

PROBE = """
import json, sys
from zukan_cli.app import run
code = run(json.loads(sys.argv[1]))
sys.stderr.write("\\n" + json.dumps({"code": code, "modules": sorted(sys.modules)}))
"""

COMPILED = """
import json, re, sys
known = []
compiler = re._compiler
plain = compiler.compile
def noting(pattern, flags=0):
    known.append(pattern if isinstance(pattern, str) else pattern.decode("latin-1"))
    return plain(pattern, flags)
compiler.compile = noting
from zukan_cli.app import run
code = run(json.loads(sys.argv[1]))
sys.stderr.write("\\n" + json.dumps({"code": code, "patterns": known}))
"""
_MILLISECONDS = re.compile(r"\[[^\]]*(?:一-鿿|㐀-鿿|u4e00-|u3400-|u3040-.u9fff)[^\]]*\]")
"""A class of all kanji takes one to four milliseconds to compile."""

QUESTIONS = (
    ("search", "japanese sentiment", "--family", "encoder-only", "--format", "json"),
    ("search", "日本語の感情分析", "--format", "ids"),
    ("search", "bert OR roberta", "task:fill-mask", "-lang:zh", "params:<1B", "--format", "json"),
    ("search", "bert", "--facets", "--limit", "0"),
    ("search", "mistrl", "--facets", "--format", "json"),
    ("similar", "bert-base-uncased", "--format", "json"),
    ("recommend", "translation", "--format", "json"),
    ("recommend", "ニュースを要約", "--format", "csv"),
    ("show", "google/flan-t5-xl", "--format", "json"),
    ("show", "bert-base-uncased"),
    ("sql", "SELECT 1", "--format", "json"),
    ("families",),
    ("tasks", "--format", "jsonl"),
)


def probe(source: str, *arguments: str) -> tuple[str, dict[str, Any]]:
    """Run a command in a process of its own; return what it wrote, and what the source tells of it."""
    done = subprocess.run(
        [sys.executable, "-c", source, json.dumps(arguments)],
        capture_output=True,
        text=True,
        env=child_environment(),
        check=True,
        timeout=120,
    )
    report = json.loads(done.stderr.splitlines()[-1])
    assert report["code"] == 0, done.stderr
    return done.stdout, report


def modules(*arguments: str) -> tuple[str, set[str]]:
    answer, report = probe(PROBE, *arguments)
    return answer, set(report["modules"])


@pytest.mark.parametrize(
    ("arguments", "classes"),
    [
        (("search", "bert german"), 0),
        (("search", "qwen chat"), 0),
        (("recommend", "translate english to german"), 0),
        (("search", "日本語 要約"), 1),  # by which the words of the index are cut
        (("search", "日本語の音声認識"), 1),
        (("recommend", "日本語の文章を要約したい"), 0),
    ],
    ids=str,
)
def test_patterns_that_take_long_are_compiled_only_where_needed(
    seed_catalogue: Path, arguments: tuple[str, ...], classes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZUKAN_DB", str(seed_catalogue))
    _, report = probe(COMPILED, *arguments, "--format", "json")
    patterns = report["patterns"]
    assert [pattern for pattern in patterns if "feb(?:ruary)?" in pattern] == [], "no date is named"
    assert [pattern for pattern in patterns if "(?:bert)" in pattern or "(?:qwen)" in pattern] == [], (
        "such a pattern is another for each name that is typed"
    )
    assert len([pattern for pattern in patterns if _MILLISECONDS.search(pattern)]) <= classes, patterns


@pytest.mark.parametrize("arguments", QUESTIONS, ids=lambda arguments: " ".join(arguments[:2]))
def test_reading_commands_are_light(catalogue: Path, arguments: tuple[str, ...]) -> None:
    answer, loaded = modules(*arguments)
    assert answer
    assert not loaded & set(HEAVY)
    assert not loaded & set(DRAWING), "nothing but a table needs rich"
    if arguments[0] in ("search", "similar", "recommend"):
        assert not loaded & set(READING), "a stored row is read by what is small"


def test_a_question_without_wishes_loads_nothing_that_reads_them(catalogue: Path) -> None:
    readers = {"zukan.wish_sizes", "zukan.wish_dates", "zukan.wish_years", "zukan.wish_kinds", "zukan.cards"}
    _, loaded = modules("recommend", "translate texts", "--format", "json")
    assert not loaded & readers
    _, loaded = modules("recommend", "a small model of 2022 below 500M that sums up news", "--format", "json")
    assert loaded & readers == readers - {"zukan.cards"}


@pytest.mark.parametrize("words", ["bert", "bert OR roberta", "mistrl", "lang:ja license:mit"])
def test_a_search_that_names_no_task_loads_no_advice(catalogue: Path, words: str) -> None:
    _, loaded = modules("search", words, "--format", "json")
    assert not loaded & set(ADVICE)


def test_the_first_use_is_as_light_as_the_next(tmp_path: Path) -> None:
    path = Path(os.environ["ZUKAN_DB"])
    assert not path.exists()
    first, loaded = modules(*QUESTIONS[0])
    assert path.exists()
    assert not loaded & set(HEAVY)
    again, loaded_again = modules(*QUESTIONS[0])
    assert json.loads(first) == json.loads(again)
    extra = {name for name in loaded - loaded_again if name.startswith("zukan")}
    assert extra <= {"zukan.child"}, "the build runs in a child"


def test_drawing_a_table_loads_rich_and_nothing_heavier(catalogue: Path) -> None:
    _, loaded = modules("search", "bert")
    assert "rich.table" in loaded
    assert not loaded & set(HEAVY)


def test_a_search_does_not_look_again_and_again_for_garbage_in_what_it_loads(catalogue: Path) -> None:
    code = (
        "import atexit, gc, sys\n"
        "from zukan_cli.__main__ import main\n"
        "looked = lambda: sum(one['collections'] for one in gc.get_stats())\n"
        "before = looked()\n"
        "atexit.register(lambda: sys.stderr.write(str(looked() - before)))\n"
        "sys.argv = ['zukan', 'search', 'bert']\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=child_environment(), check=True
    )
    assert "bert" in done.stdout
    # Some eighty times, else.
    assert int(done.stderr.splitlines()[-1]) < 5


def test_importing_zukan_loads_next_to_nothing() -> None:
    code = "import json, sys, zukan; print(json.dumps([n for n in sys.modules if n.startswith('zukan')]))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=child_environment(), check=True
    )
    assert json.loads(done.stdout) == ["zukan"]


def test_every_public_name_can_be_had() -> None:
    import zukan

    for name in zukan.__all__:
        assert getattr(zukan, name) is not None
    with pytest.raises(AttributeError):
        zukan.nonsense  # noqa: B018
