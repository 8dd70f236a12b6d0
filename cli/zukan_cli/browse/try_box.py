"""The box that tries a model: which inputs its task takes, with an example, and what is to be known before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from zukan.errors import EmptyInput
from zukan.languages import language_name
from zukan.outcomes import TrialRequest
from zukan.tasks import all_tasks
from zukan.trial.abilities import ALIASES
from zukan.trial.senses import CHOOSERS, SENSES, Reads, reads
from zukan_cli.browse.try_example import example
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.texts import UNKNOWN
from zukan_cli.trial_options import ASK_ABOVE_BYTES

if TYPE_CHECKING:
    from zukan.advice import Fit, Task
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
MOST = {"text": 20_000, "context": 20_000, "compare_with": 20_000, "labels": 4_000}
"""Characters that a field may hold; a template says the same to the browser."""


def box(
    visit: Visit,
    models: Sequence[str],
    task: str,
    fit: Fit | None,
    *,
    languages: Sequence[str] = (),
    text: str = "",
    offered: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return what the box shows.

    Args:
        visit: The page; its argument `task` chooses another task than the model's own.
        models: The model, or several that are asked the same.
        task: What it is filed under; "" where that is not known.
        fit: What it needs here; None for a miniature, which always fits, and for several.
        languages: The codes that it is stated to be made for.
        text: An input to begin with where it is tried at its own task, else the task's example.
        offered: The tasks that all of them can be tried at; None where that is not known.

    """
    triable = {one.task_id: one for one in all_tasks() if one.trial}
    asked = visit.one("task", 80)
    # What several were found for may be no task that can be tried; then they are asked at one that they share.
    chosen = asked if asked and (asked in triable or len(models) == 1) else task
    others = [name for name in triable if offered is None or ALIASES.get(name, name) in offered]
    can = chosen in triable
    begins = TrialRequest(models[0], text=text or None, task=chosen)
    if can and not (text and chosen == task):
        begins = example(models[0], chosen, languages)
    done_as = ALIASES.get(chosen, chosen)
    own = reads(done_as) if can else Reads.TEXT
    source = begins.source_language
    return {
        "model_id": models[0],
        "command": f"zukan {'try' if len(models) == 1 else 'compare'} {' '.join(models)}",
        "task": chosen,
        "can": can,
        "token": visit.token,
        "running": visit.trials.unfinished() if visit.may_try else [],
        "example": begins,
        "placeholder": _("a text in this language: {language}").format(language=language_name(source, language()))
        if source and not begins.text
        else "",
        "fields": _FIELDS.get(chosen, ()) if can else (),
        "own": "" if own is Reads.TEXT else str(own),
        "takes_text": own is Reads.TEXT or SENSES[done_as].takes_text,
        "task_name": _name(triable[chosen]) if can else chosen or UNKNOWN,
        "tasks": [(_name(triable[name]), visit.address(task=name)) for name in others if name != chosen],
        "most": MOST,
        "download": fit.download_bytes if fit else None,
        "warning": _("It does not fit into the memory of this machine.") if fit and fit.verdict == "too large" else "",
        "beyond": _beyond(len(models)) if can and offered is not None and done_as not in offered else "",
    }


def _beyond(models: int) -> str:
    if models > 1:
        return _("By what is known of them, not all of these models do this task.")
    return _("By what is known of it, this model does not do this task; a trial would say so.")


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


def is_too_long(form: Mapping[str, Sequence[str]]) -> bool:
    """Tell whether a field of a posted form holds more than it may; a browser sends each line break as two."""
    return any(len(text.replace("\r\n", "\n")) > most for name, most in MOST.items() for text in form.get(name, ()))


def request_of(visit: Visit) -> TrialRequest:
    """Return the trial that a posted form asks for; code from the Hub never runs from here.

    Raises:
        EmptyInput: There is a field for a text, but nothing in it.

    """
    model, task = visit.one("model", 400), visit.one("task", 80)
    if visit.arguments.get("text") and not visit.one("text") and reads(ALIASES.get(task, task)) is Reads.TEXT:
        # Without any text the task's example would be asked. About a picture or a table nothing need be asked.
        raise EmptyInput(model)
    texts = {name: visit.one(name, 2 * most) for name, most in MOST.items()}
    return TrialRequest(
        model=model,
        text=texts["text"] or None,
        task=task or None,
        source_language=visit.one("source_language", 40) or None,
        target_language=visit.one("target_language", 40) or None,
        context=texts["context"] or None,
        labels=tuple(label.strip() for label in texts["labels"].replace("、", ",").split(",") if label.strip()),
        compare_with=tuple(line.strip() for line in texts["compare_with"].splitlines() if line.strip()),
        offline=visit.one("offline") == "1",
        download_limit_bytes=None if visit.one("yes") == "1" else ASK_ABOVE_BYTES,
    )
