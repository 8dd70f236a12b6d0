"""The family tagger: the judged table, the evidence it names, odd input, speed, and that its table is whole."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zukan.families
from zukan.families import Lineage, classify
from zukan.family_names import family_of_name
from zukan.family_table import load_table
from zukan.schema import Certainty, Family, FamilyTag

CASES: list[dict[str, Any]] = [
    row
    for group in tomllib.loads((Path(__file__).parent / "family_cases.toml").read_text(encoding="utf-8"))["group"]
    for row in group["rows"]
]
KEYS = {"pipeline": "pipeline_tag", "library": "library_name", "tags": "tags"}


def row_of(case: Mapping[str, Any]) -> dict[str, Any]:
    config = dict(case.get("config", {}))
    if "arch" in case:
        config["architectures"] = case["arch"]
    if "type" in case:
        config["model_type"] = case["type"]
    row = {"id": case["id"], **case.get("row", {}), "config": config}
    if "base_models" in case:
        row["baseModels"] = {"models": [{"id": name} for name in case["base_models"]]}
    return {**row, **{key: case[short] for short, key in KEYS.items() if short in case}}


def base_of(case: Mapping[str, Any]) -> Lineage | None:
    if "base" not in case:
        return None
    return lambda _names: FamilyTag(Family(case["base"]), Certainty.CERTAIN, "As judged.", {}, "class")


def complaint(case: Mapping[str, Any]) -> str | None:
    tag = classify(row_of(case), base_of(case))
    wanted = {key: case[key] for key in ("family", "certainty", "guess") if key in case}
    got = {"family": str(tag.family), "certainty": str(tag.certainty), "guess": tag.guess and str(tag.guess)}
    if all(got[key] == value for key, value in wanted.items()):
        return None
    return f"{case['id']}: {wanted} wanted, {got} got by rule {tag.rule}: {tag.reason}"


def present(row: Mapping[str, Any], path: str) -> Any:
    """Look a field's path up in a row; None where it is absent."""
    value: Any = row
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def test_judged_table() -> None:
    assert len(CASES) >= 120
    complaints = [found for case in CASES if (found := complaint(case))]
    assert len(complaints) <= 0.03 * len(CASES), "\n".join(complaints)


@pytest.mark.parametrize("case", [case for case in CASES if case.get("article")], ids=lambda case: case["id"])
def test_every_model_of_the_article_is_right_and_certain(case: dict[str, Any]) -> None:
    assert case["certainty"] == "certain"
    assert complaint(case) is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_tags_are_whole(case: dict[str, Any]) -> None:
    row = row_of(case)
    tag = classify(row, base_of(case))
    assert tag.evidence
    for path, value in tag.evidence.items():
        found = present(row, path)
        assert found is not None, f"{path} is not in the row"
        if isinstance(found, str):
            assert value == found
    assert tag.reason.endswith(".")
    assert ".." not in tag.reason
    assert tag.rule
    assert (tag.family is Family.UNDETERMINED) == (tag.certainty is Certainty.GUESS)
    assert tag.guess is None or tag.family is Family.UNDETERMINED


def test_reasons_are_sentences_for_students() -> None:
    reasons = {case["id"]: classify(row_of(case), base_of(case)).reason for case in CASES}
    assert reasons["google-bert/bert-base-uncased"] == "BertForMaskedLM is an encoder: every token sees every token."
    assert reasons["microsoft/deberta-v3-base"] == (
        "The model type deberta-v2 is an encoder: every token sees every token."
    )
    clip = classify({"config": {"architectures": ["CLIPModel"], "model_type": "clip"}}).reason
    assert clip.startswith("CLIPModel is a pair of encoders: each turns its own kind of input into a vector; some")
    assert "every token" not in clip, "the mask of its text half is causal"
    assert "some call it a composite" in reasons["llava-hf/llava-1.5-7b-hf"]
    assert "google/flan-t5-xl" in reasons["x/flan-lora"]


def test_a_base_models_tag_wins_over_its_name() -> None:
    row = {"id": "x/lora", "library_name": "peft", "baseModels": {"models": [{"id": "someone/llama-bert"}]}}
    base = FamilyTag(Family.SEQ2SEQ, Certainty.CERTAIN, "", {}, "class")
    asked: list[Sequence[str]] = []
    assert classify(row, lambda names: asked.append(names) or base).family is Family.SEQ2SEQ  # type: ignore[func-returns-value]
    assert set(asked) == {("someone/llama-bert",)}
    assert classify(row, lambda _names: None).family is Family.UNDETERMINED
    assert classify(row).family is Family.UNDETERMINED


def test_a_name_counts_only_with_its_task() -> None:
    name = "bartowski/google_medgemma-27b-it-GGUF"
    alone = classify({"id": name})
    assert (alone.family, alone.guess) == (Family.UNDETERMINED, Family.DECODER_ONLY)
    both = classify({"id": name, "pipeline_tag": "text-generation"})
    assert (both.family, both.certainty, set(both.evidence)) == (
        Family.DECODER_ONLY,
        Certainty.INFERRED,
        {"id", "pipeline_tag"},
    )
    against = classify({"id": name, "pipeline_tag": "fill-mask"})
    assert against.family is Family.UNDETERMINED


