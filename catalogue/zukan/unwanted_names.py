"""Reads names of models that a question does not want, or only compares with: "not bge", e5以外, "faster than whisper".

Organisations and the best known kinds of models are read among the wishes, which know no catalogue.
"""

from __future__ import annotations

import re
from functools import cache

from zukan.lazily import lazily
from zukan.store.vocabulary import Vocabulary
from zukan.tasks import is_known_word, names_models
from zukan.wish_authors import AND, UNWANTED, UNWANTED_JA

LARGE_LANGUAGE_MODELS = "llm"
"""Who wants none of these wants no model of the decoder-only family."""
_SIGNS = (
    "no", "without", "except", "exclud", "other than", "anything but", "avoid", "n't", "n’t",
    "以外", "じゃな", "ではな", "でな", "除", "抜き", "は嫌", "はいや", "は不要", "はng", "使いたくない", "避け",
    "はなし", "なし", "無し", "使わない", "試し", "使っ",
)  # fmt: skip
_LONGEST = 2_000
"""Letters of a question that are looked at."""
_SHORT = 4
"""A question of so few words says next to nothing but a task and what is not wanted for it."""
_WORDS = frozenset(
    (
        "albert", "alpaca", "bark", "bloom", "canary", "dolly", "dolphin", "donut", "electra", "ernie", "falcon",
        "granite", "mamba", "marian", "moonshine", "orca", "parakeet", "tortoise", "vicuna", "zephyr",
    )
)  # fmt: skip
"""Names of models that are more often animals, stones and people in English."""
_FEW = 3
"""So many names with a word make it the name of models, where nothing else is known of it."""
_NAME = r"[a-z][a-z0-9]*(?:[.+-][a-z0-9]+)*"
_NO_NAMES = frozenset(
    (
        "ai", "android", "api", "asr", "aws", "bf16", "cpu", "csv", "cuda", "docker", "docx", "excel", "fp16", "fp32",
        "fp8", "gif", "git", "google", "gpu", "html", "id", "int4", "int8", "ios", "ip", "iphone", "java", "jpeg",
        "jpg", "js", "json", "linux", "mac", "md", "ml", "mp3", "mp4", "ng", "nlp", "npu", "ocr", "ok", "pc", "pdf",
        "png", "ppt", "python", "rag", "ram", "sns", "sql", "stt", "txt", "tts", "twitter", "url", "usb", "utf8", "v1",
        "v2", "v3", "vlm", "vram", "wav", "web", "wifi", "windows", "word", "x", "xlsx", "xml", "youtube",
    )
)  # fmt: skip
_LLM = r"(?:llms?|large language models?|大規模言語モデル)"


_MODELS = r"(?: (?:models?|ones?|based(?: models?)?|variants?|family|checkpoints?|llms?))"
_ENDS = (
    r"(?=\s*(?:$|[,.;:!?()–]|- |"
    r"(?:and|or|but|if|since|because|that|which|for|in|on|to|as|so|please|pls|thanks)(?![a-z])))"
)
"""What stands behind a name that is not wanted: of LLM hallucinations it is a part."""


@cache
def _unwanted() -> re.Pattern[str]:
    """Return what finds names behind English or before Japanese words of not wanting them."""
    # Each ends where a word ends: else one word were cut into several in all ways.
    one = rf"(?:{_LLM}|{_NAME})(?![a-z0-9])"
    english = rf"{one}(?:(?:,? (?:and|or|nor) |, ?|/)(?:no |not )?{one}){{0,3}}"
    several = rf"{one}(?:{AND}{one}){{0,3}}"
    return re.compile(
        rf"(?<![a-z0-9]){UNWANTED}(?P<english>{english})(?P<models>{_MODELS})?(?! ?(?:licen|format)){_ENDS}"
        rf"|(?<![a-z0-9])(?P<refused>{one})(?:['’]s (?:licen[cs]e|terms))? (?:is|are) (?:an? )?"
        r"(?:no-?go|out of the question|off the table|not an option|ruled out)(?: for [\w ]{1,24})?"
        rf"|(?<![a-z0-9])(?P<japanese>{several})(?:系|シリーズ)?{UNWANTED_JA}"
        r"(?!が|で(?:書|生成|作)|によ|の?(?:文章|テキスト|文(?![字脈])))",
        re.IGNORECASE,
    )


_COMPARED = lazily(
    rf"(?P<before>{_NAME})(?: ?(?:large|medium|small|base|turbo)(?:[- ]v?\d)?)?よりも?"
    rf"|(?<![a-z])than (?:the )?(?:original |openai['’]s |plain |normal )?(?P<behind>{_NAME})(?![a-z0-9])",
    re.IGNORECASE,
)
_BETWEEN = ("no", "not", "and", "or", "nor")
_EACH = lazily(rf"{_LLM}|{_NAME}", re.IGNORECASE)


def unwanted_names(question: str, vocabulary: Vocabulary) -> tuple[tuple[str, ...], str]:
    """Return (names of models that a question does not want, what is left of it).

    Args:
        question: As the wishes left it.
        vocabulary: The words of the catalogue.

    """
    head, tail = question[:_LONGEST], question[_LONGEST:]
    lowered = head.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return (), question
    short = len(head.split()) <= _SHORT
    found: dict[str, None] = {}

    def take(match: re.Match[str]) -> str:
        kind = next(kind for kind in ("english", "refused", "japanese") if match[kind])
        kept: list[str] = []
        start = match.start()
        sure = kind == "japanese" or match["models"] is not None or short
        for one in reversed(list(_EACH.finditer(head, *match.span(kind)))):
            name = one[0].lower()
            if name in _BETWEEN:
                continue
            if not _is_name(name, vocabulary, is_english=kind != "japanese") or (name in _WORDS and not sure):
                # What else is said there is no model: of "TTS bark以外" only the last is not wanted.
                start = one.end()
                break
            kept.append(LARGE_LANGUAGE_MODELS if re.fullmatch(_LLM, name) else name)
        if not kept:
            return match[0]
        found.update(dict.fromkeys(reversed(kept)))
        return f"{head[match.start() : start]} "

    left = " ".join((_unwanted().sub(take, head) + tail).split())
    return (tuple(found), left) if found else ((), question)


def _is_name(word: str, vocabulary: Vocabulary, *, is_english: bool) -> bool:
    """Whether a word is what models are called; one between Japanese words need not be a known one."""
    if re.fullmatch(_LLM, word) or any(map(names_models, (word, *word.split("-")))):
        return True
    if word in _NO_NAMES or vocabulary.in_names(re.findall(r"[a-z0-9]+", word)) < _FEW:
        return False
    return any(map(str.isdigit, word)) if is_english else not is_known_word(word)


def compared_with(question: str) -> frozenset[str]:
    """Return the names of models that a question only compares with what it wants, in lower case."""
    if "より" not in question and "than" not in question.lower():
        return frozenset()
    found = ((match["before"] or match["behind"]).lower() for match in _COMPARED.finditer(question))
    return frozenset(name for name in found if names_models(name))
