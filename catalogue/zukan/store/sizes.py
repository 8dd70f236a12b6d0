"""Gives models without a stated parameter count the typical one of their kind, marked as an estimate.

A model gets the median of the models with a stated count that share its model_type and the size word in its name,
where at least three are known and agree; else that of the checkpoint that its name says (see `reference_sizes`), else
its base model's count. Estimates never feed on estimates of the first kind: only stated counts are samples.
"""

from __future__ import annotations

import json
import random
import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from statistics import median, quantiles
from typing import NamedTuple

from zukan.store.columns import word
from zukan.store.reference_sizes import MADE_SMALLER, SIZE_WORDS, references
from zukan.store.wording import name_words
from zukan.store.write import CatalogueWriter

_SIZE_WORD = re.compile(rf"(?<![a-z])({'|'.join(SIZE_WORDS)})(?![a-z])", re.IGNORECASE)
_BATCH = 5_000
_LAST_ID = (1 << 63) - 1
_MIN_SAMPLES = 3
_MOST_SAMPLES = 2_000
"""Of each kind; more are drawn from at random, so that memory stays flat."""
_MAX_SPREAD = 2.0
"""Upper quartile / lower quartile: beyond this the models of that name are not one size."""
ESTIMATE = "estimate:"
"""What the source of every size that follows from other models begins with."""
_MEDIAN = f"{ESTIMATE} median of "
_BASE = f"{ESTIMATE} as its base model "
_DRAWN = ", drawn by the same pipeline"
_PIPELINES = {
    "diffusers:StableDiffusionXLPipeline": "stabilityai/stable-diffusion-xl-base-1.0",
    "diffusers:StableDiffusionPipeline": "stable-diffusion-v1-5/stable-diffusion-v1-5",
}
"""Tags by which the Hub says which class of diffusers draws, where nearly all models of it are one that was trained
further (of Stable Diffusion 2 the U-Net is a hundredth larger) → that one."""
_SMALLER = frozenset(("tiny", "mini", "nano", "small", "distilled", "koala", "segmind", "ssd", "vega"))
"""Words of names that say that the U-Net was made smaller."""
_COPIED = ("adapter", "quantized")
_LONGEST_LINE = 8
"""Copies of copies that get their size from one model, as far as they are followed."""
_MAY_SAY = (
    "(m.model_type IS NOT NULL OR (m.pipeline_tag IS NOT NULL AND (m.library_name IS NULL OR m.library_name IN "
    "(SELECT id FROM word WHERE text IN ('transformers', 'sentence-transformers', 'setfit')))))"
)
"""Of whom the name may say of which checkpoint it was made: other libraries give other models such names, and what says
no task is looked for by nobody."""
_META = "typical_sizes"
_STATED = ("Hub: safetensors", "stated: exact")
_DOUBTED = (0, "")
"""Stands for the size of a kind whose models do not agree with the checkpoint of that name."""

Kind = tuple[str, str, str]
"""(model_type, size word, what the name begins with)."""
_Row = tuple[int, str, str | None, str | None, int | None, str | None]
_Estimate = tuple[int | None, str | None, int]


def size_word(model_id: str) -> str | None:
    """Return the size word in a model's name (`base`, `large` …), if it has exactly one."""
    found = {word.lower() for word in _SIZE_WORD.findall(model_id.rpartition("/")[2])}
    return found.pop() if len(found) == 1 else None


def _stem(model_id: str) -> str:
    """Return what a name begins with, and what it says of another size: multilingual, or made smaller.

    ByT5 and mBERT are larger than T5 and BERT, whisper-large-v3-turbo is half of whisper-large-v3.
    """
    name = model_id.rpartition("/")[2].lower()
    words = re.split(r"[^a-z0-9]", name)
    many = "multilingual" if "multilingual" in name else ""
    return f"{words[0]} {many}{''.join(sorted(MADE_SMALLER.intersection(words)))}"


