"""The shapes that travel between modules: tuples with names and enums, no behaviour.

Names are the Hub's and transformers' own (`model_id`, `pipeline_tag`, `library_name`, `model_type`).
Sizes are bytes, times are seconds, dates are ISO 8601 strings; `None` always means "not known".
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from zukan.query_tree import Node


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


class FamilyTag(NamedTuple):
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


class InferredTask(NamedTuple):
    """A task that the repository does not state, and the field that it was inferred from."""

    task: str
    path: str
    value: str


_NOTHING: Mapping[str, Any] = {}


class ModelRecord(NamedTuple):
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
    """Where `num_parameters` comes from, e.g. `Hub: safetensors`, `header: safetensors, read 2026-11-27`, `name`."""
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
    absent: bool = False
    """The last complete walk over the Hub did not meet it."""
    created_at: str | None = None
    last_modified: str | None = None
    base_models: tuple[str, ...] = ()
    base_relation: str | None = None
    """`finetune`, `adapter`, `quantized` or `merge`, where the Hub says it."""
    mask_token: str | None = None
    used_storage: int | None = None
    """Bytes of the whole repository history."""
    context_length: int | None = None
    config: Mapping[str, Any] = _NOTHING
    """The Hub's excerpt of config.json, kept so that better rules can re-tag without crawling."""
    inferred_task: str | None = None
    """The task that its class or type tells, where the repository states no `pipeline_tag`."""
    inferred_from: str | None = None
    """The field that tells it: `path = value`."""
    aliases: tuple[str, ...] = ()
    """Former names of the same repository."""
    as_of: str | None = None
    """Date of `downloads` and `likes`."""
    sources: tuple[str, ...] = ()
    """`hub` for a crawled row, otherwise the keys of data/README.md's table."""
    row: Mapping[str, Any] = _NOTHING
    """The raw row, in the Hub API's shape."""


class Query(NamedTuple):
    """A search: what was typed, and filters that all must hold beside it."""

    words: str = ""
    """In the language of `zukan.query_language`."""
    task: str | None = None
    family: str | None = None
    languages: tuple[str, ...] = ()
    license: str | None = None
    library: str | None = None
    author: str | None = None
    min_parameters: int | None = None
    max_parameters: int | None = None
    """Included."""
    sort: str = "relevance"
    limit: int = 20
    offset: int = 0
    inferred: bool = False
    """Whether a task may be inferred where the repository states none."""
    facets: bool = False
    """Whether to count the values of the filters among the matches."""
    tree: Node | None = None
    """Words and filters together, as they are asked for."""


class Hit(NamedTuple):
    """One search result: the record and its family tag."""

    record: ModelRecord
    tag: FamilyTag


class Prospect(NamedTuple):
    """What ranking reads of a model: a few hundred of them are looked at for one recommendation."""

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
    languages: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    inferred_task: str | None = None
    license: str | None = None
    gated: str | None = None
    """`false`, `auto`, `manual` or `true`; None = the catalogue does not know."""
    base_models: tuple[str, ...] = ()
    base_relation: str | None = None
    created: str | None = None
    """Date."""

    @property
    def author(self) -> str:
        """Who published it."""
        return self.model_id.rpartition("/")[0]


class Facet(NamedTuple):
    """How often each value of a filter is found among the models of a search."""

    name: str
    """`task`, `family`, `language`, `license`, `library`, `size`, `gated` or `year`."""
    values: tuple[tuple[str, int], ...]
    """(value, models), the most frequent first, sizes and years in their order; `none` = not stated."""
    more: int = 0
    """How many further values there are."""


class Counted(NamedTuple):
    """How many models a search finds."""

    number: int
    exact: bool
    """False: there are more than `number`."""
    counted_at: str | None = None
    """When it was counted, for counts that are kept; None = now."""


MOST_KEPT = 20_000
"""Of so many models is kept what ranking reads and works out, five kilobytes in all: for the ids of all tasks these are
seven thousand."""
UNSIZED_LIMIT = 1_000
"""More models of unknown size are not counted while somebody waits."""


class Unmatched(NamedTuple):
    """A filter of a search that no model fulfils."""

    field: str
    """As the query language has it; `created` and `modified` where a range begins after the newest model."""
    value: str
    """What was asked for; the first day of a range."""
    nearest: str | None
    """The value of a model that is nearest to it; the month of the newest model."""


class SearchResult(NamedTuple):
    """The answer to a query."""

    query: Query
    hits: tuple[Hit, ...]
    more: bool
    """Whether there are more behind the last one."""
    relaxed: bool = False
    """No model matched every word, so these match some of them."""
    unknown_size: int = 0
    """How many models the size bounds left out only because their size is not known; at most `UNSIZED_LIMIT`."""
    corrections: tuple[tuple[str, str], ...] = ()
    """(typed, taken for) of words that hardly any model has."""
    suggestion: str | None = None
    """The words with what are likely slips mended, where a few models are named as they were typed."""
    unmatched: tuple[Unmatched, ...] = ()
    """Where nothing was found: the filters that no model fulfils."""
    meant: str | None = None
    """The task that the words mean together, where hardly a name has them all: models for it are listed too."""
    wishes: bool = False
    """These words ask for what a search does not look for, and a recommendation weighs: small, fast, for a laptop."""
    total: Counted | None = None
    """With facets: how many match."""
    facets: tuple[Facet, ...] = ()
    sampled: int | None = None
    """Facets were counted among so many of the most popular matches; None = among all."""
