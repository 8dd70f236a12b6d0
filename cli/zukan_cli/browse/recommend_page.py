"""The recommend page: a task or words → ranked cards with the parts of each score, ties, and filters to change them."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from zukan.errors import QuestionError, UnknownTask
from zukan_cli import payload, texts
from zukan_cli.browse.model_page import fit, kind
from zukan_cli.browse.visit import Page, Visit, typed
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.reasons import left_out, library_text
from zukan_cli.recommend_texts import evidence_name, picks, understood
from zukan_cli.sentences import explain
from zukan_cli.wish_text import not_known, without_one

if TYPE_CHECKING:
    from zukan.advice import Candidate, Recommendation

_MACHINES = ("8GB", "16GB", "32GB", "RTX 4090", "any")
_CARDS = 10


def recommend_page(visit: Visit) -> Page:
    """Return the models to try first for what was asked; the question again where nothing was, or nothing like it."""
    form = _form(visit)
    facts: dict[str, Any] = {
        "form": form,
        "is_narrowed": any(value for name, value in form.items() if name != "q"),
        "answer": None,
        "choices": _choices(),
        "tasks": [],
        "bad": None,
        "command": _command(form),
    }
    if not form["q"]:
        return Page("recommend.html", {**facts, "tasks": _tasks(visit)})
    try:
        answer = _recommended(visit, form)
    except UnknownTask as error:
        return Page("recommend.html", {**facts, "tasks": _tasks(visit), "problem": explain(error)[0]}, status=404)
    except QuestionError as error:
        sentence = explain(error)[0]
        return Page("recommend.html", {**facts, "bad": _bad_field(form, sentence), "problem": sentence}, status=400)
    return Page("recommend.html", {**facts, "answer": _answer(answer)})


def _recommended(visit: Visit, form: dict[str, str]) -> Recommendation:
    return visit.catalogue.recommend(
        form["q"],
        languages=tuple(filter(None, (form["language"],))),
        source_language=form["from"] or None,
        target_language=form["to"] or None,
        family=form["family"] or None,
        license=form["license"] or None,
        max_parameters=form["max_params"] or None,
        prefer=form["prefer"] or None,
        machine=form["machine"] or None,
        no_gated=form["no_gated"] == "1",
        limit=_CARDS,
        heed_trials=visit.may_try,
    )


def _command(form: dict[str, str]) -> str:
    """Return the command that answers the same."""
    given = {name: value for name, value in form.items() if value and name not in ("q", "no_gated")}
    options = [word for name, value in given.items() for word in (f"--{name.replace('_', '-')}", value)]
    return typed("recommend", form["q"], *options, *(("--no-gated",) if form["no_gated"] == "1" else ()))


def _bad_field(form: dict[str, str], sentence: str) -> str | None:
    """Return the field that a sentence is about: it repeats what stands there, before it says what would do."""
    places: list[tuple[int, str]] = []
    for name, value in form.items():
        found = re.search(rf"(?<![A-Za-z0-9]){re.escape(value)}(?![A-Za-z0-9])", sentence) if value else None
        if found and name != "q":
            places.append((found.start(), name))
    return min(places)[1] if places else None


def _form(visit: Visit) -> dict[str, str]:
    names = ("q", "language", "from", "to", "family", "license", "max_params", "prefer", "machine", "no_gated")
    return {name: visit.one(name, 1_000) for name in names}


def _choices() -> dict[str, list[tuple[str, str]]]:
    return {
        "machine": [("", _("this machine")), *((name, name) for name in _MACHINES[:-1]), ("any", _("no limit"))],
        "prefer": [("", _("no preference")), *_picks().items()],
        "license": [("", _("any license")), ("commercial", _("commercial use")), ("permissive", _("permissive"))],
        "family": [("", _("any family")), *((name, name) for name in ("encoder-only", "decoder-only", "seq2seq"))],
    }  # fmt: skip


def _picks() -> dict[str, str]:
    return {"small": _("a small one"), "balanced": _("a balanced one"), "best": _("the best one")}


def _tasks(visit: Visit) -> list[tuple[str, str]]:
    known = [task for task, number in visit.catalogue.guide().tasks if number]
    return [(task.task_id, task.name_ja if language() == "ja" else task.name) for task in known]


def _answer(answer: Recommendation) -> dict[str, Any]:
    task = answer.understood.task
    most = max((abs(part.points) for one in answer.candidates for part in one.reasons), default=0.0)
    ranked = list(enumerate(answer.candidates, 1))
    notes = [_("{message}.").format(message=library_text(text)) for text in answer.notes]
    # The library says in a note that nothing fits, and why; said twice it would look like two things.
    nothing = "" if answer.candidates else notes.pop(0) if notes else _("No model fulfils all of this.")
    if answer.left_out:
        notes.append(
            _("Looked at {number} models; left out: {reasons}.").format(
                number=answer.considered, reasons=left_out(answer.left_out)
            )
        )
    return {
        "understood": understood(answer),
        "task": task.task_id,
        "why": task.why_ja if language() == "ja" else task.why,
        "families": [str(name) for name in task.families],
        "kind": kind(str(task.families[0])) if task.families else "other",
        "bands": [
            [_card(one, place, most) for place, one in band]
            for _number, band in groupby(ranked, lambda pair: pair[1].band)
        ],
        "most": most,
        "picks": picks(answer),
        "nothing": nothing,
        "notes": [*notes, *not_known(answer), *without_one(answer)],
        "as_of": answer.as_of,
        "available": texts.size(answer.hardware.available_bytes),
    }


def _card(one: Candidate, place: int, most: float) -> dict[str, Any]:
    row = payload.candidate(one, place)
    parts = sorted(one.reasons, key=lambda part: -abs(part.points))
    return {
        "row": row,
        "place": place,
        "kind": kind(str(one.tag.family)),
        "fit": fit(one.fit),
        "evidence": evidence_name(one.evidence),
        "not_first": library_text(one.not_first) if one.not_first else "",
        "pick": _picks().get(one.pick or ""),
        "why_family": one.why_family[language() == "ja"] if one.why_family else "",
        "parts": [
            {
                "text": library_text(part.text),
                "points": part.points,
                "share": abs(part.points) / most if most else 0,
                "source": part.source,
                "as_of": part.as_of,
            }
            for part in parts
            if round(part.points, 1)
        ],
    }
