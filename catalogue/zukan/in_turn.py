"""Asks one model after another on this machine: each in a process forked from one warm importer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property

from zukan.advice import Hardware
from zukan.attempt import attempt_session, present
from zukan.comparison import Answered, Compared, Input
from zukan.errors import QuestionError, TrialError, ZukanError
from zukan.outcomes import TrialRequest
from zukan.shares import Keeper, Share
from zukan.trial import TrialEvent
from zukan.trial.importer import Importer, can_fork, starter
from zukan.trial.process import Start
from zukan.trial.session import Session, with_input

_MOST_ENDS = 3
"""How often a model may be loaded anew after an input that ended its process."""


@dataclass
class InTurn:
    """Runs one model after another."""

    keeper: Keeper
    hardware: Hardware
    stack: ExitStack
    on_event: Callable[[TrialEvent], None] | None

    @cached_property
    def start(self) -> Start:
        """How workers are started; the importer begins to import when this is first asked for."""
        if can_fork(self.keeper.request.options.device, self.hardware.accelerator):
            return starter(self.stack.enter_context(Importer()))
        return starter(None)

    def run(self, model: str, task: str | None, inputs: Sequence[Input]) -> tuple[Compared, str | None]:
        """Return a model's answers, and the task they are for."""
        try:
            options = options_for(self.keeper, model, task, inputs)
            share = self.keeper.share(options, inputs)
        except ZukanError as error:
            return Compared(model, tuple(Answered(error=error) for _ in inputs)), task
        self._answer(options, share)
        return share.compared, share.known_task

    def _answer(self, options: TrialRequest, share: Share) -> None:
        """Have every input answered that no earlier run has, loading the model anew after one that ended it."""
        last: ZukanError | None = None
        for _turn in range(_MOST_ENDS):
            if not share.missing:
                break
            share.asking = None
            try:
                with attempt_session(
                    self.keeper.reader, options, on_event=self.on_event, store=self.keeper.store, start=self.start
                ) as session:
                    self._ask(session, share)
            except ZukanError as error:
                # What only an input caused leaves the others to be asked.
                for place in share.missing if share.asking is None else [share.asking]:
                    share.answers[place] = Answered(error=error)
                last = error
        if last is not None:
            share.fail(last)
        self.keeper.keep_trials(share)

    def _ask(self, session: Session, share: Share) -> None:
        share.take(session.model_id, session.task, session.sha)
        for place in share.missing:
            share.asking = place
            asked = share.inputs[place]
            session.reset()
            try:
                result = session.ask(asked, repeat=len(share.inputs) == 1)
            except share.ends:
                raise
            except (TrialError, QuestionError) as error:
                share.answers[place] = Answered(error=error)
                continue
            share.answers[place] = Answered(result)
            self.keeper.keep(share, asked, result)


def options_for(keeper: Keeper, model: str, task: str | None, inputs: Sequence[Input]) -> TrialRequest:
    """Return a model's request under its present name, with the longest input, which needs the most memory.

    Raises:
        UnknownModel: A built-in miniature that does not exist.

    """
    longest = max(inputs, key=lambda asked: len(asked.text) + len(asked.context or ""))
    options = with_input(replace(keeper.request.options, model=model, task=task), longest)
    return present(keeper.reader, options)[0]
