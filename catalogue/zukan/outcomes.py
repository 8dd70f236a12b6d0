"""The shapes of what happened: a trial, a crawl, an examination, a model's whole card.

Apart from `schema`, because making these classes takes longer than a search.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from zukan.advice import Fit, Task
from zukan.schema import Family, FamilyTag, ModelRecord


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything zukan knows of one model, for `show`."""

    record: ModelRecord
    tag: FamilyTag
    fit: Fit
    snippet: str
    """Python that loads and runs it on the transformers this release was tested with."""
    snippet_task: str | None
    copies: int
    children: tuple[tuple[str, str | None], ...]
    """Popular models made from it: (model_id, relation)."""
    trials: tuple[Mapping[str, Any], ...]
    """Past trials here, newest first."""
    evaluations: tuple[Mapping[str, Any], ...] = ()
    """`_eval` of the row: dataset, metric, value."""
    confirmed: bool = False
    """Whether the Hub itself has been seen to list it; else it is known from the snapshot or an import."""
    absent_since: str | None = None
    """When a complete walk did not meet it, ISO date and time."""
    asked_now: str | None = None
    """What the Hub said when it was asked just now, see `zukan.crawl.confirm.Presence`."""
    history: tuple[tuple[str, int | None, int | None], ...] = ()
    """(date, downloads, likes) as they were and are, oldest first."""
    card: tuple[str, str] | None = None
    """(first paragraph of its card, when it was fetched)."""


class TrialStatus(StrEnum):
    """How a trial ended."""

    OK = "ok"
    ERROR = "error"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class TrialRequest:
    """One trial inference to run."""

    model: str
    """A Hub id, an old name, a folder, a GGUF file, or the name of a built-in miniature (`zukan/mini-bert`); with
    `:Q8_0` or `:FILE` behind it, one GGUF file of the repository."""
    text: str | None = None
    """The user's input; None = the task's example."""
    task: str | None = None
    """A Hub task id; None = chosen from the model."""
    source_language: str | None = None
    target_language: str | None = None
    context: str | None = None
    """Passage for question answering."""
    labels: tuple[str, ...] = ()
    """Candidate labels for zero-shot classification."""
    compare_with: tuple[str, ...] = ()
    """Sentences to compare the input with (sentence-similarity), texts to rank, or pictures by their paths."""
    file: str | None = None
    """Path of the picture, sound, table or text that is the input; None = `text`, or an example."""
    table: Mapping[str, Any] | None = None
    """`{"columns": […], "rows": [[…]]}` in place of a file."""
    output: str | None = None
    """Path to write a sound (WAV) or a picture (PNG) to."""
    revision: str | None = None
    gguf: str | None = None
    """Of several GGUF files: a kind of quantisation (`Q8_0`) or a name. Set from the model's name where that has it."""
    top_k: int = 5
    max_new_tokens: int = 64
    timeout_seconds: float = 300.0
    """For the child alone; downloading is not counted."""
    memory_limit_bytes: int | None = None
    device: str | None = None
    """None = the accelerator that torch finds, else the CPU."""
    safetensors_only: bool = False
    trust_remote_code: bool = False
    offline: bool = False
    repeats: int | None = None
    """Answers to time after the first; None = as many as fit into two seconds, at most three."""
    seed: int = 0
    download_limit_bytes: int | None = None
    """Nothing is downloaded beyond the small files where the rest is larger than this; None = whatever it takes."""
    refresh: bool = False
    """Ask the Hub for a newer version of a model that the cache holds."""


