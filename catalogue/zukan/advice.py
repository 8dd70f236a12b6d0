"""The shapes of advice: tasks, what is asked for, the machine, what is recommended and why."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from zukan.schema import Family, FamilyTag, ModelRecord

_NOTHING: Mapping[str, int] = {}


class Task(NamedTuple):
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
    name_words: tuple[str, ...] = ()
    """Words, several with spaces between them, by whose standing in its name a model of a related task does this one
    (`reranker` for text ranking)."""
    example: str | None = None
    example_ja: str | None = None
    input_kind: str = "text"
    """`text`, `image`, `audio`, `video`, `table`, or a combination joined by `+`."""
    trial: bool = False
    """Whether `zukan try` can run it."""


class Hardware(NamedTuple):
    """What a machine has for running a model."""

    memory_bytes: int | None
    available_bytes: int | None
    cores: int
    accelerator: str | None = None
    """`cuda`, `mps`, …; None = CPU only or not looked for."""
    accelerator_name: str | None = None
    disk_free_bytes: int | None = None
    basis: str = ""
    """How it was found out, e.g. `/proc/meminfo`."""
    here: bool = False
    """Whether it is this machine, so that it can be measured."""
    bandwidth_bytes: int | None = None
    """Bytes a second that the memory of its graphics card gives; None = not known."""
    bandwidth_basis: str = ""


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
    tokens_per_second: float | None = None
    """What it writes, where it writes token by token: at most, unless it was measured here; None = not known."""
    speed_basis: str = ""
    """How that was obtained."""


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
    """What it stands on: `measured here`, `leaderboard`, `leaderboard of its base`, `list`, `reported on its card`,
    `adoption` or `none`."""
    copies: int = 0
    """How many other repositories of the catalogue derive from it (quantised, fine-tuned, adapters)."""
    band: int = 1
    """Candidates of the same tie band are as good as each other."""
    pick: str | None = None
    """`balanced`, `small` or `best`, for the three that stand for these."""
    why_family: tuple[str, str] | None = None
    """One sentence on why its family does the task, in English and Japanese; None where the family is not known."""
    not_first: str | None = None
    """Why it is not the first although it scores higher than that."""


class Similar(NamedTuple):
    """A model that is like another one."""

    record: ModelRecord
    tag: FamilyTag
    score: float
    """The sum of the points of `reasons`."""
    reasons: tuple[Reason, ...]
    """What the two share."""


class Wishes(NamedTuple):
    """What models must fulfil beside a task, from options or a question's own words; None = no such wish."""

    license: str | None = None
    """`commercial`, `permissive`, one of the Hub's ids or a name without version (`bsd`); several with `|` between."""
    max_parameters: int | None = None
    """Included."""
    max_memory: int | None = None
    """Bytes that a short trial may need at most."""
    max_download: int | None = None
    """Bytes."""
    family: str | None = None
    author: str | None = None
    """A user or organisation; several with `|` between."""
    since: str | None = None
    """Created on this date or later, ISO."""
    no_gated: bool = False
    """Not even where the catalogue does not know whether access must be granted."""
    prefer: str | None = None
    """`small`, `balanced` or `best`."""
    allow: tuple[str, ...] = ()
    """What is never recommended otherwise, see `zukan.exclusions.ALLOWED`."""
    min_parameters: int | None = None
    """Included."""
    until: str | None = None
    """Created on this date or earlier, ISO."""
    without: str | None = None
    """Makers or kinds of models that are not wanted, as they were named; several with `|` between."""
    without_license: str | None = None
    """Licences that are not wanted, by the Hub's ids, names without version, or their makers; several with `|`."""
    weights: str | None = None
    """The format of weights that another program reads: `gguf`, `mlx`, `onnx`, `awq` …; several with `|` between."""
    or_unknown: bool = False
    """With `no_gated`: where it is not known, a model stays, behind the others. So a question's own words are taken."""


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
    subjects: tuple[str, ...] = ()
    """What names of models say for what the question says in other words, with | between those of one subject."""
    alternatives: tuple[str, ...] = ()
    """Other task ids that the question could mean."""
    probability: float | None = None
    """How probable the task is by the words of the whole question, where none of its phrases tells it."""
    unread: tuple[str, ...] = ()
    """What stands where a language would, and is none that zukan knows."""
    wishes: Wishes = Wishes()
    spoken: str | None = None
    """Code of the language that the question is written in, where it is more than the name of a task."""
    card: str | None = None
    """The graphics card that the question names, where no other machine was asked for."""
    likened: str | None = None
    """Id of the model that the question compares with: its task is meant where no other is said, and not itself."""


class Way(NamedTuple):
    """Something that would run a model elsewhere."""

    kind: str
    """`provider`, or `engine` for a larger machine of one's own."""
    name: str
    command: str
    """What to type: here for a provider, on the larger machine for an engine."""
    evidence: str
    """What of the catalogue tells it."""


class Elsewhere(NamedTuple):
    """A model that would be recommended, but does not fit this machine."""

    model_id: str
    needed_bytes: int
    """Estimated peak memory."""
    ways: tuple[Way, ...]
    """Empty where nothing tells who would run it."""


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
    unknown: Mapping[str, int] = _NOTHING
    """Models of the task that were left out because the catalogue does not know whether they fulfil a demand: name of
    the wish (`parameters` for sizes, `created` for dates) → how many; `zukan.demands.MOST_UNKNOWN` for that or more."""
    without: Mapping[str, int] = _NOTHING
    """Where there is no candidate: the name of a wish, `languages`, `direction` or `machine` → how many models of those
    looked at there would be without it."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """Models that score higher than all that fit, and who would run them."""
