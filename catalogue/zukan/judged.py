"""Puts judged models in the order that is shown: how fast they write, what their cards report, who is first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from zukan.advice import Fit, Hardware, Reason, Task, Verdict, Wishes
from zukan.machine import is_any
from zukan.points import CPU_COMFORT_BYTES, REPORTED, UNKNOWN_LOADER_POINTS, Known
from zukan.reported import of_task, results
from zukan.schema import Prospect
from zukan.shortlist import LIST, TIE_POINTS
from zukan.speed import bandwidth, is_slow, with_speed, writes
from zukan.store.read import CatalogueReader

FIRST_POINTS = 10.0
"""A model whose size is not known is not the first where another has hardly fewer points."""
FAR_BEHIND = 25.0
"""What has so many points less than the best, as many as a word of the question is worth, would only fill up the list
for a question that says more than a task."""
_AS_SMALL = 2.0
"""A model of so many times the size of a small one is still a small one."""
_UNKNOWN_ACCESS = "not first: it is not known whether its authors must grant access"
_AGAINST = ("topic", "language", "languages")
"""Parts of a score that say, below nothing, that a model is for something else: such a one is not put first for its
size."""
REPORTED_GRADE = "reported on its card"
"""The grade of a model of which only its own card says how good it is."""


class Judged(NamedTuple):
    """A model that may be recommended, with what was found of it."""

    model: Prospect
    score: float
    reasons: tuple[Reason, ...]
    fit: Fit
    evidence: str
    standing: float
    """The best on a leaderboard, see `zukan.evidence.Figure`."""
    presumed_open: bool = False
    """Whether its author's others are open to everybody, where it is not known of itself, see `zukan.presumed`."""


def grade(model: Prospect, known: Known, parts: Iterable[Reason]) -> str:
    """Return on what the rank of a model stands, the strongest first."""
    said = {part.name for part in parts}
    if known.trial:
        return "measured here"
    if known.figures and any(figure.standing is not None for figure in known.figures):
        return "leaderboard"
    if known.base and any(figure.standing is not None for figure in known.base_figures):
        return "leaderboard of its base"
    if "listed" in said:
        return "list"
    if REPORTED in said:
        return REPORTED_GRADE
    return "adoption" if model.downloads or model.likes else "none"


def with_speeds(listed: Sequence[Judged], task: Task, hardware: Hardware) -> list[Judged]:
    """Return a list with how fast those write that write, where one is so large that it matters, or the card is known.

    Measuring memory takes longer than all the rest.
    """
    heavy = any((one.fit.file_bytes or 0) > CPU_COMFORT_BYTES for one in listed if writes(one.model, task))
    rate, basis = bandwidth(hardware) if heavy or hardware.bandwidth_bytes else (None, "")
    return [
        one._replace(fit=with_speed(one.fit, one.model, rate, basis)) if writes(one.model, task) else one
        for one in listed
    ]


def with_reports(reader: CatalogueReader, best: Sequence[Judged], task: Task) -> list[Judged]:
    """Return a list with what the cards of its models report, or without it where that is for another task.

    Only the rows of what is shown are read.
    """
    reporting = [item.model.model_id for item in best if item.evidence == REPORTED_GRADE]
    rows = reader.raw_rows(reporting) if reporting else {}
    return [_with_report(item, rows.get(item.model.model_id), task) for item in best]


def _with_report(item: Judged, row: Mapping[str, Any] | None, task: Task) -> Judged:
    if row is None:
        return item
    fits, result = of_task(results(row), task)
    if not fits:
        parts = tuple(part for part in item.reasons if part.name != REPORTED)
        evidence = grade(item.model, Known(), parts)
        return item._replace(reasons=parts, score=round(sum(part.points for part in parts), 2), evidence=evidence)
    if result is None:
        return item
    said = ", ".join(filter(None, (result.dataset, f"{result.metric or ''} {result.value:g}".strip())))
    said = f"verified by the Hub: {said}" if result.verified else f"not verified: {said}"
    text = f"reported on its card, {said}"
    return item._replace(
        reasons=tuple(part._replace(text=text) if part.name == REPORTED else part for part in item.reasons)
    )


