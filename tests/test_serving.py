"""Who would run a model that this machine cannot: only where the catalogue tells."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from zukan.catalogue import Catalogue
from zukan.records import record_from_row
from zukan.serving import ways

LIVE = {"status": "live", "providerId": "x", "task": "conversational"}


def record(**row: Any) -> Any:
    return record_from_row({"id": "acme/large", "pipeline_tag": "text-generation", "tags": [], **row})


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"library_name": "transformers", "pipeline_tag": "fill-mask"}, []),
    ({"library_name": "transformers"}, ["transformers serve acme/large"]),
    ({"library_name": "gguf"}, ["llama-server -hf acme/large"]),
    ({"tags": ["gguf"], "pipeline_tag": "image-classification"}, []),
    ({"tags": ["vllm"], "library_name": "vllm"}, ["vllm serve acme/large"]),
    ({"tags": ["text-generation-inference"]}, ["text-generation-launcher --model-id acme/large --port 8000"]),
    (
        {"pipeline_tag": "sentence-similarity", "tags": ["text-embeddings-inference"]},
        ["text-embeddings-router --model-id acme/large --port 8000"],
    ),
    # A model page's object, and a listing's list.
    ({"inferenceProviderMapping": {"groq": LIVE}}, ['zukan try acme/large "…" --provider groq']),
    ({"inferenceProviderMapping": [{"provider": "groq", **LIVE}]}, ['zukan try acme/large "…" --provider groq']),
    ({"inferenceProviderMapping": {"groq": {**LIVE, "status": "staging"}}}, []),
    ({"inferenceProviderMapping": [7, {"status": "live"}]}, []),
    ({"inferenceProviderMapping": {"groq": {"status": "error"}, "novita": "live"}}, []),
]


@pytest.mark.parametrize(("row", "commands"), CASES)
def test_only_what_the_row_tells(row: dict[str, Any], commands: list[str]) -> None:
    found = ways(record(**row))
    assert [way.command for way in found] == commands
    assert all(way.evidence for way in found)


def test_recommend_names_who_runs_what_does_not_fit(tmp_path: Path) -> None:
    rows = [
        {
            "id": f"acme/{name}",
            "pipeline_tag": "text-generation",
            "library_name": "transformers",
            "config": {"model_type": "llama", "architectures": ["LlamaForCausalLM"]},
            "safetensors": {"parameters": {"BF16": parameters}, "total": parameters},
            "likes": likes,
            "downloads": likes * 100,
            "createdAt": "2026-01-01T00:00:00.000Z",
            "tags": ["transformers", "text-generation", *tags],
        }
        for name, parameters, likes, tags in (
            ("small", 10**8, 50, ()),
            ("huge", 10**12, 9_000, ("text-generation-inference",)),
            ("large", 10**10, 8_000, ()),
            ("larger-and-disliked", 10**10, 1, ()),
        )
    ]
    path = tmp_path / "rows.jsonl"

    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    catalogue = Catalogue(tmp_path / "own.sqlite")
    catalogue.import_models([path])
    here = catalogue.recommend("text-generation", author="acme", machine="4GB")
    assert [one.record.model_id for one in here.candidates] == ["acme/small"]
    assert [one.model_id for one in here.elsewhere] == ["acme/huge", "acme/large"]
    assert [way.name for way in here.elsewhere[0].ways] == ["TGI", "transformers"]
    assert here.elsewhere[1].needed_bytes > 20 * 10**9
    assert catalogue.recommend("text-generation", author="acme", machine="any").elsewhere == ()
