"""Who runs a model that this machine cannot: providers and engines, as far as the catalogue has evidence for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zukan.advice import Way
from zukan.schema import ModelRecord

_CHATS = frozenset({"text-generation", "image-text-to-text"})
_VECTORS = frozenset({"feature-extraction", "sentence-similarity"})
_GGUF = frozenset({"gguf", "llama.cpp"})


def provider_mapping(stated: Any) -> dict[str, Mapping[str, Any]]:
    """Return the providers by name: the Hub states an object for one model and a list in listings."""
    if isinstance(stated, Mapping):
        return {str(name): one for name, one in stated.items() if isinstance(one, Mapping)}
    if isinstance(stated, list):
        return {str(one["provider"]): one for one in stated if isinstance(one, Mapping) and one.get("provider")}
    return {}


def ways(record: ModelRecord) -> tuple[Way, ...]:
    """Return what would run a model elsewhere, those that need no machine of one's own first.

    Nothing is guessed: a provider must be in the row the Hub gave, an engine be told by the library or a tag
    (https://huggingface.co/docs/hub/models-libraries, /models-inference). Empty where nothing tells.
    """
    return (*_providers(record), *_engines(record))


def _providers(record: ModelRecord) -> list[Way]:
    mapping = provider_mapping(record.row.get("inferenceProviderMapping"))
    live = sorted(name for name, one in mapping.items() if one.get("status") == "live")
    return [
        Way("provider", name, f'zukan try {record.model_id} "…" --provider {name}', "inferenceProviderMapping")
        for name in live[:1]
    ]


def _engines(record: ModelRecord) -> list[Way]:
    name, tags, task = record.model_id, {*record.tags}, record.pipeline_tag
    library = record.library_name or ""
    found = []
    if task in _CHATS and (library in _GGUF or tags & _GGUF):
        found.append(Way("engine", "llama.cpp", f"llama-server -hf {name}", _told(library, _GGUF, tags)))
    elif task in _CHATS:
        if library == "vllm" or "vllm" in tags:
            found.append(Way("engine", "vLLM", f"vllm serve {name}", _told(library, {"vllm"}, tags)))
        if "text-generation-inference" in tags:
            command = f"text-generation-launcher --model-id {name} --port 8000"
            found.append(Way("engine", "TGI", command, "tags: text-generation-inference"))
        if library == "transformers":
            found.append(Way("engine", "transformers", f"transformers serve {name}", "library_name = transformers"))
    elif task in _VECTORS and "text-embeddings-inference" in tags:
        command = f"text-embeddings-router --model-id {name} --port 8000"
        found.append(Way("engine", "TEI", command, "tags: text-embeddings-inference"))
    return found[:2]


def _told(library: str, names: Any, tags: set[str]) -> str:
    """Return the field that tells an engine."""
    return f"library_name = {library}" if library in names else f"tags: {min(tags & set(names))}"
