"""Rows for the Hub at scale: synthetic ones in the proportions of the real Hub, or those of a file."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

from hub_server_rows import Row, _creation_date, _object_id, timestamp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_FLOOR = 0x621FFDC0
"""2022-03-02T23:29:04Z: everything older carries this date."""
_LATEST = 1_790_000_000
"""2026-09-21, so that what a test changes is always newer."""
_TYPES: tuple[tuple[str, str, str, str, str], ...] = (
    ("llama", "LlamaForCausalLM", "AutoModelForCausalLM", "text-generation", "Llama-3.2-3B"),
    ("qwen2", "Qwen2ForCausalLM", "AutoModelForCausalLM", "text-generation", "Qwen2.5-7B-Instruct"),
    ("qwen3", "Qwen3ForCausalLM", "AutoModelForCausalLM", "text-generation", "Qwen3-4B"),
    ("mistral", "MistralForCausalLM", "AutoModelForCausalLM", "text-generation", "Mistral-7B-v0.3"),
    ("gemma3", "Gemma3ForConditionalGeneration", "AutoModelForImageTextToText", "image-text-to-text", "gemma-3-4b-it"),
    ("gpt2", "GPT2LMHeadModel", "AutoModelForCausalLM", "text-generation", "distilgpt2"),
    ("bert", "BertForSequenceClassification", "AutoModelForSequenceClassification", "text-classification", "bert-base"),
    ("bert", "BertForMaskedLM", "AutoModelForMaskedLM", "fill-mask", "bert-large-uncased"),
    ("bert", "BertModel", "AutoModel", "sentence-similarity", "all-MiniLM"),
    ("distilbert", "DistilBertForTokenClassification", "AutoModelForTokenClassification", "token-classification", "ner"),
    ("roberta", "RobertaForQuestionAnswering", "AutoModelForQuestionAnswering", "question-answering", "roberta-squad2"),
    ("xlm-roberta", "XLMRobertaForMaskedLM", "AutoModelForMaskedLM", "fill-mask", "xlm-r-large"),
    ("t5", "T5ForConditionalGeneration", "AutoModelForSeq2SeqLM", "text-generation", "t5-small-finetuned"),
    ("bart", "BartForConditionalGeneration", "AutoModelForSeq2SeqLM", "summarization", "bart-large-cnn"),
    ("marian", "MarianMTModel", "AutoModelForSeq2SeqLM", "translation", "opus-mt-en-ja"),
    (
        "whisper", "WhisperForConditionalGeneration", "AutoModelForSpeechSeq2Seq", "automatic-speech-recognition",
        "whisper-small",
    ),
    ("wav2vec2", "Wav2Vec2ForCTC", "AutoModelForCTC", "automatic-speech-recognition", "wav2vec2-xls-r"),
    ("vit", "ViTForImageClassification", "AutoModelForImageClassification", "image-classification", "vit-base"),
)  # fmt: skip
_TASK_TYPES = {"text-classification": "SEQ_CLS", "token-classification": "TOKEN_CLS", "summarization": "SEQ_2_SEQ_LM"}
_TEMPLATE = "".join(
    f"{{%- if messages[{place}].role == 'system' %}}{{{{- '<|im_start|>system\\n' + messages[{place}].content }}}}\n"
    for place in range(14)
)
_TAGS = (
    *("pytorch", "tensorboard", "onnx", "generated_from_trainer", "trl", "sft", "unsloth", "conversational"),
    *("custom_code", "8-bit", "4-bit", "bitsandbytes", "model-index", "text-generation-inference", "autotrain"),
    *("endpoints_compatible", "deploy:azure", "en", "ja", "de", "zh", "fr", "multilingual", "medical", "code"),
    *("dataset:imdb", "dataset:wikipedia", "dataset:squad", "dataset:mozilla-foundation/common_voice_17_0"),
    *("dataset:HuggingFaceH4/ultrachat_200k", "arxiv:1810.04805", "arxiv:2106.09685", "arxiv:1910.09700"),
)
_LICENSES = ("license:apache-2.0", "license:mit", "license:llama3.2", "license:cc-by-nc-4.0", "license:other")
_RELATIONS = ("adapter",) * 43 + ("finetune",) * 36 + ("quantized",) * 19 + ("merge",) * 2
_WORDS = ("emotion", "chat", "v2", "lora", "ja", "finetuned", "news", "merged", "dpo", "medical", "test", "final")
_FIRST = ("maria", "hiro", "ahmed", "li", "olga", "deep", "neuro", "tiny", "open", "acme", "yuki", "jean", "ravi")
_SECOND = ("lab", "ai", "sato", "m", "kumar", "research", "ml", "works", "x", "dev", "nlp", "garcia")


def synthetic_rows(number: int, seed: int) -> Iterator[Row]:
    """Yield that many models, the oldest names first but `_id`s in any order; the seed decides everything."""
    rng = Random(seed)
    latest = min(_LATEST, int(time.time()) - 2 * 86_400)
    authors = [_author(rng, place) for place in range(max(5, number // 8))]
    seen: set[str] = set()
    known: list[tuple[str, str, int]] = []
    for place in range(number):
        # Most authors have few models and some have many.
        author = authors[int(len(authors) * rng.random() ** 2)]
        created = _FLOOR + (0 if rng.random() < 0.02 else 1 + int((latest - _FLOOR) * rng.random() ** 0.6))
        base = known[int(place * rng.random())] if place and rng.random() < 0.25 else None
        kind = base[2] if base else rng.randrange(len(_TYPES))
        name = f"{author}/{_TYPES[kind][4]}-{rng.choice(_WORDS)}"
        name = f"{name}-{place:x}" if name.lower() in seen else name
        seen.add(name.lower())
        hub_id = f"{created:08x}{rng.getrandbits(64):016x}"
        modified = min(latest, created + int(rng.expovariate(1 / (20 * 86_400))))
        known.append((name, hub_id, kind))
        yield synthetic_row(rng, name, hub_id, timestamp(datetime.fromtimestamp(modified, UTC)), kind, base)


def synthetic_row(
    rng: Random,
    name: str,
    hub_id: str,
    modified: str,
    kind: int | None = None,
    base: Sequence[Any] | None = None,
) -> Row:
    """Return a model; `base` starts with the name and `_id` of the model that it is made from."""
    model_type, architecture, auto_model, task, _ = _TYPES[rng.randrange(len(_TYPES)) if kind is None else kind]
    relation = rng.choice(_RELATIONS) if base else ""
    draw = rng.random()
    chats = task == "text-generation" and draw < 0.5
    library: str | None = "transformers" if draw < 0.85 else None
    tags = [model_type, *rng.sample(_TAGS, rng.randint(4, 12)), rng.choice(_LICENSES), "region:us"]
    downloads = 0 if rng.random() < 0.6 else int(5 * (rng.random() + 1e-7) ** -0.9) - 4
    row: Row = {
        "_id": hub_id,
        "id": name,
        "author": name.split("/", maxsplit=1)[0],
        "private": False,
        "disabled": False,
        "gated": False if rng.random() < 0.983 else rng.choice(("auto", "manual", "manual")),
        "sha": f"{rng.getrandbits(160):040x}",
        "createdAt": _creation_date(hub_id),
        "lastModified": modified,
        "downloads": downloads,
        "downloadsAllTime": downloads * rng.randint(1, 20) + rng.randrange(30),
        "likes": 0 if rng.random() < 0.7 else int(rng.paretovariate(0.9)),
    }
    if rng.random() < 0.99:
        row["trendingScore"] = 0 if rng.random() < 0.97 else rng.randint(1, 60)
    if draw < 0.8:
        row["config"] = {"architectures": [architecture], "model_type": model_type, "tokenizer_config": {}}
        row["transformersInfo"] = {"auto_model": auto_model, "pipeline_tag": task, "processor": "AutoTokenizer"}
        if chats:
            row["config"]["tokenizer_config"] = {"bos_token": "<s>", "eos_token": "<|im_end|>"}
    if base is not None:
        row["baseModels"] = {"relation": relation, "models": [{"_id": base[1], "id": base[0]}]}
        tags += [f"base_model:{base[0]}", f"base_model:{relation}:{base[0]}"]
    if base is not None and relation == "adapter":
        library = "peft"
        kind_of_task = _TASK_TYPES.get(task, "CAUSAL_LM")
        row["config"] = {"peft": {"base_model_name_or_path": base[0], "task_type": kind_of_task}}
        row.pop("transformersInfo", None)
    elif relation == "quantized" and chats:
        library = None
        row["config"] = {}
        row["gguf"] = {
            "total": rng.randrange(10**8, 10**10),
            "architecture": model_type,
            "context_length": 32_768,
            "chat_template": _TEMPLATE,
            "bos_token": "<s>",
            "eos_token": "<|im_end|>",
        }
        row.pop("transformersInfo", None)
    elif draw < 0.25:
        size = rng.randrange(10**7, 10**10)
        row["safetensors"] = {"parameters": {"BF16" if chats else "F32": size}, "total": size}
        tags.append("safetensors")
    if task == "fill-mask":
        row["mask_token"] = "[MASK]"
    if library:
        row["library_name"] = library
        tags.insert(0, library)
    if rng.random() < 0.7:
        row["pipeline_tag"] = task
        tags.append(task)
    row["tags"] = tags
    return row


def other_tags(rng: Random, tags: list[str]) -> list[str]:
    """Return the tags after their author has changed some."""
    return [tag for tag in tags if tag not in _TAGS] + rng.sample(_TAGS, rng.randint(4, 12))


def other_task(rng: Random) -> str | None:
    """Return another task, sometimes none."""
    return rng.choice([*{task for *_, task, _ in _TYPES}, None])


def new_name(rng: Random, author: str | None = None) -> str:
    """Return a name that very likely nobody has."""
    return f"{author or _author(rng, rng.randrange(10**4))}/{_TYPES[rng.randrange(len(_TYPES))][4]}-{rng.getrandbits(48):012x}"


def given_rows(path: Path, number: int | None) -> Iterator[Row]:
    """Yield the rows of a file of JSON lines, gzipped or not, completed where they lack what the Hub always shows."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        for place, line in enumerate(lines):
            if place == number:
                return
            given: Row = json.loads(line)
            name = given["id"]
            row: Row = {
                "_id": given.get("_id") or _object_id(name, given.get("createdAt")),
                "id": name,
                "author": name.split("/", maxsplit=1)[0] if "/" in name else None,
                "private": False,
                "disabled": False,
                "gated": False,
                "sha": hashlib.sha1(name.encode(), usedforsecurity=False).hexdigest(),
                "downloads": 0,
                "likes": 0,
                "trendingScore": 0,
                "tags": [],
            }
            row |= {key: value for key, value in given.items() if not key.startswith("_") and value is not None}
            row.setdefault("createdAt", _creation_date(row["_id"]))
            row.setdefault("lastModified", row["createdAt"])
            row.setdefault("downloadsAllTime", row["downloads"])
            yield {key: value for key, value in row.items() if value is not None}


def _author(rng: Random, place: int) -> str:
    return f"{rng.choice(_FIRST)}-{rng.choice(_SECOND)}{place}"
