"""Whole trials in a child process: answers, measures, events and the errors that reach the caller."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import broken_models
from hub_server import HubServer
from zukan import errors
from zukan.outcomes import TrialRequest, TrialStatus
from zukan.schema import Family, ModelRecord
from zukan.trial import BUILTIN, TrialEvent, failures, run_trial
from zukan.trial import run as run_module

needs_torch = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)
Tiny = Callable[[str], Path]

CHECKOUT = Path(__file__).resolve().parents[2]
MINI_BERT = CHECKOUT / "data" / "models" / "mini-bert"
ANSWERS = {
    "zukan/mini-bert": (Family.ENCODER_ONLY, "you"),
    "zukan/mini-gpt-neo": (
        Family.DECODER_ONLY,
        "and how does it work? AI is the science of teaching machines to learn from data and to make decisions.",
    ),
    "zukan/mini-t5": (Family.SEQ2SEQ, "Wie sind Sie?"),
}


@needs_torch
@pytest.mark.parametrize("builtin", BUILTIN, ids=lambda builtin: str(builtin.name))
def test_a_miniature_answers_the_article(builtin: Any) -> None:
    events: list[TrialEvent] = []
    result = run_trial(TrialRequest(builtin.name.removeprefix("zukan/")), on_event=events.append)
    family, answer = ANSWERS[builtin.name]
    assert (result.model_id, result.source, result.family) == (builtin.name, "built-in", family.value)
    assert (result.status, result.task, result.answer) == (TrialStatus.OK, builtin.task, answer)
    assert result.input["text"] == builtin.text
    assert result.warnings == ()
    for name in ("import_seconds", "load_seconds", "first_answer_seconds", "latency_seconds", "num_parameters"):
        assert getattr(result, name) > 0, name
    assert (result.new_tokens is None) == (result.tokens_per_second is None) == (family is Family.ENCODER_ONLY)
    assert set(result.versions) == {"python", "torch", "transformers"}
    assert result.hardware["cores"] >= 1
    assert result.estimated_bytes is not None
    if sys.platform.startswith("linux") and result.device == "cpu":
        assert result.peak_bytes is not None
        assert result.peak_private_bytes is not None
        assert result.peak_bytes > result.peak_private_bytes
        assert abs(result.estimated_bytes / result.peak_bytes - 1) < 0.15
    json.dumps(asdict(result))
    assert [event.phase for event in events] == ["import", "load", "run"]


@needs_torch
def test_from_the_hub_once_and_then_from_the_cache(
    own_cache: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    events: list[TrialEvent] = []
    with HubServer() as hub:
        hub.add_model("acme/mini-bert", folder=MINI_BERT)
        for name, value in hub.environment(own_cache.parent).items():
            monkeypatch.setenv(name, value)
        request = TrialRequest("acme/mini-bert", text="I love [MASK].", top_k=2)
        first = run_trial(request, on_event=events.append)
    assert (first.source, first.answer, len(first.output)) == ("hub", "you", 2)
    assert first.sha is not None
    assert first.downloaded_bytes
    assert first.download_seconds
    phases = [event.phase for event in events if event.phase != "download"]
    assert phases == ["resolve", "import", "announce", "load", "run"]
    assert {event.phase for event in events} >= {"download"}

    record = ModelRecord("acme/mini-bert", pipeline_tag="fill-mask")
    events.clear()
    second = run_trial(
        TrialRequest("acme/mini-bert", text="I love [MASK].", refresh=True),
        on_event=events.append,
        database_record=record,
    )
    assert (second.source, second.sha, second.downloaded_bytes) == ("cache", first.sha, None)
    assert any("cannot be reached" in warning for warning in second.warnings)
    assert "notice" in {event.phase for event in events}
    assert capfd.readouterr() == ("", "")


@needs_torch
def test_a_repositorys_own_code_runs_only_if_allowed(tiny: Tiny, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    folder = broken_models.derive("custom-code", tiny("bert"), tmp_path / "own", marker)
    request = TrialRequest(str(folder), text="I love [MASK].")
    with pytest.raises(errors.RemoteCode):
        run_trial(request)
    assert not marker.exists()
    result = run_trial(TrialRequest(str(folder), text="I love [MASK].", trust_remote_code=True, timeout_seconds=60))
    assert (result.task, result.answer) == ("fill-mask", "you")
    assert marker.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cut off or empty"),
        (b"<!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", "git-lfs pointer"),
        (bytes(7) + b"\x7f{}", "cut off or empty"),
        ((2).to_bytes(8, "little") + b"{}" + bytes(9), "damaged"),
    ],
)
def test_files_that_are_no_weights_are_recognised(tmp_path: Path, content: bytes, words: str) -> None:
    class SafetensorError(Exception):
        pass

    (tmp_path / "model.safetensors").write_bytes(content)
    wrapped = failures.LoadFailure(tmp_path)
    wrapped.__cause__ = SafetensorError("Error while deserializing header")
    described = failures.describe(wrapped)
    assert described["code"] == "load-failed"
    assert words in described["message"]


@needs_torch
def test_a_fault_in_the_child_becomes_our_error(tiny: Tiny, tmp_path: Path) -> None:
    folder = broken_models.derive("truncated", tiny("bert"), tmp_path / "cut")
    with pytest.raises(errors.LoadFailed, match="cut off") as caught:
        run_trial(TrialRequest(str(folder), text="I love [MASK]."))
    assert caught.value.model_id == str(folder)


def test_a_child_that_cannot_start_ends_the_download(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with HubServer() as hub:
        hub.add_model("acme/mini-bert", folder=MINI_BERT)
        for name, value in {**hub.environment(own_cache.parent), "PYTHONHOME": "/nowhere"}.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(errors.TrialCrashed, match="exit code 1"):
            run_trial(TrialRequest("acme/mini-bert", text="I love [MASK]."))


@needs_torch
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("no-weights", errors.NoWeights),
        ("config-not-json", errors.UnloadableModel),
        ("no-tokenizer", errors.UnloadableModel),
        ("adapter-only", errors.UnloadableModel),
    ],
)
def test_faults_that_show_in_the_files_start_no_child(
    tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, kind: type[Exception]
) -> None:
    monkeypatch.setattr(run_module, "Child", None)
    folder = broken_models.derive(fault, tiny("bert"), tmp_path / fault)
    with pytest.raises(kind):
        run_trial(TrialRequest(str(folder), text="I love [MASK]."))


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_without_the_extra_it_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == package else real(name))
    with pytest.raises(errors.MissingExtra) as caught:
        run_trial(TrialRequest("zukan/mini-bert"))
    assert (caught.value.package, caught.value.requirement) == (package, "torch transformers sentencepiece sacremoses")


def test_nothing_to_answer() -> None:
    with pytest.raises(errors.EmptyInput):
        run_trial(TrialRequest("zukan/mini-bert", text=" "))


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (ImportError("You need to install sacremoses to use XLMTokenizer."), "missing-package", "sacremoses"),
        (ModuleNotFoundError("No module named 'torchao'"), "missing-package", "torchao"),
        (ImportError("Using `bitsandbytes` requires it: `pip install -U bitsandbytes>=0.46`"), "missing-package",
         "bitsandbytes"),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried 5 bytes"), "out-of-memory", "memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), "out-of-memory", "CUDA"),
        (RuntimeError("The size of tensor a (242) must match b (130)"), "run-failed", "RuntimeError: The size"),
        (ValueError(""), "run-failed", "ValueError"),
    ],
)  # fmt: skip
def test_errors_of_others_are_recognised(error: Exception, code: str, words: str) -> None:
    described = failures.describe(error)
    assert described["code"] == code
    assert words in json.dumps(described)
    ours = failures.to_exception("acme/m", "fill-mask", described, phase="run")
    assert isinstance(ours, errors.TrialError)


def test_the_cause_of_a_broken_import_is_told() -> None:
    try:
        try:
            raise RuntimeError("operator torchvision::nms does not exist")
        except RuntimeError as cause:
            raise ModuleNotFoundError("Could not import module 'BertForMaskedLM'. Are this object's …") from cause
    except ModuleNotFoundError as error:
        described = failures.describe(error)
    assert described["code"] == "load-failed"
    assert described["message"] == "torchvision does not match torch: pip uninstall torchvision"


def test_the_library_has_few_public_names() -> None:
    import zukan.trial

    assert sorted(zukan.trial.__all__) == dir(zukan.trial)
    for name in zukan.trial.__all__:
        assert getattr(zukan.trial, name) is not None
    with pytest.raises(AttributeError):
        _ = zukan.trial.nothing