class TypicalSizes:
    """The parameter counts that models of a kind usually have."""

    def __init__(self, sizes: dict[Kind, tuple[int, str]]) -> None:
        """Take (count, where it comes from) by kind."""
        self._sizes = sizes

    @classmethod
    def load(cls, writer: CatalogueWriter) -> TypicalSizes:
        """Return what the last survey found."""
        stored = json.loads(writer.meta().get(_META, "[]"))
        return cls({(kind[0], kind[1], kind[2]): (number, text) for kind, number, text in stored})

    def save(self, writer: CatalogueWriter) -> None:
        """Keep them for the models that come later; call inside a transaction."""
        writer.set_meta({_META: json.dumps([[kind, *size] for kind, size in self._sizes.items()])})

    def find(self, model_id: str, model_type: str | None, base_relation: str | None) -> tuple[int, str] | None:
        """Return (count, basis) for a model without a stated one, None where its kind is unknown or disagrees."""
        if base_relation in _COPIED:
            return None
        typical = self._typical(model_id, model_type) if model_type and self._sizes else None
        if typical == _DOUBTED:
            return None
        # That a name says the checkpoint is surer than what others are called alike.
        told = references().find(model_id, model_type, named=typical is not None)
        if typical and not (told and typical[0] / _MAX_SPREAD <= told[0] <= typical[0] * _MAX_SPREAD):
            return typical
        return (told[0], f"{ESTIMATE} {told[1]}") if told else None

    def _typical(self, model_id: str, model_type: str) -> tuple[int, str] | None:
        """Return what stated counts of its kind tell."""
        stem, word = _stem(model_id), size_word(model_id)
        if word is None:
            # Of some kinds there is one size alone, which no name says.
            return None if _SIZE_WORD.search(model_id.rpartition("/")[2]) else self._sizes.get((model_type, "", stem))
        if found := self._sizes.get((model_type, word, stem)):
            return found
        # A name that begins with the plain type may stand for all of the type but the multilingual ones.
        return self._sizes.get((model_type, word, "")) if stem.strip() == model_type.replace("_", "") else None


def survey(writer: CatalogueWriter) -> TypicalSizes:
    """Look at every model with a stated count and return the typical ones."""
    samples: dict[Kind, list[int]] = defaultdict(list)
    seen: dict[Kind, int] = defaultdict(int)
    draw = random.Random(0)  # noqa: S311 (no secret)
    for model_id, model_type, number in writer.connection.execute(
        "SELECT m.model_id, t.text, m.num_parameters FROM model m JOIN word t ON t.id = m.model_type "
        "WHERE m.parameters_source IN (SELECT id FROM word WHERE text IN (?, ?)) AND ifnull(m.base_relation, 0) "
        "NOT IN (SELECT id FROM word WHERE text IN ('adapter', 'quantized'))",
        _STATED,
    ):
        word = size_word(model_id)
        if word is None:
            continue
        stem = _stem(model_id)
        kinds: list[Kind] = [(model_type, word, stem)]
        if not stem.partition(" ")[2]:
            kinds.append((model_type, word, ""))
        for kind in kinds:
            seen[kind] += 1
            if len(samples[kind]) < _MOST_SAMPLES:
                samples[kind].append(number)
            elif (place := draw.randrange(seen[kind])) < _MOST_SAMPLES:
                samples[kind][place] = number
    typical: dict[Kind, tuple[int, str]] = {}
    for kind, numbers in samples.items():
        if len(numbers) < _MIN_SAMPLES:
            continue
        low, _, high = quantiles(numbers, n=4)
        if high <= low * _MAX_SPREAD:
            model_type, word, _ = kind
            spread = f"{low / 1e6:.0f}M to {high / 1e6:.0f}M"
            text = f"{_MEDIAN}{seen[kind]} {model_type} models named {word}, half of them {spread}"
            typical[kind] = (int(median(numbers)), text)
    return TypicalSizes(_doubted(samples) | typical)