@dataclass(frozen=True, slots=True)
class RemotePlan:
    """Where a trial on another machine would send its input, before anything is sent."""

    kind: str
    """`provider` or `endpoint`."""
    name: str
    """The provider's name, `auto` where the router chooses, or the server's address without a password."""
    host: str
    """To which host the input goes first."""
    model: str
    task: str
    providers: tuple[str, ...] = ()
    """Where the router chooses: whom it can choose, as far as the Hub says."""
    token: str | None = None
    """Which credential goes with it: `hub`, `own` (of the server's address or ZUKAN_ENDPOINT_TOKEN) or None."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a trial was measured that did not run on this machine, and how much of the time was the way there."""

    kind: str
    """`provider` or `endpoint`."""
    name: str
    """The provider's name, or the server's address without a password."""
    served_by: str | None = None
    """Who answered, where the router chose and said so."""
    model: str | None = None
    """The name of the model in the server's answer; None = it says none."""
    first_token_seconds: float | None = None
    """From the request to the first piece of a streamed answer."""
    network_seconds: float | None = None
    """Of the whole; None = not known."""
    network_basis: str = ""
    """How that was obtained."""
    compute_seconds: float | None = None
    """What the server says it took."""


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial answered and what it cost, here or where `remote` says."""

    model_id: str
    task: str
    status: TrialStatus
    output: Any
    """JSON-ready: a string for generated text, a list of `{"label"|"token_str", "score"}` for the others."""
    answer: str | None
    """The first answer as one string."""
    input: Mapping[str, Any]
    family: str | None = None
    load_seconds: float | None = None
    first_answer_seconds: float | None = None
    """From the loaded model to its first answer; weights are paged in here, so read it with load_seconds."""
    latency_seconds: float | None = None
    """Median of the repeats after the first answer."""
    repeats: int | None = None
    """How many answers that is the median of."""
    import_seconds: float | None = None
    download_seconds: float | None = None
    downloaded_bytes: int | None = None
    new_tokens: int | None = None
    tokens_per_second: float | None = None
    sound_seconds: float | None = None
    """Length of the sound that was heard or made."""
    real_time_factor: float | None = None
    """Seconds of work for a second of sound: below 1 it keeps up with speech."""
    peak_bytes: int | None = None
    """Peak resident memory of the child."""
    peak_private_bytes: int | None = None
    """Of that, what only the process itself holds: it must fit into memory."""
    peak_file_bytes: int | None = None
    """Peak of mapped files, weights and libraries: the system can page them out and read them again."""
    estimated_bytes: int | None = None
    num_parameters: int | None = None
    dtype: str | None = None
    device: str | None = None
    threads: int | None = None
    seed: int | None = None
    gguf_file: str | None = None
    """Of a repository of GGUF files, the one that answered."""
    revision: str | None = None
    sha: str | None = None
    source: str = "hub"
    """`hub`, `cache`, `folder` or `built-in`."""
    versions: Mapping[str, str] = field(default_factory=dict)
    hardware: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: str | None = None
    started_at: str | None = None
    remote: Remote | None = None
    """Where it was measured, if not on this machine; then `first_answer_seconds` is the whole round trip."""


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a crawl did, its earlier sessions included."""

    kind: str
    """`full`, `update`, `subset`, `import` or `cards`."""
    finished: bool
    """Whether it came to its end; else the same command goes on."""
    continued: bool
    """Whether it went on with an earlier, unfinished walk."""
    stopped: str | None
    """Why it ended before its end, e.g. `max-requests`."""
    requests: int
    retries: Mapping[str, int]
    """Reason → how often."""
    rows: int
    added: int
    changed: int
    unchanged: int
    renamed: int
    """Of the changed ones."""
    refused: int
    """Rows that could not be read; each is kept aside with its error."""
    clamped: int
    """Rows with a number beyond what SQLite holds."""
    absent: int
    """Models that a complete walk did not meet: deleted, made private, or never on the Hub."""
    received_bytes: int
    seconds: float
    dropped_fields: tuple[str, ...] = ()
    """Fields that the Hub no longer knows."""


@dataclass(frozen=True, slots=True)
class CrawlEvent:
    """How far a crawl is."""

    kind: str
    phase: str
    """`walk`, `catch up`, `new`, `changed`, `counters`, `settle`, `cards` or `read`."""
    rows: int
    wanted: int | None = None
    """How many there will be, None where that is not known."""
    estimated: bool = False
    """Whether `wanted` is an estimate."""
    requests: int = 0
    requests_left: int | None = None
    """In this rate-limit window, by the Hub's own count and the share that may be used."""
    rows_per_second: float | None = None
    waiting: str | None = None
    """What it waits for, if it does."""
    seconds: float | None = None
    """How long it waits."""


