"""Reads what a question and the options beside it ask for together: task, languages, subject, wishes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from zukan.about import subjects_of, words_about
from zukan.advice import Understanding, Wishes
from zukan.countries import languages_of_senders
from zukan.demands import checked
from zukan.errors import QueryError, UnknownTask
from zukan.kana_spellings import with_kanji
from zukan.languages import language_name
from zukan.lazily import lazily
from zukan.likened import Likened, likened
from zukan.mentions import unwanted_mentions
from zukan.phrases import is_japanese, normalise
from zukan.query_values import language_named
from zukan.slips import mended
from zukan.store.read import CatalogueReader
from zukan.store.tokens import NAME
from zukan.tasks import is_own_name
from zukan.tasks import task as find_task
from zukan.understanding import phrases_in, topics_in, understand
from zukan.unwanted import without_unwanted
from zukan.unwanted_names import unwanted_names
from zukan.wishes import wishes_in

if TYPE_CHECKING:
    from zukan.misnamed import Misnamed

_OF_CHINESE = lazily("[译语说这为识认类实总结图视频测试问题对话听读检词们吗譯說這們嗎]")
"""Characters that Japanese writes otherwise."""
_TELLS_LANGUAGES = "language-detection"
_SAYS_A_TASK = 1.5
"""A phrase of such weight, any but a hint, tells a task, whatever the model does that a question compares with."""
_ANSWERS_ABOUT_PICTURES, _TALKS_ABOUT_PICTURES = "visual-question-answering", "image-text-to-text"
_MARKS_OF_FIELDS = frozenset(":：")
_KANA = lazily(r"[\u3041-\u3096\u30a1-\u30fa]")


def asked_for(
    reader: CatalogueReader,
    question: str,
    languages: Sequence[str],
    source_language: str | None,
    target_language: str | None,
    wishes: Wishes,
) -> Understanding:
    """Return what a question and options ask for together.

    Raises:
        UnknownTask: The question names no task.
        QueryError: It asks for what no model can be.

    """
    typed = question
    fields, question = _fields(reader, with_kanji(question))
    alike = likened(reader, question)
    question, meant = _of_its_task(reader, question, alike) if alike else (question, None)
    said, rest = wishes_in(question, lambda: _day_of(reader))
    shunned, rest = unwanted_names(rest or question, reader.vocabulary)
    rest = without_unwanted(rest or question)
    understood = _understand(rest, typed)
    if meant and understood.task.task_id != meant:
        understood = understood._replace(
            task=find_task(meant), topics=topics_in(normalise(rest), meant), alternatives=(), probability=None
        )
    understood = _of_other_languages(understood, languages)
    if _TELLS_LANGUAGES in understood.topics:
        # Languages that are to be told apart are none that a model shall speak.
        understood = understood._replace(languages=())
    alone = is_own_name(question, understood.task)
    wrong = _misnamed(rest) if understood.task.task_id == "translation" and not alone else []
    for name in (one.name for one in wrong if one.certain):
        language_named(name)
    source = source_language or understood.source_language
    target = target_language or understood.target_language
    if alike and not (source or target or languages):
        source, target = _directions_of(alike, understood)
    if source is not None and source == target:
        raise QueryError(f"a translation needs two languages, not twice {language_name(source)}")
    # The name of a task alone is used by many, whatever they speak, but where it has kana.
    spoken = None if alone and not _KANA.search(question) else _spoken(question)
    if understood.task.task_id == "translation" and (source is None) != (target is None):
        # Who says from where the letters come says in which language they are; who names one language means the own
        # one by the other: 英訳, "translate French letters".
        if source is None:
            source = next((code for code in languages_of_senders(rest) if code != target), None)
        if spoken not in (source, target):
            source, target = source or spoken, target or spoken
    if said.no_gated and not wishes.no_gated:
        # Who would rather not log in can try what may be open; the option leaves out what is not known to be.
        said = said._replace(or_unknown=True)
    wanted = {*understood.languages, *languages, source, target}
    named = [] if alone else unwanted_mentions(normalise(rest))
    codes = [one.code for one in named if one.code not in wanted]
    unwanted = [language_name(code, "en").lower() for code in codes] if understood.task.task_id != "translation" else []
    if shunned or unwanted:
        every = (*(said.without or "").split("|"), *shunned, *unwanted)
        said = said._replace(without="|".join(dict.fromkeys(every)).strip("|"))
    if alike:
        said = _with_its_size(said, alike)
    return understood._replace(
        likened=alike.model.model_id if alike else None,
        words=words_about(rest, understood, reader.vocabulary),
        subjects=subjects_of(rest, understood),
        languages=tuple(dict.fromkeys((*understood.languages, *languages))),
        source_language=source,
        target_language=target,
        unread=tuple(one.name for one in wrong),
        spoken=spoken,
        wishes=checked(_over(_over(said, fields), wishes)),
    )


def _fields(reader: CatalogueReader, question: str) -> tuple[Wishes, str]:
    """Return (what the fields of a question ask for, the rest of it without slips of the keyboard).

    Raises:
        UnknownTask: There is no rest: fields alone name no task.

    """
    fields, rest = Wishes(), question
    if not _MARKS_OF_FIELDS.isdisjoint(question):
        from zukan.asked_fields import fields_in  # noqa: PLC0415 (hardly a question has any)

        fields, rest = fields_in(question, lambda name: bool(reader.authors.kin(name)))
    if not rest:
        raise UnknownTask(question, ())
    return fields, mended(rest, lambda word: reader.vocabulary.count(NAME + word) > 0)


def _understand(rest: str, typed: str) -> Understanding:
    """Return what is left of a question understood; an error names all of it, since nobody has typed the rest."""
    try:
        return understand(rest)
    except UnknownTask as error:
        raise UnknownTask(typed, error.suggestions) from None


def _misnamed(rest: str) -> list[Misnamed]:
    from zukan.misnamed import misnamed  # noqa: PLC0415 (translations alone need it)

    return misnamed(rest)


def _over(wishes: Wishes, others: Wishes) -> Wishes:
    """Return wishes with those of others in their place."""
    return wishes._replace(**{name: wish for name, wish in others._asdict().items() if wish})


def _of_other_languages(understood: Understanding, languages: Sequence[str]) -> Understanding:
    """Return what was understood; what answers questions about pictures in a few words knows English alone."""
    if understood.task.task_id != _ANSWERS_ABOUT_PICTURES or not {*understood.languages, *languages} - {"en"}:
        return understood
    others = tuple(dict.fromkeys((_ANSWERS_ABOUT_PICTURES, *understood.alternatives)))
    return understood._replace(task=find_task(_TALKS_ABOUT_PICTURES), alternatives=others[:3])


def _of_its_task(reader: CatalogueReader, question: str, alike: Likened) -> tuple[str, str | None]:
    """Return a question with a model's task in the place of its name, and that; or without either where it says one.

    The name stays where others of its kind are meant, or where it says languages.
    """
    before, behind = question[: alike.start], question[alike.end :]
    _said, others = wishes_in(f"{before} {behind}", lambda: _day_of(reader))
    weights, chosen = phrases_in(without_unwanted(others))
    of_it = alike.task and (chosen in (None, alike.task) or chosen in find_task(alike.task).related_tasks)
    if not of_it and chosen is not None and weights[chosen] >= _SAYS_A_TASK:
        return f"{before} {behind}", None
    name = alike.model.model_id.rpartition("/")[2] if alike.is_kind and alike.pair is None else ""
    return f"{before} {(alike.task or '').replace('-', ' ')} {name} {behind}", alike.task


def _directions_of(alike: Likened, understood: Understanding) -> tuple[str | None, str | None]:
    """Return the languages of the model that a translation is compared with: who names none means those."""
    of_others = understood.task.task_id != "translation" or set(understood.languages) - set(alike.pair or ())
    return (None, None) if of_others or alike.pair is None else alike.pair


def _with_its_size(said: Wishes, alike: Likened) -> Wishes:
    """Return the wishes of a question with those that compare; smaller than a model is not the smallest."""
    own = {name: wish for name, wish in said._asdict().items() if wish}
    if alike.wishes.max_parameters and said.prefer == "small":
        own.pop("prefer")
    return alike.wishes._replace(**own)


def _day_of(reader: CatalogueReader) -> date:
    """Return the day from which ages count back: newer models than its own the catalogue does not know."""
    day = reader.newest()
    return date.fromisoformat(day) if day else datetime.now(UTC).date()


def _spoken(question: str) -> str | None:
    """Return the language that a question is written in, None for a single English word, and for Chinese."""
    if is_japanese(question):
        return "ja" if _KANA.search(question) or not _OF_CHINESE.search(question) else None
    return "en" if " " in question.strip() else None
