"""Finds known phrases in free text: whole words in Latin script, substrings in Japanese.

Text is normalised first (NFKC, lower case). Latin words are compared by a modest stem, so that "translating" and
"translates", or "summarise" and "summarize", are one word; articles and possessives are skipped. A phrase may
hold gaps: "extract … names" allows a few words between its parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise
from operator import itemgetter
from typing import NamedTuple

from zukan.kana import PARTICLES
from zukan.lazily import lazily

Span = tuple[int, int]

MAX_LENGTH = 1000
"""Characters of a question that are looked at."""

_GAP_WORDS = 4
_GAP_CHARACTERS = 15
_GAP_FACTOR = 0.8
"""A phrase with other words in between is a weaker sign than one that stands together."""
_FIRST_FACTOR = 1.25
"""English says first what it wants: "summarise the transcripts", "reranker for retrieval"."""
_JAPANESE_WEIGHT = 2.5
"""A Japanese character says about as much as this many Latin letters."""


class Word(NamedTuple):
    """One Latin word of a text."""

    text: str
    stem: str
    start: int
    end: int


class Match(NamedTuple):
    """A phrase found in a text."""

    key: str
    """What the phrase stands for."""
    phrase: str
    spans: tuple[Span, ...]
    weight: float
    """Letters matched; a Japanese character counts for several."""


def normalise(text: str) -> str:
    """Return the text in the form that everything here compares: NFKC, lower case, single spaces."""
    folded = unicodedata.normalize("NFKC", text[:MAX_LENGTH]).casefold()
    folded = folded.replace("q&a", "qa").replace("e-mail", "email")
    return " ".join(folded.split())


def closed_up(text: str, known: Container[str]) -> str:
    """Return a normalised text without the blanks in those of its Japanese words that are known without: 画像 生成.

    Args:
        text: What `normalise` returns.
        known: Words.

    """
    found = text.split(" ")
    for size in range(_MOST_APART, 1, -1):
        for place in range(len(found)):
            joined = "".join(found[place : place + size])
            if joined in known and not joined.isascii():
                found[place : place + size] = [joined]
    return " ".join(found)


_MOST_APART = 4
"""Words of a phrase that is typed with blanks."""
_SHORTEST_BARE = 3
"""Letters of what is left of a Japanese phrase without its を, where that is no other word."""
_WORD, _ASCII_WORD = lazily(r"[^\W_]+"), lazily(r"[^\W_]+", re.ASCII)
_PAIR_AT_BEGINNING = lazily(r"(?:(?<![A-Za-z0-9])|(?![A-Za-z0-9]))(?=(..))", re.DOTALL)
_BRITISH = lazily("(?<=col)our|(?<=fav)our|(?<=behavi)our|(?<=lab)our|(?<=neighb)our|(?<=um)our")
_SKIPPED = frozenset(
    ("a", "an", "the", "my", "your", "our", "their", "his", "her", "its", "this", "that", "these", "those")
)


def is_japanese(text: str) -> bool:
    """Tell whether the text holds any kana or kanji."""
    return not text.isascii() and any(map(is_kana_or_kanji, text))


def is_kana_or_kanji(letter: str) -> bool:
    """Tell whether a letter is kana or kanji: to compile a class of all kanji takes a search two milliseconds."""
    return (
        "\u3040" <= letter <= "\u30ff"
        or "\u3400" <= letter <= "\u9fff"
        or "\uf900" <= letter <= "\ufaff"
        or letter in "々〆"
    )


def scripts(text: str) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a text that are of kana and kanji, or have none: (whether they are, the part), in order."""
    return ((kind, "".join(letters)) for kind, letters in groupby(text, is_kana_or_kanji))


def overlap(first: Span, second: Span) -> bool:
    """Tell whether two spans share a character."""
    return first[0] < second[1] and second[0] < first[1]


def words(text: str) -> list[Word]:
    """Return the Latin words of a normalised text without articles and possessives."""
    if text.isascii():
        return [Word(m[0], stem(m[0]), *m.span()) for m in _ASCII_WORD.finditer(text) if m[0] not in _SKIPPED]
    found = []
    for match in _WORD.finditer(text):
        start = match.start()
        for japanese, part in scripts(match[0]):
            if not japanese and part not in _SKIPPED:
                found.append(Word(part, stem(part), start, start + len(part)))
            start += len(part)
    return found


def stem(word: str) -> str:
    """Return a word without its plural or verb ending and in American spelling."""
    if len(word) < 4 or not word.isascii():
        return word
    if word in ("recording", "recordings"):
        return "recording"  # no record of a database
    word = _BRITISH.sub("or", word) if "our" in word else word
    if word.endswith("ies"):
        word = word[:-3] + "y"
    elif word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    for ending, shortest in (("ing", 3), ("ed", 4)):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= shortest and any(vowel in rest for vowel in "aeiouy"):
            word = rest[:-1] if rest[-1] == rest[-2] and rest[-1] not in "lsz" else rest
            break
    word = word.removesuffix("e").replace("isation", "ization").replace("iser", "izer")
    word = word.replace("abell", "abel").replace("odell", "odel")
    return word[:-1] + "z" if word.endswith("is") and len(word) > 4 else word


def singular(word: str) -> str:
    """Return an English noun without its plural ending: "reviews" → "review", "stories" → "story"."""
    if len(word) < 4 or word in ("news", "series", "species", "movies") or word.endswith(("ss", "us", "is")):
        return word.removesuffix("s") if word == "movies" else word
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word.removesuffix("es") if word.endswith(("sses", "xes", "ches", "shes")) else word.removesuffix("s")


