"""Workers forked from one warm process: as separate and as mortal as those that are started anew."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import broken_models
from processes import is_running, wait_until
from zukan import errors
from zukan.trial.importer import Importer, can_fork
from zukan.trial.process import Child

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
        reason="torch and transformers are not installed",
    ),
    pytest.mark.skipif(not can_fork("cpu", None), reason="workers are forked on Linux only"),
]
Tiny = Callable[[str], Path]

CHECKOUT = Path(__file__).resolve().parents[2]
MINI_BERT = CHECKOUT / "data" / "models" / "mini-bert"
JOB = {"task": "fill-mask", "auto_class": "AutoModelForMaskedLM", "folder": str(MINI_BERT), "text": "I love ___."}
PARENT = """
import sys
from zukan.trial.importer import Importer
from zukan.trial.process import Child

with Importer() as importer, Child(start=importer.start) as child:
    child.run({job}, model_id="m", timeout_seconds=60, on_message=lambda message: None)
    print(importer._process.pid, child.pid, flush=True)
    child.run({{"text": "I love ___." * 20000, "repeat": True}}, model_id="m", timeout_seconds=60, on_message=print)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def importer() -> Iterator[Importer]:
    with Importer() as warm:
        yield warm


def run(child: Child, job: dict[str, Any], timeout_seconds: float = 60) -> list[Any]:
    messages: list[Any] = []
    child.run(job, model_id="acme/m", timeout_seconds=timeout_seconds, on_message=messages.append)
    return messages


def test_each_model_has_a_process_and_a_session_of_its_own(importer: Importer) -> None:
    pids = []
    for _turn in range(2):
        with Child(start=importer.start) as child:
            messages = run(child, {**JOB, "stay": True})
            pids.append(child.pid)
            assert os.getsid(child.pid) == os.getpgid(child.pid) == child.pid != os.getsid(0)
            assert messages[0] == {"event": "imported", "phase": "import", "seconds": None}
            assert run(child, {"text": "I love ___."})[-1]["answer"] == "you"
            assert child.memory.resident is not None
            assert child.memory.private is not None
            assert child.memory.resident >= child.memory.private > 100 * 2**20
            with pytest.raises(errors.TrialCrashed, match="one model at a time"):
                importer.start()
        assert not is_running(pids[-1])
    assert len(set(pids)) == 2


def test_one_answer_needs_no_session(importer: Importer) -> None:
    with Child(start=importer.start) as child:
        assert run(child, JOB)[-1]["answer"] == "you"
        assert child.stderr_tail() == ""


def test_time_is_limited(importer: Importer) -> None:
    with Child(start=importer.start) as child:
        run(child, {**JOB, "stay": True})
        pid = child.pid
        with pytest.raises(errors.TrialTimeout) as caught:
            run(child, {"text": "I love ___. " * 50_000, "repeat": True}, timeout_seconds=0.2)
    assert caught.value.phase == "run"
    assert not is_running(pid)


def test_private_memory_is_limited(importer: Importer) -> None:
    with Child(memory_limit_bytes=20 * 2**20, start=importer.start) as child, pytest.raises(errors.OutOfMemory):
        run(child, {**JOB, "stay": True})


@pytest.mark.parametrize(("sent", "name"), [(signal.SIGKILL, "SIGKILL"), (signal.SIGSEGV, "SIGSEGV")])
def test_a_child_killed_from_outside_is_reported_and_the_next_one_lives(
    importer: Importer, sent: signal.Signals, name: str
) -> None:
    with Child(start=importer.start) as child:
        run(child, {**JOB, "stay": True})
        os.kill(child.pid, sent)
        with pytest.raises(errors.TrialCrashed, match=name):
            run(child, {"text": "I love ___."})
    with Child(start=importer.start) as child:
        assert run(child, JOB)[-1]["answer"] == "you"


