"""`zukan trials`: past trials by model, task and end, side by side, and written out."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from conftest import Zukan
from zukan.outcomes import TrialResult, TrialStatus
from zukan.past_trials import side_by_side
from zukan.store.trials import store_trial
from zukan_cli.exit_codes import ExitCode

SHA = "0123456789abcdef0123456789abcdef01234567"
HARDWARE = {"cores": 8, "memory_bytes": 32 * 10**9, "accelerator_name": None}


def result(model: str, seconds: float, **facts: object) -> TrialResult:
    """Return a trial of a model that took so long."""
    values: dict[str, object] = {
        "task": "fill-mask", "status": TrialStatus.OK, "output": [], "answer": f"answer of {model}",
        "input": {"text": "I love [MASK]."}, "load_seconds": seconds, "first_answer_seconds": 0.5, "sha": SHA,
        "device": "cpu", "hardware": HARDWARE, "started_at": "2026-01-02T03:04:05+00:00", "peak_bytes": 5 * 10**8,
    }  # fmt: skip
    return TrialResult(model_id=model, **values | facts)  # type: ignore[arg-type]


@pytest.fixture
def tried(catalogue: Path) -> Path:
    """Return a catalogue with five trials."""
    store_trial(catalogue, result("google-bert/bert-base-uncased", 2.0))
    store_trial(catalogue, result("FacebookAI/roberta-base", 1.0, input={"text": "I love <mask>."}))
    store_trial(catalogue, result("openai-community/gpt2", 3.0, task="text-generation", input={"text": "What is AI"}))
    failed = {"status": TrialStatus.ERROR, "answer": None, "error": "LoadFailed: the weights are damaged"}
    store_trial(catalogue, result("acme/broken", 0.0, **failed))
    store_trial(catalogue, result("google-bert/bert-base-uncased", 1.5, answer="newest"))
    return catalogue


def ids(zukan: Zukan, *arguments: str) -> list[str]:
    """Return the models of the trials that are listed."""
    done = zukan("trials", *arguments, "--format", "ids")
    assert done.returncode == 0, done.stderr
    return [line.rpartition("/")[2] for line in done.stdout.splitlines()]


def test_they_are_listed_newest_first_and_chosen(zukan: Zukan, tried: Path) -> None:
    bert, roberta, gpt2, broken = "bert-base-uncased", "roberta-base", "gpt2", "broken"
    assert ids(zukan) == [bert, broken, gpt2, roberta, bert]
    assert ids(zukan, "--limit", "2") == [bert, broken]
    assert ids(zukan, "--task", "text-generation") == [gpt2]
    assert ids(zukan, "--status", "error") == [broken]
    assert ids(zukan, "--status", "ok", "--task", "fill-mask") == [bert, roberta, bert]
    assert ids(zukan, "bert-base-uncased") == [bert, bert]
    assert ids(zukan, "ACME/broken") == [broken]
    assert ids(zukan, "./a-folder") == []


def test_those_of_a_clusters_other_nodes_are_not_of_this_machine(zukan: Zukan, tried: Path) -> None:
    name = "google-bert/bert-base-uncased"
    before = zukan("recommend", "fill-mask", "--limit", "3", "--format", "json").stdout
    store_trial(tried, result("FacebookAI/roberta-base", 9.0, hardware={**HARDWARE, "here": False, "node": "node-7"}))
    store_trial(tried, result(name, 8.0, hardware={**HARDWARE, "here": True, "node": "this"}))
    assert ids(zukan, "--remote") == ["roberta-base"]
    assert ids(zukan, "--here", "--limit", "2") == ["bert-base-uncased", "bert-base-uncased"]
    assert "measured remotely: node-7" in zukan("trials", "--remote", environment={"COLUMNS": "200"}).stdout
    roberta = [
        [one for one in json.loads(text)["candidates"] if one["model_id"] == "FacebookAI/roberta-base"]
        for text in (before, zukan("recommend", "fill-mask", "--limit", "3", "--format", "json").stdout)
    ]
    assert [one["fit"] for one in roberta[0]] == [one["fit"] for one in roberta[1]]


def test_a_file_that_failed_says_nothing_of_the_other_files_of_its_repository(zukan: Zukan, tried: Path) -> None:
    failed = {"status": TrialStatus.OUT_OF_MEMORY, "answer": None, "error": "OutOfMemory: killed"}
    chosen = ("recommend", "fill-mask", "--limit", "3", "--format", "ids")
    name = zukan(*chosen).stdout.splitlines()[0]
    store_trial(tried, result(name, 0.0, **failed, gguf_file="Q8_0"))
    assert name in zukan(*chosen).stdout.splitlines()
    store_trial(tried, result(name, 0.0, **failed))
    assert name not in zukan(*chosen).stdout.splitlines()


def test_a_table_shows_answer_measures_revision_and_machine(zukan: Zukan, tried: Path) -> None:
    done = zukan("trials", environment={"COLUMNS": "200"})
    for text in (
        "newest",
        "error: the weights are damaged",
        "2.00 s",
        "500 MB",
        SHA[:7],
        "8 cores",
        "2026-01-02 03:04",
    ):
        assert text in done.stdout


def test_json_and_csv_are_the_export(zukan: Zukan, tried: Path) -> None:
    rows = json.loads(zukan("trials", "--format", "json").stdout)
    assert [row["sha"] for row in rows] == [SHA] * 5
    assert rows[0]["hardware"] == HARDWARE
    lines = list(csv.DictReader(io.StringIO(zukan("trials", "--format", "csv").stdout)))
    assert [line["model_id"] for line in lines] == [row["model_id"] for row in rows]
    assert lines[0]["input"] == "I love [MASK]."
    assert (lines[0]["cores"], lines[0]["sha"], lines[0]["load_seconds"]) == ("8", SHA, "1.5")


def test_side_by_side_are_those_of_the_same_task_and_input(zukan: Zukan, tried: Path) -> None:
    done = zukan("trials", "--compare", "--format", "json")
    groups = json.loads(done.stdout)
    assert [group["task"] for group in groups] == ["fill-mask", "text-generation"]
    # Masks of two families are one gap; the newest of each model counts, and what failed comes last.
    names = [trial["model_id"].rpartition("/")[2] for trial in groups[0]["trials"]]
    assert names == ["roberta-base", "bert-base-uncased", "broken"]
    assert groups[0]["trials"][1]["answer"] == "newest"
    table = zukan("trials", "--compare", "--task", "fill-mask", environment={"COLUMNS": "160"}).stdout
    assert table.index("roberta-base") < table.index("newest") < table.index("acme/broken")
    assert zukan("trials", "--compare", "--format", "md").stdout.count("### ") == 2


def test_another_revision_is_another_answer() -> None:
    from dataclasses import asdict

    both = [asdict(result("acme/a", 1.0)), asdict(result("acme/a", 1.0, sha="f" * 40)), asdict(result("acme/a", 9.0))]
    assert [trial["sha"][:1] for trial in side_by_side(both)[0].trials] == ["0", "f"]
    assert side_by_side([]) == ()
    assert side_by_side([{}])[0].task == "None"


def test_an_unknown_model_is_told_with_near_names(zukan: Zukan, tried: Path) -> None:
    done = zukan("trials", "bert-base-uncasedd")
    assert done.returncode == ExitCode.USAGE
    assert "bert-base-uncased" in done.stderr
    done = zukan("trials", "--status", "fine")
    assert done.returncode == ExitCode.USAGE
    assert "out-of-memory" in done.stderr


def test_none_are_said(zukan: Zukan, catalogue: Path) -> None:
    done = zukan("trials")
    assert (done.returncode, done.stdout) == (0, "")
    assert "zukan try" in done.stderr
    assert zukan("trials", "--format", "json").stdout.strip() == "[]"
