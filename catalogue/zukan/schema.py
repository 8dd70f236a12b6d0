"""The shapes that travel between modules: frozen dataclasses and enums, no behaviour.

Names are the Hub's and transformers' own (`model_id`, `pipeline_tag`, `library_name`, `model_type`).
Sizes are bytes, times are seconds, dates are ISO 8601 strings; `None` always means "not known".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Family(StrEnum):
    """What stack of layers the repository's model runs."""

    ENCODER_ONLY = "encoder-only"
    DECODER_ONLY = "decoder-only"
    SEQ2SEQ = "seq2seq"
    OTHER = "other"
    """Not a transformer (a diffusion pipeline, a CNN, a tree …); the reason says what it is."""
    UNDETERMINED = "undetermined"
    """Nothing in the record proves a family."""


class Certainty(StrEnum):
    """How strong the evidence behind a family tag is."""

    CERTAIN = "certain"
    """A class or a model type that holds one kind of stack only."""
    INFERRED = "inferred"
    """From the base model, a free tag, an auto_map or a name."""
    GUESS = "guess"
    """The weakest level: the family stays undetermined; `FamilyTag.guess` names the likeliest one, if any."""


@dataclass(frozen=True, slots=True)
class FamilyTag:
    """A family with the field that proves it."""

    family: Family
    certainty: Certainty
    reason: str
    """One English sentence."""
    evidence: Mapping[str, Any]
    """The record's own fields that decided, e.g. `{"config.architectures": ["BertForMaskedLM"]}`."""
    rule: str
    """Short code of the rule that answered, e.g. `class`, `model_type`, `base_model`, `nothing`."""
    guess: Family | None = None
    """Only with `Family.UNDETERMINED`: the likeliest family, not proven."""


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """One model repository as the Hub's list API describes it, normalised."""

    model_id: str
    hub_id: str | None = None
    """The Hub's `_id`: survives renames. Unknown for rows that come from the shipped snapshot."""
    sha: str | None = None
    author: str | None = None
    pipeline_tag: str | None = None
    library_name: str | None = None
    model_type: str | None = None
    architectures: tuple[str, ...] = ()
    auto_model: str | None = None
    """`transformersInfo.auto_model`, derived by the Hub from the class name."""
    num_parameters: int | None = None
    parameters_source: str | None = None
    """Where `num_parameters` comes from, e.g. `Hub: safetensors`, `Hub: gguf`, `name`."""
    weight_bytes: int | None = None
    """Bytes of the weights as stored, from the Hub's parameter counts by dtype."""
    license: str | None = None
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    downloads: int | None = None
    """Downloads in the 30 days before `as_of`."""
    likes: int | None = None
    trending_score: float | None = None
    gated: bool | str | None = None
    """`False`, `"auto"` or `"manual"`; `None` = the catalogue does not know."""
    disabled: bool = False
    removed: bool = False
    """Known to be gone from the Hub."""
    created_at: str | None = None
    last_modified: str | None = None
    base_models: tuple[str, ...] = ()
    base_relation: str | None = None
    """`finetune`, `adapter`, `quantized` or `merge`, where the Hub says it."""
    mask_token: str | None = None
    used_storage: int | None = None
    """Bytes of the whole repository history."""
    context_length: int | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    """The Hub's excerpt of config.json, kept so that better rules can re-tag without crawling."""
    aliases: tuple[str, ...] = ()
    """Former names of the same repository."""
    as_of: str | None = None
    """Date of `downloads` and `likes`."""
    sources: tuple[str, ...] = ()
    """`hub` for a crawled row, otherwise the keys of data/README.md's table."""
    row: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The raw row, in the Hub API's shape."""


@dataclass(frozen=True, slots=True)
class Task:
    """One Hub task (`pipeline_tag`) as data/tasks.toml describes it."""

    task_id: str
    name: str
    name_ja: str
    category: str
    families: tuple[Family, ...]
    """The families that suit it, best first."""
    why: str
    why_ja: str
    auto_class: str | None
    """The transformers Auto class that loads a model for it; None where transformers has none."""
    synonyms: tuple[str, ...] = ()
    synonyms_ja: tuple[str, ...] = ()
    related_tasks: tuple[str, ...] = ()
    """Other pipeline tags under which models for this task are filed on the Hub."""
    model_types: tuple[str, ...] = ()
    """Types built for this task whatever their pipeline tag says (m2m_100 for translation)."""
    example: str | None = None
    example_ja: str | None = None
    input_kind: str = "text"
    """`text`, `image`, `audio`, `video`, `table`, or a combination joined by `+`."""
    trial: bool = False
    """Whether `zukan try` can run it."""


class Query(NamedTuple):
    """A search: words and filters that all must hold."""

    words: str = ""
    task: str | None = None
    family: str | None = None
    languages: tuple[str, ...] = ()
    license: str | None = None
    library: str | None = None
    author: str | None = None
    min_parameters: int | None = None
    max_parameters: int | None = None
    sort: str = "relevance"
    limit: int = 20
    offset: int = 0


