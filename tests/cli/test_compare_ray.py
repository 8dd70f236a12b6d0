"""`zukan compare --ray`: the same answers as on one machine, whatever is lost on the way, and nothing left running."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from conftest import CHECKOUT, Zukan, child_environment
from hub_server import HubServer
from processes import started_with, wait_until
from zukan_cli.exit_codes import ExitCode

pytestmark = pytest.mark.usefixtures("catalogue")
TWELVE = (
    "bert", "roberta", "xlm", "deberta", "openai-gpt", "gpt2", "gpt-neo", "t5", "bart", "m2m100", "minilm", "llama-chat",
)  # fmt: skip
LOVE = "I love [MASK]."
TIMES = ("seconds", "tokens_per_second", "started_at", "kept")
QUIET = {"RAY_AUTH_MODE": "disabled"}


class TwoNodes:
    """A Ray cluster of two nodes on this machine."""

    def __init__(self, process: subprocess.Popen[str], folder: Path, word: str) -> None:
        self._process = process
        self.folder = folder
        self.word = word
        """Stands in the environment of every process of it."""
        self.address = self._read()

    def lose_a_node(self) -> None:
        """Have the second node killed."""
        assert self._process.stdin
        self._process.stdin.write("lose\n")
        self._process.stdin.flush()
        assert self._read() == "lost"

    def workers(self) -> list[int]:
        """Return the actors' processes."""
        return [pid for pid, command in started_with(self.word) if command.startswith("ray::Hand")]

    def trial_processes(self) -> list[int]:
        """Return the processes that import torch and those that hold a model."""
        return [pid for pid, command in started_with(self.word) if "zukan.trial" in command]

    def _read(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()


@contextmanager
def two_nodes() -> Iterator[TwoNodes]:
    # Ray's sockets lie below it, and a path of a socket is short.
    folder = Path(tempfile.mkdtemp(prefix="zt-", dir="/tmp"))
    word = f"ZUKAN_TEST_CLUSTER={folder.name}"
    process = subprocess.Popen(
        [sys.executable, str(CHECKOUT / "tests" / "ray_cluster.py"), "2", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=child_environment() | QUIET | dict([word.split("=")]),
    )
    try:
        cluster = TwoNodes(process, folder, word)
        assert cluster.address
        yield cluster
    finally:
        with process:
            assert process.stdin
            process.stdin.close()
            process.wait(60)
        for pid, _command in started_with(word):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def cluster() -> Iterator[TwoNodes]:
    pytest.importorskip("ray")
    with two_nodes() as running:
        yield running


@pytest.fixture
def matrix(tiny_models: dict[str, Path], tmp_path: Path) -> list[str]:
    """Return the command that asks twelve models fifty inputs each."""
    file = tmp_path / "inputs.txt"
    file.write_text("".join(f"I love you and the number {n}.\n" for n in range(50)))
    models = [str(tiny_models[name]) for name in TWELVE]
    return ["compare", *models, "--task", "feature-extraction", "--inputs", str(file), "--format", "json"]


def answers(text: str) -> list[dict[str, Any]]:
    """Return what was answered in its order, without times."""
    return [{name: value for name, value in row.items() if name not in TIMES} for row in json.loads(text)["answers"]]


def journal(tmp_path: Path) -> list[dict[str, Any]]:
    """Return the lines that comparisons have kept, as far as they are whole."""
    found = []
    for path in (tmp_path / "catalogue.sqlite.comparisons").glob("*.jsonl"):
        found += [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")]
    return found


def loads(tmp_path: Path) -> dict[str, int]:
    """Return how often each model was loaded: only the first answer after that has a time of its own."""
    counts: dict[str, int] = {}
    for line in journal(tmp_path):
        counts[line["model"]] = counts.get(line["model"], 0) + (line["result"]["first_answer_seconds"] is not None)
    return counts


def start(command: list[str], tmp_path: Path, cluster: TwoNodes) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", *command, "--ray", cluster.address],
        env=child_environment() | QUIET,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_nothing_is_left(cluster: TwoNodes) -> None:
    assert wait_until(lambda: not cluster.workers() and not cluster.trial_processes(), 15)


def test_other_versions_of_ray_and_python_are_named() -> None:
    """By the exception that Ray itself raises, in a process of its own."""
    pytest.importorskip("ray")
    code = (
        "from ray._private.utils import check_version_info\n"
        "from zukan.cluster.connecting import translated\n"
        "try:\n    check_version_info({'ray_version': '2.9.0', 'python_version': '3.9.1'}, 'here')\n"
        "except Exception as error:\n    ours = translated('head:6379', error)\n"
        "print(type(ours).__name__, ours.detail)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=child_environment(), check=False
    )
    assert done.stdout.startswith("ClusterMismatch Ray 2.9.0 and Python 3.9.1 there, Ray 2."), done.stdout + done.stderr


@pytest.mark.slow
def test_a_run_that_was_stopped_goes_on_on_another_cluster(
    zukan: Zukan, cluster: TwoNodes, matrix: list[str], tmp_path: Path
) -> None:
    del matrix[1:9]  # Four models.
    process = start(matrix, tmp_path, cluster)
    assert wait_until(lambda: len(journal(tmp_path)) >= 30, 60)
    process.send_signal(signal.SIGINT)
    _stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "answers are kept; the same command goes on with the rest" in stderr
    assert_nothing_is_left(cluster)
    finished = len(journal(tmp_path))

    process = start(matrix, tmp_path, cluster)
    assert wait_until(lambda: len(journal(tmp_path)) >= finished + 30, 60)
    process.kill()
    process.communicate()
    assert_nothing_is_left(cluster)
    finished = sum(1 for line in journal(tmp_path) if "result" in line)

    word = "ZUKAN_TEST_CLUSTER=of-its-own"
    done = zukan(*matrix, "--ray", "local", environment=dict([word.split("=")]))
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["answers"]
    assert all(row["status"] == "ok" for row in rows)
    assert sum(row["kept"] for row in rows) == finished
    assert started_with(word) == []


@pytest.mark.slow
def test_a_cluster_of_its_own_ends_with_a_comparison_that_is_killed(matrix: list[str], tmp_path: Path) -> None:
    pytest.importorskip("ray")
    word = f"ZUKAN_TEST_CLUSTER=killed-{os.getpid()}"
    process = subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", *matrix, "--ray", "local"],
        env=child_environment() | dict([word.split("=")]),
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert wait_until(lambda: any(command.startswith("ray::Hand") for _pid, command in started_with(word)), 90)
    process.kill()
    process.wait()
    assert wait_until(lambda: started_with(word) == [], 20)


@pytest.mark.slow
def test_what_a_cluster_cannot_do_is_said_and_the_rest_runs(
    zukan: Zukan, cluster: TwoNodes, tiny_models: dict[str, Path], tmp_path: Path
) -> None:
    """A model too large for any node, one that cannot be loaded, one of the Hub; and whose measures are believed."""
    huge = tmp_path / "huge"
    shutil.copytree(tiny_models["bert"], huge)
    with (huge / "model.safetensors").open("r+b") as weights:
        weights.truncate(9 * 2**30)  # No blocks are taken.
    broken = tmp_path / "broken"
    shutil.copytree(tiny_models["bert"], broken)
    (broken / "model.safetensors").write_bytes(b"no weights")
    token = "hf_" + "secret" * 5
    with HubServer() as hub:
        hub.add_model("acme/bert", folder=tiny_models["bert"], row={"pipeline_tag": "fill-mask"})
        environment = {**hub.environment(tmp_path / "cache"), **QUIET, "HF_TOKEN": token}
        command = ("compare", "acme/bert", "./huge", "./broken", "./nowhere", LOVE, "--format", "json")
        done = zukan(*command, "--ray", cluster.address, environment=environment)
        assert done.returncode == 0, done.stderr
        # The worker asked with the user's token, which stands in no environment that Ray shows.
        downloads = [
            request for request in hub.requests if "/resolve/" in request.path and "model.safetensors" in request.path
        ]
        assert downloads
        assert {request.headers.get("authorization") for request in downloads} == {f"Bearer {token}"}
    assert token not in done.stdout + done.stderr
    logs = [path for path in cluster.folder.rglob("*") if path.is_file()]
    assert logs
    assert not any(token.encode() in path.read_bytes() for path in logs)
    rows = {row["model_id"]: row for row in json.loads(done.stdout)["models"]}
    assert rows["acme/bert"]["status"] == "ok"
    errors = {Path(name).name: str(row["error"]) for name, row in rows.items()}
    assert "no node of the cluster gives more than 4.29 GB" in errors["huge"]
    assert "could not be loaded" in errors["broken"]
    assert "no such folder" in errors["nowhere"]
    assert_nothing_is_left(cluster)


def test_another_machines_measures_are_not_this_ones(zukan: Zukan, tmp_path: Path) -> None:
    """A trial of a cluster's other node is listed, and recommend does not call it measured here."""
    found = json.loads(zukan("recommend", "fill-mask", "--limit", "1", "--format", "json").stdout)
    model = found["candidates"][0]["model_id"]
    catalogue = tmp_path / "catalogue.sqlite"

    def stored(here: object) -> dict[str, Any]:
        hardware = {"cores": 64, "memory_bytes": 2**39, "here": here, "node": "other"}
        result = {
            "model_id": model, "task": "fill-mask", "status": "ok", "output": [], "answer": "you", "input": {},
            "peak_bytes": 12_345_678, "started_at": "2026-11-27T00:00:00+00:00", "hardware": hardware,
        }  # fmt: skip
        with sqlite3.connect(catalogue) as database:
            database.execute("DELETE FROM trial")
            database.execute(
                "INSERT INTO trial (model_id, task, status, started_at, result) VALUES (?, 'fill-mask', 'ok', ?, ?)",
                (model, result["started_at"], json.dumps(result)),
            )
        answer = json.loads(zukan("recommend", "fill-mask", "--limit", "5", "--format", "json").stdout)
        return next(row for row in answer["candidates"] if row["model_id"] == model)

    elsewhere, here = stored(here=False), stored(here=True)
    assert "measured here" not in json.dumps(elsewhere)
    assert "measured here" in json.dumps(here)
    listed = zukan("trials", model, "--format", "json")
    assert json.loads(listed.stdout)[0]["hardware"]["node"] == "other"


def test_ray_is_named_where_it_is_missing(zukan: Zukan, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(
        "import importlib.util as u\nfind = u.find_spec\n"
        "u.find_spec = lambda name, package=None: None if name == 'ray' else find(name, package)\n"
    )
    paths = os.pathsep.join([str(hidden), child_environment()["PYTHONPATH"]])
    done = zukan("compare", "zukan/mini-bert", LOVE, "--ray", "local", environment={"PYTHONPATH": paths})
    assert done.returncode == ExitCode.EXTRA
    assert 'type: pip install "ray[client]"' in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("nowhere", "it is no address of a cluster"),
        ("", "it is no address of a cluster"),
        ("127.0.0.1:99999", "it is no address of a cluster"),
        ("127.0.0.1:9", "refused"),
        ("ray://127.0.0.1:9", "refused"),
    ],
)
def test_no_cluster_at_an_address(zukan: Zukan, address: str, words: str) -> None:
    pytest.importorskip("ray")
    done = zukan("compare", "zukan/mini-bert", LOVE, "--ray", address)
    assert done.returncode == ExitCode.CLUSTER, done.stderr
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.slow
def test_twelve_models_and_fifty_inputs_on_two_nodes(
    zukan: Zukan, cluster: TwoNodes, matrix: list[str], tmp_path: Path
) -> None:
    """Equal to one machine's run; then with a worker, a model's child and a whole node killed in the middle.

    The last test of this module: the cluster has one node less after it.
    """
    alone = zukan(*matrix, "--no-store")
    assert alone.returncode == 0, alone.stderr
    expected = answers(alone.stdout)
    assert len(expected) == 600
    assert all(row["status"] == "ok" for row in expected)

    spread = zukan(*matrix, "--ray", cluster.address, environment=QUIET)
    assert spread.returncode == 0, spread.stderr
    assert answers(spread.stdout) == expected
    assert "2 × node" in spread.stderr
    # What two workers shared was loaded by each of them, everything else once.
    counted = loads(tmp_path)
    assert len(counted) == 12
    assert set(counted.values()) <= {1, 2}
    assert sum(counted.values()) <= 13
    assert_nothing_is_left(cluster)
    # Stored with the machine, which is this one; a trial of each model.
    with sqlite3.connect(tmp_path / "catalogue.sqlite") as database:
        stored = [json.loads(row[0]) for row in database.execute("SELECT result FROM trials")]
    assert len(stored) == 12
    assert all(one["hardware"]["here"] is True and one["hardware"]["node"] for one in stored)

    again = [*matrix, "--again"]
    kept = len(journal(tmp_path))
    process = start(again, tmp_path, cluster)
    killings: list[tuple[int, Callable[[], list[int]]]] = [(20, cluster.workers), (100, cluster.trial_processes)]
    for number, of in killings:
        assert wait_until(lambda number=number: len(journal(tmp_path)) >= kept + number, 60)  # type: ignore[misc]
        os.kill(of()[0], signal.SIGKILL)
    assert wait_until(lambda: len(journal(tmp_path)) >= kept + 150, 60)
    cluster.lose_a_node()
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    assert answers(stdout) == expected
    assert "a worker of the cluster was lost: what it had is asked again" in stderr
    assert "Traceback" not in stderr
    assert_nothing_is_left(cluster)
