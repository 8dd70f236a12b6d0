"""Reads years that stand alone, two of them, and newest: `2025 or 2026`, "a chat LLM, 2026", 最新のモデル."""

from __future__ import annotations

import re

from zukan.kana import AFTER_NO_KANJI
from zukan.lazily import lazily
from zukan.wish_dates import NOT_OF_OTHERS, OF_OTHER_THINGS, OTHERS, PUBLISHED_JA, YEAR, Found, Reader, in_span

_NO_NEWEST = (
    r"(?:papers?|tweets?|news|articles?|posts?|reviews?|reports?|research|iphone|car|phone|"
    r"products?|benchmarks?|videos?|movies?)(?![a-z])"
)
_NO_NEWEST_JA = r"(?:論文|ニュース|記事|情報|研究|商品|製品|映画|iphone|車|スマホ|カメラ)"
_OR = r"(?: ?(?:or|and|to|until|through|/|-|–|—|~|〜) ?| ?(?:か|や|と|または|から|～) ?)"
_TWO_YEARS = rf"(?<![\w/.-])({YEAR})年?{_OR}({YEAR})年?(?![-/.]\d)(?:の?間)?"
_NO_MODEL_OF_OTHERS = "".join(f"(?<!{one} model )(?<!{one} models )" for one in OTHERS)
_END = r"(?=\s*(?:$|[.!?。]))"


def _years(match: re.Match[str]) -> Found:
    if OF_OTHER_THINGS.search(match.string, 0, match.start()):
        return None
    first, last = sorted((int(match[1]), int(match[2])))
    return {"since": f"{first}-01-01", "until": f"{last}-12-31"}


def _years_of_models(match: re.Match[str]) -> Found:
    return _years(match) if _ends_with_models(match) else None


def _in_of_models(match: re.Match[str]) -> Found:
    return in_span(match) if _ends_with_models(match) else None


def _ends_with_models(match: re.Match[str]) -> bool:
    """Whether what stands before a year at the end of a question is models: "a chat LLM, 2026"."""
    before = match.string[: match.start()]
    return _MODELS_LAST.search(before) is not None and not _MODELS_OF_OTHERS.search(before)


_MODELS_LAST = lazily(
    r"(?:(?<![a-z])(?:models?|llms?|vlms?|slms?|embeddings?|encoders?)"
    r"(?: (?:for|on) (?:an?|my|our|the)? ?[\w ]{1,24})?|モデル)(?: please)?[ ]?[,;:、(（ ]{0,2}$",
    re.IGNORECASE,
)
_MODELS_OF_OTHERS = lazily(rf"(?<![a-z])(?:{'|'.join(OTHERS)}) models?", re.IGNORECASE)


def _newest(_: re.Match[str]) -> Found:
    """Read newest as of this year or the last one."""
    return {"beginning": (1, "y"), "open": True}


YEARS: tuple[tuple[str, Reader], ...] = (
    (
        (
            r"(?:(?:released|published|created|made|uploaded|launched|came out|out),? (?:(?:in|from|between|during) )?"
            rf"|{NOT_OF_OTHERS}(?<![a-z])(?:(?<=models )|(?<=model )|(?<=llms )|(?<=llm )|(?<=vlms )|(?<=vlm ))"
            rf"{_NO_MODEL_OF_OTHERS}(?:from|of) ){_TWO_YEARS}"
        ),
        _years,
    ),
    (rf"{_TWO_YEARS}(?:に{PUBLISHED_JA}|の(?=(?:新しい|最新の?|新着の?)?[^、。,.のをがはに ]{{0,8}}モデル))", _years),
    (rf"(?:(?<=[,;:、])|(?<=[,;:、] )|[(（])(?:from |of )?{_TWO_YEARS}[)）]?{_END}", _years_of_models),
    (rf"(?:(?<=[,;:、])|(?<=[,;:、] )|[(（])(?:from |of )?({YEAR})年?[)）]?{_END}", _in_of_models),
    (rf"(?:(?<=model )|(?<=models )|(?<=llm )|(?<=llms )|(?<=vlm )){_NO_MODEL_OF_OTHERS}({YEAR}){_END}", in_span),
)  # fmt: skip
"""As `zukan.wish_dates.RULES`, before those: two years are no single one."""
NEWEST: tuple[tuple[str, Reader], ...] = (
    (
        (
            r"(?<!your )(?:(?:one of )?the )?(?:very )?(?:newest|latest|most recent) "
            rf"(?=(?:(?!{_NO_NEWEST}|(?:on|of|about|in|from|for|to) )[\w-]{{1,20}} ){{0,3}}"
            r"(?:models?|llms?|vlms?|slms?|checkpoints?|embeddings?|"
            rf"encoders?|rerankers?)(?! ?(?:{_NO_NEWEST}))(?![a-z]))"
        ),
        _newest,
    ),
    (
        (
            r"(?:(?:一番|いちばん|なるべく|できるだけ)新しい|最新の?|新しめの?)"
            rf"(?=(?:(?!{_NO_NEWEST_JA})[^、。,.のをがはにで ]){{0,10}}"
            r"(?:モデル|llm|vlm|bert)(?!を(?:検出|分類|識別|認識|見分|学習)))|"
            rf"{AFTER_NO_KANJI}最新の?(?=\s*(?:$|[。!]))"
        ),
        _newest,
    ),
)  # fmt: skip
"""Behind those: whoever says when needs no newest."""
