"""Runs one trial from end to end: find the files, check, download, run in a child process, measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from zukan import hardware as machine
from zukan.advice import Hardware
from zukan.errors import LargeDownload, LoadFailed, RevisionNotFound
from zukan.families import classify
from zukan.hub_settings import check_hub_values
from zukan.outcomes import TrialRequest, TrialResult, TrialStatus
from zukan.schema import ModelRecord
from zukan.trial import (
    adapters,
    builtin,
    download,
    examples,
    failures,
    gguf,
    input_language,
    inputs,
    memory,
    preflight,
    tables,
)
from zukan.trial.abilities import SUPPORTED_TASKS
from zukan.trial.events import EventCallback, TrialEvent, ignore
from zukan.trial.job import Job
from zukan.trial.plan import Plan
from zukan.trial.process import Child, Start
from zukan.trial.senses import Reads, reads
from zukan.trial.source import Repository, cache_directory, local_repository

__all__ = ["SUPPORTED_TASKS", "run_trial"]

_PROC = Path("/proc/self/status")


def run_trial(
    request: TrialRequest,
    *,
    on_event: EventCallback | None = None,
    on_poll: Callable[[], None] | None = None,
    database_record: ModelRecord | None = None,
) -> TrialResult:
    """Run one model on one input in a child process.

    Args:
        request: The model, the input and the limits.
        on_event: Told about each step and about the download. What it raises ends the trial.
        on_poll: Called many times a second while the child works. What it raises ends the trial.
        database_record: The catalogue's row of the model: what the Hub says about it, for a model that comes from the
            cache.

    Returns:
        The answer with its measures; `status` is always `ok`, because everything else is raised.

    Raises:
        EmptyInput: There is nothing to answer.
        SettingUnusable: An environment variable keeps the Hub's client from being imported.
        HubError: The Hub did not give the files.
        LargeDownload: More would be downloaded than `download_limit_bytes`.
        DiskFull: The files do not fit the disk.
        TrialError: The trial cannot run or did not end well; the subclasses say why.

    """
    with opened(request, on_event=on_event, database_record=database_record) as ready:
        limit = ready.request.timeout_seconds
        answer = ask(ready.child, asdict(job_for(ready)), ready, timeout_seconds=limit, on_poll=on_poll)
        return result_of(ready, answer)


@dataclass(frozen=True, slots=True)
class Ready:
    """A trial that was checked and whose files are here; its child waits for the job."""

    request: TrialRequest
    repository: Repository
    plan: Plan
    child: Child
    folder: Path
    notes: tuple[str, ...]
    hardware: Hardware
    started_at: str
    notify: EventCallback
    japanese: bool
    """It is for Japanese and not for English."""


@contextmanager
def opened(
    request: TrialRequest,
    *,
    on_event: EventCallback | None = None,
    database_record: ModelRecord | None = None,
    start: Start | None = None,
    waiting: bool = False,
) -> Iterator[Ready]:
    """Find, check and download a model, with its child already importing; the child is ended at the end.

    Args:
        request: As for `run_trial`.
        on_event: The same.
        database_record: The same.
        start: How the child is started; None = as an interpreter of its own.
        waiting: The text only helps to choose the task: the inputs are still to come.

    """
    # transformers reads them in the child, whatever it then loads.
    check_hub_values()
    notify = on_event or ignore
    request = gguf.named(request)
    started_at = datetime.now(UTC).isoformat(timespec="seconds")
    child: Child | None = None
    with ExitStack() as stack:

        def at_the_hub() -> EventCallback:
            # Its two seconds of imports pass while the Hub is asked.
            nonlocal child
            child = stack.enter_context(Child(memory_limit_bytes=request.memory_limit_bytes, start=start))
            return _watching(notify, child, request.model)

        found = look_up(request, notify, database_record=database_record, waiting=waiting, at_the_hub=at_the_hub)
        request, repository, plan, japanese = found.request, found.repository, found.plan, found.japanese
        hardware = machine.detect(cache_directory())
        notes = [*repository.warnings, *plan.warnings]
        said = _say(notes, notify)
        notes += memory.check_memory(request, repository.model_id, plan, hardware)
        languages = database_record.languages if database_record is not None else repository.tags
        own = "" if waiting else request.text or ""
        if (doubt := input_language.warning(own, languages)) is not None:
            notes.append(doubt)
        if request.memory_limit_bytes is not None and not _PROC.exists():
            notes.append("the memory limit was not watched: that needs Linux")
        if child is None:
            child = stack.enter_context(Child(memory_limit_bytes=request.memory_limit_bytes, start=start))
        check_download(request, repository, plan)
        notify(TrialEvent("import", "loading transformers and torch"))
        classify(plan.row)  # The rules are read while the child imports, not after its answer.
        folder = repository.complete(plan.selection.names)
        _say(notes[said:], notify)
        yield Ready(request, repository, plan, child, folder, tuple(notes), hardware, started_at, notify, japanese)


@dataclass(frozen=True, slots=True)
class Found:
    """A model whose files are known and that can be run, as far as its small files tell; nothing was started."""

    request: TrialRequest
    repository: Repository
    plan: Plan
    japanese: bool
    """It is for Japanese and not for English."""


def look_up(
    request: TrialRequest,
    notify: EventCallback = ignore,
    *,
    database_record: ModelRecord | None = None,
    waiting: bool = False,
    at_the_hub: Callable[[], EventCallback] | None = None,
) -> Found:
    """Find a model's files and decide how it would be run; of a Hub model only the small files are downloaded.

    Args:
        request: As for `run_trial`.
        notify: Told about each step.
        database_record: As for `run_trial`.
        waiting: The text only helps to choose the task: the inputs are still to come.
        at_the_hub: Called before the Hub or its cache is asked; returns who is told from then on.

    Raises:
        HubError: The Hub did not give the files.
        TrialError: The model or the task cannot be run.

    """
    request = gguf.named(request)
    if (miniature := builtin.find(request.model)) is not None:
        request = replace(request, model=miniature.name, text=request.text or _example(request, miniature))
    preflight.check_request(request)
    inputs.check_files(request)
    tables.require_packages(request.model)
    repository = local_repository(request.model)
    if repository is not None and request.revision is not None:
        # A folder is as it is: the record of the trial would tell of another.
        raise RevisionNotFound(request.model)
    if repository is None:
        notify = at_the_hub() if at_the_hub is not None else notify
        repository = download.open_repository(
            request.model,
            revision=request.revision,
            offline=request.offline,
            refresh=request.refresh,
            usable=lambda found: preflight.is_complete(found, request),
            on_event=notify,
        )
    repository, request = adapters.on_its_base(repository, request, _finder(request, notify))
    _add_record(repository, database_record)
    plan = preflight.plan_trial(request, repository)
    japanese = _is_japanese(repository, database_record)
    if waiting:
        preflight.require_options(request, plan.task)
        request = replace(request, text=None)
    request = inputs.complete(request, plan.task, japanese=japanese, widget=repository.widget)
    preflight.require_options(replace(request, file=None), plan.task)
    return Found(request, repository, plan, japanese)


def job_for(ready: Ready) -> Job:
    """Return the child's order."""
    job = _job(ready.request, ready.repository, ready.plan, ready.folder)
    return replace(job, example=examples.question(ready.plan.task, japanese=ready.japanese))