def test_the_hubs_tag_wins_over_the_config_of_a_part() -> None:
    tags = ["transformers", "pytorch", "vision-encoder-decoder", "image-to-text", "en"]
    tag = classify({"id": "microsoft/trocr-base", "tags": tags, "config": {"model_type": "vit"}})
    assert (tag.family, tag.evidence) == (Family.SEQ2SEQ, {"tags": "vision-encoder-decoder"})


@pytest.mark.parametrize("field", ["config", "tag", "base"])
def test_embedding_gemma_reads_both_ways(field: str) -> None:
    rows: dict[str, dict[str, Any]] = {
        "config": {"id": "google/embeddinggemma-300m", "config": {"model_type": "gemma3_text"}},
        "tag": {"id": "google/embeddinggemma-300m", "tags": ["transformers", "gemma3_text"]},
        "base": {"tags": ["transformers", "gemma3_text", "base_model:google/embeddinggemma-300m"]},
    }
    assert classify(rows[field]).family is Family.ENCODER_ONLY


def test_flags_of_a_whole_config_json() -> None:
    def family(**config: Any) -> Family:
        return classify({"id": "x/y", "config": config}).family

    assert family(model_type="xlm", architectures=["XLMWithLMHeadModel"], causal=True) is Family.DECODER_ONLY
    assert family(model_type="bert", architectures=["BertModel"], is_decoder=True) is Family.DECODER_ONLY
    assert family(model_type="gemma3_text", use_bidirectional_attention=True) is Family.ENCODER_ONLY
    assert family(model_type="t5gemma", is_encoder_decoder=False) is Family.ENCODER_ONLY
    assert family(model_type="blip-2", text_config={"model_type": "t5"}) is Family.SEQ2SEQ


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("google/flan-t5-xl", Family.SEQ2SEQ),
        ("meta-llama/Llama-3.1-8B-Instruct", Family.DECODER_ONLY),
        ("Qwen/Qwen2.5-7B", Family.DECODER_ONLY),
        ("FacebookAI/xlm-roberta-base", Family.ENCODER_ONLY),
        ("VietAI/vit5-base", Family.SEQ2SEQ),
        ("x/bert-gpt2-mixture", None),
        ("x/my-model", None),
        ("", None),
    ],
)
def test_names(name: str, family: Family | None) -> None:
    assert family_of_name(name) is family


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["bert", "T5Model", "peft"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            [
                "architectures", "model_type", "auto_map", "peft", "task_type", "diffusers", "_class_name", "gguf",
                "architecture", "baseModels", "models", "id", "cardData", "base_model", "is_decoder", "text_config",
                "transformersInfo", "_model_type_tag", "sklearn", "auto_mapping", "base_model_class",
            ]
        ),
        inner,
        max_size=4,
    ),
    max_leaves=8,
)  # fmt: skip
FIELDS = (
    "id", "modelId", "config", "tags", "pipeline_tag", "library_name", "gguf", "cardData", "transformersInfo", "baseModels",
    "architectures", "model_type", "_model_type_tag",
)  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6),
    st.sampled_from([None, *Family]),
)
def test_never_raises(row: dict[str, Any], base: Family | None) -> None:
    tag = classify(row, lambda _names: FamilyTag(base, Certainty.INFERRED, "", {}, "tag") if base else None)
    assert isinstance(tag.family, Family)
    assert all(present(row, path) is not None for path in tag.evidence)


def installed_types() -> set[str]:
    """Read CONFIG_MAPPING_NAMES of the installed transformers without importing it."""
    spec = importlib.util.find_spec("transformers")
    if spec is None or spec.origin is None:
        pytest.skip("transformers is not installed")
    auto = Path(spec.origin).parent / "models" / "auto"
    found: set[str] = set()
    for name in ("auto_mappings.py", "configuration_auto.py"):
        for node in ast.walk(ast.parse((auto / name).read_text(encoding="utf-8"))):
            pair: tuple[ast.expr, ast.expr] | None = None
            if isinstance(node, ast.Tuple) and len(node.elts) == 2:
                pair = node.elts[0], node.elts[1]
            for key, value in [pair] if pair else zip(*map_items(node), strict=True):
                if isinstance(value, ast.Constant) and str(value.value).endswith("Config"):
                    found.add(ast.literal_eval(key))
    return found


def map_items(node: ast.AST) -> tuple[list[ast.expr], list[ast.expr]]:
    if not isinstance(node, ast.Dict) or None in node.keys:
        return [], []
    return [key for key in node.keys if key is not None], node.values


def test_table_knows_every_type_of_the_installed_transformers() -> None:
    types = installed_types()
    assert len(types) > 700
    assert types - set(load_table().types) == set()


@pytest.mark.slow
def test_the_table_is_what_its_script_makes() -> None:
    if importlib.util.find_spec("transformers") is None:
        pytest.skip("transformers is not installed")
    script = Path(__file__).parents[1] / "data" / "make_families.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_table_has_the_classes_of_every_type() -> None:
    table = load_table()
    for model_type in ("bert", "t5", "llama", "whisper", "clip", "vit", "qwen2_vl"):
        assert any(owner == model_type for _, owner in table.classes.values())
    assert len(table.classes) > 1_900
    assert {owner for _, owner in table.classes.values() if owner} <= set(table.types)


def test_nothing_heavy_is_imported() -> None:
    code = "import sys, zukan.families as f; f.classify({'id': 'x/y'}); print(*sys.modules)"
    path = str(Path(zukan.families.__file__).parents[1])
    run = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert not {"torch", "transformers", "huggingface_hub", "sqlite3"} & set(run.stdout.split())
