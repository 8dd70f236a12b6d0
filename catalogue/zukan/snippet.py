"""Writes the Python that loads and runs a model on the transformers this release was tested with (5.23)."""

from __future__ import annotations

import re

from zukan.exclusions import other_format
from zukan.languages import language_pair_in_name
from zukan.schema import Family, FamilyTag, ModelRecord

_HEAD = "from transformers import {auto_class}, AutoTokenizer\n\nmodel_id = {model_id!r}\n"
_LOAD = (
    "tokenizer = AutoTokenizer.from_pretrained(model_id)\n"
    'model = {auto_class}.from_pretrained(model_id, dtype="auto")\n'
)

_FILL_MASK = """
inputs = tokenizer(f"I love {tokenizer.mask_token}.", return_tensors="pt")
logits = model(**inputs).logits
position = (inputs["input_ids"][0] == tokenizer.mask_token_id).nonzero()[0, 0]
best = logits[0, position].softmax(-1).topk(5)
for score, token in zip(best.values.tolist(), best.indices.tolist()):
    print(f"{tokenizer.decode([token])}\\t{score:.3f}")
"""
_GENERATE = """
inputs = tokenizer("What is AI", return_tensors="pt")
output = model.generate(**inputs, max_new_tokens=40, pad_token_id=tokenizer.eos_token_id)
print(tokenizer.decode(output[0], skip_special_tokens=True))
"""
_CHATS = re.compile(r"/.*(?<![a-z])(?:instruct|chat|it(?=$|-))(?![a-z0-9])", re.IGNORECASE)
"""What the name of a model says that was taught to answer, and so needs its template."""
_CHAT = """
messages = [{"role": "user", "content": "What is AI?"}]
inputs = tokenizer.apply_chat_template(
    messages, add_generation_prompt=True, return_dict=True, return_tensors="pt"
)
output = model.generate(**inputs, max_new_tokens=100)
print(tokenizer.decode(output[0, inputs["input_ids"].shape[1]:], skip_special_tokens=True))
"""
_SEQ2SEQ = """
inputs = tokenizer({text!r}, return_tensors="pt")
output = model.generate(**inputs, max_new_tokens=60)
print(tokenizer.decode(output[0], skip_special_tokens=True))
"""
_M2M = """
tokenizer.src_lang = "en"
inputs = tokenizer("How are you", return_tensors="pt")
# Without this token the answer comes in an arbitrary language.
output = model.generate(**inputs, forced_bos_token_id=tokenizer.get_lang_id("de"), max_new_tokens=60)
print(tokenizer.decode(output[0], skip_special_tokens=True))
"""
_LANGUAGE_CODES = """
tokenizer.src_lang = {source!r}
inputs = tokenizer("How are you", return_tensors="pt")
# Without this token the answer comes in an arbitrary language.
target = tokenizer.convert_tokens_to_ids({target!r})
output = model.generate(**inputs, forced_bos_token_id=target, max_new_tokens=60)
print(tokenizer.decode(output[0], skip_special_tokens=True))
"""
_CLASSIFY = """
inputs = tokenizer("I love this film.", return_tensors="pt")
logits = model(**inputs).logits[0]
# A single number is a score of its own (a reranker's, say), not one of several labels.
scores = logits.softmax(-1) if len(logits) > 1 else logits.sigmoid()
for label, score in sorted(zip(model.config.id2label.values(), scores.tolist()), key=lambda pair: -pair[1]):
    print(f"{label}\\t{score:.3f}")
"""
_EMBED = """
sentences = ["A man is eating food.", "Someone has a meal.", "The sky is blue."]
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
inputs = tokenizer(sentences, padding=True, truncation=True, return_tensors="pt")
hidden = model(**inputs).last_hidden_state
# Mean over the real tokens; where the repository has 1_Pooling/config.json, that says its own way.
mask = inputs["attention_mask"].unsqueeze(-1)
vectors = (hidden * mask).sum(1) / mask.sum(1)
vectors = vectors / vectors.norm(dim=-1, keepdim=True)
print(vectors @ vectors.T)
"""
_EMBED_AS_STATED = """
import json

from huggingface_hub import hf_hub_download

sentences = ["A man is eating food.", "Someone has a meal.", "The sky is blue."]
tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
inputs = tokenizer(sentences, padding=True, truncation=True, return_tensors="pt")
hidden = model(**inputs).last_hidden_state
mask = inputs["attention_mask"]
# How its authors make one vector of those of all tokens; sentence-transformers reads the same file.
with open(hf_hub_download(model_id, "1_Pooling/config.json")) as file:
    settings = json.load(file)
pooling = str(settings.get("pooling_mode") or [name for name, chosen in settings.items() if chosen is True])
if "cls" in pooling:
    vectors = hidden[:, 0]
elif "lasttoken" in pooling:
    vectors = hidden[range(len(hidden)), mask.shape[1] - 1 - mask.flip(1).argmax(1)]
elif "max" in pooling:
    vectors = hidden.masked_fill(mask.unsqueeze(-1) == 0, float("-inf")).max(1).values
else:
    # Later tokens weigh more where the mean is a weighted one.
    weights = mask.cumsum(1) * mask if "weightedmean" in pooling else mask
    vectors = (hidden * weights.unsqueeze(-1)).sum(1) / weights.sum(1, keepdim=True)
vectors = vectors / vectors.norm(dim=-1, keepdim=True)
print(vectors @ vectors.T)
"""
_TOKENS = """
inputs = tokenizer("Angela Merkel lives in Berlin.", return_tensors="pt")
labels = model(**inputs).logits[0].argmax(-1).tolist()
for token, label in zip(tokenizer.convert_ids_to_tokens(inputs["input_ids"][0].tolist()), labels):
    print(f"{token}\\t{model.config.id2label[label]}")
"""
_ANSWER = """
inputs = tokenizer("Where does Anna live?", "Anna lives in Berlin.", return_tensors="pt")
output = model(**inputs)
start, end = output.start_logits[0].argmax(), output.end_logits[0].argmax()
print(tokenizer.decode(inputs["input_ids"][0, start : end + 1]))
"""
_PIPELINE = """from transformers import pipeline

pipe = pipeline({task!r}, model={model_id!r})
print(pipe({example!r}))
"""

