"""What the test Hub publishes about a model: the facts it derives from the files, and those it was told."""

from __future__ import annotations

import hashlib
import json
import math
import re
import struct
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped, unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hub_server_files import Commit

Row = dict[str, Any]

_FIRST_CREATION = 0x621FFDC0  # 2022-03-02T23:29:04Z: everything older carries this date
_CREATION_SPAN = 3 * 365 * 24 * 3600
_CONFIG_KEYS = ("architectures", "model_type", "auto_map")
_QUANTIZATION_KEYS = ("bits", "load_in_4bit", "load_in_8bit", "quant_method")
_TOKENIZER_KEYS = (
    "bos_token",
    "chat_template",
    "cls_token",
    "eos_token",
    "mask_token",
    "pad_token",
    "sep_token",
    "unk_token",
)
_TOKENIZER_FILES = ("tokenizer_config.json", "tokenizer.json", "vocab.txt", "vocab.json", "spiece.model")
_FRAMEWORKS = (
    ("pytorch", re.compile(r"pytorch_model.*\.bin")),
    ("tf", re.compile(r"tf_model.*\.h5")),
    ("jax", re.compile(r"flax_model.*\.msgpack")),
    ("onnx", re.compile(r"(.*/)?[^/]+\.onnx")),
    ("safetensors", re.compile(r"(.*/)?[^/]+\.safetensors")),
    ("gguf", re.compile(r"(.*/)?[^/]+\.gguf")),
)
# The first pattern found in the class name decides, so the more special ones come first.
_AUTO_CLASSES = tuple(
    (re.compile(pattern), auto_model, task)
    for pattern, auto_model, task in (
        (r"^(Whisper|Speech2Text|Moonshine)", "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition"),
        (r"ForMaskedLM|^XLMWithLMHead", "AutoModelForMaskedLM", "fill-mask"),
        (
            r"ForConditionalGeneration$|MTModel$|EncoderDecoder",
            "AutoModelForSeq2SeqLM",
            "text2text-generation",
        ),
        (r"ForCausalLM|LMHead", "AutoModelForCausalLM", "text-generation"),
        (
            r"^(Wav2Vec2|Hubert|WavLM|AST).*ForSequenceClassification",
            "AutoModelForAudioClassification",
            "audio-classification",
        ),
        (r"ForSequenceClassification$", "AutoModelForSequenceClassification", "text-classification"),
        (r"ForTokenClassification$", "AutoModelForTokenClassification", "token-classification"),
        (r"ForQuestionAnswering$", "AutoModelForQuestionAnswering", "question-answering"),
        (r"ForMultipleChoice$", "AutoModelForMultipleChoice", "multiple-choice"),
        (r"ForCTC$", "AutoModelForCTC", "automatic-speech-recognition"),
        (r"ForImageClassification$", "AutoModelForImageClassification", "image-classification"),
        (r"ForPreTraining$", "AutoModelForPreTraining", "pretraining"),
        (r"Model$", "AutoModel", "feature-extraction"),
    )
)
# These tasks of a class are no pipeline_tag of the Hub: the tag that is published instead, if any.
_PUBLISHED_TASKS = {"text2text-generation": "text-generation", "pretraining": None, "multiple-choice": None}


def build_row(model_id: str, given: Mapping[str, Any], commit: Commit) -> Row:
    """Return every published fact of a model; `given` wins over what the files say, None removes a fact."""
    row: Row = {
        "_id": given.get("_id") or _object_id(model_id, given.get("createdAt")),
        "id": model_id,
        "author": model_id.split("/", maxsplit=1)[0] if "/" in model_id else None,
        "private": False,
        "gated": False,
        "disabled": False,
        "downloads": 0,
        "likes": 0,
        "trendingScore": 0,
        "sha": commit.sha,
        "siblings": commit.siblings(),
    }
    if commit.files:
        row |= _facts_of_files(commit)
    told = {key: value for key, value in given.items() if not key.startswith("_")}
    row |= {key: value for key, value in told.items() if key not in {"id", "modelId", "author"}}
    row["createdAt"] = row.get("createdAt") or _creation_date(row["_id"])
    row["lastModified"] = row.get("lastModified") or row["createdAt"]
    row.setdefault("downloadsAllTime", row["downloads"])
    row.setdefault("tags", _tags(row, commit))
    if "baseModels" not in row and (base := _base_models(row, commit)):
        row["baseModels"] = base
    return {key: value for key, value in row.items() if value is not None}


