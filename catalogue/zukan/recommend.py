"""Answers "which one do I try first?": question → candidates → what can run here → ranked, with reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from zukan.advice import Candidate, Elsewhere, Fit, Hardware, Recommendation, Understanding, Verdict, Wishes
from zukan.demands import allowed_reasons, blame, demanded, unknown
from zukan.exclusions import left_out
from zukan.fit import estimate
from zukan.judged import Judged, grade, in_order, near_enough, why_not_first, with_reports, with_speeds
from zukan.likened import LIKENED, is_likened
from zukan.machine import is_any, said_memory
from zukan.mirrors import MIRROR, without_mirrors
from zukan.points import Known
from zukan.pool import POOL, Pool, pool_of
from zukan.presumed import presumed, with_open, without_presumed
from zukan.question import asked_for
from zukan.ranking import rank
from zukan.remarks import behind, failures, remarks
from zukan.schema import ModelRecord, Prospect
from zukan.serving import ways
from zukan.shortlist import LIST, Ranked, bands, picks, shortened
from zukan.store.read import CatalogueReader
from zukan.subjects import topics_in_name
from zukan.tasks import is_own_name, why_family
from zukan.trees import TAUGHT, roots

TRIALS = "trials"
"""What was tried, as a source of evidence."""


def recommend(
    reader: CatalogueReader,
    question: str,
    hardware: Hardware,
    *,
    languages: Sequence[str] = (),
    source_language: str | None = None,
    target_language: str | None = None,
    wishes: Wishes = Wishes(),  # noqa: B008 (a tuple)
    inferred: bool = False,
    limit: int = 10,
    without: frozenset[str] = frozenset(),
    elsewhere: bool = False,
) -> Recommendation:
    """Rank the models of a task for a machine.

    Args:
        reader: The open catalogue.
        question: A Hub task id or free words in English or Japanese.
        hardware: The machine the models must run on.
        languages: Language codes that the model must know, besides those the question names.
        source_language: For translation.
        target_language: For translation.
        wishes: What else must hold; it goes before what the question says itself.
        inferred: Also models whose repository states no task, where their class or type tells it.
        limit: How many to return.
        without: Sources of evidence to leave out, by name; `TRIALS` among them.
        elsewhere: Let a question that says how much memory there is speak of another machine.

    Raises:
        UnknownTask: The question names no task.
        QueryError: It asks for what no model can be.

    """
    understood = asked_for(reader, question, languages, source_language, target_language, wishes)
    if elsewhere and wishes.max_memory is None and understood.wishes.max_memory:
        hardware = said_memory(question, understood.wishes.max_memory, hardware)

    def looked_at(what: Understanding, where: Hardware) -> _Looked:
        return _look(reader, what, where, max(POOL, 2 * limit), inferred=inferred, without=without)

    with reader.translated():
        looked = looked_at(understood, hardware)
        alone = is_own_name(question, understood.task) and not _says_more(understood)
        listed = _listed(reader, looked, understood, hardware, limit, alone=alone)
        # Who compares with a model wants others too, of its kind or not.
        narrow = limit <= LIST and _says_more(understood) and not understood.likened
        near = near_enough(listed) if narrow else listed
        candidates = _candidates(reader, near, understood)
        demanding = len(demanded(understood.wishes, understood.task.task_id)) > 1
        return Recommendation(
            question=question,
            understood=understood,
            hardware=hardware,
            candidates=candidates,
            considered=len(looked.pool.models) + looked.never,
            left_out=dict(looked.excluded.most_common()),
            as_of=max((prospect.as_of for prospect in looked.pool.models if prospect.as_of), default=None),
            notes=(
                *remarks(candidates, looked.pool.models, understood, looked.smallest, demanding=demanding),
                *behind(len(listed) - len(near)),
                *failures(looked.pool.known, looked.trials),
            ),
            unknown=unknown(reader, understood.task.task_id, understood.wishes),
            without={}
            if candidates
            else blame(understood, hardware, lambda what, where: len(looked_at(what, where).ranked)),
            elsewhere=_elsewhere(reader, looked.too_large),
        )


class _Looked(NamedTuple):
    """The models that were looked at for a question, and what came of them."""

    pool: Pool
    ranked: list[Judged]
    """The best first."""
    excluded: Counter[str]
    """Why others were left out → how many."""
    never: int
    """So many of them were not even in the pool."""
    smallest: tuple[int, str] | None
    """The memory that the smallest model needs of those that are too large, and its id."""
    trials: Mapping[str, Mapping[str, Any]]
    """Id in lower case → the latest trial here."""
    too_large: list[Elsewhere]
    """What does not fit, the best of it first; `ways` are not yet looked for."""


def _look(
    reader: CatalogueReader,
    understood: Understanding,
    hardware: Hardware,
    most: int,
    *,
    inferred: bool,
    without: frozenset[str],
) -> _Looked:
    task_id = understood.task.task_id
    excluded = Counter(reader.exclusions((task_id, *understood.task.related_tasks)))
    for reason in allowed_reasons(understood.wishes, task_id):
        excluded.pop(reason, None)
    never = excluded.total()
    pool = pool_of(reader, understood, most, inferred=inferred, without=without)
    trials, remote = ({} if TRIALS in without else _trials(reader, task_id, remote=other) for other in (False, True))
    ranked: list[Judged] = []
    smallest: tuple[int, str] | None = None
    beyond: list[tuple[float, Prospect, int]] = []
    for prospect in pool.models:
        if understood.likened and is_likened(prospect, understood.likened, copies=understood.wishes.weights is None):
            excluded[LIKENED] += 1
            continue
        judged = _judge(prospect, understood, hardware, _known(prospect, pool, trials, remote))
        if isinstance(judged, Judged):
            ranked.append(judged)
            continue
        reason, peak, score = judged
        excluded[reason] += 1
        if peak is not None and (smallest is None or peak < smallest[0]):
            smallest = (peak, prospect.model_id)
        if peak is not None and score is not None:
            beyond.append((score, prospect, peak))
    ranked.sort(key=lambda item: (-item.score, item.model.model_id))
    allowed = allowed_reasons(understood.wishes, task_id)
    ranked, reasons = without_presumed(reader, ranked, allowed, wary=understood.wishes.or_unknown)
    excluded.update(reasons)
    originals = without_mirrors(reader, ranked)
    excluded.update({MIRROR: len(ranked) - len(originals)} if len(originals) < len(ranked) else {})
    ranked = originals

    def may_be(model: Prospect) -> bool:
        return presumed(reader, model, allowed, wary=understood.wishes.or_unknown) is None

    best = ranked[0].score if ranked else float("-inf")
    return _Looked(pool, ranked, excluded, never, smallest, trials, _better(beyond, best, may_be))


def _better(
    too_large: Sequence[tuple[float, Prospect, int]], score: float, may_be: Callable[[Prospect], bool]
) -> list[Elsewhere]:
    """Return what scores higher than all that fits: the best, and the one that needs the least."""
    better = sorted((one for one in too_large if one[0] > score), key=lambda one: (-one[0], one[1].model_id))
    found: list[Elsewhere] = []
    for order in (better, sorted(better, key=lambda one: one[2])):
        # What may not be is looked for as far as needed: of each author the catalogue must be asked.
        model = next((Elsewhere(model.model_id, peak, ()) for _, model, peak in order if may_be(model)), None)
        found += [model] if model else []
    return list(dict.fromkeys(found))


def _listed(
    reader: CatalogueReader, looked: _Looked, understood: Understanding, hardware: Hardware, limit: int, *, alone: bool
) -> list[Judged]:
    """Return the short list of what was ranked."""
    ranked = looked.ranked
    trees = roots([item.model for item in ranked], looked.pool.known)
    task_id = understood.task.task_id
    short = shortened(
        [Ranked(item.model, item.score) for item in ranked], trees, max(limit, LIST),
        taught=task_id in TAUGHT,
        smaller=is_any(hardware) and understood.wishes.prefer != "best",
        topics=(lambda model_id: topics_in_name(model_id, task_id)) if alone else None,
    )  # fmt: skip
    listed = with_speeds([ranked[place] for place in short], understood.task, hardware)
    listed = with_open(reader, with_reports(reader, listed, understood.task))
    return in_order(listed, understood.wishes, hardware, limit)


def _says_more(understood: Understanding) -> bool:
    """Whether a question asks for more than a task: for a subject, or a language."""
    return any((understood.topics, understood.subjects, understood.words, understood.languages,
                understood.source_language))  # fmt: skip


def _elsewhere(reader: CatalogueReader, too_large: Sequence[Elsewhere]) -> tuple[Elsewhere, ...]:
    """Fill up who would run what does not fit."""
    hits = reader.get_many([one.model_id for one in too_large]) if too_large else {}
    return tuple(one._replace(ways=ways(hits[one.model_id].record)) for one in too_large)


def _known(
    model: Prospect,
    pool: Pool,
    trials: Mapping[str, Mapping[str, Any]],
    remote: Mapping[str, Mapping[str, Any]],
) -> Known:
    name = model.model_id.lower()
    base = model.base_models[0] if model.base_models else None
    of_base = pool.figures.get(base.lower(), ()) if base else ()
    return Known(
        pool.figures.get(name, ()), base if of_base else None, of_base, trials.get(name), _answered(remote.get(name))
    )


def _answered(trial: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Return a remote trial that answered; one that failed says nothing of this machine."""
    return trial if trial and trial.get("status") == "ok" else None


