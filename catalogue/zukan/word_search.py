"""Says how typed words are looked for: in names first, then anywhere, then by what they mean, then as what they may be.

A word may begin a longer one. Where hardly any model matches, it may be a part of a name (`ormer-base`), or a slip of a
frequent word (`mistrl`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zukan.heard_names import names_heard
from zukan.kana import is_katakana
from zukan.lazily import lazily
from zukan.query_tree import Phrase, Word
from zukan.store.expressions import any_of, every_of, token
from zukan.store.tokens import AUTHOR, FEW_LANGUAGES, LANGUAGE, NAME, SPELLED, TASK, facet, once
from zukan.store.vocabulary import Vocabulary
from zukan.store.wording import split_at_digits, squashed, words_of
from zukan.typed_words import SAYS_NOTHING, Words
from zukan.understood_words import NAMED_OTHERWISE, named, sides, understood_word

_SHORTEST_FRAGMENT = 3
_SHORTEST_SLIP = 4
_MUCH_MORE = 30
"""Times as many names as say what a dictionary calls a word must say what it sounds like."""
_KEY = re.compile(r"[-_\s]+")
_HASH = lazily(r"[0-9a-f]{6,}")
"""A word of hexadecimal digits is the mark of a training run: its letters and figures by themselves mean nothing."""
_ANY_OF_TASK = frozenset(("llm", "llms", "slm", "slms"))
"""What people call all models of a task, and hardly a name says."""


class Looked(NamedTuple):
    """How words are looked for, as expressions; "" where there is none."""

    name: str
    """In the name alone; "" where a name cannot say it."""
    begins: str
    """The same, where the last word may begin a longer one."""
    direct: str
    """Anywhere."""
    wide: str
    """Anywhere, or what they mean."""
    corrected: str = ""
    """As the frequent words that these may be slips of."""
    corrections: tuple[tuple[str, str], ...] = ()
    """(typed, taken for)."""
    task: str = ""
    """Filed under the task whose very id they are."""
    heard: tuple[tuple[str, str], ...] = ()
    """(typed in katakana, the words of names that it is taken for)."""


def look_for(words: Words, vocabulary: Vocabulary) -> Looked:
    """Return how words are looked for."""
    meaning = dict(words.meaning)
    # Of a task its words may say more: the spam of a spam filter. Japanese ones say it together: 表 質問応答.
    said_together = len(words.parts) > 1 and not any(word.text.isascii() for word in words.parts)
    told = bool(meaning) and ("task" not in meaning or "target" in meaning or said_together)
    looked = [_one(word, vocabulary, understood=told) for word in words.parts]
    name = every_of(one.name for one in looked) if all(one.name for one in looked) else ""
    begins = every_of(one.begins for one in looked) if name else ""
    direct = every_of(one.direct for one in looked)
    corrections = tuple(pair for one in looked for pair in one.corrections)
    corrected = every_of(one.corrected or one.direct for one in looked) if corrections else ""
    heard = tuple(pair for one in looked for pair in one.heard)
    plain = Looked(name, begins, direct, direct, corrected, corrections, heard=heard)
    if code := meaning.get("language"):
        english = any_of(map(named, filter(None, (meaning["name"], *meaning.get("codes", "").split(",")))))
        of_few = any_of((direct, token(facet(FEW_LANGUAGES, code)), english))
        both_names = any_of((name, english)), any_of((begins, english))
        wide = any_of((of_few, token(facet(LANGUAGE, code))))
        return Looked(*both_names, of_few, wide, corrected, corrections, heard=heard)
    if "target" in meaning:
        return _for_direction(meaning, plain)
    if task := meaning.get("task"):
        return _for_task(task, words, meaning, plain)
    if called := meaning.get("called"):
        return _or_else(plain, named(called))
    if author := meaning.get("author"):
        return _or_else(plain, made_by(author))
    return plain


def made_by(author: str) -> str:
    """Return the expression for what one of several organisations has made, given with | between them."""
    return any_of(token(once(AUTHOR, name)) for name in author.split("|"))


def author_of(words: Words) -> str | None:
    """Return the organisations whose name words are, with | between; None where they say something else."""
    from zukan.organisations import made_under  # noqa: PLC0415 (where words may mean a task together)

    said = dict(words.meaning)
    if said:
        return said.get("author")
    return made_under(words.parts[0].text) if len(words.parts) == 1 else None


def _or_else(looked: Looked, other: str) -> Looked:
    """Return how words are looked for that may as well be something else."""
    name, begins, direct, wide = (any_of((one, other)) for one in looked[:4])
    return looked._replace(name=name, begins=begins, direct=direct, wide=wide)


def _for_task(task: str, words: Words, meaning: Mapping[str, str], looked: Looked) -> Looked:
    """Return how the words for a task are looked for: 翻訳, "fill in the blank"."""
    filed = token(facet(TASK, task))
    names = any_of(map(named, filter(None, meaning.get("names", "").split(","))))
    if names and not SAYS_NOTHING.isdisjoint(word.text.lower() for word in words.parts):
        # The names of embedding models say embedding, and hardly one says model.
        looked = looked._replace(name=names, begins=names, direct=any_of((looked.direct, names)))
    is_japanese = not all(word.text.isascii() for word in words.parts)
    is_id = "-".join(_KEY.sub("-", word.text.lower()) for word in words.parts) == task
    if about := any_of(map(named, filter(None, meaning.get("about", "").split(",")))):
        # Before all others that are filed under it: of 感情認識 those whose names say emotion.
        own = every_of(token(NAME + part) for part in parts_of(words)) if is_japanese else looked.name
        name = any_of((own, every_of((filed, about))))
        looked = looked._replace(name=name, begins=name if is_japanese else any_of((looked.begins, name)))
    elif (task not in NAMED_OTHERWISE and (is_japanese or is_id)) or not _ANY_OF_TASK.isdisjoint(
        word.text.lower() for word in words.parts
    ):
        # Hardly a name says it: beside other words all that are filed under it have it.
        looked = looked._replace(name=any_of((looked.name, filed)), begins=any_of((looked.begins, filed)))
    wide = any_of((looked.direct, filed, names))
    # Whoever types its id, or all of "fill in the blank", means the task; so with 翻訳: hardly a name has it.
    is_meant = is_id or len(words.parts) > 1 or is_japanese or words.parts[0].text.lower() in _ANY_OF_TASK
    direct = any_of((looked.direct, filed)) if is_meant else looked.direct
    return looked._replace(direct=direct, wide=wide, task=filed if is_id else "", heard=())


def _for_direction(meaning: Mapping[str, str], looked: Looked) -> Looked:
    """Return how the words for a direction of translation are looked for: 英日翻訳, 和訳, "english to japanese".

    Who says a direction wants what translates in it, whatever others have these words; first what says them in its name
    or hardly knows another language.
    """
    into = every_of(sides(meaning.get("source"), meaning["target"]))
    few = every_of((into, token(facet(FEW_LANGUAGES, meaning["target"]))))
    name, begins = (any_of((every_of((said, into)) if said else "", few)) for said in (looked.name, looked.begins))
    return Looked(name, begins, into, into)


def fragment_of(words: Words) -> str:
    """Return the letters and digits that a name may hold as a part of its words; "" for too few."""
    fragment = squashed("".join(word.text for word in words.parts))
    return fragment if len(fragment) >= _SHORTEST_FRAGMENT else ""


def parts_of(words: Words) -> list[str]:
    """Return the words as they are indexed."""
    return [part for word in words.parts for part in _parts(word.text)]


def unwanted(word: Word) -> str:
    """Return the expression for models that have a word in their name, tags or card."""
    return every_of(any_of((token(NAME + part), token(part))) for part in _parts(word.text))


def phrase_parts(phrase: Phrase) -> list[str]:
    """Return the words of a phrase as they are indexed."""
    return _parts(phrase.text)


def phrase_expression(phrase: Phrase) -> str:
    """Return the expression for models that have every word of a phrase in their name, or in their tags and card."""
    parts = _parts(phrase.text)
    return any_of((every_of(token(NAME + part) for part in parts), every_of(map(token, parts))))


def _parts(text: str) -> list[str]:
    """Return what a typed word is looked for by."""
    return words_of(text)


def _one(word: Word, vocabulary: Vocabulary, *, understood: bool) -> Looked:
    parts = _parts(word.text)
    if not parts:
        return Looked("", "", "", "")
    ascii_ = SPELLED not in "".join(parts)
    last = parts[-1]
    may_begin = word.prefix or (ascii_ and (len(last) > 2 or last.isdigit())) or not ascii_
    names = [token(NAME + part) for part in parts]
    begun = [*names]
    anywhere = [any_of((token(NAME + part), token(part))) for part in parts]
    forms = {part: [NAME + part, part] for part in parts}
    if may_begin:
        longer = vocabulary.longer(last)
        # The word itself before longer ones: it is the most frequent.
        forms[last] = [*(texts[0] for texts in longer), *(text for texts in longer for text in texts[1:])]
        anywhere[-1] = any_of(map(token, forms[last]))
        begun[-1] = any_of(token(text) for text in longer[0])
        if word.prefix:
            names = begun
    name, begins, direct = every_of(names), every_of(begun), every_of(anywhere)
    if not ascii_:
        if understood:
            return Looked(name, name, direct, direct)
        heard = _heard(word.text, vocabulary)
        name, direct, alone = understood_word(word.text, heard, name, direct)
        taken = ((word.text, " ".join(names[0] for names in heard)),) if heard and alone else ()
        return Looked(name, name, direct, direct, heard=taken)
    # More than the two forms of the word itself are words that were counted.
    rare = [part for part in parts if len(forms[part]) == 2 and not vocabulary.is_used(forms[part])]
    if not rare:
        return Looked(name, begins, direct, direct, *_slips(parts, parts, vocabulary, sure=False))
    cut = {part: split_at_digits(part) for part in rare}
    if any(len(found) > 2 and _HASH.fullmatch(part) for part, found in cut.items()):
        return Looked(name, begins, direct, direct)
    if all(len(found) > 1 and all(vocabulary.is_used((NAME + one, one)) for one in found) for found in cut.values()):
        found = [one for part in parts for one in cut.get(part, [part])]
        cut_name = every_of(token(NAME + one) for one in found)
        cut_direct = every_of(any_of((token(NAME + one), token(one))) for one in found)
        return Looked(cut_name, cut_name, cut_direct, cut_direct)
    return Looked(name, begins, direct, direct, *_slips(parts, rare, vocabulary, sure=True))


def _slips(
    parts: Sequence[str], rare: Sequence[str], vocabulary: Vocabulary, *, sure: bool
) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return (the expression with slips mended, what was mended)."""
    mended: dict[str, str] = {}
    for part in rare:
        if len(part) >= _SHORTEST_SLIP and not part.isdigit() and (sure or vocabulary.is_rare(part)):
            near = vocabulary.nearest(part)
            if near and near != part:
                mended[part] = near
    if not mended or (sure and len(mended) < len(rare)):
        return "", ()
    texts = [mended.get(part, part) for part in parts]
    expression = every_of(any_of((token(NAME + text), token(text))) for text in texts)
    return expression, tuple(mended.items())


def _heard(text: str, vocabulary: Vocabulary) -> Sequence[tuple[str, ...]]:
    """Return what names say for a word in katakana: what a dictionary calls it, or what sounds like it."""
    from zukan.japanese_words import english  # noqa: PLC0415 (only such words need it)
    from zukan.tasks import japanese_word  # noqa: PLC0415

    if japanese_word(text):
        return ()
    sounding = names_heard(text, vocabulary)
    said = english(text) if is_katakana(text) else None
    called = {one: number for one in (said or "").split("|") if (number := vocabulary.in_names(words_of(one)))}
    if not called:
        return sounding
    # Who types ピアノ means a piano, but ルーク mostly the model of that name.
    likelier = len(sounding) == 1 and max(vocabulary.in_names(words_of(one)) for one in sounding[0]) > _MUCH_MORE * max(
        called.values()
    )
    return [(*called, *sounding[0])] if likelier else [tuple(called)]
