"""Writes reference_sizes.csv: how many parameters checkpoints have that many others were trained further from.

    python data/make_reference_sizes.py

Needs torch and transformers. Two kinds are counted on models that are built without memory for their weights: those of
reference_shapes.toml, with the shapes of their config.json, and those that a type's default configuration is like, as
its documentation says, where the checkpoint is called base or large and the configuration is as wide as this (768 or
1,024, as BERT's); of the latter what is built of several models is left out, since their sizes are not told by one
word. A third kind is stated by a paper or README, which the file names.
"""

from __future__ import annotations

import csv
import os
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import torch  # noqa: E402
from transformers import AutoModel, AutoModelForSemanticSegmentation, AutoModelForSeq2SeqLM  # noqa: E402
from transformers.models.auto.configuration_auto import CONFIG_MAPPING, CONFIG_MAPPING_NAMES  # noqa: E402

from zukan.store.sizes import size_word  # noqa: E402

WIDTHS = {"base": 768, "large": 1024}
OTHER_VOCABULARY = {
    "bigbird_pegasus", "data2vec-text", "ibert", "lilt", "mbart", "pegasus", "pegasus_x", "switch_transformers",
}  # fmt: skip
"""Their checkpoints know more tokens than the default configuration, by a fifth of all weights or more."""
HEADED = {
    "t5": AutoModelForSeq2SeqLM, "mt5": AutoModelForSeq2SeqLM, "longt5": AutoModelForSeq2SeqLM,
    "segformer": AutoModelForSemanticSegmentation,
}  # fmt: skip
"""Types whose last layer is a large part of them, where it is not the same as the first: in T5 1.1 and all of mT5."""
_UNTIED = ("t5", "mt5", "longt5")
"""Of these transformers builds the last layer as the first, whatever the configuration says, until it loads weights."""
_KEYS: Mapping[str, Sequence[str]] = {
    "encoder": ("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"),
    "t5": ("d_model", "d_kv", "d_ff", "num_layers", "num_heads"),
    "both": ("d_model", "encoder_layers", "decoder_layers", "heads", "width"),
    "gpt2": ("n_embd", "n_layer", "n_head"),
}
"""What the numbers of each table of reference_shapes.toml are."""
_OF_BOTH = {
    "heads": ("encoder_attention_heads", "decoder_attention_heads"), "width": ("encoder_ffn_dim", "decoder_ffn_dim"),
}  # fmt: skip
_CHECKPOINT = re.compile(r"\[?`?([\w.-]+/[\w.-]+)`?\]?\(https://huggingface\.co/|e\.g\. \[([\w.-]+/[\w.-]+)\]")


class Row(NamedTuple):
    """A line of reference_sizes.csv."""

    model_type: str
    checkpoint: str
    name: str
    """What the names of others say that were made of it."""
    parameters: int
    only: str
    """`only` if nearly all models of the type are of that size."""
    source: str
    """Who states it; "" where it was counted."""


def counted(model_type: str, config: Any) -> int:
    """Return how many parameters a model of a configuration has."""
    with torch.device("meta"):
        model = HEADED.get(model_type, AutoModel).from_config(config)
    # Of layers that share their weights these are counted once.
    number: int = sum(weights.numel() for weights in model.parameters())
    if model_type in _UNTIED and _is_untied(model):
        number += model.get_output_embeddings().weight.numel()
    return number


def _is_untied(model: Any) -> bool:
    """Whether the last layer is one of its own in the checkpoint, though it is built as the first."""
    config = model.config
    gated = config.feed_forward_proj.startswith("gated") or config.model_type == "mt5"
    return bool(gated and model.get_output_embeddings().weight is model.get_input_embeddings().weight)


def _tables() -> dict[str, Any]:
    found = tomllib.loads((HERE / "reference_shapes.toml").read_text(encoding="utf-8"))
    found.pop("only")
    return found


def _only_sizes() -> set[tuple[str, str]]:
    """Return (type, name) of the sizes of which nearly all of their type are."""
    found = tomllib.loads((HERE / "reference_shapes.toml").read_text(encoding="utf-8"))["only"]
    return {(pair.split()[0], pair.split()[1]) for pair in found}


def by_default() -> Iterator[Row]:
    """Yield what default configurations are like."""
    for model_type in sorted(set(CONFIG_MAPPING_NAMES) - OTHER_VOCABULARY):
        try:
            config_class = CONFIG_MAPPING[model_type]
            named = _CHECKPOINT.search(config_class.__doc__ or "")
            checkpoint = next(filter(None, named.groups()), "") if named else ""
            config = config_class()
        except Exception:  # noqa: BLE001, S112 (it needs another library, or what no default says: hundreds of types)
            continue
        wide = next((getattr(config, name, None) for name in ("hidden_size", "d_model", "dim")), None)
        if getattr(config, "sub_configs", None) or wide is None or WIDTHS.get(size_word(checkpoint) or "") != wide:
            continue
        try:
            number = counted(model_type, config)
        except Exception:  # noqa: BLE001, S112 (likewise)
            continue
        yield Row(model_type, checkpoint, _up_to_size(checkpoint.rpartition("/")[2]), number, "", "")


def _up_to_size(name: str) -> str:
    """Return the beginning of a checkpoint's name that those of others trained from it share."""
    words = re.split(r"([-_])", name)
    place = next(place for place, word in enumerate(words) if word.lower() in WIDTHS)
    return "".join(words[: place + 1])


def of_file() -> Iterator[Row]:
    """Yield what reference_shapes.toml says."""
    for kind, table in _tables().items():
        for key, value in table.items():
            model_type, checkpoint, *name = key.split()
            said = name[0] if name else checkpoint.rpartition("/")[2]
            if kind == "stated":
                yield Row(model_type, checkpoint, said, round(value[0] * 1e6), *_only(value[2:]), value[1])
                continue
            shape = _shape(kind, value)
            only = "only" if shape.pop("only", False) else ""
            config = CONFIG_MAPPING[model_type](**shape)
            if (pad := getattr(config, "pad_token_id", None)) is not None and getattr(config, "vocab_size", None):
                config.pad_token_id = min(pad, config.vocab_size - 1)
            yield Row(model_type, checkpoint, said, counted(model_type, config), only, "")


def _only(rest: Sequence[str]) -> tuple[str]:
    return (rest[0] if rest else "",)


def _shape(kind: str, value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return dict(value)
    keys = _KEYS[kind]
    shape = dict(zip(keys, value, strict=False)) | (value[len(keys)] if len(value) > len(keys) else {})
    for short, names in _OF_BOTH.items():
        if short in shape:
            shape |= dict.fromkeys(names, shape.pop(short))
    return shape


def main() -> None:
    """Write the file."""
    warnings.filterwarnings("ignore")
    own = list(of_file())
    known = {(row.model_type, row.name) for row in own}
    rows = sorted([*own, *(row for row in by_default() if (row.model_type, row.name) not in known)])
    alone = _only_sizes()
    rows = [row._replace(only="only") if (row.model_type, row.name) in alone else row for row in rows]
    if missing := alone - {(row.model_type, row.name) for row in rows}:
        raise SystemExit(f"no such size: {missing}")
    with (HERE / "reference_sizes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Row._fields)
        writer.writerows(rows)
    print(f"{len(rows)} sizes")


if __name__ == "__main__":
    main()
