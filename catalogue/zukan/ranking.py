"""The score of a recommendation: one sum of named parts, the only place where points are given."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from zukan.evidence import Figure
from zukan.fit import counted
from zukan.languages import language_name, language_pair_in_name, languages_in_name
from zukan.machine import is_any
from zukan.own_task import SAME, is_untuned, named_for, only_writes
from zukan.reported import reports
from zukan.schema import Family, Fit, Hardware, Prospect, Reason, Understanding, Verdict
from zukan.subjects import found_in_name, found_in_tags, signs_of, spaced_name, unasked_signs
from zukan.tasks import is_model_name
from zukan.taught import taught

DOWNLOAD_POINTS = 3.0
"""For each factor of ten in downloads."""
LIKE_POINTS = 9.0
"""For each factor of ten in likes: a like is a person, a download often a build server."""
BACKED_DOWNLOADS = 200
"""So many downloads in 30 days count for each like (and one more): more are machines that fetch the same again."""
FULL_AGE_DAYS = 365
"""The likes of an older model count as its likes in a year: it had more time to be liked."""
YEAR_POINTS = -2.0
"""For each year of the age of a language model that writes text: on leaderboards of old and new ones, a year less is a
quarter of the list."""
EVIDENCE_POINTS = 12.0
"""For the first of a leaderboard; the last gets as many less, and the middle none: it is no worse to be measured and
average than not to be measured. Of several leaderboards their mean."""
OF_ITS_BASE = 0.6
"""What a leaderboard says of the base model counts so much for a model trained further."""
LISTED_POINTS = 8.0
"""For each list that has it: a library's own choice for the task, a list of models for a language."""
REPORTED_POINTS = 1.0
"""For results that its own card reports, where nobody independent says anything: less than a tie, so that it decides
nothing alone."""
FILED_POINTS = 8.0
INFERRED_POINTS = 6.0
BUILT_POINTS = 4.0
FAMILY_POINTS = 4.0
LANGUAGE_POINTS = 20.0
MULTILINGUAL_POINTS = 8.0
UNSTATED_POINTS, UNSTATED_ANYTHING_POINTS = -30.0, -20.0
"""Where no language is stated, it is mostly English alone; language models know many all the same."""
PAIR_POINTS = 20.0
TOPIC_POINTS = 40.0
"""A spam filter is what somebody wants who asks for one, however popular other classifiers are."""
NAMED_POINTS = 35.0
"""For the name of a model in the question: gemma, whisper."""
WORD_POINTS = 10.0
SUBJECT_POINTS = 25.0
"""For a word of the question where a model knows little beside its subject: what tells things apart, embeds, reads."""
OF_ANYTHING = frozenset(
    (
        "text-generation", "text2text-generation", "translation", "summarization", "question-answering", "any-to-any",
        "image-text-to-text", "text-to-image", "image-to-image", "image-text-to-image", "text-to-video",
    )
)  # fmt: skip
"""Tasks whose models know something of all subjects."""
MOST_WORDS = 2
"""So many words count: a long question says many things, and a long name some of them by chance."""
TRIED_POINTS = 6.0
TIGHT_POINTS = -6.0
UNKNOWN_SIZE_POINTS = -3.0
OTHER_LIBRARY_POINTS = -12.0
"""For a library whose models transformers does not load, where it could load others for the task."""
UNKNOWN_LOADER_POINTS = -10.0
"""Where neither library nor type nor family is known: nothing says that it can be loaded for the task."""
UNTUNED_POINTS = -30.0
"""For a model that was only taught to fill gaps, where a task must be learnt first: it answers nothing of use."""
ONLY_WRITES_POINTS = -20.0
"""For a language model that writes, where the answer is to be marked in a given text: it loads without what marks."""
SLOW_POINTS = -6.0
"""For each doubling of the weights beyond what a CPU can use at reading speed."""
CPU_COMFORT_BYTES = 4_000_000_000

