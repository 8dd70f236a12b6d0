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
    rf"(?:,? ?(?:(?<![a-z])(?:but|and|or) )?(?<![a-z])(?:(?:our |the |my )?(?:lawyers?|legal|company|boss|policy) )?"
    rf"(?:(?:(?:any|an?|the) )?{WORD} (?=other|except|but))?"
    r"(?:no|not|nothing|none|neither|never|without|avoid(?:s|ing)?|except(?: for)?|exclud(?:e|es|ing)|anything but|"
    r"other than|rejects?|refuses?|forbids?|rules? out|(?:can|must|may|do|does|should|wo|is|are)(?: ?not|n['’]t))"
    r"(?: (?:any|anything|a|an|the|under|with|use|using|want|be|have|accept|allow|allowed|like|licensed|models?|ones?|"
    r"that|which|is|are|in|of|released|license[ds]?|from)){0,7} )"
)
_NO_BEFORE = rf"(?:(?:the |its |their )?{WORD} (?:must|may|should|can|is|are)(?: not|n['’]t) (?:be |an? |the ){{0,3}})"
_NON_COMMERCIAL = r"(?:non[- ]?commercial|cc[- ]by[- ]nc(?:[- ](?:sa|nd))?(?:[- ]?\d\.\d)?)"
_IS_NO = (
    r"(?: (?:is|are) (?:(?:absolutely |strictly )?forbidden|not (?:allowed|ok|okay|acceptable|an option|possible|fine)|"
    r"(?:a )?no-?go|ruled out|off the table|out of the question))"
)
_REFUSED = (
    r"使え(?:ない|ません)|使いたくない|不可|ng(?![a-z])|ダメ|だめ|駄目|避け|困る|困ります|嫌|いや(?![ぁ-ん])|認め(?:ない|ません)|"
    r"お断り|対象外"
)
_ONLY = (
    rf"(?:以外(?:は|が|を|だと)?(?:{_REFUSED})|(?:じゃ|では|で)(?:ないと|なければ|なくては|なきゃ)"
    rf"(?:{_REFUSED}|いけ(?:ない|ません)|なら(?:ない|ず)|なりません)?)(?:ので|から|です|の|が|けど|んだけど)?"
)
"""Nothing but these: the opposite of what 以外 says alone."""
_NO_JAPANESE = (
    rf"(?:以外(?![はがをも]|でも|だと|の)|以外(?=は[^、。]{{0,12}}$)|(?<=ライセンス)以外の|"
    r"以外の(?=[^、。,\sのを]{0,8}(?:もの|やつ|モデル|ライセンス|llm|vlm)|[、。]|$)|"
    rf"(?:は|を|が|だと|も|で)?(?:{_REFUSED}|除[いくき]|なし)|(?:じゃ|では|で)(?:ない(?!と|ん)|なく(?!て[もはい]|ちゃ)))"
    r"(?:たい|て|で|の|もの|やつ|が|です|んだけど|けど|、){0,4}"
)
_OTHER_LICENCES = lazily(
    r" ?(?:plates?|cards?|photos?|numbers?|images?|documents?|holders?|exams?|tests?|agreements?)(?![a-z])",
    re.IGNORECASE,
)
_NO_BEFORE_THAT = lazily(
    r"(?<![a-z])(?:no|none|nothing|never|not|n['’]t|cannot|avoid\w*|exclud\w*|without|reject\w*|refus\w*)"
    r"(?: [\w'’-]+){0,4}[ ]?$",
    re.IGNORECASE,
)
"""Before another no it makes a yes: no licence other than MIT."""
_NEED_NOT = lazily(r"(?:need|needs|necessarily|have to|has to|whether it is)[ ]?$", re.IGNORECASE)
_A_MODEL = lazily(r"(?<![a-z])(?:models?|llms?|vlms?|slms?|embeddings?|encoders?|rerankers?)(?![a-z])", re.IGNORECASE)
_KNOWN_ALONE = ("mit", "apache-2.0", "bsd", "bsd-2-clause", "bsd-3-clause")
"""These are named without a word for licences; artistic, BSL or PostgreSQL are mostly something else."""