def why_not_first(item: Judged, first: Judged, wishes: Wishes) -> str | None:
    """Return why a model that scores higher than the first is not that, None for any other."""
    if item.score <= first.score:
        return None
    return "not first: it writes less than a token a second here" if is_slow(item.fit) else _doubt(item, wishes)


def _doubt(item: Judged, wishes: Wishes) -> str | None:
    """Return what keeps a model from the first place, where another is nearly as good; None for nothing."""
    if _is_for_else(item):
        return "not first: it was made for something else"
    if item.fit.verdict is Verdict.UNKNOWN:
        return "not first: its size is not known"
    if item.model.gated is None and not item.presumed_open and "gated" not in wishes.allow:
        return _UNKNOWN_ACCESS
    return None


def in_order(listed: Sequence[Judged], wishes: Wishes, hardware: Hardware, limit: int) -> list[Judged]:
    """Return the first of a short list, the others of it by score, and behind them what else was asked for."""
    by_score = sorted(listed[:LIST], key=lambda item: -item.score)
    first = by_score[:1] if is_any(hardware) else _first_known(listed, wishes)
    others = [item for item in listed[:LIST] if item not in first][: limit - len(first)]
    return [*first, *sorted(others, key=lambda item: -item.score), *listed[LIST:]][:limit]


def near_enough(listed: Sequence[Judged]) -> list[Judged]:
    """Return a list without what is far behind the best of it; the first is that for other reasons than its score."""
    best = max((item.score for item in listed), default=0.0)
    return [*listed[:1], *(item for item in listed[1:] if item.score >= best - FAR_BEHIND)]


def _stands_for(item: Judged, best: Judged, wishes: Wishes) -> bool:
    """Whether a model may be first in place of the best: made for the subject too, and small if that is asked."""
    if wishes.prefer == "small" and best.model.num_parameters:
        size = item.model.num_parameters
        if size is None or size > best.model.num_parameters * _AS_SMALL:
            return False
    return _of_subject(item) >= _of_subject(best)


def _is_doubtful(item: Judged) -> bool:
    """Whether a model was made for something else, or nothing says how to load it: then its speed is no help."""
    unloadable = any(part.points == UNKNOWN_LOADER_POINTS for part in item.reasons if part.name == "library")
    return unloadable or _is_for_else(item)


def _is_for_else(item: Judged) -> bool:
    return any(part.points < 0 for part in item.reasons if part.name in _AGAINST)


def _of_subject(item: Judged) -> float:
    return sum(part.points for part in item.reasons if part.name == "words")


def _first_known(listed: Sequence[Judged], wishes: Wishes) -> list[Judged]:
    """Return the first of a list: fast enough, of known size, and not to be asked for, if such a one is nearly as good.

    That it is fast enough goes before how good it is, but not before that it is for what was asked and can be loaded.
    """
    quick = [one for one in listed[:LIST] if not is_slow(one.fit)]
    if quick and is_slow(listed[0].fit) and all(map(_is_doubtful, quick)):
        quick = quick if all(map(_is_doubtful, listed[:LIST])) else list(listed[:LIST])
    if not quick and listed:
        # Where nothing is read as it comes, what comes fastest is the least bad.
        return [max(listed[:LIST], key=lambda item: item.fit.tokens_per_second or 0.0)]
    listed = quick
    if not listed:
        return []
    best = listed[0]
    # Few are gated of which that is not known and not presumed: it decides between equals.
    least = best.score - (TIE_POINTS if _doubt(best, wishes) == _UNKNOWN_ACCESS else FIRST_POINTS)
    near = [item for item in listed[:LIST] if item.score >= least and _stands_for(item, best, wishes)]
    known = sorted((item for item in near if _doubt(item, wishes) is None), key=lambda item: -item.score)
    return [*known, *near][:1]