SIZE_POINTS = 5.0
"""With `prefer`: for each halving of the size below `MIDDLE_SIZE`, or half of it for each doubling beyond."""
MIDDLE_SIZE = 300_000_000
UNKNOWN_SMALL_POINTS = -10.0
SMALLEST = -3.0
"""So many halvings below `MIDDLE_SIZE` count: what is smaller still runs anywhere, and is mostly a toy."""
LARGER_POINTS = 3.0
"""For each factor of ten in parameters beyond `MIDDLE_SIZE`, and as many less below it, where no leaderboard has
measured the model. On each in data/evidence/ larger models stand higher: by a quarter to a third of the list for each
factor of ten, so that this is half of what the same standing is worth where it was measured."""
LANGUAGE_MODEL_POINTS = 12.0
"""The same for language models that write text, for which nothing else says as much (0.7 to 0.9 is the rank correlation
with their standing on the six tables of Swallow): a factor of ten is as much as from the middle to the top of one."""

_FEW_LANGUAGES = 3
_GENERAL = {"chat", "code", "math", "sql", "multilingual", "uncensored"}
"""Topics of which language models know the more, the larger they are."""
_OF_PICTURES = ("image", "video")
"""Who describes a picture does it in English, or finds that most models know no other language."""
_READS_PICTURES = "image-to-text"
_NO_LANGUAGES = {"code"}
"""Stated as one, and none that people speak."""
_ONE_SIDE = re.compile(r"(many|one)-to-(many|one|en)(?![a-z])")
UNASKED_POINTS = -40.0
"""For a model of a few languages only, none of them that of the question: who asks in English seldom means German. More
than the tags for a topic bring."""
SPOKEN_POINTS, SPOKEN_AMONG_POINTS = 15.0, 6.0
"""For a model made for the language of the question, or that knows it among many, where that is not English and no
other is named."""
UNSTATED_SPOKEN_POINTS = -20.0
"""For a model that states no language, where the question is in another one than English."""
OFF_TOPIC_POINTS = -20.0
"""For a name that says a narrow topic where none was asked for: who wants pictures classified seldom means nudity."""
_LOADABLE = {None, "transformers", "sentence-transformers", "adapter-transformers", "safetensors"}
_LOADS_IMAGES = "timm"


REPORTED = "reported"
"""The name of the part for what the card reports."""


class Known(NamedTuple):
    """What is known of a model beside its own row."""

    figures: Sequence[Figure] = ()
    """Of itself."""
    base: str | None = None
    """The model it was made from, where only of that there are figures."""
    base_figures: Sequence[Figure] = ()
    trial: Mapping[str, Any] | None = None
    """The latest trial on this machine."""
    remote_trial: Mapping[str, Any] | None = None
    """The latest trial on another machine that answered."""


def rank(
    model: Prospect, understood: Understanding, fit: Fit, hardware: Hardware, known: Known
) -> tuple[Reason, ...] | None:
    """Return the parts of a model's score, None if it cannot answer the question (a language it lacks)."""
    language = _language(model, understood, known)
    if language is None:
        return None
    parts = [
        *_adoption(model.likes, model.downloads, model.created, model.as_of),
        *(_evidence(known) if known.figures or known.base else _reported(model, understood)),
        *_task(model, understood),
        *language,
    ]
    said = _words(model, understood) if understood.topics or understood.words else ()
    parts += said
    # A name that says what was asked for is not off the subject, whatever else it says but another field.
    by_name = any(part.source is None for part in said)
    parts += _off_topic(model.model_id, understood.task.task_id, understood.topics, understood.words, by_name)
    wishes = understood.wishes
    parts += _machine(fit, hardware, limited=wishes.max_memory is not None or wishes.max_download is not None)
    parts += _age(model, understood)
    size = _size(model, understood, known)
    if wishes.weights and fit.verdict is Verdict.UNKNOWN:
        # A copy of which it is not known whether it fits is not the better for being large.
        size = [part for part in size if part.points < 0]
    parts += size
    if known.trial is not None:
        parts.append(Reason("tried", TRIED_POINTS, "a trial on this machine answered", "measured here"))
    if known.remote_trial is not None:
        parts.append(_remote(known.remote_trial))
    # Each is rounded where it is worked out, so that what is shown adds up to the score that is shown.
    return tuple(parts)


def _remote(trial: Mapping[str, Any]) -> Reason:
    """Say that it answered elsewhere: no proof that it does here, so it is worth no points."""
    remote = trial.get("remote")
    name = remote.get("name") if isinstance(remote, Mapping) else (trial.get("hardware") or {}).get("node")
    day = str(trial.get("started_at"))[:10]
    return Reason("remote", 0.0, f"answered through {name}, not on this machine", "measured remotely", day)


