"""Turns one raw row in the Hub API's shape into a `ModelRecord`: the only module that knows those shapes.

Everything on the Hub is written by its users, so every field may be missing or of an odd type: what cannot
be understood is left unknown, never guessed and never an error. The one error is a row without an id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from zukan.languages import is_language_tag, language_code
from zukan.licences import COMMERCIAL, NOT_COMMERCIAL
from zukan.raw_rows import SQLITE_MAX, UnreadableRow
from zukan.schema import ModelRecord
from zukan.size_in_name import parameters_in_name
from zukan.store.reference_sizes import references

# Bytes per parameter by the dtype names of the safetensors format.
_DTYPE_BYTES = {
    "F64": 8.0, "I64": 8.0, "U64": 8.0, "F32": 4.0, "I32": 4.0, "U32": 4.0, "BF16": 2.0, "F16": 2.0, "I16": 2.0,
    "U16": 2.0, "F8_E4M3": 1.0, "F8_E5M2": 1.0, "F8_E8M0": 1.0, "I8": 1.0, "U8": 1.0, "BOOL": 1.0,
    "I4": 0.5, "U4": 0.5, "F4": 0.5,
}  # fmt: skip

_RELATIONS = ("adapter", "quantized", "merge", "finetune")


_LONGEST_NOTED = 300
LICENSE, LANGUAGE, BASE = "license", "language", "base"


class _Note(NamedTuple):
    """What one tag says."""

    kind: str
    value: str
    relation: str | None = None


def text(value: Any, limit: int = 500) -> str | None:
    """Return a non-empty string of at most `limit` characters, else None."""
    if type(value) is not str or not value or value.isspace():
        return None
    return value if len(value) <= limit else value[:limit]


def integer(value: Any) -> int | None:
    """Return a whole number within SQLite's range (author-made figures exceed it), else None."""
    if value is None:
        return None
    if type(value) is int and -SQLITE_MAX <= value <= SQLITE_MAX:
        return value
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # noqa: PLR0124 (NaN)
        return None
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return None
    return max(-SQLITE_MAX, min(SQLITE_MAX, int(value)))


def texts(value: Any) -> tuple[str, ...]:
    """Return the strings of a field that may hold one string or a list of them."""
    if value is None:
        return ()
    if isinstance(value, str):
        value = (value,)
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item[:500] for item in value if isinstance(item, str) and item.strip())


