"""Generated text: continuations and chat answers, translations, summaries."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
import transformers

from zukan.languages import language_code
from zukan.trial import translating
from zukan.trial.failures import Failure
from zukan.trial.recipes.loading import Answer, Loaded, check_finite, check_head, note_emptiness

_LEAST_NEW_TOKENS = 8
# How the authors of a T5 decode a task; lengths are the user's business.
_TASK_SETTINGS = ("num_beams", "early_stopping", "length_penalty", "no_repeat_ngram_size")


def text_generation(loaded: Loaded) -> Callable[[], Answer]:
    """Continue a text, or answer it where the tokenizer has a chat template."""
    check_head(loaded)
    if getattr(loaded.tokenizer, "chat_template", None):
        return _chat(loaded)
    encoded = _prompt(loaded)
    length = encoded["input_ids"].shape[1]
    generate = _generator(loaded, encoded, do_sample=False, num_beams=1)
    prompt = _decode(loaded, encoded["input_ids"][0])

    def run() -> Answer:
        tokens = generate()
        whole = _decode(loaded, tokens)
        # Decoded together: some tokenizers drop the space between the prompt and its continuation.
        text = whole[len(prompt) :] if whole.startswith(prompt) else _decode(loaded, tokens[length:])
        note_emptiness(loaded, text, len(tokens) - length)
        return Answer(text, text.strip(), {"text": loaded.job.text}, new_tokens=len(tokens) - length)

    return run


def text2text(loaded: Loaded) -> Callable[[], Answer]:
    """Answer a text that says itself what to do with it."""
    return _seq2seq(loaded, loaded.job.text, {})


def summarization(loaded: Loaded) -> Callable[[], Answer]:
    """Shorten a text."""
    text, settings = loaded.job.text, _settings(loaded, "summarization")
    prefix = translating.prefix_of("summarization", loaded.config.to_dict())
    if prefix is None and loaded.config.model_type == "t5":
        prefix = "summarize: "
    if prefix and not text.lower().startswith(prefix.strip().lower()):
        text = prefix + text
    return _seq2seq(loaded, text, settings)


def translation(loaded: Loaded) -> Callable[[], Answer]:
    """Translate a text, telling the model the languages in its own way."""
    job, model_type = loaded.job, loaded.config.model_type
    if model_type in translating.CODE_TYPES:
        return _translate_by_code(loaded)
    if model_type == "marian":
        return _seq2seq(loaded, _marian_text(loaded), {})
    if model_type not in translating.PREFIX_TYPES:
        return _seq2seq(loaded, job.text, {})
    config = loaded.config.to_dict()
    marker = f"<2{language_code(job.target_language or '') or job.target_language}>"
    if job.target_language and marker in loaded.tokenizer.get_vocab():
        # MADLAD-400: a T5 that takes the target language as a token.
        return _seq2seq(loaded, f"{marker} {job.text}", {})
    if translating.names_its_task(job.text, config):
        return _seq2seq(loaded, job.text, {})
    if job.target_language is None:
        raise Failure(
            "missing-option",
            "the language to translate into",
            option="--to",
            choices=translating.targets_of(config),
        )
    source = job.source_language or _assumed_source(loaded)
    prefix = translating.prefix_for(source, job.target_language, config)
    task = f"translation_{language_code(source)}_to_{language_code(job.target_language)}"
    return _seq2seq(loaded, prefix + job.text, _settings(loaded, task))


def _chat(loaded: Loaded) -> Callable[[], Answer]:
    messages = [*loaded.job.messages, {"role": "user", "content": loaded.job.text}]
    encoded = _turns(loaded, messages)
    limit = loaded.limit()
    if limit is not None and _reaches(encoded, limit) and len(messages) > 1:
        while _reaches(encoded, limit) and len(messages) > 1:
            messages = messages[2:]
            encoded = _turns(loaded, messages)
        loaded.warn(f"the conversation is longer than the model reads ({limit} tokens): its beginning was left out")
    if "enable_thinking" in str(loaded.tokenizer.chat_template):
        loaded.warn("asked to answer without thinking first")
    length = encoded["input_ids"].shape[1]
    if limit is not None and length >= limit:
        raise Failure("unusable-input", f"the input has {length} tokens and the model reads {limit}")
    generate = _generator(loaded, encoded, do_sample=False, num_beams=1)

    def run() -> Answer:
        tokens = generate()
        text = _decode(loaded, tokens[length:])
        new_tokens = len(tokens) - length
        note_emptiness(loaded, text, new_tokens)
        return Answer(text, text.strip(), {"text": loaded.job.text, "messages": messages}, new_tokens=new_tokens)

    return run


def _turns(loaded: Loaded, messages: Sequence[Mapping[str, str]]) -> Any:
    return loaded.to_device(
        loaded.tokenizer.apply_chat_template(
            list(messages),
            add_generation_prompt=True,
            return_dict=True,
            return_tensors="pt",
            # Only templates of reasoning models look at it; their thoughts would use up the few tokens of a trial.
            enable_thinking=False,
        )
    )


def _reaches(encoded: Mapping[str, Any], limit: int) -> bool:
    """Tell whether no room is left for an answer."""
    return int(encoded["input_ids"].shape[1]) + _LEAST_NEW_TOKENS > limit


def _seq2seq(loaded: Loaded, text: str, settings: Mapping[str, Any], forced: int | None = None) -> Callable[[], Answer]:
    check_head(loaded)
    job = loaded.job
    encoded = loaded.encode(text)
    if forced is not None:
        settings = {**settings, "forced_bos_token_id": forced}
    generate = _generator(loaded, encoded, do_sample=False, **settings)
    asked = {"text": job.text, "prompt": text if text != job.text else None}
    asked |= {"source_language": job.source_language, "target_language": job.target_language}

    def run() -> Answer:
        # The first token only starts the decoder.
        tokens = generate()[1:]
        answer = _decode(loaded, tokens).strip()
        note_emptiness(loaded, answer, len(tokens))
        kept = {name: value for name, value in asked.items() if value is not None}
        return Answer(answer, answer, kept, new_tokens=len(tokens))

    return run


def _generator(loaded: Loaded, encoded: Mapping[str, Any], **settings: Any) -> Callable[[], torch.Tensor]:
    """Return the call that generates the tokens of one answer."""
    # Old files carry a total length besides the number of new tokens.
    loaded.model.generation_config.max_length = None
    config = copy.deepcopy(loaded.model.generation_config)
    config.max_new_tokens = (
        loaded.job.max_new_tokens
        if loaded.config.is_encoder_decoder
        else _new_tokens(loaded, encoded["input_ids"].shape[1])
    )
    if (config.min_length or 0) > config.max_new_tokens:
        config.min_length = 0
    config.update(**settings)
    tokenizer = loaded.tokenizer
    if config.pad_token_id is None:
        end = config.eos_token_id
        first_end = end[0] if isinstance(end, list) and end else end
        config.pad_token_id = next(
            (item for item in (tokenizer.pad_token_id, first_end, tokenizer.eos_token_id) if item is not None),
            0,
        )
    inputs = {name: encoded[name] for name in ("input_ids", "attention_mask") if name in encoded}

    def generate() -> torch.Tensor:
        watch = Watch()
        with torch.inference_mode():
            tokens = loaded.model.generate(
                **inputs,
                generation_config=config,
                logits_processor=transformers.LogitsProcessorList([watch]),
            )[0]
        ends = config.eos_token_id if isinstance(config.eos_token_id, list) else [config.eos_token_id]
        if watch.steps >= config.max_new_tokens and int(tokens[-1]) not in ends:
            loaded.warn(f"stopped after {config.max_new_tokens} new tokens, before the model ended by itself")
        return tokens

    return generate


class Watch(transformers.LogitsProcessor):  # type: ignore[misc]
    """Counts the steps, and refuses NaN: greedy decoding of it gives an empty answer and no error."""

    def __init__(self) -> None:
        self.steps = 0

    def __call__(self, _input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Look at the scores of one step, and leave them as they are."""
        if self.steps == 0:
            check_finite(scores)
        self.steps += 1
        return scores