@lru_cache(maxsize=5_000)
def _adoption(
    likes: int | None, downloads: int | None, created: str | None, as_of: str | None
) -> tuple[Reason, Reason]:
    """Return what likes and downloads say: the same of a model, whatever is asked."""
    if likes is None:
        liked = Reason("likes", 0.0, "likes unknown")
    else:
        years = _days_between(created or "", as_of or "") / FULL_AGE_DAYS
        counted_ = max(likes, 0) / max(years, 1.0)
        text = f"{likes:,} likes" if years <= 1 else f"{likes:,} likes in {years:.1f} years"
        liked = Reason("likes", round(LIKE_POINTS * math.log10(1 + counted_), 2), text, "Hub", as_of)
    if downloads is None:
        return liked, Reason("downloads", 0.0, "downloads unknown")
    backed = min(max(downloads, 0), BACKED_DOWNLOADS * (1 + max(likes or 0, 0)))
    text = f"{downloads:,} downloads in 30 days"
    if backed < downloads:
        text += f", counted as {backed:,} for so few likes"
    points = round(DOWNLOAD_POINTS * math.log10(1 + backed), 2)
    return liked, Reason("downloads", points, text, "Hub", as_of)


def _age(record: Prospect, understood: Understanding) -> list[Reason]:
    if not _is_language_model(record, understood) or not (years := _age_days(record) / FULL_AGE_DAYS):
        return []
    return [Reason("age", round(YEAR_POINTS * years, 2), f"{years:.1f} years old", "Hub", record.as_of)]


def _is_language_model(record: Prospect, understood: Understanding) -> bool:
    """Whether a model writes text and is asked for that."""
    task = understood.task
    return task.input_kind == "text" and task.families[0] == record.family == Family.DECODER_ONLY


def _age_days(record: Prospect) -> float:
    """Return how old a model was when its figures were stated; a moment where it is not known."""
    return _days_between(record.created or "", record.as_of or "")


@lru_cache(maxsize=20_000)
def _days_between(created: str, stated: str) -> float:
    try:
        return float(max((date.fromisoformat(stated) - date.fromisoformat(created)).days, 0))
    except ValueError:
        return 0.0


def _evidence(known: Known) -> list[Reason]:
    parts = _measured(known.figures, 1.0, "")
    if not parts and known.base:
        parts = _measured(known.base_figures, OF_ITS_BASE, f" (its base {known.base})")
    for figure in known.figures:
        if figure.standing is None:
            parts.append(
                Reason("listed", LISTED_POINTS, f"{figure.source.title}: {figure.source.metric}", figure.source.title,
                       figure.source.as_of or None)
            )  # fmt: skip
    return parts


def _reported(model: Prospect, understood: Understanding) -> list[Reason]:
    """Return what the model's own card reports: a stand-in for figures of others, where there are none."""
    if not reports(model, understood.task):
        return []
    return [Reason(REPORTED, REPORTED_POINTS, "results reported on its card, not verified", "card")]


def _measured(figures: Sequence[Figure], share: float, of: str) -> list[Reason]:
    ranked = [figure for figure in figures if figure.standing is not None]
    return [
        Reason(
            "leaderboard",
            round(EVIDENCE_POINTS * share * (2 * (figure.standing or 0.0) - 1) / len(ranked), 2),
            f"{figure.source.title}{f' ({figure.language})' if figure.language else ''}: "
            f"place {figure.place} of {figure.models}, {figure.source.metric} {figure.value:g}{of}",
            figure.source.title,
            figure.source.as_of or None,
        )
        for figure in ranked
    ]


