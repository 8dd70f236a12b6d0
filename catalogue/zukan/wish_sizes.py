"""Reads how large a model may be, what room and download it may take: `under 7B`, 3億パラメータ以下, `8GB laptop`."""

from __future__ import annotations

import re
from collections.abc import Callable

from zukan.lazily import lazily
from zukan.wish_rules import Rules, any_of

_UNITS = {"b": 10**9, "m": 10**6, "k": 10**3}
_BINARY = lazily(r"\d ?[tgm](?:ib|ibi)", re.IGNORECASE)
_NUMBER = r"(\d{1,5}(?:[.,]\d{1,3})?)"
_COUNTED = r"(?:[ -]?(?:parameters?|params?|パラメータ|パラメーター))"
_UNIT = r"(billion|million|thousand|b|m|k)"
_SIZE = rf"{_NUMBER}[ -]?{_UNIT}({_COUNTED})?(?![a-z])"
_ROOM = rf"{_NUMBER} ?(t|g|m|ギ|メ)(?:i?b|igs?|i?gabytes?|egabytes?|ガ(?:バイト)?)(?![a-z])"
_NONE = r"(?:nothing|none|never|no models?)"
_NOT_NONE = r"(?<!no )(?<!not )(?<!nothing )(?<!none )(?<!never )(?<!no models )(?<!no model )"
_AT_MOST = (
    rf"(?:{_NOT_NONE}(?:under|below|(?:less|fewer|smaller|lighter) than)|at most|"
    r"(?:no|not) (?:any )?(?:more|larger|bigger|greater|heavier) than|not (?:over|above|exceeding)|"
    rf"{_NONE} (?:over|above|beyond|exceeding|(?:more|larger|bigger|greater|heavier) than)|"
    r"up to|within|max(?:imum)?(?: of)?|sub-|<=?|≤) ?(?:~|about |around |roughly )?"
)
_AT_LEAST = (
    r"(?:(?:larger|bigger|greater|heavier|more) than|(?:no|not) (?:less|fewer|smaller|lighter) than|"
    r"not (?:under|below)|"
    rf"{_NONE} (?:under|below|(?:less|fewer|smaller|lighter) than)|"
    r"over|above|beyond|exceeding|at least|min(?:imum)?(?: of)?|starting (?:at|from)|>=?|≥) ?"
)
_BOUND = (
    r" ?(?:パラメータ|パラメーター|params?)?(?:の)?(?:以下|未満|まで|以内|より小さい|より軽い|を超えない|(?:or|and) "
    r"(?:less|smaller|fewer|below|under)|at (?:the |its )?most|max(?:imum)?|tops)"
)
_FLOOR = (
    r" ?(?:以上|超え?(?:る|の)?|を超える|より(?:も)?(?:大き[いな]|多い|上)|(?:or|and) "
    r"(?:more|larger|bigger|greater|above|over|up(?:wards)?|higher)"
    r"|\+|plus(?![a-z])|min(?:imum)?(?![a-z]))(?:の)?"
)
_TOO_LARGE = (
    r"(?: ?(?:級|クラス))?(?:の(?:モデル|もの|やつ))?(?:は|だと)"
    r"(?:無理|重すぎ|大きすぎ|きつい|厳しい|だめ|ダメ|NG|不可|動かな|動きません)[^、。,.]{0,6}|"
    r" (?:is|are|would be|models? (?:is|are)) (?:too (?:big|large|heavy|much)|out of the question)|"
    r" (?:does|will|did|do|would|can) ?(?:not|n['’]?t) (?:fit|run|load)(?![a-z])|"
    r" (?:won['’]?t|can['’]?t|cannot) (?:fit|run|load)(?![a-z])"
)
_JAPANESE_SIZE = r"(\d{1,4})(億|万)(?:の)?((?:パラメータ|パラメーター)?)"


def _number(text: str) -> float:
    return float(text.replace(",", "" if re.search(r",\d{3}", text) else "."))