def timestamp(moment: datetime) -> str:
    """Write a time as the Hub does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def _object_id(model_id: str, created_at: str | None) -> str:
    """Make the ObjectId of a model: its creation time, then 16 digits that only its name decides."""
    digest = hashlib.sha256(model_id.encode()).digest()
    try:
        seconds = int(datetime.fromisoformat(created_at or "").timestamp())
    except (ValueError, TypeError):
        seconds = _FIRST_CREATION + int.from_bytes(digest[8:16]) % _CREATION_SPAN
    return f"{seconds:08x}{digest[:8].hex()}"


def _creation_date(hub_id: str) -> str:
    return timestamp(datetime.fromtimestamp(int(hub_id[:8], 16), UTC))


def _facts_of_files(commit: Commit) -> Row:
    card = _card(commit)
    config = commit.json("config.json")
    info = _transformers_info(config, commit)
    library = card.get("library_name") or _library(config, commit)
    task = card.get("pipeline_tag") or (
        "sentence-similarity" if library == "sentence-transformers" else _published_task(info)
    )
    return {
        "cardData": card or None,
        "config": _config_excerpt(config, commit),
        "library_name": library,
        "pipeline_tag": task,
        "mask_token": _mask_token(commit),
        "transformersInfo": info,
        "safetensors": _safetensors(commit),
        "widgetData": card.get("widget"),
        "model-index": card.get("model-index"),
        "usedStorage": sum(file.size for file in commit.files.values()),
    }


def _card(commit: Commit) -> Row:
    match = re.match(r"---\r?\n(.*?)\r?\n---", commit.text("README.md"), re.DOTALL)
    if match is None:
        return {}
    try:
        card = yaml.safe_load(match.group(1))
    except yaml.YAMLError:
        return {}
    # Dates in a card arrive as text: the card is published as JSON.
    return dict(json.loads(json.dumps(card, default=str))) if isinstance(card, dict) else {}


def _config_excerpt(config: Row, commit: Commit) -> Row:
    """Return the few keys of config.json and its neighbours that a list row holds."""
    excerpt: Row = {key: config[key] for key in _CONFIG_KEYS if key in config}
    if isinstance(quantization := config.get("quantization_config"), dict):
        excerpt["quantization_config"] = {key: quantization[key] for key in _QUANTIZATION_KEYS if key in quantization}
    if "tokenizer_config.json" in commit.files:
        tokenizer = commit.json("tokenizer_config.json")
        excerpt["tokenizer_config"] = {key: tokenizer[key] for key in _TOKENIZER_KEYS if tokenizer.get(key) is not None}
    if template := commit.text("chat_template.jinja"):
        excerpt["chat_template_jinja"] = template
    if "chat_template" in (processor := commit.json("processor_config.json")):
        excerpt["processor_config"] = {"chat_template": processor["chat_template"]}
    if adapter := commit.json("adapter_config.json"):
        wanted = ("base_model_name_or_path", "task_type")
        excerpt["peft"] = {key: adapter[key] for key in wanted if key in adapter}
    if "_class_name" in (diffusers := commit.json("model_index.json")):
        excerpt["diffusers"] = {"_class_name": diffusers["_class_name"]}
    return excerpt


def _library(config: Row, commit: Commit) -> str | None:
    for name, library in (
        ("adapter_config.json", "peft"),
        ("model_index.json", "diffusers"),
        ("modules.json", "sentence-transformers"),
    ):
        if name in commit.files:
            return library
    return "transformers" if "model_type" in config or "architectures" in config else None


def _transformers_info(config: Row, commit: Commit) -> Row | None:
    architectures = config.get("architectures")
    if not isinstance(architectures, list) or not architectures:
        return None
    name = str(architectures[0])
    auto_model, task = next(
        ((auto_model, task) for pattern, auto_model, task in _AUTO_CLASSES if pattern.search(name)),
        (name, None),
    )
    if task == "text2text-generation" and "vision_config" in config:
        auto_model, task = "AutoModelForImageTextToText", "image-text-to-text"
    info = {"auto_model": auto_model, "pipeline_tag": task, "processor": _processor(commit)}
    custom = {key: value for key, value in _mapping(config.get("auto_map")).items() if key.startswith("AutoModel")}
    if custom:
        auto_model = auto_model if auto_model in custom else next(iter(custom))
        info |= {"auto_model": auto_model, "custom_class": custom[auto_model]}
    return {key: value for key, value in info.items() if value is not None}


def _processor(commit: Commit) -> str | None:
    if "preprocessor_config.json" in commit.files or "processor_config.json" in commit.files:
        return "AutoProcessor"
    return "AutoTokenizer" if any(name in commit.files for name in _TOKENIZER_FILES) else None


def _published_task(info: Row | None) -> str | None:
    task: str | None = (info or {}).get("pipeline_tag")
    return _PUBLISHED_TASKS.get(task, task) if task else None


def _mask_token(commit: Commit) -> str | None:
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        token = commit.json(name).get("mask_token")
        token = token.get("content") if isinstance(token, dict) else token
        if isinstance(token, str):
            return token
    return None


def _safetensors(commit: Commit) -> Row | None:
    """Count the parameters by dtype from the headers of model.safetensors or of its shards."""
    shards = {"model.safetensors"}
    if "model.safetensors" not in commit.files:
        shards = set(commit.json("model.safetensors.index.json").get("weight_map", {}).values())
    parameters: dict[str, int] = {}
    for shard in sorted(shards):
        for tensor in _tensors(commit, shard):
            parameters[tensor["dtype"]] = parameters.get(tensor["dtype"], 0) + math.prod(tensor["shape"])
    return {"parameters": parameters, "total": sum(parameters.values())} if parameters else None


def _tensors(commit: Commit, path: str) -> list[Row]:
    content = commit.files[path].content if path in commit.files else b""
    if len(content) < 8:
        return []
    (length,) = struct.unpack("<Q", content[:8])
    try:
        header = json.loads(content[8 : 8 + length])
    except ValueError:
        return []
    return [tensor for name, tensor in header.items() if name != "__metadata__"]


def _tags(row: Row, commit: Commit) -> list[str]:
    """Return the computed tags, in about the Hub's order."""
    card, config, info = (_mapping(row.get(key)) for key in ("cardData", "config", "transformersInfo"))
    library = row.get("library_name")
    tags: list[str | None] = [library]
    tags += [tag for tag, pattern in _FRAMEWORKS if any(pattern.fullmatch(path) for path in commit.files)]
    tags += [config.get("model_type"), row.get("pipeline_tag")]
    if info.get("pipeline_tag") == "text2text-generation":
        tags.append("text2text-generation")
    tags += _texts(card.get("tags"))
    tags += ["conversational"] if "chat_template" in json.dumps(config) else []
    tags += ["custom_code"] if "auto_map" in config else []
    tags += _texts(card.get("language"))
    tags += [f"dataset:{name}" for name in _texts(card.get("datasets"))]
    relation = _relation(card, commit)
    for base in _texts(card.get("base_model")):
        tags += [f"base_model:{base}", f"base_model:{relation}:{base}"]
    tags += [f"license:{name}" for name in _texts(card.get("license"))]
    tags += ["endpoints_compatible"] if library == "transformers" else []
    return list(dict.fromkeys(tag for tag in [*tags, "region:us"] if tag))


def _base_models(row: Row, commit: Commit) -> Row | None:
    card = _mapping(row.get("cardData"))
    bases = _texts(card.get("base_model"))
    if not bases:
        return None
    models = [{"_id": _object_id(base, None), "id": base} for base in bases]
    return {"relation": _relation(card, commit), "models": models}


def _relation(card: Row, commit: Commit) -> str:
    stated = card.get("base_model_relation")
    return str(stated) if stated else ("adapter" if "adapter_config.json" in commit.files else "finetune")


def _mapping(value: Any) -> Row:
    """Return a fact that should be an object, and {} where a test publishes something odd."""
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> list[str]:
    """Return a card's value, which may be one string, a list or nothing, as a list of strings."""
    return [value] if isinstance(value, str) else [str(item) for item in value] if isinstance(value, list) else []