def _task(record: Prospect, understood: Understanding) -> list[Reason]:
    task = understood.task
    if record.pipeline_tag == task.task_id:
        parts = [_filed(task.task_id)]
    elif record.pipeline_tag is None and record.inferred_task == task.task_id:
        parts = [Reason("task", INFERRED_POINTS, f"{task.task_id} inferred from its class or type")]
    elif record.pipeline_tag in SAME.get(task.task_id, ()):
        parts = [Reason("task", BUILT_POINTS, f"filed under the related {record.pipeline_tag}", "Hub")]
    elif record.model_type in task.model_types:
        parts = [Reason("task", BUILT_POINTS, f"{record.model_type} models are built for {task.task_id}")]
    elif words := named_for(record.model_id, task):
        parts = [Reason("task", BUILT_POINTS, f"its name says {words}", "its name")]
    else:
        parts = [Reason("task", 0.0, f"filed under the related {record.pipeline_tag}", "Hub")]
    if is_untuned(record.model_id, task):
        parts.append(Reason("untuned", UNTUNED_POINTS, f"not trained for {task.task_id} yet"))
    if only_writes(record, understood):
        parts.append(Reason("writes", ONLY_WRITES_POINTS, "writes an answer of its own, and marks none in a text"))
    wishes = understood.wishes
    if task.auto_class is not None and "any-format" not in wishes.allow and not wishes.weights:
        library = record.library_name
        if library not in _LOADABLE and not (library == _LOADS_IMAGES and "image" in task.input_kind):
            parts.append(Reason("library", OTHER_LIBRARY_POINTS, f"needs the library {library}", "Hub"))
        if not library and not record.model_type and record.family == Family.UNDETERMINED:
            parts.append(Reason("library", UNKNOWN_LOADER_POINTS, "nothing says how to load it"))
    if record.family in task.families:
        parts.append(_suited(record.family, task.families.index(Family(record.family))))
    return parts


@lru_cache(maxsize=100)
def _filed(task_id: str) -> Reason:
    return Reason("task", FILED_POINTS, f"filed under {task_id}", "Hub")


@lru_cache(maxsize=20)
def _suited(family: str, place: int) -> Reason:
    return Reason("family", round(FAMILY_POINTS / (1 + place), 2), f"{family} suits this task")


def _language(record: Prospect, understood: Understanding, measured: Known) -> list[Reason] | None:
    source, target = understood.source_language, understood.target_language
    if source or target:
        return _pair(record, source, target)
    if not understood.languages:
        return _unasked(record, understood)
    parts: list[Reason] = []
    for code in understood.languages:
        part = _of_language(record, code, understood, measured)
        if part is None:
            return None
        # That nothing is stated is one thing that is not known, however many languages were asked for.
        if part.points not in _UNSTATED or part.points not in (one.points for one in parts):
            parts.append(part)
    return parts


_UNSTATED = (UNSTATED_POINTS, UNSTATED_ANYTHING_POINTS)


def _of_language(record: Prospect, code: str, understood: Understanding, measured: Known) -> Reason | None:
    """Return what is to be said of a model for a language that was asked for; None where it lacks that."""
    known, in_name = record.languages, languages_in_name(record.model_id)
    name = language_name(code, "en")
    named = code in in_name or spaced_name(name) in spaced_name(record.model_id)
    if in_name and not named and in_name.isdisjoint(understood.languages):
        # A name that says another language means that one, also where this one is stated beside it.
        return _named_after(in_name) if code in known or not known else None
    if code in known or named:
        few = named or len(known) <= _FEW_LANGUAGES
        text = f"made for {name}" if few else f"multilingual, with {name}"
        return Reason("language", LANGUAGE_POINTS if few else MULTILINGUAL_POINTS, text, "its name" if named else "Hub")
    if (not known or "multilingual" in known) and (
        of_language := [figure for figure in measured.figures if figure.language == code]
    ):
        # Who measured or listed it for a language says that it knows it; a model for others was measured beside.
        return Reason("language", MULTILINGUAL_POINTS, f"multilingual, with {name}", of_language[0].source.title)
    return _not_stated(record, code, understood.task.task_id)


def _named_after(codes: frozenset[str]) -> Reason:
    text = f"made for {language_name(min(codes), 'en')}, which was not asked for"
    return Reason("language", UNASKED_POINTS, text, "its name")


def _may_know_any(record: Prospect, task_id: str) -> bool:
    """Whether a model that states no language may well know many: one that writes or draws, but for a T5 or BERT."""
    return task_id in OF_ANYTHING and record.family not in (Family.ENCODER_ONLY, Family.SEQ2SEQ)


def _not_stated(record: Prospect, code: str, task_id: str) -> Reason | None:
    """Return what is to be said of a model that does not state a language; None where it states others."""
    known, name = record.languages, language_name(code, "en")
    unstated = UNSTATED_ANYTHING_POINTS if _may_know_any(record, task_id) else UNSTATED_POINTS
    if (own := taught(record)) and code not in own:
        return None if known else Reason("language", UNSTATED_POINTS, f"not stated whether it knows {name}")
    if "multilingual" in known:
        return Reason("language", 0.0, f"multilingual, but not stated whether it knows {name}", "Hub")
    if known:
        return None
    if code == "en":
        return Reason("language", MULTILINGUAL_POINTS, "states no language, which mostly means English")
    return Reason("language", unstated, f"not stated whether it knows {name}")


