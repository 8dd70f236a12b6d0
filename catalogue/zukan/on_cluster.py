"""Asks all models at once on a Ray cluster; answers are kept as on one machine, with the machine that gave them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from zukan import hardware as machine
from zukan.attempt import keep_failure, present, remembering
from zukan.cluster.link import Link
from zukan.cluster.messages import Access, ModelOrder, Noted, Order, Placed, Told
from zukan.comparison import Answered, ClusterProgress, Compared, Input
from zukan.errors import TrialError, ZukanError
from zukan.hub_settings import check_hub_settings
from zukan.in_turn import options_for
from zukan.outcomes import TrialRequest
from zukan.schema import Hit
from zukan.shares import Keeper, Share
from zukan.trial import TrialEvent
from zukan.trial.download import is_offline
from zukan.trial.events import ignore
from zukan.trial.run import check_download, look_up
from zukan.trial.source import cache_directory


@dataclass
class _Model:
    """One model of the comparison: its share, and what goes to the cluster."""

    share: Share
    options: TrialRequest
    hit: Hit | None
    order: ModelOrder | None = None
    warnings: tuple[str, ...] = ()
    """What looking it up brought, which a worker with a pinned revision does not see."""
    failed: bool = False
    """Whether a failure of it was stored."""


@dataclass
class OnCluster:
    """Runs all models of a comparison on one cluster."""

    keeper: Keeper
    address: str
    stack: ExitStack
    on_event: Callable[[TrialEvent], None] | None
    on_progress: Callable[[ClusterProgress], None] | None
    _models: list[_Model | Compared] = field(default_factory=list)
    _progress: ClusterProgress = field(default_factory=lambda: ClusterProgress("connect"))

    def run(
        self, models: Sequence[str], task: str | None, inputs: Sequence[Input]
    ) -> tuple[list[Compared], str | None]:
        """Return the answers of each model, and the task they are for.

        Raises:
            ClusterError: The cluster cannot be used or was lost; what was answered until then is kept.

        """
        self._tell("connect", inputs=len(models) * len(inputs), models=len(models))
        started_at = datetime.now(UTC).isoformat(timespec="seconds")
        with Link(self.address) as link:
            # The cluster starts while the models are looked up.
            for number, name in enumerate(models):
                self._tell("look", model=name)
                task = self._look_up(number, name, task, inputs) or task
            orders = [one.order for one in self._models if isinstance(one, _Model) and one.order is not None]
            self._count()
            if orders:
                there = link.connected()
                self._tell("run", nodes=there.nodes, cores=there.cores, cards=there.cards)
                try:
                    self._take_all(link.run(Order(tuple(orders), _access())), started_at)
                finally:
                    self._keep_trials()
        self._tell("end")
        return [one.share.compared if isinstance(one, _Model) else one for one in self._models], task

    # --- before -------------------------------------------------------------------------------------------------

    def _look_up(self, number: int, name: str, task: str | None, inputs: Sequence[Input]) -> str | None:
        """Take one model in: what of it is kept, and what a worker shall do; return its task."""
        try:
            options = options_for(self.keeper, name, task, inputs)
            options, hit = present(self.keeper.reader, options)
            share = self.keeper.share(options, inputs)
        except ZukanError as error:
            self._models.append(Compared(name, tuple(Answered(error=error) for _ in inputs)))
            return None
        model = _Model(share, options, hit)
        self._models.append(model)
        if share.missing:
            try:
                self._prepare(number, model)
            except ZukanError as error:
                share.fail(error)
        return share.known_task

    def _prepare(self, number: int, model: _Model) -> None:
        """Look at the model's small files: which revision it is, what it can do, how much memory it needs."""
        share, options = model.share, model.options
        record = model.hit.record if model.hit is not None else None
        on_event = self.on_event or ignore
        with remembering(self.keeper.reader, options, model.hit, store=False):
            found = look_up(options, on_event, database_record=record)
            check_download(options, found.repository, found.plan)
        repository = found.repository
        share.take(repository.model_id, found.plan.task, repository.sha)
        if not share.missing:
            return
        from_the_hub = repository.source in ("hub", "cache")
        request = replace(
            options,
            model=repository.model_id,
            revision=repository.sha if from_the_hub else None,
            offline=is_offline(asked=options.offline),
            refresh=False,
        )
        model.warnings = tuple(repository.warnings)
        model.order = ModelOrder(
            number,
            request,
            record,
            tuple((place, share.inputs[place]) for place in share.missing),
            found.plan.estimated_bytes,
            repeat=len(share.inputs) == 1,
        )

    # --- while it runs ------------------------------------------------------------------------------------------

    def _take_all(self, messages: Iterator[object], started_at: str) -> None:
        for message in messages:
            if isinstance(message, Noted):
                (self.on_event or ignore)(TrialEvent("notice", message.text))
            elif isinstance(message, Placed):
                self._tell(model=self._model(message.number).share.name, node=message.node)
            elif isinstance(message, Told):
                self._take(message, started_at)

    def _take(self, told: Told, started_at: str) -> None:
        model = self._model(told.number)
        share = model.share
        if told.result is not None:
            warnings = tuple(dict.fromkeys([*model.warnings, *told.result.warnings]))
            result = replace(told.result, revision=model.options.revision, warnings=warnings)
            share.answers[told.place] = Answered(result)
            self.keeper.keep(share, share.inputs[told.place], result)
        elif told.error is not None:
            share.answers[told.place] = Answered(error=told.error)
            self._remember(model, told, started_at)
        done = not share.missing
        finished = self._progress.finished + done
        self._tell(answered=self._progress.answered + 1, finished=finished, model=share.name, done=done)

    def _remember(self, model: _Model, told: Told, started_at: str) -> None:
        """Store a failure of the model's own, once, with the machine it failed on."""
        if model.failed or model.hit is None or not self.keeper.store or not isinstance(told.error, TrialError):
            return
        model.failed = True
        keep_failure(self.keeper.reader, model.options, model.hit, told.error, started_at, told.hardware)

    def _keep_trials(self) -> None:
        for one in self._models:
            if isinstance(one, _Model):
                self.keeper.keep_trials(one.share)

    def _model(self, number: int) -> _Model:
        one = self._models[number]
        assert isinstance(one, _Model)  # noqa: S101 - only such were ordered
        return one

    def _count(self) -> None:
        """Count what needs no cluster: kept answers, and models that cannot run."""
        missing = [len(one.share.missing) if isinstance(one, _Model) else 0 for one in self._models]
        self._tell(answered=self._progress.inputs - sum(missing), finished=sum(number == 0 for number in missing))

    def _tell(
        self, step: str = "", *, model: str | None = None, node: str | None = None, done: bool = False, **figures: int
    ) -> None:
        step = step or self._progress.step
        self._progress = replace(self._progress, step=step, model=model, node=node, done=done, **figures)
        if self.on_progress is not None:
            self.on_progress(self._progress)


def _access() -> Access:
    """Return how workers get files: as this process would."""
    check_hub_settings()
    from huggingface_hub import get_token  # noqa: PLC0415 (0.2 s)

    return Access(
        os.environ.get("HF_ENDPOINT") or None,
        get_token(),
        str(cache_directory().absolute()),
        str(Path.cwd()),
        machine.identity(),
    )
