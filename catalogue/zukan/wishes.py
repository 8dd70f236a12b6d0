"""Reads what a question asks for beside its task: licence, size, memory, download, speed or quality, author, date …

Each wish is said in so many ways that a model of it would be a task of its own; these are the usual ones, in English
and Japanese. What is understood is taken out of the question, so that it does not pass for a topic.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache

from zukan import wish_authors, wish_hints, wish_licences
from zukan.advice import Wishes
from zukan.kana import BEFORE_NO_WORD
from zukan.lazily import lazily
from zukan.phrases import MAX_LENGTH
from zukan.wish_rules import Rule, Rules, compiled


def _sizes() -> Rules:
    from zukan import wish_sizes  # noqa: PLC0415 (here and below: see wish_hints)

    return wish_sizes.RULES


def _dates() -> Rules:
    from zukan import wish_dates, wish_years  # noqa: PLC0415

    return (*wish_years.YEARS, *wish_dates.RULES, *wish_years.NEWEST)


def _kinds(name: str) -> Callable[[], Rules]:
    def rules() -> Rules:
        from zukan import wish_kinds  # noqa: PLC0415

        found: Rules = getattr(wish_kinds, name)
        return found

    return rules


_GROUPS: tuple[tuple[Callable[[str], object], Callable[[], Rules]], ...] = (
    (wish_hints.may_name_sizes, _sizes),
    (wish_hints.may_name_licences, _kinds("LICENCES")),
    (wish_licences.may_be_named, lambda: ((wish_licences.pattern(), wish_licences.read),)),
    (wish_hints.may_shun_licences, _kinds("WITHOUT_LICENCES")),
    (wish_hints.may_name_access_or_family, _kinds("ACCESS_AND_FAMILY")),
    (wish_hints.may_name_dates, _dates),
    (wish_hints.may_name_preferences, _kinds("PREFERENCES")),
)
"""(whether a text may hold any of them, rules): what it cannot hold is never compiled, which would take 30 ms."""


_OF_SIZES = 0


@cache
def _rules(group: int) -> tuple[Rule, ...]:
    return tuple(compiled(pattern, wish) for pattern, wish in _GROUPS[group][1]())


@cache
def _unwanted_licences() -> Rule:
    from zukan import wish_unwanted_licences  # noqa: PLC0415 (hardly a question has any)

    return compiled(wish_unwanted_licences.pattern(), wish_unwanted_licences.read)


_NOT_BEFORE = lazily(
    r"(?:\bnot|\bnon|\bexcept|\bother than|\banything but|\binstead of|\balternatives? (?:to|for)|\breplac\w{1,5}"
    r"|\b(?:better|rather) than|\bunlike|n't|n’t)[ -]*(?:(?:in|as|want|need|like|use) )?(?:(?:a|an|the|any) )?$",
    re.IGNORECASE,
)
_NOT_AFTER = lazily(
    r"\s*(?:is |are )?not (?:wanted|needed|allowed)|"
    r"\s*(?:it |them |that )?(?:by )?(?:my|our)sel(?:f|ves)|"
    r"\s*(?:モデル|もの|やつ)?(?:[はが]?(?:自分で|しない|しません|不可|不要|禁止|以外|ではない|じゃない|でない|なし)|"
    r"\s*(?:でなくて|じゃなくて|ではなくて|(?<=で)なくて)も(?:いい|良い|よい|ok|構わ|かまわ|大丈夫)|"
    r"[はが]?(?:会社で)?[はが]?NG"
    rf"{BEFORE_NO_WORD})",
    re.IGNORECASE,
)


_OF_DATES = frozenset(("age", "beginning", "open"))
"""What rules find that is no wish yet."""


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
    refused: dict[str, object] = {}
    if wish_licences.may_be_shunned(text):
        # Before the makers: "no Gemma license" says nothing against Gemma. A licence that is wanted says more.
        text = _take(_unwanted_licences(), text, refused)
    for pattern, wish in wish_authors.rules(text):
        text = _take(compiled(pattern, wish), text, found)
    for group, (may_hold, _) in enumerate(_GROUPS):
        if may_hold(text):
            for rule in _rules(group):
                text = _take(rule, text, found)
    if text == whole:
        return Wishes(), question
    found = refused | found
    if not _OF_DATES.isdisjoint(found):
        from zukan.wish_dates import resolved  # noqa: PLC0415

        found = resolved(found, today)
    return Wishes(**found), " ".join(text.split())  # type: ignore[arg-type]


def parameters_in(text: str) -> tuple[int | None, int | None, str] | None:
    """Return (the fewest parameters, the most, what is left of the text) where words ask for so many, else None.

    What speaks of memory or of a download is no such wish.
    """
    rest = unicodedata.normalize("NFKC", text[:MAX_LENGTH])
    found: dict[str, object] = {}
    for rule in _rules(_OF_SIZES):
        rest = _take(rule, rest, found)
    least, most = found.pop("min_parameters", None), found.pop("max_parameters", None)
    if found or not (least or most):
        return None
    return least, most, rest  # type: ignore[return-value]


def _take(rule: Rule, text: str, found: dict[str, object]) -> str:
    """Add to `found` what a rule reads in a text and return what is left of it."""
    start = 0
    while match := rule.pattern.search(text, start):
        wish = rule.wish(match)
        both = wish is not None and "min_parameters" in wish and "max_parameters" in wish
        if wish is None or (both and ("min_parameters" in found or "max_parameters" in found)):
            start = match.end()
            continue
        # What else is not wanted is no wish; it cannot be looked for, so it is left out of the question too.
        if not (_NOT_BEFORE.search(text[: match.start()]) or _NOT_AFTER.match(text, match.end())):
            for name, value in wish.items():
                found.setdefault(name, value)
        text = _closed(text[: match.start()], text[match.end() :])
        if match.end() == match.start():
            break
    return text


def _closed(before: str, after: str) -> str:
    """Return what is left where a part was cut out, as if it had never been there: a list keeps one of two commas."""
    before, after = before.rstrip(), after.lstrip()
    if after[:1] in _COMMAS and before[-1:] in _COMMAS:
        after = after[1:].lstrip()
    # One space, or what is looked for next would not find its words side by side.
    return f"{before} {after}".strip()


_COMMAS = (",", "、", "，", ";", "")
"""And the ends of the text."""
