"""Finds the languages that a question names, and the direction of a translation between them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from functools import cache
from typing import NamedTuple

from zukan.kana import BEFORE_NO_WORD
from zukan.languages import language_code, language_words
from zukan.lazily import lazily
from zukan.phrases import Span, overlap, words

_COMMON = frozenset(("en", "ja", "de", "fr", "es", "zh", "ko", "ru", "pt", "ar"))
"""A pair of codes counts only with one of these in it: "hi-fi" and "no-go" name no languages."""
_LONE = _COMMON | {"jp", "nl", "vi"}
"""Codes that count on their own in a sentence; `it`, `is`, `no`, `to` … are words."""
_ENGLISH_WORDS = frozenset(
    ("am", "an", "as", "be", "ha", "he", "hi", "id", "in", "is", "it", "la", "my", "no", "or", "so", "to")
)
_OTHER_MEANINGS = frozenset(("cree", "ewe", "fon", "ido", "lombard", "luo", "pali", "scots", "shan", "venetian"))
"""Names of languages that more often mean something else in a question."""
_KANJI = dict(
    zip(
        "日和邦英中韓独仏露西伊葡蘭泰越",
        ("ja", "ja", "ja", "en", "zh", "ko", "de", "fr", "ru", "es", "it", "pt", "nl", "th", "vi"),
        strict=True,
    )
)
"""The one-character names used in 日英翻訳 and 和訳."""
KANA = "぀"
"""No name of a language but Japanese ones has a letter from here on; a pattern of all kanji takes 3 ms to compile."""


_IN_PAIRS = "訳→⇒⇔↔-"
"""A pair of languages in kanji has one of these."""


class Role(Enum):
    """What a language is to a translation."""

    NONE = "none"
    SOURCE = "source"
    TARGET = "target"


class Mention(NamedTuple):
    """A language named in a text."""

    code: str
    start: int
    end: int
    role: Role = Role.NONE
    inferred: bool = False
    """The role follows from the other language, not from a word beside this one."""

    @property
    def span(self) -> Span:
        """The place in the text."""
        return self.start, self.end


class _Patterns:
    """Nine in ten calls of zukan need none of them, and most questions few."""

    def __init__(self) -> None:
        kanji = "".join(_KANJI)
        self.polish_verb = lazily(r"polish\s+(?:my|the|this|a|an|your|our|up)\b")
        self.long_code = lazily(r"(?<![a-z0-9])[a-z]{3}_[a-z]{4}(?![a-z0-9])")
        self.code_pair = lazily(
            r"(?<![a-z0-9-])([a-z]{2,3})(?:[\s_]+to[\s_]+|(?P<tie>\s*(?:->|→|=>|⇒)\s*|[-_/2]))([a-z]{2,3})(?![a-z0-9-])"
        )
        self.lone_code = lazily(rf"(?<![a-z0-9'-])(?:{'|'.join(sorted(_LONE))})(?![a-z0-9'-])")
        self.kanji_pair = lazily(
            rf"(?<!一)([{kanji}])(?:[→⇒⇔↔-]|->)?([{kanji}])(?=(?:機械|自動|同時|双方向|ニューラル|間|の)*(?:翻訳|通訳|対訳|訳))"
            rf"|(?<![^\W_ぁ-ヿ])([{kanji}])(?:[→⇒⇔↔]|->)([{kanji}])(?![^\W_ぁ-ヿ])|(?<!\w)([{kanji}])-([{kanji}])(?!\w)"
        )
        self.kanji_target = lazily(rf"([{kanji}])訳")
        self.before_target = lazily(r"(?:\b(?:into|to|in)|→|⇒|->|=>)\s*$")
        self.weak_target = lazily(r"\bin\s*$")
        self.before_source = lazily(
            r"\b(?:from|(?:written|writes?|wrote|comes?|came|arrives?)(?: (?:to|at|for) (?:us|me|our \w+))?"
            r"(?: only| mostly)?(?: in)?)\s*$"
        )
        self.after_source = lazily(r"\s*(?:(?:into|to)\b|(?:→|⇒|->|=>)(?!\s*[\d\[({]|\s*$)|から|より|を)")
        self.reader = lazily(
            r"\b(?:i|we|she|he|they|who) (?:can |could )?(?:only |just )?"
            r"(?:read|reads|speak|speaks|understand|understands|know|knows)(?: only)?\s*$"
        )
        self.after_target = lazily(r"への|へ|に|訳|で読")
        self.tie = lazily(r"\s*[-–/]?\s*$")
        self.unwanted_before = lazily(
            r"(?:\b(?:not|non|except(?: for)?|other than|anything but|excluding)|n['’]t)[\s-]+"
            r"(?:in |for |a |an |the |any ){0,2}$"
        )
        self.of_texts_before = lazily(r"\b(?:non|(?:that|which) (?:is|are) not(?: in)?|but not)[\s-]+$")
        self.of_texts_after = lazily(
            r"(?:以外|ではない|じゃない)の?(?:言語|言葉|テキスト|文|レビュー|コメント|ツイート|投稿|メール|記事|論文|音声|字幕|話者|人|ユーザー|問い合わせ)"
            r"|\s*(?:reviews?|texts?|comments?|tweets?|posts?|e-?mails?|documents?|articles?|speech|speakers?|papers?)\b"
        )
        self.without = lazily(r"\b(?:no|without)\s+(?:any )?$")
        self.alone_after = lazily(r"\s*(?:models?\b|ones?\b|[,.;!?)]|$)")
        self.unwanted_after = lazily(
            r"\s*(?:以外|(?:じゃ|では|で)な(?:い(?!と)|く(?!ちゃ|ては))|を除|抜き|は(?:不要|いらな|除く|だめ|ダメ)|[はが]ng"
            rf"{BEFORE_NO_WORD})"
        )


@cache
def _patterns() -> _Patterns:
    return _Patterns()


def find_mentions(text: str) -> list[Mention]:
    """Return the languages that a normalised text names, in order, with their roles where it tells them."""
    return _complete(text, [one for one in every_mention(text) if not _is_unwanted(text, one)])


def unwanted_mentions(text: str) -> list[Mention]:
    """Return where a normalised text names languages that a model shall not be for: "not Chinese", 英語以外.

    Of texts that are in no such language ("reviews that are not in English", 英語以外のレビュー) a model is wanted.
    """
    patterns = _patterns()
    return [
        one
        for one in every_mention(text)
        if _is_unwanted(text, one)
        and not patterns.of_texts_before.search(text[max(one.start - 40, 0) : one.start])
        and not patterns.of_texts_after.match(text, one.end)
    ]


def every_mention(text: str) -> list[Mention]:
    """Return all languages that a text names, in order."""
    patterns = _patterns()
    found: list[Mention] = []

    def add(*mentions: Mention) -> None:
        if not any(overlap(new.span, old.span) for new in mentions for old in found):
            found.extend(mentions)

    in_kanji = not text.isascii()
    # To compile this one takes milliseconds.
    for match in patterns.kanji_pair.finditer(text) if in_kanji and any(map(text.__contains__, _IN_PAIRS)) else ():
        first, second = next(pair for pair in ((1, 2), (3, 4), (5, 6)) if match[pair[0]])
        add(*_pair(match, first, second, _KANJI[match[first]], _KANJI[match[second]]))
    for match in patterns.code_pair.finditer(text):
        source, target = _code(match[1]), _code(match[3])
        if source and target and source != target and _is_pair(match[1], match[3], bool(match["tie"])):
            add(*_pair(match, 1, 3, source, target))
    for pattern in (patterns.long_code, patterns.lone_code):
        for match in pattern.finditer(text):
            code = language_code(match[0])
            if code:
                add(Mention(code, match.start(), match.end(), _role(text, match.start(), match.end())))
    for code, start, end in (*_latin_names(text), *_japanese_names(text)):
        add(Mention(code, start, end, _role(text, start, end)))
    for match in patterns.kanji_target.finditer(text) if in_kanji else ():
        add(Mention(_KANJI[match[1]], match.start(1), match.end(), Role.TARGET))
    return sorted(found, key=lambda one: one.start)


def _is_unwanted(text: str, mention: Mention) -> bool:
    """Whether a language is named as the one that it shall not be: "not Chinese", 英語以外."""
    before, after = _patterns().unwanted_before, _patterns().unwanted_after
    start = max(mention.start - 30, 0)
    if before.search(text[start : mention.start]) or after.match(text, mention.end):
        return True
    # "No Japanese subtitles" says what is missing, "no Japanese" what shall not come.
    alone = _patterns().alone_after.match(text, mention.end)
    return alone is not None and _patterns().without.search(text[start : mention.start]) is not None


@cache
def _names() -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """Return the Latin names, and the Japanese ones by their first character, the longest first."""
    latin: dict[str, str] = {}
    japanese: dict[str, list[tuple[str, str]]] = {}
    for name, code in sorted(language_words().items(), key=lambda item: -len(item[0])):
        if code == "multilingual" or name in _OTHER_MEANINGS:
            continue
        if max(name) >= KANA:
            japanese.setdefault(name[0], []).append((name, code))
        else:
            latin[name] = code
    return latin, japanese


def _latin_names(text: str) -> Iterator[tuple[str, int, int]]:
    names = _names()[0]
    tokens = words(text)
    for length in (3, 2, 1):
        for first, last in zip(tokens, tokens[length - 1 :], strict=False):
            code = names.get(text[first.start : last.end])
            if code and not _patterns().polish_verb.match(text, first.start):
                yield code, first.start, last.end


def _japanese_names(text: str) -> Iterator[tuple[str, int, int]]:
    names = _names()[1]
    end = 0
    for start, character in enumerate(text):
        if start < end or (start and "ァ" <= character <= "ー" and "ァ" <= text[start - 1] <= "ー"):
            continue  # タイ語 inside アルタイ語 is none
        for name, code in names.get(character, ()):
            if text.startswith(name, start):
                end = start + len(name)
                yield code, start, end
                break


def _code(word: str) -> str | None:
    code = language_code(word)
    return None if word in ("ace", "ban", "fon", "min", "new", "war") else code


def _is_pair(first: str, second: str, tied: bool) -> bool:
    if first not in _COMMON and second not in _COMMON and len(first + second) < 6:
        return False
    return tied or not {first, second} & _ENGLISH_WORDS


def _pair(match: re.Match[str], first: int, second: int, source: str, target: str) -> tuple[Mention, Mention]:
    return (
        Mention(source, *match.span(first), role=Role.SOURCE),
        Mention(target, *match.span(second), role=Role.TARGET),
    )


def _role(text: str, start: int, end: int) -> Role:
    patterns = _patterns()
    if patterns.before_source.search(text, 0, start) or patterns.after_source.match(text, end):
        return Role.SOURCE
    if patterns.before_target.search(text, 0, start) or patterns.after_target.match(text, end):
        return Role.TARGET
    return Role.NONE


def _complete(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """Give two languages their roles where one is told, or where they stand side by side."""
    if len(mentions) != 2:
        return list(mentions)
    first, second = mentions
    if first.code == second.code:
        return list(mentions)  # "legal English in plain English" is no translation
    # "They write in Swahili, I only read English": who reads a language wants the text in it.
    readers = [one for one in mentions if _patterns().reader.search(text, max(one.start - 40, 0), one.start)]
    if len(readers) == 1 and Role.SOURCE not in (first.role, second.role):
        return [one._replace(role=Role.TARGET if one in readers else Role.SOURCE, inferred=True) for one in mentions]
    roles = {first.role, second.role}
    if roles == {Role.NONE} and _patterns().tie.fullmatch(text, first.end, second.start):
        return [
            first._replace(role=Role.SOURCE, inferred=True),
            second._replace(role=Role.TARGET, inferred=True),
        ]
    if roles == {Role.TARGET}:
        # "Letters in Ukrainian have to be put into English": what something is in, it is to be taken from.
        weak = [one for one in mentions if _patterns().weak_target.search(text, max(one.start - 4, 0), one.start)]
        if len(weak) == 1:
            return [m._replace(role=Role.SOURCE, inferred=True) if m in weak else m for m in mentions]
    if len(roles) == 2 and Role.NONE in roles:
        other = Role.TARGET if Role.SOURCE in roles else Role.SOURCE
        return [m._replace(role=other, inferred=True) if m.role is Role.NONE else m for m in mentions]
    return list(mentions)
