"""Asks on a terminal which of several answers is best, with the models' names or without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from secrets import SystemRandom
from typing import TYPE_CHECKING

from zukan_cli.comparison_text import answer_text
from zukan_cli.i18n import translate as _
from zukan_cli.output import read_line, write

if TYPE_CHECKING:
    from zukan.comparison import Comparison, Vote

_LETTERS = "ABCDEFGHIJKLMNOPQRST"


def vote_on(comparison: Comparison, *, blind: bool) -> Iterator[Vote]:
    """Ask for each input which answer is best, and yield the votes as they are given.

    Blind, the answers come in a random order under letters, without anything that tells who gave them.
    """
    for place, asked in enumerate(comparison.inputs):
        models = [model for model in comparison.models if model.answers[place].result is not None]
        if len(models) < 2:
            continue
        if blind:
            SystemRandom().shuffle(models)
        names = {letter: model.model_id for letter, model in zip(_LETTERS, models, strict=False)}
        write(f"> {asked.text}")
        for letter, model in zip(_LETTERS, models, strict=False):
            name = "" if blind else f" ({model.model_id})"
            write(f"{letter}{name}  {answer_text(comparison.task, model.answers[place])}")
        winners = _ask(names)
        if winners is None:
            return
        if winners:
            yield _vote(place, winners, tuple(names.values()), blind=blind)
        if blind:
            write(", ".join(f"{letter} = {name}" for letter, name in names.items()))
        write()


def _vote(place: int, winners: tuple[str, ...], among: tuple[str, ...], *, blind: bool) -> Vote:
    from zukan.comparison import Vote  # noqa: PLC0415

    return Vote(place, winners, among, blind, datetime.now(UTC).isoformat(timespec="seconds"))


def _ask(names: dict[str, str]) -> tuple[str, ...] | None:
    """Return the winners, none where the question is passed over; None at the end of the input."""
    question = _("Which is best? {letters}, = for all alike, Enter for none: ").format(letters=" ".join(names))
    while (line := read_line(question)) is not None:
        said = line.strip().upper()
        if not said:
            return ()
        if said == "=":
            return tuple(names.values())
        letters = set(said.replace(",", " ").split())
        if letters <= set(names):
            return tuple(names[letter] for letter in names if letter in letters)
    return None