def _unasked(record: Prospect, understood: Understanding) -> list[Reason]:
    """Return what is to be said of a model for the language in which it was asked for, or for others only."""
    spoken, kinds = understood.spoken, understood.task.input_kind.split("+")
    known = [code for code in record.languages if code not in _NO_LANGUAGES]
    in_name = languages_in_name(record.model_id)
    if spoken is None or not ("text" in kinds or "audio" in kinds) or understood.task.category in _OF_PICTURES:
        # What reads pictures reads one writing, which a name tells; what describes them does so in English anyhow.
        reads = spoken is not None and understood.task.task_id == _READS_PICTURES and spoken not in in_name
        return [_named_after(in_name - {"en"})] if reads and in_name - {"en"} else []
    if "music" in understood.topics:
        return []
    if in_name and spoken not in in_name:
        return [_named_after(in_name)]
    if not known and spoken in in_name and spoken != "en":
        return [Reason("language", SPOKEN_POINTS, f"made for {language_name(spoken, 'en')}", "its name")]
    if (own := taught(record)) and spoken not in own:
        names = ", ".join(language_name(code, "en") for code in sorted(own))
        return [Reason("language", UNASKED_POINTS, f"made for {names}, which was not asked for")]
    if not known:
        if spoken == "en" or _may_know_any(record, understood.task.task_id):
            return []
        text = f"not stated whether it knows {language_name(spoken, 'en')}"
        return [Reason("language", UNSTATED_SPOKEN_POINTS, text)]
    if spoken in known:
        if spoken == "en":
            return []
        name = language_name(spoken, "en")
        few = len(known) <= _FEW_LANGUAGES
        text = f"made for {name}" if few else f"multilingual, with {name}"
        points = SPOKEN_POINTS if few else SPOKEN_AMONG_POINTS
        return [Reason("language", points, text, "Hub")]
    # A model that hears knows the languages that it was taught; one that reads may know more than are stated.
    if "multilingual" in known or (len(known) > _FEW_LANGUAGES and "audio" not in kinds):
        return []
    # Many that write state English alone, and know other languages none the less.
    english = known == ["en"] and _may_know_any(record, understood.task.task_id)
    points = UNSTATED_SPOKEN_POINTS if english else UNASKED_POINTS
    return [Reason("language", points, f"made for {language_name(known[0], 'en')}, which was not asked for")]


def _pair(record: Prospect, source: str | None, target: str | None) -> list[Reason] | None:
    wanted = " to ".join(language_name(code, "en") for code in (source, target) if code)
    direction = language_pair_in_name(record.model_id)
    if direction:
        right = (source in (None, direction[0])) and (target in (None, direction[1]))
        return [Reason("languages", PAIR_POINTS, f"made for {wanted}", "its name")] if right else None
    asked = {code for code in (source, target) if code}
    if record.languages and (own := taught(record)) and not asked <= own:
        return None
    if record.model_type == "t5" and source not in (None, "en"):
        # T5 and Flan-T5 were taught to translate from English only.
        return [Reason("languages", -LANGUAGE_POINTS, f"not stated whether it translates {wanted}")]
    known = set(record.languages)
    if side := _ONE_SIDE.search(record.model_id.lower()):
        # mBART and its like: the one language is English.
        one_source, one_target = side[1] == "one", side[2] in ("one", "en")
        if (one_source and source not in (None, "en")) or (one_target and target not in (None, "en")):
            return None
    if asked <= known:
        return [Reason("languages", MULTILINGUAL_POINTS, f"knows the languages of {wanted}", "Hub")]
    if known and "multilingual" not in known:
        return None
    return [Reason("languages", -LANGUAGE_POINTS, f"not stated whether it translates {wanted}")]


def _words(record: Prospect, understood: Understanding) -> tuple[Reason, ...]:
    general = understood.task.task_id in OF_ANYTHING
    return _said(record.model_id, record.tags, understood.topics, understood.words, general)


