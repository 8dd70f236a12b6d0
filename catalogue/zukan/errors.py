"""Every error zukan raises, as one tree. Errors carry facts; the command line makes the sentence.

ZukanError
├── QuestionError            the words or options cannot be understood
│   ├── QueryError           a search that cannot be read (position)
│   ├── UnknownTask          no such Hub task (suggestions)
│   ├── UnknownFamily        no such family (suggestions)
│   ├── UnknownModel         neither in the catalogue nor anywhere else looked (suggestions)
│   ├── UnknownProvider      no inference provider of that name (suggestions)
│   ├── NothingToUpdate      an update before any complete walk
│   ├── QueryRefused         an SQL statement that is wrong, not allowed or takes too long
│   ├── UnreadableFile       a config, GGUF file or folder that cannot be read (path, detail)
│   │   └── UnreadableInputs a file of inputs for a comparison
│   ├── NothingToCompare     no models, none of the task that fit this machine, or nothing to ask them
│   ├── UnwritableFile       a file or folder that an export cannot write (path, detail)
│   ├── BadAddress           an address of a server that is none (address, detail)
│   ├── SettingUnusable      an environment variable that the Hub's client cannot work with (name, detail)
│   └── EmptyInput           a trial without anything to answer
├── HubError                 the Hub did not give what was asked
│   ├── HubUnreachable       no network, no server, or offline on purpose
│   ├── RateLimited          429, with the seconds to wait
│   ├── HubRefused           any other status or an answer that is not the Hub's
│   ├── ModelNotFound        no such repository, or a private one
│   ├── RevisionNotFound     no such revision
│   ├── GatedModel           its authors must grant access first
│   ├── PullFailed           a published catalogue that did not arrive, or may not be taken (source, detail)
│   │   └── NoSuchSource     what was given to pull from is no address and no file
│   └── PushRefused          the Hub does not take what is to be published (repository, detail)
│       └── NoSuchTarget     what was given to publish as is no name of a data set
├── StoreError               the catalogue file
│   ├── CatalogueMissing     there is none and none may be built
│   ├── CatalogueTooNew      written by a newer zukan
│   ├── CatalogueDamaged     not a catalogue, or a broken one
│   ├── CatalogueLocked      another process holds it too long
│   ├── CrawlRunning         another crawl or import fills it
│   ├── CatalogueReadOnly    it cannot be written
│   ├── DiskFull             no space left
│   ├── LimitReached         what this shell or system allows: open files, the size of a file
│   └── BuildFailed          the first-use build ended without a catalogue
├── CacheEntryMissing        nothing of that name is in the local cache
├── ClusterError             a Ray cluster that a comparison runs on (address, detail)
│   ├── ClusterUnreachable   none answers at that address, or it lets nobody in
│   ├── ClusterMismatch      it runs another Python, Ray or zukan, or lacks what a trial needs
│   └── ClusterLost          it ended while the comparison ran
└── TrialError               a trial that cannot run or did not end well
    ├── MissingExtra         a package is not installed (package, pip requirement)
    ├── UnsupportedTask      zukan cannot try this task yet
    ├── WrongTask            this model cannot do that task (suggestions)
    ├── MissingOption        the task needs one more option (e.g. --to)
    ├── NoSuchFile           the repository has not the file that was named (suggestions)
    ├── UnusableInput        the input does not suit the task or the model
    ├── UnloadableModel      nothing transformers could load (reason)
    │   ├── NoWeights        no weight file at all
    │   ├── PickleRefused    pickle weights only, and they were refused
    │   └── RemoteCode       needs code from the repository
    ├── LargeDownload        more to download than was allowed without asking (needed, limit)
    ├── NotEnoughMemory      it would not fit, so it was not started
    ├── NoNodeFits           no node of the cluster has the memory or the graphics card for it
    ├── WorkerLost           its worker on the cluster was lost again and again
    ├── LoadFailed           transformers could not load it (cause)
    ├── RunFailed            it loaded, but failed while answering (cause)
    ├── TrialTimeout         stopped after the time limit
    ├── OutOfMemory          stopped by the memory limit or by the system
    ├── TrialCrashed         the child process died (signal or exit code)
    └── RemoteError          a trial elsewhere that gave no answer (place)
        ├── SendingRefused       nobody agreed that the input is sent and paid for
        ├── RemoteUnreachable    no such host, nobody listens, no trust (TLS), or offline on purpose
        ├── TokenRefused         401, or no token at all
        ├── CreditsSpent         402
        ├── AccessForbidden      403
        ├── NotServed            404, or nobody serves this model (served)
        ├── TaskNotRemote        there is no way to ask for this task there
        ├── RemoteInputRefused   400, 413, 422: the server does not take this input
        ├── RemoteRateLimited    429, with the seconds to wait
        ├── RemoteOverloaded     503 and other 5xx: loading, overloaded or broken
        ├── RemoteTimeout        no whole answer within the time limit
        ├── AnswerCutOff         the answer broke off in the middle (partial)
        └── AnswerUnreadable     not what the protocol says, or larger than anything that is read
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


class ZukanError(Exception):
    """Base of everything zukan raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        # Another process gets an error with all its facts, whatever its __init__ takes.
        return _rebuilt, (type(self), self.args, vars(self))


