"""How the full-text index spells what is no word: names, filters, pairs of filters, buckets of the orders.

Every such token begins with a letter of Unicode's private use area, so that no word that a user types can equal one.
The index keeps no columns and no positions: that a word stands in a name is part of the token.
"""

from __future__ import annotations

from functools import lru_cache

NAME = "\ue000"
"""Before a word of the name."""
FACET = "\ue001"
"""Before the letter of a filter and its value; without a value: not stated."""
PAIR = "\ue002"
"""Before two letters and two values."""
TURNED = "\ue004"
"""A pair with its second filter first: not in the index, only among the counts."""
SPELLED = "\ue005"
"""Before a word that is written by the numbers of its letters."""
THREE = "\ue006"
"""Before three letters of the index of names: not in the index of words, only among the counts."""
SOUND = "\ue007"
"""Before the key of a sound, see `zukan.store.sounds`: not in the index, only among the slips."""
JOINT = "\ue003"
"""Between the values of a pair, and in a version for its point (3.1)."""
EVERY = f"{FACET}every"
"""The token of every model."""

# One letter each; the tokenizer folds capitals.
TASK, INFERRED, FAMILY, LANGUAGE, LICENSE, LIBRARY, SIZE = "t", "i", "f", "g", "c", "b", "s"
FEW_LANGUAGES, FORMAT, AUTHOR, TYPE, BASE, GATED, EXCLUSION, HAS = "q", "w", "u", "v", "r", "a", "x", "e"
SOURCE, TARGET = "1", "2"
CREATED_YEAR, CREATED_MONTH, CREATED_HOUR, MODIFIED_MONTH, MODIFIED_HOUR = "y", "m", "d", "n", "o"
DOWNLOADS, LIKES, TRENDING, PARAMETERS, EXACT_SIZE = "j", "k", "h", "p", "3"

PAIRED = (TASK, FAMILY, LANGUAGE, LICENSE, LIBRARY, SIZE, CREATED_YEAR)
"""Any two of these have a token together, so that what matches both is read off one list."""
_ORDER = (*PAIRED, EXCLUSION)
"""A task and why a model is not recommended have a token together too."""

YEARS = range(2016, 2040)
"""Dates outside are found only once they are counted."""
BEST = 12
"""So many longer words stand for what a typed word begins."""
COUNTED_AT = "counted_at"
"""Name in the table meta: when the words were counted, UTC."""
TOLERATED = 1_000
"""Counts are good enough while fewer than one model in so many has changed since."""
UNCOUNTED = "uncounted"
"""Name in the table meta: how many models were indexed anew since the words were counted."""
ANY_LANGUAGE = "\ue000"
"""In pairs, beside its languages: of a model that states some, so that those that state none can be counted."""
MOST_TAGS = 300
"""So many tags of a model are indexed: more are no description (and a hostile row could hold a hundred thousand)."""
MORE_TAGS = f"{FACET}l"
"""The token of a model with more."""
MANY_LANGUAGES = 12
"""A model of a hundred languages is not what somebody means who types the name of one."""

FORMATS = frozenset(
    {
        "pytorch", "tf", "jax", "safetensors", "onnx", "gguf", "ggml", "mlx", "openvino", "coreml", "tflite", "rust",
        "keras", "flax", "transformers", "diffusers", "peft", "timm", "spacy", "flair", "sentence-transformers",
        "sklearn", "fastai", "nemo", "espnet", "speechbrain", "stable-baselines3", "transformers.js", "adapters",
        "bitsandbytes", "gptq", "awq", "exl2", "vllm", "llamafile", "executorch", "ctranslate2", "setfit", "bertopic",
        "span-marker", "open_clip", "paddlepaddle", "tensorboard", "unsloth", "trl", "mlc-llm", "tensorrt",
    }
)  # fmt: skip
"""Tags that name a library or a format of weights: `library:` finds these beside the repository's own library."""

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxy0123456789")


class _Spelling(dict[int, str]):
    """The number of a letter → how it stands in a token."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        spelled = letter if letter in _PLAIN else f"z{code:x}z"
        if len(self) < 10_000:
            self[code] = spelled
        return spelled


_SPELLED = _Spelling()
SIZE_EDGES = (
    0, 10_000_000, 30_000_000, 70_000_000, 100_000_000, 150_000_000, 200_000_000, 300_000_000, 400_000_000,
    500_000_000, 700_000_000, 1_000_000_000, 1_500_000_000, 2_000_000_000, 3_000_000_000, 4_000_000_000,
    5_000_000_000, 6_000_000_000, 7_000_000_000, 8_000_000_000, 9_000_000_000, 10_000_000_000, 13_000_000_000,
    15_000_000_000, 20_000_000_000, 30_000_000_000, 40_000_000_000, 70_000_000_000, 100_000_000_000, 200_000_000_000,
    500_000_000_000,
)  # fmt: skip
"""Where the bands of parameter counts begin."""


def value(text: str) -> str:
    """Return a value as it stands in a token: letters and digits, everything else by its number; case is folded."""
    return text.lower().translate(_SPELLED)


def plain(spelled: str) -> str:
    """Return the text that `value` has spelled."""
    parts = spelled.split("z")
    return "".join(part if place % 2 == 0 else chr(int(part, 16)) for place, part in enumerate(parts))


def once(kind: str, text: str | None) -> str:
    """Return the token of a filter value that few models share: it would only fill the memory of `facet`."""
    return f"{FACET}{kind}{_value(kind, text) if text is not None else ''}"


def _value(kind: str, text: str) -> str:
    """Return a value as it stands in a token; the reasons of exclusion are shown again and keep their capitals."""
    return text.translate(_SPELLED) if kind == EXCLUSION else value(text)


@lru_cache(maxsize=20_000)
def facet(kind: str, text: str | None) -> str:
    """Return the token of one filter value; None = not stated."""
    return once(kind, text)


@lru_cache(maxsize=50_000)
def pair(first: str, first_value: str, second: str, second_value: str) -> str:
    """Return the token of two filter values that hold together, in any order."""
    if _ORDER.index(first) > _ORDER.index(second):
        first, first_value, second, second_value = second, second_value, first, first_value
    return f"{PAIR}{first}{second}{_value(first, first_value)}{JOINT}{_value(second, second_value)}"


def pairs_of(kind: str, text: str, other: str) -> str:
    """Return what the counted pairs of one filter value with all values of another filter begin with."""
    turned = _ORDER.index(kind) > _ORDER.index(other)
    return f"{TURNED if turned else PAIR}{kind}{other}{value(text)}{JOINT}"


def band(number: int) -> str:
    """Return the band of a parameter count."""
    from bisect import bisect_right  # noqa: PLC0415 (C; kept from the start of every search)

    return f"{max(bisect_right(SIZE_EDGES, number) - 1, 0):02d}"


FIRST_SHARED = 16
"""The first step of `size_step` that holds more than one figure."""


def exact_size(number: int) -> str:
    """Return a parameter count after its step: all that share a step are as long, so that they sort as numbers."""
    return f"{size_step(number)}{max(number, 0):x}"


def size_step(number: int) -> str:
    """Return the step of a parameter count in their order: an eighth of an octave."""
    number = max(number, 0)
    if number < FIRST_SHARED:
        return f"{number:03d}"
    octave = number.bit_length() - 4
    return f"{octave * 8 + (number >> octave):03d}"