def result_of(ready: Ready, answer: Mapping[str, Any]) -> TrialResult:
    """Return what the child's last message comes to."""
    result = _result(ready.request, ready.repository, ready.plan, answer, ready.child)
    warnings = tuple(dict.fromkeys([*ready.notes, *(str(text) for text in answer.get("warnings") or ())]))
    return replace(result, warnings=warnings, started_at=ready.started_at, hardware=ready.hardware._asdict())


def _finder(request: TrialRequest, notify: EventCallback) -> Callable[[str], Repository]:
    """Return what opens a model beside the one that was asked for: what an adapter stands on."""

    def find(name: str) -> Repository:
        return download.open_repository(
            name, offline=request.offline, refresh=request.refresh, usable=preflight.is_complete, on_event=notify
        )

    return find


def _say(notes: Sequence[str], notify: EventCallback) -> int:
    """Tell what is known of the model before it is weighed or fetched; return how much that was."""
    for note in notes:
        notify(TrialEvent("notice", note))
    return len(notes)


def check_download(request: TrialRequest, repository: Repository, plan: Plan) -> None:
    """Refuse a download that is larger than the caller wants without being asked."""
    limit = request.download_limit_bytes
    needed = sum(repository.sizes.get(name) or 0 for name in repository.missing(plan.selection.names))
    if limit is not None and needed > limit:
        raise LargeDownload(repository.model_id, needed, limit)


def _watching(notify: EventCallback, child: Child, model_id: str) -> EventCallback:
    """Return a callback that also ends a long download for a child that could not import torch."""

    def both(event: TrialEvent) -> None:
        notify(event)
        if event.phase == "download" and (message := child.failure(model_id)) is not None:
            raise failures.to_exception(model_id, "", message, phase="import")

    return both


def ask(
    child: Child,
    job: Mapping[str, Any],
    ready: Ready,
    *,
    timeout_seconds: float,
    on_poll: Callable[[], None] | None = None,
) -> Mapping[str, Any]:
    """Have a job done, and return the child's last message; see `Child.run` for `on_poll`.

    Raises:
        TrialError: It failed.

    """
    model_id, task = ready.repository.model_id, ready.plan.task
    last: Mapping[str, Any] = {}

    def receive(message: Mapping[str, Any]) -> None:
        nonlocal last
        last = message
        phase = message.get("phase")
        if phase == "load":
            ready.notify(TrialEvent("load", f"loading {model_id}"))
        elif phase == "run":
            ready.notify(TrialEvent("run", f"running {task}"))

    child.run(job, model_id=model_id, timeout_seconds=timeout_seconds, on_message=receive, on_poll=on_poll)
    if last.get("event") == "error":
        raise failures.to_exception(model_id, task, last, phase=child.phase)
    if last.get("event") != "done":
        raise LoadFailed(model_id, "the child process gave no answer")
    return last