# What follows a size that counts parameters without saying so: "up to 2 million rows" counts something else.
_ALONE = lazily(
    r" ?(?:$|[,.;:!?)、。]|(?:for|that|to|with|in|on|and|or|which|but|please|pls|if|as|from|by|models?|llms?|size)"
    r"(?![a-z])"
    r"|の?(?:モデル|llm)|[でがにはを])",
    re.IGNORECASE,
)
_OTHERS = lazily(
    r" (?!params|parameters|models|llms|embeddings|weights|this|as|plus)[a-z]{2,30}s(?![a-z])"
    r"| ?(?:revenue|people|sales|turnover|budget|population|yen|usd|eur|dollar|人|円|件|ドル|行)",
    re.IGNORECASE,
)
"""What is counted by a size that is none of models."""


def _counts_parameters(match: re.Match[str], unit: str, said: str | None) -> bool:
    """Whether a size is one of models: billions always, `500M` unless things are named, `3 million` if it is alone."""
    if said or unit.lower() == "b":
        return True
    if unit.lower() == "m":
        return not _OTHERS.match(match.string, match.end())
    return _ALONE.match(match.string, match.end()) is not None


def _count(number: str, unit: str) -> int:
    scale = {"億": 10**8, "万": 10**4}.get(unit) or _UNITS[unit[0].lower()]
    return round(_number(number) * scale)


def _limit(name: str) -> Callable[[re.Match[str]], dict[str, object] | None]:
    def read(match: re.Match[str]) -> dict[str, object] | None:
        number, unit, said = match[1], match[2], match[3]
        # At most so many is said of models far more often than at least.
        if name == "max_parameters" and unit in "mM" and not _OTHERS.match(match.string, match.end()):
            return {name: _count(number, unit)}
        return {name: _count(number, unit)} if _counts_parameters(match, unit, said) else None

    return read


def _below(match: re.Match[str]) -> dict[str, object] | None:
    """Read a size that is too large: 70B級は無理."""
    return {"max_parameters": _count(match[1], match[2]) - 1} if _counts_parameters(match, match[2], match[3]) else None


def _between(match: re.Match[str]) -> dict[str, object] | None:
    low, unit, high, unit_of_both, said = match[1], match[2], match[3], match[4], match[5]
    if not _counts_parameters(match, unit_of_both, said):
        return None
    return {"min_parameters": _count(low, unit or unit_of_both), "max_parameters": _count(high, unit_of_both)}


_KIND_BEFORE = lazily(
    r"(?:qwen|llama|gemma|phi|mi[sx]tral|deepseek|olmo|falcon|granite|yi|glm|gpt|smollm|stablelm|internlm|minicpm|exaone|"
    r"bloom|opt|pythia|t5|bert) ?$",
    re.IGNORECASE,
)
"""What makes a version of a number: Qwen 3-8B."""


def _classes(match: re.Match[str]) -> dict[str, object] | None:
    """Read sizes as models are called by, `7-9B`: those a little smaller or larger are called so too."""
    low, high, unit, said = match[1], match[2], match[3], match[4]
    if _KIND_BEFORE.search(match.string, max(match.start() - 12, 0), match.start()):
        return None
    if unit.lower() not in ("b", "billion") and not (said or _MODELS.match(match.string, match.end())):
        return None  # metres, minutes
    return {"min_parameters": round(_count(low, unit) * 0.92), "max_parameters": round(_count(high, unit) * 1.08)}


_MODELS = lazily(r" ?(?:(?:parameter |param )?(?:models?|llms?|encoders?)(?![a-z])|の?(?:モデル|llm))", re.IGNORECASE)
_COUNTING = lazily(
    r"(?:[$€£¥]|(?<![a-z])(?:section|figure|fig|table|room|class|apartment|chapter|page|part|step|article)\.?) ?$",
    re.IGNORECASE,
)
_SIZED = lazily(
    r" ?(?:$|[,.;:!?)、。]|(?:chat|instruct|code|coder|coding|language|llms?|models?|embeddings?|for|that|with|in|on|"
    r"or|and)"
    r"(?![a-z])|[のでがにはを]|モデル|くらい|ぐらい|程度|前後)",
    re.IGNORECASE,
)
"""What follows a size of models that says nothing else."""


