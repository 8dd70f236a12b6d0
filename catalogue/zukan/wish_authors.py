"""Reads who is asked for as the author of models, and who is not: `by Meta`, `OpenAIの…`, "no Qwen", Llama以外."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from zukan.kana import AFTER_NO_WORD
from zukan.lazily import lazily
from zukan.organisations import MADE_IN_CHINA, MADE_IN_JAPAN, organisations

_JAPANESE_KIND = (
    r"(?:(?:日本語|英語|多言語|軽い|軽量な?|小さい|小型の?|最新の?|新しい|公式の?|いい|良い)){0,3}"
    r"(?:[a-z0-9.-]{2,20}(?=$|[\s、。でをが])|[a-z-]{0,12}(?:音声認識|音声合成|文字起こし|読み上げ|翻訳|要約|"
    r"文?埋め込み|画像(?:生成|分類|編集|認識)|"
    r"動画生成|物体検出|セグメンテーション|リランク|リランカー|ocr|tts|asr|llm|vlm|vla|bert|gpt)(?!より))|"
    r"[^、。,.]{0,24}モデル"
)
"""What follows the name of an organisation where it is asked for as the author, and not what texts are about."""


_KINDS = ("cross-encoder", "sentence-transformers", "depth-anything")
"""These are kinds of models too."""


_ALSO_OTHER_THINGS = frozenset(
    ("apple", "databricks", "intel", "lg", "line", "naver", "perplexity", "snowflake", "stability", "suno", "アップル")
)
"""Fruits, figures and places that data comes from: only a model's maker where a model is spoken of."""
_MODELS = lazily(
    r"(?:models?|llms?|vlms?|checkpoints?|encoders?|embeddings?|rerankers?|networks?|ones?|something|anything)"
    r"(?: [\w-]+){0,2} (?:from|by)\b|models?\b|モデル|製|(?:公開|リリース)し",
    re.IGNORECASE,
)


def _named_in(text: str) -> list[str]:
    """Return the names of organisations that stand in a text, the longest first."""
    lowered = text.lower()
    return sorted((name for name in organisations() if name in lowered), key=len, reverse=True)


_KINDS_OF_MODELS = (
    "baichuan", "bart", "bert", "bloom", "clip", "deepseek", "falcon", "flux", "gemma", "glm", "gpt", "gpt-2", "llama",
    "mixtral", "nllb", "phi", "qwen", "roberta", "sdxl", "stable diffusion", "t5", "whisper", "yolo",
)  # fmt: skip
UNWANTED = (
    r"(?:,? ?(?:but |and |or )?(?<![a-z])(?:no|not|nothing|none|never|without|except(?: for)?|excluding|anything but|"
    r"other than|avoid(?:ing)?|(?:i |we )?(?:do not|don['’]t|won['’]t) (?:want|use|like))"
    r"(?: (?:from|by|made by|any|anything|one|ones|models?|using|based on|a|an|the|want|use|with|of)){0,5} )"
)
_MAY_BE_UNWANTED = lazily(
    r"(?<![a-z])(?:no|never|without|except|excluding|anything but|other than|avoid|do not|don['’]t|won['’]t)",
    re.IGNORECASE,
)
"""What `UNWANTED` begins with."""
UNWANTED_JA = (
    r"(?:社|製|系|の)?(?:(?:と|や)(?:それ|これ)(?:ら)?を?(?:元|もと|ベース|基)にした(?:もの|やつ|モデル))?"
    r"(?:の)?(?:モデル|もの|やつ)?(?:以外|(?:じゃ|では)な(?:い|く)(?!と|ちゃ|ては|ても)|"
    r"は(?:[^、。,.は]{1,16}?(?:ので|から|ため|し)、? ?)?"
    r"(?:いや|嫌|NG|除|不要|使いたくない|使わない|避けたい|なし|無し)|を除[いくき]|抜き|"
    r"(?:(?:は|を|も)(?:もう|既に|すでに|一通り|いろいろ)?試し(?:て(?:みた|みました)|た|ました|済み?)|"
    r"(?:は|も)(?:もう|既に|すでに|一通り|いろいろ)?使(?:った|いました|って(?:みた|みました)))"
    r"(?:ので|から|けれども?|けど|が)?[^。,、と]{0,8}?[、 ]?"
    r"(?:(?:それ|これ)(?:ら)?以外|(?:他|ほか|別)の(?:もの|やつ|モデル))|"
    r"(?:の[a-z0-9-]{2,20}|のモデル)?は[^、。,.]{1,24}?(?:ので|から|ため)、?(?:他|ほか|別)の(?:もの|やつ|モデル)?)"
    r"(?:て|た)?(?:の|で|を)?"
)
_TRIED = (
    r"(?<![a-z])(?:(?:(?:i|we)(?:['’]ve| have)? |having )(?:already )?(?:tried|tested|used|been using)|"
    r"(?:already )?(?:tried|tested)) (?:out )?"
)
_NOT_ENOUGH = (
    r"(?: already| before)?(?:[,;.]|(?= ))(?:[ ,;]{1,2}[\w'’-]+){0,8}?[ ,;]{1,2}"
    r"(?:something (?:else|different)|anything else|(?:an )?alternatives?|something other than (?:that|it|them)|"
    r"not convinced|did(?: not|n['’]t) work)(?![a-z])"
)


