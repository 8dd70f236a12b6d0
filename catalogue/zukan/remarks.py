"""Says what is to be known of a recommendation as a whole: on what it stands, what is missing, what is not needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from zukan.advice import Candidate, Understanding
from zukan.judged import FAR_BEHIND, REPORTED_GRADE
from zukan.points import OF_ANYTHING
from zukan.schema import Family, Prospect
from zukan.shortlist import LIST
from zukan.speed import is_slow

_MOST_FAILURES, _LONGEST_CAUSE = 3, 160
"""So many models that failed here are named, with so many letters of what went wrong."""
_SMALL_ENCODER = 1_000_000_000
_MOST_SUBJECTS = 3


def remarks(
    best: Sequence[Candidate],
    pool: Sequence[Prospect],
    understood: Understanding,
    smallest: tuple[int, str] | None,
    *,
    demanding: bool,
) -> list[str]:
    """Return what is said of a recommendation as a whole.

    Args:
        best: What is recommended.
        pool: What was looked at.
        understood: What was asked for.
        smallest: Of what is too large: (bytes that it needs, its id).
        demanding: Whether more was asked for than a task.

    """
    notes = []
    if not pool and demanding:
        notes.append("no model of this task fulfils all that was asked for")
    elif not pool:
        notes.append("the catalogue has no model for this task")
    elif not best:
        asked_in = understood.languages or understood.spoken not in (None, "en")
        notes.append(
            "no model of this task can be recommended for this machine and language"
            if asked_in
            else "no model of this task can be recommended for this machine"
        )
        if smallest:
            notes.append(f"the smallest, {smallest[1]}, needs about {smallest[0] / 1e9:.1f} GB of memory")
    elif all(candidate.evidence in (REPORTED_GRADE, "adoption", "none") for candidate in best):
        notes.append("ranked by adoption (downloads and likes): there is no independent evidence for this task")
    families, wanted = understood.task.families, understood.wishes.family
    if wanted and families and wanted not in families:
        names = ", ".join(map(str, families))
        notes.append(f"{wanted} models alone do not do {understood.task.task_id}; those that do: {names}")
    if "uncensored" in understood.topics and "uncensored" not in understood.wishes.allow:
        notes.append("uncensored models are left out; --allow uncensored takes them in")
    if best and understood.task.task_id not in OF_ANYTHING:
        notes += _of_nothing_special(best, understood)
    if best and is_slow(best[0].fit):
        notes.append("nothing here is expected to write a token a second on this machine")
    if understood.task.families[0] is Family.ENCODER_ONLY:
        notes += _without_large_model(best)
    return notes


def _of_nothing_special(best: Sequence[Candidate], understood: Understanding) -> list[str]:
    """Say that no model was found for what a question is about, where none of the first says it."""
    about = [*understood.topics, *(word.split("|")[0] for word in understood.words[:_MOST_SUBJECTS])]
    if not about or any(part.name == "words" for one in best for part in one.reasons):
        return []
    said = ", ".join(dict.fromkeys(one.replace("-", " ") for one in about))
    return [f"no model was found whose name or tags say {said}: these do the task in general"]


def behind(number: int) -> list[str]:
    """Say how many models are not listed since they are far behind the best."""
    if not number:
        return []
    return [f"{number} more fall over {FAR_BEHIND:g} points behind and are not listed; a limit above {LIST} lists them"]


def failures(known: Mapping[str, Prospect], trials: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Say which models are left out since they failed here, and why."""
    failed = [(name, trial) for name, trial in trials.items() if trial.get("status") != "ok" and name in known]
    return [
        f"{known[name].model_id} is not proposed again: on {str(trial.get('started_at'))[:10]} it failed here "
        f"({' '.join(str(trial.get('error') or trial.get('status')).split())[:_LONGEST_CAUSE]})"
        for name, trial in failed[:_MOST_FAILURES]
    ]


def _without_large_model(best: Sequence[Candidate]) -> list[str]:
    """Say that an encoder does what was asked for where one is recommended, and if that is known that it is small."""
    encoders = [one for one in best if one.tag.family is Family.ENCODER_ONLY]
    small = [one.record.model_id for one in encoders if (one.record.num_parameters or _SMALL_ENCODER) < _SMALL_ENCODER]
    if small and small[0] == best[0].record.model_id:
        return ["a small encoder does this: no large language model is needed"]
    if encoders and encoders[0] is best[0]:
        return ["an encoder does this: no large language model is needed"]
    return [f"{name}, a small encoder, does this too: no large language model is needed" for name in small[:1]]
