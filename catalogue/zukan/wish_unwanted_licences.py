"""Reads the licences that a question does not want: "without Gemma license", `nothing under the GPL`, MIT以外."""

from __future__ import annotations

import re
from functools import cache

from zukan.lazily import lazily
from zukan.licences import NOT_COMMERCIAL, OF_MODELS, named
from zukan.organisations import organisations
from zukan.wish_licences import AND, WORD, name_pattern

_OF_MAKERS = ("bloom", "deepseek", "falcon", "gemma", "glm", "grok", "llama", "openrail", "qwen", "stability")
"""Licences that somebody made for his models; so may any organisation."""
_SAYS_NO = (
    r"(?:,? ?(?:but |and |or )?(?<![a-z])(?:(?:(?:our |the |my )?(?:lawyers?|legal|company|boss|policy) )?"
    r"(?:no|not|nothing|none|never|without|avoid(?:s|ing)?|except(?: for)?|exclud(?:e|es|ing)|anything but|"
    r"other than|rejects?|refuses?|forbids?|rules? out|(?:can|must|may|do|does|should|wo|is|are)(?: ?not|n['’]t))"
    r"(?: (?:any|anything|a|an|the|under|with|use|using|want|be|have|accept|allow|allowed|like|licensed|models?|ones?|"
    r"that|which|is|are|in|of|released|license[ds]?|from)){0,7} ))"
)
_NO_BEFORE = rf"(?:(?:the |its |their )?{WORD} (?:must|may|should|can|is|are)(?: not|n['’]t) (?:be |an? ){0, 2})"
_NON_COMMERCIAL = r"(?:non[- ]?commercial|cc[- ]by[- ]nc(?:[- ](?:sa|nd))?(?:[- ]?\d\.\d)?)"
_NO_JAPANESE = (
    r"(?:は|を|が|だと|も|で)?(?:以外|不可|ng|ダメ|だめ|駄目|使え(?:ない|ません)|使いたくない|避け|除[いくき]|困る|困ります|"
    r"なし|お断り|対象外|嫌|いや)(?:たい|て|で|の|もの|やつ|が|です|んだけど|けど|、){0,4}"
)
_OTHER_LICENCES = lazily(
    r" ?(?:plates?|cards?|photos?|numbers?|images?|documents?|holders?|exams?|tests?|agreements?)(?![a-z])",
    re.IGNORECASE,
)


@cache
def _any_name() -> str:
    makers = "|".join(sorted({*map(re.escape, organisations()), *_OF_MAKERS}, key=len, reverse=True))
    of_maker = rf"(?:(?<![a-z0-9_-])(?:{makers})(?:[ -]?\d(?:\.\d)?)?(?: community)?)"
    return rf"(?:{name_pattern()}|{_NON_COMMERCIAL}|{of_maker})"


@cache
def pattern() -> str:
    """Return the pattern of licences that are not wanted: "without Gemma license", MIT以外."""
    item = rf"{_any_name()}(?:[ -]?{WORD}|系)?"
    several = rf"{item}(?:(?:{AND}|,? nor )(?:no |not |the |any )?{item}){{0,4}}"
    return (
        rf"(?:{_NO_BEFORE}|{_SAYS_NO})(?P<english>{several})"
        rf"(?: ?(?:{WORD}|terms|models?|ones?|please|pls)){{0,4}}(?![a-z0-9])"
        rf"|(?P<japanese>{several})(?:の(?:もの|やつ|モデル|ライセンス))?{_NO_JAPANESE}"
    )


def read(match: re.Match[str]) -> dict[str, object] | None:
    """Return the wish for what `pattern` found; None where no licence is spoken of.

    Who wants nothing of the GPL is given what is permissive, and who wants nothing that forbids commercial use one that
    allows it.
    """
    said = match["english"] or match["japanese"]
    if _OTHER_LICENCES.match(match.string, match.end()):
        return None
    names = [re.sub(rf"[ -]?(?:{WORD}|系)$", "", one.lower()) for one in re.findall(_any_name(), said, re.IGNORECASE)]
    names = list(dict.fromkeys(names))
    spoken = re.search(WORD, match[0], re.IGNORECASE) is not None
    plain = [named(name) for name in names]
    of_models = [name for name in names if _is_of_models(name)]
    if of_models and not spoken:
        return None  # "not Llama" are models
    if not spoken and not any("gpl" in name or "cc" in name for name in names) and not _is_said_last(match):
        return None  # the university, helicopters
    if any(re.search(_NON_COMMERCIAL, name) or named(name) in NOT_COMMERCIAL for name in names):
        beyond = any("gpl" in name for name in names)
        return {"license": "permissive" if beyond else "commercial"}
    if any("gpl" in name for name in names):
        return {"license": "permissive"}
    return {"without_license": "|".join(plain)}


def _is_of_models(name: str) -> bool:
    stem = re.sub(r"(?:[ -]?\d(?:\.\d)?)?(?: community)?$", "", name)
    return named(name) in OF_MODELS or stem in _OF_MAKERS or stem in organisations()


def _is_said_last(match: re.Match[str]) -> bool:
    if match["japanese"]:
        return True
    behind = re.match(r" ?(?:$|[,.;!?)])", match.string[match.end() :])
    return behind is not None and not re.search(r"(?<![a-z])(?:from|of|in) $", match.string[: match.start("english")])
