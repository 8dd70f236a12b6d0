"""A model's page: everything the catalogue knows of it, drawn, and the box that tries it here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from zukan.errors import UnknownModel
from zukan.hub.address import endpoint
from zukan.past_trials import place_of
from zukan.taught import taught
from zukan.trial.builtin import PREFIX, Builtin
from zukan.trial.builtin import find as find_builtin
from zukan.trial.offered import offered
from zukan_cli import payload, texts
from zukan_cli.browse import drawings, lineage_tree, try_box
from zukan_cli.browse.visit import Page, Visit
from zukan_cli.i18n import language
from zukan_cli.i18n import translate as _
from zukan_cli.model_texts import presence
from zukan_cli.reasons import family_reason, library_text

if TYPE_CHECKING:
    from zukan.advice import Fit
    from zukan.outcomes import ModelCard

_LONGEST_LIST = 40
_MOST_EVALUATIONS = 12


def model_page(visit: Visit) -> Page:
    """Return the page of a model of the catalogue, or of a built-in miniature.

    Raises:
        UnknownModel: There is none; with the nearest names.

    """
    from urllib.parse import quote, unquote  # noqa: PLC0415

    named = "/".join(unquote(visit.parts[part]) for part in ("author", "name") if visit.parts.get(part))
    try:
        card = visit.catalogue.show(named, ask_hub=False)
    except UnknownModel:
        if (builtin := builtin_of(named)) is None:
            raise
        return _miniature(visit, builtin)
    model_id = card.record.model_id
    if model_id != named:
        address = f"/model/{quote(model_id, safe='/', errors='replace')}"
        return Page("moved.html", {"address": address, "model_id": model_id}, 302, {"location": address})
    row = payload.card(card)
    return Page(
        "model.html",
        {
            "row": row,
            "reason": family_reason(card.tag),
            "proof": proof(card.tag.evidence),
            "kind": kind(str(card.tag.family)),
            "fit": fit(card.fit),
            "memory": memory(card),
            "parameters_basis": library_text(card.record.parameters_source or ""),
            "languages": named_languages(card.record.languages, most=None),
            "hub": f"{endpoint()}/{quote(model_id, safe='/', errors='replace')}",
            "curve": drawings.curve(
                [(date, downloads) for date, downloads, _likes in card.history], _("Downloads in 30 days, by date")
            ),
            "history": card.history,
            "presence": presence(card),
            "tree": lineage_tree.tree(visit.catalogue, card),
            "boards": boards(model_id),
            "evaluations": row["evaluations"][:_MOST_EVALUATIONS],
            "tags": row["tags"][:_LONGEST_LIST],
            "more_tags": max(0, len(row["tags"]) - _LONGEST_LIST),
            "box": try_box.box(
                visit,
                [model_id],
                str(row["pipeline_tag"] or row["inferred_task"] or ""),
                card.fit,
                languages=sorted(taught(card.record) or ()) or card.record.languages,
                offered=offered(card.record),
            ),
            "trials": [trial_facts(trial) for trial in row["trials"][:5] if visit.may_try],
        },
    )


def _miniature(visit: Visit, builtin: Builtin) -> Page:
    """Return the page of a miniature, which no catalogue lists."""
    name, tag = visit.catalogue.tag(builtin.name)
    return Page(
        "miniature.html",
        {
            "name": name,
            "family": {"family": str(tag.family), "certainty": str(tag.certainty)},
            "kind": kind(str(tag.family)),
            "reason": family_reason(tag),
            "proof": proof(tag.evidence),
            "box": try_box.box(visit, [name], builtin.task, None, languages=("en",), text=builtin.text),
            "trials": [trial_facts(trial) for trial in miniature_trials(visit, name)],
        },
    )


def builtin_of(name: str) -> Builtin | None:
    """Return the miniature that is called so in full."""
    return find_builtin(name) if name.startswith(PREFIX) else None


def miniature_trials(visit: Visit, name: str) -> list[dict[str, Any]]:
    """Return the latest trials of a miniature, for who may see them."""
    if not visit.may_try:
        return []
    try:
        return visit.catalogue.trials(name, 5)
    except UnknownModel:
        return []  # A miniature is known by its trials alone.


def kind(family: str) -> str:
    """Return the class of a family in the style sheet."""
    return {"encoder-only": "encoder", "decoder-only": "decoder", "seq2seq": "seq2seq"}.get(family, "other")


def proof(evidence: Mapping[str, Any]) -> list[str]:
    """Return the fields that decided, one a line, as `zukan show` writes them."""
    return texts.proof(evidence).splitlines() if evidence else []


def named_languages(codes: tuple[str, ...], most: int | None = _LONGEST_LIST) -> list[tuple[str, str]]:
    """Return (code, name in the visitor's language) of languages, of so many at most."""
    from zukan.languages import language_name  # noqa: PLC0415

    return [(code, language_name(code, language())) for code in codes[:most]]


def fit(value: Fit) -> dict[str, Any]:
    """Return what a model needs here, as text."""
    known = payload.fit(value)
    return {
        **known,
        "said": _(str(value.verdict)),
        "measured": value.basis.startswith("measured"),
        "basis": library_text(value.basis),
        "speed_basis": library_text(value.speed_basis) if value.speed_basis else "",
    }


def memory(card: ModelCard) -> dict[str, Any] | None:
    """Return the bar of what it needs against what is free now; None where its size is not known."""
    from zukan.hardware import detect  # noqa: PLC0415

    needs = card.fit
    free = detect().available_bytes
    if needs.peak_bytes is None or not free:
        return None
    private = needs.private_bytes or 0
    pages = max(0, needs.peak_bytes - private)
    title = _("{private} of private memory and {pages} of file pages, of {free} that are free").format(
        private=texts.size(private), pages=texts.size(pages), free=texts.size(free)
    )
    parts = (
        drawings.Part("private", private, _("private memory")),
        drawings.Part("pages", pages, _("file pages: weights that can be read again")),
    )
    return {
        "bar": drawings.bar(parts, max(free, needs.peak_bytes), title),
        "private": private,
        "pages": pages,
        "free": free,
        "title": title,
    }


def boards(model_id: str) -> list[dict[str, Any]]:
    """Return what independent leaderboards and lists say of a model, each with its source."""
    from zukan.evidence import figures_of  # noqa: PLC0415

    return [
        {
            "title": library_text(figure.source.title),
            "address": figure.source.address,
            "as_of": figure.source.as_of,
            "task": figure.task,
            "language": figure.language,
            "place": figure.place,
            "models": figure.models,
            "value": figure.value,
            "metric": library_text(figure.source.metric),
        }
        for figure in figures_of(model_id)
    ]


def trial_facts(trial: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored trial as text."""
    asked = trial.get("input")
    answer = trial.get("answer")
    if answer is None and trial.get("output") is not None:
        answer = json.dumps(trial["output"], ensure_ascii=False)[:400]
    status = str(trial.get("status"))
    return {
        "date": str(trial.get("started_at") or "")[:10],
        "task": trial.get("task"),
        "status": status if status == "ok" else _(status),
        "input": str(asked.get("text") or "")[:400] if isinstance(asked, Mapping) else "",
        "answer": str(answer if answer is not None else trial.get("error") or "")[:800],
        "first": texts.seconds(trial.get("first_answer_seconds")),
        "peak": _("measured remotely: {place}").format(place=place)
        if (place := place_of(trial)) is not None
        else texts.size(trial.get("peak_bytes")),
    }
