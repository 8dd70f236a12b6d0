"""Tells from which languages a translation model translates, and into which: as its name says, else all it knows."""

from __future__ import annotations

from collections.abc import Sequence

from zukan.languages import language_pair_in_name
from zukan.lazily import lazily

NO_TRANSLATOR = "does not translate"
"""Why what is filed under translation does not do it: it judges translations, or finds relations."""
_TRANSLATES = "translation"
_TYPES = frozenset({"m2m_100", "nllb", "nllb-moe", "mbart", "marian", "fsmt", "seamless_m4t", "umt5", "mt5"})
_MAY_TRANSLATE = frozenset({None, _TRANSLATES, "text2text-generation", "text-generation"})
"""What models of these types are filed under that may translate: others of them summarise, or make vectors."""
_ENGLISH = "en"
_ONE_SIDE = lazily(r"(?<![a-z])(many|one|en|x)[-_](?:to[-_])?(many|one|en|x)(?![a-z])")
_GAPS = lazily(
    r"google/(?:mt5|umt5|byt5|t5-v1_1|long-t5|switch|ul2)[-\w.]*|facebook/(?:mbart-large-(?:cc25|50)|bart-(?:base|large))"
    r"|google/pegasus-(?:large|x-base|x-large)|google/bigbird-pegasus-large|allenai/led-(?:base|large)-16384"
)
_FIRST_T5 = lazily(r"(?:.*/)?t5-(?:small|base|large|3b|11b)")


def only_fills_gaps(model_id: str) -> bool:
    """Whether a seq2seq model has only learnt to fill gaps in texts.

    The papers and cards of their authors say that these must be trained for a task first. Flan-T5, the first T5 and
    mBART's many-to-many were.
    """
    return _GAPS.fullmatch(model_id.lower()) is not None


def english_sides(model_id: str) -> tuple[bool, bool]:
    """Return whether a name says that a model of many languages translates from English alone, and into it alone.

    The one language of mBART's one-to-many and many-to-one is English, as that of WMT's en-x and x-en; the first T5,
    which others have copied, was taught English to German, French and Romanian (its card).
    """
    name = model_id.lower()
    if _FIRST_T5.fullmatch(name):
        return True, False
    side = _ONE_SIDE.search(name)
    return (side[1] in ("one", "en"), side[2] in ("one", "en")) if side else (False, False)


def directions(
    model_id: str, task: str | None, model_type: str | None, languages: Sequence[str], exclusion: str | None
) -> tuple[Sequence[str], Sequence[str]]:
    """Return the languages from which a model translates, and those into which: none where nothing says that it does.

    Args:
        model_id: Its name.
        task: What it is filed under.
        model_type: Its type.
        languages: The codes of those that it states.
        exclusion: Why it is left out of recommendations, if it is.

    """
    of_type = model_type in _TYPES and task in _MAY_TRANSLATE
    if exclusion == NO_TRANSLATOR or not (task == _TRANSLATES or of_type):
        return (), ()
    if pair := language_pair_in_name(model_id):
        return pair[:1], pair[1:]
    if only_fills_gaps(model_id):
        return (), ()
    every = tuple(dict.fromkeys(languages))
    others = tuple(code for code in every if code != _ENGLISH)
    from_english, into_english = english_sides(model_id)
    if from_english:
        return (_ENGLISH,), others
    return (others, (_ENGLISH,)) if into_english else (every, every)
