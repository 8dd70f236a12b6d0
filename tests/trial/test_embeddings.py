"""Vectors are those of sentence-transformers, to the sixth digit, in every way of pooling."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import broken_models
from tiny_models import QUIET
from zukan.outcomes import TrialRequest
from zukan.trial import preflight
from zukan.trial.run import _job
from zukan.trial.source import local_repository

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("sentence_transformers") is None, reason="sentence-transformers is not installed"
    ),
]

CHECKOUT = Path(__file__).resolve().parents[2]
TEXTS = [
    "The cat sleeps on the sofa.",
    "We wait.",
    "A computer learns from data, and machine learning needs data. " * 8,
]
MODES = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens", "lasttoken")


def variants(minilm: Path, scratch: Path) -> dict[str, Path]:
    """Make repositories that pool in other ways, ask with a prompt, or put another layer on top."""
    made = {"as it is": minilm}
    for mode in MODES:
        made[mode] = _copy(minilm, scratch / mode, {f"pooling_mode_{mode}": True})
    both = {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True}
    made["two modes"] = _copy(minilm, scratch / "two", both)
    for included in (True, False):
        folder = _copy(minilm, scratch / f"prompt-{included}", {**both, "include_prompt": included})
        settings = {"prompts": {"query": "she cooks : "}, "default_prompt_name": "query"}
        (folder / "config_sentence_transformers.json").write_text(json.dumps(settings), encoding="utf-8")
        made[f"prompt {included}"] = folder
    made["dense"] = _with_dense(_copy(minilm, scratch / "dense", {"pooling_mode_mean_tokens": True}))
    return made


def _copy(minilm: Path, folder: Path, pooling: dict[str, bool]) -> Path:
    shutil.copytree(minilm, folder)
    width = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    off = {f"pooling_mode_{mode}": False for mode in MODES}
    settings = {"word_embedding_dimension": width, **off, **pooling}
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    (folder / "modules.json").write_text(json.dumps(modules[:2]), encoding="utf-8")
    return folder


def _with_dense(folder: Path) -> Path:
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    modules.append({"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    (folder / "2_Dense").mkdir()
    width = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    settings = {"in_features": width, "out_features": 4, "bias": True}
    settings["activation_function"] = "torch.nn.modules.activation.Tanh"
    (folder / "2_Dense" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    size = 4 * 4 * width
    broken_models.write_safetensors(
        folder / "2_Dense" / "model.safetensors",
        {
            "linear.weight": {"dtype": "F32", "shape": [4, width], "data_offsets": [0, size]},
            "linear.bias": {"dtype": "F32", "shape": [4], "data_offsets": [size, size + 16]},
        },
        b"\0\0\x80\x3e" * (4 * width + 4),
    )
    return folder


def test_vectors_are_those_of_sentence_transformers(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    made = variants(tiny_models["minilm"], tmp_path)
    questions = [{"job": _planned(folder), "texts": TEXTS} for folder in made.values()]
    child = subprocess.run(
        [sys.executable, str(CHECKOUT / "tests" / "trial" / "embed_both.py")],
        input=json.dumps(questions),
        env={**os.environ, **QUIET, "PYTHONPATH": os.pathsep.join([str(CHECKOUT / "catalogue"), *sys.path])},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert child.returncode == 0, child.stderr[-3000:]
    answers = dict(zip(made, json.loads(child.stdout), strict=True))
    assert {name: answer for name, answer in answers.items() if answer["difference"] > 1e-6} == {}
    assert all(answer["largest"] > 0.01 for answer in answers.values())


def _planned(folder: Path) -> dict[str, Any]:
    request = TrialRequest(str(folder), text=TEXTS[0])
    repository = local_repository(request.model)
    assert repository is not None
    return asdict(_job(request, repository, preflight.plan_trial(request, repository), repository.folder))