def test_what_a_worker_started_is_killed_with_it(importer: Importer, tiny: Tiny, tmp_path: Path) -> None:
    """Code of a repository that may run could start programs of its own."""
    noted = tmp_path / "pid"
    folder = broken_models.derive("custom-code", tiny("bert"), tmp_path / "own", noted)
    code = next(path for path in folder.glob("*.py") if "touch()" in path.read_text())
    start = f"import subprocess; Path({str(noted)!r}).write_text(str(subprocess.Popen(['sleep', '60']).pid))"
    code.write_text(f"{code.read_text()}\n{start}\n")
    with Child(start=importer.start) as child:
        run(child, {**JOB, "folder": str(folder), "trust_remote_code": True, "stay": True})
        assert is_running(int(noted.read_text()))
    assert wait_until(lambda: not is_running(int(noted.read_text())), 1)


def test_an_importer_that_was_killed_is_started_anew() -> None:
    with Importer() as importer:
        with Child(start=importer.start) as child:
            run(child, {**JOB, "stay": True})
            pid = child.pid
            assert importer._process is not None
            os.kill(importer._process.pid, signal.SIGKILL)
            with pytest.raises(errors.TrialCrashed, match="SIGKILL"):
                run(child, {"text": "I love ___. " * 20000, "repeat": True})  # long enough to be at work when it ends
            assert wait_until(lambda: not is_running(pid), 1)
        with Child(start=importer.start) as child:
            assert run(child, JOB)[-1]["answer"] == "you"


def test_one_that_ends_before_it_was_forked_disturbs_nobody() -> None:
    """A model that the Hub does not have is given up while the importer is still importing."""
    with Importer() as importer:
        start = time.monotonic()
        with Child(start=importer.start):
            pass
        assert time.monotonic() - start < 1
        with Child(start=importer.start) as child:
            assert run(child, JOB)[-1]["answer"] == "you"


def test_libraries_that_cannot_be_imported_are_reported_for_each_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('operator torchvision::nms does not exist')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    # The checkout stands before it, torch's own folder after it.
    with Importer() as importer:
        for _turn in range(2):
            with Child(start=importer.start) as child:
                message = run(child, JOB)[-1]
                assert (message["event"], message["code"]) == ("error", "load-failed")
                assert "torchvision" in message["message"]


def test_an_interpreter_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")
    said = pytest.raises(errors.TrialCrashed, match=r"exit code 1 while in phase import; .*Current thread")
    with Importer() as importer, Child(start=importer.start) as child, said:
        run(child, JOB)


def test_no_interpreter_is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(errors.TrialCrashed, match="cannot be started"), Importer():
        pass


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_nothing_is_left_of_a_parent_that_is_killed(sent: signal.Signals) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(job={**JOB, "stay": True})],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "catalogue")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert parent.stdout is not None
        importer, worker = map(int, parent.stdout.readline().split())
        assert is_running(importer)
        assert is_running(worker)
        parent.send_signal(sent)
        assert wait_until(lambda: not is_running(importer) and not is_running(worker), 1)
    finally:
        parent.kill()
        parent.communicate()


def test_nothing_is_left_of_a_parent_that_is_killed_while_its_importer_imports() -> None:
    code = """
import sys
from zukan.trial.importer import Importer
from zukan.trial.process import Child

with Importer() as importer, Child(start=importer.start) as child:
    print(importer._process.pid, flush=True)
    sys.stdin.read()
"""
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "catalogue")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert parent.stdout is not None
        importer = int(parent.stdout.readline())
        assert wait_until(lambda: b"torch" in Path(f"/proc/{importer}/maps").read_bytes(), 60)
        parent.kill()
        assert wait_until(lambda: not is_running(importer), 1)
    finally:
        parent.kill()
        parent.communicate()


def test_where_workers_are_forked() -> None:
    assert can_fork(None, None)
    assert can_fork("cpu", "cuda")
    assert not can_fork(None, "cuda")
    assert not can_fork("cuda:1", None)
    assert not can_fork("mps", None)
