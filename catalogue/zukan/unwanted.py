"""Takes out of a question what it says that nobody wants: "without redoing the speech recognition", SDXLは重すぎて."""

from __future__ import annotations

import re

_KIND = r"(?:models?|ones?|fine-?tunes?|versions?|checkpoints?|merges?|variants?|stuff|things?)"
_END = r"(?=\s*(?:$|[,.;:!?()]| - | – | but | and | because | since | as | so ))"
_WORDS = r"(?:[\w'’+.-]+ ){0,3}?[\w'’+-]+"
_UNWANTED = re.compile(
    "|".join(
        (
            # What need not be done: a clause with its object.
            (
                r"(?<![\w-])without (?!train|tun|fine|label|annotat)[a-z-]{2,20}ing"
                rf"(?: (?:the|a|an|my|our|any|it|them|all))?(?: {_WORDS})?{_END}"
            ),
            # Kinds of models: no … finetunes, the yolo ones are out.
            (
                r"(?<![\w-])(?:no|without|avoid|except|excluding|nothing like)(?: any| the| those)?"
                rf" {_WORDS} {_KIND}\b"
            ),
            rf"(?:the )?[\w+.-]+ {_KIND} (?:are|is) (?:out|not an option|excluded|not allowed|too \w+)",
            # In brackets: (not relative).
            r"[(（]\s*(?:not|no|nicht|non) [^()（）]{1,60}[)）]",
            rf"(?<![\w-])(?:instead of|rather than|other than|as opposed to|unlike) {_WORDS}{_END}",
            # …じゃなくて, …ではなく, …以外, …は使わず, …は重すぎて無理.
            r"[^\sをにでがはもとや、。,(（「]{1,15}(?:じゃ|では)な(?:くて|く|い方|いほう|い(?=[一-鿿ァ-ヴa-z]))(?:も?(?:いい|良い|よい)ので)?",
            r"[^\sをにでがはもとや、。,(（「]{1,15}(?:系|の(?:もの|やつ|モデル))?(?:は|を)使わ(?:ずに?|ないで|なくて)",
            (
                r"[^\sをにでがはもとや、。,(（「]{1,15}(?:系|製|の(?:もの|やつ|モデル))?は(?:重(?:すぎ|過ぎ|くて)|無理|だめ|ダメ|"
                r"NG|避け|除[いく]|いらない|不要)[^、。,]{0,14}"
            ),
        )
    ),
    re.IGNORECASE,
)
"""Where it is a part of the need (no punctuation, 字幕なし), it stays: only kinds of models, doings, and what is set
against something else, go."""


def without_unwanted(question: str) -> str:
    """Return a question without what it says is not wanted; as it is where nothing else is left."""
    left = " ".join(_UNWANTED.sub(" ", question).split())
    return left or question
