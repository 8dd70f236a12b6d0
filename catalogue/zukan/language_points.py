"""What a model's languages are worth for a question: those that were asked for, a translation's, the question's own."""

from __future__ import annotations

from collections.abc import Sequence

from zukan.advice import Reason, Understanding
from zukan.directions import english_sides
from zukan.languages import NO_LANGUAGES, language_name, language_pair_in_name, languages_in_name
from zukan.points import (
    LANGUAGE_POINTS,
    MULTILINGUAL_POINTS,
    NO_LANGUAGE_POINTS,
    OF_ANYTHING,
    PAIR_POINTS,
    SPOKEN_AMONG_POINTS,
    SPOKEN_POINTS,
    UNASKED_POINTS,
    UNSTATED_ANYTHING_POINTS,
    UNSTATED_POINTS,
    UNSTATED_SPOKEN_POINTS,
    Known,
)
from zukan.schema import Family, Prospect
from zukan.subjects import spaced_name
from zukan.taught import reads_many, taught

_FEW_LANGUAGES = 3
_FEW_BESIDE = 3
"""Who states two or three languages beside `multilingual` means these: Arabic and its Algerian."""
_OF_PICTURES = ("image", "video")
"""Who describes a picture does it in English, or finds that most models know no other language."""
_READS_PICTURES = "image-to-text"
_READS_LABELS = ("zero-shot-image-classification",)
"""What is compared with a picture there are words of whoever asks."""
_HEARS_ANY = ("audio-to-audio", "voice-activity-detection")
"""Tasks that change or find sound, whatever is said."""
_OF_NO_LANGUAGE = frozenset(
    ("music", "protein", "dna", "chemistry", "sound-events", "instruments", "birds", "animals", "source-separation",
     "speech-enhancement", "diarization", "speaker", "songs")
)  # fmt: skip
"""Sounds and sequences that are the same whatever people speak."""


def language_parts(record: Prospect, understood: Understanding, measured: Known) -> list[Reason] | None:
    """Return what a model's languages are worth; None where it lacks one that was asked for."""
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


_UNSTATED = (UNSTATED_POINTS, UNSTATED_ANYTHING_POINTS, UNASKED_POINTS)


def _of_language(record: Prospect, code: str, understood: Understanding, measured: Known) -> Reason | None:
    """Return what is to be said of a model for a language that was asked for; None where it lacks that."""
    known, in_name = record.languages, languages_in_name(record.model_id)
    name = language_name(code, "en")
    # Putting spaces between words takes long, and few names say a language.
    named = code in in_name or (
        name.lower().split()[0] in record.model_id.lower() and spaced_name(name) in spaced_name(record.model_id)
    )
    if in_name and not named and in_name.isdisjoint(understood.languages):
        # A name that says another language means that one, also where this one is stated beside it.
        return _named_after(in_name) if code in known or not known else None
    if code in known or named:
        few = named or _is_for(code, known)
        text = f"made for {name}" if few else f"multilingual, with {name}"
        return Reason("language", LANGUAGE_POINTS if few else MULTILINGUAL_POINTS, text, "its name" if named else "Hub")
    if (not known or "multilingual" in known) and (
        of_language := [figure for figure in measured.figures if figure.language == code]
    ):
        # Who measured it for a language says that it knows it, and a list of models of a language that it is for that.
        # Of language models the best know many: on Swallow's tables those that are listed stand no higher.
        listed = next((figure for figure in of_language if figure.standing is None), None)
        if listed and understood.task.task_id not in OF_ANYTHING:
            return Reason("language", LANGUAGE_POINTS, f"made for {name}", listed.source.title)
        return Reason("language", MULTILINGUAL_POINTS, f"multilingual, with {name}", of_language[0].source.title)
    return _not_stated(record, code, understood.task.task_id)


def _is_for(code: str, known: Sequence[str]) -> bool:
    """Whether a model of a few languages is made for one of them: that is named first, or beside English alone."""
    spoken = [one for one in known if one not in NO_LANGUAGES]
    return 0 < len(spoken) <= _FEW_LANGUAGES and (spoken[0] == code or {*spoken} <= {code, "en"})


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
        # Its vocabulary does not hold it, whatever the subject.
        return None if known else Reason("language", UNASKED_POINTS, f"not stated whether it knows {name}")
    if "multilingual" in known and not _FEW_BESIDE <= len(known) <= _FEW_LANGUAGES + 1:
        return Reason("language", 0.0, f"multilingual, but not stated whether it knows {name}", "Hub")
    if known:
        return None
    if task_id not in OF_ANYTHING and reads_many(record) and code != "en":
        text = f"its type reads many languages, but not stated whether it knows {name}"
        return Reason("language", 0.0, text)
    if code == "en":
        return Reason("language", MULTILINGUAL_POINTS, "states no language, which mostly means English")
    return Reason("language", unstated, f"not stated whether it knows {name}")