def _doubted(samples: Mapping[Kind, Sequence[int]]) -> dict[Kind, tuple[int, str]]:
    """Return the kinds of which stated counts say something else than the checkpoint of that name."""
    found = {}
    for kind, numbers in samples.items():
        told = references().of_size(kind[0], kind[1]) if len(numbers) > 1 else None
        if told and not told[0] / _MAX_SPREAD <= median(numbers) <= told[0] * _MAX_SPREAD:
            found[kind] = _DOUBTED
    return found


def estimate_sizes(writer: CatalogueWriter, ids: Sequence[int] | None = None) -> None:
    """Give every model without a stated count (or these) its estimate; write only what is not stored so.

    Works in transactions of its own, a few thousand models each.
    """
    typical = survey(writer) if ids is None else TypicalSizes.load(writer)
    if ids is None:
        with writer.transaction():
            typical.save(writer)
    wanted = None if ids is None else sorted(set(ids))

    def by_kind(rows: Sequence[_Row]) -> Iterator[_Estimate]:
        for id_, model_id, model_type, relation, _, source in rows:
            of_kind = _is_of_kind(str(source))
            if source and model_type is None and not of_kind:
                # What its base told stays: whether its name may say it depends on more than is looked at here.
                continue
            found = typical.find(model_id, model_type, relation)
            if found or of_kind:
                yield (*(found or (None, None)), id_)

    lines = _Lines(array("q"), array("q"))

    def by_base(rows: Sequence[_Row]) -> Iterator[_Estimate]:
        found = _of_bases(writer, [row[0] for row in rows], lines)
        for row in rows:
            yield (*found.get(row[0], (None, None)), row[0])

    _renew(writer, wanted, f"{ESTIMATE}%", _MAY_SAY, by_kind)
    _of_pipelines(writer, wanted)
    for _ in range(_LONGEST_LINE):
        based = "m.base_models <> (SELECT id FROM word WHERE text = '[]')"
        # A base may get its own size from its base only now; those without such a one need not be looked at again.
        wanted = lines.copies_of(_renew(writer, wanted, f"{_BASE}%", based, by_base))
        if not wanted:
            break


def _is_of_kind(source: str) -> bool:
    """Whether a size follows from the kind of model alone."""
    return source.startswith(ESTIMATE) and not source.startswith(_BASE) and not source.endswith(_DRAWN)


class _Lines(NamedTuple):
    """Which models are copies of which, of those that may get their size so; numbers alone: there are many."""

    bases: array[int]
    copies: array[int]

    def copies_of(self, changed: Collection[int]) -> list[int]:
        """Return the row ids of the copies of some models, in order."""
        known = set(changed)
        return sorted({copy for base, copy in zip(self.bases, self.copies, strict=True) if base in known})


def _renew(
    writer: CatalogueWriter,
    wanted: Sequence[int] | None,
    source: str,
    may: str,
    decide: Callable[[Sequence[_Row]], Iterable[_Estimate]],
) -> list[int]:
    """Look at the models without a count that may get one, or with an estimate of this source, in batches.

    Args:
        writer: The open catalogue, outside a transaction.
        wanted: The row ids of the models to look at, in order; None for all.
        source: Pattern of the source.
        may: Condition of SQL on a model without a count.
        decide: Returns what a batch is to have.

    Returns:
        The row ids of those that were given another one.

    """
    changed: list[int] = []
    for rows in _batches(writer, wanted, source, may):
        stored = {row[0]: (row[4], row[5]) for row in rows}
        changes = [new for new in decide(rows) if new[:2] != stored[new[2]]]
        changed += [id_ for _, _, id_ in changes]
        if changes:
            with writer.transaction():
                writer.index.touch(id_ for _, _, id_ in changes)
                writer.connection.executemany(
                    "UPDATE model SET num_parameters = ?, parameters_source = ? WHERE id = ?",
                    ((number, writer.words.number(text), id_) for number, text, id_ in changes),
                )
    return changed


