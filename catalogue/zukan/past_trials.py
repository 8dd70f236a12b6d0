"""Trials that were run: chosen by model, task and how they ended, and those of one question side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zukan.errors import UnknownModel
from zukan.lookup import find_model
from zukan.store.read import CatalogueReader
from zukan.trial import builtin

Trial = Mapping[str, Any]
"""A stored `TrialResult`."""


@dataclass(frozen=True, slots=True)
class SideBySide:
    """What several models made of the same task and input."""

    task: str
    input: Mapping[str, Any]
    trials: tuple[Trial, ...]
    """The latest of each model, revision, device and place; those that answered first, the quickest of them first."""


def find_trials(
    reader: CatalogueReader,
    model: str | None = None,
    *,
    task: str | None = None,
    status: str | None = None,
    remote: bool | None = None,
    limit: int,
) -> list[dict[str, Any]]:
    """Return stored trials, newest first.

    Args:
        reader: The catalogue.
        model: A model by any of its names, a built-in miniature, or a folder as it was given.
        task: A Hub task id.
        status: A value of `TrialStatus`.
        remote: Only those of other machines, or only those of this one; None = both.
        limit: Most trials.

    Raises:
        UnknownModel: No trial and no model is called that.

    """
    if model is None:
        return reader.trials(limit=limit, task=task, status=status, remote=remote)
    miniature = builtin.find(model)
    name = miniature.name if miniature is not None else model
    found = reader.trials(name, limit, task=task, status=status, remote=remote)
    if found or miniature is not None or reader.trials(name, 1):
        return found
    # Raises where nothing is called that, with the nearest names; a folder is called as it was given.
    try:
        name = find_model(reader, model).record.model_id
    except UnknownModel:
        if model.startswith((".", "/", "~")):
            return []
        raise
    return reader.trials(name, limit, task=task, status=status, remote=remote)


def side_by_side(trials: Sequence[Trial]) -> tuple[SideBySide, ...]:
    """Group trials by task and input, the groups of the most models first.

    Args:
        trials: Newest first.

    """
    groups: dict[tuple[str, str], dict[tuple[Any, ...], Trial]] = {}
    for trial in trials:
        question = (str(trial.get("task")), _key(trial.get("input")))
        files = trial.get("sha"), trial.get("gguf_file")
        answerer = (str(trial.get("model_id")).lower(), *files, trial.get("device"), place_of(trial))
        groups.setdefault(question, {}).setdefault(answerer, trial)
    found = [
        SideBySide(task, rows[0].get("input") or {}, tuple(sorted(rows, key=_order)))
        for (task, _), rows in ((question, list(group.values())) for question, group in groups.items())
    ]
    # Stable: of equally large groups the newest comes first.
    return tuple(sorted(found, key=lambda group: -len({trial.get("model_id") for trial in group.trials})))


def _key(asked: Any) -> str:
    """Return what was asked, without the words in which a model was asked it (its mask, its prefix)."""
    if not isinstance(asked, Mapping):
        return ""
    kept = {name: value for name, value in asked.items() if name not in ("prompt", "messages")}
    text = str(kept.get("text", ""))
    for mask in ("[MASK]", "<mask>", "<special1>", "___"):
        text = text.replace(mask, "▁")
    return json.dumps({**kept, "text": text}, sort_keys=True, ensure_ascii=False)


def _order(trial: Trial) -> tuple[bool, float]:
    return trial.get("status") != "ok", seconds_to_answer(trial) or float("inf")


def seconds_to_answer(trial: Trial) -> float | None:
    """Return how long a trial took from the stored weights to the first answer; None where it was not measured.

    Of one on another machine it is the round trip.
    """
    load, first = trial.get("load_seconds"), trial.get("first_answer_seconds")
    load = 0.0 if trial.get("remote") else load
    return load + first if isinstance(load, int | float) and isinstance(first, int | float) else None


def place_of(trial: Trial) -> str | None:
    """Return where a trial was measured; None = on this machine.

    It is a provider's name, a server's address, or that of another node of a cluster.
    """
    remote, hardware = trial.get("remote"), trial.get("hardware")
    if isinstance(remote, Mapping):
        return str(remote.get("name"))
    # A trial that says nothing of its place is of this machine.
    elsewhere = isinstance(hardware, Mapping) and hardware.get("here") is False
    return str(hardware.get("node") or "?") if isinstance(hardware, Mapping) and elsewhere else None
