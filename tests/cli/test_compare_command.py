"""`zukan compare` by the command line: side by side, blind, many inputs, after a kill, with models that fail."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import broken_models
from conftest import Zukan, child_environment
from hub_server import HubServer
from processes import descendants, is_running, wait_until
from terminal import Terminal
from tiny_senses_inputs import write_input
from zukan_cli.exit_codes import ExitCode

pytestmark = pytest.mark.usefixtures("catalogue")
GOOD = ("bert", "roberta", "deberta")
NAMES = [f"acme/{name}" for name in GOOD]
LOVE = "I love [MASK]."


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that appears if code of a repository ever runs."""
    return tmp_path_factory.mktemp("marker") / "ran"


@pytest.fixture(scope="module")
def server(tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, marker: Path) -> Iterator[HubServer]:
    """Return a Hub with good and bad fill-mask models, one of them under the name of a famous one."""
    folder = tmp_path_factory.mktemp("bad")
    with HubServer() as hub:
        for name in GOOD:
            hub.add_model(f"acme/{name}", folder=tiny_models[name], row={"pipeline_tag": "fill-mask"})
        for fault in ("truncated", "malicious-pickle", "custom-code"):
            broken_models.derive(fault, tiny_models["bert"], folder / fault, marker)
            hub.add_model(f"acme/{fault}", folder=folder / fault, row={"pipeline_tag": "fill-mask"})
        hub.add_model("acme/gated", folder=tiny_models["bert"], gated="manual")
        yield hub


@pytest.fixture
def environment(server: HubServer, tmp_path: Path) -> dict[str, str]:
    server.requests.clear()
    return server.environment(tmp_path / "cache")


def models(done: Any) -> dict[str, Any]:
    return {row["model_id"]: row for row in json.loads(done.stdout)["models"]}


