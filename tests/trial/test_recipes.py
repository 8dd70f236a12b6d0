"""Every task's recipe, on tiny trained models: the answers, and what is noticed that transformers does not say."""

from __future__ import annotations

import importlib.util
import json
import math
import shutil
import struct
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

import broken_models
from tiny_specs import SPECS
from zukan.outcomes import TrialRequest
from zukan.trial import preflight
from zukan.trial.run import _job
from zukan.trial.source import local_repository

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("torch") is None or importlib.util.find_spec("transformers") is None,
    reason="torch and transformers are not installed",
)

Tiny = Callable[[str], Path]
Ask = Callable[[list[dict[str, Any]]], list[dict[str, Any]]]

LONG = "The cat sleeps on the sofa. " * 200


def job(folder: Path, text: str, tag: str | None = None, **options: Any) -> dict[str, Any]:
    """Plan a trial of a folder as the product does, and return its job."""
    overrides = options.pop("job", {})
    request = TrialRequest(str(folder), text=text, **options)
    repository = local_repository(request.model)
    assert repository is not None
    repository.pipeline_tag = tag
    plan = preflight.plan_trial(request, repository)
    return {**asdict(_job(request, repository, plan, repository.folder)), **overrides}


def trial_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return a stand-in's options under the names of `TrialRequest`."""
    names = {"from": "source_language", "to": "target_language", "others": "compare_with"}
    return {names.get(name, name): value for name, value in options.items()}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the broken models, and of the marker that a careless loader would make."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def answers(tiny: Tiny, answer_jobs: Ask, scratch: Path) -> dict[str, dict[str, Any]]:
    """Answer every question of this module in one process."""
    jobs = {**_stand_in_jobs(tiny), **_special_jobs(tiny)}
    jobs |= {**_pooling_jobs(tiny, scratch), **_broken_jobs(tiny, scratch)}
    return dict(zip(jobs, answer_jobs(list(jobs.values())), strict=True))


def _stand_in_jobs(tiny: Tiny) -> dict[str, dict[str, Any]]:
    return {
        f"{name} {number}": job(tiny(name), trial.text, spec.pipeline_tag, **trial_options(dict(trial.options)))
        for name, spec in SPECS.items()
        for number, trial in enumerate(spec.trials)
    }


def _special_jobs(tiny: Tiny) -> dict[str, dict[str, Any]]:
    context = "My name is Anna and I live in Berlin. " + "It rains. " * 400
    labels = ("cooking", "travel", "sport")
    return {
        "mask of others": job(tiny("roberta"), "I love [MASK]."),
        "mask as a line": job(tiny("xlm"), "I love ____."),
        "two masks": job(tiny("bert"), "I [MASK] [MASK].", top_k=2),
        "no mask": job(tiny("bert"), "I love you."),
        "long text": job(tiny("distilbert-sst2"), LONG),
        "long roberta": job(tiny("roberta"), "I love <mask>. " + LONG),
        "long prompt": job(tiny("gpt-neo"), LONG, max_new_tokens=8),
        "long answer": job(tiny("gpt-neo"), "What is AI", max_new_tokens=10**6),
        "few tokens": job(tiny("gpt2"), "What is AI", max_new_tokens=3),
        "no target": job(tiny("m2m100"), "How are you?", target_language="de", job={"target_language": None}),
        "odd target": job(tiny("m2m100"), "How are you?", target_language="de", job={"target_language": "nv"}),
        "no source": job(tiny("m2m100"), "How are you?", target_language="German"),
        "t5 by code": job(tiny("t5"), "How are you", target_language="de"),
        "t5 summary": job(tiny("t5"), SPECS["t5"].trials[2].text.removeprefix("summarize: "), task="summarization"),
        "bart mask": job(tiny("bart"), "I love <mask>.", task="fill-mask"),
        "one label": job(tiny("bart-mnli"), "Add salt to the soup.", labels=("cooking",)),
        "labels twice": job(tiny("bart-mnli"), "Add salt to the soup.", labels=(*labels, "cooking", " ")),
        "vector": job(tiny("minilm"), "The cat sleeps on the sofa."),
        "same sentence": job(tiny("minilm"), "She cooks soup.", compare_with=("She cooks soup.", "The train is late.")),
        "plain vector": job(tiny("bert"), "I love you.", task="feature-extraction"),
        "causal vector": job(tiny("gpt2"), "What is AI", task="feature-extraction"),
        "t5 vector": job(tiny("t5"), "How are you", task="feature-extraction"),
        "long context": job(tiny("bert-squad"), "Where do I live?", context=context),
        "entities": job(tiny("bert-ner"), "My name is Wolfgang and I live in Berlin."),
        "no such device": job(tiny("bert"), "I love [MASK].", device="xpu"),
    }