AND = r"(?:(?:,|、|や|とか|と|か|/|・|または|もしくは)? ?(?:(?:and|or|nor) )?)"
"""What stands between the names of several."""


_OF_ORIGIN = (
    (
        rf"{UNWANTED}(?:chinese|china['’]s)(?: (?:and|or) [a-z]+)? "
        r"(?:(?:ai )?(?P<kind>models?|ones?|stuff|companies|company['’]?s?|labs?|firms?|makers?|vendors?|providers?|"
        r"developers?|suppliers?|organi[sz]ations?|authors?|origins?|sources?|tech)|-made \w+)"
        r"(?: models?)?(?: please)?"
    ),
    (
        r"(?:,? ?(?:but |and )?(?:not|nothing|none|no \w+) (?:that is |that are )?(?:made |trained )?(?:from|in) china)"
        r"(?![a-z])"
    ),
    (
        r"中国(?:系|(?:の)?(?:企業|会社|メーカー|モデル)|製|産|発)(?:の)?(?:モデル|もの|やつ)?"
        r"(?: ?[（(][^()（）]{1,60}[)）])?(?:は|が|も)?(?:[^、。,.]{0,12}?)"
        rf"(?:{UNWANTED_JA}|NG|不可|禁止|避け|使えない|使えません|だめ|ダメ)"
    ),
)
"""What says that models shall not be from China: their language too, where neither makers nor China are named."""


def _of_origin(match: re.Match[str]) -> dict[str, object]:
    of_language = (match.groupdict().get("kind") or "").startswith(("model", "one", "stuff"))
    return {"without": f"chinese|{MADE_IN_CHINA}" if of_language else MADE_IN_CHINA}


def _shunned(text: str, makers: Sequence[str]) -> list[tuple[str, Callable[[re.Match[str]], dict[str, object] | None]]]:
    lowered = text.lower()
    origin = (
        [(pattern, _of_origin) for pattern in _OF_ORIGIN]
        if "china" in lowered or "chinese" in lowered or ("中国" in text)
        else []
    )
    known = sorted({*makers, *(name for name in _KINDS_OF_MODELS if name in lowered)}, key=len, reverse=True)
    if not known:
        return list(origin)
    # Of somebody's only those: line-corporationのclip.
    name = rf"(?<![a-z0-9/-])(?<![a-z0-9]の)(?:{'|'.join(map(re.escape, known))})(?![a-z0-9/-])"
    several = rf"{name}(?:{AND}(?:no |not |from |by )?{name}){{0,4}}"

    def read(match: re.Match[str]) -> dict[str, object]:
        return {"without": "|".join(dict.fromkeys(re.findall(name, match[0].lower())))}

    # To compile such a pattern takes milliseconds, for other names anew: only where its other words may be there.
    patterns = []
    if _MAY_BE_UNWANTED.search(text):
        patterns.append(
            rf"{UNWANTED}{several}(?:['’]s)?(?: (?:models?|ones?|based(?: models?)?))?(?! ?(?:licen|format))"
        )
    if not text.isascii():
        patterns.append(rf"{several}{UNWANTED_JA}")
    if any(sign in lowered for sign in ("tried", "tested", "used", "using")):
        patterns.append(rf"{_TRIED}{several}{_NOT_ENOUGH}")
    return [*origin, *((pattern, read) for pattern in patterns)]