def _translate_by_code(loaded: Loaded) -> Callable[[], Answer]:
    """M2M-100, NLLB, mBART: a language token before the input, and one forced at the start of the answer."""
    job, tokenizer = loaded.job, loaded.tokenizer
    tokens = _language_tokens(tokenizer)
    if job.target_language is None:
        if loaded.model.generation_config.forced_bos_token_id is not None or loaded.config.model_type == "mbart":
            return _seq2seq(loaded, job.text, {})
        raise Failure("missing-option", "the language to translate into", option="--to", choices=list(tokens))
    target = translating.match_code(job.target_language, tokens)
    if target is None:
        message = f"it does not translate into {job.target_language}"
        raise Failure("missing-option", message, option="--to", choices=list(tokens))
    source = translating.match_code(job.source_language or _assumed_source(loaded), tokens)
    if source is None:
        message = f"it does not translate from {job.source_language}"
        raise Failure("missing-option", message, option="--from", choices=list(tokens))
    tokenizer.src_lang = source
    return _seq2seq(loaded, job.text, {}, forced=tokenizer.convert_tokens_to_ids(tokens[target]))


def _language_tokens(tokenizer: Any) -> dict[str, str]:
    """Return the model's language codes with their tokens: {"de": "__de__"} or {"deu_Latn": "deu_Latn"}."""
    names = [*tokenizer.all_special_tokens, *tokenizer.get_added_vocab()]
    names += list(getattr(tokenizer, "lang_code_to_token", {}).values())
    if not translating.language_codes(names):
        names = list(tokenizer.get_vocab())
    return {code: name for name in names for code in translating.language_codes([name])}


