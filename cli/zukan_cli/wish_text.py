"""Says what was asked for beside a task, what it left out unseen, and which wish leaves nothing over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from zukan_cli import texts
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.advice import Recommendation, Understanding, Wishes


_COUNTRY = "made in Japan"
"""What the library calls makers of a country by, where nobody names them one by one."""


def wishes_in_words(wishes: Wishes) -> dict[str, str]:
    """Return the name of each wish there is → what it says."""
    licences, authors = (_(" or ").join((names or "").split("|")) for names in (wishes.license, wishes.author))
    by_country = authors == _COUNTRY
    said = {
        "license": (_("licence: {name}"), licences),
        "without_license": (
            _("licence: not {name}"),
            _(" or ").join((wishes.without_license or "").split("|")),
        ),
        "min_parameters": (_("at least {name} parameters"), _count(wishes.min_parameters)),
        "max_parameters": (_("at most {name} parameters"), _count(wishes.max_parameters)),
        "max_memory": (_("memory: {name} at most"), texts.size(wishes.max_memory) if wishes.max_memory else None),
        "max_download": (
            _("download: {name} at most"),
            texts.size(wishes.max_download) if wishes.max_download else None,
        ),
        "family": (_("family: {name}"), wishes.family),
        "author": ("{name}" if by_country else _("by {name}"), _("made in Japan") if by_country else authors),
        "without": (_("without {name}"), ", ".join((wishes.without or "").split("|"))),
        "since": (_("since {name}"), wishes.since),
        "until": (_("until {name}"), wishes.until),
        "no_gated": (
            _("open to everybody, as far as known") if wishes.or_unknown else _("open to everybody"),
            "yes" if wishes.no_gated else None,
        ),
        "weights": (_("weights: {name}"), _(" or ").join((wishes.weights or "").split("|"))),
        "prefer": (_("preferred: {name}"), wishes.prefer),
        "allow": (_("allowed: {name}"), ", ".join(wishes.allow)),
    }
    return {name: text.format(name=value) for name, (text, value) in said.items() if value}


def _count(number: int | None) -> str | None:
    return texts.count(number) if number else None


def not_known(answer: Recommendation) -> Iterator[str]:
    """Yield what was left out because the catalogue does not know whether it is what was asked for."""
    if not answer.unknown:
        return
    from zukan.demands import MOST_UNKNOWN  # noqa: PLC0415 (most answers leave nothing out so)

    names = {
        "license": _("licence"), "parameters": _("parameters"), "family": _("family"), "created": _("date"),
        "no_gated": _("who may fetch it"),
    }  # fmt: skip
    parts = [
        f"{names[name]} {number:,}{'+' if number >= MOST_UNKNOWN else ''}" for name, number in answer.unknown.items()
    ]
    yield _("Left out because the catalogue does not know it of them: {names}.").format(names=_(", ").join(parts))


def without_one(answer: Recommendation) -> Iterator[str]:
    """Yield, where there is no candidate, how many there would be without each of the wishes."""
    if answer.candidates:
        return
    asked = _asked(answer.understood)
    if answer.without:
        for name, number in answer.without.items():
            yield _("Without “{wish}” there would be {number}.").format(wish=asked[name], number=number)
    elif len(wishes_in_words(answer.understood.wishes)) > 1:
        yield _("No single wish is to blame: leave out two of them.")


def _asked(understood: Understanding) -> dict[str, str]:
    """Return the name of everything that was asked for → what it says."""
    pair = f"{understood.source_language or '?'} → {understood.target_language or '?'}"
    return {
        **wishes_in_words(understood.wishes),
        "languages": _("language: {names}").format(names=", ".join(understood.languages)),
        "direction": pair,
        "machine": _("this machine"),
    }
