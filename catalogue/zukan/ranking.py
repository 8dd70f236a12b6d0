"""The score of a recommendation: one sum of named parts, whose worth is told in `zukan.points`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from zukan.advice import Fit, Hardware, Reason, Task, Understanding, Verdict
from zukan.evidence import Figure, usual
from zukan.fit import counted
from zukan.language_points import language_parts
from zukan.machine import is_any
from zukan.own_task import (
    SAME,
    built_for,
    is_untuned,
    makes_something_else,
    named_for,
    only_translates,
    only_writes,
    takes_no_text,
)
from zukan.pipelines import task_of_pipeline
from zukan.points import (
    BACKED_DOWNLOADS,
    BUILT_POINTS,
    CPU_COMFORT_BYTES,
    DOWNLOAD_POINTS,
    EVIDENCE_POINTS,
    FAMILY_POINTS,
    FILED_POINTS,
    FULL_AGE_DAYS,
    INFERRED_POINTS,
    LANGUAGE_MODEL_POINTS,
    LARGER_POINTS,
    LARGEST_MEASURED,
    LIKE_POINTS,
    LISTED_POINTS,
    MIDDLE_SIZE,
    OF_ITS_BASE,
    ONLY_WRITES_POINTS,
    OTHER_LIBRARY_POINTS,
    REPORTED,
    REPORTED_POINTS,
    SAID_LARGE_POINTS,
    SAID_SMALL_POINTS,
    SIZE_POINTS,
    SLOW_POINTS,
    SMALLEST,
    TIGHT_POINTS,
    TRIED_POINTS,
    UNKNOWN_ACCESS_POINTS,
    UNKNOWN_LOADER_POINTS,
    UNKNOWN_SIZE_POINTS,
    UNKNOWN_SMALL_POINTS,
    UNTUNED_POINTS,
    YEAR_POINTS,
    Known,
)
from zukan.reported import reports
from zukan.schema import MOST_KEPT, Family, Prospect
from zukan.size_in_name import size_said
from zukan.subject_points import subject_parts

_GENERAL = {"chat", "code", "math", "sql", "multilingual", "uncensored"}
"""Topics of which language models know the more, the larger they are."""
_LOADABLE = {None, "transformers", "sentence-transformers", "adapter-transformers", "safetensors"}
_LOADS_IMAGES = "timm"


def rank(
    model: Prospect, understood: Understanding, fit: Fit, hardware: Hardware, known: Known
) -> tuple[Reason, ...] | None:
    """Return the parts of a model's score, None if it cannot answer the question (a language it lacks)."""
    language = language_parts(model, understood, known)
    if language is None:
        return None
    parts = [
        *_adoption(model.likes, model.downloads, model.created, model.as_of),
        *(_evidence(known, model, understood) if known.figures or known.base else _reported(model, understood)),
        *_task(model, understood),
        *language,
    ]
    parts += subject_parts(model, understood)
    wishes = understood.wishes
    parts += _machine(fit, hardware, limited=wishes.max_memory is not None or wishes.max_download is not None)
    parts += _age(model, understood)
    size = _size(model, understood, known)
    if wishes.no_gated and model.gated is None:
        parts.append(Reason("access", UNKNOWN_ACCESS_POINTS, "not known whether its authors must grant access"))
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


@lru_cache(maxsize=MOST_KEPT)
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


def _evidence(known: Known, model: Prospect, understood: Understanding) -> list[Reason]:
    # Of language models the size has its own part: a small one is no worse for standing below large ones.
    size = model.num_parameters if _is_language_model(model, understood) else None
    parts = _measured(known.figures, 1.0, "", size)
    if not parts and known.base:
        parts = _measured(known.base_figures, OF_ITS_BASE, f" (its base {known.base})", size)
    for figure in known.figures:
        # What a library takes by itself for a task that it was not made for is no choice of the best.
        if figure.standing is None and (figure.language or _done(model, understood.task).points):
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


def _measured(figures: Sequence[Figure], share: float, of: str, size: int | None) -> list[Reason]:
    ranked = [figure for figure in figures if figure.standing is not None]
    return [_placed(figure, share / len(ranked), of, size) for figure in ranked]


