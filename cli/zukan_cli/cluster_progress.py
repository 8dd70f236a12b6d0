"""Shows a comparison on a cluster: one line that is rewritten on a terminal, a line per model elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from zukan_cli.diagnostics import TrialProgress, note, rewrite
from zukan_cli.i18n import translate as _

if TYPE_CHECKING:
    from zukan.comparison import ClusterProgress


class ClusterLines:
    """Tells how far a cluster is; a context manager that says at a break what is kept."""

    def __init__(self, trial: TrialProgress, *, silent: bool, store: bool) -> None:
        """Take what shows notices, whether models may be named, and whether answers are kept."""
        self._trial = trial
        self._silent = silent
        self._store = store
        self._terminal = sys.stderr.isatty()
        self._drawn = False
        self._step = ""
        self._last: ClusterProgress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._clear()
        last = self._last
        if kind is None or last is None or not last.answered or last.step != "run" or not self._store:
            return
        note(
            _("{answered} of {inputs} answers are kept; the same command goes on with the rest.").format(
                answered=last.answered, inputs=last.inputs
            )
        )

    def on_event(self, event: Any) -> None:
        """Show a notice; the steps of single trials have no place where several run at once."""
        if event.phase == "notice":
            self._clear()
            self._trial(event)

    def on_progress(self, progress: ClusterProgress) -> None:
        """Show how far it is."""
        self._last = progress
        if progress.step == "end":
            self._clear()
            return
        if progress.step != self._step:
            self._begin(progress)
        if self._terminal:
            rewrite(self._line(progress))
            self._drawn = True
        elif progress.done and not self._silent:
            note(
                _("{finished} of {models}: {name} ({answered} of {inputs} answers)").format(
                    finished=progress.finished,
                    models=progress.models,
                    name=progress.model,
                    answered=progress.answered,
                    inputs=progress.inputs,
                )
            )

    def _begin(self, progress: ClusterProgress) -> None:
        self._step = progress.step
        self._clear()
        if progress.step == "connect":
            note(_("Connecting to the cluster …"))
        elif progress.step == "run" and progress.cards:
            note(
                _("The cluster: {nodes} × node, {cores} × core, {cards} × graphics card").format(
                    nodes=progress.nodes, cores=progress.cores, cards=progress.cards
                )
            )
        elif progress.step == "run":
            note(_("The cluster: {nodes} × node, {cores} × core").format(nodes=progress.nodes, cores=progress.cores))

    def _line(self, progress: ClusterProgress) -> str:
        if progress.step != "run":
            return "" if self._silent else str(progress.model or "")
        text = _("{finished} of {models} models, {answered} of {inputs} answers").format(
            finished=progress.finished, models=progress.models, answered=progress.answered, inputs=progress.inputs
        )
        return text if self._silent or progress.model is None else f"{text} · {progress.model}"

    def _clear(self) -> None:
        if self._drawn:
            rewrite("", leave=False)
            self._drawn = False
