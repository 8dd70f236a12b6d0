"""Every snippet that zukan prints is run here, against tiny stand-ins served under the real names."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import tiny_models as tiny
from conftest import child_environment
from hub_server import HubServer
from zukan.families import classify
from zukan.records import record_from_row
from zukan.snippet import snippet

# One process runs them all: importing transformers costs more than any of them.
RUNNER = """
import contextlib, io, json, sys, traceback
answers = {}
for name, code in json.load(sys.stdin).items():
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(compile(code, name, "exec"), {})
    except Exception:
        out.write(traceback.format_exc())
    answers[name] = out.getvalue()
print(json.dumps(answers))
"""

# What the snippet's own example must print; each was taught to the stand-in.
EXPECTED = {
    "bert": "you",
    "roberta": "you",
    "xlm": "you",
    "deberta": "you",
    "openai-gpt": "the science of teaching machines",
    "gpt2": "the science of teaching machines",
    "gpt-neo": "the science of teaching machines",
    "t5": "Wie sind Sie?",
    "m2m100": "Wie sind Sie?",
    "distilbert-sst2": "POSITIVE",
    "bert-ner": "Berlin\tB-LOC",
}


@pytest.fixture(scope="module")
def rows(tiny_models: dict[str, Path]) -> dict[str, dict[str, Any]]:
    """Return the Hub's row of each stand-in."""
    with HubServer() as server:
        for name, spec in tiny.SPECS.items():
            server.add_model(spec.stands_in_for, folder=tiny_models[name], row={"pipeline_tag": spec.pipeline_tag})
        return {name: server.row(spec.stands_in_for) for name, spec in tiny.SPECS.items()}


def written(row: dict[str, Any]) -> tuple[str, str | None]:
    record = record_from_row(row)
    return snippet(record, classify(record.row))


@pytest.fixture(scope="module")
def answers(
    rows: dict[str, dict[str, Any]], tiny_models: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Return what each snippet printed."""
    codes = {name: code for name, row in rows.items() if (code := written(row)[0])}
    with HubServer() as server:
        for name, spec in tiny.SPECS.items():
            server.add_model(spec.stands_in_for, folder=tiny_models[name])
        done = subprocess.run(
            [sys.executable, "-c", RUNNER],
            input=json.dumps(codes),
            capture_output=True,
            text=True,
            check=True,
            timeout=240,
            env=child_environment() | server.environment(tmp_path_factory.mktemp("cache")),
        )
    result: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.parametrize("name", [name for name in tiny.SPECS if name != "bart-mnli"])
def test_the_snippet_runs(answers: dict[str, str], name: str) -> None:
    assert "Traceback" not in answers[name]
    assert answers[name].strip()
    if name in EXPECTED:
        assert EXPECTED[name] in answers[name]


@pytest.mark.parametrize("name", tiny.ARTICLE)
def test_the_snippet_uses_the_class_of_its_family(rows: dict[str, dict[str, Any]], name: str) -> None:
    code, _ = written(rows[name])
    auto_class = {
        "encoder-only": "AutoModelForMaskedLM",
        "decoder-only": "AutoModelForCausalLM",
        "seq2seq": "AutoModelForSeq2SeqLM",
    }[tiny.SPECS[name].family]
    assert auto_class in code
    assert "pipeline(" not in code


def test_vectors_are_pooled_as_the_repository_states(tiny_models: dict[str, Path], tmp_path: Path) -> None:
    """One of each way, in the settings of the present and of the former sentence-transformers."""
    stated = {
        "a/mean": {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": False},
        "a/cls": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False},
        "a/last": {"pooling_mode": "lasttoken"},
        "a/max": {"pooling_mode_max_tokens": True},
        "a/weighted": {"pooling_mode_weightedmean_tokens": True, "pooling_mode_mean_tokens": False},
    }
    codes = {}
    with HubServer() as server:
        for name, settings in stated.items():
            folder = tmp_path / name
            shutil.copytree(tiny_models["bert"], folder)
            (folder / "1_Pooling").mkdir()
            (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
            kind = {"pipeline_tag": "sentence-similarity", "library_name": "sentence-transformers"}
            server.add_model(name, folder=folder, row=kind)
            codes[name] = written({**server.row(name), **kind})[0]
        done = subprocess.run(
            [sys.executable, "-c", RUNNER],
            input=json.dumps(codes), capture_output=True, text=True, check=True, timeout=240,
            env=child_environment() | server.environment(tmp_path / "cache"),
        )  # fmt: skip
    answers = json.loads(done.stdout.splitlines()[-1])
    assert all(answer.startswith("tensor([[1.0") for answer in answers.values()), answers
    assert len(set(answers.values())) == len(stated)


def test_a_name_cannot_escape_its_quotes() -> None:
    row = {
        "id": "a/b'); import os; os.system('x",
        "pipeline_tag": "fill-mask",
        "config": {"model_type": "bert", "architectures": ["BertForMaskedLM"]},
    }
    code, _ = written(row)
    tree = compile(code, "snippet", "exec")
    assert "system" not in tree.co_names


@pytest.mark.parametrize(
    "row",
    [
        {"id": "a/b", "library_name": "diffusers", "pipeline_tag": "text-to-image"},
        {"id": "a/b"},
        {"id": "a/b", "pipeline_tag": "reinforcement-learning", "library_name": "stable-baselines3"},
    ],
)
def test_no_snippet_is_better_than_a_wrong_one(row: dict[str, Any]) -> None:
    assert written(row) == ("", None)


def test_remote_code_is_warned_of() -> None:
    row = {
        "id": "a/b",
        "tags": ["custom_code"],
        "pipeline_tag": "text-generation",
        "config": {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
    }
    assert "trust_remote_code=True" in written(row)[0].splitlines()[0]
