"""The task of models that state none: from class, Auto class or type, always with the field; never where one is stated."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from zukan.catalogue import Catalogue
from zukan.families import classify
from zukan.resources import data_path
from zukan.task_inference import infer_task
from zukan.tasks import all_tasks


def inferred(**row: Any) -> tuple[str, str] | None:
    found = infer_task({"id": "x/y", **row}, classify({"id": "x/y", **row}))
    return (found.task, found.path) if found else None


def of_class(name: str, model_type: str) -> str | None:
    found = inferred(config={"architectures": [name], "model_type": model_type})
    return found and found[0]


@pytest.mark.parametrize(
    ("name", "model_type", "task"),
    [
        ("BertForMaskedLM", "bert", "fill-mask"),
        ("BertForPreTraining", "bert", "fill-mask"),
        ("ElectraForPreTraining", "electra", None),
        ("XLMWithLMHeadModel", "xlm", "fill-mask"),
        ("GPT2LMHeadModel", "gpt2", "text-generation"),
        ("LlamaForSequenceClassification", "llama", "text-classification"),
        ("T5ForConditionalGeneration", "t5", "text2text-generation"),
        ("MarianMTModel", "marian", "translation"),
        ("M2M100ForConditionalGeneration", "m2m_100", "translation"),
        ("WhisperForConditionalGeneration", "whisper", "automatic-speech-recognition"),
        ("Wav2Vec2ForCTC", "wav2vec2", "automatic-speech-recognition"),
        ("Wav2Vec2ForSequenceClassification", "wav2vec2", "audio-classification"),
        ("LlavaForConditionalGeneration", "llava", "image-text-to-text"),
        ("Qwen2AudioForConditionalGeneration", "qwen2_audio", "audio-text-to-text"),
        ("VisionEncoderDecoderModel", "vision-encoder-decoder", "image-to-text"),
        ("ViTForImageClassification", "vit", "image-classification"),
        ("ViTModel", "vit", "image-feature-extraction"),
        ("BertModel", "bert", "feature-extraction"),
        ("CLIPModel", "clip", "zero-shot-image-classification"),
        ("DetrForObjectDetection", "detr", "object-detection"),
        ("TapasForQuestionAnswering", "tapas", "table-question-answering"),
    ],
)
def test_the_head_tells_the_task(name: str, model_type: str, task: str | None) -> None:
    assert of_class(name, model_type) == task


def test_other_fields_tell_it_too() -> None:
    assert inferred(transformersInfo={"auto_model": "AutoModelForMaskedLM"}) == (
        "fill-mask", "transformersInfo.auto_model",
    )  # fmt: skip
    assert inferred(tags=["diffusers", "diffusers:StableDiffusionXLPipeline"]) == ("text-to-image", "tags")
    assert inferred(config={"diffusers": {"_class_name": "StableVideoDiffusionPipeline"}}) == (
        "image-to-video", "config.diffusers._class_name",
    )  # fmt: skip
    assert inferred(tags=["transformers", "safetensors", "llama"]) == ("text-generation", "tags")
    assert inferred(library_name="sentence-transformers", tags=["bert"]) == ("sentence-similarity", "library_name")


def test_nothing_is_inferred_where_nothing_tells() -> None:
    assert inferred() is None
    assert inferred(tags=["transformers", "pytorch", "bert"]) is None, "a BERT has many heads"
    assert inferred(config={"model_type": "bert"}) is None
    assert inferred(pipeline_tag="fill-mask", config={"architectures": ["GPT2LMHeadModel"]}) is None
    assert inferred(library_name="peft", config={"peft": {"base_model_name_or_path": "gpt2"}}) is None


def test_inferred_tasks_are_tasks_of_the_hub_and_mostly_the_stated_ones() -> None:
    known = {task.task_id for task in all_tasks()}
    same = total = 0
    with gzip.open(data_path("seed.jsonl.gz"), "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            stated = row.pop("pipeline_tag", None)
            found = infer_task(row, classify(row))
            if found:
                assert found.task in known
                if stated:
                    total += 1
                    same += found.task == stated
    assert total > 10_000
    assert same / total > 0.8, "83.5 % when this was written"


def test_search_and_recommend_take_them_when_asked(catalogue: Path) -> None:
    zukan = Catalogue(catalogue)
    plain = zukan.search(task="text-generation", limit=10_000).hits
    wide = zukan.search(task="text-generation", limit=10_000, inferred=True).hits
    assert {hit.record.model_id for hit in plain} < {hit.record.model_id for hit in wide}
    extra = [hit.record for hit in wide if hit.record.pipeline_tag is None]
    assert len(extra) > 500
    assert all(record.inferred_task == "text-generation" and record.inferred_from for record in extra)
    assert all(hit.record.pipeline_tag == "text-generation" for hit in plain)
    usual = zukan.recommend("image-text-to-text", limit=1_000)
    more = zukan.recommend("image-text-to-text", limit=1_000, inferred=True)
    added = {c.record.model_id for c in more.candidates} - {c.record.model_id for c in usual.candidates}
    assert added
    for candidate in more.candidates:
        if candidate.record.pipeline_tag is None and candidate.record.model_id in added:
            assert any("inferred" in part.text for part in candidate.reasons)
