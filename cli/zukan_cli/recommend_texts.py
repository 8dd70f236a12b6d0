"""What the command line and the pages say of a recommendation in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zukan_cli import texts
from zukan_cli.i18n import language as interface_language
from zukan_cli.i18n import translate as _
from zukan_cli.wish_text import wishes_in_words

if TYPE_CHECKING:
    from zukan.advice import Recommendation


def understood(answer: Recommendation) -> str:
    """Return what a question was taken to ask for, as one line."""
    found = answer.understood
    parts = [_("Task: {task}").format(task=texts.task_name(found.task))]
    if found.probability is not None:
        parts.append(_("guessed from the wording, {share} % likely").format(share=round(100 * found.probability)))
    if found.source_language or found.target_language:
        parts.append(f"{found.source_language or '?'} → {found.target_language or '?'}")
    if found.languages:
        parts.append(_("language: {names}").format(names=", ".join(found.languages)))
    if found.likened:
        parts.append(_("compared with: {name}").format(name=found.likened))
    parts += wishes_in_words(found.wishes).values()
    if found.card:
        from zukan.cards import shown_card  # noqa: PLC0415 (few questions name one)

        parts.append(_("machine: {name}").format(name=shown_card(found.card)))
    # Of the words that names have for a subject the first stand for all.
    subjects = (f"{'|'.join(one.split('|')[:3])}{'|…' if one.count('|') > 2 else ''}" for one in found.subjects)
    if words := tuple(dict.fromkeys((*found.topics, *subjects, *found.words))):
        parts.append(_("words: {names}").format(names=", ".join(words)))
    if found.unread:
        parts.append(_("no language is known as: {names}").format(names=", ".join(found.unread)))
    if found.alternatives:
        parts.append(_("or did you mean: {names}?").format(names=", ".join(found.alternatives)))
    return " · ".join(parts)


def picks(answer: Recommendation) -> list[str]:
    """Return a line for the picks of each family, with why it does the task; of the best it stands above the table."""
    names = {"balanced": _("balanced"), "small": _("small"), "best": _("best")}
    said: dict[str, list[str]] = {}
    for one in answer.candidates:
        if one.pick and one.why_family:
            sentence = one.why_family[interface_language() == "ja"]
            first = one.tag.family == answer.understood.task.families[0]
            family = str(one.tag.family) if first else f"{one.tag.family}: {sentence}"
            said.setdefault(family, []).append(f"{names[one.pick]} {one.record.model_id}")
    return [f"{_(', ').join(models)} — {sentence}" for sentence, models in said.items()]


def elsewhere(answer: Recommendation) -> list[str]:
    """Return a line for each model that would be first if it fitted, with who would run it and what to type."""
    lines = []
    for one in answer.elsewhere:
        needs = {"name": one.model_id, "size": texts.size(one.needed_bytes)}
        if answer.candidates:
            lines.append(_("{name} scores higher, but needs about {size} of memory.").format(**needs))
        else:
            lines.append(_("{name} would do it, but needs about {size} of memory.").format(**needs))
        for way in one.ways:
            if way.kind == "provider":
                text = _("  {who} runs it ({evidence}); type: {command}")
            else:
                text = _(
                    "  {who} runs it on a larger machine ({evidence}): {command}; then here: "
                    'zukan try {name} "…" --endpoint http://HOST:{port}'
                )
            port = 8080 if way.name == "llama.cpp" else 8000
            lines.append(text.format(who=way.name, port=port, **{**way._asdict(), "name": one.model_id}))
    return lines


def evidence_name(name: str) -> str:
    """Return on what a place in the ranking stands, in the interface language."""
    return {
        "measured here": _("measured here"),
        "leaderboard": _("leaderboard"),
        "leaderboard of its base": _("leaderboard of its base"),
        "list": _("list"),
        "reported on its card": _("reported on its card"),
        "adoption": _("adoption"),
        "none": _("no evidence"),
    }.get(name, name)


def of_figures(answer: Recommendation) -> str:
    """Say where the figures come from, and for which machine the memory was estimated."""
    from zukan.machine import is_any  # noqa: PLC0415 (a command names the library when it runs)

    hardware = answer.hardware
    if is_any(hardware):
        text = _("Figures stated by the Hub, newest {date}; memory (~) estimated.")
    elif hardware.here:
        text = _(
            "Figures stated by the Hub, newest {date}; memory (~) estimated for this machine: {available} available."
        )
    elif hardware.accelerator_name:
        text = _("Figures stated by the Hub, newest {date}; memory (~) estimated for {card} with {available}.")
    elif hardware.accelerator:
        text = _("Figures stated by the Hub, newest {date}; memory (~) estimated for a graphics card with {available}.")
    else:
        text = _("Figures stated by the Hub, newest {date}; memory (~) estimated for a machine with {available}.")
    available = texts.size(hardware.available_bytes)
    return text.format(date=answer.as_of or "?", available=available, card=hardware.accelerator_name or "")
