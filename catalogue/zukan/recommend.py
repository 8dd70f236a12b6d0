"""Answers "which one do I try first?": question → candidates → what can run here → ranked, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from zukan.fit import estimate
from zukan.languages import language_name
from zukan.query_tree import Either, Is, Node, Word
from zukan.ranking import rank
from zukan.schema import Candidate, Fit, Hardware, Prospect, Reason, Recommendation, Understanding, Verdict
from zukan.search import popular
from zukan.store.read import CatalogueReader
from zukan.tasks import topic_signs, understand

_POOL = 100
"""How many of the most popular models of a task are looked at, at least."""


class _Ranked(NamedTuple):
    model: Prospect
    score: float
    reasons: tuple[Reason, ...]
    fit: Fit
    evidence: str


def recommend(
    reader: CatalogueReader,
    question: str,
    hardware: Hardware,
    *,
    languages: Sequence[str] = (),
    source_language: str | None = None,
    target_language: str | None = None,
    family: str | None = None,
    inferred: bool = False,
    limit: int = 10,
) -> Recommendation:
    """Rank the models of a task for a machine.

    Args:
        reader: The open catalogue.
        question: A Hub task id or free words in English or Japanese.
        hardware: The machine the models must run on.
        languages: Language codes that the model must know, besides those the question names.
        source_language: For translation.
        target_language: For translation.
        family: Only models of this family.
        inferred: Also models whose repository states no task, where their class or type tells it.
        limit: How many to return.

    Raises:
        UnknownTask: The question names no task.

    """
    understood = understand(question)
    understood = understood._replace(
        languages=tuple(dict.fromkeys((*understood.languages, *languages))),
        source_language=source_language or understood.source_language,
        target_language=target_language or understood.target_language,
    )
    excluded = Counter(reader.exclusions((understood.task.task_id, *understood.task.related_tasks)))
    never = excluded.total()
    pool = _prospects(reader, understood, family, max(_POOL, 2 * limit), inferred=inferred)
    trials = _trials(reader, understood.task.task_id)
    ranked: list[_Ranked] = []
    for prospect in pool:
        judged = _judge(prospect, understood, hardware, trials.get(prospect.model_id.lower()))
        if isinstance(judged, str):
            excluded[judged] += 1
        else:
            ranked.append(judged)
    ranked.sort(key=lambda item: (-item.score, item.model.model_id))
    best = _candidates(reader, ranked[:limit])
    return Recommendation(
        question=question,
        understood=understood,
        hardware=hardware,
        candidates=best,
        considered=len(pool) + never,
        left_out=dict(excluded.most_common()),
        as_of=max((prospect.as_of for prospect in pool if prospect.as_of), default=None),
        notes=_notes(best, pool),
    )


def _prospects(
    reader: CatalogueReader, understood: Understanding, family: str | None, most: int, *, inferred: bool
) -> list[Prospect]:
    task = understood.task
    scopes: list[Node] = [Is("task", (task.task_id, *task.related_tasks))]
    if inferred:
        scopes.append(Is("inferred", (task.task_id,)))
    if task.model_types:
        scopes.append(Is("type", task.model_types))
    scope = scopes[0] if len(scopes) == 1 else Either(tuple(scopes))
    of_family = Is("family", (family,)) if family else None
    pool: dict[int, None] = {}

    def add(*parts: Node) -> None:
        pool.update(dict.fromkeys(popular(reader, (scope, of_family, Is("exclusion", (None,)), *parts), most)))

    add()
    # A language's or a topic's own models are rarely among a task's most popular ones.
    wanted = {*understood.languages} | {understood.source_language, understood.target_language} - {None}
    for code in wanted:
        if code:
            add(Is("language", (code,)))
            add(Word(language_name(code, "en")))
    if understood.source_language and understood.target_language:
        add(Word(f"{understood.source_language}-{understood.target_language}"))
    signs = (sign for topic in understood.topics[:2] for sign in topic_signs(topic)[:4])
    for text in (*signs, *understood.words[:3]):
        add(*(Word(word) for word in text.split()))
    found = reader.prospects(list(pool))
    return [
        prospect
        for prospect in found
        if _answers(prospect, understood) or (inferred and prospect.inferred_task == task.task_id)
    ]


def _answers(model: Prospect, understood: Understanding) -> bool:
    """Whether a model does the task itself: a related pipeline tag alone proves nothing."""
    task = understood.task
    if model.pipeline_tag == task.task_id:
        return True
    if model.pipeline_tag in task.related_tasks:
        return model.model_type in task.model_types or f'"{task.task_id}"' in model.tags
    return model.pipeline_tag is None and model.model_type in task.model_types


def _candidates(reader: CatalogueReader, ranked: Sequence[_Ranked]) -> tuple[Candidate, ...]:
    """Fill the best up with everything the catalogue knows of them."""
    names = [item.model.model_id for item in ranked]
    hits, copies = reader.get_many(names), reader.copies(names)
    return tuple(
        Candidate(
            record=hits[item.model.model_id].record,
            tag=hits[item.model.model_id].tag,
            score=item.score,
            reasons=item.reasons,
            fit=item.fit,
            evidence=item.evidence,
            copies=copies[item.model.model_id],
        )
        for item in ranked
    )


def _trials(reader: CatalogueReader, task_id: str) -> dict[str, Mapping[str, Any]]:
    """Return the latest trial of each model for the task."""
    latest: dict[str, Mapping[str, Any]] = {}
    for trial in reader.trials(limit=1_000):
        if trial.get("task") == task_id:
            latest.setdefault(str(trial.get("model_id")).lower(), trial)
    return latest


def _judge(
    model: Prospect, understood: Understanding, hardware: Hardware, trial: Mapping[str, Any] | None
) -> _Ranked | str:
    """Return the model with its score, or the reason why it is left out."""
    if model.exclusion:
        return model.exclusion
    if trial and trial.get("status") != "ok":
        return f"failed here: {trial.get('error') or trial.get('status')}"
    fit = estimate(model, hardware)
    if trial:
        fit = _measured(fit, trial)
    if fit.verdict is Verdict.TOO_LARGE:
        return "too large for this machine"
    parts = rank(model, understood, fit, hardware, trial)
    if parts is None:
        return "other languages"
    adopted = "adoption" if model.downloads or model.likes else "none"
    score = round(sum(part.points for part in parts), 2)
    return _Ranked(model, score, parts, fit, "measured here" if trial else adopted)


def _measured(fit: Fit, trial: Mapping[str, Any]) -> Fit:
    peak = trial.get("peak_bytes")
    if not isinstance(peak, int):
        return fit
    private = trial.get("peak_private_bytes")
    return Fit(
        verdict=Verdict.FITS,
        peak_bytes=peak,
        private_bytes=private if isinstance(private, int) else fit.private_bytes,
        file_bytes=fit.file_bytes,
        download_bytes=fit.download_bytes,
        basis=f"measured here on {str(trial.get('started_at'))[:10]}",
    )


def _notes(best: Sequence[Candidate], pool: Sequence[Prospect]) -> tuple[str, ...]:
    notes = []
    if not pool:
        notes.append("the catalogue has no model for this task")
    elif not best:
        notes.append("no model of this task can be recommended for this machine and language")
    elif all(candidate.evidence != "measured here" for candidate in best):
        notes.append("ranked by adoption (downloads and likes): no quality measurements are used yet")
    return tuple(notes)