def _pooling_jobs(tiny: Tiny, scratch: Path) -> dict[str, dict[str, Any]]:
    """Vary the pooling of a sentence-transformers model; without its last module the norms can be compared."""
    jobs = {}
    modes: dict[str, dict[str, Any]] = {
        "cls": {"pooling_mode_cls_token": True},
        "max": {"pooling_mode_max_tokens": True},
        "last": {"pooling_mode_lasttoken": True},
        "weighted": {"pooling_mode_weightedmean_tokens": True},
        "sqrt": {"pooling_mode_mean_sqrt_len_tokens": True},
        "mean": {"pooling_mode": "mean"},
        "two": {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True},
        "odd": {"pooling_mode": "attention"},
    }
    for name, settings in modes.items():
        folder = _pooled(tiny, scratch / f"pool-{name}", settings, [])
        jobs[f"pool {name}"] = job(folder, "The cat sleeps on the sofa.")
    dense = {"path": "2_Dense", "type": "sentence_transformers.models.Dense"}
    folder = _pooled(tiny, scratch / "pool-dense", {"pooling_mode": "mean"}, [dense])
    width = json.loads((folder / "config.json").read_text(encoding="utf-8"))["hidden_size"]
    (folder / "2_Dense").mkdir()
    settings = {"in_features": width, "out_features": 1, "activation_function": "torch.nn.modules.linear.Identity"}
    (folder / "2_Dense" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    entry = {"dtype": "F32", "shape": [1, width], "data_offsets": [0, 4 * width]}
    broken_models.write_safetensors(
        folder / "2_Dense" / "model.safetensors",
        {"linear.weight": entry},
        struct.pack("<f", 2.0) + bytes(4 * width - 4),
    )
    jobs["pool dense"] = job(folder, "The cat sleeps on the sofa.")
    folder = _pooled(tiny, scratch / "pool-short", {"pooling_mode": "mean"}, [], max_seq_length=4)
    jobs["pool short"] = job(folder, "The cat sleeps on the sofa.")
    return jobs


def _pooled(tiny: Tiny, folder: Path, settings: dict[str, Any], more: list[Any], **limits: Any) -> Path:
    shutil.copytree(tiny("minilm"), folder)
    modules = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    (folder / "modules.json").write_text(json.dumps([*modules[:2], *more]), encoding="utf-8")
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    if limits:
        (folder / "sentence_bert_config.json").write_text(json.dumps(limits), encoding="utf-8")
    return folder


def _broken_jobs(tiny: Tiny, scratch: Path) -> dict[str, dict[str, Any]]:
    jobs = {}
    for fault in ("no-head", "not-a-number", "truncated", "lfs-pointer", "pickle-only"):
        folder = broken_models.derive(fault, tiny("bert"), scratch / fault)
        jobs[fault] = job(folder, "I love [MASK].")
    folder = broken_models.derive("not-a-number", tiny("gpt2"), scratch / "nan-gpt2")
    jobs["not-a-number gpt2"] = job(folder, "What is AI")
    folder = broken_models.derive("malicious-pickle", tiny("bert"), scratch / "bad", scratch / "marker")
    jobs["malicious-pickle"] = job(folder, "I love [MASK].")
    folder = broken_models.derive("no-tokenizer", tiny("bert"), scratch / "stub")
    # An empty vocabulary gets past the pre-flight, as a repository with a stray file does.
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n", encoding="utf-8")
    jobs["stub tokenizer"] = job(folder, "I love [MASK].")
    folder = broken_models.derive("no-head", tiny("bert"), scratch / "untyped")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    del config["model_type"]
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    jobs["no model type"] = job(folder, "I love [MASK].")
    config |= {"model_type": "bert", "hidden_size": config["hidden_size"] * 2}
    folder = broken_models.derive("no-head", tiny("bert"), scratch / "shapes")
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    jobs["other shapes"] = job(folder, "I love [MASK].")
    return jobs


@pytest.mark.parametrize(
    ("name", "number"), [(name, number) for name, spec in SPECS.items() for number in range(len(spec.trials))]
)
def test_a_stand_in_answers(answers: dict[str, dict[str, Any]], name: str, number: int) -> None:
    answer, trial = answers[f"{name} {number}"], SPECS[name].trials[number]
    assert trial.accepts(str(answer.get("text"))), answer


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("mask of others", "you"),
        ("mask as a line", "you"),
        ("bart mask", "you"),
        ("no source", "Wie sind Sie?"),
        ("t5 by code", "Wie sind Sie?"),
        ("t5 summary", "After rain, happy children."),
        ("labels twice", "cooking"),
        ("same sentence", "She cooks soup."),
        ("pickle-only", "you"),
    ],
)
def test_other_ways_to_ask(answers: dict[str, dict[str, Any]], name: str, text: str) -> None:
    assert answers[name].get("text") == text, answers[name]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("long text", "was cut off"),
        ("long roberta", "was cut off"),
        ("long prompt", "were cut off"),
        ("long prompt", "ended its answer at once"),
        ("long answer", "new tokens fit"),
        ("few tokens", "stopped after 3 new tokens"),
        ("no source", "English was assumed"),
        ("plain vector", "nothing about pooling"),
        ("no-head", "untrained head"),
        ("no model type", "untrained head"),
    ],
)
def test_a_warning_says_what_limits_the_answer(answers: dict[str, dict[str, Any]], name: str, words: str) -> None:
    assert any(words in warning for warning in answers[name].get("warnings", ())), answers[name]


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("no mask", "unusable-input", "no gap to fill"),
        ("no target", "missing-option", "language to translate into"),
        ("odd target", "missing-option", "does not translate into nv"),
        ("no such device", "unusable-input", "no device xpu"),
        ("not-a-number", "run-failed", "NaN"),
        ("not-a-number gpt2", "run-failed", "NaN"),
        ("truncated", "load-failed", "cut off"),
        ("lfs-pointer", "load-failed", "git-lfs pointer"),
        ("malicious-pickle", "unloadable", "unsafe"),
        ("stub tokenizer", "unloadable", "knows 5 tokens"),
        ("other shapes", "load-failed", "other shapes"),
    ],
)
def test_a_fault_is_described(answers: dict[str, dict[str, Any]], name: str, code: str, words: str) -> None:
    assert answers[name].get("code") == code, answers[name]
    assert words in answers[name]["message"]