def _rebuilt(kind: type[ZukanError], arguments: tuple[object, ...], facts: dict[str, object]) -> ZukanError:
    error = kind.__new__(kind, *arguments)
    vars(error).update(facts)
    return error


# --- questions -------------------------------------------------------------------------------------------


class QuestionError(ZukanError):
    """The words or options given cannot be understood."""


class QueryError(QuestionError):
    """A search that cannot be read."""

    def __init__(self, message: str, position: int | None = None, query: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.position = position
        """Character offset in the query, where one is to blame."""
        self.query = query
        """The query as typed, where `position` counts in one."""


class _UnknownName(QuestionError):
    kind = "name"

    def __init__(self, name: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(f"unknown {self.kind}: {name}")
        self.name = name
        self.suggestions = tuple(suggestions)
        """The nearest known names, nearest first."""


class UnknownTask(_UnknownName):
    """No such Hub task."""

    kind = "task"


class UnknownFamily(_UnknownName):
    """No such family."""

    kind = "family"


class UnknownModel(_UnknownName):
    """No such model in the catalogue."""

    kind = "model"


class UnknownProvider(_UnknownName):
    """No inference provider of that name."""

    kind = "provider"


class NothingToUpdate(QuestionError):
    """There was no complete walk over the Hub that could be brought up to date."""


class QueryRefused(QuestionError):
    """An SQL statement that is wrong, touches what it may not, or takes too long."""

    def __init__(self, detail: str, *, timed_out: bool = False, forbidden: bool = False) -> None:
        """Take what SQLite says, and why it was stopped."""
        super().__init__(detail)
        self.detail = detail
        self.timed_out = timed_out
        self.forbidden = forbidden


class UnreadableFile(QuestionError):
    """A file or folder given to be tagged or imported that does not exist or is not what its name says."""

    def __init__(self, path: Path, detail: str) -> None:
        """Take the path as it was given and what is wrong with it."""
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class UnreadableInputs(UnreadableFile):
    """A file of inputs for a comparison that is not what its name says."""


class NothingToCompare(QuestionError):
    """Nothing to compare: no models, none of the task that fit this machine, or nothing to ask those named."""

    def __init__(self, task: str | None = None, models: Sequence[str] = ()) -> None:
        """Take the task, None where that is missing too, and the models that were named."""
        super().__init__(task or "neither models nor a task")
        self.task = task
        self.models = tuple(models)


class UnwritableFile(QuestionError):
    """A file or folder that is to be written and cannot be, or holds something else."""

    def __init__(self, path: Path, detail: str, *, full: bool = False) -> None:
        """Take the path, what is in the way, and whether that is a full disk."""
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail
        self.full = full


class BadAddress(QuestionError):
    """What was given as the address of a server is none."""

    def __init__(self, address: str, detail: str) -> None:
        """Take the address without its password, and what is wrong with it."""
        super().__init__(f"{address}: {detail}")
        self.address = address
        self.detail = detail


class SettingUnusable(QuestionError):
    """An environment variable keeps the Hub's client from working."""

    def __init__(self, name: str, detail: str) -> None:
        """Take the variable, never its value where that may hold a password, and what is wrong with it."""
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


class EmptyInput(QuestionError):
    """The input of a trial is empty."""


# --- the Hub ---------------------------------------------------------------------------------------------


class HubError(ZukanError):
    """The Hub did not give what was asked."""


class HubUnreachable(HubError):
    """No network, no server, or offline on purpose."""

    def __init__(self, endpoint: str, detail: str = "", *, offline: bool = False) -> None:
        super().__init__(f"cannot reach {endpoint}: {detail}")
        self.endpoint = endpoint
        self.detail = detail
        self.offline = offline
        """True when HF_HUB_OFFLINE or --offline forbids the network."""


class RateLimited(HubError):
    """The Hub asks to wait."""

    def __init__(self, seconds: float | None) -> None:
        super().__init__(f"rate limited for {seconds} s")
        self.seconds = seconds


class HubRefused(HubError):
    """The Hub answered, but not with what was asked."""

    def __init__(self, status: int | None, message: str) -> None:
        super().__init__(f"HTTP {status}: {message}")
        self.status = status
        self.message = message


class _HubModelError(HubError):
    def __init__(self, model_id: str, detail: str = "") -> None:
        super().__init__(f"{model_id}: {detail}" if detail else model_id)
        self.model_id = model_id
        self.detail = detail


class ModelNotFound(_HubModelError):
    """No such repository, or a private one: the Hub does not tell which."""

    suggestions: tuple[str, ...] = ()
    """Near names in the catalogue, filled in by whoever has one open."""


class RevisionNotFound(_HubModelError):
    """The repository has no such revision (`detail`)."""


class GatedModel(_HubModelError):
    """The authors must grant access first."""


class PullFailed(HubError):
    """A published catalogue that did not arrive whole, or is not one that may be taken."""

    def __init__(self, source: str, detail: str, *, resumable: bool = False) -> None:
        super().__init__(f"{source}: {detail}")
        self.source = source
        self.detail = detail
        self.resumable = resumable
        """Whether the same command goes on with what came."""


class NoSuchSource(PullFailed):
    """What was given to pull from is no address and no file: nobody was asked."""


class PushRefused(HubError):
    """The Hub does not take what is to be published."""

    def __init__(self, repository: str, detail: str) -> None:
        super().__init__(f"{repository}: {detail}")
        self.repository = repository
        self.detail = detail


class NoSuchTarget(PushRefused):
    """What was given to publish as is no name of a data set: nobody was asked."""


# --- the catalogue ---------------------------------------------------------------------------------------


class StoreError(ZukanError):
    """Something about the catalogue file."""

    def __init__(self, path: Path, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}" if detail else str(path))
        self.path = path
        self.detail = detail


class CatalogueMissing(StoreError):
    """There is no catalogue and none may be built."""


class CatalogueTooNew(StoreError):
    """Written by a newer zukan."""


class CatalogueDamaged(StoreError):
    """Not a catalogue, or a broken one."""


class CatalogueLocked(StoreError):
    """Another process holds it too long."""


class CrawlRunning(StoreError):
    """Another crawl or import fills it; `detail` is its process id."""


class CatalogueReadOnly(StoreError):
    """It cannot be written."""


class DiskFull(StoreError):
    """No space left on the catalogue's disk."""


class LimitReached(StoreError):
    """A limit of the shell or the system; `detail` names it with the option of `ulimit` that shows it."""


class BuildFailed(StoreError):
    """The first-use build ended without a catalogue."""


class CacheEntryMissing(ZukanError):
    """Nothing of that name is in the local Hugging Face cache."""

    def __init__(self, model_id: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(model_id)
        self.model_id = model_id
        self.suggestions = tuple(suggestions)


# --- clusters --------------------------------------------------------------------------------------------


class ClusterError(ZukanError):
    """Something about a Ray cluster."""

    def __init__(self, address: str, detail: str = "") -> None:
        super().__init__(f"{address}: {detail}" if detail else address)
        self.address = address
        self.detail = detail


class ClusterUnreachable(ClusterError):
    """No cluster answers at that address, or it lets nobody in."""


class ClusterMismatch(ClusterError):
    """It runs another Python, Ray or zukan than this machine, or lacks a package that every trial needs."""


class ClusterLost(ClusterError):
    """It ended while the comparison ran; what was answered is kept."""


# --- trials ----------------------------------------------------------------------------------------------


class TrialError(ZukanError):
    """A trial that cannot run or did not end well."""

    def __init__(self, model_id: str = "", detail: str = "") -> None:
        super().__init__(f"{model_id}: {detail}" if detail else model_id)
        self.model_id = model_id
        self.detail = detail


class MissingExtra(TrialError):
    """A package the trial needs is not installed."""

    def __init__(self, package: str, requirement: str, model_id: str = "") -> None:
        super().__init__(model_id, package)
        self.package = package
        self.requirement = requirement
        """What to give to pip, e.g. `torch transformers` or `bitsandbytes`."""


class UnsupportedTask(TrialError):
    """zukan cannot try this task yet."""

    def __init__(self, task: str, model_id: str = "", supported: Sequence[str] = ()) -> None:
        super().__init__(model_id, task)
        self.task = task
        self.supported = tuple(supported)


class WrongTask(TrialError):
    """This model cannot do that task."""

    def __init__(self, model_id: str, task: str, detail: str = "", suggestions: Sequence[str] = ()) -> None:
        super().__init__(model_id, detail)
        self.task = task
        self.suggestions = tuple(suggestions)
        """Tasks that this model can do."""


class MissingOption(TrialError):
    """The task needs one more option."""

    def __init__(self, model_id: str, option: str, detail: str = "", choices: Sequence[str] = ()) -> None:
        super().__init__(model_id, detail)
        self.option = option
        self.choices = tuple(choices)


class NoSuchFile(TrialError):
    """A repository of several files has not the one that was named with it."""

    def __init__(self, model_id: str, file: str, suggestions: Sequence[str] = ()) -> None:
        super().__init__(model_id, file)
        self.file = file
        self.suggestions = tuple(dict.fromkeys(suggestions))
        """What could be named."""


class UnusableInput(TrialError):
    """The input does not suit the task or the model."""


class UnloadableModel(TrialError):
    """Nothing in the repository that transformers could load."""


class NoWeights(UnloadableModel):
    """No weight file at all."""


class PickleRefused(UnloadableModel):
    """Pickle weights only, and `safetensors_only` refuses them."""


class RemoteCode(UnloadableModel):
    """Needs code from the repository, which was not allowed to run."""


class LargeDownload(TrialError):
    """More would be downloaded than was allowed without asking."""

    def __init__(self, model_id: str, needed_bytes: int, limit_bytes: int) -> None:
        super().__init__(model_id, f"{needed_bytes} > {limit_bytes}")
        self.needed_bytes = needed_bytes
        self.limit_bytes = limit_bytes


class NotEnoughMemory(TrialError):
    """It would not fit into this machine's memory, so it was not started."""

    def __init__(self, model_id: str, needed_bytes: int, available_bytes: int) -> None:
        super().__init__(model_id, f"{needed_bytes} > {available_bytes}")
        self.needed_bytes = needed_bytes
        self.available_bytes = available_bytes


class NoNodeFits(TrialError):
    """No node of the cluster has what the model needs, so it was not started."""

    def __init__(self, model_id: str, needed_bytes: int, largest_bytes: int, detail: str = "") -> None:
        """Take the estimate, the most memory that a node gives, and what else is missing."""
        super().__init__(model_id, detail or f"{needed_bytes} > {largest_bytes}")
        self.needed_bytes = needed_bytes
        self.largest_bytes = largest_bytes
        self.no_card = bool(detail)
        """Whether a graphics card is what is missing."""


class WorkerLost(TrialError):
    """Its worker on the cluster was lost as often as it was begun anew."""

    def __init__(self, model_id: str, times: int, detail: str = "") -> None:
        """Take how often, and what Ray says of the last one."""
        super().__init__(model_id, detail)
        self.times = times


class LoadFailed(TrialError):
    """transformers could not load it; `detail` is the last line of its error."""


class RunFailed(TrialError):
    """It loaded, but failed while answering; `detail` is the last line of its error."""


class TrialTimeout(TrialError):
    """Stopped after the time limit."""

    def __init__(self, model_id: str, seconds: float, phase: str) -> None:
        super().__init__(model_id, f"{seconds} s while {phase}")
        self.seconds = seconds
        self.phase = phase


class OutOfMemory(TrialError):
    """Stopped by the memory limit or by the operating system."""

    def __init__(self, model_id: str, peak_bytes: int | None, phase: str, detail: str = "") -> None:
        super().__init__(model_id, detail)
        self.peak_bytes = peak_bytes
        self.phase = phase


class TrialCrashed(TrialError):
    """The child process died on its own."""


# --- trials elsewhere ------------------------------------------------------------------------------------


class RemoteError(TrialError):
    """A trial on another machine that gave no answer."""

    def __init__(self, model_id: str = "", detail: str = "", *, place: str = "") -> None:
        """Take what the server says in `detail`, and the provider's name or the server's address in `place`."""
        super().__init__(model_id, detail)
        self.place = place


class SendingRefused(RemoteError):
    """Nobody agreed that the input is sent there and paid for."""


class RemoteUnreachable(RemoteError):
    """No such host, nobody listens, the connection is not to be trusted, or the network is switched off."""

    def __init__(self, model_id: str, detail: str, *, place: str, offline: bool = False) -> None:
        super().__init__(model_id, detail, place=place)
        self.offline = offline


class TokenRefused(RemoteError):
    """The server wants a token, or does not take the one it got."""

    def __init__(self, model_id: str, detail: str, *, place: str, sent: bool, provider: bool) -> None:
        super().__init__(model_id, detail, place=place)
        self.sent = sent
        """Whether there was a token."""
        self.provider = provider
        """Whether it is the token of the Hub that is wanted."""


class CreditsSpent(RemoteError):
    """The account has no credits left."""


class AccessForbidden(RemoteError):
    """The token may not do this."""


class NotServed(RemoteError):
    """This model is not served there."""

    def __init__(self, model_id: str, detail: str = "", *, place: str, served: Sequence[str] = ()) -> None:
        super().__init__(model_id, detail, place=place)
        self.served = tuple(served)
        """The providers that serve it, or the models that the server has."""


class TaskNotRemote(RemoteError):
    """There is no way to ask for this task there."""

    def __init__(self, model_id: str, task: str, *, place: str, tasks: Sequence[str] = ()) -> None:
        super().__init__(model_id, task, place=place)
        self.task = task
        self.tasks = tuple(tasks)
        """What can be asked for there."""


class RemoteInputRefused(RemoteError):
    """The server does not take this input."""


class RemoteRateLimited(RemoteError):
    """The server asks to wait."""

    def __init__(self, model_id: str, detail: str, *, place: str, seconds: float | None) -> None:
        super().__init__(model_id, detail, place=place)
        self.seconds = seconds


class RemoteOverloaded(RemoteError):
    """The server is loading the model, overloaded or broken; it was asked more than once."""

    def __init__(self, model_id: str, detail: str, *, place: str, status: int) -> None:
        super().__init__(model_id, detail, place=place)
        self.status = status


class RemoteTimeout(RemoteError):
    """There was no whole answer within the time limit."""

    def __init__(self, model_id: str, seconds: float, *, place: str, partial: str = "") -> None:
        super().__init__(model_id, f"{seconds:g} s", place=place)
        self.seconds = seconds
        self.partial = partial
        """What had come of the answer."""


class AnswerCutOff(RemoteError):
    """The answer broke off in the middle."""

    def __init__(self, model_id: str, detail: str, *, place: str, partial: str = "") -> None:
        super().__init__(model_id, detail, place=place)
        self.partial = partial


class AnswerUnreadable(RemoteError):
    """The answer is not what the protocol says, or larger than anything that is read."""
