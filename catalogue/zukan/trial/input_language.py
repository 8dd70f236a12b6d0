"""Warns of an input in a script that none of the model's stated languages is written in.

Scripts, not languages: that a text is Japanese and not English can be seen without guessing, and it is what makes an
answer worthless. A model that states no language, or that it is multilingual, is never warned of.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from zukan.languages import is_language_tag, language_code, language_name

_LEAST_SHARE = 0.5
_LEAST_LETTERS = 4
_ANY = frozenset({"multilingual", "code"})

# How Unicode's names of letters begin → what people call the script, and the languages that are written in it.
_SCRIPTS: dict[str, tuple[str, frozenset[str]]] = {
    "HIRAGANA": ("Japanese kana", frozenset({"ja"})),
    "KATAKANA": ("Japanese kana", frozenset({"ja"})),
    "CJK": ("Chinese characters", frozenset({"zh", "ja", "yue", "lzh", "wuu"})),
    "HANGUL": ("Korean letters", frozenset({"ko"})),
    "CYRILLIC": (
        "Cyrillic letters",
        frozenset("ru uk bg sr mk be kk ky mn tg tt ba cv ce os ab sah uz az tk udm kv crh sh".split()),
    ),
    "GREEK": ("Greek letters", frozenset({"el", "grc"})),
    "ARABIC": ("Arabic letters", frozenset("ar fa ur ps sd ug ckb ku arz pnb dv ks azb ary".split())),
    "HEBREW": ("Hebrew letters", frozenset({"he", "yi"})),
    "THAI": ("Thai letters", frozenset({"th"})),
    "DEVANAGARI": ("Devanagari", frozenset("hi mr ne sa bho mai kok awa mag new".split())),
    "BENGALI": ("Bengali letters", frozenset({"bn", "as", "mni"})),
    "TAMIL": ("Tamil letters", frozenset({"ta"})),
    "TELUGU": ("Telugu letters", frozenset({"te"})),
    "GEORGIAN": ("Georgian letters", frozenset({"ka"})),
    "ARMENIAN": ("Armenian letters", frozenset({"hy", "hyw"})),
}
_LATIN = "Latin letters"
# Written in other letters alone, so far as models are concerned; the rest may well be Latin.
_NEVER_LATIN = frozenset("ja zh ko ru uk bg be mk el ar fa ur he th hi mr ne bn ta te ka hy yue lzh".split())


def warning(text: str, stated: Iterable[str]) -> str | None:
    """Return a sentence where the text's script is none of the languages that the model is stated to be for.

    Args:
        text: The input.
        stated: Language codes or names, as the Hub's listing has them among its tags; others are passed over.

    """
    names = {name.lower() for name in stated}
    languages = {code for name in names if is_language_tag(name) and (code := language_code(name)) is not None}
    if not languages or names & _ANY:
        return None
    script = _script(text)
    if script is None:
        return None
    if script == _LATIN:
        fits = bool(languages - _NEVER_LATIN)
    else:
        fits = any(kind == script and languages & users for kind, users in _SCRIPTS.values())
    if fits:
        return None
    if len(languages) > 1:
        return f"the text is written in {script}, and none of the model's {len(languages)} languages is"
    return f"the text is written in {script}, and the model is stated to be for {language_name(languages.pop())}"


def _script(text: str) -> str | None:
    """Return the script of most letters; kana among Chinese characters make a text Japanese."""
    counts: Counter[str] = Counter()
    for character in text[:10_000]:
        if character.isalpha():
            first = unicodedata.name(character, "").partition(" ")[0]
            counts[_LATIN if first == "LATIN" else _SCRIPTS.get(first, ("", frozenset()))[0]] += 1
    total = counts.total()
    if kana := counts["Japanese kana"]:
        counts["Japanese kana"] = kana + counts.pop("Chinese characters", 0)
    if total < _LEAST_LETTERS:
        return None
    script, number = counts.most_common(1)[0]
    return script if script and number >= total * _LEAST_SHARE else None
