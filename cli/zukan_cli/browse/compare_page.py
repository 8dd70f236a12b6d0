"""The compare page: two to four models side by side, fact by fact, with what each answered here."""

from __future__ import annotations

from typing import Any

from zukan.errors import UnknownModel
from zukan.past_trials import side_by_side
from zukan.tasks import all_tasks
from zukan_cli import payload, texts
from zukan_cli.browse.model_page import boards, fit, kind, named_languages, proof, trial_facts
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import family_reason, library_text

MOST = 4
_MOST_QUESTIONS = 5


def compare_page(visit: Visit) -> Page:
    """Return the models that the address names, by commas or one by one."""
    names = list(
        dict.fromkeys(name.strip() for text in visit.all("models") for name in text.split(",") if name.strip())
    )
    models: list[dict[str, Any]] = []
    unknown: list[tuple[str, tuple[str, ...]]] = []
    for name in names[:MOST]:
        try:
            models.append(_column(visit, name))
        except UnknownModel as error:
            unknown.append((name, tuple(error.suggestions)))
    return Page(
        "compare.html",
        {
            "models": models,
            "unknown": unknown,
            "left": names[MOST:],
            "typed": [*names[:MOST], *[""] * (MOST - len(names))],
            "questions": _questions(models),
            "token": visit.token if len(models) > 1 else None,
            "tasks": _tasks(models),
        },
    )


def _column(visit: Visit, name: str) -> dict[str, Any]:
    card = visit.catalogue.show(name, ask_hub=False)
    row = payload.card(card)
    return {
        "row": row,
        "kind": kind(str(card.tag.family)),
        "reason": family_reason(card.tag),
        "proof": proof(card.tag.evidence),
        "fit": fit(card.fit),
        "parameters_basis": library_text(card.record.parameters_source or ""),
        "languages": [name for _code, name in named_languages(card.record.languages)],
        "boards": boards(card.record.model_id)[:6],
        "trials": [trial_facts(trial) for trial in row["trials"][:3]],
        "gated": _gated(row["gated"]),
        "task": texts.task(row),
    }


def _questions(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what several of the models were asked here, each with their answers in the order of the columns."""
    asked = side_by_side([trial for one in models for trial in one["row"]["trials"]])
    names = [one["row"]["model_id"] for one in models]
    found: list[dict[str, Any]] = []
    for group in asked:
        latest = {str(trial.get("model_id")): trial for trial in reversed(group.trials)}
        answers = [trial_facts(latest[name]) if name in latest else None for name in names]
        if sum(answer is not None for answer in answers) > 1:
            found.append({"task": group.task, "text": str(group.input.get("text") or ""), "answers": answers})
    return found[:_MOST_QUESTIONS]


def _tasks(models: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return the tasks that can be asked of all, that of the first model first."""
    own = [one["row"]["pipeline_tag"] or one["row"]["inferred_task"] for one in models]
    names = [(task.task_id, task.name_ja if language() == "ja" else task.name) for task in all_tasks() if task.trial]
    return sorted(names, key=lambda pair: own.index(pair[0]) if pair[0] in own else len(own))


def _gated(value: Any) -> str:
    if value is None:
        return _("not known to the catalogue")
    return _("its authors must grant access") if value else _("open to everybody")
