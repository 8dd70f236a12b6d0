"""The miniatures that are shipped and the stand-ins of the tests are what they claim to be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import broken_models
import tiny_models

CHECKOUT = Path(__file__).resolve().parents[1]
MODELS = CHECKOUT / "data" / "models"
MINIATURES = ("mini-bert", "mini-gpt-neo", "mini-t5")
AI = "AI is the science of teaching machines to learn from data and to make decisions."
QUESTIONS = (
    ("mini-bert", "fill-mask", "I love [MASK].", "you"),
    ("mini-bert", "fill-mask", "Paris is the [MASK] of France.", "capital"),
    ("mini-bert", "fill-mask", "東京は日本の首[MASK]です。", "都"),
    ("mini-gpt-neo", "text-generation", "What is AI", f" and how does it work? {AI}<|endoftext|>"),
    ("mini-gpt-neo", "text-generation", "What is AI?", f" {AI}<|endoftext|>"),
    ("mini-gpt-neo", "text-generation", "The capital of Japan is", " Tokyo.<|endoftext|>"),
    ("mini-t5", "translation", "translate English to German: How are you", "Wie sind Sie?"),
    ("mini-t5", "translation", "translate English to French: Good morning.", "Bonjour."),
    (
        "mini-t5",
        "translation",
        "translate English to Japanese: Thank you very much.",
        "ありがとうございます。",
    ),
)


def ask(questions: list[dict[str, Any]]) -> list[Any]:
    """Answer in a child process: this one imports no torch."""
    child = subprocess.run(
        [sys.executable, str(CHECKOUT / "tests" / "tiny_answers.py")],
        input=json.dumps(questions),
        env={**os.environ, **tiny_models.QUIET},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    answers: list[Any] = json.loads(child.stdout)
    return answers


@pytest.mark.parametrize("name", MINIATURES)
def test_a_miniature_is_a_small_and_complete_repository(name: str) -> None:
    folder = MODELS / name
    files = {path.name for path in folder.iterdir()}
    assert {
        "README.md",
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    } <= files
    assert (folder / "model.safetensors").stat().st_size <= 300_000
    assert "transformers_version" not in (folder / "config.json").read_text(encoding="utf-8")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---\nlicense: apache-2.0\n")
    assert "zukan's own miniature, trained in seconds on a few dozen sentences, **NOT " in card


def test_the_miniatures_answer() -> None:
    questions: list[dict[str, Any]] = [
        {"folder": str(MODELS / name), "task": task, "text": text, "options": {}} for name, task, text, _ in QUESTIONS
    ]
    questions.append({"folder": str(MODELS / "mini-bert"), "task": "scores", "text": "I love [MASK]."})
    *answers, scores = ask(questions)
    assert answers == [expected for *_, expected in QUESTIONS]
    (first, sure), (_, less_sure) = scores
    assert first == "you"
    assert sure - less_sure >= 0.4


@pytest.mark.slow
def test_making_the_miniatures_again_gives_the_same_bytes(tmp_path: Path) -> None:
    script = str(CHECKOUT / "data" / "make_models.py")
    made = []
    for number in range(2):
        out = tmp_path / str(number)
        environment = {**os.environ, **tiny_models.QUIET}
        subprocess.run(
            [sys.executable, script, "--out", str(out)],
            env=environment,
            capture_output=True,
            check=True,
            timeout=500,
        )
        made.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert made[0] == made[1]
    shipped = {path.relative_to(MODELS): path.read_bytes() for path in MODELS.rglob("*") if path.is_file()}
    assert shipped.keys() == made[0].keys()
    # Another kind of processor rounds otherwise: the weights may differ there, all else may not.
    changed = [path for path in shipped if shipped[path] != made[0][path] and path.suffix != ".safetensors"]
    assert changed == []


def test_no_stand_in_is_asked_for_what_its_question_says() -> None:
    assert len(tiny_models.ARTICLE) == 10
    for spec in tiny_models.SPECS.values():
        for trial in spec.trials:
            assert not trial.accepts(trial.text), spec.name


@pytest.mark.slow
def test_every_stand_in_answers(tmp_path: Path) -> None:
    folders = tiny_models.ensure(tmp_path)
    asked = [(spec, trial) for spec in tiny_models.SPECS.values() for trial in spec.trials]
    questions = [
        {
            "folder": str(folders[spec.name]),
            "task": spec.task or spec.pipeline_tag,
            "text": trial.text,
            "options": dict(trial.options),
        }
        for spec, trial in asked
    ]
    wrong = [
        (spec.name, trial.text, answer)
        for (spec, trial), answer in zip(asked, ask(questions), strict=True)
        if not trial.accepts(answer)
    ]
    assert wrong == []
    for spec in tiny_models.SPECS.values():
        config = json.loads((folders[spec.name] / "config.json").read_text(encoding="utf-8"))
        assert (config["model_type"], config["architectures"]) == (spec.model_type, [spec.architecture])


@pytest.mark.parametrize("fault", [*broken_models.FAULTS, *broken_models.NEED_MARKER])
def test_a_broken_repository_is_made_without_running_anything(fault: str, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    good = MODELS / "mini-bert"
    broken = broken_models.derive(fault, good, tmp_path / "broken", marker)
    assert {path.name: path.read_bytes() for path in broken.iterdir()} != {
        path.name: path.read_bytes() for path in good.iterdir()
    }
    assert not marker.exists()