def mapping(value: Any) -> Mapping[str, Any]:
    """Return the field if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def identity(row: Mapping[str, Any]) -> tuple[str | None, str]:
    """Return (the Hub's `_id`, the model's name) of a row.

    Raises:
        UnreadableRow: The row has no usable `id`.

    """
    model_id = text(row.get("id")) or text(row.get("modelId"))
    if model_id is None:
        raise UnreadableRow("the row has no id")
    if "\0" in model_id or "\0" in str(row.get("_id")):
        raise UnreadableRow("the id holds a character that ends text")
    return text(row.get("_id")), model_id


_MET, _NO_TASK = False, None
"""Only the catalogue knows what a walk did not meet, and which task follows from the class."""


def record_from_row(row: Mapping[str, Any]) -> ModelRecord:
    """Normalise one row of `GET /api/models` or of the shipped snapshot.

    Raises:
        UnreadableRow: The row has no usable `id`.

    """
    hub_id, model_id = identity(row)
    stated = row.get("tags")
    # As the Hub states them, whatever authors put into them: the longest real one has more than a thousand letters.
    tags = tuple([tag for tag in stated if isinstance(tag, str)]) if isinstance(stated, list) else texts(stated)
    card = mapping(row.get("cardData"))
    config = mapping(row.get("config"))
    model_type = text(config.get("model_type")) or text(row.get("_model_type_tag"))
    num_parameters, parameters_source = _parameters(row, model_id, model_type)
    noted = [note for tag in tags if len(tag) <= _LONGEST_NOTED and (note := _noted(tag))]
    base_models, base_relation = _bases(row, noted, card, config, model_id)
    weight_bytes = _weight_bytes(row)
    if base_models and num_parameters and _is_broken(num_parameters, base_models, base_relation):
        num_parameters = parameters_source = weight_bytes = None
    gated = row.get("gated")
    score = integer(row.get("trendingScore"))
    return ModelRecord(  # in the order of its fields: by their names it takes twice as long
        model_id, hub_id, text(row.get("sha")),
        text(row.get("author")) or (model_id.partition("/")[0] if "/" in model_id else None),
        text(row.get("pipeline_tag")), text(row.get("library_name")), model_type, texts(config.get("architectures")),
        text(mapping(row.get("transformersInfo")).get("auto_model")),
        num_parameters, parameters_source, weight_bytes, _license(card, noted), _languages(card, noted), tags,
        integer(row.get("downloads")), integer(row.get("likes")), None if score is None else float(score),
        gated if isinstance(gated, bool) or gated in ("auto", "manual") else None,
        row.get("disabled") is True, bool(row.get("_removed")) or bool(row.get("_absent_2024_07_11")), _MET,
        text(row.get("createdAt")), text(row.get("lastModified")), base_models, base_relation,
        text(row.get("mask_token"), 40), integer(row.get("usedStorage")),
        integer(row.get("_context_length")) or integer(mapping(row.get("gguf")).get("context_length")),
        config, _NO_TASK, _NO_TASK, texts(row.get("_aliases")), text(row.get("_as_of")),
        texts(row.get("_sources")) or ("hub",), row,
    )  # fmt: skip


_SIZED = frozenset(("safetensors", "gguf", "_params", "_weights"))
"""Keys under which something is said of the weights."""
_PLAUSIBLE_FACTOR = 2.2
_BROKEN_FACTOR = 1_000
"""A model trained further that says so many times less than its base is called holds no weights that were read."""


def _is_broken(number: int, base_models: Sequence[str], relation: str | None) -> bool:
    """Whether a count is a broken figure: 664,944 parameters of what was trained further from a model of 35B."""
    if relation not in (None, "finetune", "merge"):
        return False
    named = [size for base in base_models if (size := parameters_in_name(base)[0])]
    return bool(named) and number * _BROKEN_FACTOR < min(named)


def _parameters(row: Mapping[str, Any], model_id: str, model_type: str | None) -> tuple[int | None, str | None]:
    """Return the parameter count and where it comes from, the Hub's own figure first.

    A figure can miss nearly everything (a 35B checkpoint said 664,944) and counts packed 4-bit weights as an
    eighth, so a size that the name states is believed where it is much larger: unless no model of its type that is
    called so (`base`) is near it.
    """
    named, source = parameters_in_name(model_id)
    if named and model_type and references().instead_of(model_id, model_type, named):
        named, source = None, None
    if _SIZED.isdisjoint(row):
        return named, source
    head = weights_read(row)
    if head and (named is None or head.parameters * _PLAUSIBLE_FACTOR > named):
        return head.parameters, f"header: {head.of}, read {head.date}"
    if head:
        return named, f"name; weights by header, read {head.date}"
    for key in ("safetensors", "gguf"):
        total = integer(mapping(row.get(key)).get("total"))
        if total and total > 0 and (named is None or total * _PLAUSIBLE_FACTOR > named):
            return total, f"Hub: {key}"
    stated = mapping(row.get("_params"))
    value = integer(stated.get("value"))
    if value and value > 0 and (named is None or value * _PLAUSIBLE_FACTOR > named):
        return value, "stated: exact" if stated.get("exact") is True else "stated: rounded"
    return named, source


class HeadRead(NamedTuple):
    """What the head of a model's safetensors file told when it was asked for, see `zukan.crawl.sizes`."""

    parameters: int
    data_bytes: int
    of: str
    """`safetensors`, or `one of its safetensors files`: what the others hold is then reckoned from that one."""
    date: str


