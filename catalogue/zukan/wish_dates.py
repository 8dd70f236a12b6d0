"""Reads from when models are wanted: `since March 2025`, 2025年3月以降, `from the last six months`, 今年公開.

A date may stand alone ("since 2024"); an age must be said of the models, since a question may be about last year's
sales. Ages count back from the catalogue's own date, because newer models it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from zukan.dates import before, beginning, span
from zukan.lazily import lazily

Found = dict[str, object] | None
Reader = Callable[[re.Match[str]], Found]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    r"nov(?:ember)?|dec(?:ember)?)\.?"
)
YEAR = r"20[12]\d(?!\d)"
_DAY = r"[0-3]?\d"
_DATE = (
    rf"(?:(?:{_DAY}(?:st|nd|rd|th)? (?:of )?)?{_MONTH},? {YEAR}|{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {YEAR}|"
    rf"{YEAR}[-/.][01]?\d(?:[-/.]{_DAY}(?!\d))?(?![\d.])|[01]?\d/{YEAR}|{YEAR}(?:年(?:[01]?\d月(?:{_DAY}日)?)?)?)"
)
"""As people write a day, a month or a year; `_span_of` reads it."""

_WRITTEN = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple of": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5,
    "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "eighteen": 18,
    "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10, "数": 3,
}  # fmt: skip
_ENGLISH_AGE = (
    r"(?:(?:the )?(?:(?:a |an )?(couple of|couple|few)|(\d{1,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|"
    r"eleven|"
    r"twelve|eighteen))[ -])?(half (?:a )?year|days?|weeks?|months?|years?)(?![a-z])"
)
_JAPANESE_AGE = r"(?:(\d{1,4}|[一二三四五六七八九十数])(?:年(半)|(年|[かヶカヵケ箇]月|週間?|日))|(半年))(?:間)?"

_PUBLISHED = (
    r"(?:released?|published|created|made|uploaded|trained|launched|added|appeared|came out|come out|coming out|out|"
    r"new|"
    r"models?|ones?|llms?|checkpoints?|something)"
)
_WHEN = r"(?: (?:from|in|within|during|over|since|of|only))?"
PUBLISHED_JA = (
    r"(?:公開|リリース|発表|登場|公表|アップロード|作成|作ら|出た|出て|出され|出し)(?:され|し)?"
    r"(?:て(?:いる|る)?|た|の)?(?:ばかり)?(?:の)?"
)
_SINCE_JA = r"(?:以内|内)?(?:に|で|の間に|中に)?"


def _span_of(text: str) -> tuple[date, date] | None:
    """Return the first day of what a text in the form of `_DATE` names, and the first after it; None for none."""
    digits = [int(part) for part in re.findall(r"\d{1,4}", text)]
    year = next(number for number in digits if number > 31)  # the others are days and months
    others = [number for number in digits if number != year]
    name = re.search(r"[a-z]{3}", re.sub(r"\d(?:st|nd|rd|th)| of ", " ", text.lower()))
    if name:
        others.insert(0, 1 + _MONTHS.index(name[0]))
    try:
        return span(year, *others[:2])
    except (ValueError, OverflowError):
        return None


def _from(match: re.Match[str]) -> Found:
    found = None if _of_published_things(match) else _span_of(match[1])
    return None if found is None else {"since": found[0].isoformat()}


def _after(match: re.Match[str]) -> Found:
    found = None if _of_published_things(match) else _span_of(match[1])
    return None if found is None else {"since": found[1].isoformat()}


def in_span(match: re.Match[str]) -> Found:
    """Read what is named as all of it, where it is said of models."""
    found = None if OF_OTHER_THINGS.search(match.string, 0, match.start()) else _span_of(match[1])
    return None if found is None else {"since": found[0].isoformat(), "until": _eve(found[1])}


def _of_published_things(match: re.Match[str]) -> bool:
    """Whether it is news, not a model, that was published then."""
    return bool(_PUBLISHED_FIRST.match(match[0]) and OF_OTHER_THINGS.search(match.string, 0, match.start()))


_PUBLISHED_FIRST = lazily("released|published|created|made|out|available", re.IGNORECASE)
OF_OTHER_THINGS = lazily(
    r"(?<![a-z])(?:albums?|articles?|books?|cars?|films?|games?|laws?|movies?|news|papers?|phones?|photos?|posts?|"
    r"products?|reports?|reviews?|songs?|trucks?|tweets?|videos?)(?: (?:that|which))?(?: (?:were|was|are|is|got))? ?$",
    re.IGNORECASE,
)


def _until(match: re.Match[str]) -> Found:
    found = _span_of(match[1])
    return None if found is None else {"until": _eve(found[1])}


def _before(match: re.Match[str]) -> Found:
    found = _span_of(match[1])
    return None if found is None else {"until": _eve(found[0])}


def _eve(day: date) -> str:
    return before(day, 1, "d").isoformat()


def _age(match: re.Match[str]) -> Found:
    some, number, unit = match[1], match[2], match[3].lower()
    if unit.startswith("half"):
        return {"age": (6, "m")}
    return {"age": (_count(number or some or "one"), unit[0])}


def _age_ja(match: re.Match[str]) -> Found:
    number, half, unit, half_year = match[1], match[2], match[3], match[4]
    if half_year:
        return {"age": (6, "m")}
    if half:
        return {"age": (12 * _count(number) + 6, "m")}
    return {"age": (_count(number), {"年": "y", "週": "w", "日": "d"}.get(unit[0], "m"))}


def _count(text: str) -> int:
    return _WRITTEN[text.lower()] if text.lower() in _WRITTEN else int(text)


def _this(match: re.Match[str]) -> Found:
    return {"beginning": (0, match[1][0].lower())}


def _last(match: re.Match[str]) -> Found:
    goes_on = " since last" in match[0].lower() or match.groupdict().get("on")
    return {"beginning": (1, match[1][0].lower()), **({"open": True} if goes_on else {})}


_NAMED_JA = {
    "今年": (0, "y"), "本年": (0, "y"), "今月": (0, "m"), "今週": (0, "w"), "去年": (1, "y"), "昨年": (1, "y"),
    "先月": (1, "m"), "先週": (1, "w"),
}  # fmt: skip


def _named_ja(match: re.Match[str]) -> Found:
    return {"beginning": _NAMED_JA[match[1]]}


def _since_ja(match: re.Match[str]) -> Found:
    return {"beginning": _NAMED_JA[match[1]], "open": True}


_ON = r"(?: ?(?:or|and|&) ?(?:later|newer|after|younger|up|onwards?|beyond)|,? ?(?:on(?:wards?)?)(?![a-z])|\+)"
_EARLY = r"(?:(?:early|the (?:beginning|start) of|around) )?"

OTHERS = ("car", "cars", "phone", "iphone", "laptop", "camera", "fashion", "climate", "vehicle", "aircraft", "bike",
           "watch", "business", "truck", "tesla", "bmw", "toyota", "drone")  # fmt: skip
"""These have models too."""
NOT_OF_OTHERS = "".join(f"(?<!{one} )" for one in OTHERS)
RULES: tuple[tuple[str, Reader], ...] = (
    (
        (
            r"(?:(?:newer|later|more recent|younger|(?:released|published|created) later) than|"
            rf"(?:(?:released|published|created|made|out) )?after) ({_DATE})"
        ),
        _after,
    ),
    (
        (
            rf"({_DATE})(?:より新しい|より後|よりあと|より最近|よりも新しい|よりも後)(?:に)?"
            rf"(?:{PUBLISHED_JA})?(?:の)?"
        ),
        _after,
    ),
    (
        (
            r"(?:(?:released|published|created|made|from) ){0,3}"
            rf"(?:(?:in|since|from|starting(?: in| from)?|as of) )?{_EARLY}({_DATE}){_ON}"
        ),
        _from,
    ),
    (
        (
            r"(?:(?:released|published|created|made|out|available) )?"
            rf"(?:since|as of|(?:not|no) older than|not before|no earlier than) {_EARLY}({_DATE})"
        ),
        _from,
    ),
    (rf"({_DATE})(?:以降|以後|から|より)(?:に)?(?:{PUBLISHED_JA})?(?:の)?", _from),
    (
        (
            r"(?:(?:released|published|created|made|uploaded|launched|models?|llms?) before|"
            rf"(?<!not )(?<!no )(?:older|earlier) than) {_EARLY}({_DATE})"
        ),
        _before,
    ),
    (rf"(?:released|published|created|made|uploaded|launched|out|from|of) (?:in|during|on) ({_DATE})", in_span),
    (
        (
            rf"{NOT_OF_OTHERS}(?:models?|llms?) (?:from|of) ({_DATE})"
        ),
        in_span,
    ),
    (rf"({_DATE})(?:より前|より古い|よりも前)(?:に)?{PUBLISHED_JA}", _before),
    (rf"({_DATE})(?:以前|まで)(?:に)?{PUBLISHED_JA}", _until),
    (rf"({_DATE})(?:中)?に{PUBLISHED_JA}", in_span),
    (rf"({_DATE})の(?=(?:新しい|最新の?|新着の?)?モデル)", in_span),
    (
        (
            r"(?:(?:not|no)(?: more than| older than)|less than|under|at most|up to|max(?:imum)?"
            rf"(?: of)?) {_ENGLISH_AGE} old"
        ),
        _age,
    ),
    (rf"(?:(?:not|no) older|newer|younger|more recent) than {_ENGLISH_AGE}", _age),
    (
        (
            rf"(?:that (?:was|were|is|are|has been|have been) )?{_PUBLISHED}{_WHEN} the "
            rf"(?:last|past|previous|latest) {_ENGLISH_AGE}"
        ),
        _age,
    ),
    (
        (
            rf"(?:that (?:was|were|is|are|has been|have been) )?{_PUBLISHED}{_WHEN} (?:last|past) "
            rf"(?=\d|couple|few|two|three|six|four|five|nine|ten|twelve){_ENGLISH_AGE}"
        ),
        _age,
    ),
    (
        (
            rf"(?:that (?:was|were|is|are|has been|have been) )?{_PUBLISHED}{_WHEN} this "
            r"(year|month|week)(?![a-z'])"
        ),
        _this,
    ),
    (
        (
            r"(?:(?<=models )|(?<=ones )|(?<=llms )|(?<![a-z]s ))"
            rf"(?:that (?:was|were|is|are|has been|have been) )?{_PUBLISHED}{_WHEN} last "
            r"(year|month|week)(?![a-z'])(?P<on>,? (?:or (?:later|newer)|(?:or|and) this year|onwards?))?"
        ),
        _last,
    ),
    (r"this (year|month|week)'?s(?= (?:[\w-]{1,30} ){0,3}(?:models?|llms?|releases?))", _this),
    (r"(?:only|just) (?:[\w-]{1,20} )?(?:from|of|out) this (year|month|week)(?![a-z'])", _this),
    (r"(?:only|just) (?:[\w-]{1,20} )?(?:from|of|out) last (year|month|week)(?![a-z'])", _last),
    (rf"(?:直近|過去|最近|ここ|この)?(?:の)?{_JAPANESE_AGE}{_SINCE_JA}(?:に|で)?{PUBLISHED_JA}", _age_ja),
    (rf"(?:直近|過去|最近|ここ)(?:の)?{_JAPANESE_AGE}(?:以内|内)?の(?=(?:新しい|最新の?|新着の?)?モデル)", _age_ja),
    (rf"{_JAPANESE_AGE}(?:以内|内|より新しい)の(?=(?:新しい|最新の?|新着の?)?モデル)", _age_ja),
    (rf"(今年|本年|今月|今週|去年|昨年|先月|先週)(?:以降|以後)(?:に)?(?:{PUBLISHED_JA})?(?:の)?", _since_ja),
    (rf"(今年|本年|今月|今週|去年|昨年|先月|先週)から(?:{PUBLISHED_JA}|の(?=(?:新しい|最新の?)?モデル))", _since_ja),
    (
        (
            r"(今年|本年|今月|今週|去年|昨年|先月|先週)(?:に(?:なって|入って)?|中に|から)?(?:から)?"
            rf"(?:新しく|新たに)?{PUBLISHED_JA}"
        ),
        _named_ja,
    ),
    (r"(今年|本年|今月|今週|去年|昨年|先月|先週)(?:から)?の(?=(?:新しい|最新の?|新着の?)?モデル)", _named_ja),
)  # fmt: skip
"""(pattern, what it asks for), in this order: `since` as a date, or an `age` or a `beginning` that `resolved` reads."""


def resolved(found: dict[str, object], today: Callable[[], date]) -> dict[str, object]:
    """Return wishes with `since` for an age or the beginning of a year, month or week, and `until` where that is over.

    Args:
        found: What the rules found.
        today: The day from which ages count back; asked only where there is one.

    """
    age, start, open_ = found.pop("age", None), found.pop("beginning", None), found.pop("open", None)
    if "since" in found or "until" in found or not (age or start):
        return found
    day = today()
    if isinstance(age, tuple):
        return {**found, "since": before(day, *age).isoformat()}
    number, unit = start if isinstance(start, tuple) else (0, "y")
    since, now = before(beginning(day, unit), number, unit), beginning(day, unit)
    # Last year is over; who says 去年以降 means this one too.
    return {**found, "since": since.isoformat(), **({"until": _eve(now)} if number and not open_ else {})}