_ZERO_SHOT = """from transformers import pipeline

pipe = pipeline("zero-shot-classification", model={model_id!r})
print(pipe("The match ended two to one.", candidate_labels=["sport", "politics", "cooking"]))
"""

_TEXT_TASKS = {
    "fill-mask": ("AutoModelForMaskedLM", _FILL_MASK),
    "text-generation": ("AutoModelForCausalLM", _GENERATE),
    "text-classification": ("AutoModelForSequenceClassification", _CLASSIFY),
    "feature-extraction": ("AutoModel", _EMBED),
    "sentence-similarity": ("AutoModel", _EMBED),
    "token-classification": ("AutoModelForTokenClassification", _TOKENS),
    "question-answering": ("AutoModelForQuestionAnswering", _ANSWER),
}
_PIPELINE_TASKS = {
    "image-classification": "photo.jpg",
    "object-detection": "photo.jpg",
    "image-segmentation": "photo.jpg",
    "depth-estimation": "photo.jpg",
    "automatic-speech-recognition": "speech.wav",
    "audio-classification": "sound.wav",
}
_SEQ2SEQ_TASKS = ("translation", "summarization", "text2text-generation")
_PREFIX_TYPES = ("t5", "mt5", "umt5", "longt5", "switch_transformers")
_LONG_TEXT = "The tower is 324 metres tall, about the same height as an 81-storey building, and the tallest in Paris."
_GREETINGS = {
    "ja": "お元気ですか", "de": "Wie geht es dir", "fr": "Comment allez-vous", "es": "¿Cómo estás?", "zh": "你好吗",
    "ko": "잘 지내세요", "ru": "Как дела", "it": "Come stai", "pt": "Como você está",
}  # fmt: skip
_OTHER_LIBRARIES = (
    "diffusers",
    "timm",
    "spacy",
    "flair",
    "sklearn",
    "espnet",
    "nemo",
    "speechbrain",
    "keras",
    "peft",
)