def weights_read(row: Mapping[str, Any]) -> HeadRead | None:
    """Return what was read of the head of a model's weights, None where nothing was or they may have changed since."""
    if not (head := mapping(row.get("_weights"))):
        return None
    parameters, size, date = integer(head.get("parameters")), integer(head.get("bytes")), text(head.get("date"))
    if not parameters or not size or not date or (text(row.get("lastModified")) or "")[:10] > date:
        return None
    return HeadRead(parameters, size, text(head.get("of")) or "safetensors", date)


def _weight_bytes(row: Mapping[str, Any]) -> int | None:
    if _SIZED.isdisjoint(row):
        return None
    if head := weights_read(row):
        return head.data_bytes
    counts = mapping(mapping(row.get("safetensors")).get("parameters"))
    total = 0.0
    for dtype, count in counts.items():
        number = integer(count)
        if number is None or dtype not in _DTYPE_BYTES:
            return None
        total += number * _DTYPE_BYTES[dtype]
    return min(int(total), SQLITE_MAX) or None


_LONG_LIST = 20
"""So many languages are a long list."""


@lru_cache(maxsize=50_000)
def _noted(tag: str) -> _Note | None:
    """Return what a tag says of licence, language or base model, None for any other."""
    if tag.startswith("license:"):
        return _Note(LICENSE, tag.removeprefix("license:"))
    if tag.startswith("base_model:"):
        rest = tag.removeprefix("base_model:")
        kind, _, name = rest.partition(":")
        return _Note(BASE, name, kind) if kind in _RELATIONS and name else _Note(BASE, rest)
    return _Note(LANGUAGE, language_code(tag) or tag) if is_language_tag(tag) else None


def _license(card: Mapping[str, Any], noted: Sequence[_Note]) -> str | None:
    """Return the licence that the card states, else a tag; where they differ and one forbids commerce, that one.

    The Hub makes the tag of the card, so that both are the same but where they were read at different times.
    """
    stated = next(iter(texts(card.get("license"))), None)
    tagged = _first(noted, LICENSE)
    return tagged if stated is None or (tagged in NOT_COMMERCIAL and stated in COMMERCIAL) else stated


def _first(noted: Iterable[_Note], kind: str) -> str | None:
    return next((note.value for note in noted if note.kind == kind and note.value), None)


def _languages(card: Mapping[str, Any], noted: Iterable[_Note]) -> tuple[str, ...]:
    """Return ISO 639-1 codes where there is one; the card's own list first, else the language tags.

    Of a long list the Hub's copy of the card may hold only the codes of two letters: the tags hold all of them.
    """
    found = [language_code(name) or name.lower() for name in texts(card.get("language"))] if card else []
    if not 0 < len(found) < _LONG_LIST:
        found += [note.value for note in noted if note.kind == LANGUAGE]
    return tuple(dict.fromkeys(found))


def _bases(
    row: Mapping[str, Any],
    noted: Iterable[_Note],
    card: Mapping[str, Any],
    config: Mapping[str, Any],
    model_id: str,
) -> tuple[tuple[str, ...], str | None]:
    """Return the models this one is made from and how, best source first."""
    hub, peft = mapping(row.get("baseModels")), mapping(config.get("peft"))
    of_tags = [note for note in noted if note.kind == BASE]
    adapts = peft or row.get("library_name") == "peft"
    if not (hub or of_tags or card or peft):
        return (), "adapter" if adapts else None
    models = hub.get("models")
    ids = tuple(name for item in models if (name := text(mapping(item).get("id")))) if isinstance(models, list) else ()
    relation = text(hub.get("relation")) or next((note.relation for note in of_tags if note.relation), None)
    tagged = [note.value for note in of_tags]
    if not ids:
        ids = texts(card.get("base_model")) or tuple(tagged) or texts(peft.get("base_model_name_or_path"))
    if relation is None and adapts:
        relation = "adapter"
    names = tuple(dict.fromkeys(name for name in ids if name.lower() != model_id.lower()))
    return names, relation if relation in _RELATIONS else None