def test_no_code_of_a_pickle_ran(answers: dict[str, dict[str, Any]], scratch: Path) -> None:
    assert "malicious-pickle" in answers
    assert not (scratch / "marker").exists()


def test_an_option_that_is_missing_comes_with_its_choices(answers: dict[str, dict[str, Any]]) -> None:
    assert answers["no target"]["option"] == "--to"
    assert {"de", "fr", "ja"} <= set(answers["no target"]["choices"])


def test_each_gap_has_its_candidates(answers: dict[str, dict[str, Any]]) -> None:
    output = answers["two masks"]["output"]
    assert [len(gap) for gap in output] == [2, 2]
    assert output[0][0]["score"] >= output[0][1]["score"] > 0


def test_labels_share_one_probability(answers: dict[str, dict[str, Any]]) -> None:
    assert math.isclose(sum(row["score"] for row in answers["labels twice"]["output"]), 1, abs_tol=1e-5)
    assert len(answers["labels twice"]["output"]) == 3
    assert answers["one label"]["output"][0]["score"] > 0.5


def test_a_vector_is_shown_by_its_size_and_norm(answers: dict[str, dict[str, Any]]) -> None:
    output = answers["vector"]["output"]
    assert output["dimension"] > len(output["values"]) == 8
    assert math.isclose(output["norm"], 1, abs_tol=1e-5)
    for name in ("plain vector", "causal vector", "t5 vector"):
        assert answers[name]["output"]["norm"] > 0, answers[name]


def test_each_way_of_pooling_is_its_own(answers: dict[str, dict[str, Any]]) -> None:
    output = {name: answers[f"pool {name}"]["output"] for name in ("cls", "max", "last", "weighted", "sqrt", "mean")}
    assert len({round(row["norm"], 4) for row in output.values()}) == len(output)
    tokens = (output["sqrt"]["norm"] / output["mean"]["norm"]) ** 2
    assert math.isclose(tokens, round(tokens), abs_tol=1e-3)
    both = answers["pool two"]["output"]
    assert both["dimension"] == 2 * output["mean"]["dimension"]
    assert math.isclose(both["norm"], math.hypot(output["cls"]["norm"], output["mean"]["norm"]), rel_tol=1e-5)
    assert math.isclose(answers["pool dense"]["output"]["norm"], 2 * abs(output["mean"]["values"][0]), rel_tol=1e-4)
    assert any("was cut off" in warning for warning in answers["pool short"]["warnings"])
    assert answers["pool odd"]["code"] == "unloadable"


def test_the_same_sentence_is_wholly_similar(answers: dict[str, dict[str, Any]]) -> None:
    best, other = answers["same sentence"]["output"]
    assert math.isclose(best["score"], 1, abs_tol=1e-5)
    assert other["score"] < best["score"]


def test_spans_name_their_place_in_the_text(answers: dict[str, dict[str, Any]]) -> None:
    text = "My name is Wolfgang and I live in Berlin."
    spans = answers["entities"]["output"]
    assert [text[span["start"] : span["end"]] for span in spans] == ["Wolfgang", "Berlin"]
    assert [span["text"] for span in spans] == ["Wolfgang", "Berlin"]


def test_a_long_passage_is_read_in_windows(answers: dict[str, dict[str, Any]]) -> None:
    """The tiny model is not sure where it has never seen so much rain, but every window is on one scale."""
    output, context = answers["long context"]["output"], answers["long context"]["input"]["context"]
    assert "Berlin" in [row["label"] for row in output]
    assert all(context[row["start"] : row["end"]] == row["label"] for row in output)
    assert sum(row["score"] for row in output) <= 1


def test_new_tokens_are_counted(answers: dict[str, dict[str, Any]]) -> None:
    assert answers["few tokens"]["new_tokens"] == 3
    assert answers["t5 by code"]["new_tokens"] > 1
    assert answers["long prompt"]["new_tokens"] <= 8


def test_the_prompt_that_was_used_is_told(answers: dict[str, dict[str, Any]]) -> None:
    assert answers["t5 by code"]["input"]["prompt"] == "translate English to German: How are you"
    assert answers["t5 summary"]["input"]["prompt"].startswith("summarize: ")
