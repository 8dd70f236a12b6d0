"""Gives models and inputs to workers on the nodes, and gives what a lost worker had to another one.

A worker is an actor with the memory that its first model needs. It loads a model once, answers inputs of it one by one
until none is left, and then takes another model for which its memory is not far too much: its process has imported
torch already. A model of many inputs gets further workers where the cluster has room.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import ray
from ray.exceptions import RayError, RayTaskError

from zukan.cluster import nodes
from zukan.cluster.hand import Hand, versions
from zukan.cluster.messages import Begun, Failed, Loaded, Message, ModelOrder, Noted, Order, Placed, Told
from zukan.comparison import Input
from zukan.errors import (
    ClusterError,
    ClusterLost,
    ClusterMismatch,
    NoNodeFits,
    OutOfMemory,
    TrialCrashed,
    TrialTimeout,
    WorkerLost,
    ZukanError,
)
from zukan.outcomes import TrialResult

_MOST_ENDS = 3
"""How often a model is loaded anew after an input that ended its process, as on one machine."""
_MOST_LOSSES = 3
"""How often an input, or the loading of a model, may lose its worker."""
_MOST_BAD_STARTS = 3
"""Workers that could not begin, one after another, after which no more are started."""
_PART = 25
"""So many inputs are worth loading a model once more for."""
_LOOK_SECONDS = 3.0
_PATIENCE_SECONDS = 20.0
"""After which it is said that workers wait for room."""
_ENDED = (TrialTimeout, OutOfMemory, TrialCrashed)


@dataclass(eq=False)
class _Task:
    """One model while it runs."""

    order: ModelOrder
    share: nodes.Share
    waiting: deque[tuple[int, Input]]
    workers: set[_Worker] = field(default_factory=set)
    losses: Counter[int | None] = field(default_factory=Counter)
    """Place of an input, None for loading → how often it lost its worker."""
    crashes: Counter[int | None] = field(default_factory=Counter)
    """The same for crashes of the trial's child."""
    ends: int = 0
    is_hard_to_load: bool = False
    """A further worker could not load it: that must not go on until the first one has answered all."""

    @property
    def wants_another(self) -> bool:
        return not self.is_hard_to_load and len(self.waiting) > _PART * len(self.workers)


@dataclass(eq=False)
class _Worker:
    """One actor as the driver sees it."""

    actor: Any
    share: nodes.Share
    begun: Begun | None = None
    task: _Task | None = None
    asked: tuple[int, Input] | None = None
    """What it answers now; None while it begins or loads."""


