"""Reads what a question asks for beside its task: licence, size, memory, download, speed or quality, author, date …

Each wish is said in so many ways that a model of it would be a task of its own; these are the usual ones, in English and
Japanese. What is understood is taken out of the question, so that it does not pass for a topic.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import NamedTuple

from zukan import wish_authors, wish_dates, wish_licences
from zukan.phrases import MAX_LENGTH
from zukan.schema import Family, Wishes

_UNITS = {"b": 10**9, "m": 10**6, "k": 10**3}
_BINARY = re.compile(r"\d ?[tgm](?:ib|ibi)", re.IGNORECASE)
_NUMBER = r"(\d{1,5}(?:[.,]\d{1,3})?)"
_COUNTED = r"(?:[ -]?(?:parameters?|params?|パラメータ|パラメーター))"
_UNIT = r"(billion|million|thousand|b|m|k)"
_SIZE = rf"{_NUMBER}[ -]?{_UNIT}({_COUNTED})?(?![a-z])"
_ROOM = rf"{_NUMBER} ?(t|g|m|ギ|メ)(?:i?b|igs?|i?gabytes?|egabytes?|ガ(?:バイト)?)(?![a-z])"
_AT_MOST = (
    r"(?:(?<!not )(?:under|below)|(?<!no )(?<!not )(?:less|fewer|smaller|lighter) than|at most|(?:no|not) (?:any )?(?:more|larger|bigger|greater|heavier) than|"
    r"not (?:over|above|exceeding)|up to|within|max(?:imum)?(?: of)?|sub-|<=?|≤) ?"
)
_AT_LEAST = (
    r"(?:(?:larger|bigger|greater|heavier|more) than|(?:no|not) (?:less|fewer|smaller|lighter) than|not (?:under|below)|"
    r"over|above|beyond|exceeding|at least|min(?:imum)?(?: of)?|starting (?:at|from)|>=?|≥) ?"
)
_BOUND = r" ?(?:パラメータ|パラメーター|params?)?(?:の)?(?:以下|未満|まで|以内|より小さい|より軽い|を超えない|(?:or|and) (?:less|smaller|fewer|below|under)|at (?:the |its )?most|max(?:imum)?|tops)"
_FLOOR = (
    r" ?(?:以上|超え?(?:る|の)?|を超える|より(?:も)?(?:大き[いな]|多い|上)|(?:or|and) (?:more|larger|bigger|greater|above|over|up(?:wards)?|higher)"
    r"|\+|plus(?![a-z])|min(?:imum)?(?![a-z]))(?:の)?"
)
_JAPANESE_SIZE = r"(\d{1,4})(億|万)(?:の)?((?:パラメータ|パラメーター)?)"


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    wish: Callable[[re.Match[str]], dict[str, object] | None]
    """None: what was found asks for nothing after all."""


_Wish = Callable[[re.Match[str]], dict[str, object] | None] | dict[str, object]


_Rules = tuple[tuple[str, _Wish], ...]


def _rule(pattern: str, wish: _Wish) -> _Rule:
    found = wish if callable(wish) else lambda _: dict(wish)
    return _Rule(re.compile(pattern, re.IGNORECASE), found)


def _number(text: str) -> float:
    return float(text.replace(",", "" if re.search(r",\d{3}", text) else "."))


# What follows a size that counts parameters without saying so: "up to 2 million rows" counts something else.
_ALONE = re.compile(
    r" ?(?:$|[,.;:!?)、。]|(?:for|that|to|with|in|on|and|or|which|but|please|pls|if|as|from|by|models?|llms?|size)(?![a-z])"
    r"|の?(?:モデル|llm)|[でがにはを])",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r" (?!params|parameters|models|llms|embeddings|weights|this|as|plus)[a-z]{2,30}s(?![a-z])"
    r"| ?(?:revenue|people|sales|turnover|budget|population|yen|usd|eur|dollar|人|円|件|ドル|行)",
    re.IGNORECASE,
)
"""What is counted by a size that is none of models."""


def _counts_parameters(match: re.Match[str], unit: str, said: str | None) -> bool:
    """Whether a size is one of models: billions always are, `500M` unless things are named, `3 million` if it stands alone."""
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


def _between(match: re.Match[str]) -> dict[str, object] | None:
    low, unit, high, unit_of_both, said = match[1], match[2], match[3], match[4], match[5]
    if not _counts_parameters(match, unit_of_both, said):
        return None
    return {"min_parameters": _count(low, unit or unit_of_both), "max_parameters": _count(high, unit_of_both)}


_COUNTING = re.compile(
    r"(?:[$€£¥]|(?<![a-z])(?:section|figure|fig|table|room|class|apartment|chapter|page|part|step|article)\.?) ?$",
    re.IGNORECASE,
)
_SIZED = re.compile(
    r" ?(?:$|[,.;:!?)、。]|(?:chat|instruct|code|coder|coding|language|llms?|models?|embeddings?|for|that|with|in|on|or|and)"
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


def _bytes(number: str, unit: str, text: str) -> int:
    """Return the bytes of a size: 8 GB are thousands of thousands, 8 GiB are not (as `--max-memory` reads them)."""
    power = {"t": 4, "g": 3, "m": 2, "ギ": 3, "メ": 2}[unit.lower()]
    scale: int = (1024 if _BINARY.search(text) else 1000) ** power
    return round(_number(number) * scale)


_MACHINE = (
    r"(?:ram|memory|vram|gpu|graphics card|laptop|notebook|machine|computer|pc|mac(?:book)?|card|メモリー?|ビデオメモリ|"
    r"ノートpc|ノートパソコン|ノート|パソコン|マシン|グラボ|マック|環境)"
)
# In this order: what is taken by one rule is gone for the next. Every repetition is bounded: questions may be long.
_SIZES: _Rules = (
    (rf"(?:to )?(?:download|fetch)(?:ing)?(?: size)? (?:of )?(?:{_AT_MOST}){_ROOM}", _room("max_download")),
    (rf"(?:{_AT_MOST})?{_ROOM}(?: or less)?(?: (?:to|of) download| downloads?)", _room("max_download")),
    (rf"(?:ダウンロード|容量|ファイル)(?:サイズ|容量)?(?:が|は|も|を)?(?:合計)?{_ROOM}(?:以下|未満|まで|以内)?(?:に収まる|で済む)?", _room("max_download")),
    (rf"{_ROOM}(?:以下|未満|まで|以内)?の?(?:ダウンロード|容量|ファイル)(?:サイズ)?", _room("max_download")),
    (rf"(?:on|with|in|for|has|have|only|within)?(?: (?:a|an|my|our|only|just|the)){{0,4}}(?: old)? ?(?:{_AT_MOST}|{_AT_LEAST})?{_ROOM}(?: of)?(?: \w+)? {_MACHINE}(?![a-z])", _room("max_memory")),
    (rf"{_MACHINE}(?: ?(?:が|は|も|with|has|having|of|that has|only)){{0,4}} ?(?:only )?(?:{_AT_MOST})?{_ROOM}(?:しか(?:ない|ありません)|以下|未満|まで|以内)?(?:(?: of)? (?:ram|memory|vram))?(?:の|で)?", _room("max_memory")),
    (rf"{_ROOM}(?:以下|未満|まで|以内)?の?{_MACHINE}(?:で動く|で動かせる|で使える|で)?", _room("max_memory")),
    (rf"(?:fits?|runs?|works?|run) (?:in|on|within|into) (?:{_AT_MOST})?{_ROOM}", _room("max_memory")),
    (rf"{_ROOM}(?:以内)?(?:で動く|で動かせる|で動作|に収まる|に載る|に乗る)", _room("max_memory")),
    (rf"{_AT_MOST}{_ROOM}|{_ROOM}(?:以下|未満|まで|以内)(?:の)?", lambda m: {"max_download": _bytes(m[1] or m[3], m[2] or m[4], m[0])}),
    (rf"(?:with |of )?(?:between|from) {_NUMBER}[ -]?(?:{_UNIT}{_COUNTED}?)? ?(?:and|to|-) ?{_SIZE}", _between),
    (rf"(?<![\w.-]){_NUMBER} ?{_UNIT} ?(?:to|-|–|—|~|〜|から|以上,?、?) ?{_SIZE}(?:まで|以下|未満|以内)?(?:の)?", _between),
    (rf"(?:with |of )?{_AT_MOST}{_SIZE}", _limit("max_parameters")),
    (rf"{_SIZE}{_BOUND}", _limit("max_parameters")),
    (rf"{_JAPANESE_SIZE}{_BOUND}", _limit("max_parameters")),
    (rf"(?:with |of )?{_AT_LEAST}{_SIZE}", _limit("min_parameters")),
    (rf"{_SIZE}{_FLOOR}{_COUNTED}?", _limit("min_parameters")),
    (rf"{_JAPANESE_SIZE}{_FLOOR}", _limit("min_parameters")),
    (rf"(?:with |of )?(?<![\w./-]){_NUMBER}[ -]?(b|billion){_COUNTED}?(?![a-z0-9.-])(?:の)?", _about),
    (rf"{_NUMBER}(億)(?:パラメータ|パラメーター)(?:の)?", _about),
)  # fmt: skip
_OWNED = r"(?:a |an |our |my |one of (?:our|my) )"
_SOLD = r"(?:products?|apps?|services?|games?|software|websites?|courses?|books?|videos?|tracks?|songs?|channels?|plugins?|tools?)"
_SOLD_JA = r"(?:アプリ|サービス|製品|商品|コンテンツ|ゲーム|ソフト|教材|動画|チャンネル|サイト|YouTube|同人誌|本)"
_KINDS_OF_LICENCES: _Rules = (
    (r"non-?commercial(?: use)?|非商用", {}),
    (r"(?:licen[cs]ed )?(?:for |allows? |allowing |with )?commercial(?:ly)?(?![a-z])(?! (?:contract|law|lease|propert|real |building|invoice|flight|bank|vehicle|break|ad|court|dispute|document|insurance|aircraft|fish|kitchen|correspond|letter|agreement|paper|video|tv)\w*)(?:[ -]?(?:use|usable|usage|purposes?|friendly|licen[cs]ed?|product|project|ok(?:ay)?)){0,4}|商用(?:利用|でも?|に)?(?:が|も)?(?:可能?|ok|できる|使える|利用可能?|利用したい|向け)?(?:な|の)?(?:ライセンス)?|製品に(?:組み込|使|載)\w*", {"license": "commercial"}),
    (r"(?:so )?(?:the |its )?(?:licen[cs]e|terms) (?:has|have|must|needs?|should|ha[sd] better) ?(?:to )?(?:allow|permit|be ok with|be fine with)(?: \w+){1,4}|(?:for |allows? |with )?(?:business|corporate|enterprise|company)[ -]use(?: (?:is )?(?:allowed|ok|fine))?|(?:業務|ビジネス|仕事)(?:利用|で(?:も)?使)(?:が|も)?(?:可能?|ok|える|っていい|える)(?:な|の)?|売り物に(?:する|使う|できる)", {"license": "commercial"}),
    (rf"(?:any |a |an |some )?(?:open[ -]source )?licen[cs]e (?:that |which )?(?:allows|lets|permits) (?:us|me|(?:my|our) \w+) (?:to )?(?:sell|use|ship|deploy|charge|earn|profit|monetis|monetiz|make money|redistribute|include|embed)\w*(?: \w+){{0,3}}|(?:in|into|for|inside) {_OWNED}(?:\w+ ){{0,2}}(?:paid|paying) {_SOLD}|(?:in|into|for|inside) {_OWNED}(?:\w+ ){{0,2}}{_SOLD} (?:that |which )?(?:i|we)(?:['’]re| are|['’]ll| will| can| plan to| want to| hope to| am| going to){{0,2}} (?:sell(?:ing)?|charge|charging|monetis|monetiz|make money)\w*(?: (?:for|with|money))?|(?:有料|販売(?:する|している|予定の|中の)|売る|売っている|収益化(?:する|している|した|中の)?)(?:の)?(?:自分の|自社の|スマホ)?{_SOLD_JA}(?:に|で|へ)(?:も)?(?=使|載|組み|入れ|流|出し|付け|つけ)|収益化(?:する|している|した|中の)?(?:の)?(?:自分の)?{_SOLD_JA}の(?=BGM|背景|音声|声|ナレーション|イラスト|画像|音楽|曲|効果音|サムネ)", {"license": "commercial"}),
    (r"(?:i['’]?m|i am|we['’]?re|we are) selling (?:[\w'’-]+ ){1,5}(?:so|and) (?:[\w'’-]+ ){1,4}allowed(?: to)?", {"license": "commercial"}),
    (r"(?:with a |under a |under an |with )?(?:permissive(?:ly)?|liberal)(?:[ -]licen[cs]e[ds]?)?|(?:ゆるい|緩い|寛容な|制限の少ない|制限のない)ライセンス(?:の)?|自由に使えるライセンス(?:の)?", {"license": "permissive"}),
)  # fmt: skip
_ACCESS_AND_FAMILY: _Rules = (
    (r"(?:that is |that are |which is )?(?:not gated|ungated|non-gated)|(?<!who have )(?<!who has )(?<!that have )(?:with(?:out| no)|no)(?: (?:having|need(?:ing)?))?(?: to)? ?(?:an? |any |the )?(?:hugging ?face )?(?:log(?:ging)?[ -]?in|login|sign(?:ing)?[ -]?(?:in|up)|account|token|approval|access requests?|gat(?:e|ing)|registration|register(?:ing)?|accept(?:ing)?(?: (?:any|the))? (?:terms|licen[cs]e|conditions)|agree(?:ing)? to (?:terms|anything)|request(?:ing)? access|ask(?:ing)? for (?:access|permission))(?: (?:or|and) \w+)?(?: required| needed)?|(?:利用)?(?:申請|ログイン|承認|同意|登録|アカウント|トークン)(?:が)?(?:不要|なし|無し|いらない|要らない|せずに)(?:で|の|に)?(?:使える)?|ゲート(?:なし|のない)", {"no_gated": True}),
    (r"(?:and )?(?:i |we )?(?:do ?n['’]?t|do not|can ?n['’]?o?t|wo ?n['’]?t|would rather not|rather not|refuse to) (?:(?:want|like|wish|have|need) to )?(?:log[ -]?in|sign[ -]?(?:in|up)|register|(?:make|create|open) an account|accept (?:any|some|an?|the) ?\w*|agree to|ask for (?:access|permission)|request access)(?: (?!but\b)[\w-]+){0,8}|(?:ログイン|登録|申請|同意)(?:は|も)?(?:したくない|したくありません|なしがいい)", {"no_gated": True}),
    (
        (
            r"(?:executing|running|trusting|allowing) (?:[\w'’-]+ ){0,4}code (?:is|would be) (?:fine|ok(?:ay)?|allowed|acceptable|no problem)|"
            r"(?:[\w'’-]+ )?remote code (?:is )?(?:fine|ok(?:ay)?|allowed|acceptable)|trust_remote_code(?:=true)?(?: (?:is )?(?:fine|ok(?:ay)?))?|"
            r"(?:リモートコード|独自コード|カスタムコード|trust_remote_code)(?:の)?(?:実行)?(?:は|も|が)?(?:可|OK|許可|問題ない|大丈夫|構わない|構いません|してもいい|してもよい)"
        ),
        {"allow": ("remote-code",)},
    ),
    (r"encoder[ -]decoder|seq2seq|sequence[ -]to[ -]sequence|(?:t5|bart)[ -]?(?:style|like|based|type)|(?:t5|bart)系|エンコーダー?[・-]?デコーダー?", {"family": Family.SEQ2SEQ}),
    (r"encoder[ -]only|(?:an? )?encoder[ -]?(?:model|type)s?|(?:ro)?bert[ -]?(?:style|like|based|type)|(?:ro)?bert系|エンコーダー?(?:のみ|型|モデル|系)", {"family": Family.ENCODER_ONLY}),
    (r"decoder[ -]only|(?:an? )?decoder[ -]?(?:model|type)s?|gpt[ -]?(?:style|like|based|type)|gpt系|デコーダー?(?:のみ|型|モデル|系)", {"family": Family.DECODER_ONLY}),
)  # fmt: skip
_SMALL = (
    r"(?<![a-z])(?:very |really |super |ultra[ -]?)?(?:light(?:weight|[ -]weight)?|small(?:er|est)?|tiny|compact|"
    r"fast(?:er|est)?|quick(?:er|est)?|low[ -]latency|real[ -]?time)(?: enough)?"
)
_NO_SUBJECT = (
    r"(?! (?:aircraft|animals?|birds?|bulbs?|business\w*|cars?|claims?|cracks?|defects?|dogs?|drones?|faces?|fields?|fonts?|food|"
    r"hands?|industry|insects?|lesions?|letters?|molecules?|nodules?|novels?|objects?|particles?|print|rail|rna|sensors?|"
    r"service|ships?|talk|targets?|texts?|tumou?rs?|vessels?)(?![a-z]))"
)
"""What is small, light or fast itself, where texts or pictures are about it."""
_OF_A_MODEL = (
    r"(?=$|[,.;:!?)]|-| (?:and|as|at|but|enough|for|if|in|on|or|please|so|that|to|which|with)(?![a-z])|(?: [\w-]+){0,3} (?:"
    r"(?:models?|llms?|vlms?|ones?|networks?|assistants?|coders?|code|ocr|tts|asr|stt|vad|ner|search|speech|voice|sentiment|"
    r"depth|similarity|moderation|bert|gpt|t5|llama|qwen|whisper|yolo)(?![a-z])|"
    r"(?:caption|chat|classif|deno|detect|diari|embed|encod|generat|inpaint|pars|recogni|rerank|retriev|segment|summari|tagg|"
    r"transcri|translat|upscal)))"
)
"""What follows where a model shall be so, and not what it is asked about."""
_PREFERENCES: _Rules = (
    (r"(?:with |of |in )?(?:the )?(?:highest|best|top|greatest|maximum)(?:[ -]possible)? (?:quality|accuracy|precision|performance|scores?|results?)(?! of)|most (?:accurate|precise|powerful|capable)|(?:the )?(?:strongest|smartest)(?=(?: [\w-]+){0,4} (?:models?|llms?|ones?|assistant|encoder|embeddings?|reranker|chatbot|ai)(?![a-z]))|(?:cost|price|size|memory|speed) is no (?:object|issue|problem|concern)|(?:quality|accuracy) (?:first|matters(?: most)?|over speed|is (?:everything|key|all that matters|most important))|state[ -]of[ -]the[ -]art|\bsota\b|(?:精度|品質|性能)(?:を)?(?:重視|優先|第一|最優先)(?:で|の)?|(?:最高|最良|一番)(?:の)?(?:精度|品質|性能)(?:の)?|高精度(?:な|の)?|高性能(?:な|の)?|高品質(?:な|の)?|一番(?:精度|性能)(?:の|が)(?:いい|良い|高い)|最強(?:の)?|(?:一番|いちばん|最高に|最も)(?:いい|良い|よい|優れた|賢い)(?:やつ|の|もの|モデル)|(?:一番|いちばん|最も)(?:(?:上手|優秀|高性能|強力|正確|きれい|綺麗)な?|うまい|強い|賢い)(?=[^、。]{0,8}(?:モデル|やつ|もの|llm|ai|$))", {"prefer": "best"}),
    (rf"{_SMALL}{_NO_SUBJECT}(?: (?:model|one))?{_OF_A_MODEL}", {"prefer": "small"}),
    (r"(?:that )?(?:runs? )?on (?:a |an |my |the )?(?:raspberry ?pi(?: \d)?|phone|smartphone|mobile|edge device|cpu(?: only)?|browser|jetson|microcontroller|old laptop)(?:s|es)?(?! (?:calls?|numbers?|conversations?|recordings?|lines?|bills?|reviews?|apps?|games?|screens?|usage|prices?|sales))|in (?:a |the )browser|(?:a |my |our |the )?raspberry ?pi(?: \d)?(?![a-z])|軽(?:い(?!症|怪我|けが|食)|くて|め(?:の)?|量(?:な|の)?)|速(?:い(?!動き|車|球)|くて)|高速(?!道|バス|鉄道|増殖炉)(?:な|に|の)?|小(?:さ[いな](?!文字|字|物体|顔|子|犬|虫|魚|動物|部品|傷|会社|店)|さめ(?:の)?|型(?!犬|車|機|船|トラック|カメラ|ドローン|家電|魚|動物|ロボット)(?:の)?)|(?:スマホ|スマートフォン|(?:ラズパイ|ラズベリーパイ|raspberry ?pi) ?\d?|jetson|エッジ(?:デバイス|端末)?|組み込み|ブラウザ|cpu(?:のみ|だけ)?)(?:上)?(?:で(?:も)?)?(?:動く|動かせる|使える|動作する|向け(?:の)?|で)|リアルタイム(?:で|の|に)?|サクサク", {"prefer": "small"}),
)  # fmt: skip


def _with(*signs: str) -> Callable[[str], bool]:
    """Return what tells whether a text holds any of these, in lower case: no rule of a group finds anything without."""

    def may_hold(text: str) -> bool:
        lowered = text.lower()
        return any(sign in lowered for sign in signs)

    return may_hold


_LICENCE_SIGNS = _with(
    "commerc", "licen", "business", "corporate", "enterprise", "company", "sell", "paid", "paying", "charg", "money",
    "monetis", "monetiz", "permissive", "liberal", "terms", "商用", "製品", "業務", "ビジネス", "仕事", "売", "販売", "収益",
    "有料", "ライセンス",
)  # fmt: skip
_ACCESS_SIGNS = _with(
    "gat", "log", "sign", "account", "token", "approv", "access", "regist", "accept", "agree", "request", "ask", "permission",
    "code", "encoder", "decoder", "seq2seq", "sequence", "t5", "bart", "bert", "gpt", "申請", "ログイン", "承認", "同意",
    "登録", "アカウント", "トークン", "ゲート", "コード", "エンコーダ", "デコーダ",
)  # fmt: skip
_PREFERENCE_SIGNS = _with(
    "qualit", "accura", "precis", "perform", "score", "result", "powerful", "capable", "strongest", "smartest", " is no ",
    "state", "sota", "light", "small", "tiny", "compact", "fast", "quick", "latency", "real", "pi", "phone", "mobile",
    "edge", "cpu", "browser", "jetson", "microcontroller", "laptop", "精度", "品質", "性能", "最強", "一番", "いちばん",
    "最高", "最良", "最も", "軽", "速", "小", "スマホ", "スマート", "ラズ", "エッジ", "組み込み", "ブラウザ", "リアルタイム",
    "サクサク",
)  # fmt: skip
_GROUPS: tuple[tuple[Callable[[str], object], Callable[[], _Rules]], ...] = (
    (re.compile(r"\d").search, lambda: _SIZES),
    (_LICENCE_SIGNS, lambda: _KINDS_OF_LICENCES),
    (wish_licences.may_be_named, lambda: ((wish_licences.pattern(), wish_licences.read),)),
    (_ACCESS_SIGNS, lambda: _ACCESS_AND_FAMILY),
    (wish_dates.may_be_named, lambda: wish_dates.RULES),
    (_PREFERENCE_SIGNS, lambda: _PREFERENCES),
)
"""(whether a text may hold any of them, rules): what it cannot hold is never compiled, which would take 30 ms."""


@cache
def _rules(group: int) -> tuple[_Rule, ...]:
    return tuple(_rule(pattern, wish) for pattern, wish in _GROUPS[group][1]())


_NOT_BEFORE = re.compile(
    r"(?:\bnot|\bnon|\bexcept|\bother than|\banything but|\binstead of|\balternatives? (?:to|for)|\breplac\w{1,5}"
    r"|\b(?:better|rather) than|\bunlike|n't|n’t)[ -]*(?:(?:a|an|the) )?$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"\s*(?:モデル|もの|やつ)?(?:[はが]?(?:不可|禁止|以外|ではない|じゃない|でない|なし)|[はが]?(?:会社で)?[はが]?NG(?![a-zァ-ヴー一-鿿]))",
    re.IGNORECASE,
)


def _utc_today() -> date:
    return datetime.now(UTC).date()


def wishes_in(question: str, today: Callable[[], date] = _utc_today) -> tuple[Wishes, str]:
    """Return (what a question asks for beside its task, what is left of it).

    Args:
        question: As typed.
        today: The day from which ages such as "the last six months" count back; asked only where there is one.

    """
    if re.fullmatch(r"[a-z0-9]+(?:[-_][a-z0-9]+)*", question):
        return Wishes(), question  # the id of a task
    text = whole = unicodedata.normalize("NFKC", question[:MAX_LENGTH])
    found: dict[str, object] = {}
    for pattern, wish in wish_authors.rules(text):
        text = _take(_rule(pattern, wish), text, found)
    for group, (may_hold, _) in enumerate(_GROUPS):
        if may_hold(text):
            for rule in _rules(group):
                text = _take(rule, text, found)
    if text == whole:
        return Wishes(), question
    return Wishes(**wish_dates.resolved(found, today)), " ".join(text.split())  # type: ignore[arg-type]


def _take(rule: _Rule, text: str, found: dict[str, object]) -> str:
    """Add to `found` what a rule reads in a text and return what is left of it."""
    start = 0
    while match := rule.pattern.search(text, start):
        wish = rule.wish(match)
        both = wish is not None and "min_parameters" in wish and "max_parameters" in wish
        if wish is None or (both and ("min_parameters" in found or "max_parameters" in found)):
            start = match.end()
            continue
        # What else is not wanted is no wish; it cannot be looked for, so it is left out of the question too.
        if not (_NOT_BEFORE.search(text[: match.start()]) or _NOT_AFTER.match(text[match.end() :])):
            for name, value in wish.items():
                found.setdefault(name, value)
        text = f"{text[: match.start()]} {text[match.end() :]}"
        if match.end() == match.start():
            break
    return text
