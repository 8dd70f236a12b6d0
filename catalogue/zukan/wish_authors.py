"""Reads who is asked for as the author of models: `by Meta`, `OpenAIの音声認識`, `the lerobot org`."""

from __future__ import annotations

import re
from collections.abc import Callable

from zukan.organisations import organisations

_JAPANESE_KIND = (
    r"(?:(?:日本語|英語|多言語|軽い|軽量な?|小さい|小型の?|最新の?|新しい|公式の?|いい|良い)){0,3}"
    r"(?:[a-z0-9.-]{2,20}(?=$|[\s、。でをが])|[a-z-]{0,12}(?:音声認識|音声合成|文字起こし|読み上げ|翻訳|要約|文?埋め込み|画像(?:生成|分類|編集|認識)|"
    r"動画生成|物体検出|セグメンテーション|リランク|リランカー|チャット|ocr|tts|asr|llm|vlm|vla|bert|gpt))|"
    r"[^、。,.]{0,24}モデル"
)
"""What follows the name of an organisation where it is asked for as the author, and not what texts are about."""


_KINDS = ("cross-encoder", "sentence-transformers", "depth-anything")
"""These are kinds of models too."""


def may_be_named(text: str) -> list[str]:
    """Return the names of organisations that stand in a text, the longest first."""
    lowered = text.lower()
    return sorted((name for name in organisations() if name in lowered), key=len, reverse=True)


def rules(text: str) -> list[tuple[str, Callable[[re.Match[str]], dict[str, object]]]]:
    """Return what reads the authors that a text may ask for: (pattern, the wish for what it finds)."""
    found = may_be_named(text)
    if not found:
        return []
    name = rf"(?<![a-z0-9_-])({'|'.join(map(re.escape, found))})"
    only = rf"{name}(?![a-z0-9_/-])"
    said = r"(?: ?[（(][^()（）]{1,40}[)）])?(?:社|さん)?"
    patterns = [
        rf"(?:published |made |created |released |built |trained )?(?:from|by) (?:the )?{only}(?: research| ai| org(?:ani[sz]ation)?| team| labs?)?(?![\w-])",
        rf"{name}{said}(?:製|の公開した|が公開した|が(?:出し|作っ|公開し|リリースし)(?:た|て(?:い?る|た))|公式|謹製)(?:の|もの|やつ)?",
        rf"{name}{said}の(?=が(?:いい|良い|よい)|やつ|もの(?:で|が|を)|で[、,]|{_JAPANESE_KIND})",
        rf"[（(]{only}[)）]|(?:the )?{only} org(?:ani[sz]ation)?(?![\w-])|{only}(?:'s| models?)(?![\w-])",
    ]
    if unmistakable := [one for one in found if "-" in one and one not in _KINDS]:
        patterns.append(rf"(?<![a-z0-9_/-])({'|'.join(map(re.escape, unmistakable))})(?![a-z0-9_/-])(?:の)?")
    return [(pattern, _read) for pattern in patterns]


def _read(match: re.Match[str]) -> dict[str, object]:
    named = next(group for group in match.groups() if group)
    return {"author": organisations()[named.lower()]}
