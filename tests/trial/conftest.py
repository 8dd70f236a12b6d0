"""What the trial tests share: the tiny models, the miniatures, and a cache of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tiny_models import QUIET

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tiny(tiny_models: dict[str, Path]) -> Callable[[str], Path]:
    """Return a tiny trained model's folder by its name."""
    return tiny_models.__getitem__


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point huggingface_hub at an empty cache and at no server, and return the cache's folder."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    return tmp_path / "hf" / "hub"


@pytest.fixture(scope="session")
def answer_jobs() -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Run trial jobs with the product's recipes, all in one child process."""

    def run(jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
        child = subprocess.run(
            [sys.executable, str(CHECKOUT / "tests" / "trial" / "answer_jobs.py")],
            input=json.dumps(jobs),
            env={**os.environ, **QUIET, "PYTHONPATH": str(CHECKOUT / "catalogue")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert child.returncode == 0, child.stderr
        answers: list[dict[str, Any]] = json.loads(child.stdout)
        return answers

    return run
