"""The score of a recommendation: one sum of named parts, the only place where points are given."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

from zukan.languages import language_name, language_pair_in_name
from zukan.schema import Fit, Hardware, Prospect, Reason, Understanding, Verdict
from zukan.tasks import topic_signs

DOWNLOAD_POINTS = 4.0
"""For each factor of ten in downloads."""
LIKE_POINTS = 6.0
"""For each factor of ten in likes: a like is a person, a download often a build server."""
FILED_POINTS = 8.0
INFERRED_POINTS = 6.0
BUILT_POINTS = 4.0
FAMILY_POINTS = 4.0
LANGUAGE_POINTS = 14.0
MULTILINGUAL_POINTS = 6.0
PAIR_POINTS = 16.0
TOPIC_POINTS = 40.0
"""A spam filter is what somebody wants who asks for one, however popular other classifiers are."""
WORD_POINTS = 10.0
TRIED_POINTS = 6.0
TIGHT_POINTS = -6.0
UNKNOWN_SIZE_POINTS = -3.0
OTHER_LIBRARY_POINTS = -8.0
"""For a library whose models transformers does not load, where it could load others for the task."""
SLOW_POINTS = -6.0
"""For each doubling of the weights beyond what a CPU can use at reading speed."""
CPU_COMFORT_BYTES = 4_000_000_000

_FEW_LANGUAGES = 3
_LOADABLE = {None, "transformers", "sentence-transformers", "timm", "adapter-transformers", "safetensors"}


def rank(
    model: Prospect,
    understood: Understanding,
    fit: Fit,
    hardware: Hardware,
    trial: Mapping[str, Any] | None,
) -> tuple[Reason, ...] | None:
    """Return the parts of a model's score, None if it cannot answer the question (a language it lacks)."""
    parts = [*_adoption(model), *_task(model, understood)]
    language = _language(model, understood)
    if language is None:
        return None
    parts += language
    if understood.topics or understood.words:
        parts += _words(model, understood)
    parts += _machine(fit, hardware)
    if trial is not None:
        parts.append(Reason("tried", TRIED_POINTS, "a trial on this machine answered", "measured here"))
    # Rounded here, so that what is shown adds up to the score that is shown.
    return tuple(part._replace(points=round(part.points, 2)) for part in parts)


def _adoption(record: Prospect) -> list[Reason]:
    parts = []
    for name, value, weight in (
        ("downloads", record.downloads, DOWNLOAD_POINTS),
        ("likes", record.likes, LIKE_POINTS),
    ):
        if value is None:
            parts.append(Reason(name, 0.0, f"{name} unknown"))
        else:
            period = " in 30 days" if name == "downloads" else ""
            points = weight * math.log10(1 + max(value, 0))
            parts.append(Reason(name, points, f"{value:,} {name}{period}", "Hub", record.as_of))
    return parts


def _task(record: Prospect, understood: Understanding) -> list[Reason]:
    task = understood.task
    parts = []
    if record.pipeline_tag == task.task_id:
        parts.append(Reason("task", FILED_POINTS, f"filed under {task.task_id}", "Hub"))
    elif record.pipeline_tag is None and record.inferred_task == task.task_id:
        parts.append(Reason("task", INFERRED_POINTS, f"{task.task_id} inferred from its class or type"))
    elif record.model_type in task.model_types:
        parts.append(Reason("task", BUILT_POINTS, f"{record.model_type} models are built for {task.task_id}"))
    else:
        parts.append(Reason("task", 0.0, f"filed under the related {record.pipeline_tag}", "Hub"))
    if task.auto_class and record.library_name not in _LOADABLE:
        parts.append(Reason("library", OTHER_LIBRARY_POINTS, f"needs the library {record.library_name}", "Hub"))
    if record.family in task.families:
        place = [str(family) for family in task.families].index(record.family)
        parts.append(Reason("family", FAMILY_POINTS / (1 + place), f"{record.family} suits this task"))
    return parts


def _language(record: Prospect, understood: Understanding) -> list[Reason] | None:
    source, target = understood.source_language, understood.target_language
    if source or target:
        return _pair(record, source, target)
    parts: list[Reason] = []
    if not understood.languages:
        return parts
    known = json.loads(record.languages)
    for code in understood.languages:
        name = language_name(code, "en")
        named = _spaced(name) in _spaced(record.model_id)
        if code in known or named:
            few = named or len(known) <= _FEW_LANGUAGES
            points = LANGUAGE_POINTS if few else MULTILINGUAL_POINTS
            text = f"made for {name}" if few else f"multilingual, with {name}"
            parts.append(Reason("language", points, text, "its name" if named else "Hub"))
        elif not known or "multilingual" in known:
            parts.append(Reason("language", -LANGUAGE_POINTS, f"not stated whether it knows {name}"))
        else:
            return None
    return parts


def _pair(record: Prospect, source: str | None, target: str | None) -> list[Reason] | None:
    wanted = " to ".join(language_name(code, "en") for code in (source, target) if code)
    direction = language_pair_in_name(record.model_id)
    if direction:
        right = (source in (None, direction[0])) and (target in (None, direction[1]))
        return [Reason("languages", PAIR_POINTS, f"made for {wanted}", "its name")] if right else None
    if record.model_type == "t5" and source not in (None, "en"):
        # T5 and Flan-T5 were taught to translate from English only.
        return [Reason("languages", -LANGUAGE_POINTS, f"not stated whether it translates {wanted}")]
    asked = {code for code in (source, target) if code}
    known = set(json.loads(record.languages))
    if asked <= known:
        return [Reason("languages", MULTILINGUAL_POINTS, f"knows the languages of {wanted}", "Hub")]
    if known and "multilingual" not in known:
        return None
    return [Reason("languages", -LANGUAGE_POINTS, f"not stated whether it translates {wanted}")]


def _words(record: Prospect, understood: Understanding) -> list[Reason]:
    parts = []
    name, tags = _spaced(record.model_id), _spaced(record.tags)
    wishes = [(TOPIC_POINTS, [f" {sign} " for sign in topic_signs(topic)]) for topic in understood.topics[:2]]
    # A word may be the beginning of a longer one; a topic's signs are whole words.
    wishes += [(WORD_POINTS, [f" {_spaced(word).strip()}"]) for word in understood.words[:6]]
    for weight, signs in wishes:
        for text, share, where in ((name, 1.0, "its name says"), (tags, 0.75, "its tags say")):
            if found := next((sign for sign in signs if sign in text), None):
                parts.append(Reason("words", weight * share, f"{where} {found.strip()}", None if share == 1 else "Hub"))
                break
    return parts


def _spaced(text: str) -> str:
    """Return lower-case words with single spaces around them, so that a word is found only at its beginning."""
    words = re.split(r"[^0-9a-z\u3040-\u9fff]+", text.lower())
    return f" {' '.join(words)} "


def _machine(fit: Fit, hardware: Hardware) -> list[Reason]:
    if fit.verdict is Verdict.UNKNOWN:
        return [Reason("fit", UNKNOWN_SIZE_POINTS, "size unknown")]
    parts = []
    if fit.verdict is Verdict.TIGHT:
        parts.append(Reason("fit", TIGHT_POINTS, "a tight fit in this machine's memory", "estimated"))
    weights = fit.file_bytes or 0
    if not hardware.accelerator and weights > CPU_COMFORT_BYTES:
        points = SLOW_POINTS * math.log2(weights / CPU_COMFORT_BYTES)
        parts.append(Reason("speed", points, "slow without a graphics card", "estimated"))
    return parts