def _job(request: TrialRequest, repository: Repository, plan: Plan, folder: Path) -> Job:
    weights = plan.selection.weights
    adapter = str(repository.adapter.absolute()) if isinstance(repository, adapters.AdaptedRepository) else None
    return Job(
        task=plan.task,
        auto_class=plan.auto_class,
        folder=str(folder.absolute()),
        text=request.text or "",
        root=plan.selection.root,
        model_type=None if plan.explicit_model_type else plan.model_type,
        modules=[dict(module) for module in plan.modules],
        source_language=request.source_language,
        target_language=request.target_language,
        context=request.context,
        labels=list(request.labels),
        compare_with=[_absolute(name) for name in request.compare_with]
        if reads(plan.task) is Reads.PICTURE
        else list(request.compare_with),
        file=_absolute(request.file) if request.file is not None else None,
        table=dict(request.table) if request.table is not None else None,
        output=_absolute(request.output) if request.output is not None else None,
        top_k=max(1, request.top_k),
        max_new_tokens=max(1, request.max_new_tokens),
        device=request.device,
        use_safetensors=weights is None or weights.safetensors,
        trust_remote_code=request.trust_remote_code,
        repeats=request.repeats,
        seed=request.seed,
        adapter=adapter,
        gguf_file=plan.selection.gguf_file,
    )


def _absolute(name: str) -> str:
    return str(Path(name).expanduser().absolute())


def _result(
    request: TrialRequest, repository: Repository, plan: Plan, answer: Mapping[str, Any], child: Child
) -> TrialResult:
    child.memory.raise_to(answer.get("peak_bytes"), answer.get("private_bytes"), answer.get("file_bytes"))
    downloaded = repository.downloaded_bytes > 0
    return TrialResult(
        model_id=repository.model_id,
        task=plan.task,
        status=TrialStatus.OK,
        output=answer.get("output"),
        answer=answer.get("answer"),
        input=answer.get("input") or {},
        family=plan.family.value,
        load_seconds=answer.get("load_seconds"),
        first_answer_seconds=answer.get("first_answer_seconds"),
        latency_seconds=answer.get("latency_seconds"),
        repeats=answer.get("repeats"),
        import_seconds=answer.get("import_seconds"),
        download_seconds=repository.download_seconds if downloaded else None,
        downloaded_bytes=repository.downloaded_bytes if downloaded else None,
        new_tokens=answer.get("new_tokens"),
        tokens_per_second=answer.get("tokens_per_second"),
        sound_seconds=answer.get("sound_seconds"),
        real_time_factor=_real_time_factor(answer),
        peak_bytes=child.memory.resident,
        peak_private_bytes=child.memory.private,
        peak_file_bytes=child.memory.file,
        estimated_bytes=plan.estimated_bytes,
        num_parameters=answer.get("num_parameters"),
        dtype=answer.get("dtype"),
        device=answer.get("device"),
        threads=answer.get("threads"),
        seed=request.seed,
        gguf_file=plan.selection.gguf_file,
        revision=request.revision,
        sha=repository.sha,
        source=repository.source,
        versions=answer.get("versions") or {},
    )


def _real_time_factor(answer: Mapping[str, Any]) -> float | None:
    """Return the seconds of work for a second of sound."""
    sound, work = answer.get("sound_seconds"), answer.get("latency_seconds") or answer.get("first_answer_seconds")
    return work / sound if sound and work else None


def _example(request: TrialRequest, miniature: builtin.Builtin) -> str | None:
    """Return the miniature's own sentence, unless it is asked for another task than its own."""
    own = request.text is None and request.file is None and request.task in (None, miniature.task)
    return miniature.text if own else request.text


def _add_record(repository: Repository, record: ModelRecord | None) -> None:
    """Take from the catalogue what a cached snapshot does not say."""
    if record is not None:
        repository.pipeline_tag = repository.pipeline_tag or record.pipeline_tag
        repository.library_name = repository.library_name or record.library_name
        repository.tags = repository.tags or record.tags
        widget = record.row.get("widgetData")
        repository.widget = repository.widget or (tuple(widget) if isinstance(widget, list) else ())


def _is_japanese(repository: Repository, record: ModelRecord | None) -> bool:
    """Tell whether the model is for Japanese and not for English too, as far as its tags say."""
    languages = set(record.languages) if record is not None else set(repository.tags)
    return "ja" in languages and not languages & {"en", "multilingual"}
