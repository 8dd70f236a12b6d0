"""The compare page: two to four models side by side, fact by fact, with what each answered here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from zukan.errors import UnknownModel
from zukan.past_trials import side_by_side
from zukan.trial.abilities import ALIASES
from zukan.trial.offered import offered, offered_by_builtin
from zukan_cli import payload, texts
from zukan_cli.browse import try_box
from zukan_cli.browse.model_page import (
    boards,
    builtin_of,
    fit,
    kind,
    miniature_trials,
    named_languages,
    proof,
    trial_facts,
)
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import family_reason, library_text

if TYPE_CHECKING:
    from zukan.trial.builtin import Builtin

MOST = 4
_MOST_QUESTIONS = 5
_MOST_NAMES = 12
"""Names that are looked up; several may be of one model."""


def compare_page(visit: Visit) -> Page:
    """Return the models that the address names, by commas or one by one."""
    names = list(
        dict.fromkeys(name.strip() for text in visit.all("models") for name in text.split(",") if name.strip())
    )
    models: list[dict[str, Any]] = []
    unknown: list[tuple[str, tuple[str, ...]]] = []
    typed: list[str] = []
    guessed: list[tuple[str, str]] = []
    left: list[str] = []
    for place, name in enumerate(names):
        if len(typed) == MOST or place >= _MOST_NAMES:
            left = names[place:]
            break
        try:
            column = _column(visit, name)
        except UnknownModel as error:
            unknown.append((name, tuple(error.suggestions)))
        else:
            # One model may have several names.
            if column["row"]["model_id"] in [one["row"]["model_id"] for one in models]:
                continue
            models.append(column)
            if "/" not in name:
                guessed.append((name, str(column["row"]["model_id"])))
        typed.append(name)
    return Page(
        "compare.html",
        {
            "models": models,
            "unknown": unknown,
            "guessed": guessed,
            "left": left,
            "typed": [*typed, *[""] * (MOST - len(typed))],
            "questions": _questions(models),
            "elsewhere": visit.one("machine", 40),
            "box": _box(visit, models) if visit.may_try and len(models) > 1 else None,
        },
    )


def _column(visit: Visit, name: str) -> dict[str, Any]:
    try:
        card = visit.catalogue.show(name, ask_hub=False)
    except UnknownModel:
        if (builtin := builtin_of(name)) is None:
            raise
        return _miniature(visit, builtin)
    row = payload.card(card)
    if not visit.may_try:
        row["trials"] = []
    return {
        "row": row,
        "kind": kind(str(card.tag.family)),
        "reason": family_reason(card.tag),
        "proof": proof(card.tag.evidence),
        "fit": fit(card.fit),
        "parameters_basis": library_text(card.record.parameters_source or ""),
        "languages": [name for _code, name in named_languages(card.record.languages, most=None)],
        "boards": boards(card.record.model_id)[:6],
        "trials": [trial_facts(trial) for trial in row["trials"][:3]],
        "gated": _gated(row["gated"]),
        "task": texts.task(row),
        "offered": offered(card.record),
        "codes": card.record.languages,
    }


def _miniature(visit: Visit, builtin: Builtin) -> dict[str, Any]:
    """Return the column of a miniature, of which no catalogue holds more than its trials."""
    name, tag = visit.catalogue.tag(builtin.name)
    trials = miniature_trials(visit, name)
    unknown = dict.fromkeys(("license", "downloads", "likes", "num_parameters", "guess", "inferred_task"))
    return {
        "row": {
            **unknown,
            "model_id": name,
            "family": str(tag.family),
            "certainty": str(tag.certainty),
            "pipeline_tag": builtin.task,
            "as_of": "",
            "trials": trials,
        },
        "kind": kind(str(tag.family)),
        "reason": family_reason(tag),
        "proof": proof(tag.evidence),
        "fit": {"peak_bytes": None, "download_bytes": 0},
        "parameters_basis": "",
        "languages": [],
        "boards": [],
        "trials": [trial_facts(trial) for trial in trials[:3]],
        "gated": _("it comes with zukan"),
        "task": builtin.task,
        "offered": offered_by_builtin(builtin),
        "codes": ("en",),
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


def _box(visit: Visit, models: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the box that asks all of them the same: at a task that all do, the commonest of their own if it is one."""
    known = [one["offered"] for one in models if one["offered"] is not None]
    offered = [task for task in known[0] if all(task in others for others in known)] if known else None
    own = [one["row"]["pipeline_tag"] or one["row"]["inferred_task"] or "" for one in models]
    wanted = sorted(own, key=lambda task: (-own.count(task), own.index(task)))
    can = wanted if offered is None else [task for task in wanted if ALIASES.get(task, task) in offered]
    stated = [set(one["codes"]) for one in models if one["codes"]]
    return try_box.box(
        visit,
        [one["row"]["model_id"] for one in models],
        next(iter(can or offered or ()), ""),
        None,
        languages=sorted(set.intersection(*stated)) if stated else (),
        offered=offered,
    )


def _gated(value: Any) -> str:
    if value is None:
        return _("not known to the catalogue")
    return _("its authors must grant access") if value else _("open to everybody")