def _about(match: re.Match[str]) -> dict[str, object] | None:
    """Read a size without a bound, `7B`: models of other sizes by a quarter at most are called so too."""
    if _COUNTING.search(match.string, max(match.start() - 20, 0), match.start()):
        return None  # "section 3b", "$3B"
    told = re.search(_COUNTED, match[0]) or _SIZED.match(match.string, match.end())
    # "7B japanese chat"; "3 billion" alone are people, or rows.
    if not told and (len(match[2]) > 1 or _OTHERS.match(match.string, match.end())):
        return None
    size = _count(match[1], match[2])
    return {"min_parameters": round(size * 0.75), "max_parameters": round(size * 1.25)}


def _room(name: str) -> Callable[[re.Match[str]], dict[str, object]]:
    return lambda match: {name: _bytes(match[1], match[2], match[0])}


def _room_of_machine(match: re.Match[str]) -> dict[str, object] | None:
    """Read a size that only a machine's memory has: other sizes are those of disks and files."""
    if match[2].lower() not in ("g", "ギ") or match[1] not in _OF_MACHINES:
        return None
    return {"max_memory": _bytes(match[1], match[2], match[0])}


_OF_MACHINES = frozenset("4 6 8 10 11 12 16 18 20 24 32 36 40 48 64 80 96 128 192".split())


def _bytes(number: str, unit: str, text: str) -> int:
    """Return the bytes of a size: 8 GB are thousands of thousands, 8 GiB are not (as `--max-memory` reads them)."""
    power = {"t": 4, "g": 3, "m": 2, "ギ": 3, "メ": 2}[unit.lower()]
    scale: int = (1024 if _BINARY.search(text) else 1000) ** power
    return round(_number(number) * scale)