def test_three_models_side_by_side(
    zukan: Zukan, environment: dict[str, str], server: HubServer, tmp_path: Path
) -> None:
    done = zukan("compare", *NAMES, LOVE, "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout)
    assert (whole["task"], whole["inputs"][0]["text"]) == ("fill-mask", LOVE)
    assert [row["model_id"] for row in whole["models"]] == NAMES
    assert [row["answer"] for row in whole["answers"]] == ["you"] * 3
    for row in whole["models"]:
        assert row["family"] == "encoder-only"
        assert min(row[name] for name in ("load_seconds", "first_answer_seconds", "num_parameters", "peak_bytes")) > 0
        assert row["sha"]
    # Stored as `try` stores them.
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as database:
        stored = database.execute("SELECT model_id, status, result FROM trials ORDER BY id").fetchall()
    assert [(model_id, status) for model_id, status, _result in stored] == [(name, "ok") for name in NAMES]
    assert json.loads(stored[0][2])["hardware"]["cores"] >= 1

    table = zukan("compare", *NAMES, LOVE, environment={**environment, "COLUMNS": "140"})
    lines = table.stdout.splitlines()
    assert lines[:2] == ["fill-mask", f"> {LOVE}"]
    assert lines[3].split() == "model answer load + answer memory params family".split()
    assert [line.split()[0] for line in lines[5:8]] == NAMES
    assert all(line.split()[1] == "you" for line in lines[5:8])
    assert "3 of 3 answers were kept from an earlier run" in table.stderr


def test_a_failing_model_says_why_and_the_others_go_on(zukan: Zukan, environment: dict[str, str], marker: Path) -> None:
    bad = ("acme/truncated", "acme/malicious-pickle", "acme/custom-code", "acme/gated", "acme/nowhere", "./nowhere")
    done = zukan("compare", "acme/bert", *bad, "acme/roberta", LOVE, "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    rows = models(done)
    assert {name for name, row in rows.items() if row["status"] == "ok"} == {"acme/bert", "acme/roberta"}
    words = ("cut off", "unsafe", "--trust-remote-code", "gated", "no public model", "no such folder")
    for name, word in zip(bad, words, strict=True):
        assert word in rows[name]["error"], rows[name]
    assert not marker.exists()


def test_one_word_that_was_taken_for_a_model_is_said_to_be(zukan: Zukan) -> None:
    done = zukan("compare", "zukan/mini-bert", "Hello", "--offline", "--no-store")
    assert "“Hello” was taken for a model" in done.stderr


def test_nothing_but_failures_is_a_failure(zukan: Zukan, environment: dict[str, str]) -> None:
    done = zukan("compare", "acme/truncated", "acme/gated", LOVE, environment={**environment, "COLUMNS": "140"})
    assert done.returncode == ExitCode.TRIAL
    assert "acme/truncated could not be loaded" in done.stdout


def test_the_first_recommended_ones_that_fit(
    zukan: Zukan, server: HubServer, environment: dict[str, str], tiny_models: dict[str, Path]
) -> None:
    answer = json.loads(zukan("recommend", "fill-mask", "--limit", "50", "--format", "json").stdout)
    picks = [row["model_id"] for row in answer["candidates"] if row["fit"]["verdict"] == "fits"][:2]
    assert len(picks) == 2
    server.add_model(picks[0], folder=tiny_models["bert"], row={"pipeline_tag": "fill-mask"})
    done = zukan("compare", "--task", "fill-mask", LOVE, "--top", "2", "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    rows = models(done)
    assert list(rows) == picks
    assert rows[picks[0]]["status"] == "ok"
    # The test's Hub has only the first of them.
    assert "no public model" in rows[picks[1]]["error"]


EXPECTED: list[dict[str, Any]] = [
    {"text": LOVE, "expected": "you"},
    {"text": "Paris is the [MASK] of France.", "expected": ["capital", "heart"]},
    {"text": "I love [MASK] very much.", "expected": "zebras"},
    {"text": "no gap at all", "expected": "nothing"},
]


def test_a_file_of_inputs_with_expected_answers(zukan: Zukan, environment: dict[str, str], tmp_path: Path) -> None:
    pytest.importorskip("torchmetrics")
    pytest.importorskip("sacrebleu")
    file = tmp_path / "inputs.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in EXPECTED))
    with (tmp_path / "inputs.csv").open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["text", "expected"])
        right = [row["expected"] for row in EXPECTED]
        cells = [json.dumps(one) if isinstance(one, list) else one for one in right]
        writer.writerows([row["text"], cell] for row, cell in zip(EXPECTED, cells, strict=True))
    command = ("compare", *NAMES[:2], "--task", "fill-mask", "--top-k", "3")
    done = zukan(*command, "--inputs", str(file), "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout)
    assert set(whole["metrics"]) == {"torchmetrics"}
    for row in whole["models"]:
        # The first of two of four inputs is right; one cannot be answered at all.
        assert (row["answered"], row["inputs"]) == (3, 4)
        assert row["scores"]["accuracy"] == row["scores"]["hit@3"] == row["scores"]["mrr"] == 50
    assert [row["answer"] for row in whole["answers"][:4]] == ["you", "you", "capital", "capital"]
    assert all("no gap" in row["error"] for row in whole["answers"][6:])

    again = zukan(*command, "--inputs", str(tmp_path / "inputs.csv"), "--format", "md", environment=environment)
    assert "| acme/bert | 3/4 | 50.0 | 50.0 | 50.0 |" in again.stdout
    assert "6 of 8 answers were kept" in again.stderr


def test_texts_are_scored_by_the_libraries_for_that(zukan: Zukan, tiny_models: dict[str, Path], tmp_path: Path) -> None:
    sacrebleu = pytest.importorskip("sacrebleu")
    pytest.importorskip("torchmetrics")
    file = tmp_path / "inputs.csv"
    file.write_text("text,expected\nHow are you,wie sind sie\nHow are you?,Wie geht es dir?\n")
    done = zukan(
        "compare", str(tiny_models["t5"]), "--task", "translation", "--from", "en", "--to", "de",
        "--inputs", str(file), "--format", "json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout)
    said = [row["answer"] for row in whole["answers"]]
    assert said[0] == "Wie sind Sie?"
    scores = whole["models"][0]["scores"]
    # SQuAD's comparison overlooks capitals and punctuation, chrF does not.
    assert scores["exact match"] == 50
    assert scores["chrF"] == round(sacrebleu.corpus_chrf(said, [["wie sind sie", "Wie geht es dir?"]]).score, 2)
    assert set(whole["metrics"]) == {"torchmetrics", "sacrebleu"}


def test_libraries_that_score_are_named_where_they_are_missing(zukan: Zukan, tmp_path: Path) -> None:
    (tmp_path / "inputs.csv").write_text("text,expected\nI love [MASK].,you\n")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'torchmetrics' else find(name, package)\n"
    )
    paths = os.pathsep.join([str(hidden), child_environment()["PYTHONPATH"]])
    done = zukan("compare", "zukan/mini-bert", "--inputs", "inputs.csv", environment={"PYTHONPATH": paths})
    assert done.returncode == ExitCode.EXTRA
    assert "pip install torchmetrics sacrebleu" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((), ExitCode.USAGE, "say what to compare"),
        (
            ("./folder", "acme/nobodys", "hello"),
            ExitCode.USAGE,
            "a single word is taken for a model; give it with --input",
        ),
        (("--input", LOVE), ExitCode.USAGE, "models, or a task with --task; see"),
        (("--task", "image-to-video", "x y"), ExitCode.MODEL, "cannot try"),
        (("zukan/mini-bert", "one two", "three four"), ExitCode.USAGE, "not written like a model's name"),
        (("zukan/mini-bert", "--input", "x", "--inputs", "y"), ExitCode.USAGE, "either --input or --inputs"),
        (("zukan/mini-bert", "--inputs", "nothing.txt"), ExitCode.USAGE, "there is no such file"),
        (("zukan/mini-bert", "--input", " "), ExitCode.USAGE, "nothing to answer"),
        (("zukan/mini-bert", LOVE, "--blind"), ExitCode.USAGE, "needs a terminal"),
        (("zukan/mini-bart", LOVE), ExitCode.USAGE, "zukan/mini-bert"),
        (("--task", "no-such-task", "x y"), ExitCode.USAGE, "no task is called"),
    ],
)
def test_what_cannot_be_compared(zukan: Zukan, arguments: tuple[str, ...], code: ExitCode, words: str) -> None:
    done = zukan("compare", *arguments, environment={"COLUMNS": "200"})
    assert done.returncode == code, done.stderr
    assert words in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_input_the_example_of_the_first_model_is_used(zukan: Zukan) -> None:
    done = zukan("compare", "zukan/mini-bert", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [row["answer"] for row in json.loads(done.stdout)["answers"]] == ["you"]


def test_a_blind_vote_hides_the_names_until_it_is_given(
    zukan: Zukan, environment: dict[str, str], tmp_path: Path
) -> None:
    with Terminal("compare", *NAMES, "Paris is the [MASK] of France.", "--blind", environment=environment) as terminal:
        before = terminal.read_until("Enter for none: ")
        assert not any(name in before for name in NAMES)
        assert [line.split()[0] for line in before.splitlines() if "capital" in line] == ["A", "B", "C"]
        terminal.write("x\n")
        terminal.read_until("Enter for none: ")
        terminal.write("b\n")
        after = terminal.read_to_end()
    assert terminal.code == 0
    letters = dict(part.split(" = ") for part in after.splitlines()[1].split(", "))
    assert sorted(letters.values()) == sorted(NAMES)
    assert all(name in after.partition("fill-mask")[2] for name in NAMES)
    (kept,) = (tmp_path / "catalogue.sqlite.comparisons").glob("*.jsonl")
    votes = [row["vote"] for row in map(json.loads, kept.read_text().splitlines()) if "vote" in row]
    assert [(vote["winners"], vote["blind"]) for vote in votes] == [([letters["B"]], True)]
    assert sorted(votes[0]["among"]) == sorted(NAMES)
    counted = zukan("compare", *NAMES, "Paris is the [MASK] of France.", "--format", "json", environment=environment)
    assert {name: row["votes"] for name, row in models(counted).items() if row["votes"]} == {letters["B"]: 1}


def test_a_comparison_that_was_killed_goes_on(
    zukan: Zukan, server: HubServer, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "inputs.txt"
    file.write_text("".join(f"I love [MASK] and {'the rain and ' * 40}number {n}.\n" for n in range(200)))
    command = ["compare", *NAMES, "--task", "fill-mask", "--inputs", str(file), "--format", "json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", *command],
        env=child_environment() | environment,
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    folder = tmp_path / "catalogue.sqlite.comparisons"
    assert wait_until(lambda: sum(path.read_bytes().count(b"\n") for path in folder.glob("*.jsonl")) >= 3, 60)
    below = descendants(process.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert below
    assert wait_until(lambda: not any(map(is_running, below)), 1)
    (kept,) = folder.glob("*.jsonl")
    finished = kept.read_bytes().count(b"\n")
    with kept.open("ab") as journal:
        journal.write(b'{"model": "acme/bert", "in')  # What a kill in the middle of a line leaves.

    done = zukan(*command, environment=environment)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)["answers"]
    assert len(answers) == 600
    assert sum(row["kept"] for row in answers) == finished
    assert all(row["status"] == "ok" for row in answers)
    server.requests.clear()
    third = zukan(*command, environment=environment)
    assert sum(row["kept"] for row in json.loads(third.stdout)["answers"]) == 600
    assert server.requests == []


@pytest.mark.slow
def test_a_folder_that_changed_is_run_anew(zukan: Zukan, tiny_models: dict[str, Path], tmp_path: Path) -> None:
    import shutil

    shutil.copytree(tiny_models["bert"], tmp_path / "mine")
    command = ("compare", "./mine", LOVE, "--format", "json")
    assert json.loads(zukan(*command).stdout)["answers"][0]["kept"] is False
    assert json.loads(zukan(*command).stdout)["answers"][0]["kept"] is True
    assert json.loads(zukan(*command, "--again").stdout)["answers"][0]["kept"] is False
    os.utime(tmp_path / "mine" / "model.safetensors", (1, 1))
    assert json.loads(zukan(*command).stdout)["answers"][0]["kept"] is False
    no_store = zukan(*command, "--no-store")
    assert json.loads(no_store.stdout)["answers"][0]["kept"] is False


def test_an_input_that_ends_the_model_does_not_cost_the_others(zukan: Zukan, tmp_path: Path) -> None:
    file = tmp_path / "inputs.jsonl"
    huge = "I love [MASK]. " * 300_000
    texts = (LOVE, huge, "Paris is the [MASK] of France.")
    file.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    limit = ("--memory-limit", "400MB")
    done = zukan("compare", "zukan/mini-bert", "--inputs", str(file), *limit, "--format", "json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["answers"]
    assert [row["answer"] for row in rows] == ["you", None, "capital"]
    assert "ran out of memory" in rows[1]["error"]


@pytest.mark.slow
def test_sounds_are_compared_too(zukan: Zukan, tiny_senses: dict[str, Path], tmp_path: Path) -> None:
    """What is asked may be a file: by its path, by a line of a file of inputs, by a line of a loop."""
    pytest.importorskip("torchmetrics")
    pytest.importorskip("sacrebleu")
    model = str(tiny_senses["wav2vec2-ctc"])
    sounds = tmp_path / "sounds"
    sounds.mkdir()
    paths = {word: write_input(f"word:{word}", sounds) for word in ("aeo", "oai")}
    rows = [{"audio": str(path), "expected": word} for word, path in paths.items()]
    (tmp_path / "sounds.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = zukan("compare", model, "--inputs", "sounds.jsonl", "--format", "json")
    assert done.returncode == 0, done.stderr
    whole = json.loads(done.stdout)
    assert [row["answer"] for row in whole["answers"]] == list(paths)
    assert whole["models"][0]["scores"]["exact match"] == 100
    single = zukan("compare", model, str(paths["aeo"]), "--format", "json")
    assert [row["answer"] for row in json.loads(single.stdout)["answers"]] == ["aeo"]
    loop = zukan("try", model, "--loop", input="".join(f"{path}\n" for path in paths.values()))
    assert loop.stdout.split() == list(paths)
