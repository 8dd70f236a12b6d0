"""Repositories of GGUF files: which one is tried, what its header says, and whether transformers reads it."""

from __future__ import annotations

import io
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from zukan.errors import MissingExtra, NoSuchFile, UnloadableModel
from zukan.outcomes import TrialRequest
from zukan.reading.gguf_header import Length, read_gguf_values
from zukan.trial import tables
from zukan.trial.files import PICKLE, PICKLE_INDEX, SAFETENSORS, SAFETENSORS_INDEX, Selection, Weights
from zukan.trial.source import Repository
from zukan.trial.tables import Tables

ENDING = ".gguf"
_HEAD_BYTES = 2**16
"""What says how large a model is stands before the lists of tokens, within the first few kilobytes."""
_MENTIONED_BYTES = 10**8
"""Less memory than this is not worth a word."""
_UNPACKED_BYTES = 4
"""transformers unpacks each weight to 32 bit."""

# `name:Q4_K_M`, as llama.cpp and Ollama name one file of a repository.
_NAME = re.compile(r"(?P<name>.+[^:/\\]):(?P<file>[\w.-]+(?:/[\w.-]+)*)")
_KIND = re.compile(r"(?:^|[-._/])(?P<kind>I?Q\d\w*|TQ\d\w*|MXFP4\w*|NVFP4|BF16|FP?16|FP?32)(?=[-./]|$)", re.IGNORECASE)
_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.IGNORECASE)
# Not the language model itself: what sees or hears, statistics, what drafts.
_BESIDE = re.compile(r"(?:^|/)(?:mmproj|imatrix|mtp|draft)|imatrix|[-._]mmproj", re.IGNORECASE)
# Unpacked they all take the same memory; so a small file of good quality, llama.cpp's own default first.
_PREFERRED = ("Q4_K_M", "Q4_K_S", "Q4_K", "Q4_0", "Q4_1", "IQ4", "Q4", "Q5_K_M", "Q5", "Q6", "Q8", "BF16", "F16",
              "Q3", "IQ3", "MXFP4", "F32", "Q2", "IQ2")  # fmt: skip
# Bits a weight, as llama.cpp's `quantize --help` gives them; the beginning of the kind's name decides.
_BITS = {
    "Q2": 3.0, "IQ2": 2.5, "Q3": 3.9, "IQ3": 3.5, "Q4_0": 4.6, "Q4_K_S": 4.6, "Q4": 4.85, "IQ4": 4.4, "Q5": 5.6,
    "Q6": 6.6, "Q8": 8.5, "BF16": 16.0, "F16": 16.0, "F32": 32.0, "MXFP4": 4.3, "NVFP4": 4.6, "IQ1": 1.8, "Q1": 1.8,
    "TQ1": 1.7, "TQ2": 2.1,
}  # fmt: skip
_USUAL_BITS = 4.85
# llama.cpp's names of architectures, where transformers has another.
_MODEL_TYPES = {
    "qwen2moe": "qwen2_moe",
    "qwen3moe": "qwen3_moe",
    "qwen35": "qwen3_5_text",
    "qwen35moe": "qwen3_5_moe_text",
    "gpt-oss": "gpt_oss",
    "minimax-m2": "minimax_m2",
    "gemma3": "gemma3_text",
    "gemma4": "gemma4_text",
    "t5encoder": "t5",
}
_OLDER_NAMES = {"gemma3_text": "gemma3", "gemma4_text": "gemma4"}
"""How transformers' list of readable architectures calls a model type, where it is neither name."""
_SHAPE = {
    "context_length": "max_position_embeddings",
    "embedding_length": "hidden_size",
    "block_count": "num_hidden_layers",
    "feed_forward_length": "intermediate_size",
    "attention.head_count": "num_attention_heads",
    "attention.head_count_kv": "num_key_value_heads",
    "attention.key_length": "head_dim",
    "vocab_size": "vocab_size",
}


@dataclass(frozen=True, slots=True)
class GgufModel:
    """One GGUF file, as far as a plan needs it."""

    config: Mapping[str, Any]
    """In the words of a config.json."""
    selection: Selection
    notes: tuple[str, ...]


def named(request: TrialRequest) -> TrialRequest:
    """Return a request whose model is only the repository, and its file apart, of `author/name:Q4_K_M`."""
    match = _NAME.fullmatch(request.model)
    if match is None or Path(request.model).expanduser().exists():
        return request
    return replace(request, model=match["name"], gguf=match["file"])