_MACHINE = (
    r"(?:ram|memory|vram|gpu|graphics card|laptop|notebook|machine|computer|pc|mac(?:book)?|card|メモリー?|"
    r"ビデオメモリ|"
    r"ノートpc|ノートパソコン|ノーパソ|ノート|パソコン|マシン|グラボ|マック|環境)"
)
RULES: Rules = (
    (rf"(?:to )?(?:download|fetch)(?:ing)?(?: size)? (?:of )?(?:{_AT_MOST}){_ROOM}", _room("max_download")),
    (rf"(?:{_AT_MOST})?{_ROOM}(?: or less)?(?: (?:to|of) download| downloads?)", _room("max_download")),
    (
        (
            rf"(?:ダウンロード|容量|ファイル)(?:サイズ|容量)?(?:が|は|も|を)?(?:合計)?{_ROOM}"
            r"(?:以下|未満|まで|以内)?(?:に収まる|で済む)?"
        ),
        _room("max_download"),
    ),
    (rf"{_ROOM}(?:以下|未満|まで|以内)?の?(?:ダウンロード|容量|ファイル)(?:サイズ)?", _room("max_download")),
    (
        (
            r"(?:on|with|in|for|has|have|only|within)?(?: (?:a|an|my|our|only|just|the)){0,4}"
            rf"(?: old)? ?(?:{_AT_MOST}|{_AT_LEAST})?{_ROOM}(?: of)?(?: \w+)? {_MACHINE}(?![a-z])"
        ),
        _room("max_memory"),
    ),
    (
        (
            rf"{_MACHINE}(?: ?(?:が|は|も|with|has|having|of|that has|only|[（(])){{0,4}} ?(?:only )?"
            rf"(?:{_AT_MOST})?{_ROOM}(?:しか(?:ない|ありません)|以下|未満|まで|以内)?"
            r"(?:(?: of)? (?:ram|memory|vram))?[)）]?(?:の|で)?"
        ),
        _room("max_memory"),
    ),
    (rf"{_ROOM}(?:以下|未満|まで|以内)?の?{_MACHINE}(?:で動く|で動かせる|で使える|で)?", _room("max_memory")),
    (
        (
            rf"(?:on |with |for )?(?:(?:an?|my|our|the) )?(?:mac ?(?:book|mini|studio)|imac)(?: (?:air|pro|mini|max))?"
            rf"(?: m[1-5](?: (?:pro|max|ultra))?)?,? {_ROOM}(?! ?(?:ssd|storage|disk|hdd))(?: (?:ram|memory))?(?:で)?"
        ),
        _room_of_machine,
    ),
    (rf"(?:fits?|runs?|works?|run) (?:in|on|within|into) (?:{_AT_MOST})?{_ROOM}", _room("max_memory")),
    (
        (
            rf"(?<!trained )(?<!backup )(?<!dataset )(?<!files )(?<!split )(?:on|in) (?:(?:an?|my|only|just) )?{_ROOM}"
            r"(?= ?(?:$|[,.;:!?)]|please(?![a-z])))"
        ),
        _room_of_machine,
    ),
    (rf"{_ROOM}(?:以内)?(?:で動く|で動かせる|で動作|に収まる|に載る|に乗る)", _room("max_memory")),
    (
        any_of(
            rf"{_AT_MOST}{_ROOM}",
            rf"{_ROOM}(?:以下|未満|まで|以内)(?:の)?",
        ),
        lambda m: {"max_download": _bytes(m[1] or m[3], m[2] or m[4], m[0])},
    ),
    (rf"(?:with |of )?(?:between|from) {_NUMBER}[ -]?(?:{_UNIT}{_COUNTED}?)? ?(?:and|to|-) ?{_SIZE}", _between),
    (
        (
            rf"(?<![\w.-]){_NUMBER} ?{_UNIT} ?(?:to|-|–|—|~|〜|から|以上,?、?) ?{_SIZE}"
            r"(?:まで|以下|未満|以内)?(?:の)?"
        ),
        _between,
    ),
    (rf"(?<![\w./-]){_NUMBER} ?[-–—~〜] ?{_SIZE}(?:くらい|ぐらい|程度)?(?:の)?", _classes),
    (rf"(?:with |of )?{_AT_MOST}{_SIZE}", _limit("max_parameters")),
    (rf"{_SIZE}(?:{_TOO_LARGE})", _below),
    (rf"{_SIZE}{_BOUND}", _limit("max_parameters")),
    (rf"{_JAPANESE_SIZE}{_BOUND}", _limit("max_parameters")),
    (rf"(?:with |of )?{_AT_LEAST}{_SIZE}", _limit("min_parameters")),
    (rf"{_SIZE}{_FLOOR}{_COUNTED}?", _limit("min_parameters")),
    (rf"{_JAPANESE_SIZE}{_FLOOR}", _limit("min_parameters")),
    (rf"(?:with |of )?(?<![\w./-]){_NUMBER}[ -]?(b|billion){_COUNTED}?(?![a-z0-9.-])(?:の)?", _about),
    (rf"{_NUMBER}(億)(?:パラメータ|パラメーター)(?:の)?", _about),
    # Which computer it is says nothing of a model where its memory is not told.
    (
        (
            r"(?:(?:on|with|for) )?(?:(?:an?|my|our|the) )?(?:old )?(?<![a-z])(?:mac ?book|imac|thinkpad)"
            r"(?: (?:air|pro|mini|max))?(?: m[1-5](?: (?:pro|max|ultra))?)?(?![a-z])"
            r"(?:で(?:も)?(?:動く|動かせる|使える)?)?"
        ),
        {},
    ),
)  # fmt: skip