def _exact(word: Word) -> str:
    """Return what stands for a word in capitals: `SAM` is not found in "same"."""
    return "=" + word.text


class _Entry(NamedTuple):
    order: int
    phrase: str
    key: str
    parts: tuple[tuple[str, ...], ...]
    """Latin: the stems of each part. Japanese: one string per part."""


class PhraseBook:
    """Phrases, each with the key that it stands for.

    There are thousands, and a question can hold only those whose first two characters it holds, where all is ASCII at
    the beginning of a word: the others are never read.
    """

    def __init__(self, phrases: Iterable[tuple[str, str]], weak: Iterable[str] = ()) -> None:
        """Sort the phrases into drawers.

        Args:
            phrases: Pairs of phrase (NFKC, no leading article) and key; "…" in a phrase is a gap.
            weak: Phrases that count for a third of their length.

        """
        self._weak = frozenset(weak)
        self._drawers: dict[str, list[tuple[int, str, str]]] = {}
        for order, (phrase, key) in enumerate(phrases):
            self._drawers.setdefault(phrase.partition("…")[0][:2].casefold(), []).append((order, phrase, key))

    def find(self, text: str) -> list[Match]:
        """Return every phrase that occurs in a normalised text, in the order of the book."""
        found: list[tuple[int, Match]] = []
        tokens = words(text)
        places: dict[str, list[int]] = {}
        for index, token in enumerate(tokens):
            if token.text != "not":  # By its stem it would be a note.
                places.setdefault(token.stem, []).append(index)
            places.setdefault(_exact(token), []).append(index)
        for drawer in _beginnings(text) & self._drawers.keys():
            for entry in map(_entry, self._drawers[drawer]):
                if not entry.parts:
                    continue
                if len(entry.parts[0]) == 1 and is_japanese(entry.phrase):
                    spans = _japanese_spans(text, [part[0] for part in entry.parts])
                    if spans:
                        found.append((entry.order, self._match(entry, spans, _JAPANESE_WEIGHT)))
                    continue
                for index in places.get(entry.parts[0][0], ()):
                    spans = _latin_spans(tokens, index, entry.parts)
                    if spans:
                        found.append((entry.order, self._match(entry, spans, 1.0 if index else _FIRST_FACTOR)))
        return [match for _, match in sorted(found, key=itemgetter(0))]

    def _match(self, entry: _Entry, spans: Sequence[Span], scale: float) -> Match:
        weight = sum(end - start for start, end in spans) * scale * (_GAP_FACTOR if len(spans) > 1 else 1.0)
        return Match(entry.key, entry.phrase, tuple(spans), weight / 3 if entry.phrase in self._weak else weight)


def _beginnings(text: str) -> set[str]:
    """Return the pairs of letters by which a phrase in a text may begin, and its single letters."""
    if not text.isascii():
        return {*text, *map("".join, pairwise(text))}
    # What is no letter or digit begins whatever stands behind it, and may itself begin a phrase.
    return {*text, text[:2], *(m[1] for m in _PAIR_AT_BEGINNING.finditer(text))}


@cache
def _entry(row: tuple[int, str, str]) -> _Entry:
    order, phrase, key = row
    parts = [part.strip() for part in phrase.casefold().split("…")]
    if is_japanese(phrase):
        return _Entry(order, phrase, key, tuple((part,) for part in parts))
    capitals = {word.casefold() for word in re.findall(r"\b[A-Z][A-Z0-9]+\b", phrase)}
    stems = (tuple(_exact(w) if w.text in capitals else w.stem for w in words(part)) for part in parts)
    return _Entry(order, phrase, key, tuple(part for part in stems if part))


def _latin_spans(tokens: Sequence[Word], index: int, parts: Sequence[Sequence[str]]) -> list[Span]:
    spans: list[Span] = []
    for part in parts:
        gap = 0 if not spans else _GAP_WORDS
        for start in range(index, min(index + gap + 1, len(tokens))):
            here = tokens[start : start + len(part)]
            if len(here) == len(part) and all(p in (t.stem, _exact(t)) for p, t in zip(part, here, strict=True)):
                spans.append((here[0].start, here[-1].end))
                index = start + len(part)
                break
        else:
            return []
    return spans


def _without_particle(text: str, piece: str, after: int, limit: int) -> tuple[str, int] | None:
    """Return a piece without its を and where a text has it so, as people speak (背景消したい); None where it does not.

    It goes on as a verb does: 写真作品 says nothing of making photos.
    """
    bare = piece.replace("を", "")
    if bare == piece or piece.endswith("を") or len(bare) < _SHORTEST_BARE:
        return None
    start = text.find(bare, after, limit)
    behind = text[start + len(bare) : start + len(bare) + 1]
    return (bare, start) if start >= 0 and "ぁ" <= behind <= "ん" and behind not in PARTICLES else None


def _japanese_spans(text: str, pieces: Sequence[str]) -> list[Span]:
    spans: list[Span] = []
    for piece in pieces:
        after = spans[-1][1] if spans else 0
        limit = after + _GAP_CHARACTERS + len(piece) if spans else len(text)
        start = text.find(piece, after, limit)
        if start < 0 and (found := _without_particle(text, piece, after, limit)):
            piece, start = found  # noqa: PLW2901
        if start < 0:
            return []
        spans.append((start, start + len(piece)))
    return spans