class Hit(NamedTuple):
    """One search result: the record and its family tag."""

    record: ModelRecord
    tag: FamilyTag


class Prospect(NamedTuple):
    """What ranking reads of a model: a thousand of them are looked at for one recommendation."""

    model_id: str
    pipeline_tag: str | None
    library_name: str | None
    model_type: str | None
    family: str
    num_parameters: int | None
    parameters_source: str | None
    weight_bytes: int | None
    downloads: int | None
    likes: int | None
    as_of: str | None
    exclusion: str | None
    """Why it is never recommended, see `zukan.exclusions`."""
    languages: str
    """JSON list."""
    tags: str
    """JSON list."""


class SearchResult(NamedTuple):
    """The answer to a query."""

    query: Query
    hits: tuple[Hit, ...]
    more: bool
    """Whether there are more behind the last one."""
    relaxed: bool = False
    """No model matched every word, so these match some of them."""


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


@dataclass(frozen=True, slots=True)
class Hardware:
    """What a machine has for running a model."""

    memory_bytes: int | None
    available_bytes: int | None
    cores: int
    accelerator: str | None = None
    """`cuda`, `mps`, …; None = CPU only or not looked for."""
    accelerator_name: str | None = None
    accelerator_bytes: int | None = None
    disk_free_bytes: int | None = None
    basis: str = ""
    """How it was found out, e.g. `/proc/meminfo`."""


class Verdict(StrEnum):
    """Whether a model fits a machine."""

    FITS = "fits"
    TIGHT = "tight"
    """Needs more than 80 % of the memory that is available now."""
    TOO_LARGE = "too large"
    UNKNOWN = "unknown"


class Fit(NamedTuple):
    """What a model needs for a short trial, against what the machine has."""

    verdict: Verdict
    peak_bytes: int | None
    """Estimated peak resident memory: interpreter and libraries, weights, working memory."""
    private_bytes: int | None
    """The part that must stay in memory."""
    file_bytes: int | None
    """Memory-mapped weights: may be paged out, at the price of speed."""
    download_bytes: int | None
    basis: str
    """How the figures were obtained; `unknown size` when they were not."""


class Reason(NamedTuple):
    """One part of a recommendation's score."""

    name: str
    """Short code, e.g. `adoption`, `likes`, `language`."""
    points: float
    """What this part adds to the score."""
    text: str
    """One English phrase for people."""
    source: str | None = None
    as_of: str | None = None


class Candidate(NamedTuple):
    """One ranked row of a recommendation."""

    record: ModelRecord
    tag: FamilyTag
    score: float
    """The sum of the points of `reasons`."""
    reasons: tuple[Reason, ...]
    fit: Fit
    evidence: str
    """Grade of what the rank stands on: `measured here`, `adoption` or `none`."""
    copies: int = 0
    """How many other repositories of the catalogue derive from it (quantised, fine-tuned, adapters)."""


class Understanding(NamedTuple):
    """What a question in free words was taken to ask for."""

    task: Task
    languages: tuple[str, ...] = ()
    source_language: str | None = None
    target_language: str | None = None
    topics: tuple[str, ...] = ()
    """What the task is about where several kinds of model share it (`sentiment`, `ner`): models must say it."""
    words: tuple[str, ...] = ()
    """What was left over: used to prefer models that name it."""
    alternatives: tuple[str, ...] = ()
    """Other task ids that the question could mean."""


class Recommendation(NamedTuple):
    """The answer to "which one do I try first?"."""

    question: str
    understood: Understanding
    hardware: Hardware
    candidates: tuple[Candidate, ...]
    considered: int
    """How many models of the catalogue were looked at."""
    left_out: Mapping[str, int]
    """Why others were left out: reason → count."""
    as_of: str | None
    """Newest date of the catalogue's figures."""
    notes: tuple[str, ...] = ()


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
    """A Hub id, an old name, a folder, or the name of a built-in miniature (`zukan/mini-bert`)."""
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
    """Sentences to compare the input with (sentence-similarity)."""
    revision: str | None = None
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


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a trial answered and what it cost here."""

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
    import_seconds: float | None = None
    download_seconds: float | None = None
    downloaded_bytes: int | None = None
    new_tokens: int | None = None
    tokens_per_second: float | None = None
    peak_bytes: int | None = None
    """Peak resident memory of the child."""
    peak_private_bytes: int | None = None
    estimated_bytes: int | None = None
    num_parameters: int | None = None
    dtype: str | None = None
    device: str | None = None
    threads: int | None = None
    revision: str | None = None
    sha: str | None = None
    source: str = "hub"
    """`hub`, `cache`, `folder` or `built-in`."""
    versions: Mapping[str, str] = field(default_factory=dict)
    hardware: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    error: str | None = None
    started_at: str | None = None


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """What a crawl did."""

    requests: int
    retries: Mapping[str, int]
    rows: int
    added: int
    changed: int
    unchanged: int
    refused: int
    """Rows that could not be read; each is kept aside with its error."""
    received_bytes: int
    seconds: float
    finished: bool


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
    count: int
    examples: tuple[str, ...]
    """Well-known models of the catalogue."""


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
