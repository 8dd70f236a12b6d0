"""Runs models here or elsewhere, alone or side by side, and keeps what was measured."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any

from zukan.first_use import ensure_catalogue
from zukan.front.opened import Opened

if TYPE_CHECKING:
    from zukan.comparison import ClusterProgress, Comparison, ComparisonRequest, Vote
    from zukan.outcomes import CacheEntry, Check, RemotePlan, TrialRequest, TrialResult
    from zukan.trial import TrialEvent
    from zukan.trial.session import Session


class Trying(Opened):
    """Trials of models, and what they measured."""

    def try_model(
        self,
        request: TrialRequest,
        *,
        on_event: Callable[[TrialEvent], None] | None = None,
        on_poll: Callable[[], None] | None = None,
        store: bool = True,
    ) -> TrialResult:
        """Run one trial inference in a child process and remember it.

        Args:
            request: What to run.
            on_event: Called as it moves on: download, import, load, run.
            on_poll: Called many times a second while the model works. What either of them raises ends the trial.
            store: Keep the result in the catalogue; otherwise nothing at all is written into it.

        Raises:
            TrialError: It cannot run, or did not end well.
            HubError: The model's files cannot be fetched.

        """
        from zukan.attempt import attempt  # noqa: PLC0415
        from zukan.trial.source import cached_repository  # noqa: PLC0415

        with self._reader() as reader:
            # A folder, a built-in miniature or a model that only the Hub knows is not asked about.
            # Nor is one that the cache can answer for.
            local = request.offline or (not request.refresh and cached_repository(request.model, request.revision))
            if store and not local and (known := reader.get(request.model)):
                self._confirm_if_absent(known)
            return attempt(reader, request, on_event=on_event, on_poll=on_poll, store=store)

    def try_remotely(
        self,
        request: TrialRequest,
        *,
        provider: str | None = None,
        endpoint: str | None = None,
        leave: Callable[[RemotePlan], bool] | None = None,
        on_event: Callable[[TrialEvent], None] | None = None,
        store: bool = True,
    ) -> TrialResult:
        """Run one trial on another machine and remember it as measured there.

        Args:
            request: What to run; what only a trial here has (device, revision, memory) is not looked at.
            provider: An inference provider's name, or `auto`; the Hub's token goes with it, whose account pays.
            endpoint: The address of a server that speaks OpenAI's protocol. One of the two. The Hub's token goes
                to the Hub's own hosts only; another is taken from the address or from ZUKAN_ENDPOINT_TOKEN.
            leave: Asked with where the input would go before it is sent; None = it may be sent.
            on_event: Called as it moves on.
            store: Keep the result in the catalogue.

        Raises:
            ValueError: Neither a provider nor an endpoint, or both.
            RemoteError: There is no answer; of one that broke off `partial` holds what came.
            HubError: The Hub does not say who serves the model.

        """
        from zukan.attempt import attempt_remotely  # noqa: PLC0415

        if (provider is None) == (endpoint is None):
            raise ValueError("say a provider or an endpoint")
        with self._reader() as reader:
            return attempt_remotely(
                reader, request, provider=provider, address=endpoint, leave=leave, on_event=on_event, store=store
            )

    def open_model(
        self,
        request: TrialRequest,
        *,
        on_event: Callable[[TrialEvent], None] | None = None,
        store: bool = True,
    ) -> AbstractContextManager[Session]:
        """Load a model into a child process that then answers one input after another, until the end of the `with`.

        Args:
            request: The model and its options; without a text, one of the user's own is what its task is chosen for.
            on_event: Called as it moves on.
            store: Remember a failure.

        Raises:
            TrialError: It cannot be loaded; raised by the `with`.
            HubError: The model's files cannot be fetched; likewise.

        """
        from dataclasses import replace  # noqa: PLC0415

        from zukan.attempt import attempt_session  # noqa: PLC0415

        with self._reader() as reader:
            waiting = request.text is None
            request = replace(request, text="…") if waiting else request
            return attempt_session(reader, request, on_event=on_event, store=store, waiting=waiting)

    def keep_trial(self, result: TrialResult) -> str | None:
        """Store a trial; return why that was not possible."""
        from zukan.attempt import keep  # noqa: PLC0415

        with self._reader() as reader:
            return keep(reader, result)

    def compare(
        self,
        request: ComparisonRequest,
        *,
        on_event: Callable[[TrialEvent], None] | None = None,
        on_model: Callable[[str, int, int], None] | None = None,
        on_progress: Callable[[ClusterProgress], None] | None = None,
        store: bool = True,
        cluster: str | None = None,
    ) -> Comparison:
        """Ask several models the same, each in a process of its own, and hold their answers side by side.

        Args:
            request: The models, or the task of which the first recommended ones are taken, and the inputs.
            on_event: Called as each trial moves on.
            on_model: Called with the name of each model, its place from 1, and how many there are.
            on_progress: Called as a comparison on a cluster moves on.
            store: Keep the trials in the catalogue, and the answers so that a run that breaks off goes on.
            cluster: Run on this Ray cluster: what `ray.init` takes as its address, or `local` for one that is started
                on this machine and taken down at the end; None = one model after another here.

        Raises:
            NothingToCompare: No models.
            UnusableInput: Only some inputs have expected answers.
            MissingExtra: torch, transformers, the libraries that score or Ray are not installed.
            ClusterError: The cluster cannot be used or was lost; what was answered is kept.

        """
        from zukan.compare import compare  # noqa: PLC0415

        with self._reader() as reader:
            return compare(
                reader,
                request,
                on_event=on_event,
                on_model=on_model,
                on_progress=on_progress,
                store=store,
                cluster=cluster,
            )

    def vote(self, comparison: Comparison, vote: Vote) -> None:
        """Keep which answer of a comparison somebody liked best.

        Raises:
            CatalogueReadOnly: It cannot be written.

        """
        from zukan.journal import keep_vote  # noqa: PLC0415

        keep_vote(comparison.kept_in, comparison.inputs[vote.input], vote)

    def trials(
        self,
        model: str | None = None,
        limit: int = 20,
        *,
        task: str | None = None,
        status: str | None = None,
        remote: bool | None = None,
    ) -> list[dict[str, Any]]:
        """Return stored trials, newest first; `zukan.past_trials.side_by_side` groups those of one question.

        Args:
            model: Only those of this model, by any of its names.
            limit: Most trials.
            task: Only those of this Hub task.
            status: Only those that ended so, a value of `TrialStatus`.
            remote: Only those of other machines, or only those of this one; None = both.

        Raises:
            UnknownModel: No trial and no model is called that.

        """
        from zukan.past_trials import find_trials  # noqa: PLC0415

        with self._reader() as reader:
            return find_trials(reader, model, task=task, status=status, remote=remote, limit=limit)

    def cached_models(self) -> tuple[CacheEntry, ...]:
        """Return the models in the local Hugging Face cache, largest first."""
        from contextlib import suppress  # noqa: PLC0415

        from zukan.errors import StoreError  # noqa: PLC0415
        from zukan.hf_cache import cached_models  # noqa: PLC0415

        tried: set[str] = set()
        # A full disk is why somebody looks here: the catalogue only says which ones zukan has tried.
        with suppress(StoreError):
            if self.path.exists():
                trials = self.trials(limit=10_000, remote=False)
                tried = {str(trial.get("model_id")) for trial in trials if not trial.get("other_repository")}
        return cached_models(tried)

    def doctor(self, *, self_test: bool = True) -> tuple[Check, ...]:
        """Examine this installation; with `self_test` run one built-in trial per family."""
        from contextlib import suppress  # noqa: PLC0415

        from zukan.doctor import examine  # noqa: PLC0415
        from zukan.errors import StoreError  # noqa: PLC0415

        with suppress(StoreError):  # the examination says what is wrong with it
            ensure_catalogue(self.path, self._build_progress)
        return examine(self.path, self_test=self_test)