def snippet(record: ModelRecord, tag: FamilyTag) -> tuple[str, str | None]:
    """Return (Python code, task it does); ("", None) where transformers cannot run the model.

    The code depends on the family, not on the Hub's tag alone: since transformers 5 a sequence-to-sequence
    model has no pipeline for its task and goes through `generate`.
    """
    task = record.pipeline_tag
    if (
        record.library_name in _OTHER_LIBRARIES
        or other_format(record)
        or tag.family in (Family.OTHER, Family.UNDETERMINED)
    ):
        return "", None
    warning = (
        "# This repository runs its own code: read it, then add trust_remote_code=True below.\n"
        if "custom_code" in record.tags
        else ""
    )
    if task == "zero-shot-classification":
        return warning + _ZERO_SHOT.format(model_id=record.model_id), task
    if task in _PIPELINE_TASKS:
        code = _PIPELINE.format(task=task, model_id=record.model_id, example=_PIPELINE_TASKS[task])
        return warning + code, task
    if tag.family is Family.SEQ2SEQ:
        if task not in (*_SEQ2SEQ_TASKS, None) and task not in _TEXT_TASKS:
            return "", None
        if task not in _TEXT_TASKS or task == "text-generation":
            return warning + _code(
                record, "AutoModelForSeq2SeqLM", _seq2seq_body(record)
            ), task or "text2text-generation"
    if task not in _TEXT_TASKS:
        task = _task_by_family(record, tag)
    if task is None:
        return "", None
    auto_class, body = _TEXT_TASKS[task]
    # A CLIP of sentence-transformers has no such file.
    if body is _EMBED and record.library_name == "sentence-transformers" and record.model_type != "clip":
        body = _EMBED_AS_STATED
    if auto_class == "AutoModel" and record.model_type in _PREFIX_TYPES:
        auto_class = "AutoModelForTextEncoding"
    if task == "text-generation" and ("conversational" in record.tags or _CHATS.search(record.model_id)):
        body = _CHAT
    return warning + _code(record, auto_class, body), task


def _task_by_family(record: ModelRecord, tag: FamilyTag) -> str | None:
    """Return what the family can do when the Hub names no text task; other inputs are not guessed at."""
    if record.pipeline_tag is not None:
        return None
    if tag.family is Family.DECODER_ONLY:
        return "text-generation"
    masked = any("MaskedLM" in name for name in record.architectures)
    return "fill-mask" if masked else "feature-extraction"


def _code(record: ModelRecord, auto_class: str, body: str) -> str:
    head = _HEAD.format(auto_class=auto_class, model_id=record.model_id)
    return head + _LOAD.format(auto_class=auto_class) + body


def _seq2seq_body(record: ModelRecord) -> str:
    kind, task, name = record.model_type or "", record.pipeline_tag, record.model_id.lower()
    if kind == "m2m_100" and "nllb" not in name:
        return _M2M
    if "nllb" in name or kind == "nllb-moe":
        return _LANGUAGE_CODES.format(source="eng_Latn", target="deu_Latn")
    if kind == "mbart":
        return _LANGUAGE_CODES.format(source="en_XX", target="de_DE")
    if task == "summarization":
        return _SEQ2SEQ.format(text=f"summarize: {_LONG_TEXT}" if kind in _PREFIX_TYPES else _LONG_TEXT)
    if kind in _PREFIX_TYPES:
        return _SEQ2SEQ.format(text="translate English to German: How are you")
    if task == "translation":
        source = (language_pair_in_name(record.model_id) or ("en", ""))[0]
        return _SEQ2SEQ.format(text=_GREETINGS.get(source, "How are you"))
    return _SEQ2SEQ.format(text=_LONG_TEXT)