_JAPANESE_MAKERS = (
    r"japanese (?:compan(?:y|ies)|makers?|labs?|organi[sz]ations?|universit(?:y|ies)|developers?|vendors?)"
)
_MODEL_JA = r"(?=の?[^、。,.のをがはでにとやか\s]{0,12}(?:モデル|llm|slm|vlm|ai(?![a-z])|bert|tts|ocr))"
"""Right before a word for models, with no other thing between: vegetables from Japan are no model."""
_NOT_JUST_WISHED = "(?<!できれば)(?<!なるべく)(?<!できるだけ)"
_A_MODEL = "(?:(?<=models )|(?<=model )|(?<=llms )|(?<=llm )|(?<=ones )|(?<=something ))"
_JAPAN = lazily("日本(?!語)")
_WANTED_ORIGIN = (
    rf"{_NOT_JUST_WISHED}純?国産(?:{_MODEL_JA}の?|限定|のみ|に限る)",
    (
        rf"{_NOT_JUST_WISHED}日本の?(?:企業|会社|メーカー|大学|研究機関|製)(?:や大学)?"
        rf"(?:製|が(?:作った|開発した|公開した|出している))?{_MODEL_JA}の?"
    ),
    (
        rf"{_A_MODEL}(?:that (?:is|are|was|were) )?(?:(?:made|trained|developed|built|released) "
        rf"(?:in japan|by (?:an? )?{_JAPANESE_MAKERS})|from (?:japan|(?:an? )?{_JAPANESE_MAKERS}))(?![a-z])"
    ),
    r"japanese-made(?= (?:\w+ ){0,2}(?:models?|llms?)(?![a-z]))",
)
"""What says that models shall be from Japan, whoever made them there."""


def _of_japan(text: str) -> list[tuple[str, Callable[[re.Match[str]], dict[str, object] | None]]]:
    lowered = text.lower()
    signs = ("国産" in text, _JAPAN.search(text), "japan" in lowered, "japanese-made" in lowered)
    patterns = [pattern for pattern, sign in zip(_WANTED_ORIGIN, signs, strict=True) if sign]
    return [(pattern, lambda _: {"author": MADE_IN_JAPAN}) for pattern in patterns]


def rules(text: str) -> list[tuple[str, Callable[[re.Match[str]], dict[str, object] | None]]]:
    """Return what reads the authors that a text may ask for: (pattern, the wish for what it finds)."""
    found = _named_in(text)
    shunned = [*_shunned(text, found), *_of_japan(text)]
    if not found:
        return shunned
    # A Japanese name may be the end of a longer word: 東京大, パラメタ.
    edges = [rf"{AFTER_NO_WORD}{re.escape(one)}" if not one[0].isascii() else re.escape(one) for one in found]
    one_name = rf"(?<![a-z0-9_-])(?:{'|'.join(edges)})"
    name = rf"({one_name}(?:(?![a-z0-9_/-]){AND}{one_name}){{0,4}})"
    only = rf"{name}(?![a-z0-9_/-])"
    said = r"(?: ?[（(][^()（）]{1,40}[)）])?(?:社|さん)?"
    lowered, patterns = text.lower(), []
    if "from" in lowered or "by" in lowered:  # see `_shunned`
        patterns.append(
            rf"(?:published |made |created |released |built |trained )?(?:from|by) (?:the )?{only}"
            r"(?: research| ai| org(?:ani[sz]ation)?| team| labs?)?(?![\w-])"
        )
    if not text.isascii():
        patterns += [
            (
                rf"{name}{said}(?:製|の公開した|が公開した|が(?:出し|作っ|公開し|リリースし)(?:た|て(?:い?る|た))|公式|謹製)"
                r"(?:の|もの|やつ)?"
            ),
            rf"{name}{said}の(?=が(?:いい|良い|よい)|やつ|もの(?:で|が|を)|[、,]|で[、,]|{_JAPANESE_KIND})",
        ]
    if any(sign in lowered for sign in ("(", "（", " org", "'s", "’s", " model", " one")):
        patterns.append(
            rf"(?<=\S)[（(]{only}[)）]|(?:the )?{only} org(?:ani[sz]ation)?(?![\w-])|"
            rf"{only}(?:'s| models?| ones?)(?![\w-])"
        )
    if unmistakable := [one for one in found if "-" in one and one not in _KINDS]:
        patterns.append(rf"(?<![a-z0-9_/-])({'|'.join(map(re.escape, unmistakable))})(?![a-z0-9_/-])(?:の)?")
    each = re.compile("|".join(map(re.escape, found)))
    return [*shunned, *((pattern, partial(_read, each)) for pattern in patterns)]


def _read(each: re.Pattern[str], match: re.Match[str]) -> dict[str, object] | None:
    named = each.findall(next(group for group in match.groups() if group).lower())
    around = match.string[max(match.start() - 40, 0) : match.end() + 12]
    if any(name in _ALSO_OTHER_THINGS for name in named) and not _MODELS.search(around):
        return None
    # Letters of other alphabets may match regardless of case and be no name.
    authors = [author for name in named if (author := organisations().get(name))]
    return {"author": "|".join(dict.fromkeys(authors))} if authors else None
