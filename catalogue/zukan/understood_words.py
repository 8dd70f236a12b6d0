"""Says what words mean that hardly a name has: several together, or one of a language written without spaces.

What is understood here is what recommending understands: tasks, languages, topics, licences.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from zukan.lazily import lazily
from zukan.store.expressions import any_of, every_of, token
from zukan.store.tokens import FEW_LANGUAGES, LANGUAGE, LICENSE, NAME, SOURCE, TARGET, TASK, facet
from zukan.store.vocabulary import Vocabulary
from zukan.store.wording import words_of
from zukan.typed_words import SAY_LICENCE

_SIZE = lazily(r"(?<![\w.])\d{1,3}(?:\.\d{1,2})?[bm](?![a-z0-9])", re.ASCII)
_VECTORS = "feature-extraction"
NAMED_OTHERWISE = frozenset(("translation", _VECTORS))
"""Of what translates names say languages by their codes; what is filed under vectors and says a language is mostly of
pictures."""


class Together(NamedTuple):
    """What several words mean together."""

    task: str
    expressions: tuple[str, ...]
    """For its models, the nearest first."""
    wide: str
    """For all of them that are about the same, whatever other words there were."""
    is_sure: bool
    """Whether they name no other task as much."""
    wishes: bool
    """Whether they ask for what is not looked for here, and what recommending weighs: a small one, one for a laptop."""


def sides(source: str | None, target: str | None) -> list[str]:
    """Return the expressions for models that translate from a language, and into one."""
    return [token(facet(kind, code)) for kind, code in ((SOURCE, source), (TARGET, target)) if code]


def named(words: str) -> str:
    """Return the expression for models that have all these words in their name."""
    return every_of(token(NAME + part) for part in words_of(words))


def together(text: str, vocabulary: Vocabulary) -> Together | None:
    """Return what words mean together: models for a task, with what it is about in their names.

    None where they name no task, or beside it what hardly a model has.
    """
    from zukan.languages import language_name  # noqa: PLC0415 (where no name has the words)
    from zukan.tasks import topic_signs  # noqa: PLC0415
    from zukan.understanding import understood  # noqa: PLC0415
    from zukan.wishes import wishes_in  # noqa: PLC0415

    wishes, rest = wishes_in(text)
    found = understood(rest) or understood(text)
    if found is None:
        return None
    if any(vocabulary.is_rare(part) for word in found.words for part in words_of(word)):
        return None
    related = any_of(token(facet(TASK, task)) for task in found.task.related_tasks)
    called = any_of(map(named, found.task.name_words)) if related else ""
    of_task = any_of((token(facet(TASK, found.task.task_id)), every_of((related, called)) if called else ""))
    required = [of_task, *(token(facet(FEW_LANGUAGES, code)) for code in found.languages)]
    required += sides(found.source_language, found.target_language)
    if wishes.license:
        required.append(_licensed(wishes.license))
    topics = [any_of(map(named, topic_signs(topic))) for topic in found.topics]
    words = [any_of((named(word), every_of(map(token, words_of(word))))) for word in found.words]
    nearest, wide = every_of((*required, *topics, *words)), every_of((*required, *topics))
    expressions = (nearest, wide) if topics and words else (nearest,)
    if found.task.task_id == _VECTORS:
        # What is filed under vectors is of pictures too, and of any text model; these are of texts for certain.
        of_texts = any_of((related, every_of((of_task, called))))
        expressions = (every_of((of_texts, *required[1:], *topics, *words)), *expressions)
    if found.languages and found.task.task_id not in NAMED_OTHERWISE:
        # Before what knows the language among others.
        own = every_of(named(language_name(code, "en").lower()) for code in found.languages)
        expressions = (*(every_of((one, own)) for one in expressions), *expressions)
    if sizes := [size[0] for size in _SIZE.finditer(text.lower())]:
        # Names say it: 7b.
        of_size = every_of(map(named, sizes))
        expressions = (*(every_of((one, of_size)) for one in expressions), *expressions)
    more = wishes._replace(license=None) != type(wishes)()
    return Together(found.task.task_id, expressions, wide, not found.alternatives, more)


def understood_word(text: str, heard: Sequence[tuple[str, ...]], name: str, direct: str) -> tuple[str, str, bool]:
    """Add what a word of a language written without spaces asks for: a task, languages, topics; or the name it says.

    Returns:
        How it is looked for in names, and anywhere; whether it is the name alone.

    """
    from zukan.tasks import japanese_word, known_words, serves_all, topic_signs, topic_tasks  # noqa: PLC0415 (only such words need these)
    from zukan.understanding import understood  # noqa: PLC0415

    text = unicodedata.normalize("NFKC", text)
    called = _all_in_name(heard) if heard else ""
    if english := japanese_word(text):
        # Names say it in English, whatever task it is mostly asked for with: the kansai of 関西弁.
        called = any_of((called, named(english)))
    required: list[str] = []
    spoken: list[str] = []
    licence = ""
    if any(sign in text for sign in SAY_LICENCE):
        from zukan.wishes import wishes_in  # noqa: PLC0415 (takes long to import)

        wishes, rest = wishes_in(text)
        licence, text = (_licensed(wishes.license), rest) if wishes.license else ("", text)
    found = understood(text)
    if found is None:
        signs: list[tuple[str, ...]] = [*heard] or [(one,) for one in known_words(text)]
    else:
        signs = [*map(topic_signs, found.topics), *((one,) for one in found.words if one.isascii())]
        required = [token(facet(TASK, found.task.task_id))]
        if found.target_language:
            required += sides(found.source_language, found.target_language)
        else:
            required += [token(facet(LANGUAGE, code)) for code in found.languages]
        spoken = [token(facet(FEW_LANGUAGES, code)) for code in found.languages]
    in_name = _all_in_name(signs)
    required += [
        any_of(every_of(any_of((token(NAME + part), token(part))) for part in words_of(sign)) for sign in some)
        for some in signs
    ]
    if licence and not required and not text.strip():
        # Hardly a name says it: beside other words all that are under it have it.
        return any_of((name, licence)), any_of((direct, licence)), False
    if licence and required:
        required.append(licence)
    if not required:
        return name, direct, False
    # What says how a task is done, or else what, is said by models of any task: long of 長い文章を要約, 軽量な.
    of_task = required[:1] if found is not None and (found.words or any(map(serves_all, found.topics))) else []
    if found is not None and found.topics and not of_task:
        # A tagger of pictures is none of words.
        of_topics = (task for topic in found.topics for task in topic_tasks(topic))
        tasks = dict.fromkeys((found.task.task_id, *of_topics))
        of_task = [any_of(token(facet(TASK, task)) for task in tasks)]
    if in_name:
        in_name = every_of((in_name, *of_task, *spoken, licence))
    elif spoken:
        # What hardly knows another language comes before what knows a hundred.
        in_name = every_of((*required, *spoken))
    return any_of((name, in_name, called)), any_of((direct, every_of(required), called)), found is None


def _all_in_name(signs: Sequence[tuple[str, ...]]) -> str:
    """Return the expression for models whose name says one of each."""
    return every_of(any_of(every_of(token(NAME + part) for part in words_of(sign)) for sign in some) for some in signs)


def _licensed(licence: str) -> str:
    """Return the expression for models under a licence, or one of a kind of licences."""
    from zukan.licences import KINDS  # noqa: PLC0415 (hardly a word asks for one)

    return any_of(token(facet(LICENSE, name)) for name in KINDS.get(licence, (licence,)))
