"""Which task a model that sees, hears or speaks is asked, and what its repository and the machine must have for it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from zukan import errors, tasks
from zukan.outcomes import TrialRequest
from zukan.trial import preflight
from zukan.trial.plan import Plan
from zukan.trial.senses import PACKAGES, SENSES
from zukan.trial.source import Repository, files_in

pytest.importorskip("transformers")

PARTS = ("model.safetensors", "preprocessor_config.json", "tokenizer.json")
VISION = {"vision_config": {"hidden_size": 8}}


@pytest.fixture(autouse=True)
def _everything_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Pillow and pandas be there, whether they are or not: nothing here reads with them."""
    real = importlib.util.find_spec
    names = {package for package, _ in PACKAGES.values()}
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *more: real("json") if name in names else real(name, *more)
    )


def repository(
    folder: Path, config: Mapping[str, Any], tag: str | None = None, files: tuple[str, ...] = PARTS
) -> Repository:
    """Make a repository of small files."""
    folder.mkdir(exist_ok=True)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    for name in files:
        (folder / name).write_text("{}", encoding="utf-8")
    return Repository("acme/m", "folder", dict(files_in(folder)), folder, pipeline_tag=tag)


def plan(folder: Path, config: Mapping[str, Any], tag: str | None = None, task: str | None = None) -> Plan:
    """Plan a trial of such a repository."""
    return preflight.plan_trial(TrialRequest("acme/m", task=task), repository(folder, config, tag))


@pytest.mark.parametrize(
    ("model_type", "architecture", "tag", "task", "auto_class"),
    [
        ("vit", "ViTForImageClassification", None, "image-classification", "AutoModelForImageClassification"),
        ("resnet", "ResNetForImageClassification", None, "image-classification", "AutoModelForImageClassification"),
        ("vit", "ViTModel", None, "image-feature-extraction", "AutoModel"),
        ("detr", "DetrForObjectDetection", None, "object-detection", "AutoModelForObjectDetection"),
        ("segformer", "SegformerForSemanticSegmentation", None, "image-segmentation",
         "AutoModelForSemanticSegmentation"),
        ("mask2former", "Mask2FormerForUniversalSegmentation", None, "image-segmentation",
         "AutoModelForUniversalSegmentation"),
        ("depth_anything", "DepthAnythingForDepthEstimation", None, "depth-estimation",
         "AutoModelForDepthEstimation"),
        ("siglip", "SiglipModel", None, "zero-shot-image-classification",
         "AutoModelForZeroShotImageClassification"),
        ("blip", "BlipForConditionalGeneration", "image-to-text", "image-text-to-text",
         "AutoModelForImageTextToText"),
        ("blip", "BlipForQuestionAnswering", None, "visual-question-answering",
         "AutoModelForVisualQuestionAnswering"),
        ("vision-encoder-decoder", "VisionEncoderDecoderModel", "image-to-text", "image-text-to-text",
         "AutoModelForImageTextToText"),
        ("qwen2_5_vl", "Qwen2_5_VLForConditionalGeneration", None, "image-text-to-text",
         "AutoModelForImageTextToText"),
        ("gemma3", "Gemma3ForConditionalGeneration", "image-text-to-text", "image-text-to-text",
         "AutoModelForImageTextToText"),
        ("gemma3", "Gemma3ForConditionalGeneration", "text-generation", "text-generation", "AutoModelForCausalLM"),
        ("whisper", "WhisperForConditionalGeneration", None, "automatic-speech-recognition",
         "AutoModelForSpeechSeq2Seq"),
        ("wav2vec2", "Wav2Vec2ForCTC", None, "automatic-speech-recognition", "AutoModelForCTC"),
        ("audio-spectrogram-transformer", "ASTForAudioClassification", None, "audio-classification",
         "AutoModelForAudioClassification"),
        ("clap", "ClapModel", None, "zero-shot-audio-classification", "AutoModel"),
        ("vits", "VitsModel", None, "text-to-speech", "AutoModelForTextToWaveform"),
        ("musicgen", "MusicgenForConditionalGeneration", "text-to-audio", "text-to-audio",
         "AutoModelForTextToWaveform"),
        ("tapas", "TapasForQuestionAnswering", None, "table-question-answering",
         "AutoModelForTableQuestionAnswering"),
        ("electra", "ElectraForSequenceClassification", "text-ranking", "text-ranking",
         "AutoModelForSequenceClassification"),
    ],
)  # fmt: skip
def test_the_task_follows_from_the_class(
    tmp_path: Path, model_type: str, architecture: str, tag: str | None, task: str, auto_class: str
) -> None:
    config = {"model_type": model_type, "architectures": [architecture], "num_labels": 1, **VISION}
    made = plan(tmp_path / "m", config, tag)
    assert (made.task, made.auto_class) == (task, auto_class)


