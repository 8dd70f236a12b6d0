"""What a trial leaves behind: a failure that is remembered, a cache that answers alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import broken_models
from conftest import Zukan
from hub_server import HubServer
from zukan_cli.exit_codes import ExitCode


@pytest.fixture
def broken_hub(tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[HubServer]:
    """Return a Hub that serves a good and a broken repository."""
    broken_models.derive("truncated", tiny_models["bert"], tmp_path / "truncated")
    with HubServer() as server:
        server.add_model("acme/truncated", folder=tmp_path / "truncated", row={"pipeline_tag": "fill-mask"})
        server.add_model("acme/bert", folder=tiny_models["bert"], row={"pipeline_tag": "fill-mask"})
        yield server


def test_a_model_that_failed_here_is_not_proposed_again(
    zukan: Zukan, broken_hub: HubServer, catalogue: Path, tmp_path: Path
) -> None:
    environment = broken_hub.environment(tmp_path / "cache")
    assert zukan("crawl", "--author", "acme", environment=environment).returncode == 0
    before = json.loads(zukan("recommend", "fill-mask", "--limit", "5000", "--format", "json").stdout)
    assert "acme/truncated" in [row["model_id"] for row in before["candidates"]]
    assert zukan("try", "acme/truncated", "I love [MASK].", environment=environment).returncode == ExitCode.TRIAL
    after = json.loads(zukan("recommend", "fill-mask", "--limit", "5000", "--format", "json").stdout)
    assert "acme/truncated" not in [row["model_id"] for row in after["candidates"]]
    assert any(reason.startswith("failed here") for reason in after["left_out"])
    assert any(note.startswith("acme/truncated is not proposed again: on 20") for note in after["notes"])


def test_a_tried_model_answers_offline(zukan: Zukan, broken_hub: HubServer, catalogue: Path, tmp_path: Path) -> None:
    environment = broken_hub.environment(tmp_path / "cache")
    assert zukan("try", "acme/bert", "I love [MASK].", environment=environment).returncode == 0
    broken_hub.requests.clear()
    done = zukan("try", "acme/bert", "I love [MASK].", "--offline", "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["source"] == "cache"
    assert broken_hub.requests == []