@cache
def _any_name() -> str:
    makers = "|".join(sorted({*map(re.escape, organisations()), *_OF_MAKERS}, key=len, reverse=True))
    of_maker = rf"(?:(?<![a-z0-9_-])(?:{makers})(?:[ -]?\d(?:\.\d)?)?(?: community)?)"
    return rf"(?:{name_pattern()}|{_NON_COMMERCIAL}|{of_maker})"


@cache
def pattern() -> str:
    """Return the pattern of licences that are not wanted: "without Gemma license", MIT以外."""
    item = rf"{_any_name()}(?:系)?(?:[ -]?{WORD})?"
    several = rf"{item}(?:(?:{AND}|,? nor )(?:no |not |the |any )?{item}){{0,4}}"
    behind = rf"(?: ?(?:{WORD}|terms|models?|ones?|please|pls)){{0,4}}(?![a-z0-9])"
    return (
        rf"(?:{_NO_BEFORE}|{_SAYS_NO})(?P<english>{several}){behind}"
        rf"|(?:(?<![a-z])the )?(?P<refused>{several}){_IS_NO}(?![a-z0-9])"
        rf"|(?P<japanese>{several})(?:の(?:もの|やつ|モデル|ライセンス))?(?:(?P<only>{_ONLY})|{_NO_JAPANESE})"
    )


def read(match: re.Match[str]) -> dict[str, object] | None:
    """Return the wish for what `pattern` found; None where no licence is spoken of.

    Who wants nothing of the GPL is given what is permissive, and who wants nothing that forbids commercial use one that
    allows it. Two noes are a yes.
    """
    said = match["english"] or match["refused"] or match["japanese"]
    before = match.string[: match.start()]
    if _OTHER_LICENCES.match(match.string, match.end()) or _NEED_NOT.search(before):
        return None
    every = (one.lower() for one in re.findall(_any_name(), said, re.IGNORECASE))
    names = list(dict.fromkeys(one.removesuffix(" community") for one in every))
    spoken = re.search(WORD, match[0], re.IGNORECASE) is not None
    plain = [named(name) for name in names]
    if not spoken and not _is_told(match, names, plain):
        return None
    if match["only"] or (match["english"] and _NO_BEFORE_THAT.search(before)):
        return {"license": "|".join(plain)} if not any(map(_is_not_commercial, names)) else None
    if any("gpl" in name for name in names):
        return {"license": "permissive"}
    if any(map(_is_not_commercial, names)):
        return {"license": "commercial"}
    return {"without_license": "|".join(plain)}


def _is_told(match: re.Match[str], names: list[str], plain: list[str]) -> bool:
    """Whether what is named without a word for licences is one: none of models, of a university, or a helicopter."""
    if any(map(_is_of_models, names)):
        return False
    if any("gpl" in name or name.startswith("cc") for name in names):
        return True
    if not set(plain) <= {*_KNOWN_ALONE}:
        return False
    if match["japanese"]:
        return True
    behind = re.match(r" ?(?:$|[,.;!?)])", match.string[match.end() :])
    ahead = match.string[: match.start(match.lastgroup or 0)]
    return (
        behind is not None
        and _A_MODEL.search(match.string) is not None
        and not re.search(r"(?<![a-z])(?:from|of|in) $", ahead)
    )


def _is_not_commercial(name: str) -> bool:
    return re.search(_NON_COMMERCIAL, name) is not None or named(name) in NOT_COMMERCIAL


def _is_of_models(name: str) -> bool:
    stem = re.sub(r"(?:[ -]?\d(?:\.\d)?)?$", "", name)
    return named(name) in OF_MODELS or stem in _OF_MAKERS or stem in organisations()