def _candidates(reader: CatalogueReader, best: Sequence[Judged], understood: Understanding) -> tuple[Candidate, ...]:
    """Fill the best up with everything the catalogue knows of them."""
    names = [item.model.model_id for item in best]
    hits, copies = reader.get_many(names), reader.copies(names)
    by_score = sorted(best, key=lambda item: -item.score)
    band_of = dict(
        zip((item.model.model_id for item in by_score), bands([item.score for item in by_score]), strict=True)
    )
    pick = picks([item.model for item in best], [item.standing for item in best])
    return tuple(
        Candidate(
            record=hits[item.model.model_id].record,
            tag=hits[item.model.model_id].tag,
            score=item.score,
            reasons=item.reasons,
            fit=item.fit,
            evidence=item.evidence,
            copies=copies[item.model.model_id],
            band=band_of[item.model.model_id],
            pick=name,
            why_family=why_family(understood.task, item.model.family),
            not_first=why_not_first(item, best[0], understood.wishes),
        )
        for item, name in zip(best, pick, strict=True)
    )


def _trials(reader: CatalogueReader, task_id: str, *, remote: bool) -> dict[str, Mapping[str, Any]]:
    """Return the latest trial of each model for the task, of this machine or of others.

    That one file of several failed, which somebody named, says nothing of the others, nor that an earlier commit did.
    """
    latest: dict[str, Mapping[str, Any]] = {}
    for trial in reader.trials(limit=1_000, remote=remote):
        failed = trial.get("status") != "ok"
        says_nothing = trial.get("other_repository") or (failed and (trial.get("gguf_file") or trial.get("outdated")))
        if trial.get("task") == task_id and not says_nothing:
            latest.setdefault(str(trial.get("model_id")).lower(), trial)
    return latest


