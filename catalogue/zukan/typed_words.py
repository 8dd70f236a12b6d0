"""Cuts what is typed into words that mean something: phrases for a task or language together, scripts apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from zukan.heard_names import names_heard
from zukan.lazily import lazily
from zukan.phrases import scripts
from zukan.query_tree import Word
from zukan.store.vocabulary import Vocabulary

MOST_WORDS = 24
_LONGEST_PHRASE = 5
_LICENCE, _NAME_OF_LICENCE = "ライセンス", re.compile(r"[0-9A-Za-z][0-9A-Za-z.+-]*")
_SPACES = re.compile(r"[-_\s]+")
SAYS_NOTHING = frozenset(("model", "models", "モデル"))
"""Every hit is one."""
SAY_LICENCE = ("商用", _LICENCE)
"""A word that holds one of these may ask for a licence."""
_A_MODEL = lazily(r"(?<=.)の?モデル$")
_OF = lazily(r"(?<=.)(?:対応|向け|用|形式|版)?の(?=.)|(?<=できる|可能な)(?=.)")
_FOR = lazily(r"(?:対応|向け|用)$")
"""What joins what a model is for to its language without の: 医療向け日本語."""
_LONGEST_CUT = 14
"""Letters of the longest word in which a language is looked for."""
_BESIDE_ANYTHING = frozenset(("language", "author"))
_BEHIND_LATIN = lazily(r"^(?:対応|向け|用|形式|版)?の(?=.)")
"""What joins a word in Latin letters to the next: GGUF形式の日本語モデル."""
_INTO = frozenset(("to", "into", "→", "から"))
_ARROW = re.compile(r"([^\s→]{2,20}?)(→|から)([^\s→]{2,20}?)(?:への?|に|の)?(?:翻訳)?")
_TRANSLATION = "translation"
_CODE = 2
_KANA = lazily(r"[\u30a1-\u30ffー]+|[^\u30a1-\u30ffー]+")


class Words(NamedTuple):
    """Typed words that stand side by side and mean something together, or a single one."""

    parts: tuple[Word, ...]
    meaning: tuple[tuple[str, str], ...] = ()
    """Pairs of the table of meanings: `task`, `language`, `name`."""


def grouped(words: Sequence[Word], vocabulary: Vocabulary) -> list[Words]:
    """Return typed words in order, those together that name a task, a language or a direction of translation."""
    words = [piece for word in words for part in _at_arrow(word) for piece in _by_script(part, vocabulary)]
    keys = [_key(word.text) for word in words]
    windows = {
        " ".join(keys[start:end]): None
        for start in range(len(words))
        for end in range(start + 1, min(start + _LONGEST_PHRASE, len(words)) + 1)
    }
    # Japanese is written without spaces, and typed with them: 音声 感情認識.
    windows |= {_close(window): None for window in windows if _close(window)}
    known = vocabulary.meanings(windows)
    found: list[Words] = []
    start = 0
    while start < len(words):
        for end in range(min(start + _LONGEST_PHRASE, len(words)), start, -1):
            window = " ".join(keys[start:end])
            meaning = known.get(window) or known.get(_close(window))
            if meaning or end == start + 1:
                found.append(Words(tuple(words[start:end]), tuple((meaning or {}).items())))
                start = end
                break
    return _of_translation(_directed(found))


def _directed(words: list[Words]) -> list[Words]:
    """Return words with two languages and what stands between them as one: english to japanese."""
    for place in range(1, len(words) - 1):
        if _text(words[place]) not in _INTO:
            continue
        source, target = _language(words[place - 1]), _language(words[place + 1])
        if source is None or target is None or source == target:
            continue
        start, end = place - 1, place + 2
        start -= start > 0 and _text(words[start - 1]) == "from"
        parts = tuple(part for one in words[start:end] for part in one.parts)
        return [*words[:start], Words(parts, (("source", source), ("target", target))), *words[end:]]
    return words


def _of_translation(words: list[Words]) -> list[Words]:
    """Return words with a direction and a word for translating beside it as one: 翻訳 英日."""
    for place in range(len(words) - 1):
        pair = words[place : place + 2]
        one, other = (dict(several.meaning) for several in pair)
        if ("target" in one) != ("target" in other) and _TRANSLATION in (one.get("task"), other.get("task")):
            meaning = tuple((one | other).items())
            return [*words[:place], Words((*pair[0].parts, *pair[1].parts), meaning), *words[place + 2 :]]
    return words


def _at_arrow(word: Word) -> list[Word]:
    """Return a word in three where it says from which language into which: 英語から日本語, en→ja."""
    said = _ARROW.fullmatch(unicodedata.normalize("NFKC", word.text))
    if said is None or word.prefix:
        return [word]
    from zukan.languages import language_code  # noqa: PLC0415 (hardly a word has an arrow)

    sides = [said[1], said[3]]
    return [word._replace(text=text) for text in said.groups()] if all(map(language_code, sides)) else [word]


def _text(words: Words) -> str:
    """Return a single word, as it is; what begins a longer one is none."""
    return words.parts[0].text.lower() if len(words.parts) == 1 and not words.parts[0].prefix else ""


def _language(words: Words) -> str | None:
    """Return the language that words name, by its code too: between two others such a code is nothing else."""
    if words.meaning and not any(part.prefix for part in words.parts):
        return dict(words.meaning).get("language")
    text = _text(words)
    if len(text) != _CODE or not text.isascii() or not text.isalpha():
        return None
    from zukan.languages import language_code  # noqa: PLC0415 (only `en to ja` needs it)

    return language_code(text)


def _close(window: str) -> str:
    """Return words without the spaces between them where one of them is Japanese (3D 生成); "" for others."""
    words = window.split()
    return "".join(words) if len(words) > 1 and not window.isascii() else ""


def _key(text: str) -> str:
    """Return typed words as the table of meanings has them."""
    return _SPACES.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def telling(words: Sequence[Words]) -> list[Words]:
    """Return the words without those that say nothing beside others."""
    found = [
        one
        for one in words
        if len(one.parts) > 1 or one.parts[0].prefix or one.parts[0].text.lower() not in SAYS_NOTHING
    ]
    return found or list(words)


def _by_script(word: Word, vocabulary: Vocabulary) -> list[Word]:
    """Return the parts of a word that are of one script each: 日本語BERT is two words, and so is 日本語ウィスパー."""
    # Half-width katakana and full-width letters are what they stand for.
    word = word._replace(text=unicodedata.normalize("NFKC", word.text))
    if word.text.isascii():
        return [word]
    parts = [run if not place else _BEHIND_LATIN.sub("", run) for place, run in enumerate(parts_by_script(word.text))]
    if len(parts) > 1 and vocabulary.meanings((_key(word.text),)):
        return [word]  # オープンAI
    runs = [piece for run in parts for piece in ([run] if run[0].isascii() else _by_kana(run, vocabulary))]
    if len(runs) < 2:
        return [word] if runs == [word.text] or not runs else [word._replace(text=runs[0])]
    return [word._replace(text=run, prefix=word.prefix and place == len(runs) - 1) for place, run in enumerate(runs)]


def parts_by_script(text: str) -> list[str]:
    """Return the parts of a word that are of kana and kanji, or have none; the name of a licence is one part."""
    found: list[str] = []
    for japanese, part in scripts(text):
        if japanese and part.startswith(_LICENCE) and found and _NAME_OF_LICENCE.fullmatch(found[-1]):
            found[-1] += _LICENCE
            found.append(part.removeprefix(_LICENCE))
        else:
            found.append(part)
    return list(filter(None, found))


def _beside_language(text: str, vocabulary: Vocabulary) -> list[str]:
    """Return a language and what stands beside it, with or without what joins them: 日本語音声合成, 医療向け日本語."""
    if not 3 < len(text) <= _LONGEST_CUT:
        return []
    cuts = [[_FOR.sub("", text[:place]) or text[:place], text[place:]] for place in range(1, len(text))]
    known = vocabulary.meanings(chain.from_iterable(cuts))
    for cut in cuts:
        languages = ["language" in known.get(part, ()) for part in cut]
        if languages.count(True) == 1:
            other = cut[languages.index(False)]
            if other in known or _says_alone(other):
                return cut
    return []


def _says_alone(text: str) -> bool:
    """Whether a Japanese word says something by itself that is no task and no language: 医療, 商用利用できる."""
    from zukan.tasks import japanese_word  # noqa: PLC0415 (only what is cut into words needs it)

    return japanese_word(text) is not None or any(sign in text for sign in SAY_LICENCE)


def _by_kana(text: str, vocabulary: Vocabulary) -> list[str]:
    """Return katakana and other letters apart, where each says something alone and they say nothing together.

    So are words that の joins, within a word (日本語の埋め込み) or to the next (楽天の AI).
    """
    if text.isascii():
        return [text]
    bare = _A_MODEL.sub("", text) if not text.endswith("の") else text[:-1]
    pieces = _KANA.findall(bare)
    joined = [parts for one in (text, bare) if len(parts := _OF.split(one)) > 1]
    known = vocabulary.meanings((text, bare, *pieces, *chain.from_iterable(joined)))
    if text in known:
        return [text]  # 言語モデル
    if bare in known:
        return [bare]
    if apart := next((parts for parts in joined if all(part in known or _says_alone(part) for part in parts)), None):
        return apart
    # Beside a language, or who made it, anything may stand: 日本語の手書き文字認識, 東大の音声.
    if joined and any(not _BESIDE_ANYTHING.isdisjoint(known.get(part, ())) for part in joined[-1]):
        return joined[-1]
    if apart := _beside_language(bare, vocabulary):
        return apart
    # A single word is looked into where it is looked for.
    is_cut = pieces != [text] and all(one in known or names_heard(one, vocabulary) for one in pieces)
    return pieces if is_cut else [text]