class Dispatch:
    """One run over the cluster."""

    def __init__(self, address: str, order: Order, send: Callable[[Message], None]) -> None:
        """Take what to run and whom to tell."""
        self._address = address
        self._send = send
        self._access = order.access
        self._workers: set[_Worker] = set()
        self._calls: dict[Any, _Worker] = {}
        self._bad_starts = 0
        self._problem: ClusterError | None = None
        self._moved = self._looked = time.monotonic()
        self._said: set[str] = set()
        self._nodes = nodes.alive()
        self._tasks: list[_Task] = []
        for model in order.models:
            try:
                share = nodes.share(model, self._nodes, len(order.models))
            except NoNodeFits as error:
                self._give_up(model, [place for place, _asked in model.questions], error)
            else:
                self._tasks.append(_Task(model, share, deque(model.questions)))
        # The largest first: they are the hardest to place, and the smaller ones fill what is left.
        self._tasks.sort(key=lambda task: -task.share.memory)

    def run(self) -> None:
        """Have everything answered, and end all workers.

        Raises:
            ClusterError: It cannot go on.

        """
        try:
            while any(task.waiting or task.workers for task in self._tasks):
                self._grow()
                ready: list[Any] = []
                if self._calls:
                    ready, _others = ray.wait(list(self._calls), num_returns=1, timeout=1.0)
                elif self._problem is not None:
                    raise self._problem
                else:
                    time.sleep(1.0)
                for call in ready:
                    self._take(call)
                if not ready:
                    self._look_around()
        finally:
            for worker in list(self._workers):
                self._dismiss(worker)

    # --- workers come and go ------------------------------------------------------------------------------------

    def _grow(self) -> None:
        """Ask for workers ahead of the room there is: Ray starts them as soon as there is some."""
        pending = [worker for worker in self._workers if worker.begun is None]
        wanting = [task for task in self._tasks if task.waiting and not task.workers]
        if not wanting:
            wanting = [task for task in self._tasks if task.workers and task.wants_another][:1]
        for worker in pending[len(wanting) :]:
            self._dismiss(worker)
        most = max(1, len(self._nodes))
        if self._bad_starts < _MOST_BAD_STARTS:
            for task in wanting[len(pending) : most]:
                self._hire(task.share)

    def _hire(self, share: nodes.Share) -> None:
        remote: Any = ray.remote(Hand)
        actor = remote.options(
            num_cpus=share.cores,
            memory=share.memory,
            num_gpus=share.cards,
            max_restarts=0,
            scheduling_strategy="SPREAD",
        ).remote(self._access)
        worker = _Worker(actor, share)
        self._workers.add(worker)
        self._calls[actor.begin.remote()] = worker

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.discard(worker)
        if worker.task is not None:
            worker.task.workers.discard(worker)
        self._calls = {call: one for call, one in self._calls.items() if one is not worker}
        # What the process started dies with it.
        with contextlib.suppress(RayError, ConnectionError):
            ray.kill(worker.actor)

    def _take(self, call: Any) -> None:
        """Go on with what a worker has answered."""
        worker = self._calls.pop(call)
        self._moved = time.monotonic()
        try:
            answer = ray.get(call)
        except RayError as error:
            self._lose(worker, error)
            return
        if worker.begun is None:
            self._begin(worker, answer)
        elif worker.asked is None:
            self._loaded(worker, answer)
        else:
            self._answered(worker, answer)

    def _lose(self, worker: _Worker, error: RayError) -> None:
        """Put back what a worker had that is gone; after some times that is a failure."""
        detail = _words(error)
        task, asked = worker.task, worker.asked
        self._dismiss(worker)
        if task is None:
            self._bad_start(ClusterMismatch(self._address, detail))
            return
        place = None if asked is None else asked[0]
        task.losses[place] += 1
        if task.losses[place] < _MOST_LOSSES:
            if asked is not None:
                task.waiting.appendleft(asked)
            self._note("a worker of the cluster was lost: what it had is asked again")
            return
        lost = WorkerLost(task.order.request.model, _MOST_LOSSES, detail)
        if asked is not None:
            self._give_up(task.order, [asked[0]], lost)
        elif not task.workers:
            self._give_up_all(task, lost)

    def _begin(self, worker: _Worker, answer: Begun | Failed) -> None:
        problem: ClusterError | None = None
        if isinstance(answer, Failed):
            node, missing = answer.hardware.get("node"), getattr(answer.error, "detail", answer.error)
            problem = ClusterMismatch(self._address, f"{node} has no {missing}")
        elif answer.versions["zukan"] != versions()["zukan"]:
            problem = ClusterMismatch(
                self._address, f"{answer.node} has zukan {answer.versions['zukan']}, here is {versions()['zukan']}"
            )
        if problem is not None:
            self._dismiss(worker)
            self._bad_start(problem)
            return
        assert isinstance(answer, Begun)  # noqa: S101
        self._bad_starts, worker.begun = 0, answer
        for name in ("torch", "transformers"):
            there, here = answer.versions[name], versions()[name]
            if there != here:
                self._note(f"{answer.node} has {name} {there}, here is {here}: its answers may differ")
        self._employ(worker)

    def _bad_start(self, problem: ClusterError) -> None:
        self._bad_starts += 1
        self._problem = problem

    # --- models and inputs --------------------------------------------------------------------------------------

    def _employ(self, worker: _Worker) -> None:
        """Give a free worker the next model it has room for, or let it go."""
        worker.task = worker.asked = None
        fitting = [task for task in self._tasks if task.waiting and _fits(task.share, worker.share)]
        task = next((task for task in fitting if not task.workers), None)
        if task is None:
            task = max((task for task in fitting if task.wants_another), key=lambda one: len(one.waiting), default=None)
        if task is None:
            self._dismiss(worker)
            return
        task.workers.add(worker)
        worker.task = task
        self._load(worker, task)

    def _load(self, worker: _Worker, task: _Task) -> None:
        worker.asked = None
        if worker.begun is not None:
            self._send(Placed(task.order.number, worker.begun.node))
        # The inputs travel one by one.
        self._calls[worker.actor.load.remote(replace(task.order, questions=()))] = worker

    def _loaded(self, worker: _Worker, answer: Loaded | Failed) -> None:
        task = worker.task
        assert task is not None  # noqa: S101
        if isinstance(answer, Failed):
            if self._crashed_first(task, None, answer.error):
                self._load(worker, task)
                return
            task.workers.discard(worker)
            task.is_hard_to_load = True
            if not task.workers:
                self._give_up_all(task, answer.error, answer.hardware)
            self._employ(worker)
            return
        self._ask(worker, task)

    def _ask(self, worker: _Worker, task: _Task) -> None:
        if not task.waiting:
            task.workers.discard(worker)
            self._employ(worker)
            return
        worker.asked = task.waiting.popleft()
        self._calls[worker.actor.ask.remote(worker.asked[1])] = worker

    def _answered(self, worker: _Worker, answer: TrialResult | Failed) -> None:
        task, asked = worker.task, worker.asked
        assert task is not None  # noqa: S101
        assert asked is not None  # noqa: S101
        worker.asked = None
        if not isinstance(answer, Failed):
            hardware = {**answer.hardware, "workers": self._beside(worker)}
            self._send(Told(task.order.number, asked[0], replace(answer, hardware=hardware)))
            self._ask(worker, task)
            return
        if self._crashed_first(task, asked[0], answer.error):
            task.waiting.appendleft(asked)
            self._load(worker, task)
            return
        self._give_up(task.order, [asked[0]], answer.error, answer.hardware)
        if not isinstance(answer.error, _ENDED):
            self._ask(worker, task)
            return
        task.ends += 1
        if task.ends >= _MOST_ENDS:
            self._give_up_all(task, answer.error, answer.hardware)
        if task.waiting:
            self._load(worker, task)
        else:
            self._ask(worker, task)

    @staticmethod
    def _crashed_first(task: _Task, place: int | None, error: ZukanError) -> bool:
        """Tell whether a crash may be the node's own doing: what crashes a second time does it by itself."""
        if not isinstance(error, TrialCrashed):
            return False
        task.crashes[place] += 1
        return task.crashes[place] == 1

    def _beside(self, worker: _Worker) -> int:
        """Return how many workers share a worker's node now, itself among them."""
        node = worker.begun.node_id if worker.begun is not None else ""
        return sum(
            one.task is not None and one.begun is not None and one.begun.node_id == node for one in self._workers
        )

    def _give_up(self, order: ModelOrder, places: list[int], error: ZukanError, hardware: Any = None) -> None:
        for place in places:
            self._send(Told(order.number, place, error=error, hardware=hardware or {}))

    def _give_up_all(self, task: _Task, error: ZukanError, hardware: Any = None) -> None:
        self._give_up(task.order, [place for place, _asked in task.waiting], error, hardware)
        task.waiting.clear()

    # --- when nothing moves -------------------------------------------------------------------------------------

    def _look_around(self) -> None:
        """Look, now and then, whether what is waited for can still come."""
        moment = time.monotonic()
        if moment - self._looked < _LOOK_SECONDS:
            return
        self._looked = moment
        self._nodes = nodes.alive()
        if not self._nodes:
            raise ClusterLost(self._address, "no node is left")
        for task in self._tasks:
            if task.waiting and not task.workers:
                try:
                    task.share = nodes.share(task.order, self._nodes, len(self._tasks))
                except NoNodeFits as error:
                    self._give_up_all(task, error)
        if moment - self._moved > _PATIENCE_SECONDS and any(worker.begun is None for worker in self._workers):
            self._note("workers wait for room on the cluster: others use it")

    def _note(self, text: str) -> None:
        if text not in self._said:
            self._said.add(text)
            self._send(Noted(text))


def _fits(need: nodes.Share, has: nodes.Share) -> bool:
    """Tell whether a model fits a worker and leaves less than half of its memory unused."""
    return need.memory <= has.memory <= 2 * need.memory and need.cards <= has.cards and need.cores <= has.cores


def _words(error: RayError) -> str:
    """Return what Ray says of an error, in one line."""
    if isinstance(error, RayTaskError):
        cause = error.cause
        return f"{type(cause).__name__}: {cause}" if cause is not None else "an error in a worker"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__)[:200]