def _judge(
    model: Prospect, understood: Understanding, hardware: Hardware, known: Known
) -> Judged | tuple[str, int | None, float | None]:
    """Return the model with its score, or why it is left out and, if it is too large, what it needs and would score."""
    wishes, trial = understood.wishes, known.trial
    if model.exclusion and (reason := _excluded(model, understood)):
        return reason, None, None
    if trial and trial.get("status") != "ok":
        return f"failed here: {trial.get('error') or trial.get('status')}", None, None
    fit = estimate(model, hardware)
    if trial:
        fit = _measured(fit, trial)
    if fit.verdict is Verdict.TOO_LARGE:
        parts = rank(model, understood, fit, hardware, known)
        # How fast it would be on this machine is no matter.
        worth = sum(part.points for part in parts if part.name not in ("fit", "speed")) if parts is not None else None
        return "too large for this machine", fit.peak_bytes, worth
    if (over := _over(fit, wishes)) is not None:
        return over, fit.peak_bytes, None
    parts = rank(model, understood, fit, hardware, known)
    if parts is None:
        return "other languages", None, None
    score = round(sum([part.points for part in parts]), 2)
    standing = max([one.standing or 0.0 for one in known.figures]) if known.figures else 0.0
    return Judged(model, score, parts, fit, grade(model, known, parts), standing)


def _over(fit: Fit, wishes: Wishes) -> str | None:
    """Return why a model is not within what may be needed or fetched, None if it is; what is not known is not."""
    if wishes.max_memory is None and wishes.max_download is None:
        return None
    limits = (
        (wishes.max_memory, fit.peak_bytes, "needs more memory than asked for"),
        (wishes.max_download, fit.download_bytes, "a larger download than asked for"),
    )
    for most, need, reason in limits:
        if most is not None and need is None:
            return "size unknown, so that the limit cannot be checked"
        if most is not None and need is not None and need > most:
            return reason
    return None


def _excluded(model: Prospect, understood: Understanding) -> str | None:
    """Return why a model is left out although something was allowed."""
    allowed = allowed_reasons(understood.wishes, understood.task.task_id)
    if model.exclusion not in allowed:
        return model.exclusion
    # What weighs most is stored; something else may stand against it too.
    record = ModelRecord(
        model.model_id, author=model.author, pipeline_tag=model.pipeline_tag, library_name=model.library_name,
        tags=model.tags, gated=None if model.gated in (None, "false") else model.gated,
        base_relation=model.base_relation,
    )  # fmt: skip
    return left_out(record, allowed)


def _measured(fit: Fit, trial: Mapping[str, Any]) -> Fit:
    peak, speed = trial.get("peak_bytes"), trial.get("tokens_per_second")
    basis = f"measured here on {str(trial.get('started_at'))[:10]}"
    # What was measured while other models ran beside it says nothing of its speed alone.
    alone = int((trial.get("hardware") or {}).get("workers") or 1) == 1
    if isinstance(speed, int | float) and speed > 0 and alone:
        fit = fit._replace(tokens_per_second=float(speed), speed_basis=basis)
    if not isinstance(peak, int):
        return fit
    private = trial.get("peak_private_bytes")
    return fit._replace(
        verdict=Verdict.FITS,
        peak_bytes=peak,
        private_bytes=private if isinstance(private, int) else fit.private_bytes,
        basis=basis,
    )
