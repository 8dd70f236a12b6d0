"""A model that stays loaded in its child and answers one input after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from zukan.comparison import Input
from zukan.errors import EmptyInput
from zukan.outcomes import TrialRequest, TrialResult
from zukan.schema import ModelRecord
from zukan.trial import run
from zukan.trial.events import EventCallback
from zukan.trial.process import Start


class Session:
    """One loaded model. It ends with the context manager that made it."""

    def __init__(self, ready: run.Ready, facts: Mapping[str, Any]) -> None:
        self._ready = ready
        self._facts = {**facts, "warnings": ()}
        self._loading = tuple(str(text) for text in facts.get("warnings") or ())
        self._answered = False
        self.model_id = ready.repository.model_id
        self.task = ready.plan.task
        self.sha = ready.repository.sha
        self.conversation: list[dict[str, str]] = []
        """The turns so far of a model with a chat template, which it is given with the next input."""

    @property
    def loaded(self) -> TrialResult:
        """What is known of the model before any answer."""
        return replace(run.result_of(self._ready, self._facts), warnings=self._warnings({}))

    def ask(self, asked: Input, *, repeat: bool = False, timeout_seconds: float | None = None) -> TrialResult:
        """Answer one input; an input that cannot be answered leaves the model as it is.

        Args:
            asked: The text, and what else differs from the request that loaded the model.
            repeat: Time the answer up to three more times.
            timeout_seconds: None = that of the request.

        Raises:
            EmptyInput: There is nothing to answer.
            TrialError: It failed. After `TrialTimeout`, `OutOfMemory` by a limit and `TrialCrashed` the model is gone.

        """
        if not asked.text.strip():
            raise EmptyInput(self.model_id)
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        job = {**self._job(asked), "messages": self.conversation, "repeat": repeat}
        seconds = self._ready.request.timeout_seconds if timeout_seconds is None else timeout_seconds
        answer = run.ask(self._ready.child, job, self._ready, timeout_seconds=seconds)
        self._remember(answer)
        first = answer.get("first_answer_seconds") if not self._answered else None
        self._answered = True
        result = run.result_of(self._ready, {**self._facts, **answer, "first_answer_seconds": first})
        return replace(result, warnings=self._warnings(answer), started_at=started_at)

    def reset(self) -> None:
        """Forget the conversation."""
        self.conversation = []

    def _job(self, asked: Input) -> dict[str, Any]:
        request = self._ready.request
        return {
            "text": asked.text,
            "context": asked.context or request.context,
            "labels": list(asked.labels or request.labels),
            "compare_with": list(asked.compare_with or request.compare_with),
            "source_language": asked.source_language or request.source_language,
            "target_language": asked.target_language or request.target_language,
        }

    def _remember(self, answer: Mapping[str, Any]) -> None:
        messages = (answer.get("input") or {}).get("messages")
        if isinstance(messages, Sequence) and messages:
            said = {"role": "assistant", "content": str(answer.get("answer") or "")}
            self.conversation = [*messages, said]

    def _warnings(self, answer: Mapping[str, Any]) -> tuple[str, ...]:
        own = (str(text) for text in answer.get("warnings") or ())
        return tuple(dict.fromkeys([*self._ready.notes, *self._loading, *own]))


@contextmanager
def open_session(
    request: TrialRequest,
    *,
    on_event: EventCallback | None = None,
    database_record: ModelRecord | None = None,
    start: Start | None = None,
) -> Iterator[Session]:
    """Load a model, and keep it until the end of the `with`.

    Args:
        request: The model, its options and limits; its text only helps to choose the task.
        on_event: Told about each step and about the download.
        database_record: The catalogue's row of the model.
        start: How the child is started; None = as an interpreter of its own.

    Raises:
        HubError: The Hub did not give the files.
        DiskFull: The files do not fit the disk.
        TrialError: The model cannot be loaded.

    """
    with run.opened(request, on_event=on_event, database_record=database_record, start=start) as ready:
        job = {**asdict(run.job_for(ready)), "stay": True}
        facts = run.ask(ready.child, job, ready, timeout_seconds=ready.request.timeout_seconds)
        yield Session(ready, facts)
