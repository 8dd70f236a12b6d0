"""Whatever ends a trial, in whatever phase: no process is left, the catalogue is whole, the cache goes on where it was."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import broken_models
import processes
from conftest import child_environment
from hub_server import HubServer
from zukan_cli.exit_codes import ExitCode

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc")

PHASES = ("download", "import", "load", "run")
MODEL = "acme/bert"
WEIGHTS = f"/cdn/{MODEL}/model.safetensors"
PADDING = 24 * 2**20
"""The client writes a download in pieces of ten megabytes: the file must have several."""
HALF = 15 * 2**20
GREED = 800 * 10**6


@pytest.fixture
def large(tiny_models: dict[str, Path], tmp_path: Path) -> Path:
    """Return a good model whose file of weights is large, for a tensor that no class takes."""
    folder = tmp_path / "large"
    shutil.copytree(tiny_models["bert"], folder)
    path = folder / "model.safetensors"
    header, body = broken_models.read_safetensors(path)
    entry = {"dtype": "U8", "shape": [PADDING], "data_offsets": [len(body), len(body) + PADDING]}
    broken_models.write_safetensors(path, {**header, "padding": entry}, body + bytes(PADDING))
    return folder


@pytest.fixture
def hub(large: Path) -> Iterator[HubServer]:
    """Serve the large model."""
    with HubServer() as server:
        server.add_model(MODEL, folder=large, row={"pipeline_tag": "fill-mask"})
        yield server


def command(phase: str, hub: HubServer, tiny_models: dict[str, Path], tmp_path: Path) -> list[str]:
    """Return the arguments of a trial that stays in a phase until it is ended."""
    if phase == "download":
        hub.fail(WEIGHTS, kind="stall", seconds=60, after=HALF, times=None)
        return ["try", MODEL, "I love [MASK]."]
    if phase == "import":
        return ["try", str(tiny_models["bert"]), "I love [MASK]."]
    folder = broken_models.linger(tiny_models["bert"], tmp_path / "slow", phase, tmp_path / "reached")
    return ["try", str(folder), "I love [MASK].", "--trust-remote-code"]


def is_reached(phase: str, tmp_path: Path) -> bool:
    """Tell whether the trial is in the phase."""
    if phase == "download":
        parts = list((tmp_path / "cache").rglob(".zukan/*.part"))
        return any(part.stat().st_size for part in parts)
    if phase == "import":
        return any("zukan.trial.worker" in line for _, line in processes.started_with(str(tmp_path)))
    return (tmp_path / "reached").exists()


@contextmanager
def running(
    arguments: list[str], hub: HubServer, tmp_path: Path, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """Start zukan, and end it whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zukan_cli", *arguments],
        env=child_environment() | hub.environment(tmp_path / "cache") | environment,
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
        for number, _ in processes.started_with(str(tmp_path)):
            os.kill(number, signal.SIGKILL)


def assert_nothing_left(tmp_path: Path, catalogue: Path) -> None:
    """Check that no process is left after a second, and that the catalogue is whole."""
    assert processes.wait_until(lambda: not processes.started_with(str(tmp_path)), 1), processes.started_with(
        str(tmp_path)
    )
    with sqlite3.connect(catalogue) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("SELECT count(*) FROM trial WHERE status = 'ok'").fetchone() == (0,)


def assert_goes_on(hub: HubServer, tmp_path: Path, large: Path) -> None:
    """Check that the next trial takes what is there, downloads the rest, and has the whole file."""
    hub._faults.clear()
    hub.requests.clear()
    with running(["try", MODEL, "I love [MASK]."], hub, tmp_path) as process:
        output, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    assert "you" in output
    ranges = [request.headers.get("range", "") for request in hub.requests if request.path == WEIGHTS]
    assert any(text.startswith("bytes=") and not text.startswith("bytes=0-") for text in ranges), ranges
    assert not list((tmp_path / "cache").rglob("*.part"))
    (whole,) = (tmp_path / "cache").glob("**/snapshots/*/model.safetensors")
    assert whole.read_bytes() == (large / "model.safetensors").read_bytes()


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("sign", [
    signal.SIGKILL, signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.slow),
], ids=lambda sign: str(sign.name))  # fmt: skip
def test_a_signal_ends_all(
    hub: HubServer, tiny_models: dict[str, Path], large: Path, catalogue: Path, tmp_path: Path, phase: str,
    sign: signal.Signals,
) -> None:  # fmt: skip
    with running(command(phase, hub, tiny_models, tmp_path), hub, tmp_path) as process:
        assert processes.wait_until(lambda: is_reached(phase, tmp_path), 60)
        process.send_signal(sign)
        assert processes.wait_until(lambda: process.poll() is not None, 1)
        assert_nothing_left(tmp_path, catalogue)
        _, said = process.communicate()
    if sign == signal.SIGINT:
        assert process.returncode == ExitCode.INTERRUPTED
        assert said.splitlines()[-1] == "zukan: stopped."
        assert ("the same command goes on" in said) == (phase == "download")
        assert "Traceback" not in said
    else:
        assert process.returncode == -sign
    if phase == "download":
        assert_goes_on(hub, tmp_path, large)


@pytest.mark.parametrize("phase", [
    "import", pytest.param("load", marks=pytest.mark.slow), pytest.param("run", marks=pytest.mark.slow),
])  # fmt: skip
def test_a_time_limit_ends_all(
    hub: HubServer, tiny_models: dict[str, Path], catalogue: Path, tmp_path: Path, phase: str
) -> None:
    arguments = command(phase, hub, tiny_models, tmp_path)
    limit = "0.2" if phase == "import" else "15"
    with running([*arguments, "--timeout", limit], hub, tmp_path) as process:
        _, said = process.communicate(timeout=60)
        assert_nothing_left(tmp_path, catalogue)
    assert process.returncode == ExitCode.TRIAL
    assert f"while {phase}" in said
    assert "--timeout" in said.splitlines()[-1]


@pytest.mark.slow
def test_a_download_that_stands_still_is_given_up_and_goes_on_later(
    hub: HubServer, large: Path, catalogue: Path, tmp_path: Path
) -> None:
    # One that only pauses now and then comes to its end: each try goes on where the one before was.
    # The first request only looks at the beginning.
    hub.fail(WEIGHTS, kind="stall", seconds=60, after=HALF, skip=1, times=1)
    hub.fail(WEIGHTS, kind="stall", seconds=60, skip=1, times=None)
    with running(["try", MODEL, "I love [MASK]."], hub, tmp_path, HF_HUB_DOWNLOAD_TIMEOUT="1") as process:
        _, said = process.communicate(timeout=120)
        assert_nothing_left(tmp_path, catalogue)
    assert process.returncode == ExitCode.HUB, said
    assert "Traceback" not in said
    assert_goes_on(hub, tmp_path, large)


@pytest.mark.parametrize("phase", ["load", "run"])
def test_a_memory_limit_ends_all(
    hub: HubServer, tiny_models: dict[str, Path], catalogue: Path, tmp_path: Path, phase: str
) -> None:
    """While importing, `test_private_memory_is_limited` shows it: such a limit is refused before a trial starts."""
    arguments = [*command(phase, hub, tiny_models, tmp_path), "--memory-limit", "600MB"]
    with running(arguments, hub, tmp_path, ZUKAN_TEST_GREED=str(GREED)) as process:
        _, said = process.communicate(timeout=60)
        assert_nothing_left(tmp_path, catalogue)
    assert process.returncode == ExitCode.TRIAL, said
    assert f"ran out of memory ({phase}: " in said.splitlines()[-1]
    assert "Traceback" not in said
