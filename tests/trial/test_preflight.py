"""What is refused, chosen and planned before anything is downloaded or loaded."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from zukan import errors
from zukan.advice import Hardware
from zukan.outcomes import TrialRequest
from zukan.schema import Family
from zukan.trial import examples, memory, preflight
from zukan.trial.plan import Plan
from zukan.trial.source import Repository, local_repository

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("transformers") is None, reason="transformers is not installed"
)

CHECKOUT = Path(__file__).resolve().parents[2]
WORDS = ("tokenizer.json", "model.safetensors")
BERT: Mapping[str, Any] = {"model_type": "bert", "architectures": ["BertForMaskedLM"]}
T5: Mapping[str, Any] = {
    "model_type": "t5",
    "architectures": ["T5ForConditionalGeneration"],
    "is_encoder_decoder": True,
    "task_specific_params": {
        "summarization": {"prefix": "summarize: "},
        "translation_en_to_de": {"prefix": "translate English to German: "},
        "translation_en_to_fr": {"prefix": "translate English to French: "},
    },
}
M2M: Mapping[str, Any] = {"model_type": "m2m_100", "architectures": ["M2M100ForConditionalGeneration"]}
MNLI: Mapping[str, Any] = {
    "model_type": "bart",
    "architectures": ["BartForSequenceClassification"],
    "id2label": {"0": "contradiction", "1": "neutral", "2": "entailment"},
}


def repository(folder: Path, config: Mapping[str, Any] | str | None, *files: str, **fields: Any) -> Repository:
    """Make a folder with a config.json and otherwise empty files, and open it."""
    folder.mkdir(exist_ok=True)
    if config is not None:
        text = config if isinstance(config, str) else json.dumps(config)
        (folder / "config.json").write_text(text, encoding="utf-8")
    for name in files or WORDS:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("{}", encoding="utf-8")
    found = local_repository(str(folder))
    assert found is not None
    for name, value in fields.items():
        setattr(found, name, value)
    return found


def plan(folder: Path, config: Mapping[str, Any] | str | None, *files: str, **request: Any) -> Plan:
    """Plan a trial of such a folder."""
    tag = request.pop("tag", None)
    request.setdefault("text", "How are you")
    wanted = TrialRequest("acme/model", **request)
    return preflight.plan_trial(wanted, repository(folder, config, *files, pipeline_tag=tag))


@pytest.mark.parametrize(
    ("config", "tag", "task", "family"),
    [
        (BERT, None, "fill-mask", Family.ENCODER_ONLY),
        ({**BERT, "architectures": ["BertForPreTraining"]}, None, "fill-mask", Family.ENCODER_ONLY),
        ({"model_type": "xlm", "architectures": ["XLMWithLMHeadModel"]}, None, "fill-mask", Family.ENCODER_ONLY),
        ({"model_type": "bert"}, None, "fill-mask", Family.ENCODER_ONLY),
        ({**BERT, "architectures": ["BertModel"]}, None, "feature-extraction", Family.ENCODER_ONLY),
        ({**BERT, "architectures": ["BertModel"]}, "fill-mask", "fill-mask", Family.ENCODER_ONLY),
        ({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}, None, "text-generation", Family.DECODER_ONLY),
        ({"model_type": "llama", "architectures": ["LlamaForCausalLM"]}, None, "text-generation", Family.DECODER_ONLY),
        ({"model_type": "gemma3_text", "architectures": ["Gemma3ForCausalLM"]}, "image-text-to-text",
         "text-generation", Family.DECODER_ONLY),
        (T5, None, "text2text-generation", Family.SEQ2SEQ),
        (T5, "text-generation", "text2text-generation", Family.SEQ2SEQ),
        (T5, "translation", "text2text-generation", Family.SEQ2SEQ),
        ({"model_type": "t5", "architectures": ["T5WithLMHeadModel"]}, None, "text2text-generation", Family.SEQ2SEQ),
        ({"model_type": "t5", "architectures": ["T5EncoderModel"]}, None, "feature-extraction", Family.ENCODER_ONLY),
        ({"model_type": "marian", "architectures": ["MarianMTModel"]}, None, "translation", Family.SEQ2SEQ),
        ({"model_type": "bart", "architectures": ["BartForConditionalGeneration"]}, "summarization", "summarization",
         Family.SEQ2SEQ),
        ({"model_type": "bart", "architectures": ["BartForConditionalGeneration"]}, "fill-mask", "fill-mask",
         Family.SEQ2SEQ),
        ({"model_type": "bert", "architectures": ["BertForTokenClassification"]}, None, "token-classification",
         Family.ENCODER_ONLY),
        ({"model_type": "distilbert", "architectures": ["DistilBertForSequenceClassification"]}, None,
         "text-classification", Family.ENCODER_ONLY),
        ({"architectures": ["BertForMaskedLM"]}, None, "fill-mask", Family.ENCODER_ONLY),
    ],
)  # fmt: skip
def test_the_task_follows_from_the_class(
    tmp_path: Path, config: Mapping[str, Any], tag: str | None, task: str, family: Family
) -> None:
    planned = plan(tmp_path / "m", config, tag=tag)
    assert (planned.task, planned.family) == (task, family)


@pytest.mark.parametrize(
    ("config", "options", "task"),
    [
        (T5, {"target_language": "de"}, "translation"),
        (T5, {"text": "translate English to German: How are you", "task": "translation"}, "translation"),
        (MNLI, {"labels": ("a", "b")}, "zero-shot-classification"),
        (MNLI, {"task": "text-classification"}, "text-classification"),
        (BERT, {"compare_with": ("x",)}, "sentence-similarity"),
        (BERT, {"task": "ner", "text": "x"}, errors.WrongTask),
        ({**BERT, "architectures": ["BertForTokenClassification"]}, {"task": "ner"}, "token-classification"),
    ],
)
def test_options_choose_the_task(
    tmp_path: Path, config: Mapping[str, Any], options: dict[str, Any], task: str | type[Exception]
) -> None:
    if isinstance(task, str):
        assert plan(tmp_path / "m", config, **options).task == task
    else:
        with pytest.raises(task):
            plan(tmp_path / "m", config, **options)


@pytest.mark.parametrize(
    ("config", "task", "suggestion"),
    [
        (T5, "fill-mask", "text2text-generation"),
        (T5, "text-generation", "text2text-generation"),
        (BERT, "text-generation", "fill-mask"),
        (BERT, "translation", "fill-mask"),
        (BERT, "text-classification", "fill-mask"),
        ({"model_type": "electra", "architectures": ["ElectraForPreTraining"]}, "fill-mask", "feature-extraction"),
        ({"model_type": "gpt2", "architectures": ["GPT2LMHeadModel"]}, "fill-mask", "text-generation"),
        ({"model_type": "distilbert", "architectures": ["DistilBertForSequenceClassification"]},
         "zero-shot-classification", "text-classification"),
    ],
)  # fmt: skip
def test_a_wrong_task_is_refused_with_what_the_model_can_do(
    tmp_path: Path, config: Mapping[str, Any], task: str, suggestion: str
) -> None:
    with pytest.raises(errors.WrongTask) as caught:
        plan(tmp_path / "m", config, task=task, labels=("a",))
    assert caught.value.suggestions[0] == suggestion


@pytest.mark.parametrize(
    ("config", "task"),
    [
        ({"model_type": "sam", "architectures": ["SamModel"]}, "mask-generation"),
        ({"model_type": "videomae", "architectures": ["VideoMAEForVideoClassification"]}, "video-classification"),
    ],
)  # fmt: skip
def test_a_task_beyond_us_is_named(tmp_path: Path, config: Mapping[str, Any], task: str) -> None:
    with pytest.raises(errors.UnsupportedTask) as caught:
        plan(tmp_path / "m", config)
    assert caught.value.task == task
    assert "fill-mask" in caught.value.supported


@pytest.mark.parametrize(
    ("config", "files", "kind", "words"),
    [
        ("{not json", WORDS, errors.UnloadableModel, "not valid JSON"),
        (None, ("adapter_config.json", "adapter_model.safetensors"), errors.UnloadableModel, "adapter"),
        (None, ("model_index.json",), errors.UnloadableModel, "diffusers"),
        (None, ("model-q4.gguf",), errors.UnloadableModel, "GGUF"),
        (None, ("model.onnx",), errors.UnloadableModel, "another library"),
        (None, ("README.md",), errors.UnloadableModel, "no config.json"),
        ({"hidden_size": 8}, WORDS, errors.UnloadableModel, "no model_type"),
        ({"model_type": "brand-new"}, WORDS, errors.UnloadableModel, "does not know the model type brand-new"),
        ({"model_type": "own", "auto_map": {"AutoModel": "x.Y"}}, WORDS, errors.RemoteCode, "Python files"),
        ({"architecture": "resnet50", "pretrained_cfg": {}}, WORDS, errors.UnloadableModel, "timm.create_model('hf-hub:"),
        ({"model_type": "oneformer"}, WORDS, errors.UnloadableModel, "what kind of areas"),
        (BERT, ("tokenizer.json",), errors.NoWeights, "no weight file"),
        (BERT, ("tokenizer.json", "tf_model.h5"), errors.NoWeights, "TensorFlow"),
        (BERT, ("model.safetensors",), errors.UnloadableModel, "no tokenizer files"),
        ({**BERT, "quantization_config": {"quant_method": "mystery"}}, WORDS, errors.UnloadableModel, "mystery"),
        ({**BERT, "quantization_config": {"quant_method": "gptq"}}, WORDS, errors.MissingExtra, "gptqmodel"),
    ],
)  # fmt: skip
def test_unloadable_repositories_are_told_apart(
    tmp_path: Path, config: Any, files: tuple[str, ...], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind) as caught:
        plan(tmp_path / "m", config, *files)
    assert words in str(caught.value)


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    repository(folder, BERT, "tokenizer.json", "model-00001-of-00002.safetensors")
    index = {"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index), encoding="utf-8")
    found = local_repository(str(folder))
    assert found is not None
    assert not preflight.is_complete(found)
    with pytest.raises(errors.UnloadableModel, match=r"model-00002-of-00002\.safetensors"):
        preflight.plan_trial(TrialRequest("m", text="x"), found)


def test_pickle_is_noticed_or_refused(tmp_path: Path) -> None:
    planned = plan(tmp_path / "m", BERT, "vocab.txt", "pytorch_model.bin")
    assert planned.selection.weights is not None
    assert not planned.selection.weights.safetensors
    assert any("pickle" in warning for warning in planned.warnings)
    with pytest.raises(errors.PickleRefused):
        plan(tmp_path / "m", BERT, "vocab.txt", "pytorch_model.bin", safetensors_only=True)


@pytest.mark.parametrize("options", [{}, {"source_language": "en"}])
def test_translating_needs_a_target(tmp_path: Path, options: dict[str, Any]) -> None:
    tokenizer = {"additional_special_tokens": ["__de__", "__fr__", "__ja__"]}
    folder = tmp_path / "m"
    repository(folder, M2M, "vocab.json", "model.safetensors")
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    with pytest.raises(errors.MissingOption) as caught:
        plan(folder, M2M, "vocab.json", "model.safetensors", **options)
    assert (caught.value.option, caught.value.choices) == ("--to", ("de", "fr", "ja"))
    assert plan(folder, M2M, "vocab.json", "model.safetensors", target_language="German").task == "translation"
    with pytest.raises(errors.MissingOption, match="does not translate into sw"):
        plan(folder, M2M, "vocab.json", "model.safetensors", target_language="sw")


def test_a_t5_asked_to_translate_needs_a_target_or_a_prefix(tmp_path: Path) -> None:
    with pytest.raises(errors.MissingOption) as caught:
        plan(tmp_path / "m", T5, task="translation")
    assert caught.value.choices == ("de", "fr")


@pytest.mark.parametrize(
    ("config", "task", "option"),
    [
        ({**BERT, "architectures": ["BertForQuestionAnswering"]}, "question-answering", "--context"),
        (MNLI, "zero-shot-classification", "--labels"),
        (BERT, "sentence-similarity", "--compare-with"),
    ],
)
def test_other_options_are_asked_for(tmp_path: Path, config: Mapping[str, Any], task: str, option: str) -> None:
    with pytest.raises(errors.MissingOption) as caught:
        plan(tmp_path / "m", config, task=task)
    assert caught.value.option == option


@pytest.mark.parametrize(
    "task",
    ["fill-mask", "question-answering", "zero-shot-classification", "sentence-similarity", "translation"],
)
def test_every_example_is_a_whole_request(task: str) -> None:
    for japanese in (False, True):
        request = examples.complete(TrialRequest("m", task=task), task, japanese=japanese)
        assert request.text
        preflight.check_request(request)


def test_the_request_is_checked_first() -> None:
    with pytest.raises(errors.EmptyInput):
        preflight.check_request(TrialRequest("m", text="  \n"))
    with pytest.raises(errors.UnsupportedTask) as caught:
        preflight.check_request(TrialRequest("m", text="x", task="video-classification"))
    assert caught.value.task == "video-classification"


@pytest.mark.parametrize(
    ("available", "total", "limit", "fits"),
    [
        (2**34, 2**35, None, True),
        (2**27, 2**35, None, False),
        (2**34, 2**35, 2**27, False),
        (2**34, 2**28, None, False),
        (2**34, 2**28, 2**29, True),
        (2**27, 2**35, 2**34, True),
        (None, None, None, True),
    ],
)
def test_a_model_that_cannot_fit_is_not_started(
    tmp_path: Path, available: int | None, total: int | None, limit: int | None, *, fits: bool
) -> None:
    request = TrialRequest("m", text="x", memory_limit_bytes=limit)
    found = repository(tmp_path / "m", {**BERT, "hidden_size": 768, "num_hidden_layers": 12, "vocab_size": 30522})
    planned = preflight.plan_trial(request, found)
    hardware = Hardware(memory_bytes=total, available_bytes=available, cores=2)
    if fits:
        slow = available is not None and available < 2**28
        assert len(memory.check_memory(request, found.model_id, planned, hardware)) == slow
    else:
        with pytest.raises(errors.NotEnoughMemory):
            memory.check_memory(request, found.model_id, planned, hardware)


def test_duplicates_in_other_formats_are_left_alone(tmp_path: Path) -> None:
    others = (
        "pytorch_model.bin", "tf_model.h5", "flax_model.msgpack", "model.onnx", "model.fp16.safetensors", "rust_model.ot",
        "README.md", "training_args.bin", "trainer_state.json",
    )  # fmt: skip
    planned = plan(tmp_path / "m", BERT, "vocab.txt", "tokenizer_config.json", "model.safetensors", *others)
    assert set(planned.selection.names) == {"config.json", "tokenizer_config.json", "vocab.txt", "model.safetensors"}
    assert planned.selection.names[-1] == "model.safetensors"


def test_sentence_transformers_modules_are_followed(tmp_path: Path) -> None:
    folder = tmp_path / "m"
    config = {**BERT, "architectures": ["BertModel"]}
    files = ("0_Transformer/vocab.txt", "0_Transformer/pytorch_model.bin", "1_Pooling/config.json", "modules.json")
    repository(folder, None, *files)
    (folder / "0_Transformer" / "config.json").write_text(json.dumps(config), encoding="utf-8")
    modules = [
        {"path": "0_Transformer", "type": "sentence_transformers.models.Transformer"},
        {"path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    found = local_repository(str(folder))
    assert found is not None
    planned = preflight.plan_trial(TrialRequest("m", text="x"), found)
    assert (planned.task, planned.auto_class) == ("feature-extraction", "AutoModel")
    assert (planned.selection.root, set(planned.selection.names)) == (
        "0_Transformer/",
        {*files, "0_Transformer/config.json"},
    )
    modules.append({"path": "2_LSTM", "type": "sentence_transformers.models.LSTM"})
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(errors.UnloadableModel, match="LSTM"):
        preflight.plan_trial(TrialRequest("m", text="x"), found)


def test_a_name_is_a_folder_only_where_it_looks_like_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("acme/model", "model"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "config.json").write_text("{}", encoding="utf-8")
    assert local_repository("acme/model") is None
    assert local_repository("other") is None
    for name in ("./acme/model", "acme/../acme/model", str(tmp_path / "acme" / "model")):
        found = local_repository(name)
        assert found is not None
        assert (found.source, found.folder) == ("folder", tmp_path / "acme" / "model")
    assert local_repository("model") is not None
    with pytest.raises(errors.UnloadableModel, match="no such folder"):
        local_repository("./nothing")


def test_the_pre_flight_imports_neither_torch_nor_transformers(tmp_path: Path) -> None:
    repository(tmp_path / "m", BERT)
    code = f"""
import sys
from zukan.outcomes import TrialRequest
from zukan.trial import preflight, run, tables
from zukan.trial.source import local_repository

tables.require_packages()
preflight.plan_trial(TrialRequest("m", text="x"), local_repository({str(tmp_path / "m")!r}))
heavy = {{"torch", "transformers", "huggingface_hub", "sqlite_utils", "typer", "rich"}} & set(sys.modules)
assert not heavy, heavy
"""
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT / "catalogue", capture_output=True, text=True, check=False
    )
    assert child.returncode == 0, child.stderr