def _unasked(record: Prospect, understood: Understanding) -> list[Reason]:
    """Return what is to be said of a model for the language in which it was asked for, or for others only."""
    spoken, kinds = understood.spoken, understood.task.input_kind.split("+")
    known = [code for code in record.languages if code not in NO_LANGUAGES]
    in_name = languages_in_name(record.model_id)
    of_pictures = understood.task.category in _OF_PICTURES and understood.task.task_id not in _READS_LABELS
    if not ("text" in kinds or "audio" in kinds) or of_pictures:
        return _reading_pictures(record, understood, in_name)
    if understood.task.task_id in _HEARS_ANY or not _OF_NO_LANGUAGE.isdisjoint(understood.topics):
        return []
    if spoken is None:
        return _other_than_english(record, in_name, known)
    if in_name and spoken not in in_name:
        return [_named_after(in_name)]
    if not known and spoken in in_name and spoken != "en":
        return [Reason("language", SPOKEN_POINTS, f"made for {language_name(spoken, 'en')}", "its name")]
    if (own := taught(record)) and spoken not in own:
        # Labels can be written in another language, if need be.
        points = UNSTATED_SPOKEN_POINTS if understood.task.task_id in _READS_LABELS else UNASKED_POINTS
        return [_made_for(known or sorted(own), points)]
    if not known:
        if spoken == "en" or _may_know_any(record, understood.task.task_id) or reads_many(record):
            return []
        text = f"not stated whether it knows {language_name(spoken, 'en')}"
        return [Reason("language", UNSTATED_SPOKEN_POINTS, text)]
    if spoken in known:
        if spoken == "en":
            return []
        name = language_name(spoken, "en")
        few = _is_for(spoken, known)
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


def _reading_pictures(record: Prospect, understood: Understanding, in_name: frozenset[str]) -> list[Reason]:
    """Return what is to be said of a model for the language of who asks for one that looks at pictures.

    What reads them reads one writing, which its name or make tells; what describes them does so in English anyhow.
    """
    spoken = understood.spoken
    if spoken is None or understood.task.task_id != _READS_PICTURES or spoken in in_name:
        return []
    if in_name - {"en"}:
        return [_named_after(in_name - {"en"})]
    own = None if in_name else taught(record)
    return [_made_for(sorted(own))] if own and spoken not in own else []


def _made_for(codes: Sequence[str], points: float = UNASKED_POINTS) -> Reason:
    names = ", ".join(language_name(code, "en") for code in codes)
    return Reason("language", points, f"made for {names}, which was not asked for")


def _other_than_english(record: Prospect, in_name: frozenset[str], known: Sequence[str]) -> list[Reason]:
    """Return what is to be said of a model for one other language, where a task's name was all that was said."""
    other = [*(in_name if "en" not in in_name else ()), *(() if {"en", "multilingual"} & {*known} else known[:1])]
    if not other or len(known) > _FEW_LANGUAGES:
        return []
    text = f"made for {language_name(min(in_name) if in_name else other[0], 'en')}, which was not asked for"
    return [Reason("language", NO_LANGUAGE_POINTS, text, "its name" if in_name else "Hub")]


def _pair(record: Prospect, source: str | None, target: str | None) -> list[Reason] | None:
    wanted = " to ".join(language_name(code, "en") for code in (source, target) if code)
    direction = language_pair_in_name(record.model_id)
    if direction:
        right = (source in (None, direction[0])) and (target in (None, direction[1]))
        return [Reason("languages", PAIR_POINTS, f"made for {wanted}", "its name")] if right else None
    asked = {code for code in (source, target) if code}
    if asked == languages_in_name(record.model_id):
        # It says the two without a direction: both ways.
        return [Reason("languages", PAIR_POINTS, f"made for {wanted}", "its name")]
    if record.languages and (own := taught(record)) and not asked <= own:
        return None
    if record.model_type == "t5" and source not in (None, "en"):
        # T5 and Flan-T5 were taught to translate from English only.
        return [Reason("languages", -LANGUAGE_POINTS, f"not stated whether it translates {wanted}")]
    known = set(record.languages)
    from_english, into_english = english_sides(record.model_id)
    if (from_english and source not in (None, "en")) or (into_english and target not in (None, "en")):
        return None
    if asked <= known:
        return [Reason("languages", MULTILINGUAL_POINTS, f"knows the languages of {wanted}", "Hub")]
    if known and "multilingual" not in known:
        return None
    return [Reason("languages", -LANGUAGE_POINTS, f"not stated whether it translates {wanted}")]