def _marian_text(loaded: Loaded) -> str:
    """Put the target's code before the text where the model has several targets."""
    job, tokenizer = loaded.job, loaded.tokenizer
    codes = translating.marian_codes(tokenizer.get_vocab())
    if job.text.lstrip().startswith(">>"):
        return job.text
    if not codes:
        only = getattr(tokenizer, "target_lang", None)
        wanted = language_code(job.target_language or "")
        if wanted and only and language_code(str(only)) not in (wanted, None):
            raise Failure("unusable-input", f"it translates into {only} only")
        return job.text
    code = translating.match_code(job.target_language, codes) if job.target_language else None
    if code is None:
        wanted = job.target_language
        message = f"it does not translate into {wanted}" if wanted else "the language to translate into"
        raise Failure("missing-option", message, option="--to", choices=codes)
    return f">>{code}<< {job.text}"


def _assumed_source(loaded: Loaded) -> str:
    loaded.warn("no source language was given: English was assumed")
    return "en"


def _settings(loaded: Loaded, task: str) -> dict[str, Any]:
    params = loaded.config.to_dict().get("task_specific_params")
    chosen = params.get(task) if isinstance(params, Mapping) else None
    if not isinstance(chosen, Mapping):
        return {}
    return {name: chosen[name] for name in _TASK_SETTINGS if chosen.get(name) is not None}


def _prompt(loaded: Loaded) -> Any:
    """Turn the prompt into tensors; of one that fills the model, the end is kept, because it is what goes on."""
    limit, count = loaded.limit(), loaded.count(loaded.job.text)
    if limit is None or count <= limit - _LEAST_NEW_TOKENS:
        return loaded.to_device(loaded.tokenizer(loaded.job.text, return_tensors="pt"))
    kept = limit - min(loaded.job.max_new_tokens, limit // 2)
    loaded.warn(f"the input has {count} tokens and the model reads {limit}: all but the last {kept} were cut off")
    loaded.tokenizer.truncation_side = "left"
    encoded = loaded.tokenizer(loaded.job.text, return_tensors="pt", truncation=True, max_length=kept)
    return loaded.to_device(encoded)


def _new_tokens(loaded: Loaded, length: int) -> int:
    """Return how many new tokens fit after a prompt of that length."""
    wanted, limit = loaded.job.max_new_tokens, loaded.limit()
    if limit is None or length + wanted <= limit:
        return wanted
    loaded.warn(f"only {limit - length} new tokens fit: the model has {limit} positions")
    return limit - length


def _decode(loaded: Loaded, tokens: torch.Tensor) -> str:
    return str(loaded.tokenizer.decode(tokens, skip_special_tokens=True))
