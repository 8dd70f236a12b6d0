"""Reads the licences that a question names: `MIT or Apache`, `BSD licence`, MITかApacheライセンス.

A licence's name alone may be something else (MIT is a university, Gemma a model), so it counts only where the question
speaks of a licence, names two, says a version, or lets one that is nothing else stand before models.
"""

from __future__ import annotations

import re
from functools import cache

from zukan.lazily import lazily
from zukan.licences import ALIASES, KNOWN, OF_MODELS, named

WORD = r"(?:licen[cs](?:ed?|es|ing)|ライセンス)"
AND = (
    r"(?: ?(?:,|/|\||、|・) ?(?:(?:or|and) (?:the )?)?| (?:or|and) (?:the |an? )?|,? ?"
    r"(?:または|もしくは|あるいは|および|か|や|と) ?)"
)


@cache
def name_pattern() -> str:
    """Return a pattern for each name that stands for licences; the longest first, its parts apart or not."""
    stems = (re.sub(r"-(?:\d[\d.]{0,4}|\d-clause(?:-clear)?)$", "", one) for one in KNOWN)
    names = sorted({*KNOWN, *ALIASES, *stems}, key=lambda name: (-len(name), name))
    return rf"(?<![a-z0-9_-])(?:{'|'.join(map(_loosely, names))})(?![a-z0-9_]|-(?!licen)[a-z0-9]|\.\d)"


def _loosely(name: str) -> str:
    text = re.escape(name)
    if name.endswith(".0"):
        text = text[:-3] + r"(?:\.0)?"
    return re.sub(r"\\-(?=\d)", r"[ -]?v?", text).replace(r"\-", "[ -]?")


@cache
def _beginnings() -> frozenset[str]:
    return frozenset(re.split(r"[^a-z]", name)[0] for name in (*KNOWN, *ALIASES))


def may_be_named(text: str) -> bool:
    """Whether a text may name a licence: cheaper than to look for one."""
    words = re.findall(r"[a-z]+", text.lower())
    return "ライセンス" in text or any(
        word.removesuffix("v") in _beginnings() or word.startswith("licen") for word in words
    )


def may_be_shunned(text: str) -> bool:
    """Whether a text may say that licences are not wanted."""
    return may_be_named(text) and _NO_SIGN.search(text) is not None


_NO_SIGN = lazily(
    r"(?<![a-z])(?:no|not|none|nothing|never|without|avoid|except|exclud|anything but|other than|reject|refus|forbid|"
    r"neither|rules? out|no-?go)|n['’]t|以外|じゃな|ではな|でな|不可|ng(?![a-z])|ダメ|だめ|駄目|使え|使いたく|避け|除|"
    r"困|なし|お断り|対象外|嫌|いや|認め",
    re.IGNORECASE,
)


@cache
def pattern() -> str:
    """Return the pattern of one or several licences, with what a question says around them."""
    item = rf"{name_pattern()}(?:[ -]?{WORD}(?:で|の)?)?"
    return (
        rf"(?:(?:under|with|has|have|having) )?(?:(?:an?|the|either) )?(?:(?P<before>{WORD})"
        rf"(?: (?:is|are|must be|should be|under|either|of)){{0,3}}:?(?:は|が)? ?)?"
        rf"(?P<names>{item}(?:{AND}{item}){{0,5}})(?:の(?:どちらか|いずれか))?(?: only)?"
    )


_OF_ANOTHER = lazily(r"(?:^|[^a-z])(?:of|by|from|at|the|in|with|for|to|about|like)[ ]?$", re.IGNORECASE)


def _stands_last(match: re.Match[str]) -> bool:
    """Whether a name stands at the end, `VAD 軽量 MIT`, or as `MITのもの`: so it is none of a university or model."""
    before, after = match.string[: match.start("names")], match.string[match.end("names") :]
    if re.match(r"の(?:もの|やつ)(?:$|[\s、。,.]|[がで])", after):
        return True
    if re.search(r"\w {0,3},[ ]?$", before) and re.match(r" ?(?:$|[,.!?])", after):
        return True
    # In English the last word may be anything: "detect Apache".
    listed = re.search(r"[ぁ-ヿ一-鿿].*[ 　,、]$", before)
    return bool(listed) and not after.strip(" .!?。") and not _OF_ANOTHER.search(before)


_BEFORE_MODELS = frozenset(("apache-2.0", "bsd", "bsd-2-clause", "bsd-3-clause"))
"""MIT has models of its own, and who speaks of GPL models wants none."""
_MODELS_BEHIND = lazily(
    r" ?(?:llms?|models?|embeddings?|モデル)(?![a-z])(?! (?:is|are|aren['’]?t|isn['’]?t)(?![a-z]))(?![はが])",
    re.IGNORECASE,
)
_REFUSED_BEFORE = lazily(
    r"(?<![a-z])(?:no|not|nothing|without|avoid\w*|exclud\w*|except|never|refus\w*|reject\w*|(?:can['’]?t|cannot) \w+)"
    r"(?: (?:any|an?|the|under|with|for))*[ ]$",
    re.IGNORECASE,
)


def _stands_before_models(match: re.Match[str], plain: list[str]) -> bool:
    """Whether a name stands before what is looked for, and is wanted: an apache LLM."""
    return (
        _BEFORE_MODELS.issuperset(plain)
        and _MODELS_BEHIND.match(match.string, match.end("names")) is not None
        and not _REFUSED_BEFORE.search(match.string, 0, match.start())
    )


def read(match: re.Match[str]) -> dict[str, object] | None:
    """Return the wish for what the pattern found; None where it may be something else."""
    said: str = match["names"]
    names = re.findall(name_pattern(), said, re.IGNORECASE)
    plain = list(dict.fromkeys(map(named, names)))
    spoken = match["before"] or re.search(WORD, said, re.IGNORECASE)
    versioned = any(re.search(r"[ -]v?\d|v\d", name) for name in names)
    told = versioned or len(plain) > 1 or _stands_last(match) or _stands_before_models(match, plain)
    if not spoken and (not told or set(plain) & set(OF_MODELS)):
        return None
    return {"license": "|".join(plain)}