def is_meant(repository: Repository, wanted: str | None) -> bool:
    """Tell whether a trial is one of a GGUF file: it was named, or there are no other weights."""
    names = _names(repository)
    if wanted is not None:
        return True
    others = (SAFETENSORS, SAFETENSORS_INDEX, PICKLE, PICKLE_INDEX, "modules.json", "adapter_config.json")
    return any(name.endswith(ENDING) for name in names) and not any(name in names for name in others)


def choose(repository: Repository, wanted: str | None, *, offline: bool = False) -> tuple[str, int]:
    """Return the file to try, and among how many it was chosen.

    Args:
        repository: Where the files are.
        wanted: A kind of quantisation (`Q8_0`) or a file's name; None = a small one of good quality.
        offline: Only what is here.

    Raises:
        NoSuchFile: It has no such file, or none at all.
        UnloadableModel: They are all in parts, or something other than a model.

    """
    names = repository.sizes if offline else _names(repository)
    files = sorted(name for name in names if name.endswith(ENDING))
    whole = [name for name in files if not _PART.search(name) and not _BESIDE.search(name)]
    if wanted is not None:
        found = [name for name in files if _is(name, wanted)]
        if not found:
            raise NoSuchFile(repository.model_id, wanted, tuple(kind_of(name) or name for name in whole))
        whole = [name for name in found if name in whole]
    if not whole:
        hint = _elsewhere(repository, wanted, files[0] if files else None)
        detail = f"its GGUF files are in parts, which transformers does not put together; {hint}"
        if not any(_PART.search(name) for name in files):
            detail = "its GGUF files are parts of a model, not the model itself"
        raise UnloadableModel(repository.model_id, detail)
    best = min(whole, key=lambda name: (_rank(name), names[name] or 0, name))
    return best, len(whole)


def kind_of(name: str) -> str | None:
    """Return the kind of quantisation that a file's name tells: `Q4_K_M`."""
    found = [match["kind"].upper() for match in _KIND.finditer(name.removesuffix(ENDING))]
    return re.sub(r"^FP", "F", found[-1]) if found else None


def look(repository: Repository, request: TrialRequest, known: Tables) -> GgufModel:
    """Read the beginning of the file to be tried, and check that it can be loaded.

    Raises:
        NoSuchFile: The wanted file is not there.
        UnloadableModel: It is none, or transformers does not read its architecture.
        MissingExtra: A package is not installed.
        HubError: Its beginning cannot be fetched.

    """
    name, among = choose(repository, request.gguf, offline=request.offline)
    facts = _facts(repository, name)
    architecture = facts.get("general.architecture")
    if not isinstance(architecture, str) or not architecture:
        raise UnloadableModel(repository.model_id, f"the header of {name} names no architecture")
    model_type = _MODEL_TYPES.get(architecture, architecture)
    readable = {architecture, model_type, _OLDER_NAMES.get(model_type, model_type)} & readable_architectures()
    if not readable or model_type not in known.model_types:
        hint = _elsewhere(repository, kind_of(name) or request.gguf, name)
        raise UnloadableModel(
            repository.model_id,
            f"transformers {known.version} does not read the GGUF architecture {architecture[:40]}; {hint}",
        )
    for package in ("gguf", "accelerate"):
        if not tables.is_installed(package):
            raise MissingExtra(package, "gguf accelerate", repository.model_id)
    size = repository.sizes.get(name) if name in repository.sizes else _names(repository).get(name)
    unpacked = _parameters(repository, name, size) * _UNPACKED_BYTES
    selection = Selection(
        root="",
        weights=Weights((name,), safetensors=False, size=size),
        others=(),
        has_vocabulary=True,
        unpacked_bytes=unpacked or None,
    )
    notes = []
    if among > 1 and request.gguf is None:
        other = f"{repository.model_id}:{_another(repository, name)}"
        notes.append(f"of {among} GGUF files {name} is tried; another: {other}")
    if size and unpacked >= _MENTIONED_BYTES:
        hint = _elsewhere(repository, kind_of(name) or request.gguf, name)
        packed, plain = f"{size / 1e9:.2g}", f"{unpacked / 1e9:.2g}"
        notes.append(
            f"transformers unpacks GGUF weights to 32 bit: a file of {packed} GB takes {plain} GB of memory; {hint}"
        )
    return GgufModel(_config(facts, architecture, model_type, known), selection, tuple(notes))


