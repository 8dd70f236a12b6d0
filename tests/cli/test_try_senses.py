"""`zukan try` on every task, by the command line, from the test Hub: what a user types and what comes of it."""

from __future__ import annotations

import importlib.util
import json
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Zukan
from hub_server import HubServer
from tiny_models import ARTICLE, SENSE_SPECS, SPECS
from tiny_senses_available import AVAILABLE, files_of, require
from tiny_senses_inputs import patch, save_picture
from tiny_specs import Trial
from zukan_cli.exit_codes import ExitCode

pytestmark = [
    pytest.mark.usefixtures("catalogue"),
    pytest.mark.skipif(importlib.util.find_spec("transformers") is None, reason="transformers is missing"),
]

EVERY = SPECS | SENSE_SPECS
SHORT = ("vit", "wav2vec2-ctc", "tapas")
"""One that sees, one that hears and one that looks things up: what `make test` runs whole."""


@pytest.fixture(scope="module")
def sense_hub(tiny_senses: dict[str, Path]) -> Iterator[HubServer]:
    """Return a Hub with the stand-ins that see, hear, speak and look things up."""
    with HubServer() as server:
        for name, folder in tiny_senses.items():
            server.add_model(f"acme/{name}", folder=folder, row={"pipeline_tag": SENSE_SPECS[name].pipeline_tag})
        yield server


@pytest.fixture(scope="module")
def whole_hub(sense_hub: HubServer, tiny_models: dict[str, Path]) -> HubServer:
    """Return the same Hub with the stand-ins for texts too."""
    for name, folder in tiny_models.items():
        sense_hub.add_model(f"acme/{name}", folder=folder, row={"pipeline_tag": SPECS[name].pipeline_tag})
    return sense_hub


def command(name: str, trial: Trial, folder: Path) -> list[str]:
    """Return what a user types for a question; the model is asked for nothing that it would do by itself."""
    typed = ["try", f"acme/{name}", *([trial.text] if trial.text else [])]
    files = files_of(trial, folder)
    others = files.get("compare_with") or trial.options.get("others") or ()
    if "file" in files:
        # Without a question the path is the argument.
        typed += ["--file", files["file"]] if trial.text else [files["file"]]
    for other in others:
        typed += ["--compare-with", other]
    for option, value in trial.options.items():
        if option in ("from", "to", "context"):
            typed += [f"--{option}", str(value)]
        elif option == "labels":
            typed += ["--labels", ",".join(value)]
    return [*typed, "--format", "json", "--no-store"]


def answer(zukan: Zukan, typed: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Run a command and return its JSON."""
    done = zukan(*typed, environment=environment)
    assert done.returncode == ExitCode.OK, done.stderr
    assert "Traceback" not in done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def check(zukan: Zukan, hub: HubServer, tmp_path: Path, name: str) -> None:
    """Ask a stand-in its first question as a user does, and look at all that is told."""
    spec = EVERY[name]
    trial = spec.trial
    result = answer(zukan, command(name, trial, tmp_path / "files"), hub.environment(tmp_path / "home"))
    assert trial.accepts(str(result["answer"])), result
    assert not trial.text or trial.expected.casefold() not in trial.text.casefold()
    assert (result["source"], result["status"]) == ("hub", "ok")
    assert result["downloaded_bytes"] > 0
    assert result["first_answer_seconds"] > 0
    if spec.pipeline_tag.startswith("a"):
        # Sounds, heard.
        assert result["real_time_factor"] > 0
    if name == "vits":
        with wave.open(result["output"]["file"]) as sound:
            assert sound.getnframes() / sound.getframerate() == pytest.approx(result["sound_seconds"], abs=1e-3)


@pytest.mark.parametrize("name", SHORT)
def test_a_model_beyond_text_answers(zukan: Zukan, sense_hub: HubServer, tmp_path: Path, name: str) -> None:
    require(name)
    check(zukan, sense_hub, tmp_path, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in EVERY if name not in SHORT])
def test_every_task_answers(zukan: Zukan, whole_hub: HubServer, tmp_path: Path, name: str) -> None:
    if name in SENSE_SPECS:
        require(name)
    check(zukan, whole_hub, tmp_path, name)


def test_twenty_architectures_are_asked() -> None:
    architectures = {spec.architecture for spec in EVERY.values()}
    assert len({spec.model_type for spec in EVERY.values()}) >= 25
    assert len(architectures) >= 32
    assert {EVERY[name].architecture for name in ARTICLE} <= architectures


@pytest.mark.skipif("vit" not in AVAILABLE, reason="Pillow is not installed")
def test_a_picture_by_stdin(zukan: Zukan, tiny_senses: dict[str, Path], tmp_path: Path) -> None:
    picture = save_picture(tmp_path / "x.png", patch("blue", 9))
    with picture.open("rb") as file:
        done = zukan("try", str(tiny_senses["vit"]), "-", "--no-store", stdin=file)
    assert done.returncode == ExitCode.OK, done.stderr
    assert "blue" in done.stdout
    assert "32 x 32" in done.stdout


def test_what_does_not_suit_is_refused(zukan: Zukan, tiny_senses: dict[str, Path], tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(bytes(range(256)))
    (tmp_path / "notes.txt").write_text("No sound at all.", encoding="utf-8")
    hears = str(tiny_senses["wav2vec2-ctc"])
    with (tmp_path / "a.bin").open("rb") as junk:
        refused = [
            (zukan("try", "zukan/mini-bert", "-", stdin=junk), "binary data"),
            (zukan("try", "zukan/mini-bert", "--file", "a.bin"), "binary data"),
            (zukan("try", hears, "notes.txt"), "is text, and this model reads a sound"),
            (zukan("try", hears, "gone.wav"), "there is no file gone.wav"),
            (zukan("try", "zukan/mini-bert", "Hi [MASK]", "--output", "x.wav"), "no sound or picture"),
        ]
    for done, words in refused:
        assert done.returncode == ExitCode.USAGE, done.stderr
        assert words in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1
        assert done.stdout == ""


def test_a_text_from_a_file(zukan: Zukan, tmp_path: Path) -> None:
    (tmp_path / "question.txt").write_text("I love [MASK].\n", encoding="utf-8")
    done = zukan("try", "zukan/mini-bert", "--file", "question.txt", "--format", "json", "--no-store")
    assert json.loads(done.stdout)["answer"] == "you", done.stderr
    assert json.loads(done.stdout)["input"] == {"text": "I love [MASK]."}