def _placed(figure: Figure, share: float, of: str, size: int | None) -> Reason:
    """Return what a place on a leaderboard is worth: against the middle, or against what is usual for its size."""
    expected = usual(figure, size) if size else None
    beside = ""
    if expected is not None and size:
        beside = f" (usual for {counted(size)}: {round(1 + (1 - expected) * (figure.models - 1))})"
    return Reason(
        "leaderboard",
        round(EVIDENCE_POINTS * share * 2 * ((figure.standing or 0.0) - (0.5 if expected is None else expected)), 2),
        f"{figure.source.title}{f' ({figure.language})' if figure.language else ''}: "
        f"place {figure.place} of {figure.models}{beside}, {figure.source.metric} {figure.value:g}{of}",
        figure.source.title,
        figure.source.as_of or None,
    )


def _task(record: Prospect, understood: Understanding) -> list[Reason]:
    task = understood.task
    parts = [_done(record, task)]
    if is_untuned(record.model_id, task):
        parts.append(Reason("untuned", UNTUNED_POINTS, f"not trained for {task.task_id} yet"))
    if only_translates(record, task):
        parts.append(Reason("writes", ONLY_WRITES_POINTS, "was taught to translate, and nothing else"))
    if makes_something_else(record, task):
        parts.append(Reason("writes", ONLY_WRITES_POINTS, "its pipeline makes pictures, no videos"))
    if takes_no_text(record, understood):
        parts.append(Reason("writes", ONLY_WRITES_POINTS, "takes sounds or pictures, and no text"))
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


def _done(record: Prospect, task: Task) -> Reason:
    """Return what says that a model does the task, the surest first."""
    if record.pipeline_tag == task.task_id:
        return _filed(task.task_id)
    if record.pipeline_tag is None and record.inferred_task == task.task_id:
        return Reason("task", INFERRED_POINTS, f"{task.task_id} inferred from its class or type")
    if words := named_for(record.model_id, task):
        return Reason("task", FILED_POINTS, f"its name says {words}", "its name")
    if record.pipeline_tag in SAME.get(task.task_id, ()):
        return Reason("task", BUILT_POINTS, f"filed under the related {record.pipeline_tag}", "Hub")
    if built_for(record, task):
        return Reason("task", BUILT_POINTS, f"{record.model_type} models are built for {task.task_id}")
    if task_of_pipeline(record.tags) == task.task_id:
        return Reason("task", BUILT_POINTS, f"its pipeline is for {task.task_id}", "Hub")
    return Reason("task", 0.0, f"filed under the related {record.pipeline_tag}", "Hub")


@lru_cache(maxsize=100)
def _filed(task_id: str) -> Reason:
    return Reason("task", FILED_POINTS, f"filed under {task_id}", "Hub")


@lru_cache(maxsize=20)
def _suited(family: str, place: int) -> Reason:
    return Reason("family", round(FAMILY_POINTS / (1 + place), 2), f"{family} suits this task")


def _size(record: Prospect, understood: Understanding, known: Known) -> list[Reason]:
    """Return what the size says: larger ones do better, and whoever wants a small one wants it all the same."""
    prefer = understood.wishes.prefer
    if not record.num_parameters:
        return [_of_unknown_size(size_said(record.model_id))] if prefer == "small" else []
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


@lru_cache(maxsize=4)
def _of_unknown_size(said: str | None) -> Reason:
    """Return what a name says of the size for who prefers small ones, where nothing else tells it."""
    if said:
        text = f"small models are preferred, and its name says {said}"
        return Reason("small", SAID_SMALL_POINTS if said == "small" else SAID_LARGE_POINTS, text, "its name")
    return Reason("small", UNKNOWN_SMALL_POINTS, "small models are preferred, and its size is not known")


@lru_cache(maxsize=MOST_KEPT)
def _larger(num_parameters: int, tenfold: float, source: str | None) -> Reason:
    points = round(tenfold * math.log10(min(num_parameters, LARGEST_MEASURED) / MIDDLE_SIZE), 2)
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