def test_a_checkpoint_without_eyes_only_writes(tmp_path: Path) -> None:
    blind = {"model_type": "git", "architectures": ["GitForCausalLM"]}
    assert plan(tmp_path / "blind", blind).task == "text-generation"
    assert plan(tmp_path / "seeing", {**blind, **VISION}).task == "image-text-to-text"


def test_a_classifier_makes_vectors_too(tmp_path: Path) -> None:
    config = {"model_type": "vit", "architectures": ["ViTForImageClassification"]}
    assert plan(tmp_path / "m", config, task="image-feature-extraction").auto_class == "AutoModel"
    with pytest.raises(errors.WrongTask) as caught:
        plan(tmp_path / "m", config, task="fill-mask")
    assert caught.value.suggestions[0] == "image-classification"


@pytest.mark.parametrize(
    ("config", "files", "words"),
    [
        (("vit", "ViTForImageClassification"), ("model.safetensors",), "no preprocessor_config.json"),
        (("clip", "CLIPModel"), ("model.safetensors", "preprocessor_config.json"), "no tokenizer files"),
        (("vits", "VitsModel"), ("model.safetensors",), "no tokenizer files"),
        (("speecht5", "SpeechT5ForTextToSpeech"), PARTS, "spectrograms only"),
    ],
)
def test_what_the_repository_lacks_is_named(
    tmp_path: Path, config: tuple[str, str], files: tuple[str, ...], words: str
) -> None:
    model_type, architecture = config
    made = repository(tmp_path / "m", {"model_type": model_type, "architectures": [architecture]}, files=files)
    with pytest.raises(errors.UnloadableModel, match=words):
        preflight.plan_trial(TrialRequest("acme/m"), made)


@pytest.mark.parametrize(
    ("config", "package", "requirement"),
    [
        (("vit", "ViTForImageClassification"), "PIL", "pillow"),
        (("tapas", "TapasForQuestionAnswering"), "pandas", "pandas"),
    ],
)
def test_a_package_that_is_missing_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: tuple[str, str], package: str, requirement: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == package else real(name, *more))
    with pytest.raises(errors.MissingExtra) as caught:
        plan(tmp_path / "m", {"model_type": config[0], "architectures": [config[1]]})
    assert (caught.value.package, caught.value.requirement) == (package, requirement)


def test_the_processor_is_downloaded_and_makes_a_snapshot_complete(tmp_path: Path) -> None:
    config = {"model_type": "vit", "architectures": ["ViTForImageClassification"]}
    files = ("model.safetensors", "preprocessor_config.json", "training_args.bin")
    made = repository(tmp_path / "m", config, files=files)
    assert preflight.is_complete(made)
    names = preflight.plan_trial(TrialRequest("acme/m"), made).selection.names
    assert set(names) == {"config.json", "preprocessor_config.json", "model.safetensors"}


def test_the_registry_marks_what_can_be_tried() -> None:
    known = {task.task_id: task.trial for task in tasks.all_tasks()}
    assert {name for name, trial in known.items() if trial} >= set(known) & set(SENSES)
