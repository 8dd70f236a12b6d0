"""Shared fixtures: nothing a test does can touch the user's catalogue, cache or locale."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tiny_models as tiny
from hub_server import HubServer
from tiny_senses_available import AVAILABLE
from zukan.build import build
from zukan.resources import data_path

CHECKOUT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("ZUKAN_TEST_CACHE", CHECKOUT / ".pytest_cache" / "zukan"))
"""Tiny models and the built catalogue are kept here between runs and shared by the workers of one run."""

Zukan = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(autouse=True)
def _isolated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test its own catalogue, cache and locale."""
    monkeypatch.setenv("ZUKAN_DB", str(tmp_path / "catalogue.sqlite"))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "huggingface"))
    # What is kept of transformers' own files is the same for all tests; users' caches are left alone.
    monkeypatch.setenv("XDG_CACHE_HOME", str(SHARED / "caches"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    for name in ("ZUKAN_UI", "ZUKAN_DEBUG", "HF_ENDPOINT", "HF_TOKEN", "HF_HUB_OFFLINE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def seed_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a catalogue built from the shipped snapshot. Do not write to it; copy it."""
    SHARED.mkdir(parents=True, exist_ok=True)
    path = SHARED / f"seed-{_fingerprint()}.sqlite"
    with (SHARED / "seed.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            for stale in SHARED.glob("seed-*.sqlite*"):
                if time.time() - stale.stat().st_mtime > 3_600:
                    stale.unlink()
            build(path, data_path("seed.jsonl.gz"), lambda _done, _total: None)
    return path


def _fingerprint() -> str:
    """Return a hash of everything that a built catalogue depends on."""
    digest = hashlib.sha256()
    for path in sorted([*(CHECKOUT / "catalogue").rglob("*.py"), *(CHECKOUT / "data").glob("*.*")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture
def catalogue(seed_catalogue: Path, tmp_path: Path) -> Path:
    """Return this test's own copy of the seed catalogue, at `ZUKAN_DB`."""
    path = tmp_path / "catalogue.sqlite"
    shutil.copyfile(seed_catalogue, path)
    return path


@pytest.fixture(scope="session")
def tiny_models() -> dict[str, Path]:
    """Return the folders of the tiny trained stand-ins, by name."""
    return tiny.ensure(SHARED / "models")


@pytest.fixture(scope="session")
def tiny_senses() -> dict[str, Path]:
    """Return the folders of the tiny trained stand-ins that see, hear, speak and look things up, by name."""
    pytest.importorskip("transformers")
    return tiny.ensure(SHARED / "models", AVAILABLE)


@pytest.fixture
def hub() -> Iterator[HubServer]:
    """Return a running loopback Hub without models."""
    with HubServer() as server:
        yield server


@pytest.fixture
def zukan(tmp_path: Path) -> Zukan:
    """Return a function that runs the command line in a process of its own, as a user would."""

    def run(*arguments: str, environment: dict[str, str] | None = None, **options: object) -> object:
        return subprocess.run(
            [sys.executable, "-m", "zukan_cli", *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=300,
            check=False,
            env=child_environment() | (environment or {}),
            **options,  # type: ignore[call-overload]
        )

    return run  # type: ignore[return-value]


def child_environment() -> dict[str, str]:
    """Return this environment with zukan importable, installed or not."""
    roots = os.pathsep.join(str(CHECKOUT / name) for name in ("catalogue", "cli"))
    return {**os.environ, "PYTHONPATH": roots, "PYTHONWARNINGS": "default"}
