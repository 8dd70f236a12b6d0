"""`zukan try` on repositories that are broken, dangerous, gated or missing: one sentence, the right exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import broken_models
from conftest import Zukan
from hub_server import HubServer
from zukan_cli.exit_codes import ExitCode

BROKEN = ("pickle-only", "no-weights", "config-not-json", "no-tokenizer", "truncated", "adapter-only", "no-head")
DANGEROUS = ("malicious-pickle", "custom-code")


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file that appears if code of a repository ever runs."""
    return tmp_path_factory.mktemp("marker") / "ran"


@pytest.fixture(scope="module")
def broken_hub(
    tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory, marker: Path
) -> Iterator[HubServer]:
    """Return a Hub that serves good, broken, gated and dangerous repositories."""
    folder = tmp_path_factory.mktemp("broken")
    with HubServer() as server:
        for fault in BROKEN:
            target = folder / fault
            broken_models.derive(fault, tiny_models["bert"], target)
            server.add_model(f"acme/{fault}", folder=target, row={"pipeline_tag": "fill-mask"})
        for fault in DANGEROUS:
            target = folder / fault
            broken_models.derive(fault, tiny_models["bert"], target, marker=marker)
            server.add_model(f"acme/{fault}", folder=target, row={"pipeline_tag": "fill-mask"})
        server.add_model("acme/bert", folder=tiny_models["bert"], row={"pipeline_tag": "fill-mask"})
        server.add_model("acme/gated", folder=tiny_models["bert"], gated="manual")
        server.add_model("acme/t5", folder=tiny_models["t5"], row={"pipeline_tag": "translation"})
        server.add_model("acme/m2m", folder=tiny_models["m2m100"], row={"pipeline_tag": "translation"})
        yield server


CASES = [
    (("acme/no-weights",), ExitCode.MODEL, "weights"),
    (("acme/config-not-json",), ExitCode.MODEL, "config.json"),
    (("acme/no-tokenizer",), ExitCode.MODEL, "tokenizer"),
    (("acme/adapter-only",), ExitCode.MODEL, "adapter"),
    (("acme/truncated",), ExitCode.TRIAL, "loaded"),
    (("acme/pickle-only", "--safetensors-only"), ExitCode.MODEL, "pickle"),
    (("acme/custom-code",), ExitCode.MODEL, "--trust-remote-code"),
    (("acme/malicious-pickle",), ExitCode.MODEL, "acme/malicious-pickle"),
    (("acme/gated",), ExitCode.ACCESS, "gated"),
    (("acme/nowhere",), ExitCode.ACCESS, "no public model"),
    (("acme/bert", "--revision", "v9"), ExitCode.ACCESS, "no revision"),
    (("acme/bert", "--task", "translation"), ExitCode.MODEL, "fill-mask"),
    (("acme/bert", "--task", "image-classification"), ExitCode.MODEL, "cannot try"),
    (("acme/t5", "--task", "text-generation"), ExitCode.MODEL, "cannot do"),
    (("acme/m2m",), ExitCode.USAGE, "--to"),
    (("acme/m2m", "--to", "klingon"), ExitCode.USAGE, "--to"),
    (("acme/bert", "--timeout", "0.1"), ExitCode.TRIAL, "--timeout"),
    (("./nowhere",), ExitCode.MODEL, "nowhere"),
]


@pytest.mark.parametrize(
    ("arguments", "code", "word"), CASES, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_one_sentence_and_the_right_code(
    zukan: Zukan,
    broken_hub: HubServer,
    catalogue: Path,
    tmp_path: Path,
    marker: Path,
    arguments: tuple[str, ...],
    code: ExitCode,
    word: str,
) -> None:
    model, *options = arguments
    done = zukan("try", model, "I love [MASK].", *options, environment=broken_hub.environment(tmp_path / "cache"))
    assert done.returncode == code, done.stderr
    sentences = [line for line in done.stderr.splitlines() if line.startswith("zukan: ")]
    assert word in sentences[-1]
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not marker.exists()


def test_pickle_weights_are_loaded_after_one_notice(
    zukan: Zukan, broken_hub: HubServer, catalogue: Path, tmp_path: Path
) -> None:
    environment = broken_hub.environment(tmp_path / "cache")
    done = zukan("try", "acme/pickle-only", "I love [MASK].", environment=environment)
    assert done.returncode == 0, done.stderr
    assert "you" in done.stdout
    assert len([line for line in done.stderr.splitlines() if "pickle" in line]) == 1


def test_an_untrained_head_is_warned_of(zukan: Zukan, broken_hub: HubServer, catalogue: Path, tmp_path: Path) -> None:
    environment = broken_hub.environment(tmp_path / "cache")
    done = zukan("try", "acme/no-head", "I love [MASK].", "--format", "json", environment=environment)
    assert done.returncode == 0, done.stderr
    assert any("head" in warning for warning in json.loads(done.stdout)["warnings"])


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
