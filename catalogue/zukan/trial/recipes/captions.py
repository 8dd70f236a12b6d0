"""Text about a picture: captions, answers to questions, what vision-language models say."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import torch
import transformers

from zukan.trial.recipes.generating import Watch
from zukan.trial.recipes.loading import (
    Answer,
    Loaded,
    check_finite,
    check_head,
    feed,
    note_emptiness,
    on_device,
    ranked,
)
from zukan.trial.recipes.seeing import asked, open_picture

# What their authors have them read before a caption: without it they write nothing of use.
_CAPTION_PROMPTS = {"paligemma": "caption en", "florence2": "<CAPTION>", "kosmos-2": "An image of"}


def visual_question(loaded: Loaded) -> Callable[[], Answer]:
    """Answer a question about a picture: by one of the trained answers, or in words of the model's own."""
    question = _question(loaded)
    if loaded.config.model_type != "vilt":
        return _written(loaded, question)
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    inputs = loaded.processor(images=picture, text=question, return_tensors="pt")
    known = {**asked(loaded, picture, inputs), "text": question}

    def run() -> Answer:
        # Trained with a sigmoid: several answers can be right.
        scores = check_finite(feed(loaded, inputs).logits[0]).sigmoid()
        labels = ranked(scores, loaded.config.id2label, loaded.job.top_k)
        return Answer(labels, labels[0]["label"], known)

    return run


def image_text(loaded: Loaded) -> Callable[[], Answer]:
    """Describe a picture, or say what a text asks of it."""
    if getattr(loaded.processor, "chat_template", None):
        return _written(loaded, _question(loaded), chat=True)
    return _written(loaded, loaded.job.text.strip() or _CAPTION_PROMPTS.get(loaded.config.model_type, ""))


def _question(loaded: Loaded) -> str:
    return loaded.job.text.strip() or loaded.job.example or "What is in this picture?"


def _written(loaded: Loaded, prompt: str, *, chat: bool = False) -> Callable[[], Answer]:
    check_head(loaded)
    picture = open_picture(loaded.job.file)
    inputs = _chat(loaded, picture, prompt) if chat else _plain(loaded, picture, prompt)
    known: dict[str, Any] = asked(loaded, picture, inputs)
    if prompt:
        known["text"] = prompt
    tensors = on_device(loaded, inputs)
    config = _generation_config(loaded)
    asked_tokens = inputs["input_ids"][0] if "input_ids" in inputs else None

    def run() -> Answer:
        watch = Watch()
        with torch.inference_mode():
            tokens = loaded.model.generate(
                **tensors, generation_config=config, logits_processor=transformers.LogitsProcessorList([watch])
            )[0].cpu()
        if asked_tokens is not None and tokens[: len(asked_tokens)].equal(asked_tokens):
            tokens = tokens[len(asked_tokens) :]
        text = str(loaded.tokenizer.decode(tokens, skip_special_tokens=True)).strip()
        # BLIP writes on from the prompt, and gives both.
        if prompt and not chat and text.lower().startswith(prompt.lower()):
            text = text[len(prompt) :].strip()
        cut_short = watch.steps >= config.max_new_tokens and int(tokens[-1]) not in _ends(config)
        if cut_short and text:
            loaded.warn(f"stopped after {config.max_new_tokens} new tokens, before the model ended by itself")
        note_emptiness(loaded, text, watch.steps)
        return Answer(text, text, known, new_tokens=watch.steps)

    return run


def _chat(loaded: Loaded, picture: Any, prompt: str) -> Mapping[str, Any]:
    content = [{"type": "image", "image": picture}, {"type": "text", "text": prompt}]
    encoded: Mapping[str, Any] = loaded.processor.apply_chat_template(
        [{"role": "user", "content": content}],
        add_generation_prompt=True,
        tokenize=True,
        return_dict=True,
        return_tensors="pt",
    )
    return encoded


def _plain(loaded: Loaded, picture: Any, prompt: str) -> Mapping[str, Any]:
    encoded: Mapping[str, Any]
    if getattr(loaded.processor, "tokenizer", None) is None:
        # An image processor alone: a captioner of two halves (vision-encoder-decoder) reads no prompt.
        encoded = loaded.processor(images=picture, return_tensors="pt")
    elif prompt:
        encoded = loaded.processor(images=picture, text=prompt, return_tensors="pt")
    else:
        encoded = loaded.processor(images=picture, return_tensors="pt")
    return encoded


def _generation_config(loaded: Loaded) -> Any:
    config = copy.deepcopy(loaded.model.generation_config)
    # Old files carry a total length besides the number of new tokens.
    config.max_length = None
    config.max_new_tokens = loaded.job.max_new_tokens
    config.update(do_sample=False, num_beams=1)
    if config.pad_token_id is None:
        config.pad_token_id = next(
            (end for end in (loaded.tokenizer.pad_token_id, *_ends(config)) if end is not None), 0
        )
    return config


def _ends(config: Any) -> list[Any]:
    return config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
