"""Takes out of a question what it says that nobody wants: "without redoing the speech recognition", SDXLは重すぎて."""

from __future__ import annotations

import re
from functools import cache

_LONGEST = 2_000
"""Letters of a question that are looked at."""
_KIND = r"(?:models?|ones?|fine-?tunes?|checkpoints?|merges?)"
_END = r"(?=\s*(?:$|[,.;:!?()]| - | – | but | and | because | since | as | so ))"
_WORDS = r"(?:[\w'’+.-]{1,30} ){0,3}?[\w'’+-]{1,30}"
_RUN = r"[^\sをにでがはもとや、。,(（「]{1,15}"
_DOING = r"(?:redoing|doing|running|making|using|sending|uploading|calling|having to|needing|paying for)"
_SIGNS = (
    "lora", "アダプタ", "リモートコード", "remote", "no ", "without", "avoid", "except", "exclud", "instead", "rather",
    "other than", "opposed", "unlike", " out", "n't ", "n’t ", "not want", "not need", "dont ",
    "not a", "too ", "じゃな", "ではな", "使わ", "は重", "は無理", "はだめ", "はダメ", "はng", "は避",
    "は除", "は違", "とは違", "はありません", "はいらない", "は不要", "だけじゃ", "だけでは", "のみでは",
    "not merely", "not just", "not only",
)  # fmt: skip
"""Without any of these a text says nothing of the kind, and nothing need be compiled."""


@cache
def _unwanted() -> re.Pattern[str]:
    """Return what finds what is not wanted.

    Where it is a part of the need (no punctuation, 字幕なし, without helmets), it stays: only kinds of models, what
    need not be done, and what is set against something else, go.
    """
    return re.compile(
        "|".join(
            (
                # What need not be done, with its object.
                rf"(?<![\w-])without (?:the )?{_DOING}(?: (?:the|a|an|my|our|any|it|them|all))?(?: {_WORDS})?{_END}",
                # Kinds of models: no … finetunes, so the yolo ones are out.
                rf"(?<![\w-])(?:no|avoid|except|excluding)(?: any| the| those)? {_WORDS} {_KIND}\b(?! found)",
                (
                    rf"(?:[,;–-] |\bso |\bbut |\band )(?:the )?[\w+.-]{{1,30}} {_KIND} "
                    r"(?:are|is) (?:out|not an option|excluded|not allowed|too \w+)"
                ),
                # What is never recommended anyway.
                (
                    r"(?<![\w-])(?:that (?:is|are|does|do) )?"
                    r"(?:no|not an?|not|without|excluding|except|not need(?:ing)?)(?: a| any)? "
                    r"(?:loras?|adapters?|remote code|trust_remote_code)\b"
                ),
                r"(?:lora|アダプター?|リモートコード)(?:以外|ではない|じゃない|を除[いく]|なし|不要)の?",
                rf"(?<![\w-])(?:instead of|rather than|other than|as opposed to|unlike) {_WORDS}{_END}",
                # I don't want generated text: what is made, and no nudity that is to be found.
                (
                    r"(?<![\w-])(?:i|we) (?:do not|don['’]?t) (?:want|need) (?:any |an? |the )?(?:[\w-]+ ){0,2}?"
                    r"(?:generated (?:texts?|answers?|words)|(?:text )?generation|chat ?bots?|chat models?|llms?|"
                    rf"language models?|translations?|summar(?:y|ies)|paraphrases?){_END}"
                ),
                # …じゃなくて, …ではなく, …は使わず, …は重すぎて無理; だけじゃなく is as well as.
                (
                    rf"{_RUN}(?:など)?[にで](?:調整|特化|最適化|学習|訓練|(?:ファイン)?チューニング)(?:済みの|された|した)"
                    r"(?:もの|やつ|モデル)(?:じゃ|では)な(?:くて|く(?!な))"
                ),
                (
                    rf"(?:{_RUN}(?:や|とか|と)(?:{_RUN}の)?)?{_RUN}(?<!だけ)(?<!のみ)(?<!ばかり)(?:じゃ|では)な(?:くて|く(?!な)|い方(?![言法向針面])|いほう)"
                    r"(?:も?(?:いい|良い|よい)ので)?"
                ),
                rf"{_RUN}(?:系|の(?:もの|やつ|モデル))?は使わ(?:ずに?|ないで|なくて)",
                # What somebody means not: 株価用のは違います.
                rf"{_RUN}(?:用|向け)の?(?:もの|やつ|モデル)?(?:は|とは|じゃ|では)(?:違(?:う|い(?:ます)?)|ありません|ない)",
                # More than that is wanted: ポジネガだけじゃ足りない, not merely positive or negative.
                (
                    r"(?:ポジ(?:ティブ)?(?:か|と|・|/)?ネガ(?:ティブ)?|[二2]値|[二2]択)(?:だけ|のみ)"
                    r"(?:じゃ|では)(?:足りない|不十分|物足りない|だめ|ダメ)"
                ),
                (
                    r"(?:and |but )?not (?:merely|just|only) (?:positive|negative|good|bad|neutral)"
                    r"(?: ?(?:/|,|or|and|vs\.?) ?(?:positive|negative|good|bad|neutral))+"
                ),
                (
                    rf"(?:{_RUN}(?:や|とか|と))?{_RUN}(?:系|製|の(?:もの|やつ|モデル))?は(?:重(?:すぎ|過ぎ|くて|い(?:ので|から|ため|し))|無理|だめ|ダメ|"
                    r"NG|避け|除[いく]|いらない|不要)[^、。,]{0,14}"
                ),
            )
        ),
        re.IGNORECASE,
    )


def without_unwanted(question: str) -> str:
    """Return a question without what it says is not wanted; as it is where nothing else is left."""
    lowered = question.lower()
    if not any(sign in lowered for sign in _SIGNS):
        return question
    left = _unwanted().sub(" ", question[:_LONGEST]) + question[_LONGEST:]
    return " ".join(left.split()) or question
