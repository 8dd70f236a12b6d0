"""A head that a checkpoint lacks is told of before the weights are downloaded, and never without reason."""

from __future__ import annotations

import importlib.util
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import broken_models
from conftest import Zukan
from hub_server import HubServer
from tiny_specs import SPECS
from zukan.trial import abilities, heads
from zukan.trial.tables import load_tables
from zukan_cli.exit_codes import ExitCode

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="transformers is not installed"
)
PADDING = 2**21
GAP = "I love [MASK]."


def tensors(folder: Path) -> tuple[list[str], dict[str, Any]]:
    """Return the names of a checkpoint's tensors, and its configuration."""
    names = list(broken_models.read_safetensors(folder / "model.safetensors")[0])
    return names, json.loads((folder / "config.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SPECS)
def test_no_whole_model_is_doubted(tiny_models: dict[str, Path], name: str) -> None:
    names, config = tensors(tiny_models[name])
    for class_name in config["architectures"]:
        assert heads.missing_heads(class_name, config["model_type"], names, config) == ()


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("bert", ("cls",)),
        ("roberta", ("lm_head",)),
        ("distilbert-sst2", ("pre_classifier", "classifier")),
        ("bert-ner", ("classifier",)),
        ("bert-squad", ("qa_outputs",)),
        ("bart-mnli", ("classification_head",)),
    ],
)
def test_what_is_missing_is_named(
    tiny_models: dict[str, Path], tmp_path: Path, name: str, missing: tuple[str, ...]
) -> None:
    names, config = tensors(broken_models.derive("no-head", tiny_models[name], tmp_path / "m"))
    assert heads.missing_heads(config["architectures"][0], config["model_type"], names, config) == missing


@pytest.mark.parametrize("name", ["gpt-neo", "gpt2", "openai-gpt", "llama-chat", "t5", "bart", "m2m100"])
def test_a_head_that_is_the_embeddings_need_not_be_there(tiny_models: dict[str, Path], name: str) -> None:
    names, config = tensors(tiny_models[name])
    body = [entry for entry in names if not entry.startswith("lm_head.")]
    config.pop("tie_word_embeddings", None)
    assert heads.missing_heads(config["architectures"][0], config["model_type"], body, config) == ()


def test_untied_embeddings_are_no_head() -> None:
    body = ["model.embed_tokens.weight", "model.layers.0.mlp.up_proj.weight"]
    untied = {"tie_word_embeddings": False}
    assert heads.missing_heads("LlamaForCausalLM", "llama", body, untied) == ("lm_head",)
    assert heads.missing_heads("LlamaForSequenceClassification", "llama", body, {}) == ("score",)


def test_what_has_no_source_is_not_doubted() -> None:
    for model_type in ("zukan_brandnew", "../../etc", ""):
        assert heads.missing_heads("BrandNewForMaskedLM", model_type, ["a.b"], {}) == ()


def test_the_class_is_the_one_that_will_be_loaded() -> None:
    known = load_tables()
    bert = abilities.Model({"architectures": ["BertForPreTraining"]}, "bert")
    assert abilities.class_name("fill-mask", bert, known) == "BertForMaskedLM"
    assert abilities.class_name("feature-extraction", bert, known) is None
    vit = abilities.Model({"architectures": ["ViTForImageClassification"]}, "vit")
    assert abilities.class_name("image-classification", vit, known) == "ViTForImageClassification"


# --- by command line -----------------------------------------------------------------------------------------


@pytest.fixture
def served(tiny_models: dict[str, Path], tmp_path: Path) -> Iterator[HubServer]:
    """Return a Hub with a checkpoint that has no head, and one that has, both larger than a look."""
    broken_models.derive("no-head", tiny_models["bert"], tmp_path / "bare")
    shutil.copytree(tiny_models["bert"], tmp_path / "whole")
    with HubServer() as server:
        for name in ("bare", "whole"):
            path = tmp_path / name / "model.safetensors"
            header, body = broken_models.read_safetensors(path)
            entry = {"dtype": "U8", "shape": [PADDING], "data_offsets": [len(body), len(body) + PADDING]}
            broken_models.write_safetensors(path, {**header, "padding": entry}, body + bytes(PADDING))
            server.add_model(f"acme/{name}", folder=tmp_path / name, row={"pipeline_tag": "fill-mask"})
        shard = "model-00001-of-00001.safetensors"
        shutil.copytree(tmp_path / "bare", tmp_path / "large", ignore=shutil.ignore_patterns("*.safetensors"))
        weight_map = dict.fromkeys(tensors(tmp_path / "bare")[0], shard)
        index = tmp_path / "large" / "model.safetensors.index.json"
        index.write_text(json.dumps({"weight_map": weight_map}), encoding="utf-8")
        # Announced and never there: the index alone must do.
        server.add_model("acme/large", folder=tmp_path / "large", announced={shard: 3 * 10**9})
        yield server


def test_it_is_said_before_the_download_and_costs_one_request(
    zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path
) -> None:
    environment = served.environment(tmp_path / "cache")
    done = zukan("try", "acme/bare", GAP, environment=environment)
    assert done.returncode == 0, done.stderr
    said = done.stderr.splitlines()
    (place,) = [
        number for number, line in enumerate(said) if "no weights for the head of BertForMaskedLM (cls)" in line
    ]
    (download,) = [number for number, line in enumerate(said) if line.startswith("To download")]
    assert place < download
    ranges = [request.headers.get("range") for request in served.requests if request.path.endswith("model.safetensors")]
    # On the Hub and then on its CDN, where the file itself comes from after that.
    assert ranges.count("bytes=0-99999") == 2
    served.requests.clear()
    again = zukan("try", "acme/bare", GAP, environment=environment)
    assert served.requests == []
    assert "untrained head" in again.stderr


def test_a_whole_model_is_not_doubted(zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path) -> None:
    done = zukan("try", "acme/whole", GAP, environment=served.environment(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert "head" not in done.stderr


def test_it_is_said_before_a_large_download_is_asked_about(
    zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path
) -> None:
    done = zukan("try", "acme/large", GAP, environment=served.environment(tmp_path / "cache"))
    assert done.returncode == ExitCode.MODEL
    said = done.stderr.splitlines()
    assert "no weights for the head" in said[-2]
    assert "--yes" in said[-1]
    assert not list((tmp_path / "cache").glob("**/model.safetensors"))


def test_a_look_that_fails_costs_nothing_more(zukan: Zukan, served: HubServer, catalogue: Path, tmp_path: Path) -> None:
    served.fail("/cdn/acme/bare/model.safetensors", kind="reset", times=1)
    done = zukan("try", "acme/bare", GAP, environment=served.environment(tmp_path / "cache"))
    assert done.returncode == 0, done.stderr
    assert "no weights for the head" not in done.stderr
    assert "untrained head" in done.stderr