@dataclass(frozen=True, slots=True)
class FamilyLesson:
    """What one family is and is good for, with how many of the catalogue's models belong to it."""

    family: Family
    title: Mapping[str, str]
    """By interface language, `en` and `ja`; so are the other texts."""
    idea: Mapping[str, str]
    good_at: Mapping[str, str]
    less_good_at: Mapping[str, str]
    drawing: str
    drawing_ja: str
    count: int
    examples: tuple[str, ...]
    """Well-known models of the catalogue."""


@dataclass(frozen=True, slots=True)
class FieldGuide:
    """The catalogue at a glance: the families and the tasks with how many models each has."""

    models: int
    as_of: str | None
    """Date of the catalogue's figures."""
    counted_at: str | None
    """When the models were counted, ISO date and time; None = now."""
    lessons: tuple[FamilyLesson, ...]
    families: Mapping[str, int]
    """Every family, `other` and `undetermined` among them."""
    tasks: tuple[tuple[Task, int], ...]
    """Every Hub task, those with the most models first."""


@dataclass(frozen=True, slots=True)
class CacheEntry:
    """One model repository in the local Hugging Face cache."""

    model_id: str
    size_bytes: int
    last_used: str | None
    """ISO date and time, UTC."""
    revisions: int
    path: str
    tried: bool = False
    """Whether the catalogue holds a trial of it."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `zukan doctor`."""

    name: str
    status: str
    """`ok`, `warning` or `problem`."""
    value: str
    hint: str = ""
    """What to do about it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One field that decided a model's family, and why it could."""

    path: str
    value: Any
    remark: Mapping[str, str]
    """By interface language, `en` and `ja`."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """What another family would do with a model's task."""

    family: Family
    text: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Relative:
    """Another model of the catalogue, and what makes it a relative."""

    record: ModelRecord
    tag: FamilyTag
    why: str
    """`base`, `child`, `size`, `language`, `type`, `task`, or `proven`: of the guessed family, for the same task."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The lesson of the three families told for one model; texts by interface language, `en` and `ja`."""

    record: ModelRecord
    tag: FamilyTag
    title: Mapping[str, str]
    idea: tuple[Mapping[str, str], ...]
    """How it works; of a model without a proven family what is missing, what would prove it, and the guess."""
    drawing: Mapping[str, str]
    """Its own stack, empty where nothing is known to draw."""
    good_at: Mapping[str, str] | None
    """Of its family, or of the guessed one."""
    less_good_at: Mapping[str, str] | None
    proof: tuple[Proof, ...]
    task: str | None
    """The Hub task, or what a model of its kind does."""
    loader: str | None
    """The Auto class, or `pipeline`; None where transformers cannot load it or nothing is known."""
    loading: tuple[Mapping[str, str], ...]
    """Why this loader."""
    contrasts: tuple[Contrast, ...]
    relatives: tuple[Relative, ...]


@dataclass(frozen=True, slots=True)
class OptimizeReport:
    """What putting a catalogue in order did."""

    models: int
    drifted: int
    """Changes of models since the words were last counted."""
    bytes_before: int
    bytes_after: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written of a catalogue."""

    path: str
    models: int
    files: int
    size_bytes: int
    """Of the Parquet files."""
    seconds: float


@dataclass(frozen=True, slots=True)
class PullReport:
    """What pulling a published catalogue did."""

    source: str
    changed: bool
    """False: it is what was pulled the last time, and nothing was fetched."""
    models: int
    models_before: int | None
    """Of the catalogue that was there."""
    size_bytes: int | None
    verified_by: str | None
    """By which checksum; None = none was published."""
    trials: int
    """Trials of this machine that were carried over."""
    seconds: float


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What would be published, before anything is sent."""

    repository: str
    files: Mapping[str, int]
    """Name → bytes."""
    models: int
    left_out: Mapping[str, int]
    """Why models are not published → how many."""
    as_of: str | None
    sha256: str
    published: bool = False
    """Whether it was sent."""
    unchanged: bool = False
    """The repository holds just this already."""
    url: str | None = None
    """The commit, once it was sent."""
