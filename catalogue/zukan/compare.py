"""Asks several models the same: each in a process forked from one warm importer, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256

from zukan import hardware as machine
from zukan.attempt import attempt_session, keep, present
from zukan.comparison import Answered, Compared, Comparison, ComparisonRequest, Input
from zukan.errors import (
    CatalogueReadOnly,
    NothingToCompare,
    OutOfMemory,
    QuestionError,
    RunFailed,
    TrialCrashed,
    TrialError,
    TrialTimeout,
    UnsupportedTask,
    ZukanError,
)
from zukan.journal import Journal, input_key
from zukan.outcomes import TrialRequest, TrialResult
from zukan.recommend import recommend
from zukan.schema import Hardware, Verdict
from zukan.store.read import CatalogueReader
from zukan.trial import SUPPORTED_TASKS, TrialEvent, builtin, examples, scores
from zukan.trial.importer import Importer, can_fork, starter
from zukan.trial.process import Start
from zukan.trial.session import Session, with_input
from zukan.trial.source import cached_repository, local_repository
from zukan.trial.tables import require_packages

_LOOKED_AT = 50
"""Recommended models among which those that fit are looked for."""
_MOST_ENDS = 3
"""How often a model may be loaded anew after an input that ended its process."""
_ENDED = (TrialTimeout, OutOfMemory, TrialCrashed)


def compare(
    reader: CatalogueReader,
    request: ComparisonRequest,
    *,
    on_event: Callable[[TrialEvent], None] | None = None,
    on_model: Callable[[str, int, int], None] | None = None,
    store: bool = True,
) -> Comparison:
    """Run a comparison; what an earlier run of the same one has answered is taken over.

    Raises:
        NothingToCompare: No models.
        UnsupportedTask: zukan cannot run that task.
        UnusableInput: Only some inputs have expected answers, or there is no input and no example.
        MissingExtra: A package that every trial or the scores need is not installed.

    """
    require_packages()
    scored = scores.check(request.inputs)
    hardware = machine.detect()
    models, notes = _models(reader, request, hardware)
    task, inputs = request.task, request.inputs
    if not inputs:
        task, asked = _example(reader, request, models[0])
        inputs = (asked,)
    metrics: dict[str, str] = {}
    with ExitStack() as stack:
        runner = _Runner(reader, request, hardware, stack, on_event, store=store)
        compared: list[Compared] = []
        for place, model in enumerate(models, 1):
            if on_model is not None:
                on_model(model, place, len(models))
            one, found = runner.run(model, task, inputs)
            task = task or found
            compared.append(one)
        if scored and task is not None:
            of_each, metrics = scores.score(task, inputs, compared, request.options.top_k, runner.start)
            compared = [replace(one, scores=of_it) for one, of_it in zip(compared, of_each, strict=True)]
    notes += runner.notes
    return Comparison(
        task,
        inputs,
        tuple(compared),
        runner.journal.path,
        metrics=metrics,
        notes=tuple(dict.fromkeys(notes)),
        votes=runner.journal.votes(inputs) if store else (),
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
        raise NothingToCompare
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


@dataclass
class _Runner:
    """Runs one model after another."""

    reader: CatalogueReader
    request: ComparisonRequest
    hardware: Hardware
    stack: ExitStack
    on_event: Callable[[TrialEvent], None] | None
    store: bool
    notes: list[str] = field(default_factory=list)

    @cached_property
    def journal(self) -> Journal:
        """What earlier runs have answered."""
        request = self.request
        # Without a task that of the first model is asked of all.
        task = request.task or f"that of {' '.join(request.models[:1])}"
        return Journal(self.reader.path, task, request.options)

    @cached_property
    def start(self) -> Start:
        """How workers are started; the importer begins to import when this is first asked for."""
        if can_fork(self.request.options.device, self.hardware.accelerator):
            return starter(self.stack.enter_context(Importer()))
        return starter(None)

    def run(self, model: str, task: str | None, inputs: Sequence[Input]) -> tuple[Compared, str | None]:
        """Return a model's answers, and the task they are for."""
        longest = max(inputs, key=lambda asked: len(asked.text) + len(asked.context or ""))
        options = with_input(replace(self.request.options, model=model, task=task), longest)
        try:
            options, _hit = present(self.reader, options)
            state = _state(options)
        except ZukanError as error:
            return Compared(model, tuple(Answered(error=error) for _ in inputs)), task
        name = _full_name(options.model, options.gguf)
        known = {} if self.request.again or not self.store else self.journal.answers(name, state)
        work = _Work(name, state, inputs, task, gguf=options.gguf)
        for place, asked in enumerate(inputs):
            if (result := known.get(input_key(asked))) is not None:
                work.answers[place] = Answered(result, kept=True)
        self._answer(options, work)
        answers = tuple(work.answers[place] for place in range(len(inputs)))
        kept = next((answer.result for answer in answers if answer.result is not None), None)
        return Compared(work.name, answers), work.task or (kept.task if kept else None)

    def _answer(self, options: TrialRequest, work: _Work) -> None:
        """Have every input answered that no earlier run has, loading the model anew after one that ended it."""
        last: ZukanError | None = None
        for _turn in range(_MOST_ENDS):
            if not work.missing:
                break
            work.asking = None
            try:
                with attempt_session(
                    self.reader, options, on_event=self.on_event, store=self.store, start=self.start
                ) as session:
                    self._ask(session, work)
            except ZukanError as error:
                # What only an input caused leaves the others to be asked.
                for place in work.missing if work.asking is None else [work.asking]:
                    work.answers[place] = Answered(error=error)
                last = error
        for place in work.missing:
            work.answers[place] = Answered(error=last)
        self._store(work)

    def _ask(self, session: Session, work: _Work) -> None:
        work.take(session)
        for place in work.missing:
            work.asking = place
            asked = work.inputs[place]
            session.reset()
            try:
                result = session.ask(asked, repeat=len(work.inputs) == 1)
            except work.ends:
                raise
            except (TrialError, QuestionError) as error:
                work.answers[place] = Answered(error=error)
                continue
            work.answers[place] = Answered(result)
            self._keep(work, asked, result)

    def _keep(self, work: _Work, asked: Input, result: TrialResult) -> None:
        if not self.store:
            return
        try:
            self.journal.keep(work.model, work.state, asked, result)
        except CatalogueReadOnly as error:
            self.notes.append(f"the answers are not kept for a later run: {error.detail}")

    def _store(self, work: _Work) -> None:
        """Keep the model's trial, as `attempt` does: one for a run, whatever the number of inputs."""
        answers = (work.answers[place] for place in sorted(work.answers))
        results = [answer.result for answer in answers if answer.result is not None and not answer.kept]
        if not results or not self.store:
            return
        first = next((result for result in results if result.first_answer_seconds is not None), results[0])
        problem = keep(self.reader, _with_peaks(first, results))
        if problem is not None:
            self.notes.append(problem)


