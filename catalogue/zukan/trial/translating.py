"""How translation models are told the languages: a prefix, a language code, or the repository itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zukan.errors import MissingOption
from zukan.languages import language_code, language_name
from zukan.outcomes import TrialRequest
from zukan.trial.source import Repository

PREFIX_TYPES = frozenset({"t5", "mt5", "umt5", "longt5", "switch_transformers"})
"""Model types that read their task from the beginning of the text."""
CODE_TYPES = frozenset({"m2m_100", "nllb-moe", "mbart", "seamless_m4t", "seamless_m4t_v2"})
"""Model types that must be told the target language by its code: without it they answer in some other one."""

_TYPED_PREFIX = re.compile(r"\s*(translate\s+\w+\s+to\s+\w+\s*:|>>\w+<<|<2\w+>)", re.IGNORECASE)
_MARIAN_CODE = re.compile(r">>([\w-]+)<<")
# M2M-100's __de__, NLLB's deu_Latn, mBART's de_DE.
_LANGUAGE_TOKENS = (
    re.compile(r"__([a-z]{2,3})__"),
    re.compile(r"([a-z]{3}_[A-Z][a-z]{3})"),
    re.compile(r"([a-z]{2}_[A-Z]{2})"),
)


def names_its_task(text: str, config: Mapping[str, Any]) -> bool:
    """Tell whether a text already begins with a task prefix of the model."""
    if _TYPED_PREFIX.match(text):
        return True
    return any(text.lstrip().startswith(prefix.strip()) for prefix in _prefixes(config).values() if prefix.strip())


def prefix_for(source: str, target: str, config: Mapping[str, Any]) -> str:
    """Return the prefix by which a T5 is asked to translate: its own from config.json, else in T5's words."""
    source_code, target_code = language_code(source) or source, language_code(target) or target
    own = _prefixes(config).get(f"translation_{source_code}_to_{target_code}")
    return own or f"translate {language_name(source_code)} to {language_name(target_code)}: "


def prefix_of(task: str, config: Mapping[str, Any]) -> str | None:
    """Return the prefix that config.json states for another task, e.g. `summarization`."""
    return _prefixes(config).get(task)


def targets_of(config: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the target languages that a T5's config.json names."""
    found = (re.fullmatch(r"translation_\w+_to_(\w+)", name) for name in _prefixes(config))
    return tuple(dict.fromkeys(match[1] for match in found if match))


def match_code(language: str, codes: Iterable[str]) -> str | None:
    """Return the model's own code of a language: `de`, `deu_Latn` or `de_DE` for `de`, `German` or `deu`."""
    choices = list(codes)
    for code in choices:
        if code.lower() == language.lower():
            return code
    wanted = language_code(language)
    if wanted is None:
        return None
    matches = [code for code in choices if language_code(code) == wanted]
    # Several scripts of one language: the usual one comes first in the models' own lists, but not for Chinese.
    preferred = [code for code in matches if code.endswith(("_Latn", "_Hans", "_Jpan", "_Arab"))]
    return next(iter(preferred or matches), None)


def language_codes(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return the language codes among a tokenizer's special tokens."""
    found: dict[str, None] = {}
    for token in tokens:
        for pattern in _LANGUAGE_TOKENS:
            if match := pattern.fullmatch(token):
                found[match[1]] = None
    return tuple(found)


def marian_codes(tokens: Iterable[str]) -> tuple[str, ...]:
    """Return the target codes of a multilingual Marian model (`>>deu<<`), from its vocabulary."""
    return tuple(match[1] for token in tokens if (match := _MARIAN_CODE.fullmatch(token)))


def require_target(
    request: TrialRequest,
    repository: Repository,
    config: Mapping[str, Any],
    model_type: str,
    tokenizer_config: Mapping[str, Any],
    root: str,
) -> None:
    """Check that a translation knows where to: only the repository's small files are read.

    Raises:
        MissingOption: No target language, or (`choices`) one that the model does not have.

    """
    text, target = request.text, request.target_language
    if text is None:
        return
    if model_type in PREFIX_TYPES:
        for option, language in (("--from", request.source_language), ("--to", target)):
            if language is not None and language_code(language) is None:
                raise MissingOption(repository.model_id, option, f"{language} is no language", targets_of(config))
        if target is None and not names_its_task(text, config):
            raise MissingOption(repository.model_id, "--to", "the language to translate into", targets_of(config))
        return
    if model_type not in CODE_TYPES or (target is None and _target_is_fixed(repository, config, root)):
        return
    codes = language_codes(_special_tokens(repository, tokenizer_config, root))
    if target is None:
        raise MissingOption(repository.model_id, "--to", "the language to translate into", codes)
    if codes and match_code(target, codes) is None:
        raise MissingOption(repository.model_id, "--to", f"it does not translate into {target}", codes)


def _target_is_fixed(repository: Repository, config: Mapping[str, Any], root: str) -> bool:
    """Tell whether a fine-tuned model always begins with its one target language."""
    generation = repository.json_object(root + "generation_config.json")
    for settings in (generation, config):
        usual = (None, config.get("bos_token_id"), config.get("eos_token_id"))
        if settings.get("forced_bos_token_id") not in usual:
            return True
    start = generation.get("decoder_start_token_id", config.get("decoder_start_token_id"))
    # mBART's language tokens stand at the end of its vocabulary of 250,000.
    return config.get("model_type") == "mbart" and isinstance(start, int) and start > 1000


def _special_tokens(repository: Repository, tokenizer_config: Mapping[str, Any], root: str) -> Sequence[str]:
    tokens: list[str] = []
    for settings in (tokenizer_config, repository.json_object(root + "special_tokens_map.json")):
        for key in ("additional_special_tokens", "extra_special_tokens"):
            values = settings.get(key)
            tokens += [_content(value) for value in (values if isinstance(values, list) else ())]
    decoder = tokenizer_config.get("added_tokens_decoder")
    tokens += [_content(value) for value in (decoder.values() if isinstance(decoder, Mapping) else ())]
    return tokens


def _content(token: object) -> str:
    return str(token.get("content", "")) if isinstance(token, Mapping) else str(token)


def _prefixes(config: Mapping[str, Any]) -> dict[str, str]:
    settings = config.get("task_specific_params")
    if not isinstance(settings, Mapping):
        return {}
    return {
        str(task): str(values["prefix"])
        for task, values in settings.items()
        if isinstance(values, Mapping) and values.get("prefix")
    }
