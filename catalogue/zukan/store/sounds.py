"""Says how words sound, so that a name typed in katakana finds the one in Latin letters: ジェマ is gemma.

A key is the consonants of a word as Japanese hears them: R for r and l, B for v, Z for j and soft g, and an A for a
vowel that begins it. A Latin word has several, for English is not read as it is written; ジェマ and gemma share `ZM`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import product

_SHORTEST, _LONGEST = 3, 20
"""Letters of a Latin word that has keys."""
_WITH_AI = 6
_MOST_KEYS = 12
_CONSONANTS = {
    "K": "K", "G": "G", "S": "S", "Z": "Z", "T": "T", "D": "D", "N": "N", "H": "H", "B": "B", "P": "P", "M": "M",
    "Y": "Y", "R": "R", "W": "W", "V": "B",
}  # fmt: skip
_BEFORE_W = ("", "K", "G", "S")
_LETTER = re.compile(r"KATAKANA LETTER (SMALL )?([A-Z]*?)([AIUEO]|N|TU)")
_SOUNDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"tion", ("SoN",)), (r"(?<=[aeiouy])sion", ("ZoN", "SoN")), (r"sion", ("SoN",)), (r"tch", ("C",)),
    (r"^n(?=[bcdfgkpqtv])", ("eN",)), (r"sch", ("S", "SK")), (r"sh", ("S",)), (r"ch", ("C", "K")),
    (r"c?k|cq", ("K",)), (r"ph", ("F",)), (r"th", ("S", "T")), (r"^wh", ("W", "H")),
    (r"gh(?![aeiouy])", ("", "G")), (r"^[kg]n", ("N",)), (r"^wr", ("R",)), (r"^ps", ("S",)),
    (r"dg(?=[eiy])", ("Z",)), (r"dj", ("Z",)), (r"q(?=u)", ("KW", "K")), (r"q", ("K",)), (r"^x", ("S", "Z", "KS")),
    (r"x", ("KS",)), (r"sc(?=[eiy])", ("S",)), (r"cc(?=[eiy])", ("KS",)), (r"c(?=[eiy])", ("S",)), (r"c", ("K",)),
    (r"gg(?=[eiy])", ("G", "Z", "GZ")), (r"gg", ("G", "Z")), (r"g(?=[eiy])", ("Z", "G")), (r"g", ("G",)),
    (r"j", ("Z",)), (r"(?<=[aeiouy])s(?=[aeioubdgmnvy]|$)", ("S", "Z")), (r"ts|tz", ("T",)), (r"t(?=[iu])", ("T", "C")),
    (r"t", ("T",)), (r"d(?=i)", ("D", "Z")), (r"h(?=u)", ("H", "F")), (r"h(?=[aeiouy])", ("H",)), (r"h", ("",)),
    (r"v", ("B",)), (r"m(?=[bp])", ("N",)), (r"y(?=[aeiou])", ("Y",)), (r"w(?=[aeiouy])", ("W",)), (r"w", ("u",)),
    (r"^u", ("u", "Yu")), (r"l", ("R",)), (r"ee|ea", ("i",)), (r"oo|ou", ("u",)), (r"e$", ("",)), (r"y", ("i",)),
    (r"[aeiou]", ()), (r"[bdfknprsz]|m", ()),
)  # fmt: skip
"""Pattern → how it may sound, vowels in lower case; none: as it is written. The first that fits counts."""
_DOUBLE = re.compile(r"([bdfghjklmnpqrstvwz])\1")
_CODA = re.compile(r"([aeiouy])r(?![aeiouy])")
_AFTER_VOWEL = re.compile(r"(?<=[aeiouy])r")
_VOWELS = re.compile(r"[a-z]+")
_BARE = re.compile(r"([A-Z])(?![a-z])")
_NO_VOWEL = "x"
_MAKESHIFT, _MISSING = 0.1, 0.5
"""How unlike a consonant with a vowel and one without are."""


@cache
def _rules() -> re.Pattern[str]:
    """Return what finds the first of `_SOUNDS` that fits, by the number of its group; most searches look for none."""
    return re.compile("|".join(f"({pattern})" for pattern, _ in _SOUNDS))


@lru_cache(maxsize=1_000)
def heard(katakana: str) -> tuple[str, ...]:
    """Return how a word in katakana sounds, consonants as capitals with vowels between them; "" where it is none."""
    sounds = [""]
    for place, letter in enumerate(katakana):
        small, consonant, vowel = _kana(letter)
        after = _kana(katakana[place + 1]) if place + 1 < len(katakana) else (False, "", "")
        if small or not vowel:
            continue
        if vowel == "N":
            options: tuple[str, ...] = ("" if after[1] == "N" else "N",)
        elif after[0] and after[1] in ("", "Y"):
            options = tuple(one + after[2].lower() for one in _with_small(consonant, vowel, after))
        elif vowel == "U" and consonant in _BEFORE_W and not after[1] and after[2] in ("A", "I", "E", "O"):
            # クエン is quen, ウイスパー whisper.
            options = (f"{_plain(consonant, vowel)}u", f"{_plain(consonant, vowel)}W")
        else:
            options = (_plain(consonant, vowel) + vowel.lower(),)
        sounds = [sound + option for sound in sounds for option in options][:_MOST_KEYS]
    return tuple(sounds)


def _kana(letter: str) -> tuple[bool, str, str]:
    """Return (whether it is small, its consonant, its vowel); ("", "") for a long sound or none."""
    match = _LETTER.fullmatch(unicodedata.name(letter, ""))
    if match is None or (match[1] and match[3] == "TU"):
        return False, "", ""
    consonant, vowel = match[2], match[3]
    return bool(match[1]), consonant + ("T" if vowel == "TU" else ""), "U" if vowel == "TU" else vowel


def _plain(consonant: str, vowel: str) -> str:
    if consonant == "T" and vowel == "I":
        return "C"
    if consonant == "D" and vowel in ("I", "U"):
        return "Z"
    if consonant == "H" and vowel == "U":
        return "F"
    return _CONSONANTS.get(consonant, "")


def _with_small(consonant: str, vowel: str, after: tuple[bool, str, str]) -> tuple[str, ...]:
    """Return the consonants of a letter with a small one behind it: ティ, ジェ, ウィ, ファ, キャ."""
    if not consonant:
        return ("W",) if vowel == "U" else ("Y",) if vowel == "I" else ("",)
    if consonant in ("T", "D") and vowel in ("E", "O"):
        return (consonant,)
    if vowel == "U" and not after[1] and consonant in ("K", "G"):
        return (f"{consonant}W", consonant)
    return (_plain(consonant, vowel),)


@lru_cache(maxsize=50_000)
def spoken(word: str) -> tuple[str, ...]:
    """Return how a word in lower-case Latin letters may sound, as `heard` writes it; () for one too short or long."""
    if not _SHORTEST <= len(word) <= _LONGEST or not word.isascii() or not word.isalpha():
        return ()
    word = word.replace("gg", "g!")
    single = _DOUBLE.sub(r"\1", word).replace("g!", "gg")
    # The r of bert is heard as a long ア: バート.
    ways = [single, _CODA.sub("a", single), _CODA.sub(r"\1", single), _AFTER_VOWEL.sub("", single)]
    if len(single) > _WITH_AI and single.endswith("ai"):
        # Who makes models is often called so: stabilityai, mistralai.
        ways.append(single.removesuffix("ai"))
    found: dict[str, None] = {}
    for text in dict.fromkeys(ways):
        options: list[tuple[str, ...]] = []
        for match in _rules().finditer(text):
            letter = match[0]
            sounds = _SOUNDS[(match.lastindex or 1) - 1][1]
            options.append(sounds or (letter if letter in "aeiou" else letter.upper(),))
        for chosen in product(*options):
            found["".join(chosen)] = None
            if len(found) >= _MOST_KEYS * len(ways):
                break
    return tuple(found)


def key(sound: str) -> str:
    """Return the consonants of a sound, with an A for a vowel that begins it."""
    consonants = _VOWELS.sub("", sound)
    return f"A{consonants}" if sound[:1].islower() else consonants


def keys_of(word: str) -> set[str]:
    """Return the keys of a word in Latin letters."""
    return {found for sound in spoken(word) if len(found := key(sound)) > 1}


def strangeness(sounds: Sequence[str], word: str) -> float:
    """Return how unlike a sound, in any of the ways in which it may be heard, and a word in Latin letters are.

    From 0 to 1; only vowels count: with other consonants it is 1.
    """
    pairs = [(one, other) for one in sounds for other in spoken(word) if key(one) == key(other)]
    return min((_unlike(one, other) for one, other in pairs), default=1.0)


def _unlike(one: str, other: str) -> float:
    first, second = _vowels(one), _vowels(other)
    apart = [_apart(here, there) for here, there in zip(first, second, strict=False)]
    return sum(apart) / max(len(apart), 1)


def _vowels(sound: str) -> list[str]:
    """Return the vowel behind each consonant, with a mark where there is none."""
    return _VOWELS.findall(_BARE.sub(rf"\1{_NO_VOWEL}", sound))


def _apart(one: str, other: str) -> float:
    if one[0] == other[0]:
        return 0.0
    if _NO_VOWEL not in (one, other):
        return 1.0
    # Japanese puts a vowel behind every consonant: ブ of stable, ト of kit.
    return _MAKESHIFT if {one[0], other[0]} & {"u", "o", "i"} else _MISSING
