"""Answers trials with nothing but transformers' Auto classes: what the product's answers are compared with.

    python tests/tiny_answers.py < questions.json > answers.json

A question is `{"folder": …, "task": …, "text": …, "options": {…}}`, an answer is a text.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import torch
from transformers import (
    AutoModel,
    AutoModelForCausalLM,
    AutoModelForMaskedLM,
    AutoModelForQuestionAnswering,
    AutoModelForSeq2SeqLM,
    AutoModelForSequenceClassification,
    AutoModelForTokenClassification,
    AutoTokenizer,
)

CLASSES = {
    "fill-mask": AutoModelForMaskedLM,
    "text-generation": AutoModelForCausalLM,
    "translation": AutoModelForSeq2SeqLM,
    "summarization": AutoModelForSeq2SeqLM,
    "text-classification": AutoModelForSequenceClassification,
    "zero-shot-classification": AutoModelForSequenceClassification,
    "token-classification": AutoModelForTokenClassification,
    "question-answering": AutoModelForQuestionAnswering,
    "sentence-similarity": AutoModel,
}

LANGUAGE_TOKENS = {
    "en": ("eng_Latn", "en_XX"),
    "de": ("deu_Latn", "de_DE"),
    "fr": ("fra_Latn", "fr_XX"),
    "ja": ("jpn_Jpan", "ja_XX"),
}
"""How NLLB and mBART write the languages."""


def answer(folder: str, task: str, text: str, options: dict[str, Any]) -> str:
    """Load the repository and answer one question."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model, loading = CLASSES[task].from_pretrained(folder, dtype="auto", output_loading_info=True)
    if loading["missing_keys"] or loading["mismatched_keys"]:
        raise ValueError(f"{folder}: not all weights were there: {loading}")
    model.eval()
    answerers = {
        "fill-mask": _fill_mask,
        "text-generation": _continue,
        "translation": _translate,
        "summarization": _translate,
        "text-classification": _classify,
        "zero-shot-classification": _zero_shot,
        "token-classification": _tokens,
        "question-answering": _extract,
        "sentence-similarity": _most_similar,
    }
    with torch.inference_mode():
        return answerers[task](model, tokenizer, text, options)


def fill_mask_scores(folder: str, text: str, count: int = 2) -> list[tuple[str, float]]:
    """The likeliest tokens at the mask with their probabilities."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForMaskedLM.from_pretrained(folder, dtype="auto")
    with torch.inference_mode():
        return _mask_scores(model, tokenizer, text, count)


def _mask_scores(model: Any, tokenizer: Any, text: str, count: int) -> list[tuple[str, float]]:
    encoded = tokenizer(text, return_tensors="pt")
    place = encoded["input_ids"][0].tolist().index(tokenizer.mask_token_id)
    best = model(**encoded).logits[0, place].softmax(-1).topk(count)
    return [
        (tokenizer.decode([token]).strip(), score)
        for score, token in zip(best.values.tolist(), best.indices.tolist(), strict=True)
    ]


def _fill_mask(model: Any, tokenizer: Any, text: str, _: dict[str, Any]) -> str:
    return _mask_scores(model, tokenizer, text, 1)[0][0]


def _continue(model: Any, tokenizer: Any, text: str, _: dict[str, Any]) -> str:
    if tokenizer.chat_template:
        chat = [{"role": "user", "content": text}]
        encoded = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=True, return_tensors="pt")
    else:
        encoded = tokenizer(text, return_tensors="pt")
    made = model.generate(**encoded, max_new_tokens=48, do_sample=False, pad_token_id=0)[0]
    return str(tokenizer.decode(made[encoded["input_ids"].shape[1] :]))


def _translate(model: Any, tokenizer: Any, text: str, options: dict[str, Any]) -> str:
    settings = {"max_new_tokens": 48, "do_sample": False}
    if "to" in options and hasattr(tokenizer, "get_lang_id"):
        tokenizer.src_lang = options["from"]
        settings["forced_bos_token_id"] = tokenizer.get_lang_id(options["to"])
    elif "to" in options and (tokens := _language_tokens(tokenizer)):
        tokenizer.src_lang = tokens[options["from"]]
        settings["forced_bos_token_id"] = tokenizer.convert_tokens_to_ids(tokens[options["to"]])
    elif "to" in options:
        tasks = model.config.task_specific_params
        text = tasks[f"translation_{options['from']}_to_{options['to']}"]["prefix"] + text
    made = model.generate(**tokenizer(text, return_tensors="pt"), **settings)[0]
    return str(tokenizer.decode(made, skip_special_tokens=True))


def _language_tokens(tokenizer: Any) -> dict[str, str]:
    vocabulary = tokenizer.get_vocab()
    found = ((code, token) for code, tokens in LANGUAGE_TOKENS.items() for token in tokens if token in vocabulary)
    return dict(found)


def _classify(model: Any, tokenizer: Any, text: str, _: dict[str, Any]) -> str:
    logits = model(**tokenizer(text, return_tensors="pt")).logits[0]
    return str(model.config.id2label[int(logits.argmax())])


def _zero_shot(model: Any, tokenizer: Any, text: str, options: dict[str, Any]) -> str:
    entailment = model.config.label2id["entailment"]
    scores = {}
    for label in options["labels"]:
        encoded = tokenizer(text, f"This example is {label}.", return_tensors="pt")
        scores[label] = float(model(**encoded).logits[0, entailment])
    return str(max(scores, key=lambda label: scores[label]))


def _tokens(model: Any, tokenizer: Any, text: str, _: dict[str, Any]) -> str:
    encoded = tokenizer(text, return_tensors="pt")
    names = [model.config.id2label[int(number)] for number in model(**encoded).logits[0].argmax(-1)]
    tokens = tokenizer.convert_ids_to_tokens(encoded["input_ids"][0].tolist())
    found = zip(tokens[1:-1], names[1:-1], strict=True)
    return " ".join(f"{token}={name}" for token, name in found if name != "O")


def _extract(model: Any, tokenizer: Any, text: str, options: dict[str, Any]) -> str:
    encoded = tokenizer(text, options["context"], return_tensors="pt", return_offsets_mapping=True)
    offsets = encoded.pop("offset_mapping")[0].tolist()
    outputs = model(**encoded)
    first, last = int(outputs.start_logits[0].argmax()), int(outputs.end_logits[0].argmax())
    return str(options["context"][offsets[first][0] : offsets[last][1]])


def _most_similar(model: Any, tokenizer: Any, text: str, options: dict[str, Any]) -> str:
    encoded = tokenizer([text, *options["others"]], padding=True, return_tensors="pt")
    mask = encoded["attention_mask"].unsqueeze(-1)
    vectors = (model(**encoded).last_hidden_state * mask).sum(1) / mask.sum(1)
    vectors = torch.nn.functional.normalize(vectors, dim=1)
    return str(options["others"][int((vectors[1:] @ vectors[0]).argmax())])


def main() -> None:
    """Answer the questions on standard input."""
    torch.set_num_threads(1)
    answers: list[Any] = []
    for question in json.load(sys.stdin):
        if question["task"] == "scores":
            answers.append(fill_mask_scores(question["folder"], question["text"]))
        else:
            answers.append(answer(**question))
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
