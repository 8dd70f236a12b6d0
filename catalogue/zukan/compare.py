"""Asks several models the same: which models, what they are asked, where they run, and what their answers score."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from zukan import hardware as machine
from zukan.advice import Hardware, Verdict
from zukan.attempt import present
from zukan.comparison import ClusterProgress, Comparison, ComparisonRequest, Input
from zukan.errors import NothingToCompare, UnsupportedTask
from zukan.in_turn import InTurn
from zukan.outcomes import TrialRequest
from zukan.recommend import recommend
from zukan.shares import Keeper
from zukan.store.read import CatalogueReader
from zukan.trial import SUPPORTED_TASKS, TrialEvent, builtin, examples, scores
from zukan.trial.tables import require_packages

_LOOKED_AT = 50
"""Recommended models among which those that fit are looked for."""


def compare(
    reader: CatalogueReader,
    request: ComparisonRequest,
    *,
    on_event: Callable[[TrialEvent], None] | None = None,
    on_model: Callable[[str, int, int], None] | None = None,
    on_progress: Callable[[ClusterProgress], None] | None = None,
    store: bool = True,
    cluster: str | None = None,
) -> Comparison:
    """Run a comparison; what an earlier run of the same one has answered is taken over.

    Args:
        reader: The catalogue.
        request: What to compare.
        on_event: Told about each step of a trial.
        on_model: Told which model is next; not on a cluster, where several run at once.
        on_progress: Told how far a cluster is.
        store: Keep trials and answers.
        cluster: Address of a Ray cluster, `local` for one that is started here; None = this machine alone.

    Raises:
        NothingToCompare: No models.
        UnsupportedTask: zukan cannot run that task.
        UnusableInput: Only some inputs have expected answers, or there is no input and no example.
        MissingExtra: A package that every trial, the scores or the cluster need is not installed.
        ClusterError: The cluster cannot be used or was lost; what was answered is kept.

    """
    require_packages()
    if cluster is not None:
        from zukan.cluster.link import require_ray  # noqa: PLC0415 (not for one machine)

        require_ray()
    scored = scores.check(request.inputs)
    hardware = machine.detect()
    models, notes = _models(reader, request, hardware)
    task, inputs = request.task, request.inputs
    if not inputs:
        task, asked = _example(reader, request, models[0])
        inputs = (asked,)
    metrics: dict[str, str] = {}
    keeper = Keeper(reader, request, store)
    with ExitStack() as stack:
        here = InTurn(keeper, hardware, stack, on_event)
        if cluster is not None:
            from zukan.on_cluster import OnCluster  # noqa: PLC0415

            spread = OnCluster(keeper, cluster, stack, on_event, on_progress)
            compared, task = spread.run(models, task, inputs)
        else:
            compared = []
            for place, model in enumerate(models, 1):
                if on_model is not None:
                    on_model(model, place, len(models))
                one, found = here.run(model, task, inputs)
                task = task or found
                compared.append(one)
        if scored and task is not None:
            of_each, metrics = scores.score(task, inputs, compared, request.options.top_k, here.start)
            compared = [replace(one, scores=of_it) for one, of_it in zip(compared, of_each, strict=True)]
    notes += keeper.notes
    return Comparison(
        task,
        inputs,
        tuple(compared),
        keeper.journal.path,
        metrics=metrics,
        notes=tuple(dict.fromkeys(notes)),
        votes=keeper.journal.votes(inputs) if store else (),
    )


def _models(
    reader: CatalogueReader, request: ComparisonRequest, hardware: Hardware
) -> tuple[tuple[str, ...], list[str]]:
    """Return the models to compare: those that were named, else the first recommended ones that fit."""
    if request.models:
        return tuple(dict.fromkeys(request.models)), []
    if request.task is None:
        raise NothingToCompare
    if request.task not in SUPPORTED_TASKS:
        raise UnsupportedTask(request.task, "", SUPPORTED_TASKS)
    options = request.options
    answer = recommend(
        reader,
        request.task,
        hardware,
        source_language=options.source_language,
        target_language=options.target_language,
        limit=_LOOKED_AT,
    )
    fitting = [one.record.model_id for one in answer.candidates if one.fit.verdict is Verdict.FITS]
    if not fitting:
        raise NothingToCompare(request.task)
    notes = []
    if len(fitting) < request.top:
        notes.append(f"only {len(fitting)} models of this task are known to fit this machine")
    return tuple(fitting[: request.top]), notes


def _example(reader: CatalogueReader, request: ComparisonRequest, first: str) -> tuple[str, Input]:
    """Return the task that was asked for or that the first model is known for, and an example of it.

    Raises:
        NothingToCompare: The task is not known.
        UnusableInput: The task has no example.

    """
    miniature = builtin.find(first)
    if miniature is not None and request.task in (None, miniature.task):
        return miniature.task, Input(miniature.text)
    task = request.task
    if task is None:
        _request, hit = present(reader, TrialRequest(first))
        task = hit.record.pipeline_tag if hit is not None else None
    if task is None:
        raise NothingToCompare(models=request.models)
    completed = examples.complete(replace(request.options, model=first, text=None), task)
    asked = Input(
        completed.text or "",
        context=completed.context,
        labels=completed.labels,
        compare_with=completed.compare_with,
        source_language=completed.source_language,
        target_language=completed.target_language,
    )
    return task, asked
