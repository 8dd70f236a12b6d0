"""One model's share of a comparison: what it was asked, what earlier runs have answered, what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

from zukan.attempt import keep
from zukan.comparison import Answered, Compared, ComparisonRequest, Input
from zukan.errors import CatalogueReadOnly, OutOfMemory, RunFailed, TrialCrashed, TrialTimeout, ZukanError
from zukan.journal import Journal, input_key
from zukan.outcomes import TrialRequest, TrialResult
from zukan.store.read import CatalogueReader
from zukan.trial.source import cached_repository, local_repository

_ENDED = (TrialTimeout, OutOfMemory, TrialCrashed)


@dataclass
class Share:
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

    @property
    def compared(self) -> Compared:
        """What it came to, once nothing is missing."""
        return Compared(self.name, tuple(self.answers[place] for place in range(len(self.inputs))))

    @property
    def known_task(self) -> str | None:
        """The task that it was asked, as far as that is known."""
        kept = next((answer.result for answer in self.answers.values() if answer.result is not None), None)
        return self.task or (kept.task if kept else None)

    def take(self, name: str, task: str, sha: str | None) -> None:
        """Take over what is known of a model now that it was looked up; answers of other files do not count."""
        self.name, self.task = _full_name(name, self.gguf), task
        if sha is None or sha == self.state:
            return
        stale = [place for place, answer in self.answers.items() if answer.kept]
        for place in stale:
            result = self.answers[place].result
            if result is not None and result.sha != sha:
                del self.answers[place]
        self.state = sha

    def fail(self, error: ZukanError) -> None:
        """Take an error for every input that is not answered."""
        for place in self.missing:
            self.answers[place] = Answered(error=error)


@dataclass
class Keeper:
    """What a comparison keeps: the answers for a run that goes on, and a trial of each model."""

    reader: CatalogueReader
    request: ComparisonRequest
    store: bool
    notes: list[str] = field(default_factory=list)

    @cached_property
    def journal(self) -> Journal:
        """What earlier runs have answered."""
        request = self.request
        # Without a task that of the first model is asked of all.
        task = request.task or f"that of {' '.join(request.models[:1])}"
        return Journal(self.reader.path, task, request.options)

    def share(self, options: TrialRequest, inputs: Sequence[Input]) -> Share:
        """Return a model's share with what earlier runs have answered.

        Raises:
            UnloadableModel: There is no such folder.

        """
        state = _state(options)
        name = _full_name(options.model, options.gguf)
        known = {} if self.request.again or not self.store else self.journal.answers(name, state)
        share = Share(name, state, inputs, options.task, options.gguf)
        for place, asked in enumerate(inputs):
            if (result := known.get(input_key(asked))) is not None:
                share.answers[place] = Answered(result, kept=True)
        return share

    def keep(self, share: Share, asked: Input, result: TrialResult) -> None:
        """Keep one answer for a later run."""
        if not self.store:
            return
        try:
            self.journal.keep(share.model, share.state, asked, result)
        except CatalogueReadOnly as error:
            self.notes.append(f"the answers are not kept for a later run: {error.detail}")

    def keep_trials(self, share: Share) -> None:
        """Keep the model's trial, as `attempt` does: one for a run and a machine, whatever the number of inputs."""
        answers = (share.answers[place] for place in sorted(share.answers))
        machines: dict[str, list[TrialResult]] = {}
        for answer in answers:
            if answer.result is not None and not answer.kept:
                machines.setdefault(_machine(answer.result.hardware), []).append(answer.result)
        for results in machines.values() if self.store else ():
            first = next((result for result in results if result.first_answer_seconds is not None), results[0])
            problem = keep(self.reader, _with_peaks(first, results))
            if problem is not None:
                self.notes.append(problem)


def _full_name(model: str, file: str | None) -> str:
    """Return a model's name with the file that was named: two files of one repository are two models here."""
    return f"{model}:{file}" if file else model


def _machine(hardware: Mapping[str, Any]) -> str:
    return f"{hardware.get('here')} {hardware.get('node')}"


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
