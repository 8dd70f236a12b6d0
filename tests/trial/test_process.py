"""The child process always ends: by itself, by a limit, or with its parent."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from zukan import errors
from zukan.trial import process
from zukan.trial.process import Child, child_environment, read_status

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)

CHECKOUT = Path(__file__).resolve().parents[2]
MINI_BERT = CHECKOUT / "data" / "models" / "mini-bert"
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")

PARENT = """
import sys
from zukan.trial.process import Child

with Child() as child:
    print(child.pid, flush=True)
    sys.stdin.read() if len(sys.argv) > 1 else child.run(
        {}, model_id="m", timeout_seconds=60, on_message=lambda message: None
    )
"""


def run(child: Child, timeout_seconds: float = 60, job: dict[str, Any] | None = None) -> list[Any]:
    """Run a job and return the messages."""
    messages: list[Any] = []
    child.run(job or {}, model_id="acme/m", timeout_seconds=timeout_seconds, on_message=messages.append)
    return messages


def is_running(pid: int) -> bool:
    """Tell whether a process exists and is no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="ascii")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def ends(condition: Callable[[], bool], seconds: float = 5) -> bool:
    """Wait until a condition holds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@contextmanager
def parent_process(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start another process that has a worker, and yield it with the worker's id."""
    process = subprocess.Popen(
        [sys.executable, "-c", PARENT, *arguments],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "catalogue")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_time_is_limited() -> None:
    start = time.monotonic()
    with Child() as child, pytest.raises(errors.TrialTimeout) as caught:
        run(child, timeout_seconds=0.3)
    assert time.monotonic() - start < 2
    assert caught.value.phase == "import"
    assert not is_running(child.pid)


@linux
def test_private_memory_is_limited() -> None:
    with Child(memory_limit_bytes=20 * 2**20) as child, pytest.raises(errors.OutOfMemory) as caught:
        run(child)
    assert caught.value.peak_bytes is not None
    assert caught.value.peak_bytes > 20 * 2**20
    assert not is_running(child.pid)


def test_a_child_killed_from_outside_is_reported() -> None:
    with Child() as child:
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(errors.TrialCrashed, match="SIGKILL"):
            run(child)


@linux
def test_a_kill_by_the_system_for_want_of_memory_is_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    counters = tmp_path / "vmstat"
    counters.write_text("pgfault 12\noom_kill 3\n", encoding="ascii")
    monkeypatch.setattr(process, "_VMSTAT", counters)
    with Child() as child:
        counters.write_text("pgfault 13\noom_kill 4\n", encoding="ascii")
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(errors.OutOfMemory, match="operating system"):
            run(child)


def test_a_child_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    with Child() as child, pytest.raises(errors.TrialCrashed) as caught:
        run(child)
    assert "exit code 1" in str(caught.value)


def test_no_interpreter_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(errors.TrialCrashed, match="cannot be started"):
        Child()


def test_an_exception_in_the_parent_leaves_no_child() -> None:
    with pytest.raises(KeyboardInterrupt), Child() as child:
        raise KeyboardInterrupt
    assert not is_running(child.pid)


@linux
@pytest.mark.parametrize("arguments", [(), ("idle",)])
def test_a_child_dies_with_a_parent_that_is_killed(arguments: tuple[str, ...]) -> None:
    with parent_process(*arguments) as (parent, child):
        time.sleep(0.3)
        assert is_running(child)
        parent.send_signal(signal.SIGKILL)
        assert ends(lambda: not is_running(child))


@linux
def test_ctrl_c_reaches_the_parent_alone_and_ends_both() -> None:
    with parent_process() as (parent, child):
        time.sleep(0.3)
        assert os.getpgid(child) == child
        parent.send_signal(signal.SIGINT)
        assert ends(lambda: parent.poll() is not None)
        assert ends(lambda: not is_running(child))


def test_the_worker_reports_in_order_and_measures() -> None:
    job = {"task": "fill-mask", "auto_class": "AutoModelForMaskedLM", "folder": str(MINI_BERT), "text": "I love ___."}
    with Child() as child:
        messages = run(child, job=job)
    assert [message["event"] for message in messages] == ["imported", "started", "loaded", "done"]
    done = messages[-1]
    assert done["answer"] == "you"
    assert 0 < done["load_seconds"] < 10
    assert done["latency_seconds"] <= done["first_answer_seconds"] * 10
    assert done["num_parameters"] > 1000
    assert (done["dtype"], set(done["versions"])) == ("float32", {"python", "torch", "transformers"})
    if sys.platform.startswith("linux"):
        assert child.memory.resident is not None
        assert child.memory.private is not None
        assert child.memory.resident >= child.memory.private > 100 * 2**20
    assert child.stderr_tail() == ""


def test_the_child_is_offline_and_has_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    environment = child_environment()
    assert "hf_secret" not in json.dumps(environment)
    assert environment["HF_HUB_OFFLINE"] == environment["DISABLE_SAFETENSORS_CONVERSION"] == "1"
    assert environment["OMP_WAIT_POLICY"] == "ACTIVE"
    assert environment["PYTHONPATH"].startswith(str(CHECKOUT / "catalogue"))


def test_the_status_file_is_read() -> None:
    status = "Name:\tpython\nVmHWM:\t  2048 kB\nRssAnon:\t 1024 kB\nRssFile:\t 512 kB\n"
    assert read_status(status) == (2 * 2**20, 2**20, 2**19)
    assert read_status("Name:\tpython\n") == (None, None, None)


def test_asking_again_and_again_while_downloading_costs_nothing() -> None:
    """A long download asks ten times a second whether the child could import."""
    with Child() as child:
        deadline = time.monotonic() + 60
        while not child._early and time.monotonic() < deadline:
            assert child.failure("acme/m") is None
            time.sleep(0.05)
        put_aside = len(child._early)
        assert put_aside
        for _ in range(100):
            assert child.failure("acme/m") is None
        assert len(child._early) < put_aside + 10
