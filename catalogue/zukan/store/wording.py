"""Cuts names, tags and running text into the words that the index holds and that a search asks for.

SQLite's tokenizer only ever sees ASCII and our private letters: what else is a letter differs between its versions.
A word in other letters is written by their numbers; scripts without spaces are cut into pairs of letters.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from zukan.lazily import lazily
from zukan.store.tokens import JOINT, SPELLED

# Tags that say where a repository is hosted, not what the model is.
_NOISE = (
    "region:", "doi:", "deploy:", "endpoints_", "autotrain_", "license:", "base_model:", "text-generation-inf",
)  # fmt: skip
_NO_LETTERS = {code: None for code in range(128) if not chr(code).isalnum()}
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LETTER_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", re.ASCII)
_POINT = re.compile(r"(?<=\d)\.(?=\d)", re.ASCII)
_ASCII_WORD = lazily(rf"[0-9A-Za-z{JOINT}]+")
LONGEST_SPELLED = 24
"""Letters of the longest word whose slips are mended."""
# Scripts written without spaces, or any other word.
_UNSPACED = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_WORD = lazily(rf"({_UNSPACED}+)|(?:(?!{_UNSPACED})[^\W_]|{JOINT})+")


def words_of(text: str) -> list[str]:
    """Return the words of a text in order, lower case, as the index holds them; points in versions become `JOINT`."""
    if text.isascii():
        pointed = _POINT.sub(JOINT, text) if "." in text else text
        return [word for word in _ASCII_WORD.findall(pointed.lower()) if word != JOINT]
    text = unicodedata.normalize("NFKC", text).replace(JOINT, " ")
    found: list[str] = []
    for match in _WORD.finditer(_POINT.sub(JOINT, text.lower())):
        if run := match[1]:
            pairs = [run[place : place + 2] for place in range(len(run) - 1)] or [run]
            found += [_spelled(pair) for pair in pairs]
        elif match[0].strip(JOINT):
            found.append(_spelled(match[0]))
    return found


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> str:
    """Return a word in ASCII: without accents where that is enough, else by the numbers of its letters."""
    if word.replace(JOINT, "").isascii():
        return word
    bare = "".join(base if (base := unicodedata.normalize("NFKD", letter)[:1]).isascii() else letter for letter in word)
    if bare.replace(JOINT, "").isalnum() and bare.replace(JOINT, "").isascii():
        return bare
    return SPELLED + "".join(
        f"{number:04x}" if (number := ord(letter)) < 65_536 else f"g{number:06x}" for letter in word
    )


def name_words(name: str) -> set[str]:
    """Return the words of a name, and their parts where capitals or digits join them (`GPTNeo`, `gpt2`).

    Beside a version stands the same without its points (`qwen2.5`: also `qwen25`).
    """
    found = set(words_of(name))
    for word in found.copy():
        if not word.isalpha() and not word.isdigit():
            found.update(_parts(word))
    if not name.islower():
        if name.isascii():
            found.update(_ASCII_WORD.findall(_CAMEL.sub(" ", name).lower()))
        else:
            parts = [part.lower() for word in _ASCII_WORD.findall(name) for part in _CAMEL.split(word)]
            found.update(part for part in parts if part.strip(JOINT))
    return found


@lru_cache(maxsize=10_000)
def words_of_model(model_id: str) -> frozenset[str]:
    """Return the `name_words` of a model's id without its author: the same models come again and again."""
    return frozenset(name_words(model_id.rpartition("/")[2]))


@lru_cache(maxsize=20_000)
def _parts(word: str) -> tuple[str, ...]:
    """Return what stands in the index beside a word of a name."""
    found = [word.replace(JOINT, "")] if JOINT in word else []
    if word[0] != SPELLED:
        found += _LETTER_DIGIT.split(word)
    return tuple([part for part in found if part.strip(JOINT)])


def running_text(text: str) -> str:
    """Return text as the tokenizer is to read it."""
    if not text.isascii():
        return " ".join(words_of(text))
    return _POINT.sub(JOINT, text) if "." in text else text


def split_at_digits(word: str) -> list[str]:
    """Return the parts of a word that letters and digits make (`qwen25` → qwen, 25)."""
    return _LETTER_DIGIT.split(word)


def squashed(model_id: str) -> str:
    """Return the letters and digits of a name alone, lower case: what parts of names are looked for in."""
    if model_id.isascii():
        return model_id.lower().translate(_NO_LETTERS)
    return "".join(letter for letter in model_id.lower() if letter.isalnum())


def indexed_tag(tag: str) -> str:
    """Return the part of a tag whose words are indexed, "" for none."""
    return "" if tag.startswith(_NOISE) else tag.removeprefix("dataset:")


def rests(word: str) -> set[str]:
    """Return what is left of a word when one letter is missing."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}
