"""The box that tries a model: which inputs its task takes, with an example, and what is to be known before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from zukan.outcomes import TrialRequest
from zukan.tasks import all_tasks
from zukan.trial.abilities import ALIASES
from zukan.trial.examples import complete, labels
from zukan.trial.senses import CHOOSERS, SENSES, Reads, reads
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.texts import UNKNOWN
from zukan_cli.trial_options import ASK_ABOVE_BYTES

if TYPE_CHECKING:
    from zukan.schema import Fit, Task
    from zukan_cli.browse.visit import Visit

_FIELDS = {
    "question-answering": ("context",),
    "zero-shot-classification": ("labels",),
    "sentence-similarity": ("compare_with",),
    "text-ranking": ("compare_with",),
    "translation": ("source_language", "target_language"),
    **dict.fromkeys(CHOOSERS, ("labels",)),
}
"""What a task takes beside the text, or beside the picture, sound or table, which zukan makes itself here."""


def box(visit: Visit, model_id: str, task: str, fit: Fit | None, *, text: str = "") -> dict[str, Any]:
    """Return what the box shows.

    Args:
        visit: The page; its argument `task` chooses another task than the model's own.
        model_id: The model.
        task: What it is filed under; "" where that is not known.
        fit: What it needs here; None for a miniature, which always fits.
        text: An input to begin with, else the task's example.

    """
    triable = {one.task_id: one for one in all_tasks() if one.trial}
    chosen = visit.one("task", 80) or task
    can = chosen in triable
    japanese = language() == "ja" and task != "fill-mask"
    example = TrialRequest(model_id, text=text or None, task=chosen)
    done_as = ALIASES.get(chosen, chosen)
    own = reads(done_as) if can else Reads.TEXT
    if can and own is Reads.TEXT and not text:
        example = complete(example, chosen, japanese=japanese)
    if chosen in CHOOSERS:
        example = replace(example, labels=labels(chosen, japanese=japanese))
    return {
        "model_id": model_id,
        "task": chosen,
        "can": can,
        "token": visit.token,
        "example": example,
        "fields": _FIELDS.get(chosen, ()) if can else (),
        "own": "" if own is Reads.TEXT else str(own),
        "takes_text": own is Reads.TEXT or SENSES[done_as].takes_text,
        "task_name": _name(triable[chosen]) if can else chosen or UNKNOWN,
        "tasks": [(_name(one), visit.address(task=name)) for name, one in triable.items() if name != chosen],
        "download": fit.download_bytes if fit else None,
        "warning": _("It does not fit into the memory of this machine.") if fit and fit.verdict == "too large" else "",
    }


def _name(task: Task) -> str:
    return task.name_ja if language() == "ja" else task.name


def form_of(request: TrialRequest) -> dict[str, str]:
    """Return the form that asks for a trial again, with leave to download what it takes."""
    fields = {
        "model": request.model,
        "text": request.text,
        "task": request.task,
        "source_language": request.source_language,
        "target_language": request.target_language,
        "context": request.context,
        "labels": ", ".join(request.labels),
        "compare_with": "\n".join(request.compare_with),
    }
    return {**{name: value for name, value in fields.items() if value}, "yes": "1"}


def request_of(visit: Visit) -> TrialRequest:
    """Return the trial that a posted form asks for; code from the Hub never runs from here."""
    task = visit.one("task", 80)
    labels = visit.one("labels", 4_000)
    others = visit.one("compare_with", 20_000)
    return TrialRequest(
        model=visit.one("model", 400),
        text=visit.one("text", 20_000) or None,
        task=task or None,
        source_language=visit.one("source_language", 40) or None,
        target_language=visit.one("target_language", 40) or None,
        context=visit.one("context", 20_000) or None,
        labels=tuple(label.strip() for label in labels.replace("、", ",").split(",") if label.strip()),
        compare_with=tuple(line.strip() for line in others.splitlines() if line.strip()),
        offline=visit.one("offline") == "1",
        download_limit_bytes=None if visit.one("yes") == "1" else ASK_ABOVE_BYTES,
    )