@dataclass
class _Work:
    """One model's share of a comparison while it runs."""

    model: str
    state: str | None
    inputs: Sequence[Input]
    task: str | None
    gguf: str | None = None
    """Which of its GGUF files, where one was named."""
    answers: dict[int, Answered] = field(default_factory=dict)
    asking: int | None = None
    """The input that is being answered; None while the model is loaded."""

    def __post_init__(self) -> None:
        self.name = self.model

    @property
    def missing(self) -> list[int]:
        """The places of the inputs that are not answered yet."""
        return [place for place in range(len(self.inputs)) if place not in self.answers]

    @property
    def ends(self) -> tuple[type[ZukanError], ...]:
        """The errors after which the model is loaded anew; alone, an input that fails is the model's failure."""
        return _ENDED if len(self.inputs) > 1 else (*_ENDED, RunFailed)

    def take(self, session: Session) -> None:
        """Take over what is known of a model now that it is loaded; answers of other files do not count."""
        self.name, self.task = _full_name(session.model_id, self.gguf), session.task
        if session.sha is None or session.sha == self.state:
            return
        stale = [place for place, answer in self.answers.items() if answer.kept]
        for place in stale:
            result = self.answers[place].result
            if result is not None and result.sha != session.sha:
                del self.answers[place]
        self.state = session.sha


def _full_name(model: str, file: str | None) -> str:
    """Return a model's name with the file that was named: two files of one repository are two models here."""
    return f"{model}:{file}" if file else model


def _with_peaks(result: TrialResult, results: Sequence[TrialResult]) -> TrialResult:
    """Return a result with the highest memory of several."""
    resident = (one.peak_bytes for one in results if one.peak_bytes is not None)
    private = (one.peak_private_bytes for one in results if one.peak_private_bytes is not None)
    mapped = (one.peak_file_bytes for one in results if one.peak_file_bytes is not None)
    return replace(
        result,
        peak_bytes=max(resident, default=None),
        peak_private_bytes=max(private, default=None),
        peak_file_bytes=max(mapped, default=None),
    )


def _state(options: TrialRequest) -> str | None:
    """Return what tells a model's present files from others, without asking any network; None where nothing does."""
    local = local_repository(options.model)
    if local is None:
        cached = cached_repository(options.model, options.revision)
        return cached.sha if cached is not None else None
    digest = sha256()
    for name in sorted(local.sizes):
        status = (local.folder / name).stat()
        digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:16]