@lru_cache(maxsize=5_000)
def _said(
    model_id: str, tags: tuple[str, ...], topics: tuple[str, ...], words: tuple[str, ...], general: bool
) -> tuple[Reason, ...]:
    """Return what a model's name and tags say of what is asked for: the same whatever else is wished."""
    parts = []
    of_topics, of_words = signs_of(topics, words)
    own = model_id.rpartition("/")[2]
    for points, wishes, most in ((TOPIC_POINTS, of_topics, len(of_topics)), (SUBJECT_POINTS, of_words, MOST_WORDS)):
        said: dict[str, Reason] = {}
        for signs in wishes:
            # Who names a model wants it; of one that knows something of everything a subject says less.
            called = is_model_name(signs[0][1])
            weight = NAMED_POINTS if called else WORD_POINTS if general and wishes is of_words else points
            # Who calls himself after a subject makes models for it, and after a word by chance: NovaSearch, LukeJ.
            if found := found_in_name(own if wishes is of_words else model_id, signs):
                said.setdefault(found, Reason("words", weight, f"its name says {found}"))
            elif found := found_in_tags(tags, signs):
                said.setdefault(found, Reason("words", round(weight * 0.75, 2), f"its tags say {found}", "Hub"))
        parts += sorted(said.values(), key=lambda part: -part.points)[:most]
    return tuple(parts)


@lru_cache(maxsize=5_000)
def _off_topic(
    model_id: str, task_id: str, topics: tuple[str, ...], words: tuple[str, ...], by_name: bool
) -> tuple[Reason, ...]:
    """Return what is to be said of a model for a topic that nobody asked for."""
    if not (found := found_in_name(model_id, unasked_signs(task_id, topics, words, fields=by_name))):
        return ()
    return (Reason("topic", OFF_TOPIC_POINTS, f"its name says {found}, which was not asked for", "its name"),)


def _size(record: Prospect, understood: Understanding, known: Known) -> list[Reason]:
    """Return what the size says: larger ones do better, and whoever wants a small one wants it all the same."""
    prefer = understood.wishes.prefer
    if not record.num_parameters:
        text = "small models are preferred, and its size is not known"
        return [Reason("small", UNKNOWN_SMALL_POINTS, text)] if prefer == "small" else []
    octaves = math.log2(max(record.num_parameters, 1) / MIDDLE_SIZE)
    if prefer == "small":
        points = round(-SIZE_POINTS * max(octaves, SMALLEST), 2)
        return [Reason("small", points, "small models are preferred", record.parameters_source)]
    parts = []
    is_language_model = _is_language_model(record, understood)
    # What was measured needs no estimate, but no leaderboard has language models of all sizes: its middle is large.
    if is_language_model or not any(figure.standing is not None for figure in known.figures):
        # Of proteins or contracts a model that was made for them knows more than a larger one.
        general = _GENERAL.issuperset(understood.topics)
        tenfold = LANGUAGE_MODEL_POINTS if is_language_model and general else LARGER_POINTS
        parts.append(_larger(record.num_parameters, tenfold, record.parameters_source))
    if prefer == "best":
        points = round(SIZE_POINTS / 2 * octaves, 2)
        text = "the best are preferred, and larger ones are better"
        parts.append(Reason("large", points, text, record.parameters_source))
    return parts


@lru_cache(maxsize=5_000)
def _larger(num_parameters: int, tenfold: float, source: str | None) -> Reason:
    points = round(tenfold * math.log10(num_parameters / MIDDLE_SIZE), 2)
    return Reason("size", points, f"{counted(num_parameters)} parameters, and larger ones do better", source)


def _machine(fit: Fit, hardware: Hardware, *, limited: bool) -> list[Reason]:
    if is_any(hardware) and not limited:
        return []
    if fit.verdict is Verdict.UNKNOWN:
        return [Reason("fit", UNKNOWN_SIZE_POINTS, "size unknown")]
    parts = []
    if fit.verdict is Verdict.TIGHT:
        parts.append(Reason("fit", TIGHT_POINTS, "a tight fit in this machine's memory", "estimated"))
    weights = fit.file_bytes or 0
    if not hardware.accelerator and weights > CPU_COMFORT_BYTES:
        points = round(SLOW_POINTS * math.log2(weights / CPU_COMFORT_BYTES), 2)
        parts.append(Reason("speed", points, "slow without a graphics card", "estimated"))
    return parts