def _batches(writer: CatalogueWriter, wanted: Sequence[int] | None, source: str, may: str) -> Iterator[list[_Row]]:
    """Yield what `_renew` is to look at, in the order of row ids."""
    sources = json.dumps(
        [row[0] for row in writer.connection.execute("SELECT id FROM word WHERE text LIKE ?", (source,))]
    )
    select = (
        f"SELECT m.id, m.model_id, {word('model_type')}, {word('base_relation')}, m.num_parameters, "
        f"{word('parameters_source')} FROM model m WHERE (m.num_parameters IS NULL AND {may} "
        "OR m.parameters_source IN (SELECT value FROM json_each(?))) AND "
    )
    if wanted is None or (len(wanted) > _BATCH and wanted[-1] - wanted[0] + 1 == len(wanted)):
        # All of a first import are one run of ids.
        last, end = (0, _LAST_ID) if wanted is None else (wanted[0] - 1, wanted[-1])
        query = f"{select} m.id > ? AND m.id <= ? ORDER BY m.id LIMIT ?"
        while rows := writer.connection.execute(query, (sources, last, end, _BATCH)).fetchall():
            yield rows
            last = rows[-1][0]
        return
    query = f"{select} m.id IN (SELECT value FROM json_each(?)) ORDER BY m.id"
    for start in range(0, len(wanted), _BATCH):
        # A part at a time: a list of all for each batch takes as long as there are models, squared.
        part = json.dumps(wanted[start : start + _BATCH])
        if rows := writer.connection.execute(query, (sources, part)).fetchall():
            yield rows


def _of_pipelines(writer: CatalogueWriter, wanted: Sequence[int] | None) -> None:
    """Give models without a count that of the one that they were trained from, where the class that draws tells it.

    What has one for that and should not any longer, loses it.
    """
    for tag, checkpoint in _PIPELINES.items():
        text = f"{ESTIMATE} as {checkpoint}{_DRAWN}"
        known = writer.connection.execute(
            "SELECT w.id, m.num_parameters FROM word w, model m WHERE w.text = ? AND m.model_id = ? "
            "AND m.num_parameters IS NOT NULL",
            (tag, checkpoint),
        ).fetchone()
        tagged = f"instr(replace(replace(m.tags, '[', ','), ']', ','), ',{int(known[0])},') > 0" if known else "0"

        def of_it(
            rows: Sequence[_Row], number: int | None = known and known[1], text: str = text, tagged: str = tagged
        ) -> Iterator[_Estimate]:
            ids = json.dumps([row[0] for row in rows])
            query = f"SELECT m.id FROM model m WHERE m.id IN (SELECT value FROM json_each(?)) AND {tagged}"
            drawn = {row[0] for row in writer.connection.execute(query, (ids,))}
            for id_, model_id, _, relation, _, source in rows:
                if id_ in drawn and relation not in _COPIED and _SMALLER.isdisjoint(name_words(model_id)):
                    yield number, text, id_
                elif source == text:
                    yield None, None, id_

        _renew(writer, wanted, text, tagged, of_it)


def _of_bases(writer: CatalogueWriter, ids: Sequence[int], lines: _Lines) -> dict[int, tuple[int, str]]:
    """Return (size, where it comes from) of those models whose bases have one, and note which are copies of which."""
    rows = writer.connection.execute(
        "SELECT m.id, base.id, base.num_parameters, base.model_id FROM model m JOIN word w ON w.id = m.base_models "
        "JOIN json_each(w.text) link JOIN model base ON base.model_id = link.value "
        f"WHERE m.id IN (SELECT value FROM json_each(?)) "
        f"AND ifnull({word('base_relation')}, 'finetune') = 'finetune' ORDER BY base.id DESC",
        (json.dumps(list(ids)),),
    ).fetchall()
    lines.copies.extend(row[0] for row in rows)
    lines.bases.extend(row[1] for row in rows)
    return {id_: (number, f"{_BASE}{base}") for id_, _, number, base in rows if number is not None}
