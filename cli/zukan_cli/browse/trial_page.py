"""Starts a trial from a posted form and shows how far it is, what it answered and what it cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zukan.errors import EmptyInput, LargeDownload, QuestionError
from zukan_cli import payload
from zukan_cli.browse.rendering import model_address
from zukan_cli.browse.trial_jobs import StoppedError, TooManyTrialsError, TrialJob
from zukan_cli.browse.try_box import form_of, request_of
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.diagnostics import TRIAL_PHASES
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import library_text
from zukan_cli.sentences import explain
from zukan_cli.trial_texts import measures

if TYPE_CHECKING:
    from zukan.outcomes import TrialResult

_MOST_ROWS = 50


def start_trial(visit: Visit) -> Page:
    """Start what the form asks for and lead to its page.

    Raises:
        QuestionError: No model is named, or a word of the form is not known.

    """
    try:
        request = request_of(visit)
    except EmptyInput:
        sentence = _("There is nothing to answer; write something into the field.")
        return Page("error.html", {"sentence": sentence, "suggestions": ()}, status=400)
    if not request.model or request.model.startswith((".", "/", "~")):
        # A folder of this machine is tried from the command line.
        raise QuestionError(request.model)
    try:
        job = visit.trials.start(request)
    except TooManyTrialsError:
        sentence = _("Several trials are waiting already; let them end first.")
        return Page("error.html", {"sentence": sentence, "suggestions": ()}, status=429)
    facts = {"address": job.address, "model_id": request.model}
    return Page("moved.html", facts, 303, {"location": job.address})


def stop_trial(visit: Visit) -> Page:
    """Stop a trial and lead back to its page."""
    visit.trials.stop(visit.parts["trial"])
    address = f"/trial/{visit.parts['trial']}"
    return Page("moved.html", {"address": address, "model_id": address}, 303, {"location": address})


def trial_page(visit: Visit) -> Page:
    """Return how far a trial is; `part=1` asks for the piece that stands in the model's page."""
    job = visit.trials.get(visit.parts["trial"])
    if job is None:
        sentence = _("This trial is not known any more; the model's page has those that were stored.")
        return Page("error.html", {"sentence": sentence, "suggestions": ()}, status=404)
    facts = {
        "job": job,
        "model_address": model_address(job.request.model),
        **_state(job),
    }
    if job.phase == "wait" and (unfinished := visit.trials.unfinished()):
        facts["running"] = unfinished[0]
    is_part = visit.one("part") == "1"
    headers = {} if job.is_over or is_part else {"refresh": "2"}
    return Page("_trial.html" if is_part else "trial.html", facts, headers=headers)


def _state(job: TrialJob) -> dict[str, Any]:
    own_phases = {"wait": _("Waiting for another trial to end …"), "begin": _("The trial begins …")}
    facts: dict[str, Any] = {
        "running": None,
        "phase": _("Stopping …") if job.is_stopped else own_phases.get(job.phase) or _(TRIAL_PHASES.get(job.phase, "")),
        "notices": [library_text(text) for text in job.notices],
        "sentence": None,
        "answer": None,
        "leave": None,
    }
    if isinstance(job.error, StoppedError):
        facts["sentence"] = _("The trial was stopped.")
    elif isinstance(job.error, LargeDownload):
        facts["leave"] = {"bytes": job.error.needed_bytes, "form": form_of(job.request)}
    elif job.error is not None:
        facts["sentence"] = explain(job.error)[0]
    if job.result is not None:
        facts["answer"] = _answer(job.result)
        facts["notices"] = [library_text(text) for text in job.result.warnings]
    return facts


def _answer(result: TrialResult) -> dict[str, Any]:
    """Return what a trial answered as rows or text, and its measures."""
    output = payload.trial(result)["output"]
    rows: list[list[str]] = []
    names: list[str] = []
    if isinstance(output, Mapping):
        output = [output]
    if isinstance(output, list) and output and all(isinstance(item, Mapping) for item in output):
        names = [str(key) for key in output[0] if key != "token"]
        rows = [[_cell(item.get(name)) for name in names] for item in output[:_MOST_ROWS]]
    return {
        "task": result.task,
        "text": result.answer if result.answer is not None else str(result.output),
        "names": [_(name) for name in names],
        "rows": rows,
        "scores": [float(item["score"]) for item in output] if rows and "score" in names else [],
        "measures": list(measures(result)),
    }


def _cell(value: Any) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)[:2_000]
