"""One trial for a catalogue: finds the model by any of its names, runs it, remembers how it went."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from zukan import errors
from zukan.lookup import find_model, nearest_names
from zukan.outcomes import Remote, RemotePlan, TrialRequest, TrialResult, TrialStatus
from zukan.schema import Hit
from zukan.store.read import CatalogueReader
from zukan.trial import TrialEvent, builtin, gguf, run_trial
from zukan.trial.process import Start
from zukan.trial.session import Session, open_session

# Failures that are the model's own on this machine: remembered, so that it is not proposed again.
_REMEMBERED: dict[type[errors.TrialError], TrialStatus] = {
    errors.LoadFailed: TrialStatus.ERROR,
    errors.RunFailed: TrialStatus.ERROR,
    errors.TrialTimeout: TrialStatus.TIMEOUT,
    errors.OutOfMemory: TrialStatus.OUT_OF_MEMORY,
    errors.TrialCrashed: TrialStatus.CRASHED,
}


def attempt(
    reader: CatalogueReader,
    request: TrialRequest,
    *,
    on_event: Callable[[TrialEvent], None] | None = None,
    on_poll: Callable[[], None] | None = None,
    store: bool = True,
) -> TrialResult:
    """Run a trial and keep its result in the reader's catalogue.

    Raises:
        TrialError: It cannot run, or did not end well; the model's own failures are remembered.
        HubError: The model's files cannot be fetched.

    """
    request, hit = present(reader, request)
    with remembering(reader, request, hit, store=store):
        record = hit.record if hit else None
        result = run_trial(request, on_event=on_event, on_poll=on_poll, database_record=record)
    problem = keep(reader, result) if store else None
    return replace(result, warnings=(*result.warnings, problem)) if problem else result


def attempt_remotely(
    reader: CatalogueReader,
    request: TrialRequest,
    *,
    provider: str | None,
    address: str | None,
    leave: Callable[[RemotePlan], bool] | None = None,
    on_event: Callable[[TrialEvent], None] | None = None,
    store: bool = True,
) -> TrialResult:
    """Run a trial on another machine and keep its result in the reader's catalogue as measured there.

    Raises:
        RemoteError: There is no answer; that one broke off or took too long is remembered, with where.
        HubError: The Hub does not say who serves the model.

    """
    from zukan.remote import run_remotely  # noqa: PLC0415 (only who asks others pays for it)

    hit = _known(reader, request.model)
    if hit is not None and provider is not None:
        request = replace(request, model=hit.record.model_id)
    record = hit.record if hit else None
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        result = run_remotely(
            request, provider_name=provider, address=address, leave=leave, on_event=on_event, record=record
        )
    except errors.ModelNotFound as error:
        error.suggestions = tuple(name for name in nearest_names(reader, request.model) if name != request.model)
        raise
    except (errors.AnswerCutOff, errors.RemoteTimeout) as error:
        if store and hit:
            kind = "provider" if provider is not None else "endpoint"
            status = TrialStatus.TIMEOUT if isinstance(error, errors.RemoteTimeout) else TrialStatus.ERROR
            failed = replace(
                _failed(request, hit, status, error, started_at),
                output=error.partial or None,
                source=kind,
                sha=None,
                remote=Remote(kind, error.place),
            )
            keep(reader, failed)
        raise
    result = replace(result, family=hit.tag.family.value if hit else None)
    problem = keep(reader, result) if store else None
    return replace(result, warnings=(*result.warnings, problem)) if problem else result


@contextmanager
def attempt_session(
    reader: CatalogueReader,
    request: TrialRequest,
    *,
    on_event: Callable[[TrialEvent], None] | None = None,
    store: bool = True,
    start: Start | None = None,
    waiting: bool = False,
) -> Iterator[Session]:
    """Load a model that then answers one input after another; what ends the `with` is remembered as by `attempt`.

    Raises:
        TrialError: It cannot be loaded.
        HubError: Its files cannot be fetched.

    """
    request, hit = present(reader, request)
    record = hit.record if hit else None
    with (
        remembering(reader, request, hit, store=store),
        open_session(request, on_event=on_event, database_record=record, start=start, waiting=waiting) as session,
    ):
        yield session


def present(reader: CatalogueReader, request: TrialRequest) -> tuple[TrialRequest, Hit | None]:
    """Return the request with the model's present name and its file apart, and what the catalogue knows of it.

    Raises:
        UnknownModel: A built-in miniature that does not exist.

    """
    request = gguf.named(request)
    if request.model.startswith("zukan/") and builtin.find(request.model) is None:
        raise errors.UnknownModel(request.model, [model.name for model in builtin.BUILTIN])
    hit = _known(reader, request.model)
    if hit is not None:
        # The present name: the catalogue knows renames, an offline cache does not.
        request = replace(request, model=hit.record.model_id)
    return request, hit


@contextmanager
def remembering(reader: CatalogueReader, request: TrialRequest, hit: Hit | None, *, store: bool) -> Iterator[None]:
    """Add to an error what the catalogue knows, and keep a failure that is the model's own."""
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    try:
        yield
    except errors.ModelNotFound as error:
        near = nearest_names(reader, request.model)
        error.suggestions = tuple(name for name in near if name != request.model)
        raise
    except errors.RevisionNotFound as error:
        error.detail = request.revision or ""
        raise
    except errors.TrialError as error:
        if store and hit:
            keep_failure(reader, request, hit, error, started_at)
        raise


def keep_failure(
    reader: CatalogueReader,
    request: TrialRequest,
    hit: Hit,
    error: errors.TrialError,
    started_at: str,
    hardware: Mapping[str, Any] | None = None,
) -> None:
    """Keep a failure that is the model's own, with the machine where it failed, None where that is not recorded."""
    status = next((status for kind, status in _REMEMBERED.items() if isinstance(error, kind)), None)
    # What another revision did says nothing of the present one.
    if status and request.revision is None and _is_its_own(request, error):
        keep(reader, replace(_failed(request, hit, status, error, started_at), hardware=hardware or {}))


def _is_its_own(request: TrialRequest, error: errors.TrialError) -> bool:
    """Whether a failure says something of the model: not of a limit that the user set, nor of the installation."""
    limited = request.timeout_seconds < TrialRequest("").timeout_seconds or request.memory_limit_bytes is not None
    broken_installation = "torchvision" in error.detail or "requirements defined correctly" in error.detail
    return not broken_installation and not (limited and isinstance(error, errors.TrialTimeout | errors.OutOfMemory))


def _known(reader: CatalogueReader, name: str) -> Hit | None:
    if name.startswith((".", "/", "~")):
        return None  # a folder
    try:
        return find_model(reader, name)
    except errors.UnknownModel:
        return None


def keep(reader: CatalogueReader, result: TrialResult) -> str | None:
    """Store a trial; a catalogue that cannot be written must not cost the user the answer."""
    from zukan.store.trials import store_trial  # noqa: PLC0415 (brings sqlite-utils)

    try:
        store_trial(reader.path, result)
    except errors.StoreError as error:
        return f"this trial was not stored: {type(error).__name__}: {error}"
    return None


def _failed(
    request: TrialRequest, hit: Hit, status: TrialStatus, error: errors.TrialError, started_at: str
) -> TrialResult:
    return TrialResult(
        model_id=request.model,
        task=request.task or hit.record.pipeline_tag or "",
        status=status,
        output=None,
        answer=None,
        input={"text": request.text},
        sha=hit.record.sha,
        gguf_file=request.gguf,
        error=f"{type(error).__name__}: {error.detail}"[:500],
        started_at=started_at,
    )