@cache
def readable_architectures() -> frozenset[str]:
    """Return llama.cpp's architectures that the installed transformers reads, by its own tables."""
    older = tables.names_in("integrations/ggml.py", "GGUF_CONFIG_MAPPING") - {"general", "tokenizer"}
    return older | tables.names_in("integrations/gguf/gguf_config_mapping.py", "GGUF_CONFIG_ARCHS")


def _elsewhere(repository: Repository, wanted: str | None, name: str | None = None) -> str:
    """Return how llama.cpp is told to run the same model."""
    if repository.sha is None:
        command = f"llama-cli -m {shlex.quote(str(repository.folder / (name or 'MODEL.gguf')))}"
    else:
        command = f"llama-cli -hf {repository.model_id}" + (f":{wanted}" if wanted else "")
    return f"llama.cpp reads it as it is: {command}"


def _names(repository: Repository) -> Mapping[str, int | None]:
    return repository.sizes if repository.listed is None else repository.listed


def _is(name: str, wanted: str) -> bool:
    asked, own = wanted.lower(), name.lower()
    return asked in (own, own.rpartition("/")[2], own.removesuffix(ENDING)) or (kind_of(name) or "").lower() == asked


def _rank(name: str) -> int:
    kind = kind_of(name) or ""
    return next((place for place, start in enumerate(_PREFERRED) if kind.startswith(start)), len(_PREFERRED))


def _another(repository: Repository, name: str) -> str:
    """Return a file beside the chosen one, as an example of how to name it: the largest that is no giant."""
    kinds = sorted({kind_of(other) or other for other in _names(repository) if other.endswith(ENDING)})
    others = [kind for kind in kinds if kind != kind_of(name)]
    return next((kind for kind in others if kind.startswith("Q8")), others[0] if others else "FILE")


def _facts(repository: Repository, name: str) -> Mapping[str, Any]:
    """Return what stands before the tokens in a file's header.

    Raises:
        UnloadableModel: It is no GGUF file.

    """
    facts: dict[str, Any] = {}
    beginning = repository.head(name, _HEAD_BYTES)
    try:
        facts.update(read_gguf_values(io.BytesIO(beginning)))
    except ValueError as error:
        # Where only the beginning was read, its end is no fault.
        if not beginning.startswith(b"GGUF") or (not facts and "ends too early" not in str(error)):
            raise UnloadableModel(repository.model_id, f"{name} is no GGUF file that can be read") from error
    return facts


def _parameters(repository: Repository, name: str, size: int | None) -> int:
    """Return how many weights the model has: as the Hub counts them, else by the size of the file and its kind."""
    if repository.parameters is not None:
        return repository.parameters
    kind = kind_of(name) or ""
    starts = sorted((start for start in _BITS if kind.startswith(start)), key=len)
    bits = _BITS[starts[-1]] if starts else _USUAL_BITS
    return int((size or 0) * 8 / bits)


def _config(facts: Mapping[str, Any], architecture: str, model_type: str, known: Tables) -> Mapping[str, Any]:
    config: dict[str, Any] = {"model_type": model_type, "dtype": "float32"}
    for key, own in _SHAPE.items():
        value = facts.get(f"{architecture}.{key}")
        # A list says it for each layer: what is not one number is left to the estimate's usual proportions.
        if isinstance(value, int) and not isinstance(value, bool | Length):
            config[own] = value
    if isinstance(tokens := facts.get("tokenizer.ggml.tokens"), int):
        config.setdefault("vocab_size", tokens)
    if architecture == "t5encoder":
        return {**config, "architectures": ["T5EncoderModel"]}
    config["architectures"] = _classes(model_type, known)
    config["is_encoder_decoder"] = architecture == "t5"
    return config


def _classes(model_type: str, known: Tables) -> list[str]:
    """Return the class that a checkpoint of this type is most likely saved with: files of this kind name none."""
    for table in (tables.CAUSAL_LM, tables.SEQ2SEQ_LM, tables.BASE):
        if known.has_type(table, model_type):
            return list(known.classes[table][model_type][:1])
    return []
