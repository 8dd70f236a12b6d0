"""What an unknown class or model type is made of: the known type in it, or the word for another kind of network."""

from __future__ import annotations

import re
from functools import lru_cache

from zukan.family_classes import owner_of
from zukan.family_table import load_table
from zukan.schema import Family

_SHORTEST = 4
_SHORT_TYPES = ("t5", "mt5", "opt", "vit")
"""Shorter words than this that are types and hardly anything else inside another type."""
_LONGEST_TYPE = 60
_PARTS = re.compile(r"[-_.]+")
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@lru_cache(maxsize=1 << 12)
def known_part(name: str) -> tuple[str, Family] | None:
    """Return (the known type in a type that no table has, its family): `custom_gpt2`, `llava_qwen2_moe`, `GPNRoFormer`.

    None where it holds none, two of different families, or is a sentence. The encoder of a seq2seq type
    (`codet5p_embedding`, `t5_encoder`) is an encoder.
    """
    table = load_table()
    if not 0 < len(name) <= _LONGEST_TYPE or " " in name.strip():
        return None
    words = _PARTS.split(name.lower())
    stated = {"encoder", "decoder"} & set(words) if "only" in words else set()
    found: dict[str, Family] = {}
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            known = table.find_type("-".join(words[start:end]))
            if (
                known
                and known in table.telling_types
                and (known in _SHORT_TYPES or len("".join(words[start:end])) >= _SHORTEST)
            ):
                found[known] = table.types[known]
                break
    if not found and name != name.lower() and (owner := owner_of(name)[0]) in table.telling_types:
        found[owner] = table.types[owner]
    families = set(found.values())
    if len(families) != 1 or Family.OTHER in families:
        return None
    longest, family = max(found, key=len), families.pop()
    if longest in table.text_model_decides:
        return None
    if len(stated) == 1:
        family = Family(f"{stated.pop()}-only")
    elif family is Family.SEQ2SEQ and {"embedding", "encoder"} & set(words) and "decoder" not in words:
        family = Family.ENCODER_ONLY
    return longest, family


@lru_cache(maxsize=1 << 12)
def network_in(name: str) -> str | None:
    """Return what an unknown class or type is by a word for a network that is no transformer: `ConvNetForMaskedLM`."""
    words = load_table().network_words
    parts = [part.lower() for part in _WORDS.findall(name[:_LONGEST_TYPE])]
    pairs = ["".join(parts[place : place + 2]) for place in range(len(parts) - 1)]
    return next((words[part] for part in (*parts, *pairs) if part in words), None)
