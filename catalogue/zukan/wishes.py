"""Reads what a question asks for beside its task: licence, size, memory, download, speed or quality, author, date …

Each wish is said in so many ways that a model of it would be a task of its own; these are the usual ones, in English and
Japanese. What is understood is taken out of the question, so that it does not pass for a topic.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from zukan.schema import Family, Wishes

_UNITS = {"b": 10**9, "m": 10**6, "k": 10**3}
_BYTES = {"t": 10**12, "g": 10**9, "m": 10**6}
_ORGANISATIONS = {
    "google": "google", "グーグル": "google", "meta": "meta-llama", "メタ": "meta-llama", "facebook": "facebook",
    "microsoft": "microsoft", "マイクロソフト": "microsoft", "openai": "openai", "nvidia": "nvidia",
    "エヌビディア": "nvidia", "alibaba": "Qwen", "アリババ": "Qwen", "qwen": "Qwen", "mistral": "mistralai",
    "mistral ai": "mistralai", "deepseek": "deepseek-ai", "apple": "apple", "アップル": "apple",
    "ibm": "ibm-granite", "amazon": "amazon", "アマゾン": "amazon", "salesforce": "Salesforce", "baidu": "baidu",
    "tencent": "tencent", "bytedance": "ByteDance", "intel": "Intel", "stability ai": "stabilityai",
    "stabilityai": "stabilityai", "cohere": "CohereLabs", "hugging face": "HuggingFaceTB",
    "cyberagent": "cyberagent", "サイバーエージェント": "cyberagent", "rinna": "rinna", "りんな": "rinna",
    "line": "line-corporation", "sony": "Sony", "ソニー": "Sony", "東北大学": "tohoku-nlp", "東北大": "tohoku-nlp",
    "elyza": "elyza", "llm-jp": "llm-jp", "preferred networks": "pfnet", "pfn": "pfnet", "nttデータ": "nttdata",
    "sakana ai": "SakanaAI", "sakana": "SakanaAI", "allenai": "allenai", "ai2": "allenai", "bigscience": "bigscience",
    "eleutherai": "EleutherAI", "nomic": "nomic-ai", "jina": "jinaai", "jina ai": "jinaai", "baai": "BAAI",
}  # fmt: skip
"""How people call who publishes models → the name of the organisation on the Hub."""

_NAMES = "|".join(sorted(map(re.escape, _ORGANISATIONS), key=len, reverse=True))
_NUMBER = r"(\d{1,5}(?:[.,]\d{1,3})?)"
_SIZE = rf"{_NUMBER}[ -]?(b|m|k|billion|million|thousand)(?:illion)?(?:[ -]?(?:parameters?|params?|パラメータ|パラメーター))?(?![a-z])"
_ROOM = rf"{_NUMBER} ?(t|g|m)i?b(?![a-z])"
_AT_MOST = (
    r"(?:under|below|less than|fewer than|smaller than|lighter than|at most|no more than|not more than|no larger than|"
    r"no bigger than|not over|up to|within|max(?:imum)?(?: of)?|sub-|<=?|≤) ?"
)
_BOUND = r" ?(?:パラメータ|パラメーター|params?)?(?:の)?(?:以下|未満|まで|以内|より小さい|より軽い|を超えない|or (?:less|smaller|fewer|below|under)|max(?:imum)?|tops)"
_JAPANESE_SIZE = r"(\d{1,4})(億|万)(?:の)?(?:パラメータ|パラメーター)?"
_YEAR = r"(20[12]\d)"


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    wish: Callable[[re.Match[str]], dict[str, object]]


def _rule(pattern: str, wish: Callable[[re.Match[str]], dict[str, object]] | dict[str, object]) -> _Rule:
    found = wish if callable(wish) else lambda _: dict(wish)
    return _Rule(re.compile(pattern, re.IGNORECASE), found)


def _number(text: str) -> float:
    return float(text.replace(",", "" if re.search(r",\d{3}", text) else "."))


def _parameters(match: re.Match[str]) -> dict[str, object]:
    return {"max_parameters": round(_number(match[1]) * _UNITS[match[2][0].lower()])}


def _japanese_parameters(match: re.Match[str]) -> dict[str, object]:
    return {"max_parameters": int(match[1]) * (10**8 if match[2] == "億" else 10**4)}


def _room(name: str) -> Callable[[re.Match[str]], dict[str, object]]:
    return lambda match: {name: round(_number(match[1]) * _BYTES[match[2].lower()])}


def _author(match: re.Match[str]) -> dict[str, object]:
    return {"author": _ORGANISATIONS[match[1].lower()]}


_MACHINE = (
    r"(?:ram|memory|vram|gpu|graphics card|laptop|notebook|machine|computer|pc|mac(?:book)?|card|メモリー?|ビデオメモリ|"
    r"ノートpc|ノートパソコン|ノート|パソコン|マシン|グラボ|マック|環境)"
)
# In this order: what is taken by one rule is gone for the next. Every repetition is bounded: questions may be long.
_RULES = (
    _rule(rf"(?:to )?(?:download|fetch)(?:ing)?(?: size)? (?:of )?(?:{_AT_MOST}){_ROOM}", _room("max_download")),
    _rule(rf"(?:{_AT_MOST})?{_ROOM}(?: or less)?(?: (?:to|of) download| downloads?)", _room("max_download")),
    _rule(rf"(?:ダウンロード|容量|ファイル)(?:サイズ|容量)?(?:が|は|も|を)?(?:合計)?{_ROOM}(?:以下|未満|まで|以内)?(?:に収まる|で済む)?", _room("max_download")),
    _rule(rf"{_ROOM}(?:以下|未満|まで|以内)?の?(?:ダウンロード|容量|ファイル)(?:サイズ)?", _room("max_download")),
    _rule(rf"(?:on|with|in|for|has|have|only|within)?(?: (?:a|an|my|our|only|just|the)){{0,4}}(?: old)? ?(?:{_AT_MOST})?{_ROOM}(?: of)?(?: \w+)? {_MACHINE}(?![a-z])", _room("max_memory")),
    _rule(rf"{_MACHINE}(?: ?(?:が|は|も|with|has|having|of|that has|only)){{0,4}} ?(?:only )?(?:{_AT_MOST})?{_ROOM}(?:しか(?:ない|ありません)|以下|未満|まで|以内)?(?:(?: of)? (?:ram|memory|vram))?(?:の|で)?", _room("max_memory")),
    _rule(rf"{_ROOM}(?:以下|未満|まで|以内)?の?{_MACHINE}(?:で動く|で動かせる|で使える|で)?", _room("max_memory")),
    _rule(rf"(?:fits?|runs?|works?|run) (?:in|on|within|into) (?:{_AT_MOST})?{_ROOM}", _room("max_memory")),
    _rule(rf"{_ROOM}(?:以内)?(?:で動く|で動かせる|で動作|に収まる|に載る|に乗る)", _room("max_memory")),
    _rule(rf"{_AT_MOST}{_ROOM}|{_ROOM}(?:以下|未満|まで|以内)(?:の)?", lambda m: _room("max_download")(m) if m[1] else {"max_download": round(_number(m[3]) * _BYTES[m[4].lower()])}),
    _rule(rf"(?:with )?{_AT_MOST}{_SIZE}", _parameters),
    _rule(rf"{_SIZE}{_BOUND}", _parameters),
    _rule(rf"{_JAPANESE_SIZE}{_BOUND}", _japanese_parameters),
    _rule(r"non-?commercial(?: use)?|非商用", {}),
    _rule(r"(?:licen[cs]ed )?(?:for |allows? |allowing |with )?commercial(?:ly)?(?:[ -]?(?:use|usable|usage|purposes?|friendly|licen[cs]ed?|product|project|ok(?:ay)?)){0,4}|商用(?:利用|でも?|に)?(?:が|も)?(?:可能?|ok|できる|使える|利用可能?|利用したい|向け)?(?:な|の)?(?:ライセンス)?|製品に(?:組み込|使|載)\w*", {"license": "commercial"}),
    _rule(r"(?:with a |under a |under an |with )?(?:permissive(?:ly)?|liberal)(?:[ -]licen[cs]e[ds]?)?|(?:ゆるい|緩い|寛容な|制限の少ない|制限のない)ライセンス(?:の)?|自由に使えるライセンス(?:の)?", {"license": "permissive"}),
    _rule(r"(?:under |with )?(?:an? |the )?(apache[ -]?2(?:\.0)?|mit|bsd[ -]3[ -]clause|cc[ -]by[ -]4\.0|cc[ -]by[ -]sa[ -]4\.0|cc0|gpl[ -]?3(?:\.0)?)(?:[ -]?licen[cs]ed?| ?ライセンス)(?:の)?|(?:licen[cs]ed?|ライセンス)(?: (?:is|must be|under|:)){0,4}(?:は|が|:)? ?(apache[ -]?2(?:\.0)?|mit|bsd[ -]3[ -]clause|cc[ -]by[ -]4\.0|cc[ -]by[ -]sa[ -]4\.0|cc0|gpl[ -]?3(?:\.0)?)(?![a-z])", lambda m: {"license": _licence_id(m[1] or m[2])}),
    _rule(r"(?:under |with )?(?:an? )?(apache)(?:[ -]?licen[cs]ed?| ?ライセンス)(?:の)?|(apache-2\.0|apache 2\.0)", {"license": "apache-2.0"}),
    _rule(r"(?:that is |that are |which is )?(?:not gated|ungated|non-gated)|(?:with(?:out| no)|no)(?: (?:having|need(?:ing)?))?(?: to)? ?(?:an? |any |the )?(?:hugging ?face )?(?:log(?:ging)?[ -]?in|login|sign(?:ing)?[ -]?(?:in|up)|account|token|approval|access requests?|gat(?:e|ing)|registration|register(?:ing)?|accept(?:ing)?(?: (?:any|the))? (?:terms|licen[cs]e|conditions)|agree(?:ing)? to (?:terms|anything)|request(?:ing)? access|ask(?:ing)? for (?:access|permission))(?: (?:or|and) \w+)?(?: required| needed)?|(?:利用)?(?:申請|ログイン|承認|同意|登録|アカウント|トークン)(?:が)?(?:不要|なし|無し|いらない|要らない|せずに)(?:で|の|に)?(?:使える)?|ゲート(?:なし|のない)", {"no_gated": True}),
    _rule(r"encoder[ -]decoder|seq2seq|sequence[ -]to[ -]sequence|(?:t5|bart)[ -]?(?:style|like|based|type)|(?:t5|bart)系|エンコーダー?[・-]?デコーダー?", {"family": Family.SEQ2SEQ}),
    _rule(r"encoder[ -]only|(?:an? )?encoder[ -]?(?:model|type)s?|(?:ro)?bert[ -]?(?:style|like|based|type)|(?:ro)?bert系|エンコーダー?(?:のみ|型|モデル|系)", {"family": Family.ENCODER_ONLY}),
    _rule(r"decoder[ -]only|(?:an? )?decoder[ -]?(?:model|type)s?|gpt[ -]?(?:style|like|based|type)|gpt系|デコーダー?(?:のみ|型|モデル|系)", {"family": Family.DECODER_ONLY}),
    _rule(rf"(?:published |made |created |released |built |trained )?(?:from|by) (?:the )?({_NAMES})(?: research| ai)?(?![\w-])", _author),
    _rule(rf"({_NAMES})(?:社)?(?:製|の公開した|が公開した|が出した|が作った|公式|謹製)(?:の)?|({_NAMES})(?:社)?の(?=モデル|[a-z]*モデル)", lambda m: {"author": _ORGANISATIONS[(m[1] or m[2]).lower()]}),
    _rule(rf"(?<![\w-])({_NAMES})(?:'s| models?)(?![\w-])", _author),
    _rule(rf"(?:newer|later|more recent|released later|published later|younger) than {_YEAR}|(?:released |published |created )?after {_YEAR}|{_YEAR}年?(?:より新しい|より後|よりあと)(?:の)?", lambda m: {"since": f"{int(m[1] or m[2] or m[3]) + 1}-01-01"}),
    _rule(rf"(?:released |published |created |made |from ){{0,4}}(?:in |since |from ){_YEAR}(?: (?:or (?:later|newer|after)|on(?:wards?)?|and (?:later|newer|after)))|since {_YEAR}|{_YEAR} or (?:later|newer)|{_YEAR}年?(?:以降|以後|から)(?:に)?(?:公開|リリース|出|作)?(?:された|た)?(?:の)?", lambda m: {"since": f"{m[1] or m[2] or m[3] or m[4]}-01-01"}),
    _rule(r"(?:with |of |in )?(?:the )?(?:highest|best|top|greatest|maximum)(?:[ -]possible)? (?:quality|accuracy|precision|performance|scores?|results?)|most (?:accurate|precise|powerful|capable)|(?:quality|accuracy) (?:first|matters(?: most)?|over speed|is (?:everything|key|all that matters|most important))|state[ -]of[ -]the[ -]art|\bsota\b|(?:精度|品質|性能)(?:を)?(?:重視|優先|第一|最優先)(?:で|の)?|(?:最高|最良|一番)(?:の)?(?:精度|品質|性能)(?:の)?|高精度(?:な|の)?|高性能(?:な|の)?|高品質(?:な|の)?|一番(?:精度|性能)(?:の|が)(?:いい|良い|高い)|最強(?:の)?", {"prefer": "best"}),
    _rule(r"(?:very |really |super |ultra[ -]?)?(?:light(?:weight|[ -]weight)?|small(?:er|est)?|tiny|compact|fast(?:er|est)?|quick(?:er|est)?|low[ -]latency|real[ -]?time)(?: enough)?(?: (?:model|one))?(?= |$|,|\.|-)|(?:that )?(?:runs? )?on (?:a |an |my |the )?(?:raspberry ?pi|phone|smartphone|mobile|edge device|cpu(?: only)?|browser|jetson|microcontroller|old laptop)(?:s|es)?|in (?:a |the )browser|軽(?:い|くて|め(?:の)?|量(?:な|の)?)|速(?:い|くて)|高速(?:な|に|の)?|小(?:さい|さな|さめ(?:の)?|型(?:の)?)|(?:スマホ|スマートフォン|ラズパイ|ラズベリーパイ|エッジ(?:デバイス|端末)?|組み込み|ブラウザ|cpu(?:のみ|だけ)?)(?:上)?(?:で(?:も)?)?(?:動く|動かせる|使える|動作する|向け(?:の)?|で)|リアルタイム(?:で|の|に)?|サクサク", {"prefer": "small"}),
)  # fmt: skip


_NOT_BEFORE = re.compile(r"(?:\bnot|\bnon|\bexcept|\bother than|\banything but|n't|n’t)[ -]*$", re.IGNORECASE)
_NOT_AFTER = re.compile(r"\s*(?:不可|禁止|以外|ではない|じゃない|でない|なし)")


def _licence_id(text: str) -> str:
    plain = re.sub(r"[\s_]+", "-", text.strip().lower())
    whole = {"apache-2": "apache-2.0", "apache2": "apache-2.0", "apache2.0": "apache-2.0", "cc0": "cc0-1.0"}
    whole |= {"gpl3": "gpl-3.0", "gpl-3": "gpl-3.0", "gpl3.0": "gpl-3.0"}
    return whole.get(plain, plain)


def wishes_in(question: str) -> tuple[Wishes, str]:
    """Return (what a question asks for beside its task, what is left of it)."""
    if re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", question):
        return Wishes(), question  # the id of a task
    text = whole = unicodedata.normalize("NFKC", question)
    found: dict[str, object] = {}
    for rule in _RULES:
        while match := rule.pattern.search(text):
            # What is not wanted is no wish; it cannot be looked for, so it is left out of the question too.
            if not (_NOT_BEFORE.search(text[: match.start()]) or _NOT_AFTER.match(text[match.end() :])):
                for name, value in rule.wish(match).items():
                    found.setdefault(name, value)
            text = f"{text[: match.start()]} {text[match.end() :]}"
            if match.end() == match.start():
                break
    if text == whole:
        return Wishes(), question
    return Wishes(**found), " ".join(text.split())  # type: ignore[arg-type]
